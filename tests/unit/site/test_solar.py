"""The sun over a year: known angles, and hours that add up to their days."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brayton.core.timeaxis import TimeAxis
from brayton.site.solar import (
    declination_cooper,
    global_horizontal_from_daily,
    hourly_ratio_collares_pereira_rabl,
    sunset_hour_angle,
)
from brayton.site.weather import read_epw

AXIS = TimeAxis(2019)


def test_declination_at_solstice_and_equinox() -> None:
    assert np.degrees(declination_cooper([172, 355, 81])) == pytest.approx([23.45, -23.45, 0.0], abs=0.1)


def test_the_sun_sets_at_six_at_the_equator_and_never_at_the_pole() -> None:
    assert sunset_hour_angle(0.0, np.radians([23.45, -23.45])) == pytest.approx(np.pi / 2)
    assert sunset_hour_angle(80.0, np.radians([23.45, -23.45])) == pytest.approx([np.pi, 0.0])


@pytest.mark.parametrize("sunset_h", [4.0, 6.0, 7.5])
def test_ratios_of_a_day_add_up_to_one(sunset_h: float) -> None:
    """Within the 1 % to which the published coefficients close; by quarter hours, so that sunrise is met."""
    hours = np.arange(-12.0, 12.0, 0.05) + 0.025
    ratio = hourly_ratio_collares_pereira_rabl(hours * np.pi / 12.0, sunset_h * np.pi / 12.0)
    assert ratio.sum() * 0.05 == pytest.approx(1.0, abs=0.01)
    assert ratio[np.abs(hours) > sunset_h].max() == 0.0


def test_months_keep_their_means() -> None:
    daily = np.linspace(2.0, 7.5, 12)
    sun = global_horizontal_from_daily(daily, AXIS, latitude=35.6, longitude=-106.1, utc_offset_h=-7.0)
    by_month = np.bincount(AXIS.month, sun, 12) / np.bincount(AXIS.month[::24])
    assert by_month / 1e3 == pytest.approx(daily)
    mean_day = np.bincount(AXIS.hour, sun, 24) / 365
    assert np.argmax(mean_day) == 12  # its middle lies 26 min behind solar noon, that of the hour before 34 min ahead
    assert sun.max() < 1361.0  # outside the air: Kopp and Lean (2011)


@pytest.mark.parametrize("name", ["USA_NM_Santa.Fe", "USA_WI_Milwaukee", "USA_NY_New.York", "USA_FL_Miami"])
def test_mean_day_of_an_epw_comes_back_shared(shared: Path, name: str) -> None:
    """Global radiation rebuilt from an EPW's own monthly means: the mean day's hours within 40 W/m2 rms, 6 % of noon."""
    weather = read_epw(next((shared / "inputs" / "weather").glob(f"{name}*")))
    sun = weather.global_horizontal_w_m2
    daily = np.bincount(AXIS.month, sun, 12) / np.bincount(AXIS.month[::24]) / 1e3
    place = {"latitude": weather.latitude, "longitude": weather.longitude, "utc_offset_h": weather.utc_offset_h}
    made = global_horizontal_from_daily(daily, AXIS, **place)
    cell = AXIS.month * 24 + AXIS.hour
    mean_day = [np.bincount(cell, series, 288) / np.bincount(cell, minlength=288) for series in (sun, made)]
    assert np.sqrt(np.mean((mean_day[0] - mean_day[1]) ** 2)) < 40.0
