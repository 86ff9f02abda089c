"""The JSON schema (draft-07, which every editor knows) of a stack file, `Pulumi.<stack>.yaml`, for editors.

Generated from the settings model, never written by hand. It describes the file as Pulumi has it: the settings are one
config key beside others, such as secrets, and `config` is one key beside Pulumi's own.
`python -m stacks.settings_schema` prints it; `make fix` writes it to `stacks/settings.schema.json`, `make check` and a
test look whether that file is current.
"""

from __future__ import annotations

import json
import sys

from pydantic import JsonValue

from stacks.settings import Settings


def render() -> str:
    """Gives the schema as JSON text, keys in the order of the model, with a line break at the end."""
    return json.dumps(stack_file_schema(), indent=2, ensure_ascii=False) + "\n"


def stack_file_schema() -> dict[str, JsonValue]:
    """Gives the schema of a stack file."""
    settings = _as_draft_07(Settings.model_json_schema(by_alias=True))
    if not isinstance(settings, dict):
        raise TypeError("pydantic gave a schema that is no object")
    definitions = settings.pop("$defs")
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Stack file of llmproxy",
        "type": "object",
        "properties": {"config": {"type": "object", "properties": {"llmproxy:settings": settings}}},
        "$defs": definitions,
    }


def _as_draft_07(node: JsonValue) -> JsonValue:
    """Without pydantic's titles; what stands beside `$ref` goes around it, for draft-07 ignores it there."""
    if isinstance(node, list):
        return [_as_draft_07(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _as_draft_07(value) for key, value in node.items() if not (key == "title" and isinstance(value, str))}
    if "$ref" in kept and len(kept) > 1:
        return {"allOf": [{"$ref": kept.pop("$ref")}], **kept}
    return kept


if __name__ == "__main__":
    sys.stdout.write(render())
