"""Power within the gas of each step, on envelopes whose answers can be worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.gas.fuels import FUELS
from brayton.machine.performance import compile_performance
from brayton.machine.record import load_record
from brayton.package.array import Loading
from brayton.package.envelope import Envelope, compile_envelope
from brayton.package.fuel_limit import arrays_by_count, power_within_fuel


def envelope(count: int = 3, steps: int = 1) -> Envelope:
    """Units of 10 to 30 kW that burn 40 kW and 2 kW more per kW."""
    power = np.tile([10.0, 20.0, 30.0], (steps, 1))
    return Envelope(
        count=count,
        loading=Loading.EVEN,
        power_kw=power,
        fuel_kw_lhv=40.0 + 2.0 * power,
        heat_kw=np.zeros_like(power),
        rated_power_kw=30.0,
        min_load_fraction=1 / 3,
        start_energy_kwh=0.0,
        start_fuel_kwh_lhv=0.0,
        stop_energy_kwh=0.0,
        standby_kw=0.0,
        fuel_hhv_per_lhv=1.11,
        capabilities=frozenset(),
    )


def test_gas_runs_the_units_that_it_feeds() -> None:
    """59: none. 60: one at minimum. 100: one full. 110: still one. 120: two at minimum make less than one full. 200: two full."""
    gas = np.array([0.0, 59.0, 60.0, 84.0, 100.0, 110.0, 120.0, 150.0, 200.0, 299.0, 1000.0])
    found = power_within_fuel(envelope(steps=gas.size), gas)
    assert found.power_kw == pytest.approx([0.0, 0.0, 10.0, 22.0, 30.0, 30.0, 30.0, 35.0, 60.0, 89.5, 90.0])
    assert found.units.tolist() == [0, 0, 1, 1, 1, 1, 1, 2, 2, 3, 3]
    assert found.fuel_kw_lhv == pytest.approx([0.0, 0.0, 60.0, 84.0, 100.0, 100.0, 100.0, 150.0, 200.0, 299.0, 300.0])


def test_without_units_or_air_nothing_runs() -> None:
    assert power_within_fuel(envelope(count=0), 500.0).power_kw.tolist() == [0.0]
    still = replace(envelope(), power_kw=np.zeros((1, 3)), fuel_kw_lhv=np.zeros((1, 3)))
    assert power_within_fuel(still, 500.0).units.tolist() == [0]


def test_each_unit_more_adds_what_the_gas_leaves_it() -> None:
    rows = arrays_by_count(envelope(steps=2), [200.0, 110.0], 0.5)
    assert [row.energy_kwh for row in rows] == pytest.approx([30.0, 45.0, 45.0])
    assert [row.marginal_kwh for row in rows] == pytest.approx([30.0, 15.0, 0.0])
    assert [row.capacity_factor for row in rows] == pytest.approx([1.0, 0.75, 0.5])
    assert [row.gas_share for row in rows] == pytest.approx([200.0 / 310.0, 300.0 / 310.0, 300.0 / 310.0])
    assert [row.run_hours for row in rows] == pytest.approx([1.0, 1.5, 1.5])
    assert np.isnan(arrays_by_count(envelope(count=1), 0.0, 1.0)[0].gas_share)


def test_gaps_and_negative_gas_are_refused() -> None:
    with pytest.raises(InputError, match=r"fuel_kw_lhv\[1\].*2 of 3 steps"):
        power_within_fuel(envelope(steps=3), [1.0, np.nan, -1.0])


def test_units_of_a_real_machine_are_the_fewest_that_carry_the_power() -> None:
    """So that a dispatch of the fewest units burns no more than the gas of the step."""
    gas = np.linspace(0.0, 700.0, 300)
    c30 = compile_performance(load_record("C30"), FUELS["landfill_gas"], gas_supply_pressure_kpag=5.0)
    real = compile_envelope(c30, np.linspace(-20.0, 35.0, gas.size), 98.0, 0.005, count=6)
    found = power_within_fuel(real, gas)
    assert found.units.max() >= 5
    assert found.units.tolist() == np.ceil(found.power_kw / real.power_kw[:, -1] * (1.0 - 1e-9)).astype(int).tolist()
