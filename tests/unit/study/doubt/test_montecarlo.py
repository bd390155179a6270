"""The driver: the same result whatever the workers, progress, and errors that come through."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

from brayton.core.errors import InputError, SolveError
from brayton.study.doubt.distributions import Normal, Uniform
from brayton.study.doubt.draws import Draws, Uncertain, draw
from brayton.study.doubt.montecarlo import run_draws

Build = Callable[..., Uncertain]
Values = Mapping[str, NDArray[np.float64]]


class Linear:
    """npv = 3 a - b: normal where the inputs are."""

    def evaluate(self, draws: Values, /) -> Values:
        return {"npv_usd": 3.0 * draws["a"] - draws["b"]}


@pytest.fixture
def draws(uncertain: Build) -> Draws:
    return draw([uncertain("a", Normal(1.0, 0.4)), uncertain("b", Normal(2.0, 0.5))], 1000, 11)


def test_a_linear_model_has_the_band_of_its_closed_form(draws: Draws) -> None:
    """npv is normal with mean 1 and deviation 1.3."""
    found = run_draws(Linear(), draws)
    band, limit = found.bands["npv_usd"], Normal(1.0, 1.3).quantile([0.1, 0.5, 0.9])
    for value, error, expected in zip(
        (band.p10, band.p50, band.p90), (band.p10_se, band.p50_se, band.p90_se), limit, strict=True
    ):
        assert abs(value - expected) < 3.0 * error
    assert found.chance_pays is not None
    assert abs(found.chance_pays.value - 0.7791) < 3.0 * found.chance_pays.standard_error  # Phi(1/1.3)


@pytest.mark.parametrize(("workers", "block"), [(1, 64), (2, 64), (3, 7), (2, 5000)])
def test_the_result_does_not_depend_on_the_workers(draws: Draws, workers: int, block: int) -> None:
    whole = run_draws(Linear(), draws, block=1000)
    assert (run_draws(Linear(), draws, workers=workers, block=block).headlines["npv_usd"] == whole.headlines["npv_usd"]).all()


@pytest.mark.parametrize("workers", [1, 2])
def test_progress_is_told_from_the_callers_thread(draws: Draws, workers: int) -> None:
    told: list[tuple[int, int, int]] = []
    run_draws(Linear(), draws, workers=workers, block=300, watch=lambda done, of: told.append((done, of, threading.get_ident())))
    assert told[0][:2] == (0, 1000)
    assert sorted(done for done, _, _ in told) == [done for done, _, _ in told]
    assert told[-1][:2] == (1000, 1000)
    assert {thread for _, _, thread in told} == {threading.get_ident()}


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_of_the_evaluator_comes_through(draws: Draws, workers: int) -> None:
    class Failing:
        def evaluate(self, _draws: Values, /) -> Values:
            raise InputError

    with pytest.raises(InputError):
        run_draws(Failing(), draws, workers=workers, block=10)


def test_a_wrong_number_of_values_is_refused(draws: Draws) -> None:
    class Short:
        def evaluate(self, draws: Values, /) -> Values:
            return {"npv_usd": draws["a"][1:]}

    with pytest.raises(SolveError, match="owes 256 values"):
        run_draws(Short(), draws)


def test_the_record_says_how_it_was_made(uncertain: Build) -> None:
    inputs = [uncertain("a", Uniform(0.0, 1.0)), uncertain("b", Normal(0.0, 1.0))]
    found = run_draws(Linear(), draw(inputs, 100, 4)).as_dict()
    assert (found["draws"], found["seed"], found["method"]) == (100, 4, "latin_hypercube")
    assert found["inputs"][0] | {"source": None} == {
        "name": "a",
        "meaning": "made up",
        "unit": "-",
        "nominal": 1.0,
        "distribution": "uniform",
        "p10": 0.1,
        "p50": 0.5,
        "p90": 0.9,
        "source": None,
    }
    assert set(found["bands"]["npv_usd"]) == {"p10", "p50", "p90", "p10_se", "p50_se", "p90_se", "draws", "undefined"}
    json.dumps(found, allow_nan=False)
