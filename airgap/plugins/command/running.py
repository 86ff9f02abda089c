"""Runs one local command as the official plugin does.

Takes inputs as plain values, gives trimmed stdout and stderr. The environment is the plugin's own, then the resource's,
then what the last run printed (`PULUMI_COMMAND_STDOUT`, `PULUMI_COMMAND_STDERR`).
"""

from __future__ import annotations

import os
import subprocess

from airgap.plugins.failures import PluginError
from airgap.plugins.values import Tree, mapping, text, texts

_INTERPRETER = ["/bin/sh", "-c"]


def run(command: str, inputs: Tree, previous: Tree, secret_texts: list[str]) -> tuple[str, str]:
    """Returns stdout and stderr.

    Args:
        command: What the interpreter gets as its last argument.
        inputs: interpreter, dir, environment, stdin, addPreviousOutputInEnv.
        previous: Outputs of the last run.
        secret_texts: Values that an error text must not show.

    Raises:
        PluginError: The command failed; the text has command, stdout and stderr, as the official plugin's.
    """
    environment = {**os.environ, **{name: str(value) for name, value in mapping(inputs.get("environment")).items()}}
    if inputs.get("addPreviousOutputInEnv") is not False:
        for name in ("stdout", "stderr"):
            if isinstance(previous.get(name), str):
                environment[f"PULUMI_COMMAND_{name.upper()}"] = text(previous[name])
    try:
        done = subprocess.run(
            [*(texts(inputs.get("interpreter")) or _INTERPRETER), command],
            env=environment,
            cwd=text(inputs.get("dir")) or None,
            input=text(inputs.get("stdin")),
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        raise PluginError(_masked(f"{error}: running {command!r}", secret_texts)) from error
    if done.returncode != 0:
        report = f"exit status {done.returncode}: running {command!r}:\n{done.stdout}\n{done.stderr}"
        raise PluginError(_masked(report, secret_texts))
    return done.stdout.rstrip("\r\n"), done.stderr.rstrip("\r\n")


def _masked(report: str, secret_texts: list[str]) -> str:
    for secret in sorted(filter(None, secret_texts), key=len, reverse=True):
        report = report.replace(secret, "[secret]")
    return report
