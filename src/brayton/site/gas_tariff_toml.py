"""A gas tariff in TOML.

```toml
schema = 1
name = "General service, firm"
utility = "Example Gas"
unit = "therm"                       # of the prices and blocks below: therm, MMBtu, Dth, kWh, GJ, Mcf, ccf, m3; all on the HHV
heat_content_mmbtu_hhv_per_mcf = 1.037   # at which volumes are billed, where a unit is one; or heat_content_kwh_hhv_per_m3
fixed_usd_per_day = 2.5              # and, or, _per_month, _per_year
minimum_usd_per_month = 100.0        # and, or, _per_day, _per_year
minimum_counts = "delivery"          # held against all but commodity and riders; "all" if left out
smallest_per_year = 40000.0          # use of the customers that it is for, in its unit
source = { title = "Tariff book, sheet 12", date = "2024-01-01", basis = "primary" }

[commodity]                          # left out: delivery only
usd_per_unit = 0.05                  # the whole price, or what is added to the index: a number, or twelve
unit = "MMBtu"                       # each table may have a unit of its own

[commodity.index]                    # paid on use / (1 - retention)
name = "Henry Hub 2003"
usd_per_mmbtu_hhv = [5.43, 7.71, 5.93, 5.26, 5.81, 5.82, 5.03, 4.99, 4.62, 4.63, 4.47, 6.13]
                                     # or csv = "henry_hub.csv" (columns month as 2003-01, and a price), year = 2003
basis_usd_per_mmbtu_hhv = 0.40       # from the index's place to the receipt point: a number, or twelve
retention = 0.015                    # fraction that the pipeline keeps as fuel and shrinkage

[[delivery]]                         # read from the top: the first season that fits a month applies; each month needs one
name = "winter"
months = [11, 12, 1, 2, 3]           # all if left out
blocks = [ { up_to = 500, usd_per_unit = 0.30 }, { usd_per_unit = 0.20 } ]   # use of the month

[[delivery]]
name = "summer"
usd_per_unit = 0.18

[demand]                             # on the highest day of the month, or the contract
name = "MDQ"
usd_per_unit_day = 0.60              # per month: a number, or twelve
contract_per_day = 400.0             # billed at least; what exceeds it at overrun_usd_per_unit_day
overrun_usd_per_unit_day = 1.5
ratchet = 0.8                        # of the highest day of the months before
look_back_months = 11
ratchet_months = [12, 1, 2]          # whose highest days count for the ratchet; all if left out

[[rider]]
name = "balancing"
usd_per_unit = 0.01                  # a number, or twelve

[[minimum_use]]
per = "year"                         # or "month"
units = 40000.0
usd_per_unit = 0.1                   # for what is missing

[[tax]]
name = "state sales tax"
fraction = 0.05
on = ["commodity", "delivery"]       # all items if left out

[cogeneration]                       # the machines' own meter; commodity, riders and taxes as above
name = "distributed generation"
delivery_discount = 0.25             # fraction off every block above; or [[cogeneration.delivery]] of its own
fixed_usd_per_month = 45.0
taxed = false                        # true if left out
```
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from brayton.core.errors import Fault, Faults, InputError
from brayton.core.records import Record, SourceTable, key, parse_record, read_toml
from brayton.core.units import KWH_PER_MMBTU
from brayton.site.gas_index import read_monthly_index
from brayton.site.gas_tariff import (
    M3_PER_MCF,
    TAXABLE,
    VOLUMES,
    GasBlock,
    GasCommodity,
    GasDelivery,
    GasDemand,
    GasIndex,
    GasItem,
    GasRider,
    GasSeason,
    GasTariff,
    GasTax,
    GasUnit,
    MinimumUse,
)
from brayton.site.record_keys import Twelve, price
from brayton.site.schedule import MONTHS
from brayton.site.tariff import RecurringCharge, recurring_charges


class _BlockTable(Record):
    usd_per_unit: float = price("price within the block", "USD per unit")
    up_to: float | None = key("end of the block; none for the last", "units per month", None, gt=0)


class _SeasonTable(Record):
    name: str = key("name of the season, as the lines of the bill show it", min_length=1)
    months: tuple[int, ...] = key("months in which it applies, 1 to 12; all if left out", "", tuple(range(1, 13)), min_length=1)
    usd_per_unit: float | None = price("price; or `blocks`", "USD per unit", None)
    blocks: tuple[_BlockTable, ...] = key("blocks of the month's use in ascending order, the last without an end", "", ())
    unit: GasUnit | None = key("unit of price and blocks; the tariff's if left out", "", None)


class _IndexTable(Record):
    name: str = key("name and year of the index", min_length=1)
    usd_per_mmbtu_hhv: Twelve | None = key("index price, a number or twelve; or `csv`", "USD/MMBtu HHV", None)
    csv: str | None = key("file with a column `month` (2003-01) and one of prices", "path", None, min_length=1)
    column: str | None = key("column of the prices; may be left out if there is one", "", None)
    year: int | None = key("year of the file whose months apply", "year", None)
    basis_usd_per_mmbtu_hhv: Twelve = key("from the index's place to the receipt point", "USD/MMBtu HHV", (0.0,) * 12)
    retention: float = key("share that the pipeline keeps as fuel and shrinkage", "-", 0.0, ge=0, lt=0.5)


class _CommodityTable(Record):
    usd_per_unit: Twelve = key("price, or what is added to the index; a number or twelve", "USD per unit", (0.0,) * 12)
    unit: GasUnit | None = key("unit of the price; the tariff's if left out", "", None)
    index: _IndexTable | None = key("index that the price follows", "", None)


class _GasDemandTable(Record):
    name: str = key("name of the charge", "", "MDQ", min_length=1)
    usd_per_unit_day: Twelve = key("price per month of a unit per day, a number or twelve", "USD per unit/day")
    unit: GasUnit | None = key("unit of the demand; the tariff's if left out", "", None)
    contract_per_day: float | None = key("contract for the highest day, billed at least", "units per day", None, gt=0)
    overrun_usd_per_unit_day: float | None = price("price of what exceeds the contract", "USD per unit/day", None)
    ratchet: float = key("share of the highest day before that is billed at least", "-", 0.0, ge=0, le=1)
    look_back_months: int = key("months that the ratchet looks back", "months", 11, ge=1, le=11)
    ratchet_months: tuple[int, ...] = key(
        "months whose highest days count for the ratchet", "", tuple(range(1, 13)), min_length=1
    )


class _RiderTable(Record):
    name: str = key("name of the rider", min_length=1)
    usd_per_unit: Twelve = key("price, a number or twelve; negative for a credit", "USD per unit")
    unit: GasUnit | None = key("unit of the price; the tariff's if left out", "", None)


class _MinimumUseTable(Record):
    per: Literal["month", "year"] = key("time over which the least use is counted")
    units: float = key("least use", "units", gt=0)
    usd_per_unit: float = price("price of what is missing", "USD per unit")
    unit: GasUnit | None = key("unit of use and price; the tariff's if left out", "", None)


class _TaxTable(Record):
    name: str = key("name of the tax", min_length=1)
    fraction: float = key("share of what is taxed", "-", ge=0, le=0.5)
    on: tuple[GasItem, ...] = key("items that are taxed; all if left out", "", TAXABLE, min_length=1)


class _FixedTable(Record):
    fixed_usd_per_day: float = price("fixed charge per calendar day", "USD/day", 0.0)
    fixed_usd_per_month: float = price("fixed charge per month", "USD/month", 0.0)
    fixed_usd_per_year: float = price("fixed charge per year, billed in twelfths", "USD/year", 0.0)


class _CogenerationTable(_FixedTable):
    name: str = key("name of the rate for the machines' meter", min_length=1)
    delivery_discount: float | None = key("fraction off every delivery block of the tariff", "-", None, ge=0, le=1)
    delivery: tuple[_SeasonTable, ...] = key("delivery of its own, in place of a discount", "", ())
    demand: _GasDemandTable | None = key("demand charge of its meter; none if left out", "", None)
    taxed: bool = key("whether the tariff's taxes apply", "", True)
    notes: tuple[str, ...] = key("what a reader of the bill has to know", "", ())


class GasTariffTable(_FixedTable):
    """A gas tariff file; the keys are shown in the example at the top of this module."""

    schema_version: Literal[1] = Field(1, alias="schema", description="version of this format, 1")
    name: str = key("name of the rate", min_length=1)
    utility: str = key("who serves it", "", "")
    source: SourceTable = key("where the figures come from")
    notes: tuple[str, ...] = key("what a reader of the bill has to know", "", ())
    unit: GasUnit = key("unit of prices, blocks and demand, on the HHV")
    heat_content_mmbtu_hhv_per_mcf: float | None = key("at which volumes are billed", "MMBtu HHV/Mcf", None, gt=0)
    heat_content_kwh_hhv_per_m3: float | None = key("the same", "kWh HHV/m3", None, gt=0)
    minimum_usd_per_day: float = price("least that a month comes to, per calendar day", "USD/day", 0.0)
    minimum_usd_per_month: float = price("least that a month comes to", "USD/month", 0.0)
    minimum_usd_per_year: float = price("least that a year comes to", "USD/year", 0.0)
    minimum_counts: Literal["all", "delivery"] = key("what a minimum is held against: all, or all but gas and riders", "", "all")
    smallest_per_year: float = key("least use of the customers that it is for", "units per year", 0.0, ge=0)
    largest_per_year: float | None = key("greatest use of the customers that it is for", "units per year", None, gt=0)
    commodity: _CommodityTable | None = key("the gas itself", "", None)
    delivery: tuple[_SeasonTable, ...] = key("seasons of delivery; the first that fits a month applies", "", ())
    demand: _GasDemandTable | None = key("charge on the highest day", "", None)
    rider: tuple[_RiderTable, ...] = key("charges and credits per unit", "", ())
    minimum_use: tuple[_MinimumUseTable, ...] = key("least use that is paid for", "", ())
    tax: tuple[_TaxTable, ...] = key("taxes on what the lines come to", "", ())
    cogeneration: _CogenerationTable | None = key("the machines' own meter", "", None)


def read_gas_tariff(path: str | Path) -> GasTariff:
    """Read a gas tariff. Errors: InputError with all faults: unknown keys with the nearest names, wrong types, months without
    delivery, blocks out of order, a volume without its heat content, an index that has not the year's months, prices in cents."""
    return gas_tariff_from_table(read_toml(path), file=str(path))


