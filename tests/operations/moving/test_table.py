"""The table of variables: every one that the original has is in it, it leads to what exists, and the page shows it."""

from pathlib import Path

import pytest
from pydantic import JsonValue

from operations.moving import table
from operations.settings_document import with_value
from stacks import secret_needs
from stacks.settings import Settings, parse

# What the original's stack files and tools read, by its own documents.
OF_THE_ORIGINAL = {
    "DB_USER",
    "DB_PASSWORD",
    "DB_NAME",
    "LITELLM_HOST",
    "LITELLM_MASTER_KEY",
    "LITELLM_SALT_KEY",
    "CLI_PROXY_API_HOST",
    "ANTIGRAVITY_MANAGER_HOST",
    "ANTIGRAVITY_MANAGER_API_KEY",
    "ANTIGRAVITY_MANAGER_WEB_PASSWORD",
    "NETDATA_HOST",
    "NETDATA_BASIC_AUTH",
    "PORTAINER_HOST",
    "LETSENCRYPT_EMAIL",
    "DB_CLEANUP_RETENTION_DAYS",
    "PUBLIC_NETWORK",
    "LITELLM_API_KEY",
    "LITELLM_BASE_URL",
    "PORTAINER_URL",
    "PORTAINER_ACCESS_TOKEN",
    "S3_ENDPOINT",
    "S3_ACCESS_KEY",
    "S3_SECRET_KEY",
    "DUPLICATI_PASSPHRASE",
}
VALUES: dict[str, JsonValue] = {
    "dbCleanup.retentionDays": 60,
    "ingress.acme.email": "a@example.com",
    "postgres.user": "litellm",
}


def test_every_variable_of_the_original_has_one_row() -> None:
    assert table.BY_VARIABLE.keys() >= OF_THE_ORIGINAL
    assert len(table.ROWS) == len(table.BY_VARIABLE)


@pytest.mark.parametrize("row", [row for row in table.ROWS if row.way == "setting"], ids=lambda row: row.variable)
def test_a_setting_of_the_table_exists(row: table.Row) -> None:
    found = parse(with_value({}, row.target, VALUES.get(row.target, "llm")), place="here")

    assert found != Settings()


def test_a_secret_of_the_table_is_one_that_the_program_reads() -> None:
    known = secret_needs.of(Settings(), "llmproxy")

    assert {row.target for row in table.ROWS if row.way == "secret"} <= known.keys()


@pytest.mark.parametrize(
    "row", [row for row in table.ROWS if row.way in ("gone", "later")], ids=lambda row: row.variable
)
def test_what_is_not_taken_says_what_is_there_instead(row: table.Row) -> None:
    assert len(row.target) > 30


def test_the_page_shows_the_table() -> None:
    assert table.as_markdown() in Path("docs/moving.md").read_text(encoding="utf-8")
