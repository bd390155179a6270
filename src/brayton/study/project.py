"""From a year with and without to a project of money: what it costs, what it saves by item, what its machines do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from brayton.core.errors import Faults
from brayton.study.inputs import StudyInputs
from brayton.study.landfill import energy_of_years, gas_of_years
from brayton.study.money.checks import check_project
from brayton.study.money.first_year import FirstYear
from brayton.study.money.project import Operation, Project, Saving, site_savings
from brayton.study.money.terms import escalate
from brayton.study.result import MachineYear, Run
from brayton.study.site_model import SiteModel


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
    return Project(installed_cost_usd, tuple(_with_gas(inputs, model, saving) for saving in savings), operation)


def _with_gas(inputs: StudyInputs, model: SiteModel, saving: Saving) -> Saving:
    """A saving that follows the gas of the site's own over the years, where that is known to decline or to grow."""
    table, finance = inputs.scenario.gas_supply, inputs.scenario.finance
    if table is None or table.landgem is None or model.on_gas is None or saving.escalation is None:
        return saving
    energy = energy_of_years(model.on_gas, gas_of_years(table, inputs.axis.year, finance.years), inputs.axis)
    share = np.asarray(energy) / energy[0] if energy[0] > 0.0 else np.ones(finance.years)
    amounts = escalate(float(np.asarray(saving.usd)), saving.escalation, finance.years, finance.convention) * share
    return replace(saving, usd=amounts, escalation=None)


def check_money(inputs: StudyInputs, model: SiteModel) -> None:
    """InputError with every key of the finance that another one, or the project, contradicts."""
    cost, envelope = installed_cost(inputs, model), model.problem.envelope
    count, finance = inputs.scenario.machine[0].count, inputs.scenario.finance
    operation = Operation(units=count, rated_kw=envelope.rated_power_kw * count)
    savings = site_savings(FirstYear(0.0, 0.0, 0.0, 0.0), 0.0, finance.terms())
    with Faults(file=inputs.scenario_file) as faults:
        check_project(Project(cost, savings, operation), finance, faults)
