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

[ratchet]                            # a month is billed on at least so much of the highest peak of earlier months
fraction = 0.7
months_back = 11                     # before the billed month; those before January are of the previous year
months = [6, 7, 8, 9]                # whose peaks are looked at; all if left out
applies_to = ["flat_demand", "demand"]
demand_peak = "within"               # a period of demand by the peaks of its own hours; or "month", or "period"

[[coincident_peak]]                  # once, on the highest kW within these hours of the year
name = "system peak"
usd_per_kw = 10.0
windows = [ { month = 7, day = 19, hour = 15, hours = 2 } ]

[reactive]                           # the bill then needs a power factor
usd_per_kvar = 0.27
free_kvar_per_kw = 0.5

[export]                             # net billing if left out; see `export_credit.ExportRule`
method = "net_billing_carryover"

[holidays]                           # billed as weekends, or by periods with days = "holidays"
set = "us_utility"                   # or names = ["good_friday"], and dates = ["12-24", "2018-07-03"]
```

Periods that share a month must share their tier limits (see `tariff.EnergyCharge`). A season that does not follow the months has
``from_date = "06-15"`` and ``until_date = "09-15"``. Tiers may also end at ``up_to_kwh_per_kw`` (hours of use of the billing
demand). Demand has ``per = "month_per_day"`` or ``"each_day"`` where its price is per day, and ``usd_per_kva`` or ``usd_per_hp``
where it is metered so. ``[[buyback]]`` is the schedule of a tariff for exports; ``[import_prices]`` and ``[export_prices]`` name
a CSV of real-time or day-ahead prices. All keys: `site.tariff_tables`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from brayton.core.errors import Fault, Faults, InputError
from brayton.core.records import parse_record, read_toml
from brayton.site.billing_demand import Ratchet
from brayton.site.export_credit import NET_BILLING, ExportRule
from brayton.site.holidays import NO_HOLIDAYS, Holidays
from brayton.site.price_series import PriceSeries, read_price_series
from brayton.site.schedule import Schedule
from brayton.site.tariff import (
    CoincidentPeak,
    DemandPeriod,
    DemandTier,
    DemandUnit,
    EnergyCharge,
    EnergyPeriod,
    EnergyTier,
    FlatDemandCharge,
    LimitUnit,
    PeakWindow,
    ReactiveCharge,
    Tariff,
    TouDemandCharge,
    recurring_charges,
    twelve_prices,
)
from brayton.site.tariff_periods import check_names, check_used, schedule_of
from brayton.site.tariff_tables import (
    BuybackTable,
    DemandTable,
    DemandTierTable,
    EnergyTable,
    EnergyTierTable,
    FlatDemandTable,
    HolidaysTable,
    PriceSeriesTable,
    RatchetTable,
    TariffTable,
)

_FREE = DemandPeriod("no charge", (DemandTier(0.0),))
"""Takes the hours or months of demand that no table claims."""


def read_tariff_toml(path: str | Path) -> Tariff:
    """Read a tariff from our TOML. Errors: InputError with all faults: unknown keys with the nearest names, wrong types, hours
    without a period of energy, periods that never apply, tiers out of order, and those of a file of prices."""
    return tariff_from_table(read_toml(path), file=str(path), folder=Path(path).parent)


def tariff_from_table(document: Mapping[str, Any], *, file: str | None = None, folder: Path | None = None) -> Tariff:
    """The tariff of a parsed TOML table, as in a file or inline in a scenario; errors as `read_tariff_toml`.

    folder: from which files of prices are named; without one they are an error.
    """
    table = parse_record(TariffTable, document, file)
    fixed = recurring_charges("fixed charge", table.fixed_usd_per_day, table.fixed_usd_per_month, table.fixed_usd_per_year)
    minimum = recurring_charges(
        "minimum charge", table.minimum_usd_per_day, table.minimum_usd_per_month, table.minimum_usd_per_year
    )
    with Faults(file=file) as faults:
        free_days = faults.attempt(lambda: _holidays(table.holidays)) or NO_HOLIDAYS
        some = free_days != NO_HOLIDAYS
        energy = faults.attempt(lambda: _energy(table.energy, some))
        buyback = faults.attempt(lambda: _buyback(table.buyback, some))
        tou_demand = faults.attempt(lambda: _tou_demand("demand", table.demand, some))
        coincident = faults.attempt(lambda: _tou_demand("coincident_demand", table.coincident_demand, some))
        flat_demand = faults.attempt(lambda: _flat_demand(table.flat_demand))
        ratchet = faults.attempt(lambda: _ratchet(table.ratchet, table.demand))
        export = faults.attempt(lambda: ExportRule(**table.export.model_dump()) if table.export else NET_BILLING)
        supply = faults.attempt(lambda: twelve_prices(table.supply_usd_per_kwh))
        adjustment = faults.attempt(lambda: twelve_prices(table.monthly_adjustment_usd_per_kwh, "monthly_adjustment_usd_per_kwh"))
        import_prices = faults.attempt(lambda: _prices("import_prices", table.import_prices, folder))
        export_prices = faults.attempt(lambda: _prices("export_prices", table.export_prices, folder))
        if not (table.energy or table.demand or table.flat_demand or table.import_prices or fixed):
            faults.add("energy", None, "the tariff charges nothing", "Give periods of energy, of demand, or a fixed charge.")
    try:
        return Tariff(
            name=table.name,
            source=table.source.cite(),
            utility=table.utility,
            energy=energy,
            tou_demand=tou_demand,
            flat_demand=flat_demand,
            coincident_demand=coincident,
            coincident_peaks=tuple(
                CoincidentPeak(peak.name, peak.usd_per_kw, tuple(PeakWindow(**window.model_dump()) for window in peak.windows))
                for peak in table.coincident_peak
            ),
            ratchet=ratchet,
            reactive=ReactiveCharge(**table.reactive.model_dump()) if table.reactive else None,
            export=export or NET_BILLING,
            buyback=buyback,
            import_prices=import_prices,
            export_prices=export_prices,
            holidays=free_days,
            fixed=fixed,
            minimum=minimum,
            supply_usd_per_kwh=supply or (0.0,) * 12,
            adjustment_usd_per_kwh=adjustment or (0.0,) * 12,
            demand_window_minutes=table.demand_window_minutes,
            eligible_kw=(table.smallest_kw, math.inf if table.largest_kw is None else table.largest_kw),
            delivery_only=table.delivery_only,
            notes=table.notes,
        )
    except InputError as error:
        faults.absorb(error)
        faults.raise_if_any()
        raise


# Energy


def _energy(tables: Sequence[EnergyTable], holidays: bool) -> EnergyCharge | None:
    if not tables:
        return None
    with Faults() as faults:
        schedule = schedule_of("energy", tables, faults, holidays=holidays)
        _check_covered("energy", schedule, len(tables), faults)
        periods = [faults.attempt(lambda table=table: _energy_period(table)) for table in tables]
    return EnergyCharge(tuple(period for period in periods if period), schedule)


def _buyback(tables: Sequence[BuybackTable], holidays: bool) -> EnergyCharge | None:
    if not tables:
        return None
    with Faults() as faults:
        schedule = schedule_of("buyback", tables, faults, holidays=holidays)
        _check_covered("buyback", schedule, len(tables), faults)
    return EnergyCharge(tuple(EnergyPeriod(table.name, (EnergyTier(table.usd_per_kwh),)) for table in tables), schedule)


def _check_covered(part: str, schedule: Schedule, count: int, faults: Faults) -> None:
    matrices = {"weekdays": schedule.weekday, "weekends": schedule.weekend, "holidays": schedule.holiday or ()}
    for days, matrix in matrices.items():
        bare = [(row, hour) for row, cells in enumerate(matrix) for hour in range(24) if cells[hour] == count]
        if bare:
            row, hour = bare[0]
            rule = f"no period of {part} applies here, nor in {len(bare) - 1} more hours of the month-by-hour table"
            remedy = "Add a last period without months, days and hours: it takes all that is left."
            faults.add(f"{part}, {days}, {schedule.row_name(row)} {hour}:00", None, rule, remedy)


def _energy_period(table: EnergyTable) -> EnergyPeriod:
    path = f"energy period {table.name}"
    flat = () if table.usd_per_kwh is None else (EnergyTierTable(usd_per_kwh=table.usd_per_kwh),)
    if bool(flat) == bool(table.tiers):
        raise _one_of(path, "usd_per_kwh", bool(flat))
    tables = flat or table.tiers
    ends = [_ends(tier) for tier in tables]
    units: set[LimitUnit] = {unit for end in ends for unit in end}
    if len(units) > 1 or any(len(end) > 1 for end in ends):
        rule = f"has tier limits in {', '.join(sorted(units))}"
        remedy = "Use up_to_kwh, up_to_kwh_per_day, up_to_kwh_per_kw or up_to_kwh_per_kw_per_day throughout."
        raise InputError(Fault(path, "(several keys)", rule, remedy))
    tiers = [
        EnergyTier(
            tier.usd_per_kwh,
            table.adjustment_usd_per_kwh,
            next(iter(end.values()), math.inf),
            table.sell_usd_per_kwh if tier.sell_usd_per_kwh is None else tier.sell_usd_per_kwh,
        )
        for tier, end in zip(tables, ends, strict=True)
    ]
    return EnergyPeriod(table.name, tuple(tiers), units.pop() if units else "kWh")


def _ends(tier: EnergyTierTable) -> dict[LimitUnit, float]:
    given: dict[LimitUnit, float | None] = {
        "kWh": tier.up_to_kwh,
        "kWh daily": tier.up_to_kwh_per_day,
        "kWh/kW": tier.up_to_kwh_per_kw,
        "kWh/kW daily": tier.up_to_kwh_per_kw_per_day,
    }
    return {unit: end for unit, end in given.items() if end is not None}


def _one_of(path: str, key: str, has_price: bool) -> InputError:
    found = f"{key} and tiers" if has_price else "neither"
    return InputError(Fault(path, found, f"must have {key} or tiers", "Give one of the two."))


def _prices(part: str, table: PriceSeriesTable | None, folder: Path | None) -> PriceSeries | None:
    if table is None:
        return None
    if folder is None:
        rule = "names a file, and a table inside another file has no folder of its own"
        raise InputError(Fault(f"{part}.csv", table.csv, rule, "Put the tariff in a file of its own."))
    return read_price_series(folder / table.csv, table.column, added=table.added)


# Demand


def _tou_demand(part: str, tables: Sequence[DemandTable], holidays: bool) -> TouDemandCharge | None:
    if not tables:
        return None
    with Faults() as faults:
        schedule = schedule_of(part, tables, faults, holidays=holidays)
        periods = [faults.attempt(lambda table=table: _demand_period(f"{part} period {table.name}", table)) for table in tables]
    return TouDemandCharge((*(period for period in periods if period), _FREE), schedule)


def _flat_demand(tables: Sequence[FlatDemandTable]) -> FlatDemandCharge | None:
    if not tables:
        return None
    with Faults() as faults:
        check_names("flat_demand", tables, faults)
        months = tuple(
            next((i for i, table in enumerate(tables) if month in table.months), len(tables)) for month in range(1, 13)
        )
        check_used("flat_demand", tables, set(months), faults)
        periods = [faults.attempt(lambda table=table: _demand_period(f"flat_demand {table.name}", table)) for table in tables]
    return FlatDemandCharge((*(period for period in periods if period), _FREE), months)


def _demand_period(path: str, table: DemandTable | FlatDemandTable) -> DemandPeriod:
    given = {"usd_per_kw": table.usd_per_kw, "usd_per_kva": table.usd_per_kva, "usd_per_hp": table.usd_per_hp}
    flat = {key: usd for key, usd in given.items() if usd is not None}
    if bool(flat) == bool(table.tiers):
        raise _one_of(path, "usd_per_kw", bool(flat))
    tables = (DemandTierTable.model_validate(flat),) if flat else table.tiers
    read = [_demand_tier(path, tier, table.adjustment_usd_per_kw) for tier in tables]
    units: set[DemandUnit] = {unit for unit, _ in read}
    if len(units) > 1:
        rule = f"is priced in {', '.join(sorted(units))}"
        raise InputError(Fault(path, "(several keys)", rule, "Use one unit throughout a period."))
    return DemandPeriod(table.name, tuple(tier for _, tier in read), units.pop(), table.per)


def _demand_tier(path: str, tier: DemandTierTable, adjustment: float) -> tuple[DemandUnit, DemandTier]:
    by_unit: list[tuple[DemandUnit, float | None, float | None]] = [
        ("kW", tier.usd_per_kw, tier.up_to_kw),
        ("kVA", tier.usd_per_kva, tier.up_to_kva),
        ("hp", tier.usd_per_hp, tier.up_to_hp),
    ]
    priced: list[tuple[DemandUnit, DemandTier]] = [
        (unit, DemandTier(usd, adjustment, math.inf if end is None else end)) for unit, usd, end in by_unit if usd is not None
    ]
    if len(priced) != 1 or any(usd is None and end is not None for _, usd, end in by_unit):
        rule = "a tier has one price, and its end in the same unit"
        remedy = "Give usd_per_kw and up_to_kw, or both in kVA or hp."
        raise InputError(Fault(path, tier.model_dump(exclude_none=True), rule, remedy))
    return priced[0]


def _ratchet(table: RatchetTable | None, demand: Sequence[DemandTable]) -> Ratchet | None:
    if table is None:
        return None
    names = [period.name for period in demand]
    with Faults() as faults:
        if demand and "demand" in table.applies_to and table.demand_peak is None:
            rule = "is missing: tariffs differ in the peak on which a period of time-of-use demand is ratcheted"
            remedy = "Say month, period or within (see the tariff book), or applies_to = ['flat_demand']."
            faults.add("ratchet.demand_peak", None, rule, remedy)
        for key, months in (("months", table.months), ("own_peak_months", table.own_peak_months)):
            if not all(1 <= month <= 12 for month in months):
                faults.add(f"ratchet.{key}", list(months), "must lie in 1..12", "January is 1.")
        for name in table.demand_periods:
            if name not in names:
                rule = "is no period of demand"
                faults.add("ratchet.demand_periods", name, rule, f"Use {', '.join(names) or 'applies_to flat_demand'}.")
    by_month = tuple(table.fraction if month in table.months else 0.0 for month in range(1, 13))
    return Ratchet(
        by_month if table.fraction_by_month is None else table.fraction_by_month,
        table.months_back,
        table.floor_kw,
        tuple(month in table.own_peak_months for month in range(1, 13)),
        flat="flat_demand" in table.applies_to,
        tou="demand" in table.applies_to,
        tou_periods=frozenset(names.index(name) for name in table.demand_periods) or None,
        tou_peak=table.demand_peak or "month",
    )


# Calendar


def _holidays(table: HolidaysTable | None) -> Holidays:
    if table is None:
        return NO_HOLIDAYS
    chosen = NO_HOLIDAYS if table.set is None else Holidays.of_set(table.set)
    with Faults() as faults:
        dates = [faults.attempt(lambda text=text: _date(text)) for text in table.dates]
        if not (chosen.names or table.names or table.dates):
            faults.add("holidays", "(no days)", "names no holidays", "Give a set, names or dates.")
    saturday_too = chosen.saturday_too if table.saturday_too is None else table.saturday_too
    names = tuple(dict.fromkeys((*chosen.names, *table.names)))
    return Holidays(names, tuple(date for date in dates if date), table.observed, saturday_too)


def _date(text: str) -> tuple[int, int] | tuple[int, int, int]:
    parts = text.split("-")
    if [len(part) for part in parts] not in ([2, 2], [4, 2, 2]) or not all(part.isascii() and part.isdigit() for part in parts):
        raise InputError(Fault("holidays.dates", text, "is no day as 12-24 or 2018-12-24", "Write month and day, or year too."))
    numbers = [int(part) for part in parts]
    return (numbers[0], numbers[1]) if len(numbers) == 2 else (numbers[0], numbers[1], numbers[2])
