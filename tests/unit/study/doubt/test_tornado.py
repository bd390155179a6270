"""Bars: linear, bent, turning and sign-changing responses."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

from brayton.core.errors import SolveError
from brayton.study.doubt.distributions import SCORE_OF_P90, Normal, Uniform
from brayton.study.doubt.draws import Uncertain
from brayton.study.doubt.tornado import tornado

Build = Callable[..., Uncertain]
Values = Mapping[str, NDArray[np.float64]]


class Model:
    """npv = 100 + 10 (a - 1) + 400 (b - 1)^2 - 2000 (c - 1), with no rate of return where it is negative."""

    def evaluate(self, draws: Values, /) -> Values:
        npv = 100.0 + 10.0 * (draws["a"] - 1.0) + 400.0 * (draws["b"] - 1.0) ** 2 - 2000.0 * (draws["c"] - 1.0)
        return {"npv_usd": npv, "irr": np.where(npv > 0.0, npv, np.nan)}


@pytest.fixture
def inputs(uncertain: Build) -> list[Uncertain]:
    return [uncertain("a", Normal(1.0, 0.1)), uncertain("b", Uniform(0.5, 1.5)), uncertain("c", Normal(1.0, 0.1))]


def test_bars_are_sorted_by_swing_and_exact(inputs: list[Uncertain]) -> None:
    found = tornado(Model(), inputs)["npv_usd"]
    assert found.base == 100.0
    assert [bar.name for bar in found.bars] == ["c", "b", "a"]
    c, b, a = found.bars
    reach = 0.1 * SCORE_OF_P90
    assert (a.at_p10, a.at_p90) == pytest.approx((100.0 - 10.0 * reach, 100.0 + 10.0 * reach), rel=1e-12)
    assert (a.input_p10, a.input_p90) == pytest.approx((1.0 - reach, 1.0 + reach), rel=1e-12)
    assert (c.at_p10, c.at_p90, c.swing) == pytest.approx(
        (100.0 + 2000.0 * reach, 100.0 - 2000.0 * reach, 4000.0 * reach), rel=1e-9
    )
    assert (c.changes_sign, c.turns) == (True, False)
    assert (a.changes_sign, a.turns) == (False, False)
    # both ends of b are alike: a bar from end to end would have no length
    assert b.at_p10 == pytest.approx(b.at_p90, rel=1e-9)
    assert (b.lowest, b.highest, b.turns) == (pytest.approx(100.0, abs=1e-9), pytest.approx(164.0), True)


def test_the_scenario_itself_may_lie_outside_the_spread(uncertain: Build) -> None:
    """A tolerance that only takes away: the base is one end of the bar."""
    inputs = [uncertain("c", Uniform(0.9, 1.0)), uncertain("a"), uncertain("b")]
    bar = next(bar for bar in tornado(Model(), inputs)["npv_usd"].bars if bar.name == "c")
    assert bar.lowest == 100.0
    assert bar.highest == pytest.approx(100.0 + 2000.0 * 0.09)


def test_a_headline_that_need_not_exist_is_refused(inputs: list[Uncertain]) -> None:
    with pytest.raises(SolveError, match="have no irr"):
        tornado(Model(), inputs, ["irr"])


def test_it_goes_into_json(inputs: list[Uncertain]) -> None:
    found = json.loads(json.dumps(tornado(Model(), inputs)["npv_usd"].as_dict(), allow_nan=False))
    assert found["headline"] == "npv_usd"
    assert found["bars"][0]["swing"] == found["bars"][0]["highest"] - found["bars"][0]["lowest"]
