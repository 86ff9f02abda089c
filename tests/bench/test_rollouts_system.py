"""A change of the running gateway under load fails no request, cuts no stream and leaves no old file behind."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.rollouts import routed, scenarios
from tests.bench.rollouts.load import Load, under_load
from tests.bench.rollouts.scenarios import Changes
from tests.system import installation
from tests.system.installation import Installation
from tests.system.service_image import other_image

pytestmark = [
    pytest.mark.system,
    pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning"),
]
WARM_UP_SECONDS = 5


@pytest.fixture
def routed_gateway(tmp_path: Path) -> Iterator[Installation]:
    made = installation.create(tmp_path, f"{os.getpid()}-roll")
    try:
        yield made
    finally:
        made.purge()


def test_no_change_of_the_gateway_fails_a_request_or_cuts_a_stream(routed_gateway: Installation) -> None:
    door = routed.bring_up(routed_gateway)
    with other_image(routed_gateway, "litellm") as image, under_load(door, routed.OF_THE_PROVIDER) as load:
        time.sleep(WARM_UP_SECONDS)
        changes = Changes(routed_gateway, load, routed_gateway.shell()).gateway(image)
        configs, secrets = scenarios.files_of(routed_gateway)
        # Each takes as long as the longest stream; the others are made by `make bench-rollouts`, which fails alike.
        outcomes = [changes[what]() for what in ("config", "secret", "labels")]
        # One secret more: the variable that the gateway had not before.
        assert scenarios.files_of(routed_gateway) == (configs, secrets + 1), "old configs and secrets are gone"
    for outcome in outcomes:
        assert outcome.failures == [], outcome.what
        assert outcome.answered > 100, outcome.what
    assert _streams(load) > len(outcomes)


def _streams(load: Load) -> int:
    return sum(one.stream and not one.failure for one in load.asked)
