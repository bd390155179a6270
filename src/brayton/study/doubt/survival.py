"""The chance that machines carry the critical load through a grid outage, though some do not start and some fail on the way.

Machines are alike and independent. All of them run, so that the failure of one is felt only where the rest is too weak.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Fault, Faults, InputError

Floats = NDArray[np.float64]


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

    def at_start(self) -> Floats:
        """Probability of 0..units machines that carry load at once, (units + 1,)."""
        return _binomial(self.units, self.start_chance)

    def stays_up(self, duration_h: float) -> tuple[float, float]:
        """Chance that a machine runs after `duration_h`, if it ran before and if it did not."""
        failure, repair = 1.0 / self.mtbf_h, 1.0 / self.mttr_h
        up = repair / (failure + repair) if failure + repair > 0.0 else 1.0
        faded = math.exp(-(failure + repair) * duration_h)
        return up + (1.0 - up) * faded, up * (1.0 - faded)

    def transition(self, duration_h: float) -> Floats:
        """Probability to go from i to j running machines within `duration_h` (units + 1, units + 1)."""
        kept, mended = self.stays_up(duration_h)
        return np.array([np.convolve(_binomial(i, kept), _binomial(self.units - i, mended)) for i in range(self.units + 1)])


def survival_constant(fleet: Fleet, needed_units: int, outage_h: ArrayLike) -> Floats:
    """Chance that `needed_units` of the fleet run without a break through outages of these lengths [h], like `outage_h`.

    Without repair the binomial of the machines left, each with start_chance exp(-t/MTBF); with repair the Markov chain of the
    number of running machines, absorbed below `needed_units`.
    Errors: InputError for a negative number or length.
    """
    lengths = np.asarray(outage_h, dtype=float)
    _check_needed(needed_units, lengths)
    start = fleet.at_start()[needed_units:]
    if start.size == 0:
        return np.zeros(lengths.shape)
    if math.isinf(fleet.mttr_h):
        each = fleet.start_chance * np.exp(-lengths / fleet.mtbf_h)
        terms = (
            math.comb(fleet.units, j) * each**j * (1.0 - each) ** (fleet.units - j) for j in range(needed_units, fleet.units + 1)
        )
        return np.sum(list(terms), axis=0)
    from scipy.linalg import expm

    running = np.arange(needed_units, fleet.units + 1, dtype=float)
    rates = np.diag((fleet.units - running[:-1]) / fleet.mttr_h, 1) + np.diag(running[1:] / fleet.mtbf_h, -1)
    # what fails at `needed_units` leaves the chain: the survivors are what remains in it
    rates -= np.diag(running / fleet.mtbf_h + (fleet.units - running) / fleet.mttr_h)
    return np.einsum("j,...jk->...", start, expm(rates * lengths[..., None, None]))


def survival_curve(
    fleet: Fleet, needed_units: ArrayLike, step_hours: float, longest_steps: int, *, held_steps: ArrayLike | None = None
) -> Floats:
    """Chance to survive 1..`longest_steps` steps of outage from each starting step of the year (longest, n).

    needed_units: machines that each step needs (n,), more than there are where they cannot carry it. held_steps: steps that the
    fuel on site lasts from each start (n,), as `steps_held` finds; None: pipeline. The year is a ring. A machine must carry its
    part to the end of each step; a failure mended within a step is not seen.
    The mean over the starts is the survival curve.
    Errors: InputError for a negative number or no step.
    """
    needed = np.asarray(needed_units)
    if needed.ndim != 1 or needed.size == 0 or (needed < 0).any() or longest_steps < 1:
        rule = "needs one number of machines, zero or more, for each step, and one step of outage or more"
        raise InputError(Fault("needed_units", f"{needed.shape}, {longest_steps} steps", rule, "Give the series of a year."))
    starts, transition = np.arange(needed.size), fleet.transition(step_hours)
    enough = np.arange(fleet.units + 1) >= needed[:, None]
    state = np.tile(fleet.at_start(), (needed.size, 1))
    survived = np.empty((longest_steps, needed.size))
    for step in range(longest_steps):
        carries = enough[(starts + step) % needed.size]
        state = np.where(carries, np.where(carries, state, 0.0) @ transition, 0.0)
        survived[step] = state.sum(axis=1)
    if held_steps is not None:
        survived[np.arange(1, longest_steps + 1)[:, None] > np.asarray(held_steps)] = 0.0
    return survived


def units_for(load_kw: ArrayLike, unit_kw: ArrayLike, units: int) -> NDArray[np.int64]:
    """Machines of `unit_kw` [kW] that carry `load_kw` [kW]; one more than `units` where they cannot."""
    load, each = np.broadcast_arrays(np.asarray(load_kw, dtype=float), np.asarray(unit_kw, dtype=float))
    ratio = np.divide(load, each, out=np.where(load > 0.0, np.inf, 0.0), where=each > 0.0)
    return np.minimum(np.ceil(ratio - 1e-9), units + 1).astype(np.int64)


def steps_held(use_kwh: ArrayLike, held_kwh: float) -> NDArray[np.int64]:
    """Whole steps that `held_kwh` on site lasts from each starting step (n,), a year at most.

    use_kwh: what each step takes (n,), in the unit and basis of the store. The year is a ring.
    """
    use = np.asarray(use_kwh, dtype=float)
    total = np.concatenate(([0.0], np.cumsum(np.concatenate((use, use)))))
    # 1e-9 of a year's use is rounding of the sums
    reach = np.searchsorted(total, total[: use.size] + held_kwh + 1e-9 * total[use.size], side="right") - 1
    return np.minimum(reach - np.arange(use.size), use.size)


def random_units(fleet: Fleet, shape: tuple[int, int], step_hours: float, seed: int) -> NDArray[np.int64]:
    """Random numbers of machines that run through each step, `shape` = (outages, steps); the chance of `survival_curve`."""
    generator = np.random.Generator(np.random.PCG64(seed))
    outages, steps = shape
    kept, mended = fleet.stays_up(step_hours)
    running = np.empty(shape, dtype=np.int64)
    state = generator.binomial(fleet.units, fleet.start_chance, outages)
    for step in range(steps):
        after = generator.binomial(state, kept) + generator.binomial(fleet.units - state, mended)
        running[:, step] = np.minimum(state, after)
        state = after
    return running


def _binomial(number: int, chance: float) -> Floats:
    return np.array([math.comb(number, j) * chance**j * (1.0 - chance) ** (number - j) for j in range(number + 1)])


def _check_needed(needed_units: int, lengths: Floats) -> None:
    with Faults() as faults:
        if needed_units < 0:
            faults.add("needed_units", needed_units, "must be zero or more", "Give the machines that carry the load.")
        if not (lengths >= 0.0).all():
            faults.add("outage_h", float(np.min(lengths)), "must be zero or more", "Give the length in hours.")
