"""The air conditioner of a store: its curve at the rated point, and what the coil can and cannot take out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.package.air_conditioner import (
    AirConditioner,
    coil_sensible_kw,
    coil_water_kg_s,
    cooling_electric_kw,
    dx_cop,
)

UNIT = AirConditioner(supply_flow_kg_s=10.0)


def test_the_curve_is_one_at_its_rated_point_and_falls_with_the_outdoor_air() -> None:
    rated = replace(UNIT, coil_wet_bulb_c=19.4)
    assert dx_cop(rated, 35.0) == pytest.approx(rated.rated_cop, rel=0.002)
    cop = dx_cop(UNIT, np.array([18.0, 25.0, 35.0, 45.0]))
    assert (np.diff(cop) < 0.0).all()
    assert dx_cop(UNIT, -5.0) == dx_cop(UNIT, 18.0)


def test_the_coil_cools_and_dries_the_air_that_it_touches() -> None:
    assert coil_sensible_kw(UNIT, 24.0) == pytest.approx(9.0 * (1.006 + 0.0186) * 15.0)
    assert coil_sensible_kw(UNIT, 5.0) == 0.0
    # saturated at 9 degC: 7.13 g/kg
    assert coil_water_kg_s(UNIT, 0.0100, 101325.0) == pytest.approx(9.0 * (0.0100 - 0.00713), rel=0.002)
    assert coil_water_kg_s(UNIT, 0.0070, 101325.0) == 0.0


def test_electricity_is_all_cold_over_the_cop() -> None:
    assert cooling_electric_kw(UNIT, 100.0, 0.02, 35.0) == pytest.approx((100.0 + 50.02) / dx_cop(UNIT, 35.0))


def test_bad_figures_are_told_together() -> None:
    with pytest.raises(InputError) as caught:
        AirConditioner(supply_flow_kg_s=0.0, rated_cop=-1.0, bypass_factor=1.0, apparatus_dew_point_c=-3.0, coil_wet_bulb_c=50.0)
    assert len(caught.value.faults) == 5
