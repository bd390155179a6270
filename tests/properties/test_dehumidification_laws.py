"""Laws of drying for all air, wheels and stores: water and enthalpy close, humidity stays between 0 and 1, heat helps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from brayton.core.provenance import Source
from brayton.core.timeaxis import TimeAxis
from brayton.gas.air import humidity_ratio, relative_humidity
from brayton.gas.moistair import moist_air_enthalpy_j_per_kg
from brayton.package.air_conditioner import AirConditioner, Reheat
from brayton.package.desiccant import DesiccantUnit, Regeneration, dehumidify
from brayton.package.wheel import energyplus_solid_desiccant
from brayton.site.display_cases import reference_cases
from brayton.site.store_air import StoreAir, net_water_kg_s, store_balance
from brayton.site.weather import Weather
from brayton.study.dehumidification import Supply, dehumidification_year

LAWS = settings(deadline=None, derandomize=True, max_examples=200)
YEARS = settings(deadline=None, derandomize=True, max_examples=8)
SOURCE = Source("test", "2026", "estimate", "made up")
AXIS = TimeAxis(2021)
PRESSURE_PA = 101325.0

UNIT = DesiccantUnit(
    name="unit",
    process_flow_kg_s=3.0,
    face_velocity_m_s=3.0,
    regeneration=Regeneration.HOT_WATER,
    rotor_kw=0.1,
    specific_fan_power_kw_s_per_m3=2.0,
    coil_effectiveness=0.85,
    post_cooling_effectiveness=0.7,
    source=SOURCE,
)

airs = st.fixed_dictionaries(
    {
        "process_c": st.floats(5.0, 40.0),
        "process_rh": st.floats(0.3, 0.95),
        "outdoor_c": st.floats(5.0, 42.0),
        "outdoor_rh": st.floats(0.2, 0.95),
        "supply_c": st.floats(65.0, 140.0),
        "velocity": st.floats(2.032, 4.064),
        "post": st.floats(0.0, 1.0),
    }
)


@LAWS
@given(airs)
def test_water_and_enthalpy_close_and_air_stays_air(air: dict) -> None:
    w, outdoor_w = (
        float(humidity_ratio(air[f"{side}_c"] + 273.15, PRESSURE_PA, air[f"{side}_rh"])) for side in ("process", "outdoor")
    )
    assume(0.002857 <= w <= 0.02857)
    unit = replace(UNIT, face_velocity_m_s=air["velocity"], post_cooling_effectiveness=air["post"])
    drying = dehumidify(unit, air["process_c"], w, air["outdoor_c"], outdoor_w, supply_temp_c=air["supply_c"])
    if drying.run_share == 0.0:
        assert drying.water_kg_s == drying.regen_heat_kw == drying.electric_kw == drying.sensible_kw == 0.0
        return
    flow = 3.0 * float(energyplus_solid_desiccant(air["process_c"], w, air["velocity"]).regen_air_ratio)
    gained = flow * (drying.regen_out_humidity_ratio - outdoor_w)
    assert abs(drying.water_kg_s - gained) < 1e-9

    def kw(kg_s: float, temp_c: float, humid: float) -> float:
        return kg_s * float(moist_air_enthalpy_j_per_kg(temp_c + 273.15, humid)) / 1e3

    process = kw(3.0, drying.wheel_out_temp_c, drying.out_humidity_ratio) - kw(3.0, air["process_c"], w)
    regen = kw(flow, drying.regen_out_temp_c, drying.regen_out_humidity_ratio) - kw(flow, air["outdoor_c"], outdoor_w)
    assert abs(process + regen - drying.regen_heat_kw) < 1e-6 * max(1.0, drying.regen_heat_kw)
    assert 0.0 < relative_humidity(drying.wheel_out_temp_c + 273.15, PRESSURE_PA, drying.out_humidity_ratio) < 1.0
    assert 0.0 < drying.out_humidity_ratio < w
    more = dehumidify(unit, air["process_c"], w, air["outdoor_c"], outdoor_w, supply_temp_c=air["supply_c"] + 5.0)
    assert more.water_kg_s >= drying.water_kg_s - 1e-9


stores = st.fixed_dictionaries(
    {
        "area": st.floats(500.0, 15_000.0),
        "cases": st.floats(0.0, 2.0),
        "held_c": st.floats(10.0, 16.0),
        "drier_k": st.floats(0.0, 8.0),
        "process": st.floats(0.3, 12.0),
        "supply_c": st.floats(75.0, 110.0),
        "surface_c": st.floats(6.0, 14.0),
        "reheat": st.sampled_from(list(Reheat)),
        "mean_c": st.floats(8.0, 26.0),
        "relative": st.floats(0.4, 0.9),
    }
)


@YEARS
@given(stores)
def test_a_store_closes_its_water_in_every_step(store: dict) -> None:
    temp_c = store["mean_c"] - 10.0 * np.cos(2.0 * np.pi * AXIS.day / 365.0) + 3.0 * np.sin(2.0 * np.pi * AXIS.hour / 24.0)
    pressure_kpa, zero = np.full(AXIS.steps, 100.0), np.zeros(AXIS.steps)
    relative = np.full(AXIS.steps, store["relative"])
    weather = Weather(
        temp_c, relative, pressure_kpa, humidity_ratio(temp_c + 273.15, pressure_kpa * 1e3, relative),
        zero, zero, zero, zero, "made up", 40.0, -73.0, 0.0, -5.0, SOURCE,
    )  # fmt: skip
    cases = reference_cases(store["area"] * store["cases"]) if store["cases"] > 0.01 else ()
    year = store_balance(StoreAir(floor_area_m2=store["area"], dew_point_c=store["held_c"], cases=cases), weather, AXIS)
    found = dehumidification_year(
        year,
        AirConditioner(store["area"] * 0.005, apparatus_dew_point_c=store["surface_c"], reheat=store["reheat"]),
        replace(UNIT, process_flow_kg_s=store["process"]),
        Supply(store["supply_c"], 60.0),
        unit_dew_point_c=store["held_c"] - store["drier_k"],
    )
    for run in (found.without, found.with_unit):
        left = net_water_kg_s(year, run.humidity_ratio) - run.coil_water_kg_s - run.desiccant_water_kg_s
        assert np.abs(left).max() < 1e-7
        assert np.isfinite(run.electric_kw).all()
        assert (run.electric_kw >= 0.0).all()
    assert (found.with_unit.humidity_ratio <= found.without.humidity_ratio + 1e-9).all()
    assert (found.run_share >= 0.0).all()
    assert (found.run_share <= 1.0).all()
