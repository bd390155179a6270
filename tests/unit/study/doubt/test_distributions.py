"""Spreads against closed forms and scipy."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from brayton.core.errors import InputError
from brayton.study.doubt.distributions import Empirical, LogNormal, Normal, Spread, Triangular, Uniform

CHANCES = np.linspace(0.001, 0.999, 301)


@pytest.mark.parametrize(
    ("spread", "oracle"),
    [
        (Normal(2.0, 0.3), stats.norm(2.0, 0.3)),
        (LogNormal(1.1, 0.25), stats.lognorm(0.25, scale=1.1)),
        (Triangular(0.8, 0.95, 1.5), stats.triang(0.15 / 0.7, 0.8, 0.7)),
        (Triangular(0.0, 0.0, 1.0), stats.triang(0.0, 0.0, 1.0)),
        (Triangular(0.0, 1.0, 1.0), stats.triang(1.0, 0.0, 1.0)),
        (Uniform(-1.0, 3.0), stats.uniform(-1.0, 4.0)),
    ],
)
def test_quantiles_are_those_of_scipy(spread: Spread, oracle: object) -> None:
    assert spread.quantile(CHANCES) == pytest.approx(oracle.ppf(CHANCES), rel=1e-12, abs=1e-12)  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", [Normal, LogNormal])
def test_p10_and_p90_come_back(kind: type[Normal] | type[LogNormal]) -> None:
    assert kind.of_p10_p90(0.8, 1.4).quantile([0.1, 0.9]) == pytest.approx([0.8, 1.4], rel=1e-12)


def test_a_lognormal_of_mean_and_deviation_has_them() -> None:
    spread = LogNormal.of_mean(1.2, 0.4)
    oracle = stats.lognorm(spread.log_sd, scale=spread.median)
    assert (oracle.mean(), oracle.std()) == pytest.approx((1.2, 0.4), rel=1e-12)


def test_seen_values_are_drawn_alike_and_never_between() -> None:
    spread = Empirical((3.0, 1.0, 2.0))
    assert spread.quantile([0.0, 1 / 3, 0.34, 2 / 3, 0.67, 1.0]).tolist() == [1.0, 1.0, 2.0, 2.0, 3.0, 3.0]


@pytest.mark.parametrize(
    ("build", "word"),
    [
        (lambda: Normal(1.0, -0.1), "zero or more"),
        (lambda: Normal(math.nan, 0.1), "finite"),
        (lambda: Normal.of_p10_p90(1.2, 0.8), "p10 not above p90"),
        (lambda: LogNormal(0.0, 0.1), "positive"),
        (lambda: LogNormal(1.0, -0.1), "zero or more"),
        (lambda: LogNormal.of_p10_p90(-0.1, 1.0), "positive"),
        (lambda: LogNormal.of_mean(-1.0, 0.1), "positive mean"),
        (lambda: Triangular(1.0, 0.5, 2.0), "must rise"),
        (lambda: Uniform(1.0, 1.0), "low must be below high"),
        (lambda: Empirical(()), "one finite number"),
        (lambda: Empirical((1.0, math.inf)), "one finite number"),
    ],
)
def test_a_spread_that_cannot_be_is_refused(build: Callable[[], Spread], word: str) -> None:
    with pytest.raises(InputError, match=word):
        build()
