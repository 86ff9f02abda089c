"""The images' part of the set-up: what building them needs is installed, or asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from pydantic import JsonValue

from airgap.images import table
from operations import debian, images, profiles
from operations.errors import MissingPart
from operations.locations import CLONE, Locations
from stacks import settings


class Told:
    """A part that keeps what is said."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, line: str) -> None:
        self.lines.append(line)


def test_a_missing_debootstrap_is_asked_for_where_it_cannot_be_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    places = Locations(clone=tmp_path, home=tmp_path / "home", cache=tmp_path / "cache")
    host = debian.Host(is_root=False, apt_get="/usr/bin/apt-get")

    with pytest.raises(MissingPart, match=r"no debootstrap.*as root, type: apt-get install debootstrap"):
        images._need_debootstrap(places, Told(), host)  # type: ignore[arg-type]  # only `say` is used


def test_a_missing_debootstrap_is_installed_as_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    apt_get = tmp_path / "apt-get"
    apt_get.write_text("#!/bin/sh\necho $*\n")
    apt_get.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    places = Locations(clone=tmp_path, home=tmp_path / "home", cache=tmp_path / "cache")
    part = Told()

    images._need_debootstrap(places, part, debian.Host(is_root=True, apt_get=str(apt_get)))  # type: ignore[arg-type]  # only `say` is used

    assert part.lines == ["apt-get install debootstrap"]
    assert "install --yes --no-install-recommends debootstrap" in (places.logs / "apt-debootstrap.log").read_text()


@pytest.mark.parametrize(
    ("source", "document", "expected"),
    [
        ("airgap", {}, []),
        ("official", {}, ["imageSource (postgres)", "imageSource (litellm)"]),
        ("airgap", {"litellm": {"image": "own:1"}}, ["litellm.image"]),
        ("official", {"postgres": {"image": "own:1"}}, ["postgres.image", "imageSource (litellm)"]),
        ("official", {"postgres": {"external": {"host": "db.example.com"}}}, ["imageSource (litellm)"]),
    ],
)
def test_what_is_not_built_here_and_is_used_has_to_be_within_reach(
    source: str, document: dict[str, JsonValue], expected: list[str]
) -> None:
    found = images.not_built_here(source, settings.parse(document, place="settings"))

    official = {f"imageSource ({image.name})": image.official.pinned for image in table.load().defaults()}
    assert list(found) == expected
    assert all(reference == official.get(path, "own:1") for path, reference in found.items())


def test_only_the_images_are_built_that_the_settings_need() -> None:
    small = settings.parse({}, place="settings")
    own = settings.parse({"litellm": {"image": "own:1"}}, place="settings")

    assert [image.name for image in images.wanted(small)] == ["postgres", "litellm"]
    assert [image.name for image in images.wanted(own)] == ["postgres"]
    assert images.wanted(None) == list(table.load().defaults())


def test_an_image_is_built_when_one_of_its_services_needs_it_and_another_has_its_own() -> None:
    document: dict[str, JsonValue] = {"swarmCronjob": {"enabled": True, "keeper": {"image": "own:1"}}}

    names = [image.name for image in images.wanted(settings.parse(document, place="settings"))]

    assert names == ["postgres", "litellm", "swarm-cronjob"]


def test_the_full_profile_runs_every_image_of_the_table() -> None:
    profile = yaml.safe_load((CLONE / "Pulumi.dev.full.template.yaml").read_text(encoding="utf-8"))
    template = yaml.safe_load((CLONE / "Pulumi.dev.template.yaml").read_text(encoding="utf-8"))
    differences, document = (each["config"]["llmproxy:settings"] for each in (profile, template))
    full = settings.parse(profiles.applied(document, profiles.changes(differences, document)), place="full")

    rows = {row.name for row in table.load().defaults()}

    assert {image.name for image in images.wanted(full)} == rows
