"""The net load of a bill: its step and calendar come from the file or from the caller, and the two must agree."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.core.timeaxis import TimeAxis
from brayton.site.netload import read_net_load


def write(path: Path, header: str, rows: list[str]) -> Path:
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def stamped(path: Path, axis: TimeAxis, column: str = "net_kw") -> Path:
    return write(path, f"time,{column}", [f"{str(stamp).replace('T', ' ')},{i % 7 - 1}" for i, stamp in enumerate(axis.stamps)])


@pytest.mark.parametrize("axis", [TimeAxis(2018), TimeAxis(2020, 30)])
def test_stamps_give_the_calendar(tmp_path: Path, axis: TimeAxis) -> None:
    kw, found = read_net_load(stamped(tmp_path / "load.csv", axis))
    assert found == axis
    assert kw.min() == -1.0
    assert read_net_load(tmp_path / "load.csv", start=f"{axis.year}-01-01", step_minutes=axis.step_minutes)[1] == axis


def test_a_bare_column_needs_start_and_step(tmp_path: Path) -> None:
    path = write(tmp_path / "load.csv", "net_kw", ["1.0"] * 35040)
    kw, axis = read_net_load(path, start="2018-01-01", step_minutes=15)
    assert axis == TimeAxis(2018, 15)
    assert np.array_equal(kw, np.ones(35040))
    with pytest.raises(InputError) as caught:
        read_net_load(path)
    assert [fault.remedy.split(",")[0] for fault in caught.value.faults] == ["Give --step-minutes 60.", "Give --start 2018-01-01"]


@pytest.mark.parametrize(
    ("start", "step_minutes", "rows", "column", "message"),
    [
        ("2018-01-01", 60, 8759, "net_kw", "rows = 8759: the year 2018 has 8760 steps of 60 min"),
        ("2020-01-01", 60, 8760, "net_kw", "the year 2020 has 8784 steps.*29 February"),
        ("2018-07-01", 60, 8760, "net_kw", "a calendar year from 1 January"),
        ("2018", 60, 8760, "net_kw", "is not a day as 2018-01-01"),
        ("0000-01-01", 60, 8760, "net_kw", "1901"),
        ("1492-01-01", 60, 8760, "net_kw", "must lie in 1901..2199"),
        ("2018-01-01", 45, 8760, "net_kw", "must divide 60"),
        ("2018-01-01", 60, 8760, "net_mw", "names a unit that is neither kW nor kWh"),
        ("2018-01-01", 60, 8760, "Import [GWh]", "'gwh': names a unit that is neither kW nor kWh"),
        ("2018-01-01", 15, 35040, "net_kwh", "energy per step of 15 min is not power"),
    ],
)
def test_faults_are_named(tmp_path: Path, start: str, step_minutes: int, rows: int, column: str, message: str) -> None:
    path = write(tmp_path / "load.csv", column, ["1.0"] * rows)
    with pytest.raises(InputError, match=message) as caught:
        read_net_load(path, start=start, step_minutes=step_minutes)
    assert all(fault.file == str(path) for fault in caught.value.faults)


@pytest.mark.parametrize(("kw", "message"), [("250000", "probably watts"), ("0.0001", "a shape normalised to one")])
def test_sizes_that_betray_a_unit(tmp_path: Path, kw: str, message: str) -> None:
    path = write(tmp_path / "load.csv", "net_kw", [kw] * 8760)
    with pytest.raises(InputError, match=message):
        read_net_load(path, start="2018-01-01", step_minutes=60)


def test_the_caller_may_not_contradict_the_file(tmp_path: Path) -> None:
    path = stamped(tmp_path / "load.csv", TimeAxis(2018))
    with pytest.raises(InputError) as caught:
        read_net_load(path, start="2019-01-01", step_minutes=15)
    assert [fault.path for fault in caught.value.faults] == ["step_minutes", "start"]
