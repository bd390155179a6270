"""A year's electricity bill of a net load under a tariff, line by line.

Every amount is the product of a quantity and a rate, kept unrounded: the lines of a month add up to the month and the months
to the year exactly, and rounding is left to whoever prints.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Fault, Faults, InputError
from brayton.core.timeaxis import TimeAxis
from brayton.site.tariff import (
    CoincidentPeak,
    DemandPeriod,
    EnergyCharge,
    FlatDemandCharge,
    RecurringCharge,
    Tariff,
    TouDemandCharge,
)
from brayton.site.tariff_clock import Dst, TariffClock

LARGEST_KW = 1e9
Item = Literal["energy", "supply", "tou_demand", "flat_demand", "coincident_peak", "fixed", "minimum", "export"]


@dataclass(frozen=True)
class BillLine:
    """One line: ``amount_usd = quantity * rate``. month: 1..12. period, tier (from 1): None where the item has none.

    unit: of the quantity; the rate is USD per unit. Exports are negative quantities, so that a credit is a negative amount.
    """

    month: int
    item: Item
    period: str | None
    tier: int | None
    quantity: float
    unit: str
    rate: float

    @property
    def amount_usd(self) -> float:
        return self.quantity * self.rate + 0.0  # an export at no price earns 0.0, not -0.0


@dataclass(frozen=True)
class BillMonth:
    """One month: ``total_usd = energy + demand + fixed + minimum_adder - export_credit``.

    energy_usd: energy and supply. demand_usd: time-of-use, flat and coincident demand. minimum_adder_usd: what lifts the bill
    to the minimum. peak_kw: highest import over the tariff's demand window. energy_kwh, export_kwh: imported and exported.
    """

    month: int
    energy_usd: float
    demand_usd: float
    fixed_usd: float
    minimum_adder_usd: float
    export_credit_usd: float
    total_usd: float
    peak_kw: float
    energy_kwh: float
    export_kwh: float


@dataclass(frozen=True)
class Bill:
    """A year's bill. months: twelve. notes: what the reader of the bill has to know, the tariff's own notes first."""

    months: tuple[BillMonth, ...]
    lines: tuple[BillLine, ...]
    notes: tuple[str, ...]

    @property
    def annual_usd(self) -> float:
        return math.fsum(month.total_usd for month in self.months)


def bill(tariff: Tariff, net_load_kw: ArrayLike, axis: TimeAxis, *, dst: Dst = "none") -> Bill:
    """The bill of a year.

    net_load_kw: shape (axis.steps,), mean over each step at the point of connection, import positive, export negative [kW].
    dst: whether the tariff's clock keeps US daylight saving; the steps themselves are local standard time.

    Rules. Energy: imports of the month fill the tiers in the order of time, each kWh at the price of its hour's period (SAM's
    rule); exports fill the tiers of the sell prices in the same way and earn nothing where there is no sell price. Demand: the
    highest mean import over the demand window in the month, or in each period's hours, in tiers. Coincident peak: the highest
    within its hours, once, in the month in which it falls. Fixed charges per day count calendar days. Minimum: if a month
    comes to less, an adder makes up the rest; a month whose credits exceed its charges counts as nought, so it pays the minimum
    and keeps the credit (as SAM has it). A yearly minimum is tested in the same way on the twelve months with their adders, and
    made up in December. (SAM tests it without the monthly adders and so may charge both.)
    Errors: InputError for a series of another length or with values that are not finite.
    """
    net = _checked(net_load_kw, axis)
    clock = TariffClock(axis, dst)
    demand = _Demand.over_window(net, clock, tariff.demand_window_minutes)
    imported = np.maximum(net, 0.0) * axis.step_hours
    exported = np.maximum(-net, 0.0) * axis.step_hours
    import_kwh = np.add.reduceat(imported, clock.month_starts)
    export_kwh = np.add.reduceat(exported, clock.month_starts)

    lines: list[BillLine] = []
    if tariff.energy is not None:
        lines += _energy_lines(tariff.energy, clock, imported)
    if tariff.has_supply:
        lines += [
            BillLine(month + 1, "supply", None, None, kwh, "kWh", tariff.supply_usd_per_kwh[month])
            for month, kwh in enumerate(import_kwh.tolist())
            if kwh
        ]
    if tariff.tou_demand is not None:
        lines += _tou_demand_lines(tariff.tou_demand, demand)
    if tariff.flat_demand is not None:
        lines += _flat_demand_lines(tariff.flat_demand, demand)
    lines += [_coincident_line(charge, demand) for charge in tariff.coincident_peaks]
    days = clock.days_in_month.tolist()
    for charge in tariff.fixed:
        lines += [_fixed_line(charge, month, days[month]) for month in range(12)]
    if tariff.energy is not None and exported.any():
        lines += _export_lines(tariff.energy, clock, exported)
    lines += _minimum_lines(tariff.minimum, lines, days)

    amounts: defaultdict[tuple[int, Item], list[float]] = defaultdict(list)
    for line in lines:
        amounts[line.month, line.item].append(line.amount_usd)
    physical = zip(demand.highest_by_month.tolist(), import_kwh.tolist(), export_kwh.tolist(), strict=True)
    months = tuple(_month(month, amounts, *quantities) for month, quantities in enumerate(physical, 1))
    return Bill(months, tuple(sorted(lines, key=lambda line: line.month)), tuple(_notes(tariff, clock, months)))


def _checked(net_load_kw: ArrayLike, axis: TimeAxis) -> NDArray[np.float64]:
    net = np.asarray(net_load_kw, dtype=np.float64)
    with Faults() as faults:
        if net.shape != (axis.steps,):
            rule = f"must have {axis.steps} steps of {axis.step_minutes} min for {axis.year}"
            faults.add("net_load_kw", f"shape {net.shape}", rule, "Give one value for each step of the year.")
        bad = np.flatnonzero(~(np.abs(net) < LARGEST_KW))
        if bad.size:
            rule = f"must be finite and below {LARGEST_KW:g} kW; {bad.size} of {net.size} steps are not"
            value = float(net.flat[bad[0]])
            faults.add(
                f"net_load_kw, step {bad[0]}", value, rule, "Fill the gap, or correct the unit, where the series comes from."
            )
    return net


@dataclass(frozen=True)
class _Demand:
    """Mean net load over each demand window [kW]. stride: steps in a window; a window takes the period of its first step."""

    kw: NDArray[np.float64]
    clock: TariffClock
    stride: int

    @classmethod
    def over_window(cls, net: NDArray[np.float64], clock: TariffClock, window_minutes: int | None) -> _Demand:
        step = clock.axis.step_minutes
        if window_minutes is None or window_minutes <= step:
            return cls(net, clock, 1)
        stride, rest = divmod(window_minutes, step)
        if rest:
            rule = f"steps of {step} min do not make up the tariff's demand window of {window_minutes} min"
            raise InputError(Fault("step_minutes", step, rule, "Resample the load to a step that divides the window."))
        return cls(net.reshape(-1, stride).mean(axis=1), clock, stride)

    @property
    def month_starts(self) -> NDArray[np.int64]:
        return self.clock.month_starts // self.stride

    @property
    def highest_by_month(self) -> NDArray[np.float64]:
        return np.maximum(np.maximum.reduceat(self.kw, self.month_starts), 0.0)


def _tier_kwh(charge: EnergyCharge, clock: TariffClock, kwh: NDArray[np.float64]) -> Iterator[tuple[int, int, int, float]]:
    """Energy above nought by month, period and tier: the overlap of each step's stretch of the month's energy with each tier."""
    count = len(charge.periods)
    cell = clock.month * count + clock.periods(charge.schedule)
    uppers = _monthly_uppers(charge, clock)
    total = np.cumsum(kwh)
    before_month = np.concatenate(([0.0], total))[clock.month_starts]
    after = total - before_month[clock.month]
    before = np.concatenate(([0.0], after[:-1]))
    before[clock.month_starts] = 0.0
    lower = np.zeros(12)
    for tier in range(uppers.shape[1]):
        upper = uppers[:, tier]
        if uppers.shape[1] == 1:
            in_tier = kwh
        else:
            in_tier = np.maximum(np.minimum(after, upper[clock.month]) - np.maximum(before, lower[clock.month]), 0.0)
        sums = np.bincount(cell, weights=in_tier, minlength=12 * count)
        for index in np.flatnonzero(sums).tolist():
            yield index // count, index % count, tier, float(sums[index])
        lower = upper


def _monthly_uppers(charge: EnergyCharge, clock: TariffClock) -> NDArray[np.float64]:
    """Upper limits [kWh per month], shape (12, most tiers); months with fewer tiers repeat infinity."""
    width = max(len(period.tiers) for period in charge.periods)
    uppers = np.full((12, width), math.inf)
    for month, present in enumerate(charge.schedule.periods_by_month):
        period = charge.periods[present[0]]
        days = clock.days_in_month[month] if period.limit_unit == "kWh daily" else 1
        uppers[month, : len(period.tiers)] = np.array(period.limits) * days
    return uppers


def _energy_lines(charge: EnergyCharge, clock: TariffClock, imported: NDArray[np.float64]) -> Iterator[BillLine]:
    for month, index, tier, kwh in _tier_kwh(charge, clock, imported):
        period = charge.periods[index]
        yield BillLine(month + 1, "energy", period.name, tier + 1, kwh, "kWh", period.tiers[tier].price_usd_per_kwh)


def _export_lines(charge: EnergyCharge, clock: TariffClock, exported: NDArray[np.float64]) -> Iterator[BillLine]:
    for month, index, tier, kwh in _tier_kwh(charge, clock, exported):
        period = charge.periods[index]
        yield BillLine(month + 1, "export", period.name, tier + 1, -kwh, "kWh", period.tiers[tier].sell_usd_per_kwh or 0.0)


def _tou_demand_lines(charge: TouDemandCharge, demand: _Demand) -> Iterator[BillLine]:
    period_of = demand.clock.periods(charge.schedule)[:: demand.stride]
    for index, period in enumerate(charge.periods):
        within = np.where(period_of == index, demand.kw, 0.0)
        for month, kw in enumerate(np.maximum.reduceat(within, demand.month_starts).tolist()):
            yield from _demand_lines(month, "tou_demand", period, kw)


def _flat_demand_lines(charge: FlatDemandCharge, demand: _Demand) -> Iterator[BillLine]:
    for month, kw in enumerate(demand.highest_by_month.tolist()):
        yield from _demand_lines(month, "flat_demand", charge.periods[charge.months[month]], kw)


def _demand_lines(month: int, item: Item, period: DemandPeriod, kw: float) -> Iterator[BillLine]:
    lower = 0.0
    for number, tier in enumerate(period.tiers, 1):
        if kw > lower:
            yield BillLine(month + 1, item, period.name, number, min(kw, tier.upper_kw) - lower, "kW", tier.price_usd_per_kw)
        lower = tier.upper_kw


def _coincident_line(charge: CoincidentPeak, demand: _Demand) -> BillLine:
    shown = demand.clock.step[:: demand.stride]
    within = np.zeros(shown.size, dtype=bool)
    axis = demand.clock.axis
    for window in charge.windows:
        path = f"coincident peak {charge.name}"
        try:
            start = dt.datetime(axis.year, window.month, window.day, window.hour)
        except ValueError:
            value = f"month {window.month}, day {window.day}, hour {window.hour}"
            raise InputError(Fault(path, value, f"is no hour of {axis.year}", "Correct the window.")) from None
        first = int(np.searchsorted(axis.stamps, np.datetime64(start, "m")))
        last = first + window.hours * 60 // axis.step_minutes
        if window.hours < 1 or last > axis.steps:
            rule = "must be at least an hour and end within the year"
            raise InputError(Fault(path, f"{window.hours} h from {start:%d %B %H:00}", rule, "Correct the window."))
        within |= (shown >= first) & (shown < last)
    highest = int(np.argmax(np.where(within, demand.kw, -math.inf)))
    month = int(demand.clock.month[highest * demand.stride])
    return BillLine(month + 1, "coincident_peak", charge.name, None, max(float(demand.kw[highest]), 0.0), "kW", charge.usd_per_kw)


def _fixed_line(charge: RecurringCharge, month: int, days: int) -> BillLine:
    quantity = {"day": float(days), "month": 1.0, "year": 1.0 / 12.0}[charge.per]
    return BillLine(month + 1, "fixed", charge.name, None, quantity, charge.per, charge.usd)


def _minimum_lines(charges: Sequence[RecurringCharge], lines: Sequence[BillLine], days: Sequence[int]) -> list[BillLine]:
    """The adders that lift a month, and then the year, to its minimum; a month in credit counts as nought."""
    if not charges:
        return []
    adders: list[BillLine] = []
    paid = 0.0
    for month in range(12):
        total = max(math.fsum(line.amount_usd for line in lines if line.month == month + 1), 0.0)
        least = math.fsum(charge.usd * {"day": days[month], "month": 1, "year": 0}[charge.per] for charge in charges)
        if total < least:
            adders.append(BillLine(month + 1, "minimum", "month", None, 1.0, "month", least - total))
        paid += max(total, least)
    least = math.fsum(charge.usd for charge in charges if charge.per == "year")
    if paid < least:
        adders.append(BillLine(12, "minimum", "year", None, 1.0, "year", least - paid))
    return adders


def _month(
    month: int, amounts: Mapping[tuple[int, Item], Sequence[float]], peak_kw: float, kwh: float, sold_kwh: float
) -> BillMonth:
    def total(*items: Item) -> float:
        return math.fsum(amount for item in items for amount in amounts.get((month, item), ()))

    energy, demand = total("energy", "supply"), total("tou_demand", "flat_demand", "coincident_peak")
    fixed, adder, credit = total("fixed"), total("minimum"), 0.0 - total("export")
    due = math.fsum((energy, demand, fixed, adder, -credit))
    return BillMonth(month, energy, demand, fixed, adder, credit, due, peak_kw, kwh, sold_kwh)


def _notes(tariff: Tariff, clock: TariffClock, months: Sequence[BillMonth]) -> Iterator[str]:
    yield from tariff.notes
    if tariff.delivery_only and not tariff.has_supply:
        yield "delivery only: the energy itself is not in these prices and not in this bill; give a supply price"
    window, step = tariff.demand_window_minutes, clock.axis.step_minutes
    if window is not None and window < step:
        yield f"demand is the mean of {step} min steps; the meter's window is {window} min, so that true peaks are higher"
    peak = max(month.peak_kw for month in months)
    low, high = tariff.eligible_kw
    if not low <= peak <= high:
        yield f"the load peaks at {peak:.1f} kW; the tariff is for customers of {low:g} to {high:g} kW"
    exported = math.fsum(month.export_kwh for month in months)
    if exported:
        paid = (
            "earn the sell price of their hour"
            if tariff.energy and tariff.energy.has_sell_price
            else "earn nothing: no sell price"
        )
        rule = f"; the record says {tariff.dg_rule}, which is not applied" if tariff.dg_rule else ""
        yield f"exports of {exported:.0f} kWh {paid}{rule}"
