"""Envelope and schedule of a real machine: the linear pieces against the surface, and the schedule replayed through it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from brayton.core.provenance import Source
from brayton.core.timeaxis import TimeAxis
from brayton.core.units import ZERO_CELSIUS_K
from brayton.dispatch.answer import dispatch
from brayton.dispatch.problem import Problem
from brayton.dispatch.rules import BaseLoad, FollowElectric, FollowHeat, PeakShaving, Rule, TimeOfUse
from brayton.machine.performance import compile_performance
from brayton.machine.record import load_record
from brayton.package.boiler import Boiler
from brayton.package.envelope import compile_envelope
from brayton.package.heat_recovery import exhaust_coefficients, recover
from brayton.package.library import heat_recovery_for

RULES: list[Rule] = [BaseLoad(), FollowElectric(), FollowHeat(), PeakShaving(100.0), TimeOfUse(8, 20)]


@pytest.mark.parametrize("model", ["C60", "C65"])
def test_a_schedule_replayed_through_the_machine(model: str, table: Callable[..., None]) -> None:
    """Fuel and heat of a year by the envelope, against the machine's surface and the exchanger at every step."""
    axis = TimeAxis(2018)
    t = np.arange(axis.steps)
    temp_c = 12.0 - 12.0 * np.cos(t / axis.steps * 2 * np.pi) - 5.0 * np.cos(t / 24 * 2 * np.pi)
    performance = compile_performance(load_record(model))
    hrec = heat_recovery_for(performance)
    envelope = compile_envelope(performance, temp_c, 101.0, 0.007, count=2, heat_recovery=hrec, water_in_temp_c=55.0)
    problem = Problem(
        envelope=envelope,
        electric_kw=90.0 + 50.0 * np.sin((t / 24 - 0.3) * 2 * np.pi),
        heat_kw=np.maximum(0.0, 120.0 + 110.0 * np.cos(t / axis.steps * 2 * np.pi)),
        step_hours=1.0,
        axis=axis,
        boiler=Boiler(1000.0, 0.8, Source("test", "", "estimate")),
        min_run_steps=2,
    )
    lines: list[list[object]] = []
    for rule in RULES:
        plan = dispatch(problem, rule)
        on = plan.units_on > 0
        each = plan.net_power_kw[on] / plan.units_on[on]
        points = performance.at(each, temp_c[on], 101.0, 0.007)
        gas = exhaust_coefficients(performance.fuel, 0.007, points.fuel_air_ratio)
        gas_k = points.exhaust_temp_c + ZERO_CELSIUS_K
        taken = recover(hrec, gas, points.exhaust_flow_kg_s, gas_k, 55.0 + ZERO_CELSIUS_K, hrec.rated_water_flow_kg_s)
        fuel = (points.fuel_power_kw_lhv * plan.units_on[on]).sum()
        fuel += (plan.starts * envelope.start_fuel_kwh_lhv).sum()
        heat = (taken.heat_w / 1e3 * plan.units_on[on]).sum()
        fuel_error, heat_error = plan.fuel_kw_lhv.sum() / fuel - 1.0, plan.heat_recovered_kw.sum() / heat - 1.0
        balance = max(np.abs(plan.electric_residual_kw(problem)).max(), np.abs(plan.heat_residual_kw(problem)).max())
        lines.append(
            [
                plan.method,
                int(plan.units_on.sum()),
                f"{fuel / 1e3:.1f}",
                f"{fuel_error:+.3%}",
                f"{heat_error:+.3%}",
                f"{balance:.0e}",
            ]
        )
        assert abs(fuel_error) < 1e-3
        assert abs(heat_error) < 2e-3
        assert balance < 1e-6
    table(
        f"dispatch_replay_{model.lower()}",
        f"{model}: a year by each rule, replayed through the machine's surface and the exchanger",
        ["rule", "run hours", "fuel [MWh LHV]", "envelope's fuel", "envelope's heat", "largest residual [kW]"],
        lines,
        f"Nine breakpoints. Largest deviation of the linear pieces from the surface, by full power: fuel "
        f"{envelope.fuel_error:.2%}, heat {envelope.heat_error:.2%}.",
    )
    assert envelope.fuel_error < 4e-3
    assert envelope.heat_error < 4e-3
