"""TMY3 reader: agrees with the EPW reader on the same year; faults named."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.site.epw import read_epw
from brayton.site.tmy3 import read_tmy3

ARRAYS = ("dry_bulb_c", "relative_humidity", "pressure_kpa", "humidity_ratio", "wind_speed_m_s")
RADIATION = ("global_horizontal_w_m2", "direct_normal_w_m2", "diffuse_horizontal_w_m2")


def write(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def faults_of(path: Path, lines: list[str]) -> str:
    with pytest.raises(InputError) as caught:
        read_tmy3(write(path / "site.csv", lines))
    return str(caught.value)


def test_same_year_as_the_epw(tmp_path: Path, tmy3_lines: list[str], epw_lines: list[str]) -> None:
    weather = read_tmy3(write(tmp_path / "site.csv", tmy3_lines))
    other = read_epw(write(tmp_path / "site.epw", epw_lines))
    for name in ARRAYS + RADIATION:
        np.testing.assert_allclose(getattr(weather, name), getattr(other, name), rtol=1e-12)
    assert (weather.latitude, weather.longitude, weather.elevation_m, weather.utc_offset_h) == (35.62, -106.08, 1934.0, -7.0)
    assert weather.name == "SEVERAC, NM"


def test_missing_code(tmp_path: Path, tmy3_lines: list[str]) -> None:
    tmy3_lines[5] = tmy3_lines[5].replace(",50,810,2.5", ",-9900,-9900,-9900")
    weather = read_tmy3(write(tmp_path / "site.csv", tmy3_lines))
    assert np.flatnonzero(np.isnan(weather.humidity_ratio)).tolist() == [3]
    assert "wind_speed_m_s is missing in 1 of 8760 hours" in weather.notes


def test_faults(tmp_path: Path, tmy3_lines: list[str]) -> None:
    assert "Nearest: Pressure (hPa)" in faults_of(
        tmp_path, [tmy3_lines[0], tmy3_lines[1].replace("Pressure (mbar)", "Pressure (hPa)"), *tmy3_lines[2:]]
    )
    assert "'01-01 02:00': is missing" in faults_of(tmp_path, tmy3_lines[:4] + tmy3_lines[5:])
    assert "must be station" in faults_of(tmp_path, ["station", *tmy3_lines[1:]])
    assert "latitude = 95" in faults_of(tmp_path, [tmy3_lines[0].replace("35.62", "95"), *tmy3_lines[1:]])
    assert "is not a time as" in faults_of(tmp_path, [*tmy3_lines[:-1], tmy3_lines[-1].replace("24:00", "midnight")])
    assert "cannot be" in faults_of(tmp_path, [*tmy3_lines[:-1], tmy3_lines[-1].replace(",810,", ",81000,")])
    assert "holds no data rows" in faults_of(tmp_path, tmy3_lines[:2])
    with pytest.raises(InputError):
        read_tmy3(write(tmp_path / "empty.csv", []))


def test_a_shared_epw_rewritten_as_tmy3_reads_the_same(tmp_path: Path, shared: Path) -> None:
    file = next((shared / "inputs" / "weather").glob("*Albuquerque*"))
    rows = list(csv.reader(gzip.decompress(file.read_bytes()).decode().splitlines()))[8:]
    lines = ['723650,"ALBUQUERQUE INTL ARPT ISIS",NM,-7.0,35.04,-106.62,1619']
    lines.append(
        "Date (MM/DD/YYYY),Time (HH:MM),GHI (W/m^2),DNI (W/m^2),DHI (W/m^2),Dry-bulb (C),RHum (%),Pressure (mbar),Wspd (m/s)"
    )
    for row in rows:
        moment = f"{int(row[1]):02d}/{int(row[2]):02d}/{row[0]},{int(row[3]):02d}:00"
        lines.append(f"{moment},{row[13]},{row[14]},{row[15]},{row[6]},{row[8]},{float(row[9]) / 100},{row[21]}")
    weather = read_tmy3(write(tmp_path / "abq.csv", lines))
    other = read_epw(file)
    for name in ARRAYS + RADIATION:
        np.testing.assert_allclose(getattr(weather, name), getattr(other, name), rtol=1e-12)
