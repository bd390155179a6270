"""Reader of NREL's TMY3 files (CSV)."""

from __future__ import annotations

import csv
import math
import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from brayton.core.errors import Faults, InputError
from brayton.core.provenance import Source
from brayton.site.csvtable import CsvTable, and_more, numbers, parse_number, read_csv_table
from brayton.site.textfile import read_lines
from brayton.site.weatheryear import Place, Weather, build_weather, check_hours

DATE_COLUMN = "Date (MM/DD/YYYY)"
TIME_COLUMN = "Time (HH:MM)"
FIELDS: dict[str, tuple[str, float]] = {
    "dry_bulb_c": ("Dry-bulb (C)", 1.0),
    "relative_humidity": ("RHum (%)", 0.01),
    "pressure_kpa": ("Pressure (mbar)", 0.1),
    "wind_speed_m_s": ("Wspd (m/s)", 1.0),
    "global_horizontal_w_m2": ("GHI (W/m^2)", 1.0),
    "direct_normal_w_m2": ("DNI (W/m^2)", 1.0),
    "diffuse_horizontal_w_m2": ("DHI (W/m^2)", 1.0),
}
"""Our name to the file's column and the factor to our unit."""
MISSING_CODE = -9900.0
_MOMENT = re.compile(r"(\d\d)/(\d\d)/(\d{4}) (\d\d):00")


def read_tmy3(path: str | Path) -> Weather:
    """Read a TMY3 file (.gz too) strictly: the row of 01:00 becomes the step that begins at 00:00.

    The code -9900 becomes NaN and is counted in the notes; nothing is filled or cut.
    Errors: InputError, all faults gathered, as for `read_epw`; also columns that are absent.
    Source: Wilcox and Marion, "Users Manual for TMY3 Data Sets", NREL/TP-581-43156 (2008), tables 1-1 to 1-3.
    """
    table = read_csv_table(path, preamble_lines=1)
    with Faults(file=table.file) as faults:
        for column in (DATE_COLUMN, TIME_COLUMN, *(column for column, _ in FIELDS.values())):
            try:
                table.cells(column)
            except InputError as error:
                faults.absorb(error)
    place = _place(path, faults)
    month, day, hour_ending = _moments(table, faults)
    check_hours(month, day, hour_ending - 1, table.lines, faults)
    columns: dict[str, NDArray[np.float64]] = {}
    for name, (column, factor) in FIELDS.items():
        values = numbers(table, column, faults)
        columns[name] = np.where(values == MISSING_CODE, np.nan, values * factor)
    source = Source(f"TMY3 {Path(path).name}", "2008", "primary", "NREL, typical meteorological year from 1976-2005 or 1991-2005")
    return build_weather(columns, place, source, (), table.lines, faults)


def _place(path: str | Path, faults: Faults) -> Place:
    """The first line: station, "name", state, UTC offset, latitude, longitude, elevation."""
    first = read_lines(path)[0]
    cells = [cell.strip() for cell in next(csv.reader([first]))]
    figures = [parse_number(cell) for cell in cells[3:7]]
    if len(cells) != 7 or any(figure is None or math.isnan(figure) for figure in figures):
        rule = 'must be station, "name", state, UTC offset, latitude, longitude, elevation'
        faults.add("line 1", first, rule, "Take an unbroken file.")
        return Place("", math.nan, math.nan, math.nan, math.nan)
    offset, latitude, longitude, elevation = (figure or 0.0 for figure in figures)
    place = Place(f"{cells[1]}, {cells[2]}", latitude, longitude, elevation, offset)
    place.check(faults, "line 1")
    return place


def _moments(table: CsvTable, faults: Faults) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Month, day and hour ending (1..24) of each row; -1, which no calendar holds, where a stamp is wrong."""
    stamps = [f"{date} {time}" for date, time in zip(table.cells(DATE_COLUMN), table.cells(TIME_COLUMN), strict=True)]
    parsed = [_MOMENT.fullmatch(stamp) for stamp in stamps]
    wrong = [row for row, match in enumerate(parsed) if match is None]
    if wrong:
        rule = f"is not a time as 01/31/1999 24:00{and_more(len(wrong))}"
        faults.add(table.place(wrong[0]), stamps[wrong[0]], rule, "Take an unbroken file.")
    codes = np.array([(-1, -1, -1) if match is None else (int(match[1]), int(match[2]), int(match[4])) for match in parsed])
    return codes[:, 0], codes[:, 1], codes[:, 2]
