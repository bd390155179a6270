"""Gas that varies: the blend against the machine compiled on the very composition."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.gas.fuels import FUELS, Fuel, fuel
from brayton.machine.performance import compile_performance
from brayton.machine.record import load_record
from brayton.package.envelope import compile_envelope
from brayton.package.library import heat_recovery_for
from brayton.package.varying_fuel import NODE_SPACING, compile_varying_envelope

OPERATION = SimpleNamespace(standby_kw=0.3, start_energy_kwh=0.5, stop_energy_kwh=0.1, start_fuel_kwh_lhv=2.0)


@dataclass
class Analytic:
    """60 kW on pure methane, less in proportion to the rest of the gas and to warm air; fuel along a Willans line."""

    methane: float
    bend: float = 0.0
    model: str = "analytic"
    rated_net_power_kw: float = 60.0
    min_load_fraction: float = 0.2
    fuel: Fuel = FUELS["landfill_gas"]
    record: Any = field(default_factory=lambda: SimpleNamespace(operation=OPERATION))

    def available_net_power_kw(self, ambient_temp_c, pressure_kpa, humidity_ratio, *, outside="raise"):
        lean = 1.0 - self.methane
        power = 60.0 - 20.0 * lean - self.bend * lean**2 - 0.1 * np.asarray(ambient_temp_c)
        return power if self.methane >= 0.3 else 0.0 * power

    def lowest_net_power_kw(self, ambient_temp_c, pressure_kpa, humidity_ratio, *, outside="raise"):
        return 0.2 * self.available_net_power_kw(ambient_temp_c, pressure_kpa, humidity_ratio)

    def at(self, net_power_kw, ambient_temp_c, pressure_kpa, humidity_ratio, *, outside="raise"):
        return SimpleNamespace(fuel_power_kw_lhv=40.0 + 2.8 * np.asarray(net_power_kw), exhaust_temp_c=np.nan)


def test_what_is_linear_in_methane_is_blended_exactly() -> None:
    methane = np.array([0.42, 0.5, 0.47, 0.6, 0.44])
    temp_c = np.array([0.0, 10.0, 20.0, 30.0, 40.0])
    found = compile_varying_envelope(Analytic, methane, temp_c, 100.0, 0.006, count=4)
    assert found.nodes == pytest.approx([0.42, 0.465, 0.51, 0.555, 0.6])
    assert found.envelope.power_kw[:, -1] == pytest.approx(60.0 - 20.0 * (1.0 - methane) - 0.1 * temp_c)
    assert found.envelope.fuel_kw_lhv == pytest.approx(40.0 + 2.8 * found.envelope.power_kw)
    assert found.envelope.count == 4
    assert (found.power_blend_error, found.fuel_blend_error) == pytest.approx((0.0, 0.0), abs=1e-12)


def test_the_error_of_the_blend_is_stated() -> None:
    """A parabola's chord over `d` deviates by bend x (d/2)^2."""
    methane = np.array([0.5, 0.55])
    found = compile_varying_envelope(lambda x: Analytic(x, bend=100.0), methane, 0.0, 100.0, 0.006, count=1)
    middle = 60.0 - 20.0 * 0.475 - 100.0 * 0.475**2
    assert found.power_blend_error == pytest.approx(100.0 * (NODE_SPACING / 2.0) ** 2 / middle, rel=1e-6)


def test_gas_that_does_not_vary_is_compiled_once() -> None:
    asked: list[float] = []

    def performance_at(methane: float) -> Analytic:
        asked.append(methane)
        return Analytic(methane)

    found = compile_varying_envelope(performance_at, 0.5, np.array([0.0, 15.0]), 100.0, 0.006, count=1)
    assert asked == [0.5]
    plain = compile_envelope(Analytic(0.5), np.array([0.0, 15.0]), 100.0, 0.006, count=1)
    assert found.envelope.power_kw.tolist() == plain.power_kw.tolist()
    assert (found.nodes, found.power_blend_error) == ((0.5,), 0.0)


def test_a_unit_rests_where_the_leaner_node_cannot_run() -> None:
    found = compile_varying_envelope(Analytic, np.array([0.27, 0.30, 0.31, 0.37]), 0.0, 100.0, 0.006, count=1)
    assert (found.envelope.power_kw[:, -1] > 0.0).tolist() == [False, False, False, True]


def test_the_blend_of_a_real_machine_with_heat_recovery() -> None:
    """A C30 from 45 to 55 % CH4, against the surface compiled on 47.5 %, a quarter into the range: within the stated error."""
    record = load_record("C30")

    def performance_at(methane: float):
        return compile_performance(record, fuel(f"CH4={methane},CO2={1.0 - methane}"), gas_supply_pressure_kpag=5.0)

    temp_c = np.linspace(-15.0, 35.0, 24)
    hrec = heat_recovery_for(performance_at(0.5))
    methane = np.where(np.arange(24) % 2, 0.45, 0.55)
    methane[::3] = 0.475
    kwargs = {"count": 8, "heat_recovery": hrec, "water_in_temp_c": 50.0}
    found = compile_varying_envelope(performance_at, methane, temp_c, 98.0, 0.005, **kwargs)
    exact = compile_envelope(performance_at(0.475), temp_c[::3], 98.0, 0.005, **kwargs)
    for name, error in (
        ("power_kw", found.power_blend_error),
        ("fuel_kw_lhv", found.fuel_blend_error),
        ("heat_kw", found.heat_blend_error),
    ):
        blend, true = getattr(found.envelope, name)[::3], getattr(exact, name)
        assert 0.0 < error < 2e-3
        assert np.abs(blend / true[:, -1:] - true / true[:, -1:]).max() <= error * 1.3
    assert found.envelope.fuel_hhv_per_lhv == pytest.approx(exact.fuel_hhv_per_lhv)


def test_gaps_in_the_composition_are_refused() -> None:
    with pytest.raises(InputError, match=r"methane_fraction\[1\].*missing in 1 of 2"):
        compile_varying_envelope(Analytic, np.array([0.5, np.nan]), 0.0, 100.0, 0.006, count=1)
    with pytest.raises(InputError, match="no heat recovery"):
        compile_varying_envelope(Analytic, np.array([0.5, 0.6]), 0.0, 100.0, 0.006, count=1, water_in_temp_c=50.0)
