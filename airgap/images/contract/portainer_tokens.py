"""The tokens that Portainer gives at a log-in: JWT, signed with HMAC-SHA256."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from dataclasses import dataclass

LIFE_SECONDS = 8 * 60 * 60


@dataclass(frozen=True)
class Tokens:
    """Makes and reads the tokens of one installation."""

    secret: str

    def make(self, user: str) -> str:
        """A token for a user who has logged in."""
        head = _encoded({"alg": "HS256", "typ": "JWT"})
        body = _encoded({"username": user, "exp": int(time.time()) + LIFE_SECONDS})
        return f"{head}.{body}.{self._proof(f'{head}.{body}')}"

    def user_of(self, token: str) -> str | None:
        """Whose token it is; None for one that is none of ours or past its time."""
        content, _, proof = token.rpartition(".")
        if not hmac.compare_digest(proof.encode(), self._proof(content).encode()):
            return None
        try:
            claims = json.loads(base64.urlsafe_b64decode(content.partition(".")[2] + "=="))
        except (binascii.Error, ValueError):
            return None
        return str(claims["username"]) if claims["exp"] > time.time() else None

    def _proof(self, content: str) -> str:
        return _text(hmac.new(self.secret.encode(), content.encode(), hashlib.sha256).digest())


def _encoded(document: object) -> str:
    return _text(json.dumps(document).encode())


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
