"""LandGEM against its closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.site.landgem import epa_landgem


def test_one_year_of_waste_is_a_sum_of_exponentials() -> None:
    """Ten lots of 0.1 to 1.0 year, a geometric sum, falling by exp(-k) each year after."""
    k, l0, waste = 0.05, 170.0, 1000.0
    ages = np.arange(1, 11) / 10.0
    first = k * l0 * waste * np.exp(-k * 0.1) * (1.0 - np.exp(-k)) / (1.0 - np.exp(-k * 0.1)) / 10.0
    years = np.arange(1991, 2011)
    flow = epa_landgem(years, [waste], opening_year=1990, decay_per_year=k, l0_m3_per_mg=l0)
    assert flow[0] == pytest.approx(first)
    assert flow[0] == pytest.approx(k * l0 * waste * np.exp(-k * ages).mean())
    assert flow[1:] / flow[:-1] == pytest.approx(np.exp(-k))


def test_all_the_methane_comes_out_in_the_end() -> None:
    """The integral over all time is L0 times the mass, whatever k is."""
    years = np.linspace(1990.0, 2290.0, 300 * 200 + 1)
    flow = epa_landgem(years, [1000.0, 500.0], opening_year=1990, decay_per_year=0.08, l0_m3_per_mg=100.0)
    assert np.trapezoid(flow, years) == pytest.approx(1500.0 * 100.0, rel=1e-3)


def test_constant_filling_meets_ap42s_closed_form() -> None:
    """AP-42: Q = L0 R (exp(-k c) - exp(-k t)), c years since closure, t since opening."""
    k, l0, rate, filled = 0.04, 100.0, 20_000.0, 25
    years = np.arange(2000, 2041, 5)
    closed, opened = np.maximum(years - 1990.0, 0.0), years - 1965.0
    expected = l0 * rate * (np.exp(-k * closed) - np.exp(-k * opened))
    flow = epa_landgem(years, np.full(filled, rate), opening_year=1965, decay_per_year=k, l0_m3_per_mg=l0)
    assert flow == pytest.approx(expected, rel=k / 20.0)


def test_waste_that_has_not_come_makes_no_gas() -> None:
    assert epa_landgem([1985, 1990], [1000.0], opening_year=1990).tolist() == [0.0, 0.0]
    assert epa_landgem(1991, [1000.0], opening_year=1990).shape == ()


def test_impossible_figures_are_refused_together() -> None:
    with pytest.raises(InputError) as error:
        epa_landgem(2000, [-1.0], opening_year=1990, decay_per_year=4.0, l0_m3_per_mg=0.0)
    assert [fault.path for fault in error.value.faults] == ["decay_per_year", "l0_m3_per_mg", "waste_mg"]
