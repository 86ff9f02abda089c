"""A state is asked what was made; one that is empty or not there says nothing was."""

import pytest

from operations import state

SERVICE = "docker:index/service:Service"


def test_the_outputs_of_a_program_are_found_in_its_state() -> None:
    deployment = {"resources": [{"type": "x"}, {"type": "pulumi:pulumi:Stack", "outputs": {"gatewayUrl": "http://a"}}]}

    assert state.outputs(deployment) == {"gatewayUrl": "http://a"}
    assert state.outputs(None) == {}


@pytest.mark.parametrize(
    ("resources", "has_gateway", "has_anything"),
    [
        ([], False, False),
        ([{"type": "pulumi:providers:docker"}], False, False),
        ([{"type": SERVICE, "inputs": {"name": "two-llmproxy-data_db"}}], False, True),
        ([{"type": SERVICE, "inputs": {"name": "two-llmproxy_litellm"}}], True, True),
    ],
)
def test_what_was_made_is_told_from_what_was_not(
    resources: list[object], has_gateway: bool, has_anything: bool
) -> None:
    deployment = {"resources": resources}

    assert state.has_gateway(deployment) is has_gateway
    assert state.has_anything(deployment) is has_anything


@pytest.mark.parametrize("deployment", [None, {}, {"resources": None}])
def test_an_empty_state_says_that_nothing_was_made(deployment: object) -> None:
    assert not state.has_gateway(deployment)
    assert not state.has_anything(deployment)


def test_services_are_known_by_name_with_their_urn_and_nothing_else_is_one() -> None:
    deployment = {
        "resources": [
            {"type": "docker:index/service:Service", "urn": "urn:one", "inputs": {"name": "two-llmproxy_litellm"}},
            {"type": "docker:index/network:Network", "urn": "urn:two", "inputs": {"name": "public"}},
            {"type": "docker:index/service:Service", "urn": "urn:three"},
        ]
    }
    assert state.urns_of_services(deployment) == {"two-llmproxy_litellm": "urn:one"}
