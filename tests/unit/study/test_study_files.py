"""The files of a study: all or none, and never at the cost of what was there."""

from __future__ import annotations

import json

import pytest

import brayton.faces.report
from brayton.faces.study_files import write_study
from brayton.study.inputs import read_inputs
from brayton.study.study import run_study

NAMES = ["cashflow.xlsx", "report.html", "result.json", "steps.parquet"]


@pytest.fixture
def result(scenario_with):
    return run_study(read_inputs(scenario_with()))


def test_all_files_are_written(result, tmp_path):
    written = write_study(result, tmp_path / "deep" / "results")
    assert sorted(path.name for path in written) == NAMES
    assert sorted(path.name for path in (tmp_path / "deep" / "results").iterdir()) == NAMES
    document = json.loads((tmp_path / "deep" / "results" / "result.json").read_text())
    assert document["machine"]["run_hours"] == 8760.0


def test_a_failure_leaves_the_results_that_were_there(result, tmp_path, monkeypatch):
    def fail(*_: object) -> None:
        raise RuntimeError("no ink")

    write_study(result, tmp_path)
    before = {name: (tmp_path / name).read_bytes() for name in NAMES}
    monkeypatch.setattr(brayton.faces.report, "write_report", fail)
    with pytest.raises(RuntimeError):
        write_study(result, tmp_path)
    assert {name: (tmp_path / name).read_bytes() for name in NAMES} == before
    assert not list(tmp_path.glob(".brayton-*"))


def test_other_files_of_the_folder_stay(result, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    write_study(result, tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"
