"""How many units run and how they share the power."""

from __future__ import annotations

import pytest

from brayton.package.array import share_sequential, units_held, units_needed


@pytest.mark.parametrize(("total", "expected"), [(0.0, 0), (1.0, 1), (60.0, 1), (60.0 * (1 + 1e-12), 1), (60.1, 2), (300.0, 5)])
def test_the_fewest_units_that_carry_the_power(total: float, expected: int) -> None:
    assert units_needed(total, 60.0) == expected


def test_no_unit_where_none_has_power() -> None:
    assert units_needed(10.0, 0.0) == 0.0


@pytest.mark.parametrize(("units", "ceiling", "expected"), [(1, 11.0, 0), (1, 12.0, 1), (2, 23.0, 1), (0, 0.0, 0)])
def test_one_unit_less_where_minimum_load_does_not_fit(units: int, ceiling: float, expected: int) -> None:
    assert units_held(float(units), 12.0, ceiling) == expected


@pytest.mark.parametrize(
    ("total", "units", "expected"),
    [
        (180.0, 3, [60.0, 60.0, 60.0]),
        (150.0, 3, [60.0, 60.0, 30.0]),
        (125.0, 3, [60.0, 53.0, 12.0]),  # the rest of 5 kW is below minimum load: the unit before backs off
        (36.0, 3, [12.0, 12.0, 12.0]),
        (90.0, 4, [54.0, 12.0, 12.0, 12.0]),
    ],
)
def test_sequential_sharing(total: float, units: int, expected: list[float]) -> None:
    full, next_one = share_sequential(total, float(units), 12.0, 60.0)
    loads = [60.0] * int(full) + [next_one] * min(1, units - int(full)) + [12.0] * max(0, units - int(full) - 1)
    assert loads == pytest.approx(expected)


def test_sequential_sharing_of_units_with_one_power() -> None:
    assert share_sequential(24.0, 2.0, 12.0, 12.0)[0] == 2.0
