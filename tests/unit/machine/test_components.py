"""The components against closed forms and limits that are not their own expressions."""

import itertools
import math

import numpy as np
import pytest

from brayton.machine.components import (
    TURBINE_KAPPA,
    Engine,
    choke_flow,
    compressor_map,
    conduction_ntu,
    counterflow_effectiveness,
    electric_power,
    exit_match,
    nozzle_function,
    recuperator_effectiveness,
    surge_flow,
    turbine_eff,
)
from brayton.machine.matched import match_engine
from brayton.machine.record import load_record

SHARE = 0.45
CRITICAL = ((TURBINE_KAPPA + 1.0) / 2.0) ** (TURBINE_KAPPA / (TURBINE_KAPPA - 1.0))


@pytest.fixture(scope="module")
def engine() -> Engine:
    return match_engine(load_record("C65")).engine


def flow_function_of_mach(mach: float, k: float) -> float:
    """m sqrt(R T) / (p A) from the Mach number in the throat, total states upstream."""
    return math.sqrt(k) * mach * (1.0 + 0.5 * (k - 1.0) * mach**2) ** (-(k + 1.0) / (2.0 * (k - 1.0)))


def test_choked_nozzle_passes_the_critical_flow():
    critical = flow_function_of_mach(1.0, TURBINE_KAPPA)
    for share in (0.3, SHARE, 1.0):
        choke = CRITICAL ** (1.0 / share)
        for expansion in (choke, 1.2 * choke, 3.0 * choke):
            assert nozzle_function(expansion, share) == pytest.approx(critical, rel=1e-12)


def test_open_nozzle_passes_what_its_mach_number_says():
    k = TURBINE_KAPPA
    for expansion in (1.05, 1.6, 2.5, 3.5):
        mach = math.sqrt(2.0 / (k - 1.0) * (expansion ** (SHARE * (k - 1.0) / k) - 1.0))
        assert nozzle_function(expansion, SHARE) == pytest.approx(flow_function_of_mach(mach, k), rel=1e-12)


def test_slope_of_the_nozzle_is_continuous_at_choke():
    choke = CRITICAL ** (1.0 / SHARE)
    steps = np.array([1e-2, 1e-3, 1e-4])
    below = [(nozzle_function(choke, SHARE) - nozzle_function(choke - step, SHARE)) / step for step in steps]
    assert nozzle_function(choke + 1e-3, SHARE) == nozzle_function(choke, SHARE)
    # the slope falls to the zero of the choked side, in proportion to the distance from choke
    assert below[0] > below[1] > below[2] > 0.0
    assert below[2] == pytest.approx(below[0] / 100.0, rel=0.02)


def test_counterflow_satisfies_the_log_mean_temperature_difference():
    for ntu in (0.1, 1.0, 4.0, 12.0):
        for ratio in (0.2, 0.7, 0.97):
            eff = counterflow_effectiveness(ntu, ratio)
            hot_end, cold_end = 1.0 - eff, 1.0 - ratio * eff
            mean = (cold_end - hot_end) / math.log(cold_end / hot_end)
            assert ntu * mean == pytest.approx(eff, rel=1e-9)


def test_counterflow_limits():
    for ntu in (0.3, 3.0):
        assert counterflow_effectiveness(ntu, 0.0) == pytest.approx(1.0 - math.exp(-ntu), rel=1e-12)
        assert counterflow_effectiveness(ntu, 1.0) == pytest.approx(ntu / (1.0 + ntu), rel=1e-12)
        # equal capacity rates are the limit of unequal ones, also across the switch of formula
        assert counterflow_effectiveness(ntu, 1.0 - 1.1e-6) == pytest.approx(counterflow_effectiveness(ntu, 1.0), rel=1e-5)
    assert counterflow_effectiveness(0.0, 0.8) == 0.0
    assert counterflow_effectiveness(500.0, 0.9) == pytest.approx(1.0)


