"""The secrets of our Traefik that nothing can be derived for: the DNS token, the own certificate, an htpasswd line.

Takes the stack config and the settings, gives those that the settings make necessary; one that is missing or unusable
is told with the command that sets it, before anything is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pulumi

from stacks import certificate_pair, host_names
from stacks.password_file import htpasswd_fault
from stacks.settings import Settings
from stacks.stack_secrets import SecretKind, UnusableSecret, find, require

DNS_TOKEN = "cloudflare-dns-api-token"  # noqa: S105  a config key
CERTIFICATE = "tls-certificate"
KEY = "tls-key"
HTPASSWD = "basic-auth-htpasswd"
PASSWORD = "basic-auth-password"  # noqa: S105  a config key

_CERTIFICATE = SecretKind(
    "PEM text, the certificate first and its chain after it", certificate_pair.certificate_fault, " < FILE"
)
_KEY = SecretKind(f"the PEM private key of {CERTIFICATE}, without a passphrase", certificate_pair.key_fault, " < FILE")
_HTPASSWD = SecretKind("one line user:hash, as `htpasswd -nB user` prints it, with $ or $$", htpasswd_fault)


def read(config: pulumi.Config, settings: Settings, *, stack: str) -> Mapping[str, pulumi.Output[str]]:
    """Gives the secrets that our Traefik needs, by their names in the stack config.

    Raises:
        MissingSecret: Naming the first one that is missing.
        UnusableSecret: Naming the first one that Traefik could not use.
    """
    if not settings.traefik.enabled:
        return {}
    found: dict[str, pulumi.Output[str]] = {}
    ingress = settings.ingress
    if ingress.certificate == "acme" and ingress.acme.challenge == "dns-cloudflare":
        found[DNS_TOKEN] = require(config, DNS_TOKEN, "ingress.acme.challenge is dns-cloudflare", stack)
    if ingress.certificate == "own":
        found |= _pair(config, stack)
        _warn_of_doubts(config, settings, stack)
    if host_names.by_password(settings):
        line = find(config, HTPASSWD, stack, kind=_HTPASSWD)
        found |= {HTPASSWD: line} if line is not None else {}
    return found


def _pair(config: pulumi.Config, stack: str) -> dict[str, pulumi.Output[str]]:
    purpose = "ingress.certificate is own"
    pair = {
        CERTIFICATE: require(config, CERTIFICATE, purpose, stack, kind=_CERTIFICATE),
        KEY: require(config, KEY, purpose, stack, kind=_KEY),
    }
    if not certificate_pair.fits(config.require(CERTIFICATE), config.require(KEY)):
        raise UnusableSecret(f"{config.name}:{KEY}", f"it is not the key of {CERTIFICATE}", stack, kind=_KEY)
    return pair


def _warn_of_doubts(config: pulumi.Config, settings: Settings, stack: str) -> None:
    """Says what browsers would refuse. No error: what else changes need not wait for another certificate."""
    hosts = host_names.by_service(settings).values()
    for doubt in certificate_pair.doubts(config.require(CERTIFICATE), hosts, datetime.now(UTC)):
        pulumi.log.warn(
            f"Pulumi.{stack}.yaml: {config.name}:{CERTIFICATE}: {doubt}; allowed is one that is valid now and names "
            f"every host name of `pulumi stack output urls`; browsers refuse it; type: pulumi config set --secret "
            f"{config.name}:{CERTIFICATE} --stack {stack} < FILE, and its key likewise"
        )
