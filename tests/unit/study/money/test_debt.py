"""Loans against closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.study.money.debt import Debt, debt_service, debt_service_coverage
from brayton.study.money.measures import present_values


def test_level_payment_is_the_annuity():
    service = debt_service(1000.0, Debt(fraction=0.5, rate=0.07, years=10), 12)
    assert service.payment_usd[1:11] == pytest.approx(1000.0 * 0.07 / (1 - 1.07**-10))
    assert service.balance_usd[10] == 0.0
    assert not service.payment_usd[11:].any()
    assert present_values(service.payment_usd, 0.07).sum() == pytest.approx(1000.0)


def test_equal_principal_pays_less_interest_each_year():
    service = debt_service(1000.0, Debt(fraction=0.5, rate=0.1, years=4, repayment="equal_principal"), 4)
    assert service.principal_usd.tolist() == [0.0, 250.0, 250.0, 250.0, 250.0]
    assert service.interest_usd.tolist() == pytest.approx([0.0, 100.0, 75.0, 50.0, 25.0])


def test_a_loan_without_interest_is_paid_back_evenly():
    assert debt_service(900.0, Debt(fraction=0.5, rate=0.0, years=3), 3).payment_usd.tolist() == [0.0, 300.0, 300.0, 300.0]


def test_balance_rolls_forward_for_each_draw():
    service = debt_service(np.array([500.0, 800.0]), Debt(fraction=0.5, rate=0.05, years=5), 8)
    assert np.diff(service.balance_usd, axis=-1) == pytest.approx(-service.principal_usd[..., 1:])


def test_coverage_is_nan_where_nothing_is_due():
    service = debt_service(100.0, Debt(fraction=0.5, rate=0.0, years=1), 2)
    found = debt_service_coverage(np.array([-100.0, 150.0, 150.0]), service)
    assert found[1] == 1.5
    assert np.isnan(found[[0, 2]]).all()


def test_interest_lowers_tax_unless_the_file_says_not(money_of):
    terms = {"tax_rate": 0.25, "debt": {"fraction": 0.5, "rate": 0.06, "years": 5}}
    plain, kept = money_of(**terms).whole, money_of(**{**terms, "debt": {**terms["debt"], "interest_deductible": False}}).whole
    assert kept.tax_usd - plain.tax_usd == pytest.approx(-0.25 * plain.sum_of("interest"))
    assert plain.unlevered_usd == pytest.approx(money_of(tax_rate=0.25).whole.after_tax_usd)
    assert kept.unlevered_usd == pytest.approx(plain.unlevered_usd)


@pytest.mark.parametrize(
    ("debt", "path"),
    [
        ({"rate": 0.05, "years": 5}, "finance.debt"),
        ({"rate": 0.05, "years": 5, "fraction": 0.5, "amount_usd": 1.0}, "finance.debt"),
        ({"rate": 0.05, "years": 11, "fraction": 0.5}, "finance.debt.years"),
        ({"rate": 0.05, "years": 5, "amount_usd": 150_001.0}, "finance.debt.amount_usd"),
    ],
)
def test_a_loan_that_cannot_be_is_a_fault(money_of, debt, path):
    with pytest.raises(InputError) as caught:
        money_of(debt=debt)
    assert [fault.path for fault in caught.value.faults] == [path]
