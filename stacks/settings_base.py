"""What the models of the settings have in common: their strict base, and the limits that every service has.

Apart from `settings.py`, so that a service whose settings are many has a module of its own. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field  # noqa: TID251  the base itself
from pydantic.alias_generators import to_camel

from stacks.settings_types import Constraints, HostName


class Strict(BaseModel):
    """Base of every settings object: frozen, no unknown keys, no silent conversions, camelCase in the file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, alias_generator=to_camel)

    # Names that people look for here and that cannot be set: what is allowed instead, why, and what to do.
    CANNOT_BE_SET: ClassVar[Mapping[str, str]] = {}

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        """Gives itself, as nobody changes it: pydantic copies each default of a setting at each parse."""
        return self


def one_task(why: str, *, remedy: str = "take it out") -> Mapping[str, str]:
    """For a service that can have no `replicas`."""
    return {"replicas": f"allowed is one task, which needs no setting: {why}; {remedy}"}


ON_EVERY_NODE: Mapping[str, str] = {
    "replicas": "allowed is one task on each node that placementConstraints allow; take it out, and choose the nodes"
}


class Resources(Strict):
    """What one task may use and what is set aside for it; null means no limit."""

    memory_limit_mib: int | None = Field(None, ge=16, description="Most memory of one task, in MiB.")
    memory_reservation_mib: int | None = Field(None, ge=1, description="Memory set aside for one task, in MiB.")
    cpu_limit: float | None = Field(None, gt=0, description="Most processor time of one task, in cores.")


class Service(Strict):
    """What every service that can be switched on has in common."""

    enabled: bool = Field(False, description="Run this service. Switched off it leaves its volumes behind, no more.")
    image: str | None = Field(None, min_length=1, description="Image instead of the one that imageSource chooses.")
    resources: Resources = Field(Resources(), description="Limits of each of its tasks.")
    placement_constraints: Constraints = Field([], description="Swarm constraints, such as node.labels.proxy==true.")


class RoutedService(Service):
    """A service that people reach through the ingress."""

    host_name: HostName | None = Field(
        None, description="Its public host name; null is its usual first label before ingress.domain."
    )
    basic_auth: bool = Field(
        False,
        description="Ask for ingress.basicAuthUser and its password before the service. Not for clients that send an "
        "Authorization header of their own.",
    )
