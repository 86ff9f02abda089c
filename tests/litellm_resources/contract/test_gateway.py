"""What LiteLLM says of itself, and to whom it says anything."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from litellm_resources.admin_api import credentials, health, keys, models, router_settings, users
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.errors import Unauthorized
from tests.litellm_resources.contract.conftest import Api


def test_it_names_its_version(api: Api) -> None:
    assert api.client.differences.version == api.version


def test_it_is_ready(api: Api) -> None:
    assert health.readiness(api.client).ready


@pytest.mark.parametrize(
    "read",
    [credentials.read_all, models.read_all, router_settings.read, users.read_all, keys.read_all],
    ids=["credentials", "models", "router settings", "users", "keys"],
)
def test_another_key_than_the_master_key_is_refused_everywhere(api: Api, read: Callable[[AdminClient], object]) -> None:
    with pytest.raises(Unauthorized):
        read(api.with_key("sk-another-key-of-nobody"))
