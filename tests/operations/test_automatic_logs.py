"""The Pulumi CLI logs no run on its own."""

from __future__ import annotations

from pathlib import Path

from operations import automatic_logs


def test_what_was_logged_goes_and_no_folder_can_take_its_place(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "stack-20261130T200000.log").write_text("inputs and outputs", encoding="utf-8")
    automatic_logs.keep_out(tmp_path)
    automatic_logs.keep_out(tmp_path)
    assert (tmp_path / "logs").read_text(encoding="utf-8") == automatic_logs.WHY
