"""Series from CSV: what is accepted, and that every fault is named with its place."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.site.series import read_series


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n")
    return path


def stamped(*stamps: str) -> list[str]:
    return ["time,load_kw", *(f"{stamp},{number}.5" for number, stamp in enumerate(stamps))]


def hours(day: str, numbers: list[int]) -> list[str]:
    return [f"{day} {hour:02d}:00" for hour in numbers]


def test_single_column_without_header(tmp_path: Path) -> None:
    series = read_series(write(tmp_path / "load.csv", "1.5", "2.5", "-3"))
    assert series.name == "value"
    assert series.values.tolist() == [1.5, 2.5, -3.0]
    assert series.stamps is None
    assert series.step_minutes is None


def test_named_column_with_quarter_hours_comments_and_gzip(tmp_path: Path) -> None:
    file = tmp_path / "load.csv.gz"
    text = "# metered by us\ntime,load_kw,pv_kw\n2018-01-01T00:00,1,9\n# pause\n2018-01-01T00:15,2,9\n2018-01-01 00:30:00,3,9\n\n"
    file.write_bytes(gzip.compress(text.encode()))
    series = read_series(file, "load_kw")
    assert series.values.tolist() == [1.0, 2.0, 3.0]
    assert series.step_minutes == 15
    assert series.stamps is not None
    assert series.stamps[1] == np.datetime64("2018-01-01T00:15", "m")


def test_hour_of_year_gives_the_step_but_no_calendar(tmp_path: Path) -> None:
    series = read_series(write(tmp_path / "load.csv", "hour_of_year,kw", "0,1", "1,2", "2,3"))
    assert (series.name, series.step_minutes, series.stamps) == ("kw", 60, None)


def test_leap_day_may_be_absent_only_when_said(tmp_path: Path) -> None:
    file = write(tmp_path / "load.csv", *stamped(*hours("2020-02-28", [21, 22, 23]), *hours("2020-03-01", [0, 1])))
    with pytest.raises(InputError, match="follows a gap"):
        read_series(file)
    assert read_series(file, leap_day=False).values.size == 5


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (stamped(*hours("2018-01-01", [0, 1, 1, 2])), ["2018-01-01 01:00", "is a duplicate", "line 4"]),
        (stamped(*hours("2018-01-01", [0, 1, 4, 5])), ["2018-01-01 04:00", "follows a gap", "2018-01-01 01:00"]),
        (stamped(*hours("2018-01-01", [0, 1, 2, 1, 2])), ["runs backwards"]),
        (stamped(*hours("2018-03-11", [0, 1, 3, 4])), ["follows a gap", "clocks change"]),
        (stamped(*hours("2018-11-04", [0, 1, 1, 2])), ["is a duplicate", "clocks change"]),
        (stamped("2018-01-01 00:00", "2018-01-01 07:00"), ["420 min", "must divide 60"]),
        (stamped("01/31/2018 00:00", "01/31/2018 01:00"), ["is not a time as", "first of 2"]),
        (stamped("2018-01-01 00:00+01:00"), ["without offset"]),
        (stamped("2018-13-01 00:00"), ["is not a time as"]),
        (stamped("2018-01-01 00:00"), ["one stamp has no step"]),
        (["hour_ending,kw", "2018-01-01 00:00,1", "2018-01-01 01:00,2"], ["end of their step"]),
        (["hour_of_year,kw", "0,1", "1,1", "1,1", "3,1"], ["does not follow 1", "first of 2"]),
        (["kw", "1", "x", "2", "inf", "1_0"], ["line 3, column kw", "'x'", "not a finite number", "first of 3"]),
        (["kw", "1", "", "2"], ["line 3", "must have 1 cells"]),
        (["kw,note", "1,a", ",b", "nan,c"], ["line 3, column kw", "is missing", "first of 2"]),
        (["a,b", "1,2"], ["2 columns of values", "a, b"]),
        (["1,2", "3,4"], ["holds values, not names"]),
        (["a,a", "1,2"], ["names two columns"]),
        ([",a", "1,2"], ["without a name"]),
        (["kw", '"1'], ["not comma-separated"]),
        (["kw"], ["holds no data rows"]),
    ],
)
def test_faults_are_named(tmp_path: Path, lines: list[str], words: list[str]) -> None:
    column = "kw" if lines[0] == "kw,note" else None
    with pytest.raises(InputError) as caught:
        read_series(write(tmp_path / "load.csv", *lines), column)
    for word in [*words, "load.csv"]:
        assert word in str(caught.value)


def test_wrong_column_offers_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Nearest: electric_kw"):
        read_series(write(tmp_path / "load.csv", "electric_kw,gas_kw", "1,2"), "elektric_kw")


@pytest.mark.parametrize("content", [b"\x1f\x8bdamaged", b"\xff\xfe\x00", b"", b"\x00\x00"])
def test_unreadable_files(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "load.csv"
    file.write_bytes(content)
    with pytest.raises(InputError):
        read_series(file)
    with pytest.raises(InputError):
        read_series(tmp_path)
    with pytest.raises(InputError, match="does not exist"):
        read_series(tmp_path / "absent.csv")
