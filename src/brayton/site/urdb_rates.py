"""Energy and demand prices of a URDB record: rate structures of periods and tiers, and the schedules that choose among them.

Each builder takes a record without null fields, gathers the faults of its part and raises them together; what it had to
settle (an open last tier, an absent schedule of a single period) it adds to the notes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast, get_args

from brayton.core.errors import Fault, Faults, InputError, nearest
from brayton.site.schedule import MONTHS, Matrix, Schedule, missing_period
from brayton.site.tariff import (
    HIGHEST_ENERGY_USD_PER_KWH,
    DemandPeriod,
    DemandTier,
    EnergyCharge,
    EnergyPeriod,
    EnergyTier,
    FlatDemandCharge,
    LimitUnit,
    TouDemandCharge,
)
from brayton.site.urdb_demand import DemandPerDay, daily_note, demand_unit

Record = Mapping[str, Any]

NO_LIMIT = 1e12
"""Tier limits from here on stand for no limit (SAM writes 1e38); no price or limit in a record is larger."""

LIMIT_UNITS: dict[str, LimitUnit] = {unit.lower(): unit for unit in get_args(LimitUnit)}


def energy_charge(record: Record, notes: list[str]) -> EnergyCharge | None:
    """Energy prices by period and tier; None where the record has none."""
    key = "energyratestructure"
    with Faults() as faults:
        structure = _structure(record, key, {"rate", "adj", "max", "unit", "sell"}, faults)
        if not structure:
            _refuse_orphans(record, key, ("energyweekdayschedule", "energyweekendschedule"), faults)
            return None
        periods: list[tuple[EnergyTier, ...]] = []
        units: list[LimitUnit] = []
        for number, cells in enumerate(structure):
            path = f"{key}[{number}]"
            tiers = [EnergyTier(*numbers) for numbers in _tiers(cells, path, faults, notes)]
            for index, (tier, cell) in enumerate(zip(tiers, cells, strict=True)):
                if abs(tier.price_usd_per_kwh) > HIGHEST_ENERGY_USD_PER_KWH:
                    rule = f"implausible: beyond {HIGHEST_ENERGY_USD_PER_KWH:g} $/kWh it reads as cents or as another unit"
                    remedy = "Correct the unit; a price that is meant so can be stated in a Brayton TOML."
                    faults.add(f"{path}[{index}]", tier.price_usd_per_kwh, rule, remedy)
                if "sell" in cell:
                    tiers[index] = replace(tier, sell_usd_per_kwh=read_number(cell, "sell", f"{path}[{index}].", faults))
            periods.append(tuple(tiers))
            units.append(_limit_unit(cells, path, faults))
        schedule = _schedule(record, "energy", len(structure), faults, notes)
    named = zip(periods, units, strict=True)
    return EnergyCharge(tuple(EnergyPeriod(f"period {n}", *parts) for n, parts in enumerate(named)), schedule)


def _refuse_orphans(record: Record, key: str, schedules: Sequence[str], faults: Faults) -> None:
    """Add a fault for the schedules of prices that the record does not hold: a bill without them would look complete."""
    orphans = [name for name in schedules if record.get(name)]
    if orphans:
        rule = f"is absent or empty, and {' and '.join(orphans)} choose among its periods"
        faults.add(key, record.get(key, "(absent)"), rule, "Add the prices, or remove the schedules of a rate without any.")


def _limit_unit(cells: Sequence[Record], path: str, faults: Faults) -> LimitUnit:
    found = {str(cell.get("unit", "kWh")).strip().lower() for cell in cells}
    # the unit counts where a limit does: the last tier has none
    limiting = {str(cell.get("unit", "kWh")).strip().lower() for cell in cells[:-1]} or {"kwh"}
    if len(limiting) > 1 or not found <= LIMIT_UNITS.keys():
        rule = f"tier limits are in one of {', '.join(LIMIT_UNITS.values())}, the same throughout a period"
        faults.add(f"{path}.unit", ", ".join(sorted(found)), rule, "Restate the tiers in one of these units.")
    return LIMIT_UNITS.get(limiting.pop(), "kWh")


def tou_demand_charge(
    record: Record, notes: list[str], per_day: DemandPerDay = "month", unit: str | None = None, part: str = "demand"
) -> TouDemandCharge | None:
    """Demand prices by time-of-use period; None where the record has none, or none but nought.

    per_day: on which demand a price per kW and day is billed. unit: in place of the record's. part: ``demand`` or ``coincident``,
    whose schedule is the same for all days.
    """
    with Faults() as faults:
        periods = _demand_periods(record, f"{part}ratestructure", f"{part}rateunit", per_day, unit, faults, notes)
        if not periods:
            return None
        if part == "coincident":
            matrix = _matrix(record.get("coincidentrateschedule"), "coincidentrateschedule", len(periods), faults)
            schedule = Schedule(matrix, matrix)
        else:
            schedule = _schedule(record, part, len(periods), faults, notes)
    return TouDemandCharge(periods, schedule)


def flat_demand_charge(
    record: Record, notes: list[str], per_day: DemandPerDay = "month", unit: str | None = None
) -> FlatDemandCharge | None:
    """Demand prices by month; None where the record has none, or none but nought. per_day, unit: as `tou_demand_charge`."""
    with Faults() as faults:
        periods = _demand_periods(record, "flatdemandstructure", "flatdemandunit", per_day, unit, faults, notes)
        if not periods:
            return None
        months = _flat_months(record, len(periods), faults, notes)
        for month, period in enumerate(months):
            if not 0 <= period < len(periods):
                rule = f"{MONTHS[month]} refers to a period that does not exist; flatdemandstructure has 0..{len(periods) - 1}"
                faults.add(f"flatdemandmonths[{month}]", period, rule, "Add the period or correct the month.")
    return FlatDemandCharge(periods, months)


def _flat_months(record: Record, count: int, faults: Faults, notes: list[str]) -> tuple[int, ...]:
    months = record.get("flatdemandmonths")
    if months is None and count == 1:
        notes.append("flatdemandmonths is absent: its one period applies to every month")
    elif not _is_row(months, 12):
        remedy = "Give the period of each month, January first."
        faults.add("flatdemandmonths", months, "must be twelve period numbers from 0", remedy)
    else:
        return tuple(cast("list[int]", months))
    return (0,) * 12


def _demand_periods(
    record: Record,
    key: str,
    unit_key: str,
    per_day: DemandPerDay,
    override: str | None,
    faults: Faults,
    notes: list[str],
) -> tuple[DemandPeriod, ...]:
    """The periods of a demand charge; none where the record has none, or no price other than nought."""
    structure = _structure(record, key, {"rate", "adj", "max", "unit"}, faults)
    if not any(any_nonzero([cell.get("rate"), cell.get("adj")]) for cells in structure for cell in cells):
        return ()
    printed = override or record.get(unit_key, record.get("demandunits", "kW"))
    unit, basis = demand_unit("demand_unit" if override else unit_key, printed, per_day, faults)
    metered = str(record.get("demandunits", unit)).strip()
    if override is None and metered.lower() != unit.lower():
        if unit == "kW":
            rule = f"demand is metered in {metered} and priced per kW, and what a {metered} counts in kW is not said"
            faults.add("demandunits", metered, rule, "Say which unit is meant: --demand-unit kW, kVA or hp.")
        else:
            notes.append(f"{unit_key} prices {unit}, and {unit} are billed, though demandunits says {metered}")
    if basis != "month":
        notes.append(daily_note(unit_key, unit, basis))
    periods: list[DemandPeriod] = []
    for number, cells in enumerate(structure):
        path = f"{key}[{number}]"
        for index, cell in enumerate(cells):
            own = cell.get("unit")
            if (
                override is None
                and own is not None
                and demand_unit(f"{path}[{index}].unit", own, per_day, faults) != (unit, basis)
            ):
                rule = f"contradicts {unit_key} {printed}"
                faults.add(f"{path}[{index}].unit", own, rule, "Correct one of the two, or say --demand-unit.")
        tiers = [DemandTier(*numbers) for numbers in _tiers(cells, path, faults, notes)]
        faults.raise_if_any()
        periods.append(DemandPeriod(f"period {number}", tuple(tiers), unit, basis))
    return tuple(periods)


def _structure(record: Record, key: str, known: set[str], faults: Faults) -> list[list[Record]]:
    """Periods of tiers of a rate structure, without null cells; empty where the record has none, InputError for a wrong shape."""
    structure = record.get(key, [])
    shape = "must be a list of periods, each a list of at least one tier, each an object"
    remedy = "Give [[{rate, adj, max, unit}, ...], ...]."
    if not isinstance(structure, list):
        raise InputError(Fault(key, structure, shape, remedy))
    periods: list[list[Record]] = []
    for number, period in enumerate(cast("list[Any]", structure)):
        if not isinstance(period, list) or not period or not all(isinstance(cell, dict) for cell in cast("list[Any]", period)):
            faults.add(f"{key}[{number}]", period, shape, remedy)
            continue
        cells = [
            {name: value for name, value in cell.items() if value is not None} for cell in cast("list[dict[str, Any]]", period)
        ]
        periods.append(cast("list[Record]", cells))
        for index, name in ((index, name) for index, cell in enumerate(cells) for name in sorted(cell.keys() - known)):
            offer = ", ".join(nearest(name, known)) or ", ".join(sorted(known))
            faults.add(f"{key}[{number}][{index}].{name}", cells[index][name], "is no field of a tier", f"Nearest: {offer}.")
    faults.raise_if_any()
    return periods


def _tiers(cells: Sequence[Record], path: str, faults: Faults, notes: list[str]) -> list[tuple[float, float, float]]:
    """Rate, adjustment and upper limit of each tier; the last one open."""
    tiers: list[tuple[float, float, float]] = []
    lower = 0.0
    for index, cell in enumerate(cells):
        place = f"{path}[{index}]."
        rate, adjustment = read_number(cell, "rate", place, faults), read_number(cell, "adj", place, faults)
        if "rate" not in cell and "adj" not in cell:
            notes.append(f"{path}[{index}] has no rate: billed at nought")
        if rate + adjustment < 0.0:
            notes.append(f"{path}[{index}] has a negative price of {rate + adjustment:g}: use in it is credited")
        limit = cell.get("max")
        open_ended = limit is None or (isinstance(limit, int | float) and limit >= NO_LIMIT)
        upper = math.inf if open_ended else read_number(cell, "max", place, faults)
        last = index == len(cells) - 1
        if not last and not lower < upper < math.inf:
            rule = f"a tier that is not the last must end above {lower:g}"
            faults.add(f"{place}max", limit, rule, "Order the tiers by their limits.")
        if last and upper <= lower:
            rule = f"the last tier must end above {lower:g}, where the tier before it ends"
            faults.add(f"{place}max", limit, rule, "Order the tiers by their limits, or leave out the last one's.")
        elif last and not open_ended:
            notes.append(f"{path}: its last tier ends at {upper:g}; use beyond is billed at the last tier's price")
            upper = math.inf
        tiers.append((rate, adjustment, upper))
        lower = upper
    return tiers


def _schedule(record: Record, kind: str, count: int, faults: Faults, notes: list[str]) -> Schedule:
    keys = (f"{kind}weekdayschedule", f"{kind}weekendschedule")
    if count == 1 and not any(key in record for key in keys):
        notes.append(f"the {kind} schedules are absent: the one period applies at all times")
        return Schedule.uniform()
    weekday, weekend = (_matrix(record.get(key), key, count, faults) for key in keys)
    return Schedule(weekday, weekend)


def _matrix(value: Any, key: str, count: int, faults: Faults) -> Matrix:
    if not isinstance(value, list) or len(value) != 12 or not all(_is_row(row, 24) for row in cast("list[Any]", value)):
        rule = "is missing" if value is None else "must be 12 months of 24 period numbers from 0"
        faults.add(key, value, rule, "Give the period of each hour of each month.")
        return Schedule.uniform().weekday
    matrix = tuple(tuple(row) for row in cast("list[list[int]]", value))
    missing = missing_period(matrix, count)
    if missing is not None:
        month, hour, period = missing
        cells = sum(cell == period for row in matrix for cell in row)
        rule = f"{MONTHS[month]} {hour}:00 refers to period {period}, which does not exist; the structure has 0..{count - 1}"
        faults.add(
            f"{key}[{month}][{hour}]", f"{period} ({cells} hours of the table)", rule, "Add the period or correct the hours."
        )
        return Schedule.uniform().weekday
    return matrix


def demand_window_minutes(record: Record) -> int | None:
    """Length of the window over which demand is metered, None where the record does not say."""
    window = record.get("demandwindow")
    with Faults() as faults:
        if window is not None and window not in (1, 5, 10, 15, 20, 30, 60):
            faults.add("demandwindow", window, "must be minutes that divide an hour", "Use 15, 30 or 60.")
    return None if window is None else int(window)


def read_number(holder: Record, key: str, path: str, faults: Faults) -> float:
    """A finite number; nought where the record has none."""
    value = holder.get(key, 0.0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < NO_LIMIT:
        faults.add(f"{path}{key}", value, "must be a finite number", "Write it as 1234.5.")
        return 0.0
    return float(value)


def _is_row(value: object, length: int) -> bool:
    """Whether the value is a list of so many whole numbers."""
    if not isinstance(value, list):
        return False
    cells = cast("list[object]", value)
    return len(cells) == length and all(isinstance(cell, int) and not isinstance(cell, bool) for cell in cells)


def any_nonzero(value: object) -> bool:
    """Whether anything but nought, false and emptiness stands in a value or within it."""
    if isinstance(value, list | dict):
        parts = cast("list[object]", value) if isinstance(value, list) else cast("dict[str, object]", value).values()
        return any(any_nonzero(part) for part in parts)
    return bool(value)
