"""Monte Carlo: draws in blocks through an evaluator, and the bands of what comes out.

All draws are made before the first block, and blocks have a fixed length, so the result does not depend on how many workers
there are or which of them is first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from brayton.core.errors import SolveError
from brayton.core.outcomes import Outcome
from brayton.study.doubt.bands import Band, Chance, bands, chance_above, convergence_notes
from brayton.study.doubt.draws import Draws

Floats = NDArray[np.float64]

BLOCK = 256
"""Draws of a block: four of the dispatch kernel's 64 lanes; a year of hourly series for it takes 18 MB each."""

Watch = Callable[[int, int], None]
"""Is told how many draws are done, and of how many; always from the caller's thread."""


class Evaluator(Protocol):
    """What turns draws into headline numbers.

    With more than one worker it is called from several threads at once, so it must keep no state between calls, and gains
    only as far as it releases the interpreter (numpy, ``nogil`` kernels). A kernel that spreads over the cores by itself goes
    with one worker.
    """

    def evaluate(self, draws: Mapping[str, Floats], /) -> Mapping[str, Floats]:
        """Headline numbers of a block, (d,) each, from the values of every input, (d,) each; NaN where one does not exist."""
        ...


@dataclass(frozen=True)
class MonteCarlo:
    """Every draw, what came of it, and the bands."""

    draws: Draws
    headlines: Mapping[str, Floats]
    bands: Mapping[str, Band]
    chance_pays: Chance | None
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The `doubt` part of result.json: how it was drawn, the spread of each input, the band of each headline number."""
        return {
            "draws": self.draws.count,
            "seed": self.draws.seed,
            "method": self.draws.method,
            "inputs": list(_input_rows(self.draws)),
            "bands": {name: item.as_dict() for name, item in self.bands.items()},
            "chance_npv_above_zero": self.chance_pays.value if self.chance_pays else None,
            "chance_npv_above_zero_se": self.chance_pays.standard_error if self.chance_pays else None,
            "notes": list(self.notes),
        }


def run_draws(
    evaluator: Evaluator, draws: Draws, *, block: int = BLOCK, workers: int = 1, watch: Watch = lambda _done, _total: None
) -> MonteCarlo:
    """Evaluate all draws, `block` at a time on `workers` threads.

    Errors: what the evaluator raises, from the first block that fails; SolveError where it returns a headline number of
    another length than its block, or NaN for one that has to exist.
    """
    count = draws.count
    starts = range(0, count, block)
    found: dict[int, Mapping[str, Floats]] = {}

    def evaluate(start: int) -> Mapping[str, Floats]:
        part = evaluator.evaluate(draws.block(start, start + block))
        _check_lengths(part, min(block, count - start))
        return part

    done = 0
    watch(0, count)
    for start, part in _in_threads(evaluate, starts, workers) if workers > 1 else ((s, evaluate(s)) for s in starts):
        found[start] = part
        done += min(block, count - start)
        watch(done, count)
    headlines = {name: np.concatenate([found[start][name] for start in starts]) for name in found[0]}
    item = bands(headlines)
    pays = chance_above(headlines["npv_usd"]) if "npv_usd" in headlines else None
    return MonteCarlo(draws, headlines, item, pays, tuple(convergence_notes(item)))


def _in_threads(
    evaluate: Callable[[int], Mapping[str, Floats]], starts: range, workers: int
) -> Iterator[tuple[int, Mapping[str, Floats]]]:
    """Blocks as they are done. After an error no further block begins."""
    with ThreadPoolExecutor(max_workers=workers) as pool:
        waiting: dict[Future[Mapping[str, Floats]], int] = {pool.submit(evaluate, start): start for start in starts}
        try:
            for future in as_completed(waiting):
                yield waiting[future], future.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _check_lengths(part: Mapping[str, Floats], count: int) -> None:
    wrong = [f"{name} {np.shape(values)}" for name, values in part.items() if np.shape(values) != (count,)]
    if wrong:
        raise SolveError(f"the evaluator owes {count} values of each headline number: {', '.join(wrong)}", Outcome.NOT_CONVERGED)


def _input_rows(draws: Draws) -> Iterator[dict[str, Any]]:
    for item in draws.inputs:
        p10, p50, p90 = item.spread.quantile([0.1, 0.5, 0.9]).tolist()
        yield {
            "name": item.name,
            "meaning": item.meaning,
            "unit": item.unit,
            "nominal": item.nominal,
            "distribution": type(item.spread).__name__.lower(),
            "p10": p10,
            "p50": p50,
            "p90": p90,
            "source": item.source.as_dict(),
        }
