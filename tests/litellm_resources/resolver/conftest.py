"""What the resolver's tests share: resolve documents written in the test itself, through files as the program does."""

import json
from collections.abc import Callable

import pytest

from litellm_resources.resolver.document import JsonObject
from litellm_resources.resolver.loading import CatalogFile, load
from litellm_resources.resolver.resolve import resolve
from litellm_resources.resolver.resolved import ResolvedCatalog

ResolveDocuments = Callable[..., ResolvedCatalog]


@pytest.fixture
def resolve_documents(tmp_path_factory: pytest.TempPathFactory) -> ResolveDocuments:
    """Write and resolve `base.json`, `overlay1.json`, …; `local` is the local overlay.

    By default every provider has a key.
    """

    def run(
        *documents: JsonObject, local: JsonObject | None = None, keys: set[str] | None = None, skip: bool = False
    ) -> ResolvedCatalog:
        folder = tmp_path_factory.mktemp("catalog")
        named = {f"overlay{index}.json" if index else "base.json": each for index, each in enumerate(documents)}
        if local is not None:
            named["local.json"] = local
        files = [CatalogFile(path=folder / name, is_local=name == "local.json") for name in named]
        for file, document in zip(files, named.values(), strict=True):
            file.path.write_text(json.dumps(document))
        with_key = (lambda _: True) if keys is None else keys
        return resolve(load(files), providers_with_key=with_key, skip_providers_without_key=skip)

    return run
