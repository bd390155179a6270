"""What holds for any pool and any tank: energy closes, losses rise with temperature, stores stay in their bounds."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from brayton.core.provenance import Source
from brayton.core.timeaxis import TimeAxis
from brayton.package.tank import Tank, tank_store
from brayton.site.pool import CORRELATIONS, Cover, Pool, pool_losses
from brayton.site.pool_year import simulate_pool
from brayton.site.weather import Weather
from brayton.study.pool import pool_store

AXIS = TimeAxis(2003)


def rough_weather(seed: int, mean_c: float, wind_m_s: float) -> Weather:
    draw = np.random.default_rng(seed)
    unknown = np.full(AXIS.steps, math.nan)
    series: dict[str, Any] = {
        "dry_bulb_c": mean_c + draw.uniform(-15.0, 15.0, AXIS.steps),
        "relative_humidity": draw.uniform(0.05, 1.0, AXIS.steps),
        "pressure_kpa": draw.uniform(70.0, 102.0, AXIS.steps),
        "humidity_ratio": unknown,
        "wind_speed_m_s": draw.exponential(wind_m_s, AXIS.steps),
        "global_horizontal_w_m2": draw.uniform(0.0, 1000.0, AXIS.steps) * (draw.random(AXIS.steps) < 0.5),
        "direct_normal_w_m2": unknown,
        "diffuse_horizontal_w_m2": unknown,
    }
    place = {"name": "rough", "latitude": 0.0, "longitude": 0.0, "elevation_m": 0.0, "utc_offset_h": 0.0}
    return Weather(**series, **place, source=Source("made", "2026", "estimate", "random"))


POOLS = st.builds(
    Pool,
    area_m2=st.floats(10.0, 2000.0),
    mean_depth_m=st.floats(0.5, 4.0),
    low_temp_c=st.floats(20.0, 30.0),
    high_temp_c=st.floats(30.5, 40.0),
    months=st.sets(st.integers(1, 12), min_size=1).map(lambda months: tuple(sorted(months))),
    open_hour=st.integers(0, 23),
    close_hour=st.integers(0, 24),
    activity_open=st.floats(0.1, 3.0),
    activity_closed=st.floats(0.1, 1.0),
    evaporation=st.sampled_from(sorted(CORRELATIONS)),
    wind_factor=st.floats(0.0, 1.0),
    absorptance=st.floats(0.0, 1.0),
    makeup_temp_c=st.floats(1.0, 35.0),
    refresh_per_day=st.floats(0.0, 0.1),
    ground_temp_c=st.floats(-5.0, 20.0),
    ground_w_per_m_k=st.floats(0.0, 3.0),
    cover=st.none() | st.builds(Cover, *[st.floats(0.0, 1.0)] * 4),
)
WEATHERS = st.builds(rough_weather, st.integers(0, 99), st.floats(-5.0, 30.0), st.floats(0.5, 8.0))


@settings(max_examples=15)
@given(pool=POOLS, weather=WEATHERS, offer_kw=st.floats(0.0, 2000.0), backup_kw=st.floats(0.0, 5000.0))
def test_a_year_closes_and_stays_in_its_band(pool: Pool, weather: Weather, offer_kw: float, backup_kw: float) -> None:
    year = simulate_pool(pool, weather, AXIS, np.full(AXIS.steps, offer_kw), backup_kw)
    scale = 1.0 + np.abs(year.losses.net_kw).max()
    assert np.abs(year.closure_kw).max() < 1e-6 * scale
    assert (year.taken_kw <= offer_kw).all()
    assert (year.backup_kw <= backup_kw).all()
    heated = year.taken_kw > 0.0
    assert (year.water_temp_c[heated] <= pool.high_temp_c + 1e-6).all()


@settings(max_examples=15)
@given(pool=POOLS, weather=WEATHERS)
def test_losses_rise_with_temperature_and_the_chord_lies_above(pool: Pool, weather: Weather) -> None:
    season = pool.in_season(AXIS)
    cold, warm = (pool_losses(pool, weather, AXIS, temp).net_kw[season] for temp in (pool.low_temp_c, pool.high_temp_c))
    assert (warm > cold).all()
    stored = pool_store(pool, weather, AXIS)
    assert (stored.error_kw >= -1e-9 * (1.0 + stored.gross_kw)).all()
    assert (stored.store.loss_per_step >= 0.0).all()


@given(full=st.floats(61.0, 95.0), ua=st.floats(0.0, 50.0), volume=st.floats(1.0, 100.0), stratified=st.booleans())
def test_a_tank_store_loses_the_shell_loss_at_both_ends(full: float, ua: float, volume: float, stratified: bool) -> None:
    tank = Tank(volume, ua, 20.0, stratified)
    store = tank_store("tank", tank, 3, 1.0, full, 60.0)
    full_kw = store.drain_kw - np.log1p(-store.loss_per_step) * store.capacity_kwh
    assert np.allclose(full_kw, ua * (full - 20.0) / 1000.0)
