"""From draws to what a reader sees: p10, p50 and p90 of each headline number, how well they are known, and the chance to pay."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import SolveError
from brayton.core.outcomes import Outcome

Side = Literal["low", "high"]

UNDEFINED_RANKS: dict[str, Side] = {
    "irr": "low",
    "simple_payback_years": "high",
    "discounted_payback_years": "high",
    "lcoe_usd_per_kwh": "high",
}
"""Headline numbers that need not exist, and at which end a draw without one ranks: an investment that never comes back is
longer than any payback, and its rate of return lower than any."""

SETTLED = 0.05
"""Standard error of a percentile, per width of its band, from which the number of draws is called too small; estimate: a
twentieth of the band is what a reader still sees in a figure."""


@dataclass(frozen=True)
class Band:
    """Percentiles of a headline number and the standard error of each.

    A percentile is an order statistic: one of the draws, not a mean of two. NaN: it lies among the draws that have no such
    number (`undefined` of them).
    """

    p10: float
    p50: float
    p90: float
    p10_se: float
    p50_se: float
    p90_se: float
    draws: int
    undefined: int = 0

    def as_dict(self) -> dict[str, float | int | None]:
        """Keys of result.json; null where there is no number."""
        return {name: value if math.isfinite(value) else None for name, value in vars(self).items()}


@dataclass(frozen=True)
class Chance:
    """A probability found by counting, with its standard error.

    standard_error: that of (hits + 1)/(draws + 2), Laplace's estimate, so that none of many is not taken for never.
    """

    value: float
    standard_error: float
    draws: int


def band(values: ArrayLike, *, undefined: Side | None = None) -> Band:
    """The band of draws (d,). undefined: end at which NaN ranks.

    Standard errors are distribution-free: half the distance between the order statistics one binomial standard deviation,
    sqrt(p (1-p) / d), to each side (Woodruff, J. Am. Stat. Assoc. 47 (1952) 635). They hold for independent draws; Latin
    hypercube draws know most percentiles better.
    Errors: SolveError for NaN where no end is given, and for no draw.
    """
    draws = np.asarray(values, dtype=float).ravel()
    missing = np.isnan(draws)
    if draws.size == 0 or (undefined is None and missing.any()):
        told = f"{missing.sum()} of {draws.size} draws have no value"
        raise SolveError(f"a band needs a number in every draw: {told}", Outcome.NOT_CONVERGED)
    ranked = np.sort(np.where(missing, -math.inf if undefined == "low" else math.inf, draws))

    def order(chance: float) -> float:
        place = math.ceil(chance * ranked.size - 1e-9) - 1
        return float(ranked[min(max(place, 0), ranked.size - 1)])

    def error(chance: float) -> float:
        spread = math.sqrt(chance * (1.0 - chance) / ranked.size)
        high, low = order(chance + spread), order(chance - spread)
        return (high - low) / 2.0 if math.isfinite(high) and math.isfinite(low) else math.nan

    found = [order(chance) for chance in (0.1, 0.5, 0.9)]
    p10, p50, p90 = (value if math.isfinite(value) else math.nan for value in found)
    return Band(p10, p50, p90, error(0.1), error(0.5), error(0.9), ranked.size, int(missing.sum()))


def bands(headlines: Mapping[str, NDArray[np.float64]]) -> dict[str, Band]:
    """The band of every headline number; those of `UNDEFINED_RANKS` may be absent in some draws."""
    return {name: band(values, undefined=UNDEFINED_RANKS.get(name)) for name, values in headlines.items()}


def chance_above(values: ArrayLike, threshold: float = 0.0) -> Chance:
    """The share of draws above `threshold`; NaN is not above."""
    draws = np.asarray(values, dtype=float).ravel()
    hits = int((draws > threshold).sum())
    smoothed = (hits + 1.0) / (draws.size + 2.0)
    return Chance(hits / draws.size, math.sqrt(smoothed * (1.0 - smoothed) / (draws.size + 2.0)), draws.size)


def convergence_notes(found: Mapping[str, Band]) -> Iterator[str]:
    """A sentence for each headline number whose percentiles are not yet settled, and for draws that have none."""
    for name, item in found.items():
        width = item.p90 - item.p10
        errors = np.array([item.p10_se, item.p50_se, item.p90_se])
        if item.undefined:
            rank = UNDEFINED_RANKS.get(name, "high")
            yield f"{name} does not exist in {item.undefined} of {item.draws} draws; these rank as its {rank} end."
        if np.isfinite(errors).all() and errors.max() > SETTLED * width:
            share, needed = errors.max() / width, math.ceil(item.draws * (errors.max() / (SETTLED * width)) ** 2)
            yield (
                f"{name}: {item.draws} draws leave a standard error of {100 * share:.0f} % of the band's width; "
                f"about {needed} draws bring it to {100 * SETTLED:.0f} %."
            )
