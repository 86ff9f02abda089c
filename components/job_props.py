"""What a job is attached to, as property bags of a dynamic resource.

Takes networks, secrets and configs of the building blocks, gives what `job_spec.py` parses. Apart, because one-shot and
scheduled jobs share it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi

from components.service_args import ConfigFile, NetworkAttachment, SecretFile


def networks(attached: Sequence[NetworkAttachment]) -> list[dict[str, Any]]:
    return [{"network_id": one.network_id, "aliases": list(one.aliases)} for one in attached]


def secrets(files: Sequence[SecretFile]) -> list[dict[str, Any]]:
    return [_file(one.secret.secret_id, one.secret.name, one) for one in files]


def configs(files: Sequence[ConfigFile]) -> list[dict[str, Any]]:
    return [_file(one.config.config_id, one.config.name, one) for one in files]


def _file(object_id: pulumi.Output[str], name: pulumi.Output[str], file: SecretFile | ConfigFile) -> dict[str, Any]:
    return {
        "object_id": object_id,
        "object_name": name,
        "path": file.path,
        "mode": file.mode,
        "uid": file.uid,
        "gid": file.gid,
    }
