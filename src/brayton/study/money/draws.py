"""Many draws of one project at once: the cash-flow engine with draws in front of the years."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from brayton.study.money.cashflow import Money, whole_money
from brayton.study.money.measures import paybacks_years, present_values, rates_of_return
from brayton.study.money.party import Party
from brayton.study.money.project import Project
from brayton.study.money.table import Finance


@dataclass(frozen=True)
class DrawnMeasures:
    """Measures of each draw; NaN where a draw has none."""

    npv_usd: NDArray[np.float64]
    irr: NDArray[np.float64]
    simple_payback_years: NDArray[np.float64]
    discounted_payback_years: NDArray[np.float64]


def net_present_values_usd(project: Project, finance: Finance) -> NDArray[np.float64]:
    """Net present value of each draw, after tax, under one owner; shape of the draws in `project`."""
    return money_of_draws(project, finance).whole.present_value_usd.sum(axis=-1)


def measures_of(whole: Party) -> DrawnMeasures:
    """The measures of each draw of a party."""
    return DrawnMeasures(
        npv_usd=whole.present_value_usd.sum(axis=-1),
        irr=rates_of_return(whole.after_tax_usd),
        simple_payback_years=paybacks_years(whole.unlevered_usd),
        discounted_payback_years=paybacks_years(present_values(whole.unlevered_usd, whole.nominal_discount_rate)),
    )


def money_of_draws(project: Project, finance: Finance) -> Money:
    """All draws under one owner: no contract is formed."""
    plain = finance.model_copy(update={"purchase_agreement": None, "shared_savings": None})
    return whole_money(project, plain)
