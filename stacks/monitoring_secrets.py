"""The secrets by which alarms are sent, read where the settings ask for them, and whom Netdata trusts.

Takes the stack config and the setting `netdata`, gives the secrets by name.
"""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from stacks import certificate_pair, stack_secrets
from stacks.settings_netdata import Netdata

WEBHOOK = "netdata-webhook-url"
SMTP_PASSWORD = "netdata-smtp-password"  # noqa: S105  names a secret, is none
# Public, but made with the certificate, and so it stands beside it in the stack's config.
AUTHORITY = "tls-authority"

_AUTHORITY = stack_secrets.SecretKind(
    "PEM text, the certificates of the authorities that signed what the public names show",
    certificate_pair.certificate_fault,
    " < FILE",
)


def read(config: pulumi.Config, settings: Netdata, *, stack: str) -> Mapping[str, pulumi.Output[str]]:
    """Gives those that are asked for.

    Raises:
        stack_secrets.MissingSecret: Naming the command that sets the missing one.
        stack_secrets.UnusableSecret: One is empty or not of its kind.
    """
    mail = settings.notify.mail
    wanted = {
        WEBHOOK: "netdata.notify.webhook is true" if settings.notify.webhook else None,
        SMTP_PASSWORD: "netdata.notify.mail names a user" if mail and mail.user else None,
    }
    if not settings.enabled:
        return {}
    found = {name: stack_secrets.require(config, name, purpose, stack) for name, purpose in wanted.items() if purpose}
    authority = stack_secrets.find(config, AUTHORITY, stack, kind=_AUTHORITY)
    return found if authority is None else {**found, AUTHORITY: authority}
