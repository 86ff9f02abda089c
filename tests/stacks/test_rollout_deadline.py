"""How long a rollout of the gateway may take."""

from __future__ import annotations

from typing import Any

import pytest

from stacks.llmproxy import deadline_seconds
from stacks.settings import parse

TRAEFIK = {"ingress": {"domain": "example.com", "certificate": "none"}, "traefik": {"enabled": True}}


@pytest.mark.parametrize(
    ("more", "seconds"),
    [({}, 150), (TRAEFIK, 100)],
    ids=["its own host port: the new gateway waits for the old one's answers", "behind our Traefik: it does not wait"],
)
def test_the_deadline_has_room_for_the_answers_that_a_rollout_waits_for(more: dict[str, Any], seconds: int) -> None:
    gateway: dict[str, Any] = {"hostPort": 4000, "rolloutDeadlineSeconds": 100, "longestStreamSeconds": 50}
    settings = parse({"imageSource": "official", "litellm": gateway, **more}, place="test")
    assert deadline_seconds(settings) == seconds
