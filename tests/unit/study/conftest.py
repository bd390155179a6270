"""A small sound scenario, and changes to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from brayton.core.timeaxis import TimeAxis

SCENARIO = """
schema = 1

[site]
name = "Test shop"
latitude = 40.8
longitude = -73.2
elevation_m = 30.0
utc_offset_h = -5.0
year = 2021
money_year = 2021

[weather.normals]
name = "Test station"
latitude = 40.8
longitude = -73.2
elevation_m = 30.0
utc_offset_h = -5.0
mean_dry_bulb_c = [1, 1, 5, 11, 16, 21, 25, 25, 20, 14, 8, 3]
daily_range_k = [7, 7, 7, 8, 8, 8, 8, 8, 8, 8, 7, 7]
mean_relative_humidity = [0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7]
source = { title = "made up for tests", date = "2026", basis = "estimate" }

[[load]]
kind = "electric"
csv = "loads.csv"
column = "electric_kw"

[[load]]
kind = "space_heat"
csv = "loads.csv"
column = "heat_kw"
supply_temp_c = 60.0
return_temp_c = 49.0

[tariff.inline]
schema = 1
name = "Test rate"
source = { title = "made up for tests", date = "2026", basis = "estimate" }
fixed_usd_per_month = 50.0

[[tariff.inline.energy]]
name = "all hours"
usd_per_kwh = 0.15

[[tariff.inline.flat_demand]]
name = "maximum"
usd_per_kw = 12.0

[fuel]
name = "natural_gas"
price_usd_per_mmbtu_hhv = 8.0

[carbon]
grid_kg_per_kwh = 0.5
basis = "marginal"

[[machine]]
model = "C60"
count = 1
heat_recovery = "hot_water"
installed_cost_usd_per_kw = 3000.0
om_usd_per_kwh = 0.015

[[equipment]]
kind = "boiler"
efficiency_hhv = 0.8

[dispatch]
method = "follow_electric"

[finance]
years = 15
discount_rate = 0.07
discount_rate_basis = "nominal"

[[source]]
fields = ["fuel", "carbon", "machine", "equipment"]
title = "made up for tests"
date = "2026"
basis = "estimate"
note = "no site stands behind it"
"""

Change = Callable[..., Path]


def write_loads(path: Path) -> None:
    """A shop: 100 to 160 kW of electricity, up to 200 kW of heat in winter."""
    axis = TimeAxis(2021)
    electric = 130.0 - 30.0 * np.cos(2 * np.pi * (axis.hour - 3) / 24)
    heat = np.maximum(200.0 * np.cos(2 * np.pi * axis.day / 365), 0.0)
    rows = zip(axis.stamps.astype(str), electric, heat, strict=True)
    lines = [f"{stamp.replace('T', ' ')},{power:.3f},{warmth:.3f}" for stamp, power, warmth in rows]
    path.write_text("time,electric_kw,heat_kw\n" + "\n".join(lines) + "\n")


@pytest.fixture(scope="session")
def _loads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("loads") / "loads.csv"
    write_loads(path)
    return path


@pytest.fixture(scope="session")
def sound_scenario(tmp_path_factory: pytest.TempPathFactory, _loads: Path) -> Path:
    """The scenario unchanged, beside its loads, for tests that share what it gives."""
    folder = tmp_path_factory.mktemp("sound")
    (folder / "loads.csv").write_bytes(_loads.read_bytes())
    file = folder / "scenario.toml"
    file.write_text(SCENARIO)
    return file


@pytest.fixture
def scenario_with(tmp_path: Path, _loads: Path) -> Change:
    """``scenario_with((old, new), ...)`` writes the scenario, each old text replaced, beside its loads; returns its path."""

    def change(*replacements: tuple[str, str]) -> Path:
        text = SCENARIO
        for old, new in replacements:
            assert old in text, old
            text = text.replace(old, new)
        file = tmp_path / "scenario.toml"
        file.write_text(text)
        (tmp_path / "loads.csv").write_bytes(_loads.read_bytes())
        return file

    return change
