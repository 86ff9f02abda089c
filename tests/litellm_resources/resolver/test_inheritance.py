"""`$extend`: any order, any number of levels, cycles and unknown names as faults."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from litellm_resources.resolver.document import JsonObject
from litellm_resources.resolver.inheritance import inherit
from litellm_resources.resolver.merging import deep_merge

QUICK = settings(max_examples=40, deadline=None)
CONTENT: st.SearchStrategy[JsonObject] = st.fixed_dictionaries(
    {},
    optional={
        "api_base": st.sampled_from(["http://a", "http://b"]),
        "access_groups": st.lists(st.sampled_from("xyz"), max_size=2),
        "models": st.dictionaries(st.sampled_from("mn"), st.none() | st.just({"model_name": "z"}), max_size=2),
        "interfaces": st.fixed_dictionaries({}, optional={"openai": st.just({}), "gemini": st.just({})}),
    },
)


@st.composite
def families(draw: st.DrawFn) -> dict[str, JsonObject]:
    """Providers p0…p4, each extending an earlier one or none: no cycle, any depth."""
    providers: dict[str, JsonObject] = {}
    for index in range(draw(st.integers(1, 5))):
        parent = draw(st.sampled_from([None, *providers]))
        providers[f"p{index}"] = {**draw(CONTENT), **({"$extend": parent} if parent else {})}
    return providers


@QUICK
@given(families(), st.randoms(use_true_random=False))
def test_the_order_of_the_providers_plays_no_part(providers: dict[str, JsonObject], shuffle: random.Random) -> None:
    names = list(providers)
    shuffle.shuffle(names)
    assert inherit({name: providers[name] for name in names}) == inherit(providers)


@QUICK
@given(families())
def test_flattening_at_once_is_merging_over_the_flattened_parent(providers: dict[str, JsonObject]) -> None:
    flattened, faults = inherit(providers)
    assert faults == []
    for name, provider in providers.items():
        own = {key: value for key, value in provider.items() if key != "$extend"}
        parent = provider.get("$extend")
        above = flattened[parent].document if isinstance(parent, str) else {}
        assert flattened[name].document == deep_merge(above, own)


def test_a_provider_over_three_levels_has_all_of_them_nearest_over_farthest() -> None:
    flattened, _ = inherit(
        {
            "leaf": {"$extend": "middle", "access_groups": ["leaf"]},
            "middle": {"$extend": "root", "api_base": "http://middle"},
            "root": {"api_base": "http://root", "access_groups": ["root"], "models": {"m": None}},
        }
    )
    assert flattened["leaf"].document == {"api_base": "http://middle", "access_groups": ["leaf"], "models": {"m": None}}
    assert flattened["leaf"].line == ("leaf", "middle", "root")


def test_null_as_extend_inherits_nothing() -> None:
    flattened, faults = inherit({"a": {"$extend": None}, "b": {"api_base": "http://b"}})
    assert (flattened["a"].document, flattened["a"].line, faults) == ({}, ("a",), [])


def test_being_a_template_is_not_inherited() -> None:
    flattened, _ = inherit({"base": {"template": True, "models": {}}, "child": {"$extend": "base"}})
    assert flattened["base"].document == {"template": True, "models": {}}
    assert flattened["child"].document == {"models": {}}


def test_each_cycle_is_one_fault_however_many_providers_lead_into_it() -> None:
    providers: dict[str, JsonObject] = {
        "a": {"$extend": "b"},
        "b": {"$extend": "a"},
        "self": {"$extend": "self"},
        "outside": {"$extend": "a"},
    }
    _, faults = inherit(providers)
    assert [fault.found for fault in faults] == ["a cycle: a → b → a", "a cycle: self → self"]


@QUICK
@given(st.dictionaries(st.sampled_from("abcd"), st.sampled_from("abcdx").map(lambda name: {"$extend": name})))
def test_any_tangle_of_extends_ends_and_each_provider_in_trouble_is_named(providers: dict[str, JsonObject]) -> None:
    flattened, faults = inherit(providers)
    assert flattened.keys() == providers.keys()
    assert bool(faults) == bool(providers)  # each extends something here, so the line ends in a cycle or nowhere
