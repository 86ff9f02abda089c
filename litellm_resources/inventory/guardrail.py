"""Guardrails that are not ours.

Takes rows; gives `Found` objects. None is written into the catalog by itself: LiteLLM shows a hundred parameters of
each, and nobody can tell its defaults from what was set. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator

from litellm_resources.inventory.found import CannotAdopt, Form, Found, Situation
from litellm_resources.leftover_rows import GUARDRAIL
from litellm_resources.ownership import owner_of
from litellm_resources.session import GatewaySession


def listed(session: GatewaySession) -> Iterator[Found]:
    """All of the database."""
    for row in session.guardrails.rows().values():
        yield Found(
            kind=GUARDRAIL,
            name=row.guardrail_name,
            row_id=row.guardrail_id,
            owner=owner_of(row.guardrail_info),
            detail=f"{row.litellm_params.get('guardrail')}, {row.litellm_params.get('mode')}",
            form=_form,
        )


def _form(_situation: Situation) -> Form:
    remedy = "write it into the catalog by hand, and its name into litellm.adopt"
    raise CannotAdopt("LiteLLM does not tell its parameters from defaults", remedy)
