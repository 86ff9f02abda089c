"""The stack file of a stack that has none in git: made from its template at the first run, with secrets generated.

Takes a pulumi and what was found on this machine; gives the stack's settings. The secrets go to pulumi through its
input and stand in the file encrypted. Each step is done only where its result is missing: a killed first run goes on.
"""

import secrets
from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import JsonValue

from operations.errors import OperationsError
from operations.home import StackHome, linked_file, template_of, write_private
from operations.pulumi_process import Pulumi
from stacks import settings as stack_settings
from stacks.settings_errors import SettingsError

SETTINGS = "llmproxy:settings"
# LiteLLM takes a master key only with this prefix, and logs a warning for a salt key without it.
GENERATED_SECRETS = ("llmproxy:litellm-master-key", "llmproxy:litellm-salt-key")
PREFIX = "sk-"


def is_complete(home: StackHome, clone: Path) -> bool:
    """Whether a first run has put in all that it puts in; true for a stack whose file is in git.

    A secret that is missing from a complete file was removed: another one in its place would not open the gateway.
    """
    return not template_of(clone, home.stack).exists() or (home.stack_file.exists() and home.secrets_made.exists())


def complete(pulumi: Pulumi, overrides: Mapping[str, str]) -> None:
    """Makes the file, or what a killed first run left out of it.

    Args:
        pulumi: Of the stack.
        overrides: Settings that differ from the template, by path below `llmproxy:settings`.
    """
    home, clone = pulumi.home, pulumi.places.clone
    if not home.stack_file.exists():
        write_private(home.stack_file, template_of(clone, home.stack).read_text(encoding="utf-8"))
    ensure_stack(pulumi)
    config = read_config(home.stack_file)
    if overrides and not all(key in config for key in GENERATED_SECRETS):
        plain = [word for path, value in overrides.items() for word in ("--plaintext", f"{SETTINGS}.{path}={value}")]
        pulumi.ask("config", "set-all", "--path", *plain)
    for key in GENERATED_SECRETS:
        if key not in config:
            pulumi.ask("config", "set", "--secret", key, secret=PREFIX + secrets.token_urlsafe(32))
    write_private(home.secrets_made, "")


def ensure_stack(pulumi: Pulumi) -> str | None:
    """Makes the stack in its backend where it is not there; asks pulumi only where a look at the file does not do.

    Returns:
        What this changed in a file that is in git, in words: pulumi keeps there what the passphrase is tried on.
    """
    path = pulumi.home.state_file
    if path is not None and path.exists():
        return None
    home, clone = pulumi.home, pulumi.places.clone
    file = linked_file(clone, home.stack)
    before = file.read_text(encoding="utf-8")
    pulumi.ask("stack", "select", home.stack, "--create", "--secrets-provider", "passphrase")
    if template_of(clone, home.stack).exists() or file.read_text(encoding="utf-8") == before:
        return None
    return f"{file.name}: has its encryptionsalt now: commit it; {home.passphrase} opens the secrets beside it"


def read_config(path: Path) -> dict[str, object]:
    """The config keys of a stack file; a secret's value is its ciphertext.

    Raises:
        OperationsError: The file is not YAML, or not a stack file.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}, column {mark.column + 1}" if mark is not None else ""
        reason = getattr(error, "problem", None) or "not text"
        raise OperationsError(f"{path}{where}: not YAML: {reason}; correct the file") from error
    config = document.get("config") or {} if isinstance(document, dict) else None
    if not isinstance(config, dict):
        raise OperationsError(
            f"{path}: found {type(document).__name__}, allowed is an object with config; correct the file"
        )
    return config


def read_settings(home: StackHome, clone: Path) -> stack_settings.Settings:
    """The stack's settings. A clone that had no `make up` yet has no link to the file of a stack that is there already.

    Raises:
        OperationsError: With one line a mistake.
    """
    link = linked_file(clone, home.stack)
    path = home.stack_file if home.stack_file.exists() and not link.exists() else link
    return parsed(settings_in(path), path)


def settings_in(path: Path) -> dict[str, JsonValue]:
    """The settings of a file as they stand there.

    Raises:
        OperationsError: They are no object.
    """
    document = read_config(path).get(SETTINGS)
    if document is not None and not isinstance(document, dict):
        raise OperationsError(f"{path.name}: {SETTINGS}: found {type(document).__name__}, allowed is an object")
    return document or {}


def parsed(document: dict[str, JsonValue], path: Path) -> stack_settings.Settings:
    """The settings that a document gives; an error names the file.

    Raises:
        OperationsError: With one line a mistake.
    """
    try:
        return stack_settings.parse(document, place=f"{path.name}: {SETTINGS}")
    except SettingsError as error:
        raise OperationsError(str(error)) from error
