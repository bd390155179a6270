"""One series of numbers from a CSV, with its time column where it has one (laws L3 and L5)."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from brayton.core.errors import Fault, Faults, InputError, unknown_name
from brayton.site.csvtable import CsvTable, and_more, numbers, read_csv_table

TIME_WORDS = ("time", "date", "stamp", "hour_ending")
"""A header that begins with one of these names the time column."""
INDEX_COLUMN = "hour_of_year"
_STAMP = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?")


@dataclass(frozen=True)
class Series:
    """A series as it stands in a file: complete, in order, with one fixed step.

    name: its column. values: finite, in the unit that the name of the column says.
    stamps: start of each step in local standard time, ``datetime64[m]``; None if the file has no time column.
    step_minutes: from the time column, or 60 from a column ``hour_of_year``; None if the file has neither.
    """

    name: str
    values: NDArray[np.float64]
    stamps: NDArray[np.datetime64] | None
    step_minutes: int | None


def read_series(path: str | Path, column: str | None = None, *, leap_day: bool = True) -> Series:
    """Read one column of a CSV (.gz too) with its time column, strictly.

    column: may be left out if there is only one besides those that carry time, for which see `read_clock`.
    leap_day: False allows 29 February to be absent.
    Errors: InputError, all faults gathered: unknown column, cells that are missing or no number, and those of `read_clock`.
    """
    table = read_csv_table(path)
    name = _value_column(table, column)
    with Faults(file=table.file) as faults:
        values = numbers(table, name, faults)
        stamps, step = read_clock(table, faults, leap_day=leap_day)
    return Series(name, values, stamps, step)


def read_clock(table: CsvTable, faults: Faults, *, leap_day: bool = True) -> tuple[NDArray[np.datetime64] | None, int | None]:
    """Stamps and step [min] of a table, as in `Series`.

    The time column has a header that begins with time, date or stamp, or cells like ``2018-01-01 00:00``; stamps are local
    standard time at the start of the step. A column ``hour_of_year`` counts hours up by one from any number.
    Adds a fault for stamps that are no time, repeat, jump (as with daylight saving), run backwards or mark the step's end.
    """
    time_column = _time_column(table)
    if INDEX_COLUMN in table.columns:
        _check_index(table, faults)
    if time_column is None:
        return None, 60 if INDEX_COLUMN in table.columns else None
    return _read_stamps(table, time_column, leap_day, faults)


def value_columns(table: CsvTable) -> list[str]:
    """The columns that do not carry time."""
    time_column = _time_column(table)
    return [name for name in table.columns if name not in (time_column, INDEX_COLUMN)]


def _time_column(table: CsvTable) -> str | None:
    for name, cells in table.columns.items():
        if name.lower().startswith(TIME_WORDS) or _STAMP.fullmatch(cells[0]):
            return name
    return None


def _value_column(table: CsvTable, column: str | None) -> str:
    candidates = value_columns(table)
    if column is None and len(candidates) == 1:
        return candidates[0]
    if column is None:
        fault = Fault(
            "column", None, f"the file has {len(candidates)} columns of values: {', '.join(candidates)}", "Name one.", table.file
        )
        raise InputError(fault)
    if column not in candidates:
        raise unknown_name("column of values", column, candidates, path="column", file=table.file)
    return column


def _check_index(table: CsvTable, faults: Faults) -> None:
    """Rows of an hourly series count up by one; a repeat or a jump is a duplicate hour or a gap."""
    index = numbers(table, INDEX_COLUMN, faults)
    odd = np.flatnonzero(np.diff(index) != 1.0)
    if odd.size:
        row = int(odd[0]) + 1
        place = f"{table.place(row)}, column {INDEX_COLUMN}"
        rule = f"does not follow {index[row - 1]:g}: a duplicate hour, a gap or a wrong order{and_more(odd.size)}"
        faults.add(place, f"{index[row]:g}", rule, "Give each hour of the year once, in order.")


def _read_stamps(
    table: CsvTable, column: str, leap_day: bool, faults: Faults
) -> tuple[NDArray[np.datetime64] | None, int | None]:
    cells = table.cells(column)
    parsed = [_parse_stamp(cell) for cell in cells]
    bad = [row for row, stamp in enumerate(parsed) if stamp is None]
    if bad:
        rule = f"is not a time as 2018-01-31 23:00{and_more(len(bad))}"
        remedy = "Give local standard time at the start of each step, without offset, whole minutes."
        faults.add(f"{table.place(bad[0])}, column {column}", cells[bad[0]], rule, remedy)
        return None, None
    if "ending" in column.lower():
        faults.add(
            "header", column, "says that stamps mark the end of their step", "Shift them to its start (L3) and rename the column."
        )
    stamps = np.array(parsed, dtype="datetime64[m]")
    return stamps, _fixed_step_minutes(stamps, table, column, leap_day, faults)


def _parse_stamp(cell: str) -> dt.datetime | None:
    if not _STAMP.fullmatch(cell):
        return None
    try:
        stamp = dt.datetime.fromisoformat(cell)
    except ValueError:
        return None
    return None if stamp.second else stamp


def _fixed_step_minutes(
    stamps: NDArray[np.datetime64], table: CsvTable, column: str, leap_day: bool, faults: Faults
) -> int | None:
    """The one step between stamps; every other step is a fault: duplicate, gap or wrong order."""
    if len(stamps) < 2:
        faults.add(f"column {column}", f"{len(stamps)} rows", "one stamp has no step", "Give at least two rows.")
        return None
    minutes = np.diff(stamps).astype(np.int64)
    lengths, counts = np.unique(minutes, return_counts=True)
    step = int(lengths[np.argmax(counts)])
    if step <= 0 or 60 % step:
        faults.add(f"column {column}", f"{step} min", "the step must divide 60 minutes", "Use 60, 30, 15, 10, 5 or 1.")
        return None
    odd = np.flatnonzero(minutes != step)
    if not leap_day:
        odd = odd[[not _skips_leap_day(stamps[row], stamps[row + 1], step) for row in odd]]
    kinds = {"is a duplicate": minutes[odd] == 0, "runs backwards": minutes[odd] < 0, "follows a gap": minutes[odd] > 0}
    clock_change = " The jumps lie where clocks change: shift the rows to standard time." if _like_dst(stamps, odd) else ""
    for rule, chosen in kinds.items():
        rows = odd[chosen] + 1
        if rows.size:
            row = int(rows[0])
            place = f"{table.place(row)}, column {column}"
            after = f"{rule}: the row before is {_text(stamps[row - 1])}, the step {step} min{and_more(rows.size)}"
            faults.add(place, _text(stamps[row]), after, f"Give each step once, in order, in local standard time.{clock_change}")
    return step


def _skips_leap_day(before: np.datetime64, after: np.datetime64, step: int) -> bool:
    day_later = before + np.timedelta64(step + 1440, "m")
    return bool(after == day_later) and _text(before)[5:10] == "02-28" and _text(after)[5:10] == "03-01"


def _like_dst(stamps: NDArray[np.datetime64], odd: NDArray[np.int64]) -> bool:
    """Whether all odd steps lie on Sundays in March, April, October or November before 4 a.m., as clock changes do."""
    times = [stamp.astype(dt.datetime) for stamp in stamps[odd + 1]]
    return bool(times) and all(time.weekday() == 6 and time.month in (3, 4, 10, 11) and time.hour < 4 for time in times)


def _text(stamp: np.datetime64) -> str:
    return str(stamp).replace("T", " ")
