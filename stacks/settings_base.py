"""What the models of the settings have in common: their strict base, and the limits that every service has.

Apart from `settings.py`, so that a service whose settings are many has a module of its own. Pure.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field  # noqa: TID251  the base itself
from pydantic.alias_generators import to_camel


class Strict(BaseModel):
    """Base of every settings object: frozen, no unknown keys, no silent conversions, camelCase in the file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, alias_generator=to_camel)


class Resources(Strict):
    """What one task may use and what is set aside for it; null means no limit."""

    memory_limit_mib: int | None = Field(None, ge=16, description="Most memory of one task, in MiB.")
    memory_reservation_mib: int | None = Field(None, ge=1, description="Memory set aside for one task, in MiB.")
    cpu_limit: float | None = Field(None, gt=0, description="Most processor time of one task, in cores.")
