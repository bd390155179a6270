"""Laws of every solved state, over drawn machines, fuels, air, ducts and loads: energy closes, limits hold, trends have
the sign that physics gives them."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from brayton.gas.air import humid_air, humidity_ratio
from brayton.gas.combustion import products
from brayton.gas.fuels import FUELS
from brayton.gas.properties import as_rows
from brayton.machine.components import electric_power
from brayton.machine.control import NOT_CONVERGED, hold_power, most_power
from brayton.machine.match import HOLD_POWER, Air, choke_margin
from brayton.machine.matched import Installation, MatchedEngine, MatchedPoints, match_engine
from brayton.machine.record import load_record, models

ENGINES = [model for model in models() if load_record(model).engine is not None]
RUN = settings(deadline=None, derandomize=True, max_examples=150, suppress_health_check=[HealthCheck.filter_too_much])


@cache
def engine(model: str, fuel: str = "natural_gas", installation: Installation | None = None) -> MatchedEngine:
    return match_engine(load_record(model), FUELS[fuel], installation)


@cache
def unrated(model: str, installation: Installation | None = None) -> MatchedEngine:
    matched = engine(model, "natural_gas", installation)
    return replace(matched, limits=matched.limits._replace(rated_power=1e12))


class Case:
    """One drawn machine, fuel, installation, air and load."""

    def __init__(self, draw: st.DrawFn):
        self.model = draw(st.sampled_from(ENGINES))
        self.fuel = draw(st.sampled_from(["natural_gas", "methane", "landfill_gas", "hydrogen_blend_30", "propane"]))
        loss, back = draw(st.sampled_from([(0.0, 0.0), (500.0, 0.0), (0.0, 1500.0), (1000.0, 2500.0)]))
        self.matched = engine(self.model, self.fuel, Installation(loss, back, draw(st.sampled_from([None, 0.0, 100.0]))))
        self.temp_c = draw(st.floats(-40.0, 50.0))
        self.pressure_kpa = draw(st.floats(62.0, 106.0))
        self.relative_humidity = draw(st.floats(0.0, 1.0))
        self.humidity = float(humidity_ratio(self.temp_c + 273.15, self.pressure_kpa * 1e3, self.relative_humidity))
        self.share = draw(st.floats(0.0, 1.0))

    def __repr__(self) -> str:
        return str({name: value for name, value in vars(self).items() if name != "matched"})

    def operate(self, demand: float) -> MatchedPoints:
        return self.matched.operate(demand, self.temp_c, self.pressure_kpa, self.humidity)


cases = st.composite(Case)()


@RUN
@given(cases)
def test_energy_closes(case: Case):
    """Fuel and air in, shaft, casing, unburnt fuel and exhaust out, in absolute enthalpies; then shaft to terminals."""
    matched, fuel = case.matched, case.matched.fuel
    full = case.operate(1e9)
    point = case.operate(case.share * float(full.net_power))
    air_flow, fuel_flow = float(point.air_flow), float(point.fuel_flow)
    assert np.isfinite(air_flow)
    fuel_power = fuel_flow * fuel.lhv_j_per_kg
    air = humid_air(case.humidity)
    gas = products(air, fuel, fuel_flow / air_flow)
    into = air_flow * float(air.h_j_per_kg(case.temp_c + 273.15)) + fuel_flow * float(fuel.h_j_per_kg(288.15))
    unburnt = (1.0 - matched.engine.combustor_eff) * fuel_power
    out = (air_flow + fuel_flow) * float(gas.h_j_per_kg(float(point.exhaust_temp)))
    residual = into - out - unburnt - float(point.shaft_power) - float(point.casing_loss)
    assert abs(residual) < 1e-6 * fuel_power
    net = electric_power(matched.engine, float(point.speed), float(point.shaft_power)) - float(point.booster_power)
    assert net == pytest.approx(float(point.net_power), rel=1e-12, abs=1e-6)


@RUN
@given(cases)
def test_every_limit_is_respected_and_the_demand_is_met(case: Case):
    limits = case.matched.limits
    full = case.operate(1e9)
    available = float(full.net_power)
    assert int(full.limit) not in (0, NOT_CONVERGED)
    assert available <= limits.rated_power * (1.0 + 1e-6)
    demand = case.share * available
    part = case.operate(demand)
    assert float(part.net_power) == pytest.approx(demand, abs=2e-6 * limits.rated_power)
    assert float(part.available_power) == pytest.approx(available, rel=1e-6)
    for point in (full, part):
        assert float(point.speed) <= limits.max_speed * (1.0 + 1e-6)
        assert float(point.speed) >= limits.min_speed * (1.0 - 1e-6)
        assert float(point.turbine_exit_temp) <= limits.exit_temp * (1.0 + 1e-6)
        assert float(point.surge_margin) >= limits.surge_margin - 1e-6
        assert float(point.fuel_flow) <= limits.max_fuel_flow * (1.0 + 1e-6)


@RUN
@given(cases)
def test_continuity_and_order_of_states(case: Case):
    """What the kernels solve: the turbine swallows what the compressor gives, and temperatures and pressures stand in order."""
    matched = case.matched
    mixture = humid_air(case.humidity)
    air = Air(
        as_rows(mixture.coefficients), mixture.gas_constant_j_per_kg_k, case.temp_c + 273.15, case.pressure_kpa * 1e3,
        matched.installation.inlet_loss_pa, matched.installation.back_pressure_pa,
    )  # fmt: skip
    top, code = most_power(matched.engine, matched.limits, air, matched.gas)
    assert code != NOT_CONVERGED
    part, code = hold_power(matched.engine, matched.limits, air, matched.gas, HOLD_POWER, case.share * top.net_power, top)
    assert code != NOT_CONVERGED
    assert choke_margin(matched.engine, air, top) > -1e-6
    for state in (top, part):
        assert abs(state.flow_residual) < 1e-6
        assert air.temp < state.t2 < state.t5 < state.t4
        assert state.p1 <= air.pressure <= state.p6 < state.p5 < state.p4 < state.p2
        assert 0.0 < state.effectiveness < 1.0
        assert 0.0 < state.fuel_air < 1.0 / matched.fuel.stoich_air_kg_per_kg
        # Carnot between the hottest gas and the air
        assert state.shaft_power < (1.0 - air.temp / state.t4) * state.air_flow * state.fuel_air * matched.fuel.lhv_j_per_kg


@RUN
@given(cases, st.floats(0.02, 0.9), st.floats(0.01, 0.1))
def test_more_power_takes_more_fuel_and_loses_less_of_it(case: Case, low: float, step: float):
    available = float(case.operate(1e9).net_power)
    less, more = case.operate(low * available), case.operate((low + step) * available)
    assert float(more.fuel_flow) > float(less.fuel_flow)
    if not case.matched.limits.holds_speed:
        assert float(more.speed) > float(less.speed) - 1e-6
        assert float(more.air_flow) > float(less.air_flow) * (1.0 - 1e-6)


def most(model: str, temp_c: float, pressure_kpa: float, humidity: float, installation: Installation | None = None) -> float:
    return float(unrated(model, installation).operate(1e9, temp_c, pressure_kpa, humidity).net_power)


@RUN
@given(st.sampled_from(ENGINES), st.floats(15.0, 48.0), st.floats(0.5, 5.0), st.floats(70.0, 104.0))
def test_heat_takes_power(model: str, temp_c: float, step: float, pressure_kpa: float):
    assert most(model, temp_c + step, pressure_kpa, 0.004) < most(model, temp_c, pressure_kpa, 0.004)


@RUN
@given(st.sampled_from(ENGINES), st.floats(-15.0, 45.0), st.floats(75.0, 104.0), st.floats(0.5, 10.0))
def test_altitude_takes_power_a_little_faster_than_pressure(model: str, temp_c: float, pressure_kpa: float, step: float):
    here, higher = most(model, temp_c, pressure_kpa, 0.001), most(model, temp_c, pressure_kpa - step, 0.001)
    assert higher < here
    # constant losses weigh more: power falls at least as fast as density
    assert higher / here < (pressure_kpa - step) / pressure_kpa * (1.0 + 1e-6)


@RUN
@given(st.sampled_from(ENGINES), st.floats(20.0, 45.0), st.floats(0.0, 0.015), st.floats(0.001, 0.012))
def test_humidity_takes_power(model: str, temp_c: float, humidity: float, step: float):
    assume(humidity + step < float(humidity_ratio(temp_c + 273.15, 101325.0, 1.0)))
    assert most(model, temp_c, 101.325, humidity + step) < most(model, temp_c, 101.325, humidity)


@RUN
@given(st.sampled_from(ENGINES), st.floats(-10.0, 45.0), st.sampled_from([500.0, 1500.0, 4000.0]), st.booleans())
def test_ducts_take_power_and_efficiency(model: str, temp_c: float, loss: float, inlet: bool):
    ducts = Installation(inlet_loss_pa=loss) if inlet else Installation(back_pressure_pa=loss)
    with_ducts, without = most(model, temp_c, 101.325, 0.001, ducts), most(model, temp_c, 101.325, 0.001)
    assert with_ducts < without
    if load_record(model).limits.control == "hold_speed":
        return  # at part load such a machine swallows too much air anyway: an inlet loss may even help
    half = 0.5 * with_ducts
    air = (temp_c, 101.325, 0.001)
    fuel = [float(unrated(model, item).operate(half, *air).fuel_flow) for item in (ducts, None)]
    assert fuel[0] > fuel[1]


@RUN
@given(st.sampled_from(ENGINES), st.floats(-10.0, 45.0), st.floats(0.0, 30.0), st.floats(1.0, 200.0))
def test_less_pressure_in_the_street_takes_power(model: str, temp_c: float, supply: float, step: float):
    inlet = load_record(model).fuel.inlet_pressure_kpag
    assume(supply < inlet)
    boosted = [
        most(model, temp_c, 101.325, 0.001, Installation(gas_supply_pressure_kpag=kpag)) for kpag in (supply, supply + step)
    ]
    assert boosted[0] < boosted[1] <= most(model, temp_c, 101.325, 0.001) * (1.0 + 1e-7)
