"""Every line of the bills, added up over the year and month by month, before and after; and the items of upkeep."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from brayton.site.bill import BillLine
from brayton.site.gas_bill import GasLine
from brayton.site.tariff import MONTHS
from brayton.study.result import Run, StudyResult
from brayton.study.run import MACHINE_UPKEEP

Line = BillLine | GasLine
Key = tuple[str, str, str | None, int | None, str]

ITEM_WORDS = {
    "tou_demand": "demand in hours",
    "flat_demand": "demand of the month",
    "fixed": "fixed charge",
    "minimum": "up to the minimum bill",
    "export": "export",
    "carried_kwh": "kWh carried over",
    "carried_credit": "credit carried over",
    "commodity": "gas",
    "minimum_use": "up to the minimum use",
}
"""Items whose word in files is not the one for people."""

UNPRICED = ("energy", "export", "carried_kwh", "commodity")
"""Items that are shown at no price too, because they carry the energy."""


@dataclass(frozen=True)
class LineRow:
    """One line of a year: sums of both runs. rate: USD per unit; None where it changed over the year. A kW is summed over the
    months that billed it."""

    name: str
    unit: str
    rate: float | None
    quantity_before: float
    quantity_after: float
    amount_before_usd: float
    amount_after_usd: float


@dataclass(frozen=True)
class MonthLine:
    """A line of one month; `note` says how its quantity came about."""

    name: str
    quantity: float
    unit: str
    rate: float
    amount_usd: float
    note: str


@dataclass(frozen=True)
class MonthLines:
    """The lines of one month: without the project, and with it."""

    month: str
    before: tuple[MonthLine, ...]
    after: tuple[MonthLine, ...]


@dataclass(frozen=True)
class UpkeepRow:
    """One item of upkeep of a year, and how it comes about with the project."""

    name: str
    before_usd: float
    after_usd: float
    how: str


def line_rows(before: Sequence[Line], after: Sequence[Line]) -> list[LineRow]:
    """Both runs line by line, in the order of the bill; what no month of either run has a price for is left out."""
    keys = list(dict.fromkeys(_key(line) for line in (*before, *after)))
    charges = list(dict.fromkeys(key[:2] for key in keys))
    keys.sort(key=lambda key: charges.index(key[:2]))
    rows: list[LineRow] = []
    for key in keys:
        without, with_it = ([line for line in lines if _key(line) == key] for lines in (before, after))
        rates = {line.rate for line in (*without, *with_it)}
        if rates == {0.0} and key[1] not in UNPRICED:
            continue
        rows.append(
            LineRow(
                name=line_name((*without, *with_it)[0]),
                unit=key[-1],
                rate=rates.pop() if len(rates) == 1 else None,
                quantity_before=math.fsum(line.quantity for line in without),
                quantity_after=math.fsum(line.quantity for line in with_it),
                amount_before_usd=math.fsum(line.amount_usd for line in without),
                amount_after_usd=math.fsum(line.amount_usd for line in with_it),
            )
        )
    return rows


def _key(line: Line) -> Key:
    return (_meter(line), line.item, line.period, line.tier, line.unit)


def _meter(line: Line) -> str:
    return line.meter if isinstance(line, GasLine) else ""


def line_name(line: Line) -> str:
    """A line in words: the charge, its period and block, and the gas meter where the machines have one of their own."""
    word = ITEM_WORDS.get(line.item, line.item.replace("_", " "))
    parts = [word] if line.period in (None, word) else [word, str(line.period)]
    if line.tier is not None and line.tier > 1:
        parts.append(f"block {line.tier}")
    if _meter(line) == "machines":
        parts.append("meter of the machines")
    return ", ".join(parts)


def month_lines(before: Sequence[Line], after: Sequence[Line]) -> list[MonthLines]:
    """The same month by month, with each line's note."""
    return [MonthLines(name, _lines_of(before, month), _lines_of(after, month)) for month, name in enumerate(MONTHS, 1)]


def _lines_of(lines: Sequence[Line], month: int) -> tuple[MonthLine, ...]:
    return tuple(
        MonthLine(line_name(line), line.quantity, line.unit, line.rate, line.amount_usd, line.note)
        for line in lines
        if line.month == month and (line.rate or line.item in UNPRICED)
    )


def upkeep_rows(result: StudyResult) -> list[UpkeepRow]:
    """The machines' own upkeep, and that of the gas side."""
    table, year = result.scenario.machine[0], result.machine
    how = {MACHINE_UPKEEP: f"{year.generated_net_kwh:,.0f} kWh net at {table.om_usd_per_kwh:g} USD/kWh"}
    how |= _how(result.baseline) | _how(result.with_project)
    before, after = result.baseline.upkeep_usd, result.with_project.upkeep_usd
    return [UpkeepRow(name, before.get(name, 0.0), after.get(name, 0.0), how[name]) for name in dict.fromkeys((*before, *after))]


def _how(run: Run) -> dict[str, str]:
    return {} if run.own_gas is None else {item.name: item.how for item in run.own_gas.costs}
