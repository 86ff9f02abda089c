"""Where each variable of the original goes: into the stack's config, into its settings, or nowhere, and why.

One row a variable; `docs/moving.md` shows the same table, and a test compares the two. Pure.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue

from operations.locations import PROJECT
from stacks import secret_needs
from stacks.password_file import given_line

Way = Literal["secret", "setting", "gone", "later"]
ENV, MONITORING, SCRIPTS, SHELL = ".env", "monitoring/.env", "litellm_scripts/.env", "shell"


def as_it_is(text: str) -> JsonValue:
    return text


def _number(text: str) -> JsonValue:
    return int(text) if text.isascii() and text.isdecimal() else text


@dataclass(frozen=True)
class Row:
    """One variable.

    Attributes:
        variable: Its name.
        place: Where the original has it; one of the shell is looked for there too.
        way: What becomes of it.
        target: The config key of a secret, the path of a setting; else why it is not taken.
        read: Makes the value of the variable's text.
    """

    variable: str
    place: str
    way: Way
    target: str
    read: Callable[[str], JsonValue] = as_it_is

    @property
    def in_words(self) -> str:
        """What becomes of it, in words."""
        match self.way:
            case "secret":
                return f"secret {self.target}"
            case "setting":
                return f"setting {self.target}"
            case "gone":
                return f"gone: {self.target}"
            case "later":
                return f"not taken yet: {self.target}"


def _secret(variable: str, place: str, name: str, read: Callable[[str], JsonValue] = as_it_is) -> Row:
    return Row(variable, place, "secret", f"{PROJECT}:{name}", read)


_NOT_THROUGH_PORTAINER = "nothing is deployed through Portainer; make up speaks to the engine in docker.host"
_BACKUPS = "for backups, which have no setting yet; keep it, it opens the backups that are there"
_ADMIN_API = (
    "the admin API is asked with the secret llmproxy:litellm-master-key, at litellm.adminUrl or litellm.hostPort"
)
ROWS = (
    Row("DB_USER", ENV, "setting", "postgres.user"),
    _secret("DB_PASSWORD", ENV, secret_needs.DB_PASSWORD),
    Row("DB_NAME", ENV, "setting", "postgres.database"),
    Row("DB_CLEANUP_RETENTION_DAYS", ENV, "setting", "dbCleanup.retentionDays", _number),
    _secret("LITELLM_MASTER_KEY", ENV, secret_needs.MASTER_KEY),
    _secret("LITELLM_SALT_KEY", ENV, secret_needs.SALT_KEY),
    Row("LITELLM_HOST", ENV, "setting", "litellm.hostName"),
    Row("CLI_PROXY_API_HOST", ENV, "setting", "cliProxyApi.hostName"),
    Row("ANTIGRAVITY_MANAGER_HOST", ENV, "setting", "antigravityManager.hostName"),
    _secret("ANTIGRAVITY_MANAGER_API_KEY", ENV, "antigravity-api-key"),
    _secret("ANTIGRAVITY_MANAGER_WEB_PASSWORD", ENV, "antigravity-web-password"),
    Row(
        "PUBLIC_NETWORK",
        ENV,
        "gone",
        "the networks are made here; for a Traefik of others set ingress.existing.network",
    ),
    Row("DATABASE_URL", ENV, "gone", "it is made of the settings under postgres and the secret llmproxy:db-password"),
    Row("NETDATA_HOST", MONITORING, "setting", "netdata.hostName"),
    _secret("NETDATA_BASIC_AUTH", MONITORING, secret_needs.HTPASSWD, given_line),
    Row("LITELLM_API_KEY", SCRIPTS, "gone", _ADMIN_API),
    Row("LITELLM_BASE_URL", SCRIPTS, "gone", _ADMIN_API),
    Row("PORTAINER_HOST", SHELL, "setting", "portainer.hostName"),
    Row("LETSENCRYPT_EMAIL", SHELL, "setting", "ingress.acme.email"),
    _secret("CF_DNS_API_TOKEN", SHELL, secret_needs.DNS_TOKEN),
    Row("PORTAINER_URL", SHELL, "gone", _NOT_THROUGH_PORTAINER),
    Row("PORTAINER_ACCESS_TOKEN", SHELL, "gone", f"{_NOT_THROUGH_PORTAINER}; withdraw it in Portainer"),
    Row("S3_ENDPOINT", SHELL, "later", _BACKUPS),
    Row("S3_ACCESS_KEY", SHELL, "later", _BACKUPS),
    Row("S3_SECRET_KEY", SHELL, "later", _BACKUPS),
    Row("DUPLICATI_PASSPHRASE", SHELL, "later", _BACKUPS),
)
BY_VARIABLE = {row.variable: row for row in ROWS}
# The original's tools read these from the environment; any other of these names there may be another program's.
OF_THE_SHELL = tuple(row.variable for row in ROWS if row.place in (SHELL, SCRIPTS))


def as_markdown() -> str:
    """The table as `docs/moving.md` shows it."""
    lines = ["| variable | stands in | goes to |", "|---|---|---|"]
    lines += [f"| `{row.variable}` | {_place(row.place)} | {_marked(row)} |" for row in ROWS]
    return "\n".join(lines) + "\n"


def _place(place: str) -> str:
    return "the shell" if place == SHELL else f"`{place}`"


def _marked(row: Row) -> str:
    return f"{row.way} `{row.target}`" if row.way in ("secret", "setting") else row.in_words
