"""The table of images: which official image each air-gap image stands for.

Takes images.json beside this module, gives frozen `Image` rows; looks at nothing else. Apart because settings and
commands read it without building anything.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from airgap.images.errors import ImageTableError

FOLDER = Path(__file__).resolve().parent
TABLE = FOLDER / "images.json"

T = TypeVar("T")


@dataclass(frozen=True)
class OfficialImage:
    """The image that an air-gap image stands for.

    Attributes:
        reference: Name and tag in its registry.
        digest: `sha256:…` of that tag, or None where nobody has looked it up yet.
        digest_source: Where the digest was read.
    """

    reference: str
    digest: str | None
    digest_source: str | None

    @property
    def pinned(self) -> str:
        """The reference with its digest, as far as it is known."""
        return self.reference if self.digest is None else f"{self.reference}@{self.digest}"


@dataclass(frozen=True)
class Image:
    """One row: one version of one image."""

    name: str
    version: str
    is_default: bool
    folder: str
    build_arguments: Mapping[str, str]
    official: OfficialImage

    @property
    def key(self) -> str:
        """How a version is asked for by name: `litellm:1.81.12`."""
        return f"{self.name}:{self.version}"


@dataclass(frozen=True)
class ImageTable:
    """All rows, in the order of the file."""

    images: tuple[Image, ...]

    def find(self, name: str) -> Image:
        """The image called `name` (its default version) or `name:version`.

        Raises:
            ImageTableError: There is no such image.
        """
        for image in self.images:
            if name == image.key or (name == image.name and image.is_default):
                return image
        known = ", ".join(image.key for image in self.images)
        raise ImageTableError(f"images.json: found no image {name!r}; allowed are {known}. Correct the name.")

    def defaults(self) -> tuple[Image, ...]:
        """The default version of each image."""
        return tuple(image for image in self.images if image.is_default)


def load(path: Path = TABLE) -> ImageTable:
    """Reads and checks the table.

    Raises:
        ImageTableError: The file is not valid JSON, a field is missing, unknown or of the wrong type, or an image has
            not exactly one default version.
    """
    try:
        document: object = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ImageTableError(f"{path.name}: not valid JSON: {error}. Correct the file.") from error
    root = _Fields(document, path.name, {"images"})
    rows = root.value("images", list)
    table = ImageTable(tuple(_image(row, f"{path.name}: images[{index}]") for index, row in enumerate(rows)))
    _check_defaults(table.images, path.name)
    return table


class _Fields:
    """A JSON object whose fields are taken by name and type, with the place in every complaint."""

    def __init__(self, document: object, place: str, allowed: set[str]) -> None:
        if not isinstance(document, dict):
            raise ImageTableError(f"{place}: found {type(document).__name__}; allowed is an object. Correct it.")
        if set(document) != allowed:
            found, wanted = ", ".join(sorted(document)), ", ".join(sorted(allowed))
            raise ImageTableError(f"{place}: found the fields {found}; allowed are exactly {wanted}. Correct it.")
        self._document: dict[str, object] = document
        self._place = place

    def value(self, name: str, kind: type[T]) -> T:
        value = self._document[name]
        if not isinstance(value, kind):
            raise ImageTableError(
                f"{self._place}.{name}: found {json.dumps(value)}; allowed is {kind.__name__}. Correct it."
            )
        return value

    def text_or_none(self, name: str) -> str | None:
        return None if self._document[name] is None else self.value(name, str)


def _image(row: object, place: str) -> Image:
    fields = _Fields(row, place, {"name", "version", "default", "folder", "buildArguments", "official"})
    official = _Fields(fields.value("official", dict), f"{place}.official", {"reference", "digest", "digestSource"})
    arguments: dict[str, object] = fields.value("buildArguments", dict)
    return Image(
        name=fields.value("name", str),
        version=fields.value("version", str),
        is_default=fields.value("default", bool),
        folder=fields.value("folder", str),
        build_arguments={name: str(value) for name, value in arguments.items()},
        official=OfficialImage(
            reference=official.value("reference", str),
            digest=official.text_or_none("digest"),
            digest_source=official.text_or_none("digestSource"),
        ),
    )


def _check_defaults(images: Iterable[Image], place: str) -> None:
    count: dict[str, int] = {}
    for image in images:
        count[image.name] = count.get(image.name, 0) + image.is_default
    for name, defaults in count.items():
        if defaults != 1:
            raise ImageTableError(f"{place}: {name} has {defaults} default versions; allowed is one. Correct it.")
