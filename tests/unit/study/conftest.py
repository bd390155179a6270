"""A small sound scenario, changes to it, and how the commands refuse a bad one."""

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

TABLES = {
    "pool": """
[[load]]
kind = "pool"
area_m2 = 300.0
mean_depth_m = 1.5
water_temp_c = [27.0, 29.0]
supply_temp_c = 45.0
return_temp_c = 34.0
ground_temp_c = 12.0
makeup_temp_c = 12.0
""",
    "store": """
[[load]]
kind = "dehumidification"
floor_area_m2 = 5000.0
part_of_electric = true
reheat = "reclaim"
""",
    "desiccant": """
[[equipment]]
kind = "desiccant"
process_m3_s = 2.5
regeneration = "hot_water"
supply_temp_c = 82.0
return_temp_c = 67.0
installed_cost_usd = 60000.0
""",
    "desiccant on exhaust": """
[[equipment]]
kind = "desiccant"
process_m3_s = 2.5
regeneration = "exhaust"
installed_cost_usd = 70000.0
""",
    "cooling": """
[[load]]
kind = "cooling"
constant_kw = 80.0
basis = "heat"
""",
    "chiller": """
[[equipment]]
kind = "chiller"
condenser = "air"
cop = 3.0
""",
    "absorption": """
[[equipment]]
kind = "absorption_chiller"
drive = "hot_water"
cold_kw = 60.0
hot_water_temp_c = 82.0
installed_cost_usd = 90000.0
""",
    "absorption on exhaust": """
[[equipment]]
kind = "absorption_chiller"
drive = "exhaust"
cold_kw = 60.0
installed_cost_usd = 110000.0
""",
    "tank": """
[[equipment]]
kind = "tank"
volume_m3 = 20.0
layout = "stratified"
max_temp_c = 80.0
ua_w_per_k = 20.0
installed_cost_usd = 15000.0
""",
    "battery": """
[[equipment]]
kind = "battery"
capacity_kwh = 100.0
charge_kw = 50.0
discharge_kw = 50.0
charge_eff = 0.95
discharge_eff = 0.95
rule = "peak_shaving"
threshold_kw = 80.0
installed_cost_usd = 50000.0
""",
    "gas": """
[gas_supply]
kind = "landfill"
flow_m3_n_per_h = 60.0
flow_basis = "dry"
methane = 0.5
h2s_ppm = 10.0
siloxane_mg_per_m3_n = 1.0
royalty_usd_per_mmbtu_hhv = 0.5
""",
    "train": """
[gas_train]
service_interval_h = 4000.0
service_visit_usd = 400.0
""",
    "flare": """
[flare]
counterfactual = "flare"
destruction_eff = 0.98
min_flow_m3_n_per_h = 5.0
""",
}
"""Tables that a test adds to the scenario by name."""

WINDY = (
    "mean_relative_humidity =",
    "mean_wind_speed_m_s = [4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4]\n"
    "mean_global_horizontal_kwh_m2_day = [2, 3, 4, 5, 6, 6, 6, 5, 4, 3, 2, 2]\nmean_relative_humidity =",
)
"""Wind and sun for the weather, which a pool needs."""

SPACE_HEAT = """[[load]]
kind = "space_heat"
csv = "loads.csv"
column = "heat_kw"
supply_temp_c = 60.0
return_temp_c = 49.0

"""
"""The heat load of the scenario, for tests that take it out or alter it."""

ON_LANDFILL_GAS = (
    ('name = "natural_gas"', 'name = "landfill_gas"\nsupply_pressure_kpag = 5.0'),
    ('model = "C60"', 'model = "C30"'),
)

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


@pytest.fixture
def site_with(scenario_with: Change) -> Change:
    """``site_with("pool", "[[load]] ...", changes=...)``: the scenario with `TABLES` by name, or as they stand, added."""

    def build(*tables: str, changes: tuple[tuple[str, str], ...] = ()) -> Path:
        added = "\n".join(TABLES.get(table, table) for table in tables)
        windy = (WINDY,) if "pool" in tables else ()
        own_gas = ON_LANDFILL_GAS if "gas" in tables else ()
        return scenario_with(("[dispatch]", f"{added}\n[dispatch]"), *windy, *own_gas, *changes)

    return build


@pytest.fixture
def assert_refused(run_brayton: Callable[..., tuple[int, str, str]]) -> Callable[..., None]:
    """``assert_refused(file, "a word", ...)``: one message with these words by `check` and by `study`; neither writes."""

    def refuse(file: Path, *words: str) -> None:
        before = sorted(file.parent.rglob("*"))
        messages: list[str] = []
        for command in (("check", file), ("study", file, "--out", file.parent / "results", "--json")):
            code, out, err = run_brayton(*command)
            assert code == 2, err
            assert out == ""
            assert err.count("brayton: ") == 1
            assert "Traceback" not in err
            for word in words:
                assert word in err, err
            messages.append(err.strip())  # `study` ends a line of progress first
        assert sorted(file.parent.rglob("*")) == before
        assert messages[0] == messages[1]

    return refuse
