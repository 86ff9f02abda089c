"""Which secrets a stack needs: the one table behind the program, `make secrets` and `make take-over`.

Takes the settings, gives one `Need` a secret. The program reads no secret that is not in it, so that what is told of
them cannot be out of date; only the keys of providers are the catalog's (`provider_keys.py`). Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from stacks import host_names, secret_kinds
from stacks.secret_kinds import SecretKind
from stacks.settings import Settings

MASTER_KEY = "litellm-master-key"
SALT_KEY = "litellm-salt-key"
DB_PASSWORD = "db-password"  # noqa: S105  a config key
DNS_TOKEN = "cloudflare-dns-api-token"  # noqa: S105  a config key
CERTIFICATE, CERTIFICATE_KEY = "tls-certificate", "tls-key"
# Public, but made with the certificate, and so it stands beside it in the stack's config.
AUTHORITY = "tls-authority"
BASIC_AUTH, HTPASSWD = "basic-auth-password", "basic-auth-htpasswd"
REDIS_PASSWORD = "redis-password"  # noqa: S105  a config key
WEBHOOK = "netdata-webhook-url"
SMTP_PASSWORD = "netdata-smtp-password"  # noqa: S105  a config key
# Config namespaces beside the project's own.
PROVIDER_KEYS = "litellm-api-keys"
GATEWAY_VARIABLES = "litellm-environment"
MCP_SECRETS = "litellm-mcp-auth"
GUARDRAIL_KEYS = "litellm-guardrail-keys"

Level = Literal["needed", "made", "optional", "idle"]
"""needed: nothing works without it. made: drawn or derived where the config gives none. optional: something else is
done without it. idle: nothing reads it under these settings."""


@dataclass(frozen=True)
class Need:
    """One secret.

    Attributes:
        namespace: Of its config key; the project's name for most.
        name: Within the namespace.
        purpose: Why it is there, or what makes it necessary.
        level: How much it is needed.
    """

    namespace: str
    name: str
    purpose: str
    level: Level

    @property
    def key(self) -> str:
        """The config key."""
        return f"{self.namespace}:{self.name}"

    @property
    def kind(self) -> SecretKind:
        """What it must look like."""
        return secret_kinds.of(self.name) if self.namespace != GATEWAY_VARIABLES else secret_kinds.ONE_LINE

    def command(self, stack: str) -> str:
        """What sets it."""
        return set_by(self.key, stack, self.kind)


def set_by(key: str, stack: str, kind: SecretKind) -> str:
    """The command that sets the secret at a config key."""
    return f"pulumi config set --secret {key} --stack {stack}{kind.typed_from}"


def of(settings: Settings, project: str) -> dict[str, Need]:
    """Every secret that the program knows, by its config key; those of the catalog's providers are not among them."""
    own = (Need(project, name, purpose, level) for name, purpose, level in _own(settings))
    variables = (
        Need(GATEWAY_VARIABLES, name, "litellm.secretEnvironment names it", "needed")
        for name in settings.litellm.secret_environment
    )
    return {need.key: need for need in (*own, *variables)}


def _own(settings: Settings) -> Iterator[tuple[str, str, Level]]:
    yield MASTER_KEY, "LiteLLM's admin API is opened with it", "needed"
    yield SALT_KEY, "LiteLLM encrypts stored credentials with it", "needed"
    if settings.postgres.external:
        yield DB_PASSWORD, "postgres.external is set", "needed"
    else:
        yield DB_PASSWORD, "the gateway and the jobs open the database with it; the first up draws one", "made"
    yield from _of_services(settings)
    yield from _of_ingress(settings)
    yield from _of_alarms(settings)


def _of_services(settings: Settings) -> Iterator[tuple[str, str, Level]]:
    portainer = _made_if(settings.portainer.enabled)
    yield "portainer-admin-password", "Portainer's administrator logs in with it", portainer
    yield "portainer-agent-secret", "Portainer and its agents know each other by it", portainer
    antigravity = _made_if(settings.antigravity_manager.enabled)
    yield "antigravity-api-key", "clients of Antigravity Manager, and LiteLLM, send it", antigravity
    yield "antigravity-web-password", "Antigravity Manager's web page asks for it", antigravity
    cli_proxy_api = _made_if(settings.cli_proxy_api.enabled)
    yield "cli-proxy-api-key", "clients of CLIProxyAPI, and LiteLLM, send it", cli_proxy_api
    yield "cli-proxy-api-management-key", "CLIProxyAPI's management page asks for it", cli_proxy_api
    looks_in = settings.netdata.enabled and settings.postgres.external is None
    yield "netdata-db-password", "Netdata opens our database with it", _made_if(looks_in)
    if settings.redis.enabled and settings.redis.external:
        # A password of ours means nothing to a server of others: only one that the config gives is sent.
        yield REDIS_PASSWORD, "the Redis of redis.external may ask for one", "optional"
    else:
        yield REDIS_PASSWORD, "the gateway opens Redis with it", _made_if(settings.redis.enabled)


def _of_ingress(settings: Settings) -> Iterator[tuple[str, str, Level]]:
    is_ours, ingress = settings.traefik.enabled, settings.ingress
    by_dns = is_ours and ingress.certificate == "acme" and ingress.acme.challenge == "dns-cloudflare"
    yield DNS_TOKEN, "ingress.acme.challenge is dns-cloudflare", _needed_if(by_dns)
    for name in (CERTIFICATE, CERTIFICATE_KEY):
        yield name, "ingress.certificate is own", _needed_if(is_ours and ingress.certificate == "own")
    asks = is_ours and bool(host_names.by_password(settings))
    yield BASIC_AUTH, f"Traefik asks for it before some services, unless {HTPASSWD} is given", _made_if(asks)
    yield HTPASSWD, f"user and hash for basic auth in place of {BASIC_AUTH}", "optional" if asks else "idle"


def _of_alarms(settings: Settings) -> Iterator[tuple[str, str, Level]]:
    netdata, mail = settings.netdata, settings.netdata.notify.mail
    yield WEBHOOK, "netdata.notify.webhook is true", _needed_if(netdata.enabled and netdata.notify.webhook)
    by_user = netdata.enabled and mail is not None and mail.user is not None
    yield SMTP_PASSWORD, "netdata.notify.mail names a user", _needed_if(by_user)
    yield AUTHORITY, "whom Netdata trusts besides the system's authorities", "optional" if netdata.enabled else "idle"


def _needed_if(condition: bool) -> Level:
    return "needed" if condition else "idle"


def _made_if(condition: bool) -> Level:
    return "made" if condition else "idle"
