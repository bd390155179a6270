"""The doubt of a study: bands of its headline numbers, what moves them most, outages, and the risk of its demand peaks.

Every study has bands: without a table ``[doubt]`` from a few draws with the spreads of `defaults`. Outages of the grid follow a
table ``[outage]``; the risk of demand peaks a table ``[availability]``, because it asks for the machines' own outages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

from brayton.core.errors import Faults
from brayton.core.provenance import Source
from brayton.package.fuel_limit import power_within_fuel
from brayton.site.outages import REOPT_MICROTURBINE_SOURCE
from brayton.study.doubt.availability import TRIPS_SOURCE
from brayton.study.doubt.defaults import (
    PRICES_TIED,
    PRICES_TIED_SOURCE,
    MachineTolerance,
    default_inputs,
    weather_offsets_k,
)
from brayton.study.doubt.doubt_result import DoubtResult
from brayton.study.doubt.draw_money import DrawMoney
from brayton.study.doubt.draws import Correlation, Draws, Uncertain, draw
from brayton.study.doubt.montecarlo import Watch, run_draws
from brayton.study.doubt.outages import OutageResult, outage_result
from brayton.study.doubt.site_year import SiteYear, mean_age_years
from brayton.study.doubt.stand_alone import Island
from brayton.study.doubt.table import OUTAGE_SOURCE, Availability, Doubt, Outage
from brayton.study.doubt.tornado import tornado
from brayton.study.draw_years import KernelYears
from brayton.study.inputs import StudyInputs
from brayton.study.project import course_of_years
from brayton.study.result import Run
from brayton.study.site_model import SiteModel, envelope_of_shifted_year
from brayton.study.trip_charges import trip_charges

Floats = NDArray[np.float64]

WEATHER_YEARS = 5
"""Weather years that stand for the scatter from year to year, the scenario's own in the middle."""

DRAWS_WITHOUT_TABLE = 500
"""Draws of a study that says nothing of doubt: p10 and p90 to about a twentieth of the band, in half a second."""

TORNADOES = ("npv_usd", "savings_usd", "co2_saved_kg")
"""Headline numbers that exist in every draw, and so have a tornado."""


@dataclass(frozen=True)
class DoubtPlan:
    """What `run_doubt` draws from; it exists once the tables of the scenario are sound."""

    table: Doubt
    is_default: bool
    inputs: tuple[Uncertain, ...]
    correlations: tuple[Correlation, ...]

    @property
    def draws(self) -> Draws:
        """All draws, by weather year: neighbours then run in the same air."""
        made = draw(self.inputs, self.table.draws, self.table.seed, correlations=self.correlations, method=self.table.method)
        if "weather" not in made.values:
            return made
        order = np.argsort(made.values["weather"], kind="stable")
        return replace(made, values={name: values[order] for name, values in made.values.items()})


def plan_doubt(inputs: StudyInputs, model: SiteModel) -> DoubtPlan:
    """The uncertain inputs of this study. Errors: InputError with every fault of ``[doubt]``, told at its place in the file."""
    table, is_default = inputs.scenario.doubt, inputs.scenario.doubt is None
    table = Doubt(draws=DRAWS_WITHOUT_TABLE) if table is None else table
    with Faults(file=inputs.scenario_file) as faults:
        uncertain = faults.attempt(lambda: table.inputs(tuple(_foreseen(inputs, model))))
        tied = None if uncertain is None else faults.attempt(lambda: table.correlations(uncertain))
    assert uncertain is not None
    assert tied is not None, "without them there are faults, which are raised by now"
    return DoubtPlan(table, is_default, uncertain, tied)


def run_doubt(
    inputs: StudyInputs,
    model: SiteModel,
    *,
    baseline: Run,
    with_project: Run,
    installed_cost_usd: float,
    watch: Watch = lambda _done, _total: None,
) -> DoubtResult:
    """The doubt of a study that was run: `baseline` without and `with_project` with its machines.

    watch: is told how many draws are done, and of how many. Errors: as `plan_doubt`, and what dispatch, bills and money raise.
    """
    plan = plan_doubt(inputs, model)
    scenario, finance = inputs.scenario, inputs.scenario.finance
    envelopes = tuple(
        model.problem.envelope if shift == 0.0 else envelope_of_shifted_year(inputs, model, shift)
        for shift in _weather_shifts_k(inputs)
    )
    years = KernelYears(inputs, model, baseline, with_project, envelopes)
    own = model.problem.envelope
    evaluator = SiteYear(
        years=years,
        money=DrawMoney(finance, own.count, own.count * own.rated_power_kw, course_of_years(inputs, model, with_project)),
        installed_cost_usd=installed_cost_usd,
        mean_age_years=mean_age_years(finance.years, finance.terms().nominal_discount_rate),
        own_weather=len(envelopes) // 2,
        own_availability=0 if inputs.availability_years is None else len(inputs.availability_years) // 2,
    )
    found = run_draws(evaluator, plan.draws, watch=watch)
    availability, seed = scenario.availability, plan.table.seed
    return DoubtResult(
        monte_carlo=found,
        tornadoes=tornado(evaluator, plan.inputs, TORNADOES),
        is_default=plan.is_default,
        outage=None if scenario.outage is None else _outages(inputs, model, scenario.outage, seed),
        demand_risk=None if availability is None else trip_charges(inputs, model, availability),
        sources=dict(_sources(inputs, plan)),
        notes=(*_notes(inputs, plan), *years.approximations()),
        versions={"numpy": version("numpy")},
    )


