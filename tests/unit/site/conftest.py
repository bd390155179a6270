"""A made-up year of weather as the lines of the files that the readers take, and the examples that their docstrings show."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from brayton.core.timeaxis import TimeAxis

EPW_HEADER = [
    "LOCATION,Sévérac,NM,USA,made up,000000,35.62,-106.08,-7.0,1934.0",
    "DESIGN CONDITIONS,0",
    "TYPICAL/EXTREME PERIODS,0",
    "GROUND TEMPERATURES,0",
    "HOLIDAYS/DAYLIGHT SAVINGS,No,0,0,0",
    "COMMENTS 1,made for a test",
    "COMMENTS 2,",
    "DATA PERIODS,1,1,Data,Sunday, 1/ 1,12/31",
]


def _hours(leap: bool) -> list[tuple[int, int, int]]:
    stamps = TimeAxis(2020, leap_day=leap).stamps.tolist()
    return [(stamp.month, stamp.day, stamp.hour + 1) for stamp in stamps]


def _epw(leap: bool) -> list[str]:
    rows = [
        f"1999,{month},{day},{hour},0,flags,{hour / 2},-1.5,50,81000,0,0,300,{10 * hour},20,30,0,0,0,0,180,2.5,0,0,16.1"
        for month, day, hour in _hours(leap)
    ]
    return EPW_HEADER + rows


@pytest.fixture
def epw_lines() -> list[str]:
    return _epw(leap=False)


@pytest.fixture
def leap_epw_lines() -> list[str]:
    return _epw(leap=True)


@pytest.fixture
def tmy3_lines() -> list[str]:
    """The same year as `epw_lines`, as a TMY3 file."""
    columns = "GHI (W/m^2),DNI (W/m^2),DHI (W/m^2),Dry-bulb (C),Dew-point (C),RHum (%),Pressure (mbar),Wspd (m/s)"
    rows = [
        f"{month:02d}/{day:02d}/1999,{hour:02d}:00,{10 * hour},20,30,{hour / 2},-1.5,50,810,2.5"
        for month, day, hour in _hours(leap=False)
    ]
    return ['723656,"SEVERAC",NM,-7.0,35.62,-106.08,1934', f"Date (MM/DD/YYYY),Time (HH:MM),{columns}", *rows]


class Example:
    """The TOML that a module's docstring shows to its readers."""

    def __init__(self, module: ModuleType) -> None:
        self.text = str(module.__doc__).split("```toml\n")[1].split("```")[0]

    def tables(self, *changes: tuple[str, str]) -> dict[str, Any]:
        """As it is read, each old text replaced."""
        text = self.text
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        return tomllib.loads(text)


@pytest.fixture(scope="session")
def example_of() -> Callable[[ModuleType], Example]:
    """``example_of(tariff_toml)``: the example of that module."""
    return Example
