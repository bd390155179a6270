"""The report as one file: figures, tables and sentences put into the template."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path
from typing import Any

from brayton.faces.figures.numbers import MISSING
from brayton.faces.figures.page import render
from brayton.faces.report.assumptions import assumptions, source_rows
from brayton.faces.report.bill_lines import line_rows, month_lines, upkeep_rows
from brayton.faces.report.cash import flow_words, money_section
from brayton.faces.report.cooling import cooling_section
from brayton.faces.report.doubt import DoubtParts, band_rows, band_text, doubt_parts, doubt_section
from brayton.faces.report.economics import COST_TRIED, Economics
from brayton.faces.report.heat_levels import level_section
from brayton.faces.report.own_gas import gas_section
from brayton.faces.report.plots import emission_rows, report_plots
from brayton.faces.report.pool import pool_section
from brayton.faces.report.site_facts import site_facts
from brayton.faces.report.store_air import store_air_section
from brayton.faces.report.stores import store_section
from brayton.faces.report.tables import bill_rows, heat_rows
from brayton.study.result import StudyResult

TEMPLATES = Path(__file__).parent / "templates"

CONTENTS = (
    ("money", "What it saves and why"),
    ("doubt", "How sure this is"),
    ("notes", "Notes and warnings"),
    ("bill", "The bills, line by line"),
    ("pool", "The pool"),
    ("store_air", "The air of the store"),
    ("cooling", "Cooling"),
    ("own_gas", "Gas of the site's own"),
    ("energy", "Energy over the year"),
    ("stores", "Stores of heat and electricity"),
    ("operation", "Operation"),
    ("machine", "The machine at this site"),
    ("cash", "Cash flow"),
    ("carbon", "Emissions"),
    ("balances", "Balances"),
    ("assumptions", "Assumptions"),
    ("sources", "Sources"),
    ("made", "How this report was made"),
)
"""Sections in their order; the parts of a site stand only where it has them."""


def write_report(result: StudyResult, path: str | Path) -> None:
    """Write the report of a study to `path`: one HTML file that holds its figures and needs no network.

    Errors: OSError if the file cannot be written.
    """
    Path(path).write_text(report_html(result), encoding="utf-8")


def report_html(result: StudyResult, doubt: DoubtParts | None = None) -> str:
    """The report as text; the same result gives the same text. doubt: parts in place of those that the study found."""
    economics, scenario, machine = Economics(result), result.scenario, result.machine
    given = assumptions(scenario)
    sourced = [row for row in given if row.sourced]
    hours = result.axis.step_hours
    doubtful = doubt_section(doubt_parts(result) if doubt is None else doubt)
    parts = site_parts(economics) | {"doubt": doubtful}
    heat = heat_rows(result)
    before, after = result.baseline, result.with_project
    return render(
        "report.html.jinja",
        TEMPLATES,
        result=result,
        scenario=scenario,
        economics=economics,
        contents=[(name, title) for name, title in CONTENTS if parts.get(name, name) is not None],
        **parts,
        band=partial(band_text, {} if doubtful is None else doubtful.bands),
        band_rows=band_rows,
        facts=site_facts(result),
        levels=level_section(result),
        dispatch_words=type(scenario.dispatch).model_fields["method"].description,
        share_of_electricity=_share(
            machine.generated_net_kwh - after.export_kwh, float(result.electric_kw.sum()) * hours + machine.standby_kwh
        ),
        share_of_heat=_share(heat[-1].used + heat[-1].tank, heat[-1].load),
        share_of_recovered=_share(machine.heat_used_kwh, machine.heat_recovered_kwh),
        plots=report_plots(economics),
        bill_rows=bill_rows(result),
        bill_lines=line_rows(before.bill.lines, after.bill.lines),
        bill_months=month_lines(before.bill.lines, after.bill.lines),
        gas_lines=_gas(result, line_rows),
        gas_months=_gas(result, month_lines),
        upkeep=upkeep_rows(result),
        heat_rows=heat,
        money=money_section(result.money),
        flow_words=flow_words,
        cost_tried=COST_TRIED,
        is_taxed=scenario.finance.taxes.effective_rate > 0.0,
        has_finance=any((scenario.finance.depreciation, scenario.finance.incentives, scenario.finance.debt)),
        emissions_before=emission_rows(before),
        emissions_after=emission_rows(after),
        sourced=sourced,
        estimates=sum(row.source is not None and row.source.basis == "estimate" for row in sourced),
        without_source=sum(row.source is None for row in sourced),
        settings=[row for row in given if not row.sourced],
        sources=source_rows(result.sources),
        missing=MISSING,
    )


def site_parts(economics: Economics) -> dict[str, Any]:
    """What only some sites have, by the name of its section; None for what this one has not."""
    result = economics.result
    return {
        "pool": pool_section(result),
        "store_air": store_air_section(result),
        "cooling": cooling_section(result),
        "own_gas": gas_section(economics),
        "stores": store_section(result),
    }


def _gas(result: StudyResult, rows: Any) -> Any:
    """Rows of the gas bill; none where fuel has a plain price."""
    before, after = result.baseline.gas_bill, result.with_project.gas_bill
    return [] if before is None or after is None else rows(before.lines, after.lines)


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0.0 else math.nan
