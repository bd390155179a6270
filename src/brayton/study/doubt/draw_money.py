"""The money of many draws at once: the cash flow of `money.cashflow`, and its measures for every draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from brayton.study.doubt.site_year import FirstYears
from brayton.study.money.draws import measures_of, money_of_draws
from brayton.study.money.measures import present_values
from brayton.study.money.project import Operation, Project, Saving
from brayton.study.money.table import Finance

Floats = NDArray[np.float64]


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
        money = money_of_draws(project, self.finance)
        whole, rate = money.whole, terms.nominal_discount_rate
        costs = sum(
            (flow.usd for flow in whole.flows if flow.name != "electric" and flow.kind not in ("interest", "debt")),
            start=np.zeros_like(money.generated_kwh),
        )
        energy = present_values(money.generated_kwh, rate).sum(axis=-1)
        cost = -present_values(costs, rate).sum(axis=-1)
        measures = measures_of(whole)
        return {
            "npv_usd": measures.npv_usd,
            "irr": measures.irr,
            "simple_payback_years": measures.simple_payback_years,
            "lcoe_usd_per_kwh": np.divide(cost, energy, out=np.full(cost.shape, np.nan), where=energy > 0.0),
        }
