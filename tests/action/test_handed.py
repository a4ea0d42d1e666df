"""What comes as an artifact is a report of bounded size, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.action import handed
from bot.action.handed import Handed, read_handed
from checks.errors import FileError
from tests.bot.sample_reports import failing_report


def test_what_was_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "review.json"
    path.write_text(Handed(report=failing_report()).model_dump_json())
    found = read_handed(path)
    assert found is not None and found.report == failing_report()


def test_no_file_is_no_report(tmp_path: Path) -> None:
    assert read_handed(tmp_path / "review.json") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"report": 1}',
        '{"report": ' * 5000,
        '{"report": null, "more": 1}',
        '{"report": {"verdict": "great"}}',
    ],
    ids=["empty", "list", "number", "deep", "more", "verdict"],
)
def test_what_is_no_report_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "review.json"
    path.write_text(text)
    with pytest.raises(FileError, match="is no report"):
        read_handed(path)


def test_a_large_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "review.json"
    with path.open("wb") as file:
        file.truncate(handed.MOST_BYTES + 1)
    with pytest.raises(FileError, match="is larger than"):
        read_handed(path)


def test_more_findings_than_any_review_has_are_refused(tmp_path: Path) -> None:
    report = failing_report()
    many = report.model_copy(update={"findings": report.findings[:1] * (handed.MOST_FINDINGS + 1)})
    path = tmp_path / "review.json"
    path.write_text(Handed(report=many).model_dump_json())
    with pytest.raises(FileError, match="more than any review"):
        read_handed(path)


def test_a_pipe_does_not_hold_the_job_up(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "review.json")
    with pytest.raises(FileError, match="is no file"):
        read_handed(tmp_path / "review.json")
