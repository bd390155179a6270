"""What holds for every project: years add up, sides share, statements tie, draws are single cases."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brayton.core.records import parse_record
from brayton.study.money.cashflow import whole_money
from brayton.study.money.draws import measures_of, money_of_draws, net_present_values_usd
from brayton.study.money.measures import present_values
from brayton.study.money.project import Operation, Project, Saving
from brayton.study.money.statements import statement_ties, statements
from brayton.study.money.table import Finance
from brayton.study.money.ties import require_ties

SETTINGS = settings(deadline=None, derandomize=True, max_examples=60)

rates = st.floats(-0.05, 0.1)
shares = st.floats(0.01, 0.99)
YEARS = 12


@st.composite
def projects(draw: st.DrawFn) -> Project:
    amounts = [draw(st.floats(1e3, 1e5)), draw(st.floats(0.0, 3e4)), -draw(st.floats(0.0, 6e4)), -draw(st.floats(0.0, 1e4))]
    names = ("electric", "boiler_fuel", "machine_fuel", "om")
    savings = tuple(
        Saving(name, usd, draw(rates), taxable=draw(st.booleans()), degrades=draw(st.booleans()), electric=name == "electric")
        for name, usd in zip(names, amounts, strict=True)
    )
    operation = Operation(
        generated_kwh=draw(st.floats(1e4, 1e6)),
        heat_kwh=draw(st.floats(0.0, 1e6)),
        run_hours=draw(st.floats(0.0, 25_000.0)),
        starts=draw(st.floats(0.0, 500.0)),
        units=draw(st.integers(1, 4)),
        rated_kw=60.0,
    )
    return Project(draw(st.floats(1e4, 1e6)), savings, operation)


METHODS = (
    {"method": "none"},
    {"method": "straight_line", "years": 9},
    {"method": "macrs", "years": 5, "bonus_fraction": 0.4, "state": {"method": "macrs", "years": 15}},
    {"method": "custom", "fractions": [0.5, 0.2]},
)


@st.composite
def finances(draw: st.DrawFn) -> dict[str, Any]:
    """A `[finance]` in which any table may be there or not; no contract."""
    tables: dict[str, Any] = {
        "tax": {
            "federal_rate": draw(st.floats(0.0, 0.4)), "state_rate": draw(st.floats(0.0, 0.12)),
            "state_deductible": draw(st.booleans()), "losses": draw(st.sampled_from(("other_income", "carry_forward"))),
            "loss_limit": draw(st.sampled_from((0.8, 1.0))),
        },
        "depreciation": draw(st.sampled_from(METHODS)),
        "debt": {
            "fraction": draw(shares), "rate": draw(st.floats(0.0, 0.15)), "years": draw(st.integers(1, 6)),
            "repayment": draw(st.sampled_from(("level", "equal_principal"))), "interest_deductible": draw(st.booleans()),
        },
        "salvage": {"fraction": draw(shares)},
        "service": {"usd_per_year": 100.0, "usd_per_kwh": 0.001, "usd_per_start": 1.0, "first_year": draw(st.integers(1, 5)),
                    "covers": ["core"]},
        "incentives": {
            "itc_fraction": draw(st.floats(0.0, 0.4)), "state_itc_fraction": draw(st.floats(0.0, 0.1)),
            "capital": [{"name": "grant", "fraction": 0.1, "taxable": draw(st.booleans()), "reduces_basis": draw(st.booleans())}],
            "production": [{"name": "payment", "usd_per_kwh": 0.01, "years": 5, "taxable": draw(st.booleans())}],
        },
    }  # fmt: skip
    chosen = {name: table for name, table in tables.items() if draw(st.booleans())}
    overhauls = [
        {
            "name": "core",
            "usd_per_unit": 9000.0,
            "every_fired_hours": 30_000.0,
            "hours_per_start": 5.0,
            "treatment": "capitalise",
        },
        {"name": "battery", "usd_per_unit": 900.0, "every_years": 2.5},
    ]
    return {
        "years": YEARS, "discount_rate": draw(st.floats(0.0, 0.2)), "discount_rate_basis": "nominal",
        "convention": draw(st.sampled_from(("year1_unescalated", "year1_escalated"))),
        "degradation": draw(st.floats(0.0, 0.03)), "overhaul": overhauls, **chosen,
    }  # fmt: skip


def finance_of(tables: dict[str, Any]) -> Finance:
    return parse_record(Finance, tables)


@SETTINGS
@given(projects(), finances())
def test_statements_tie_and_give_what_the_cash_flow_gives(project, tables):
    money = whole_money(project, finance_of(tables))
    found = statements(money.whole)
    require_ties(statement_ties(found))
    flows = {line: np.array(values) for line, values in found.by_name["cash_flows"].lines.items()}
    left = flows["net_change_in_cash"] - flows["contributions"]
    assert left == pytest.approx(money.whole.after_tax_usd, abs=1e-6)


@SETTINGS
@given(projects(), finances(), shares, st.integers(6, YEARS))
def test_sides_of_a_contract_share_the_project(project, tables, share, term):
    for contract in (
        {"shared_savings": {"owner_share": share, "host_floor_usd": 1000.0, "term_years": term}},
        {
            "purchase_agreement": {
                "electric_usd_per_kwh": share / 5,
                "heat_usd_per_kwh": 0.01,
                "minimum_take": share,
                "term_years": term,
            }
        },
        {"purchase_agreement": {"discount": share, "term_years": term}},
    ):
        money = whole_money(project, finance_of(tables | contract))
        owner, host = money.sides
        scale = np.abs(money.whole.before_tax_usd).max()
        assert owner.before_tax_usd + host.before_tax_usd == pytest.approx(money.whole.before_tax_usd, abs=1e-9 * scale)
        for party in money.owners:
            require_ties(statement_ties(statements(party)))


@SETTINGS
@given(projects(), finances(), st.lists(st.tuples(shares, shares), min_size=2, max_size=4))
def test_draws_are_the_engine_on_each_alone(project, tables, factors):
    """The path of the Monte Carlo against the engine, one draw at a time."""
    finance = finance_of(tables)
    first, second = np.array(factors).T
    changed = {"electric": first, "machine_fuel": second}
    savings = tuple(replace(saving, usd=saving.usd * changed.get(saving.name, 1.0)) for saving in project.savings)
    operation = replace(project.operation, run_hours=project.operation.run_hours * second)
    drawn = Project(project.installed_cost_usd * second, savings, operation)
    together = measures_of(money_of_draws(drawn, finance).whole)
    assert np.array_equal(together.npv_usd, net_present_values_usd(drawn, finance))
    for index in range(first.size):
        single = replace(
            drawn,
            installed_cost_usd=drawn.installed_cost_usd[index],
            savings=tuple(replace(saving, usd=np.broadcast_to(saving.usd, first.shape)[index]) for saving in savings),
            operation=replace(operation, run_hours=operation.run_hours[index]),
        )
        alone = whole_money(single, finance).whole
        assert together.npv_usd[index] == pytest.approx(alone.npv_usd, rel=1e-9, abs=1e-6)
        for name in ("irr", "simple_payback_years", "discounted_payback_years"):
            value, one = getattr(together, name)[index], getattr(alone, name)
            assert value == pytest.approx(np.nan if one is None else one, rel=1e-6, abs=1e-9, nan_ok=True), name


@SETTINGS
@given(projects(), finances())
def test_debt_at_the_discount_rate_changes_nothing_before_tax(project, tables):
    """A loan whose interest is the discount rate has a net present value of zero."""
    rate = tables["discount_rate"]
    plain = {name: table for name, table in tables.items() if name not in ("debt", "tax", "depreciation", "incentives")}
    loan = {"fraction": 0.6, "rate": rate, "years": 7}
    with_debt = whole_money(project, finance_of(plain | {"debt": loan})).whole
    without = whole_money(project, finance_of(plain)).whole
    assert with_debt.npv_usd == pytest.approx(without.npv_usd, abs=1e-6)


@SETTINGS
@given(projects(), finances())
def test_all_that_is_paid_is_deducted_once(project, tables):
    """Sold at the end, every dollar of the basis has been deducted: depreciation and what is left at the sale add up to it."""
    sold = tables | {"salvage": {"usd": 0.0}, "depreciation": {"method": "straight_line", "years": 30}}
    sold.pop("incentives", None)
    party = whole_money(project, finance_of(sold | {"tax": {"federal_rate": 0.3}})).whole
    taxed = sum(flow.usd.sum() for flow in party.flows if flow.kind == "operating" and flow.taxable)
    interest = party.sum_of("interest").sum() if party.interest_deductible else 0.0
    bought = -party.sum_of("investment").sum()
    assert party.tax_usd.sum() == pytest.approx(0.3 * (taxed + interest - bought), rel=1e-9, abs=1e-4)


@SETTINGS
@given(projects(), finances())
def test_the_rate_of_return_brings_the_value_to_zero(project, tables):
    party = whole_money(project, finance_of(tables)).whole
    if party.irr is not None:
        values = present_values(party.after_tax_usd, party.irr)
        assert values.sum() == pytest.approx(0.0, abs=1e-8 * np.abs(values).max())
