"""Power in each step of a year: what a series of it must hold, whether a file or a caller gives it."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Faults
from brayton.core.timeaxis import TimeAxis
from brayton.site.series import Series

LARGEST_BILLED_KW = 1e9
"""Beyond this a figure is none: it keeps the sums of a bill finite, whatever the size of the customer."""
LARGEST_SITE_KW = 100_000.0
"""Beyond this a column reads as watts (estimate: far above any site of microturbines)."""
SMALLEST_ANNUAL_KWH = 2.0
"""A year below this reads as a shape normalised to one, or as megawatts (estimate: no site lives on 0.2 W)."""
OTHER_UNITS = frozenset(
    {"w", "mw", "gw", "wh", "mwh", "gwh", "j", "kj", "mj", "gj"}
    | {"btu", "kbtu", "mmbtu", "mbh", "mbtu", "therm", "therms", "ton", "tons"}
)


def power_by_step(
    path: str, kw: ArrayLike, axis: TimeAxis, faults: Faults, *, signed: bool = False, rows: bool = False
) -> NDArray[np.float64]:
    """`kw` as floats, one for each step, (axis.steps,) [kW]; a fault at `path` for another shape or values without credit.

    signed: whether it may be negative. rows: whether there may be several years, (..., axis.steps). Where the shape is wrong it
    is zero throughout, so that the caller can look for further faults.
    """
    values = np.asarray(kw, dtype=np.float64)
    if values.shape[-1:] != (axis.steps,) or (values.ndim > 1 and not rows):
        rule = f"must have {axis.steps} steps of {axis.step_minutes} min for {axis.year}"
        faults.add(path, f"shape {values.shape}", rule, "Give one value for each step of the year.")
        return np.zeros(axis.steps)
    lowest = -LARGEST_BILLED_KW if signed else 0.0
    if values.size and not (values.min() >= lowest and values.max() < LARGEST_BILLED_KW):
        bad = np.flatnonzero(~((values >= lowest) & (values < LARGEST_BILLED_KW)))
        rule = f"must be finite{'' if signed else ', not negative'} and below {LARGEST_BILLED_KW:g} kW"
        rule += f"; {bad.size} of {values.size} steps are not"
        remedy = f"Fill the gap, or correct {'the unit' if signed else 'the sign or the unit'}, where the series comes from."
        faults.add(f"{path}, step {bad[0] % axis.steps}", float(values.flat[bad[0]]), rule, remedy)
    return values


def check_unit_of_column(series: Series, axis: TimeAxis, faults: Faults) -> None:
    """A fault for a column of a file whose name or size speaks of another unit than kW, or than kWh of an hour's step."""
    column, words = f"column {series.name}", re.split(r"[^a-z]+", series.name.lower())
    foreign = [word for word in words if word in OTHER_UNITS]
    if foreign and not {"kw", "kwh"} & set(words):
        remedy = "Convert to kW, or to kWh per step of one hour, and rename the column."
        faults.add(column, foreign[0], "names a unit that is neither kW nor kWh", remedy)
    if "kwh" in words and axis.step_minutes != 60:
        rule = f"energy per step of {axis.step_minutes} min is not power"
        faults.add(column, "kwh", rule, "Divide by the hours of a step and rename the column to kW.")
    magnitude = np.abs(series.values)
    largest, annual_kwh = float(magnitude.max()), float(magnitude.sum()) * axis.step_hours
    if largest > LARGEST_SITE_KW:
        rule = f"is above {LARGEST_SITE_KW:g} kW, no site of microturbines; probably watts"
        faults.add(column, largest, rule, "Convert to kW.")
    if 0.0 < annual_kwh < SMALLEST_ANNUAL_KWH:
        rule = "is the sum over the year in kWh; probably a shape normalised to one, or megawatts"
        faults.add(column, annual_kwh, rule, "Multiply by the annual energy, or convert to kW.")
