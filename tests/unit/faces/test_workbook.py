"""The workbook computes: every formula is evaluated and held against the engine, before and after an input is changed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import range_boundaries

from brayton.core.records import parse_record
from brayton.faces.workbook import write_workbook
from brayton.faces.workbook.book import workbook
from brayton.study.money.cashflow import Money, whole_money
from brayton.study.money.measures import internal_rate_of_return, present_values
from brayton.study.money.project import Operation, Project, Saving
from brayton.study.money.statements import statements
from brayton.study.money.table import Finance

REFERENCE = re.compile(r"(?:'([^']+)'!)?(\$?[A-Z]{1,3}\$?\d+)(?::(\$?[A-Z]{1,3}\$?\d+))?")


def total(*values: Any) -> float:
    return float(sum(np.sum(value) for value in values))


def chosen(condition: bool, yes: Any, no: Any) -> Any:
    return yes if condition else no


FUNCTIONS = {
    "SUM": total,
    "MIN": lambda *values: min(float(np.min(value)) for value in values),
    "MAX": lambda *values: max(float(np.max(value)) for value in values),
    "IF": chosen,
    "INT": np.floor,
    "ROUND": round,
    "NPV": lambda rate, flows: float(present_values(np.concatenate(([0.0], flows)), rate).sum()),
    "IRR": internal_rate_of_return,
}


class Evaluator:
    """Values of a workbook's cells: numbers, references, + - * / ^, comparisons and the functions above."""

    def __init__(self, book: Workbook) -> None:
        self.book, self.known = book, {}

    def value(self, sheet: str, cell: str) -> Any:
        place = (sheet, cell.replace("$", ""))
        if place not in self.known:
            content = self.book[sheet][place[1]].value
            is_formula = isinstance(content, str) and content.startswith("=")
            self.known[place] = self._formula(sheet, content[1:]) if is_formula else 0.0 if content is None else content
        return self.known[place]

    def _formula(self, sheet: str, text: str) -> Any:
        def reference(found: re.Match[str]) -> str:
            where, first, last = found[1] or sheet, found[2], found[3]
            return f"value({where!r}, {first!r})" if last is None else f"span({where!r}, {first!r}, {last!r})"

        parts = re.split(r'("[^"]*")', text)
        code = "".join(part if part.startswith('"') else REFERENCE.sub(reference, part) for part in parts)
        code = re.sub(r"(?<![<>])=", "==", code).replace("^", "**")
        return eval(code, {"value": self.value, "span": self.span, **FUNCTIONS})

    def span(self, sheet: str, first: str, last: str) -> np.ndarray:
        left, top, right, bottom = range_boundaries(f"{first}:{last}")
        assert top == bottom
        return np.array(
            [self.value(sheet, self.book[sheet].cell(top, column).coordinate) for column in range(left, right + 1)], float
        )

    def line(self, sheet: str, label: str) -> np.ndarray:
        """The years of the first line of that label."""
        row = next(row for row in self.book[sheet].iter_rows() if row[0].value == label)
        return np.array([self.value(sheet, cell.coordinate) for cell in row[2:]], float)

    def figure(self, label: str) -> Any:
        row = next(row for row in self.book["Cash flow"].iter_rows() if row[0].value == label)
        return self.value("Cash flow", row[2].coordinate)

    def every(self) -> int:
        """Evaluates every cell; how many formulas there are."""
        count = 0
        for sheet in self.book:
            for cell in (cell for row in sheet.iter_rows() for cell in row):
                count += isinstance(cell.value, str) and cell.value.startswith("=")
                assert self.value(sheet.title, cell.coordinate) is not None
        return count

    def give(self, label: str, value: float) -> None:
        """Change an input."""
        row = next(row for row in self.book["Inputs"].iter_rows() if row[0].value == label)
        row[1].value = value
        self.known.clear()


