"""Holidays by rule and by date, against calendars in print."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.core.timeaxis import TimeAxis
from brayton.site.holidays import Holidays
from brayton.site.schedule import Matrix, Schedule
from brayton.site.tariff_clock import TariffClock

FEDERAL_2022 = "01-17 02-21 05-30 06-20 07-04 09-05 10-10 11-11 11-24 12-26"
"""US Office of Personnel Management, federal holidays of 2022, without New Year's Day of 2022, kept on 31 December 2021."""
FEDERAL_2021 = "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31"
UTILITY_2023 = "01-02 05-29 07-04 09-04 11-23 12-25"
"""NERC, additional off-peak days of 2023: New Year's Day fell on a Sunday."""


def days(text: str, year: int) -> frozenset[dt.date]:
    return frozenset(dt.date.fromisoformat(f"{year}-{day}") for day in text.split())


def test_sets_as_they_are_published() -> None:
    assert Holidays.of_set("us_federal").days(2022) == days(FEDERAL_2022, 2022)
    assert Holidays.of_set("us_federal").days(2021) == days(FEDERAL_2021, 2021)
    assert Holidays.of_set("us_utility").days(2023) == days(UTILITY_2023, 2023)
    assert not any(day.month == 6 for day in Holidays.of_set("us_federal").days(2020))


def test_by_name_and_by_date() -> None:
    chosen = Holidays(("good_friday", "day_after_thanksgiving"), ((12, 24), (2018, 7, 3), (2, 29)))
    assert chosen.days(2018) == days("03-30 07-03 11-23 12-24", 2018)
    assert chosen.days(2024) == days("02-29 03-29 11-29 12-24", 2024)


def test_a_sunday_is_observed_on_monday_or_not_at_all() -> None:
    assert dt.date(2021, 7, 5) in Holidays(("independence_day",)).days(2021)
    assert Holidays(("independence_day",), observed=False).days(2021) == days("07-04", 2021)
    assert Holidays(("independence_day",)).days(2020) == days("07-04", 2020)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Holidays(("labour_day",)), "'labour_day': is not a known holiday. Nearest: labor_day"),
        (lambda: Holidays(dates=((2, 30),)), "is no day of the calendar"),
        (lambda: Holidays.of_set("us"), "'us': is not a known set of holidays"),
    ],
)
def test_days_that_do_not_exist(make: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make()  # pyright: ignore[reportCallIssue]


def test_the_clock_bills_holidays_as_weekends_or_by_a_row_of_their_own() -> None:
    axis = TimeAxis(2018)
    zero, one, two = (tuple((n,) * 24 for _ in range(12)) for n in range(3))
    fourth = slice(24 * 184, 24 * 185)  # Wednesday 4 July
    holidays = Holidays(("independence_day",))

    def periods(holiday: Matrix | None, dates: Holidays) -> set[int]:
        return set(TariffClock(axis, "none", dates).periods(Schedule(zero, one, holiday))[fourth].tolist())

    assert axis.stamps[fourth][0] == np.datetime64("2018-07-04T00:00")
    assert periods(None, Holidays()) == {0}
    assert periods(None, holidays) == {1}
    assert periods(two, holidays) == {2}
    assert TariffClock(axis, "us", holidays).periods(Schedule(zero, one))[fourth].tolist() == [1] * 23 + [0]


def test_seasons_need_not_follow_the_months() -> None:
    axis = TimeAxis(2018)
    rows: Matrix = ((0,) * 24, (1,) * 24, (2,) * 24)
    schedule = Schedule(rows, rows, row_starts=((1, 1), (6, 15), (9, 16)))
    periods = TariffClock(axis).periods(schedule)
    assert axis.stamps[np.flatnonzero(np.diff(periods)) + 1].tolist() == [dt.datetime(2018, 6, 15), dt.datetime(2018, 9, 16)]
    assert schedule.periods_by_month[5] == (0, 1)
    assert schedule.periods_by_month[8] == (1, 2)
    assert schedule.periods_by_month[6] == (1,)
    assert schedule.row_name(1) == "from 15 June"
    for starts in (((1, 1), (9, 16), (6, 15)), ((1, 2), (6, 15), (9, 16)), ((1, 1), (6, 31), (9, 16))):
        with pytest.raises(InputError, match="must be days of the year in ascending order"):
            Schedule(rows, rows, row_starts=starts)
