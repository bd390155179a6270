"""The compiled kernel against the plain loop of the benchmark, unit by unit, over random sites."""

from __future__ import annotations

import importlib.util
import math
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.core.provenance import Source
from brayton.core.timeaxis import TimeAxis
from brayton.dispatch.answer import Design, dispatch, dispatch_designs
from brayton.dispatch.problem import Problem
from brayton.dispatch.rules import BaseLoad, FollowElectric, FollowHeat, PeakShaving, Rule, TimeOfUse
from brayton.package.array import Loading
from brayton.package.boiler import Boiler
from brayton.package.heat_store import HeatStore
from brayton.package.heat_use import HeatUse

STEPS = 600


@pytest.fixture(scope="module")
def plain() -> ModuleType:
    """``benchmarks/bench_dispatch.py``, which holds the plain loop."""
    path = Path(__file__).resolve().parents[3] / "benchmarks" / "bench_dispatch.py"
    spec = importlib.util.spec_from_file_location("bench_dispatch", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def random_site(plain: ModuleType, seed: int, *, with_heat_sinks: bool = False, **changes: Any) -> Problem:
    """The benchmark's site without a calendar, its load rough, its units out now and then."""
    rng = np.random.default_rng(seed)
    problem = plain.problem(units=1 + seed % 6)
    envelope = problem.envelope
    rows = slice(0, STEPS)
    power = envelope.power_kw[rows].copy()
    power[rng.random(STEPS) < 0.02] = 0.0
    fuel, heat = np.where(power > 0.0, envelope.fuel_kw_lhv[rows], 0.0), np.where(power > 0.0, envelope.heat_kw[rows], 0.0)
    loading = Loading.SEQUENTIAL if seed % 2 else Loading.EVEN
    electric = rng.choice([0.0, 15.0, 60.0, 130.0, 260.0], STEPS) * (0.7 + 0.6 * rng.random(STEPS))
    if with_heat_sinks:
        changes |= heat_sinks(rng, ("pool", "tank", "cold", "both")[seed % 4])
    return replace(
        problem,
        envelope=replace(envelope, power_kw=power, fuel_kw_lhv=fuel, heat_kw=heat, loading=loading),
        electric_kw=electric + sum(use.saved_kw for use in changes.get("uses", ())),
        heat_kw=rng.choice([0.0, 20.0, 120.0, 300.0], STEPS) * (0.7 + 0.6 * rng.random(STEPS)),
        axis=None,
        availability=np.where(rng.random(STEPS) < 0.03, rng.random(STEPS), 1.0),
        initially_on=int(rng.integers(0, envelope.count + 1)),
        **changes,
    )


def heat_sinks(rng: np.random.Generator, kind: str) -> dict[str, Any]:
    """Two uses of heat, a store of some kind, and heat that only the boiler serves."""
    heat = rng.choice([0.0, 0.0, 30.0, 90.0], (2, STEPS))
    uses = tuple(
        HeatUse(f"use {i}", row, row * saving, 80.0, 70.0) for i, (row, saving) in enumerate(zip(heat, (0.3, 0.2), strict=True))
    )
    loss = 0.005 + 0.01 * rng.random(STEPS)
    drain = rng.normal(20.0, 25.0, STEPS) if kind == "pool" else np.zeros(STEPS)
    store = HeatStore("store", 300.0, loss, drain, kind in ("tank", "both"), kind in ("cold", "both"), 80.0, 60.0, 100.0)
    return {"uses": uses, "store": store, "boiler_only_kw": rng.choice([0.0, 25.0], STEPS)}


RULES: list[Rule] = [FollowElectric(), FollowHeat(), BaseLoad(0.6), PeakShaving(90.0)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
@pytest.mark.parametrize(
    ("run", "rest", "export", "margin"), [(1, 1, 0.0, 0.0), (4, 1, 0.0, 8.0), (3, 5, 40.0, 0.0), (6, 2, math.inf, 0.0)]
)
def test_kernel_and_plain_loop_agree(plain: ModuleType, rule: Rule, run: int, rest: int, export: float, margin: float) -> None:
    for seed in range(4):
        problem = random_site(
            plain, seed, min_run_steps=run, min_rest_steps=rest, export_limit_kw=export, import_margin_kw=margin
        )
        plan = dispatch(problem, rule)
        for name, flow in plain.PlainYear(problem, rule).run().items():
            assert getattr(plan, name) == pytest.approx(flow, abs=1e-6), name


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
@pytest.mark.parametrize(("run", "export"), [(1, 0.0), (4, 30.0)])
def test_kernel_and_plain_loop_agree_on_uses_and_store(plain: ModuleType, rule: Rule, run: int, export: float) -> None:
    boiler = Boiler(150.0, 0.8, Source("test", "", "estimate"))
    for seed in range(4):
        problem = random_site(
            plain, seed, with_heat_sinks=True, min_run_steps=run, min_rest_steps=run, export_limit_kw=export, boiler=boiler
        )
        plan = dispatch(problem, rule)
        for name, flow in plain.PlainYear(problem, rule).run().items():
            assert getattr(plan, name) == pytest.approx(flow, abs=1e-6), name
        assert plan.uses_heat_kw.any(axis=1).all()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
def test_factors_of_a_design_are_those_of_a_scaled_problem(plain: ModuleType, rule: Rule) -> None:
    """Loads and machine of the problem itself scaled, run alone, give what the design's factors give."""
    load, heat, power, fuel = 1.1, 0.9, 0.95, 1.04
    for seed in range(3):
        problem = random_site(plain, seed, min_run_steps=2)
        envelope = problem.envelope
        scaled = replace(
            problem,
            electric_kw=problem.electric_kw * load,
            heat_kw=problem.heat_kw * heat,
            envelope=replace(
                envelope,
                power_kw=envelope.power_kw * power,
                fuel_kw_lhv=envelope.fuel_kw_lhv * power * fuel,
                heat_kw=envelope.heat_kw * power * fuel,
                rated_power_kw=envelope.rated_power_kw * power,
            ),
        )
        alone = dispatch(scaled, rule)
        factors = Design(envelope.count, rule, None, load, heat, power, fuel)
        totals = dispatch_designs(problem, [Design(envelope.count, rule), factors], with_net=True)
        assert totals.net_kw is not None
        assert totals.net_kw[1] == pytest.approx(alone.import_kw - alone.export_kw, abs=1e-6)
        assert totals.fuel_kwh_lhv[1] == pytest.approx(alone.fuel_kw_lhv.sum(), rel=1e-9)
        assert totals.boiler_heat_kwh[1] == pytest.approx(alone.boiler_heat_kw.sum(), rel=1e-9)
        assert totals.fuel_kwh_lhv_by_month[1].sum() == pytest.approx(totals.fuel_kwh_lhv[1])


def test_designs_choose_their_availability(plain: ModuleType) -> None:
    problem = random_site(plain, 3)
    rows = np.array([np.ones(STEPS), np.where(np.arange(STEPS) < 300, 0.0, 1.0)])
    designs = [Design(problem.envelope.count, FollowElectric(), availability_row=row) for row in (0, 1)]
    totals = dispatch_designs(problem, designs, availability_rows=rows)
    for i in range(2):
        alone = dispatch(replace(problem, availability=rows[i]), FollowElectric())
        assert totals.generated_net_kwh[i] == pytest.approx(alone.net_power_kw.sum())
    with pytest.raises(InputError, match="is no row of the availability"):
        dispatch_designs(problem, [Design(1, FollowElectric(), availability_row=2)], availability_rows=rows)
    with pytest.raises(InputError, match="one row of 600 steps"):
        dispatch_designs(problem, designs, availability_rows=rows[:, :10])


def test_units_keep_to_the_fuel_there_is(plain: ModuleType) -> None:
    problem = random_site(plain, 4, fuel_limit_kw_lhv=np.linspace(0.0, 1200.0, STEPS), export_limit_kw=math.inf)
    plan = dispatch(problem, BaseLoad())
    starting = plan.starts * problem.envelope.start_fuel_kwh_lhv / problem.step_hours
    assert (plan.fuel_kw_lhv - starting <= problem.fuel_limit_kw_lhv * (1 + 1e-9)).all()
    assert plan.net_power_kw[-1] > 0.9 * problem.envelope.count * problem.envelope.power_kw[-1, -1] > 0.0


@pytest.mark.parametrize(
    "rule", [TimeOfUse(22, 6, ("mon", "sat"), (1, 2, 12)), PeakShaving(tuple(100.0 + 10.0 * i for i in range(12)))]
)
def test_kernel_and_plain_loop_agree_over_a_calendar(plain: ModuleType, rule: Rule) -> None:
    problem = plain.problem()
    assert problem.axis == TimeAxis(2018)
    plan = dispatch(problem, rule)
    for name, flow in plain.PlainYear(problem, rule).run().items():
        assert getattr(plan, name) == pytest.approx(flow, abs=1e-6), name
