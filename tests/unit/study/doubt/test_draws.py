"""Margins, copula and seed of the draws."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from brayton.core.errors import InputError
from brayton.study.doubt.distributions import LogNormal, Normal, Triangular, Uniform
from brayton.study.doubt.draws import Correlation, Method, Uncertain, correlation_matrix, draw

Build = Callable[..., Uncertain]


def test_a_latin_hypercube_draws_each_slice_once(uncertain: Build) -> None:
    draws = draw([uncertain("a", Uniform(0.0, 1.0)), uncertain("b", Uniform(0.0, 1.0))], 500, 7)
    for values in draws.values.values():
        assert sorted(np.floor(values * 500).astype(int).tolist()) == list(range(500))
    assert abs(np.corrcoef(draws.values["a"], draws.values["b"])[0, 1]) < 4 / math.sqrt(500)


@pytest.mark.parametrize("method", ["latin_hypercube", "plain"])
def test_the_copula_gives_the_rank_correlation_of_its_closed_form(uncertain: Build, method: Method) -> None:
    """Spearman's correlation of a Gaussian copula is 6/pi asin(rho/2), whatever the margins."""
    inputs = [uncertain("a", LogNormal(1.0, 0.5)), uncertain("b", Triangular(0.0, 0.2, 3.0)), uncertain("c")]
    draws = draw(inputs, 20_000, 3, correlations=[Correlation("a", "b", 0.7), Correlation("b", "c", -0.4)], method=method)

    def rank(first: str, second: str) -> float:
        return float(stats.spearmanr(draws.values[first], draws.values[second]).statistic)

    # 4 standard errors of a rank correlation of 20,000 draws are 0.028
    assert rank("a", "b") == pytest.approx(6 / math.pi * math.asin(0.35), abs=0.028)
    assert rank("b", "c") == pytest.approx(6 / math.pi * math.asin(-0.2), abs=0.028)
    assert rank("a", "c") == pytest.approx(0.0, abs=0.028)


@pytest.mark.parametrize("method", ["latin_hypercube", "plain"])
def test_margins_are_the_spreads(uncertain: Build, method: Method) -> None:
    draws = draw(
        [uncertain("a", Normal(1.0, 0.1)), uncertain("b")], 4000, 5, correlations=[Correlation("a", "b", 0.9)], method=method
    )
    # Kolmogorov's 99.9 % bound is 1.95/sqrt(4000); a hypercube stays within one slice
    bound = 1.95 / math.sqrt(4000) if method == "plain" else 1 / 4000
    assert stats.kstest(draws.values["a"], stats.norm(1.0, 0.1).cdf).statistic <= bound


def test_one_seed_one_sample(uncertain: Build) -> None:
    inputs = [uncertain("a"), uncertain("b")]
    first, again, other = draw(inputs, 50, 1), draw(inputs, 50, 1), draw(inputs, 50, 2)
    assert (first.values["b"] == again.values["b"]).all()
    assert not (first.values["b"] == other.values["b"]).any()
    assert (first.seed, first.method, first.count) == (1, "latin_hypercube", 50)
    assert first.block(10, 20)["a"].tolist() == first.values["a"][10:20].tolist()


def test_a_perfect_correlation_is_one(uncertain: Build) -> None:
    draws = draw([uncertain("a"), uncertain("b")], 200, 1, correlations=[Correlation("a", "b", 1.0)], method="plain")
    assert draws.values["a"] == pytest.approx(draws.values["b"], rel=1e-9)


def test_an_impossible_matrix_is_refused_and_not_repaired() -> None:
    """Two inputs, each tied at 0.9 to a third, cannot be opposed at -0.9: the smallest eigenvalue is 1 - 2 x 0.9."""
    pairs = [Correlation("gas", "power", 0.9), Correlation("gas", "load", 0.9), Correlation("power", "load", -0.9)]
    with pytest.raises(InputError, match=r"eigenvalue of -0\.8 below zero, from gas, power, load"):
        correlation_matrix(["gas", "power", "load"], pairs)


@pytest.mark.parametrize(
    ("pairs", "word"),
    [
        ([Correlation("a", "gass", 0.5)], "uncertain input"),
        ([Correlation("a", "a", 0.5)], "is one input"),
        ([Correlation("a", "b", 1.5)], r"-1\.\.1"),
        ([Correlation("a", "b", math.nan)], r"-1\.\.1"),
        ([Correlation("a", "b", 0.5), Correlation("b", "a", 0.4)], "stands twice"),
    ],
)
def test_bad_pairs_are_refused(pairs: list[Correlation], word: str) -> None:
    with pytest.raises(InputError, match=word):
        correlation_matrix(["a", "b"], pairs)


def test_bad_samples_are_refused(uncertain: Build) -> None:
    with pytest.raises(InputError, match="stands twice"):
        draw([uncertain("a"), uncertain("a")], 10, 1)
    with pytest.raises(InputError, match="nothing is uncertain"):
        draw([], 10, 1)
    with pytest.raises(InputError, match="one or more"):
        draw([uncertain("a")], 0, 1)


def test_a_spread_that_reaches_nonsense_is_refused(uncertain: Build) -> None:
    with pytest.raises(InputError, match="no meaning"):
        uncertain("price", Normal(1.0, 0.4), lowest=0.0)
    assert uncertain("price", Normal(1.0, 0.1), lowest=0.0).lowest == 0.0