def gas_tariff_from_table(document: Mapping[str, Any], *, file: str | None = None) -> GasTariff:
    """The gas tariff of a parsed TOML table, as in a file or inline in a scenario; errors as `read_gas_tariff`.

    file: names the faults; paths in the table are relative to its folder.
    """
    table = parse_record(GasTariffTable, document, file)
    folder = Path(file).parent if file is not None else Path()
    with Faults(file=file) as faults:
        heat_content = faults.attempt(lambda: _heat_content(table))
        commodity = faults.attempt(lambda: _commodity(table, folder))
        delivery = faults.attempt(lambda: _delivery(table.delivery, table.unit))
        demand = faults.attempt(lambda: _demand(table.demand, table.unit))
        if table.largest_per_year is not None and table.largest_per_year < table.smallest_per_year:
            rule = f"is less than smallest_per_year, {table.smallest_per_year:g}"
            faults.add("largest_per_year", table.largest_per_year, rule, "Correct one of the two.")
    tariff = faults.attempt(
        lambda: GasTariff(
            name=table.name,
            source=table.source.cite(),
            utility=table.utility,
            commodity=commodity,
            delivery=delivery,
            demand=demand,
            riders=tuple(GasRider(rider.name, rider.usd_per_unit, rider.unit or table.unit) for rider in table.rider),
            fixed=_fixed("customer charge", table),
            minimum_use=tuple(
                MinimumUse(least.per, least.units, least.usd_per_unit, least.unit or table.unit) for least in table.minimum_use
            ),
            minimum=recurring_charges(
                "minimum bill", table.minimum_usd_per_day, table.minimum_usd_per_month, table.minimum_usd_per_year
            ),
            minimum_counts=table.minimum_counts,
            taxes=tuple(GasTax(tax.name, tax.fraction, tax.on) for tax in table.tax),
            heat_content_kwh_hhv_per_m3=heat_content,
            notes=table.notes,
        )
    )
    faults.raise_if_any()
    assert tariff is not None, "without it there are faults, which are raised by now"
    with Faults(file=file) as faults:
        meter = faults.attempt(lambda: _cogeneration(table, tariff))
    per_unit = tariff.kwh_hhv_per(table.unit)
    largest = math.inf if table.largest_per_year is None else table.largest_per_year * per_unit
    return replace(tariff, eligible_kwh_hhv_per_year=(table.smallest_per_year * per_unit, largest), cogeneration=meter)


