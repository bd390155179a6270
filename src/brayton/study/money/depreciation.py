"""Depreciation for tax: straight line, MACRS with bonus, or percentages of one's own; what is deducted in each year.

MACRS: General Depreciation System, half-year convention, IRS Publication 946 (2023), Appendix A, Table A-1: 200 % declining
balance for 3 to 10 years and 150 % for 15 and 20, with a switch to straight line where that gives more.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Faults
from brayton.core.records import Record, key

MACRS_PERCENT: dict[int, tuple[float, ...]] = {
    3: (33.33, 44.45, 14.81, 7.41),
    5: (20.00, 32.00, 19.20, 11.52, 11.52, 5.76),
    7: (14.29, 24.49, 17.49, 12.49, 8.93, 8.92, 8.93, 4.46),
    10: (10.00, 18.00, 14.40, 11.52, 9.22, 7.37, 6.55, 6.55, 6.56, 6.55, 3.28),
    15: (5.00, 9.50, 8.55, 7.70, 6.93, 6.23, 5.90, 5.90, 5.91, 5.90, 5.91, 5.90, 5.91, 5.90, 5.91, 2.95),
    20: (
        *(3.750, 7.219, 6.677, 6.177, 5.713, 5.285, 4.888, 4.522, 4.462, 4.461, 4.462),
        *(4.461, 4.462, 4.461, 4.462, 4.461, 4.462, 4.461, 4.462, 4.461, 2.231),
    ),
}
"""Percent of the basis by recovery period [years] and year of service, as printed."""

Method = Literal["none", "straight_line", "macrs", "custom"]


class DepreciationRule(Record):
    """How one tax authority lets a basis be deducted."""

    method: Method = key("`none`, `straight_line`, `macrs` (half-year convention) or `custom`")
    years: int | None = key("recovery period; with `macrs` 3, 5, 7, 10, 15 or 20", "years", None, ge=1, le=60)
    bonus_fraction: float = key(
        "share of the basis deducted in the first year before the rule takes the rest", "", 0.0, ge=0, le=1
    )
    fractions: tuple[float, ...] | None = key("with `custom`: share of the basis deducted in each year of service", "", None)


class Depreciation(DepreciationRule):
    """`[finance.depreciation]`: for federal tax, and for state tax where that is not the same."""

    state: DepreciationRule | None = None


def check_depreciation(rule: DepreciationRule, path: str, faults: Faults) -> None:
    """Add a fault for each key of `rule` that its method lacks, or has no use for."""
    if (rule.years is None) == (rule.method in ("straight_line", "macrs")):
        needs = "is required with" if rule.years is None else "has no use with"
        faults.add(
            f"{path}.years", rule.years or "(absent)", f"{needs} method {rule.method!r}", "Years go with straight_line and macrs."
        )
    elif rule.method == "macrs" and rule.years not in MACRS_PERCENT:
        faults.add(f"{path}.years", rule.years, "is no recovery period of the half-year tables", "Give 3, 5, 7, 10, 15 or 20.")
    if (rule.fractions is None) == (rule.method == "custom"):
        needs = "is required with" if rule.fractions is None else "has no use with"
        value = rule.fractions or "(absent)"
        faults.add(f"{path}.fractions", value, f"{needs} method {rule.method!r}", "Fractions go with custom, one per year.")
    elif rule.fractions and not (min(rule.fractions) >= 0.0 and sum(rule.fractions) <= 1.0 + 1e-9):
        faults.add(
            f"{path}.fractions", rule.fractions, "must not be negative nor add up to more than 1", "Give shares of the basis."
        )
    if rule.bonus_fraction and rule.method == "none":
        faults.add(f"{path}.bonus_fraction", rule.bonus_fraction, "has no use with method 'none'", "Choose a method.")


def deducted_fractions(rule: DepreciationRule) -> NDArray[np.float64]:
    """Share of the basis deducted in the first, second, ... year of service, bonus included."""
    if rule.method == "none":
        return np.zeros(0)
    if rule.method == "custom":
        regular = np.array(rule.fractions)
    elif rule.method == "macrs":
        regular = np.array(MACRS_PERCENT[rule.years or 0]) / 100.0
    else:
        regular = np.full(rule.years or 1, 1.0 / (rule.years or 1))
    regular = regular * (1.0 - rule.bonus_fraction)
    regular[0] += rule.bonus_fraction
    return regular


def deductions_usd(basis_usd: ArrayLike, rule: DepreciationRule, years: int, *, first_year: int = 1) -> NDArray[np.float64]:
    """Deduction of years 0 to `years` for a basis that enters service in `first_year`; shape (..., years + 1).

    What is not yet deducted in the last year stays in the basis; whoever sells the asset deducts it there.
    """
    fractions = deducted_fractions(rule)[: max(years + 1 - first_year, 0)]
    by_year = np.zeros(years + 1)
    by_year[first_year : first_year + fractions.size] = fractions
    return np.asarray(basis_usd, dtype=float)[..., None] * by_year
