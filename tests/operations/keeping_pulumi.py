"""A pulumi that keeps what is put into a stack's config, for the tests of what puts it there."""

import json
from dataclasses import dataclass, field

import yaml

from operations.home import open_home
from operations.locations import Locations
from operations.pulumi_process import Pulumi
from operations.toolchain import Toolchain


class Killed(Exception):
    """The run ends in the middle."""


@dataclass(frozen=True)
class KeepingPulumi(Pulumi):
    """A pulumi whose config is this object.

    Attributes:
        state: What it exports.
        dies_at: It is killed when this key is set.
    """

    config: dict[str, str] = field(default_factory=dict)
    state: dict[str, object] = field(default_factory=dict)
    dies_at: list[str] = field(default_factory=list)

    def ask(self, *arguments: str, secret: str | None = None) -> str:
        if arguments[:2] == ("stack", "export"):
            return json.dumps({"deployment": self.state})
        assert arguments[0] == "config"
        verb, key = arguments[1], arguments[-1]
        if verb == "get":
            return f"{self.config[key]}\n"
        if verb == "rm":
            del self.config[key]
        elif secret is not None:
            assert arguments[2] == "--secret"
            if key in self.dies_at:
                raise Killed
            self.config[key] = secret
        document = {"config": {name: {"secure": "v1:x"} for name in self.config}}
        (self.places.clone / f"Pulumi.{self.home.stack}.yaml").write_text(yaml.safe_dump(document))
        return ""


def keeping(places: Locations, stack: str = "dev") -> KeepingPulumi:
    home = open_home(places, stack)
    if stack == "dev":
        home.stack_file.write_text("config: {}\n")
    return KeepingPulumi(places, home, Toolchain(places.cache, places.cache, has_stand_ins=True), {})
