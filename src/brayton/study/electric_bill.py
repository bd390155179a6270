"""The electricity bill of a run: the tariff on the net load, and the services that stand beside it for the machines."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from brayton.dispatch.answer import dispatch
from brayton.dispatch.schedule import Schedule
from brayton.site.bill import Bill, BillLine, bill, with_lines
from brayton.site.standby_bill import departing_load_lines, standby_lines, standby_use
from brayton.site.tariff_clock import hourly_energy_price
from brayton.study.inputs import StudyInputs
from brayton.study.site_model import SiteModel

Floats = NDArray[np.float64]


def reactive_kvar(inputs: StudyInputs, model: SiteModel) -> Floats | None:
    """Reactive power of the site's load (n,); None where nobody gave its power factor."""
    factor = inputs.scenario.tariff.power_factor
    return None if factor is None else model.problem.electric_kw * np.tan(np.arccos(factor))


def tariff_bill(inputs: StudyInputs, model: SiteModel, schedule: Schedule, net_kw: Floats | None = None) -> Bill:
    """The tariff alone on the net load of `schedule`, or on `net_kw` (n,) in its place."""
    table = inputs.scenario.tariff
    return bill(
        inputs.tariff,
        schedule.import_kw - schedule.export_kw if net_kw is None else net_kw,
        inputs.axis,
        dst=table.dst,
        generation_kw=schedule.net_power_kw,
        reactive_kvar=reactive_kvar(inputs, model),
        previous_peaks_kw=table.previous_peaks_kw,
    )


def electric_bill(inputs: StudyInputs, model: SiteModel, schedule: Schedule, *, with_project: bool) -> Bill:
    """The bill of a year.

    With a standby service, what the machines would have carried in their outages is billed by the service, and only the rest
    by the tariff. Reactive power is that of the site's load in both runs: a machine makes real power.
    """
    table, tariff, axis = inputs.scenario.tariff, inputs.tariff, inputs.axis
    net_kw = schedule.import_kw - schedule.export_kw
    if not with_project:
        return tariff_bill(inputs, model, schedule)
    if inputs.standby is None:
        account = tariff_bill(inputs, model, schedule)
    else:
        always = np.ones(axis.steps)
        able = always if inputs.availability is None else inputs.availability
        use = standby_use(
            inputs.standby,
            axis,
            load_kw=np.maximum(net_kw + schedule.net_power_kw, 0.0),
            generation_kw=schedule.net_power_kw,
            availability=able,
            planned_availability=always if inputs.planned_availability is None else inputs.planned_availability,
            normal_generation_kw=dispatch(replace(model.problem, availability=None), inputs.rule).net_power_kw,
            rated_kw=_rated_kw(model),
            dst=table.dst,
        )
        lines = standby_lines(inputs.standby, use, base_usd_per_kwh=hourly_energy_price(tariff, axis, table.dst))
        account = with_lines(tariff_bill(inputs, model, schedule, use.full_kw), lines, use.notes)
    departing = _departing_load(inputs, model, schedule, operating_year=1)
    return with_lines(account, departing) if departing else account


def departing_load_usd(inputs: StudyInputs, model: SiteModel, schedule: Schedule) -> Floats:
    """The charge on departing load in each year of operation (years,), at the prices of the first."""
    years = range(1, inputs.scenario.finance.years + 1)
    lines = [_departing_load(inputs, model, schedule, operating_year=year) for year in years]
    return np.array([math.fsum(line.amount_usd for line in of_year) for of_year in lines])


def _departing_load(inputs: StudyInputs, model: SiteModel, schedule: Schedule, *, operating_year: int) -> tuple[BillLine, ...]:
    """The lines of the charge on what the site makes and uses itself; none without such a charge."""
    charge = inputs.scenario.tariff.departing_load
    if charge is None:
        return ()
    used_kw = np.maximum(schedule.net_power_kw - schedule.export_kw, 0.0)
    return departing_load_lines(charge, used_kw, inputs.axis, operating_year=operating_year, rated_kw=_rated_kw(model))


def _rated_kw(model: SiteModel) -> float:
    """Net rating of all machines [kW]."""
    return model.problem.envelope.rated_power_kw * model.problem.envelope.count
