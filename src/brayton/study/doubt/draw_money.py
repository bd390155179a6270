"""The money of many draws at once: the cash flow of `money.cashflow`, and its measures for every draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from brayton.study.doubt.site_year import FirstYears
from brayton.study.money.cashflow import replace_contract, whole_money
from brayton.study.money.measures import HIGHEST_RATE, LOWEST_RATE, internal_rate_of_return, present_values
from brayton.study.money.project import Operation, Project, Saving
from brayton.study.money.table import Finance

Floats = NDArray[np.float64]

BISECTIONS = 64
"""Halvings that bring the logarithm of a rate of return to the last digit of a float."""


@dataclass(frozen=True)
class DrawMoney:
    """What every draw is worth under one owner; a contract moves money between two sides and is left out.

    units, rated_kw: of all machines together, for overhauls and incentives.
    """

    finance: Finance
    units: int
    rated_kw: float

    def __call__(self, investment_usd: Floats, first_years: FirstYears) -> Mapping[str, Floats]:
        """Headline numbers (d,); NaN where one does not exist. Errors: as `whole_money`."""
        terms = self.finance.terms()
        project = Project(
            installed_cost_usd=investment_usd,
            savings=(
                Saving("electric", first_years.electric_saving_usd, terms.escalation_electric, electric=True),
                Saving("fuel", first_years.fuel_saving_usd, terms.escalation_fuel),
                Saving("om", first_years.om_saving_usd, terms.escalation_om),
            ),
            operation=Operation(
                generated_kwh=first_years.generated_net_kwh,
                run_hours=first_years.run_hours,
                starts=first_years.starts,
                units=self.units,
                rated_kw=self.rated_kw,
                saved_co2_kg=first_years.co2_saved_kg,
            ),
        )
        money = whole_money(project, replace_contract(self.finance))
        whole, rate = money.whole, terms.nominal_discount_rate
        costs = sum(
            (flow.usd for flow in whole.flows if flow.name != "electric" and flow.kind not in ("interest", "debt")),
            start=np.zeros_like(money.generated_kwh),
        )
        energy = present_values(money.generated_kwh, rate).sum(axis=-1)
        cost = -present_values(costs, rate).sum(axis=-1)
        return {
            "npv_usd": whole.present_value_usd.sum(axis=-1),
            "irr": rates_of_return(whole.after_tax_usd),
            "simple_payback_years": years_of_payback(whole.unlevered_usd),
            "lcoe_usd_per_kwh": np.divide(cost, energy, out=np.full(cost.shape, np.nan), where=energy > 0.0),
        }


def rates_of_return(flows_usd: Floats) -> Floats:
    """`measures.internal_rate_of_return` of each row (d, years), NaN for None.

    Flows that change their sign once have one root at most (Descartes): all of them are bisected at once. The others, which
    may have several, go through the scan of the single function.
    """
    found = np.full(len(flows_usd), np.nan)
    changes = _sign_changes(flows_usd)
    once = np.flatnonzero(changes == 1)
    found[once] = _bisected(flows_usd[once])
    for row in np.flatnonzero(changes > 1):
        rate = internal_rate_of_return(flows_usd[row])
        found[row] = np.nan if rate is None else rate
    return found


def _sign_changes(flows: Floats) -> NDArray[np.int64]:
    """How often the sign of the flows changes along each row; a zero keeps the sign before it."""
    signs = np.sign(flows)
    for year in range(1, signs.shape[1]):
        signs[:, year] = np.where(signs[:, year] == 0.0, signs[:, year - 1], signs[:, year])
    before, after = signs[:, :-1], signs[:, 1:]
    return ((before != after) & (before != 0.0)).sum(axis=1)


def _bisected(flows: Floats) -> Floats:
    """The only root of each row over x = 1/(1 + rate), by its logarithm; NaN outside the range of rates."""
    scaled = flows / np.abs(flows).max(axis=1, keepdims=True, initial=1e-300)

    def is_positive(log_x: Floats) -> NDArray[np.bool_]:
        x, value = np.exp(log_x), np.zeros(len(scaled))
        for column in scaled.T[::-1]:
            value = value * x + column
        return value > 0.0

    low = np.full(len(scaled), -np.log1p(HIGHEST_RATE))
    high = np.full(len(scaled), -np.log1p(LOWEST_RATE))
    begins = is_positive(low)
    inside = begins != is_positive(high)
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        left = is_positive(middle) == begins
        low, high = np.where(left, middle, low), np.where(left, high, middle)
    return np.where(inside, np.expm1(-0.5 * (low + high)), np.nan)


def years_of_payback(flows_usd: Floats) -> Floats:
    """`measures.payback_years` of each row (d, years), NaN for None."""
    cumulative = np.cumsum(flows_usd, axis=1)
    negative = cumulative < 0.0
    years = cumulative.shape[1]
    last = years - 1 - np.argmax(negative[:, ::-1], axis=1)
    rows, after = np.arange(len(cumulative)), np.minimum(last + 1, years - 1)
    before = cumulative[rows, last]
    rise = cumulative[rows, after] - before
    within = np.divide(-before, rise, out=np.full(len(cumulative), np.nan), where=rise > 0.0)
    return np.where(negative.any(axis=1), last + within, 0.0)
