"""`make secrets`: all secrets of the stack at once, by name, each with what is typed for it. Changes nothing."""

import json
from dataclasses import asdict

from operations import remedies, secret_list
from operations.secret_list import SecretList
from operations.session import Session


def run(session: Session, *, as_json: bool = False) -> int:
    """Prints the list; gives 0 when none is missing, else 1."""
    found = secret_list.read(session.home, session.places.clone)
    print(as_document(found, session.stack) if as_json else as_text(found, session.stack))
    return int(not found.is_complete)


def as_document(found: SecretList, stack: str) -> str:
    """The list for programs."""
    document = {
        "stack": stack,
        "isComplete": found.is_complete,
        "secrets": [asdict(each) for each in found.secrets],
        "problems": list(found.problems),
    }
    return json.dumps(document, indent=2)


def as_text(found: SecretList, stack: str) -> str:
    """The list for a person: what is to be done first, each command on a line of its own, to be copied."""
    lines = []
    for each in sorted(found.secrets, key=lambda one: not one.is_wrong):
        lines.append(f"{each.state:<10} {each.key}: {each.purpose}")
        lines += [f"{'':<10}   {each.command}"] if each.command else []
    lines += found.problems
    wrong = [each.key for each in found.secrets if each.is_wrong]
    lines.append(f"stack {stack}: {_sum(wrong, found)}")
    return "\n".join(filter(None, [*lines, remedies.way_to_pulumi(stack)]))


def _sum(wrong: list[str], found: SecretList) -> str:
    if wrong:
        return f"{len(wrong)} of its secrets missing or in clear: {', '.join(wrong)}"
    return (
        "the catalog cannot be read, so the keys of its providers are not listed"
        if found.problems
        else "has all its secrets"
    )
