"""Rules of teams and their members, proved with the real CLI and a real LiteLLM (see `test_litellm_resources.py`)."""

from __future__ import annotations

from typing import Any

from tests.system.counting_proxy import CountingProxy
from tests.system.litellm_stack import Server, Stack
from tests.system.test_litellm_resources import _proxy, _server, _stack, errors, model, objects  # noqa: F401  fixtures

LIMITS = {"max_budget": 50.5, "soft_budget": 40, "budget_duration": "30d", "tpm_limit": 1000, "rpm_limit": 100}


def a_team(**changes: Any) -> dict[str, Any]:
    """A user, a team, the user in it, and the user's key of the team."""
    user = {"user_id": "ann", "user_role": "internal_user", "models": ["m-a"]}
    team = {"team_id": "crew", "team_alias": "The Crew", "models": ["m-a", "m-b"], "limits": LIMITS}
    member = {"team_id": "crew", "user_id": "ann", "limits": {"max_budget_in_team": 2.5, "rpm_limit": 60}}
    key = {"key_alias": "ann-key", "models": ["m-a"], "user_id": "ann", "team_id": "crew"}
    made = {"users": [user], "teams": [team], "memberships": [member], "keys": [key]}
    return objects(model("m-a"), model("m-b"), **{**made, **changes})


def teams(server: Server) -> dict[str, Any]:
    return {team["team_id"]: team for team in server.call("GET", "/team/list")}


def members(server: Server, team_id: str = "crew") -> list[str]:
    found = [member["user_id"] for member in teams(server)[team_id]["members_with_roles"]]
    return sorted(user_id for user_id in found if user_id != "default_user_id")


def test_a_team_with_a_member_and_a_key_of_it_are_made_and_the_key_answers(stack: Stack, server: Server) -> None:
    stack.wants(a_team())
    stack.up()
    assert stack.is_unchanged()
    assert members(server) == ["ann"]
    key = stack.run("stack", "output", "ann-key", "--show-secrets").strip()
    body = {"model": "m-a", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 5}
    answer = server.call("POST", "/v1/chat/completions", body, key)
    assert answer["choices"][0]["message"]["content"] == "answer of m-a"


def test_what_is_changed_by_hand_in_a_team_shows_as_live_to_wanted_and_is_healed(stack: Stack, server: Server) -> None:
    stack.wants(a_team())
    stack.up()
    by_hand = {"team_id": "crew", "max_budget": 45, "team_alias": "Theirs", "models": ["m-b"]}
    server.call("POST", "/team/update", by_hand)
    server.call("POST", "/team/member_update", {"team_id": "crew", "user_id": "ann", "max_budget_in_team": 7})
    shown = stack.preview()
    for line in ("45 => 50.5", '"Theirs" => "The Crew"', "7 => 2.5"):
        assert line in shown
    stack.up()
    assert stack.is_unchanged()


def test_what_is_taken_away_is_cleared_in_place(stack: Stack, server: Server) -> None:
    stack.wants(a_team())
    stack.up()
    key = server.call("GET", "/key/list?size=100")["keys"]
    bare = {"team_id": "crew", "team_alias": "crew", "models": ["m-a"]}
    wanted = a_team(teams=[bare], memberships=[{"team_id": "crew", "user_id": "ann"}])
    stack.wants(wanted)
    assert "replace" not in stack.preview()
    stack.up()
    assert stack.is_unchanged()
    team = teams(server)["crew"]
    assert [team[name] for name in LIMITS] == [None] * len(LIMITS)
    assert [each["litellm_budget_table"] for each in team["team_memberships"] if each["user_id"] == "ann"] == [None]
    assert server.call("GET", "/key/list?size=100")["keys"] == key


