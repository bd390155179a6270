"""The hours of a tariff: which period applies in each hour of each season, on weekdays, on weekends and on holidays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from brayton.core.errors import Fault, Faults, InputError

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

WEEKDAY, WEEKEND, HOLIDAY = 0, 1, 2
"""Kinds of day, as the first index of `Schedule.table`."""

Matrix = tuple[tuple[int, ...], ...]
"""Period of each hour: 12 months (or as many seasons as `Schedule.row_starts` has) x 24 hours."""

TWELVE_MONTHS = tuple((month, 1) for month in range(1, 13))
"""First day of each row of a schedule whose rows are the months."""

LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True)
class Schedule:
    """Which period applies in each hour of the tariff's clock.

    weekday, weekend: a row of 24 hours for each season; weekends are Saturday and Sunday.
    holiday: the same for the holidays of the tariff; None bills them as weekends.
    row_starts: month 1..12 and day with which each row begins, in ascending order from 1 January; the months if left out.
    """

    weekday: Matrix
    weekend: Matrix
    holiday: Matrix | None = None
    row_starts: tuple[tuple[int, int], ...] = TWELVE_MONTHS

    def __post_init__(self) -> None:
        rows = len(self.row_starts)
        shape = "12 months x 24 hours" if rows == 12 else f"{rows} seasons x 24 hours"
        with Faults() as faults:
            for name, matrix in (("weekday", self.weekday), ("weekend", self.weekend), ("holiday", self.holiday)):
                if matrix is not None and (len(matrix) != rows or any(len(row) != 24 for row in matrix)):
                    faults.add(f"schedule.{name}", f"{len(matrix)} rows", f"must be {shape}", "Give each hour.")
            rising = all(low < high for low, high in zip(self.row_starts, self.row_starts[1:], strict=False))
            real = all(1 <= month <= 12 and 1 <= day <= LONGEST_MONTH[month - 1] for month, day in self.row_starts)
            if not rising or not real or self.row_starts[:1] != ((1, 1),):
                rule = "must be days of the year in ascending order, the first of them 1 January"
                faults.add("schedule.row_starts", self.row_starts, rule, "Give (month, day) pairs.")

    @cached_property
    def table(self) -> NDArray[np.int64]:
        """Periods as an array (3, rows, 24): kind of day, row, hour."""
        return np.array((self.weekday, self.weekend, self.weekend if self.holiday is None else self.holiday), dtype=np.int64)

    @cached_property
    def rows_by_month(self) -> tuple[tuple[int, ...], ...]:
        """The rows that apply on some day of each month, in ascending order."""
        ends = (*self.row_starts[1:], (13, 1))
        return tuple(
            tuple(
                row
                for row, (begin, end) in enumerate(zip(self.row_starts, ends, strict=True))
                if begin <= (month, LONGEST_MONTH[month - 1]) and end > (month, 1)
            )
            for month in range(1, 13)
        )

    @cached_property
    def periods_by_month(self) -> tuple[tuple[int, ...], ...]:
        """The periods that occur in each month, in ascending order."""
        return tuple(tuple(int(p) for p in np.unique(self.table[:, list(rows)])) for rows in self.rows_by_month)

    @classmethod
    def uniform(cls) -> Schedule:
        """Period 0 at all times."""
        matrix = ((0,) * 24,) * 12
        return cls(matrix, matrix)

    def row_name(self, row: int) -> str:
        """The month, or the first day of the season, of a row in words."""
        month, day = self.row_starts[row]
        return MONTHS[month - 1] if self.row_starts == TWELVE_MONTHS else f"from {day} {MONTHS[month - 1]}"


def missing_period(matrix: Iterable[Iterable[int]], count: int) -> tuple[int, int, int] | None:
    """Row, hour and number of the first cell that refers to a period outside 0..count-1; None if all exist."""
    for row_index, row in enumerate(matrix):
        for hour, period in enumerate(row):
            if not 0 <= period < count:
                return row_index, hour, period
    return None


def check_schedule(path: str, schedule: Schedule, periods: Sequence[object]) -> None:
    """InputError if the schedule refers to a period that does not exist, naming the first such month and hour."""
    with Faults() as faults:
        for days, matrix in (("weekday", schedule.weekday), ("weekend", schedule.weekend), ("holiday", schedule.holiday)):
            found = missing_period(matrix or (), len(periods))
            if found is not None:
                row, hour, period = found
                place = f"{path}, {days}, {schedule.row_name(row)} {hour}:00"
                faults.add(
                    place, period, f"period does not exist, there are {len(periods)} from 0", "Add it or correct the hour."
                )


def check_ends(path: str, uppers: Sequence[float]) -> None:
    """InputError unless the ends of tiers rise from above nought and the last is infinite."""
    rising = all(low < high for low, high in zip((0.0, *uppers), uppers, strict=False))
    if not uppers or not rising or uppers[-1] != float("inf"):
        rule = "tier limits must rise from above zero, the last without limit"
        raise InputError(Fault(path, list(uppers), rule, "Order the tiers; leave the last one open."))
