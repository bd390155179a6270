"""The report as one file: figures, tables and sentences put into the template."""

from __future__ import annotations

import math
from pathlib import Path

from brayton.faces.figures.numbers import MISSING
from brayton.faces.figures.page import render
from brayton.faces.report.assumptions import assumptions, source_rows
from brayton.faces.report.economics import Economics
from brayton.faces.report.plots import report_plots
from brayton.faces.report.tables import bill_rows, cash_rows, heat_rows
from brayton.study.result import StudyResult

TEMPLATES = Path(__file__).parent / "templates"


def write_report(result: StudyResult, path: str | Path) -> None:
    """Write the report of a study to `path`: one HTML file that holds its figures and needs no network.

    Errors: OSError if the file cannot be written.
    """
    Path(path).write_text(report_html(result), encoding="utf-8")


def report_html(result: StudyResult) -> str:
    """The report as text; the same result gives the same text."""
    economics, scenario, machine = Economics(result), result.scenario, result.machine
    given = assumptions(scenario)
    sourced = [row for row in given if row.sourced]
    hours = result.axis.step_hours
    return render(
        "report.html.jinja",
        TEMPLATES,
        result=result,
        scenario=scenario,
        economics=economics,
        dispatch_words=type(scenario.dispatch).model_fields["method"].description,
        share_of_electricity=_share(
            machine.generated_net_kwh - result.with_project.export_kwh, float(result.electric_kw.sum()) * hours
        ),
        share_of_heat=_share(machine.heat_used_kwh, float(result.heat_kw.sum()) * hours),
        share_of_recovered=_share(machine.heat_used_kwh, machine.heat_recovered_kwh),
        plots=report_plots(economics),
        bill_rows=bill_rows(result),
        heat_rows=heat_rows(result),
        cash_rows=cash_rows(result),
        sourced=sourced,
        estimates=sum(row.source is not None and row.source.basis == "estimate" for row in sourced),
        without_source=sum(row.source is None for row in sourced),
        settings=[row for row in given if not row.sourced],
        sources=source_rows(result.sources),
        missing=MISSING,
    )


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0.0 else math.nan