def _weather_shifts_k(inputs: StudyInputs) -> list[float]:
    """Shifts of the weather years; one without a shift on gas of the site's own, whose machines are compiled for its methane."""
    shifts = weather_offsets_k(WEATHER_YEARS if inputs.gas is None else 1)
    return np.where(np.abs(shifts) < 1e-9, 0.0, shifts).tolist()


def _foreseen(inputs: StudyInputs, model: SiteModel) -> Iterator[Uncertain]:
    """Default inputs that can move this study."""
    rating = inputs.record.rating
    entries = zip(inputs.record.source, inputs.record.sources, strict=True)
    cited = [source for entry, source in entries if "rating" in {name.split(".")[0] for name in entry.fields}]
    tolerance = MachineTolerance(
        rating.net_power_kw,
        rating.net_power_tolerance_kw,
        rating.elec_eff_lhv,
        rating.elec_eff_tolerance,
        cited[0] if cited else Source(inputs.record.model, "undated", "estimate", "the record names no source"),
    )
    rows = 0 if inputs.availability_years is None else len(inputs.availability_years)
    problem = model.problem
    idle = {
        "heat_load": not problem.heat_kw.any() and problem.boiler_only_kw is None,
        "fuel_price": inputs.gas_tariff is None and inputs.scenario.fuel.price_usd_per_mmbtu_hhv is None,
        "power_loss_per_year": inputs.scenario.finance.degradation > 0.0,
    }
    for item in default_inputs(tolerance, len(_weather_shifts_k(inputs)), rows):
        if not idle.get(item.name, False):
            yield item


def _outages(inputs: StudyInputs, model: SiteModel, table: Outage, seed: int) -> OutageResult:
    """Grid outages from every hour of the year, with the machines as they are in its air and on its gas."""
    problem, axis = model.problem, inputs.axis
    envelope, reliability = problem.envelope, (inputs.scenario.availability or Availability()).reliability()
    island = table.island(Island.of(envelope))
    unit_kw = island.unit_kw
    if problem.fuel_limit_kw_lhv is not None:
        unit_kw = np.minimum(unit_kw, power_within_fuel(envelope, problem.fuel_limit_kw_lhv).power_kw / envelope.count)
    stride = 60 // axis.step_minutes  # outages of hours do not ask for steps of minutes
    hourly_kw = problem.electric_kw.reshape(-1, stride).mean(axis=1)
    island = replace(island, unit_kw=unit_kw.reshape(-1, stride).mean(axis=1))
    fleet = table.fleet(envelope.count, reliability)
    return outage_result(island, fleet, table.tiers_kw(hourly_kw), axis.step_hours * stride, table.longest_h, seed=seed)


def _sources(inputs: StudyInputs, plan: DoubtPlan) -> Iterator[tuple[str, Source]]:
    """What the figures stand on that the scenario leaves out."""
    for item in plan.inputs:
        yield item.name, item.source
    if PRICES_TIED in plan.correlations:
        yield "correlation of the prices", PRICES_TIED_SOURCE
    availability, outage = inputs.scenario.availability, inputs.scenario.outage
    if availability is not None or outage is not None:
        given = set[str]() if availability is None else availability.model_fields_set
        if not {"mtbf_h", "mttr_h"} <= given:
            yield "trips of a machine", TRIPS_SOURCE
    if availability is not None and availability.takes_reopts_service:
        yield "planned outages", REOPT_MICROTURBINE_SOURCE
    if outage is not None and not {"start_failure", "start_minutes"} <= outage.model_fields_set:
        yield "starts in an outage", OUTAGE_SOURCE


def _notes(inputs: StudyInputs, plan: DoubtPlan) -> Iterator[str]:
    if plan.is_default:
        yield (
            f"Bands come from {plan.table.draws} draws with default spreads, most of them estimates; "
            "a table [doubt] gives its own, and more draws."
        )
    if inputs.availability_years is None:
        yield "No draw has an outage of the machines: a table [availability] adds them."
    if inputs.standby is not None and inputs.scenario.availability is not None:
        yield "A trip at the demand peak is billed by the standby service, so the risk of the tariff's peaks is not looked at."
    if inputs.gas is not None:
        yield "The air is that of the scenario's year in all draws: machines on gas of the site's own are compiled for it alone."
    if inputs.scenario.finance.degradation > 0.0:
        yield "Loss of power with age is that of finance.degradation in all draws."
    if inputs.scenario.finance.contract is not None:
        yield "Bands are of the whole project under one owner, not of the two sides of the contract."
    if inputs.scenario.outage is not None and inputs.axis.step_minutes < 60:
        yield "Outages are followed hour by hour, with the means of each hour."
