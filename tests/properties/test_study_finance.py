"""What holds for every cash flow."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brayton.study.money.measures import internal_rate_of_return, payback_years, present_values

SETTINGS = settings(deadline=None, derandomize=True, max_examples=200)

investments = st.floats(1.0, 1e7)
savings = st.lists(st.floats(1.0, 1e6), min_size=1, max_size=40)


@SETTINGS
@given(investments, savings)
def test_net_present_value_is_zero_at_the_rate_of_return(investment, later):
    flows = np.array([-investment, *later])
    rate = internal_rate_of_return(flows)
    if rate is not None:
        scale = np.abs(present_values(flows, rate)).max()
        assert present_values(flows, rate).sum() == pytest.approx(0.0, abs=1e-9 * scale)


@SETTINGS
@given(investments, savings, st.floats(0.5, 2.0))
def test_rate_of_return_does_not_depend_on_the_currency(investment, later, factor):
    flows = np.array([-investment, *later])
    one, other = internal_rate_of_return(flows), internal_rate_of_return(factor * flows)
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert one == pytest.approx(other, rel=1e-9, abs=1e-9)


@SETTINGS
@given(investments, savings)
def test_payback_lies_in_the_year_in_which_the_sum_turns(investment, later):
    flows = np.array([-investment, *later])
    years = payback_years(flows)
    if flows.sum() < 0.0:
        assert years is None
    else:
        assert years is not None
        assert 0.0 < years <= len(later)
        assert np.interp(years, np.arange(flows.size), np.cumsum(flows)) == pytest.approx(0.0, abs=1e-6 * investment)
