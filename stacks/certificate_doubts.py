"""What browsers would not take of the own certificate: said, and no error.

Takes the stack config and the settings. What else changes need not wait for another certificate.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pulumi

from stacks import certificate_pair, host_names, secret_kinds
from stacks.secret_needs import CERTIFICATE, set_by
from stacks.settings import Settings


def warn(config: pulumi.Config, settings: Settings, *, stack: str) -> None:
    """Says that the certificate has ended, or names a host name nowhere; there is one that can be read."""
    hosts, key = host_names.by_service(settings).values(), f"{config.name}:{CERTIFICATE}"
    command = set_by(key, stack, secret_kinds.of(CERTIFICATE))
    for doubt in certificate_pair.doubts(config.require(CERTIFICATE), hosts, datetime.now(UTC)):
        pulumi.log.warn(
            f"Pulumi.{stack}.yaml: {key}: {doubt}; allowed is one that is valid now and names every host name of "
            f"`pulumi stack output urls`; browsers refuse it; type: {command}, "
            "and its key likewise"
        )
