"""The profiles of a stack whose file is generated: `make up PROFILE=full` switches the whole installation on.

Takes a profile's name and the settings as they stand; gives what is to change. A profile is a committed file of those
settings that differ from the stack's template: `Pulumi.<stack>.<profile>.template.yaml`; `gateway` is the template
alone. What it switches is set; what else of it the stack file says otherwise stays a person's choice.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from operations.errors import OperationsError
from operations.home import linked_file, template_of
from operations.settings_document import Document, leaves, value_at, with_value, without

GATEWAY = "gateway"
SWITCH = "enabled"


@dataclass(frozen=True)
class Change:
    """One setting that a profile changes, or one that it leaves although it says otherwise.

    Attributes:
        path: Below `llmproxy:settings`.
        before: What stands there; None for nothing.
        after: What the profile says; None takes it out.
        is_made: False: it stays as it is.
    """

    path: str
    before: JsonValue
    after: JsonValue
    is_made: bool = True

    def __str__(self) -> str:
        if not self.is_made:
            return f"{self.path} stays {json.dumps(self.before)} (the profile has {json.dumps(self.after)})"
        return f"{self.path}: {_in_words(self.before)} => {_in_words(self.after)}"


def file_of(clone: Path, stack: str, profile: str) -> Path:
    """The file of a profile."""
    return clone / f"Pulumi.{stack}.{profile}.template.yaml"


def require(clone: Path, stack: str, profile: str | None) -> None:
    """Refuses a profile that the stack does not have.

    Raises:
        OperationsError: Naming those that it has, or where its settings are changed instead.
    """
    if profile is None:
        return
    if not template_of(clone, stack).exists():
        file = linked_file(clone, stack).name
        raise OperationsError(
            f"PROFILE: found {profile!r}, but stack {stack} has its file in git and {file} alone decides; switch its "
            "services there, for instance: pulumi config set --path llmproxy:settings.traefik.enabled true"
        )
    known = [GATEWAY, *_with_files(clone, stack)]
    if profile not in known:
        raise OperationsError(f"PROFILE: found {profile!r}, allowed for stack {stack} are {', '.join(known)}")


def changes(profile: Document, document: Document) -> list[Change]:
    """What putting a profile's settings into the document changes, and what of it stays.

    Args:
        profile: The settings of its file.
        document: The settings of the stack file.
    """
    found = []
    for path, after in leaves(profile):
        before = value_at(document, path)
        if before != after:
            is_switch = path.rpartition(".")[2] == SWITCH
            found.append(Change(path, before, after, is_made=is_switch or before is None))
    return found


def changes_back(profiles: Sequence[Document], template: Document, document: Document) -> list[Change]:
    """What takes the settings of all profiles out again: those that stand as a profile put them in."""
    found: dict[str, Change] = {}
    for profile in profiles:
        for path, given in leaves(profile):
            before, after = value_at(document, path), value_at(template, path)
            if before == given != after:
                found[path] = Change(path, before, after)
    return list(found.values())


def applied(document: Document, made: Sequence[Change]) -> dict[str, JsonValue]:
    """The document with the changes."""
    result = dict(document)
    for change in made:
        if not change.is_made:
            continue
        taken_out = change.after is None
        result = without(result, change.path) if taken_out else with_value(result, change.path, change.after)
    return result


def files(clone: Path, stack: str) -> list[Path]:
    """The files of all profiles of a stack."""
    return [file_of(clone, stack, profile) for profile in _with_files(clone, stack)]


def _with_files(clone: Path, stack: str) -> list[str]:
    return sorted(path.name.split(".")[2] for path in clone.glob(f"Pulumi.{stack}.*.template.yaml"))


def _in_words(value: JsonValue) -> str:
    return "not set" if value is None else json.dumps(value)
