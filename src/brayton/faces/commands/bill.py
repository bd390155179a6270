"""``brayton bill``: a year's electricity bill of a net load under a tariff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
from rich.markup import escape

from brayton.core.errors import Fault, InputError
from brayton.core.files import read_bytes
from brayton.faces.bill_tables import Column, charge_table, empty_table, in_cents, month_table, print_bill
from brayton.faces.output import JsonFlag, print_json

if TYPE_CHECKING:
    from rich.table import Table

    from brayton.site.bill import BillLine
    from brayton.site.tariff import Tariff
    from brayton.site.tariff_clock import Dst

CHARGES = {"energy_usd": 1, "demand_usd": 1, "fixed_usd": 1, "minimum_adder_usd": 1, "export_credit_usd": -1}
"""Parts of a month and the sign with which they enter its total."""
RATCHETED = "set by "
"""How the note of a line begins whose quantity is not the month's own."""
WIDTH = 100
"""Characters that the tables need."""


def command(
    tariff: Annotated[Path, typer.Argument(help="URDB record (.json) or Brayton tariff (.toml).")],
    load: Annotated[Path, typer.Argument(help="CSV of the net load in kW, import positive, export negative.")],
    column: Annotated[str | None, typer.Option(help="Column of the net load; may be left out if there is one.")] = None,
    step_minutes: Annotated[int | None, typer.Option(help="Step of a file without a time column.")] = None,
    start: Annotated[str | None, typer.Option(help="First day of a file without time stamps, as 2018-01-01.")] = None,
    dst: Annotated[str, typer.Option(help="Daylight saving that the tariff's clock keeps: none or us.")] = "none",
    supply_usd_per_kwh: Annotated[
        str | None, typer.Option(help="Supply price on top of a delivery-only rate: a number, or twelve with commas.")
    ] = None,
    fixed_charge_unit: Annotated[
        str | None, typer.Option(help="Unit of the fixed charge where a URDB record misprints it: $/day, $/month or $/year.")
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option(help="Charge of a URDB record to leave out of the bill: lookback, reactive, coincident.")
    ] = None,
    demand_unit: Annotated[str | None, typer.Option(help="Unit of demand where a URDB record contradicts itself.")] = None,
    demand_per_day: Annotated[
        str, typer.Option(help="What a URDB price per kW and day is billed on: month (its peak, times its days) or each_day.")
    ] = "month",
    lookback_months: Annotated[
        int | None, typer.Option(help="Months before the billed one that a URDB look-back sees, where the record does not say.")
    ] = None,
    ratchet_peak: Annotated[
        str,
        typer.Option(help="What a URDB look-back bills a time-of-use period on: month (as SAM), period (as REopt) or within."),
    ] = "month",
    coincident: Annotated[
        str | None, typer.Option(help="highest: bill a URDB coincident charge on the highest demand within its hours.")
    ] = None,
    export: Annotated[
        str | None,
        typer.Option(
            help="How a URDB rate meters exports: net_billing, net_billing_carryover, net_metering, net_metering_credits, "
            "buy_all_sell_all."
        ),
    ] = None,
    holidays: Annotated[
        str | None, typer.Option(help="Holidays that a URDB rate bills as weekends: us_utility or us_federal.")
    ] = None,
    generation: Annotated[
        str | None, typer.Option(help="Column of the generation in kW, for buy_all_sell_all; the load stays net of it.")
    ] = None,
    power_factor: Annotated[
        float | None, typer.Option(help="Power factor of the imports, for reactive charges and demand in kVA.")
    ] = None,
    reactive: Annotated[
        str | None, typer.Option(help="Column of the reactive power in kvar, in place of a power factor.")
    ] = None,
    previous_peaks_kw: Annotated[
        str | None, typer.Option(help="Twelve monthly peaks of the year before, with commas; this year's if left out.")
    ] = None,
    import_prices: Annotated[
        Path | None, typer.Option(help="CSV of real-time or day-ahead prices in USD/kWh, in place of the energy prices.")
    ] = None,
    export_prices: Annotated[Path | None, typer.Option(help="CSV of prices in USD/kWh that exports earn.")] = None,
    prices_added: Annotated[bool, typer.Option("--prices-added", help="Prices of a CSV come on top of the tariff's.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Bill a year of net load, line by line.

    Energy fills its tiers in the order of time, month by month; exports earn the tariff's sell price, or nothing. The step and
    the calendar come from the time column or from the options. What the tariff charges and the bill cannot is an error.

    Example: `brayton bill LIPA_281.json store.csv --column electric_kw --start 2018-01-01 --supply-usd-per-kwh 0.09`
    """
    from brayton.site.bill import bill
    from brayton.site.netload import read_net_load
    from brayton.site.series import read_series
    from brayton.site.tariff import with_supply

    rate = _read_tariff(
        tariff,
        {
            "fixed_charge_unit": fixed_charge_unit,
            "ignore": frozenset(ignore) if ignore else None,
            "demand_unit": demand_unit,
            "demand_per_day": None if demand_per_day == "month" else demand_per_day,
            "lookback_months": lookback_months,
            "ratchet_peak": None if ratchet_peak == "month" else ratchet_peak,
            "coincident": coincident,
            "export": export,
            "holidays": holidays,
        },
    )
    rate = _with_prices(rate, import_prices, export_prices, added=prices_added)
    if supply_usd_per_kwh is not None:
        rate = with_supply(rate, _numbers("--supply-usd-per-kwh", supply_usd_per_kwh, "USD/kWh as 0.09"))
    net_load_kw, axis = read_net_load(load, column, start=start, step_minutes=step_minutes)
    generation_kw = None
    if generation is not None:
        generation_kw, _ = read_net_load(load, generation, start=start, step_minutes=step_minutes)
    reactive_kvar = None if reactive is None else read_series(load, reactive).values
    peaks = None if previous_peaks_kw is None else _numbers("--previous-peaks-kw", previous_peaks_kw, "twelve figures in kW")
    result = bill(
        rate,
        net_load_kw,
        axis,
        dst=cast("Dst", dst),
        generation_kw=generation_kw,
        power_factor=power_factor,
        reactive_kvar=reactive_kvar,
        previous_peaks_kw=peaks,
    )
    if as_json:
        print_json(
            {
                "tariff": rate.name,
                "utility": rate.utility,
                "calendar": {"year": axis.year, "step_minutes": axis.step_minutes, "dst": dst},
                "annual_usd": result.annual_usd,
                "months": [asdict(month) for month in result.months],
                "lines": [{**asdict(line), "amount_usd": line.amount_usd} for line in result.lines],
                "notes": result.notes,
                "sources": [rate.source.as_dict()],
            }
        )
    else:
        columns: tuple[Column, ...] = (("peak kW", "peak_kw", max, ".1f"), ("import kWh", "energy_kwh", sum, ".0f"))
        tables = [month_table(result.months, CHARGES, result.annual_usd, *columns), charge_table(result.lines, result.annual_usd)]
        raised = [line for line in result.lines if line.note.startswith(RATCHETED)]
        if raised:
            tables.append(_ratchet_table(raised))
        print_bill(rate.name, f"{rate.utility}, {axis.year}", tables, result.notes, WIDTH)


def _read_tariff(path: Path, choices: Mapping[str, Any]) -> Tariff:
    """choices: what the caller decides about a URDB record, by the names of `UrdbOverrides`; None where he decides nothing."""
    made = {name: value for name, value in choices.items() if value is not None}
    if path.suffix.lower() == ".toml":
        if made:
            names = ", ".join(f"--{name.replace('_', '-')}" for name in made)
            rule = f"{names}: such options correct URDB records"
            raise InputError(Fault("tariff", str(path), rule, "Edit the TOML: it is your own.", str(path)))
        from brayton.site.tariff_toml import read_tariff_toml

        return read_tariff_toml(path)
    if path.suffix.lower() == ".json":
        from brayton.site.urdb import UrdbOverrides, read_urdb

        return read_urdb(path, UrdbOverrides(**made))
    read_bytes(path)  # a file that does not exist, or is a folder, is told before its suffix
    raise InputError(Fault("tariff", str(path), "is neither .json nor .toml", "Name the format by the suffix.", str(path)))


def _with_prices(rate: Tariff, import_prices: Path | None, export_prices: Path | None, *, added: bool) -> Tariff:
    """The tariff with series of prices from files; InputError where it has its own, or where nothing is to be added."""
    from brayton.site.price_series import read_price_series

    for name, path in (("import_prices", import_prices), ("export_prices", export_prices)):
        if path is None:
            continue
        if getattr(rate, name) is not None:
            raise InputError(
                Fault(f"--{name.replace('_', '-')}", str(path), "the tariff has such prices", "Drop one of the two.")
            )
        changes: dict[str, Any] = {name: read_price_series(path, added=added)}
        rate = replace(rate, **changes)
    if added and import_prices is None and export_prices is None:
        raise InputError(Fault("--prices-added", True, "there are no prices", "Give --import-prices or --export-prices."))
    return rate


def _numbers(option: str, text: str, meant: str) -> float | list[float]:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        remedy = f"Give {meant}, or twelve with commas." if "twelve" not in meant else f"Give {meant}, with commas."
        raise InputError(Fault(option, text, "is not a number or twelve", remedy)) from None
    return numbers[0] if len(numbers) == 1 else numbers


def _ratchet_table(lines: Sequence[BillLine]) -> Table:
    """The lines of demand that an earlier peak, or a least demand, has set."""
    table = empty_table("month", "charge", "period", "quantity", "USD", "why", words=3)
    table.columns[-1].justify, table.columns[-1].no_wrap = "left", False
    for line in lines:
        words = (str(line.month), line.item.replace("_", " "), escape(line.period or ""))
        figures = (f"{line.quantity:.1f} {line.unit}", *in_cents(line.amount_usd))
        table.add_row(*words, *figures, line.note.removeprefix(RATCHETED))
    return table
