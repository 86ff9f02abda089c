"""Images from another source on existing data: the same rows and keys, and an image that cannot be had is no outage.

No registry is needed: the images that run play the official ones, under other names that the engine alone knows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from tests.system import stack_file
from tests.system.as_found import left_as_found
from tests.system.installation import Installation, docker
from tests.system.outcome import assert_converged, one_error
from tests.system.service_image import image_of

SERVICES = {"postgres": "db", "litellm": "litellm"}
CLUSTER = "select system_identifier from pg_control_system()"
KEYS = 'select token, created_at from "LiteLLM_VerificationToken" order by token'
MODELS = 'select model_id, created_at from "LiteLLM_ProxyModelTable" order by model_id'
MIGRATIONS = "select migration_name, checksum, finished_at from _prisma_migrations order by migration_name"
# RFC 2606: a name of this domain never resolves.
OUT_OF_REACH = "registry.invalid/postgres:18.4"


def test_official_images_on_the_data_of_the_others_and_back_keep_every_row_and_key(gateway: Installation) -> None:
    key, rows, built = gateway.output("virtualKey"), _rows(gateway), _running(gateway)
    with _official_images(gateway) as official, left_as_found(gateway):
        gateway.setting("imageSource", "official")
        gateway.make("up")

        assert _running(gateway) == official
        assert _rows(gateway) == rows
        assert gateway.chat("hello", key).status_code == 200
        assert_converged(gateway)

        written = gateway.admin("POST", "/key/generate", {"key_alias": "written-under-official", "models": ["hello"]})
        later = str(written.json()["key"])
        gateway.setting("imageSource", "airgap")
        gateway.make("up")

        assert _running(gateway) == built
        assert gateway.chat("hello", key).status_code == 200
        assert gateway.chat("hello", later).status_code == 200
        assert gateway.admin("POST", "/key/delete", {"keys": [later]}).status_code == 200
        assert _rows(gateway) == rows
        assert_converged(gateway)


def test_an_image_out_of_reach_is_refused_before_the_database_is_stopped_for_it(gateway: Installation) -> None:
    before = docker("service", "inspect", gateway.service("db"))
    with stack_file.setting(gateway, "postgres.image", OUT_OF_REACH):
        told = one_error(gateway.make("up", expect=2))

    assert told.startswith(f"llmproxy:settings.postgres.image: found image {OUT_OF_REACH}, but the engine at unix://")
    assert "does not have it and its registry does not give it" in told
    assert "registry.invalid" in told
    assert docker("service", "inspect", gateway.service("db")) == before


def _rows(gateway: Installation) -> list[str]:
    """The cluster, and what may be neither lost nor made anew in it."""
    return [gateway.sql(query) for query in (CLUSTER, KEYS, MODELS, MIGRATIONS)]


def _running(gateway: Installation) -> dict[str, str]:
    """The image of each service."""
    return {name: image_of(gateway, service) for name, service in SERVICES.items()}


@contextmanager
def _official_images(gateway: Installation) -> Iterator[dict[str, str]]:
    """Puts the names that play the official images on the engine and into the clone's table; gives them by image."""
    path = gateway.clone / "airgap" / "images" / "images.json"
    before = path.read_text(encoding="utf-8")
    tags = {name: f"llmproxy-systest/{name}:{gateway.prefix}official" for name in SERVICES}
    table = json.loads(before)
    for row in table["images"]:
        if row["default"] and row["name"] in tags:
            row["official"] = {"reference": tags[row["name"]], "digest": None, "digestSource": None}
    for name, image in _running(gateway).items():
        docker("tag", image, tags[name])
    path.write_text(json.dumps(table), encoding="utf-8")
    try:
        yield tags
    finally:
        path.write_text(before, encoding="utf-8")
        for tag in tags.values():
            docker("rmi", tag)
