"""Contract image of Portainer: its flags, first start, log-in and the way to its agents.

Takes Portainer's flags, AGENT_SECRET and the folder of its data; gives the part of its API that our services and
commands rely on.
"""

from __future__ import annotations

import argparse
import os
import ssl
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import passwords, signature
from .portainer_store import Store
from .portainer_tokens import Tokens
from .serving import Answer, Request, as_json, bearer, page, say, serve

VERSION = "2.33.6"
ADMIN = "admin"
MINIMUM_PASSWORD = 12
AGENT_ENVIRONMENT = 2


@dataclass(frozen=True)
class Portainer:
    """The API; see the module."""

    store: Store
    agent_secret: str

    def answer(self, request: Request) -> Answer:
        """The answer to any request."""
        match request.method, request.path:
            case "GET", "/api/status" | "/api/system/status":
                return as_json({"Version": VERSION, "InstanceID": self.store.instance})
            case "GET", "/api/users/admin/check":
                return Answer(204) if self.store.users else _error("No administrator account found", 404)
            case "POST", "/api/users/admin/init":
                return self._first_user(request)
            case "POST", "/api/auth":
                return self._log_in(request)
            case "GET", "/":
                first_run = "" if self.store.users else "New Portainer installation: create the initial administrator."
                return page("Portainer", first_run or "Log in.")
            case _ if request.path.startswith("/api/"):
                return self._known_users_only(request)
        return _error("not found", 404)

    def _first_user(self, request: Request) -> Answer:
        if self.store.users:
            return _error("Unable to create administrator user", 409)
        self.store.users[ADMIN] = passwords.hashed(str(request.json().get("Password", "")))
        self.store.save()
        return as_json({"Id": 1, "Username": ADMIN, "Role": 1})

    def _log_in(self, request: Request) -> Answer:
        given = {name.lower(): str(value) for name, value in request.json().items()}
        name = given.get("username", "")
        if not passwords.fits(given.get("password", ""), self.store.users.get(name, "")):
            return _error("Invalid credentials", 422)
        return as_json({"jwt": Tokens(self.store.token_secret).make(name)})

    def _known_users_only(self, request: Request) -> Answer:
        name = Tokens(self.store.token_secret).user_of(bearer(request.headers))
        if name is None or name not in self.store.users:
            return _error("A valid authorization token is missing", 401)
        agents = "/api/endpoints/1/docker"
        if request.path == "/api/endpoints":
            return as_json(self.store.endpoints)
        if request.path.startswith(agents) and self.store.endpoints:
            return self._from_agent(request.method, request.path.removeprefix(agents))
        if (request.method, request.path) == ("PUT", "/api/users/1/passwd"):
            return self._new_password(request, name)
        return _error("not found", 404)

    def _new_password(self, request: Request, name: str) -> Answer:
        given = request.json()
        if not passwords.fits(str(given.get("password", "")), self.store.users[name]):
            return _error("Specified password do not match actual password", 403)
        new = str(given.get("newPassword", ""))
        if len(new) < MINIMUM_PASSWORD:
            return _error("Password does not meet the minimum strength requirements", 400)
        self.store.users[name] = passwords.hashed(new)
        self.store.save()
        return Answer(204)

    def _from_agent(self, method: str, path: str) -> Answer:
        url = str(self.store.endpoints[0]["URL"]).replace("tcp://", "https://")
        try:
            return _ask(method, url + path, signature.headers(self.store.key, self.agent_secret))
        except OSError as error:
            return _error(f"Unable to reach the agent: {error}", 502)


def _error(text: str, status: int) -> Answer:
    return as_json({"message": text, "details": text}, status)


def _ask(method: str, url: str, headers: dict[str, str]) -> Answer:
    """Asks an agent, whose certificate nobody vouches for."""
    context = ssl._create_unverified_context()  # noqa: S323  --tlsskipverify, as the original has it
    try:
        request = urllib.request.Request(url, method=method, headers=headers)  # noqa: S310  always https
        with urllib.request.urlopen(request, timeout=30, context=context) as answer:  # noqa: S310
            return Answer(answer.status, answer.read())
    except urllib.error.HTTPError as refusal:
        return Answer(refusal.code, refusal.read())


def _first_environment(store: Store, address: str) -> None:
    """Makes the environment that the flag -H names, as at a first start: after its agent has answered a ping."""
    if store.endpoints:
        say("Instance already has defined environments. Skipping the environment defined via CLI.")
        return
    _ask("GET", f"{address.replace('tcp://', 'https://')}/ping", {})
    store.endpoints = [{"Id": 1, "Name": "primary", "URL": address, "Type": AGENT_ENVIRONMENT, "Status": 1}]
    store.save()


def _first_password(store: Store, file: Path) -> None:
    if store.users:
        say("Instance already has an administrator user defined. Skipping admin password related flags.")
        return
    store.users[ADMIN] = passwords.hashed(file.read_text().removesuffix("\n"))
    store.save()
    say("Created admin user with the given password.")


def main(arguments: Sequence[str]) -> int:
    """Runs until TERM; gives the exit code."""
    parser = argparse.ArgumentParser(prog="portainer", allow_abbrev=False)
    parser.add_argument("-H", "--host", default="")
    parser.add_argument("--tlsskipverify", action="store_true")
    parser.add_argument("--admin-password-file", type=Path)
    parser.add_argument("-p", "--bind", default=":9000")
    parser.add_argument("-d", "--data", type=Path, default=Path("/data"))
    flags = parser.parse_args(arguments)
    try:
        store = Store(flags.data).open()
        if flags.host:
            _first_environment(store, flags.host)
        if flags.admin_password_file:
            _first_password(store, flags.admin_password_file)
    except (OSError, ValueError) as error:
        say(f"Portainer does not start: {error}")
        return 1
    portainer = Portainer(store, os.environ.get("AGENT_SECRET", ""))
    serve(portainer.answer, int(flags.bind.rpartition(":")[2]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