def test_a_key_moves_to_a_team_with_other_models_and_out_of_it(stack: Stack, server: Server) -> None:
    stack.wants(a_team())
    stack.up()
    wanted = a_team()
    wanted["teams"].append({"team_id": "other", "team_alias": "other", "models": ["m-b"]})
    wanted["memberships"].append({"team_id": "other", "user_id": "ann"})
    wanted["keys"][0].update(team_id="other", models=["m-b"])
    stack.wants(wanted)
    stack.up()
    assert stack.is_unchanged()
    (key,) = server.call("GET", "/key/list?size=100&return_full_object=true")["keys"]
    assert (key["team_id"], key["models"]) == ("other", ["m-b"])
    del wanted["keys"][0]["team_id"]
    stack.wants(wanted)
    stack.up()
    assert stack.is_unchanged()
    (key,) = server.call("GET", "/key/list?size=100&return_full_object=true")["keys"]
    assert key["team_id"] is None


def test_everything_of_a_team_goes_in_an_order_that_harms_nothing(stack: Stack, server: Server) -> None:
    stack.wants(a_team())
    stack.up()
    stack.wants(a_team(memberships=[], keys=[]))
    stack.up()
    assert members(server) == []
    assert stack.is_unchanged()
    stack.wants(a_team())
    stack.up()
    stack.wants(a_team(users=[], teams=[], memberships=[], keys=[]))
    stack.up()
    assert teams(server) == {}
    assert stack.is_unchanged()


def test_a_team_with_a_key_and_a_member_of_others_is_not_deleted(stack: Stack, server: Server) -> None:
    stack.wants(a_team())
    stack.up()
    server.call("POST", "/user/new", {"user_id": "bob", "user_role": "internal_user", "auto_create_key": False})
    server.call("POST", "/team/member_add", {"team_id": "crew", "member": {"user_id": "bob", "role": "user"}})
    server.call("POST", "/key/generate", {"key_alias": "bobs", "team_id": "crew", "user_id": "bob"})
    assert stack.is_unchanged()
    stack.wants(a_team(teams=[], memberships=[], keys=[]))
    (told,) = errors(stack.up(ok=False))
    assert "delete the keys bobs (" in told
    assert "from its members bob, which this stack did not make" in told
    assert members(server) == ["bob"]


def test_a_team_and_a_member_made_by_hand_are_refused_then_adopted(stack: Stack, server: Server) -> None:
    server.call("POST", "/team/new", {"team_id": "crew", "team_alias": "by hand"})
    server.call("POST", "/user/new", {"user_id": "ann", "user_role": "internal_user", "auto_create_key": False})
    server.call("POST", "/team/member_add", {"team_id": "crew", "member": {"user_id": "ann", "role": "user"}})
    before = teams(server)
    wanted = a_team()
    stack.wants(wanted)
    assert "litellm.adopt" in stack.preview(ok=False)
    stack.up(ok=False)
    assert teams(server) == before
    for kind in ("users", "teams", "memberships"):
        wanted[kind][0]["adopt"] = True
    stack.wants(wanted)
    stack.up()
    assert stack.is_unchanged()
    assert teams(server)["crew"]["team_alias"] == "The Crew"


def test_a_refresh_of_many_members_costs_one_list_call(stack: Stack, server: Server, proxy: CountingProxy) -> None:
    many = [{"user_id": f"u-{number}", "user_role": "internal_user", "models": ["m-a"]} for number in range(12)]
    each = [{"team_id": f"t-{number}", "team_alias": "t", "models": ["m-a"]} for number in range(3)]
    inside = [{"team_id": f"t-{number % 3}", "user_id": f"u-{number}"} for number in range(12)]
    stack.wants(a_team(users=many, teams=each, memberships=inside, keys=[]))
    stack.up()
    proxy.calls.clear()
    assert stack.is_unchanged()
    assert proxy.calls["GET /team/list"] == 1
    assert proxy.calls["GET /team/info"] == 0
    server.call("POST", "/team/delete", {"team_ids": ["t-0"]})
    stack.up()
    assert stack.is_unchanged()
    assert members(server, "t-0") == ["u-0", "u-3", "u-6", "u-9"]
