"""The guardrails of the fake LiteLLM: what 1.81.12 and 1.109.1 were measured to do with them.

Takes the bodies of requests, changes the table, gives answers. Held to the real servers by
tests/system/test_litellm_resources.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]
Answer = tuple[int, Any]
PATH = "/guardrails"
LIST = "GET /v2/guardrails/list"
# Some of the hundred parameters that every answer shows.
DEFAULTS: Row = {"api_key": None, "patterns": None, "on_flagged": "block", "verify_ssl": True, "default_on": False}
KINDS = ("litellm_content_filter", "presidio")


@dataclass
class FakeGuardrails:
    """Guardrails by id."""

    old: bool
    rows: dict[str, Row] = field(default_factory=dict)
    made: int = 0

    def answer(self, call: str, body: Any) -> Answer | None:
        """The answer to a call that is about guardrails; None for any other."""
        method, _, path = call.partition(" ")
        if call == LIST:
            return 200, {"guardrails": [self._read(guardrail_id) for guardrail_id in self.rows]}
        if not path.startswith(PATH):
            return None
        if method == "POST":
            return self._make(body["guardrail"])
        guardrail_id = path.removeprefix(f"{PATH}/")
        if guardrail_id not in self.rows:
            return 404, {"detail": f"Guardrail with ID {guardrail_id} not found"}
        if method == "DELETE":
            del self.rows[guardrail_id]
            return 200, {"message": f"Guardrail {guardrail_id} deleted successfully"}
        self.rows[guardrail_id] = body["guardrail"]
        return 200, self._read(guardrail_id)

    def by_hand(self, name: str, **fields: Any) -> Row:
        """A guardrail that somebody made."""
        params = {"guardrail": "presidio", "mode": "pre_call"}
        self._make({"guardrail_name": name, "litellm_params": params, "guardrail_info": {}, **fields})
        return self.named(name)

    def named(self, name: str) -> Row:
        (row,) = (row for row in self.rows.values() if row["guardrail_name"] == name)
        return row

    def _make(self, guardrail: Row) -> Answer:
        if any(row["guardrail_name"] == guardrail["guardrail_name"] for row in self.rows.values()):
            return 500, {"detail": "Error adding guardrail to DB: Unique constraint failed"}
        if not self.old and guardrail["litellm_params"]["guardrail"] not in KINDS:
            return 400, {"detail": "Guardrail configuration error: Unsupported guardrail"}
        self.made += 1
        self.rows[f"uuid-{self.made}"] = guardrail
        return 200, {**guardrail, "guardrail_id": f"uuid-{self.made}"}

    def _read(self, guardrail_id: str) -> Row:
        row = self.rows[guardrail_id]
        params = {**DEFAULTS, **row["litellm_params"]}
        if params["api_key"]:
            params["api_key"] = f"{params['api_key'][:2]}****{params['api_key'][-2:]}"
        words = params.get("blocked_words")
        if words:
            params["blocked_words"] = [{"description": None, **word} for word in words]
        return {**row, "guardrail_id": guardrail_id, "litellm_params": params, "guardrail_definition_location": "db"}
