"""The money of a project as one JSON-ready document: years, measures, sides, and the conventions that they follow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from brayton.study.money.cashflow import Money
from brayton.study.money.party import Party
from brayton.study.money.statements import OWNER, statement_ties, statements
from brayton.study.money.ties import require_ties


def money_document(money: Money) -> dict[str, Any]:
    """Keys of `brayton cashflow --json`; `years` and the measures beside it are those of the project under one owner."""
    coverage = money.debt_service_coverage
    paid = [] if coverage is None else [float(value) for value in coverage if np.isfinite(value)]
    return {
        "years": money.whole.rows(),
        **money.whole.measures(),
        "nominal_discount_rate": money.whole.nominal_discount_rate,
        "effective_tax_rate": money.finance.taxes.effective_rate,
        "lcoe_usd_per_kwh": money.lcoe_usd_per_kwh,
        "cost_of_saved_co2_usd_per_t": money.cost_of_saved_co2_usd_per_t,
        "debt_service_coverage": {"lowest": min(paid), "mean": sum(paid) / len(paid)} if paid else None,
        "statements": {party.name: _statements(party) for party in money.owners},
        "sides": {side.name: {"years": side.rows(), **side.measures()} for side in money.sides},
        "conventions": list(conventions(money)),
        "notes": list(money_notes(money)),
    }


def _statements(party: Party) -> dict[str, Any]:
    """The three statements by line, and what their ties leave."""
    found = statements(party)
    ties = statement_ties(found)
    require_ties(ties)
    tables = {
        name: {"years": [int(column) for column in statement.columns], **statement.lines}
        for name, statement in found.by_name.items()
        if name != OWNER
    }
    return {**tables, "ties": len(ties), "largest_residual_usd": max(abs(tie.residual_usd) for tie in ties)}


def conventions(money: Money) -> Iterator[str]:
    """What a reader has to know to recompute the years."""
    finance = money.finance
    yield "items are positive to the owner; year 0 is the investment, each later year one year end"
    yield "after_tax_usd = sum of items - tax_usd; a negative tax is money saved on other income"
    if finance.convention == "year1_unescalated":
        yield "year 1 has the prices of the file; they first grow in year 2 (year1_unescalated)"
    else:
        yield "year 1 is one growth above the prices of the file, as in REopt (year1_escalated)"
    yield "savings are taxed as they cut deductible expenses; O&M, fuel, service, interest and depreciation are deducted"
    if finance.taxes.state_rate and finance.taxes.state_deductible:
        yield "state tax is deducted from income for federal tax: effective rate = state + federal (1 - state)"
    if finance.taxes.losses == "carry_forward":
        yield "losses and unused credits are carried forward"
    yield "investment tax credits are taken in year 1 and lie in tax_usd; they cut the basis of depreciation"
    yield "statements: straight line to zero over the study, taxes payable, no dividend, owners put in what a year falls short of"
    yield "net present value and rate of return are of after_tax_usd; paybacks of the flow after tax before debt"


def money_notes(money: Money) -> Iterator[str]:
    """What stays open, or deserves a second look."""
    for place, party in (("", money.whole), *((f"sides.{side.name}.", side) for side in money.sides)):
        yield from _reasons_of_null(place, party.measures())
    if money.lcoe_usd_per_kwh is None:
        yield "lcoe_usd_per_kwh is null: nothing is generated; operation.generated_kwh says how much"
    if money.cost_of_saved_co2_usd_per_t is None:
        yield "cost_of_saved_co2_usd_per_t is null: no CO2 is saved; operation.saved_co2_kg says how much"
    left = _left_in_basis(money.whole)
    if left > 0.005 and money.finance.salvage is None:
        yield f"{left:,.0f} USD are not yet deducted after the last year and are left out; [finance.salvage] would deduct them"
    if money.generated_kwh.any() and money.finance.degradation and money.project.operation.run_hours:
        yield "degradation lowers output and what is paid by the kWh, not fired hours and starts"


def _reasons_of_null(place: str, measures: Mapping[str, Any]) -> Iterator[str]:
    if measures["irr"] is None:
        yield f"{place}irr is null: {measures['irr_reason']}"
    for name in ("simple_payback_years", "discounted_payback_years"):
        if measures[name] is None:
            yield f"{place}{name} is null: the investment does not come back within the study"
    if measures["profitability_index"] is None:
        yield f"{place}profitability_index is null: nothing is paid in year 0"


def _left_in_basis(party: Party) -> float:
    vintages = [item for item in party.holdings.vintages if item.federal.method != "none"]
    return float(sum(item.basis_usd for item in vintages) - party.federal_depreciation_usd.sum()) if vintages else 0.0
