"""The pool of a scenario: its table, its store, and the year's balance at the temperatures that dispatch makes."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.core.provenance import Source
from brayton.core.records import parse_record
from brayton.core.timeaxis import TimeAxis
from brayton.site.pool import pool_losses
from brayton.site.pool_year import simulate_pool
from brayton.site.weather import Weather
from brayton.study.pool import PoolStore, PoolTable, pool_balance, pool_notes, pool_of, pool_store, water_temps_c

AXIS = TimeAxis(2003)
SUMMER = (5, 6, 7, 8, 9)


@pytest.fixture(scope="module")
def weather() -> Weather:
    """Cosine seasons and days at 80 kPa, sun by day."""
    temp = 11.0 - 11.0 * np.cos(2 * np.pi * (AXIS.day - 15) / 365) - 6.0 * np.cos(2 * np.pi * (AXIS.hour - 3) / 24)
    sun = np.maximum(0.0, 900.0 * -np.cos(2 * np.pi * AXIS.hour / 24)) * (0.75 - 0.25 * np.cos(2 * np.pi * AXIS.day / 365))
    unknown = np.full(AXIS.steps, math.nan)
    return Weather(
        dry_bulb_c=temp,
        relative_humidity=np.full(AXIS.steps, 0.45),
        pressure_kpa=np.full(AXIS.steps, 80.0),
        humidity_ratio=np.full(AXIS.steps, 0.006),
        wind_speed_m_s=3.0 + 2.0 * np.sin(np.arange(AXIS.steps) / 17.0),
        global_horizontal_w_m2=sun,
        direct_normal_w_m2=unknown,
        diffuse_horizontal_w_m2=unknown,
        name="made weather",
        latitude=35.6,
        longitude=-106.0,
        elevation_m=2100.0,
        utc_offset_h=-7.0,
        source=Source("made", "2026", "estimate", "closed form"),
    )


def pool_table(**changes: Any) -> PoolTable:
    keys = {"kind": "pool", "area_m2": 120.0, "mean_depth_m": 1.5, "water_temp_c": [28.0, 30.0]} | changes
    return parse_record(PoolTable, keys)


def levels(stored: PoolStore, offered_kw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What a store does with heat on offer and a boiler without limit, as its docstring says: levels and heat into it."""
    store, hours = stored.store, AXIS.step_hours
    level, out, heat = store.initial_kwh, np.zeros(AXIS.steps), np.zeros(AXIS.steps)
    for step in range(AXIS.steps):
        level = level * (1.0 - store.loss_per_step[step]) - store.drain_kw[step] * hours
        into = min(max(store.capacity_kwh - level, 0.0) / hours, offered_kw[step])
        into = max(into, -level / hours)
        level += into * hours
        out[step], heat[step] = level, into
    return out, heat


def test_the_store_holds_the_band(weather: Weather) -> None:
    pool = pool_of(pool_table(), weather)
    stored = pool_store(pool, weather, AXIS)
    assert stored.store.capacity_kwh == pytest.approx(2.0 * 180.0 * 996.0 * 4.18 / 3600.0)
    assert not stored.store.serves_loads
    assert stored.store.drain_kw == pytest.approx(pool_losses(pool, weather, AXIS, 28.0).net_kw)
    assert stored.store.drain_kw.min() < 0.0 < stored.store.drain_kw.max()
    full_kw = stored.store.drain_kw - np.log1p(-stored.store.loss_per_step) * stored.store.capacity_kwh
    assert full_kw == pytest.approx(pool_losses(pool, weather, AXIS, 30.0).net_kw)
    assert (stored.error_kw >= 0.0).all()
    assert stored.error_share < 0.005


@pytest.mark.parametrize("months", [tuple(range(1, 13)), SUMMER, (1, 2, 11, 12)])
def test_the_straight_store_follows_the_simulated_pool(weather: Weather, months: tuple[int, ...]) -> None:
    """Heat on offer for a part of the day: the store's year of heat lies within 1 % of the true losses' year.

    Tolerance: the chord over 2 K is within 0.5 % of the losses, and the level before the step stands for its mean.
    """
    pool = pool_of(pool_table(months=list(months)), weather)
    offered = np.where(AXIS.hour < 12, 60.0, 0.0) * pool.in_season(AXIS)
    stored = pool_store(pool, weather, AXIS)
    level, heat = levels(stored, offered)
    year = simulate_pool(pool, weather, AXIS, offered)
    assert heat.sum() == pytest.approx((year.taken_kw + year.backup_kw).sum(), rel=0.01)
    season = pool.in_season(AXIS)
    assert np.abs(water_temps_c(stored, level) - year.water_temp_c)[season].max() < 0.15


