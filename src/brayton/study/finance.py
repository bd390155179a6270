"""The money of a project: first-year savings, escalated, taxed and discounted year by year.

Sign: money that flows to the owner of the project is positive. Year 0 is the investment; each later year is one year end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Convention = Literal["year1_unescalated", "year1_escalated"]

LOWEST_RATE, HIGHEST_RATE = -0.99, 1000.0
"""Range in which `internal_rate_of_return` looks for a rate."""


@dataclass(frozen=True)
class FinanceTerms:
    """How a cash flow is formed.

    years: years of operation. nominal_discount_rate [1/year]: see `nominal_rate` for a real one.
    escalation_* [1/year]: nominal growth of the price of electricity, of fuel and of O&M.
    tax_rate: share of each year's saving that is paid as tax, because a saving cuts deductible expenses; the investment is
    not depreciated. convention: whether prices of year 1 are those of the scenario or one escalation above them.
    """

    years: int
    nominal_discount_rate: float
    escalation_electric: float
    escalation_fuel: float
    escalation_om: float
    tax_rate: float
    convention: Convention = "year1_unescalated"


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


def nominal_rate(real_rate: float, inflation: float) -> float:
    """Nominal discount rate (1 + real) (1 + inflation) - 1 (Fisher)."""
    return (1.0 + real_rate) * (1.0 + inflation) - 1.0


def escalate(first_year_usd: float, rate: float, years: int, convention: Convention = "year1_unescalated") -> NDArray[np.float64]:
    """Amounts of years 1 to `years`: first_year (1 + rate)^(n - 1), or ^n where year 1 is already escalated (REopt)."""
    start = 0 if convention == "year1_unescalated" else 1
    return first_year_usd * np.power(1.0 + rate, np.arange(start, start + years))


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


def present_values(flows_usd: ArrayLike, nominal_discount_rate: float) -> NDArray[np.float64]:
    """Flows of years 0, 1, ... discounted to year 0: flow_n / (1 + rate)^n; their sum is the net present value."""
    flows = np.asarray(flows_usd, dtype=np.float64)
    return flows / (1.0 + nominal_discount_rate) ** np.arange(flows.size)


def internal_rate_of_return(flows_usd: ArrayLike) -> float | None:
    """The rate at which the net present value is zero; None if there is none or more than one in -99 % to 100,000 %.

    The net present value is a polynomial in x = 1 / (1 + rate). Its sign is scanned on a fine grid of log x and the only change
    is bisected, so flows that change sign several times do not mislead a local search.
    """
    flows = np.trim_zeros(np.asarray(flows_usd, dtype=float), "f")
    if flows.size == 0 or (flows >= 0.0).all() or (flows <= 0.0).all():
        return None
    scaled = flows / np.abs(flows).max()

    def value(log_x: ArrayLike) -> NDArray[np.float64]:
        return np.polynomial.polynomial.polyval(np.exp(log_x), scaled)

    grid = -np.log1p(np.array([HIGHEST_RATE, LOWEST_RATE]))
    points = np.linspace(grid[0], grid[1], 4001)
    positive = value(points) > 0.0
    changes = np.flatnonzero(positive[1:] != positive[:-1])
    if changes.size != 1:
        return None
    low, high = points[changes[0]], points[changes[0] + 1]
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if (value(middle) > 0.0) == positive[changes[0]] else (low, middle)
    return float(np.expm1(-0.5 * (low + high)))


def payback_years(flows_usd: ArrayLike) -> float | None:
    """Years until the cumulative flow turns from negative to not negative for good, linear within the year; None if it does not.

    Discounted payback is the same of `present_values`.
    """
    cumulative = np.cumsum(np.asarray(flows_usd, dtype=float))
    negative = np.flatnonzero(cumulative < 0.0)
    if negative.size == 0:
        return 0.0
    last = int(negative[-1])
    if last + 1 == cumulative.size:
        return None
    return last - float(cumulative[last]) / float(cumulative[last + 1] - cumulative[last])


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
