import math

import pytest

from brayton.cycle.processes import burn, compress, expand, isentropic_temp, recuperate, temp_from_h
from brayton.gas.air import DRY_AIR, humid_air
from brayton.gas.combustion import products
from brayton.gas.fuels import FUELS
from brayton.gas.properties import h, s0

AIR, GAS_CONSTANT = DRY_AIR.coefficients, DRY_AIR.gas_constant_j_per_kg_k


@pytest.mark.parametrize("ratio", [1.0001, 2.0, 10.0, 60.0, 100.0])
def test_a_reversible_change_keeps_entropy(ratio: float):
    for start, sign in ((200.0, 1.0), (288.15, 1.0), (1150.0, -1.0), (2500.0, -1.0)):
        end = isentropic_temp(AIR, GAS_CONSTANT, start, sign * math.log(ratio))
        assert s0(AIR, end) - s0(AIR, start) == pytest.approx(sign * GAS_CONSTANT * math.log(ratio), rel=1e-9, abs=1e-9)


def test_compressor_and_turbine_of_a_textbook():
    """Air tables (Cengel, Thermodynamics, example 9-5): 300 K and pressure ratio 8 end at 540 K; 1300 K expands to 770 K."""
    t2, work_in = compress(AIR, GAS_CONSTANT, 300.0, math.log(8.0), 1.0)
    t5, work_out = expand(AIR, GAS_CONSTANT, 1300.0, math.log(8.0), 1.0)
    assert t2 == pytest.approx(540.0, abs=1.0)
    assert work_in == pytest.approx(244.16e3, rel=2e-3)
    assert t5 == pytest.approx(770.0, abs=1.5)
    assert work_out == pytest.approx(606.60e3, rel=2e-3)


def test_losses_cost_work_and_leave_heat():
    t2, work = compress(AIR, GAS_CONSTANT, 300.0, math.log(4.0), 0.8)
    ideal_t2, ideal_work = compress(AIR, GAS_CONSTANT, 300.0, math.log(4.0), 1.0)
    assert work == pytest.approx(ideal_work / 0.8)
    assert t2 > ideal_t2
    t5, work = expand(AIR, GAS_CONSTANT, 1200.0, math.log(4.0), 0.8)
    ideal_t5, ideal_work = expand(AIR, GAS_CONSTANT, 1200.0, math.log(4.0), 1.0)
    assert work == pytest.approx(0.8 * ideal_work)
    assert t5 > ideal_t5


def test_recuperator_is_bounded_by_the_gas():
    assert recuperate(AIR, 460.0, 880.0, 1.0) == pytest.approx(h(AIR, 880.0) - h(AIR, 460.0))
    assert recuperate(AIR, 460.0, 880.0, 0.0) == 0.0


def test_combustor_closes_the_first_law():
    air, fuel = humid_air(0.01), FUELS["natural_gas"]
    fuel_heat = float(fuel.h_j_per_kg(288.15)) - 0.01 * fuel.lhv_j_per_kg
    ratio = burn(air.coefficients, fuel.combustion_coefficients, float(air.h_j_per_kg(800.0)), fuel_heat, 1200.0)
    gas = products(air, fuel, ratio)
    supplied = air.h_j_per_kg(800.0) + ratio * fuel_heat
    assert (1.0 + ratio) * gas.h_j_per_kg(1200.0) == pytest.approx(supplied, rel=1e-12)


def test_newton_steps_that_have_not_converged_are_nan():
    assert math.isnan(temp_from_h(AIR, h(AIR, 300.0), 50_000.0))
    assert math.isnan(temp_from_h(AIR, math.nan, 300.0))
