"""Debt: what is drawn in year 0, and the interest and principal of each later year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.records import Record, key
from brayton.study.money.terms import HIGHEST


class Debt(Record):
    """`[finance.debt]`: a loan over the investment."""

    fraction: float | None = key(
        "share of the installed cost, less incentives paid at once, that is borrowed", "", None, gt=0, le=1
    )
    amount_usd: float | None = key("amount borrowed, in place of a share", "USD", None, gt=0, le=HIGHEST)
    rate: float = key("interest on the balance of the year before", "1/year", ge=0, lt=1)
    years: int = key("years until it is paid back", "years", ge=1, le=60)
    repayment: Literal["level", "equal_principal"] = key("the same payment every year, or the same principal", "", "level")
    interest_deductible: bool = key("whether interest cuts taxable income", "", True)


@dataclass(frozen=True)
class DebtService:
    """A loan, year by year from year 0; shape (..., years + 1). balance_usd: owed at the end of the year."""

    drawn_usd: NDArray[np.float64]
    interest_usd: NDArray[np.float64]
    principal_usd: NDArray[np.float64]
    balance_usd: NDArray[np.float64]

    @property
    def payment_usd(self) -> NDArray[np.float64]:
        return self.interest_usd + self.principal_usd


def debt_service(amount_usd: ArrayLike, debt: Debt, years: int) -> DebtService:
    """Interest and principal of a loan of `amount_usd` over the `years` of the study, which must be as long as the loan.

    Level payment: amount rate / (1 - (1 + rate)^-n), the last year leaving a balance of exactly zero.
    """
    amount = np.asarray(amount_usd, dtype=float)
    drawn = np.zeros((*amount.shape, years + 1))
    interest, principal, balance = np.zeros_like(drawn), np.zeros_like(drawn), np.zeros_like(drawn)
    drawn[..., 0] = balance[..., 0] = amount
    level = amount * (debt.rate / -np.expm1(-debt.years * np.log1p(debt.rate)) if debt.rate else 1.0 / debt.years)
    for year in range(1, debt.years + 1):
        before = balance[..., year - 1]
        interest[..., year] = debt.rate * before
        share = level - interest[..., year] if debt.repayment == "level" else amount / debt.years
        principal[..., year] = before if year == debt.years else share
        balance[..., year] = before - principal[..., year]
    return DebtService(drawn, interest, principal, balance)


def debt_service_coverage(available_usd: NDArray[np.float64], service: DebtService) -> NDArray[np.float64]:
    """Money before debt, after tax, over the payment of each year; NaN in years without a payment."""
    payment = service.payment_usd
    return np.divide(available_usd, payment, out=np.full(payment.shape, np.nan), where=payment > 0.0)
