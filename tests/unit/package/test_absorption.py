"""Absorption chillers: rated points, what they react to, ranges, and bad figures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from brayton.core.errors import InputError, RangeError
from brayton.gas.fuels import FUELS
from brayton.gas.properties import h
from brayton.machine.performance import compile_performance
from brayton.machine.record import load_record
from brayton.package.absorption import PHOENIX_10_KW, HotWaterChiller, yazaki_wfc
from brayton.package.envelope import compile_envelope
from brayton.package.exhaust_chiller import ExhaustChiller, generator_as_exchanger
from brayton.package.heat_recovery import exhaust_coefficients

GAS = exhaust_coefficients(FUELS["natural_gas"], 0.00634, 0.0097)


def test_the_rated_point_comes_out() -> None:
    chiller = yazaki_wfc(70.3)
    assert float(chiller.available_kw(88.0, 31.0, 7.0)) == pytest.approx(70.3, rel=1e-9)
    assert float(chiller.heat_kw(70.3)) == pytest.approx(100.5, rel=1e-9)
    assert yazaki_wfc(35.15).available_kw(80.0, 29.0, 8.0) == pytest.approx(chiller.available_kw(80.0, 29.0, 8.0) / 2.0)


def test_the_mean_temperatures_of_the_closed_form_are_those_of_the_heats() -> None:
    """The answer put back into the equation as it is printed, with means from heats and rated capacity rates."""
    chiller = yazaki_wfc(70.3)
    hot, cooling, chilled = 82.0, 30.0, 8.0
    cold = float(chiller.available_kw(hot, cooling, chilled))
    heat = float(chiller.heat_kw(cold))
    hot_mean = hot - 2.5 * heat / 100.5
    cooling_mean = cooling + 2.0 * (heat + cold) / 170.8
    chilled_mean = chilled + 2.75 * cold / 70.3
    x = hot_mean - 2.5 * cooling_mean + 1.8 * chilled_mean
    e, x0 = PHOENIX_10_KW, 85.5 - 2.5 * 33.0 + 1.8 * 9.75
    assert cold == pytest.approx(70.3 * (0.42 * x + 0.9) / (0.42 * x0 + 0.9), rel=1e-9)
    assert heat == pytest.approx(100.5 * (e.heat_slope * x + 2.0) / (0.51 * x0 + 2.0), rel=1e-9)


def test_hotter_drive_colder_cooling_and_warmer_chilled_water_give_more() -> None:
    chiller = yazaki_wfc(70.3)
    base = float(chiller.available_kw(82.0, 30.0, 7.0))
    assert chiller.available_kw(85.0, 30.0, 7.0) > base
    assert chiller.available_kw(82.0, 28.0, 7.0) > base
    assert chiller.available_kw(82.0, 30.0, 9.0) > base
    assert float(chiller.available_kw(70.0, 35.0, 5.0)) == 0.0
    assert float(chiller.available_kw(95.0, 24.0, 12.0)) == pytest.approx(1.2 * 70.3), "the line goes on, the chiller does not"


def test_part_load_takes_more_heat_per_cold() -> None:
    chiller = yazaki_wfc(70.3)
    cold = np.array([5.0, 20.0, 40.0, 70.3])
    assert (np.diff(cold / chiller.heat_kw(cold)) > 0.0).all()
    assert float(chiller.heat_kw(0.0)) == 0.0
    with pytest.raises(InputError, match="cold_kw"):
        chiller.heat_kw(-1.0)


def test_outside_its_temperatures() -> None:
    chiller = yazaki_wfc(70.3)
    with pytest.raises(RangeError, match=r"hot_water_in_c = 60.0: must lie in 70 .. 95"):
        chiller.available_kw(60.0, 30.0, 7.0)
    assert np.isnan(chiller.available_kw(60.0, 30.0, 7.0, outside="nan"))
    assert chiller.available_kw(99.0, 30.0, 7.0, outside="clip") == chiller.available_kw(95.0, 30.0, 7.0)


def test_a_single_effect_chiller_that_cannot_be() -> None:
    sound = yazaki_wfc(70.3)
    with pytest.raises(InputError) as error:
        replace(sound, rated_cold_kw=120.0, hot_water_c=(83.0, 88.0), pump_kw=-1.0, max_load_fraction=0.5)
    assert {fault.path for fault in error.value.faults} == {
        "absorption.rated_cold_kw",
        "absorption.hot_water_c",
        "absorption.pump_kw",
        "absorption.max_load_fraction",
    }
    with pytest.raises(InputError, match="characteristic temperature difference"):
        replace(sound, hot_water_c=(60.0, 55.0), cooling_water_c=(40.0, 45.0))
    assert isinstance(sound, HotWaterChiller)


def test_exhaust_fired_at_reference_by_hand() -> None:
    """The curves at 6.67 and 29.44 degC: capacity 1.010, heat input 1.001, and 0.978 at full load."""
    chiller = ExhaustChiller(231.0)
    cold = float(chiller.available_kw(29.44, 6.67))
    assert cold == pytest.approx(231.0 * 1.010, rel=1e-3)
    assert cold / float(chiller.heat_kw(cold, 29.44, 6.67)) == pytest.approx(1.39 / 1.0012 / 0.97825, rel=1e-3)


def test_exhaust_fired_part_load_and_cycling() -> None:
    chiller = ExhaustChiller(231.0)
    full = float(chiller.available_kw(27.0, 7.0))
    heat = chiller.heat_kw(np.array([0.0, 0.05, 0.1, 0.5, 1.0]) * full, 27.0, 7.0)
    assert heat[0] == 0.0
    assert heat[1] == pytest.approx(heat[2] / 2.0)
    assert heat[3] / heat[4] == pytest.approx((0.026280035 + 0.678066088 / 2 + 0.273905867 / 4) / 0.97825199, rel=1e-9)


def test_exhaust_fired_ranges_and_bad_figures() -> None:
    chiller = ExhaustChiller(231.0)
    with pytest.raises(RangeError) as error:
        chiller.available_kw(40.0, 3.0)
    assert {fault.path for fault in error.value.faults} == {"cooling_water_in_c", "chilled_water_out_c"}
    with pytest.raises(InputError, match="larger chiller"):
        chiller.heat_kw(400.0, 27.0, 7.0)
    with pytest.raises(InputError) as faults:
        ExhaustChiller(0.0, 5.0, 0.0, 50.0, 1.0)
    assert len(faults.value.faults) == 5


def test_dispatch_sees_the_generator_as_heat_recovery() -> None:
    """The envelope of a machine whose exhaust drives the chiller: heat above the leaving temperature, less at low load."""
    machine, chiller = compile_performance(load_record("C65")), ExhaustChiller(80.0)
    envelope = compile_envelope(machine, [15.0], [101.325], [0.00634], count=1, heat_recovery=generator_as_exchanger(chiller))
    full = machine.at(65.0, 15.0, 101.325, 0.00634)
    gas = exhaust_coefficients(machine.fuel, 0.00634, full.fuel_air_ratio)
    by_hand = full.exhaust_flow_kg_s * (h(gas, full.exhaust_temp_c + 273.15) - h(gas, 176.667 + 273.15)) / 1e3
    assert envelope.heat_kw[0, -1] == pytest.approx(float(by_hand), rel=1e-9)
    assert 60.0 < envelope.heat_kw[0, -1] < 75.0
    assert (np.diff(envelope.heat_kw[0]) > 0.0).all()
