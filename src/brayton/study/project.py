"""From a year with and without to a project of money: what it costs, what it saves by item, what its machines do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from brayton.core.errors import Faults
from brayton.study.electric_bill import departing_load_usd
from brayton.study.inputs import StudyInputs
from brayton.study.landfill import energy_of_years, gas_of_years
from brayton.study.money.checks import check_project
from brayton.study.money.first_year import FirstYear
from brayton.study.money.project import Operation, Project, Saving, site_savings
from brayton.study.money.terms import escalate
from brayton.study.result import MachineYear, Run
from brayton.study.site_model import SiteModel

Floats = NDArray[np.float64]


def installed_cost(inputs: StudyInputs, model: SiteModel) -> float:
    """Machines and the equipment that comes with them [USD]."""
    machine, envelope = inputs.scenario.machine[0], model.problem.envelope
    machines_usd = machine.installed_cost_usd_per_kw * envelope.rated_power_kw * machine.count
    return machines_usd + sum(model.hosts.installed_cost_usd.values())


def project_of(
    inputs: StudyInputs,
    model: SiteModel,
    installed_cost_usd: float,
    first_year: FirstYear,
    year: MachineYear,
    project: Run,
    twin: Run,
) -> Project:
    """The project as its finance sees it: twin less project by item, and the operation of the first year."""
    machine, envelope = inputs.scenario.machine[0], model.problem.envelope
    operation = Operation(
        generated_kwh=year.generated_net_kwh,
        heat_kwh=year.heat_used_kwh,
        run_hours=year.run_hours,
        starts=year.starts,
        units=machine.count,
        rated_kw=envelope.rated_power_kw * machine.count,
        saved_co2_kg=twin.co2_kg - project.co2_kg,
    )
    savings = site_savings(first_year, project.machine_fuel_usd, inputs.scenario.finance.terms())
    share, departing_usd = _gas_share(inputs, model), departing_load_usd(inputs, model, project.schedule)
    return Project(
        installed_cost_usd, tuple(_over_the_years(inputs, saving, share, departing_usd) for saving in savings), operation
    )


def _over_the_years(inputs: StudyInputs, saving: Saving, gas_share: Floats, departing_usd: Floats) -> Saving:
    """A saving as a series of years where more than prices changes it.

    gas_share (years,): energy from gas of the site's own over that of the first year. departing_usd (years,): charge on departing
    load at the prices of the first year, in whose saving of electricity the first one is.
    """
    spared_usd = departing_usd[0] - departing_usd if saving.electric else np.zeros_like(departing_usd)
    if saving.escalation is None or (np.ptp(gas_share) == 0.0 and not spared_usd.any()):
        return saving
    finance = inputs.scenario.finance
    growth = escalate(1.0, saving.escalation, finance.years, finance.convention)
    return replace(saving, usd=(float(np.asarray(saving.usd)) + spared_usd) * growth * gas_share, escalation=None)


def _gas_share(inputs: StudyInputs, model: SiteModel) -> Floats:
    """What the machines make of the site's own gas in each year over the first (years,); ones where nobody knows its course."""
    table, years = inputs.scenario.gas_supply, inputs.scenario.finance.years
    if table is None or table.landgem is None or model.on_gas is None:
        return np.ones(years)
    energy = energy_of_years(model.on_gas, gas_of_years(table, inputs.axis.year, years), inputs.axis)
    return energy / energy[0] if energy[0] > 0.0 else np.ones(years)


def check_money(inputs: StudyInputs, model: SiteModel) -> None:
    """InputError with every key of the finance that another one, or the project, contradicts."""
    cost, envelope = installed_cost(inputs, model), model.problem.envelope
    count, finance = inputs.scenario.machine[0].count, inputs.scenario.finance
    operation = Operation(units=count, rated_kw=envelope.rated_power_kw * count)
    savings = site_savings(FirstYear(0.0, 0.0, 0.0, 0.0), 0.0, finance.terms())
    with Faults(file=inputs.scenario_file) as faults:
        check_project(Project(cost, savings, operation), finance, faults)
