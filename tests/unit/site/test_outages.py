"""Planned outages on the calendar, and outages found in availability series."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.core.timeaxis import TimeAxis
from brayton.site.outages import (
    REOPT_MICROTURBINE,
    Outages,
    PlannedOutage,
    availability_from_outages,
    count_outages,
    outages_from_table,
    read_outages,
    runs,
)

AXIS = TimeAxis(2018)
PLAN = """
name = "spring and autumn"
source = { title = "service plan", date = "2024", basis = "estimate", note = "made for a test" }
[[outage]]
month = 4
day = 10
hour = 8
hours = 10
machines = 1
[[outage]]
month = 10
week = 2
weekday = 3
hours = 24
"""


def plan(*outages: PlannedOutage) -> Outages:
    return Outages(name="p", source=REOPT_MICROTURBINE.source, outage=outages)


def test_reopts_microturbine_is_out_for_264_hours_from_the_days_of_the_calendar() -> None:
    """By the calendar of 2018: 1 March is a Thursday, 1 April and 1 July are Sundays, 1 October is a Monday."""
    starts = [outage.start(2018) for outage in REOPT_MICROTURBINE.outage]
    assert starts == [dt.datetime(2018, 3, 5), dt.datetime(2018, 4, 6), dt.datetime(2018, 7, 2), dt.datetime(2018, 10, 12)]
    assert [outage.hours for outage in REOPT_MICROTURBINE.outage] == [60, 72, 60, 72]
    availability = availability_from_outages(AXIS, REOPT_MICROTURBINE, 1)
    assert np.count_nonzero(availability == 0.0) == REOPT_MICROTURBINE.hours == 264
    assert np.count_nonzero(availability == 1.0) == 8760 - 264
    assert [(o.hours, o.days) for o in count_outages(AXIS, availability, availability)] == [(60, 3), (72, 3), (60, 3), (72, 3)]


def test_reopts_table_is_restated_as_shared(shared: Path) -> None:
    with (shared / "oracles" / "chp_unavailability_defaults.csv").open() as file:
        rows = [row for row in csv.DictReader(line for line in file if line[0] != "#") if row["prime_mover"] == "micro_turbine"]
    theirs = [tuple(int(cell) for name, cell in row.items() if name != "prime_mover") for row in rows]
    ours = [(o.month, o.week, o.weekday, o.hour + 1, o.hours) for o in REOPT_MICROTURBINE.outage]
    assert ours == theirs


def test_some_of_several_machines(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(PLAN)
    for axis in (AXIS, TimeAxis(2018, 15), TimeAxis(2020, leap_day=False)):
        availability = availability_from_outages(axis, read_outages(path), 4)
        out = axis.stamps[availability < 1.0].astype("datetime64[h]")
        hours = np.unique(out).astype(str).tolist()
        assert hours[0] == f"{axis.year}-04-10T08"
        assert hours[9] == f"{axis.year}-04-10T17"
        assert len(hours) == 34
        april = availability[axis.month == 3]
        assert np.unique(april).tolist() == [0.75, 1.0]
        assert np.unique(availability[axis.month == 9]).tolist() == [0.0, 1.0]


def test_outages_that_overlap_add_up_to_all_machines() -> None:
    one = PlannedOutage(month=5, day=1, hours=10, machines=2)
    other = PlannedOutage(month=5, day=1, hour=5, hours=10, machines=2)
    first = 120 * 24
    assert availability_from_outages(AXIS, plan(one, other), 3)[first : first + 16].tolist() == pytest.approx(
        [1 / 3] * 5 + [0.0] * 5 + [1 / 3] * 5 + [1.0]
    )


def test_an_outage_in_february_of_a_leap_year_without_its_day() -> None:
    axis = TimeAxis(2024, leap_day=False)
    over = availability_from_outages(axis, plan(PlannedOutage(month=2, day=28, hours=48)), 1)
    out = axis.stamps[over == 0.0]
    assert (str(out[0]), str(out[-1])) == ("2024-02-28T00:00", "2024-03-01T23:00")
    with pytest.raises(InputError, match="2024-02-29"):
        availability_from_outages(axis, plan(PlannedOutage(month=2, day=29, hours=1)), 1)


@pytest.mark.parametrize(
    ("outage", "message"),
    [
        (PlannedOutage(month=2, day=29, hours=1), "month 2, day 29.*is no day of 2018"),
        (PlannedOutage(month=12, day=31, hour=12, hours=13), "13 h from 2018-12-31 12:00.*must begin and end within"),
        (PlannedOutage(month=12, week=6, weekday=7, hours=13), "2019-01-06"),
        (PlannedOutage(month=1, day=1, hours=1, machines=3), r"outage\[0\]\.machines = 3: there are 2"),
    ],
)
def test_outages_that_do_not_fit_are_refused(outage: PlannedOutage, message: str) -> None:
    with pytest.raises(InputError, match=message):
        availability_from_outages(AXIS, plan(outage), 2)


def test_faults_of_a_plan_are_told_at_once() -> None:
    outages = plan(PlannedOutage(month=2, day=30, hours=1), PlannedOutage(month=12, day=31, hours=99, machines=9))
    with pytest.raises(InputError) as caught:
        availability_from_outages(AXIS, outages, 0)
    assert len(caught.value.faults) == 4


@pytest.mark.parametrize(
    ("outage", "message"),
    [
        ({"month": 3, "hours": 5}, "must start on a `day`"),
        ({"month": 3, "hours": 5, "day": 3, "week": 1, "weekday": 2}, "must start on a `day`"),
        ({"month": 3, "hours": 5, "day": 3, "week": 1}, "must start on a `day`"),
        ({"month": 13, "hours": 5, "day": 3}, r"outage\[0\]\.month = 13"),
        ({"month": 3, "hours": 0, "day": 3}, r"outage\[0\]\.hours = 0"),
        ({"month": 3, "hours": 5, "dya": 3}, "Nearest: day"),
    ],
)
def test_bad_tables_are_refused(outage: dict[str, int], message: str) -> None:
    source = {"title": "t", "date": "2024", "basis": "estimate"}
    with pytest.raises(InputError, match=message):
        outages_from_table({"name": "p", "source": source, "outage": [outage]}, file="plan.toml")


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
