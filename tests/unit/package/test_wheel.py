"""Desiccant wheels: the published point, ranges, balances, and the limits of a cooler regeneration."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from brayton.core.errors import RangeError
from brayton.gas.air import relative_humidity
from brayton.gas.moistair import moist_air_enthalpy_j_per_kg
from brayton.package.wheel import (
    DRIEST_HUMIDITY_RATIO,
    HIGH_TEMPERATURE_RANGE,
    air_of_potentials,
    energyplus_balanced_flow_desiccant,
    energyplus_solid_desiccant,
    jurinak_potentials,
    with_cooler_regeneration,
)

BALANCED = {"process_temp_c": 12.0, "process_humidity_ratio": 0.0080, "regen_temp_c": 40.0, "regen_humidity_ratio": 0.010}


def enthalpy(temp_c: float, w: float) -> float:
    return float(moist_air_enthalpy_j_per_kg(temp_c + 273.15, w))


def test_the_published_point_of_the_high_temperature_wheel() -> None:
    """Derived from the coefficients by others: 8.1 g/kg at 48.7 degC with 4.2 MJ per kg of water."""
    point = energyplus_solid_desiccant(30.0, 0.014, 3.0)
    assert point.out_humidity_ratio == pytest.approx(0.0081, abs=5e-5)
    assert point.out_temp_c == pytest.approx(48.7, abs=0.05)
    assert point.regen_heat_j_per_kg / (0.014 - point.out_humidity_ratio) == pytest.approx(4.2e6, rel=0.01)


def test_heat_goes_with_the_rise_of_the_regeneration_air() -> None:
    cold, warm = (energyplus_solid_desiccant(30.0, 0.014, 3.0, regen_inlet_temp_c=start) for start in (10.0, 60.0))
    assert cold.regen_heat_j_per_kg / warm.regen_heat_j_per_kg == pytest.approx(111.0 / 61.0)
    assert cold.out_humidity_ratio == warm.out_humidity_ratio


def test_hot_dry_air_passes_unchanged() -> None:
    point = energyplus_solid_desiccant(45.0, 0.003, 3.0)
    assert (point.out_temp_c, point.out_humidity_ratio, point.regen_heat_j_per_kg) == (45.0, 0.003, 0.0)


def test_range_of_the_high_temperature_wheel() -> None:
    with pytest.raises(RangeError, match=r"(?s)process_temp_c = 60.*face_velocity_m_s = 5") as caught:
        energyplus_solid_desiccant([20.0, 60.0], 0.01, 5.0)
    assert len(caught.value.faults) == 1 + 1
    held = energyplus_solid_desiccant(60.0, 0.01, 5.0, outside="clip")
    assert held.out_temp_c == energyplus_solid_desiccant(48.89, 0.01, 4.064).out_temp_c
    missing = energyplus_solid_desiccant([20.0, 60.0], 0.01, 3.0, outside="nan")
    for values in (missing.out_temp_c, missing.out_humidity_ratio, missing.regen_heat_j_per_kg, missing.regen_air_ratio):
        assert np.isfinite(values[0])
        assert np.isnan(values[1])


def test_outlet_is_air_over_the_whole_range() -> None:
    lows, highs = zip(*(limits[:2] for limits in HIGH_TEMPERATURE_RANGE.values()), strict=True)
    grid = np.meshgrid(*(np.linspace(low, high, 15) for low, high in zip(lows, highs, strict=True)))
    exists = relative_humidity(grid[0] + 273.15, 101325.0, grid[1]) <= 1.0
    point = energyplus_solid_desiccant(*grid)
    humid = relative_humidity(point.out_temp_c + 273.15, 101325.0, point.out_humidity_ratio)[exists]
    assert humid.min() >= 0.0
    assert humid.max() <= 1.0
    assert (point.out_humidity_ratio >= DRIEST_HUMIDITY_RATIO).all()
    assert (point.regen_heat_j_per_kg >= 0.0).all()


def test_range_of_the_balanced_wheel() -> None:
    with pytest.raises(RangeError, match="regen_temp_c = 60"):
        energyplus_balanced_flow_desiccant(**BALANCED | {"regen_temp_c": 60.0}, face_velocity_m_s=3.5, pressure_pa=101325.0)
    with pytest.raises(RangeError, match="process_relative_humidity"):
        energyplus_balanced_flow_desiccant(**BALANCED | {"process_temp_c": 21.0}, face_velocity_m_s=3.5, pressure_pa=101325.0)
    dry = {**BALANCED, "process_temp_c": 21.0}
    missing = energyplus_balanced_flow_desiccant(**dry, face_velocity_m_s=3.5, pressure_pa=101325.0, outside="nan")
    assert np.isnan([missing.out_temp_c, missing.out_humidity_ratio, missing.regen_out_temp_c]).all()
    held = energyplus_balanced_flow_desiccant(**dry, face_velocity_m_s=9.0, pressure_pa=101325.0, outside="clip")
    assert np.isfinite(held.out_temp_c)


def test_balanced_wheel_passes_water_and_enthalpy() -> None:
    point = energyplus_balanced_flow_desiccant(**BALANCED, face_velocity_m_s=3.5, pressure_pa=101325.0)
    lost = BALANCED["process_humidity_ratio"] - point.out_humidity_ratio
    assert lost == pytest.approx(point.regen_out_humidity_ratio - BALANCED["regen_humidity_ratio"], rel=1e-12)
    assert lost > 0.001
    before = enthalpy(12.0, 0.0080) + enthalpy(40.0, 0.010)
    behind = enthalpy(point.out_temp_c, point.out_humidity_ratio)
    assert before == pytest.approx(behind + enthalpy(point.regen_out_temp_c, point.regen_out_humidity_ratio), rel=1e-12)
    assert relative_humidity(point.out_temp_c + 273.15, 101325.0, point.out_humidity_ratio) < 1.0


def test_potentials_invert() -> None:
    temp_c, w = np.array([12.0, 30.0, 55.0, 121.0]), np.array([0.004, 0.014, 0.025, 0.02])
    back_c, back_w = air_of_potentials(*jurinak_potentials(temp_c, w))
    assert back_c == pytest.approx(temp_c, abs=1e-4)
    assert back_w == pytest.approx(w, rel=1e-6)


def test_cooler_regeneration_dries_less_between_its_limits() -> None:
    nominal = energyplus_solid_desiccant(30.0, 0.014, 3.0)
    regen_c = np.array([121.0, 100.0, 80.0, 60.0, 30.0])
    points = with_cooler_regeneration(nominal, 30.0, 0.014, regen_c, 30.0, 0.014)
    assert points.out_humidity_ratio[0] == pytest.approx(nominal.out_humidity_ratio, rel=1e-8)
    assert points.out_temp_c[0] == pytest.approx(nominal.out_temp_c, abs=1e-5)
    assert (np.diff(points.out_humidity_ratio) > 0.0).all()
    assert (points.out_humidity_ratio[-1], points.regen_heat_j_per_kg[-1]) == (0.014, 0.0)
    assert points.regen_heat_j_per_kg == pytest.approx(nominal.regen_heat_j_per_kg * (regen_c - 30.0) / 91.0)
    wetter = with_cooler_regeneration(nominal, 30.0, 0.014, 80.0, 30.0, 0.030)
    assert wetter.out_humidity_ratio > points.out_humidity_ratio[2]


def test_coefficients_are_those_of_the_shared_tables(shared: Path) -> None:
    """Every term matters: the regressions rebuilt from the table at points where none of them vanishes."""
    text = (shared / "data" / "desiccant_solid_default_energyplus.csv").read_text().splitlines()
    rows = list(csv.DictReader(line for line in text if not line.startswith("#")))
    rng = np.random.default_rng(7)
    for _ in range(20):
        t, w, v = rng.uniform(10.0, 35.0), rng.uniform(0.006, 0.02), rng.uniform(2.1, 4.0)
        logs = np.log([t, w, v])
        terms = [1, t, w, v, t * w, t * v, w * v, t**2, w**2, v**2, (t * w) ** 2, (t * v) ** 2, (w * v) ** 2, *logs]
        out_w, out_t, heat, speed = (
            sum(float(row[name]) * term for row, term in zip(rows, terms, strict=True))
            for name in ("W_out", "T_out", "q_regen", "V_regen")
        )
        point = energyplus_solid_desiccant(t, w, v)
        if out_w < w:
            assert point.out_humidity_ratio == pytest.approx(max(out_w, DRIEST_HUMIDITY_RATIO), rel=1e-9)
            assert point.out_temp_c == pytest.approx(out_t, rel=1e-9)
            assert point.regen_heat_j_per_kg == pytest.approx(heat * (w - point.out_humidity_ratio), rel=1e-9)
            assert point.regen_air_ratio == pytest.approx(90.0 / 245.0 * speed / v, rel=1e-9)
