"""Machines carried by their published tables: exact at the table's points, in range between and beyond them."""

import math

import numpy as np
import pytest

from brayton.core.errors import RangeError
from brayton.gas.air import standard_pressure_pa
from brayton.machine.performance import compile_performance
from brayton.machine.published import TablePerformance
from brayton.machine.record import load_record

SEA_LEVEL = 101.325
MODELS = ("MT70", "MT250")


def carrier(model: str) -> TablePerformance:
    performance = compile_performance(load_record(model))
    assert isinstance(performance, TablePerformance)
    return performance


@pytest.mark.parametrize("model", MODELS)
def test_points_of_the_table_come_back(model: str):
    performance = carrier(model)
    table = load_record(model).published
    assert table is not None
    for point in table.points:
        found = performance.at(point.net_power_kw, point.ambient_temp_c, SEA_LEVEL, 0.006)
        assert float(found.net_power_kw) == pytest.approx(point.net_power_kw, rel=1e-4)
        assert float(found.net_power_kw / found.fuel_power_kw_lhv) == pytest.approx(point.elec_eff_lhv, rel=1e-4)
        if point.load_fraction == 1.0:
            available = performance.available_net_power_kw(point.ambient_temp_c, SEA_LEVEL, 0.006)
            assert float(available) == pytest.approx(point.net_power_kw, rel=1e-6)


@pytest.mark.parametrize("model", MODELS)
def test_the_rating_is_exceeded_in_the_cold_up_to_the_limit(model: str):
    performance, record = carrier(model), load_record(model)
    assert record.published is not None
    cold = float(performance.available_net_power_kw(-15.0, SEA_LEVEL, 0.001))
    assert record.rating.net_power_kw < cold <= record.published.max_net_power_kw
    # below sea level the table's altitude law would give more than the machine may
    deep = float(performance.available_net_power_kw(-15.0, 108.0, 0.001))
    assert cold < deep <= record.published.max_net_power_kw


@pytest.mark.parametrize("model", MODELS)
def test_power_falls_by_the_published_share_of_altitude(model: str):
    performance, record = carrier(model), load_record(model)
    assert record.published is not None
    base = float(performance.available_net_power_kw(15.0, SEA_LEVEL, 0.006))
    for altitude in (305.0, 1000.0, 2000.0):
        pressure = float(standard_pressure_pa(altitude)) / 1e3
        expected = base * (1.0 - record.published.power_loss_per_305_m * altitude / 305.0)
        assert float(performance.available_net_power_kw(15.0, pressure, 0.006)) == pytest.approx(expected, rel=1e-4)
        here = performance.at(0.8 * expected, 15.0, pressure, 0.006)
        there = performance.at(0.8 * base, 15.0, SEA_LEVEL, 0.006)
        eff = [float(points.net_power_kw / points.fuel_power_kw_lhv) for points in (here, there)]
        assert eff[0] == pytest.approx(eff[1], rel=1e-4)


@pytest.mark.parametrize("model", MODELS)
def test_lowest_power_has_an_answer(model: str):
    performance = carrier(model)
    temp = np.array([-15.0, 15.0, 45.0])
    lowest = performance.lowest_net_power_kw(temp, SEA_LEVEL, 0.006)
    assert np.all(lowest <= performance.available_net_power_kw(temp, SEA_LEVEL, 0.006))
    assert np.all(lowest >= 0.999 * performance.min_load_fraction * load_record(model).rating.net_power_kw)
    assert np.isfinite(performance.at(lowest, temp, SEA_LEVEL, 0.006).fuel_power_kw_lhv).all()


@pytest.mark.parametrize("model", MODELS)
def test_what_the_table_does_not_say_is_unknown(model: str):
    performance = carrier(model)
    points = performance.at(performance.available_net_power_kw([5.0, 25.0], SEA_LEVEL, 0.006), [5.0, 25.0], SEA_LEVEL, 0.006)
    for name in ("air_flow_kg_s", "exhaust_flow_kg_s", "exhaust_temp_c", "shaft_speed_rpm", "booster_power_kw", "surge_margin"):
        assert np.isnan(getattr(points, name)).all()
    assert np.isfinite(points.fuel_power_kw_lhv).all()


@pytest.mark.parametrize(
    "point",
    [(10.0, 15.0, SEA_LEVEL, 0.006), (80.0, 40.0, SEA_LEVEL, 0.006), (45.0, -25.0, SEA_LEVEL, 0.0), (30.0, 15.0, 50.0, 0.0)],
    ids=["below the table's loads", "above what is available", "too cold", "too high"],
)
def test_outside_the_table_the_caller_chooses(point):
    performance = carrier("MT70")
    with pytest.raises(RangeError) as caught:
        performance.at(*point)
    assert all(fault.remedy for fault in caught.value.faults)
    blank = performance.at(*point, outside="nan")
    assert math.isnan(float(blank.net_power_kw))
    assert math.isnan(float(blank.fuel_power_kw_lhv))
    clipped = performance.at(*point, outside="clip")
    assert float(clipped.net_power_kw) > 0.0
    assert 0.15 < float(clipped.net_power_kw / clipped.fuel_power_kw_lhv) < 0.31


def test_gaps_stay_gaps():
    performance = carrier("MT250")
    points = performance.at([math.nan, 200.0, 200.0, 200.0], [15.0, math.nan, 15.0, 15.0], [100.0, 100.0, math.nan, 100.0], 0.006)
    np.testing.assert_array_equal(np.isnan(points.net_power_kw), [True, True, True, False])
    np.testing.assert_array_equal(np.isnan(points.fuel_power_kw_lhv), [True, True, True, False])
