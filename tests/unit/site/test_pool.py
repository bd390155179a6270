"""The pool's processes, one by one, and what a pool may not be."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.core.provenance import Source
from brayton.core.timeaxis import TimeAxis
from brayton.site.pool import (
    STEFAN_BOLTZMANN_W_M2_K4,
    WATER_EMISSIVITY,
    Cover,
    Pool,
    bowen_convection,
    carrier,
    clark_allen,
    dew_point_c,
    disc_conduction_w,
    latent_heat_kj_per_kg,
    pool_losses,
    sky_infrared,
    smith_lof_jones,
    surface_wind_factor,
)
from brayton.site.pool_year import HEAT_UP_H, low_edge, simulate_pool
from brayton.site.weather import Weather

AXIS = TimeAxis(2003)
EVERY_MONTH = tuple(range(1, 13))


def steady_weather(**changes: Any) -> Weather:
    """Every hour alike: 15 degC, half saturated, 80 kPa, 3 m/s, 200 W/m2 of sun."""
    figures = {
        "dry_bulb_c": 15.0,
        "relative_humidity": 0.5,
        "pressure_kpa": 80.0,
        "humidity_ratio": 0.006,
        "wind_speed_m_s": 3.0,
        "global_horizontal_w_m2": 200.0,
        "direct_normal_w_m2": math.nan,
        "diffuse_horizontal_w_m2": math.nan,
        "sky_infrared_w_m2": 280.0,
    } | changes
    series = {name: None if value is None else np.full(AXIS.steps, value) for name, value in figures.items()}
    place = {"name": "made", "latitude": 35.0, "longitude": -106.0, "elevation_m": 1934.0, "utc_offset_h": -7.0}
    return Weather(**series, **place, source=Source("made", "2026", "estimate", "constant"))  # type: ignore[arg-type]


def a_pool(**changes: Any) -> Pool:
    return Pool(
        **{
            "area_m2": 100.0,
            "mean_depth_m": 1.5,
            "low_temp_c": 28.0,
            "high_temp_c": 30.0,
            "months": EVERY_MONTH,
            "open_hour": 8,
            "close_hour": 20,
            "activity_open": 1.0,
            "activity_closed": 0.5,
            "evaporation": "carrier",
            "wind_factor": 0.3,
            "absorptance": 0.85,
            "makeup_temp_c": 12.0,
            "refresh_per_day": 0.01,
            "ground_temp_c": 12.0,
            "ground_w_per_m_k": 1.5,
        }
        | changes
    )


def test_the_si_form_of_the_evaporation_equation_is_the_i_p_form() -> None:
    """95 + 0.425 v, Btu/(h ft2 inHg) with v in ft/min, converted here by hand."""
    w_per_btu_h_ft2, kpa_per_inhg, ft_min_per_m_s = 3.154591, 3.386389, 196.8504
    for wind in (0.0, 0.1, 2.0):
        customary = (95.0 + 0.425 * wind * ft_min_per_m_s) * w_per_btu_h_ft2 / kpa_per_inhg
        assert carrier(wind) == pytest.approx(customary, rel=0.006)  # rounding of the printed SI figures
    assert smith_lof_jones(2.0) == pytest.approx(0.74 * carrier(2.0))


def test_convection_at_sea_level_is_near_mcadams_and_falls_with_pressure() -> None:
    for wind in (0.0, 1.0, 2.0, 4.0):
        assert bowen_convection(carrier(wind), 101.325, 21.0, 20.0) == pytest.approx(5.7 + 3.8 * wind, rel=0.20)
    low, high = (bowen_convection(carrier(1.0), pressure, 28.0, 15.0) for pressure in (79.0, 101.325))
    assert low / high == pytest.approx(79.0 / 101.325)


def test_latent_heat_of_the_steam_tables() -> None:
    assert latent_heat_kj_per_kg([0.0, 20.0, 28.0, 40.0]) == pytest.approx([2500.9, 2453.5, 2434.6, 2406.0], rel=1e-3)


def test_clear_sky_emissivity_of_the_print() -> None:
    """At 0 degC the logarithm all but vanishes; 27.3 K up it is ln 1.1."""
    assert clark_allen([-0.15, 27.15]) == pytest.approx([0.787, 0.787 + 0.764 * math.log(1.1)])


def test_dew_point_of_saturated_air() -> None:
    """Saturation at 20 degC is 2.339 kPa, at 0 degC 0.6113 kPa (steam tables)."""
    assert dew_point_c([2.339, 0.6113]) == pytest.approx([20.0, 0.0], abs=0.1)
    assert math.isnan(dew_point_c(0.0))


def test_wind_at_the_water() -> None:
    assert surface_wind_factor("open", 10.0) == pytest.approx(1.0)
    assert surface_wind_factor("urban") < surface_wind_factor("suburban") < surface_wind_factor("open") < 1.0
    with pytest.raises(InputError, match=r"subburban.*not a known terrain"):
        surface_wind_factor("subburban")


def test_a_disc_on_the_ground() -> None:
    assert disc_conduction_w(math.pi * 4.0, 1.5, 28.0, 12.0) == pytest.approx(4.0 * 2.0 * 1.5 * 16.0)


def test_losses_by_hand() -> None:
    """One open and one closed hour from the equations written out; saturation 3.782 kPa at 28 degC, 1.7057 at 15 degC."""
    losses = pool_losses(a_pool(), steady_weather(), AXIS, 28.0)
    coefficient = 89.0 + 78.2 * 0.9
    evaporation = coefficient * (3.782 - 0.5 * 1.7057) / 1000.0 * 100.0
    assert losses.evaporation_kw[[12, 2]] == pytest.approx([evaporation, 0.5 * evaporation], rel=1e-3)
    convection = coefficient * 6.1e-4 * 80.0 * 13.0 / 10.0
    assert losses.convection_kw[[12, 2]] == pytest.approx([convection, 0.5 * convection])
    radiation = WATER_EMISSIVITY * (STEFAN_BOLTZMANN_W_M2_K4 * 301.15**4 - 280.0) / 10.0
    assert losses.radiation_kw[12] == pytest.approx(radiation)
    assert losses.solar_kw[12] == pytest.approx(0.85 * 20.0)
    fresh_kg_s = evaporation / 2434.9 + 0.01 * 150.0 * 996.0 / 86400.0
    assert losses.makeup_kw[12] == pytest.approx(fresh_kg_s * 4.18 * 16.0, rel=1e-3)
    parts = losses.evaporation_kw + losses.convection_kw + losses.radiation_kw + losses.makeup_kw + losses.ground_kw
    assert losses.net_kw == pytest.approx(parts - losses.solar_kw)


def test_losses_broadcast_over_temperatures() -> None:
    weather = steady_weather()
    many = pool_losses(a_pool(), weather, AXIS, np.array([[26.0], [28.0], [30.0]]))
    assert many.net_kw.shape == (3, AXIS.steps)
    one = pool_losses(a_pool(), weather, AXIS, np.full(AXIS.steps, 30.0))
    assert np.array_equal(many.net_kw[2], one.net_kw)
    assert (np.diff(many.net_kw, axis=0) > 0.0).all()


def test_a_cover_lies_outside_opening_hours() -> None:
    bare = pool_losses(a_pool(), steady_weather(), AXIS, 28.0)
    covered = pool_losses(a_pool(cover=Cover(0.95, 0.5, 0.4, 0.3)), steady_weather(), AXIS, 28.0)
    for name, keeps in (("evaporation_kw", 0.05), ("convection_kw", 0.5), ("radiation_kw", 0.6), ("solar_kw", 0.7)):
        assert getattr(covered, name)[12] == getattr(bare, name)[12]
        assert getattr(covered, name)[2] == pytest.approx(keeps * getattr(bare, name)[2])


def test_opening_hours_over_midnight() -> None:
    is_open = a_pool(open_hour=20, close_hour=2).is_open(AXIS)[:24]
    assert np.flatnonzero(is_open).tolist() == [0, 1, 20, 21, 22, 23]


def test_warm_damp_air_gives_heat_back() -> None:
    losses = pool_losses(a_pool(low_temp_c=10.0), steady_weather(dry_bulb_c=30.0, relative_humidity=0.9), AXIS, 12.0)
    assert (losses.evaporation_kw < 0.0).all()
    assert (losses.convection_kw < 0.0).all()
    assert (losses.makeup_kw >= 0.0).all()


def test_a_sky_that_the_weather_does_not_know_is_clear() -> None:
    weather = steady_weather(sky_infrared_w_m2=None)
    infrared = sky_infrared(weather)
    assert infrared[12] == pytest.approx(
        float(clark_allen(dew_point_c(0.5 * 1.7057))) * STEFAN_BOLTZMANN_W_M2_K4 * 288.15**4, rel=1e-3
    )
    assert sky_infrared(steady_weather())[0] == 280.0


def test_the_low_edge_over_a_season() -> None:
    pool = a_pool(months=(5, 6))
    begin, end = low_edge(pool, AXIS)
    opening = int(np.flatnonzero(AXIS.month == 4)[0])
    assert begin[opening] == 12.0
    assert end[opening + int(HEAT_UP_H) - 1] == pytest.approx(28.0)
    assert np.diff(end[opening : opening + int(HEAT_UP_H)]) == pytest.approx(16.0 / HEAT_UP_H)
    assert end[opening - 1] == 12.0
    assert end[-1] == 12.0
    assert (begin[opening + 1 : opening + 1000] == end[opening : opening + 999]).all()


def test_a_season_across_the_turn_of_the_year_goes_on() -> None:
    begin, end = low_edge(a_pool(months=(1, 11, 12)), AXIS)
    assert begin[0] == end[0] == end[-1] == 28.0
    assert low_edge(a_pool(), AXIS)[1].min() == 28.0


def test_fresh_water_warmer_than_the_band_needs_no_climb() -> None:
    warm = a_pool(makeup_temp_c=29.0, months=(7,))
    assert (low_edge(warm, AXIS)[1][warm.in_season(AXIS)] == 28.0).all()


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"area_m2": 0.0}, "pool.area_m2"),
        ({"mean_depth_m": math.inf}, "pool.mean_depth_m"),
        ({"activity_open": -1.0}, "pool.activity_open"),
        ({"wind_factor": math.nan}, "pool.wind_factor"),
        ({"absorptance": 1.2}, "pool.absorptance"),
        ({"low_temp_c": 31.0}, "pool.water_temp_c"),
        ({"months": (5, 5)}, "pool.months"),
        ({"months": ()}, "pool.months"),
        ({"months": (13,)}, "pool.months"),
        ({"open_hour": 24}, "pool.open_hour"),
        ({"evaporation": "carier"}, "pool.evaporation"),
    ],
)
def test_a_pool_that_cannot_be(changes: dict[str, Any], path: str) -> None:
    with pytest.raises(InputError) as error:
        a_pool(**changes)
    assert [fault.path for fault in error.value.faults] == [path]


def test_a_cover_that_takes_off_more_than_all() -> None:
    with pytest.raises(InputError, match=r"cover\.evaporation_reduction"):
        Cover(1.1, 0.5, 0.5, 0.3)


def test_gaps_and_lengths_of_the_weather_are_faults() -> None:
    sunless = steady_weather(global_horizontal_w_m2=math.nan, wind_speed_m_s=math.nan)
    with pytest.raises(InputError) as error:
        pool_losses(a_pool(), sunless, AXIS, 28.0)
    assert [fault.path for fault in error.value.faults] == ["weather.wind_speed_m_s", "weather.global_horizontal_w_m2"]
    with pytest.raises(InputError, match="one value for each of the 35040 steps"):
        pool_losses(a_pool(), steady_weather(), TimeAxis(2003, 15), 28.0)


def test_the_heater_holds_the_band_and_each_step_closes() -> None:
    year = simulate_pool(a_pool(), steady_weather(), AXIS, np.zeros(AXIS.steps))
    assert year.water_temp_c == pytest.approx(np.full(AXIS.steps, 28.0))
    assert year.backup_kw == pytest.approx(year.losses.net_kw)
    assert np.abs(year.closure_kw).max() < 1e-6


def test_offered_heat_fills_the_band_and_no_more() -> None:
    year = simulate_pool(a_pool(), steady_weather(), AXIS, np.full(AXIS.steps, 1000.0))
    assert year.water_temp_c.max() == pytest.approx(30.0)
    assert year.backup_kw.max() == 0.0
    assert year.taken_kw[0] == pytest.approx(year.losses.net_kw[0] + year.stored_kw[0], abs=1e-6)


def test_water_that_is_only_renewed_cools_exponentially() -> None:
    """Covered, quiet and on dry ground for 23 hours, it loses one volume a day: dT/dt = -(T - Tm)/24 h."""
    pool = a_pool(
        open_hour=23,
        close_hour=24,
        activity_open=0.0,
        activity_closed=0.0,
        refresh_per_day=1.0,
        ground_w_per_m_k=0.0,
        cover=Cover(1.0, 1.0, 1.0, 1.0),
    )
    year = simulate_pool(pool, steady_weather(), AXIS, np.zeros(AXIS.steps), backup_kw=0.0, start_temp_c=28.0)
    assert year.water_temp_c[22] == pytest.approx(12.0 + 16.0 * math.exp(-23.0 / 24.0), abs=2e-3)


def test_equal_hours_are_all_day() -> None:
    assert a_pool(open_hour=6, close_hour=6).is_open(AXIS).all()


def test_an_unheated_pool_settles_where_its_losses_vanish() -> None:
    weather = replace(steady_weather(), global_horizontal_w_m2=np.full(AXIS.steps, 100.0))
    pool = a_pool(activity_closed=1.0)
    year = simulate_pool(pool, weather, AXIS, np.zeros(AXIS.steps), backup_kw=0.0, start_temp_c=28.0)
    final = float(year.water_temp_c[-1])
    assert final < 20.0
    assert np.abs(pool_losses(pool, weather, AXIS, final).net_kw).max() < 1e-6


def test_a_closed_season_takes_nothing() -> None:
    pool = a_pool(months=(6, 7))
    year = simulate_pool(pool, steady_weather(), AXIS, np.zeros(AXIS.steps))
    closed = ~pool.in_season(AXIS)
    assert not year.backup_kw[closed].any()
    assert not year.losses.net_kw[closed].any()
    assert year.stored_kw.sum() == pytest.approx(pool.capacity_kwh_per_k * 16.0)
    assert np.abs(year.closure_kw).max() < 1e-6


def test_an_offer_of_another_length() -> None:
    with pytest.raises(InputError, match="offered_kw"):
        simulate_pool(a_pool(), steady_weather(), AXIS, np.zeros(24))
    with pytest.raises(InputError, match="offered_kw"):
        simulate_pool(a_pool(), steady_weather(), AXIS, np.full(AXIS.steps, -1.0))
