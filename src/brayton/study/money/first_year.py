"""The plain cash flow: first-year savings of three kinds, escalated, taxed at one rate and discounted year by year.

Sign: money that flows to the owner of the project is positive. Year 0 is the investment; each later year is one year end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from brayton.study.money.measures import internal_rate_of_return, payback_years, present_values
from brayton.study.money.terms import FinanceTerms, escalate


@dataclass(frozen=True)
class FirstYear:
    """First-year differences between the runs without and with the project, at the prices of the scenario.

    *_saving_usd: without minus with; fuel and O&M savings are usually negative. generated_net_kwh: of the project's machines.
    """

    electric_saving_usd: float
    fuel_saving_usd: float
    om_saving_usd: float
    generated_net_kwh: float

    @property
    def saving_usd(self) -> float:
        return self.electric_saving_usd + self.fuel_saving_usd + self.om_saving_usd


@dataclass(frozen=True)
class CashFlow:
    """Year-by-year cash flow [USD]; every array runs from year 0 to the last year.

    net_usd = investment + savings - tax.
    """

    year: NDArray[np.int64]
    investment_usd: NDArray[np.float64]
    electric_saving_usd: NDArray[np.float64]
    fuel_saving_usd: NDArray[np.float64]
    om_saving_usd: NDArray[np.float64]
    tax_usd: NDArray[np.float64]
    net_usd: NDArray[np.float64]
    present_value_usd: NDArray[np.float64]

    @property
    def npv_usd(self) -> float:
        return float(self.present_value_usd.sum())

    @property
    def irr(self) -> float | None:
        return internal_rate_of_return(self.net_usd)

    @property
    def simple_payback_years(self) -> float | None:
        return payback_years(self.net_usd)

    def rows(self) -> list[dict[str, float]]:
        """One mapping per year, for JSON and tables."""
        names = list(self.__dataclass_fields__)
        return [
            dict(zip(names, values, strict=True))
            for values in zip(*(getattr(self, name).tolist() for name in names), strict=True)
        ]


def cash_flow(investment_usd: float, first_year: FirstYear, terms: FinanceTerms) -> CashFlow:
    """The cash flow of an investment (positive) that yields `first_year`, by the conventions of `terms`."""

    def series(first: float, rate: float) -> NDArray[np.float64]:
        return np.concatenate(([0.0], escalate(first, rate, terms.years, terms.convention)))

    year = np.arange(terms.years + 1)
    investment = np.where(year == 0, -investment_usd, 0.0)
    electric = series(first_year.electric_saving_usd, terms.escalation_electric)
    fuel = series(first_year.fuel_saving_usd, terms.escalation_fuel)
    om = series(first_year.om_saving_usd, terms.escalation_om)
    tax = terms.tax_rate * (electric + fuel + om)
    net = investment + electric + fuel + om - tax
    return CashFlow(year, investment, electric, fuel, om, tax, net, present_values(net, terms.nominal_discount_rate))


def levelised_cost_usd_per_kwh(investment_usd: float, first_year: FirstYear, terms: FinanceTerms) -> float | None:
    """Levelised cost of the machines' net electricity, with the fuel of the boiler that their heat replaces as a credit.

    (investment + present value of additional fuel and O&M) / present value of generated kWh, all at the nominal discount rate,
    before tax: the level price per kWh at which the project just pays. None without generation. Additional fuel is that of the
    run with the project minus that of the run without, so the heat credit is inside.
    """
    if first_year.generated_net_kwh <= 0.0:
        return None
    flow = cash_flow(investment_usd, first_year, terms)
    costs = present_values(-(flow.investment_usd + flow.fuel_saving_usd + flow.om_saving_usd), terms.nominal_discount_rate).sum()
    energy = np.where(flow.year > 0, first_year.generated_net_kwh, 0.0)
    return float(costs / present_values(energy, terms.nominal_discount_rate).sum())
