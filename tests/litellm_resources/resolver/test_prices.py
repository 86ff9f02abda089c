"""The kept price tables: which one counts, and what an image's name says of it."""

import pytest

from litellm_resources.resolver.document import JsonObject
from litellm_resources.resolver.price_reduction import reduced
from litellm_resources.resolver.prices import table_for, version_in


@pytest.mark.parametrize(
    ("version", "table"),
    [
        (None, "1.109.1"),
        ("1.81.12", "1.81.12"),
        ("1.90.0", "1.81.12"),
        ("1.109.1", "1.109.1"),
        ("2.0.0", "1.109.1"),
        ("1.70.0", "1.81.12"),
    ],
)
def test_the_table_is_that_of_the_version_or_of_the_newest_known_one_before_it(version: str | None, table: str) -> None:
    assert table_for(version).version == table


@pytest.mark.parametrize(
    ("image", "version"),
    [
        ("ghcr.io/berriai/litellm-database:main-v1.81.12-stable", "1.81.12"),
        ("registry.example:5000/litellm:v1.109.1@sha256:0123", "1.109.1"),
        ("llmproxy-airgap/litellm:1.81.12-0123", "1.81.12"),
        ("registry.example:5000/litellm", None),
        ("litellm:latest", None),
    ],
)
def test_an_image_names_its_version_in_its_tag(image: str, version: str | None) -> None:
    assert version_in(image) == version


def test_a_table_is_reduced_to_provider_context_and_price() -> None:
    table: dict[str, JsonObject] = {
        "sample_spec": {"max_input_tokens": "text"},
        "b": {"litellm_provider": "openai", "max_input_tokens": 8.0, "input_cost_per_token": 1e-6},
        "a": {"litellm_provider": "openai", "max_tokens": 4, "output_cost_per_image": 0.1},
        "c": {"mode": "chat"},
    }
    assert reduced(table) == '{\n"a":["openai",4,"otherwise"],\n"b":["openai",8,[1e-06,0]],\n"c":[null,null,null]\n}\n'
