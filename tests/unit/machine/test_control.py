"""The control law: each limit provoked once and named right, and the state of most power compared with a scan."""

from dataclasses import replace

import numpy as np
import pytest

from brayton.core.outcomes import Outcome
from brayton.gas.air import humid_air, humidity_ratio
from brayton.gas.fuels import FUELS
from brayton.gas.mixture import Mixture
from brayton.gas.properties import as_rows
from brayton.machine.control import LIMITS, RATED_POWER, RISING_POWER_SPEED, exhaust_temp, hold_power, most_power
from brayton.machine.match import (
    HOLD_EXIT_TEMP,
    HOLD_POWER,
    HOLD_SPEED,
    Air,
    choke_margin,
    corrected_speed,
    solve_match,
    surge_margin,
)
from brayton.machine.matched import Installation, MatchedEngine, MatchedPoints, match_engine
from brayton.machine.record import MachineRecord, load_record, models

ENGINES = [model for model in models() if load_record(model).engine is not None]
FULL = 1e9


def changed(record: MachineRecord, **changes: float) -> MachineRecord:
    """The record with other limits or component figures, by their names."""
    assert record.limits is not None
    assert record.engine is not None
    limits = {name: value for name, value in changes.items() if name in type(record.limits).model_fields}
    engine = {name: value for name, value in changes.items() if name not in limits}
    return record.model_copy(
        update={"limits": record.limits.model_copy(update=limits), "engine": record.engine.model_copy(update=engine)}
    )


def unrated(matched: MatchedEngine) -> MatchedEngine:
    return replace(matched, limits=matched.limits._replace(rated_power=1e12))


def at(matched: MatchedEngine, demand: float = FULL, temp_c: float = 15.0, pressure_kpa: float = 101.325) -> MatchedPoints:
    humidity = float(humidity_ratio(temp_c + 273.15, pressure_kpa * 1e3, 0.6))
    return matched.operate(demand, temp_c, pressure_kpa, humidity)


def intake(temp_c: float, pressure_kpa: float) -> Air:
    air = humid_air(float(humidity_ratio(temp_c + 273.15, pressure_kpa * 1e3, 0.6)))
    return Air(as_rows(air.coefficients), air.gas_constant_j_per_kg_k, temp_c + 273.15, pressure_kpa * 1e3, 0.0, 0.0)


@pytest.fixture(scope="module")
def c65() -> MatchedEngine:
    return match_engine(load_record("C65"))


def test_codes_are_the_named_outcomes():
    assert LIMITS[RATED_POWER] is Outcome.RATED_POWER
    assert [limit.value for limit in LIMITS if limit is not None] == [
        "rated_power", "speed_limit", "exit_temp_limit", "surge_limit", "choke_limit", "fuel_limit", "not_converged",
    ]  # fmt: skip


@pytest.mark.parametrize("model", [model for model in ENGINES if model != "TA100"])
def test_rating_binds_at_iso_and_speed_in_heat(model: str):
    matched = match_engine(load_record(model))
    limits = matched.limits
    iso = at(matched)
    assert iso.limit_at(0) is Outcome.RATED_POWER
    assert float(iso.net_power) == pytest.approx(limits.rated_power, rel=1e-6)
    assert float(iso.turbine_exit_temp) == pytest.approx(limits.exit_temp, rel=1e-6)
    assert float(iso.speed) < limits.max_speed
    hot = at(matched, temp_c=40.0)
    assert hot.limit_at(0) is Outcome.SPEED_LIMIT
    assert float(hot.speed) == pytest.approx(limits.max_speed, rel=1e-6)
    assert float(hot.net_power) < limits.rated_power


@pytest.mark.parametrize("model", ENGINES)
def test_part_load_names_no_limit(model: str):
    matched = match_engine(load_record(model))
    for temp_c, pressure in ((-20.0, 101.325), (15.0, 101.325), (40.0, 101.325), (20.0, 70.0)):
        for share in (0.1, 0.5, 0.95):
            demand = share * float(at(matched, FULL, temp_c, pressure).net_power)
            point = at(matched, demand, temp_c, pressure)
            assert point.limit_at(0) is None
            assert float(point.net_power) == pytest.approx(demand, rel=1e-5)


def test_exit_temperature_binds_for_a_machine_that_holds_its_speed():
    matched = match_engine(load_record("TA100"))
    hot = at(matched, temp_c=35.0)
    assert hot.limit_at(0) is Outcome.EXIT_TEMP_LIMIT
    assert float(hot.turbine_exit_temp) == pytest.approx(matched.limits.exit_temp, rel=1e-6)
    part = at(matched, 50e3)
    assert float(part.speed) == pytest.approx(1.0, rel=1e-6)
    assert float(part.turbine_exit_temp) < matched.limits.exit_temp - 100.0


