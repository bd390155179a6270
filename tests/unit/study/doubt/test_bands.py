"""Percentiles, their standard errors, and draws without a number."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from brayton.core.errors import SolveError
from brayton.study.doubt.bands import band, bands, chance_above, convergence_notes


def test_percentiles_are_order_statistics() -> None:
    found = band(np.random.default_rng(1).permutation(np.arange(1, 101)))
    assert (found.p10, found.p50, found.p90) == (10.0, 50.0, 90.0)
    assert found.draws == 100


def test_standard_errors_are_those_of_repeated_samples() -> None:
    """The known limit for a density f: sqrt(p (1-p) / d) / f(quantile); and the scatter of 400 samples."""
    generator, count = np.random.default_rng(2), 2000
    found = [band(generator.standard_normal(count)) for _ in range(400)]
    for name, chance in (("p10", 0.1), ("p50", 0.5), ("p90", 0.9)):
        limit = math.sqrt(chance * (1 - chance) / count) / stats.norm.pdf(stats.norm.ppf(chance))
        scatter = float(np.std([getattr(item, name) for item in found]))
        told = float(np.mean([getattr(item, f"{name}_se") for item in found]))
        assert scatter == pytest.approx(limit, rel=0.11)  # 3 standard errors of a deviation from 400 samples
        assert told == pytest.approx(limit, rel=0.05)


def test_draws_without_a_number_rank_at_their_end() -> None:
    years = np.concatenate((np.arange(1.0, 86.0), np.full(15, np.nan)))
    found = bands({"simple_payback_years": years})["simple_payback_years"]
    assert (found.p10, found.p50, found.undefined) == (10.0, 50.0, 15)
    assert math.isnan(found.p90)
    assert found.as_dict()["p90"] is None
    rate = bands({"irr": np.concatenate((np.arange(1.0, 86.0), np.full(15, np.nan)))})["irr"]
    assert math.isnan(rate.p10)
    assert (rate.p50, rate.p90) == (35.0, 75.0)


def test_a_number_that_must_exist_is_asked_for() -> None:
    with pytest.raises(SolveError, match="1 of 3 draws have no value"):
        bands({"npv_usd": np.array([1.0, np.nan, 2.0])})
    with pytest.raises(SolveError, match="0 of 0"):
        band([])


def test_the_chance_to_pay_and_its_error() -> None:
    found = chance_above([-1.0, 0.0, 1.0, 2.0])
    assert found.value == 0.5
    never = chance_above(np.full(998, -1.0))
    assert never.value == 0.0
    assert never.standard_error == pytest.approx(math.sqrt(0.001 * 0.999 / 1000))


def test_too_few_draws_are_said() -> None:
    generator = np.random.default_rng(3)
    few = list(convergence_notes(bands({"npv_usd": generator.standard_normal(50)})))
    assert len(few) == 1
    assert "50 draws leave a standard error" in few[0]
    assert not list(convergence_notes(bands({"npv_usd": generator.standard_normal(5000)})))
    missing = list(convergence_notes(bands({"irr": np.array([np.nan, *generator.standard_normal(5000)])})))
    assert missing == ["irr does not exist in 1 of 5001 draws; these rank as its low end."]
