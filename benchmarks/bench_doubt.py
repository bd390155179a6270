"""Monte Carlo of a whole site year, beside the same study run draw by draw; and the memory that it takes."""

from __future__ import annotations

import resource
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from brayton.study.doubt.table import Doubt
from brayton.study.inputs import StudyInputs, load_inputs, read_inputs
from brayton.study.result import Run
from brayton.study.run import run_year
from brayton.study.site_model import SiteModel, one_machine, site_model
from brayton.study.study_doubt import run_doubt

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "02_santa_fe_pool.toml"
DRAWS, ALONE, COST_USD = 10_000, 40, 89_100.0
TARGET_S = 60.0


def with_draws(draws: int) -> tuple[StudyInputs, SiteModel, Run, Run]:
    scenario = read_inputs(EXAMPLE).scenario
    inputs = load_inputs(scenario.model_copy(update={"doubt": Doubt(draws=draws)}), EXAMPLE)
    model = site_model(inputs, *one_machine(inputs))
    without, with_project = (run_year(inputs, model, with_project=project) for project in (False, True))
    return inputs, model, without, with_project


def seconds(draws: int) -> float:
    """Draws, years with and without the project, bills, money, bands and tornado."""
    inputs, model, without, with_project = with_draws(draws)
    start = time.perf_counter()
    run_doubt(inputs, model, baseline=without, with_project=with_project, installed_cost_usd=COST_USD)
    return time.perf_counter() - start


def seconds_of_one() -> float:
    """One draw as a study of its own: dispatch and bills of both runs, without their money."""
    inputs, model, *_ = with_draws(100)
    factors = np.random.default_rng(1).normal(1.0, 0.05, ALONE)
    start = time.perf_counter()
    for factor in factors.tolist():
        site = replace(model, problem=replace(model.problem, electric_kw=model.problem.electric_kw * factor))
        for project in (True, False):
            run_year(inputs, site, with_project=project)
    return (time.perf_counter() - start) / ALONE


def run() -> list[dict[str, Any]]:
    seconds(256)  # compiles
    found, alone = min(seconds(DRAWS) for _ in range(2)), seconds_of_one()
    # kilobytes on Linux, bytes on a Mac
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    return [
        {
            "name": f"{DRAWS:,} draws of a site year",
            "value": found,
            "unit": "s",
            "target": TARGET_S,
            "peer": "the same draws as studies of their own",
            "peer_value": alone * DRAWS,
            "note": f"both runs, bills, money, tornado; {ALONE} draws of the peer, times {DRAWS // ALONE}",
        },
        {"name": "draws", "value": DRAWS / found, "unit": "draws/s", "note": "of the above"},
        {"name": "memory at its highest", "value": peak_mb, "unit": "MB", "target": 1000.0, "note": "of the whole process"},
    ]