def test_wall_conduction_limits():
    for ntu in (0.5, 5.0, 50.0):
        assert conduction_ntu(ntu, 0.0) == ntu
        left = [conduction_ntu(ntu, conduction) for conduction in (0.0, 0.01, 0.03, 0.1)]
        assert all(a > b for a, b in itertools.pairwise(left))
    # an endless exchanger of equal capacity rates: (1 + l) / (1 + 2 l), Kays and London
    for conduction in (0.02, 0.1):
        left = counterflow_effectiveness(conduction_ntu(1e9, conduction), 1.0)
        assert left == pytest.approx((1.0 + conduction) / (1.0 + 2.0 * conduction), rel=1e-4)


@pytest.mark.parametrize(("ntu", "conduction"), [(3.0, 0.03), (6.0, 0.05), (10.0, 0.02)])
def test_wall_conduction_agrees_with_a_discretised_exchanger(ntu: float, conduction: float):
    """Energy balances of gas, wall and air in cells along the flow, equal capacity rates, equal films."""
    cells = 400
    film = 2.0 * ntu / cells
    along = conduction * cells
    unknown = 3 * cells
    a, b = np.zeros((unknown, unknown)), np.zeros(unknown)
    for i in range(cells):
        gas, wall, air = i, cells + i, 2 * cells + i
        # a cell's stream temperature is that of its exit; the films see the mean of entry and exit
        for row, stream, upstream, entry in ((gas, gas, gas - 1, i == 0), (air, air, air + 1, i == cells - 1)):
            a[row, stream] = 1.0 + 0.5 * film
            a[row, wall] = -film
            if entry:
                b[row] = (1.0 - 0.5 * film) * (1.0 if stream == gas else 0.0)
            else:
                a[row, upstream] = -(1.0 - 0.5 * film)
        a[wall, wall] += 2.0 * film
        a[wall, gas] -= 0.5 * film
        a[wall, air] -= 0.5 * film
        if i > 0:
            a[wall, gas - 1] -= 0.5 * film
        else:
            b[wall] += 0.5 * film
        if i < cells - 1:
            a[wall, air + 1] -= 0.5 * film
        for neighbour in (i - 1, i + 1):
            if 0 <= neighbour < cells:
                a[wall, wall] += along
                a[wall, cells + neighbour] -= along
    air_exit = np.linalg.solve(a, b)[2 * cells]
    assert counterflow_effectiveness(conduction_ntu(ntu, conduction), 1.0) == pytest.approx(air_exit, abs=2e-3)


def test_recuperator_gains_at_part_flow_and_loses_by_conduction_below(engine: Engine):
    def at(flow: float, e: Engine) -> float:
        return recuperator_effectiveness(e, flow, 500.0 * flow, 540.0 * flow, e.mean_recuperator_temp)

    tight = engine._replace(axial_conduction=0.0)
    assert at(0.4, tight) > at(0.7, tight) > at(1.0, tight)
    assert at(0.4, engine) - at(1.0, engine) < at(0.4, tight) - at(1.0, tight)
    assert at(0.02, engine) < at(0.4, engine)


def test_compressor_has_its_design_figures_at_design(engine: Engine):
    flow, work, eff = compressor_map(engine, 1.0, 1.0)
    assert (flow, work, eff) == (1.0, 1.0, pytest.approx(engine.compressor_eff, rel=1e-12))
    assert exit_match(engine, 1.0) == 1.0


def test_compressor_line_is_eulers_and_its_efficiency_a_peak(engine: Engine):
    nc = 0.9
    x = np.linspace(0.85, 1.15, 31)
    flow, work, eff = np.array([compressor_map(engine, nc, value) for value in x]).T
    assert np.ptp(np.diff(flow)) < 1e-12
    slope = np.diff(work) / np.diff(x)
    assert slope == pytest.approx(-engine.work_slope, rel=1e-9)
    assert x[np.argmax(eff)] == pytest.approx(1.0)
    speeds = np.linspace(0.5, 1.2, 141)
    peak = speeds[np.argmax([compressor_map(engine, speed, 1.0)[2] for speed in speeds])]
    assert peak == pytest.approx(engine.best_speed, abs=0.005)


