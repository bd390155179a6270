"""The boiler's table: what it builds, and what it refuses."""

from __future__ import annotations

import math
from typing import Any

import pytest

from brayton.core.errors import InputError
from brayton.core.provenance import Source
from brayton.core.records import parse_record
from brayton.package.boiler import doe2_part_load
from brayton.study.boiler import BoilerTable, boiler_of

SOURCE = Source("test", "2026", "estimate", "made up")


def table(**changes: Any) -> BoilerTable:
    return parse_record(BoilerTable, {"kind": "boiler", "efficiency_hhv": 0.8, **changes})


def test_what_it_builds() -> None:
    plain = boiler_of(table(), SOURCE)
    assert (plain.capacity_kw, plain.efficiency_hhv, plain.part_load) == (math.inf, 0.8, ())
    assert boiler_of(table(capacity_kw=100.0, part_load="doe2"), SOURCE).part_load == doe2_part_load(0.8)
    points = boiler_of(table(capacity_kw=100.0, part_load=[[0.2, 0.7], [1.0, 0.8]]), SOURCE)
    assert points.part_load == ((0.2, 0.7), (1.0, 0.8))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"part_load": "doe2"}, "part_load needs capacity_kw"),
        ({"capacity_kw": 100.0, "part_load": []}, "must be `constant`, `doe2`"),
        ({"capacity_kw": 100.0, "part_load": "doe3"}, "must be `constant`, `doe2`"),
        ({"capacity_kw": 100.0, "part_load": [[0.2, 0.7, 1.0]]}, "a list of points"),
        ({"efficiency_hhv": 80.0}, r"efficiency_hhv = 80"),
    ],
)
def test_bad_tables(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=told) as error:
        table(**changes)
    assert len(error.value.faults) == 1


def test_points_that_contradict_are_told_when_built() -> None:
    with pytest.raises(InputError, match=r"boiler\.part_load"):
        boiler_of(table(capacity_kw=100.0, part_load=[[0.2, 0.7], [1.0, 0.9]]), SOURCE)
