"""Whatever stands in a record or in a table of points: an answer, or an InputError with words; never another error."""

import copy
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
import tomli_w
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from brayton.core.errors import InputError, SolveError
from brayton.machine.fit import fit_record
from brayton.machine.fit_points import read_fit_points
from brayton.machine.matched import match_engine
from brayton.machine.record import load_record, record_document

Answer = TypeVar("Answer")

RUN = settings(deadline=None, derandomize=True, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])

ANYTHING = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True),
    st.floats(0.0, 2.0),
    st.integers(-5, 10**6),
    st.text(max_size=8),
    st.booleans(),
    st.lists(st.floats(0.0, 1.0), max_size=2),
    st.just({}),
)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths of everything in a document that is no table."""
    if isinstance(value, dict):
        return [leaf for key, item in value.items() for leaf in leaves(item, (*path, key))]
    if isinstance(value, list):
        return [leaf for index, item in enumerate(value) for leaf in leaves(item, (*path, index))]
    return [path]


def answer_or_refusal(action: Callable[[], Answer]) -> Answer | None:
    """What `action` gives, or None where it refuses in words."""
    try:
        return action()
    except SolveError:
        return None
    except InputError as error:
        faults = error.faults
    assert faults
    assert all(fault.path and fault.rule and fault.remedy for fault in faults)
    return None


DOCUMENT = record_document("C65")
LEAVES = [path for path in leaves(DOCUMENT) if path[0] != "source"]


def changed(document: dict[str, Any], path: tuple[Any, ...], value: Any) -> None:
    place: Any = document
    for part in path[:-1]:
        place = place[part]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value


@RUN
@given(st.lists(st.tuples(st.sampled_from(LEAVES), st.none() | ANYTHING), min_size=1, max_size=3, unique_by=lambda item: item[0]))
def test_a_record_with_anything_in_it(tmp_path: Path, changes):
    document = copy.deepcopy(DOCUMENT)
    for path, value in sorted(changes, key=lambda item: str(item[0]), reverse=True):
        changed(document, path, value)
    file = tmp_path / "record.toml"
    file.write_bytes(tomli_w.dumps(document).encode("utf-8", "replace"))
    matched = answer_or_refusal(lambda: match_engine(load_record(str(file))))
    if matched is None:
        return
    point = matched.operate(0.5 * matched.limits.rated_power, 15.0, 101.325, 0.006)
    power = float(point.net_power)
    assert math.isnan(power) or power <= matched.limits.rated_power * (1.0 + 1e-6)


@RUN
@given(st.binary(max_size=200))
@example(b"\xff\xfe")
@example(b"a = 1\na = 2")
def test_a_record_of_any_bytes(tmp_path: Path, content: bytes):
    file = tmp_path / "record.toml"
    file.write_bytes(content)
    with pytest.raises(InputError):
        load_record(str(file))


WORDS = ["", "60", "0.28", "nan", "inf", "x", '"']
CELL = st.floats(-100.0, 1000.0).map(lambda value: f"{value:.4g}") | st.sampled_from(WORDS)
COLUMNS = [
    "net_power_kw", "gross_power_kw", "load_fraction", "elec_eff_lhv", "fuel_power_kw_lhv", "exhaust_temp_c", "exhaust_temp_c_sd",
    "ambient_temp_c", "pressure_kpa", "relative_humidity", "shaft_speed_rpm", "nonsense", "",
]  # fmt: skip
HEADER = st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=5, unique=True)


@st.composite
def csv_text(draw: st.DrawFn) -> str:
    header = draw(HEADER)
    rows = draw(st.lists(st.lists(CELL, min_size=len(header), max_size=len(header)), min_size=0, max_size=4))
    return "\n".join(",".join(row) for row in [header, *rows]) + "\n"


@RUN
@given(csv_text() | st.text(max_size=100))
@example("net_power_kw,elec_eff_lhv\n60," + "0" * 200_000 + "\n")
@example("net_power_kw,elec_eff_lhv\n600,0.28\n")
@example("net_power_kw,elec_eff_lhv\n1,1e-61\n")
@example("net_power_kw,elec_eff_lhv,elec_eff_lhv_sd\n60,0.28,1e-9\n")
def test_points_of_any_kind(tmp_path: Path, text: str):
    file = tmp_path / "points.csv"
    file.write_bytes(text.encode("utf-8", "replace"))
    record = load_record("C60")
    free = ["turbine_isentropic_eff", "parasitic_kw"]
    fit = answer_or_refusal(lambda: fit_record(record, read_fit_points(file), free=free))
    if fit is None:
        return
    assert all(math.isfinite(parameter.value) for parameter in fit.parameters)
