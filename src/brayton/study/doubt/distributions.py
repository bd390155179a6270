"""How far an uncertain figure may lie from what the scenario says: spreads by their quantiles.

All that sampling needs of a spread is its quantile function, so a spread is that: `quantile(chance)` is the value that is not
exceeded with this probability.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Fault, InputError

SCORE_OF_P90 = 1.2815515655446004
"""Standard normal quantile of 0.9; that of 0.1 is its negative."""


def normal_scores(chance: ArrayLike) -> NDArray[np.float64]:
    """Standard normal quantiles of probabilities 0..1; infinite at the ends."""
    from scipy.special import ndtri

    return np.asarray(ndtri(np.asarray(chance, dtype=float)))


@dataclass(frozen=True)
class Normal:
    """Bell curve of this mean and standard deviation (not negative)."""

    mean: float
    sd: float

    def __post_init__(self) -> None:
        _require_finite(self)
        if self.sd < 0.0:
            raise InputError(Fault("sd", self.sd, "must be zero or more", "Give the standard deviation."))

    @classmethod
    def of_p10_p90(cls, p10: float, p90: float) -> Normal:
        """The bell curve that goes through both. Errors: InputError where they are out of order."""
        _require_order(p10=p10, p90=p90)
        return cls((p10 + p90) / 2.0, (p90 - p10) / (2.0 * SCORE_OF_P90))

    def quantile(self, chance: ArrayLike) -> NDArray[np.float64]:
        """mean + sd z(chance)."""
        return self.mean + self.sd * normal_scores(chance)


@dataclass(frozen=True)
class LogNormal:
    """A figure whose logarithm is normal: never negative, and as likely doubled as halved. log_sd: of the natural logarithm."""

    median: float
    log_sd: float

    def __post_init__(self) -> None:
        _require_finite(self)
        if self.median <= 0.0:
            raise InputError(Fault("median", self.median, "must be positive for a lognormal", "Use a normal or a triangle."))
        if self.log_sd < 0.0:
            raise InputError(Fault("log_sd", self.log_sd, "must be zero or more", "Give the standard deviation."))

    @classmethod
    def of_p10_p90(cls, p10: float, p90: float) -> LogNormal:
        """The curve that goes through both. Errors: InputError where they are not positive or out of order."""
        _require_order(p10=p10, p90=p90)
        if p10 <= 0.0:
            raise InputError(Fault("p10", p10, "must be positive for a lognormal", "Use a normal or a triangle."))
        return cls(math.sqrt(p10 * p90), math.log(p90 / p10) / (2.0 * SCORE_OF_P90))

    @classmethod
    def of_mean(cls, mean: float, sd: float) -> LogNormal:
        """The curve of this arithmetic mean and standard deviation: log_sd^2 = ln(1 + (sd/mean)^2).

        Errors: InputError for a mean that is not positive or a negative deviation.
        """
        if not mean > 0.0 or not 0.0 <= sd < math.inf:
            rule = "needs a positive mean and a standard deviation of zero or more"
            raise InputError(Fault("sd", f"mean {mean:g}, sd {sd:g}", rule, "Use a normal or a triangle."))
        log_sd = math.sqrt(math.log1p((sd / mean) ** 2))
        return cls(mean * math.exp(-(log_sd**2) / 2.0), log_sd)

    def quantile(self, chance: ArrayLike) -> NDArray[np.float64]:
        """median exp(log_sd z(chance))."""
        return self.median * np.exp(self.log_sd * normal_scores(chance))


@dataclass(frozen=True)
class Triangular:
    """Between `low` and `high`, most likely at `mode`, which may be one of the ends."""

    low: float
    mode: float
    high: float

    def __post_init__(self) -> None:
        _require_finite(self)
        if not (self.low <= self.mode <= self.high and self.low < self.high):
            value = f"{self.low:g}, {self.mode:g}, {self.high:g}"
            raise InputError(Fault("low, mode, high", value, "must rise, and low below high", "Put them in order."))

    def quantile(self, chance: ArrayLike) -> NDArray[np.float64]:
        """Inverse of the two parabolas of the cumulative triangle."""
        p, width = np.asarray(chance, dtype=float), self.high - self.low
        rising = self.low + np.sqrt(p * width * (self.mode - self.low))
        falling = self.high - np.sqrt((1.0 - p) * width * (self.high - self.mode))
        return np.where(p * width <= self.mode - self.low, rising, falling)


@dataclass(frozen=True)
class Uniform:
    """Anywhere between `low` and `high` alike: all that is known where only limits are stated (JCGM 100:2008, 4.3.7)."""

    low: float
    high: float

    def __post_init__(self) -> None:
        _require_finite(self)
        if not self.low < self.high:
            value = f"{self.low:g}, {self.high:g}"
            raise InputError(Fault("low, high", value, "low must be below high", "Put them in order."))

    def quantile(self, chance: ArrayLike) -> NDArray[np.float64]:
        """low + chance (high - low)."""
        return self.low + np.asarray(chance, dtype=float) * (self.high - self.low)


@dataclass(frozen=True)
class Empirical:
    """One of the values seen, each as likely as the others: prices of past years, or the number of a weather year."""

    values: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.values or not all(math.isfinite(value) for value in self.values):
            raise InputError(Fault("values", self.values, "must be one finite number or more", "Give what was seen."))

    def quantile(self, chance: ArrayLike) -> NDArray[np.float64]:
        """Inverse of the staircase of the sorted values, without interpolation."""
        values = np.sort(np.asarray(self.values, dtype=float))
        position = np.ceil(np.asarray(chance, dtype=float) * values.size - 1e-9).astype(np.int64) - 1
        return values[np.clip(position, 0, values.size - 1)]


Spread = Normal | LogNormal | Triangular | Uniform | Empirical


def _require_finite(spread: object) -> None:
    for name, value in vars(spread).items():
        if not math.isfinite(value):
            raise InputError(Fault(name, value, "must be finite", "Give a number."))


def _require_order(**pair: float) -> None:
    (low_name, low), (high_name, high) = pair.items()
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        value, rule = f"{low:g}, {high:g}", f"must be finite, and {low_name} not above {high_name}"
        raise InputError(Fault(f"{low_name}, {high_name}", value, rule, "Put them in order."))
