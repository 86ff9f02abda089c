"""A Pulumi stack of LiteLLM's objects only, run by the real CLI against a real LiteLLM.

Takes the server, and the CLI from PATH; everything else lies in a temporary folder. A small proxy in between counts the
calls and can be cut.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests

from litellm_resources.admin_api.version import ROUTER_DEFAULTS_1_81
from operations import automatic_logs, runs
from operations.home import StackHome, backend_in
from operations.pulumi_process import STACK_HOME

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).parent / "litellm_program" / "__main__.py"
PROVIDER_KEY = "sk-marker-of-a-provider-key"
FINGERPRINT_KEY = "marker-of-a-fingerprint-key"
PROJECT_FILE = """name: llmproxy
runtime: {name: python, options: {toolchain: pip, virtualenv: .venv}}
options: {refresh: always}
"""


@dataclass
class Server:
    """A real LiteLLM."""

    url: str
    master_key: str
    psql: Callable[[str], str] | None = None

    def sql(self, query: str) -> str:
        """What the database answers; only where the tests have made the server, or are told how to ask."""
        if self.psql is None:
            pytest.skip("the rows are read out of the database: set LLMPROXY_TEST_PSQL to the words before the query")
        return self.psql(query).strip()

    def config_row(self, name: str) -> Any:
        """A row of LiteLLM's own settings as the database holds it; None when there is none."""
        found = self.sql(f"SELECT param_value FROM \"LiteLLM_Config\" WHERE param_name = '{name}'")  # noqa: S608
        return json.loads(found) if found else None

    def call(self, method: str, path: str, body: Any = None, key: str | None = None) -> Any:
        answer = self.raw(method, path, body, key)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text[:300]}"
        return answer.json()

    def raw(self, method: str, path: str, body: Any = None, key: str | None = None) -> requests.Response:
        session = requests.Session()
        session.trust_env = False
        bearer = {"Authorization": f"Bearer {key or self.master_key}"}
        return session.request(method, self.url + path, json=body, headers=bearer, timeout=60)

    def chat_failure(self, model: str, **more: Any) -> str | None:
        """Why a model gave no answer; None when it did."""
        body = {"model": model, "messages": [{"role": "user", "content": "hello"}], **more}
        answer = self.raw("POST", "/v1/chat/completions", body)
        return None if answer.ok else f"{model}: {answer.status_code} {answer.text[:300]}"

    def rows(self) -> list[dict[str, Any]]:
        found = self.call("GET", "/v2/model/info?size=1000")["data"]
        return [row for row in found if row["model_info"].get("managed_by") == "llmproxy"]

    def key_rows(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.call("GET", "/key/list?size=100&return_full_object=true")["keys"]
        return rows

    def clear(self) -> None:
        """Removes everything, so that each test begins alike. For a server of the tests only."""
        for row in self.call("GET", "/v2/model/info?size=1000")["data"]:
            gone = self.raw("POST", "/model/delete", {"id": row["model_info"]["id"]})
            # The last model of a table that is empty now is listed on by 1.81.12.
            assert gone.ok or "not found in db" in gone.text, gone.text[:300]
        for credential in self.call("GET", "/credentials")["credentials"]:
            self.call("DELETE", f"/credentials/{quote(credential['credential_name'], safe='')}")
        keys = self.call("GET", "/key/list?size=100")["keys"]
        if keys:
            self.call("POST", "/key/delete", {"keys": keys})
        teams = [team["team_id"] for team in self.call("GET", "/team/list")]
        if teams:
            self.call("POST", "/team/delete", {"team_ids": teams})
        for budget in self.call("GET", "/budget/list"):
            self.call("POST", "/budget/delete", {"id": budget["budget_id"]})
        users = [user["user_id"] for user in self.call("GET", "/user/list?page_size=100")["users"]]
        if users:
            self.call("POST", "/user/delete", {"user_ids": users})
        for budget in self.call("GET", "/budget/list"):
            self.call("POST", "/budget/delete", {"id": budget["budget_id"]})
        for row in self.call("GET", "/v2/guardrails/list")["guardrails"]:
            self.call("DELETE", f"/guardrails/{row['guardrail_id']}")
        for row in self.call("GET", "/v1/mcp/server"):
            self.raw("DELETE", f"/v1/mcp/server/{row['server_id']}").raise_for_status()
        self._clear_router()

    def _clear_router(self) -> None:
        """Sets back what differs from a default: what a write leaves out both versions keep, each in its own place."""
        shown = self.call("GET", "/router/settings")["current_values"]
        back = {name: value for name, value in ROUTER_DEFAULTS_1_81.items() if shown.get(name) not in (value, None)}
        if back:
            self.call("POST", "/config/update", {"router_settings": back})
        self.call("POST", "/config/update", {"router_settings": {"model_group_alias": {}, "fallbacks": []}})


@dataclass
class Stack:
    """A stack, `dev` if no other is asked for, of a program of its own."""

    folder: Path
    admin_url: str
    master_key: str
    previous_master_key: str | None = None
    workers: int = 1
    environment: dict[str, str] = field(default_factory=dict)
    name: str = "dev"

    def prepare(self) -> Stack:
        """Makes the program's folder and the stack, as a copy of one that was initialised once."""
        shutil.copytree(_initialised(self.name), self.folder, symlinks=True, dirs_exist_ok=True)
        self.configure()
        return self

    def configure(self) -> None:
        """Writes the stack's configuration."""
        settings = {"litellm": {"adminUrl": self.admin_url, "workers": self.workers}}
        secrets = {
            "litellm-master-key": self.master_key,
            "litellm-master-key-previous": self.previous_master_key,
            "fingerprint-key": FINGERPRINT_KEY,
            "provider-key": PROVIDER_KEY,
        }
        words = [word for name, value in secrets.items() if value for word in ("--secret", f"{name}={value}")]
        self.run("config", "set-all", "--plaintext", f"llmproxy:settings={json.dumps(settings)}", *words)

    def initialise(self) -> None:
        """Makes both from nothing."""
        (self.folder / "state").mkdir(parents=True)
        (self.folder / "home").mkdir()
        automatic_logs.keep_out(self.folder / "home")
        (self.folder / "__main__.py").write_text(PROGRAM.read_text())
        (self.folder / "Pulumi.yaml").write_text(PROJECT_FILE)
        (self.folder / "litellm_resources").symlink_to(ROOT / "litellm_resources")
        (self.folder / ".venv").symlink_to(sys.prefix)
        self.run("stack", "init", self.name)

    def wants(self, objects: dict[str, Any]) -> None:
        """Says what the program shall make."""
        (self.folder / "objects.json").write_text(json.dumps(objects))

    def up(self, *, ok: bool | None = True) -> str:
        return self.run("up", "--yes", "--skip-preview", ok=ok)

    def preview(self, *options: str, ok: bool = True) -> str:
        return self.run("preview", "--diff", *options, ok=ok)

    def is_unchanged(self) -> bool:
        self.preview("--expect-no-changes")
        return True

    def run(self, *command: str, ok: bool | None = True, typed: str = "") -> str:
        """Runs a command and gives what it said; `ok` is how it must end, None takes either."""
        done = subprocess.run(
            ["pulumi", *command, "--non-interactive", "--color", "never"],
            cwd=self.folder,
            env=self.environment_now(),
            input=typed,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert ok in (None, done.returncode == 0), done.stdout
        return done.stdout

    def start_up(self) -> subprocess.Popen[bytes]:
        """Starts an `up` in a process group of its own, to be killed."""
        return subprocess.Popen(
            ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive"],
            cwd=self.folder,
            env=self.environment_now(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def kill(self, up: subprocess.Popen[bytes]) -> None:
        """Kills an `up` with its process group, and lets the next run clean up after it as `make up` does."""
        os.killpg(up.pid, signal.SIGKILL)
        up.wait()
        runs.clean_up(StackHome(self.name, self.folder), say=print)

    def state(self) -> str:
        """Everything that lies in the backend, as text."""
        files = [path for path in (self.folder / "state").rglob("*") if path.is_file()]
        return "\n".join(path.read_text(errors="replace") for path in files)

    def environment_now(self) -> dict[str, str]:
        """What its commands run in."""
        own = {
            "PULUMI_HOME": str(self.folder / "home"),
            "PULUMI_BACKEND_URL": backend_in(self.folder / "state"),
            "PULUMI_CONFIG_PASSPHRASE": "test",
            "PULUMI_RUN_PROGRAM": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_STACK": self.name,
            STACK_HOME: str(self.folder),
            "LLMPROXY_HOME": str(self.folder / "home"),
            "LLMPROXY_DEBUG": "1",
        }
        return {**os.environ, **own, **self.environment}


@cache
def _initialised(name: str) -> Path:
    """A folder with a stack that has nothing yet: each command of the CLI takes a second, and each test a stack."""
    folder = Path(tempfile.mkdtemp(prefix="llmproxy-stack-"))
    atexit.register(shutil.rmtree, folder)
    Stack(folder, "", "", name=name).initialise()
    return folder
