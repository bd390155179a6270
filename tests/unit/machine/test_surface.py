"""The compiled surface: exact at its nodes, close between them, and law L7 at its edges."""

import math
from functools import cache

import numpy as np
import pytest

from brayton.core.errors import InputError, RangeError
from brayton.gas.air import humidity_ratio
from brayton.gas.fuels import FUELS
from brayton.machine.matched import Installation, match_engine
from brayton.machine.performance import compile_performance
from brayton.machine.record import load_record, models
from brayton.machine.surface import FIELDS, HUMIDITIES, PRESSURES_KPA, SHARES, TEMPS_C, EnginePerformance, compile_surface

ENGINES = [model for model in models() if load_record(model).engine is not None]
ISO = (15.0, 101.325, 0.00634)


@cache
def surface(model: str) -> EnginePerformance:
    return compile_surface(match_engine(load_record(model)))


def test_protocol_says_what_the_record_says():
    performance = surface("C65")
    assert performance.model == "C65"
    assert performance.record is load_record("C65")
    assert performance.rated_net_power_kw == 65.0
    assert performance.min_load_fraction == performance.record.min_load_fraction
    assert performance.fuel is FUELS["natural_gas"]
    assert performance.temp_range_c == (TEMPS_C[0], TEMPS_C[-1])


@pytest.mark.parametrize("model", ENGINES)
@pytest.mark.parametrize("fuel", ["natural_gas", "landfill_gas"])
def test_every_node_is_a_match(model: str, fuel: str):
    performance = compile_surface(match_engine(load_record(model), FUELS[fuel]))
    assert np.isfinite(performance.fields).all()
    assert np.isfinite(performance.power).all()
    assert performance.fields.shape == (len(SHARES), len(TEMPS_C), len(PRESSURES_KPA), len(HUMIDITIES), len(FIELDS))


def test_nodes_are_exact():
    performance = surface("C65")
    matched = performance.matched
    for share, temp, pressure, humidity in (
        (SHARES[7], TEMPS_C[12], PRESSURES_KPA[5], 0.012),
        (SHARES[3], TEMPS_C[2], 100.0, 0.0),
    ):
        exact = matched.operate(share, temp, pressure, humidity, as_share=True)
        found = performance.at(float(exact.net_power) / 1e3, temp, pressure, humidity)
        assert float(found.fuel_power_kw_lhv) * 1e3 / matched.fuel.lhv_j_per_kg == pytest.approx(float(exact.fuel_flow), rel=1e-5)
        assert float(found.exhaust_temp_c) + 273.15 == pytest.approx(float(exact.exhaust_temp), rel=1e-5)
        assert float(found.surge_margin) == pytest.approx(float(exact.surge_margin), rel=1e-4)


def test_points_between_nodes_agree_with_the_match():
    """Bounds of every quantity, in air where the surge margin does not bind; power and efficiency: see docs/validation."""
    draw = np.random.default_rng(2).uniform
    n = 300
    temp, pressure = draw(-20.0, 48.0, n), draw(75.0, 104.0, n)
    humidity = np.minimum(draw(0.0, 0.03, n), humidity_ratio(temp + 273.15, pressure * 1e3, 1.0))
    for model in ("C65", "TA100"):
        performance = surface(model)
        air = (temp, pressure, humidity)
        power = draw(0.1, 1.0, n) * performance.available_net_power_kw(*air)
        found = performance.at(power, *air)
        exact = performance.matched.operate(power * 1e3, *air)
        speed = load_record(model).engine.shaft_speed_rpm
        for quantity, other, absolute, relative in (
            (found.net_power_kw, power, 0.0, 1e-9),
            (found.air_flow_kg_s, exact.air_flow, 0.0, 2e-3),
            (found.exhaust_flow_kg_s, exact.air_flow + exact.fuel_flow, 0.0, 2e-3),
            (found.fuel_air_ratio, exact.fuel_flow / exact.air_flow, 0.0, 4e-3),
            (found.exhaust_temp_c, exact.exhaust_temp - 273.15, 1.0, 0.0),
            (found.turbine_exit_temp_c, exact.turbine_exit_temp - 273.15, 2.0, 0.0),
            (found.turbine_inlet_temp_c, exact.turbine_inlet_temp - 273.15, 2.0, 0.0),
            (found.shaft_speed_rpm, exact.speed * speed, 0.0, 2e-3),
            (found.pressure_ratio, exact.pressure_ratio, 0.0, 4e-3),
            (found.surge_margin, exact.surge_margin, 5e-3, 0.0),
        ):
            np.testing.assert_allclose(quantity, other, rtol=relative, atol=absolute)


def test_booster_power_is_the_booster_of_the_fuel():
    performance = compile_performance(load_record("C65"), gas_supply_pressure_kpag=1.7)
    points = performance.at([20.0, 61.0], *ISO)
    work = match_engine(load_record("C65"), None, Installation(gas_supply_pressure_kpag=1.7)).gas.booster_work
    flow = points.fuel_power_kw_lhv / performance.fuel.lhv_j_per_kg
    np.testing.assert_allclose(points.booster_power_kw, work * flow, rtol=1e-3)
    assert np.all(surface("C65").at([20.0, 61.0], *ISO).booster_power_kw == 0.0)