PROJECT = Project(
    150_000.0,
    (
        Saving("electric", 60_000.0, 0.02, electric=True),
        Saving("boiler_fuel", 12_000.0, 0.01),
        Saving("machine_fuel", [-35_000.0 * 1.01**year for year in range(12)], None, degrades=False),
        Saving("om", -6_000.0, 0.0),
    ),
    Operation(generated_kwh=4e5, heat_kwh=6e5, run_hours=16_000.0, starts=100.0, units=2, rated_kw=60.0),
)
PLAIN = {"years": 12, "discount_rate": 0.08, "discount_rate_basis": "nominal"}
FULL = PLAIN | {
    "convention": "year1_escalated", "degradation": 0.005, "escalation_om": 0.02,
    "tax": {"federal_rate": 0.21, "state_rate": 0.06},
    "depreciation": {"method": "macrs", "years": 5, "bonus_fraction": 0.4, "state": {"method": "straight_line", "years": 7}},
    "debt": {"fraction": 0.5, "rate": 0.07, "years": 8}, "salvage": {"fraction": 0.05},
    "service": {"usd_per_year": 500.0, "usd_per_run_hour": 0.2, "usd_per_kwh": 0.001, "usd_per_start": 1.0, "first_year": 3,
                "covers": ["battery"]},
    "overhaul": [
        {"name": "core", "usd_per_unit": 15_000.0, "every_fired_hours": 40_000.0, "hours_per_start": 20.0,
         "treatment": "capitalise"},
        {"name": "battery", "usd_per_unit": 1500.0, "every_years": 2.0},
        {"name": "igniter", "usd_per_unit": 100.0, "every_starts": 120.0, "in_last_year": False},
    ],
    "incentives": {
        "itc_fraction": 0.1, "state_itc_fraction": 0.02, "state_itc_cap_usd": 1000.0,
        "capital": [
            {"name": "grant", "fraction": 0.1, "taxable": True, "reduces_basis": True},
            {"name": "rebate", "usd_per_kw": 200.0, "cap_usd": 9000.0, "taxable": False, "reduces_basis": False},
        ],
        "production": [
            {"name": "payment", "usd_per_kwh": 0.01, "years": 5, "escalation": 0.02, "taxable": True},
            {"name": "credit", "usd_per_kwh": 0.01, "years": 5, "kind": "federal_credit"},
        ],
    },
}  # fmt: skip
CARRIED = FULL | {
    "tax": {**FULL["tax"], "losses": "carry_forward", "loss_limit": 0.8},
    "debt": {"amount_usd": 60_000.0, "rate": 0.05, "years": 6, "repayment": "equal_principal", "interest_deductible": False},
    "salvage": {"usd": 7000.0},
}
CONTRACTS = {
    "agreement": {
        "purchase_agreement": {"electric_usd_per_kwh": 0.12, "heat_usd_per_kwh": 0.01, "escalation": 0.02, "minimum_take": 0.97}
    },
    "discount": {"purchase_agreement": {"discount": 0.15, "term_years": 9, "transfer_usd": 20_000.0}},
    "shared": {"shared_savings": {"owner_share": 0.8, "host_floor_usd": 4000.0, "term_years": 10}},
}
CASES = {"plain": PLAIN, "full": FULL, "carried": CARRIED} | {name: FULL | contract for name, contract in CONTRACTS.items()}


def money_of(finance: dict[str, Any], project: Project = PROJECT) -> Money:
    return whole_money(project, parse_record(Finance, finance))


def require_equal(cells: Evaluator, money: Money) -> None:
    """Every flow, tax, measure and statement of the workbook is the engine's; no tie leaves a cent."""
    whole = money.whole
    for flow in whole.flows:
        assert cells.line("Cash flow", flow.name.replace("_", " ")) == pytest.approx(flow.usd, abs=1e-6), flow.name
    assert cells.line("Cash flow", "tax, credits taken off") == pytest.approx(whole.tax_usd, abs=1e-6)
    assert cells.line("Cash flow", "after tax") == pytest.approx(whole.after_tax_usd, abs=1e-6)
    assert cells.line("Cash flow", "after tax before debt") == pytest.approx(whole.unlevered_usd, abs=1e-6)
    assert cells.figure("net present value") == pytest.approx(whole.npv_usd)
    assert cells.figure("internal rate of return") == pytest.approx(whole.irr)
    assert cells.figure("simple payback") == pytest.approx(whole.simple_payback_years)
    assert cells.figure("discounted payback") == pytest.approx(whole.discounted_payback_years)
    found = statements(whole).by_name
    for sheet, name, label, line in (
        ("Operations", "operations", "net income", "net_income"),
        ("Cash flows", "cash_flows", "cash at the end", "cash_end"),
        ("Balance sheet", "balance_sheet", "total assets", "total_assets"),
        ("Balance sheet", "balance_sheet", "debt due within a year", "current_debt"),
    ):
        expected = np.array(found[name].lines[line])
        assert cells.line(sheet, label)[-expected.size :] == pytest.approx(expected, abs=1e-6), line
    for party in money.sides:
        assert cells.line("Contract", f"{party.name}, before tax") == pytest.approx(party.before_tax_usd, abs=1e-6)
    for sheet in cells.book:
        for row in (row for row in sheet.iter_rows() if str(row[0].value).startswith("tie:")):
            assert not cells.line(sheet.title, row[0].value).any()


