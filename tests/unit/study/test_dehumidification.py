"""A store with and without a desiccant unit: balances at every step, what is saved and why, tables of the file, bad input."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.core.provenance import Source
from brayton.core.records import parse_record
from brayton.core.timeaxis import TimeAxis
from brayton.gas.air import humidity_ratio
from brayton.package.air_conditioner import AirConditioner, Reheat, dx_cop
from brayton.package.desiccant import DesiccantUnit, Regeneration, dehumidify
from brayton.site.display_cases import reference_cases
from brayton.site.store_air import StoreAir, StoreYear, net_water_kg_s, store_balance
from brayton.site.weather import Weather
from brayton.study.dehumidification import StoreRun, Supply, dehumidification_year
from brayton.study.dehumidification_tables import (
    REFERENCE_CASE_LENGTH_M,
    DehumidificationLoadTable,
    DesiccantTable,
    default_sources,
    dehumidification_from_tables,
)

AXIS = TimeAxis(2021)
SOURCE = Source("test", "2026", "estimate", "made up")
UNIT = DesiccantUnit(
    name="unit",
    process_flow_kg_s=4.0,
    face_velocity_m_s=3.0,
    regeneration=Regeneration.HOT_WATER,
    rotor_kw=0.1,
    specific_fan_power_kw_s_per_m3=1.5,
    coil_effectiveness=0.85,
    post_cooling_effectiveness=0.7,
    source=SOURCE,
)
CONDITIONER = AirConditioner(supply_flow_kg_s=25.0)
STORE = StoreAir(floor_area_m2=5000.0, cases=reference_cases(5000.0))
WATER = Supply(85.0, 70.0)

LOAD = {"kind": "dehumidification", "floor_area_m2": 5295.5, "part_of_electric": True, "reheat": "reclaim"}
DESICCANT = {
    "kind": "desiccant",
    "process_m3_s": 3.3,
    "regeneration": "hot_water",
    "supply_temp_c": 85.0,
    "installed_cost_usd": 60_000.0,
}


def weather() -> Weather:
    """A year that goes through all seasons and hours: warm and humid in its middle."""
    day, hour = AXIS.day, AXIS.hour
    temp_c = 12.0 - 14.0 * np.cos(2.0 * np.pi * (day - 20) / 365.0) - 4.0 * np.cos(2.0 * np.pi * (hour - 15 + 12) / 24.0)
    relative = np.clip(0.7 - 0.01 * (temp_c - 12.0) + 0.15 * np.sin(2.0 * np.pi * day / 5.0), 0.3, 0.98)
    pressure_kpa = np.full(AXIS.steps, 101.0)
    zero = np.zeros(AXIS.steps)
    return Weather(
        dry_bulb_c=temp_c,
        relative_humidity=relative,
        pressure_kpa=pressure_kpa,
        humidity_ratio=humidity_ratio(temp_c + 273.15, pressure_kpa * 1e3, relative),
        wind_speed_m_s=zero,
        global_horizontal_w_m2=zero,
        direct_normal_w_m2=zero,
        diffuse_horizontal_w_m2=zero,
        name="made up",
        latitude=40.0,
        longitude=-73.0,
        elevation_m=0.0,
        utc_offset_h=-5.0,
        source=SOURCE,
    )


@pytest.fixture(scope="module")
def store_year() -> StoreYear:
    return store_balance(STORE, weather(), AXIS)


def residual_kg_s(year: StoreYear, run: StoreRun) -> np.ndarray:
    """Water that is left over in each step."""
    return net_water_kg_s(year, run.humidity_ratio) - run.coil_water_kg_s - run.desiccant_water_kg_s


@pytest.mark.parametrize("reheat", list(Reheat))
@pytest.mark.parametrize("dried_c", [12.8, 9.0, 4.0])
def test_water_closes_in_every_step_of_both_runs(store_year: StoreYear, reheat: Reheat, dried_c: float) -> None:
    found = dehumidification_year(store_year, replace(CONDITIONER, reheat=reheat), UNIT, WATER, unit_dew_point_c=dried_c)
    for run in (found.without, found.with_unit):
        assert np.abs(residual_kg_s(store_year, run)).max() < 1e-8
        assert (run.coil_share >= 0.0).all()
        assert (run.coil_share <= 1.0).all()
    for balance in found.balances:
        assert balance.total_in == pytest.approx(balance.total_out, rel=1e-8)
    assert (found.with_unit.desiccant_water_kg_s > 0.0).any()
    assert (found.without.desiccant_water_kg_s == 0.0).all()


def test_what_is_saved_is_the_difference_of_the_two_runs(store_year: StoreYear) -> None:
    found = dehumidification_year(store_year, CONDITIONER, UNIT, WATER, unit_dew_point_c=12.8)
    assert found.use.saved_kw == pytest.approx(found.without.electric_kw - found.with_unit.electric_kw, abs=1e-9)
    assert (found.use.saved_kw >= 0.0).all()
    assert found.use.supply_temp_c == 85.0
    assert found.use.heat_kw.max() > 50.0
    at = int(np.argmax(found.use.heat_kw))
    fresh = min(store_year.ventilation_kg_s[at] / 4.0, 1.0)
    w = found.with_unit.humidity_ratio[at]
    drying = dehumidify(
        UNIT,
        24.0 + fresh * (store_year.outdoor_temp_c[at] - 24.0),
        w + fresh * (store_year.outdoor_humidity_ratio[at] - w),
        store_year.outdoor_temp_c[at],
        store_year.outdoor_humidity_ratio[at],
        supply_temp_c=85.0,
    )
    assert found.use.heat_kw[at] == pytest.approx(found.run_share[at] * drying.regen_heat_kw, rel=1e-6)
    assert found.with_unit.desiccant_water_kg_s[at] == pytest.approx(found.run_share[at] * drying.water_kg_s, rel=1e-6)


def test_the_coil_alone_overcools_and_reheats(store_year: StoreYear) -> None:
    """Where the humidistat drives it: cold of the coil = sensible load + reheat, and electricity = all of it over the COP."""
    run = dehumidification_year(store_year, CONDITIONER, UNIT, WATER, unit_dew_point_c=12.8).without
    driven = run.reheat_heat_kw > 1.0
    assert driven.any()
    assert run.dew_point_c[driven] == pytest.approx(12.8, abs=0.01)
    cold = np.maximum(store_year.sensible_load_kw, 0.0) + run.reheat_heat_kw
    by_hand = (cold + run.coil_water_kg_s * 2501.0) / dx_cop(CONDITIONER, store_year.outdoor_temp_c)
    assert run.ac_kw == pytest.approx(by_hand, rel=1e-9)
    assert (run.reheat_kw == 0.0).all()  # reclaimed
    electric = dehumidification_year(store_year, replace(CONDITIONER, reheat=Reheat.ELECTRIC), UNIT, WATER, unit_dew_point_c=12.8)
    assert electric.without.reheat_kw == pytest.approx(run.reheat_heat_kw)
    assert electric.use.saved_kw.sum() > 2.0 * (run.ac_kw.sum() - electric.with_unit.ac_kw.sum())


def test_a_drier_store_saves_case_energy(store_year: StoreYear) -> None:
    found = dehumidification_year(store_year, replace(CONDITIONER, reheat=Reheat.ELECTRIC), UNIT, WATER, unit_dew_point_c=8.0)
    drier = found.with_unit.dew_point_c < found.without.dew_point_c - 0.5
    assert drier.any()
    assert (found.with_unit.case_kw[drier] < found.without.case_kw[drier]).all()
    assert (found.with_unit.case_water_kg_s[drier] < found.without.case_water_kg_s[drier]).all()


def test_a_unit_that_costs_more_than_it_saves_rests(store_year: StoreYear) -> None:
    hungry = replace(UNIT, specific_fan_power_kw_s_per_m3=9.0)
    found = dehumidification_year(store_year, CONDITIONER, hungry, WATER, unit_dew_point_c=12.8)
    assert any("rests in" in note and "more electricity than it saves" in note for note in found.notes)
    rests = found.use.heat_kw == 0.0
    assert found.with_unit.electric_kw[rests] == pytest.approx(found.without.electric_kw[rests])


def test_a_coil_that_is_too_warm_cannot_hold_the_store(store_year: StoreYear) -> None:
    found = dehumidification_year(
        store_year, replace(CONDITIONER, apparatus_dew_point_c=13.5), UNIT, WATER, unit_dew_point_c=12.8
    )
    assert found.without.dew_point_c.max() > 13.0
    assert any("cannot hold" in note for note in found.notes)
    assert found.with_unit.dew_point_c.max() < found.without.dew_point_c.max()


def test_hotter_water_dries_more(store_year: StoreYear) -> None:
    small = replace(UNIT, process_flow_kg_s=1.0)
    cool, hot = (
        dehumidification_year(store_year, CONDITIONER, small, Supply(supply_c, 60.0), unit_dew_point_c=12.8)
        for supply_c in (70.0, 95.0)
    )
    assert hot.with_unit.desiccant_water_kg_s.sum() > cool.with_unit.desiccant_water_kg_s.sum()


def test_part_of_the_heat_saves_at_least_in_proportion(store_year: StoreYear) -> None:
    """A unit of half the size on half the water: what a step with half the heat would save, where the whole one runs full."""
    electric = replace(CONDITIONER, reheat=Reheat.ELECTRIC)
    half_unit = replace(UNIT, process_flow_kg_s=2.0, rotor_kw=0.05)
    whole, half = (
        dehumidification_year(store_year, electric, unit, WATER, unit_dew_point_c=9.0).use for unit in (UNIT, half_unit)
    )
    both = (whole.heat_kw > 0.0) & (half.heat_kw > 0.0) & (store_year.ventilation_kg_s == 0.0)  # process air is then alike
    assert both.sum() > 50
    per_heat = half.saved_kw[both].sum() / half.heat_kw[both].sum()
    assert per_heat >= whole.saved_kw[both].sum() / whole.heat_kw[both].sum()


def test_exhaust_has_no_water_temperature(store_year: StoreYear) -> None:
    unit = replace(UNIT, regeneration=Regeneration.EXHAUST)
    found = dehumidification_year(
        store_year, CONDITIONER, unit, Supply(300.0, exhaust_humidity_ratio=0.035), unit_dew_point_c=12.8
    )
    assert np.isnan(found.use.supply_temp_c)
    assert found.use.heat_kw.max() > 50.0
    with pytest.raises(InputError, match="exhaust_humidity_ratio"):
        dehumidification_year(store_year, CONDITIONER, unit, Supply(300.0), unit_dew_point_c=12.8)


def test_contradictions_are_told(store_year: StoreYear) -> None:
    with pytest.raises(InputError, match=r"(?s)dew_point_c = 15.*heats regeneration air to 46 degC only") as caught:
        dehumidification_year(store_year, CONDITIONER, UNIT, Supply(50.0, 40.0), unit_dew_point_c=15.0)
    assert len(caught.value.faults) == 1 + 1


def test_tables_give_the_store_and_the_unit() -> None:
    load, desiccant = parse_record(DehumidificationLoadTable, LOAD), parse_record(DesiccantTable, DESICCANT)
    found = dehumidification_from_tables(load, desiccant, weather(), AXIS)
    assert found.use.supply_temp_c == 85.0
    assert found.use.return_temp_c == 70.0
    assert found.ac_electric_kw == pytest.approx(found.without.ac_kw)
    assert sum(group.length_m for group in load.store().cases) == pytest.approx(REFERENCE_CASE_LENGTH_M * 5295.5 / 4181.0)
    bare = parse_record(DehumidificationLoadTable, LOAD | {"case_length_m": 0.0})
    assert bare.store().cases == ()
    halved = parse_record(DehumidificationLoadTable, LOAD | {"case_length_m": REFERENCE_CASE_LENGTH_M / 2.0})
    assert halved.store().cases[0].length_m == pytest.approx(82.25 / 2.0)
    assert all(source.title and source.date for _, source in default_sources())


@pytest.mark.parametrize(
    ("load", "desiccant", "told"),
    [
        ({"dew_point_c": 24.5, "dry_bulb_c": 24.0}, {}, r"load\[1\].dew_point_c = 24.5"),
        ({"open_from_h": 22.0, "open_until_h": 6.0}, {}, r"load\[1\].open_from_h"),
        ({}, {"supply_temp_c": None}, r"equipment\[0\].supply_temp_c = '\(absent\)'"),
        ({}, {"supply_temp_c": 55.0}, r"equipment\[0\].supply_temp_c = 55.*heats regeneration air to 50 degC only"),
        ({}, {"return_temp_c": 90.0}, r"equipment\[0\].return_temp_c = 90.*below the supply temperature"),
        ({}, {"dew_point_c": 14.0}, r"equipment\[0\].dew_point_c = 14.*the dew point that the air conditioner holds"),
        ({}, {"regeneration": "exhaust"}, r"equipment\[0\].supply_temp_c = 85.*driven by exhaust"),
        ({}, {"regeneration": "exhaust", "supply_temp_c": None}, r"equipment\[0\].regeneration.*needs a machine"),
    ],
)
def test_contradicting_tables_are_told_with_their_place(load: dict, desiccant: dict, told: str) -> None:
    tables = parse_record(DehumidificationLoadTable, LOAD | load), parse_record(DesiccantTable, DESICCANT | desiccant)
    with pytest.raises(InputError, match=told):
        dehumidification_from_tables(*tables, weather(), AXIS, load_path="load[1]", equipment_path="equipment[0]")


@pytest.mark.parametrize(
    ("kind", "table", "told"),
    [
        (DehumidificationLoadTable, LOAD | {"floor_area_m2": 57_000.0}, r"floor_area_m2 = 57000.*as ft2 5295"),
        (
            DehumidificationLoadTable,
            {key: LOAD[key] for key in LOAD if key != "part_of_electric"},
            "part_of_electric.*is required",
        ),
        (DehumidificationLoadTable, LOAD | {"reheat": "gas"}, "reheat = 'gas'"),
        (DesiccantTable, DESICCANT | {"face_velocity_m_s": 7.0}, "face_velocity_m_s = 7"),
        (DesiccantTable, DESICCANT | {"process_cfm": 7000.0}, "process_cfm.*is not a known key"),
        (
            DesiccantTable,
            {key: DESICCANT[key] for key in DESICCANT if key != "installed_cost_usd"},
            "installed_cost_usd.*is required",
        ),
    ],
)
def test_bad_keys_are_told(kind: type, table: dict, told: str) -> None:
    with pytest.raises(InputError, match=told):
        parse_record(kind, table)