def _fixed(name: str, table: _FixedTable) -> tuple[RecurringCharge, ...]:
    return recurring_charges(name, table.fixed_usd_per_day, table.fixed_usd_per_month, table.fixed_usd_per_year)


def _heat_content(table: GasTariffTable) -> float | None:
    """kWh HHV per m3, whichever way it is given."""
    per_mcf, per_m3 = table.heat_content_mmbtu_hhv_per_mcf, table.heat_content_kwh_hhv_per_m3
    if per_mcf is not None and per_m3 is not None:
        fault = Fault("heat_content", f"{per_mcf:g} MMBtu/Mcf and {per_m3:g} kWh/m3", "is given twice", "Give one of the two.")
        raise InputError(fault)
    if per_mcf is not None:
        return per_mcf * KWH_PER_MMBTU / M3_PER_MCF
    if per_m3 is None and table.unit in VOLUMES:
        rule = "is a volume, and how much energy it holds is never assumed"
        remedy = "Give heat_content_mmbtu_hhv_per_mcf or heat_content_kwh_hhv_per_m3, as the utility bills."
        raise InputError(Fault("unit", table.unit, rule, remedy))
    return per_m3


def _commodity(table: GasTariffTable, folder: Path) -> GasCommodity | None:
    commodity = table.commodity
    if commodity is None:
        return None
    if commodity.index is None and not any(commodity.usd_per_unit):
        raise InputError(Fault("commodity", "no price", "has neither usd_per_unit nor an index", "Give one, or drop the table."))
    index = None if commodity.index is None else _index(commodity.index, folder)
    return GasCommodity(commodity.usd_per_unit, commodity.unit or table.unit, index)