def test_exit_temperature_binds_beyond_the_peak_of_power():
    matched = unrated(match_engine(changed(load_record("C30"), max_speed_rpm=1.2 * 96000.0, surge_margin=0.0)))
    cold = at(matched, temp_c=-10.0)
    assert cold.limit_at(0) is Outcome.EXIT_TEMP_LIMIT
    assert float(cold.speed) < matched.limits.max_speed - 0.05
    air = intake(-10.0, 101.325)
    scanned = []
    for n in np.arange(0.95, 1.15, 0.0025):
        state, ok = solve_match(matched.engine, air, matched.gas, HOLD_EXIT_TEMP, 866.0, HOLD_SPEED, n, n, 1.0, matched.engine.t4)
        assert ok
        scanned.append(state.net_power)
    assert float(cold.net_power) == pytest.approx(max(scanned), rel=2e-4)


@pytest.mark.parametrize(
    ("model", "margin", "temp_c", "pressure"),
    [("C65", 0.20, 15.0, 101.325), ("C200", 0.02, -35.5, 64.26), ("TA100", 0.20, 15.0, 101.325)],
)
def test_surge_margin_binds_without_leaving_the_law(model: str, margin: float, temp_c: float, pressure: float):
    matched = match_engine(changed(load_record(model), surge_margin=margin))
    limits = matched.limits
    point = at(matched, FULL, temp_c, pressure)
    assert point.limit_at(0) is Outcome.SURGE_LIMIT
    assert float(point.surge_margin) == pytest.approx(margin, abs=1e-6)
    assert float(point.net_power) < limits.rated_power
    if limits.holds_speed:
        assert float(point.speed) == pytest.approx(1.0, rel=1e-6)
        assert float(point.turbine_exit_temp) < limits.exit_temp - 1.0
    else:
        assert float(point.turbine_exit_temp) == pytest.approx(limits.exit_temp, rel=1e-6)
        assert float(point.speed) < limits.max_speed - 0.01


def test_less_power_than_the_surge_margin_leaves_can_be_had():
    for model, margin, temp_c, pressure in (("C65", 0.19, 15.0, 101.325), ("C200", 0.02, -35.5, 64.26)):
        matched = match_engine(changed(load_record(model), surge_margin=margin))
        top = at(matched, FULL, temp_c, pressure)
        assert top.limit_at(0) is Outcome.SURGE_LIMIT
        for share in np.linspace(0.1, 0.999, 25):
            point = at(matched, share * float(top.net_power), temp_c, pressure)
            assert float(point.net_power) == pytest.approx(share * float(top.net_power), rel=1e-5)
            assert float(point.surge_margin) >= margin - 1e-6
            assert float(point.fuel_flow) <= float(top.fuel_flow)


def test_back_pressure_brings_the_compressor_nearer_to_surge(c65: MatchedEngine):
    margins = [float(at(match_engine(c65.record, None, Installation(0.0, back)), 50e3).surge_margin) for back in (0.0, 5e3, 15e3)]
    assert margins[0] > margins[1] > margins[2]


def test_inducer_choke_binds_for_a_narrow_inlet(c65: MatchedEngine):
    matched = match_engine(changed(c65.record, choke_flow=0.93))
    point = at(matched)
    assert point.limit_at(0) is Outcome.CHOKE_LIMIT
    assert float(point.net_power) < matched.limits.rated_power
    air = intake(15.0, 101.325)
    state, _ = most_power(matched.engine, matched.limits, air, matched.gas)
    assert choke_margin(matched.engine, air, state) == pytest.approx(0.0, abs=1e-6)


def test_fuel_valve_binds_on_a_gas_poorer_than_its_own():
    """The C60 has a valve for pipeline gas only: on a gas of a third of its heating value it cannot reach its rating."""
    matched = match_engine(load_record("C60"), FUELS["hydrogen"])
    point = at(matched)
    assert point.limit_at(0) is Outcome.FUEL_LIMIT
    assert float(point.fuel_flow) == pytest.approx(matched.limits.max_fuel_flow, rel=1e-6)
    assert float(point.net_power) < matched.limits.rated_power
    landfill = match_engine(changed(load_record("C60"), fuel_valve_ratio=1.0), FUELS["landfill_gas"])
    assert at(landfill, temp_c=30.0).limit_at(0) is Outcome.FUEL_LIMIT


