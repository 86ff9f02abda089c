"""What becomes of the catalog's part of the original: `config.json`, and `config.local.json` without its keys.

Takes both and this clone's catalog; gives the overlay of the stack with the rest in it, and lines that say so. Reads
the catalog's files, and writes one of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from litellm_resources.resolver import loading
from litellm_resources.resolver.document import JsonObject, Layer
from litellm_resources.resolver.errors import CatalogError
from litellm_resources.resolver.loading import CatalogFile
from operations.errors import OperationsError
from operations.moving import overlay
from operations.moving.originals import BASE_CATALOG, LOCAL_CATALOG, Originals
from operations.moving.overlay import LocalCatalog, Merged


@dataclass(frozen=True)
class CatalogRest:
    """The catalog of one stack, and what the original has of it.

    Attributes:
        file: The overlay of the stack.
        merged: It with the rest in it; None where the original has no rest.
        base_is_ours: Whether the original's `config.json` is this clone's; None where there is none.
    """

    file: CatalogFile
    merged: Merged | None
    base_is_ours: bool | None

    @property
    def differs(self) -> bool:
        """Whether the overlay has something else at a place of the rest."""
        return self.merged is not None and not self.merged.faults and bool(self.merged.differing)

    def is_to_do(self, *, overwrite: bool) -> bool:
        """Whether the overlay changes."""
        if self.merged is None or self.merged.faults:
            return False
        return bool(self.merged.added) or (overwrite and bool(self.merged.differing))

    def lines(self) -> Iterator[str]:
        """What becomes of it, in words."""
        if self.base_is_ours is not None:
            ours, copied = "there already", f"copy it to catalog/{loading.BASE_FILE}, which it can replace as it is"
            words = (ours, f"catalog/{loading.BASE_FILE}") if self.base_is_ours else ("not taken", copied)
            yield f"{words[0]:<14} {BASE_CATALOG}: {words[1]}"
        if self.merged is None:
            return
        found = {"new": self.merged.added, "differs": self.merged.differing, "not taken": self.merged.faults}
        if self.merged.faults:
            found = {"not taken": ("see the next lines",)}
        if not any(found.values()):
            yield f"{'there already':<14} {LOCAL_CATALOG} without its keys: {self.file.label}"
        for outcome, places in found.items():
            if places:
                yield f"{outcome:<14} {LOCAL_CATALOG} without its keys: {self.file.label}: {', '.join(places)}"
        yield from self.merged.faults

    def write(self) -> None:
        """Writes the overlay with the rest in it."""
        if self.merged is not None:
            beside = self.file.path.with_name(f".{self.file.path.name}.new")
            beside.write_text(overlay.text(self.merged.document), encoding="utf-8")
            beside.rename(self.file.path)


def read(originals: Originals, local: LocalCatalog | None, folder: Path, stack: str) -> CatalogRest:
    """Looks what becomes of the original's catalog.

    Raises:
        OperationsError: This clone's catalog cannot be read.
    """
    files = loading.catalog_files(folder, stack, with_local=False)
    base, own = (_layer(file) for file in files)
    is_ours = None
    if originals.base_catalog is not None:
        is_ours = _without_schema(originals.base_catalog) == _without_schema(base.document)
    merged = None
    if local is not None and local.rest:
        merged = overlay.merge(local.rest, own.document, lower=base, label=own.path)
    return CatalogRest(files[1], merged, is_ours)


def _layer(file: CatalogFile) -> Layer:
    try:
        (layer,) = loading.load([file])
    except CatalogError as error:
        raise OperationsError(str(error)) from error
    return layer


def _without_schema(document: JsonObject) -> JsonObject:
    return {key: value for key, value in document.items() if key != overlay.SCHEMA}
