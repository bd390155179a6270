"""Planned outages on the calendar, and outages found in availability series."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.core.records import parse_record
from brayton.core.timeaxis import TimeAxis
from brayton.site.outages import REOPT_MICROTURBINE, PlannedOutage, count_outages, runs

AXIS = TimeAxis(2018)


def test_reopts_microturbine_is_out_for_264_hours_from_the_days_of_the_calendar() -> None:
    """By the calendar of 2018: 1 March is a Thursday, 1 April and 1 July are Sundays, 1 October is a Monday."""
    starts = [outage.start(2018) for outage in REOPT_MICROTURBINE]
    assert starts == [dt.datetime(2018, 3, 5), dt.datetime(2018, 4, 6), dt.datetime(2018, 7, 2), dt.datetime(2018, 10, 12)]
    assert [outage.hours for outage in REOPT_MICROTURBINE] == [60, 72, 60, 72]


def test_reopts_table_is_restated_as_shared(shared: Path) -> None:
    with (shared / "oracles" / "chp_unavailability_defaults.csv").open() as file:
        rows = [row for row in csv.DictReader(line for line in file if line[0] != "#") if row["prime_mover"] == "micro_turbine"]
    theirs = [tuple(int(cell) for name, cell in row.items() if name != "prime_mover") for row in rows]
    ours = [(o.month, o.week, o.weekday, o.hour + 1, o.hours) for o in REOPT_MICROTURBINE]
    assert ours == theirs


@pytest.mark.parametrize(
    ("start", "message"),
    [
        ({"month": 2, "day": 29}, "month 2, day 29.*is no day of 2018"),
        ({"month": 12, "week": 6, "weekday": 7}, "month 12, week 6, weekday 7.*is no day of 2018"),
    ],
)
def test_days_that_the_year_does_not_have_are_refused(start: dict[str, int], message: str) -> None:
    with pytest.raises(InputError, match=message):
        PlannedOutage(hours=1, **start).start(2018)


def test_a_leap_day_is_a_day_of_its_year() -> None:
    assert PlannedOutage(month=2, day=29, hour=7, hours=1).start(2020) == dt.datetime(2020, 2, 29, 7)


@pytest.mark.parametrize(
    ("outage", "message"),
    [
        ({"month": 3, "hours": 5}, "must start on a `day`"),
        ({"month": 3, "hours": 5, "day": 3, "week": 1, "weekday": 2}, "must start on a `day`"),
        ({"month": 3, "hours": 5, "day": 3, "week": 1}, "must start on a `day`"),
        ({"month": 13, "hours": 5, "day": 3}, "month = 13"),
        ({"month": 3, "hours": 0, "day": 3}, "hours = 0"),
        ({"month": 3, "hours": 5, "dya": 3}, "Nearest: day"),
    ],
)
def test_bad_tables_are_refused(outage: dict[str, int], message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_record(PlannedOutage, outage)


def test_planned_and_forced_outages_are_counted_apart() -> None:
    planned, availability = np.ones(AXIS.steps), np.ones(AXIS.steps)
    planned[100:110] = 0.5
    availability[100:110] = 0.5
    availability[108:112] = 0.0  # the other machine trips while the first is in maintenance, and both stay out
    availability[500:501] = 0.5
    found = count_outages(AXIS, availability, planned)
    assert [(outage.kind, outage.first_step, outage.hours) for outage in found] == [
        ("planned", 100, 10.0),
        ("forced", 108, 4.0),
        ("forced", 500, 1.0),
    ]
    assert [outage.equivalent_hours for outage in found] == [5.0, 3.0, 0.5]


def test_an_availability_that_cannot_be_is_refused() -> None:
    with pytest.raises(InputError, match=r"availability, step 0 = 1.0: is more than the plan leaves, 0.5") as caught:
        count_outages(AXIS, 1.0, 0.5)
    assert len(caught.value.faults) == 1
    with pytest.raises(InputError, match=r"must lie in 0\.\.1"):
        count_outages(AXIS, np.full(AXIS.steps, -0.1))
    with pytest.raises(InputError, match="must be one number or 8760 steps"):
        count_outages(AXIS, np.ones(24))


def test_runs_at_both_ends() -> None:
    assert runs(np.array([True, True, False, True])) == [(0, 2), (3, 4)]
    assert runs(np.zeros(3, dtype=bool)) == []
