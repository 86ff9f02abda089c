"""A remedy that asks for pulumi says where pulumi is."""

import shutil

import pytest

from operations.remedies import with_way_to_pulumi

ASKS = "Pulumi.dev.yaml: no value; type: pulumi config set --secret llmproxy:x\n    (all of it: /log)"


@pytest.fixture
def _no_pulumi(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)


@pytest.mark.usefixtures("_no_pulumi")
@pytest.mark.parametrize(
    ("stack", "shell"), [("dev", 'eval "$(make -s env)"'), ("staging", 'eval "$(make -s env STACK=staging)"')]
)
def test_a_remedy_that_needs_pulumi_says_where_pulumi_is(stack: str, shell: str) -> None:
    first, second = ASKS.splitlines()

    assert with_way_to_pulumi(ASKS, stack) == f"{first} (pulumi is on PATH after: {shell})\n{second}"


@pytest.mark.usefixtures("_no_pulumi")
@pytest.mark.parametrize(
    "text", ["port 4000: taken; end it", 'eval "$(make -s env)" && pulumi config set x 1', "pulumi configures"]
)
def test_a_text_that_needs_no_such_help_stays_as_it_is(text: str) -> None:
    assert with_way_to_pulumi(text, "dev") == text


def test_where_pulumi_is_installed_nothing_is_added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")

    assert with_way_to_pulumi(ASKS, "dev") == ASKS
