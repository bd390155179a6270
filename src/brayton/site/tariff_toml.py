"""A tariff in our own short TOML: named periods with months, days and hours, where URDB has numbered matrices.

```toml
schema = 1
name = "General service, time of use"
utility = "Example Light & Power"
supply_usd_per_kwh = 0.09            # for delivery-only rates: a number, or twelve
fixed_usd_per_month = 61.44          # and, or, _per_day, _per_year
minimum_usd_per_month = 100.0        # and, or, _per_day, _per_year
demand_window_minutes = 15           # of the meter; the step of the load if left out
source = { title = "Tariff book, leaf 12", date = "2024-01-01", basis = "primary" }

[[energy]]                           # read from the top: the first period that fits an hour applies
name = "summer peak"
months = [6, 7, 8, 9]                # all if left out
days = "weekdays"                    # or "weekends"; all if left out
hours = [[12, 20]]                   # from 12:00 until before 20:00; all if left out
usd_per_kwh = 0.0239
adjustment_usd_per_kwh = 0.0153      # added to every price of the period

[[energy]]                           # every hour needs a period of energy
name = "all other hours"
sell_usd_per_kwh = 0.03              # for exports
usd_per_kwh = 0.0200                 # or tiers = [ { up_to_kwh = 10000, usd_per_kwh = 0.021 }, { usd_per_kwh = 0.018 } ],
                                     # kWh of the month; up_to_kwh_per_day times the days of the month

[[demand]]                           # on the highest kW within the hours of the period, each month; other hours are free
name = "peak"
days = "weekdays"
hours = [[8, 11], [17, 21]]
usd_per_kw = 12.0                    # or tiers = [ { up_to_kw = 100, usd_per_kw = 12.0 }, { usd_per_kw = 9.0 } ]

[[flat_demand]]                      # on the highest kW of the month; months without a period are free
name = "maximum"
usd_per_kw = 2.2

[[coincident_peak]]                  # once, on the highest kW within these hours of the year
name = "system peak"
usd_per_kw = 10.0
windows = [ { month = 7, day = 19, hour = 15, hours = 2 } ]
```

Periods that share a month must share their tier limits (see `tariff.EnergyCharge`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field

from brayton.core.errors import Fault, Faults, InputError
from brayton.core.provenance import Basis, Source
from brayton.core.records import Record, parse_record, read_toml
from brayton.site.schedule import MONTHS, Matrix, Schedule
from brayton.site.tariff import (
    ChargePeriod,
    CoincidentPeak,
    DemandPeriod,
    DemandTier,
    EnergyCharge,
    EnergyPeriod,
    EnergyTier,
    FlatDemandCharge,
    PeakWindow,
    RecurringCharge,
    Tariff,
    TouDemandCharge,
    twelve_prices,
)

LARGEST_USD = 1e7
_FREE = DemandPeriod("no charge", (DemandTier(0.0),))
"""Takes the hours or months of demand that no table claims."""


def _key(meaning: str, unit: str = "", default: Any = ..., **limits: Any) -> Any:
    return Field(default, description=meaning, json_schema_extra={"unit": unit}, **limits)


def _price(meaning: str, unit: str, default: Any = ...) -> Any:
    return _key(meaning, unit, default, ge=-LARGEST_USD, le=LARGEST_USD)


class _EnergyTierTable(Record):
    usd_per_kwh: float = _price("price within the tier", "USD/kWh")
    up_to_kwh: float | None = _key("end of the tier; none for the last", "kWh per month", None, gt=0)
    up_to_kwh_per_day: float | None = _key("end of the tier, times the days of the month", "kWh per day", None, gt=0)
    sell_usd_per_kwh: float | None = _price("paid for exports in this tier of exports", "USD/kWh", None)


class _DemandTierTable(Record):
    usd_per_kw: float = _price("price within the tier", "USD/kW month")
    up_to_kw: float | None = _key("end of the tier; none for the last", "kW", None, gt=0)


class _MonthsTable(Record):
    name: str = _key("name of the period, as the lines of the bill show it", min_length=1)
    months: tuple[int, ...] = _key("months in which it applies, 1 to 12; all if left out", "", tuple(range(1, 13)), min_length=1)


class _PeriodTable(_MonthsTable):
    days: Literal["all", "weekdays", "weekends"] = _key("days on which it applies", "", "all")
    hours: tuple[tuple[int, int], ...] = _key("stretches of hours, from and until before", "h", ((0, 24),), min_length=1)

    def applies(self, month: int, weekend: int, hour: int) -> bool:
        """Whether it claims an hour of the tariff's clock; month 0..11, weekend 1 for Saturdays and Sundays."""
        on_day = self.days == "all" or (self.days == "weekends") == bool(weekend)
        return month + 1 in self.months and on_day and any(begin <= hour < end for begin, end in self.hours)


