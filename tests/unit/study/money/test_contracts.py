"""Contracts from both sides, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from brayton.core.errors import InputError, SolveError
from brayton.study.money.cashflow import require_sides


def flows(party):
    return {flow.name: flow.usd for flow in party.flows}


def test_a_purchase_agreement_sells_power_and_heat(money_of):
    agreement = {"electric_usd_per_kwh": 0.12, "heat_usd_per_kwh": 0.015, "escalation": 0.02, "host_tax_rate": 0.0}
    owner, host = money_of(tax_rate=0.25, purchase_agreement=agreement).sides
    sold, paid = flows(owner), flows(host)
    assert sold["electricity_sold"][:3].tolist() == pytest.approx([0.0, 48_000.0, 48_960.0])
    assert sold["heat_sold"][1] == pytest.approx(9000.0)
    assert paid["electricity_sold"] == pytest.approx(-sold["electricity_sold"])
    assert set(sold) == {"investment", "machine_fuel", "om", "electricity_sold", "heat_sold"}
    assert host.after_tax_usd[1] == pytest.approx(60_000.0 + 12_000.0 - 48_000.0 - 9000.0), "the host pays no tax"
    assert owner.after_tax_usd[1] == pytest.approx(0.75 * (48_000.0 + 9000.0 - 35_000.0 - 6000.0))


def test_minimum_take_holds_as_output_falls(money_of):
    terms = {"electric_usd_per_kwh": 0.10, "minimum_take": 0.95}
    owner, _ = money_of(degradation=0.02, purchase_agreement=terms).sides
    share = flows(owner)["electricity_sold"][1:] / 40_000.0
    assert share[:3].tolist() == pytest.approx([1.0, 0.98, 0.9604])
    assert share[3:] == pytest.approx(0.95)


def test_a_discount_leaves_the_host_its_share(money_of):
    _, host = money_of(purchase_agreement={"discount": 0.1}).sides
    assert host.before_tax_usd[1:] == pytest.approx(0.1 * 72_000.0)


def test_shared_savings_keep_the_floor_of_the_host(money_of):
    """Saving 72,000 - 35,000 - 6,000 = 31,000 USD; the host bears all costs."""
    split = {"owner_share": 0.9, "owner_bears": []}
    for floor, kept in ((0.0, 3100.0), (10_000.0, 10_000.0), (40_000.0, 40_000.0)):
        owner, host = money_of(shared_savings={**split, "host_floor_usd": floor}).sides
        assert host.before_tax_usd[1] == pytest.approx(kept)
        assert owner.before_tax_usd[1] == pytest.approx(31_000.0 - kept), "beyond the saving the owner makes it up"


def test_the_host_takes_over_after_the_term(money_of):
    terms = {
        "tax_rate": 0.25,
        "depreciation": {"method": "straight_line", "years": 10},
        "salvage": {"usd": 8000.0},
        "shared_savings": {"owner_share": 0.8, "term_years": 6, "transfer_usd": 70_000.0},
    }
    owner, host = money_of(**terms).sides
    assert not owner.after_tax_usd[7:].any()
    assert flows(owner)["transfer"][6] == 70_000.0
    gain = 70_000.0 - 150_000.0 * 4 / 10
    income = flows(owner)["shared_saving"][6] + flows(owner)["machine_fuel"][6] + flows(owner)["om"][6]
    assert owner.tax_usd[6] == pytest.approx(0.25 * (income - 15_000.0 + gain))
    assert host.federal_depreciation_usd.tolist() == pytest.approx([0.0] * 7 + [17_500.0] * 4)
    assert flows(host)["machine_fuel"][[6, 7]].tolist() == [0.0, -35_000.0]
    assert flows(host)["salvage"][10] == 8000.0
    assert host.tax_usd[10] == pytest.approx(0.25 * (31_000.0 - 17_500.0 + 8000.0))


def test_credits_after_the_term_lapse_with_a_host_of_its_own_rate(money_of):
    credit = {"name": "credit", "usd_per_kwh": 0.01, "years": 10, "kind": "federal_credit"}
    terms = {"tax_rate": 0.25, "incentives": {"production": [credit]}}
    shared = {"owner_share": 0.5, "term_years": 6}
    _, same = money_of(**terms, shared_savings=shared).sides
    _, exempt = money_of(**terms, shared_savings={**shared, "host_tax_rate": 0.0}).sides
    assert same.holdings.federal_credit_usd.tolist() == pytest.approx([0.0] * 7 + [4000.0] * 4)
    assert not exempt.tax_usd.any()


@pytest.mark.parametrize(
    "contract",
    [
        {"purchase_agreement": {"electric_usd_per_kwh": 0.1, "term_years": 7, "transfer_usd": 1000.0}},
        {"purchase_agreement": {"discount": 0.2, "owner_bears": ["om"]}},
        {"shared_savings": {"owner_share": 0.5, "host_floor_usd": 9000.0, "term_years": 4}},
    ],
)
def test_sides_add_up_to_the_project_before_tax(money_of, contract):
    terms = {
        "debt": {"fraction": 0.5, "rate": 0.05, "years": 4},
        "overhaul": [{"name": "core", "usd_per_unit": 9000.0, "every_years": 4, "treatment": "capitalise"}],
        "service": {"usd_per_year": 500.0},
        "salvage": {"fraction": 0.1},
        "incentives": {"production": [{"name": "pbi", "usd_per_kwh": 0.01, "years": 8, "taxable": True}]},
    }
    money = money_of(tax_rate=0.2, **terms, **contract)
    owner, host = money.sides
    assert owner.before_tax_usd + host.before_tax_usd == pytest.approx(money.whole.before_tax_usd, abs=1e-9)
    assert money.whole.npv_usd == pytest.approx(money_of(tax_rate=0.2, **terms).whole.npv_usd), "the whole knows no contract"
    with pytest.raises(SolveError, match="miss the project"):
        require_sides(money.whole, (owner, replace(host, flows=host.flows[1:])))


def test_owner_bears_what_costs_money_unless_told(money_of):
    told = money_of(purchase_agreement={"discount": 0.0, "owner_bears": ["machine_fuel", "om"]}).sides
    silent = money_of(purchase_agreement={"discount": 0.0}).sides
    for one, other in zip(told, silent, strict=True):
        assert np.array_equal(one.after_tax_usd, other.after_tax_usd)


@pytest.mark.parametrize(
    ("contract", "path"),
    [
        ({"purchase_agreement": {}}, "finance.purchase_agreement"),
        ({"purchase_agreement": {"discount": 0.1, "heat_usd_per_kwh": 0.1}}, "finance.purchase_agreement"),
        ({"purchase_agreement": {"discount": 0.1, "minimum_take": 0.1}}, "finance.purchase_agreement.minimum_take"),
        ({"shared_savings": {"owner_share": 0.1, "term_years": 11}}, "finance.shared_savings.term_years"),
        ({"shared_savings": {"owner_share": 0.1, "transfer_usd": 11.0}}, "finance.shared_savings.transfer_usd"),
        ({"shared_savings": {"owner_share": 0.1, "owner_bears": ["fuel"]}}, "finance.shared_savings.owner_bears"),
        (
            {"shared_savings": {"owner_share": 0.1}, "purchase_agreement": {"discount": 0.1}},
            "finance.shared_savings",
        ),
        (
            {"shared_savings": {"owner_share": 0.1, "term_years": 3}, "debt": {"fraction": 0.5, "rate": 0.1, "years": 4}},
            "finance.debt.years",
        ),
    ],
)
def test_contracts_that_cannot_be_are_faults(money_of, contract, path):
    with pytest.raises(InputError) as caught:
        money_of(**contract)
    assert [fault.path for fault in caught.value.faults] == [path]
