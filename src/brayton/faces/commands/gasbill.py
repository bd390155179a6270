"""``brayton gasbill``: a year's gas bill of a fuel use under a gas tariff."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from brayton.faces.bill_tables import Column, charge_table, month_table, print_bill
from brayton.faces.output import JsonFlag, print_json

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
"""Characters that the tables need."""


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
        columns: tuple[Column, ...] = (
            ("kWh HHV", "energy_kwh_hhv", sum, ".0f"),
            ("highest kWh/day", "highest_day_kwh_hhv", max, ".0f"),
        )
        months = month_table(result.months, dict.fromkeys(CHARGES, 1), result.annual_usd, *columns)
        charges = charge_table(result.lines, result.annual_usd, meters=("main", "machines"))
        print_bill(rate.name, f"{rate.utility}, {axis.year}", (months, charges), result.notes, WIDTH)
