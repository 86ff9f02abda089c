"""What is said about an object that is not ours, and when it may be taken over."""

from __future__ import annotations

import pytest

from litellm_resources.admin_api.errors import Foreign
from litellm_resources.adoption import refuse_foreign, why_untouchable
from litellm_resources.ownership import NOBODY

OURS, OTHER = "llmproxy/dev", "llmproxy/prod"


@pytest.mark.parametrize("name", ["p-openai", "gpt 4@p-openai:openai/gpt 4"])
def test_the_text_names_what_the_setting_takes_also_when_there_is_a_space_in_it(name: str) -> None:
    assert why_untouchable(name, NOBODY, OURS, adopt=False) == (
        "is in LiteLLM and not made by this program; "
        f'delete or rename it there, or take it over: put "{name}" into litellm.adopt'
    )


def test_what_is_ours_or_nobodys_and_to_be_adopted_may_be_touched() -> None:
    assert why_untouchable("n", OURS, OURS, adopt=False) is None
    assert why_untouchable("n", NOBODY, OURS, adopt=True) is None


@pytest.mark.parametrize("adopt", [True, False])
def test_what_another_stack_made_is_never_taken_over_and_no_setting_is_named(*, adopt: bool) -> None:
    reason = why_untouchable("n", OTHER, OURS, adopt=adopt)
    assert reason == "is in LiteLLM and belongs to the stack llmproxy/prod; rename it in one of the two stacks"


def test_a_write_is_stopped_with_the_same_text() -> None:
    with pytest.raises(Foreign, match=r'^LiteLLM user u: is in LiteLLM and not .*; delete .* put "u" into'):
        refuse_foreign("LiteLLM user u", "u", NOBODY, OURS, adopt=False)
    refuse_foreign("LiteLLM user u", "u", NOBODY, OURS, adopt=True)
