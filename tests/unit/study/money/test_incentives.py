"""Incentives: amounts, caps, timing, and what they do to the basis."""

from __future__ import annotations

import pytest

from brayton.core.errors import InputError

STRAIGHT = {"tax_rate": 0.25, "depreciation": {"method": "straight_line", "years": 5}}


def grant(**keys):
    return {"incentives": {"capital": [{"name": "grant", "taxable": False, "reduces_basis": False} | keys]}}


def flow(money, name):
    return next(flow.usd for flow in money.whole.flows if flow.name == name)


@pytest.mark.parametrize(
    ("keys", "usd"),
    [
        ({"usd": 5000.0}, 5000.0),
        ({"usd_per_kw": 100.0}, 6000.0),
        ({"fraction": 0.1}, 15_000.0),
        ({"fraction": 0.1, "cap_usd": 9000.0}, 9000.0),
    ],
)
def test_amounts_and_caps(money_of, keys, usd):
    found = flow(money_of(**grant(**keys)), "grant")
    assert found.tolist() == [usd, *[0.0] * 10]


def test_grants_beyond_the_cost_are_a_fault(money_of):
    with pytest.raises(InputError, match="more than the installed cost of 150,000 USD"):
        money_of(**grant(usd=150_001.0))


def test_a_taxed_grant_is_income_of_year_1(money_of):
    plain, taxed = money_of(**STRAIGHT), money_of(**STRAIGHT, **grant(usd=8000.0, taxable=True))
    assert (taxed.whole.tax_usd - plain.whole.tax_usd).tolist() == pytest.approx([0.0, 2000.0, *[0.0] * 9])


def test_a_grant_off_the_basis_cuts_depreciation_and_credit(money_of):
    keys = grant(usd=50_000.0, reduces_basis=True)
    keys["incentives"]["itc_fraction"] = 0.1
    money = money_of(**STRAIGHT, **keys)
    assert money.whole.holdings.federal_credit_usd[1] == pytest.approx(10_000.0)
    assert money.whole.federal_depreciation_usd[1] == pytest.approx((100_000.0 - 5000.0) / 5)


def test_a_capped_credit_cuts_the_basis_by_half_of_what_is_given(money_of):
    money = money_of(**STRAIGHT, incentives={"itc_fraction": 0.3, "itc_cap_usd": 20_000.0, "state_itc_fraction": 0.02})
    assert money.whole.federal_depreciation_usd.sum() == pytest.approx(150_000.0 - 0.5 * (20_000.0 + 3000.0))
    whole_basis = money_of(**STRAIGHT, incentives={"itc_fraction": 0.3, "itc_basis_cut": 0.0})
    assert whole_basis.whole.federal_depreciation_usd.sum() == pytest.approx(150_000.0)


def test_payments_per_kwh_follow_output_and_end(money_of):
    payment = {"name": "pbi", "usd_per_kwh": 0.02, "years": 3, "escalation": 0.1, "taxable": False}
    money = money_of(tax_rate=0.25, degradation=0.01, incentives={"production": [payment]})
    assert flow(money, "pbi").tolist() == pytest.approx(
        [0.0, 8000.0, 8000.0 * 1.1 * 0.99, 8000.0 * (1.1 * 0.99) ** 2, *[0.0] * 7]
    )
    assert money.whole.tax_usd == pytest.approx(money_of(tax_rate=0.25, degradation=0.01).whole.tax_usd)


def test_credits_per_kwh_go_to_their_authority(money_of):
    credit = {"name": "credit", "usd_per_kwh": 0.01, "years": 2, "kind": "state_credit"}
    money = money_of(tax={"federal_rate": 0.2, "state_rate": 0.1}, incentives={"production": [credit]})
    plain = money_of(tax={"federal_rate": 0.2, "state_rate": 0.1})
    assert (money.whole.tax.state_tax_usd - plain.whole.tax.state_tax_usd)[1:4].tolist() == pytest.approx([-4000.0, -4000.0, 0.0])
    assert money.whole.tax_usd[1] - plain.whole.tax_usd[1] == pytest.approx(-4000.0 * 0.8), "federal tax on the credit"
