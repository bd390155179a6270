"""Reader of EnergyPlus weather files (EPW)."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from brayton.core.errors import Fault, Faults, InputError
from brayton.core.provenance import Source
from brayton.site.csvtable import CsvTable, and_more, numbers, parse_number, whole_numbers
from brayton.site.textfile import read_lines
from brayton.site.weatheryear import Place, Weather, build_weather, check_hours

HEADER_LINES = (
    "LOCATION",
    "DESIGN CONDITIONS",
    "TYPICAL/EXTREME PERIODS",
    "GROUND TEMPERATURES",
    "HOLIDAYS/DAYLIGHT SAVING",  # the format's manual writes SAVINGS, some files drop the S
    "COMMENTS 1",
    "COMMENTS 2",
    "DATA PERIODS",
)
FIELDS: dict[str, tuple[int, float, float]] = {
    "dry_bulb_c": (6, 1.0, 99.9),
    "relative_humidity": (8, 0.01, 999.0),
    "pressure_kpa": (9, 1e-3, 999999.0),
    "sky_infrared_w_m2": (12, 1.0, 9999.0),
    "global_horizontal_w_m2": (13, 1.0, 9999.0),
    "direct_normal_w_m2": (14, 1.0, 9999.0),
    "diffuse_horizontal_w_m2": (15, 1.0, 9999.0),
    "wind_speed_m_s": (21, 1.0, 999.0),
}
"""Position in the row, factor to our unit, and the code that stands for a missing value."""
ROW_LENGTH = 22


def read_epw(path: str | Path) -> Weather:
    """Read an EPW file (.gz too) strictly: hour 1 becomes the step that begins at 00:00.

    Missing-value codes become NaN and are counted in the notes; nothing is filled or cut.
    Errors: InputError, all faults gathered: missing header lines, a place that cannot be, several data periods or sub-hourly
    records, cells that are no number, values that cannot be, hours that are absent, repeated or out of order.
    Source: EnergyPlus Auxiliary Programs, "EnergyPlus Weather File (EPW) Data Dictionary" (DOE).
    """
    file = str(path)
    header, rows, lines = _split(read_lines(path, fallback_encoding="latin-1"), file)
    faults = Faults(file=file)
    by_key = {key: next((cells for cells in header if cells[0].upper().startswith(key)), None) for key in HEADER_LINES}
    for key, cells in by_key.items():
        if cells is None:
            faults.add("header", key, "this line is missing", "An EPW begins with eight header lines; take an unbroken file.")
    place = _place(by_key["LOCATION"] or [], faults)
    periods = by_key["DATA PERIODS"]
    if periods is not None and [cell.strip() for cell in periods[1:3]] != ["1", "1"]:
        rule = "must be 1 period of 1 record per hour"
        faults.add("DATA PERIODS", ",".join(periods[1:3]), rule, "Take a file of one whole year, hourly.")
    short = [row for row, cells in enumerate(rows) if len(cells) < ROW_LENGTH]
    if short:
        rule = f"must have at least {ROW_LENGTH} fields{and_more(len(short))}"
        faults.add(f"line {lines[short[0]]}", f"{len(rows[short[0]])} fields", rule, "Take an unbroken file.")
    if not rows or short:
        faults.add("rows", len(rows), "a year has 8760 or 8784 hours", "Take an unbroken file.")
        faults.raise_if_any()
    wanted = {"month": 1, "day": 2, "hour": 3} | {name: index for name, (index, _, _) in FIELDS.items()}
    table = CsvTable(file, {name: tuple(cells[index].strip() for cells in rows) for name, index in wanted.items()}, tuple(lines))
    month, day, hour = (whole_numbers(table, name, faults) for name in ("month", "day", "hour"))
    check_hours(month, day, hour - 1, lines, faults)
    columns: dict[str, NDArray[np.float64]] = {}
    for name, (_, factor, missing_code) in FIELDS.items():
        values = numbers(table, name, faults)
        columns[name] = np.where(values == missing_code, np.nan, values * factor)
    comment = ",".join((by_key["COMMENTS 1"] or [])[1:]).strip()
    source = Source(f"EPW {Path(path).name}", "undated", "secondary", comment)
    return build_weather(columns, place, source, (), lines, faults)


def _split(text_lines: list[str], file: str) -> tuple[list[list[str]], list[list[str]], list[int]]:
    """Header lines before the first line that begins with a digit, the rows from there on, and the rows' line numbers."""
    numbered = [(number, line) for number, line in enumerate(text_lines, 1) if line.strip()]
    start = next((index for index, (_, line) in enumerate(numbered) if line.lstrip()[:1].isdigit()), len(numbered))
    try:
        cells = [next(csv.reader([line])) for _, line in numbered]
    except csv.Error as error:
        raise InputError(Fault("file", str(error), "is not comma-separated text", "Take an unbroken file.", file)) from None
    return cells[:start], cells[start:], [number for number, _ in numbered[start:]]


def _place(cells: Sequence[str], faults: Faults) -> Place:
    if len(cells) < 10:
        if cells:
            faults.add("LOCATION", ",".join(cells), "must have ten fields", "Take an unbroken file.")
        return Place("", math.nan, math.nan, math.nan, math.nan)
    figures = [parse_number(cell.strip()) for cell in cells[6:10]]
    for cell, figure in zip(cells[6:10], figures, strict=True):
        if figure is None or math.isnan(figure):
            faults.add("LOCATION", cell, "is not a number", "Give latitude, longitude, UTC offset and elevation.")
    latitude, longitude, offset, elevation = (math.nan if figure is None else figure for figure in figures)
    name = ", ".join(cell.strip() for cell in cells[1:4] if cell.strip())
    place = Place(name, latitude, longitude, elevation, offset)
    place.check(faults, "LOCATION")
    return place
