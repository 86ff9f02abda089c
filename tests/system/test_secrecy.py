"""No secret of an installation is anywhere but where it belongs, from its first `make up` on.

An own installation, whose every secret holds a marker. Exempt, by name: the environments of processes
(/proc/<pid>/environ), the passphrase's own file, catalog/local.json (where the user put a key in clear), what
`make key` prints, and the file systems in memory through which the engine hands a task its secrets.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.system import command_lines, installation, stack_file
from tests.system.command_lines import CommandLines
from tests.system.engine_texts import engine_texts
from tests.system.installation import Installation, docker
from tests.system.secrecy import Search

AWKWARD = "p@ss:/w%rd'\"$ {{`#?&+\\é<>|;~"
CONFIG_PROVIDER, OVERLAY_PROVIDER = "antigravity-manager", "overlay"
VARIABLE = "PARTNER_TOKEN"
# Settings of the gateway that refer to the variable: a header sent to an upstream, and an address of alerts.
REFERRING = {
    "pass_through_endpoints": [
        {
            "path": "/partner",
            "target": "http://127.0.0.1:4999",
            "headers": {"Authorization": f"Bearer os.environ/{VARIABLE}"},
        }
    ],
    "alert_to_webhook_url": {"budget_alerts": [f"os.environ/{VARIABLE}"]},
}
# The partner, beside the gateway in its container: says what it was sent, but nobody can read it back.
PARTNER = """
import hashlib, http.server
class Partner(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(hashlib.sha256(self.headers["Authorization"].encode()).hexdigest().encode())
http.server.HTTPServer(("127.0.0.1", 4999), Partner).handle_request()
"""


@dataclass(frozen=True)
class Marked:
    """An installation after its first `make up`.

    Attributes:
        gateway: The installation.
        search: Looks for all its secrets.
        up: What `make up` printed.
        during: The command lines while it ran.
        started: When it was made, in seconds since the epoch.
    """

    gateway: Installation
    search: Search
    up: subprocess.CompletedProcess[str]
    during: CommandLines
    started: float

    @property
    def exempt(self) -> list[Path]:
        """Where a secret belongs."""
        return [self.gateway.home / "llmproxy/dev/passphrase", self.gateway.clone / "catalog/local.json"]


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Marked]:
    folder, started = tmp_path_factory.mktemp("secrecy"), time.time()
    gateway = installation.create(folder, f"{os.getpid()}-leak")
    values = {name: f"{start}{secrets.token_hex(10)}" for name, start in STARTS.items()}
    try:
        put_in(gateway, values)
        with command_lines.watched() as during:
            up = gateway.make("up")
        values["virtual key"] = gateway.make("key").stdout.strip()
        values["whole db password"] = in_password(values["db password"])
        yield Marked(gateway, Search(values), up, during, started)
    finally:
        gateway.purge()


# What each secret begins with: LiteLLM takes no master key without it.
STARTS = {
    "master key": "sk-",
    "master key before": "sk-",
    "salt key": "sk-",
    "db password": "",
    "passphrase": "",
    "provider key in the config": "",
    "provider key in the overlay": "",
    "variable of the gateway": "",
}


def in_password(marker: str) -> str:
    """The marker at both ends, so that a password cut off at any of its signs is found too."""
    return f"{marker}{AWKWARD}{marker}"


def put_in(gateway: Installation, values: Mapping[str, str]) -> None:
    """Gives a new installation its secrets before anything is deployed."""
    passphrase = gateway.home / "llmproxy/dev/passphrase"
    passphrase.parent.mkdir(parents=True)
    passphrase.write_text(values["passphrase"], encoding="utf-8")
    (gateway.home / "tmp").mkdir()
    gateway.environment["TMPDIR"] = str(gateway.home / "tmp")
    models = {"overlay-small": {"litellm_params": {"mock_response": "from the overlay"}}}
    overlay = {"api_key": values["provider key in the overlay"], "interfaces": {"openai": {"models": models}}}
    (gateway.clone / "catalog/local.json").write_text(
        json.dumps({"providers": {OVERLAY_PROVIDER: overlay}}), encoding="utf-8"
    )
    gateway.secrets(
        {
            "llmproxy:litellm-master-key": values["master key"],
            "llmproxy:litellm-master-key-previous": values["master key before"],
            "llmproxy:litellm-salt-key": values["salt key"],
            "llmproxy:db-password": in_password(values["db password"]),
            f"litellm-api-keys:{CONFIG_PROVIDER}": values["provider key in the config"],
            f"litellm-environment:{VARIABLE}": values["variable of the gateway"],
        }
    )
    stack_file.edit(gateway, with_secret_variable)


def with_secret_variable(config: stack_file.Config) -> None:
    """Lets the gateway have the secret variable and refer to it."""
    config[stack_file.SETTINGS]["litellm"] |= {"secretEnvironment": [VARIABLE], "generalSettings": REFERRING}


def test_the_gateway_works_with_these_secrets(marked: Marked) -> None:
    key = marked.search.secrets["virtual key"]

    assert marked.gateway.master_key() == marked.search.secrets["master key"]
    assert marked.gateway.chat("hello", key).status_code == 200
    # Models with a credential, one of either kind of key.
    names = {each["id"] for each in marked.gateway.admin("GET", "/v1/models").json()["data"]}
    assert {"overlay-small", "claude-sonnet-4-6"} <= names


def test_the_gateway_has_its_secret_variable_and_sends_it_where_a_setting_refers_to_it(marked: Marked) -> None:
    container, value = marked.gateway.container("litellm"), marked.search.secrets["variable of the gateway"]

    assert f"{VARIABLE}={value}" in docker("exec", container, "cat", "/proc/1/environ").split("\0")
    docker("exec", "--detach", container, "python3", "-c", PARTNER)
    sent = hashlib.sha256(f"Bearer {value}".encode()).hexdigest()
    installation.until(lambda: partner_says(marked.gateway) == sent, seconds=30)


def partner_says(gateway: Installation) -> str:
    """What the partner behind the gateway answers."""
    return gateway.call("GET", "/partner", gateway.master_key()).text


def test_the_search_finds_each_secret_where_it_belongs(marked: Marked) -> None:
    config = marked.gateway.pulumi("config", "--show-secrets").stdout
    exempt = [leak.secret for path in marked.exempt for leak in marked.search.in_text(path.name, path.read_bytes())]
    printed = [leak.secret for leak in marked.search.in_text("make key", marked.gateway.make("key").stdout)]

    found = {*(leak.secret for leak in marked.search.in_text("config", config)), *exempt, *printed}
    assert found == set(marked.search.secrets)


def test_no_process_was_started_with_a_secret_among_its_arguments(marked: Marked) -> None:
    lines = marked.during

    assert marked.search.in_text("arguments", b"\n".join(lines.seen)) == []
    assert lines.rounds > 100
    # It looked at the right time and place: at our commands, pulumi's, and those in the containers.
    assert lines.has("operations", "up")
    assert lines.has("pulumi", "up", "--yes")
    assert lines.has("postgres")
    assert lines.has("litellm", "--port")


def test_no_file_holds_a_secret(marked: Marked) -> None:
    gateway = marked.gateway
    plan = gateway.clone / "plan.json"
    printed = {"pulumi preview --json": gateway.pulumi("preview", "--json", "--save-plan", str(plan))}
    pulumi_home = Path(gateway.shell()["PULUMI_HOME"])

    assert plan.stat().st_size > 10_000
    assert leaks_in(marked.search, printed) == []
    assert marked.search.in_folder(gateway.home, leave_out=marked.exempt) == []
    assert marked.search.in_folder(gateway.clone, leave_out=marked.exempt) == []
    assert marked.search.in_folder(pulumi_home) == []
    for folder in {engine_root(), Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")}:
        # What other test runs make there is theirs; ours has just been searched.
        left_out = [*folder.glob("pytest-of-*"), *in_memory_below(engine_root())]
        assert marked.search.in_folder(folder, leave_out=left_out, since=marked.started) == []
    assert list((gateway.home / "llmproxy/dev/state/.pulumi").rglob("*.bak")), "no backup of the state was searched"
    assert list((gateway.home / "llmproxy/dev/state/.pulumi/history").rglob("*.json")), "no history was searched"


def engine_root() -> Path:
    """Where the engine keeps its data: volumes, layers, the containers' logs, the Swarm's own state."""
    return Path(docker("info", "--format", "{{.DockerRootDir}}").strip())


def in_memory_below(root: Path) -> list[Path]:
    """The mounted file systems that never reach the disk."""
    mounts = [Path(each.mountpoint) for each in psutil.disk_partitions(all=True) if each.fstype == "tmpfs"]
    return [mount for mount in mounts if mount.is_relative_to(root)]


def test_no_object_of_the_engine_shows_a_secret(marked: Marked) -> None:
    shown = engine_texts(marked.gateway.prefix)

    assert marked.search.in_texts(shown) == []
    kinds = {name.partition(":")[0] for name in shown}
    assert {"service", "config", "config, decoded", "secret", "network", "volume", "container"} <= kinds
    assert any("proxy_batch_write_at" in text for text in shown.values()), "litellm.yaml was not read"


def test_no_table_of_the_database_holds_a_secret(marked: Marked) -> None:
    sql = marked.gateway.sql
    tables = sql("select quote_ident(tablename) from pg_tables where schemaname = 'public'").split()
    content = sql("; ".join(f"TABLE {name}" for name in tables))

    assert marked.search.in_text("tables", content) == []
    assert {'"LiteLLM_Config"', '"LiteLLM_CredentialsTable"'} <= set(tables)
    # The settings stand there as they are written, references unresolved.
    for row in ("overlay-small", f"{OVERLAY_PROVIDER}-openai", "router_settings", f"Bearer os.environ/{VARIABLE}"):
        assert row in content


def test_no_command_prints_a_secret(marked: Marked) -> None:
    gateway = marked.gateway
    asked = "pulumi stack export; pulumi stack output --json; pulumi config; pulumi stack history"
    printed = {
        "make up": marked.up,
        "make preview": gateway.make("preview"),
        "make doctor": gateway.make("doctor"),
        "make env": gateway.make("env"),
        asked: gateway.run(["bash", "-c", f'set -e; eval "$(make -s env)"; {asked}']),
    }

    assert leaks_in(marked.search, printed) == []


def test_no_failing_command_prints_a_secret(marked: Marked) -> None:
    gateway, search = marked.gateway, marked.search
    overlay = gateway.clone / "catalog/local.json"
    before, printed = overlay.read_text(encoding="utf-8"), {}
    try:
        overlay.write_text(before.replace('"api_key"', '"api_kee"'), encoding="utf-8")
        printed["an unknown key in the overlay"] = gateway.make("preview", expect=2)
        overlay.write_text(before + "}", encoding="utf-8")
        printed["an overlay that is no JSON"] = gateway.make("preview", expect=2)
    finally:
        overlay.write_text(before, encoding="utf-8")
    try:
        gateway.secrets({"llmproxy:litellm-master-key": search.secrets["master key before"]})
        printed["a wrong master key"] = gateway.make("preview", expect=2)
    finally:
        gateway.secrets({"llmproxy:litellm-master-key": search.secrets["master key"]})

    assert leaks_in(search, printed) == []


def leaks_in(search: Search, printed: Mapping[str, subprocess.CompletedProcess[str]]) -> list[object]:
    """The leaks in what commands printed on either stream."""
    return [leak for what, done in printed.items() for leak in search.in_text(what, done.stdout + done.stderr)]