class _EnergyTable(_PeriodTable):
    usd_per_kwh: float | None = _price("price; or `tiers`", "USD/kWh", None)
    adjustment_usd_per_kwh: float = _price("added to the price of every tier", "USD/kWh", 0.0)
    sell_usd_per_kwh: float | None = _price("paid for exports", "USD/kWh", None)
    tiers: tuple[_EnergyTierTable, ...] = _key("tiers in ascending order, the last without an end", "", ())


class _DemandPrices(Record):
    usd_per_kw: float | None = _price("price; or `tiers`", "USD/kW month", None)
    adjustment_usd_per_kw: float = _price("added to the price of every tier", "USD/kW month", 0.0)
    tiers: tuple[_DemandTierTable, ...] = _key("tiers in ascending order, the last without an end", "", ())


class _DemandTable(_PeriodTable, _DemandPrices):
    """A period of time-of-use demand."""


class _FlatDemandTable(_MonthsTable, _DemandPrices):
    """A season of flat demand."""


class _WindowTable(Record):
    month: int = _key("month of its start", ge=1, le=12)
    day: int = _key("day of its start", ge=1, le=31)
    hour: int = _key("hour of its start", ge=0, le=23)
    hours: int = _key("its length", "h", 1, ge=1)


class _CoincidentTable(Record):
    name: str = _key("name of the charge", min_length=1)
    usd_per_kw: float = _price("price of the highest demand within the windows", "USD/kW")
    windows: tuple[_WindowTable, ...] = _key("hours of the utility's peaks", min_length=1)


class _SourceTable(Record):
    title: str = _key("document, with publisher and number", min_length=1)
    date: str = _key("date of the document", min_length=1)
    basis: Basis = _key("`primary`, `secondary`, `derived` or `estimate`")
    note: str = _key("how it was derived, or why it is an estimate", "", "")
    url: str = _key("where it is found", "", "")


TierT = TypeVar("TierT", _EnergyTierTable, _DemandTierTable)


class TariffTable(Record):
    """A tariff file; the keys are shown in the example at the top of this module."""

    schema_version: Literal[1] = Field(1, alias="schema", description="version of this format, 1")
    name: str = _key("name of the rate", min_length=1)
    utility: str = _key("who serves it", "", "")
    source: _SourceTable = _key("where the figures come from")
    notes: tuple[str, ...] = _key("what a reader of the bill has to know", "", ())
    delivery_only: bool = _key("whether the energy itself is not in the prices", "", False)
    supply_usd_per_kwh: float | tuple[float, ...] = _key("supply price, a number or twelve", "USD/kWh", 0.0)
    fixed_usd_per_day: float = _price("fixed charge per calendar day", "USD/day", 0.0)
    fixed_usd_per_month: float = _price("fixed charge per month", "USD/month", 0.0)
    fixed_usd_per_year: float = _price("fixed charge per year, billed in twelfths", "USD/year", 0.0)
    minimum_usd_per_day: float = _price("least that a month comes to, per calendar day", "USD/day", 0.0)
    minimum_usd_per_month: float = _price("least that a month comes to", "USD/month", 0.0)
    minimum_usd_per_year: float = _price("least that a year comes to", "USD/year", 0.0)
    demand_window_minutes: Literal[1, 5, 10, 15, 20, 30, 60] | None = _key(
        "time over which the meter averages demand", "min", None
    )
    smallest_kw: float = _key("least demand of the customers that it is for", "kW", 0.0, ge=0)
    largest_kw: float | None = _key("greatest demand of the customers that it is for", "kW", None, gt=0)
    energy: tuple[_EnergyTable, ...] = _key("periods of energy; the first that fits an hour applies", "", ())
    demand: tuple[_DemandTable, ...] = _key("periods of time-of-use demand; the first that fits an hour applies", "", ())
    flat_demand: tuple[_FlatDemandTable, ...] = _key("seasons of flat demand; the first that fits a month applies", "", ())
    coincident_peak: tuple[_CoincidentTable, ...] = _key("charges on the hours of the utility's peaks", "", ())


