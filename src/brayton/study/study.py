"""The study itself: the site runs a year without the project and a year with it, by the same code, and the money follows."""

from __future__ import annotations

import datetime as dt
import math
import platform
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

from brayton import __version__
from brayton.core.errors import SolveError
from brayton.core.outcomes import Outcome
from brayton.core.units import KWH_PER_MMBTU
from brayton.dispatch.answer import dispatch
from brayton.dispatch.problem import Problem
from brayton.dispatch.schedule import Schedule
from brayton.machine.performance import Performance, compile_performance
from brayton.package.array import Loading
from brayton.package.envelope import compile_envelope
from brayton.package.heat_recovery import HeatRecovery
from brayton.package.library import heat_recovery_for
from brayton.site.bill import bill
from brayton.study.inputs import OWN_HEAT_RECOVERY, StudyInputs
from brayton.study.money.first_year import FirstYear, cash_flow, levelised_cost_usd_per_kwh
from brayton.study.notes import as_sentence, result_notes, warnings
from brayton.study.result import Balance, MachineYear, Run, RunMark, StudyResult
from brayton.study.sources import Citation, unique

Watch = Callable[[str], None]
"""Is told the name of each stage as it begins."""

NUMERICAL_GUESTS = ("numpy", "scipy", "numba")

BALANCE_TOLERANCE = 1e-6
"""Largest residual of a balance, per unit of its total, that is taken for rounding."""

STAGES = ("machine", "envelope", "dispatch and bills", "finance")


def run_study(inputs: StudyInputs, watch: Watch = lambda _stage: None) -> StudyResult:
    """Run the scenario and its twin without the project.

    Errors: InputError where machine, heat recovery, dispatch and site contradict each other; SolveError where a balance of the
    result does not close to `BALANCE_TOLERANCE` of its total.
    """
    clock = _Clock(watch)
    scenario, machine = inputs.scenario, inputs.scenario.machine[0]
    with clock.stage("machine"):
        performance, heat_recovery = _machine(inputs)
    with clock.stage("envelope"):
        problem = _problem(inputs, performance, heat_recovery)
    with clock.stage("dispatch and bills"):
        project, twin = _run(inputs, problem), _run(inputs, _without_machines(problem))
    with clock.stage("finance"):
        installed_cost_usd = machine.installed_cost_usd_per_kw * performance.rated_net_power_kw * machine.count
        year = _machine_year(project, problem)
        first_year = FirstYear(
            electric_saving_usd=twin.bill_usd - project.bill_usd,
            fuel_saving_usd=twin.fuel_usd - project.fuel_usd,
            om_saving_usd=twin.om_usd - project.om_usd,
            generated_net_kwh=year.generated_net_kwh,
        )
        terms = scenario.finance.terms()
        flow = cash_flow(installed_cost_usd, first_year, terms)
    balances = (
        *_balances("baseline", inputs, _without_machines(problem), twin),
        *_balances("with_project", inputs, problem, project),
    )
    require_closed(balances)
    exchanger = (
        [Citation(f"heat recovery: {heat_recovery.name}", item) for item in heat_recovery.sources] if heat_recovery else []
    )
    result = StudyResult(
        scenario=scenario,
        axis=inputs.axis,
        weather=inputs.weather,
        tariff=inputs.tariff,
        electric_kw=inputs.electric_kw,
        heat_kw=inputs.heat_kw,
        grid_kg_per_kwh=inputs.grid_kg_per_kwh,
        record=inputs.record,
        performance=performance,
        installed_cost_usd=installed_cost_usd,
        baseline=twin,
        with_project=project,
        machine=year,
        first_year=first_year,
        cash_flow=flow,
        lcoe_usd_per_kwh=levelised_cost_usd_per_kwh(installed_cost_usd, first_year, terms),
        balances=balances,
        sources=tuple(unique([*inputs.citations, *exchanger])),
        notes=inputs.notes,
        timing_s=clock.seconds,
        mark=RunMark(inputs.scenario_file, inputs.scenario_sha256, dt.datetime.now(dt.UTC), _versions()),
    )
    found = (*warnings(result), *inputs.notes, *result_notes(result, problem.envelope))
    return replace(result, notes=tuple(as_sentence(note) for note in found))


