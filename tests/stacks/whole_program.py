"""The whole program against the recording engine, with settings and secrets as a stack's config gives them.

`run` gives what the recorder has seen. Equal settings and secrets are run once in a process and give the same `Engine`,
which tests only read. `run_anew` runs again: for what a run says, and for what must come out alike twice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from unittest import mock

import bcrypt
import pulumi

from stacks import program
from tests.components.engine import Engine, drained

SECRETS: Mapping[str, str] = {
    "llmproxy:litellm-master-key": "sk-master-marker",
    "llmproxy:litellm-salt-key": "sk-salt-marker",
    "litellm-api-keys:antigravity-manager": "provider-marker",
}
# Slow on purpose, and nearly every run hashes the same salt key and password.
_scrypt_once, _hashpw_once = cache(hashlib.scrypt), cache(bcrypt.hashpw)


def run(settings: Mapping[str, object] | None = None, secrets: Mapping[str, str] | None = None) -> Engine:
    """What a run makes; an error is raised by each call anew."""
    return _once(json.dumps(settings or {}), tuple((SECRETS if secrets is None else secrets).items()))


def run_anew(
    settings: Mapping[str, object] | None = None, secrets: Mapping[str, str] | None = None, *, stack: str = "prod"
) -> Engine:
    """Runs the program also where a run with these settings is known already."""
    return _deployed(json.dumps(settings or {}), SECRETS if secrets is None else secrets, stack)


@contextmanager
def configured(document: str, secrets: Mapping[str, str]) -> Iterator[None]:
    """The stack's config, within the block."""
    pulumi.runtime.set_all_config({"llmproxy:settings": document, **secrets}, secret_keys=list(secrets))
    try:
        yield
    finally:
        pulumi.runtime.set_all_config({})


@cache
def _once(document: str, secrets: tuple[tuple[str, str], ...]) -> Engine:
    # The catalog of the stack is read: the recorder's stack is called `test`, the committed one `prod`.
    return _deployed(document, dict(secrets), "prod")


def _deployed(document: str, secrets: Mapping[str, str], stack: str) -> Engine:
    def build() -> None:
        read = program.read_settings()
        program.deploy(read, program.read_secrets(read))

    with (
        configured(document, secrets),
        mock.patch.object(hashlib, "scrypt", _scrypt_once),
        mock.patch.object(bcrypt, "hashpw", _hashpw_once),
    ):
        return drained(build, stack=stack)
