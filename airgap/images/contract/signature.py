"""How Portainer proves itself to its agents, as the agent's own source has it, through the openssl command.

Portainer signs the MD5 of the shared secret (or of a fixed text, where there is none) with an ECDSA key of its own,
and sends key and signature along; the agent takes any key whose signature is one of the secret.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import subprocess
import tempfile
from pathlib import Path

SIGNATURE_HEADER = "X-PortainerAgent-Signature"
PUBLIC_KEY_HEADER = "X-PortainerAgent-PublicKey"
TEXT_WITHOUT_SECRET = "Portainer-App"  # noqa: S105  a constant of the agent's source
NUMBER_BYTES = 32
INTEGER, SEQUENCE = 0x02, 0x30


def make_key(path: Path) -> None:
    """Makes Portainer's private key where there is none."""
    if not path.exists():
        _openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", str(path))


def headers(key: Path, secret: str) -> dict[str, str]:
    """The headers of a request to an agent."""
    public = _openssl("ec", "-in", str(key), "-pubout", "-outform", "DER")
    der = _openssl("pkeyutl", "-sign", "-inkey", str(key), given=_digest(secret))
    signature = base64.b64encode(_numbers(der)).decode().rstrip("=")
    return {PUBLIC_KEY_HEADER: public.hex(), SIGNATURE_HEADER: signature}


def is_valid(signature: str, public_key: str, secret: str) -> bool:
    """Whether the signature is one of the secret, by that key."""
    try:
        numbers = base64.b64decode(signature + "=" * (-len(signature) % 4), validate=True)
        public = bytes.fromhex(public_key)
    except (binascii.Error, ValueError):
        return False
    if len(numbers) != 2 * NUMBER_BYTES:
        return False
    with tempfile.TemporaryDirectory() as folder:
        key, proof = Path(folder) / "key.der", Path(folder) / "signature.der"
        key.write_bytes(public)
        proof.write_bytes(_der(numbers))
        words = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", str(key), "-sigfile"]
        return subprocess.run([*words, str(proof)], input=_digest(secret), capture_output=True).returncode == 0


def _digest(secret: str) -> bytes:
    return hashlib.md5((secret or TEXT_WITHOUT_SECRET).encode(), usedforsecurity=False).digest()


def _openssl(*words: str, given: bytes = b"") -> bytes:
    return subprocess.run(["openssl", *words], input=given, capture_output=True, check=True).stdout


def _numbers(der: bytes) -> bytes:
    """The two numbers of a signature in DER, each filled up to its length."""
    numbers, at = [], 2
    for _ in range(2):
        length = der[at + 1]
        numbers.append(int.from_bytes(der[at + 2 : at + 2 + length], "big").to_bytes(NUMBER_BYTES, "big"))
        at += 2 + length
    return b"".join(numbers)


def _der(numbers: bytes) -> bytes:
    body = b""
    for part in (numbers[:NUMBER_BYTES], numbers[NUMBER_BYTES:]):
        value = int.from_bytes(part, "big")
        text = value.to_bytes(value.bit_length() // 8 + 1, "big")
        body += bytes([INTEGER, len(text)]) + text
    return bytes([SEQUENCE, len(body)]) + body
