"""Random years of machines that trip and are repaired, and the blocks in which they are serviced.

Each machine alternates between up and down times that are drawn independently (an alternating renewal process), and is met in
the middle of its history: the first times are drawn as an observer finds them, so the machine is up with the probability
MTBF / (MTBF + MTTR) in every hour from the first on. What happens between the middles of two steps is not seen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Faults
from brayton.core.provenance import Source
from brayton.core.timeaxis import TimeAxis
from brayton.site.outages import PlannedOutage
from brayton.study.doubt.distributions import LogNormal

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Reliability:
    """How often a machine trips and how long it stays down.

    mtbf_h: mean time up before a trip. mttr_h: mean time down. up_shape: of the Weibull up times; 1 is exponential (trips at
    random), above 1 wears out, below 1 fails young. repair_log_sd: standard deviation of the natural logarithm of the
    lognormal down times. Raises InputError with every figure that cannot be.
    """

    mtbf_h: float
    mttr_h: float
    up_shape: float = 1.0
    repair_log_sd: float = 0.8

    def __post_init__(self) -> None:
        with Faults() as faults:
            for name in ("mtbf_h", "mttr_h", "up_shape"):
                if not 0.0 < getattr(self, name) < math.inf:
                    faults.add(name, getattr(self, name), "must be positive and finite", "Give the figure of one machine.")
            if not 0.0 <= self.repair_log_sd < math.inf:
                faults.add("repair_log_sd", self.repair_log_sd, "must be zero or more", "Give 0 for repairs of one length.")

    @property
    def availability(self) -> float:
        """Share of the time that a machine is up in the long run, service not counted."""
        return self.mtbf_h / (self.mtbf_h + self.mttr_h)

    def repair_h(self, chance: ArrayLike) -> Floats:
        """Down time [h] that is not exceeded with this probability."""
        return LogNormal(self.mttr_h * math.exp(-(self.repair_log_sd**2) / 2.0), self.repair_log_sd).quantile(chance)


TRIPS = Reliability(mtbf_h=2000.0, mttr_h=24.0)
TRIPS_SOURCE = Source(
    "estimate",
    "2026",
    "estimate",
    "no availability of microturbines measured by a third party is in print; about four trips a year, reset or mended within a "
    "day on average, some within an hour and some after a week's wait for a part",
)


def serviced(axis: TimeAxis, blocks: Sequence[PlannedOutage], units: int) -> NDArray[np.bool_]:
    """Steps in which each machine is down for planned work (units, n).

    Machines are serviced one after the other: each begins where the one before ends. What runs past the year's end falls on
    its beginning. Errors: InputError, all faults gathered, for days that the year does not have.
    """
    down = np.zeros((units, axis.steps), dtype=bool)
    with Faults() as faults:
        starts = [faults.attempt(partial(block.start, axis.year)) for block in blocks]
    for block, start in zip(blocks, starts, strict=True):
        length = round(block.hours / axis.step_hours)
        begin = int(np.searchsorted(axis.stamps, np.datetime64(start, "m")))
        for unit in range(units):
            down[unit, (begin + unit * length + np.arange(length)) % axis.steps] = True
    return down


def random_years(
    reliability: Reliability,
    units: int,
    steps: int,
    step_hours: float,
    *,
    rows: int,
    seed: int,
    planned: NDArray[np.bool_] | None = None,
) -> Floats:
    """Share of `units` that is available in each step (rows, n), one row for each random year, worst year first.

    planned: steps in which each unit is serviced (units, n). The order by mean availability lets the row be an uncertain input
    like others: its quantile is the number of the row.
    """
    generator = np.random.Generator(np.random.PCG64(seed))
    available = np.zeros((rows, steps))
    for unit in range(units):
        up = _up_steps(reliability, steps, step_hours, rows, generator)
        available += up if planned is None else up & ~planned[unit]
    available /= max(units, 1)
    return available[np.argsort(available.mean(axis=1), kind="stable")]


def _up_steps(
    reliability: Reliability, steps: int, step_hours: float, rows: int, generator: np.random.Generator
) -> NDArray[np.bool_]:
    """Whether one machine is up in the middle of each step (rows, n)."""
    changes, is_up = _changes(reliability, steps * step_hours, rows, generator)
    # the step that first sees a change: the first whose middle lies behind it
    at = np.clip(np.ceil(changes / step_hours - 0.5), 0, steps).astype(np.int64)
    flips = np.zeros((rows, steps + 1), dtype=np.int64)
    np.add.at(flips, (np.arange(rows)[:, None], at), 1)
    return (np.cumsum(flips[:, :steps], axis=1) + is_up[:, None]) % 2 == 1


def _changes(
    reliability: Reliability, horizon_h: float, rows: int, generator: np.random.Generator
) -> tuple[Floats, NDArray[np.bool_]]:
    """Times at which a machine trips or comes back (rows, m), beyond the horizon at the end, and whether it is up at first."""
    is_up = generator.random(rows) < reliability.availability
    first = generator.random(rows) * np.where(
        is_up, _up_times(reliability, generator, rows, seen=True), _down_times(reliability, generator, rows, seen=True)
    )
    parts, last = [first[:, None]], first
    cycles = 2 + math.ceil(1.5 * horizon_h / (reliability.mtbf_h + reliability.mttr_h))
    while last.min() < horizon_h:
        up = _up_times(reliability, generator, (rows, cycles))
        down = _down_times(reliability, generator, (rows, cycles))
        # after the first change a machine that was up goes down
        pairs = np.where(is_up[:, None, None], np.stack((down, up), axis=2), np.stack((up, down), axis=2))
        times = last[:, None] + np.cumsum(pairs.reshape(rows, -1), axis=1)
        parts.append(times)
        last = times[:, -1]
    return np.concatenate(parts, axis=1), is_up


def _up_times(
    reliability: Reliability, generator: np.random.Generator, size: int | tuple[int, int], *, seen: bool = False
) -> Floats:
    """Weibull times up; `seen`: those that a moment at random falls into, with probability in proportion to their length."""
    shape = reliability.up_shape
    scale = reliability.mtbf_h / math.gamma(1.0 + 1.0 / shape)
    powers = generator.gamma(1.0 + 1.0 / shape, size=size) if seen else generator.standard_exponential(size)
    return scale * powers ** (1.0 / shape)


def _down_times(
    reliability: Reliability, generator: np.random.Generator, size: int | tuple[int, int], *, seen: bool = False
) -> Floats:
    """Lognormal times down; `seen` as for `_up_times`: the logarithm's mean moves by its variance."""
    log_sd = reliability.repair_log_sd
    log_mean = math.log(reliability.mttr_h) - log_sd**2 / 2.0 + (log_sd**2 if seen else 0.0)
    return np.exp(log_mean + log_sd * generator.standard_normal(size))