@pytest.mark.parametrize("case", CASES)
def test_every_cell_computes_what_the_engine_does(case):
    money = money_of(CASES[case])
    cells = Evaluator(workbook(money, "Test"))
    assert cells.every() > 400
    require_equal(cells, money)


def test_a_changed_input_changes_every_year():
    """Cells that a user would change: the workbook follows as the engine does."""
    cells = Evaluator(workbook(money_of(FULL), "Test"))
    changes = {
        "installed cost": 210_000.0, "federal tax rate": 0.35, "electric": 72_000.0, "electric: growth": 0.035,
        "nominal discount rate": 0.06, "fired hours, all machines": 12_000.0, "interest": 0.045, "core, each machine": 9000.0,
        "yearly loss of output": 0.01, "federal investment tax credit": 0.3, "per fired hour": 0.5,
    }  # fmt: skip
    for label, value in changes.items():
        cells.give(label, value)
    finance = FULL | {
        "tax": {"federal_rate": 0.35, "state_rate": 0.06}, "discount_rate": 0.06, "degradation": 0.01,
        "debt": {**FULL["debt"], "rate": 0.045}, "incentives": {**FULL["incentives"], "itc_fraction": 0.3},
        "service": {**FULL["service"], "usd_per_run_hour": 0.5},
        "overhaul": [{**FULL["overhaul"][0], "usd_per_unit": 9000.0}, *FULL["overhaul"][1:]],
    }  # fmt: skip
    savings = (Saving("electric", 72_000.0, 0.035, electric=True), *PROJECT.savings[1:])
    operation = Operation(generated_kwh=4e5, heat_kwh=6e5, run_hours=12_000.0, starts=100.0, units=2, rated_kw=60.0)
    require_equal(cells, money_of(finance, Project(210_000.0, savings, operation)))


def test_a_project_that_never_pays_says_none(tmp_path):
    poor = Project(1e6, (Saving("electric", 1000.0, 0.0), Saving("om", -2000.0, 0.0)))
    write_workbook(money_of(PLAIN, poor), "Poor", tmp_path / "poor.xlsx")
    cells = Evaluator(load_workbook(tmp_path / "poor.xlsx"))
    assert cells.figure("internal rate of return") == cells.figure("simple payback") == "none"


def test_a_name_is_never_a_formula(tmp_path):
    write_workbook(money_of(PLAIN), "=1+1", tmp_path / "named.xlsx")
    cell = load_workbook(tmp_path / "named.xlsx")["Inputs"]["A1"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_the_command_writes_the_workbook(tmp_path):
    path = tmp_path / "case.toml"
    path.write_text(
        "installed_cost_usd = 9.0\nsavings_usd = { electric = 3.0 }\n[finance]\nyears = 5\ndiscount_rate = 0.1\n"
        'discount_rate_basis = "nominal"\n'
    )
    done = run("cashflow", path, "--out", tmp_path / "new" / "money", "--json")
    assert done.returncode == 0, done.stderr
    assert [item.name for item in (tmp_path / "new" / "money").iterdir()] == ["cashflow.xlsx"]
    assert load_workbook(tmp_path / "new" / "money" / "cashflow.xlsx").sheetnames[:2] == ["Inputs", "Cash flow"]
    assert run("cashflow", path, "--out", path).returncode == 2


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "brayton", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)
