"""Depreciation against the rules that the printed tables were made by."""

from __future__ import annotations

import numpy as np
import pytest

from brayton.core.errors import Faults
from brayton.study.money.depreciation import (
    MACRS_PERCENT,
    Depreciation,
    DepreciationRule,
    check_depreciation,
    deducted_fractions,
    deductions_usd,
)


def declining_balance(years: int) -> list[float]:
    """Percent by year: declining balance with half a year first, straight line over what is left once that gives more."""
    factor = 2.0 if years <= 10 else 1.5
    left, passed, found = 100.0, 0.0, []
    while left > 1e-9:
        span = 0.5 if not found else min(1.0, years - passed)
        declining, straight = left * factor / years * span, left / (years - passed) * span
        found.append(max(declining, straight))
        left, passed = left - found[-1], passed + span
    return found


@pytest.mark.parametrize("years", MACRS_PERCENT)
def test_printed_tables_follow_from_declining_balance(years):
    """The tables are rounded to the last printed figure, and spread that rounding over the straight-line years."""
    printed, exact = np.array(MACRS_PERCENT[years]), np.array(declining_balance(years))
    assert printed.size == years + 1
    assert printed.sum() == pytest.approx(100.0, abs=1e-9)
    assert np.abs(printed - exact).max() <= (0.011 if years < 20 else 0.0011)


def test_straight_line_deducts_the_whole_basis():
    assert deductions_usd(7000.0, DepreciationRule(method="straight_line", years=7), 10).tolist() == [
        0.0,
        *[1000.0] * 7,
        0.0,
        0.0,
        0.0,
    ]


def test_bonus_comes_before_the_rule():
    fractions = deducted_fractions(DepreciationRule(method="macrs", years=5, bonus_fraction=0.4))
    assert fractions[:2].tolist() == pytest.approx([0.4 + 0.6 * 0.2, 0.6 * 0.32])
    assert fractions.sum() == pytest.approx(1.0)


def test_a_basis_that_enters_late_is_cut_at_the_last_year():
    found = deductions_usd(1000.0, DepreciationRule(method="straight_line", years=5), 6, first_year=4)
    assert found.tolist() == [0.0, 0.0, 0.0, 0.0, 200.0, 200.0, 200.0]


def test_draws_stand_in_front_of_the_years():
    found = deductions_usd([100.0, 300.0], DepreciationRule(method="custom", fractions=(0.5, 0.25)), 3)
    assert found.tolist() == [[0.0, 50.0, 25.0, 0.0], [0.0, 150.0, 75.0, 0.0]]


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        (Depreciation(method="macrs"), "d.years"),
        (Depreciation(method="macrs", years=6), "d.years"),
        (Depreciation(method="none", years=5), "d.years"),
        (Depreciation(method="custom"), "d.fractions"),
        (Depreciation(method="custom", fractions=(0.7, 0.7)), "d.fractions"),
        (Depreciation(method="custom", fractions=(1.2, -0.2)), "d.fractions"),
        (Depreciation(method="straight_line", years=5, fractions=(1.0,)), "d.fractions"),
        (Depreciation(method="none", bonus_fraction=0.5), "d.bonus_fraction"),
    ],
)
def test_keys_that_do_not_fit_the_method_are_faults(rule, path):
    faults = Faults()
    check_depreciation(rule, "d", faults)
    assert [fault.path for fault in faults.found] == [path]
