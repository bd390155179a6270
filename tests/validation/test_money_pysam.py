"""The whole cash flow against NREL's SAM (module cashloan through PySAM), run in the same test on the same figures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tomli_w
from PySAM.PySSC import PySSC

from brayton.study.money.cashflow import Money, whole_money
from brayton.study.money.file import parse_cash_flow

YEARS, COST, KWH, KW = 20, 260_000.0, 522_540.0, 60.0
NO_LIMIT = 1e38
CENT = 0.01
"""Largest difference of a year's flow [USD]: both are sums of the same products in double precision."""

BILLS = (
    *("nm_dollars_applied_ym", "true_up_credits_ym", "net_billing_credits_ym", "excess_kwhs_earned_ym", "charge_wo_sys_ym"),
    *("charge_w_sys_fixed_ym", "charge_w_sys_minimum_ym", "charge_w_sys_ec_gross_ym", "charge_w_sys_dc_fixed_ym"),
    *("charge_w_sys_dc_tou_ym", "charge_w_sys_ym", "charge_w_sys_ec_ym", "utility_bill_w_sys_ym", "utility_bill_wo_sys_ym"),
)
"""Bills that the module asks for and that do not enter its cash flow."""


def sam(**given: Any) -> dict[str, Any]:
    """Results of cashloan for a commercial owner; `given` over a plain case."""
    zeros = [0.0] * (YEARS + 1)
    values: dict[str, Any] = {
        "analysis_period": YEARS, "market": 1, "mortgage": 0, "total_installed_cost": COST, "system_capacity": KW,
        "federal_tax_rate": [21.0], "state_tax_rate": [6.0], "real_discount_rate": 8.0, "inflation_rate": 0.0,
        "debt_fraction": 0.0, "loan_rate": 7.0, "loan_term": 10, "salvage_percentage": 0.0, "insurance_rate": 0.0,
        "property_tax_rate": 0.0, "prop_tax_cost_assessed_percent": 0.0, "prop_tax_assessed_decline": 0.0,
        "depr_fed_type": 2, "depr_fed_sl_years": 7, "depr_sta_type": 2, "depr_sta_sl_years": 7,
        "om_fixed": [1200.0], "om_fixed_escal": 0.0, "om_production": [22.0], "om_production_escal": 0.0, "om_capacity": [0.0],
        "om_capacity_escal": 0.0, "om_fuel_cost": [0.0], "om_fuel_cost_escal": 0.0, "system_heat_rate": 0.0,
        "degradation": [0.0], "system_use_lifetime_output": 0, "gen": [KWH / 8760] * 8760, "rate_escalation": [0.0],
        "annual_energy_value": [0.0, *(67_080.186 * 1.015 ** np.arange(YEARS)).tolist()],
        "annual_thermal_value": [0.0, *(-21_456.375 * 1.01 ** np.arange(YEARS)).tolist()],
        "utility_bill_w_sys": zeros, "utility_bill_wo_sys": zeros, "elec_cost_with_system": zeros,
        "elec_cost_without_system": zeros, "year1_hourly_ec_with_system": [0.0] * 8760,
        "year1_hourly_dc_with_system": [0.0] * 8760, "year1_hourly_e_fromgrid": [0.0] * 8760,
    } | given  # fmt: skip
    return run("cashloan", values, NUMBERS, ARRAYS)


def run(module: str, values: dict[str, Any], numbers: tuple[str, ...], arrays: tuple[str, ...]) -> dict[str, Any]:
    """Results of a module of SAM."""
    ssc = PySSC()
    data = ssc.data_create()
    for name, value in values.items():
        (ssc.data_set_array if isinstance(value, list) else ssc.data_set_number)(data, name.encode(), value)
    for name in BILLS:
        ssc.data_set_matrix(data, name.encode(), [[0.0] * 12] * (int(values["analysis_period"]) + 1))
    ssc.module_exec_set_print(0)
    made = ssc.module_create(module.encode())
    assert ssc.module_exec(made, data), ssc.module_log(made, 0)
    found: dict[str, Any] = {name: ssc.data_get_number(data, name.encode()) for name in numbers}
    found |= {name: np.array(ssc.data_get_array(data, name.encode())) for name in arrays}
    ssc.module_free(made)
    ssc.data_free(data)
    return found


