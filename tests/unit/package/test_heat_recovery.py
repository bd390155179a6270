"""The exchanger against textbook formulas, its limits, and what it refuses."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from brayton.core.errors import InputError, RangeError
from brayton.core.provenance import Source
from brayton.gas.air import humid_air
from brayton.gas.combustion import products
from brayton.gas.fuels import FUELS
from brayton.gas.properties import h
from brayton.package.heat_recovery import (
    WATER_CP_J_PER_KG_K,
    HeatRecovery,
    counterflow_effectiveness,
    exhaust_coefficients,
    gas_exit_temp_k,
    recover,
    ua_from_rated_point,
)

METHANE = FUELS["methane"]
EXHAUST = exhaust_coefficients(METHANE, 0.0063, 0.009)
GAS_KG_S, GAS_K, WATER_K, WATER_KG_S = 0.49, 582.0, 333.15, 2.5


@pytest.fixture
def exchanger() -> HeatRecovery:
    return HeatRecovery(
        name="test",
        ua_w_per_k=1000.0,
        rated_exhaust_flow_kg_s=0.49,
        rated_water_flow_kg_s=2.5,
        rated_water_in_temp_c=60.0,
        gas_side_exponent=0.6,
        water_side_share=0.1,
        min_stack_temp_c=45.0,
        max_water_out_temp_c=82.0,
        water_flow_range_kg_s=(1.5, 3.8),
        sources=(Source("test", "", "estimate"),),
    )


def take(hrec: HeatRecovery, flow=GAS_KG_S, gas=GAS_K, water=WATER_K, water_flow=WATER_KG_S, diverter=1.0, **more):
    return recover(hrec, EXHAUST, flow, gas, water, water_flow, diverter, **more)


@pytest.mark.parametrize(("ntu", "ratio", "expected"), [(1.0, 0.0, 1 - math.exp(-1)), (2.0, 1.0, 2 / 3), (2.0, 0.5, 0.7746)])
def test_effectiveness_of_counterflow(ntu: float, ratio: float, expected: float) -> None:
    """Limits of the formula, and Kays and London, table 2-2 (NTU 2, C 0.5: 0.775)."""
    assert counterflow_effectiveness(ntu, ratio) == pytest.approx(expected, abs=2e-3)


def test_exit_temperature_is_that_of_the_mean_temperature_difference() -> None:
    """Heat = UA x LMTD, with heat from enthalpies of the gas."""
    exit_k = gas_exit_temp_k(EXHAUST, GAS_KG_S, GAS_K, WATER_K, WATER_KG_S * WATER_CP_J_PER_KG_K, 1000.0)
    heat_w = GAS_KG_S * (h(EXHAUST, GAS_K) - h(EXHAUST, exit_k))
    water_out_k = WATER_K + heat_w / (WATER_KG_S * WATER_CP_J_PER_KG_K)
    hot, cold = GAS_K - water_out_k, exit_k - WATER_K
    assert heat_w == pytest.approx(1000.0 * (hot - cold) / math.log(hot / cold), rel=1e-9)


def test_size_and_exit_temperature_are_inverse() -> None:
    heat_w = 111.5e3
    ua = ua_from_rated_point(
        EXHAUST, exhaust_flow_kg_s=GAS_KG_S, exhaust_temp_k=GAS_K, heat_w=heat_w, water_in_temp_k=WATER_K, water_flow_kg_s=2.5
    )
    exit_k = gas_exit_temp_k(EXHAUST, GAS_KG_S, GAS_K, WATER_K, 2.5 * WATER_CP_J_PER_KG_K, ua)
    assert GAS_KG_S * (h(EXHAUST, GAS_K) - h(EXHAUST, exit_k)) == pytest.approx(heat_w, rel=1e-9)


def test_size_of_equal_temperature_differences() -> None:
    """Where both ends differ alike, the logarithmic mean is that difference."""
    heat_w = 50e3
    gas_out_k = 500.0
    flow = heat_w / (h(EXHAUST, 550.0) - h(EXHAUST, gas_out_k))
    ua = ua_from_rated_point(
        EXHAUST,
        exhaust_flow_kg_s=flow,
        exhaust_temp_k=550.0,
        heat_w=heat_w,
        water_in_temp_k=300.0,
        water_flow_kg_s=heat_w / 50.0 / WATER_CP_J_PER_KG_K,
    )
    assert ua == pytest.approx(heat_w / 200.0, rel=1e-6)


def test_a_rated_point_that_cannot_be_is_refused() -> None:
    with pytest.raises(InputError, match="cannot pass"):
        ua_from_rated_point(
            EXHAUST, exhaust_flow_kg_s=0.49, exhaust_temp_k=582.0, heat_w=140e3, water_in_temp_k=333.0, water_flow_kg_s=2.5
        )


def test_exhaust_coefficients_are_those_of_the_products() -> None:
    gas = products(humid_air(0.01), METHANE, 0.009)
    assert np.allclose(exhaust_coefficients(METHANE, 0.01, 0.009), gas.coefficients, rtol=1e-6)
    assert exhaust_coefficients(METHANE, np.zeros(3), np.full((2, 1), 0.01)).shape == (2, 3, 2, 7)


def test_energy_closes_on_both_sides(exchanger: HeatRecovery) -> None:
    taken = take(exchanger, diverter=np.array([0.3, 1.0]))
    gas_w = [GAS_KG_S * (h(EXHAUST, GAS_K) - h(EXHAUST, stack)) for stack in taken.stack_temp_k]
    water_w = WATER_KG_S * WATER_CP_J_PER_KG_K * (taken.water_out_temp_k - WATER_K)
    assert taken.heat_w == pytest.approx(gas_w, rel=1e-6)
    assert taken.heat_w == pytest.approx(water_w, rel=1e-9)


def test_a_closed_diverter_takes_nothing(exchanger: HeatRecovery) -> None:
    taken = take(exchanger, diverter=0.0)
    assert (taken.heat_w, taken.water_out_temp_k, taken.stack_temp_k) == (0.0, WATER_K, GAS_K)


def test_size_follows_the_flows(exchanger: HeatRecovery) -> None:
    """Half the exhaust: 90 % of the resistance grows by 2^0.6, 10 % stays."""
    taken = take(exchanger, flow=GAS_KG_S / 2)
    ua = 1000.0 / (0.9 * 2**0.6 + 0.1)
    exit_k = gas_exit_temp_k(EXHAUST, GAS_KG_S / 2, GAS_K, WATER_K, WATER_KG_S * WATER_CP_J_PER_KG_K, ua)
    assert taken.stack_temp_k == pytest.approx(exit_k, abs=1e-6)
    assert take(exchanger, water_flow=1.5).heat_w < take(exchanger).heat_w < take(exchanger, water_flow=3.8).heat_w


def test_gas_is_not_cooled_below_the_lowest_stack_temperature(exchanger: HeatRecovery) -> None:
    taken = take(replace(exchanger, min_stack_temp_c=120.0), water=300.0)
    assert taken.stack_temp_k == pytest.approx(393.15)
    assert taken.heat_w == pytest.approx(GAS_KG_S * (h(EXHAUST, GAS_K) - h(EXHAUST, 393.15)))
    assert take(replace(exchanger, min_stack_temp_c=400.0)).heat_w == 0.0


def test_water_is_not_heated_above_its_highest_temperature(exchanger: HeatRecovery) -> None:
    taken = take(exchanger, water=353.15)
    assert taken.water_out_temp_k == pytest.approx(355.15)
    assert taken.heat_w == pytest.approx(WATER_KG_S * WATER_CP_J_PER_KG_K * 2.0)


def test_missing_exhaust_gives_missing_heat(exchanger: HeatRecovery) -> None:
    taken = take(exchanger, gas=np.array([math.nan, GAS_K]))
    assert np.isnan(taken.heat_w).tolist() == [True, False]


@pytest.mark.parametrize(
    ("stream", "message"),
    [
        ({"water": 271.0}, "water_in_temp_c = -2.15: must lie above 0"),
        ({"water": 356.0}, "highest outlet temperature, 82 degC"),
        ({"water": 350.0, "gas": 340.0}, "must be colder than the exhaust"),
        ({"diverter": 1.1}, "diverter = 1.1"),
        ({"flow": -0.1}, "exhaust_flow_kg_s = -0.1"),
    ],
)
def test_streams_that_cannot_be(exchanger: HeatRecovery, stream: dict[str, float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        take(exchanger, **stream)


def test_water_flow_outside_its_range(exchanger: HeatRecovery) -> None:
    with pytest.raises(RangeError, match=r"1\.5\.\.3\.8 kg/s"):
        take(exchanger, water_flow=5.0)
    assert take(exchanger, water_flow=5.0, outside="clip").heat_w == take(exchanger, water_flow=3.8).heat_w
    assert np.isnan(take(exchanger, water_flow=5.0, outside="nan").heat_w)


def test_every_fault_of_a_record_is_named(exchanger: HeatRecovery) -> None:
    with pytest.raises(InputError) as error:
        replace(exchanger, ua_w_per_k=-1.0, gas_side_exponent=1.2, water_flow_range_kg_s=(3.0, 4.0), rated_water_in_temp_c=90.0)
    assert [fault.path.split(".")[1] for fault in error.value.faults] == [
        "ua_w_per_k",
        "gas_side_exponent",
        "water_flow_range_kg_s",
        "rated_water_in_temp_c",
    ]
