"""EPW reader: units, stamps, missing codes, and every kind of fault named."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.site.epw import read_epw

FIRST_ROW = 8
CELLS = {"month": 1, "hour": 3, "dry_bulb": 6, "relative_humidity": 8, "pressure": 9, "ghi": 13, "wind": 21}


def write(path: Path, lines: list[str]) -> Path:
    path.write_bytes("\r\n".join([*lines, ""]).encode("latin-1"))
    return path


def put(lines: list[str], row: int, cell: str, text: str) -> None:
    """Put a text into one cell of a row, counted from the first hour."""
    cells = lines[FIRST_ROW + row].split(",")
    cells[CELLS[cell]] = text
    lines[FIRST_ROW + row] = ",".join(cells)


def faults_of(path: Path, lines: list[str]) -> str:
    with pytest.raises(InputError) as caught:
        read_epw(write(path / "site.epw", lines))
    return str(caught.value)


def test_quantities_come_in_our_units(tmp_path: Path, epw_lines: list[str]) -> None:
    weather = read_epw(write(tmp_path / "site.epw", epw_lines))
    assert weather.dry_bulb_c.shape == (8760,)
    assert weather.dry_bulb_c[:3].tolist() == [0.5, 1.0, 1.5]
    assert weather.relative_humidity[0] == pytest.approx(0.5)
    assert weather.pressure_kpa[0] == pytest.approx(81.0)
    assert weather.humidity_ratio[23] == pytest.approx(0.622 * 0.5 * 1403.0 / (81000 - 0.5 * 1403.0), rel=2e-3)
    assert weather.wind_speed_m_s[0] == 2.5
    assert [weather.global_horizontal_w_m2[1], weather.direct_normal_w_m2[1], weather.diffuse_horizontal_w_m2[1]] == [20, 20, 30]
    assert weather.sky_infrared_w_m2 is not None
    assert weather.sky_infrared_w_m2[0] == 300.0
    assert (weather.name, weather.latitude, weather.longitude) == ("Sévérac, NM, USA", 35.62, -106.08)
    assert (weather.elevation_m, weather.utc_offset_h, weather.notes) == (1934.0, -7.0, ())


def test_gzip_and_leap_year(tmp_path: Path, leap_epw_lines: list[str]) -> None:
    file = tmp_path / "site.epw.gz"
    file.write_bytes(gzip.compress("\n".join(leap_epw_lines).encode()))
    assert read_epw(file).dry_bulb_c.shape == (8784,)


def test_a_file_that_does_not_know_the_sky(tmp_path: Path, epw_lines: list[str]) -> None:
    file = tmp_path / "site.epw"
    file.write_text("\n".join(line.replace(",300,", ",9999,") for line in epw_lines))
    weather = read_epw(file)
    assert weather.sky_infrared_w_m2 is None
    assert weather.notes == ()


def test_missing_codes_become_nan_and_are_counted(tmp_path: Path, epw_lines: list[str]) -> None:
    for cell, code in (
        ("dry_bulb", "99.9"),
        ("relative_humidity", "999"),
        ("pressure", "999999"),
        ("ghi", "9999"),
        ("wind", "999"),
    ):
        put(epw_lines, 7, cell, code)
    put(epw_lines, 9, "relative_humidity", "104")
    weather = read_epw(write(tmp_path / "site.epw", epw_lines))
    for values in (weather.dry_bulb_c, weather.relative_humidity, weather.pressure_kpa, weather.wind_speed_m_s):
        assert np.flatnonzero(np.isnan(values)).tolist() == [7]
    assert np.isnan(weather.humidity_ratio[7])
    assert "dry_bulb_c is missing in 1 of 8760 hours" in weather.notes
    assert weather.relative_humidity[9] == 1.0
    assert "relative humidity above 100 % was cut to 100 % in 1 hours" in weather.notes


def test_faults_are_gathered(tmp_path: Path, epw_lines: list[str]) -> None:
    put(epw_lines, 3, "pressure", "12000")
    put(epw_lines, 4, "relative_humidity", "300")
    put(epw_lines, 5, "dry_bulb", "warm")
    put(epw_lines, 6, "wind", "")
    epw_lines[7] = "DATA PERIODS,2,1,Data,Sunday, 1/ 1,12/31"
    epw_lines[0] = epw_lines[0].replace("35.62", "135.62")
    message = faults_of(tmp_path, epw_lines)
    for words in ("line 12, pressure_kpa = 12", "line 13, relative_humidity = 3", "line 14, column dry_bulb_c = 'warm'"):
        assert words in message
    for words in ("line 15, column wind_speed_m_s", "1 period of 1 record per hour", "LOCATION, latitude = 135.62", "site.epw"):
        assert words in message


@pytest.mark.parametrize(("row", "rows", "words"), [(100, 8759, "01-05 04:00"), (8759, 8759, "12-31 23:00")])
def test_an_absent_hour_is_named(tmp_path: Path, epw_lines: list[str], row: int, rows: int, words: str) -> None:
    del epw_lines[FIRST_ROW + row]
    message = faults_of(tmp_path, epw_lines)
    assert f"rows = {rows}: a year has 8760 hours" in message
    assert f"{words}': is missing" in message


def test_a_duplicate_hour_is_named(tmp_path: Path, epw_lines: list[str]) -> None:
    epw_lines[FIRST_ROW + 30] = epw_lines[FIRST_ROW + 29]
    message = faults_of(tmp_path, epw_lines)
    assert "line 39 = '01-02 05:00': is a duplicate hour" in message
    assert "'01-02 06:00': is missing" in message


def test_wrong_order_is_named(tmp_path: Path, epw_lines: list[str]) -> None:
    epw_lines[FIRST_ROW], epw_lines[FIRST_ROW + 1] = epw_lines[FIRST_ROW + 1], epw_lines[FIRST_ROW]
    assert "'01-01 00:00': stands after 01-01 01:00" in faults_of(tmp_path, epw_lines)


def test_hours_that_no_calendar_holds(tmp_path: Path, epw_lines: list[str]) -> None:
    put(epw_lines, 0, "hour", "25")
    put(epw_lines, 1, "month", "1.5")
    assert "is no hour of the calendar (the first of 2)" in faults_of(tmp_path, epw_lines)


@pytest.mark.parametrize("line", range(8))
def test_each_header_line_is_required(tmp_path: Path, epw_lines: list[str], line: int) -> None:
    key = epw_lines[line].split(",")[0]
    del epw_lines[line]
    assert f"header = '{key.removesuffix('S') if 'SAVINGS' in key else key}': this line is missing" in faults_of(
        tmp_path, epw_lines
    )


def test_truncated_files(tmp_path: Path, epw_lines: list[str]) -> None:
    assert "must have at least 22 fields" in faults_of(tmp_path, [*epw_lines[:-1], epw_lines[-1][:40]])
    assert "a year has 8760" in faults_of(tmp_path, epw_lines[:8])
    assert "must have ten fields" in faults_of(tmp_path, [epw_lines[0][:30], *epw_lines[1:]])
    assert "LOCATION = 'north': is not a number" in faults_of(tmp_path, [epw_lines[0].replace("35.62", "north"), *epw_lines[1:]])
