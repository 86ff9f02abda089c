"""A certificate authority in the settings: whom to trust where a server is run by others.

Public text, so it stands in the settings as PEM, and reaches a container as a config. A part of `settings.py`. Pure.
"""

from __future__ import annotations

import ssl
from typing import Annotated

from pydantic import AfterValidator

BEGIN = "-----BEGIN CERTIFICATE-----"


def _authorities(value: str) -> str:
    # The value itself is not shown: what was put here by mistake may be a private key.
    if "PRIVATE KEY" in value:
        raise ValueError("found a private key in it; allowed are certificates alone; take the key out, and renew it")
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=value)
    except (ssl.SSLError, ValueError):
        context = None
    if BEGIN not in value or context is None or not context.cert_store_stats()["x509"]:
        raise ValueError(
            f"found what is no certificate; allowed is PEM, one or more blocks that begin with {BEGIN}; "
            "write the file's text behind the key and '|', indented"
        )
    return value.strip() + "\n"


Authorities = Annotated[str, AfterValidator(_authorities)]