def _index(table: _IndexTable, folder: Path) -> GasIndex:
    path = "commodity.index"
    if (table.usd_per_mmbtu_hhv is None) == (table.csv is None):
        found = "neither" if table.csv is None else "usd_per_mmbtu_hhv and csv"
        raise InputError(Fault(path, found, "must have usd_per_mmbtu_hhv or csv", "Give one of the two."))
    if (table.csv is None) != (table.year is None) or (table.csv is None and table.column is not None):
        rule = "the year, and the column, belong to a csv, whose year is never assumed"
        raise InputError(Fault(f"{path}.year", table.year, rule, "Give csv with year, or drop year and column."))
    prices = table.usd_per_mmbtu_hhv
    if table.csv is not None and table.year is not None:
        prices = read_monthly_index(folder / table.csv, table.year, table.column)
    assert prices is not None, "one of the two is there"
    return GasIndex(table.name, prices, table.basis_usd_per_mmbtu_hhv, table.retention)


def _delivery(tables: Sequence[_SeasonTable], unit: GasUnit, path: str = "delivery") -> GasDelivery | None:
    if not tables:
        return None
    units: set[GasUnit] = {season.unit or unit for season in tables}
    with Faults() as faults:
        if len(units) > 1:
            faults.add(path, ", ".join(sorted(units)), "has seasons of different units", "Use one unit for all seasons.")
        names = [season.name for season in tables]
        for name in sorted({name for name in names if names.count(name) > 1}):
            faults.add(f"{path}.name", name, "names two seasons", "Give each a name of its own: the bill shows it.")
        for season in tables:
            _check_months(f"{path} season {season.name}, months", season.months, faults)
        months = [next((i for i, season in enumerate(tables) if month in season.months), -1) for month in range(1, 13)]
        bare = [MONTHS[month - 1] for month, number in enumerate(months, 1) if number < 0]
        if bare:
            remedy = "Add a last season without months: it takes all that is left. Write a free month as usd_per_unit = 0.0."
            faults.add(path, ", ".join(bare), "no season applies in these months", remedy)
        for number, season in enumerate(tables):
            if number not in months:
                rule = "never applies: seasons above it take all its months"
                faults.add(f"{path} season {season.name}", list(season.months), rule, "Put narrower seasons first, or drop it.")
        seasons = [faults.attempt(lambda season=season: _season(path, season)) for season in tables]
    return GasDelivery(tuple(season for season in seasons if season), tuple(months), units.pop())


