"""What the engine's answers become: a refusal is not silence."""

from __future__ import annotations

import pytest

from components.engine_connection import connect
from components.errors import EngineUnreachable, SwarmError
from tests.components.conftest import HOST

pytestmark = pytest.mark.system


def test_a_call_that_the_engine_refuses_is_told_in_its_words() -> None:
    with pytest.raises(SwarmError) as caught, connect(HOST) as api:
        api.tasks("cmp-none")
    assert str(caught.value) == f"Docker Engine at {HOST}: service cmp-none not found"
    assert not isinstance(caught.value, EngineUnreachable)