def read_tariff_toml(path: str | Path) -> Tariff:
    """Read a tariff from our TOML. Errors: InputError with all faults: unknown keys with the nearest names, wrong types, hours
    without a period of energy, periods that never apply, tiers out of order."""
    return tariff_from_table(read_toml(path), file=str(path))


def tariff_from_table(document: Mapping[str, Any], *, file: str | None = None) -> Tariff:
    """The tariff of a parsed TOML table, as in a file or inline in a scenario; errors as `read_tariff_toml`."""
    table = parse_record(TariffTable, document, file)
    fixed = _recurring("fixed charge", table.fixed_usd_per_day, table.fixed_usd_per_month, table.fixed_usd_per_year)
    minimum = _recurring("minimum charge", table.minimum_usd_per_day, table.minimum_usd_per_month, table.minimum_usd_per_year)
    with Faults(file=file) as faults:
        energy = faults.attempt(lambda: _energy(table.energy))
        tou_demand = faults.attempt(lambda: _tou_demand(table.demand))
        flat_demand = faults.attempt(lambda: _flat_demand(table.flat_demand))
        supply = faults.attempt(lambda: twelve_prices(table.supply_usd_per_kwh))
        if not (table.energy or table.demand or table.flat_demand or fixed):
            faults.add("energy", None, "the tariff charges nothing", "Give periods of energy, of demand, or a fixed charge.")
    return Tariff(
        name=table.name,
        source=Source(**table.source.model_dump()),
        utility=table.utility,
        energy=energy,
        tou_demand=tou_demand,
        flat_demand=flat_demand,
        coincident_peaks=tuple(
            CoincidentPeak(peak.name, peak.usd_per_kw, tuple(PeakWindow(**window.model_dump()) for window in peak.windows))
            for peak in table.coincident_peak
        ),
        fixed=fixed,
        minimum=minimum,
        supply_usd_per_kwh=supply or (0.0,) * 12,
        demand_window_minutes=table.demand_window_minutes,
        eligible_kw=(table.smallest_kw, math.inf if table.largest_kw is None else table.largest_kw),
        delivery_only=table.delivery_only,
        notes=table.notes,
    )


def _recurring(name: str, per_day: float, per_month: float, per_year: float) -> tuple[RecurringCharge, ...]:
    sums: dict[ChargePeriod, float] = {"day": per_day, "month": per_month, "year": per_year}
    return tuple(RecurringCharge(name, usd, per) for per, usd in sums.items() if usd)


def _energy(tables: Sequence[_EnergyTable]) -> EnergyCharge | None:
    if not tables:
        return None
    with Faults() as faults:
        matrices = _matrices("energy", tables, faults)
        for days, matrix in zip(("weekdays", "weekends"), matrices, strict=True):
            bare = [(month, hour) for month in range(12) for hour in range(24) if matrix[month][hour] == len(tables)]
            if bare:
                month, hour = bare[0]
                rule = f"no period of energy applies here, nor in {len(bare) - 1} more hours of the month-by-hour table"
                remedy = "Add a last period without months, days and hours: it takes all that is left."
                faults.add(f"energy, {days}, {MONTHS[month]} {hour}:00", None, rule, remedy)
        periods = [faults.attempt(lambda table=table: _energy_period(table)) for table in tables]
    return EnergyCharge(tuple(period for period in periods if period), Schedule(*matrices))


def _energy_period(table: _EnergyTable) -> EnergyPeriod:
    path = f"energy period {table.name}"
    flat = () if table.usd_per_kwh is None else (_EnergyTierTable(usd_per_kwh=table.usd_per_kwh),)
    tables = _one_of(path, "usd_per_kwh", flat, table.tiers)
    per_day = {tier.up_to_kwh is None for tier in tables[:-1]}
    if len(per_day) > 1 or any(tier.up_to_kwh is not None and tier.up_to_kwh_per_day is not None for tier in tables):
        rule = "has tier limits per month and per day"
        raise InputError(Fault(path, "(several keys)", rule, "Use up_to_kwh or up_to_kwh_per_day throughout."))
    tiers = [
        EnergyTier(
            tier.usd_per_kwh,
            table.adjustment_usd_per_kwh,
            tier.up_to_kwh or tier.up_to_kwh_per_day or math.inf,
            table.sell_usd_per_kwh if tier.sell_usd_per_kwh is None else tier.sell_usd_per_kwh,
        )
        for tier in tables
    ]
    return EnergyPeriod(table.name, tuple(tiers), "kWh daily" if per_day == {True} else "kWh")


