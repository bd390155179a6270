"""Contradictions of a dispatch problem, each named with both values."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.core.timeaxis import TimeAxis
from brayton.dispatch.problem import Problem
from brayton.package.heat_use import HeatUse


@pytest.mark.parametrize(
    ("changes", "path", "message"),
    [
        ({"export_limit_kw": -5.0}, "export_limit_kw", "zero or more"),
        ({"import_margin_kw": 5.0, "export_limit_kw": 20.0}, "import_margin_kw", "20 kW of export are allowed"),
        ({"import_margin_kw": -1.0}, "import_margin_kw", "zero or more"),
        ({"min_run_steps": 0}, "min_run_steps", "1 or more"),
        ({"min_rest_steps": 0}, "min_rest_steps", "1 or more"),
        ({"initially_on": 3}, "initially_on", r"0\.\.2, the units there are"),
        ({"step_hours": 0.0}, "step_hours", "positive"),
        ({"availability": np.ones(3)}, "availability", "2 steps"),
        ({"availability": np.array([1.0, 1.5])}, "availability", r"0\.\.1"),
        ({"axis": TimeAxis(2018)}, "axis", "8760 steps, the envelope 2"),
        ({"count": -1}, "count", "zero or more"),
        ({"min_load_fraction": 1.5}, "min_load_fraction", r"0\.\.1"),
    ],
)
def test_contradictions(site: Callable[..., Problem], changes: dict[str, object], path: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as error:
        site([50.0, 60.0], **changes)
    assert error.value.faults[0].path == path


def test_a_step_that_is_not_the_calendars(site: Callable[..., Problem], year: TimeAxis) -> None:
    with pytest.raises(InputError, match="differs from the calendar"):
        site(np.full(8760, 50.0), axis=year, step_hours=0.25)


def test_series_of_other_length_or_with_gaps_are_refused_together(site: Callable[..., Problem]) -> None:
    good = site([50.0, 60.0])
    with pytest.raises(InputError) as error:
        Problem(good.envelope, np.array([1.0, np.nan]), np.zeros(3), step_hours=1.0)
    assert [fault.path for fault in error.value.faults] == ["electric_kw[1]", "heat_kw"]
    with pytest.raises(InputError, match=r"electric_kw\[0\] = -1.0"):
        Problem(good.envelope, np.array([-1.0, 2.0]), np.zeros(2), step_hours=1.0)


def test_uses_of_heat_save_no_more_than_the_site_takes(site: Callable[..., Problem]) -> None:
    uses = (HeatUse("chiller", np.array([0.0, 90.0]), np.array([0.0, 25.0]), 80.0, 70.0),)
    with pytest.raises(InputError, match=r"electric_kw\[1\] = 20.0: is less than the 25 kW that the uses of heat would save"):
        site([50.0, 20.0], uses=uses)
