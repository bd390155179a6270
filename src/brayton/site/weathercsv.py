"""Reader of weather in a plain CSV of our own layout."""

from __future__ import annotations

import math
import re
from pathlib import Path

from brayton.core.errors import Faults, nearest, unknown_name
from brayton.core.provenance import Source
from brayton.site.csvtable import CsvTable, numbers, parse_number, read_csv_table
from brayton.site.series import read_clock, value_columns
from brayton.site.weatheryear import LIMITS, Place, Weather, build_weather

REQUIRED = ("dry_bulb_c", "relative_humidity", "pressure_kpa")
PLACE_KEYS = ("latitude", "longitude", "elevation_m", "utc_offset_h")
_COMMENT_KEY = re.compile(r"(\w+)\s*[=:]\s*(.*)")


def read_weather_csv(path: str | Path) -> Weather:
    """Read hourly weather of one calendar year from a CSV (.gz too), strictly.

    Columns: ``dry_bulb_c`` [degC], ``relative_humidity`` (0..1), ``pressure_kpa`` [kPa, absolute, at the station]; where known
    ``wind_speed_m_s``, ``global_horizontal_w_m2``, ``direct_normal_w_m2``, ``diffuse_horizontal_w_m2``, ``sky_infrared_w_m2``;
    and a time column or ``hour_of_year`` (see `read_clock`). 8760 or 8784 rows, local standard time, from 1 January 00:00.
    Empty or ``nan``: missing.
    The place stands in comment lines, ``# latitude = 35.6``, likewise ``longitude``, ``elevation_m``, ``utc_offset_h``, ``name``,
    ``source``; NaN where it is not said.
    Errors: InputError, all faults gathered: columns absent or unknown, wrong number of rows, faulty stamps, impossible values.
    """
    table = read_csv_table(path)
    faults = Faults(file=table.file)
    for name in REQUIRED:
        if name not in table.columns:
            close = nearest(name, value_columns(table))
            faults.add("header", name, "this column is missing", f"Add it; nearest in the file: {', '.join(close) or 'none'}.")
    for name in value_columns(table):
        if name not in LIMITS:
            faults.absorb(unknown_name("weather column", name, LIMITS, path="header"))
    rows = len(table.lines)
    if rows not in (8760, 8784):
        faults.add(
            "rows", rows, "a year has 8760 or 8784 hours", "Give each hour of one calendar year; nothing is cut or filled (L5)."
        )
    stamps, step = read_clock(table, faults, leap_day=rows != 8760)
    if step not in (None, 60):
        faults.add("rows", f"{step} min", "weather is hourly", "Give means of the hours.")
    if stamps is not None and str(stamps[0])[4:] != "-01-01T00:00":
        faults.add("rows", str(stamps[0]).replace("T", " "), "the first hour must be 1 January 00:00", "Give one calendar year.")
    columns = {name: numbers(table, name, faults, gaps_allowed=True) for name in LIMITS if name in table.columns}
    place, source = _place(table, faults)
    faults.raise_if_any()
    return build_weather(columns, place, source, (), table.lines, faults)


def _place(table: CsvTable, faults: Faults) -> tuple[Place, Source]:
    said = {match[1]: match[2].strip() for match in map(_COMMENT_KEY.fullmatch, table.comments) if match}
    figures: dict[str, float] = {}
    for key in PLACE_KEYS:
        figure = parse_number(said.get(key, ""))
        if figure is None:
            faults.add("comment", said[key], f"{key} is not a number", f"Write it as '# {key} = 35.6'.")
        figures[key] = math.nan if figure is None else figure
    place = Place(said.get("name", Path(table.file).stem), **figures)
    place.check(faults, "comment")
    return place, Source(said.get("source", f"weather series {Path(table.file).name}"), "undated", "secondary")
