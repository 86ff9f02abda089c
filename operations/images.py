"""Images: the official ones where their registries are within reach, else those that are built from packages.

Which of the two a stack runs is its setting `imageSource`; `choose` gives what a new stack gets.
"""

import shutil

from airgap.images import build, content, table
from airgap.images.table import Image
from operations import data_root, debian, disk, engine, registries
from operations.internet import Internet, registry_address
from operations.locations import Locations, private_folder
from operations.progress import Part
from stacks.images_in_use import in_use
from stacks.settings import Settings

OFFICIAL, AIRGAP = "official", "airgap"


def registry_addresses() -> tuple[str, ...]:
    """The registries of the official images, each once."""
    return tuple(dict.fromkeys(registry_address(image.official.reference) for image in table.load().defaults()))


def choose(internet: Internet) -> str:
    """The image source of a new stack."""
    return OFFICIAL if internet.reaches(*registry_addresses()) else AIRGAP


def ensure(source: str, docker_host: str, places: Locations, part: Part, settings: Settings | None = None) -> None:
    """Makes sure that the engine has, or can get, the images that the settings need, of a source or named by them.

    Without settings, all of the table.

    Raises:
        airgap.images.errors.ImagesError: A build failed; the text names its log.
        RefusedEngine: The disk is too full to build, or an image is neither there nor to be had.
    """
    images = wanted(settings)
    registries.require_within_reach(docker_host, not_built_here(source, settings or Settings()))
    if source == OFFICIAL:
        without = [image.official.reference for image in images if image.official.digest is None]
        note = f"; by tag, as images.json has no digest of {', '.join(without)}" if without else ", by digest"
        part.done(f"official, from their registries{note}")
        return
    missing = _missing(docker_host, [content.image_tag(image) for image in images])
    if not missing:
        part.done(f"built from packages, on the engine already: {', '.join(image.key for image in images)}")
        return
    disk.require(filter(None, [data_root.ask(docker_host)]), disk.IMAGES_BUILD_MIB)
    _need_debootstrap(places, part)
    tags = build.build(
        [image.name for image in images],
        docker_host=docker_host,
        lock_dir=places.cache / "images",
        log_dir=private_folder(places.logs) / "images",
        progress=part.say,
    )
    part.done(f"built from packages: {', '.join(tags.values())}")


def wanted(settings: Settings | None) -> list[Image]:
    """The rows of the table that the settings take the image of; without settings, all."""
    rows = table.load().defaults()
    if settings is None:
        return list(rows)
    needed = {use.image for use in in_use(settings) if use.own is None}
    return [row for row in rows if row.name in needed]


def not_built_here(source: str, settings: Settings) -> dict[str, str]:
    """The images that come from a registry or were put on the engine by hand, each with the setting that chose it."""
    images, found = table.load(), {}
    for use in in_use(settings):
        if use.own is not None:
            found[use.setting] = use.own
        elif source == OFFICIAL:
            found[f"imageSource ({use.image})"] = images.find(use.image).official.pinned
    return found


def _need_debootstrap(places: Locations, part: Part, host: debian.Host | None = None) -> None:
    """The base image is unpacked by it; a bare Debian does not have it.

    Raises:
        MissingPart: It cannot be installed here; the text says what to type.
    """
    if shutil.which("debootstrap") is None:
        debian.install(
            ["debootstrap"],
            purpose="images: no debootstrap, which makes the base image",
            log=private_folder(places.logs) / "apt-debootstrap.log",
            host=host or debian.this_host(),
            say=part.say,
        )


def _missing(docker_host: str, tags: list[str]) -> list[str]:
    there = engine.client(docker_host)
    try:
        known = {tag for image in there.images.list() for tag in image.tags}
    finally:
        there.close()
    return [tag for tag in tags if tag not in known]