def check_machine(inputs: StudyInputs) -> None:
    """InputError where machine, heat recovery, weather and site contradict each other: all of `run_study` before the dispatch."""
    _problem(inputs, *_machine(inputs))


def require_closed(balances: Iterable[Balance]) -> None:
    """SolveError with every balance that does not close; NaN closes none."""
    open_ones = [
        item
        for item in balances
        if not abs(item.residual) <= BALANCE_TOLERANCE * max(abs(item.total_in), abs(item.total_out), 1.0)
    ]
    if open_ones:
        told = "; ".join(f"{item.run}, {item.name}: {item.residual:g} {item.unit} are left" for item in open_ones)
        raise SolveError(f"the study does not close its balances: {told}", Outcome.NOT_CONVERGED)


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


def _machine(inputs: StudyInputs) -> tuple[Performance, HeatRecovery | None]:
    """One machine on the fuel and gas pressure of the site, and the heat recovery behind it."""
    supply_kpag = inputs.scenario.fuel.supply_pressure_kpag
    performance = compile_performance(inputs.record, inputs.fuel, gas_supply_pressure_kpag=supply_kpag)
    own = inputs.scenario.machine[0].heat_recovery == OWN_HEAT_RECOVERY
    return performance, heat_recovery_for(performance) if own else inputs.heat_recovery


def _problem(inputs: StudyInputs, performance: Performance, heat_recovery: HeatRecovery | None) -> Problem:
    """The dispatch problem with the project's machines."""
    table, step_hours, air = inputs.scenario.dispatch, inputs.axis.step_hours, inputs.weather
    envelope = compile_envelope(
        performance,
        air.dry_bulb_c,
        air.pressure_kpa,
        air.humidity_ratio,
        count=inputs.scenario.machine[0].count,
        loading=Loading(table.loading),
        heat_recovery=heat_recovery,
        water_in_temp_c=inputs.return_temp_c if heat_recovery is not None else None,
    )
    return Problem(
        envelope=envelope,
        electric_kw=inputs.electric_kw,
        heat_kw=inputs.heat_kw,
        step_hours=step_hours,
        axis=inputs.axis,
        boiler=inputs.boiler,
        export_limit_kw=table.export.limit_kw if table.export else 0.0,
        import_margin_kw=table.import_margin_kw,
        min_run_steps=max(1, math.ceil(table.min_run_hours / step_hours)),
        min_rest_steps=max(1, math.ceil(table.min_rest_hours / step_hours)),
    )


def _without_machines(problem: Problem) -> Problem:
    return replace(problem, envelope=replace(problem.envelope, count=0))


def _run(inputs: StudyInputs, problem: Problem) -> Run:
    """A year of the site: schedule, electricity bill, fuel bill, O&M and CO2. Exports are credited at the grid's factor."""
    scenario, axis, hours = inputs.scenario, inputs.axis, problem.step_hours
    schedule = dispatch(problem, inputs.rule)
    net_import_kw = schedule.import_kw - schedule.export_kw
    fuel_kw_hhv = schedule.fuel_kw_lhv * problem.envelope.fuel_hhv_per_lhv + schedule.boiler_fuel_kw_hhv
    fuel_kwh_by_month = np.bincount(axis.month, weights=fuel_kw_hhv * hours, minlength=12)
    prices_usd_per_kwh = np.array(scenario.fuel.price_usd_per_mmbtu_hhv) / KWH_PER_MMBTU
    return Run(
        schedule=schedule,
        bill=bill(inputs.tariff, net_import_kw, axis, dst=scenario.tariff.dst),
        electricity_import_kwh=float(schedule.import_kw.sum() * hours),
        export_kwh=float(schedule.export_kw.sum() * hours),
        peak_import_kw=float(schedule.import_kw.max()),
        fuel_kwh_hhv=float(fuel_kwh_by_month.sum()),
        fuel_usd_by_month=fuel_kwh_by_month * prices_usd_per_kwh,
        om_usd=float(schedule.net_power_kw.sum() * hours * scenario.machine[0].om_usd_per_kwh),
        grid_co2_kg=float((net_import_kw * inputs.grid_kg_per_kwh).sum() * hours),
        fuel_co2_kg=float(fuel_kwh_by_month.sum() * inputs.fuel_kg_per_kwh_hhv),
        unmet_kwh=float(schedule.unmet_kw.sum() * hours),
    )


