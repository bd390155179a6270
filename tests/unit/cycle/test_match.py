"""The block kernel against a plain numpy reference: other algorithm (bisection), other property code (`Mixture`)."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.core.outcomes import Outcome
from brayton.cycle.recuperated import RecuperatedCycle
from brayton.cycle.solve import CHUNK, solve_cycle, solve_cycles
from brayton.gas.combustion import products

CYCLE = RecuperatedCycle(
    ambient_temp_k=288.15,
    ambient_pressure_pa=101325.0,
    humidity_ratio=0.00638,
    air_flow_kg_s=0.5,
    pressure_ratio=4.0,
    compressor_isentropic_eff=0.79,
    turbine_isentropic_eff=0.84,
    turbine_inlet_temp_k=1150.0,
    recuperator_effectiveness=0.88,
    mechanical_eff=0.99,
    combustor_eff_lhv=0.995,
    combustor_pressure_loss=0.03,
    recuperator_air_pressure_loss=0.02,
    recuperator_gas_pressure_loss=0.03,
    fuel={"CH4": 0.9, "C2H6": 0.06, "N2": 0.04},
    fuel_temp_k=288.15,
)


def random_points(count: int) -> dict[str, np.ndarray]:
    draw = np.random.default_rng(7).uniform
    return {
        "ambient_temp_k": draw(243.0, 318.0, count),
        "ambient_pressure_pa": draw(70e3, 104e3, count),
        "pressure_ratio": draw(2.0, 10.0, count),
        "turbine_inlet_temp_k": draw(1050.0, 1600.0, count),
        "compressor_isentropic_eff": draw(0.70, 0.88, count),
        "turbine_isentropic_eff": draw(0.75, 0.92, count),
        "recuperator_effectiveness": draw(0.0, 1.0, count),
    }


def bisect(residual, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Roots of a falling residual, elementwise."""
    for _ in range(60):
        middle = 0.5 * (low + high)
        above = residual(middle) > 0.0
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return 0.5 * (low + high)


