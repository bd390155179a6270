"""The points of a calibration: a CSV of measured or published figures, checked."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from brayton.core.errors import Fault, Faults, InputError, unknown_name
from brayton.core.units import ISO_RELATIVE_HUMIDITY, ISO_TEMP_K, STANDARD_PRESSURE_PA, ZERO_CELSIUS_K

CONDITIONS = {
    "ambient_temp_c": ISO_TEMP_K - ZERO_CELSIUS_K,
    "pressure_kpa": STANDARD_PRESSURE_PA / 1e3,
    "relative_humidity": ISO_RELATIVE_HUMIDITY,
}
"""Columns that set the air of a point, with the ISO value that stands where a column is absent."""

CONDITION_RANGES = {"ambient_temp_c": (-60.0, 60.0), "pressure_kpa": (50.0, 110.0)}
"""What air can be: a value outside is in another unit."""

SMALLEST = 1e-9
"""Of every other figure: what is smaller is zero in any unit of a column."""

DEMANDS = ("net_power_kw", "gross_power_kw", "load_fraction")

DEFAULT_SD = {
    "net_power_kw": 0.01,
    "gross_power_kw": 0.01,
    "fuel_power_kw_lhv": 0.01,
    "elec_eff_lhv": 0.01,
    "air_flow_kg_s": 0.015,
    "exhaust_flow_kg_s": 0.015,
    "exhaust_temp_c": 5.0,
    "shaft_speed_rpm": 0.01,
    "turbine_exit_temp_c": 5.0,
    "turbine_inlet_temp_c": 10.0,
    "compressor_exit_temp_c": 5.0,
    "pressure_ratio": 0.02,
}
"""Standard deviation of an observation without a ``*_sd`` column: relative, for temperatures in K. Estimates of good field
instruments."""


@dataclass(frozen=True)
class FitPoints:
    """Points to fit: one array per column that ``brayton fit`` knows, NaN where a point has no value.

    values: by column name. sd: absolute standard deviation of each observation, by column name.
    """

    values: Mapping[str, NDArray[np.float64]]
    sd: Mapping[str, NDArray[np.float64]]

    @property
    def count(self) -> int:
        return len(next(iter(self.values.values())))


def fit_points(columns: Mapping[str, Sequence[float] | NDArray[np.float64]], file: str | None = None) -> FitPoints:
    """Check the columns of a table of points.

    Errors: InputError for unknown columns, lengths that differ, no demand column, points without a demand, figures that
    are not positive, or nothing to compare.
    """
    known = {*CONDITIONS, *DEMANDS, *DEFAULT_SD}
    values: dict[str, NDArray[np.float64]] = {}
    sd: dict[str, NDArray[np.float64]] = {}
    with Faults(file=file) as faults:
        lengths = {name: len(column) for name, column in columns.items()}
        if len(set(lengths.values())) > 1:
            faults.add("columns", lengths, "must have one length", "Give every column a value or a blank in each row.")
            faults.raise_if_any()
        for name, column in columns.items():
            base = name.removesuffix("_sd")
            if base not in known:
                faults.absorb(unknown_name("column", name, known, path=f"column {name}"))
                continue
            array = np.asarray(column, dtype=float)
            (sd if name.endswith("_sd") else values)[base] = array
            if name in CONDITION_RANGES:
                low, high = CONDITION_RANGES[name]
                bad, rule = (array < low) | (array > high), f"must lie in {low:g} .. {high:g}"
            else:
                bad, rule = array < SMALLEST, "must exceed 0"
            for row in np.flatnonzero(bad)[:3]:
                faults.add(f"row {row + 1}, column {name}", array[row], rule, "Check value and unit.")
        for name in values.keys() & {"load_fraction", "relative_humidity", "elec_eff_lhv"}:
            for row in np.flatnonzero(values[name] > 1.05)[:3]:
                faults.add(f"row {row + 1}, column {name}", values[name][row], "is a fraction", "Divide percent by 100.")
        demands = [values[name] for name in DEMANDS if name in values]
        if not demands:
            faults.add("columns", sorted(columns), f"need one of {', '.join(DEMANDS)}", "Add the power of each point.")
        elif not np.isfinite(np.stack(demands)).any(axis=0).all():
            row = int(np.flatnonzero(~np.isfinite(np.stack(demands)).any(axis=0))[0])
            faults.add(f"row {row + 1}", "blank", f"has none of {', '.join(DEMANDS)}", "Add the power of the point.")
        if not values.keys() & DEFAULT_SD.keys() - {"net_power_kw", "gross_power_kw"} and "load_fraction" not in values:
            faults.add("columns", sorted(columns), "hold nothing to compare", "Add fuel, efficiency, flow, temperature or speed.")
    for name, column in values.items():
        if name in DEFAULT_SD:
            scale = np.ones_like(column) if name.endswith("_temp_c") else np.abs(column)
            default = DEFAULT_SD[name] * scale
            sd[name] = np.where(np.isfinite(sd[name]), sd[name], default) if name in sd else default
    return FitPoints(values, sd)


def read_fit_points(path: str | Path) -> FitPoints:
    """Points from a CSV with a header; lines that begin with ``#`` are comments, blank cells are missing values.

    Errors: InputError for an unreadable file, cells that are not numbers, and all that `fit_points` checks.
    """
    file = str(path)
    try:
        lines = [
            line for line in Path(path).read_text(encoding="utf-8").splitlines() if line.strip() and not line.startswith("#")
        ]
        rows = list(csv.reader(lines))
    except FileNotFoundError:
        raise InputError(Fault("file", file, "does not exist", "Check the path.", file)) from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(Fault("file", str(error), "cannot be read as a CSV in UTF-8", "Check the file.", file)) from None
    if len(rows) < 2:
        raise InputError(Fault("file", f"{len(rows)} rows", "needs a header and at least one point", "Add points.", file))
    header = [name.strip() for name in rows[0]]
    columns: dict[str, list[float]] = {name: [] for name in header}
    with Faults(file=file) as faults:
        if len(columns) < len(header):
            faults.add("header", ", ".join(header), "names a column twice", "Give each column one name.")
            faults.raise_if_any()
        for number, row in enumerate(rows[1:], start=1):
            if len(row) != len(header):
                faults.add(f"row {number}", f"{len(row)} cells", f"must have {len(header)}", "Check the commas.")
        faults.raise_if_any()
        for number, row in enumerate(rows[1:], start=1):
            for name, cell in zip(header, row, strict=True):
                columns[name].append(_number(cell, f"row {number}, column {name}", faults))
        points = faults.attempt(lambda: fit_points(columns, file))
    assert points is not None  # or its faults were raised
    return points


def _number(cell: str, path: str, faults: Faults) -> float:
    """The value of a cell; NaN for a blank one, and for one that is at fault."""
    try:
        value = float(cell) if cell.strip() else np.nan
    except ValueError:
        value = np.inf
    if np.isinf(value):
        faults.add(path, cell, "is not a number", "Give a number or leave it blank.")
        return np.nan
    return value
