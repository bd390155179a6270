"""The bills in the report, line by line: sums of the year are those of the bill, and every line says how it came about."""

from __future__ import annotations

import math
import re

import pytest

from brayton.faces.report.bill_lines import line_name, line_rows, month_lines, upkeep_rows
from brayton.faces.report.document import report_html
from brayton.site.bill import BillLine
from brayton.site.gas_bill import GasLine
from brayton.study.result import StudyResult


def line(month: int, quantity: float, rate: float, **changes: object) -> BillLine:
    given = {"item": "energy", "period": "all hours", "tier": 1, "unit": "kWh", "note": ""} | changes
    return BillLine(month=month, quantity=quantity, rate=rate, **given)  # type: ignore[arg-type]


def test_lines_of_a_study_add_up_to_its_bills(study: StudyResult):
    before, after = study.baseline.bill, study.with_project.bill
    rows = line_rows(before.lines, after.lines)
    assert math.fsum(row.amount_before_usd for row in rows) == pytest.approx(before.annual_usd)
    assert math.fsum(row.amount_after_usd for row in rows) == pytest.approx(after.annual_usd)
    energy = next(row for row in rows if row.name == "energy, all hours")
    assert energy.quantity_before == pytest.approx(study.baseline.electricity_import_kwh)
    assert energy.rate == 0.03
    months = month_lines(before.lines, after.lines)
    assert [month.month for month in months][::11] == ["January", "December"]
    for month, bill in zip(months, after.months, strict=True):
        assert math.fsum(item.amount_usd for item in month.after) == pytest.approx(bill.total_usd)
    assert any("highest at" in item.note for item in months[0].after)


def test_a_rate_that_changes_is_said_to_vary_and_charges_stand_together():
    lines = [
        line(1, 10.0, 0.1), line(1, 1.0, 5.0, item="fixed", period="fixed charge", tier=None, unit="month"),
        line(2, 10.0, 0.2), line(2, 4.0, 0.3, period="peak"),
        line(2, 9.0, 0.0, item="flat_demand", period="no charge", unit="kW"),
        line(2, -5.0, 0.0, item="export", period="all hours"),
    ]  # fmt: skip
    rows = line_rows(lines, lines[:2])
    assert [row.name for row in rows] == ["energy, all hours", "energy, peak", "fixed charge", "export, all hours"]
    assert [row.rate for row in rows] == [None, 0.3, 5.0, 0.0]
    assert rows[0].amount_before_usd == pytest.approx(3.0)
    assert (rows[1].quantity_after, rows[1].amount_after_usd) == (0.0, 0.0)


def test_names_tell_block_and_meter():
    assert line_name(line(1, 1.0, 1.0, tier=2)) == "energy, all hours, block 2"
    gas = GasLine("machines", 1, "commodity", None, 1, 1.0, "therm", 0.5)
    assert line_name(gas) == "gas, meter of the machines"
    assert line_name(line(1, 1.0, 1.0, item="coincident_peak", period=None)) == "coincident peak"


def test_upkeep_is_itemised_with_its_reasons(landfill_study: StudyResult):
    rows = upkeep_rows(landfill_study)
    assert rows[0].name == "machines"
    assert {"siloxane media", "royalty on the gas", "service of the gas side"} <= {row.name for row in rows}
    assert math.fsum(row.after_usd for row in rows) == pytest.approx(landfill_study.with_project.om_usd)
    assert all(re.search(r"\d", row.how) for row in rows)
    assert "kWh net at 0.02 USD/kWh" in rows[0].how


def test_sums_and_exports_are_on_the_page(landfill_study: StudyResult):
    text = report_html(landfill_study)
    assert "export, on-peak" in text
    total = f"{landfill_study.with_project.bill.annual_usd:,.2f}".replace("-", "−")
    assert total in text
    assert "<summary>The electricity bill, line by line and month by month</summary>" in text
    assert "The gas bill" not in text
    assert "Fuel [USD]" not in text
