"""How prices grow and money is discounted: the terms that every cash flow shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Convention = Literal["year1_unescalated", "year1_escalated"]

HIGHEST = 1e12
"""Largest amount of money, energy or time that a file may give: far above any plant, and sums still keep their cents."""


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


def escalate(
    first_year_usd: ArrayLike, rate: float, years: int, convention: Convention = "year1_unescalated"
) -> NDArray[np.float64]:
    """Amounts of years 1 to `years`: first_year (1 + rate)^(n - 1), or ^n where year 1 is already escalated (REopt)."""
    start = 0 if convention == "year1_unescalated" else 1
    return np.asarray(first_year_usd, dtype=float)[..., None] * np.power(1.0 + rate, np.arange(start, start + years))
