"""The study itself: the site runs a year without the project and a year with it, by the same code, and the money follows."""

from __future__ import annotations

import datetime as dt
import platform
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version

from brayton import __version__
from brayton.study.balance import require_closed
from brayton.study.gas_year import slip_citations
from brayton.study.input_notes import as_sentence
from brayton.study.inputs import StudyInputs
from brayton.study.money.cashflow import whole_money
from brayton.study.money.first_year import FirstYear, cash_flow
from brayton.study.notes import result_notes, warnings
from brayton.study.project import check_money, installed_cost, project_of
from brayton.study.result import RunMark, StudyResult
from brayton.study.run import balances, machine_year, run_year
from brayton.study.site_model import one_machine, site_model
from brayton.study.sources import Citation, unique
from brayton.study.study_doubt import plan_doubt, run_doubt

Watch = Callable[[str], None]
"""Is told the name of each stage as it begins."""

NUMERICAL_GUESTS = ("numpy", "scipy", "numba")

WatchDraws = Callable[[int, int], None]
"""Is told how many draws of the doubt are done, and of how many."""

STAGES = ("machine", "envelope", "dispatch and bills", "finance", "doubt")


def run_study(
    inputs: StudyInputs, watch: Watch = lambda _stage: None, watch_draws: WatchDraws = lambda _done, _total: None
) -> StudyResult:
    """Run the scenario and its twin without the project, and what is uncertain between them.

    Errors: InputError where machine, heat recovery, dispatch and site contradict each other; SolveError where a balance of the
    result does not close.
    """
    clock = _Clock(watch)
    scenario = inputs.scenario
    with clock.stage("machine"):
        performance, heat_recovery = one_machine(inputs)
    with clock.stage("envelope"):
        model = site_model(inputs, performance, heat_recovery)
    with clock.stage("dispatch and bills"):
        project, twin = (run_year(inputs, model, with_project=with_project) for with_project in (True, False))
    with clock.stage("finance"):
        installed_cost_usd = installed_cost(inputs, model)
        year = machine_year(project, model.problem)
        first_year = FirstYear(
            electric_saving_usd=twin.bill_usd - project.bill_usd,
            fuel_saving_usd=twin.fuel_usd - project.fuel_usd,
            om_saving_usd=twin.om_usd - project.om_usd,
            generated_net_kwh=year.generated_net_kwh,
        )
        flow = cash_flow(installed_cost_usd, first_year, scenario.finance.terms())
        money = whole_money(project_of(inputs, model, installed_cost_usd, first_year, year, project, twin), scenario.finance)
    with clock.stage("doubt"):
        doubt = run_doubt(
            inputs,
            model,
            baseline=twin,
            with_project=project,
            installed_cost_usd=installed_cost_usd,
            watch=watch_draws,
        )
    closed = (
        *balances("baseline", inputs, model.twin, twin),
        *balances("with_project", inputs, model.problem, project),
    )
    require_closed(closed)
    exchanger = (
        [Citation(f"heat recovery: {heat_recovery.name}", item) for item in heat_recovery.sources] if heat_recovery else []
    )
    doubted = [Citation(f"doubt: {of}", source) for of, source in doubt.sources.items()]
    slip = [] if inputs.gas is None else slip_citations(inputs.gas, inputs.record.model)
    result = StudyResult(
        scenario=scenario,
        axis=inputs.axis,
        weather=inputs.weather,
        tariff=inputs.tariff,
        electric_kw=model.problem.electric_kw,
        heat_kw=inputs.heat_kw,
        grid_kg_per_kwh=inputs.grid_kg_per_kwh,
        record=inputs.record,
        performance=performance,
        model=model,
        installed_cost_usd=installed_cost_usd,
        baseline=twin,
        with_project=project,
        machine=year,
        first_year=first_year,
        cash_flow=flow,
        money=money,
        doubt=doubt,
        balances=closed,
        sources=tuple(unique([*inputs.citations, *model.hosts.citations, *exchanger, *slip, *doubted])),
        notes=inputs.notes,
        timing_s=clock.seconds,
        mark=RunMark(inputs.scenario_file, inputs.scenario_sha256, dt.datetime.now(dt.UTC), _versions()),
    )
    found = (*warnings(result), *inputs.notes, *result_notes(result, model))
    return replace(result, notes=tuple(as_sentence(note) for note in dict.fromkeys(found)))


def check_machine(inputs: StudyInputs) -> None:
    """InputError where machine, heat recovery, weather, site, finance and doubt contradict each other: all before dispatch."""
    performance, heat_recovery = one_machine(inputs)
    model = site_model(inputs, performance, heat_recovery)
    check_money(inputs, model)
    plan_doubt(inputs, model)


def _versions() -> dict[str, str]:
    """Versions of what the figures depend on."""
    return {"brayton": __version__, "python": platform.python_version()} | {name: version(name) for name in NUMERICAL_GUESTS}


class _Clock:
    """Seconds of each stage, wall clock."""

    def __init__(self, watch: Watch) -> None:
        self.seconds: dict[str, float] = {}
        self._watch = watch

    @contextmanager
    def stage(self, name: str) -> Generator[None]:
        self._watch(name)
        start = time.perf_counter()
        yield
        self.seconds[name.replace(" ", "_")] = time.perf_counter() - start
