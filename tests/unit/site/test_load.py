"""Loads from CSV: basis, calendar, and every fault named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.core.timeaxis import TimeAxis
from brayton.site.load import constant_load, load_from_csv

AXIS = TimeAxis(2018)


def write(path: Path, name: str, values: list[str], stamps: list[str] | None = None) -> Path:
    if stamps is None:
        lines = [name, *values]
    else:
        lines = [f"time,{name}", *(f"{stamp},{value}" for stamp, value in zip(stamps, values, strict=True))]
    path.write_text("\n".join(lines) + "\n")
    return path


def faults_of(path: Path, name: str, values: list[str], axis: TimeAxis = AXIS, **keys: Any) -> str:
    kind = keys.pop("kind", "electric")
    with pytest.raises(InputError) as caught:
        load_from_csv(write(path / "load.csv", name, values), None, kind, axis, **keys)
    return str(caught.value)


def test_electric_load(tmp_path: Path) -> None:
    load = load_from_csv(write(tmp_path / "load.csv", "electric_kw", ["50", "0"] * 4380), "electric_kw", "electric", AXIS)
    assert load_from_csv(write(tmp_path / "west.csv", "kw_w_wing", ["1"] * 8760), None, "electric", AXIS).kw[0] == 1.0
    assert (load.kind, load.is_chiller_electricity, load.name, load.supply_temp_c) == ("electric", False, "electric_kw", None)
    assert load.kw.sum() == 50 * 4380
    assert load.peak_kw == 50.0
    assert "4380 steps are exactly zero" in load.notes[0]


def test_fuel_becomes_heat_with_the_boiler(tmp_path: Path) -> None:
    file = write(tmp_path / "load.csv", "heating_gas_kw", ["100"] * 8760)
    load = load_from_csv(file, None, "space_heat", AXIS, basis="fuel_hhv", boiler_eff_hhv=0.8, supply_temp_c=60.0)
    np.testing.assert_allclose(load.kw, 80.0)
    assert load.supply_temp_c == 60.0
    assert "efficiency of 0.8" in load.notes[0]


def test_chiller_electricity_stays_electric(tmp_path: Path) -> None:
    file = write(tmp_path / "load.csv", "cooling_electric_kw", ["10"] * 8760)
    load = load_from_csv(file, None, "cooling", AXIS, basis="chiller_electric")
    assert load.is_chiller_electricity
    assert load.kw[0] == 10.0


@pytest.mark.parametrize(("axis", "rows"), [(TimeAxis(2020), 8784), (TimeAxis(2020, leap_day=False), 8760)])
def test_leap_years_with_stamps(tmp_path: Path, axis: TimeAxis, rows: int) -> None:
    stamps = [str(stamp) for stamp in axis.stamps]
    load = load_from_csv(write(tmp_path / "load.csv", "kw", ["1"] * rows, stamps), None, "electric", axis)
    assert load.kw.shape == (rows,)


def test_calendar_faults(tmp_path: Path) -> None:
    assert "rows = 8759: the year 2018 has 8760 steps" in faults_of(tmp_path, "kw", ["1"] * 8759)
    assert "The difference is 29 February" in faults_of(tmp_path, "kw", ["1"] * 8760, TimeAxis(2020))
    assert "The difference is 29 February" in faults_of(tmp_path, "kw", ["1"] * 8784)
    stamps = [str(stamp) for stamp in AXIS.stamps]
    file = write(tmp_path / "load.csv", "kw", ["1"] * 8760, stamps)
    with pytest.raises(InputError, match=r"2018-01-01 00:00.*begins at 2019-01-01"):
        load_from_csv(file, None, "electric", TimeAxis(2019))
    with pytest.raises(InputError, match="the study's step is 15 min"):
        load_from_csv(file, None, "electric", TimeAxis(2018, 15))


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("kw", "-1", "cannot be negative (8760 steps are, the first is step 0)"),
        ("load_mmbtu", "1", "names a unit that is neither kW nor kWh"),
        ("electric_wh", "1", "= 'wh': names a unit that is neither kW nor kWh. Convert to kW, or to kWh per step of one hour"),
        ("Electricity (MWh)", "1", "= 'mwh': names a unit that is neither kW nor kWh"),
        ("kw", "300000", "probably watts"),
        ("shape", "0.000114", "normalised to one"),
        ("kw", "", "must have 1 cells"),
    ],
)
def test_value_faults(tmp_path: Path, name: str, value: str, words: str) -> None:
    assert words in faults_of(tmp_path, name, [value] * 8760 if value else ["1", "", *["1"] * 8758])


def test_energy_per_step_is_power_only_for_hours(tmp_path: Path) -> None:
    assert load_from_csv(write(tmp_path / "load.csv", "kwh", ["1"] * 8760), None, "electric", AXIS).kw[0] == 1.0
    assert "is not power" in faults_of(tmp_path, "kwh", ["1"] * 35040, TimeAxis(2018, 15))


@pytest.mark.parametrize(
    ("name", "keys", "words"),
    [
        ("kw", {"basis": "fuel_hhv"}, "does not fit a load of kind electric"),
        ("kw", {"kind": "space_heat", "basis": "fuel_hhv"}, "boiler_eff_hhv = None"),
        ("kw", {"kind": "space_heat", "basis": "fuel_hhv", "boiler_eff_hhv": 80.0}, "must lie in 0.3..1"),
        ("kw", {"kind": "space_heat", "boiler_eff_hhv": 0.8}, "Give both, or neither"),
        ("gas_kw_hhv", {"kind": "hot_water"}, "speaks of fuel, the load is heat"),
        ("cooling_electric_kw", {"kind": "cooling"}, "speaks of electricity, the load is cold"),
        ("kw", {"kind": "space_heat", "supply_temp_c": 600.0}, "must lie in 20..150 degC"),
        ("kw", {"supply_temp_c": 60.0}, "this one is electric"),
    ],
)
def test_basis_faults(tmp_path: Path, name: str, keys: dict[str, Any], words: str) -> None:
    assert words in faults_of(tmp_path, name, ["1"] * 8760, **keys)


def test_a_constant_load_fills_the_year() -> None:
    axis = TimeAxis(2021)
    load = constant_load(12.5, "hot_water", axis, supply_temp_c=60.0)
    assert load.kw.shape == (axis.steps,)
    assert (load.peak_kw, load.kw.min(), load.supply_temp_c) == (12.5, 12.5, 60.0)
