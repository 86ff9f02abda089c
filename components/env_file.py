"""The environment of a container as a file, in the format that `entrypoint.sh` reads.

Takes plain values, secret files and database addresses; gives the file's text. Apart from the Service's own env
because the docker provider sends that in random order, which restarts tasks; and because a file can name secrets
without holding them. Pure.

    NAME=value                          taken literally to the end of the line
    @file NAME=/run/secrets/x           the content of the file
    @url NAME=/run/secrets/x HEAD TAIL  HEAD, the percent-escaped content of the file, TAIL
    @drain SECONDS                      serve on for so long after TERM
    @kill SECONDS                       KILL what has not ended so long after it got TERM
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

PATH = "/etc/llmproxy/env"
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
QUERY_SAFE = "=&/:,.~-_"


class EnvFileError(ValueError):
    """A name or value that the file cannot carry."""


@dataclass(frozen=True)
class DatabaseUrl:
    """An address of PostgreSQL, or of another database, whose password stands in a file.

    Attributes:
        query: Options after the `?`, as `name=value` joined by `&`.
    """

    user: str
    password_file: str
    host: str
    port: int
    name: str
    query: str = ""
    scheme: str = "postgresql"

    @property
    def head(self) -> str:
        return f"{self.scheme}://{quote(self.user, safe='')}:"

    @property
    def tail(self) -> str:
        query = f"?{quote(self.query, safe=QUERY_SAFE)}" if self.query else ""
        return f"@{self.host}:{self.port}/{quote(self.name, safe='')}{query}"


def render(
    values: Mapping[str, str],
    *,
    secret_files: Mapping[str, str] | None = None,
    database_urls: Mapping[str, DatabaseUrl] | None = None,
    drain_seconds: int = 0,
    kill_seconds: int = 0,
) -> str:
    """Gives the file's text, sorted, so that equal content is an equal file.

    Args:
        values: Variables without secrets.
        secret_files: Variables by the file that holds their value.
        database_urls: Variables whose value is an address with a password.
        drain_seconds: How long to serve on after TERM; 0 passes it on at once.
        kill_seconds: How long after TERM what has not ended gets KILL; 0 leaves that to Swarm. With neither of the two
            the command is process 1.

    Raises:
        EnvFileError: A name is no variable name, is given twice, or a value holds a line break.
    """
    files, urls = secret_files or {}, database_urls or {}
    names = [*values, *files, *urls]
    for name in names:
        if not NAME.fullmatch(name):
            raise EnvFileError(f"environment: found name {name!r}; allowed are letters, digits and _, no digit first")
        if names.count(name) > 1:
            raise EnvFileError(f"environment: {name} is given twice; leave one of the two out")
    ends = {"@drain": drain_seconds, "@kill": kill_seconds}
    lines = [f"{word} {seconds}" for word, seconds in ends.items() if seconds]
    lines += [f"{name}={value}" for name, value in sorted(values.items())]
    lines += [f"@file {name}={path}" for name, path in sorted(files.items())]
    lines += [f"@url {name}={url.password_file} {url.head} {url.tail}" for name, url in sorted(urls.items())]
    for line in lines:
        if any(ch in line for ch in "\n\r\0"):
            raise EnvFileError(
                f"environment: the value of {line.split('=')[0]} holds a line break; allowed is one line"
            )
    return "".join(f"{line}\n" for line in lines)
