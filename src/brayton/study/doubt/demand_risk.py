"""The chance that one trip sets the month's peak, and what it costs.

A demand charge is set by the highest import of a month, so one trip in a bad hour takes back what the machines saved all month.
Trips begin at random (Poisson), each in some step with the rate of that step. A trip of L steps that begins in step i lifts the
month to the highest import of steps i..i+L-1 with the tripped machine. The month's peak therefore stays at or below x exactly if
no trip begins whose window passes x, and the number of those is again Poisson:

    P(peak > x) = 1 - exp(-N(x)),   N(x) = sum of the rates of all (step, length) whose window in the month passes x.

One machine is out at a time: two trips that overlap count as two single ones. A trip lasts whole steps
from the start of one. The year is a ring.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Faults
from brayton.study.doubt.availability import Reliability

Floats = NDArray[np.float64]
MONTHS = 12
LONGEST_TRIP_H = 672.0
"""The shortest month."""

LENGTHS = 20
"""Lengths that stand for the spread of the down times."""


@dataclass(frozen=True)
class Trips:
    """How often a machine trips, and for how long.

    starts_per_hour: expected trips that begin in each hour of a step, all machines together (n,), zero while none runs.
    duration_h: possible lengths, rounded up to whole steps. chances: of each length, adding up to one.
    Raises InputError with every figure that cannot be.
    """

    starts_per_hour: Floats
    duration_h: tuple[float, ...]
    chances: tuple[float, ...] = (1.0,)

    def __post_init__(self) -> None:
        with Faults() as faults:
            rates = self.starts_per_hour
            if rates.ndim != 1 or not (np.isfinite(rates).all() and (rates >= 0.0).all()):
                faults.add(
                    "starts_per_hour", rates.shape, "must be finite and not negative, one a step", "Give the rate of trips."
                )
            if not self.duration_h or not all(0.0 < item <= LONGEST_TRIP_H for item in self.duration_h):
                rule = f"must lie above 0 and up to {LONGEST_TRIP_H:g} h, so that a trip touches two months at most"
                faults.add("duration_h", self.duration_h, rule, "Give the length of a trip.")
            sound = all(0.0 <= item <= 1.0 for item in self.chances) and math.isclose(math.fsum(self.chances), 1.0)
            if len(self.chances) != len(self.duration_h) or not sound:
                rule = "must be one probability for each length, adding up to 1"
                faults.add("chances", self.chances, rule, "Give the share of trips of each length.")

    @classmethod
    def of(cls, reliability: Reliability, units_on: ArrayLike) -> Trips:
        """Trips of the machines that run in each step, `units_on` (n,): each running machine trips once in its MTBF.

        Trips are taken as random in time whatever `up_shape`. Lengths are the middles of `LENGTHS` slices of equal probability of
        the down time, at most `LONGEST_TRIP_H`.
        """
        middles = (np.arange(LENGTHS) + 0.5) / LENGTHS
        lengths = np.minimum(reliability.repair_h(middles), LONGEST_TRIP_H)
        return cls(np.asarray(units_on) / reliability.mtbf_h, tuple(lengths.tolist()), (1.0 / LENGTHS,) * LENGTHS)


@dataclass(frozen=True)
class DemandRisk:
    """The risk month by month (12,); NaN months hold no step.

    peak_kw: without a trip. tripped_kw: highest import with a trip in the worst step. chance: that a trip sets the peak.
    extra_kw: expected rise of the peak. chance_of_year: that at least one month's peak is set by a trip.
    """

    peak_kw: Floats
    tripped_kw: Floats
    chance: Floats
    extra_kw: Floats
    chance_of_year: float

    def as_dict(self) -> dict[str, list[float | None] | float]:
        """Keys of result.json, twelve values each; null for a month that holds no step."""
        names = ("peak_kw", "tripped_kw", "chance", "extra_kw")
        months: dict[str, list[float | None] | float] = {
            name: [None if math.isnan(value) else value for value in getattr(self, name).tolist()] for name in names
        }
        return months | {"chance_of_year": self.chance_of_year}


def demand_risk(import_kw: ArrayLike, tripped_kw: ArrayLike, month_of: ArrayLike, trips: Trips, step_hours: float) -> DemandRisk:
    """The exact risk of the demand peak of each month.

    import_kw: net import with the machines (n,). tripped_kw: the same with one machine out (n,). month_of: of each step (n,),
    0..11, rising. Errors: InputError for series that are not alike or missing, or where a trip lowers the import.
    """
    windows = _Windows.of(import_kw, tripped_kw, month_of, trips, step_hours)
    chance, extra = np.zeros(MONTHS), np.zeros(MONTHS)
    for m in range(MONTHS):
        level, count = windows.passing(m)
        if level.size:
            chance[m] = -math.expm1(-count[0])
            # between two levels the number of windows that pass is constant
            rise = np.diff(level, prepend=windows.peak_kw[m])
            extra[m] = float(np.sum(-np.expm1(-count) * rise))
    return DemandRisk(windows.peak_kw, windows.worst_kw, chance, extra, -math.expm1(-windows.hits_of_year()))


@dataclass(frozen=True)
class _Windows:
    """Every (length, step) at which a trip may begin: its expected number (l, n), and the highest import that it causes in the
    month of its first step and in the next, if it runs into it (2, l, n), with those months."""

    peak_kw: Floats
    worst_kw: Floats
    rate: Floats
    reached_kw: Floats
    months: NDArray[np.int64]

    @classmethod
    def of(cls, import_kw: ArrayLike, tripped_kw: ArrayLike, month_of: ArrayLike, trips: Trips, step_hours: float) -> _Windows:
        calm, tripped, months = np.asarray(import_kw, float), np.asarray(tripped_kw, float), np.asarray(month_of, np.int64)
        _check(calm, tripped, months, trips)
        peak, worst = _by_month(calm, months), _by_month(tripped, months)
        lengths = [max(1, math.ceil(item / step_hours - 1e-9)) for item in trips.duration_h]
        rate = np.outer(trips.chances, trips.starts_per_hour * step_hours)
        reached, of_month = np.empty((2, *rate.shape)), np.empty((2, *rate.shape), dtype=np.int64)
        for row, length in enumerate(lengths):
            reached[:, row], of_month[:, row] = _window_peaks(tripped, months, length)
        return cls(peak, worst, rate, reached, of_month)

    def passing(self, month: int) -> tuple[Floats, Floats]:
        """Levels above the month's peak that windows reach, rising, and the expected number of trips that reach each or more."""
        inside = (self.months == month) & (self.reached_kw > self.peak_kw[month]) & (self.rate > 0.0)
        level, number = self.reached_kw[inside], np.broadcast_to(self.rate, self.months.shape)[inside]
        order = np.argsort(level)
        level, number = level[order], number[order]
        return level, np.cumsum(number[::-1])[::-1]

    def hits_of_year(self) -> float:
        """Expected number of trips that pass a peak in either month they touch."""
        hits = (self.reached_kw > self.peak_kw[self.months]).any(axis=0)
        return float(self.rate[hits].sum())


