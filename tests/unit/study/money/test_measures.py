"""Cash flow, rate of return and payback against hand calculations."""

from __future__ import annotations

import numpy as np
import pytest

from brayton.study.money.first_year import FirstYear, cash_flow, levelised_cost_usd_per_kwh
from brayton.study.money.measures import (
    internal_rate_of_return,
    nominal_rate,
    payback_years,
    paybacks_years,
    present_values,
    rates_of_return,
)
from brayton.study.money.terms import FinanceTerms, escalate

PLAIN = FinanceTerms(
    years=2, nominal_discount_rate=0.10, escalation_electric=0.0, escalation_fuel=0.0, escalation_om=0.0, tax_rate=0.0
)


def test_nominal_rate_is_fishers():
    assert nominal_rate(0.08, 0.025) == pytest.approx(0.107)


def test_conventions_differ_by_one_escalation():
    assert escalate(100.0, 0.02, 3).tolist() == pytest.approx([100.0, 102.0, 104.04])
    assert escalate(100.0, 0.02, 3, "year1_escalated").tolist() == pytest.approx([102.0, 104.04, 106.1208])


def test_cash_flow_adds_up_year_by_year():
    terms = FinanceTerms(2, 0.10, escalation_electric=0.05, escalation_fuel=0.03, escalation_om=0.01, tax_rate=0.25)
    flow = cash_flow(100.0, FirstYear(100.0, -20.0, -10.0, 1000.0), terms)
    assert flow.net_usd.tolist() == pytest.approx([-100.0, 0.75 * 70.0, 0.75 * (105.0 - 20.6 - 10.1)])
    assert flow.npv_usd == pytest.approx(-100.0 + 52.5 / 1.1 + 55.725 / 1.21)
    assert [row["year"] for row in flow.rows()] == [0, 1, 2]


def test_rate_of_return_of_known_flows():
    assert internal_rate_of_return([-100.0, 110.0]) == pytest.approx(0.10, abs=1e-12)
    assert internal_rate_of_return([-100.0, 0.0, 121.0]) == pytest.approx(0.10, abs=1e-12)
    assert internal_rate_of_return([-100.0] + [5.0] * 10) == pytest.approx(-0.1095603, abs=1e-7)
    assert internal_rate_of_return([0.0, -100.0, 110.0]) == pytest.approx(0.10, abs=1e-12), "a first year of nothing"


@pytest.mark.parametrize("flows", [[], [0.0, 0.0], [100.0, 5.0], [-100.0, -5.0], [-100.0, 230.0, -132.0]])
def test_no_rate_without_a_single_root(flows):
    assert internal_rate_of_return(flows) is None, "the last has two: 10 % and 20 %"


def test_payback_is_linear_within_the_year():
    assert payback_years([-100.0, 40.0, 40.0, 40.0]) == pytest.approx(2.5)
    assert payback_years([-100.0, 40.0]) is None
    assert payback_years([0.0, 10.0]) == 0.0
    assert payback_years(present_values([-100.0, 110.0, 10.0], 0.10)) == pytest.approx(1.0)


def test_levelised_cost_is_the_price_at_which_the_project_just_pays():
    first = FirstYear(0.0, -300.0, -50.0, 10_000.0)
    cost = levelised_cost_usd_per_kwh(1000.0, first, PLAIN)
    assert cost is not None
    paid = FirstYear(cost * 10_000.0, -300.0, -50.0, 10_000.0)
    assert cash_flow(1000.0, paid, PLAIN).npv_usd == pytest.approx(0.0, abs=1e-9)
    assert levelised_cost_usd_per_kwh(1000.0, FirstYear(0.0, 0.0, 0.0, 0.0), PLAIN) is None


def test_present_values_discount_from_year_zero():
    assert present_values(np.ones(3), 1.0).tolist() == [1.0, 0.5, 0.25]


CURIOUS = np.array(
    [
        [-100.0, 60.0, 60.0, 60.0],
        [0.0, -100.0, 0.0, 121.0],
        [-100.0, 230.0, -132.0, 0.0],
        [0.0, 0.0, 0.0, 0.0],
        [5.0, 1.0, 1.0, 1.0],
        [-100.0, -1.0, -1.0, -1.0],
        [-100.0, 200.0, -50.0, 10.0],
        [-100.0, 0.0, 0.0, 1e-6],
        [100.0, -30.0, -30.0, -60.0],
    ]
)
"""Flows with one rate, two, none, a rate out of range, and a loan's."""


def test_many_flows_are_measured_as_each_alone():
    for single, many in ((internal_rate_of_return, rates_of_return), (payback_years, paybacks_years)):
        expected = [np.nan if (value := single(flow)) is None else value for flow in CURIOUS]
        assert many(CURIOUS) == pytest.approx(np.array(expected), abs=1e-9, nan_ok=True)
        assert many(CURIOUS.reshape(3, 3, 4)).shape == (3, 3)
        assert many(CURIOUS[0]) == pytest.approx(expected[0])
