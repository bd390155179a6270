"""The cash flow against the one that PySAM computed."""

from __future__ import annotations

import json

import numpy as np
import pytest

from brayton.study.finance import (
    FinanceTerms,
    FirstYear,
    cash_flow,
    escalate,
    internal_rate_of_return,
    payback_years,
    present_values,
)

DEPRECIATION_YEARS = 7


def test_cash_flow_matches_pysam_shared(shared, table):
    """Every year to a cent. PySAM's case depreciates the investment, which is not part of this version: it is added by hand."""
    oracle = json.loads((shared / "oracles" / "cash_flow.json").read_text())
    given, found = oracle["inputs"], oracle["results"]["base_straight_line_7y"]
    state, federal = given["state_tax"] / 100, given["fed_tax"] / 100
    terms = FinanceTerms(
        years=given["analysis_years"],
        nominal_discount_rate=given["real_discount_percent"] / 100,
        escalation_electric=given["electric_escalation_percent"] / 100,
        escalation_fuel=given["fuel_escalation_percent"] / 100,
        escalation_om=0.0,
        tax_rate=state + federal * (1 - state),
    )
    mwh = given["generation_kwh"] / 1000
    first = FirstYear(
        electric_saving_usd=found["energy_value"][1],
        fuel_saving_usd=given["thermal_value_year1"] - mwh * given["heat_rate_mmbtu_per_mwh"] * given["fuel_usd_per_mmbtu"],
        om_saving_usd=-given["om_fixed_per_year"] - mwh * given["om_per_mwh"],
        generated_net_kwh=given["generation_kwh"],
    )
    flow = cash_flow(given["installed_cost"], first, terms)
    depreciation = np.where(
        (flow.year >= 1) & (flow.year <= DEPRECIATION_YEARS), given["installed_cost"] / DEPRECIATION_YEARS, 0.0
    )
    net = flow.net_usd + terms.tax_rate * depreciation
    discounted = present_values(net, terms.nominal_discount_rate)
    peer = np.array(found["after_tax_cash_flow"])
    rows = [
        ("largest difference of a year's flow [USD]", 0, float(np.abs(net - peer).max()), 0.01),
        ("net present value [USD]", found["npv"], float(discounted.sum()), 0.01),
        ("internal rate of return [%]", found["irr_percent"], 100 * (internal_rate_of_return(net) or np.nan), 1e-4),
        ("payback [years]", found["payback_years"], payback_years(net), 1e-6),
        ("discounted payback [years]", found["discounted_payback_years"], payback_years(discounted), 1e-6),
    ]
    table(
        "finance_cash_flow",
        "Cash flow of 20 years against PySAM (utilityrate5, cashloan)",
        ["quantity", "PySAM", "Brayton", "tolerance"],
        [(name, f"{theirs:.6f}", f"{ours:.6f}", tolerance) for name, theirs, ours, tolerance in rows],
        note="Tolerance: a cent. PySAM prints flows to four decimals and its rate of return to 3e-6 points of its own root.",
    )
    assert escalate(found["energy_value"][1], terms.escalation_electric, terms.years) == pytest.approx(
        found["energy_value"][1:], abs=0.01
    )
    for name, theirs, ours, tolerance in rows:
        assert abs(ours - theirs) <= tolerance, name
