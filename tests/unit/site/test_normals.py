"""A year from monthly normals: keeps what was given, is the same every time, refuses what cannot be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.core.timeaxis import TimeAxis
from brayton.core.units import ZERO_CELSIUS_K
from brayton.gas.air import saturation_pressure_pa
from brayton.site.normals import mean_daily_range
from brayton.site.synthetic import diurnal_shape_erbs, mean_preserving_year, monthly_mean, red_noise
from brayton.site.weather import Weather, normals_from_table, weather_from_normals

AXIS = TimeAxis(2019)
DRY_BULB = [-5.0, -3.0, 3.0, 9.0, 15.0, 20.0, 23.0, 22.0, 18.0, 11.0, 5.0, -2.0]


def table(**changes: Any) -> dict[str, Any]:
    base = {
        "name": "Inland",
        "latitude": 42.0,
        "longitude": -88.0,
        "elevation_m": 201.0,
        "utc_offset_h": -6.0,
        "mean_dry_bulb_c": DRY_BULB,
        "daily_range_k": [9.0, 9.0, 10.0, 11.0, 12.0, 12.0, 11.0, 11.0, 11.0, 11.0, 9.0, 8.0],
        "mean_dew_point_c": [temp - 6.0 for temp in DRY_BULB],
        "mean_wind_speed_m_s": [5.0] * 6 + [4.0] * 6,
        "source": {"title": "made up for a test", "date": "2026", "basis": "estimate"},
    }
    return {key: value for key, value in (base | changes).items() if value is not None}


def make(**changes: Any) -> Weather:
    return weather_from_normals(normals_from_table(table(**changes)))


def test_monthly_figures_come_back() -> None:
    weather = make()
    np.testing.assert_allclose(monthly_mean(weather.dry_bulb_c, AXIS), DRY_BULB, atol=1e-9)
    np.testing.assert_allclose(mean_daily_range(weather.dry_bulb_c, AXIS), table()["daily_range_k"], atol=0.05)
    np.testing.assert_allclose(monthly_mean(weather.wind_speed_m_s, AXIS), [5.0] * 6 + [4.0] * 6, rtol=1e-9)
    assert weather.source.basis == "estimate"
    assert np.isnan(weather.global_horizontal_w_m2).all()
    assert "made from monthly normals" in weather.notes[0]
    assert ((weather.relative_humidity > 0.0) & (weather.relative_humidity <= 1.0)).all()


def test_mean_dew_point_and_mean_relative_humidity_come_back() -> None:
    weather = make()
    vapour = weather.relative_humidity * saturation_pressure_pa(weather.dry_bulb_c + ZERO_CELSIUS_K)
    grid = np.linspace(-60.0, 40.0, 20_001)
    dew_point = np.interp(vapour, saturation_pressure_pa(grid + ZERO_CELSIUS_K), grid)
    np.testing.assert_allclose(monthly_mean(dew_point, AXIS), table()["mean_dew_point_c"], atol=0.1)
    humid = make(mean_dew_point_c=None, mean_relative_humidity=[0.7] * 12)
    np.testing.assert_allclose(monthly_mean(humid.relative_humidity, AXIS), 0.7, atol=0.01)


def test_pressure_is_hypsometric_or_as_given() -> None:
    # Santa Fe's airport, 1934 m and 10.8 degC: the TMY3 file has 80.89 kPa, the standard atmosphere 80.1
    high = make(elevation_m=1934.0, mean_dry_bulb_c=[10.8] * 12, mean_dew_point_c=[1.0] * 12)
    np.testing.assert_allclose(high.pressure_kpa, 80.89, atol=0.25)
    np.testing.assert_allclose(monthly_mean(make(mean_pressure_kpa=[80.9] * 12).pressure_kpa, AXIS), 80.9)


def test_the_same_figures_give_the_same_year() -> None:
    np.testing.assert_array_equal(make().dry_bulb_c, make().dry_bulb_c)


def test_leap_year() -> None:
    weather = weather_from_normals(normals_from_table(table()), leap_day=True)
    assert weather.dry_bulb_c.shape == (8784,)
    np.testing.assert_allclose(monthly_mean(weather.dry_bulb_c, TimeAxis(2020)), DRY_BULB, atol=1e-9)


def test_range_that_weather_alone_exceeds_is_noted() -> None:
    assert any("Mean daily range of month 1 came out" in note for note in make(daily_range_k=[2.0] * 12).notes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"mean_dew_point_c": None}, "either mean_dew_point_c or mean_relative_humidity"),
        ({"mean_relative_humidity": [0.5] * 12}, "either mean_dew_point_c or mean_relative_humidity"),
        ({"mean_dry_bulb_c": [20.0] * 11}, "mean_dry_bulb_c"),
        ({"mean_dry_bulb_c": [68.0] * 12}, "month 1 is 68, must lie in -50..45"),
        ({"mean_dew_point_c": [30.0] * 12}, "month 1 is 30, above mean_dry_bulb_c -5"),
        ({"mean_dew_point_c": None, "mean_relative_humidity": [65.0] * 12}, "must lie in 0.03..1"),
        ({"mean_pressure_kpa": [12.0] * 12}, "must lie in 50..108"),
        ({"source": None}, "source"),
        ({"latitude": 95.0}, "latitude"),
        ({"mean_drybulb_c": [1.0] * 12}, "Nearest: mean_dry_bulb_c"),
    ],
)
def test_faults(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError) as caught:
        normals_from_table(table(**changes), "site.toml")
    assert words in str(caught.value)
    assert "site.toml" in str(caught.value)


def test_course_of_the_day_has_mean_zero_and_amplitude_one() -> None:
    shape = diurnal_shape_erbs(np.arange(24) + 0.5)
    assert abs(shape.mean()) < 1e-12
    assert np.ptp(shape) == pytest.approx(1.0, abs=0.03)
    assert np.argmax(shape) in (14, 15)


def test_noise_is_standard_in_every_month_and_persistent() -> None:
    noise = red_noise(AXIS, 27.0, 4.0, seed=5)
    np.testing.assert_allclose(monthly_mean(noise, AXIS), 0.0, atol=1e-9)
    np.testing.assert_allclose(monthly_mean(noise**2, AXIS), 1.0, atol=0.05)
    assert np.corrcoef(noise[:-24], noise[24:])[0, 1] == pytest.approx(0.45, abs=0.12)


def test_smooth_year_keeps_means_and_does_not_jump() -> None:
    year = mean_preserving_year(np.array(DRY_BULB), AXIS)
    np.testing.assert_allclose(monthly_mean(year, AXIS), DRY_BULB, atol=1e-9)
    assert np.abs(np.diff(year)).max() < 0.5
    assert abs(year[0] - year[-1]) < 0.5
