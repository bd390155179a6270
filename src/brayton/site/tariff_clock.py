"""The clock that a tariff reads: months, hours and day types of each step, daylight saving if it keeps it (law L3).

Steps are local standard time. Only here do they meet daylight saving: on a clock that keeps it, a step within the daylight
season stands one hour later, for the schedule and for the end of the billing month alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from brayton.core.errors import Fault, InputError, unknown_name
from brayton.core.timeaxis import TimeAxis
from brayton.site.holidays import LAST, NO_HOLIDAYS, SATURDAY, SUNDAY, Holidays, nth_weekday
from brayton.site.schedule import HOLIDAY, TWELVE_MONTHS, WEEKDAY, WEEKEND, Schedule
from brayton.site.tariff import EnergyCharge, Tariff

Dst = Literal["none", "us"]


@dataclass(frozen=True)
class TariffClock:
    """Months and hours of each step of an axis as the tariff counts them."""

    axis: TimeAxis
    dst: Dst = "none"
    holidays: Holidays = NO_HOLIDAYS

    def __post_init__(self) -> None:
        if self.dst not in get_args(Dst):
            raise unknown_name("rule of daylight saving", str(self.dst), get_args(Dst), path="dst")

    @cached_property
    def step(self) -> NDArray[np.int64]:
        """The step whose standard time each step's clock shows; the same step outside the daylight season."""
        steps = np.arange(self.axis.steps)
        if self.dst == "none":
            return steps
        begin, end = us_daylight_season(self.axis.year)
        in_season = (self.axis.stamps >= begin) & (self.axis.stamps < end)
        return steps + in_season * (60 // self.axis.step_minutes)

    @cached_property
    def month(self) -> NDArray[np.int64]:
        """Billing month of each step, 0..11, never falling."""
        return self.axis.month[self.step]

    @cached_property
    def month_starts(self) -> NDArray[np.int64]:
        """First step of each of the twelve billing months."""
        return np.searchsorted(self.month, np.arange(12))

    @cached_property
    def days_in_month(self) -> NDArray[np.int64]:
        """Calendar days of each month."""
        return np.bincount(self.axis.month) * self.axis.days // self.axis.steps

    @cached_property
    def day(self) -> NDArray[np.int64]:
        """Day of the year of each step on the clock, from 0."""
        return self.axis.day[self.step]

    @cached_property
    def _day_type(self) -> NDArray[np.int64]:
        kind = np.where(self.axis.weekday >= SATURDAY, WEEKEND, WEEKDAY)
        days = self.holidays.days(self.axis.year)
        if days:
            dates = self.axis.stamps.astype("datetime64[D]")
            kind = np.where(np.isin(dates, np.array(sorted(days), dtype="datetime64[D]")), HOLIDAY, kind)
        return kind[self.step]

    def _rows(self, schedule: Schedule) -> NDArray[np.int64]:
        """The row of a schedule that applies on the day of each step."""
        if schedule.row_starts == TWELVE_MONTHS:
            return self.month
        first = self.axis.stamps.astype("datetime64[M]")
        of_month = (self.axis.stamps.astype("datetime64[D]") - first).astype(np.int64) + 1
        starts = np.array([100 * month + day for month, day in schedule.row_starts])
        return (np.searchsorted(starts, 100 * (self.axis.month + 1) + of_month, side="right") - 1)[self.step]

    def periods(self, schedule: Schedule) -> NDArray[np.int64]:
        """The period of each step."""
        return schedule.table[self._day_type, self._rows(schedule), self.axis.hour[self.step]]


def us_daylight_season(year: int) -> tuple[np.datetime64, np.datetime64]:
    """First and last instant of US daylight saving time, in local standard time.

    Second Sunday of March to first Sunday of November since 2007 (Energy Policy Act of 2005, section 110), first Sunday of
    April to last of October 1987 to 2006 (Public Law 99-359), last Sunday of April to last of October 1976 to 1986 (Uniform
    Time Act of 1966). It begins at 2:00 standard time and ends at 2:00 daylight time, which is 1:00 standard time.
    Errors: InputError before 1976, when the dates changed by statute from year to year.
    """
    if year >= 2007:
        begin, end = nth_weekday(year, 3, SUNDAY, 2), nth_weekday(year, 11, SUNDAY, 1)
    elif year >= 1976:
        begin = nth_weekday(year, 4, SUNDAY, 1 if year >= 1987 else LAST)
        end = nth_weekday(year, 10, SUNDAY, LAST)
    else:
        rule = "US daylight saving is known here from 1976 on"
        raise InputError(Fault("dst", f"us, year {year}", rule, "Use dst none, or a later calendar year."))
    return np.datetime64(begin, "m") + np.timedelta64(120, "m"), np.datetime64(end, "m") + np.timedelta64(60, "m")


def clock_of(tariff: Tariff, axis: TimeAxis, dst: Dst = "none") -> TariffClock:
    """The clock of an axis with the tariff's holidays; the same one for the next bill."""
    return _clock(axis, dst, tariff.holidays)


@lru_cache(maxsize=8)
def _clock(axis: TimeAxis, dst: Dst, holidays: Holidays) -> TariffClock:
    return TariffClock(axis, dst, holidays)


def hourly_energy_price(tariff: Tariff, axis: TimeAxis, dst: Dst = "none") -> NDArray[np.float64]:
    """Price of a further kWh imported in each step, first tier, supply and adjustment included [USD/kWh]; (steps,)."""
    clock = clock_of(tariff, axis, dst)
    price = (np.array(tariff.supply_usd_per_kwh) + np.array(tariff.adjustment_usd_per_kwh))[clock.month]
    series = tariff.import_prices
    if series is not None:
        price = price + series.on(axis)
    if tariff.energy is not None and (series is None or series.added):
        price = price + _first_tier(tariff.energy, clock, [period.tiers[0].price_usd_per_kwh for period in tariff.energy.periods])
    return price


def _first_tier(charge: EnergyCharge, clock: TariffClock, usd_per_kwh: list[float]) -> NDArray[np.float64]:
    return np.array(usd_per_kwh)[clock.periods(charge.schedule)]
