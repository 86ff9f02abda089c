"""What people made in LiteLLM by hand is listed, taken over and pruned by the user's commands: on both versions.

The clone is a stack that no `up` has made yet, and its LiteLLM a plain container beside it: the commands, and the
preview that proves an adoption, need no more.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from litellm_resources import ownership
from tests.system import installation
from tests.system.installation import Installation, until
from tests.system.litellm_stack import Server
from tests.system.real_litellm import RealLitellms
from tests.system.versions import VERSIONS

KEY = "sk-key-of-a-provider-by-hand"
ADOPTABLE = {
    "model by-hand",
    "user hand",
    "team crew",
    "team membership crew/hand",
    "alias quick",
    "alias quiet",
    "fallback by-hand",
    "router key cooldown_time",
    "credential hand-openai",
}


@pytest.fixture(scope="module", name="clone")
def _clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A clone with the stack dev, of which nothing is made."""
    made = installation.create(tmp_path_factory.mktemp("adopting"), f"{os.getpid()}-hand")
    try:
        made.make("env")
        yield made
    finally:
        made.purge()


@pytest.fixture(name="server", params=VERSIONS)
def _server(request: pytest.FixtureRequest, real_litellms: RealLitellms, clone: Installation) -> Server:
    """A LiteLLM with an object of each kind that somebody made, which the clone's stack is configured to manage."""
    server = real_litellms.shared(request.param)
    clone.run(["git", "checkout", "-q", "catalog"])
    clone.secrets({"llmproxy:litellm-master-key": server.master_key})
    clone.setting("litellm.adminUrl", server.url)
    clone.pulumi("config", "rm", "litellm-api-keys:hand", expect=None)
    clone.pulumi("config", "rm", "--path", "llmproxy:settings.litellm.adopt", expect=None)
    made_by_hand(server)
    return server


def made_by_hand(server: Server) -> None:
    values = {"api_key": KEY, "api_base": "http://127.0.0.1:9/v1"}
    info = {"custom_llm_provider": "OpenAI_Compatible"}
    credential = {"credential_name": "hand-openai", "credential_values": values, "credential_info": info}
    server.call("POST", "/credentials", credential)
    # A poll that was under way puts the worker's memory back to what the database held before.
    until(lambda: server.call("GET", "/credentials")["credentials"], seconds=60)
    params = {"model": "openai/by-hand-1", "litellm_credential_name": "hand-openai", "rpm": 5, "mock_response": "hi"}
    model = {"model_name": "by-hand", "litellm_params": {**params, "input_cost_per_token": 0.5}}
    server.call("POST", "/model/new", {**model, "model_info": {"id": "by-hand", "base_model": "gpt-4o", "note": "x"}})
    user = {"user_id": "hand", "user_email": "hand@example.com", "user_role": "internal_user", "max_budget": 3}
    server.call("POST", "/user/new", {**user, "models": ["by-hand"], "auto_create_key": False})
    member = {"role": "user", "user_id": "hand"}
    team = {"team_id": "crew", "team_alias": "The crew", "models": ["by-hand"], "max_budget": 9}
    server.call("POST", "/team/new", {**team, "metadata": {"x": 1}})
    server.call("POST", "/team/member_add", {"team_id": "crew", "member": member, "max_budget_in_team": 2})
    server.call("POST", "/key/generate", {"key_alias": "hand-key", "user_id": "hand", "key": f"{KEY}-virtual"})
    aliases = {"quick": "by-hand", "quiet": {"model": "by-hand", "hidden": True}}
    router = {"model_group_alias": aliases, "fallbacks": [{"by-hand": ["mock-small"]}], "cooldown_time": 9}
    server.call("POST", "/config/update", {"router_settings": router})


def content(server: Server) -> dict[str, Any]:
    """All that is in LiteLLM, as its lists show it."""
    paths = ("/credentials", "/v2/model/info?size=1000", "/user/list?page_size=100", "/key/list?size=100", "/team/list")
    return {path: server.call("GET", path) for path in (*paths, "/router/settings")}


