"""The floor: as many resources that do nothing as the configuration says; with 0 an empty program."""

import pulumi
from trivial import Trivial  # type: ignore[import-not-found]  # beside this file, wherever it is copied to

for number in range(pulumi.Config().require_int("resources")):
    Trivial(f"trivial-{number}")