def reference(cycle: RecuperatedCycle, points: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The cycle in numpy. Properties of products are those of air and of a fully burnt gas, mixed by mass."""
    air, fuel = cycle.air, cycle.burner_fuel
    half = products(air, fuel, 0.02)
    t1, p1, t4 = points["ambient_temp_k"], points["ambient_pressure_pa"], points["turbine_inlet_temp_k"]
    low, high = np.full(t1.shape, 150.0), np.full(t1.shape, 2500.0)

    def mixed(f: np.ndarray, of_air: np.ndarray, of_half: np.ndarray) -> np.ndarray:
        share = 1.02 * f / 0.02 / (1.0 + f)
        return share * of_half + (1.0 - share) * of_air

    def h(f: np.ndarray, t: np.ndarray) -> np.ndarray:
        return mixed(f, air.h_j_per_kg(t), half.h_j_per_kg(t))

    def s(f: np.ndarray, t: np.ndarray) -> np.ndarray:
        return mixed(f, air.s_j_per_kg_k(t, 1e5), half.s_j_per_kg_k(t, 1e5))

    none = np.zeros_like(t1)
    p2 = p1 * points["pressure_ratio"]
    p4 = p2 * (1.0 - cycle.recuperator_air_pressure_loss) * (1.0 - cycle.combustor_pressure_loss)
    p5 = p1 / (1.0 - cycle.recuperator_gas_pressure_loss)
    target = s(none, t1) + air.gas_constant_j_per_kg_k * np.log(points["pressure_ratio"])
    t2s = bisect(lambda t: target - s(none, t), low, high)
    work_c = (h(none, t2s) - h(none, t1)) / points["compressor_isentropic_eff"]
    h2 = h(none, t1) + work_c
    t2 = bisect(lambda t: h2 - h(none, t), low, high)
    fuel_heat = fuel.h_j_per_kg(cycle.fuel_temp_k) - (1.0 - cycle.combustor_eff_lhv) * fuel.lhv_j_per_kg

    def turbine(f: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        gas_constant = mixed(f, air.gas_constant_j_per_kg_k, half.gas_constant_j_per_kg_k)
        target = s(f, t4) - gas_constant * np.log(p4 / p5)
        t5s = bisect(lambda t: target - s(f, t), low, high)
        work = points["turbine_isentropic_eff"] * (h(f, t4) - h(f, t5s))
        h5 = h(f, t4) - work
        return bisect(lambda t: h5 - h(f, t), low, high), work

    def surplus(f: np.ndarray) -> np.ndarray:
        t5, _ = turbine(f)
        h3 = h2 + points["recuperator_effectiveness"] * (h(none, t5) - h2)
        return (1.0 + f) * h(f, t4) - h3 - f * fuel_heat

    f = bisect(surplus, none, none + 0.06)
    t5, work_t = turbine(f)
    heat = points["recuperator_effectiveness"] * (h(none, t5) - h2)
    h6 = h(f, t5) - heat / (1.0 + f)
    net = cycle.mechanical_eff * (1.0 + f) * work_t - work_c
    return {
        "fuel_air_ratio": f,
        "thermal_eff_lhv": net / (f * fuel.lhv_j_per_kg),
        "net_shaft_power_w": cycle.air_flow_kg_s * net,
        "compressor_power_w": cycle.air_flow_kg_s * work_c,
        "compressor_exit_temp_k": t2,
        "turbine_exit_temp_k": t5,
        "exhaust_temp_k": bisect(lambda t: h6 - h(f, t), low, high),
    }


def test_the_block_kernel_equals_the_numpy_reference():
    points = random_points(200)
    ours, theirs = solve_cycles(CYCLE, **points), reference(CYCLE, points)
    assert (ours.code == 0).all()
    for name, values in theirs.items():
        assert getattr(ours, name) == pytest.approx(values, rel=1e-8, abs=1e-3 if name.endswith("_w") else 1e-9), name


def test_one_point_equals_the_same_point_among_many():
    points = random_points(CHUNK + 700)  # more than one chunk, and not a whole number of blocks
    many = solve_cycles(CYCLE, **points)
    for index in (0, 511, 512, CHUNK - 1, CHUNK, CHUNK + 699):
        one = solve_cycle(replace(CYCLE, **{name: float(values[index]) for name, values in points.items()}))
        assert many.net_shaft_power_w[index] == pytest.approx(one.net_shaft_power_w, rel=1e-9)
        assert many.exhaust_temp_k[index] == pytest.approx(one.temps_k[6], rel=1e-12)
        assert many.recuperator_air_exit_temp_k[index] == pytest.approx(one.temps_k[3], rel=1e-12)


def test_points_broadcast():
    points = solve_cycles(CYCLE, pressure_ratio=[[3.0], [4.0]], turbine_inlet_temp_k=[1100.0, 1150.0, 1200.0])
    assert points.thermal_eff_lhv.shape == (2, 3)
    assert points.thermal_eff_lhv[1, 1] == pytest.approx(solve_cycle(CYCLE).thermal_eff_lhv, rel=1e-12)
    assert solve_cycles(CYCLE).thermal_eff_lhv.shape == ()


def test_points_that_fail_are_nan_and_say_so():
    points = solve_cycles(CYCLE, pressure_ratio=[4.0, 1.02, 20.0, math.nan], turbine_inlet_temp_k=[1150.0, 1150.0, 500.0, 1150.0])
    assert list(points.outcome) == [Outcome.OK, Outcome.INFEASIBLE, Outcome.INFEASIBLE, Outcome.NOT_CONVERGED]
    assert np.isnan(points.thermal_eff_lhv).tolist() == [False, True, True, True]
    assert np.isnan(points.exhaust_temp_k[1:]).all()


def test_points_outside_the_range_are_refused():
    with pytest.raises(InputError, match=r"pressure_ratio = 0\.5.*2 values"):
        solve_cycles(CYCLE, pressure_ratio=[4.0, 0.5, math.nan, 0.2])


def test_an_effectiveness_cannot_replace_a_temperature():
    by_temp = replace(CYCLE, recuperator_effectiveness=None, recuperator_air_exit_temp_k=800.0)
    with pytest.raises(InputError, match="contradicts recuperator_air_exit_temp_k"):
        solve_cycles(by_temp, recuperator_effectiveness=[0.8, 0.9])


def test_exhaust_follows_the_ambient_unless_it_is_given():
    thin = solve_cycles(CYCLE, ambient_pressure_pa=80e3)
    pushed = solve_cycles(CYCLE, ambient_pressure_pa=80e3, exhaust_pressure_pa=82e3)
    assert thin.thermal_eff_lhv == pytest.approx(solve_cycle(CYCLE).thermal_eff_lhv, rel=1e-12)
    assert pushed.thermal_eff_lhv < thin.thermal_eff_lhv