@pytest.mark.parametrize("months", [tuple(range(1, 13)), SUMMER])
def test_the_balance_closes_and_names_its_doubt(weather: Weather, months: tuple[int, ...]) -> None:
    pool = pool_of(pool_table(months=list(months)), weather)
    stored = pool_store(pool, weather, AXIS)
    level, heat = levels(stored, np.where(AXIS.hour < 12, 60.0, 0.0) * pool.in_season(AXIS))
    balance = pool_balance(stored, weather, AXIS, level, heat)
    out = balance.evaporation_kwh + balance.convection_kwh + balance.radiation_kwh + balance.makeup_kwh + balance.ground_kwh
    left = balance.heat_kwh + balance.solar_kwh - out - balance.stored_kwh - balance.straight_kwh
    assert abs(left) < 1e-6 * balance.heat_kwh
    assert abs(balance.straight_kwh) < 0.01 * balance.heat_kwh
    if months == SUMMER:
        warmed_kwh = pool.capacity_kwh_per_k * (pool.low_temp_c - pool.makeup_temp_c)
        assert warmed_kwh * 0.999 < balance.stored_kwh < warmed_kwh + stored.store.capacity_kwh


def test_outside_the_season_nothing_is_lost(weather: Weather) -> None:
    pool = pool_of(pool_table(months=list(SUMMER)), weather)
    stored = pool_store(pool, weather, AXIS)
    closed = ~pool.in_season(AXIS)
    assert not stored.store.drain_kw[closed].any()
    assert not stored.store.loss_per_step[closed].any()
    level, _ = levels(stored, np.full(AXIS.steps, 500.0) * pool.in_season(AXIS))
    last = int(np.flatnonzero(~closed)[-1])
    assert level[last - 1] > 0.0
    assert water_temps_c(stored, np.zeros(AXIS.steps))[last + 1] == pool.makeup_temp_c


def test_defaults_follow_the_weather_and_the_correlation(weather: Weather) -> None:
    pool = pool_of(pool_table(), weather)
    assert pool.makeup_temp_c == pool.ground_temp_c == pytest.approx(float(weather.dry_bulb_c.mean()))
    assert (pool.activity_open, pool.activity_closed) == (1.55, 1.0)
    carrier = pool_of(pool_table(evaporation="carrier", activity_open=1.2, cover={}), weather)
    assert (carrier.activity_open, carrier.activity_closed) == (1.2, 0.5)
    assert carrier.cover is not None
    assert carrier.cover.evaporation_reduction == 0.95
    arctic = replace(weather, dry_bulb_c=weather.dry_bulb_c - 20.0)
    assert pool_of(pool_table(), arctic).makeup_temp_c == 1.0


def test_the_notes_say_what_stood_in(weather: Weather) -> None:
    table = pool_table(months=list(SUMMER))
    notes = " ".join(pool_notes(table, weather, pool_store(pool_of(table, weather), weather, AXIS)))
    for words in ("straight over its band", "elevation", "clear sky", "Fresh water", "no cover", "each season"):
        assert words in notes
    table = pool_table(makeup_temp_c=12.0, cover={})
    knows = replace(weather, sky_infrared_w_m2=np.full(AXIS.steps, 280.0))
    assert len(pool_notes(table, knows, pool_store(pool_of(table, knows), knows, AXIS))) == 2


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("area_m2", 0.0),
        ("area_m2", "120"),
        ("water_temp_c", [30.0, 28.0]),
        ("water_temp_c", [82.0, 86.0]),
        ("months", [0, 5]),
        ("months", [5, 5]),
        ("months", []),
        ("open_hour", 24),
        ("evaporation", "carier"),
        ("terrain", "desert"),
        ("absorptance", 85.0),
        ("refresh_per_day", 3.0),
        ("makeup_temp_c", 0.0),
        ("depth", 1.5),
    ],
)
def test_a_bad_key_is_one_clear_fault(key: str, value: object) -> None:
    with pytest.raises(InputError) as error:
        pool_table(**{key: value})
    assert [fault.path for fault in error.value.faults] == [key]


def test_heating_water_is_warmer_than_the_pool(weather: Weather) -> None:
    with pytest.raises(InputError, match=r"supply_temp_c = 30.0: must be above the pool's 30 degC"):
        pool_of(pool_table(supply_temp_c=30.0), weather)


def test_quarters_of_an_hour_give_the_same_year(weather: Weather) -> None:
    """Weather held over four steps: what differs is the thermostat within the hour, and the sun's surplus it can use."""
    fine = TimeAxis(2003, 15)
    series = {name: np.repeat(value, 4) for name, value in vars(weather).items() if isinstance(value, np.ndarray)}
    pool = pool_of(pool_table(), weather)
    hours = simulate_pool(pool, weather, AXIS, np.zeros(AXIS.steps)).backup_kw.mean()
    quarters = simulate_pool(pool, replace(weather, **series), fine, np.zeros(fine.steps)).backup_kw.mean()
    assert quarters == pytest.approx(hours, rel=2e-3)
    drains = [
        pool_store(pool, at, axis).store.drain_kw.mean() for at, axis in ((weather, AXIS), (replace(weather, **series), fine))
    ]
    assert drains[0] == pytest.approx(drains[1], rel=1e-4)


def test_a_cover_that_cannot_be() -> None:
    with pytest.raises(InputError) as error:
        pool_table(cover={"evaporation_reduction": 95.0})
    assert [fault.path for fault in error.value.faults] == ["cover.evaporation_reduction"]
