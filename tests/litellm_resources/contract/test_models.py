"""What LiteLLM does with models."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import JsonValue

from litellm_resources.admin_api import models
from litellm_resources.admin_api.answers import read_pages
from litellm_resources.admin_api.errors import AdminApiError, Rejected, ServerFailed
from tests.litellm_resources.contract.conftest import Api

PRICE = 0.001


def made(api: Api, row_id: str = "a", name: str = "m", **params: Any) -> None:
    own: dict[str, JsonValue] = {"model": "openai/m", "mock_response": "hello", **params}
    models.create(api.client, row_id, name, own, {"managed_by": "llmproxy", "access_groups": ["General"]})


def test_one_is_listed_and_served_at_once_under_the_id_that_was_asked_for(api: Api) -> None:
    made(api, rpm=5)
    row = models.read_all(api.client)["a"]
    served = models.read_served(api.client, "a")
    assert served is not None
    for seen in (row, served):
        assert (seen.model_name, seen.row_id, seen.in_database) == ("m", "a", True)
        assert (seen.litellm_params["model"], seen.litellm_params["rpm"]) == ("openai/m", 5)
        assert (seen.model_info["managed_by"], seen.model_info["access_groups"]) == ("llmproxy", ["General"])


def test_a_price_comes_back_as_text_from_the_older_version(api: Api) -> None:
    made(api, input_cost_per_token=PRICE)
    shown = models.read_all(api.client)["a"].litellm_params["input_cost_per_token"]
    assert shown == (str(PRICE) if api.old else PRICE)


def test_what_the_server_adds_to_the_parameters_is_false(api: Api) -> None:
    made(api)
    shown = models.read_all(api.client)["a"].litellm_params
    noise = {name: value for name, value in shown.items() if name not in ("model", "mock_response")}
    assert {"use_in_pass_through", "use_litellm_proxy", "merge_reasoning_content_in_choices"} <= set(noise)
    assert set(noise.values()) == {False}


def test_a_parameter_that_is_null_is_none(api: Api) -> None:
    made(api, rpm=None)
    assert "rpm" not in models.read_all(api.client)["a"].litellm_params


def test_a_key_is_in_no_read(api: Api) -> None:
    made(api, api_key="sk-0123456789")
    assert "api_key" not in models.read_all(api.client)["a"].litellm_params


def test_two_may_share_a_name(api: Api) -> None:
    made(api, "a")
    made(api, "b")
    assert [row.model_name for row in models.read_all(api.client).values()] == ["m", "m"]


def test_a_second_one_of_an_id_is_an_error_inside_and_the_first_stays(api: Api) -> None:
    made(api)
    with pytest.raises(ServerFailed):
        made(api, name="other")
    assert models.read_all(api.client)["a"].model_name == "m"


def test_one_of_an_unknown_provider_is_never_served_and_its_row_stands_in_the_way(api: Api) -> None:
    if api.old:
        made(api, model="unknown/m")
    else:
        with pytest.raises(ServerFailed):
            made(api, model="unknown/m")
    assert models.read_served(api.client, "a") is None
    assert models.read_all(api.client) == {}
    with pytest.raises(ServerFailed):
        made(api)
    models.delete(api.client, "a")
    made(api)
    assert models.read_served(api.client, "a") is not None


def test_one_whose_credential_is_not_there_is_made(api: Api) -> None:
    made(api, litellm_credential_name="nowhere")
    assert models.read_all(api.client)["a"].litellm_params["litellm_credential_name"] == "nowhere"


def test_one_that_is_deleted_is_gone_at_once_and_deleting_it_again_is_done(api: Api) -> None:
    made(api)
    for _ in range(2):
        models.delete(api.client, "a")
        assert models.read_all(api.client) == {}
        assert models.read_served(api.client, "a") is None


def test_deleting_or_asking_for_one_that_is_not_there_is_refused(api: Api) -> None:
    with pytest.raises(Rejected, match="400"):
        api.client.post("/model/delete", {"id": "a"})
    with pytest.raises(Rejected, match="400"):
        api.client.get("/model/info", {"litellm_model_id": "a"})


def test_the_list_has_pages(api: Api) -> None:
    for number in range(3):
        made(api, str(number))
    found = read_pages(api.client, models.LIST_PATH, "data", {"size": 2})
    assert len(found) == 3
    ids = [row["model_info"]["id"] for row in found if isinstance(row, dict) and isinstance(row["model_info"], dict)]
    assert sorted(map(str, ids)) == ["0", "1", "2"]


def test_an_empty_list_is_no_error(api: Api) -> None:
    assert models.read_all(api.client) == {}


def test_a_wrong_page_is_refused(api: Api) -> None:
    with pytest.raises(AdminApiError, match="422"):
        api.client.get(models.LIST_PATH, {"size": 2, "page": 0})