def _standby_kw(problem: Problem, plan: Schedule) -> NDArray[np.float64]:
    """What resting machines draw, and what starts and stops take, in each step [kW]."""
    envelope = problem.envelope
    switching_kwh = plan.starts * envelope.start_energy_kwh + plan.stops * envelope.stop_energy_kwh
    return (envelope.count - plan.units_on) * envelope.standby_kw + switching_kwh / problem.step_hours


def _machine_year(run: Run, problem: Problem) -> MachineYear:
    envelope, plan, hours = problem.envelope, run.schedule, problem.step_hours
    generated, fuel = float(plan.net_power_kw.sum() * hours), float(plan.fuel_kw_lhv.sum() * hours)
    used, fuel_hhv = float(plan.heat_used_kw.sum() * hours), fuel * envelope.fuel_hhv_per_lhv
    return MachineYear(
        generated_net_kwh=generated,
        fuel_kwh_lhv=fuel,
        fuel_kwh_hhv=fuel_hhv,
        heat_recovered_kwh=float(plan.heat_recovered_kw.sum() * hours),
        heat_used_kwh=used,
        heat_dumped_kwh=float(plan.heat_dumped_kw.sum() * hours),
        standby_kwh=float(_standby_kw(problem, plan).sum() * hours),
        run_hours=float(plan.units_on.sum() * hours),
        starts=int(plan.starts.sum()),
        elec_eff_lhv=generated / fuel if fuel else math.nan,
        chp_eff_hhv=(generated + used) / fuel_hhv if fuel else math.nan,
        capacity_factor=generated / (envelope.rated_power_kw * envelope.count * problem.steps * hours),
    )


def _balances(run_name: str, inputs: StudyInputs, problem: Problem, run: Run) -> tuple[Balance, ...]:
    """Electricity, heat, fuel, CO2 and the bill of one run: each side summed by its own way through the records.

    CO2 of what is bought is held against CO2 of what loads and machines take, step by step at the factor of the hour.
    """
    plan, hours = run.schedule, problem.step_hours
    generated, boiler_heat = float(plan.net_power_kw.sum() * hours), float(plan.boiler_heat_kw.sum() * hours)
    recovered, dumped = float(plan.heat_recovered_kw.sum() * hours), float(plan.heat_dumped_kw.sum() * hours)
    electric, heat = float(inputs.electric_kw.sum() * hours), float(inputs.heat_kw.sum() * hours)
    burnt = float(plan.fuel_kw_lhv.sum() * hours) * problem.envelope.fuel_hhv_per_lhv
    burnt += boiler_heat / problem.boiler.efficiency_hhv if problem.boiler else 0.0
    standby_kw = _standby_kw(problem, plan)
    taken_kw = inputs.electric_kw + standby_kw - plan.net_power_kw
    co2 = float(taken_kw @ inputs.grid_kg_per_kwh * hours)
    co2 += float(plan.fuel_kw_lhv.sum() * hours) * problem.envelope.fuel_hhv_per_lhv * inputs.fuel_kg_per_kwh_hhv
    if problem.boiler:
        boiler_heat_kw = inputs.heat_kw - plan.heat_used_kw - plan.unmet_kw
        co2 += float(boiler_heat_kw.sum() * hours) / problem.boiler.efficiency_hhv * inputs.fuel_kg_per_kwh_hhv
    lines = math.fsum(line.amount_usd for line in run.bill.lines)
    sides = (
        (
            "electricity: import + generation = load + export + standby and starts",
            "kWh",
            run.electricity_import_kwh + generated,
            electric + run.export_kwh + float(standby_kw.sum() * hours),
        ),
        ("heat: recovered + boiler + unmet = load + dumped", "kWh", recovered + boiler_heat + run.unmet_kwh, heat + dumped),
        ("fuel, HHV: bought = burnt by machines and boiler", "kWh", run.fuel_kwh_hhv, burnt),
        ("CO2: of electricity and fuel bought = of what loads and machines take", "kg", run.co2_kg, co2),
        ("electricity bill: year = its lines", "USD", run.bill_usd, lines),
    )
    return tuple(Balance(run_name, *side) for side in sides)
