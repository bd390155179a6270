"""The lines of income tax: what is taxed by state and country, credits, and what becomes of a loss (`study.money.tax`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from brayton.faces.workbook.grid import Line, YearSheet, added
from brayton.study.money.party import Kind

Authority = Literal["federal", "state"]


@dataclass(frozen=True)
class FlowLine:
    """A line of money and what it is, as `party.Flow`."""

    name: str
    kind: Kind
    line: Line
    taxable: bool = True


@dataclass(frozen=True)
class TaxInputs:
    """What tax is formed from: the lines of money, depreciation by authority, and the references of the inputs.

    credits: formulas of year 1; per_kwh: lines of credits. basis: cell of the investment's basis; renewed: line of replacements.
    sold: authorities that deduct what is left of the basis in the last year, in which the machines are sold.
    """

    flows: Sequence[FlowLine]
    deductions: Mapping[Authority, Line]
    rates: Mapping[Authority, str]
    credits: Mapping[Authority, str]
    per_kwh: Mapping[Authority, Sequence[Line]]
    basis: str
    renewed: Line
    sold: frozenset[Authority]
    interest_deductible: str | None
    state_deductible: str
    loss_limit: str
    carries: bool


def write_tax(sheet: YearSheet, title: str, given: TaxInputs, *, with_interest: bool) -> Line:
    """Lines of both authorities; returns the sum of their taxes."""
    sheet.heading(title)
    income_lines = [flow.line for flow in given.flows if flow.kind == "disposal" or (flow.kind == "operating" and flow.taxable)]
    grants = [flow.line for flow in given.flows if flow.kind == "incentive" and flow.taxable]
    interest = [flow.line for flow in given.flows if flow.kind == "interest" and with_interest]

    def income(year: int) -> str:
        parts = [line[year] for line in income_lines]
        parts += [line[0] for line in grants if year == 1]
        parts += [f"{given.interest_deductible}*{line[year]}" for line in interest]
        return added(parts)

    common = sheet.line("income before depreciation", "USD", income)
    state = _authority(sheet, given, "state", common, None)
    federal = _authority(sheet, given, "federal", common, state)
    return sheet.line("tax, credits taken off", "USD", lambda year: f"={state[year]}+{federal[year]}", total=True)


def _authority(sheet: YearSheet, given: TaxInputs, authority: Authority, common: Line, state: Line | None) -> Line:
    """Income, credit and tax of one authority."""
    deducted = given.deductions[authority]

    def income(year: int) -> str:
        text = f"={common[year]}-{deducted[year]}"
        if year == sheet.years and authority in given.sold:
            text += f"-({given.basis}+SUM({given.renewed.span(1)})-SUM({deducted.span(1)}))"
        return text + (f"-{given.state_deductible}*{state[year]}" if state is not None else "")

    def credit(year: int) -> str:
        return added([*([given.credits[authority]] if year == 1 else []), *(line[year] for line in given.per_kwh[authority])])

    taxed = sheet.line(f"{authority} taxable income", "USD", income)
    credits = sheet.line(f"{authority} credits", "USD", credit)
    rate = given.rates[authority]
    if given.carries:
        return _carried(sheet, given.loss_limit, authority, taxed, credits, rate)
    return sheet.line(f"{authority} tax", "USD", lambda year: f"={rate}*{taxed[year]}-{credits[year]}")


def _carried(sheet: YearSheet, limit: str, authority: Authority, taxed: Line, credits: Line, rate: str) -> Line:
    """Tax with losses and credits carried forward."""
    offset, loss, due, unused = (Line(sheet.sheet.title, sheet.next_row + index, sheet.years) for index in range(4))

    def before(line: Line, year: int) -> str:
        return line[year - 1] if year else "0"

    sheet.line(f"{authority}: loss used", "USD", lambda year: f"=MIN({before(loss, year)},{limit}*MAX({taxed[year]},0))")
    sheet.line(
        f"{authority}: loss carried forward", "USD", lambda year: f"={before(loss, year)}-{offset[year]}+MAX(-{taxed[year]},0)"
    )
    sheet.line(f"{authority}: tax before credits", "USD", lambda year: f"={rate}*(MAX({taxed[year]},0)-{offset[year]})")
    sheet.line(
        f"{authority}: credit carried forward",
        "USD",
        lambda year: f"=MAX({before(unused, year)}+{credits[year]}-{due[year]},0)",
    )
    return sheet.line(
        f"{authority} tax",
        "USD",
        lambda year: f"={due[year]}-({before(unused, year)}+{credits[year]}-{unused[year]})",
    )
