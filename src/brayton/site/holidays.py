"""Holidays of a tariff: by the rules of well-known sets, and by date."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

from brayton.core.errors import Fault, InputError, unknown_name

MONDAY, THURSDAY, SATURDAY, SUNDAY = 0, 3, 5, 6
"""Days of the week, as `datetime.date.weekday` counts them."""
LAST = -1


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> dt.date:
    """The nth such weekday (Monday 0) of a month, from 1; `LAST` for the last."""
    days = [week[weekday] for week in calendar.monthcalendar(year, month) if week[weekday]]
    return dt.date(year, month, days[nth - 1 if nth > 0 else nth])


def _good_friday(year: int) -> dt.date:
    """Two days before Easter Sunday of the Gregorian calendar (anonymous computus, Nature, 20 April 1876)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e, f = b // 4, b % 4, (b + 8) // 25
    h = (19 * a + b - d - (b - f + 1) // 3 + 15) % 30
    w = (32 + 2 * e + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * w) // 451
    month, day = divmod(h + w - 7 * m + 114, 31)
    return dt.date(year, month, day + 1) - dt.timedelta(days=2)


FIXED_DAYS = {
    "new_years_day": (1, 1),
    "juneteenth": (6, 19),
    "independence_day": (7, 4),
    "veterans_day": (11, 11),
    "christmas_eve": (12, 24),
    "christmas_day": (12, 25),
}
"""Month and day of the holidays with a date of their own."""

FLOATING_DAYS = {
    "martin_luther_king_day": (1, MONDAY, 3),
    "presidents_day": (2, MONDAY, 3),
    "memorial_day": (5, MONDAY, LAST),
    "labor_day": (9, MONDAY, 1),
    "columbus_day": (10, MONDAY, 2),
    "thanksgiving_day": (11, THURSDAY, 4),
}
"""Month, weekday and which one of the holidays that keep to a weekday (5 U.S.C. 6103)."""

NAMES = (*FIXED_DAYS, *FLOATING_DAYS, "good_friday", "day_after_thanksgiving")
"""Holidays that are known by name."""

SETS: dict[str, tuple[str, ...]] = {
    "us_utility": ("new_years_day", "memorial_day", "independence_day", "labor_day", "thanksgiving_day", "christmas_day"),
    "us_federal": (
        "new_years_day",
        "martin_luther_king_day",
        "presidents_day",
        "memorial_day",
        "juneteenth",
        "independence_day",
        "labor_day",
        "columbus_day",
        "veterans_day",
        "thanksgiving_day",
        "christmas_day",
    ),
}
"""us_utility: the six of most tariff books (and of NERC's off-peak hours); us_federal: 5 U.S.C. 6103, Juneteenth since 2021."""

JUNETEENTH_SINCE = 2021


@dataclass(frozen=True)
class Holidays:
    """The holidays that a tariff bills in their own way.

    names: of `NAMES`. dates: month and day, every year, or year, month and day.
    observed: a holiday with a date of its own that falls on a Sunday is kept on the Monday after (as NERC and most tariff books
    have it); ``saturday_too``: one on a Saturday on the Friday before (the federal offices).
    """

    names: tuple[str, ...] = ()
    dates: tuple[tuple[int, int] | tuple[int, int, int], ...] = ()
    observed: bool = True
    saturday_too: bool = False

    def __post_init__(self) -> None:
        for name in self.names:
            if name not in NAMES:
                raise unknown_name("holiday", name, NAMES, path="holidays.names")
        for date in self.dates:
            year, month, day = date if len(date) == 3 else (2000, *date)
            try:
                dt.date(year, month, day)
            except ValueError:
                raise InputError(Fault("holidays.dates", date, "is no day of the calendar", "Correct it.")) from None

    @classmethod
    def of_set(cls, name: str) -> Holidays:
        """The holidays of one of `SETS`; the federal set is observed on Fridays too. Errors: InputError for an unknown name."""
        if name not in SETS:
            raise unknown_name("set of holidays", name, SETS, path="holidays")
        return cls(SETS[name], saturday_too=name == "us_federal")

    def days(self, year: int) -> frozenset[dt.date]:
        """The days of a year that are holidays, those included on which one of the neighbouring years is observed."""
        found = {day for near in (year - 1, year, year + 1) for day in self._kept(near)}
        return frozenset(day for day in found if day.year == year)

    def _kept(self, year: int) -> list[dt.date]:
        days: list[dt.date] = []
        for name in self.names:
            if name == "juneteenth" and year < JUNETEENTH_SINCE:
                continue
            if name in FIXED_DAYS:
                days.append(self._observed(dt.date(year, *FIXED_DAYS[name])))
            elif name in FLOATING_DAYS:
                days.append(nth_weekday(year, *FLOATING_DAYS[name]))
            elif name == "good_friday":
                days.append(_good_friday(year))
            else:
                days.append(nth_weekday(year, *FLOATING_DAYS["thanksgiving_day"]) + dt.timedelta(days=1))
        for date in self.dates:
            if len(date) == 3 and date[0] == year:
                days.append(dt.date(*date))
            elif len(date) == 2 and (date != (2, 29) or calendar.isleap(year)):
                days.append(dt.date(year, *date))
        return days

    def _observed(self, day: dt.date) -> dt.date:
        if self.observed and day.weekday() == SUNDAY:
            return day + dt.timedelta(days=1)
        if self.observed and self.saturday_too and day.weekday() == SATURDAY:
            return day - dt.timedelta(days=1)
        return day


NO_HOLIDAYS = Holidays()
"""For tariffs that know weekdays and weekends only."""