def test_rating_holds_before_the_booster():
    performance = compile_performance(load_record("C65"), gas_supply_pressure_kpag=1.7)
    assert isinstance(performance, EnginePerformance)
    temp = np.array([-25.0, -10.0, 5.0, 15.0])
    available = performance.available_net_power_kw(temp, 101.325, 0.0003)
    exact = performance.matched.operate(1e9, temp, 101.325, 0.0003)
    np.testing.assert_allclose(available * 1e3, exact.net_power, rtol=5e-4)
    np.testing.assert_allclose(exact.net_power + exact.booster_power, 65e3, rtol=1e-6)
    at_rating = performance.at(available, temp, 101.325, 0.0003)
    np.testing.assert_allclose(available + at_rating.booster_power_kw, 65.0, rtol=1e-3)
    with pytest.raises(RangeError, match="over the power available"):
        performance.at(64.0, -10.0, 101.325, 0.0003)
    assert float(performance.at(64.0, -10.0, 101.325, 0.0003, outside="clip").net_power_kw) == pytest.approx(available[1])


def test_rating_caps_what_is_available():
    performance = surface("C65")
    available = performance.available_net_power_kw([-20.0, 0.0, 15.0, 30.0, 45.0], 101.325, 0.0005)
    assert list(available[:3]) == [65.0] * 3
    assert 65.0 > available[3] > available[4]


def test_lowest_power_is_the_minimum_load_where_there_is_as_much():
    performance = surface("TA100")
    temp = np.array([-10.0, 15.0, 45.0])
    lowest = performance.lowest_net_power_kw(temp, 101.325, 0.001)
    np.testing.assert_allclose(lowest, 40.0)
    starved = load_record("TA100").model_copy(update={"min_load_fraction": 0.9})
    hot = compile_surface(match_engine(starved)).lowest_net_power_kw(temp, 101.325, 0.001)
    np.testing.assert_allclose(hot, np.minimum(90.0, performance.available_net_power_kw(temp, 101.325, 0.001)))
    assert np.isfinite(performance.at(lowest, temp, 101.325, 0.001).fuel_power_kw_lhv).all()


def test_arguments_broadcast_and_keep_their_shape():
    performance = surface("C65")
    grid = performance.at(np.array([20.0, 40.0])[:, None], np.array([0.0, 15.0, 30.0]), 101.325, 0.002)
    assert grid.net_power_kw.shape == grid.booster_power_kw.shape == (2, 3)
    assert performance.at(40.0, *ISO).fuel_power_kw_lhv.shape == ()
    assert performance.available_net_power_kw(np.zeros((2, 2)), 101.325, 0.002).shape == (2, 2)


OUT_OF_RANGE = {
    "above the rating, in the cold": (80.0, -20.0, 101.325, 0.0005),
    "above what is available": (64.0, 40.0, 101.325, 0.01),
    "below the lowest share": (0.5, 15.0, 101.325, 0.006),
    "negative": (-3.0, 15.0, 101.325, 0.006),
    "too hot": (30.0, 70.0, 101.325, 0.006),
    "too high": (30.0, 15.0, 40.0, 0.006),
    "too humid": (30.0, 15.0, 101.325, 0.2),
}


@pytest.mark.parametrize("name", OUT_OF_RANGE)
def test_outside_the_range_the_caller_chooses(name: str):
    performance = surface("C65")
    point = OUT_OF_RANGE[name]
    with pytest.raises(RangeError) as caught:
        performance.at(*point)
    assert all(fault.remedy for fault in caught.value.faults)
    blank = performance.at(*point, outside="nan")
    assert all(math.isnan(float(values)) for values in vars(blank).values())
    clipped = performance.at(*point, outside="clip")
    assert all(math.isfinite(float(values)) for values in vars(clipped).values())
    temp, pressure, humidity = (
        float(np.clip(value, low, high))
        for value, low, high in zip(point[1:], (-40.0, 60.0, 0.0), (55.0, 108.0, 0.06), strict=True)
    )
    available = float(performance.available_net_power_kw(temp, pressure, humidity))
    assert 0.0 < float(clipped.net_power_kw) <= available * (1.0 + 1e-9)
    inside = performance.at(float(clipped.net_power_kw), temp, pressure, humidity)
    assert float(clipped.fuel_power_kw_lhv) == pytest.approx(float(inside.fuel_power_kw_lhv))


def test_available_power_follows_the_same_law():
    performance = surface("C65")
    with pytest.raises(RangeError, match="ambient_temp_c = 70"):
        performance.available_net_power_kw(70.0, 101.325, 0.006)
    assert math.isnan(float(performance.available_net_power_kw(70.0, 101.325, 0.006, outside="nan")))
    clipped = performance.available_net_power_kw(70.0, 101.325, 0.006, outside="clip")
    assert float(clipped) == float(performance.available_net_power_kw(55.0, 101.325, 0.006))


def test_all_values_out_of_range_are_told_with_the_worst():
    with pytest.raises(RangeError) as caught:
        surface("C65").at([30.0, 40.0], [70.0, 90.0], 30.0, 0.006)
    assert {(fault.path, fault.value) for fault in caught.value.faults} == {("ambient_temp_c", 90.0), ("pressure_kpa", 30.0)}


def test_gaps_stay_gaps_and_touch_no_neighbour():
    performance = surface("C65")
    given = np.tile([40.0, 15.0, 101.325, 0.006], (5, 1))
    for gap in range(4):
        given[gap, gap] = math.nan
    for outside in ("raise", "clip", "nan"):
        points = performance.at(*given.T, outside=outside)
        for values in vars(points).values():
            np.testing.assert_array_equal(np.isnan(values), [True] * 4 + [False])
    available = performance.available_net_power_kw(*given[:, 1:].T)
    np.testing.assert_array_equal(np.isnan(available), [False, True, True, True, False])


def test_a_fuel_that_cannot_drive_the_machine_is_refused():
    from brayton.gas.fuels import fuel

    with pytest.raises(InputError, match="cannot drive C60"):
        compile_performance(load_record("C60"), fuel("CH4=0.03,CO2=0.97"))
