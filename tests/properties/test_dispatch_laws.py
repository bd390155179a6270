"""Laws of every schedule that a rule makes: balances, limits, minimum run and rest, whatever the site."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brayton.core.provenance import Source
from brayton.dispatch.answer import Design, dispatch, dispatch_designs
from brayton.dispatch.problem import Problem
from brayton.dispatch.rules import BaseLoad, FollowElectric, FollowHeat, PeakShaving
from brayton.package.array import Loading
from brayton.package.boiler import Boiler
from brayton.package.capability import Capability
from brayton.package.envelope import Envelope
from brayton.package.heat_store import HeatStore
from brayton.package.heat_use import HeatUse

LAWS = settings(deadline=None, derandomize=True, max_examples=150)
STEPS = 200

rules = st.one_of(
    st.builds(BaseLoad, st.floats(0.05, 1.0)),
    st.builds(FollowElectric),
    st.builds(FollowHeat),
    st.builds(PeakShaving, st.floats(0.0, 400.0)),
)


@st.composite
def problems(draw: Any) -> Problem:
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    count, low = draw(st.integers(0, 7)), draw(st.floats(0.0, 1.0))
    high = 60.0 * (0.6 + 0.4 * rng.random(STEPS))
    first = np.minimum(low * 60.0, high)
    power = first[:, None] + (high - first)[:, None] * np.linspace(0.0, 1.0, 6)
    out = rng.random(STEPS) < 0.03
    power[out] = 0.0
    bend = draw(st.floats(0.0, 0.02))
    margin = draw(st.sampled_from([0.0, 0.0, 7.0]))
    envelope = Envelope(
        count=count,
        loading=draw(st.sampled_from(list(Loading))),
        power_kw=power,
        fuel_kw_lhv=np.where(out[:, None], 0.0, 40.0 + 2.6 * power + bend * power**2),
        heat_kw=np.where(out[:, None], 0.0, 12.0 + 1.5 * power),
        rated_power_kw=60.0,
        min_load_fraction=low,
        start_energy_kwh=draw(st.floats(0.0, 2.0)),
        start_fuel_kwh_lhv=draw(st.floats(0.0, 5.0)),
        stop_energy_kwh=draw(st.floats(0.0, 1.0)),
        standby_kw=draw(st.floats(0.0, 1.0)),
        fuel_hhv_per_lhv=1.1,
        capabilities=frozenset({Capability.HOT_WATER}),
    )
    heat = rng.choice([0.0, 60.0], (draw(st.integers(0, 2)), STEPS))
    uses = tuple(HeatUse(f"use {i}", row, 0.3 * row, 80.0, 70.0) for i, row in enumerate(heat))
    kind = draw(st.sampled_from(["none", "tank", "pool", "cold"]))
    drain = rng.normal(15.0, 30.0, STEPS) if kind == "pool" else np.zeros(STEPS)
    store = HeatStore(kind, 200.0, np.full(STEPS, 0.02), drain, kind == "tank", kind == "cold", charge_kw=70.0)
    store = None if kind == "none" else store
    return Problem(
        envelope=envelope,
        uses=uses,
        store=store,
        electric_kw=rng.choice([0.0, 20.0, 70.0, 200.0, 400.0], STEPS) * rng.random(STEPS) + 0.3 * heat.sum(axis=0),
        heat_kw=rng.choice([0.0, 30.0, 200.0, 600.0], STEPS) * rng.random(STEPS),
        step_hours=draw(st.sampled_from([0.25, 1.0])),
        boiler=draw(st.sampled_from([None, Boiler(150.0, 0.8, Source("test", "", "estimate"))])),
        export_limit_kw=0.0 if margin else draw(st.sampled_from([0.0, 25.0, math.inf])),
        import_margin_kw=margin,
        min_run_steps=draw(st.integers(1, 8)),
        min_rest_steps=draw(st.integers(1, 8)),
        initially_on=draw(st.integers(0, count)),
        availability=np.where(rng.random(STEPS) < 0.05, rng.random(STEPS), 1.0),
    )


def recent(counts: np.ndarray, steps: int) -> np.ndarray:
    """Sum of `counts` over each step and the `steps` - 1 before it."""
    return np.convolve(counts, np.ones(steps), "full")[: len(counts)]


@LAWS
@given(problems(), rules)
def test_energy_balances_and_limits_hold(problem: Problem, rule: Any) -> None:
    plan, envelope = dispatch(problem, rule), problem.envelope
    assert plan.electric_residual_kw(problem) == pytest.approx(np.zeros(STEPS), abs=1e-6)
    assert plan.heat_residual_kw(problem) == pytest.approx(np.zeros(STEPS), abs=1e-6)
    assert plan.store_residual_kwh(problem) == pytest.approx(np.zeros(STEPS), abs=1e-6)
    assert plan.heat_used_kw + plan.heat_dumped_kw == pytest.approx(plan.heat_recovered_kw, abs=1e-6)
    for name in ("net_power_kw", "fuel_kw_lhv", "heat_used_kw", "heat_dumped_kw", "boiler_heat_kw", "unmet_kw", "import_kw"):
        assert (getattr(plan, name) >= -1e-9).all(), name
    assert (plan.export_kw <= problem.export_limit_kw + 1e-6).all()
    assert not ((plan.export_kw > 0.0) & (plan.export_kw < 1e-10)).any(), "the rounding of a load that is carried is no sale"
    assert (np.minimum(plan.import_kw, plan.export_kw) == 0.0).all()
    generating = plan.net_power_kw > 0.0
    assert (plan.import_kw[generating] >= problem.import_margin_kw - 1e-6).all()
    assert (plan.net_power_kw <= plan.units_on * envelope.power_kw[:, -1] * (1 + 1e-9)).all()
    assert (plan.net_power_kw >= plan.units_on * envelope.power_kw[:, 0] * (1 - 1e-8)).all()
    assert problem.availability is not None
    assert (plan.units_on <= np.floor(problem.availability * envelope.count + 1e-9)).all()


@LAWS
@given(problems(), rules)
def test_minimum_run_and_rest_are_respected(problem: Problem, rule: Any) -> None:
    plan = dispatch(problem, rule)
    before = np.concatenate([[problem.initially_on], plan.units_on[:-1]])
    assert (plan.units_on == before + plan.starts - plan.stops).all()
    assert (np.minimum(plan.starts, plan.stops) == 0).all()
    assert (plan.units_on >= recent(plan.starts, problem.min_run_steps)).all()
    assert (problem.envelope.count - plan.units_on >= recent(plan.stops, problem.min_rest_steps)).all()


@LAWS
@given(problems(), st.floats(0.05, 0.95), st.floats(0.0, 0.05))
def test_fuel_and_heat_rise_with_base_load(problem: Problem, fraction: float, more: float) -> None:
    """Step by step, where the same units run."""
    less, plus = dispatch(problem, BaseLoad(fraction)), dispatch(problem, BaseLoad(fraction + more))
    alike = (less.units_on == plus.units_on) & (less.starts == plus.starts)
    assert (plus.net_power_kw[alike] >= less.net_power_kw[alike] - 1e-9).all()
    assert (plus.fuel_kw_lhv[alike] >= less.fuel_kw_lhv[alike] - 1e-6).all()
    assert (plus.heat_recovered_kw[alike] >= less.heat_recovered_kw[alike] - 1e-6).all()


@LAWS
@given(problems(), st.lists(rules, min_size=1, max_size=70))
def test_designs_side_by_side_do_not_touch_each_other(problem: Problem, several: list[Any]) -> None:
    totals = dispatch_designs(problem, [Design(problem.envelope.count, rule) for rule in several])
    last = dispatch(problem, several[-1])
    assert totals.fuel_kwh_lhv[-1] == pytest.approx(last.fuel_kw_lhv.sum() * problem.step_hours, rel=1e-9, abs=1e-6)
    assert totals.import_kwh[-1] == pytest.approx(last.import_kw.sum() * problem.step_hours, rel=1e-9, abs=1e-6)
    assert totals.peak_import_kw[-1].max() == pytest.approx(last.import_kw.max())
