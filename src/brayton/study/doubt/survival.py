"""The chance that machines carry the critical load through a grid outage, though some do not start and some fail on the way.

Machines are alike and independent. All of them run, so that the failure of one is felt only where the rest is too weak.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from brayton.core.errors import Faults


@dataclass(frozen=True)
class Fleet:
    """Identical machines in an outage.

    start_chance: chance that a machine carries load when the outage begins: availability times the chance to start. mtbf_h:
    mean time to failure while it runs. mttr_h: mean time to repair during the outage, each machine by itself; infinite: nobody
    comes. Raises InputError with every figure that cannot be.
    """

    units: int
    start_chance: float
    mtbf_h: float
    mttr_h: float = math.inf

    def __post_init__(self) -> None:
        with Faults() as faults:
            if self.units < 1:
                faults.add("units", self.units, "must be one or more", "Give the number of machines.")
            if not 0.0 <= self.start_chance <= 1.0:
                faults.add("start_chance", self.start_chance, "must lie in 0..1", "Give a probability.")
            for name in ("mtbf_h", "mttr_h"):
                if not getattr(self, name) > 0.0:
                    faults.add(name, getattr(self, name), "must be positive", "Give the mean time in hours.")


def random_units(fleet: Fleet, shape: tuple[int, int], step_hours: float, seed: int) -> NDArray[np.int64]:
    """Random numbers of machines that run throughout each step, `shape` = (outages, steps): the lowest number within it.

    Every failure and every repair is drawn at its own time, so none is lost between the ends of the steps.
    """
    generator = np.random.Generator(np.random.PCG64(seed))
    outages, steps = shape
    at_start = generator.binomial(fleet.units, fleet.start_chance, outages)
    lowest, change = np.full(shape, fleet.units), np.zeros(shape, dtype=np.int64)
    # outages that still go on: which, their clock, and the machines that run
    which, clock, state = np.arange(outages), np.zeros(outages), at_start
    while True:
        failures, repairs = state / fleet.mtbf_h, (fleet.units - state) / fleet.mttr_h
        wait = generator.standard_exponential(which.size)
        clock = clock + np.divide(wait, failures + repairs, out=np.full(which.size, np.inf), where=failures + repairs > 0.0)
        fails = generator.random(which.size) * (failures + repairs) < failures
        state = np.where(fails, state - 1, state + 1)
        goes_on = clock < steps * step_hours
        if not goes_on.any():
            break
        which, clock, state, fails = which[goes_on], clock[goes_on], state[goes_on], fails[goes_on]
        step = np.minimum((clock / step_hours).astype(np.int64), steps - 1)
        change[which, step] += np.where(fails, -1, 1)
        lowest[which, step] = np.minimum(lowest[which, step], state)
    after = at_start[:, None] + np.cumsum(change, axis=1)
    return np.minimum(np.minimum(after - change, after), lowest)
