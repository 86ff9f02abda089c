"""A pulumi that only writes stack files, for the tests of what goes into them."""

from dataclasses import dataclass, field

import yaml

from operations.home import StackHome
from operations.locations import Locations
from operations.pulumi_process import Pulumi
from operations.toolchain import Toolchain


class Killed(Exception):
    """The run ends in the middle."""


@dataclass(frozen=True)
class WritingPulumi(Pulumi):
    """A pulumi that only writes stack files.

    Attributes:
        given: The secrets that it was given, by key.
        plain: What else it was told to set.
        asked: All that it was asked.
        dies_at: The key at which it is killed.
    """

    given: dict[str, str] = field(default_factory=dict)
    plain: list[tuple[str, ...]] = field(default_factory=list)
    dies_at: str = ""
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def ask(self, *arguments: str, secret: str | None = None) -> str:
        self.asked.append(arguments)
        if arguments[:2] == ("stack", "select"):
            file = self.places.clone / f"Pulumi.{self.home.stack}.yaml"
            text = file.read_text()
            file.write_text(text if "encryptionsalt" in text else f"encryptionsalt: v1:x\n{text}")
        if arguments[:3] == ("config", "set", "--path"):
            self.plain.append(arguments[3:5])
        if arguments[:3] == ("config", "set", "--secret") and secret is not None:
            if arguments[3] == self.dies_at:
                raise Killed
            self.given[arguments[3]] = secret
            document = yaml.safe_load(self.home.stack_file.read_text())
            document["config"][arguments[3]] = {"secure": "v1:x"}
            self.home.stack_file.write_text(yaml.safe_dump(document))
        return ""


def pulumi_on(places: Locations, home: StackHome, *, dies_at: str = "") -> WritingPulumi:
    toolchain = Toolchain(places.cache, places.cache, has_stand_ins=True)
    return WritingPulumi(places, home, toolchain, {}, dies_at=dies_at)
