"""A take-over says of every value where it goes or why not, and never shows one."""

from collections.abc import Mapping

import pytest
from pydantic import JsonValue

from operations.moving import plan
from operations.moving.originals import Originals, Variable
from operations.moving.overlay import LocalCatalog
from operations.moving.plan import Current, Plan

HTPASSWD = "admin:$apr1$abcdefgh$0123456789012345678901"


def made(
    variables: Mapping[str, str],
    *,
    settings: dict[str, JsonValue] | None = None,
    secrets: Mapping[str, str] | None = None,
    keys: Mapping[str, str] | None = None,
) -> Plan:
    found = Originals(tuple(Variable(name, value, (".env",), "${" in value) for name, value in variables.items()))
    there = secrets or {}
    return plan.make(found, LocalCatalog(dict(keys or {}), {}), Current(settings or {}, there.keys(), there))


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("DB_USER", "a", "new            DB_USER (.env): setting postgres.user"),
        ("DB_PASSWORD", "a", "new            DB_PASSWORD (.env): secret llmproxy:db-password"),
        ("DB_PASSWORD", "", "empty          DB_PASSWORD (.env): secret llmproxy:db-password"),
        ("PORTAINER_URL", "a", "gone           PORTAINER_URL (.env): nothing is deployed through Portainer"),
        ("S3_SECRET_KEY", "a", "not taken yet  S3_SECRET_KEY (.env): for backups, which have no setting yet; keep it"),
        ("NOBODYS", "a", "unknown        NOBODYS (.env): the original's stack files name none such"),
    ],
)
def test_each_variable_has_its_line(name: str, value: str, line: str) -> None:
    (step,) = made({name: value}).steps

    assert str(step).startswith(line)


@pytest.mark.parametrize(
    ("there", "outcome"), [(None, "new"), ("marker", "there already"), ("another", "differs"), ("", "differs")]
)
def test_what_the_stack_has_is_kept_or_told(there: str | None, outcome: str) -> None:
    settings: dict[str, JsonValue] = {} if there is None else {"postgres": {"user": there}}
    secrets = {} if there is None else {"llmproxy:db-password": there, "litellm-api-keys:a": there}

    found = made(
        {"DB_USER": "marker", "DB_PASSWORD": "marker"}, settings=settings, secrets=secrets, keys={"a": "marker"}
    )

    assert [step.outcome for step in found.steps] == [outcome] * 3
    assert len(found.to_do(overwrite=False)) == (3 if outcome == "new" else 0)
    assert len(found.to_do(overwrite=True)) == (0 if outcome == "there already" else 3)
    assert "marker" not in repr(found)
    assert "marker" not in "".join(map(str, found.steps))


def test_a_number_becomes_one() -> None:
    found = made({"DB_CLEANUP_RETENTION_DAYS": "60"}, settings={"dbCleanup": {"retentionDays": 60}})

    assert [step.outcome for step in found.steps] == ["there already"]
    assert made({"DB_CLEANUP_RETENTION_DAYS": "60"}).settings_after({}, overwrite=False) == {
        "dbCleanup": {"retentionDays": 60}
    }


@pytest.mark.parametrize("given", [HTPASSWD, HTPASSWD.replace("$", "$$")])
def test_an_htpasswd_line_is_the_same_with_doubled_signs(given: str) -> None:
    found = made({"NETDATA_BASIC_AUTH": given}, secrets={"llmproxy:basic-auth-htpasswd": HTPASSWD.replace("$", "$$")})

    assert [step.outcome for step in found.steps] == ["there already"]
    assert made({"NETDATA_BASIC_AUTH": given}).steps[0].value == HTPASSWD


def test_dollar_signs_of_another_secret_stay_and_are_told() -> None:
    (step,) = made({"DB_PASSWORD": "a$$b"}).steps

    assert step.value == "a$$b"
    assert str(step).endswith("its $ signs are taken as they stand")


@pytest.mark.parametrize(
    ("variables", "keys", "fault"),
    [
        ({"DB_PASSWORD": "mar\nker"}, {}, "DB_PASSWORD (.env): it holds a line break or NUL; allowed is one line of"),
        ({"NETDATA_BASIC_AUTH": "marker"}, {}, "NETDATA_BASIC_AUTH (.env): it is no htpasswd line of a kind"),
        ({"LITELLM_SALT_KEY": "${marker}"}, {}, "LITELLM_SALT_KEY (.env): found ${…}, which stands for another value"),
        ({"DB_USER": "${marker}"}, {}, "DB_USER (.env): found ${…}, which stands for another value"),
        ({}, {"a": "mar\nker"}, "config.local.json: providers.a.api_key: it holds a line break or NUL;"),
        ({}, {"a:b": "marker"}, "config.local.json: providers.a:b.api_key: found a name that Pulumi cannot keep a key"),
    ],
)
def test_a_value_of_no_use_is_told_without_being_shown(
    variables: Mapping[str, str], keys: Mapping[str, str], fault: str
) -> None:
    (told,) = made(variables, keys=keys).faults

    assert fault in told
    assert "mar" not in told
