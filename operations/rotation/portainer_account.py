"""The password of Portainer's administrator, which lies in Portainer's own volume after its first start.

Takes where Portainer answers and both passwords; changes it through Portainer's API. The secret that the service is
started with counts only for an empty volume.
"""

import http.client
import json
from dataclasses import dataclass

from operations import https_door
from operations.errors import OperationsError
from operations.https_door import Address

ADMIN, ADMIN_ID = "admin", 1
SECONDS = 15
OK, DONE = 200, (200, 204)


@dataclass(frozen=True)
class Account:
    """The administrator of the Portainer at an address."""

    address: Address

    def change(self, before: str, after: str) -> None:
        """Gives it the new password; one that has it already is left as it is.

        Raises:
            OperationsError: Portainer does not answer, is not trusted, or takes neither password.
        """
        if self._token(after) is not None:
            return
        token = self._token(before)
        if token is None:
            raise OperationsError(
                f"Portainer at {self.address.url}: takes neither the new nor the last password of {ADMIN}: somebody "
                "changed it there; set it to what make secret NAME=portainer-admin-password prints, then type again: "
                "make rotate SECRET=portainer-admin-password"
            )
        path, body = f"/api/users/{ADMIN_ID}/passwd", {"password": before, "newPassword": after}
        status = self._ask("PUT", path, body, {"Authorization": f"Bearer {token}"}).status
        if status not in DONE:
            raise OperationsError(
                f"Portainer at {self.address.url}: PUT {path}: status {status}, allowed is 204; see "
                "docs/runbooks/rotate-secrets.md"
            )

    def _token(self, password: str) -> str | None:
        """What opens the API with this password; None where it is refused."""
        answer = self._ask("POST", "/api/auth", {"username": ADMIN, "password": password}, {})
        if answer.status != OK:
            return None
        try:
            document = json.loads(answer.body)
        except ValueError:
            return None
        token = document.get("jwt") if isinstance(document, dict) else None
        return token if isinstance(token, str) else None

    def _ask(self, method: str, path: str, body: dict[str, str], headers: dict[str, str]) -> https_door.Answer:
        try:
            return https_door.request(self.address, method, path, document={**body}, headers=headers, seconds=SECONDS)
        except (OSError, http.client.HTTPException) as error:
            raise OperationsError(
                f"Portainer at {self.address.url}: does not answer ({error}); bring it back, then type again: "
                "make rotate SECRET=portainer-admin-password"
            ) from error
