"""The environment file carries what it is given, or refuses it."""

from __future__ import annotations

import pytest

from components.env_file import DatabaseUrl, EnvFileError, render

URL = DatabaseUrl(user="u", password_file="/run/secrets/pw", host="db", port=5432, name="n")


def test_lines_are_sorted_so_that_equal_content_is_an_equal_file() -> None:
    assert render({"B": "2", "A": "1"}) == render({"A": "1", "B": "2"}) == "A=1\nB=2\n"


def test_a_secret_is_named_by_its_file() -> None:
    assert render({}, secret_files={"KEY": "/run/secrets/key"}) == "@file KEY=/run/secrets/key\n"


def test_a_database_url_leaves_a_gap_for_the_password() -> None:
    assert render({}, database_urls={"DATABASE_URL": URL}) == (
        "@url DATABASE_URL=/run/secrets/pw postgresql://u: @db:5432/n\n"
    )


def test_how_the_command_ends_comes_before_the_variables_and_nothing_is_no_line() -> None:
    assert render({"A": "1"}, drain_seconds=10, kill_seconds=20) == "@drain 10\n@kill 20\nA=1\n"
    assert render({"A": "1"}, drain_seconds=10) == "@drain 10\nA=1\n"
    assert render({"A": "1"}, drain_seconds=0) == "A=1\n"


@pytest.mark.parametrize("value", ["a\nb", "a\rb", "a\0b"])
def test_a_value_of_several_lines_is_refused_without_being_shown(value: str) -> None:
    with pytest.raises(EnvFileError, match="the value of X holds a line break") as caught:
        render({"X": value})
    assert "a" not in str(caught.value).split("value of X")[0].replace("environment", "")


@pytest.mark.parametrize("name", ["", "1A", "A-B", "A B", "A=B", "ä"])
def test_what_is_no_variable_name_is_refused(name: str) -> None:
    with pytest.raises(EnvFileError, match="found name"):
        render({name: "x"})


def test_a_name_given_in_two_ways_is_refused() -> None:
    with pytest.raises(EnvFileError, match="X is given twice"):
        render({"X": "1"}, secret_files={"X": "/run/secrets/x"})
