"""The time axis (L3) against the standard library's calendar."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.core.timeaxis import TimeAxis


@pytest.mark.parametrize(("year", "step_minutes"), [(2018, 60), (2020, 60), (2019, 15), (2024, 30), (2000, 60), (1999, 5)])
def test_calendar_of_every_step(year: int, step_minutes: int) -> None:
    axis = TimeAxis(year, step_minutes)
    first, after = dt.datetime(year, 1, 1), dt.datetime(year + 1, 1, 1)
    step = dt.timedelta(minutes=step_minutes)
    assert axis.steps == (after - first) // step
    assert axis.step_hours == step / dt.timedelta(hours=1)

    stamps = axis.stamps.astype(object)
    for index in range(0, axis.steps, 37):
        stamp: dt.datetime = stamps[index]
        assert stamp == first + index * step
        assert (axis.month[index], axis.hour[index], axis.weekday[index]) == (stamp.month - 1, stamp.hour, stamp.weekday())
        assert axis.day[index] == (stamp - first).days


@pytest.mark.parametrize("axis", [TimeAxis(2020), TimeAxis(2019), TimeAxis(2020, leap_day=False), TimeAxis(2020, 15)])
def test_all_arrays_have_one_entry_a_step(axis: TimeAxis) -> None:
    assert {len(values) for values in (axis.month, axis.hour, axis.day, axis.weekday, axis.stamps)} == {axis.steps}


def test_a_leap_year_without_its_day_steps_over_29_february() -> None:
    axis = TimeAxis(2020, leap_day=False)
    assert axis.steps == 8760
    assert np.datetime64("2020-02-29T00:00") not in axis.stamps
    march = int(np.flatnonzero(axis.month == 2)[0])
    assert axis.stamps[march] == np.datetime64("2020-03-01T00:00")
    assert axis.weekday[march] == dt.date(2020, 3, 1).weekday()
    assert axis.weekday[-1] == dt.date(2020, 12, 31).weekday()


@pytest.mark.parametrize(("year", "step_minutes"), [(1900, 60), (2200, 60), (2018, 7), (2018, 0), (2018, -60), (2018, 120)])
def test_impossible_axes_are_refused(year: int, step_minutes: int) -> None:
    with pytest.raises(InputError):
        TimeAxis(year, step_minutes)
