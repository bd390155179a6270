"""Weather: no bytes make a reader fail otherwise than with an InputError; corrections and normals keep their bounds."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brayton.core.errors import InputError
from brayton.core.timeaxis import TimeAxis
from brayton.site.synthetic import mean_preserving_year, monthly_mean
from brayton.site.weather import (
    Weather,
    correct_to_elevation,
    normals_from_table,
    read_epw,
    read_tmy3,
    read_weather_csv,
    weather_from_normals,
)

AXIS = TimeAxis(2019)
FUZZ = settings(deadline=None, derandomize=True, max_examples=40, suppress_health_check=list(HealthCheck))
READERS: dict[str, Callable[[Path], Weather]] = {"epw": read_epw, "tmy3": read_tmy3, "csv": read_weather_csv}


def _valid_lines(kind: str) -> list[str]:
    """A made-up year as the lines of a file that its reader accepts."""
    stamps = AXIS.stamps.tolist()
    if kind == "epw":
        keys = ("DESIGN CONDITIONS,0", "TYPICAL/EXTREME PERIODS,0", "GROUND TEMPERATURES,0", "HOLIDAYS/DAYLIGHT SAVINGS,No,0,0,0")
        head = ["LOCATION,A,B,C,D,1,40,-75,-5,10", *keys, "COMMENTS 1,", "COMMENTS 2,", "DATA PERIODS,1,1,Data,Sunday,1/1,12/31"]
        row = "1999,{t.month},{t.day},{hour},0,x,10,5,70,101000,0,0,300,0,0,0,0,0,0,0,180,2.5"
    elif kind == "tmy3":
        columns = "GHI (W/m^2),DNI (W/m^2),DHI (W/m^2),Dry-bulb (C),RHum (%),Pressure (mbar),Wspd (m/s)"
        head = ['1,"A",B,-5,40,-75,10', f"Date (MM/DD/YYYY),Time (HH:MM),{columns}"]
        row = "{t.month:02d}/{t.day:02d}/1999,{hour:02d}:00,0,0,0,10,70,1010,2.5"
    else:
        head = ["# elevation_m = 10", "time,dry_bulb_c,relative_humidity,pressure_kpa"]
        row = "{t:%Y-%m-%d %H:%M},10,0.7,101"
    return head + [row.format(t=stamp, hour=stamp.hour + 1) for stamp in stamps]


VALID = {kind: "\n".join(_valid_lines(kind)).encode() for kind in READERS}


@pytest.mark.parametrize("kind", READERS)
def test_the_unmutated_file_is_read(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "weather"
    file.write_bytes(VALID[kind])
    assert READERS[kind](file).dry_bulb_c.tolist() == [10.0] * 8760


def only_input_errors(kind: str, file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with suppress(InputError):
        assert len(READERS[kind](file).dry_bulb_c) in (8760, 8784)


@pytest.mark.parametrize("kind", READERS)
@FUZZ
@given(content=st.binary(max_size=400) | st.text(max_size=400).map(str.encode) | st.binary(max_size=60).map(b"\x1f\x8b".__add__))
def test_arbitrary_bytes(kind: str, tmp_path: Path, content: bytes) -> None:
    only_input_errors(kind, tmp_path / "weather", content)


@pytest.mark.parametrize("kind", READERS)
@settings(FUZZ, max_examples=25)
@given(data=st.data())
def test_mutated_files(kind: str, tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(VALID[kind])
    for _ in range(data.draw(st.integers(1, 4))):
        # most of a file is rows: half of the mutations go to its head
        limit = data.draw(st.sampled_from([600, len(content) - 1]))
        start = data.draw(st.integers(0, min(limit, len(content) - 1)))
        length = data.draw(st.sampled_from([0, 1, 3, 60, 5000]))
        content[start : start + length] = data.draw(
            st.binary(max_size=8) | st.sampled_from([b"\n", b",", b'"', b"nan", b"1e999", b"-1"])
        )
    only_input_errors(kind, tmp_path / "weather", bytes(content))


def normals(data: dict[str, Any]) -> Weather:
    place = {"name": "A", "latitude": 40.0, "longitude": -75.0, "utc_offset_h": -5.0}
    return weather_from_normals(
        normals_from_table({**place, **data, "source": {"title": "A", "date": "2008", "basis": "estimate"}})
    )


@settings(FUZZ, max_examples=25)
@given(
    mean=st.floats(-15, 25),
    swing=st.floats(0, 20),
    daily_range=st.floats(4, 18),
    humidity=st.floats(0.2, 0.9),
    elevation=st.floats(0, 3000),
)
def test_normals_come_back_and_air_stays_physical(
    mean: float, swing: float, daily_range: float, humidity: float, elevation: float
) -> None:
    months = [mean - swing * np.cos(2 * np.pi * month / 12) for month in range(12)]
    weather = normals(
        {
            "elevation_m": elevation,
            "mean_dry_bulb_c": months,
            "daily_range_k": [daily_range] * 12,
            "mean_relative_humidity": [humidity] * 12,
        }
    )
    np.testing.assert_allclose(monthly_mean(weather.dry_bulb_c, AXIS), months, atol=1e-6)
    np.testing.assert_allclose(monthly_mean(weather.relative_humidity, AXIS), humidity, atol=0.03)
    assert weather.relative_humidity.min() > 0.0
    assert weather.relative_humidity.max() <= 1.0
    assert np.isfinite(weather.humidity_ratio).all()


@FUZZ
@given(monthly=st.lists(st.floats(-50, 50), min_size=12, max_size=12))
def test_smooth_years_keep_their_means(monthly: list[float]) -> None:
    np.testing.assert_allclose(monthly_mean(mean_preserving_year(np.array(monthly), AXIS), AXIS), monthly, atol=1e-9)


@pytest.fixture(scope="module")
def station() -> Weather:
    return normals(
        {
            "elevation_m": 1500.0,
            "mean_dry_bulb_c": [10.0] * 12,
            "daily_range_k": [10.0] * 12,
            "mean_relative_humidity": [0.6] * 12,
        }
    )


@FUZZ
@given(step=st.floats(-1400, 1400))
def test_higher_is_colder_and_thinner_and_the_way_back_returns(station: Weather, step: float) -> None:
    site = correct_to_elevation(station, 1500.0 + step)
    if abs(step) > 1e-6:
        assert np.sign(site.pressure_kpa.mean() - station.pressure_kpa.mean()) == -np.sign(step)
        assert np.sign(site.dry_bulb_c.mean() - station.dry_bulb_c.mean()) == -np.sign(step)
    assert site.relative_humidity.max() <= 1.0
    back = correct_to_elevation(dataclasses.replace(site, notes=()), 1500.0)
    np.testing.assert_allclose(back.pressure_kpa, station.pressure_kpa, rtol=1e-9)
    np.testing.assert_allclose(back.dry_bulb_c, station.dry_bulb_c, atol=1e-9)
