"""The original's files are taken over by the real pulumi: encrypted, comments kept, no value in sight, once."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.system import command_lines, installation
from tests.system.installation import Installation
from tests.system.secrecy import Search

pytestmark = pytest.mark.system

HTPASSWD = "admin:$apr1$abcdefgh$0123456789012345678901"
SECRETS = {
    "llmproxy:db-password": "marker-'p@ss $word\" of the database",
    "llmproxy:litellm-master-key": "sk-marker-of-the-master-key",
    "llmproxy:litellm-salt-key": "sk-marker-of-the-salt-key",
    "llmproxy:antigravity-api-key": "marker-of-the-antigravity-key",
    "llmproxy:basic-auth-htpasswd": HTPASSWD,
    "litellm-api-keys:antigravity-manager": "sk-marker-of-a-provider",
}
FILES = {
    ".env": "# The original's.\r\nexport DB_USER=litellm\r\n"
    'DB_PASSWORD="marker-\'p@ss $word\\" of the database"\r\nDB_NAME=litellm\r\n'
    "LITELLM_MASTER_KEY=sk-marker-of-the-master-key # see the safe\r\n"
    "LITELLM_SALT_KEY='sk-marker-of-the-salt-key'\r\nLITELLM_HOST=llm.example.com\r\n"
    "ANTIGRAVITY_MANAGER_API_KEY=marker-of-the-antigravity-key\r\nDB_CLEANUP_RETENTION_DAYS=60\r\n",
    "monitoring/.env": f"NETDATA_HOST=netdata.example.com\nNETDATA_BASIC_AUTH={HTPASSWD.replace('$', '$$')}\n",
    "litellm_scripts/.env": "LITELLM_API_KEY=sk-marker-of-the-master-key\nLITELLM_BASE_URL=https://llm.example.com\n",
    "litellm_scripts/config.local.json": json.dumps(
        {
            "providers": {"antigravity-manager": {"api_key": "sk-marker-of-a-provider", "access_groups": ["Team"]}},
            "aliases": {"fast": "gemini-3-flash-preview"},
        }
    ),
}
SEARCH = Search(SECRETS)


@pytest.fixture
def original(tmp_path: Path) -> str:
    folder = tmp_path / "original"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode())
    return str(folder)


@pytest.fixture
def clone(tmp_path: Path) -> Installation:
    """A clone in which nothing was made."""
    return installation.create(tmp_path, "moving")


def comments(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("#")]


def shown(*runs: subprocess.CompletedProcess[str]) -> str:
    return "".join(run.stdout + run.stderr for run in runs)


def test_prod_gets_all_of_it_encrypted_and_a_second_time_nothing(clone: Installation, original: str) -> None:
    file = clone.clone / "Pulumi.prod.yaml"
    before = file.read_text(encoding="utf-8")

    with command_lines.watched() as lines:
        refused = clone.make("take-over", STACK="prod", FROM=original, expect=2)
        untouched = (file.read_text(encoding="utf-8"), clone.home.exists())
        taken = clone.make("take-over", STACK="prod", FROM=original, FORCE="1")
    after = file.read_text(encoding="utf-8")
    again = clone.make("take-over", STACK="prod", FROM=original, FORCE="1")
    listed = json.loads(clone.make("secrets", STACK="prod", JSON="1").stdout)

    assert "nothing was changed; to take it over without being asked" in refused.stderr
    assert untouched == (before, False)
    # Any of them: each lives for less than half a second.
    assert lines.has("pulumi", "config", "set", "--secret")
    assert SEARCH.in_text("the processes' arguments", b"\n".join(lines.seen)) == []
    assert SEARCH.in_texts({"the output": shown(refused, taken, again), "the stack file": after}) == []
    assert SEARCH.in_folder(clone.home) == []
    assert SEARCH.in_folder(clone.clone, leave_out=[clone.clone / "tests"]) == []

    assert comments(after) == comments(before)
    config = yaml.safe_load(after)["config"]
    assert {key for key, value in config.items() if "secure" in value} == SECRETS.keys()
    settings = config["llmproxy:settings"]
    assert settings["postgres"] == {"maxConnections": 100, "user": "litellm", "database": "litellm"}
    assert (settings["dbCleanup"], settings["litellm"]["hostName"]) == ({"retentionDays": 60}, "llm.example.com")
    assert json.loads((clone.clone / "catalog" / "prod.json").read_text())["aliases"] == {
        "fast": "gemini-3-flash-preview"
    }

    assert file.read_text(encoding="utf-8") == after
    assert "nothing was changed: all that is to be taken is there already" in again.stdout
    assert listed["isComplete"] is True


def test_a_preview_names_all_that_is_missing_at_once_as_make_secrets_does(clone: Installation) -> None:
    listed = json.loads(clone.make("secrets", STACK="prod", JSON="1", expect=2).stdout)
    shell = 'eval "$(make -s env STACK=prod </dev/null)" && pulumi preview --non-interactive'
    refused = clone.run(["bash", "-c", shell], expect=None)

    missing = [each for each in listed["secrets"] if each["state"] == "missing"]
    assert refused.returncode != 0
    assert len(missing) == 3
    told = shown(refused)
    assert [each["key"] for each in missing if f"config set --secret {each['key']}" not in told] == []


def test_the_values_are_the_originals_and_the_generated_keys_of_dev_give_way_only_where_it_is_said(
    clone: Installation, original: str
) -> None:
    clone.make("env")
    refused = clone.make("take-over", FROM=original, FORCE="1", expect=2)
    clone.make("take-over", FROM=original, FORCE="1", OVERWRITE="1")

    assert "other values for LITELLM_MASTER_KEY (llmproxy:litellm-master-key), LITELLM_SALT_KEY" in refused.stderr
    config = json.loads(clone.pulumi("config", "--show-secrets", "--json").stdout)
    assert {key: config[key]["value"] for key in SECRETS} == SECRETS
