"""What is chosen for a stack whose file is generated: by variables of the environment, and by a profile.

Takes a stack's file, its state and the choices; gives the settings that a run will have, before anything is installed,
and puts the choices into the file once there is a pulumi to do it. A file that is in git decides alone.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import JsonValue

from operations import choices, profiles, stack_file, state
from operations.home import StackHome, linked_file, template_of
from operations.profiles import Change
from operations.pulumi_process import Pulumi
from operations.settings_document import Document, with_value
from stacks import settings as stack_settings


def overrides_of(environment: Mapping[str, str], *, image_source: str, docker_host: str) -> dict[str, str]:
    """What a new stack gets of this machine and this environment instead of the template's defaults.

    Raises:
        OperationsError: A variable whose value its setting does not allow.
    """
    found = {"imageSource": image_source}
    if docker_host != stack_settings.Docker().host:
        found["docker.host"] = docker_host
    return found | {choice.path: str(value) for choice, value in choices.given(environment).items()}


def intended(
    home: StackHome, clone: Path, environment: Mapping[str, str], profile: str | None = None
) -> stack_settings.Settings:
    """The settings that a run would go on with, as far as they are known before there is a toolchain.

    Raises:
        OperationsError: With one line a mistake, of the file or of a variable.
    """
    template = template_of(clone, home.stack)
    if not template.exists():
        return stack_file.read_settings(home, clone)
    file = home.stack_file if home.stack_file.exists() else template
    document = stack_file.settings_in(file)
    document = profiles.applied(document, profile_changes(clone, home.stack, profile, document))
    made = state.on_file(home)
    for choice, value in choices.given(environment).items():
        if not choice.is_made(made):
            document = with_value(document, choice.path, value)
    return stack_file.parsed(document, file)


def choose(pulumi: Pulumi, environment: Mapping[str, str]) -> list[str]:
    """Puts into the generated file what the variables choose and the state leaves open; gives it in words."""
    home, clone = pulumi.home, pulumi.places.clone
    settings = stack_file.read_settings(home, clone)
    wanted = {choice: value for choice, value in choices.given(environment).items() if value != choice.of(settings)}
    if not wanted or not template_of(clone, home.stack).exists():
        return []
    made = state.deployment(pulumi)
    words = []
    for choice, value in wanted.items():
        path, before = choice.path, json.dumps(choice.of(settings))
        if choice.is_made(made):
            words.append(f"{choice.variable}: not taken, as the stack was made with {path} {before}")
            continue
        pulumi.ask("config", "set", "--path", f"{stack_file.SETTINGS}.{path}", str(value), "--plaintext")
        words.append(f"{path}: {before} => {json.dumps(value)} ({choice.variable})")
    return words


def profile_changes(clone: Path, stack: str, profile: str | None, document: Document) -> list[Change]:
    """What a profile changes in the settings of a generated file; nothing without one.

    Raises:
        OperationsError: The stack has no such profile.
    """
    profiles.require(clone, stack, profile)
    if profile is None:
        return []
    if profile == profiles.GATEWAY:
        others = [stack_file.settings_in(file) for file in profiles.files(clone, stack)]
        return profiles.changes_back(others, stack_file.settings_in(template_of(clone, stack)), document)
    return profiles.changes(stack_file.settings_in(profiles.file_of(clone, stack, profile)), document)


def switch(pulumi: Pulumi, profile: str | None) -> list[str]:
    """Puts a profile into the generated file; gives in words what that changed, and what of it stays."""
    home, clone = pulumi.home, pulumi.places.clone
    found = profile_changes(clone, home.stack, profile, stack_file.settings_in(linked_file(clone, home.stack)))
    put_in = {each.path: each.after for each in found if each.is_made and each.after is not None}
    if put_in:
        plain = [word for path, value in put_in.items() for word in ("--plaintext", _assignment(path, value))]
        pulumi.ask("config", "set-all", "--path", *plain)
    taken_out = [f"{stack_file.SETTINGS}.{each.path}" for each in found if each.is_made and each.after is None]
    if taken_out:
        pulumi.ask("config", "rm-all", "--path", *taken_out)
    return [str(each) for each in found]


def _assignment(path: str, value: JsonValue) -> str:
    return f"{stack_file.SETTINGS}.{path}={value if isinstance(value, str) else json.dumps(value)}"
