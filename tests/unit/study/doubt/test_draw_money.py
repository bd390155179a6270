"""The money of many draws is that of each alone: rates, paybacks, cost of electricity, taxes and debt."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from brayton.core.records import parse_record
from brayton.study.doubt.draw_money import DrawMoney
from brayton.study.doubt.site_year import FirstYears
from brayton.study.money.cashflow import whole_money
from brayton.study.money.first_year import FirstYear, cash_flow, levelised_cost_usd_per_kwh
from brayton.study.money.measures import internal_rate_of_return, payback_years, paybacks_years, rates_of_return
from brayton.study.money.project import Operation, Project, site_savings
from brayton.study.money.table import Finance

Floats = NDArray[np.float64]

PLAIN: dict[str, Any] = {
    "years": 15,
    "discount_rate": 0.07,
    "discount_rate_basis": "nominal",
    "escalation_electric": 0.02,
    "escalation_fuel": 0.03,
    "escalation_om": 0.01,
}
TAXED: dict[str, Any] = PLAIN | {
    "tax": {"federal_rate": 0.21},
    "depreciation": {"method": "macrs", "years": 5},
    "incentives": {"itc_fraction": 0.1},
    "debt": {"fraction": 0.5, "rate": 0.06, "years": 10},
    "overhaul": ({"name": "core", "usd_per_unit": 20_000.0, "every_fired_hours": 15_000.0, "hours_per_start": 10.0},),
    "degradation": 0.005,
}


def finance(**document: Any) -> Finance:
    return parse_record(Finance, document)


def first_years(count: int = 40) -> tuple[Floats, FirstYears]:
    """Projects from ruin to bargain."""
    generator = np.random.default_rng(5)
    electric = generator.uniform(0.0, 80_000.0, count)
    fuel, om = -generator.uniform(0.0, 30_000.0, count), -generator.uniform(0.0, 9_000.0, count)
    kwh, hours = generator.uniform(1e5, 6e5, count), generator.uniform(4000.0, 8760.0, count)
    first = FirstYears(electric, fuel, om, 0.1 * kwh, kwh, hours, np.full(count, 12.0))
    return generator.uniform(1e5, 3e5, count), first


def as_nan(value: float | None) -> float:
    return np.nan if value is None else value


def test_plain_money_is_the_studys_cash_flow() -> None:
    terms = finance(**PLAIN).terms()
    cost, first = first_years()
    found = DrawMoney(finance(**PLAIN), 1, 60.0)(cost, first)
    for d in range(cost.size):
        alone = FirstYear(
            *(float(item[d]) for item in (first.electric_saving_usd, first.fuel_saving_usd, first.om_saving_usd)),
            float(first.generated_net_kwh[d]),
        )
        flow = cash_flow(float(cost[d]), alone, terms)
        assert found["npv_usd"][d] == pytest.approx(flow.npv_usd, rel=1e-12, abs=1e-6)
        assert found["irr"][d] == pytest.approx(as_nan(flow.irr), rel=1e-9, abs=1e-12, nan_ok=True)
        assert found["simple_payback_years"][d] == pytest.approx(as_nan(flow.simple_payback_years), rel=1e-12, nan_ok=True)
        lcoe = levelised_cost_usd_per_kwh(float(cost[d]), alone, terms)
        assert found["lcoe_usd_per_kwh"][d] == pytest.approx(as_nan(lcoe), rel=1e-12)
    assert 0 < np.isnan(found["irr"]).sum() < cost.size, "both kinds are there"
    assert 0 < np.isnan(found["simple_payback_years"]).sum() < cost.size


def test_money_with_tax_debt_and_overhauls_is_that_of_each_alone() -> None:
    table = finance(**TAXED)
    cost, first = first_years(12)
    found = DrawMoney(table, 2, 120.0)(cost, first)
    for d in range(cost.size):
        alone = FirstYear(
            *(float(item[d]) for item in (first.electric_saving_usd, first.fuel_saving_usd, first.om_saving_usd)),
            float(first.generated_net_kwh[d]),
        )
        operation = Operation(
            generated_kwh=alone.generated_net_kwh,
            run_hours=float(first.run_hours[d]),
            starts=float(first.starts[d]),
            units=2,
            rated_kw=120.0,
            saved_co2_kg=float(first.co2_saved_kg[d]),
        )
        money = whole_money(Project(float(cost[d]), site_savings(alone, 0.0, table.terms()), operation), table)
        assert found["npv_usd"][d] == pytest.approx(money.whole.npv_usd, rel=1e-9, abs=1e-6)
        assert found["irr"][d] == pytest.approx(as_nan(money.whole.irr), rel=1e-9, abs=1e-12, nan_ok=True)
        payback = as_nan(money.whole.simple_payback_years)
        assert found["simple_payback_years"][d] == pytest.approx(payback, rel=1e-12, nan_ok=True)
        assert found["lcoe_usd_per_kwh"][d] == pytest.approx(as_nan(money.lcoe_usd_per_kwh), rel=1e-9)


def test_nothing_generated_has_no_cost_of_electricity() -> None:
    cost, first = first_years(3)
    idle = FirstYears(*(np.zeros(3) for _ in range(7)))
    assert np.isnan(DrawMoney(finance(**PLAIN), 1, 60.0)(cost, idle)["lcoe_usd_per_kwh"]).all()
    assert np.isfinite(DrawMoney(finance(**PLAIN), 1, 60.0)(cost, first)["lcoe_usd_per_kwh"]).all()


FLOWS = [
    [-100.0, 60.0, 60.0],
    [-100.0, 30.0, 30.0],
    [-100.0, 0.0, 121.0],
    [-100.0, -10.0, -10.0],
    [0.0, 0.0, 0.0],
    [0.0, -100.0, 110.0],
    [100.0, 10.0, 10.0],
    [100.0, -60.0, -60.0],
    [-100.0, 230.0, -132.0],  # 10 % and 20 %
    [-100.0, 250.0, -20.0],
    [-100.0, 1e9, 0.0],  # beyond the range of rates
    [-100.0, 1e-3, 0.0],
    [0.0, 10.0, 10.0],
]


def test_rates_and_paybacks_of_rows_are_those_of_each() -> None:
    flows = np.array(FLOWS)
    alone = [(as_nan(internal_rate_of_return(row)), as_nan(payback_years(row))) for row in flows]
    assert rates_of_return(flows) == pytest.approx([rate for rate, _ in alone], rel=1e-9, abs=1e-12, nan_ok=True)
    assert paybacks_years(flows) == pytest.approx([years for _, years in alone], rel=1e-12, nan_ok=True)
    assert rates_of_return(flows)[:3] == pytest.approx([0.130662, -0.282109, 0.10], abs=1e-6)
