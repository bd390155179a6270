"""Draws of uncertain inputs: margins as declared, tied by a Gaussian copula, from one seed.

The numbers of a seed are those of numpy's PCG64 and hold for one version of numpy, which a result names.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from brayton.core.errors import Fault, Faults, InputError, unknown_name
from brayton.core.provenance import Source
from brayton.study.doubt.distributions import Spread

Method = Literal["latin_hypercube", "plain"]

TAIL = 1e-9
"""Probability beyond which a spread may pass the limits of its input: no draw in a hundred thousand studies of 10,000."""

EIGENVALUE_TOLERANCE = 1e-9
"""Rounding below zero that the smallest eigenvalue of a correlation matrix may show."""


@dataclass(frozen=True)
class Uncertain:
    """An input that is not known for sure.

    nominal: what the scenario says, in the unit of the spread. lowest, highest: values beyond which it has no meaning.
    Raises InputError where the spread reaches beyond either with a probability above `TAIL`.
    """

    name: str
    meaning: str
    unit: str
    nominal: float
    spread: Spread
    source: Source
    lowest: float = -math.inf
    highest: float = math.inf

    def __post_init__(self) -> None:
        low, high = self.spread.quantile([TAIL, 1.0 - TAIL]).tolist()
        if low < self.lowest or high > self.highest:
            reached, limit, side = (low, self.lowest, "below") if low < self.lowest else (high, self.highest, "above")
            rule = f"its spread reaches {reached:g}, and {side} {limit:g} it has no meaning"
            raise InputError(Fault(self.name, self.spread, rule, "Narrow it, or use a spread with limits."))


@dataclass(frozen=True)
class Correlation:
    """Correlation of the normal scores of two inputs, -1..1; their rank correlation is 6/pi asin(value/2), a little less."""

    first: str
    second: str
    value: float


@dataclass(frozen=True)
class Draws:
    """Values of every input, (d,) each, in the order of the draws."""

    inputs: tuple[Uncertain, ...]
    values: Mapping[str, NDArray[np.float64]]
    seed: int
    method: Method

    @property
    def count(self) -> int:
        return len(next(iter(self.values.values())))

    def block(self, first: int, end: int) -> dict[str, NDArray[np.float64]]:
        """Draws `first` up to before `end`."""
        return {name: values[first:end] for name, values in self.values.items()}


def draw(
    inputs: Sequence[Uncertain],
    count: int,
    seed: int,
    *,
    correlations: Sequence[Correlation] = (),
    method: Method = "latin_hypercube",
) -> Draws:
    """`count` draws of all inputs; inputs without a correlation are independent.

    ``latin_hypercube``: each of `count` slices of equal probability of every input is drawn once; where inputs are tied, the
    slices take the ranks of a plain sample (Stein, Technometrics 29 (1987) 143), which keeps margins and copula alike.
    Errors: InputError for no input, a name twice, and what `correlation_matrix` raises.
    """
    _check(inputs, count)
    root = _root(correlation_matrix([item.name for item in inputs], correlations))
    generator = np.random.Generator(np.random.PCG64(seed))
    scores = generator.standard_normal((count, len(inputs))) @ root.T
    if method == "latin_hypercube":
        ranks = scores.argsort(axis=0).argsort(axis=0)
        chance = (ranks + generator.random(scores.shape)) / count
    else:
        from scipy.special import ndtr

        chance = np.asarray(ndtr(scores))
    # the very ends have no finite normal score
    chance = np.clip(chance, TAIL, 1.0 - TAIL)
    values = {item.name: item.spread.quantile(chance[:, i]) for i, item in enumerate(inputs)}
    return Draws(tuple(inputs), values, seed, method)


def correlation_matrix(names: Sequence[str], correlations: Sequence[Correlation]) -> NDArray[np.float64]:
    """The matrix (k, k) of these pairs, ones on the diagonal, zero elsewhere.

    Errors: InputError, all faults gathered, for an unknown name, a pair twice or of one input, a value outside -1..1, and for
    a matrix that no set of inputs can have (not positive semidefinite): it is not repaired, because that would change figures.
    """
    matrix = np.eye(len(names))
    with Faults() as faults:
        for i, item in enumerate(correlations):
            pair = f"{item.first}, {item.second}"
            for name in (item.first, item.second):
                if name not in names:
                    faults.absorb(unknown_name("uncertain input", name, names, path=f"correlation[{i}].between"))
            if item.first == item.second:
                faults.add(f"correlation[{i}].between", pair, "is one input", "Name two inputs.")
            if not -1.0 <= item.value <= 1.0:
                faults.add(f"correlation[{i}].value", item.value, "must lie in -1..1", "Give a correlation.")
        faults.raise_if_any()
        seen: set[frozenset[str]] = set()
        for i, item in enumerate(correlations):
            if frozenset((item.first, item.second)) in seen:
                rule = "stands twice"
                faults.add(f"correlation[{i}].between", f"{item.first}, {item.second}", rule, "Give each pair once.")
            seen.add(frozenset((item.first, item.second)))
            row, column = names.index(item.first), names.index(item.second)
            matrix[row, column] = matrix[column, row] = item.value
    values, vectors = np.linalg.eigh(matrix)
    if values[0] < -EIGENVALUE_TOLERANCE:
        weight = np.abs(vectors[:, 0])
        tied = ", ".join(name for name, share in zip(names, weight.tolist(), strict=True) if share > 0.1)
        rule = f"no inputs can be tied so: the matrix has an eigenvalue of {values[0]:.3g} below zero, from {tied}"
        remedy = "Weaken one of these correlations or add the missing one; we do not move your figures to the nearest possible."
        raise InputError(Fault("correlation", f"{len(correlations)} pairs", rule, remedy))
    return matrix


def _root(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """A square root of the matrix; by eigenvalues, because a perfect correlation makes it singular."""
    values, vectors = np.linalg.eigh(matrix)
    return vectors * np.sqrt(np.maximum(values, 0.0))


def _check(inputs: Sequence[Uncertain], count: int) -> None:
    names = [item.name for item in inputs]
    with Faults() as faults:
        if not inputs:
            faults.add("inputs", 0, "nothing is uncertain", "Give a spread for one input or more.")
        for name in sorted({name for name in names if names.count(name) > 1}):
            faults.add("inputs", name, "stands twice", "Give each input one spread.")
        if count < 1:
            faults.add("draws", count, "must be one or more", "Give the number of draws.")
