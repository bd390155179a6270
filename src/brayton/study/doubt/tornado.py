"""Tornado: what each uncertain input does alone, the others as the scenario says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from brayton.core.errors import SolveError
from brayton.core.outcomes import Outcome
from brayton.study.doubt.draws import Uncertain
from brayton.study.doubt.montecarlo import Evaluator

LEVELS = (0.1, 0.3, 0.5, 0.7, 0.9)
"""Quantiles at which an input is tried: the ends of its bar, and between them, because a response may turn."""


@dataclass(frozen=True)
class Bar:
    """One input's effect on one headline number.

    at_p10, at_p90: the number with the input at its own p10 and p90. lowest, highest: over all levels tried and the scenario
    itself; they lie beyond the two ends where the response turns in between (`turns`). changes_sign: zero lies between them,
    so this input alone can turn the answer. input_p10, input_p90: of the input, in its unit.
    """

    name: str
    input_p10: float
    input_p90: float
    at_p10: float
    at_p90: float
    lowest: float
    highest: float
    turns: bool
    changes_sign: bool

    @property
    def swing(self) -> float:
        return self.highest - self.lowest

    def as_dict(self) -> dict[str, Any]:
        """Keys of result.json."""
        return vars(self) | {"swing": self.swing}


@dataclass(frozen=True)
class Tornado:
    """Bars of one headline number, widest first, around its value in the scenario."""

    headline: str
    base: float
    bars: tuple[Bar, ...]

    def as_dict(self) -> dict[str, Any]:
        """Keys of result.json."""
        return {"headline": self.headline, "base": self.base, "bars": [bar.as_dict() for bar in self.bars]}


def tornado(evaluator: Evaluator, inputs: Sequence[Uncertain], headlines: Sequence[str] = ("npv_usd",)) -> dict[str, Tornado]:
    """A tornado of each headline number, from one call of the evaluator: 1 + 5 k draws for k inputs.

    Errors: SolveError where a headline number does not exist in one of these draws; choose one that always does, as NPV.
    """
    chances = np.array(LEVELS)
    rows = 1 + len(LEVELS) * len(inputs)
    draws = {item.name: np.full(rows, float(item.nominal)) for item in inputs}
    levels = {item.name: item.spread.quantile(chances) for item in inputs}
    for i, item in enumerate(inputs):
        draws[item.name][_rows_of(i)] = levels[item.name]
    results = evaluator.evaluate(draws)
    return {name: _tornado(name, np.asarray(results[name], dtype=float), inputs, levels) for name in headlines}


def _rows_of(i: int) -> slice:
    return slice(1 + len(LEVELS) * i, 1 + len(LEVELS) * (i + 1))


def _tornado(headline: str, values: np.ndarray, inputs: Sequence[Uncertain], levels: dict[str, np.ndarray]) -> Tornado:
    if not np.isfinite(values).all():
        missing = f"{(~np.isfinite(values)).sum()} of {values.size} draws have no {headline}"
        raise SolveError(f"a tornado needs a number at every level: {missing}", Outcome.NOT_CONVERGED)
    base = float(values[0])
    bars = [_bar(item, base, values[_rows_of(i)], levels[item.name]) for i, item in enumerate(inputs)]
    return Tornado(headline, base, tuple(sorted(bars, key=lambda bar: (-bar.swing, bar.name))))


def _bar(item: Uncertain, base: float, values: np.ndarray, levels: np.ndarray) -> Bar:
    steps = np.diff(values)
    lowest, highest = min(base, float(values.min())), max(base, float(values.max()))
    rounding = 1e-9 * max(abs(lowest), abs(highest))
    return Bar(
        name=item.name,
        input_p10=float(levels[0]),
        input_p90=float(levels[-1]),
        at_p10=float(values[0]),
        at_p90=float(values[-1]),
        lowest=lowest,
        highest=highest,
        turns=bool((steps > rounding).any() and (steps < -rounding).any()),
        changes_sign=lowest < 0.0 < highest,
    )
