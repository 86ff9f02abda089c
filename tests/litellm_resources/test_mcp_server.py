"""The rules of the McpServer provider, on both versions."""

from __future__ import annotations

from typing import Any

import pytest

from litellm_resources.admin_api.errors import AdminApiError, Foreign
from litellm_resources.mcp_server import McpServerProvider
from tests.litellm_resources.conftest import Run
from tests.litellm_resources.fake_litellm import NEW, OLD, FakeLitellm
from tests.litellm_resources.fake_workers import FakeWorkers

SECRET = "marker-of-an-mcp-secret"


def wanted(run: Run, **changes: Any) -> dict[str, Any]:
    props = {
        "__provider": "reference",
        "owner": "llmproxy/dev",
        "server_name": "docs",
        "url": "http://docs/mcp",
        "fingerprint_key": "fingerprint-key",
        "transport": "http",
        "auth_type": "bearer_token",
        "auth_value": SECRET,
        "description": "our documents",
        "access_groups": ["General"],
        "allowed_tools": ["read", "search"],
        "extra_headers": [],
        "allow_all_keys": False,
        "adopt": False,
    }
    news = {name: value for name, value in {**props, **changes}.items() if value is not None}
    checked = run.provider(McpServerProvider).check({"owner": "llmproxy/dev"}, news)
    assert checked.failures == []
    return checked.inputs


def made(run: Run, **changes: Any) -> dict[str, Any]:
    return run.provider(McpServerProvider).create(wanted(run, **changes)).outs


def updated(server: FakeLitellm, outs: dict[str, Any], **changes: Any) -> dict[str, Any]:
    later = Run(server)
    return later.provider(McpServerProvider).update("docs", outs, wanted(later, **changes)).outs


def is_unchanged(server: FakeLitellm, outs: dict[str, Any], **changes: Any) -> bool:
    later = Run(server)
    read = later.provider(McpServerProvider).read("docs", outs)
    return later.provider(McpServerProvider).diff("", read.outs, wanted(later, **changes)).changes is False


def test_a_server_has_our_id_the_marker_and_a_fingerprint_and_its_secret_is_nowhere_in_clear(
    litellm: FakeLitellm, run: Run
) -> None:
    made(run)
    row = litellm.mcp.rows["docs"]
    assert row["credentials"] == {"auth_value": SECRET}
    assert (row["alias"], row["mcp_info"]["llmproxy"]["stack"]) == ("docs", "dev")
    assert len(row["mcp_info"]["llmproxy"]["fingerprint"]) == 32
    assert SECRET not in str(row["mcp_info"])


def test_what_was_made_is_no_drift_whatever_the_server_adds(litellm: FakeLitellm, run: Run) -> None:
    assert is_unchanged(litellm, made(run))


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("url", "http://elsewhere/mcp", "url"),
        ("allowed_tools", [], "allowed_tools"),
        ("mcp_access_groups", [], "access_groups"),
        ("auth_type", "basic", "auth_type"),
        ("description", None, "description"),
        ("allow_all_keys", True, "allow_all_keys"),
        ("mcp_info", {}, "owner"),
    ],
)
def test_each_field_changed_by_hand_is_seen_and_healed(
    litellm: FakeLitellm, run: Run, field: str, value: Any, shown: str
) -> None:
    outs = made(run)
    litellm.mcp.rows["docs"][field] = value
    read = Run(litellm).provider(McpServerProvider).read("docs", outs)
    assert {name for name in outs if read.outs[name] != outs[name]} - {"auth_value_fingerprint"} == {shown}
    if shown != "owner":
        updated(litellm, read.outs)
        assert is_unchanged(litellm, outs)


def test_what_is_taken_away_is_really_gone(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    less: dict[str, Any] = {"description": "", "access_groups": [], "allowed_tools": []}
    updated(litellm, outs, **less)
    row = litellm.mcp.rows["docs"]
    assert (row["description"], row["mcp_access_groups"], row["allowed_tools"]) == ("", [], [])


def test_another_secret_is_seen_by_its_fingerprint_and_written_in_place(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    assert not is_unchanged(litellm, outs, auth_value="another")
    litellm.calls.clear()
    updated(litellm, outs, auth_value="another")
    assert litellm.mcp.rows["docs"]["credentials"] == {"auth_value": "another"}
    assert not any(call.startswith("DELETE") for call in litellm.calls)


def test_a_secret_that_is_taken_away_is_really_gone(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    changed = updated(litellm, outs, auth_type="none", auth_value=None)
    assert "credentials" not in litellm.mcp.rows["docs"]
    assert is_unchanged(litellm, changed, auth_type="none", auth_value=None)


def test_a_server_made_by_hand_is_refused_unless_it_may_be_adopted_and_then_keeps_its_id(
    litellm: FakeLitellm, run: Run
) -> None:
    litellm.mcp.rows["uuid"] = {"server_id": "uuid", "server_name": "docs", "alias": "docs", "url": "http://x"}
    checked = run.provider(McpServerProvider).check({}, {**wanted_bare(), "adopt": False})
    assert "litellm.adopt" in checked.failures[0].reason
    with pytest.raises(Exception, match=r"litellm\.adopt") as caught:
        run.provider(McpServerProvider).create({**wanted_bare(), "adopt": False})
    assert not isinstance(caught.value, AdminApiError) or isinstance(caught.value, Foreign)
    made(Run(litellm), adopt=True)
    assert list(litellm.mcp.rows) == ["uuid"]
    assert litellm.mcp.rows["uuid"]["mcp_info"]["managed_by"] == "llmproxy"


def wanted_bare() -> dict[str, Any]:
    return {
        "owner": "llmproxy/dev",
        "server_name": "docs",
        "url": "http://docs/mcp",
        "fingerprint_key": "fingerprint-key",
    }


def test_a_run_that_was_killed_after_the_write_is_taken_up_and_one_deleted_by_hand_is_gone(
    litellm: FakeLitellm, run: Run
) -> None:
    outs = made(run)
    assert made(Run(litellm)) == outs
    assert len(litellm.mcp.rows) == 1
    litellm.mcp.rows.clear()
    assert Run(litellm).provider(McpServerProvider).read("docs", outs).id == ""


def test_only_ours_is_deleted(litellm: FakeLitellm, run: Run) -> None:
    outs = made(run)
    litellm.mcp.rows["docs"]["mcp_info"] = {}
    Run(litellm).provider(McpServerProvider).delete("docs", outs)
    assert list(litellm.mcp.rows) == ["docs"]
    made(Run(litellm), adopt=True)
    Run(litellm).provider(McpServerProvider).delete("docs", outs)
    assert litellm.mcp.rows == {}
    Run(litellm).provider(McpServerProvider).delete("docs", outs)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"transport": "stdio"}, "transport"),
        ({"auth_type": "oauth2"}, "auth_type"),
        ({"auth_type": "basic"}, "auth_value"),
        ({"auth_value": "x"}, "auth_value"),
    ],
)
def test_what_litellm_would_refuse_is_refused_before(run: Run, changes: dict[str, Any], field: str) -> None:
    checked = run.provider(McpServerProvider).check({}, {**wanted_bare(), **changes})
    assert [failure.property for failure in checked.failures] == [field]


@pytest.mark.parametrize("version", [OLD, NEW])
def test_several_workers_tell_no_drift_and_make_none_twice(version: str) -> None:
    workers = FakeWorkers(version)
    outs = made(Run(workers))
    assert is_unchanged(workers, outs)
    made(Run(workers))
    assert list(workers.mcp.rows) == ["docs"]
