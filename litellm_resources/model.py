"""Model: one deployment, that is, one row of LiteLLM's model table.

Takes what the row shall hold; makes it. A row is never changed: on 1.81.12 PATCH takes every model away for a moment,
and no version's PATCH removes a parameter. So a change makes a second row, waits until it is served, and only then
deletes the first: no request fails. Pulumi's id is the identity, the row's id is an output. A run that was killed
between the two steps leaves two rows; both carry the identity in their marker, and the next run ends the job.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.dynamic import Resource
from pydantic import JsonValue

from litellm_resources import every_worker, model_write
from litellm_resources.admin_api import models
from litellm_resources.admin_api.models import ModelRow
from litellm_resources.adoption import refuse_foreign
from litellm_resources.listing import Listing
from litellm_resources.model_row import (
    ModelInputs,
    foreign_twins,
    holder,
    holds,
    live_fields,
    needs_another_credential,
    rows_of,
)
from litellm_resources.ownership import NOBODY, owner_of
from litellm_resources.properties import Props, inputs_of, parse, stated
from litellm_resources.provider import LitellmProvider, Live, owner_now
from litellm_resources.session import GatewaySession

KIND = "LiteLLM model"


class ModelProvider(LitellmProvider):
    """Makes deployments."""

    kind = KIND
    inputs_type = ModelInputs
    identity_field = "identity"
    replaced_by = frozenset({"identity"})

    def standing(self, session: GatewaySession, wanted: Props, last: Props) -> str | None:
        inputs = parse(ModelInputs, wanted)
        if last:
            return None
        owner = session.models.agreed(lambda rows: holder(rows, inputs), bool)
        return self._adopting(session, wanted, owner) if owner else None

    def converge(self, session: GatewaySession, wanted: Props, _last: Props) -> Props:
        inputs = parse(ModelInputs, wanted)
        what = self._name(wanted)
        with session.writing() as client:
            rows = session.models.rows()
            if inputs.credential_name is not None and needs_another_credential(rows, inputs):
                every_worker.wait_until_listed(session, inputs.credential_name)
            ours = _certain(session, rows_of(rows, inputs))
            known = session.models.find(str(_last["row_id"])) if _last.get("row_id") else None
            if known is not None and known not in ours:
                owner = owner_of(known.model_info)
                refuse_foreign(what, inputs.identity, owner, inputs.owner, adopt=inputs.adopt)
                ours.append(known)
            twins = _certain(session, foreign_twins(rows, inputs))
            if twins and not _last:
                refuse_foreign(what, inputs.identity, NOBODY, inputs.owner, adopt=inputs.adopt)
                ours += twins
            right = next((row for row in ours if holds(row, inputs)), None)
            right_id = right.row_id if right else model_write.create(session, client, inputs, rows, ours)
            for row in ours:
                if row.row_id != right_id:
                    models.delete(client, row.row_id)
                    session.models.drop(row.row_id)
        return {"row_id": right_id}

    def look(self, session: GatewaySession, last: Props) -> Live | None:
        inputs = parse(ModelInputs, last)
        return self._seen(session.models, last, lambda rows: _live(rows, inputs, last))

    def remove(self, session: GatewaySession, last: Props) -> None:
        inputs = parse(ModelInputs, last)
        with session.writing() as client:
            known_id = str(last.get("row_id", ""))
            rows = session.models.agreed(lambda rows: rows, lambda rows: known_id not in rows)
            ours = {row.row_id for row in rows_of(rows, inputs)}
            for row_id in ours:
                models.delete(client, row_id)
                session.models.drop(row_id)
            if known_id in rows and known_id not in ours:
                session.warn_once(f"{self._name(last)}: left in LiteLLM, it carries no marker of this stack")


def _certain(session: GatewaySession, rows: Iterable[ModelRow]) -> list[ModelRow]:
    """Those that are there: one that was just removed must not be taken for the one that is wanted."""
    return [row for row in rows if session.models.everywhere(row.row_id)]


def _live(rows: Listing[ModelRow], inputs: ModelInputs, last: Props) -> Live | None:
    ours = {row.row_id: row for row in rows_of(rows, inputs)}
    known_id = str(last.get("row_id", ""))
    if known_id in rows:
        ours[known_id] = rows[known_id]
    if not ours:
        return None
    row = ours.pop(known_id, None) or ours.pop(max(ours))
    live: Props = {
        **inputs_of(ModelInputs, last),
        **live_fields(row, inputs),
        "leftover_rows": list[JsonValue](sorted(ours)),
    }
    return Live({name: value for name, value in live.items() if value is not None}, {"row_id": row.row_id})


@dataclass(frozen=True, kw_only=True)
class ModelArgs:
    """What a deployment needs.

    Attributes:
        identity: Stable logical id; another one is another deployment.
        model_name: What clients ask for.
        upstream_model: `<interface>/<upstream name>`.
        credential_name: Of its credential; None for none.
        litellm_params: Further parameters, none of them a secret.
        model_info: Base model, access groups and what the catalog adds.
        adopt: A row made by hand for the same name, upstream model and credential may be taken over.
    """

    identity: str
    model_name: str
    upstream_model: str
    credential_name: pulumi.Input[str] | None = None
    litellm_params: Mapping[str, Any] = field(default_factory=dict)
    model_info: Mapping[str, Any] = field(default_factory=dict)
    adopt: bool = False


class Model(Resource, module="litellm", name="Model"):
    """A deployment in LiteLLM; see the module. There are hundreds: it has no output that nobody reads."""

    def __init__(self, name: str, args: ModelArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        props: dict[str, pulumi.Input[Any]] = {
            "owner": owner_now(),
            "identity": args.identity,
            "model_name": args.model_name,
            "upstream_model": args.upstream_model,
            "credential_name": args.credential_name,
            "litellm_params": dict(args.litellm_params),
            "model_info": dict(args.model_info),
            "adopt": args.adopt,
        }
        super().__init__(ModelProvider(), name, stated(ModelInputs, props), opts)