def test_several_limits_are_all_respected():
    for fuel in ("landfill_gas", "hydrogen"):
        matched = match_engine(changed(load_record("C60"), surge_margin=0.1, fuel_valve_ratio=0.9), FUELS[fuel])
        for temp_c in (-35.0, -10.0, 20.0, 45.0):
            for pressure in (65.0, 101.325):
                point = at(unrated(matched), FULL, temp_c, pressure)
                assert float(point.speed) <= matched.limits.max_speed * (1.0 + 1e-6)
                assert float(point.turbine_exit_temp) <= matched.limits.exit_temp * (1.0 + 1e-6)
                assert float(point.surge_margin) >= matched.limits.surge_margin - 1e-6
                assert float(point.fuel_flow) <= matched.limits.max_fuel_flow * (1.0 + 1e-6)


def test_lowest_speed_lets_the_exit_temperature_fall(c65: MatchedEngine):
    matched = match_engine(changed(c65.record, min_speed_rpm=0.7 * 97500.0))
    point = at(matched, 3e3)
    assert float(point.speed) == pytest.approx(0.7, rel=1e-6)
    assert float(point.turbine_exit_temp) < matched.limits.exit_temp - 20.0
    assert float(point.net_power) == pytest.approx(3e3, rel=1e-4)


def test_idle_is_a_state_without_output(c65: MatchedEngine):
    idle = at(c65, 0.0)
    assert float(idle.net_power) == pytest.approx(0.0, abs=1.0)
    assert float(idle.fuel_flow) > 0.0


@pytest.mark.parametrize("model", ENGINES)
def test_more_speed_gives_more_power_up_to_the_speed_of_the_scan(model: str):
    """`most_power` looks for a peak only above `RISING_POWER_SPEED`."""
    matched = match_engine(load_record(model))
    e = matched.engine
    for temp_c, pressure in ((-30.0, 101.325), (15.0, 101.325), (45.0, 101.325), (45.0, 65.0)):
        air = intake(temp_c, pressure)
        speeds = np.arange(0.5, RISING_POWER_SPEED + 1e-9, 0.025) / corrected_speed(e, air, 1.0)
        powers = []
        for n in speeds:
            start = e.t4 * (0.82 + 0.18 * n)
            state, ok = solve_match(e, air, matched.gas, HOLD_EXIT_TEMP, matched.limits.exit_temp, HOLD_SPEED, n, n, 1.0, start)
            assert ok
            powers.append(state.net_power)
        assert np.all(np.diff(powers) > 0.0)


def test_recuperator_hands_over_all_that_the_gas_loses(c65: MatchedEngine):
    air = intake(10.0, 95.0)
    top, _ = most_power(c65.engine, c65.limits, air, c65.gas)
    state, _ = hold_power(c65.engine, c65.limits, air, c65.gas, HOLD_POWER, 40e3, top)
    mixture = humid_air(float(humidity_ratio(283.15, 95e3, 0.6)))
    from brayton.gas.combustion import products

    gas: Mixture = products(mixture, c65.fuel, state.fuel_air)
    lost = gas.h_j_per_kg(state.t5) - gas.h_j_per_kg(exhaust_temp(air, c65.gas, state))
    gained = state.h3 - mixture.h_j_per_kg(state.t2)
    assert (1.0 + state.fuel_air) * float(lost) == pytest.approx(float(gained), rel=1e-5)
    assert surge_margin(c65.engine, air, state) > 0.0


def test_threads_and_one_thread_give_the_same(c65: MatchedEngine):
    draw = np.random.default_rng(5).uniform
    air = (draw(-30, 45, 500), draw(65, 105, 500), draw(0, 0.003, 500))
    demand = draw(5e3, 65e3, 500)
    together = c65.operate(demand, *air)
    for start in range(0, 500, 125):
        part = slice(start, start + 125)
        alone = c65.operate(demand[part], *(column[part] for column in air))
        for name, values in vars(alone).items():
            np.testing.assert_array_equal(values, getattr(together, name)[part])


def test_share_counts_from_what_the_engine_gives_unrated(c65: MatchedEngine):
    cold = c65.operate([1.0, 0.5], -10.0, 101.325, 0.001, as_share=True)
    most = float(at(unrated(c65), FULL, -10.0).net_power)
    assert cold.available_power == pytest.approx(most, rel=1e-3)
    assert cold.net_power == pytest.approx(np.array([1.0, 0.5]) * cold.available_power, rel=1e-5)
    assert cold.available_power[0] > c65.limits.rated_power
