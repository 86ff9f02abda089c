"""An image is out of reach when no engine has it, no service runs it and its registry does not give it."""

from types import SimpleNamespace
from typing import NoReturn

import docker.errors
import pytest

from operations import engine, registries
from operations.errors import RefusedEngine

REFERENCE = "example.org/gateway:1"


def refuse(_reference: str) -> NoReturn:
    raise docker.errors.APIError("500 Server Error", explanation="no such host")


def lack(_reference: str) -> NoReturn:
    raise docker.errors.ImageNotFound("404")


def use(monkeypatch: pytest.MonkeyPatch, *running: str) -> None:
    """An engine without images and without a registry, whose Swarm runs these."""
    specs = [{"Spec": {"TaskTemplate": {"ContainerSpec": {"Image": image}}}} for image in running]
    there = SimpleNamespace(
        images=SimpleNamespace(get=lack, get_registry_data=refuse),
        services=SimpleNamespace(list=lambda: [SimpleNamespace(attrs=spec) for spec in specs]),
        close=lambda: None,
    )
    monkeypatch.setattr(engine, "client", lambda *_: there)


@pytest.mark.parametrize("running", [REFERENCE, f"{REFERENCE}@sha256:{'0' * 64}"])
def test_an_image_that_a_service_runs_is_within_reach_also_where_its_spec_names_the_digest(
    monkeypatch: pytest.MonkeyPatch, running: str
) -> None:
    use(monkeypatch, running)
    registries.require_within_reach("unix:///x", {"litellm.image": REFERENCE})


def test_an_image_that_nobody_has_is_refused_with_the_registrys_words(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, "example.org/gateway:2", "example.org/other:1")
    with pytest.raises(RefusedEngine, match=r"settings\.litellm\.image: found image example.*no such host"):
        registries.require_within_reach("unix:///x", {"litellm.image": REFERENCE})
