"""Loads: no bytes make the CSV readers fail otherwise than with an InputError; what is read is what was written."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brayton.core.errors import InputError
from brayton.core.timeaxis import TimeAxis
from brayton.site.load import load_from_csv
from brayton.site.series import read_series

FUZZ = settings(deadline=None, derandomize=True, max_examples=150, suppress_health_check=list(HealthCheck))
AXIS = TimeAxis(2018)
VALID = "\n".join(["time,kw", *(f"{stamp},{100 + hour % 24}" for hour, stamp in enumerate(AXIS.stamps.astype(str)))]).encode()
PIECES = st.sampled_from(
    ["1", "-2.5", "nan", "1e400", "kw", "time", ",", "\n", "#", '"', " ", "2018-01-01 00:00", "2018-01-01 01:00", "é"]
)


def only_input_errors(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with suppress(InputError):
        assert np.isfinite(read_series(file).values).all()
    with suppress(InputError):
        assert load_from_csv(file, None, "electric", AXIS).kw.shape == (AXIS.steps,)


@FUZZ
@given(content=st.binary(max_size=200) | st.lists(PIECES, max_size=30).map(lambda pieces: "".join(pieces).encode()))
def test_arbitrary_bytes(tmp_path: Path, content: bytes) -> None:
    only_input_errors(tmp_path / "load.csv", content)


@settings(FUZZ, max_examples=40)
@given(data=st.data())
def test_mutated_files(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(VALID)
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(content) - 1))
        length = data.draw(st.sampled_from([0, 1, 22, 23, 2000]))
        content[start : start + length] = data.draw(st.binary(max_size=6) | st.sampled_from([b"\n", b",", b"nan", b"-"]))
    only_input_errors(tmp_path / "load.csv", bytes(content))


@FUZZ
@given(values=st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=60), step=st.sampled_from([5, 15, 30, 60]))
def test_what_was_written_is_read(tmp_path: Path, values: list[float], step: int) -> None:
    file = tmp_path / "load.csv"
    stamps = TimeAxis(2018, step).stamps[: len(values)].astype(str)
    file.write_text("\n".join(["time,kw", *(f"{stamp},{value!r}" for stamp, value in zip(stamps, values, strict=True))]))
    series = read_series(file)
    assert series.values.tolist() == values
    assert series.step_minutes == step
    assert series.stamps is not None
    assert series.stamps.astype(str).tolist() == stamps.tolist()


@pytest.mark.parametrize("position", [1, 4000, 8760])
@pytest.mark.parametrize("repeat", [0, 2])
def test_a_row_lost_or_repeated_anywhere_is_never_read(tmp_path: Path, position: int, repeat: int) -> None:
    lines = VALID.decode().split("\n")
    lines[position : position + 1] = [lines[position]] * repeat
    file = tmp_path / "load.csv"
    file.write_text("\n".join(lines))
    with pytest.raises(InputError, match=r"8759|follows a gap" if repeat == 0 else "is a duplicate"):
        load_from_csv(file, None, "electric", AXIS)
