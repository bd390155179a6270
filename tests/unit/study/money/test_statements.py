"""Statements of a project tie, whatever its finance; and one of them by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from brayton.core.errors import SolveError
from brayton.study.money.statements import statement_ties, statements
from brayton.study.money.ties import Place, Statement, require_ties

EVERYTHING = {
    "tax": {"federal_rate": 0.21, "state_rate": 0.06},
    "escalation_electric": 0.02,
    "degradation": 0.005,
    "depreciation": {"method": "macrs", "years": 5, "bonus_fraction": 0.4},
    "incentives": {
        "itc_fraction": 0.1,
        "capital": [{"name": "rebate", "usd_per_kw": 200.0, "taxable": True, "reduces_basis": False}],
        "production": [{"name": "payment", "usd_per_kwh": 0.01, "years": 4, "taxable": True}],
    },
    "debt": {"fraction": 0.6, "rate": 0.07, "years": 5},
    "salvage": {"fraction": 0.05},
    "service": {"usd_per_year": 2000.0, "usd_per_run_hour": 0.1, "first_year": 2},
    "overhaul": [
        {"name": "core", "usd_per_unit": 12_000.0, "every_fired_hours": 30_000.0, "treatment": "capitalise"},
        {"name": "battery", "usd_per_unit": 1000.0, "every_years": 3.0},
    ],
}  # fmt: skip

PPA = {"purchase_agreement": {"electric_usd_per_kwh": 0.14, "heat_usd_per_kwh": 0.02, "escalation": 0.02}}
SHARED = {"shared_savings": {"owner_share": 0.8, "host_floor_usd": 5000.0, "term_years": 6, "transfer_usd": 20_000.0}}


def lines(found, statement):
    return {name: np.array(values) for name, values in found.by_name[statement].lines.items()}


def test_a_loan_and_straight_line_by_hand(money_of):
    """150,000 USD, half borrowed without interest over 5 years; 31,000 USD saved a year, tax 20 %, 10 years."""
    terms = {
        "tax_rate": 0.2,
        "depreciation": {"method": "straight_line", "years": 10},
        "debt": {"fraction": 0.5, "rate": 0.0, "years": 5},
    }
    found = statements(money_of(**terms).whole)
    assert lines(found, "operations")["net_income"] == pytest.approx(0.8 * (31_000.0 - 15_000.0))
    balance = lines(found, "balance_sheet")
    assert balance["contributed_capital"] == pytest.approx(75_000.0)
    assert balance["net_equipment"].tolist() == pytest.approx([150_000.0 - 15_000.0 * year for year in range(11)])
    assert balance["cash"][:3].tolist() == pytest.approx([0.0, 27_800.0 - 15_000.0, 2 * 12_800.0])
    assert balance["current_debt"].tolist() == pytest.approx([15_000.0] * 5 + [0.0] * 6)


@pytest.mark.parametrize("contract", [{}, PPA, SHARED])
@pytest.mark.parametrize("losses", ["other_income", "carry_forward"])
def test_every_year_ties(money_of, contract, losses):
    terms = EVERYTHING | {"tax": {**EVERYTHING["tax"], "losses": losses}} | contract
    money = money_of(**terms)
    assert len(money.owners) == (2 if "shared_savings" in contract else 1)
    for party in (money.whole, *money.owners):
        ties = statement_ties(statements(party))
        require_ties(ties)
        assert len(ties) > 200
        assert max(abs(tie.residual_usd) for tie in ties) < 1e-6


def test_what_is_sold_leaves_the_books(money_of):
    found = statements(money_of(**EVERYTHING).whole)
    balance = lines(found, "balance_sheet")
    assert balance["gross_equipment"][-1] == balance["accumulated_depreciation"][-1] == 0.0
    assert lines(found, "operations")["gain_on_disposal"][-1] == pytest.approx(0.05 * 150_000.0)


def test_cash_never_falls_below_zero(money_of):
    found = statements(money_of(debt={"fraction": 1.0, "rate": 0.1, "years": 3}).whole)
    assert lines(found, "balance_sheet")["cash"].min() >= 0.0
    assert lines(found, "cash_flows")["contributions"][1:4].min() > 0.0


def test_any_amount_that_is_moved_is_found(money_of):
    """Each amount of the three statements, moved by a dollar, breaks a tie."""
    found = statements(money_of(**EVERYTHING).whole)
    for name, statement in found.by_name.items():
        for line, values in statement.lines.items():
            for index in (1, 5, len(values) - 1):
                moved = (*values[:index], values[index] + 1.0, *values[index + 1 :])
                changed = {**found.by_name, name: Statement(statement.columns, {**statement.lines, line: moved})}
                broken = [tie for tie in statement_ties(replace(found, by_name=changed)) if not tie.holds]
                assert broken, Place(name, line, statement.columns[index])
                with pytest.raises(SolveError, match="do not tie"):
                    require_ties(broken)
