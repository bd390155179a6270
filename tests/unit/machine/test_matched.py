"""A record made to run: installations, fuel valve, booster, shapes, and what a gap in the input gives."""

import math

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.core.units import STANDARD_PRESSURE_PA
from brayton.gas.fuels import FUELS, fuel
from brayton.machine.matched import Installation, MatchedEngine, booster_work, fuel_kit, match_engine, valve_capacity
from brayton.machine.record import load_record

ISO = (15.0, 101.325, 0.00634)


@pytest.fixture(scope="module")
def c65() -> MatchedEngine:
    return match_engine(load_record("C65"))


def test_installations_that_cannot_be_are_refused():
    for keys in ({"inlet_loss_pa": -1.0}, {"back_pressure_pa": 30e3}, {"gas_supply_pressure_kpag": -5.0}):
        with pytest.raises(InputError, match=next(iter(keys))):
            Installation(**keys)
    with pytest.raises(InputError, match="inlet_loss_pa"):
        Installation(inlet_loss_pa=math.nan)


def test_a_published_table_has_no_engine_to_match():
    with pytest.raises(InputError, match="published"):
        match_engine(load_record("MT250"))


def test_booster_is_an_adiabatic_stage_over_its_efficiency():
    table, gas = load_record("C65").fuel, FUELS["methane"]
    heat_capacity, gas_constant = 2203.0, 518.3  # methane near 300 K [J/(kg K)]
    ratio = (517e3 + STANDARD_PRESSURE_PA) / (1.7e3 + STANDARD_PRESSURE_PA)
    work = heat_capacity * 288.15 * (ratio ** (gas_constant / heat_capacity) - 1.0) / table.booster_eff
    assert booster_work(table, gas, 1.7) == pytest.approx(work, rel=0.01)


def test_booster_rests_where_the_street_has_pressure_or_the_fuel_is_liquid():
    table = load_record("C65").fuel
    assert booster_work(table, FUELS["natural_gas"], None) == 0.0
    assert booster_work(table, FUELS["natural_gas"], 517.0) == 0.0
    assert booster_work(table, FUELS["diesel"], 0.0) == 0.0
    assert booster_work(table, FUELS["natural_gas"], 516.0) > 0.0


def test_booster_power_comes_off_the_net_power(c65: MatchedEngine):
    street = match_engine(c65.record, None, Installation(gas_supply_pressure_kpag=1.7))
    hot = (40.0, 101.325, 0.01)
    with_booster, without = street.operate(1e9, *hot), c65.operate(1e9, *hot)
    assert float(with_booster.booster_power) == pytest.approx(street.gas.booster_work * float(with_booster.fuel_flow))
    assert float(with_booster.net_power) == pytest.approx(float(without.net_power - with_booster.booster_power), rel=1e-5)
    assert float(with_booster.fuel_flow) == pytest.approx(float(without.fuel_flow), rel=1e-6)


def test_fuel_system_is_the_one_that_suits_the_gas():
    record = load_record("C65")
    names = {name: kit.name for name in ("natural_gas", "digester_gas") if (kit := fuel_kit(record, FUELS[name]))}
    assert names == {"natural_gas": "natural gas, high pressure", "digester_gas": "digester gas"}
    poor = fuel_kit(record, fuel("CH4=0.3,CO2=0.7"))
    assert poor is not None
    assert poor.name == "landfill gas"
    assert fuel_kit(load_record("TA100"), FUELS["natural_gas"]) is None


def test_valve_passes_its_volume_whatever_the_gas():
    record = load_record("C60")
    assert record.limits is not None
    flows = {name: valve_capacity(record, FUELS[name]) for name in ("natural_gas", "methane", "landfill_gas")}
    volumes = {name: flow / FUELS[name].density_kg_per_m3_n for name, flow in flows.items()}
    assert volumes["methane"] == pytest.approx(volumes["natural_gas"])
    assert volumes["landfill_gas"] == pytest.approx(volumes["natural_gas"])
    # on the poorest gas of its system the valve gives the ratio of the rated fuel power (by HHV)
    gas = record.rated_fuel
    power = volumes["natural_gas"] * record.fuel.kit[0].hhv_min_mj_per_m3 * 1e6 * gas.lhv_j_per_kg / gas.hhv_j_per_kg
    assert power == pytest.approx(record.limits.fuel_valve_ratio * 60e3 / 0.28)


def test_liquid_takes_the_ratio_of_rated_fuel_power():
    record, oil = load_record("C30"), FUELS["diesel"]
    assert record.limits is not None
    power = valve_capacity(record, oil) * oil.lhv_j_per_kg
    assert power == pytest.approx(record.limits.fuel_valve_ratio * 30e3 / 0.26)


def test_unlimited_engine_goes_where_the_limits_do_not_let_it(c65: MatchedEngine):
    free = c65.unlimited()
    assert float(free.operate(80e3, *ISO).net_power) == pytest.approx(80e3, rel=1e-5)
    for temp_c in (-40.0, -20.0, 0.0, 45.0):
        point = free.operate(30e3, temp_c, 101.325, 0.0001)
        assert float(point.net_power) == pytest.approx(30e3, rel=1e-5)
    held = match_engine(load_record("TA100")).unlimited().operate(110e3, *ISO)
    assert float(held.speed) == pytest.approx(1.0)
    assert float(held.turbine_exit_temp) > 890.0


def test_unlimited_engines_of_all_records_match_in_the_cold():
    for model in ("C30", "C30-LP", "C60", "C65", "C200", "TA100"):
        record = load_record(model)
        powers = np.linspace(0.2, 1.0, 5) * record.rating.net_power_kw * 1e3
        point = match_engine(record).unlimited().operate(powers, [[-40.0], [-25.0], [-10.0]], 101.325, 0.0001)
        np.testing.assert_allclose(point.net_power, np.broadcast_to(powers, (3, 5)), rtol=1e-5)


def test_conditions_broadcast(c65: MatchedEngine):
    grid = c65.operate(np.array([20e3, 40e3, 60e3])[:, None], np.array([-5.0, 25.0]), 101.325, 0.003)
    assert grid.net_power.shape == grid.exhaust_temp.shape == (3, 2)
    one = c65.operate(40e3, 25.0, 101.325, 0.003)
    assert one.fuel_flow.shape == ()
    assert float(one.fuel_flow) == grid.fuel_flow[1, 1]


def test_a_gap_in_any_input_is_a_gap_in_the_answer(c65: MatchedEngine):
    for gap in range(4):
        given = [50e3, 15.0, 101.325, 0.006]
        given[gap] = math.nan
        assert math.isnan(float(c65.operate(*given).net_power))
        assert math.isnan(float(c65.operate(*given).fuel_flow))
