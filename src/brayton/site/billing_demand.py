"""Billing demand: the demand of a month as ratchets and look-backs leave it.

A ratchet bills a month on at least a share of the highest peak of earlier months, so that one bad hour is paid for a year.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from brayton.core.errors import Faults
from brayton.site.schedule import MONTHS

RatchetedPeak = Literal["month", "period", "within"]

EVERY_MONTH = (True,) * 12


@dataclass(frozen=True)
class Ratchet:
    """Billing demand of a month m [kW]: the highest of ``floor_kw``, ``fraction[j] * peak[j]`` over the months looked back at,
    ``fraction[m] * peak[m]``, and the month's own peak where ``own_peak[m]`` says so.

    Looked back at are the ``months_back`` months before m; those before January are months of the previous year. With
    ``months_back = 11`` and the year itself in place of the previous one, every month is seen from every month: the rule of a
    record that lists its months (``lookbackmonths``; REopt's rule a). A record with a range looks back so many months
    (``lookbackrange``; REopt's rule b).
    fraction: twelve, by the month looked back at; nought where that month is not looked at.
    own_peak: whether a month's own peak counts in full; True in almost every tariff.
    flat: whether flat demand is billed on it. tou: whether time-of-use demand is; tou_periods: which of its periods, all if None;
    only their hours make the peaks that are looked at (SAM's rule).
    tou_peak: on what a period of time-of-use demand is billed. ``month``: on the billing demand of the month (SAM).
    ``period``: on the period's own peak, and at least on what the look-back asks of the month (REopt). ``within``: as if its
    hours were all there are, by its own peak and its own earlier peaks.
    """

    fraction: tuple[float, ...]
    months_back: int = 11
    floor_kw: float = 0.0
    own_peak: tuple[bool, ...] = EVERY_MONTH
    flat: bool = True
    tou: bool = True
    tou_periods: frozenset[int] | None = None
    tou_peak: RatchetedPeak = "month"

    def __post_init__(self) -> None:
        with Faults() as faults:
            if len(self.fraction) != 12 or not all(0.0 <= part <= 1.0 for part in self.fraction):
                rule = "must be twelve fractions of a peak in 0..1, January first"
                faults.add("ratchet.fraction", self.fraction, rule, "Write 70 % as 0.7.")
            if not 0 <= self.months_back <= 12:
                remedy = "Give the number of months before the billed one."
                faults.add("ratchet.months_back", self.months_back, "must lie in 0..12", remedy)
            if len(self.own_peak) != 12:
                faults.add("ratchet.own_peak", self.own_peak, "must be twelve, January first", "Say it for each month.")
            if not 0.0 <= self.floor_kw < math.inf:
                faults.add("ratchet.floor_kw", self.floor_kw, "must be finite and not negative", "Give kW.")

    def applies_to(self, period: int) -> bool:
        """Whether a period of time-of-use demand is billed on the ratcheted demand."""
        return self.tou and (self.tou_periods is None or period in self.tou_periods)

    @property
    def looks_back(self) -> bool:
        """Whether peaks of earlier months matter at all."""
        return self.months_back > 0 and any(self.fraction)


@dataclass(frozen=True)
class BillingDemand:
    """What the ratchet makes of the peaks of d years, each array of shape (d, 12) [kW].

    kw: billing demand. looked_back_kw: what the floor and the look-back ask, the month's own peak left out.
    set_by: index of the month whose peak sets `looked_back_kw`: 0..11 of the year, -12..-1 of the previous one; 12 for the floor.
    """

    kw: NDArray[np.float64]
    looked_back_kw: NDArray[np.float64]
    set_by: NDArray[np.int64]


FLOOR = 12


def billing_demand(
    ratchet: Ratchet, peaks_kw: NDArray[np.float64], previous_peaks_kw: NDArray[np.float64] | None = None
) -> BillingDemand:
    """Billing demand of each month.

    peaks_kw: (d, 12), highest demand of each month [kW]. previous_peaks_kw: (d, 12) or (12,), of the year before; None lets each
    year stand for its own predecessor. Equation: see `Ratchet`.
    """
    before = peaks_kw if previous_peaks_kw is None else np.broadcast_to(previous_peaks_kw, peaks_kw.shape)
    fraction = np.array(ratchet.fraction)
    candidates = np.concatenate((before * fraction, peaks_kw * fraction), axis=1)
    highest = np.full(peaks_kw.shape, ratchet.floor_kw)
    set_by = np.full(peaks_kw.shape, FLOOR)
    for month in range(12):
        window = candidates[:, 12 + month - ratchet.months_back : 12 + month + 1]
        best = ratchet.months_back - np.argmax(window[:, ::-1], axis=1)  # of equal peaks the latest
        value = np.take_along_axis(window, best[:, None], axis=1)[:, 0]
        above = value > ratchet.floor_kw
        highest[:, month] = np.where(above, value, ratchet.floor_kw)
        set_by[:, month] = np.where(above, best + month - ratchet.months_back, FLOOR)
    own = np.where(np.array(ratchet.own_peak), peaks_kw, 0.0)
    return BillingDemand(np.maximum(own, highest), highest, set_by)


def ratchet_words(ratchet: Ratchet, demand: BillingDemand, month: int, *, stands_in: bool) -> str:
    """Which month's peak and which percent set the demand of a month of the first year, in words; "" where its own peak did.

    stands_in: whether the year stood for the previous one.
    """
    kw = demand.looked_back_kw[0, month]
    if demand.kw[0, month] > kw:
        return ""
    source = int(demand.set_by[0, month])
    if source == FLOOR:
        return f"set by the least billing demand of {kw:g} kW"
    fraction = ratchet.fraction[source % 12]
    year = (
        "" if source >= 0 else (" of the year before (this year's figure in its place)" if stands_in else " of the year before")
    )
    return f"set by {100 * fraction:g} % of the peak of {kw / fraction:.1f} kW in {MONTHS[source % 12]}{year}"
