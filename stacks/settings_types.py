"""The kinds of value that settings are made of: host names, addresses, ports, names of PostgreSQL, lines of text.

Each check says in words what is allowed: a pattern is no help to the person who mistyped. Apart from `settings.py`
because that file is the list of settings and should read as one. Pure.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from components import placement

HOST_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
HOST_NAME = rf"(?=.{{1,253}}$){HOST_LABEL}(\.{HOST_LABEL})*"
URL = rf"https?://{HOST_LABEL}(\.{HOST_LABEL})*(:[0-9]{{1,5}})?(/[A-Za-z0-9._/-]*)?"
DOCKER_HOST = rf"unix:///[^\s]+|tcp://{HOST_LABEL}(\.{HOST_LABEL})*:[0-9]{{1,5}}|ssh://[^\s@/]+@[^\s/]+"
# No sign that a shell or a mail program's command line reads as something else.
EMAIL = rf"[A-Za-z0-9_][A-Za-z0-9._%+=~-]{{0,63}}@{HOST_LABEL}(\.{HOST_LABEL})+"
# Names and values of an htpasswd line are parted by a colon.
USER_NAME = r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}"
# PostgreSQL makes no role of these names: `pg_…` is kept for its own, the two others are words of GRANT.
ROLE_NAME = r"(?!pg_|public$|none$)[a-z_][a-z0-9_]{0,62}"
# Both are there from the start, as what CREATE DATABASE copies: the gateway's tables would be in every later database.
DATABASE_NAME = r"(?!template[01]$)[a-z_][a-z0-9_]{0,62}"

# A Swarm secret's name has 64 signs at most: `litellm-env-` and the eight that Pulumi adds leave 44.
SECRET_VARIABLE_NAME = re.compile("[A-Za-z_][A-Za-z0-9_]{0,43}")


def _matching(pattern: str, allowed: str) -> AfterValidator:
    """A check of the whole value."""
    whole = re.compile(pattern)

    def check(value: str) -> str:
        if not whole.fullmatch(value):
            raise ValueError(f"found {value!r}; allowed is {allowed}")
        return value

    return AfterValidator(check)


def _with_a_port_that_exists(value: str) -> str:
    try:
        port = urlsplit(value).port
    except ValueError:
        port = 0
    if port == 0:
        raise ValueError(f"found {value!r}; allowed is a port from 1 to 65535")
    return value


def _one_line(value: str) -> str:
    # The value itself is not shown: what has several lines is often a private key.
    if any(sign in value for sign in "\n\r\0"):
        raise ValueError("found a line break or NUL in it; allowed is one line of text; write it in one line")
    return value


def _name_of_a_secret(value: str) -> str:
    # The value itself is not shown: who writes NAME=value here writes the secret.
    if not SECRET_VARIABLE_NAME.fullmatch(value):
        raise ValueError(
            "found what is no name of a variable; allowed are letters, digits and '_', no digit first, at most 44; "
            "write the name alone, its value is the secret litellm-environment:NAME"
        )
    return value


def _address_range(value: str) -> str:
    try:
        ipaddress.ip_network(value)
    except ValueError:
        raise ValueError(
            f"found {value!r}; allowed is an address or a range such as 10.0.0.0/8, whose last bits are zero"
        ) from None
    return value


def _target(value: str) -> str:
    try:
        # In the one form in which a resolver gives it, such as 2001:db8::1 for 2001:DB8:0::1.
        return str(ipaddress.ip_address(value))
    except ValueError:
        is_host_name = re.fullmatch(HOST_NAME, value) and not re.fullmatch(r"[0-9.]+", value)
        if not is_host_name:
            raise ValueError(
                f"found {value!r}; allowed is an IPv4 or IPv6 address, or a host name such as lb.example.com"
            ) from None
    return value


def _constraint(value: str) -> str:
    fault = placement.fault(value)
    if fault is not None:
        raise ValueError(fault)
    return value


HostName = Annotated[str, _matching(HOST_NAME, "a host name or IPv4 address, such as db.example.com")]
HttpUrl = Annotated[
    str, _matching(URL, "a URL such as https://llm.example.com"), AfterValidator(_with_a_port_that_exists)
]
DockerHost = Annotated[
    str,
    _matching(DOCKER_HOST, "unix:///path, tcp://host:port or ssh://user@host"),
    AfterValidator(_with_a_port_that_exists),
]
NamePrefix = Annotated[
    str, _matching("([a-z0-9][a-z0-9-]{0,20}-)?", "empty, or small letters, digits and '-', at most 22, ending in '-'")
]
DatabaseName = Annotated[
    str,
    _matching(DATABASE_NAME, "small letters, digits and '_', at most 63, other than template0 and template1"),
]
RoleName = Annotated[
    str,
    _matching(ROLE_NAME, "small letters, digits and '_', at most 63, other than public, none and what begins with pg_"),
]
HostPath = Annotated[str, _matching(r"/[^\s:,]*", "the path of a folder from the root on, without blanks, ':' and ','")]
UrlQuery = Annotated[str, _matching("(\\w+=[\\w./-]+(&\\w+=[\\w./-]+)*)?", "name=value pairs joined by '&'")]
Email = Annotated[str, _matching(EMAIL, "an e-mail address such as admin@example.com")]
UserName = Annotated[str, _matching(USER_NAME, "letters, digits and . _ @ -, at most 64, a letter or digit first")]
Constraints = list[Annotated[str, AfterValidator(_constraint)]]
AddressRange = Annotated[str, AfterValidator(_address_range)]
DnsTarget = Annotated[str, AfterValidator(_target)]
Port = Annotated[int, Field(ge=1, le=65535)]
VariableName = Annotated[
    str, _matching("[A-Za-z_][A-Za-z0-9_]*", "a variable name: letters, digits and '_', no digit first")
]
SecretVariableName = Annotated[str, AfterValidator(_name_of_a_secret)]
OneLine = Annotated[str, AfterValidator(_one_line)]
