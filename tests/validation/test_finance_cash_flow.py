"""The cash flow against the one that PySAM computed from bills of its own."""

from __future__ import annotations

import json

import numpy as np
import pytest

from brayton.core.records import parse_record
from brayton.study.money.cashflow import whole_money
from brayton.study.money.project import Operation, Project, Saving
from brayton.study.money.table import Finance


def test_cash_flow_matches_pysam_shared(shared, table):
    """Every year to a cent."""
    oracle = json.loads((shared / "oracles" / "cash_flow.json").read_text())
    given, found = oracle["inputs"], oracle["results"]["base_straight_line_7y"]
    fuel_growth, mwh = given["fuel_escalation_percent"] / 100, given["generation_kwh"] / 1000
    fuel_usd = -mwh * given["heat_rate_mmbtu_per_mwh"] * given["fuel_usd_per_mmbtu"]
    om_usd = -given["om_fixed_per_year"] - mwh * given["om_per_mwh"]
    savings = (
        Saving("electric", found["energy_value"][1], given["electric_escalation_percent"] / 100, electric=True),
        Saving("heat", given["thermal_value_year1"], given["thermal_escalation_percent"] / 100),
        Saving("fuel", fuel_usd, fuel_growth),
        Saving("om", om_usd, 0.0),
    )
    finance = parse_record(
        Finance,
        {
            "years": given["analysis_years"],
            "discount_rate": given["real_discount_percent"] / 100,
            "discount_rate_basis": "nominal",
            "tax": {"federal_rate": given["fed_tax"] / 100, "state_rate": given["state_tax"] / 100},
            "depreciation": {"method": "straight_line", "years": 7},
        },
    )
    project = Project(given["installed_cost"], savings, Operation(generated_kwh=given["generation_kwh"]))
    owner = whole_money(project, finance).whole
    peer = np.array(found["after_tax_cash_flow"])
    rows = [
        ("largest difference of a year's flow [USD]", 0, float(np.abs(owner.after_tax_usd - peer).max()), 0.01),
        ("net present value [USD]", found["npv"], owner.npv_usd, 0.01),
        ("internal rate of return [%]", found["irr_percent"], 100 * (owner.irr or np.nan), 1e-4),
        ("payback [years]", found["payback_years"], owner.simple_payback_years or np.nan, 1e-6),
        ("discounted payback [years]", found["discounted_payback_years"], owner.discounted_payback_years or np.nan, 1e-6),
    ]
    table(
        "finance_cash_flow",
        "Cash flow of 20 years against PySAM (utilityrate5, cashloan)",
        ["quantity", "PySAM", "Brayton", "tolerance"],
        [(name, f"{theirs:.6f}", f"{ours:.6f}", tolerance) for name, theirs, ours, tolerance in rows],
        note="Tolerance: a cent. PySAM prints flows to four decimals and its rate of return to 3e-6 points of its own root.",
    )
    electric = next(flow for flow in owner.flows if flow.name == "electric")
    assert electric.usd == pytest.approx(found["energy_value"], abs=0.01)
    for name, theirs, ours, tolerance in rows:
        assert abs(ours - theirs) <= tolerance, name
