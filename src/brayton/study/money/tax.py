"""Income tax of state and country, year by year: what is deducted from what, credits, and what becomes of a loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from brayton.core.records import Record, key

Losses = Literal["other_income", "carry_forward"]


class Tax(Record):
    """`[finance.tax]`: federal and state rates, in place of the single `tax_rate`."""

    federal_rate: float = key("federal rate", "", 0.0, ge=0, lt=1)
    state_rate: float = key("state rate", "", 0.0, ge=0, lt=1)
    state_deductible: bool = key("whether state tax cuts income for federal tax", "", True)
    losses: Losses = key(
        "a loss and an unused credit are used against the owner's other income at once, or carried forward", "", "other_income"
    )
    loss_limit: float = key(
        "share of a later year's income that losses carried forward may offset; 0.8 by 26 U.S.C. 172(a)(2)", "", 1.0, gt=0, le=1
    )

    @property
    def effective_rate(self) -> float:
        """Rate on a dollar that both tax: state + federal (1 - state) where state tax is deductible."""
        return self.state_rate + self.federal_rate * (1.0 - self.state_rate if self.state_deductible else 1.0)


@dataclass(frozen=True)
class TaxYears:
    """Tax of years 0, 1, ... [USD], positive where it is paid; shape (..., years + 1).

    *_income_usd: taxable income before losses brought forward; *_tax_usd: after credits.
    """

    state_income_usd: NDArray[np.float64]
    federal_income_usd: NDArray[np.float64]
    state_tax_usd: NDArray[np.float64]
    federal_tax_usd: NDArray[np.float64]

    @property
    def total_usd(self) -> NDArray[np.float64]:
        return self.state_tax_usd + self.federal_tax_usd


@dataclass(frozen=True)
class TaxBase:
    """What is taxed in years 0, 1, ... [USD]: income before depreciation, deductions and credits of both authorities.

    A gain on a sale may differ between the two, as the depreciation before it does: *_gain_usd.
    """

    income_usd: NDArray[np.float64]
    federal_depreciation_usd: NDArray[np.float64]
    state_depreciation_usd: NDArray[np.float64]
    federal_gain_usd: NDArray[np.float64]
    state_gain_usd: NDArray[np.float64]
    federal_credit_usd: NDArray[np.float64]
    state_credit_usd: NDArray[np.float64]


def income_tax(base: TaxBase, tax: Tax) -> TaxYears:
    """State tax first; what is paid of it, credits taken off, cuts federal income where the law lets it."""
    state_income = base.income_usd + base.state_gain_usd - base.state_depreciation_usd
    state = _settle(state_income, base.state_credit_usd, tax.state_rate, tax)
    federal_income = base.income_usd + base.federal_gain_usd - base.federal_depreciation_usd
    federal_income = federal_income - (state if tax.state_deductible else 0.0)
    return TaxYears(state_income, federal_income, state, _settle(federal_income, base.federal_credit_usd, tax.federal_rate, tax))


def _settle(income_usd: NDArray[np.float64], credit_usd: NDArray[np.float64], rate: float, tax: Tax) -> NDArray[np.float64]:
    """Tax after credits. Carried forward: a loss offsets later income up to the limit, a credit offsets tax down to zero."""
    if tax.losses == "other_income":
        return rate * income_usd - credit_usd
    income, credit = np.broadcast_arrays(income_usd, credit_usd)
    paid = np.zeros(income.shape)
    loss, unused = np.zeros(income.shape[:-1]), np.zeros(income.shape[:-1])
    for year in range(income.shape[-1]):
        positive = np.maximum(income[..., year], 0.0)
        offset = np.minimum(loss, tax.loss_limit * positive)
        loss = loss - offset + np.maximum(-income[..., year], 0.0)
        due, unused = rate * (positive - offset), unused + credit[..., year]
        taken = np.minimum(unused, due)
        paid[..., year], unused = due - taken, unused - taken
    return paid