def _window_peaks(tripped: Floats, months: NDArray[np.int64], length: int) -> tuple[Floats, NDArray[np.int64]]:
    """Highest import of `length` steps from each step, in the month it begins in and in the one it runs into, and those months
    (2, n); the year is a ring.

    The first by windows that double until two of them, overlapping, span the length; the second is the highest since the month
    began. So the work grows with the logarithm of the length.
    """
    n = tripped.size
    at = np.arange(n)

    def joined(highest: Floats, shift: int) -> Floats:
        """`highest` of each step, and that of the step `shift` later where it lies in the same month."""
        later = (at + shift) % n
        return np.maximum(highest, np.where(months[later] == months, highest[later], -np.inf))

    first, span = tripped.copy(), 1
    while 2 * span <= length:
        first, span = joined(first, span), 2 * span
    if span < length:
        first = joined(first, length - span)
    since = np.concatenate([np.maximum.accumulate(part) for part in np.split(tripped, np.flatnonzero(np.diff(months)) + 1)])
    end = (at + length - 1) % n
    second = np.where(months[end] == months, -np.inf, since[end])
    return np.stack((first, second)), np.stack((months, months[end]))


def _by_month(values: Floats, months: NDArray[np.int64]) -> Floats:
    highest = np.full(MONTHS, -np.inf)
    np.maximum.at(highest, months, values)
    return np.where(np.isinf(highest), np.nan, highest)


def _check(calm: Floats, tripped: Floats, months: NDArray[np.int64], trips: Trips) -> None:
    with Faults() as faults:
        shapes = {calm.shape, tripped.shape, months.shape, trips.starts_per_hour.shape}
        if len(shapes) > 1 or calm.ndim != 1:
            faults.add("import_kw", sorted(shapes), "import, trips and months must be alike, one value a step", "Align them.")
        elif not (np.isfinite(calm).all() and np.isfinite(tripped).all()):
            faults.add("import_kw", "NaN or infinite", "must be finite", "Mend the series first.")
        elif (tripped < calm - 1e-9).any():
            first = int(np.flatnonzero(tripped < calm - 1e-9)[0])
            faults.add(f"tripped_kw[{first}]", tripped[first], "a trip cannot lower the import", "Change the two series over.")
        elif (np.diff(months) < 0).any() or months.min() < 0 or months.max() >= MONTHS:
            faults.add("month_of", "not 0..11 in order", "must rise from 0 to 11", "Give the month of each step of a year.")
