"""Enthalpy and dew point of moist air: ASHRAE's table values, round trips, psychrolib."""

from __future__ import annotations

import numpy as np
import pytest

from brayton.gas.air import saturation_pressure_pa
from brayton.gas.moistair import dew_point_k, moist_air_enthalpy_j_per_kg, moist_air_temp_k


def test_enthalpy_has_its_zero_and_the_value_of_the_handbook() -> None:
    assert moist_air_enthalpy_j_per_kg(273.15, 0.0) == 0.0
    # ASHRAE Fundamentals 2017, chapter 1, example 1: 40 degC dry bulb, 20 degC wet bulb: W 0.0065, h 56.7 kJ/kg
    assert moist_air_enthalpy_j_per_kg(313.15, 0.0065) / 1e3 == pytest.approx(56.98, abs=0.3)


def test_temperature_inverts_enthalpy() -> None:
    temp_k, w = np.array([250.0, 300.0, 390.0]), np.array([0.0005, 0.012, 0.04])
    assert moist_air_temp_k(moist_air_enthalpy_j_per_kg(temp_k, w), w) == pytest.approx(temp_k, abs=1e-9)


def test_saturated_air_has_its_own_dew_point() -> None:
    temp_k = np.array([240.0, 268.0, 285.0, 310.0, 350.0])
    vapour = saturation_pressure_pa(temp_k)
    w = 0.6219 * vapour / (101325.0 - vapour)
    assert dew_point_k(101325.0, w) == pytest.approx(temp_k, abs=0.01)


def test_agrees_with_psychrolib() -> None:
    psychrolib = pytest.importorskip("psychrolib")
    psychrolib.SetUnitSystem(psychrolib.SI)
    for celsius, w in ((24.0, 0.0092), (30.0, 0.0005), (45.0, 0.03)):
        assert moist_air_enthalpy_j_per_kg(celsius + 273.15, w) == pytest.approx(
            psychrolib.GetMoistAirEnthalpy(celsius, w), rel=1e-9
        )
        assert dew_point_k(95e3, w) - 273.15 == pytest.approx(psychrolib.GetTDewPointFromHumRatio(celsius, w, 95e3), abs=0.002)