def test_less_inlet_flow_fills_the_diffuser_at_low_speed(engine: Engine):
    matches = [exit_match(engine, nc) for nc in np.linspace(0.3, 1.3, 21)]
    assert all(a < b for a, b in itertools.pairwise(matches))
    assert 0.5 < matches[0] < 1.0


def test_surge_and_choke_lines_open_as_the_record_says(engine: Engine):
    assert surge_flow(engine, 1.0) == pytest.approx(engine.surge_flow, rel=1e-12)
    assert choke_flow(engine, 1.0) == pytest.approx(engine.choke_flow, rel=1e-12)
    speeds = np.linspace(0.45, 1.2, 16)
    surges = [surge_flow(engine, nc) for nc in speeds]
    chokes = [choke_flow(engine, nc) for nc in speeds]
    assert all(a < b for a, b in itertools.pairwise(surges))
    assert all(a < b for a, b in itertools.pairwise(chokes))


def test_inducer_chokes_at_the_sonic_density_and_speed_of_a_rotating_passage(engine: Engine):
    """Sonic state where rothalpy is kept, k = 1.4: T* = T01 (2 + (k - 1) M^2) / (k + 1), flow rho* a*."""

    def sonic_flow(mach: float) -> float:
        temp = (2.0 + 0.4 * mach**2) / 2.4
        return temp**2.5 * math.sqrt(temp)

    nc = 0.7
    expected = sonic_flow(nc * engine.inducer_mach) / sonic_flow(engine.inducer_mach)
    assert choke_flow(engine, nc) / choke_flow(engine, 1.0) == pytest.approx(expected, rel=1e-12)


def test_turbine_is_best_at_its_design_velocity_ratio(engine: Engine):
    design = engine.turbine_ideal_work
    assert turbine_eff(engine, 1.0, design) == engine.turbine_eff
    # half the blade speed at a quarter of the drop is the same velocity ratio
    assert turbine_eff(engine, 0.5, 0.25 * design) == pytest.approx(engine.turbine_eff, rel=1e-12)
    for n, ideal in ((0.8, design), (1.2, design), (1.0, 0.5 * design)):
        assert turbine_eff(engine, n, ideal) < engine.turbine_eff


def test_electric_side_without_losses_passes_all(engine: Engine):
    ideal = engine._replace(
        windage=0.0, iron=0.0, copper=0.0, converter_idle=0.0, converter_share=0.0, converter_square=0.0, parasitic=0.0
    )
    assert electric_power(ideal, 0.7, 41e3) == 41e3


def test_electric_side_at_design_loses_what_the_record_says(engine: Engine):
    d = load_record("C65").engine
    assert d is not None
    shaft = engine.scale_power
    generator = shaft * (1.0 - d.windage_fraction - d.iron_loss_fraction - d.copper_loss_fraction)
    lost = shaft * d.converter_idle_fraction + d.converter_proportional_loss * generator
    lost += d.converter_resistive_loss * generator**2 / shaft + d.parasitic_kw * 1e3
    assert electric_power(engine, 1.0, shaft) == pytest.approx(generator - lost, rel=1e-12)


def test_electric_losses_rise_with_speed_and_with_torque(engine: Engine):
    def loss(n: float, shaft: float) -> float:
        return shaft - electric_power(engine, n, shaft)

    assert loss(1.0, 0.0) > loss(0.6, 0.0) > 0.0
    powers = np.linspace(0.0, 90e3, 10)
    assert np.all(np.diff([loss(1.0, power) for power in powers]) > 0.0)
    # the same power at less speed needs more torque: copper rises while windage and iron fall
    light = engine._replace(windage=0.0, iron=0.0)
    assert loss(0.8, 60e3) < loss(1.0, 60e3)
    assert 60e3 - electric_power(light, 0.8, 60e3) > 60e3 - electric_power(light, 1.0, 60e3)
