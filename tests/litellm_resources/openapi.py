"""What the OpenAPI documents of the supported versions say of the admin API, and what of a request they do not know.

The documents are kept reduced to names, `fixtures/openapi-<version>.json`: path and method to query parameters and the
fields of the body. They are made in the version's own image, which has no other way to be asked without a database:

    docker run --rm --entrypoint python3 IMAGE -c 'import json
    from litellm.proxy.proxy_server import app
    print(json.dumps(app.openapi()))' | tail -1 | python -m tests.litellm_resources.openapi > …/openapi-VERSION.json
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).with_name("fixtures")
# The admin API, with the parts that no resource type uses yet.
KEPT = re.compile(
    r"/(v2/)?(budget|config|credentials|customer|guardrails|health/readiness|key|model|router|team|user)\b|/(get|update)/internal_user_settings|/v1/mcp/server(/{server_id})?$"
)
# Served by both versions (measured), but in the document of neither, or of the newer one only.
NEITHER = frozenset(
    {
        "GET /config/field/info",
        "GET /config/list",
        "GET /get/config/callbacks",
        "POST /config/field/update",
        "POST /config/update",
        "POST /v2/key/info",
    }
)
UNDOCUMENTED = {"1.81.12": NEITHER | {"GET /v2/model/info"}, "1.109.1": NEITHER}


@dataclass(frozen=True)
class Operation:
    """One method of one path.

    Attributes:
        body: Fields that it may have; None where it takes none.
        is_open: Whether further fields are taken too.
    """

    query: frozenset[str]
    body: frozenset[str] | None
    is_open: bool


def unknown(version: str, call: str, query: Iterable[str], body: object) -> list[str]:
    """What of a request the version's document does not have; `call` as `POST /key/generate`."""
    if call in UNDOCUMENTED[version]:
        return []
    operation = _operation(version, call)
    if operation is None:
        return [f"{call}: no such operation"]
    found = [f"{call}: query {name}" for name in query if name not in operation.query]
    if isinstance(body, dict) and not operation.is_open:
        found += [f"{call}: body {name}" for name in body if name not in (operation.body or ())]
    return found


def reduced(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document as it is kept."""
    return {
        f"{method.upper()} {path}": {
            "query": sorted(each["name"] for each in operation.get("parameters", []) if each["in"] == "query"),
            **_body(document, operation),
        }
        for path, methods in sorted(document["paths"].items())
        if KEPT.match(path)
        for method, operation in sorted(methods.items())
    }


def _body(document: Mapping[str, Any], operation: Mapping[str, Any]) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return {}
    schemas = [*_objects(document, content["schema"])]
    fields = sorted({name for schema in schemas for name in schema.get("properties", {})})
    # A schema without properties says nothing: every field may be meant.
    is_open = any(schema.get("additionalProperties") or "properties" not in schema for schema in schemas)
    return {"body": fields, **({"open": True} if is_open else {})}


def _objects(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    if "$ref" in schema:
        yield from _objects(document, document["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
        return
    parts = [part for kind in ("allOf", "anyOf", "oneOf") for part in schema.get(kind, [])]
    for part in parts:
        yield from _objects(document, part)
    if not parts and schema.get("type") != "null":
        yield schema


@cache
def _operation(version: str, call: str) -> Operation | None:
    return next((operation for pattern, operation in _operations(version) if pattern.fullmatch(call)), None)


@cache
def _operations(version: str) -> list[tuple[re.Pattern[str], Operation]]:
    kept = json.loads((FIXTURES / f"openapi-{version}.json").read_text(encoding="utf-8"))
    # A path without a variable goes before one whose variable would take its last part.
    return [
        (
            re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(call))),
            Operation(
                frozenset(each["query"]),
                frozenset(each["body"]) if "body" in each else None,
                each.get("open", False),
            ),
        )
        for call, each in sorted(kept.items(), key=lambda item: item[0].count("{"))
    ]


if __name__ == "__main__":
    print(json.dumps(reduced(json.load(sys.stdin)), indent=1))