NUMBERS = ("npv", "irr", "payback", "discounted_payback", "loan_amount")
ARRAYS = (
    *("cf_after_tax_cash_flow", "cf_payback_with_expenses", "cf_fed_depreciation", "cf_sta_depreciation"),
    *("cf_debt_payment_interest", "cf_discounted_cumulative_payback"),
)


def ours(finance: dict[str, Any] | None = None, **more: Any) -> Money:
    """The same plain case read from a cash-flow file; `finance` over its [finance]."""
    document = {
        "installed_cost_usd": COST,
        "savings_usd": {
            "electric": {"usd": 67_080.186, "degrades": False},
            "fuel": {"usd": -21_456.375, "degrades": False},
            "om_fixed": {"usd": -1200.0, "degrades": False},
            "om_variable": -KWH / 1000 * 22.0,
        },
        "operation": {"generated_kwh": KWH, "rated_kw": KW},
        "finance": {
            "years": YEARS, "discount_rate": 0.08, "discount_rate_basis": "nominal",
            "escalation_electric": 0.015, "escalation_fuel": 0.01, "escalation_om": 0.0,
            "tax": {"federal_rate": 0.21, "state_rate": 0.06},
            "depreciation": {"method": "straight_line", "years": 7},
        } | (finance or {}),
    } | more  # fmt: skip
    case = parse_cash_flow(tomli_w.dumps(document).encode(), "case.toml")
    return whole_money(case.project, case.finance)


MACRS = {"method": "macrs", "years": 5}
SAM_MACRS = {"depr_fed_type": 1, "depr_sta_type": 1}
HALF_DEBT = {"fraction": 0.5, "rate": 0.07, "years": 10}
ITC = {
    "itc_fed_percent": [10.0],
    "itc_fed_percent_maxvalue": [NO_LIMIT],
    "itc_fed_percent_deprbas_fed": 1,
    "itc_fed_percent_deprbas_sta": 1,
}
BONUS = [100 * (0.4 * (year == 0) + 0.6 * share) for year, share in enumerate((0.2, 0.32, 0.192, 0.1152, 0.1152, 0.0576))]
SAM_BONUS = {"depr_fed_type": 3, "depr_fed_custom": BONUS, "depr_sta_type": 1}
REAL = {"discount_rate": 0.08, "discount_rate_basis": "real", "inflation": 0.025, "escalation_om": 0.025}


def rebate(
    jurisdiction: str, *, percent: float = 0.0, per_watt: float = 0.0, cap: float = NO_LIMIT, taxed: int, basis: int
) -> dict[str, Any]:
    """SAM's words for an incentive on the investment (ibi) or on the capacity (cbi)."""
    kind = f"ibi_{jurisdiction}_percent" if percent else f"cbi_{jurisdiction}"
    flags = {f"{kind}_tax_fed": taxed, f"{kind}_tax_sta": taxed, f"{kind}_deprbas_fed": basis, f"{kind}_deprbas_sta": basis}
    return {kind if percent else f"{kind}_amount": percent or per_watt, f"{kind}_maxvalue": cap, **flags}


def grant(taxable: bool, reduces_basis: bool, **amount: float) -> dict[str, Any]:
    return {"name": "grant", "taxable": taxable, "reduces_basis": reduces_basis, **amount}


CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "straight line, 7 years": ({}, {}),
    "MACRS, 5 years": (SAM_MACRS, {"depreciation": MACRS}),
    "MACRS with 40 % federal bonus, none of the state": (
        SAM_BONUS,
        {"depreciation": {**MACRS, "bonus_fraction": 0.4, "state": MACRS}},
    ),
    "federal MACRS, state straight line": (
        {"depr_fed_type": 1},
        {"depreciation": {**MACRS, "state": {"method": "straight_line", "years": 7}}},
    ),
    "no depreciation": ({"depr_fed_type": 0, "depr_sta_type": 0}, {"depreciation": {"method": "none"}}),
    "ITC of 10 %": ({**SAM_MACRS, **ITC}, {"depreciation": MACRS, "incentives": {"itc_fraction": 0.1}}),
    "ITC capped at 15,000 USD": (
        {**SAM_MACRS, **ITC, "itc_fed_percent_maxvalue": [15_000.0]},
        {"depreciation": MACRS, "incentives": {"itc_fraction": 0.1, "itc_cap_usd": 15_000.0}},
    ),
    "ITC of the state": (
        {name.replace("itc_fed", "itc_sta"): value for name, value in ITC.items()},
        {"incentives": {"state_itc_fraction": 0.1}},
    ),
    "debt of half the cost": ({"debt_fraction": 50.0}, {"debt": HALF_DEBT}),
    "debt, MACRS and ITC": (
        {"debt_fraction": 60.0, "loan_rate": 5.5, "loan_term": 15, **SAM_MACRS, **ITC},
        {"debt": {"fraction": 0.6, "rate": 0.055, "years": 15}, "depreciation": MACRS, "incentives": {"itc_fraction": 0.1}},
    ),
    "no state tax": ({"state_tax_rate": [0.0]}, {"tax": {"federal_rate": 0.21}}),
    "single effective rate": ({"state_tax_rate": [0.0], "federal_tax_rate": [30.0]}, {"tax": {"federal_rate": 0.30}}),
    "real discount rate, inflation on O&M": ({"inflation_rate": 2.5}, REAL),
    "O&M grows above inflation": (
        {"inflation_rate": 2.5, "om_fixed_escal": 1.0, "om_production_escal": 1.0},
        {**REAL, "escalation_om": 0.035},
    ),
    "untaxed grant of 20 % off the basis, with debt and ITC": (
        {**rebate("uti", percent=20.0, taxed=0, basis=1), **ITC, "debt_fraction": 50.0},
        {"incentives": {"capital": [grant(False, True, fraction=0.2)], "itc_fraction": 0.1}, "debt": HALF_DEBT},
    ),
    "taxed grant per kW, capped, basis left": (
        rebate("sta", per_watt=0.5, cap=25_000.0, taxed=1, basis=0),
        {"incentives": {"capital": [grant(True, False, usd_per_kw=500.0, cap_usd=25_000.0)]}},
    ),
    "taxed payment per kWh for 5 years": (
        {"pbi_uti_amount": [0.02], "pbi_uti_term": 5, "pbi_uti_escal": 2.0, "pbi_uti_tax_fed": 1, "pbi_uti_tax_sta": 1},
        {"incentives": {"production": [{"name": "pbi", "usd_per_kwh": 0.02, "years": 5, "escalation": 0.02, "taxable": True}]}},
    ),
    "federal credit per kWh for 10 years": (
        {"ptc_fed_amount": [0.015], "ptc_fed_term": 10, "ptc_fed_escal": 0.0},
        {"incentives": {"production": [{"name": "credit", "usd_per_kwh": 0.015, "years": 10, "kind": "federal_credit"}]}},
    ),
    "output falls by 1 % a year": ({"degradation": [1.0]}, {"degradation": 0.01}),
    "salvage of 10 %": ({"salvage_percentage": 10.0}, {"salvage": {"fraction": 0.1}}),
}  # fmt: skip


def figures(name: str) -> tuple[dict[str, Any], Money, dict[str, float]]:
    """What both find for a case, and the largest differences."""
    theirs_given, ours_given = CASES[name]
    theirs, money = sam(**theirs_given), ours(ours_given)
    party = money.whole
    interest = -party.sum_of("interest")
    differences = {
        "flow": np.abs(party.after_tax_usd - theirs["cf_after_tax_cash_flow"]).max(),
        "before debt": np.abs(party.unlevered_usd - theirs["cf_payback_with_expenses"]).max(),
        "federal depreciation": np.abs(party.federal_depreciation_usd - theirs["cf_fed_depreciation"]).max(),
        "state depreciation": np.abs(party.state_depreciation_usd - theirs["cf_sta_depreciation"]).max(),
        "interest": np.abs(interest - theirs["cf_debt_payment_interest"]).max(),
        "npv": abs(party.npv_usd - theirs["npv"]),
    }
    return theirs, money, {key: float(value) for key, value in differences.items()}


