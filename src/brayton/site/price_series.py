"""Prices that change from step to step: real-time and day-ahead prices of a year, from a CSV or an array."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Fault, InputError
from brayton.core.timeaxis import TimeAxis
from brayton.site.series import read_series

HIGHEST_SPOT_USD_PER_KWH = 20.0
"""Beyond this a spot price reads as USD/MWh or cents (estimate: twice the 9 USD/kWh at which ERCOT capped its market in 2021)."""


@dataclass(frozen=True)
class PriceSeries:
    """Prices of a year [USD/kWh], in standard time, for imports or for exports.

    name: as the lines of the bill show it. step_minutes: of the prices; steps of the load may be shorter, not longer.
    year: calendar year of the prices; None where they carry no stamps and belong to whatever year they are billed with.
    added: on top of the prices of the tariff, rather than in their place.
    """

    name: str
    usd_per_kwh: NDArray[np.float64] = field(compare=False)
    step_minutes: int = 60
    year: int | None = None
    added: bool = False

    def __post_init__(self) -> None:
        prices = self.usd_per_kwh
        bad = np.flatnonzero(~(np.abs(prices) <= HIGHEST_SPOT_USD_PER_KWH))
        if prices.ndim != 1 or bad.size:
            value = float(prices.flat[bad[0]]) if bad.size else f"shape {prices.shape}"
            highest = f"{HIGHEST_SPOT_USD_PER_KWH:g} USD/kWh"
            rule = f"must be a series of finite prices up to {highest}: beyond it reads as USD/MWh or cents"
            place = f"prices {self.name}, step {bad[0]}" if bad.size else f"prices {self.name}"
            raise InputError(Fault(place, value, rule, "Convert to USD/kWh; fill gaps where the series comes from."))

    @classmethod
    def of(cls, name: str, usd_per_kwh: ArrayLike, *, step_minutes: int = 60, added: bool = False) -> PriceSeries:
        """Prices from any array of numbers; errors as the record itself."""
        return cls(name, np.asarray(usd_per_kwh, dtype=np.float64), step_minutes, None, added)

    def on(self, axis: TimeAxis) -> NDArray[np.float64]:
        """The price of each step of an axis, shape (steps,) [USD/kWh].

        Errors: InputError for another year or another number of steps, or steps of the load longer than those of the prices,
        over which the price of the energy is not known.
        """
        place = f"prices {self.name}"
        if self.year is not None and self.year != axis.year:
            remedy = "Take prices and load of the same year: both follow the same weather."
            raise InputError(Fault(place, self.year, f"are of another year than the load's {axis.year}", remedy))
        repeat, rest = divmod(self.step_minutes, axis.step_minutes)
        if rest or not repeat:
            rule = f"have steps of {self.step_minutes} min, the load has {axis.step_minutes} min"
            raise InputError(Fault(place, self.step_minutes, rule, "Resample the load to steps that divide those of the prices."))
        if self.usd_per_kwh.size * repeat != axis.steps:
            rule = f"must have {axis.steps // repeat} steps of {self.step_minutes} min for {axis.year}"
            raise InputError(Fault(place, f"{self.usd_per_kwh.size} steps", rule, "Give one price for each step of the year."))
        return np.repeat(self.usd_per_kwh, repeat)


def read_price_series(path: str | Path, column: str | None = None, *, added: bool = False) -> PriceSeries:
    """Prices [USD/kWh] from one column of a CSV (.gz too), which begins on 1 January 0:00 where it has stamps.

    Errors: InputError: those of `read_series`, no step, stamps that begin elsewhere, a header that names another unit.
    """
    series = read_series(path, column)
    file, name = str(path), series.name
    if "mwh" in name.lower() or "cent" in name.lower():
        raise InputError(Fault(f"column {name}", name, "is not in USD/kWh", "Convert it and rename the column.", file))
    if series.step_minutes is None:
        rule = "the file has no time column, and a step is never assumed"
        raise InputError(Fault("step", None, rule, "Add a time column, or a column hour_of_year.", file))
    year = None
    if series.stamps is not None:
        first = str(series.stamps[0]).replace("T", " ")
        if first[4:] != "-01-01 00:00":
            raise InputError(Fault("start", first, "a bill covers a calendar year from 1 January 00:00", "Give the year.", file))
        year = int(first[:4])
    return PriceSeries(name, series.values, series.step_minutes, year, added)
