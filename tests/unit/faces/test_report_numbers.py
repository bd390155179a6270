"""Numbers as the report prints them."""

from __future__ import annotations

import math

import pytest

from brayton.faces.figures.numbers import MISSING, number, percent, residual, signed


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(1234567.8, 0, "1,234,568"), (-0.004, 2, "0.00"), (-1234.5, 1, "−1,234.5"), (None, 0, MISSING), (math.nan, 2, MISSING)],
)
def test_number(value: float | None, decimals: int, text: str):
    assert number(value, decimals) == text


def test_percent_signed_and_residual():
    assert percent(0.2831) == "28.3\N{NO-BREAK SPACE}%"
    assert percent(math.nan) == MISSING
    assert [signed(value, 2) for value in (0.149, -2.0, 0.001, math.inf)] == ["+0.15", "−2.00", "0.00", MISSING]
    assert [residual(value) for value in (0.0, -3.2e-10)] == ["0", "−3.2e−10"]
