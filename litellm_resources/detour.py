"""Leads the requests of some credentials to another address of the same service, and waits until each worker does so.

Takes a session and the names of credentials; changes only `api_base` of those that are this stack's, so that the
credential resources see the difference and put back what the catalog says. Apart from `credential.py`, which is content
with one worker that shows a write: here the service changes next, and no request may still go to the wrong address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from litellm_resources import every_worker
from litellm_resources.admin_api import credentials
from litellm_resources.admin_api.credentials import API_BASE, CredentialRow
from litellm_resources.admin_api.errors import NotRunning, ReadBackMismatch
from litellm_resources.ownership import noted, owner_of
from litellm_resources.session import GatewaySession

DEADLINE_SECONDS = 120.0


@dataclass(frozen=True)
class Detour:
    """Credentials that use one service.

    Attributes:
        session: The gateway.
        owner: Who made them, `<project>/<stack>`; those of others are left alone.
        names: The credentials, by the catalog; a row may have another name.
        host: The other address of the service, as LiteLLM reaches it.
        port: Its port.
    """

    session: GatewaySession
    owner: str
    names: Sequence[str]
    host: str
    port: int

    def in_use(self) -> list[str]:
        """The names of those that are in LiteLLM and ours; none while LiteLLM does not run."""
        try:
            rows = self.session.credentials.rows()
        except NotRunning:
            return []
        return sorted(self._ours(rows))

    def begun(self) -> bool:
        """Whether any worker shows one on the detour: a run that was killed left it so."""
        return not self.session.credentials.agreed(self._none_here, lambda none: none)

    def send(self) -> None:
        """Leads all of them to the other address; gives back when each worker does so.

        Raises:
            AdminApiError: LiteLLM refused, or does not show it in time.
        """
        with self.session.writing() as client:
            self.session.credentials.forget()
            for name, row in self._ours(self.session.credentials.rows()).items():
                if not self._is_here(row):
                    credentials.change(client, name, {API_BASE: self._address(row)}, row.credential_info)
        self._wait(on_detour=True)

    def wait_until_left(self) -> None:
        """Gives back when no worker leads a request to the other address any more.

        Raises:
            ReadBackMismatch: One still does.
        """
        self._wait(on_detour=False)

    def _wait(self, *, on_detour: bool) -> None:
        shared, look = self.session.credentials, self._all_here if on_detour else self._none_here

        def shown() -> bool:
            shared.forget()
            return shared.agreed(look, lambda every: every)

        began = self.session.clock.now()
        if not every_worker.wait(self.session, shown, since=began, at_most_seconds=DEADLINE_SECONDS):
            names, way = ", ".join(self.names), self._way(on_detour)
            found = f"after {DEADLINE_SECONDS:.0f} s LiteLLM does not lead {names} {way}"
            raise ReadBackMismatch(f"handover to {self.host}", found, "look into the gateway's log, then run again")

    def _way(self, on_detour: bool) -> str:
        return f"to {self.host}" if on_detour else f"away from {self.host}"

    def _ours(self, rows: Mapping[str, CredentialRow]) -> dict[str, CredentialRow]:
        ours = {name: row for name, row in rows.items() if owner_of(row.credential_info) == self.owner}
        return {name: row for name, row in ours.items() if noted(row.credential_info, "identity") in self.names}

    def _all_here(self, rows: Mapping[str, CredentialRow]) -> bool:
        return all(self._is_here(row) for row in self._ours(rows).values())

    def _none_here(self, rows: Mapping[str, CredentialRow]) -> bool:
        return not any(self._is_here(row) for row in self._ours(rows).values())

    def _is_here(self, row: CredentialRow) -> bool:
        return urlsplit(_base(row)).hostname == self.host

    def _address(self, row: CredentialRow) -> str:
        return f"http://{self.host}:{self.port}{urlsplit(_base(row)).path}"


def _base(row: CredentialRow) -> str:
    value = row.credential_values.get(API_BASE)
    return value if isinstance(value, str) else ""