def _season(path: str, table: _SeasonTable) -> GasSeason:
    if (table.usd_per_unit is None) == (not table.blocks):
        found = "usd_per_unit and blocks" if table.blocks else "neither"
        rule = "must have usd_per_unit or blocks"
        raise InputError(Fault(f"{path} season {table.name}", found, rule, "Give one of the two."))
    if table.usd_per_unit is not None:
        return GasSeason(table.name, (GasBlock(table.usd_per_unit),))
    return GasSeason(table.name, tuple(GasBlock(block.usd_per_unit, block.up_to or math.inf) for block in table.blocks))


def _check_months(path: str, months: tuple[int, ...], faults: Faults) -> None:
    if not all(1 <= month <= 12 for month in months):
        faults.add(path, list(months), "must lie in 1..12", "January is 1.")


def _demand(table: _GasDemandTable | None, unit: GasUnit) -> GasDemand | None:
    if table is None:
        return None
    with Faults() as faults:
        _check_months("demand.ratchet_months", table.ratchet_months, faults)
    return GasDemand(
        table.name,
        table.usd_per_unit_day,
        table.unit or unit,
        table.contract_per_day,
        table.overrun_usd_per_unit_day,
        table.ratchet,
        table.look_back_months,
        tuple(month - 1 for month in table.ratchet_months),
    )


def _cogeneration(table: GasTariffTable, tariff: GasTariff) -> GasTariff | None:
    """The tariff of the machines' meter: commodity, riders and taxes of the main one, delivery of its own or at a discount."""
    meter = table.cogeneration
    if meter is None:
        return None
    if (meter.delivery_discount is None) == (not meter.delivery):
        found = "delivery_discount and delivery" if meter.delivery else "neither"
        rule = "must have delivery_discount or delivery"
        raise InputError(Fault("cogeneration", found, rule, "Give one of the two; a discount of 0.0 is none."))
    if meter.delivery_discount is not None:
        delivery = None if tariff.delivery is None else _discounted(tariff.delivery, meter.delivery_discount)
    else:
        delivery = _delivery(meter.delivery, table.unit, "cogeneration.delivery")
    return replace(
        tariff,
        name=meter.name,
        delivery=delivery,
        demand=_demand(meter.demand, table.unit),
        fixed=_fixed("customer charge, machines", meter),
        minimum_use=(),
        minimum=(),
        taxes=tariff.taxes if meter.taxed else (),
        notes=meter.notes,
    )


def _discounted(delivery: GasDelivery, discount: float) -> GasDelivery:
    def season(whole: GasSeason) -> GasSeason:
        return GasSeason(
            whole.name, tuple(GasBlock(block.usd_per_unit * (1.0 - discount), block.upper) for block in whole.blocks)
        )

    return replace(delivery, seasons=tuple(season(whole) for whole in delivery.seasons))
