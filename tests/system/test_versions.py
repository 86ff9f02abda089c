"""Which version a test takes."""

from __future__ import annotations

from tests.system.versions import VERSIONS, in_turn

FIRST, LAST = VERSIONS[0], VERSIONS[-1]


def test_tests_of_several_versions_take_one_each_in_turn_and_all_others_stay() -> None:
    both = [f"file.py::{name}[{version}-case]" for name in ("a", "b", "c") for version in VERSIONS]
    found = in_turn([*both, "file.py::of no version"])
    turns = {f"file.py::a[{FIRST}-case]", f"file.py::b[{LAST}-case]", f"file.py::c[{FIRST}-case]"}
    assert found == {*turns, "file.py::of no version"}
