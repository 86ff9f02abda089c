"""The setting `ownership`: who may see and manage the services in Portainer. A part of `settings.py`. Pure."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from stacks.settings_base import Strict
from stacks.settings_types import OneLine


class Ownership(Strict):
    """Who may manage the services in Portainer."""

    kind: Literal["private", "public", "restricted"] = Field(
        "private",
        description="private: Portainer's administrators; public: everyone with access to the environment; restricted: "
        "the teams and users named here, and the administrators.",
    )
    teams: list[OneLine] = Field([], description="Names of Portainer's teams, for kind restricted.")
    users: list[OneLine] = Field([], description="Names of Portainer's users, for kind restricted.")

    @model_validator(mode="after")
    def _names_fit_the_kind(self) -> Ownership:
        named = [*self.teams, *self.users]
        if self.kind == "restricted" and not named:
            raise ValueError("kind is restricted, but neither teams nor users are named; name one, or choose private")
        if self.kind != "restricted" and named:
            raise ValueError(f"found names, but kind is {self.kind}; allowed with names is restricted")
        if any("," in name for name in named):
            raise ValueError("found a comma in a name; Portainer separates the names in its label by commas")
        return self
