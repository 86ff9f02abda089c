"""The secrets by which alarms are sent: read where the settings ask for them.

Takes the stack config and the setting `netdata`, gives the secrets by name.
"""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from stacks import stack_secrets
from stacks.settings_netdata import Netdata

WEBHOOK = "netdata-webhook-url"
SMTP_PASSWORD = "netdata-smtp-password"  # noqa: S105  names a secret, is none


def read(config: pulumi.Config, settings: Netdata, *, stack: str) -> Mapping[str, pulumi.Output[str]]:
    """Gives those that are asked for.

    Raises:
        stack_secrets.MissingSecret: Naming the command that sets the missing one.
        stack_secrets.UnusableSecret: One is empty or not one line.
    """
    mail = settings.notify.mail
    wanted = {
        WEBHOOK: "netdata.notify.webhook is true" if settings.notify.webhook else None,
        SMTP_PASSWORD: "netdata.notify.mail names a user" if mail and mail.user else None,
    }
    if not settings.enabled:
        return {}
    return {name: stack_secrets.require(config, name, purpose, stack) for name, purpose in wanted.items() if purpose}
