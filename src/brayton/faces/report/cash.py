"""The money in the report: the years of the project and of each side of a contract, its measures, and the three statements."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from brayton.study.money.cashflow import Money
from brayton.study.money.document import conventions
from brayton.study.money.party import Party
from brayton.study.money.statements import OWNER, statement_ties, statements

FLOW_WORDS = {
    "electric": "electricity",
    "om": "O&M",
    "boiler_fuel": "boiler fuel",
    "machine_fuel": "fuel of machines",
    "investment": "investment",
}
"""Flows whose word in files is not the one for people."""


@dataclass(frozen=True)
class YearRow:
    """One year of a party [USD], positive to it: its flows in the order of the table's columns, and what follows from them."""

    year: int
    flows: tuple[float, ...]
    tax: float
    net: float
    cumulative: float
    present: float


@dataclass(frozen=True)
class CashTable:
    """The years of a party. columns: words of its flows. sums: of each column over the years, then of tax and net."""

    party: str
    columns: tuple[str, ...]
    rows: tuple[YearRow, ...]
    sums: tuple[float, ...]
    npv_usd: float


@dataclass(frozen=True)
class Measure:
    """A figure by which the project is judged, as a share or in its unit; None where there is none, with the reason."""

    name: str
    value: float | None
    unit: str
    decimals: int
    why_not: str = ""


@dataclass(frozen=True)
class StatementTable:
    """One statement of one owner [USD]: lines by name, one amount for each year."""

    party: str
    name: str
    years: tuple[str, ...]
    lines: Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class MoneySection:
    """tables: of the whole project, then of the sides of a contract. ties: how many sums the statements must keep;
    largest_residual_usd: what the worst of them leaves."""

    tables: tuple[CashTable, ...]
    measures: tuple[Measure, ...]
    statements: tuple[StatementTable, ...]
    ties: int
    largest_residual_usd: float
    conventions: tuple[str, ...]


def money_section(money: Money) -> MoneySection:
    """What the report says of the years."""
    found = [(party, statements(party)) for party in money.owners]
    ties = [tie for _, item in found for tie in statement_ties(item)]
    return MoneySection(
        tables=tuple(_cash_table(party) for party in (money.whole, *money.sides)),
        measures=tuple(_measures(money)),
        statements=tuple(
            StatementTable(party.name, name.replace("_", " "), statement.columns, statement.lines)
            for party, item in found
            for name, statement in item.by_name.items()
            if name != OWNER
        ),
        ties=len(ties),
        largest_residual_usd=max((abs(tie.residual_usd) for tie in ties), default=math.nan),
        conventions=tuple(sentence.replace("_usd", "").replace("_", " ") for sentence in conventions(money)),
    )


def flow_words(name: str) -> str:
    """The name of a flow for people."""
    return FLOW_WORDS.get(name, name.replace("_", " "))


def _cash_table(party: Party) -> CashTable:
    flows = party.without_names_of_nothing().flows
    net, tax, present = party.after_tax_usd, party.tax_usd, party.present_value_usd
    cumulative = np.cumsum(net)
    rows = [
        YearRow(
            year=int(year),
            flows=tuple(float(flow.usd[year]) for flow in flows),
            tax=-float(tax[year]),
            net=float(net[year]),
            cumulative=float(cumulative[year]),
            present=float(present[year]),
        )
        for year in party.year
    ]
    sums = (*(float(flow.usd.sum()) for flow in flows), -float(tax.sum()), float(net.sum()))
    return CashTable(party.name, tuple(flow_words(flow.name) for flow in flows), tuple(rows), sums, party.npv_usd)


def _measures(money: Money) -> list[Measure]:
    whole = money.whole
    told = whole.measures()
    years = "the investment does not come back"
    rows = [
        Measure("net present value", whole.npv_usd, "USD", 0),
        Measure("internal rate of return", None if whole.irr is None else 100.0 * whole.irr, "%", 1, told["irr_reason"] or ""),
        Measure("simple payback, before debt", whole.simple_payback_years, "years", 1, years),
        Measure("discounted payback, before debt", whole.discounted_payback_years, "years", 1, years),
        Measure("present value per dollar invested", told["profitability_index"], "", 2, "nothing is paid in year 0"),
        Measure("levelised cost of electricity", money.lcoe_usd_per_kwh, "USD/kWh", 4, "nothing is generated"),
        Measure("cost of saved CO₂", money.cost_of_saved_co2_usd_per_t, "USD/t", 0, "none is saved"),
    ]
    coverage = money.debt_service_coverage
    if coverage is not None and np.isfinite(coverage).any():
        rows.append(Measure("debt service covered, worst year", float(np.nanmin(coverage)), "times", 2))
    return rows