def test_what_was_made_by_hand_is_listed_taken_over_by_a_proving_preview_and_nothing_in_it_changes(
    clone: Installation, server: Server
) -> None:
    before = content(server)
    listed = json.loads(clone.make("unmanaged", JSON="1").stdout)
    # A router key that another test had set lives on in the server's memory.
    assert {f"{each['kind']} {each['name']}" for each in listed} >= {*ADOPTABLE, "key hand-key"}
    assert {each["owner"] for each in listed} == {None}
    reasons = {f"{each['kind']} {each['name']}": each["reason"] for each in listed if not each["adoptable"]}
    assert "pulumi config set --secret litellm-api-keys:hand" in reasons["credential hand-openai"]
    assert "make adopt KIND=credential NAME=hand-openai" in reasons["model by-hand"]
    assert "nobody can read a key's value" in reasons["key hand-key"]

    clone.secrets({"litellm-api-keys:hand": KEY})
    stack_file, catalog_file = clone.clone / "Pulumi.dev.yaml", clone.clone / "catalog" / "dev.json"
    stack_file.write_text(f"# A comment that stays.\n{stack_file.read_text()}")
    written = stack_file.read_text(), catalog_file.read_text()
    shown = clone.make("adopt", ALL="1", SHOW="1").stdout
    assert '+                        "by-hand-1": {' in shown
    assert "Pulumi.dev.yaml: litellm.adopt: + by-hand@hand-openai:openai/by-hand-1\n" in shown
    assert (stack_file.read_text(), catalog_file.read_text()) == written, "it was to be shown only"

    done = clone.make("adopt", KIND="model", NAME="by-hand")
    assert "model by-hand: will be taken over; nothing in it changes\n" in done.stdout
    assert "credential hand-openai: will be taken over; nothing in it changes\n" in done.stdout
    done = clone.make("adopt", ALL="1")
    assert {line.partition(":")[0] for line in done.stdout.splitlines() if "will be taken over" in line} >= ADOPTABLE
    assert "not adopted: key hand-key: nobody can read" in done.stdout
    assert stack_file.read_text().startswith("# A comment that stays.\n")
    gone = set(written[1].splitlines()) - set(catalog_file.read_text().splitlines())
    assert all(line.endswith(("}", '"', "]")) for line in gone), "a comma behind what was last in its place"
    for text in (shown, done.stdout, done.stderr, catalog_file.read_text()):
        assert "sk-" not in text
    assert content(server) == before, "the next up does it"


def test_what_the_preview_refuses_leaves_the_files_as_they_were(clone: Installation, server: Server) -> None:
    stack_file, catalog_file = clone.clone / "Pulumi.dev.yaml", clone.clone / "catalog" / "dev.json"
    user = {"user_id": "developer", "user_role": "internal_user", "auto_create_key": False}
    server.call("POST", "/user/new", {**user, "metadata": ownership.marker("llmproxy/prod", "developer")})
    before = stack_file.read_text(), catalog_file.read_text()
    failed = clone.make("adopt", expect=2, KIND="router key", NAME="cooldown_time")
    assert "belongs to the stack llmproxy/prod" in failed.stderr
    assert "adopt: the files are as they were" in failed.stderr
    assert (stack_file.read_text(), catalog_file.read_text()) == before


def test_a_prune_with_the_state_lost_removes_only_what_is_ours_and_nothing_declares(
    clone: Installation, server: Server
) -> None:
    for owner, name in (("llmproxy/dev", "ours"), ("llmproxy/prod", "theirs")):
        user = {"user_id": name, "user_role": "internal_user", "auto_create_key": False}
        server.call("POST", "/user/new", {**user, "metadata": ownership.marker(owner, name)})
        params = {"model": "openai/x", "mock_response": "x"}
        info = {"id": name, **ownership.marker(owner, f"{name}@mock-openai:openai/x")}
        server.call("POST", "/model/new", {"model_name": name, "litellm_params": params, "model_info": info})
    server.call("POST", "/key/generate", {"key_alias": "of-ours", "user_id": "ours"})
    refused = clone.make("prune", expect=2)
    assert "kept: user ours: as long as these stay: key of-ours\n" in refused.stdout
    assert "nothing was removed; to remove without being asked, type: make prune FORCE=1" in refused.stderr
    done = clone.make("prune", FORCE="1")
    assert "prune: removed model ours@mock-openai:openai/x\n" in done.stdout
    names = {row["model_name"] for row in server.call("GET", "/v2/model/info?size=1000")["data"]}
    assert names == {"by-hand", "theirs"}
    users = {row["user_id"] for row in server.call("GET", "/user/list?page_size=100")["users"]}
    assert users >= {"hand", "ours", "theirs"}
    assert "prune: nothing to remove" in clone.make("prune").stdout
