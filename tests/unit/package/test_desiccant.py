"""The desiccant unit: balances of water and heat, part load, limits of heat, hot water and exhaust, post-cooling, bad input."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from brayton.core.errors import InputError, RangeError
from brayton.core.provenance import Source
from brayton.gas.air import relative_humidity
from brayton.gas.moistair import moist_air_enthalpy_j_per_kg
from brayton.package.capability import Capability
from brayton.package.desiccant import DesiccantUnit, Drying, Regeneration, dehumidify
from brayton.package.wheel import energyplus_solid_desiccant

UNIT = DesiccantUnit(
    name="unit",
    process_flow_kg_s=2.0,
    face_velocity_m_s=3.0,
    regeneration=Regeneration.HOT_WATER,
    rotor_kw=0.1,
    specific_fan_power_kw_s_per_m3=2.0,
    coil_effectiveness=0.85,
    post_cooling_effectiveness=0.7,
    source=Source("test", "2026", "estimate", "round figures"),
    pump_kw=0.2,
)
IDEAL = replace(UNIT, coil_effectiveness=1.0, post_cooling_effectiveness=0.0)
AIR = (30.0, 0.014, 32.0, 0.015)


def test_an_ideal_unit_is_its_wheel() -> None:
    point = energyplus_solid_desiccant(30.0, 0.014, 3.0)
    drying = dehumidify(IDEAL, 30.0, 0.014, 30.0, 0.014, supply_temp_c=121.0)
    assert drying.water_kg_s == pytest.approx(2.0 * (0.014 - point.out_humidity_ratio), rel=1e-7)
    assert drying.regen_heat_kw == pytest.approx(2.0 * point.regen_heat_j_per_kg / 1e3)
    assert drying.electric_kw == pytest.approx(2.0 * 2.0 / 1.204 + 0.3)
    assert drying.regen_temp_c == 121.0


def test_water_and_enthalpy_close_over_the_wheel() -> None:
    drying = dehumidify(UNIT, *AIR, supply_temp_c=85.0)
    nominal = energyplus_solid_desiccant(30.0, 0.014, 3.0)
    regen_kg_s = 2.0 * nominal.regen_air_ratio
    assert drying.water_kg_s == pytest.approx(regen_kg_s * (drying.regen_out_humidity_ratio - 0.015), rel=1e-9)

    def enthalpy(temp_c: float, w: float) -> float:
        return float(moist_air_enthalpy_j_per_kg(temp_c + 273.15, w)) / 1e3

    process_kw = 2.0 * (enthalpy(drying.wheel_out_temp_c, drying.out_humidity_ratio) - enthalpy(30.0, 0.014))
    regen_kw = regen_kg_s * (enthalpy(drying.regen_out_temp_c, drying.regen_out_humidity_ratio) - enthalpy(32.0, 0.015))
    assert process_kw + regen_kw == pytest.approx(drying.regen_heat_kw, rel=1e-9)
    assert 0.0 < relative_humidity(drying.regen_out_temp_c + 273.15, 101325.0, drying.regen_out_humidity_ratio) < 1.0
    assert drying.regen_out_temp_c < drying.regen_temp_c


def test_hot_water_reaches_its_share_of_the_way() -> None:
    drying = dehumidify(UNIT, *AIR, supply_temp_c=[60.0, 82.0, 95.0, 150.0])
    assert drying.regen_temp_c == pytest.approx([55.8, 74.5, 85.55, 121.0])
    assert (np.diff(drying.water_kg_s) > 0.0).all()
    assert dehumidify(UNIT, *AIR, supply_temp_c=50.0).run_share == 0.0


def test_post_cooling_gives_heat_to_the_outdoor_air() -> None:
    without, with_it = (
        dehumidify(unit, *AIR, supply_temp_c=85.0) for unit in (replace(UNIT, post_cooling_effectiveness=0.0), UNIT)
    )
    assert with_it.out_temp_c == pytest.approx(without.out_temp_c - 0.7 * (without.out_temp_c - 32.0))
    assert with_it.sensible_kw + with_it.rejected_kw == pytest.approx(without.sensible_kw)
    assert without.rejected_kw == 0.0
    hot_day = dehumidify(UNIT, 24.0, 0.010, 44.0, 0.012, supply_temp_c=85.0)
    assert hot_day.out_temp_c == hot_day.wheel_out_temp_c  # outdoor air is the hotter: it must not warm


def test_part_load_follows_what_is_wanted_and_what_heat_there_is() -> None:
    full = dehumidify(UNIT, *AIR, supply_temp_c=85.0)
    half = dehumidify(UNIT, *AIR, supply_temp_c=85.0, wanted_kg_s=full.water_kg_s / 2.0)
    assert half.run_share == pytest.approx(0.5)
    for name in ("water_kg_s", "regen_heat_kw", "electric_kw", "sensible_kw", "rejected_kw"):
        assert getattr(half, name) == pytest.approx(getattr(full, name) / 2.0)
    fifth = dehumidify(UNIT, *AIR, supply_temp_c=85.0, wanted_kg_s=1.0, regen_available_kw=full.regen_heat_kw / 5.0)
    assert fifth.run_share == pytest.approx(0.2)
    assert dehumidify(UNIT, *AIR, supply_temp_c=85.0, regen_available_kw=0.0).water_kg_s == 0.0
    assert dehumidify(UNIT, *AIR, supply_temp_c=85.0, wanted_kg_s=-0.1).water_kg_s == 0.0


def test_exhaust_brings_its_water() -> None:
    unit = replace(UNIT, regeneration=Regeneration.EXHAUST)
    dry, wet = (dehumidify(unit, *AIR, supply_temp_c=300.0, supply_humidity_ratio=w) for w in (0.015, 0.040))
    assert dry.regen_temp_c == wet.regen_temp_c == 121.0
    assert wet.water_kg_s < dry.water_kg_s
    mixed = 0.015 + (121.0 - 32.0) / (300.0 - 32.0) * 0.025
    point = energyplus_solid_desiccant(30.0, 0.014, 3.0)
    gained = wet.water_kg_s / (2.0 * point.regen_air_ratio)
    assert wet.regen_out_humidity_ratio == pytest.approx(mixed + gained)
    with pytest.raises(InputError, match="supply_humidity_ratio"):
        dehumidify(unit, *AIR, supply_temp_c=300.0)


def test_gaps_stay_gaps_and_the_range_is_kept() -> None:
    drying: Drying = dehumidify(UNIT, [30.0, np.nan], 0.014, 32.0, 0.015, supply_temp_c=85.0)
    assert np.isfinite(drying.water_kg_s[0])
    assert np.isnan(drying.water_kg_s[1])
    with pytest.raises(RangeError, match="process_temp_c = -10"):
        dehumidify(UNIT, -10.0, 0.001, -10.0, 0.001, supply_temp_c=85.0)
    assert np.isnan(dehumidify(UNIT, -10.0, 0.001, -10.0, 0.001, supply_temp_c=85.0, outside="nan").water_kg_s)


def test_bad_figures_are_told_together() -> None:
    with pytest.raises(InputError) as caught:
        replace(UNIT, process_flow_kg_s=0.0, face_velocity_m_s=9.0, rotor_kw=-1.0, coil_effectiveness=1.5, min_regen_temp_c=20.0)
    told = [fault.path for fault in caught.value.faults]
    assert told == [
        f"desiccant.{key}"
        for key in ("process_flow_kg_s", "face_velocity_m_s", "rotor_kw", "coil_effectiveness", "min_regen_temp_c")
    ]


def test_it_says_what_it_can_do() -> None:
    assert Capability.DRY_AIR in UNIT.capabilities
