"""A change of the installation that is taken back: the suite shares one gateway."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.system.installation import Installation

AUTHORED = ("catalog/catalog.json", "catalog/dev.json", "catalog/local.json", "Pulumi.dev.yaml")


@contextmanager
def left_as_found(gateway: Installation) -> Iterator[None]:
    """Puts catalog and settings back and converges, also after a failure in the block."""
    before = _authored(gateway)
    try:
        yield
    except Exception:
        _put_back(gateway, before)
        # The failure in the block is the one to tell, whatever becomes of this run.
        gateway.make("up", expect=None)
        raise
    if _put_back(gateway, before):
        gateway.make("up")


def _authored(gateway: Installation) -> dict[Path, bytes | None]:
    paths = [gateway.clone / name for name in AUTHORED]
    return {path: path.read_bytes() if path.exists() else None for path in paths}


def _put_back(gateway: Installation, before: Mapping[Path, bytes | None]) -> bool:
    """Gives whether anything had to be put back."""
    changed = {path: text for path, text in before.items() if _authored(gateway)[path] != text}
    for path, text in changed.items():
        if text is None:
            path.unlink()
        else:
            path.write_bytes(text)
    return bool(changed)
