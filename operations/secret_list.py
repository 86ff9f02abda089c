"""All secrets of a stack at once: which are set, which are missing, and what is typed for each.

Takes the stack's file and its settings, gives a `SecretList`. Only names are looked at: it needs no engine, no pulumi,
no passphrase and no state, and shows no value. What is needed comes from the table that the program reads by.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from litellm_resources.resolver.errors import CatalogError
from operations import dev_certificate, stack_file
from operations.home import StackHome, linked_file, template_of
from operations.locations import PROJECT
from operations.rotation import table
from stacks import catalog_reading, secret_needs
from stacks.secret_needs import GATEWAY_VARIABLES, GUARDRAIL_KEYS, MCP_SECRETS, PROVIDER_KEYS, Level, Need
from stacks.settings import Settings

State = Literal["set", "in clear", "missing", "generated", "optional", "unused"]
NAMESPACES = (PROJECT, PROVIDER_KEYS, GATEWAY_VARIABLES, GUARDRAIL_KEYS, MCP_SECRETS)
NOT_SET: Mapping[Level, State] = {"needed": "missing", "made": "generated", "optional": "optional"}
BY_ROTATION = {rotation.key: rotation for rotation in table.ROTATIONS.values()}
SALT_KEY = f"{PROJECT}:{secret_needs.SALT_KEY}"
GENERATED_AT_FIRST = frozenset(stack_file.GENERATED_SECRETS)
DEV_CERTIFICATE = frozenset({dev_certificate.CERTIFICATE, dev_certificate.KEY, dev_certificate.AUTHORITY})


@dataclass(frozen=True)
class Listed:
    """One secret.

    Attributes:
        key: Its config key.
        state: How it is there.
        purpose: What it is for, or what makes it necessary.
        command: What sets it, replaces it or takes it out; None for what is to stay as it is.
    """

    key: str
    state: State
    purpose: str
    command: str | None

    @property
    def is_wrong(self) -> bool:
        """Whether something is to be done before the stack works, and safely."""
        return self.state in ("missing", "in clear")


@dataclass(frozen=True)
class SecretList:
    """The secrets of one stack.

    Attributes:
        secrets: Each of them.
        problems: What is wrong with the catalog, so that the keys of its providers are not among them.
    """

    secrets: tuple[Listed, ...]
    problems: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        return not self.problems and not any(each.is_wrong for each in self.secrets)


def file_of(home: StackHome, clone: Path) -> Path:
    """The stack's file; of one that is generated and not made yet, what it will be made from."""
    template = template_of(clone, home.stack)
    if not template.exists():
        return linked_file(clone, home.stack)
    return home.stack_file if home.stack_file.exists() else template


def read(home: StackHome, clone: Path, *, catalog: Path = catalog_reading.FOLDER) -> SecretList:
    """Lists the secrets of a stack.

    Raises:
        OperationsError: With one line a mistake in the stack's file.
    """
    file = file_of(home, clone)
    config = stack_file.read_config(file)
    settings = stack_file.parsed(stack_file.settings_in(file), file)
    needs, problems = _needs(settings, home.stack, config, catalog)
    made = _made_by_up(home, clone, settings)
    known = [_listed(each, config, settings, home, made=made) for each in needs.values()]
    return SecretList((*(each for each in known if each), *_unknown(config, needs, home.stack)), problems)


def _needs(
    settings: Settings, stack: str, config: Mapping[str, object], catalog: Path
) -> tuple[dict[str, Need], tuple[str, ...]]:
    needs = secret_needs.of(settings, PROJECT)

    def has_key(name: str) -> bool:
        return f"{PROVIDER_KEYS}:{name}" in config

    try:
        found = catalog_reading.provider_needs(settings, project=PROJECT, stack=stack, has_key=has_key, folder=catalog)
    except CatalogError as error:
        return needs, tuple(str(error).splitlines())
    return {**needs, **found}, ()


def _made_by_up(home: StackHome, clone: Path, settings: Settings) -> frozenset[str]:
    """What `make up` puts into a generated file by itself."""
    if not template_of(clone, home.stack).exists():
        return frozenset()
    # One that is missing from a complete file was removed: another in its place would not open the gateway.
    at_first = frozenset() if stack_file.is_complete(home, clone) else GENERATED_AT_FIRST
    certificate = dev_certificate.is_wanted(clone, home.stack, settings)
    return at_first | (DEV_CERTIFICATE if certificate else frozenset())


def _listed(
    need: Need, config: Mapping[str, object], settings: Settings, home: StackHome, *, made: frozenset[str]
) -> Listed | None:
    if need.key in config:
        return _present(need, config[need.key], settings, home)
    if need.level == "idle":
        return None
    state = "generated" if need.key in made else NOT_SET[need.level]
    listed = Listed(need.key, state, need.purpose, need.command(home.stack))
    return (
        replace(listed, command=_rotation(need, settings, home) or listed.command) if state == "generated" else listed
    )


def _present(need: Need, value: object, settings: Settings, home: StackHome) -> Listed:
    if isinstance(value, str):
        return Listed(need.key, "in clear", need.purpose, need.command(home.stack))
    if need.level == "idle":
        return Listed(need.key, "unused", f"{need.purpose}; nothing reads it under these settings", None)
    if need.key == SALT_KEY:
        return Listed(need.key, "set", f"{need.purpose}; it has to stay: another loses all that is stored", None)
    return Listed(need.key, "set", need.purpose, _rotation(need, settings, home) or need.command(home.stack))


def _rotation(need: Need, settings: Settings, home: StackHome) -> str | None:
    rotation = BY_ROTATION.get(need.key)
    if rotation is None or rotation.why_not(settings) is not None:
        return None
    return f"make rotate SECRET={rotation.name}{home.for_make}"


def _unknown(config: Mapping[str, object], needs: Mapping[str, Need], stack: str) -> Iterator[Listed]:
    """Secrets in the file that the program has no name for; one of before waits for the end of its rotation."""
    for key, value in config.items():
        is_secret = isinstance(value, dict) and "secure" in value and key.partition(":")[0] in NAMESPACES
        if is_secret and key not in needs and not key.endswith(table.PREVIOUS):
            yield Listed(key, "unused", "nothing reads it", f"pulumi config rm {key} --stack {stack}")
