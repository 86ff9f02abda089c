"""The logins of our database: the owner itself first, and after each change of the password a further one (ADR 16).

PostgreSQL keeps one password a role: were the owner's own changed, the running gateway could open no session until its
successor is there. So a new password comes with a login of its own, which acts as the owner (its sessions begin with
`SET ROLE`): tables and rights are the same whichever is used. Gives SQL that psql reads, each text for one session of
the owner over the server's own socket. Pure.
"""

from __future__ import annotations

# PostgreSQL cuts longer names, and two would then be one.
LONGEST_NAME, DIGITS = 63, 8
INFIX = "_login_"
FIRST_TURN = 1
DONE = "llmproxy: done"
# A statement that fails is logged otherwise, with the password that stands in it.
UNLOGGED = "set log_min_error_statement = panic; set log_statement = none;"


def login(owner: str, turn: int) -> str:
    """The name of the login of a turn; each change of the password is one."""
    return owner if turn == FIRST_TURN else f"{_prefix(owner)}{turn}"


def opened(owner: str, name: str, password: str) -> str:
    """Lets a login in with a password, whatever signs are in it."""
    made = () if name == owner else _acting_as(owner, name)
    return _script(
        UNLOGGED, "begin;", *made, f"alter role {_quoted(name)} login password {_text(password)};", "commit;"
    )


def is_open(name: str) -> str:
    """Asks whether a login is let in: one line, 1 or 0."""
    return _script(f"select count(*) from pg_authid where rolname = {_text(name)} and rolpassword is not null;")  # noqa: S608  quoted


def others_open(owner: str, name: str) -> str:
    """Asks which other logins are let in, a line each."""
    return _script(f"select rolname from pg_authid where {_others(owner, name)} and rolpassword is not null;")  # noqa: S608  quoted


def other_sessions(owner: str, name: str) -> str:
    """Asks how many sessions the other logins have over the network: one line."""
    came = f"usename in (select rolname from pg_roles where {_others(owner, name)}) and client_addr is not null"  # noqa: S608  quoted
    return _script(f"select count(*) from pg_stat_activity where {came};")  # noqa: S608  quoted


def others_closed(owner: str, name: str) -> str:
    """Keeps one login alone: the others take no password any more, and those that nobody needs are gone.

    A session of a role that is gone could not even begin a parallel worker; such a role goes at the next change.
    """
    unused = (
        "not exists (select from pg_stat_activity where usesysid = role.oid) and not exists "
        "(select from pg_shdepend where refclassid = 'pg_authid'::regclass and refobjid = role.oid)"
    )
    others = _others(owner, name)
    former = f"{others} and rolname <> {_text(owner)}"
    closing = "select format('alter role %I password null', rolname) from pg_authid"
    return _script(
        "begin;",
        f"{closing} where {others} and rolpassword is not null \\gexec",
        "commit;",
        # The logins are closed; what still hangs on such a role is no reason to fail.
        "\\set ON_ERROR_STOP off",
        f"select format('drop role %I', rolname) from pg_roles as role where {former} and {unused} \\gexec",  # noqa: S608  quoted
    )


def answer(printed: str) -> list[str] | None:
    """The lines that a text gave; None where it did not come to its end."""
    lines = printed.split("\n")
    return lines[: lines.index(DONE)] if DONE in lines else None


def _prefix(owner: str) -> str:
    return owner[: LONGEST_NAME - len(INFIX) - DIGITS] + INFIX


def _others(owner: str, name: str) -> str:
    numbered = _text(f"^{_prefix(owner)}[0-9]+$")
    return f"(rolname = {_text(owner)} or rolname ~ {numbered}) and rolname <> {_text(name)}"


def _acting_as(owner: str, name: str) -> tuple[str, ...]:
    missing = f"where not exists (select from pg_roles where rolname = {_text(name)})"
    return (
        f"select {_text(f'create role {_quoted(name)}')} {missing} \\gexec",
        f"grant {_quoted(owner)} to {_quoted(name)};",
        f"alter role {_quoted(name)} set role to {_text(owner)};",
    )


def _script(*lines: str) -> str:
    return "\n".join([*lines, f"\\echo {DONE}", "\\q", ""])


def _quoted(role: str) -> str:
    return '"' + role.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
