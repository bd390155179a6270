"""The envelope of an analytic machine, whose fuel and exhaust are known at every load."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.gas.fuels import FUELS, Fuel
from brayton.package.capability import Capability
from brayton.package.envelope import Envelope, compile_envelope
from brayton.package.heat_recovery import exhaust_coefficients, recover
from brayton.package.library import load_heat_recovery

OPERATION = SimpleNamespace(standby_kw=0.3, start_energy_kwh=0.5, stop_energy_kwh=0.1, start_fuel_kwh_lhv=2.0)


@dataclass
class Analytic:
    """60 kW, less 0.4 kW a degree above 15 degC; a Willans line with a slight bend; exhaust proportional to it."""

    bend: float = 0.0
    exhaust_known: bool = True
    model: str = "analytic"
    rated_net_power_kw: float = 60.0
    min_load_fraction: float = 0.2
    fuel: Fuel = FUELS["natural_gas"]
    record: Any = field(default_factory=lambda: SimpleNamespace(operation=OPERATION))

    def available_net_power_kw(self, ambient_temp_c, pressure_kpa, humidity_ratio, *, outside="raise"):
        power = np.minimum(60.0, 60.0 - 0.4 * (np.asarray(ambient_temp_c) - 15.0)) * np.asarray(pressure_kpa) / 101.325
        return np.where(np.asarray(ambient_temp_c) > 50.0, np.nan, power) if outside == "nan" else power

    def lowest_net_power_kw(self, ambient_temp_c, pressure_kpa, humidity_ratio, *, outside="raise"):
        available = self.available_net_power_kw(ambient_temp_c, pressure_kpa, humidity_ratio, outside=outside)
        return np.minimum(self.min_load_fraction * self.rated_net_power_kw, available)

    def at(self, net_power_kw, ambient_temp_c, pressure_kpa, humidity_ratio, *, outside="raise"):
        power = np.asarray(net_power_kw)
        known = 1.0 if self.exhaust_known else np.nan
        return SimpleNamespace(
            fuel_power_kw_lhv=40.0 + 2.8 * power + self.bend * power**2,
            exhaust_flow_kg_s=(0.2 + 0.0047 * power) * known,
            exhaust_temp_c=(200.0 + 1.8 * power) * known,
            fuel_air_ratio=np.full_like(power, 0.009) * known,
        )


AIR = (np.array([0.0, 15.0, 35.0]), 101.325, 0.006)


def test_powers_run_from_minimum_load_to_what_the_air_gives() -> None:
    envelope = compile_envelope(Analytic(), *AIR, count=3)
    assert envelope.power_kw.shape == (3, 9)
    assert envelope.power_kw[:, 0].tolist() == [12.0] * 3
    assert envelope.power_kw[:, -1] == pytest.approx([60.0, 60.0, 52.0])
    assert envelope.fuel_kw_lhv == pytest.approx(40.0 + 2.8 * envelope.power_kw)
    assert not envelope.heat_kw.any()
    assert not envelope.capabilities
    assert (envelope.standby_kw, envelope.start_energy_kwh, envelope.start_fuel_kwh_lhv) == (0.3, 0.5, 2.0)
    assert envelope.fuel_hhv_per_lhv == pytest.approx(1.108, abs=2e-3)


def test_less_power_than_the_minimum_load_runs_at_what_there_is() -> None:
    envelope = compile_envelope(replace(Analytic(), min_load_fraction=0.9), *AIR, count=1)
    assert envelope.power_kw[2] == pytest.approx(np.full(9, 52.0))


def test_heat_is_that_of_the_exchanger() -> None:
    hrec = load_heat_recovery("c65_ichp")
    returns = np.array([40.0, 50.0, 60.0])
    envelope = compile_envelope(Analytic(), *AIR, count=1, heat_recovery=hrec, water_in_temp_c=returns, water_flow_kg_s=2.0)
    gas = exhaust_coefficients(FUELS["natural_gas"], 0.006, 0.009)
    taken = recover(hrec, gas, 0.2 + 0.0047 * 60.0, 200.0 + 1.8 * 60.0 + 273.15, 313.15, 2.0)
    assert envelope.heat_kw[0, -1] == pytest.approx(float(taken.heat_w) / 1e3)
    assert (np.diff(envelope.heat_kw) > 0.0).all()
    assert Capability.HOT_WATER in envelope.capabilities


def test_the_error_of_the_linear_pieces_is_stated() -> None:
    """A parabola's chord over a step of 6 kW deviates by bend x 3^2 in its middle."""
    envelope = compile_envelope(Analytic(bend=0.01), *AIR, count=1)
    assert envelope.fuel_error == pytest.approx(0.01 * 9.0 / (40.0 + 2.8 * 60.0 + 36.0), rel=0.1)
    assert envelope.heat_error == 0.0
    finer = compile_envelope(Analytic(bend=0.01), *AIR, count=1, breakpoints=17)
    assert finer.fuel_error == pytest.approx(envelope.fuel_error / 4.0, rel=0.05)


def test_air_out_of_range_stops_the_units_where_asked() -> None:
    envelope = compile_envelope(Analytic(), np.array([15.0, 60.0]), 101.325, 0.006, count=1, outside="nan")
    assert envelope.power_kw[0, -1] == 60.0
    assert not envelope.power_kw[1].any()
    assert not envelope.fuel_kw_lhv[1].any()


def test_no_heat_recovery_behind_an_unknown_exhaust() -> None:
    with pytest.raises(InputError, match="'analytic': its record holds no exhaust"):
        compile_envelope(Analytic(exhaust_known=False), *AIR, count=1, heat_recovery=load_heat_recovery("c65_ichp"))
    assert compile_envelope(Analytic(exhaust_known=False), *AIR, count=1).steps == 3


def test_gaps_in_the_air_are_refused_together() -> None:
    with pytest.raises(InputError) as error:
        compile_envelope(Analytic(), np.array([np.nan, 15.0]), 101.325, np.array([0.006, np.inf]), count=1)
    assert [fault.path for fault in error.value.faults] == ["dry_bulb_c[0]", "humidity_ratio[1]"]


def test_contradictions_are_refused() -> None:
    with pytest.raises(InputError, match="machine has no heat recovery"):
        compile_envelope(Analytic(), *AIR, count=1, water_in_temp_c=50.0)
    with pytest.raises(InputError, match="two or more"):
        compile_envelope(Analytic(), *AIR, count=1, breakpoints=1)
    with pytest.raises(InputError, match="highest outlet temperature"):
        compile_envelope(Analytic(), *AIR, count=1, heat_recovery=load_heat_recovery("c65_ichp"), water_in_temp_c=95.0)


def broken(**changes: Any) -> list[str]:
    envelope = compile_envelope(Analytic(), *AIR, count=1)
    with pytest.raises(InputError) as error:
        Envelope(**{**vars(envelope), **changes})
    return [fault.path for fault in error.value.faults]


def test_every_fault_of_an_envelope_is_named() -> None:
    assert broken(count=-1, min_load_fraction=1.2, standby_kw=-0.1) == ["count", "min_load_fraction", "standby_kw"]
    assert broken(rated_power_kw=0.0) == ["rated_power_kw"]
    assert broken(fuel_kw_lhv=np.ones((3, 8))) == ["power_kw"]
    assert broken(heat_kw=np.full((3, 9), np.nan)) == ["power_kw"]
    assert broken(power_kw=np.linspace(60.0, 12.0, 9)[None, :].repeat(3, axis=0)) == ["power_kw"]
