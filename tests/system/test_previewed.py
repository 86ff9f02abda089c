"""The reading of a preview sees every change, and takes nothing for one that is none."""

from __future__ import annotations

from tests.system import previewed

PREVIEW = """Previewing update (dev):
  pulumi:pulumi:Stack: (same)
    [urn=urn:pulumi:dev::llmproxy::pulumi:pulumi:Stack::llmproxy-dev]
    ~ docker:index/service:Service: (refresh)
        [id=ruzygdg3vk3ol6]
        [urn=urn:pulumi:dev::llmproxy::llmproxy:swarm:Service$docker:index/service:Service::db]
        [provider=urn:pulumi:dev::llmproxy::pulumi:providers:docker::docker::1e4c1031]
        --outputs:--
          ~ replicas: 1 => 2
    ~ docker:index/service:Service: (update)
        [id=ruzygdg3vk3ol6]
        [urn=urn:pulumi:dev::llmproxy::llmproxy:swarm:Service$docker:index/service:Service::db]
          ~ replicas  : 2 => 1
    + pulumi-python:dynamic/litellm:Model: (create)
        [urn=urn:pulumi:dev::llmproxy::stacks:C$pulumi-python:dynamic/litellm:Model::a@b:openai/a]
        model_name: "a"
    +-pulumi-python:dynamic/litellm:Key: (replace)
        [id=developer]
        [urn=urn:pulumi:dev::llmproxy::stacks:C$pulumi-python:dynamic/litellm:Key::developer]
      ~ rotation: 0 => 1
Resources:
    + 1 to create
"""


def test_every_change_is_found_and_a_refresh_is_none() -> None:
    assert list(previewed.steps(PREVIEW)) == ["update Service db", "create Model a@b:openai/a", "replace Key developer"]


def test_a_field_is_shown_as_live_and_wanted_value_of_its_own_step() -> None:
    steps = previewed.steps(PREVIEW)
    assert steps["update Service db"].shows("replicas", live="2", wanted="1")
    assert not steps["update Service db"].shows("replicas", live="1", wanted="2")
    assert not steps["update Service db"].shows("rotation", live="0", wanted="1")
