"""Cooling in a study: the baseline's electricity, and what an absorption chiller saves of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.core.provenance import Source
from brayton.core.records import parse_record
from brayton.core.timeaxis import TimeAxis
from brayton.package.absorption import yazaki_wfc
from brayton.package.cooling_tower import usual_tower, wet_bulb_c
from brayton.site.weather import Weather
from brayton.study.cooling import AbsorptionChillerTable, ChillerTable, cooling_year

STEPS = TimeAxis(2018).steps
AIR = ChillerTable(kind="chiller", condenser="air", cop=2.8)
WATER = ChillerTable(kind="chiller", condenser="water", cop=5.0)
HOT = AbsorptionChillerTable(
    kind="absorption_chiller", drive="hot_water", cold_kw=70.3, hot_water_temp_c=82.0, installed_cost_usd=90_000.0
)
EXHAUST = AbsorptionChillerTable(kind="absorption_chiller", drive="exhaust", cold_kw=100.0, installed_cost_usd=150_000.0)


@pytest.fixture(scope="module")
def weather() -> Weather:
    hour = np.arange(STEPS)
    dry = 18.0 + 10.0 * np.sin(hour / STEPS * 2.0 * np.pi) + 5.0 * np.sin(hour / 24.0 * 2.0 * np.pi)
    flat = {name: np.zeros(STEPS) for name in ("wind_speed_m_s", "global_horizontal_w_m2", "direct_normal_w_m2")}
    return Weather(
        dry_bulb_c=dry,
        relative_humidity=np.full(STEPS, 0.5),
        pressure_kpa=np.full(STEPS, 101.0),
        humidity_ratio=np.full(STEPS, 0.008),
        diffuse_horizontal_w_m2=np.zeros(STEPS),
        name="made up",
        latitude=40.0,
        longitude=-73.0,
        elevation_m=10.0,
        utc_offset_h=-5.0,
        source=Source("test", "2026", "estimate", "made up"),
        **flat,
    )


@pytest.fixture(scope="module")
def cold() -> np.ndarray:
    return 60.0 + 60.0 * np.sin(np.arange(STEPS) / 1000.0)


@pytest.mark.parametrize("table", [AIR, WATER])
def test_the_chiller_is_just_large_enough_and_said_so(weather: Weather, cold: np.ndarray, table: ChillerTable) -> None:
    found = cooling_year(cold, weather, table)
    capacity = float(next(note for note in found.notes if "just enough" in note).split("be ")[1].split(" kW")[0])
    assert 100.0 < capacity < 140.0
    assert found.use is None
    assert np.array_equal(found.cold_kw, cold)
    assert (found.electric_kw[cold > 0.0] > 0.0).all()
    with pytest.raises(InputError, match="is too small: step"):
        cooling_year(cold, weather, table.model_copy(update={"capacity_kw": 50.0}))


@pytest.mark.parametrize("table", [AIR, WATER])
def test_cold_from_the_chiller_s_electricity_and_back(weather: Weather, cold: np.ndarray, table: ChillerTable) -> None:
    table = table.model_copy(update={"capacity_kw": 200.0})
    forward = cooling_year(cold, weather, table)
    tower_free = cooling_year(cold, weather, AIR.model_copy(update={"capacity_kw": 200.0}))
    motor = forward.electric_kw if table.condenser == "air" else None
    if motor is None:
        tower = usual_tower(5.56)
        share = tower.fan_kw_per_kw + tower.pump_kw_per_kw
        motor = (forward.electric_kw - share * cold) / (1.0 + share)
        assert (forward.electric_kw[cold > 1.0] < tower_free.electric_kw[cold > 1.0]).mean() > 0.5
    back = cooling_year(motor, weather, table, basis="chiller_electric")
    assert back.cold_kw == pytest.approx(cold, abs=1e-6)


def test_saving_by_hand_in_one_step(weather: Weather, cold: np.ndarray) -> None:
    """All cold of a step that the absorption chiller covers: what the electric one took, less pumps and tower."""
    small = np.where(cold < 20.0, cold, 0.0)
    table = AIR.model_copy(update={"capacity_kw": 150.0})
    found = cooling_year(small, weather, table, HOT)
    assert found.use is not None
    i = int(np.argmax(small * (weather.dry_bulb_c > 20.0)))
    machine = yazaki_wfc(70.3)
    heat = float(machine.heat_kw(small[i]))
    assert found.use.heat_kw[i] == pytest.approx(heat)
    per_kw = 301.0 / 4186.0
    tower = (0.0141 + per_kw / 4.0) * (heat + small[i])
    assert found.use.saved_kw[i] == pytest.approx(found.electric_kw[i] - tower - 0.26 - heat * per_kw / 5.0, rel=1e-6)
    assert (found.use.supply_temp_c, found.use.return_temp_c) == (82.0, 77.0)


def test_what_it_makes_is_limited_by_the_water_of_the_hour(weather: Weather) -> None:
    demand = np.full(STEPS, 300.0)
    found = cooling_year(demand, weather, AIR, HOT)
    assert found.use is not None
    water = usual_tower(4.0).water_temp_c(wet_bulb_c(weather.dry_bulb_c, weather.pressure_kpa, weather.humidity_ratio))
    machine = yazaki_wfc(70.3)
    assert found.use.heat_kw == pytest.approx(machine.heat_kw(machine.available_kw(82.0, water, 6.67)))


def test_exhaust_drives_without_water(weather: Weather, cold: np.ndarray) -> None:
    found = cooling_year(cold, weather, AIR, EXHAUST)
    assert found.use is not None
    assert np.isnan([found.use.supply_temp_c, found.use.return_temp_c]).all()
    made = found.use.heat_kw > 0.0
    assert made.any()
    assert (found.use.saved_kw[made] > 0.0).all()
    assert any("if it modulated instead" in note for note in found.notes)
    assert any("manufacturer communication" in source.title for _, source in found.sources)


def test_a_use_that_would_not_pay_its_pumps_rests(weather: Weather) -> None:
    trickle = np.full(STEPS, 0.5)
    found = cooling_year(trickle, weather, AIR.model_copy(update={"capacity_kw": 100.0}), HOT)
    assert found.use is not None
    assert found.use.heat_kw.max() == 0.0
    assert any("it rests" in note for note in found.notes)


def test_gaps_heat_waves_and_no_load(weather: Weather, cold: np.ndarray) -> None:
    gap = weather.dry_bulb_c.copy()
    gap[7] = np.nan
    with pytest.raises(InputError, match=r"weather.dry_bulb_c\[7\]"):
        cooling_year(cold, replace(weather, dry_bulb_c=gap), AIR)
    with pytest.raises(InputError, match=r"weather.humidity_ratio\[7\]"):
        cooling_year(cold, replace(weather, dry_bulb_c=gap), WATER)
    with pytest.raises(InputError, match=r"is above 51\.67 degC"):
        cooling_year(cold, replace(weather, dry_bulb_c=np.full(STEPS, 53.0)), AIR)
    with pytest.raises(InputError, match="is zero all year"):
        cooling_year(np.zeros(STEPS), weather, AIR)


def test_tables_that_contradict_themselves() -> None:
    base = {"kind": "absorption_chiller", "cold_kw": 70.0, "installed_cost_usd": 1.0}
    for changes in ({"drive": "hot_water"}, {"drive": "exhaust", "hot_water_temp_c": 85.0}):
        with pytest.raises(InputError, match="hot_water_temp_c goes with drive"):
            parse_record(AbsorptionChillerTable, {**base, **changes})
    with pytest.raises(InputError, match=r"hot_water_temp_c = 60\.0"):
        parse_record(AbsorptionChillerTable, {**base, "drive": "hot_water", "hot_water_temp_c": 60.0})
    with pytest.raises(InputError, match=r"must lie in 5..10 degC"):
        parse_record(ChillerTable, {"kind": "chiller", "condenser": "air", "cop": 3.0, "chilled_water_temp_c": 15.0})
    with pytest.raises(InputError, match=r"condenser = 'sea'"):
        parse_record(ChillerTable, {"kind": "chiller", "condenser": "sea", "cop": 3.0})
