"""`api_key_of_service`: the nearest of a provider's line decides whose key it uses; two keys at once are a fault."""

import pytest

from litellm_resources.resolver.document import JsonObject, Layer
from litellm_resources.resolver.errors import CatalogError
from litellm_resources.resolver.resolve import resolve
from litellm_resources.resolver.resolved import ResolvedCatalog

ON = {"manager": None, "proxy": None}
OFF = {"manager": "set manager.enabled: true", "proxy": None}
SPOKEN: JsonObject = {"api_base": "http://manager:8045", "interfaces": {"openai": {"models": {"m": None}}}}
OF_MANAGER: JsonObject = {**SPOKEN, "api_key_of_service": "manager"}


def resolved(
    *documents: JsonObject,
    local: JsonObject | None = None,
    keys: frozenset[str] = frozenset(),
    services: dict[str, str | None] | None = None,
    skip: bool = False,
) -> ResolvedCatalog:
    layers = [Layer(path=f"{index}.json", document={"providers": each}) for index, each in enumerate(documents)]
    if local is not None:
        layers.append(Layer(path="local.json", document={"providers": local}, is_local=True))
    return resolve(
        layers, providers_with_key=keys, skip_providers_without_key=skip, services=ON if services is None else services
    )


def sources(catalog: ResolvedCatalog) -> dict[str, tuple[str | None, str | None]]:
    return {each.name: (each.key_provider, each.key_service) for each in catalog.providers}


def test_a_provider_that_names_a_service_needs_no_key_of_its_own_and_carries_the_name_only() -> None:
    catalog = resolved({"p": OF_MANAGER})
    assert sources(catalog) == {"p": (None, "manager")}
    assert [(each.name, each.key_service, each.key_provider) for each in catalog.credentials] == [
        ("p-openai", "manager", None)
    ]
    assert catalog.models[0].credential_name == "p-openai"
    assert not any("key" in warning for warning in catalog.warnings)


def test_the_service_is_inherited_over_any_number_of_levels_and_null_removes_it() -> None:
    document: JsonObject = {
        "root": OF_MANAGER,
        "middle": {"$extend": "root"},
        "leaf": {"$extend": "middle"},
        "own": {"$extend": "middle", "api_key_of_service": None},
    }
    assert sources(resolved(document, keys=frozenset({"own"}))) == {
        "root": (None, "manager"),
        "middle": (None, "manager"),
        "leaf": (None, "manager"),
        "own": ("own", None),
    }


def test_the_nearest_of_the_line_decides_between_a_key_and_a_service() -> None:
    document: JsonObject = {
        "keyed": SPOKEN,
        "served": {"$extend": "keyed", "api_key_of_service": "proxy"},
        "keyed-again": {"$extend": "served"},
        "back": {"$extend": "served", "api_key_of_service": None},
    }
    assert sources(resolved(document, keys=frozenset({"keyed", "keyed-again"}))) == {
        "keyed": ("keyed", None),
        "served": (None, "proxy"),
        "keyed-again": ("keyed-again", None),
        "back": ("keyed", None),
    }


def test_an_overlay_replaces_the_service_of_the_base() -> None:
    assert sources(resolved({"p": OF_MANAGER}, {"p": {"api_key_of_service": "proxy"}})) == {"p": (None, "proxy")}


def test_a_service_and_a_key_in_the_stack_config_are_one_too_many() -> None:
    with pytest.raises(CatalogError) as error:
        resolved({"p": OF_MANAGER}, keys=frozenset({"p"}))
    assert str(error.value) == (
        '0.json: providers.p.api_key_of_service: found "manager" and a key of the provider\'s own beside it; '
        "allowed: one of the two; to do: remove this line, or take the key away: "
        "pulumi config rm litellm-api-keys:p (or its api_key in the local overlay)"
    )


def test_so_are_a_service_and_a_key_in_the_local_overlay_which_is_not_shown() -> None:
    with pytest.raises(CatalogError, match="one of the two") as error:
        resolved({"p": OF_MANAGER}, local={"p": {"api_key": "marker-key"}})
    assert "marker-key" not in str(error.value)


def test_an_unknown_service_is_told_once_where_it_is_written_with_the_nearest_name() -> None:
    with pytest.raises(CatalogError) as error:
        resolved({"p": {**SPOKEN, "api_key_of_service": "managr"}, "q": {"$extend": "p"}})
    assert str(error.value) == (
        '0.json: providers.p.api_key_of_service: found "managr", which is no service with a key of its own; '
        'allowed: one of "manager", "proxy", or null; to do: write "manager" if that is meant, else remove it, and: '
        "pulumi config set --secret litellm-api-keys:p"
    )


def test_a_service_that_is_switched_off_is_an_error_with_what_switches_it_on() -> None:
    with pytest.raises(CatalogError) as error:
        resolved({"p": OF_MANAGER}, services=OFF)
    assert str(error.value) == (
        '0.json: providers.p.api_key_of_service: found the service "manager", which is switched off and so has no key; '
        "allowed: a service that is on; to do: set manager.enabled: true (or skipProvidersWithoutKey: true in the "
        "settings)"
    )


def test_while_the_service_is_switched_off_a_key_of_the_providers_own_counts() -> None:
    catalog = resolved({"p": OF_MANAGER}, services=OFF, keys=frozenset({"p"}))
    assert sources(catalog) == {"p": ("p", None)}


def test_where_providers_without_a_key_are_skipped_so_is_one_whose_service_is_off() -> None:
    catalog = resolved({"p": OF_MANAGER}, services=OFF, skip=True)
    assert catalog.skipped == ("p",)
    assert catalog.warnings == (
        'provider "p" uses the key of manager, which is switched off, and is skipped; models left out: "m"; '
        "to use it: set manager.enabled: true",
    )


@pytest.mark.parametrize("value", [1, True, ["manager"], {"name": "manager"}])
def test_anything_but_a_name_or_null_is_refused(value: bool | int | list[str] | dict[str, str]) -> None:
    with pytest.raises(CatalogError, match=r"providers\.p\.api_key_of_service: found .*; allowed: a string"):
        resolved({"p": {**SPOKEN, "api_key_of_service": value}})  # type: ignore[dict-item]  # what a file may hold
