"""Every recorded call of the official plugins, replayed in order on the real Docker Engine: the answers are the same.

The tests of this module build on each other, in order: the `up` with its preview, the update, the destroy.
"""

from __future__ import annotations

from collections.abc import Iterator

import docker
import pytest

from airgap.plugins.docker.provider import DockerPlugin
from tests.airgap.leftovers import own_prefix, remaining, remove_all
from tests.airgap.plugins.rerun import Rerun
from tests.airgap.plugins.translation import RECORDED_IMAGE, RECORDED_PORT, Translation, free_port

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def rerun(engine: docker.DockerClient, tiny_image: str) -> Iterator[Rerun]:
    prefix = own_prefix("recording")
    translation = Translation(prefix, {RECORDED_IMAGE: tiny_image, RECORDED_PORT: free_port()})
    try:
        yield Rerun.of(DockerPlugin(), translation)
    finally:
        remove_all(engine, prefix)


def test_an_up_on_the_real_engine_answers_every_call_as_the_official_plugins_did(
    rerun: Rerun, engine: docker.DockerClient
) -> None:
    assert rerun.replay("up") == []
    assert len(remaining(engine, rerun.translation.prefix)) == 5


def test_an_update_on_the_real_engine_answers_every_call_as_the_official_plugins_did(rerun: Rerun) -> None:
    assert rerun.replay("upd") == []


def test_a_destroy_answers_every_call_as_the_official_plugins_did_and_leaves_nothing(
    rerun: Rerun, engine: docker.DockerClient
) -> None:
    assert rerun.replay("del") == []
    assert remaining(engine, rerun.translation.prefix) == []
