"""The engine against the plain cash flow, its measures, and draws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from brayton.core.records import parse_record
from brayton.study.money.cashflow import whole_money
from brayton.study.money.document import money_document
from brayton.study.money.draws import net_present_values_usd
from brayton.study.money.first_year import FirstYear, cash_flow, levelised_cost_usd_per_kwh
from brayton.study.money.measures import present_values, why_no_rate
from brayton.study.money.project import Operation, Project, site_savings
from brayton.study.money.table import Finance


@pytest.mark.parametrize("convention", ["year1_unescalated", "year1_escalated"])
def test_savings_of_a_site_give_the_plain_cash_flow(convention):
    """Without tables in [finance] the engine and the plain cash flow are one; so is the levelised cost."""
    finance = parse_record(
        Finance,
        {
            "years": 15, "discount_rate": 0.05, "discount_rate_basis": "real", "inflation": 0.02, "tax_rate": 0.2,
            "escalation_electric": 0.03, "escalation_fuel": 0.01, "escalation_om": 0.02, "convention": convention,
        },
    )  # fmt: skip
    terms, first = finance.terms(), FirstYear(90_000.0, -40_000.0, -8000.0, 500_000.0)
    plain = cash_flow(200_000.0, first, terms)
    money = whole_money(Project(200_000.0, site_savings(first, 55_000.0, terms), Operation(generated_kwh=500_000.0)), finance)
    assert money.whole.after_tax_usd == pytest.approx(plain.net_usd, abs=1e-9)
    assert money.whole.present_value_usd == pytest.approx(plain.present_value_usd, abs=1e-9)
    assert money.lcoe_usd_per_kwh == pytest.approx(levelised_cost_usd_per_kwh(200_000.0, first, terms))
    assert money.whole.simple_payback_years == pytest.approx(plain.simple_payback_years)


def test_levelised_cost_is_the_price_at_which_the_project_pays_before_tax(money_of, project):
    terms = {"service": {"usd_per_kwh": 0.01}, "salvage": {"usd": 5000.0}, "degradation": 0.01}
    cost = money_of(**terms).lcoe_usd_per_kwh
    assert cost is not None
    savings = (replace(project.savings[0], usd=cost * 400_000.0), *project.savings[1:])
    assert money_of(replace(project, savings=savings), **terms).whole.npv_usd == pytest.approx(0.0, abs=1e-6)
    assert money_of(replace(project, operation=Operation())).lcoe_usd_per_kwh is None


def test_cost_of_saved_co2_is_the_price_that_would_make_it_even(money_of, project):
    dear = replace(project, installed_cost_usd=400_000.0)
    money = money_of(dear)
    cost = money.cost_of_saved_co2_usd_per_t
    assert cost is not None
    paid = np.where(money.whole.year > 0, cost * 50.0, 0.0)
    assert present_values(money.whole.after_tax_usd + paid, 0.08).sum() == pytest.approx(0.0, abs=1e-6)
    assert (money_of().cost_of_saved_co2_usd_per_t or 0.0) < 0.0, "a project that pays saves CO2 at a gain"
    assert money_of(replace(project, operation=Operation())).cost_of_saved_co2_usd_per_t is None


@pytest.mark.parametrize(
    ("flows", "words"),
    [
        ([0.0, 0.0], "nothing is paid"),
        ([1.0, 2.0], "nothing is invested"),
        ([-1.0, -2.0], "nothing comes back"),
        ([-100.0, 230.0, -132.0], "2 rates"),
        ([100.0, -200.0, 101.0], "no rate"),
    ],
)
def test_why_there_is_no_rate(flows, words):
    assert words in (why_no_rate(flows) or "")
    assert why_no_rate([-1.0, 2.0]) is None


def test_document_says_what_is_open(money_of, project):
    terms = {
        "depreciation": {"method": "macrs", "years": 20},
        "tax_rate": 0.2,
        "debt": {"fraction": 0.5, "rate": 0.05, "years": 3},
    }
    document = money_document(money_of(replace(project, installed_cost_usd=1e6), **terms))
    assert document["irr"] is not None
    assert any("not yet deducted" in note for note in document["notes"])
    assert document["debt_service_coverage"]["lowest"] < 1.0
    assert document["profitability_index"] < 1.0
    free = money_document(money_of(replace(project, installed_cost_usd=0.0)))
    assert (free["irr"], free["irr_reason"]) == (None, "nothing is invested: no year has a negative flow")


def test_every_null_has_its_note(money_of, project):
    poor = replace(project, savings=project.savings[2:], operation=Operation())
    document = money_document(money_of(poor, shared_savings={"owner_share": 0.5}))
    nulls = {name for name, value in document.items() if value is None} - {"irr_reason", "debt_service_coverage"}
    assert nulls == {"irr", "simple_payback_years", "discounted_payback_years", "lcoe_usd_per_kwh", "cost_of_saved_co2_usd_per_t"}
    told = {note.split(" is null")[0] for note in document["notes"] if " is null: " in note}
    assert nulls | {"sides.owner.irr", "sides.host.profitability_index"} <= told


def test_ten_thousand_draws_are_each_the_engine(money_of, project):
    random = np.random.default_rng(3)
    count, finance = 10_000, parse_record(Finance, FULL)
    factors = random.uniform(0.6, 1.4, (len(project.savings), count))
    savings = tuple(replace(saving, usd=saving.usd * factor) for saving, factor in zip(project.savings, factors, strict=True))
    cost, hours = random.uniform(1e5, 3e5, count), random.uniform(4000.0, 17_000.0, count)
    drawn = replace(project, installed_cost_usd=cost, savings=savings, operation=replace(project.operation, run_hours=hours))
    values = net_present_values_usd(drawn, finance)
    assert values.shape == (count,)
    for index in (0, 17, 9_999):
        single = tuple(replace(saving, usd=saving.usd[index]) for saving in savings)
        operation = replace(project.operation, run_hours=hours[index])
        alone = whole_money(Project(cost[index], single, operation), finance).whole.npv_usd
        assert values[index] == pytest.approx(alone, rel=1e-12)


FULL = {
    "years": 20, "discount_rate": 0.08, "discount_rate_basis": "nominal", "escalation_electric": 0.02, "degradation": 0.005,
    "tax": {"federal_rate": 0.21, "state_rate": 0.06, "losses": "carry_forward", "loss_limit": 0.8},
    "depreciation": {"method": "macrs", "years": 5, "bonus_fraction": 0.4},
    "incentives": {"itc_fraction": 0.1, "capital": [{"name": "grant", "fraction": 0.1, "taxable": True, "reduces_basis": True}]},
    "debt": {"fraction": 0.5, "rate": 0.07, "years": 10}, "salvage": {"fraction": 0.05}, "service": {"usd_per_run_hour": 0.2},
    "overhaul": [{"name": "core", "usd_per_unit": 15_000.0, "every_fired_hours": 40_000.0, "treatment": "capitalise"}],
}  # fmt: skip
