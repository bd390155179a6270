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

from brayton.core.timeaxis import TimeAxis
from brayton.dispatch.answer import dispatch
from brayton.dispatch.problem import Problem
from brayton.dispatch.rules import BaseLoad, FollowElectric, FollowHeat, PeakShaving, Rule, TimeOfUse
from brayton.package.array import Loading

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


def random_site(plain: ModuleType, seed: int, **changes: Any) -> Problem:
    """The benchmark's site without a calendar, its load rough, its units out now and then."""
    rng = np.random.default_rng(seed)
    problem = plain.problem(units=1 + seed % 6)
    envelope = problem.envelope
    rows = slice(0, STEPS)
    power = envelope.power_kw[rows].copy()
    power[rng.random(STEPS) < 0.02] = 0.0
    fuel, heat = np.where(power > 0.0, envelope.fuel_kw_lhv[rows], 0.0), np.where(power > 0.0, envelope.heat_kw[rows], 0.0)
    loading = Loading.SEQUENTIAL if seed % 2 else Loading.EVEN
    return replace(
        problem,
        envelope=replace(envelope, power_kw=power, fuel_kw_lhv=fuel, heat_kw=heat, loading=loading),
        electric_kw=rng.choice([0.0, 15.0, 60.0, 130.0, 260.0], STEPS) * (0.7 + 0.6 * rng.random(STEPS)),
        heat_kw=rng.choice([0.0, 20.0, 120.0, 300.0], STEPS) * (0.7 + 0.6 * rng.random(STEPS)),
        axis=None,
        availability=np.where(rng.random(STEPS) < 0.03, rng.random(STEPS), 1.0),
        initially_on=int(rng.integers(0, envelope.count + 1)),
        **changes,
    )


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


@pytest.mark.parametrize(
    "rule", [TimeOfUse(22, 6, ("mon", "sat"), (1, 2, 12)), PeakShaving(tuple(100.0 + 10.0 * i for i in range(12)))]
)
def test_kernel_and_plain_loop_agree_over_a_calendar(plain: ModuleType, rule: Rule) -> None:
    problem = plain.problem()
    assert problem.axis == TimeAxis(2018)
    plan = dispatch(problem, rule)
    for name, flow in plain.PlainYear(problem, rule).run().items():
        assert getattr(plan, name) == pytest.approx(flow, abs=1e-6), name
