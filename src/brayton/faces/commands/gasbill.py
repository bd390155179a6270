"""``brayton gasbill``: a year's gas bill of a fuel use under a gas tariff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from brayton.faces.commands.bill import tied
from brayton.faces.output import JsonFlag, print_json

if TYPE_CHECKING:
    from rich.table import Table

    from brayton.site.gas_bill import GasBill
    from brayton.site.gas_tariff import GasTariff

CHARGES = (
    "commodity_usd",
    "delivery_usd",
    "demand_usd",
    "riders_usd",
    "fixed_usd",
    "minimum_adder_usd",
    "taxes_usd",
)
"""Parts of a month; they add up to its total."""
WIDTH = 125
"""Characters that the tables need: in a narrower terminal a line breaks rather than lose its figures."""


def command(
    tariff: Annotated[Path, typer.Argument(help="Gas tariff (.toml).")],
    load: Annotated[Path, typer.Argument(help="CSV of the fuel use in kW on the HHV.")],
    column: Annotated[str | None, typer.Option(help="Column of the fuel use; may be left out if there is one.")] = None,
    machine_column: Annotated[str | None, typer.Option(help="Column of what the machines burn, if it is one of its own.")] = None,
    step_minutes: Annotated[int | None, typer.Option(help="Step of a file without a time column.")] = None,
    start: Annotated[str | None, typer.Option(help="First day of a file without time stamps, as 2018-01-01.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Bill a year of gas, line by line.

    Delivery blocks fill with the use of the month; demand is the highest day; taxes come last. The machines' fuel is billed on
    a meter of its own where the tariff has a cogeneration rate, and is added to the rest where it has none.

    Example: `brayton gasbill firm.toml store.csv --column boiler_kw --machine-column machines_kw --start 2018-01-01`
    """
    from brayton.site.gas_bill import gas_bill
    from brayton.site.gas_tariff_toml import read_gas_tariff
    from brayton.site.netload import read_net_load

    rate = read_gas_tariff(tariff)
    fuel, axis = read_net_load(load, column, start=start, step_minutes=step_minutes)
    machines = None
    if machine_column is not None:
        machines, _ = read_net_load(load, machine_column, start=start, step_minutes=step_minutes)
    result = gas_bill(rate, fuel, axis, machine_fuel_kw_hhv=machines)
    if as_json:
        print_json(
            {
                "tariff": rate.name,
                "utility": rate.utility,
                "calendar": {"year": axis.year, "step_minutes": axis.step_minutes},
                "annual_usd": result.annual_usd,
                "months": [asdict(month) for month in result.months],
                "lines": [{**asdict(line), "amount_usd": line.amount_usd} for line in result.lines],
                "notes": result.notes,
                "sources": [rate.source.as_dict()],
            }
        )
    else:
        _print_tables(rate, axis.year, result)


def _print_tables(rate: GasTariff, year: int, result: GasBill) -> None:
    from rich.console import Console

    console = Console(highlight=False, width=max(Console().width, WIDTH))
    console.print(f"[bold]{escape(rate.name)}[/bold], {escape(rate.utility)}, {year}")
    console.print(_month_table(result))
    console.print(_charge_table(result))
    for note in result.notes:
        console.print(f"note: {note}", style="yellow", markup=False)


def _table(*columns: str, words: int) -> Table:
    """An empty table whose first `words` columns hold words and the others figures."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for index, column in enumerate(columns):
        table.add_column(column, justify="left" if index < words else "right", no_wrap=True)
    return table


def _month_table(result: GasBill) -> Table:
    kinds = [name for name in CHARGES if any(getattr(month, name) for month in result.months)]
    heads = [name.removesuffix("_usd").removesuffix("_adder") for name in kinds]
    table = _table("month", *heads, "USD", "kWh HHV", "highest kWh/day", words=1)
    totals = tied([month.total_usd for month in result.months], result.annual_usd)
    sums = [0.0] * len(kinds)
    for month, total in zip(result.months, totals, strict=True):
        cells = tied([getattr(month, name) for name in kinds], total)
        sums = [sum_ + cell for sum_, cell in zip(sums, cells, strict=True)]
        energy = f"{month.energy_kwh_hhv:.0f}", f"{month.highest_day_kwh_hhv:.0f}"
        table.add_row(str(month.month), *_money(*cells, total), *energy)
    table.add_section()
    energy = sum(month.energy_kwh_hhv for month in result.months)
    highest = max(month.highest_day_kwh_hhv for month in result.months)
    table.add_row("year", *_money(*sums, result.annual_usd), f"{energy:.0f}", f"{highest:.0f}")
    return table


def _charge_table(result: GasBill) -> Table:
    """The lines of the year that cost or earn something, those of a charge summed over the months; charges of a kind together."""
    table = _table("meter", "charge", "period", "tier", "quantity", "unit", "USD/unit", "USD", words=4)
    sums: dict[tuple[str, str, str, str, str], tuple[float, float]] = {}
    kinds = list(dict.fromkeys(line.item for line in result.lines))
    for line in sorted(result.lines, key=lambda line: (line.meter != "main", kinds.index(line.item))):
        key = (line.meter, line.item.replace("_", " "), line.period or "", str(line.tier or ""), line.unit)
        quantity, amount = sums.get(key, (0.0, 0.0))
        sums[key] = quantity + line.quantity, amount + line.amount_usd
    shown = tied([amount for _, amount in sums.values()], result.annual_usd)
    for ((meter, item, period, tier, unit), (quantity, amount)), cell in zip(sums.items(), shown, strict=True):
        rate = f"{amount / quantity:.5g}" if quantity else ""
        if not cell:
            continue
        table.add_row(meter, item, escape(period), tier, f"{quantity:.1f}", unit, rate, *_money(cell))
    return table


def _money(*amounts: float) -> Sequence[str]:
    return [f"{amount + 0.0:.2f}" for amount in amounts]
