"""An `.env` file is read by the rules of python-dotenv; what is no assignment is told by its line alone."""

import pytest

from operations.moving import dotenv

HTPASSWD = "admin:$$apr1$$abcdefgh$$0123456789012345678901"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A=1", "1"),
        ("A=1\n", "1"),
        ("\ufeffA=1", "1"),
        ("A=1\r\n", "1"),
        ("export A=1", "1"),
        ("  A = 1  ", "1"),
        ("A=two words", "two words"),
        ("A=1 # a comment", "1"),
        ("A=1\t# a comment", "1"),
        ("A=a#b", "a#b"),
        ("A=#b", "#b"),
        ("A='1' # a comment", "1"),
        ("A='a # b'", "a # b"),
        ('A="a # b"# a comment', "a # b"),
        ("A='it\\'s $x \\n'", "it's $x \\n"),
        ('A="say \\"x\\" \\$ \\n."', 'say "x" \\$ \n.'),
        ('A="two\nlines"', "two\nlines"),
        ("A='two\r\nlines'", "two\nlines"),
        ("A=a\"b'c", "a\"b'c"),
        (f"A={HTPASSWD}", HTPASSWD),
        (f"A='{HTPASSWD}'", HTPASSWD),
        ("A=b=c==", "b=c=="),
        ("A=", ""),
        ("A=a'#b\"#c", "a'#b\"#c"),
        ("A=#b # a comment", "#b"),
        ("A=  ", ""),
        ("A=''", ""),
        ("# A=2\n\n   \n\t# B=3\nA=1", "1"),
    ],
)
def test_a_value_is_read(text: str, value: str) -> None:
    (found,), faults = dotenv.parse(text)

    assert (found.name, found.value, faults) == ("A", value, [])


def test_lines_are_counted_over_values_of_several_and_both_of_two_assignments_are_given() -> None:
    found, faults = dotenv.parse('A="x\ny"\n\nB=1\nA=2\n')

    assert [(each.name, each.line) for each in found] == [("A", 1), ("B", 4), ("A", 5)]
    assert faults == []


@pytest.mark.parametrize(
    "line", ["marker", "1A=marker", "A='marker", 'A="marker', "A='a'marker", "A= #marker", "=marker", "A B=1"]
)
def test_what_is_no_assignment_is_its_line_and_the_rest_is_read(line: str) -> None:
    found, faults = dotenv.parse(f"B=1\n{line}\nC=2\n")

    assert ([each.name for each in found], faults) == (["B", "C"], [2])


@pytest.mark.parametrize(("value", "refers"), [("${OTHER}", True), ("x${OTHER:-y}z", True), ("$OTHER", False)])
def test_a_reference_to_another_variable_is_told_apart(value: str, refers: bool) -> None:
    (found,), _ = dotenv.parse(f"A={value}")

    assert found.refers is refers
    assert value not in repr(found)
