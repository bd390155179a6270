"""The net load of a bill with its calendar: from the stamps of the file, or as the caller says, never assumed (law L3)."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from brayton.core.errors import Faults
from brayton.core.timeaxis import TimeAxis
from brayton.site.power import check_unit_of_column
from brayton.site.series import Series, read_series


def read_net_load(
    path: str | Path, column: str | None = None, *, start: str | None = None, step_minutes: int | None = None
) -> tuple[NDArray[np.float64], TimeAxis]:
    """Net load [kW] (import positive, export negative) of a calendar year from one column of a CSV, and its time axis.

    start: first day, ``2018-01-01``, for a file without stamps. step_minutes: for a file without a time column.
    Errors: InputError, all faults gathered: those of `read_series`; no calendar or step, or one that contradicts the file; not
    a calendar year from 1 January; another number of rows; a unit other than kW.
    """
    series = read_series(path, column)
    with Faults(file=str(path)) as faults:
        step = _step(series, step_minutes, faults)
        year = _year(series, start, faults)
        axis = faults.attempt(lambda: TimeAxis(year, step)) if year is not None and step is not None else None
        if axis is not None:
            _check_rows(series, axis, faults)
            check_unit_of_column(series, axis, faults)
    assert axis is not None, "without an axis there are faults, which are raised by now"
    return series.values, axis


def _step(series: Series, given: int | None, faults: Faults) -> int | None:
    if series.step_minutes is None and given is None:
        faults.add("step", None, "the file has no time column, and a step is never assumed", "Give --step-minutes 60.")
    elif series.step_minutes is not None and given not in (None, series.step_minutes):
        faults.add("step_minutes", given, f"the time column has steps of {series.step_minutes} min", "Drop --step-minutes.")
    return given if series.step_minutes is None else series.step_minutes


def _year(series: Series, start: str | None, faults: Faults) -> int | None:
    stamp = None if series.stamps is None else str(series.stamps[0]).replace("T", " ")
    if start is None and stamp is None:
        rule = "the file has no time stamps, and weekdays are never assumed"
        faults.add("start", None, rule, "Give --start 2018-01-01, the first day of the year of the load.")
        return None
    if start is not None and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", start):
        faults.add("start", start, "is not a day as 2018-01-01", "Give the first day of the year of the load.")
        return None
    if start is not None and stamp is not None and stamp != f"{start} 00:00":
        faults.add("start", start, f"the file begins at {stamp}", "Drop --start: the file's own stamps count.")
    first = stamp or f"{start} 00:00"
    if first[4:] != "-01-01 00:00":
        faults.add("start", first, "a bill covers a calendar year from 1 January 00:00", "Give the whole year, in order.")
        return None
    return int(first[:4])


def _check_rows(series: Series, axis: TimeAxis, faults: Faults) -> None:
    rows = len(series.values)
    if rows != axis.steps:
        remedy = "Give every step of the year once; nothing is cut or filled."
        if {rows, axis.steps} == {365 * axis.steps // axis.days, 366 * axis.steps // axis.days}:
            remedy = "The difference is 29 February: choose a calendar year of the same kind."
        faults.add("rows", rows, f"the year {axis.year} has {axis.steps} steps of {axis.step_minutes} min", remedy)
