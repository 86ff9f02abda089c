"""Passwords and keys that nobody has to choose, of the services that are not the database.

Takes an environment and a name, gives the secret: the stack config's value where it has one, else one derived from the
salt key. Derived and not drawn, so that a service that is switched off and on again finds the volume it filled with
the same password, and a restore needs nothing but the stack's secrets (ADR 8). Rotation sets the config's value.
"""

from __future__ import annotations

import pulumi

from stacks.environment import Environment
from stacks.service_secrets import derived


def secret(environment: Environment, name: str) -> pulumi.Output[str]:
    """The secret of that name, one of `service_secrets.NAMES`: 40 hexadecimal digits unless the config gives one."""
    given = environment.secrets.given.get(name)
    return given if given is not None else environment.secrets.salt_key.apply(lambda key: derived(key, name))
