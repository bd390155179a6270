"""Income tax by hand: two authorities, losses, credits, gains."""

from __future__ import annotations

import numpy as np
import pytest

from brayton.study.money.tax import Tax, TaxBase, income_tax


def base(income, *, federal_credit=0.0, state_credit=0.0):
    income = np.asarray(income, dtype=float)
    none = np.zeros(income.shape)
    first = np.where(np.arange(income.shape[-1]) == 0, 1.0, 0.0)
    return TaxBase(income, none, none, none, none, federal_credit * first, state_credit * first)


def test_state_tax_is_deducted_from_federal_income():
    tax = income_tax(base([100.0]), Tax(federal_rate=0.21, state_rate=0.06))
    assert tax.total_usd[0] == pytest.approx(6.0 + 0.21 * 94.0)
    assert Tax(federal_rate=0.21, state_rate=0.06).effective_rate == pytest.approx(0.2574)
    kept = Tax(federal_rate=0.21, state_rate=0.06, state_deductible=False)
    assert income_tax(base([100.0]), kept).total_usd[0] == pytest.approx(27.0)


def test_a_state_credit_raises_federal_tax():
    tax = income_tax(base([100.0], state_credit=5.0), Tax(federal_rate=0.2, state_rate=0.1))
    assert tax.state_tax_usd[0] == 5.0
    assert tax.federal_tax_usd[0] == pytest.approx(0.2 * 95.0)


def test_a_loss_saves_tax_at_once_on_other_income():
    assert income_tax(base([-100.0]), Tax(federal_rate=0.2)).total_usd[0] == -20.0


def test_a_loss_carried_forward_offsets_later_income():
    carry = Tax(federal_rate=0.2, losses="carry_forward")
    assert income_tax(base([-100.0, 60.0, 60.0]), carry).total_usd.tolist() == pytest.approx([0.0, 0.0, 4.0])


def test_the_limit_leaves_a_fifth_of_each_year_to_be_taxed():
    carry = Tax(federal_rate=0.2, losses="carry_forward", loss_limit=0.8)
    assert income_tax(base([-100.0, 60.0, 60.0, 60.0]), carry).total_usd.tolist() == pytest.approx(
        [0.0, 2.4, 2.4, 8.0 + 4.0 - 0.8]
    )


def test_a_credit_is_carried_until_tax_is_due():
    carry = Tax(federal_rate=0.2, losses="carry_forward")
    found = income_tax(base([50.0, 50.0, 50.0], federal_credit=15.0), carry).total_usd
    assert found.tolist() == pytest.approx([0.0, 5.0, 10.0])


def test_draws_are_taxed_as_each_alone():
    carry = Tax(federal_rate=0.21, state_rate=0.05, losses="carry_forward", loss_limit=0.8)
    draws = np.array([[-100.0, 40.0, 200.0], [10.0, -5.0, 3.0]])
    together = income_tax(base(draws, federal_credit=3.0), carry).total_usd
    for row, found in zip(draws, together, strict=True):
        assert found == pytest.approx(income_tax(base(row, federal_credit=3.0), carry).total_usd)


def test_salvage_is_taxed_over_what_is_not_yet_deducted(money_of):
    terms = {"tax_rate": 0.25, "salvage": {"usd": 40_000.0}}
    sold = money_of(depreciation={"method": "straight_line", "years": 15}, **terms).whole
    unsold = money_of(depreciation={"method": "straight_line", "years": 15}, tax_rate=0.25).whole
    left = 150_000.0 * 5 / 15
    assert sold.tax_usd[10] - unsold.tax_usd[10] == pytest.approx(0.25 * (40_000.0 - left))
    never = money_of(**terms).whole.tax_usd[10] - money_of(tax_rate=0.25).whole.tax_usd[10]
    assert never == pytest.approx(0.25 * 40_000.0), "without depreciation there is no basis to deduct"
