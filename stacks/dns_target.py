"""What a DNS record points to, and which type of record that makes. Pure."""

from __future__ import annotations

import ipaddress
from typing import Literal

Kind = Literal["A", "AAAA", "CNAME"]


def kind(target: str) -> Kind:
    """The type of a record that points to an address or to another name."""
    try:
        return "A" if ipaddress.ip_address(target).version == 4 else "AAAA"
    except ValueError:
        return "CNAME"
