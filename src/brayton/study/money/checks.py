"""Rules that join a project and its finance: what cannot both hold is a fault (law L6)."""

from __future__ import annotations

import numpy as np

from brayton.core.errors import Faults
from brayton.study.money.incentives import Incentives, capital_incentive_usd
from brayton.study.money.project import Project
from brayton.study.money.statements import OWN_LINES
from brayton.study.money.table import Finance, check_finance

OWN_NAMES = (
    *("investment", "service", "debt_drawn", "principal", "salvage"),
    *("transfer", "electricity_sold", "heat_sold", "energy_sold", "shared_saving"),
    *OWN_LINES,
)
"""Names of flows and of lines that the finance itself makes; no item of a file may have one."""


def check_project(project: Project, finance: Finance, faults: Faults) -> None:
    """Add a fault for each key of `finance` that another one, or the project, contradicts."""
    names = tuple(saving.name for saving in project.savings)
    check_finance(finance, faults, items=names, rated_kw=project.operation.rated_kw)
    _check_names(names, finance, faults)
    if not faults.found:
        _check_amounts(project, finance, faults)


def _check_names(names: tuple[str, ...], finance: Finance, faults: Faults) -> None:
    """Faults for two flows of one name: each is told by its name alone."""
    incentives = finance.incentives or Incentives()
    places = [
        *((f"savings_usd.{name}", name) for name in names),
        *((f"finance.overhaul[{index}].name", item.name) for index, item in enumerate(finance.overhaul)),
        *((f"finance.incentives.capital[{index}].name", item.name) for index, item in enumerate(incentives.capital)),
        *((f"finance.incentives.production[{index}].name", item.name) for index, item in enumerate(incentives.production)),
    ]
    taken = set(OWN_NAMES)
    for place, name in places:
        if name in taken:
            faults.add(place, name, "is the name of another line of the cash flow", "Choose another name.")
        taken.add(name)


def _check_amounts(project: Project, finance: Finance, faults: Faults) -> None:
    """Faults for grants or a loan beyond what is invested, in the dearest draw."""
    cost = float(np.max(project.installed_cost_usd))
    capital = finance.incentives.capital if finance.incentives is not None else ()
    grants = sum(float(capital_incentive_usd(item, cost, project.operation.rated_kw or 0.0)) for item in capital)
    if grants > cost:
        rule = f"adds up to {grants:,.0f} USD, more than the installed cost of {cost:,.0f} USD"
        faults.add("finance.incentives.capital", f"{len(capital)} incentives", rule, "Correct the amounts, or cap them.")
    debt = finance.debt
    if debt is not None and debt.amount_usd is not None and debt.amount_usd > cost - grants:
        rule = f"is more than the investment less incentives, {cost - grants:,.0f} USD"
        faults.add("finance.debt.amount_usd", debt.amount_usd, rule, "Borrow less, or correct the cost.")
