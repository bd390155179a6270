"""As a user does: an example alone in another folder, and the template, by the command line."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples").glob("*.toml"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs_outside_the_tree(example, tmp_path):
    shutil.copy(example, tmp_path / "site.toml")
    call = [sys.executable, "-m", "brayton", "study", "site.toml", "--out", "results", "--json"]
    done = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert json.loads((tmp_path / "results" / "result.json").read_text()) == told
    assert told["without_source"] == []
    steps = pd.read_parquet(tmp_path / "results" / "steps.parquet")
    assert steps["import_kw"].sum() == pytest.approx(told["with_project"]["electricity_import_kwh"])
    report = (tmp_path / "results" / "report.html").read_text()
    assert told["site"]["name"].split(",")[0].split("'")[0] in report
    written = sorted(path.name for path in (tmp_path / "results").iterdir())
    assert written == ["cashflow.xlsx", "report.html", "result.json", "steps.parquet"]


def test_the_template_runs_as_it_is_written(tmp_path):
    for arguments in (["new", "."], ["check", "scenario.toml"], ["study", "scenario.toml", "--out", "results"]):
        done = subprocess.run(
            [sys.executable, "-m", "brayton", *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
