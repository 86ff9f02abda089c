"""The JSON schema (draft-07) of a catalog file, for editors.

Takes nothing; gives the schema of `authored.AuthoredCatalog`. `python -m litellm_resources.resolver.schema` prints
what belongs into `catalog/catalog.schema.json`; a test keeps that file current.
"""

import json
import sys

from pydantic import JsonValue
from pydantic.json_schema import GenerateJsonSchema

from litellm_resources.resolver.authored import AuthoredCatalog
from litellm_resources.resolver.document import JsonObject


def catalog_schema() -> JsonObject:
    """The schema as a document."""
    generated = AuthoredCatalog.model_json_schema(schema_generator=GenerateJsonSchema)
    generated.pop("title")
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Catalog of the LLM gateway",
        **{key: _as_draft_07(value) for key, value in generated.items()},
    }


def schema_text() -> str:
    """The schema as it stands in the file."""
    return json.dumps(catalog_schema(), indent=2, ensure_ascii=False) + "\n"


def _as_draft_07(node: JsonValue) -> JsonValue:
    """Without titles and empty defaults; what stands beside `$ref` goes around it, for draft-07 ignores it there."""
    if isinstance(node, list):
        return [_as_draft_07(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _as_draft_07(value) for key, value in node.items() if not _is_noise(key, value)}
    if "$ref" in kept and len(kept) > 1:
        return {"allOf": [{"$ref": kept.pop("$ref")}], **kept}
    return kept


def _is_noise(key: str, value: JsonValue) -> bool:
    return (key == "title" and isinstance(value, str)) or (key == "default" and not isinstance(value, bool))


if __name__ == "__main__":
    sys.stdout.write(schema_text())
