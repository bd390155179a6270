"""The money as REopt forms it: first year escalated, tax on every cost, credits in year 1."""

from __future__ import annotations

import json

import pytest

from brayton.core.records import parse_record
from brayton.study.money.cashflow import whole_money
from brayton.study.money.project import Project, Saving
from brayton.study.money.table import Finance

PWF_ROUNDING = 0.5e-5
"""REopt rounds each present-worth factor to five decimals."""
SLOPE_ROUNDING = 0.5e-4
"""REopt rounds the cost per kW after incentives to four decimals."""


def case(shared, name):
    found = json.loads((shared / "oracles" / "reopt_cases.json").read_text())["cases"]
    wanted = next(item for item in found if item["id"] == name)
    return wanted, json.loads((shared / "oracles" / wanted["scenario"]).read_text())


def finance_of(financial, **more):
    return parse_record(
        Finance,
        {
            "years": financial["analysis_years"],
            "discount_rate": financial["offtaker_discount_rate_fraction"],
            "discount_rate_basis": "nominal",
            "convention": "year1_escalated",
            **more,
        },
    )


def test_life_cycle_cost_of_a_plant_shared(shared, table):
    """RE-CHP-3: the plant covers the whole electric load, so cost is capital, O&M and the fuel of plant and boiler.

    RE-CHP-2: capital after an investment tax credit, which comes at the end of year 1.
    """
    wanted, scenario = case(shared, "RE-CHP-3")
    resolved, plant, financial = wanted["independent_resolve"], scenario["CHP"], scenario["Financial"]
    size_kw, tax = wanted["peer_expected"]["chp_size_kw"], financial["offtaker_tax_rate_fraction"]
    fuel_usd = (
        resolved["chp_fuel_mmbtu"] * plant["fuel_cost_per_mmbtu"]
        + resolved["boiler_fuel_mmbtu"] * scenario["ExistingBoiler"]["fuel_cost_per_mmbtu"]
    )
    om_usd = plant["om_cost_per_kw"] * size_kw
    savings = (
        Saving("fuel", -fuel_usd, financial["chp_fuel_cost_escalation_rate_fraction"]),
        Saving("om", -om_usd, financial["om_cost_escalation_rate_fraction"]),
    )
    cost = whole_money(Project(size_kw * plant["installed_cost_per_kw"], savings), finance_of(financial, tax_rate=tax))
    rows = [
        (
            "RE-CHP-3: life-cycle cost",
            resolved["lcc_usd"],
            -cost.whole.npv_usd,
            (1 - tax) * PWF_ROUNDING * (fuel_usd + om_usd) + 1e-3,
        )
    ]
    wanted, scenario = case(shared, "RE-CHP-2")
    resolved, financial = wanted["independent_resolve"], scenario["Financial"]
    for name, kw in (("chp", wanted["overrides"]["CHP"]["min_allowable_kw"]), ("pv", wanted["overrides"]["PV"]["min_kw"])):
        credit = wanted["overrides"][name.upper()]["federal_itc_fraction"]
        terms = finance_of(financial, incentives={"itc_fraction": credit})
        found = whole_money(Project(resolved[f"{name}_initial"], ()), terms).whole.npv_usd
        rows.append(
            (f"RE-CHP-2: {name.upper()} capital after the credit", resolved[f"{name}_after_itc"], -found, SLOPE_ROUNDING * kw)
        )
    table(
        "money_reopt",
        "Life-cycle cost and capital after incentives as REopt forms them",
        ["quantity", "REopt formulation [USD]", "Brayton [USD]", "difference [USD]", "tolerance [USD]"],
        [(name, f"{theirs:.3f}", f"{ours:.3f}", f"{ours - theirs:+.3f}", f"{most:.3f}") for name, theirs, ours, most in rows],
        note=(
            '`convention = "year1_escalated"`. Tolerance: REopt rounds present-worth factors to five decimals and the cost per '
            "kW after incentives to four; half of the last figure of each, times what it multiplies. Figures of REopt's public "
            "test cases, re-solved independently from its formulation."
        ),
    )
    for name, theirs, ours, most in rows:
        assert abs(ours - theirs) <= most, name


@pytest.mark.parametrize("credit", [0.0, 0.3])
def test_depreciation_after_a_credit_follows_the_formula(credit):
    """REopt's net cost per dollar: 1 - NPV of (tax x MACRS of the basis cut by half the credit, credit in year 1)."""
    rate, tax, macrs = 0.0624, 0.26, (0.2, 0.32, 0.192, 0.1152, 0.1152, 0.0576)
    for bonus in (0.0, 1.0):
        basis = 1.0 - 0.5 * credit
        saved = sum(tax * share * basis * (1 - bonus) / (1 + rate) ** (year + 1) for year, share in enumerate(macrs))
        saved += (tax * bonus * basis + credit) / (1 + rate)
        terms = {
            "years": 25, "discount_rate": rate, "discount_rate_basis": "nominal", "tax_rate": tax,
            "depreciation": {"method": "macrs", "years": 5, "bonus_fraction": bonus}, "incentives": {"itc_fraction": credit},
        }  # fmt: skip
        found = whole_money(Project(1e6, ()), parse_record(Finance, terms)).whole.npv_usd
        assert -found == pytest.approx(1e6 * (1.0 - saved), abs=0.01)
