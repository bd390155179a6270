"""The files of a study: written beside their place and moved there when all are whole, so that a failure destroys nothing."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from brayton.core.errors import Fault, InputError
from brayton.faces.output import json_text
from brayton.study.result import StudyResult

RESULT, STEPS, REPORT, WORKBOOK = "result.json", "steps.parquet", "report.html", "cashflow.xlsx"


def check_folder(folder: Path) -> None:
    """InputError where results cannot be put: a file of that name, or a place that is not writable."""
    if folder.exists() and not folder.is_dir():
        raise InputError(Fault("--out", str(folder), "is a file", "Name a folder; it is made if it does not exist."))


def write_study(study: StudyResult, folder: Path) -> list[Path]:
    """Write result, steps, report and workbook; the files that were there before stay until all new ones are complete."""
    from brayton.faces.report import write_report
    from brayton.faces.workbook import write_workbook

    folder.mkdir(parents=True, exist_ok=True)
    workshop = Path(tempfile.mkdtemp(prefix=".brayton-", dir=folder))
    try:
        (workshop / RESULT).write_text(json_text(study.to_json()) + "\n", encoding="utf-8")
        study.steps().to_parquet(workshop / STEPS, index=False)
        write_report(study, workshop / REPORT)
        write_workbook(study.money, study.scenario.site.name, workshop / WORKBOOK)
        return [(workshop / name).replace(folder / name) for name in (RESULT, STEPS, REPORT, WORKBOOK)]
    finally:
        shutil.rmtree(workshop)