def test_cash_flows_match_sam_to_a_cent(table):
    """Every year of 20 cases to a cent; paybacks to 1e-6 years; the rate of return as near as SAM prints it."""
    found = {name: figures(name) for name in CASES}
    rows = []
    for name, (theirs, money, apart) in found.items():
        rate = "none" if np.isnan(theirs["irr"]) else f"{theirs['irr']:.4f}"
        irr = money.whole.irr
        assert irr is not None
        rows.append(
            (name, f"{theirs['npv']:.2f}", f"{money.whole.npv_usd:.2f}", f"{apart['flow']:.1e}", rate, f"{100 * irr:.4f}")
        )
    table(
        "money_pysam",
        "Year-by-year cash flow against SAM (cashloan), 20 cases of 20 years",
        [
            "case",
            "NPV, SAM [USD]",
            "NPV, Brayton [USD]",
            "largest difference of a year [USD]",
            "IRR, SAM [%]",
            "IRR, Brayton [%]",
        ],
        rows,
        note=(
            "260,000 USD, 60 kW, 522,540 kWh a year; commercial owner, 21 % federal and 6 % state tax, 8 % discount rate, unless "
            "the case says otherwise. Tolerance: a cent in every year. SAM gives no rate of return where its own search does not "
            "converge, and no discounted payback where the sum turns in the last year (real discount rate: 19.25 years by SAM's "
            "own cumulative column)."
        ),
    )
    for name, (theirs, money, apart) in found.items():
        for quantity, difference in apart.items():
            assert difference <= CENT, (name, quantity, difference)
        assert money.whole.simple_payback_years == pytest.approx(theirs["payback"], abs=1e-6), name
        discounted = money.whole.discounted_payback_years
        if discounted is not None:
            left_usd = np.interp(discounted, money.whole.year, theirs["cf_discounted_cumulative_payback"])
            assert left_usd == pytest.approx(0.0, abs=CENT), name
        if not np.isnan(theirs["discounted_payback"]):
            assert discounted == pytest.approx(theirs["discounted_payback"], abs=1e-6), name
        assert (discounted is None) == (theirs["cf_discounted_cumulative_payback"][-1] < 0.0), name
        if not np.isnan(theirs["irr"]):
            assert 100 * (money.whole.irr or np.nan) == pytest.approx(theirs["irr"], abs=1e-3), name


