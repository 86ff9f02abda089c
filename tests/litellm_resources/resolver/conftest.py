"""What the resolver's tests share: resolve documents written in the test itself."""

from collections.abc import Callable

import pytest

from litellm_resources.resolver.document import JsonObject, Layer
from litellm_resources.resolver.resolve import resolve
from litellm_resources.resolver.resolved import ResolvedCatalog

ResolveDocuments = Callable[..., ResolvedCatalog]


@pytest.fixture
def resolve_documents() -> ResolveDocuments:
    """Resolve `base.json`, `overlay1.json`, …; `local` is the local overlay. By default every provider has a key."""

    def run(
        *documents: JsonObject, local: JsonObject | None = None, keys: set[str] | None = None, skip: bool = False
    ) -> ResolvedCatalog:
        layers = [
            Layer(path=f"overlay{index}.json" if index else "base.json", document=document)
            for index, document in enumerate(documents)
        ]
        if local is not None:
            layers.append(Layer(path="local.json", document=local, is_local=True))
        with_key = (lambda _: True) if keys is None else keys
        return resolve(layers, providers_with_key=with_key, skip_providers_without_key=skip)

    return run
