"""The air of a store: moisture in closed form, balances at every step, bad input."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.core.provenance import Source
from brayton.core.timeaxis import TimeAxis
from brayton.gas.air import humidity_ratio
from brayton.site.display_cases import reference_cases
from brayton.site.store_air import (
    STANDARD_AIR_KG_PER_M3,
    StoreAir,
    net_water_kg_s,
    store_balance,
    store_relative_humidity,
    where_water_balances,
)
from brayton.site.weather import Weather

AXIS = TimeAxis(2021)
STORE = StoreAir(floor_area_m2=4000.0)


def weather(temp_c: float, relative: float, sun_w_m2: float = 0.0) -> Weather:
    """The same air in every hour of a year."""
    same = {
        "dry_bulb_c": temp_c,
        "relative_humidity": relative,
        "pressure_kpa": 101.325,
        "humidity_ratio": float(humidity_ratio(temp_c + 273.15, 101325.0, relative)),
        "wind_speed_m_s": 3.0,
        "global_horizontal_w_m2": sun_w_m2,
        "direct_normal_w_m2": 0.0,
        "diffuse_horizontal_w_m2": 0.0,
    }
    arrays = {name: np.full(AXIS.steps, value) for name, value in same.items()}
    place = {"latitude": 40.0, "longitude": -73.0, "elevation_m": 0.0, "utc_offset_h": -5.0}
    return Weather(**arrays, name="steady", **place, source=Source("test", "2026", "estimate", "steady air"))


HUMID = weather(28.0, 0.7)


def test_without_cases_the_steady_state_has_a_closed_form() -> None:
    """W = W_outdoor + gains / air: in closed hours by infiltration and goods alone."""
    year = store_balance(STORE, HUMID, AXIS)
    gain = 0.5 * 4000.0 / 3.6e6
    flow = STANDARD_AIR_KG_PER_M3 * 0.000302 * STORE.exterior_m2
    closed = AXIS.hour == 3
    expected = np.minimum(HUMID.humidity_ratio[0] + gain / flow, humidity_ratio(297.15, 101325.0, 1.0))
    assert year.free_humidity_ratio[closed] == pytest.approx(expected, rel=1e-9)
    assert year.gain_kg_s[closed] == pytest.approx(gain)
    set_w = float(humidity_ratio(12.8 + 273.15, 101325.0, 1.0))
    assert year.latent_load_kg_s[closed] == pytest.approx(flow * (HUMID.humidity_ratio[0] - set_w) + gain)
    assert year.latent_load_kw == pytest.approx(year.latent_load_kg_s * 2501.0)


def test_people_follow_their_hours_and_days() -> None:
    year = store_balance(STORE, HUMID, AXIS)
    people_kg_s = 4000.0 / 11.61 * 55.0 / 2.501e6
    for weekday, share in ((0, 0.8), (5, 0.8), (6, 0.4)):
        at = (AXIS.weekday == weekday) & (AXIS.hour == 15)
        assert year.gain_kg_s[at] - year.gain_kg_s[3] == pytest.approx(share * people_kg_s)


def test_ventilation_runs_while_open_and_halves_infiltration() -> None:
    year = store_balance(STORE, HUMID, AXIS)
    is_open = (AXIS.hour >= 6) & (AXIS.hour < 22)
    assert year.ventilation_kg_s[is_open] == pytest.approx(1.204 * 4000.0 * (0.0003 + 0.0038 / 11.61))
    assert (year.ventilation_kg_s[~is_open] == 0.0).all()
    assert year.infiltration_kg_s[is_open] == pytest.approx(year.infiltration_kg_s[~is_open][0] / 2.0)


def test_walls_and_roof_of_a_box() -> None:
    """6000 m2 of 60.0 by 100 would be 1.67; at 1.5: 63.25 by 94.87."""
    store = StoreAir(floor_area_m2=6000.0, height_m=5.0)
    assert store.exterior_m2 == pytest.approx(6000.0 + 2.0 * (63.246 + 94.868) * 5.0, rel=1e-4)


def test_cases_dry_the_store_and_take_their_part_of_the_load() -> None:
    bare, filled = (store_balance(replace(STORE, cases=cases), HUMID, AXIS) for cases in ((), reference_cases(4000.0)))
    assert (filled.free_humidity_ratio < bare.free_humidity_ratio).all()
    assert bare.latent_load_kg_s - filled.latent_load_kg_s == pytest.approx(filled.case_water_kg_s)
    assert (filled.sensible_load_kw < bare.sensible_load_kw).all()


def test_water_balances_at_every_step() -> None:
    year = store_balance(replace(STORE, cases=reference_cases(4000.0)), HUMID, AXIS)
    assert np.abs(net_water_kg_s(year, year.free_humidity_ratio)).max() < 1e-9
    taken = 0.3 * net_water_kg_s(year, year.setpoint_humidity_ratio)
    w = where_water_balances(year, lambda _w: taken, np.full(AXIS.steps, 0.05))
    assert net_water_kg_s(year, w) == pytest.approx(taken, abs=1e-9)
    assert store_relative_humidity(year.store, year.setpoint_humidity_ratio, 101325.0) == pytest.approx(0.495, abs=0.005)


def test_a_dry_day_asks_for_nothing() -> None:
    year = store_balance(STORE, weather(5.0, 0.5), AXIS)
    assert (year.latent_load_kg_s == 0.0).all()
    assert (year.free_humidity_ratio < year.setpoint_humidity_ratio).all()


def test_sensible_load_by_hand() -> None:
    year = store_balance(STORE, weather(30.0, 0.5, sun_w_m2=500.0), AXIS)
    at = np.flatnonzero((AXIS.weekday == 2) & (AXIS.hour == 12))[0]
    air = (year.infiltration_kg_s[at] + year.ventilation_kg_s[at]) * 1.006
    envelope = 0.45 * STORE.exterior_m2 / 1e3
    inside = (4000.0 / 11.61 * 0.7 * 75.0 + 4000.0 * (25.0 + 0.02 * 500.0)) / 1e3
    assert year.sensible_load_kw[at] == pytest.approx((air + envelope) * 6.0 + inside)


def test_shorter_steps_have_the_same_loads() -> None:
    store, half = replace(STORE, cases=reference_cases(4000.0)), TimeAxis(2021, step_minutes=30)
    names = ("dry_bulb_c", "humidity_ratio", "pressure_kpa", "global_horizontal_w_m2")
    held = replace(HUMID, **{name: np.repeat(getattr(HUMID, name), 2) for name in names})
    whole, halves = store_balance(store, HUMID, AXIS), store_balance(store, held, half)
    for name in ("latent_load_kg_s", "sensible_load_kw", "free_humidity_ratio"):
        assert getattr(halves, name) == pytest.approx(np.repeat(getattr(whole, name), 2))
    assert (whole.step_hours, halves.step_hours) == (1.0, 0.5)


def test_weather_without_sun_is_told() -> None:
    dark = replace(HUMID, global_horizontal_w_m2=np.full(AXIS.steps, np.nan))
    year = store_balance(STORE, dark, AXIS)
    assert np.isfinite(year.sensible_load_kw).all()
    assert any("no sun in 8760 steps" in note for note in year.notes)


def test_weather_with_gaps_or_of_another_length_is_refused() -> None:
    gap = HUMID.humidity_ratio.copy()
    gap[7] = np.nan
    with pytest.raises(InputError, match=r"weather.humidity_ratio = .*1 gaps"):
        store_balance(STORE, replace(HUMID, humidity_ratio=gap), AXIS)
    with pytest.raises(InputError, match="8784 steps"):
        store_balance(STORE, HUMID, TimeAxis(2020))


def test_bad_figures_are_told_together() -> None:
    with pytest.raises(InputError) as caught:
        StoreAir(
            floor_area_m2=0.0,
            dry_bulb_c=50.0,
            dew_point_c=60.0,
            plug_w_per_m2=-1.0,
            solar_share=2.0,
            people_share=((0.5,), (0.5,), (0.5,)),
            open_from_h=22.0,
            open_until_h=6.0,
        )
    told = {fault.path for fault in caught.value.faults}
    assert told == {
        f"store.{key}"
        for key in ("floor_area_m2", "plug_w_per_m2", "solar_share", "dry_bulb_c", "dew_point_c", "people_share", "open_from_h")
    }