def drawn(random: np.random.Generator) -> tuple[dict[str, Any], dict[str, Any]]:
    """One case of everything at once, in the words of both programs."""
    federal, state = random.uniform(0.0, 40.0), random.uniform(0.0, 12.0)
    itc, grant_percent, debt, salvage = (
        random.uniform(0.0, 30.0),
        random.uniform(0.0, 25.0),
        random.uniform(5.0, 90.0),
        random.uniform(0.0, 20.0),
    )
    real, inflation, wear = random.uniform(2.0, 14.0), random.uniform(0.0, 4.0), random.uniform(0.0, 2.0)
    loan_rate, loan_years, sl_years = (
        random.uniform(0.5, 12.0),
        int(random.integers(1, YEARS)),
        int(random.integers(3, YEARS - 1)),
    )
    taxed, reduces, per_kwh = bool(random.integers(2)), bool(random.integers(2)), random.uniform(0.001, 0.03)
    theirs = {
        "federal_tax_rate": [federal], "state_tax_rate": [state], "real_discount_rate": real, "inflation_rate": inflation,
        "debt_fraction": debt, "loan_rate": loan_rate, "loan_term": loan_years, "salvage_percentage": salvage,
        "degradation": [wear], "depr_fed_type": 1, "depr_sta_sl_years": sl_years, **ITC, "itc_fed_percent": [itc],
        **rebate("oth", percent=grant_percent, taxed=taxed, basis=reduces),
        "pbi_sta_amount": [per_kwh], "pbi_sta_term": 7, "pbi_sta_escal": 1.5, "pbi_sta_tax_fed": taxed, "pbi_sta_tax_sta": taxed,
    }  # fmt: skip
    straight = {"method": "straight_line", "years": sl_years}
    ours_given = {
        "tax": {"federal_rate": federal / 100, "state_rate": state / 100},
        "discount_rate": real / 100, "discount_rate_basis": "real",
        "inflation": inflation / 100, "escalation_om": inflation / 100,
        "debt": {"fraction": debt / 100, "rate": loan_rate / 100, "years": loan_years}, "salvage": {"fraction": salvage / 100},
        "degradation": wear / 100, "depreciation": {**MACRS, "state": straight},
        "incentives": {
            "itc_fraction": itc / 100, "capital": [grant(taxed, reduces, fraction=grant_percent / 100)],
            "production": [{"name": "pbi", "usd_per_kwh": per_kwh, "years": 7, "escalation": 0.015, "taxable": taxed}],
        },
    }  # fmt: skip
    return theirs, ours_given


def test_drawn_cases_match_sam_to_a_cent():
    """Fifty cases with every table at once, drawn with a fixed seed."""
    random = np.random.default_rng(2003)
    for number in range(50):
        theirs_given, ours_given = drawn(random)
        theirs, party = sam(**theirs_given), ours(ours_given).whole
        assert np.abs(party.after_tax_usd - theirs["cf_after_tax_cash_flow"]).max() <= CENT, number
        assert np.abs(party.unlevered_usd - theirs["cf_payback_with_expenses"]).max() <= CENT, number
        assert abs(party.npv_usd - theirs["npv"]) <= CENT, number


def test_the_host_of_a_purchase_agreement_matches_sam():
    """Module thirdpartyownership: what the host pays for power that falls by 0.5 % a year, at a price that grows; no tax."""
    zeros, hourly = [0.0] * (YEARS + 1), [0.0] * 8760
    theirs = run(
        "thirdpartyownership",
        {
            "analysis_period": YEARS, "real_discount_rate": 6.0, "inflation_rate": 2.0, "lease_or_ppa": 1, "lease_price": 0.0,
            "lease_escalation": 0.0, "ppa_price": 0.12, "ppa_escalation": 2.5, "gen": [KWH / 8760] * 8760, "degradation": [0.5],
            "system_use_lifetime_output": 0, "annual_energy_value": [0.0, *(67_080.186 * 1.015 ** np.arange(YEARS)).tolist()],
            "utility_bill_w_sys": zeros, "utility_bill_wo_sys": zeros, "elec_cost_with_system": zeros,
            "elec_cost_without_system": zeros, "year1_hourly_ec_with_system": hourly, "year1_hourly_dc_with_system": hourly,
            "year1_hourly_e_fromgrid": hourly, "rate_escalation": [0.0],
        },
        ("npv",),
        ("cf_agreement_cost", "cf_after_tax_cash_flow"),
    )  # fmt: skip
    money = ours(
        {
            "discount_rate": 0.06, "discount_rate_basis": "real", "inflation": 0.02, "degradation": 0.005,
            "purchase_agreement": {"electric_usd_per_kwh": 0.12, "escalation": 0.025, "host_tax_rate": 0.0},
        }
    )  # fmt: skip
    _, host = money.sides
    paid = next(flow.usd for flow in host.flows if flow.name == "electricity_sold")
    assert np.abs(paid + theirs["cf_agreement_cost"]).max() <= CENT
    assert np.abs(host.after_tax_usd - theirs["cf_after_tax_cash_flow"]).max() <= CENT
    assert abs(host.npv_usd - theirs["npv"]) <= CENT
