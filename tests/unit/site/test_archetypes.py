"""Archetypes: what they refuse, how they scale, and that clock and weather act as they should."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.core.timeaxis import TimeAxis
from brayton.site.archetypes import archetype_load, archetypes
from brayton.site.archetypes.record import FLAT, archetype
from brayton.site.archetypes.shape import mains_temp_burch_christensen, running_day_mean
from brayton.site.weather import Weather, normals_from_table, weather_from_normals

AXIS = TimeAxis(2018)
SHAPED = [name for name in archetypes() if name != FLAT]
KINDS = ("electric", "space_heat", "hot_water", "cooling")


@pytest.fixture(scope="module")
def weather() -> Weather:
    dry_bulb = [0.0, 1.0, 6.0, 12.0, 17.0, 22.0, 25.0, 24.0, 20.0, 14.0, 8.0, 3.0]
    table = {
        "name": "Coast",
        "latitude": 40.0,
        "longitude": -74.0,
        "elevation_m": 10.0,
        "utc_offset_h": -5.0,
        "mean_dry_bulb_c": dry_bulb,
        "daily_range_k": [8.0] * 12,
        "mean_dew_point_c": [temp - 6.0 for temp in dry_bulb],
        "source": {"title": "made up for a test", "date": "2026", "basis": "estimate"},
    }
    return weather_from_normals(normals_from_table(table))


def count(value: Any) -> int:
    if isinstance(value, dict):
        return sum(count(item) for item in value.values())
    return sum(isinstance(item, float) for item in (value if isinstance(value, tuple) else (value,)))


@pytest.mark.parametrize("name", SHAPED)
def test_at_most_sixty_parameters_and_a_source(name: str) -> None:
    record = archetype(name)
    assert count(record.model_dump(exclude_unset=True)) <= 60
    assert record.name == name
    assert record.cite().basis == "derived"


@pytest.mark.parametrize("name", SHAPED)
@pytest.mark.parametrize("kind", KINDS)
def test_loads_are_finite_and_scale_with_area_and_energy(weather: Weather, name: str, kind: Any) -> None:
    load = archetype_load(name, kind, weather, AXIS, floor_area_m2=1000.0, supply_temp_c=60.0)
    assert load.kw.shape == (8760,)
    assert np.isfinite(load.kw).all()
    assert load.kw.min() >= 0.0
    assert (load.kind, load.name, load.supply_temp_c, load.is_chiller_electricity) == (kind, name, 60.0, kind == "cooling")
    double = archetype_load(name, kind, weather, AXIS, floor_area_m2=2000.0)
    np.testing.assert_allclose(double.kw, 2.0 * load.kw)
    scaled = archetype_load(name, kind, weather, AXIS, annual_kwh=1e6)
    assert scaled.kw.sum() == pytest.approx(1e6)
    assert "scaled to 1e+06 kWh" in scaled.notes[0]


def test_electric_includes_cooling(weather: Weather) -> None:
    electric = archetype_load("large_hotel", "electric", weather, AXIS, floor_area_m2=1.0).kw
    cooling = archetype_load("large_hotel", "cooling", weather, AXIS, floor_area_m2=1.0).kw
    assert (electric > cooling).all()
    assert cooling[AXIS.month == 6].mean() > 5 * cooling[AXIS.month == 0].mean()


def test_colder_weather_asks_for_more_heat(weather: Weather) -> None:
    colder = dataclasses.replace(weather, dry_bulb_c=weather.dry_bulb_c - 5.0)
    for name in SHAPED:
        warm = archetype_load(name, "space_heat", weather, AXIS, floor_area_m2=1.0).kw.sum()
        assert archetype_load(name, "space_heat", colder, AXIS, floor_area_m2=1.0).kw.sum() > 1.1 * warm


def test_people_live_by_the_clock(weather: Weather) -> None:
    summer = archetype_load("small_hotel", "hot_water", weather, AXIS, floor_area_m2=1.0).kw.reshape(-1, 24)[180]
    standard = archetype_load("small_hotel", "hot_water", weather, AXIS, floor_area_m2=1.0, dst="none").kw.reshape(-1, 24)[180]
    np.testing.assert_allclose(summer[:-1], standard[1:], rtol=0.02)


def test_supermarket_rests_on_sunday(weather: Weather) -> None:
    kw = archetype_load("supermarket", "electric", weather, AXIS, floor_area_m2=1.0).kw
    assert kw[AXIS.weekday == 6].mean() < 0.9 * kw[AXIS.weekday < 5].mean()


def test_flat_is_constant(weather: Weather) -> None:
    load = archetype_load("flat", "electric", weather, AXIS, annual_kwh=8760.0)
    np.testing.assert_allclose(load.kw, 1.0)


def test_leap_years_and_quarter_hours(weather: Weather) -> None:
    with pytest.raises(InputError, match="does not fit a year of 8784 steps"):
        archetype_load("office", "electric", weather, TimeAxis(2020), floor_area_m2=1.0)
    dropped = TimeAxis(2020, leap_day=False)
    assert archetype_load("office", "electric", weather, dropped, floor_area_m2=1.0).kw.shape == (8760,)
    fine = archetype_load("office", "space_heat", weather, TimeAxis(2018, 15), floor_area_m2=1.0).kw
    hourly = archetype_load("office", "space_heat", weather, AXIS, floor_area_m2=1.0).kw
    np.testing.assert_allclose(fine.reshape(-1, 4).mean(axis=1).sum(), hourly.sum(), rtol=0.01)


def test_faults(weather: Weather) -> None:
    def fails(name: str = "supermarket", kind: Any = "electric", seen: Weather = weather, **size: float) -> str:
        with pytest.raises(InputError) as caught:
            archetype_load(name, kind, seen, AXIS, **size)
        return str(caught.value)

    assert "Nearest: supermarket" in fails("supermarkt", floor_area_m2=1.0)
    assert "Nearest: electric" in fails(kind="electrical", floor_area_m2=1.0)
    assert "not both" in fails()
    assert "not both" in fails(floor_area_m2=1.0, annual_kwh=1.0)
    assert "must be above zero" in fails(floor_area_m2=-1.0)
    assert "no intensity per area" in fails("flat", floor_area_m2=1.0)
    gap = weather.dry_bulb_c.copy()
    gap[7] = np.nan
    assert "1 gaps" in fails(seen=dataclasses.replace(weather, dry_bulb_c=gap), floor_area_m2=1.0)
    tropics = dataclasses.replace(weather, dry_bulb_c=np.full(8760, 35.0))
    assert "has no space_heat in this weather" in fails("supermarket", "space_heat", tropics, annual_kwh=1e6)


def test_mains_water_is_warmer_than_air_in_winter_and_lags(weather: Weather) -> None:
    mains = mains_temp_burch_christensen(weather.dry_bulb_c, AXIS)
    monthly = np.bincount(AXIS.month, mains) / np.bincount(AXIS.month)
    # mean of the air plus 6 F over the year; coldest in February, warmest in August
    assert mains.mean() == pytest.approx(weather.dry_bulb_c.mean() + 6.0 / 1.8, abs=0.1)
    assert (np.argmin(monthly), np.argmax(monthly)) == (1, 7)


def test_running_day_mean_is_centred_and_keeps_the_mean() -> None:
    for axis in (AXIS, TimeAxis(2018, 15)):
        ramp = np.sin(2.0 * np.pi * np.arange(axis.steps) / axis.steps)
        smooth = running_day_mean(ramp, axis)
        np.testing.assert_allclose(smooth, ramp, atol=1e-3)
        assert smooth.mean() == pytest.approx(ramp.mean(), abs=1e-9)
