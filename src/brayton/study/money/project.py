"""What a project is before its finance: its cost, its savings by item, and what its machines do in the first year."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.typing import ArrayLike

from brayton.study.money.first_year import FirstYear
from brayton.study.money.terms import FinanceTerms


@dataclass(frozen=True)
class Saving:
    """One item of what the project saves (positive) or costs (negative) [USD].

    usd: amount of the first year, shape (...,) for draws, which grows at `escalation` [1/year] by the convention of the
    finance and falls with degradation where it `degrades`; or, with `escalation` None, a series of all years, shape
    (..., years), taken as it is. taxable: whether it counts as income or deduction. electric: whether it is money for
    electricity, which the levelised cost leaves out.
    """

    name: str
    usd: ArrayLike
    escalation: float | None
    taxable: bool = True
    degrades: bool = True
    electric: bool = False


@dataclass(frozen=True)
class Operation:
    """What all machines of the project do in the first year; each figure may be an array of draws.

    run_hours, starts: of all `units` together, shared evenly. saved_co2_kg: the twin's emission minus the project's.
    """

    generated_kwh: ArrayLike = 0.0
    heat_kwh: ArrayLike = 0.0
    run_hours: ArrayLike = 0.0
    starts: ArrayLike = 0.0
    units: int = 1
    rated_kw: float | None = None
    saved_co2_kg: ArrayLike = 0.0


@dataclass(frozen=True)
class Project:
    """Cost, savings and operation. installed_cost_usd: positive; an array for draws."""

    installed_cost_usd: ArrayLike
    savings: tuple[Saving, ...]
    operation: Operation = Operation()


def site_savings(first_year: FirstYear, machine_fuel_usd: float, terms: FinanceTerms) -> tuple[Saving, ...]:
    """The savings of a site: its bill, the fuel of the boiler, the fuel of the machines (a cost), and O&M.

    machine_fuel_usd: what the machines burn in the first year, positive; the fuel saving of `first_year` has it inside.
    """
    return (
        Saving("electric", first_year.electric_saving_usd, terms.escalation_electric, electric=True),
        Saving("boiler_fuel", first_year.fuel_saving_usd + machine_fuel_usd, terms.escalation_fuel),
        Saving("machine_fuel", -machine_fuel_usd, terms.escalation_fuel),
        Saving("om", first_year.om_saving_usd, terms.escalation_om),
    )
