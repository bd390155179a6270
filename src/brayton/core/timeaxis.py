"""The time axis of a study (law L3): fixed steps, stamps at the start, local standard time, a whole year."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from brayton.core.errors import Fault, InputError


@dataclass(frozen=True)
class TimeAxis:
    """One calendar year in steps of equal length.

    year: calendar year, 1901..2199. step_minutes: divides 60 or is 60. leap_day: False drops 29 February from a
    leap year, so that 8760-hour data can carry its calendar (said so by whoever makes the axis; never silent).
    """

    year: int
    step_minutes: int = 60
    leap_day: bool = True

    def __post_init__(self) -> None:
        if not 1901 <= self.year <= 2199:
            raise InputError(Fault("year", self.year, "must lie in 1901..2199", "Give the calendar year of the series."))
        if self.step_minutes <= 0 or 60 % self.step_minutes:
            raise InputError(Fault("step_minutes", self.step_minutes, "must divide 60", "Use 60, 30, 15, 10, 5 or 1."))

    @property
    def days(self) -> int:
        return 366 if calendar.isleap(self.year) and self.leap_day else 365

    @property
    def step_hours(self) -> float:
        return self.step_minutes / 60.0

    @property
    def steps(self) -> int:
        return self.days * 24 * 60 // self.step_minutes

    @cached_property
    def month(self) -> NDArray[np.int64]:
        """Month of each step, 0..11."""
        lengths = [calendar.monthrange(self.year, month)[1] for month in range(1, 13)]
        if not self.leap_day:
            lengths[1] = 28
        return np.repeat(np.arange(12), np.array(lengths) * (self.steps // self.days))

    @cached_property
    def hour(self) -> NDArray[np.int64]:
        """Hour of day of each step, 0..23, local standard time."""
        return (np.arange(self.steps) * self.step_minutes // 60) % 24

    @cached_property
    def day(self) -> NDArray[np.int64]:
        """Day of the year of each step, from 0."""
        return np.arange(self.steps) // (self.steps // self.days)

    @cached_property
    def weekday(self) -> NDArray[np.int64]:
        """Day of the week of each step, Monday 0 .. Sunday 6."""
        first = dt.date(self.year, 1, 1).weekday()
        day = self.day
        if calendar.isleap(self.year) and not self.leap_day:
            day = np.where(day >= 59, day + 1, day)
        return (first + day) % 7

    @cached_property
    def stamps(self) -> NDArray[np.datetime64]:
        """Start of each step, local standard time, as ``datetime64[m]``."""
        start = np.datetime64(f"{self.year}-01-01T00:00", "m")
        minutes = np.arange(self.steps) * self.step_minutes
        if calendar.isleap(self.year) and not self.leap_day:
            minutes = np.where(self.day >= 59, minutes + 1440, minutes)
        return start + minutes.astype("timedelta64[m]")