def _tou_demand(tables: Sequence[_DemandTable]) -> TouDemandCharge | None:
    if not tables:
        return None
    with Faults() as faults:
        matrices = _matrices("demand", tables, faults)
        periods = [faults.attempt(lambda table=table: _demand_period(f"demand period {table.name}", table)) for table in tables]
    return TouDemandCharge((*(period for period in periods if period), _FREE), Schedule(*matrices))


def _flat_demand(tables: Sequence[_FlatDemandTable]) -> FlatDemandCharge | None:
    if not tables:
        return None
    with Faults() as faults:
        _check_names("flat_demand", tables, faults)
        months = tuple(
            next((i for i, table in enumerate(tables) if month in table.months), len(tables)) for month in range(1, 13)
        )
        _check_used("flat_demand", tables, set(months), faults)
        periods = [faults.attempt(lambda table=table: _demand_period(f"flat_demand {table.name}", table)) for table in tables]
    return FlatDemandCharge((*(period for period in periods if period), _FREE), months)


def _demand_period(path: str, table: _DemandTable | _FlatDemandTable) -> DemandPeriod:
    flat = () if table.usd_per_kw is None else (_DemandTierTable(usd_per_kw=table.usd_per_kw),)
    tiers = [
        DemandTier(tier.usd_per_kw, table.adjustment_usd_per_kw, tier.up_to_kw or math.inf)
        for tier in _one_of(path, "usd_per_kw", flat, table.tiers)
    ]
    return DemandPeriod(table.name, tuple(tiers))


def _one_of(path: str, key: str, flat: tuple[TierT, ...], tiers: tuple[TierT, ...]) -> tuple[TierT, ...]:
    """The tiers of a period, whichever way they are given."""
    if bool(flat) == bool(tiers):
        found = f"{key} and tiers" if flat else "neither"
        raise InputError(Fault(path, found, f"must have {key} or tiers", "Give one of the two."))
    return flat or tiers


def _matrices(part: str, tables: Sequence[_PeriodTable], faults: Faults) -> tuple[Matrix, Matrix]:
    """Index of the first table that applies in each hour, for weekdays and for weekends; ``len(tables)`` where none does."""
    _check_names(part, tables, faults)
    for table in tables:
        for begin, end in table.hours:
            if not 0 <= begin < end <= 24:
                remedy = "Write a stretch over midnight as two, [[22, 24], [0, 6]]."
                faults.add(f"{part} period {table.name}, hours", [begin, end], "must rise within 0..24", remedy)

    def matrix(weekend: int) -> Matrix:
        return tuple(
            tuple(
                next((i for i, table in enumerate(tables) if table.applies(month, weekend, hour)), len(tables))
                for hour in range(24)
            )
            for month in range(12)
        )

    weekday, weekend = matrix(0), matrix(1)
    _check_used(part, tables, {index for row in (*weekday, *weekend) for index in row}, faults)
    return weekday, weekend


def _check_names(part: str, tables: Sequence[_MonthsTable], faults: Faults) -> None:
    names = [table.name for table in tables]
    for name in sorted({name for name in names if names.count(name) > 1}):
        faults.add(f"{part}.name", name, "names two periods", "Give each period a name of its own: the bill shows it.")
    for table in tables:
        if not all(1 <= month <= 12 for month in table.months):
            faults.add(f"{part} period {table.name}, months", list(table.months), "must lie in 1..12", "January is 1.")


def _check_used(part: str, tables: Sequence[_MonthsTable], used: set[int], faults: Faults) -> None:
    for index, table in enumerate(tables):
        if index not in used:
            remedy = "Put narrower periods first, or drop it."
            faults.add(f"{part} period {table.name}", "(its hours)", "never applies: periods above it take all its hours", remedy)
