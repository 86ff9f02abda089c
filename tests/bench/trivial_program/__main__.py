"""The floor: as many resources that do nothing as the configuration says; with 0 an empty program.

The first one holds what the configuration says, so that it can be changed.
"""

import pulumi
from trivial import Trivial  # type: ignore[import-not-found]  # beside this file, wherever it is copied to

config = pulumi.Config()
for number in range(config.require_int("resources")):
    Trivial(f"trivial-{number}", config.get("first") or "" if number == 0 else f"trivial-{number}")
