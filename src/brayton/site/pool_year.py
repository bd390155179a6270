"""The water temperature of a pool over a year, under given heat; each step closes in energy."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from brayton.core.errors import Fault, InputError, SolveError
from brayton.core.outcomes import Outcome
from brayton.core.timeaxis import TimeAxis
from brayton.site.pool import Pool, PoolLosses, pool_losses
from brayton.site.weatheryear import Weather

Array = NDArray[np.float64]

HEAT_UP_H = 72.0
"""Time over which the water of a new season is brought to the band: estimate, three days, the custom for a filled pool."""

SLOPE_K = 0.05
"""Half the difference over which the losses' slope is taken: small against any band, large against rounding."""
CLOSED_K = 1e-7
MAX_ROUNDS = 30


@dataclass(frozen=True)
class PoolYear:
    """A simulated year; arrays (steps,).

    water_temp_c: at the end of each step; mean_temp_c: in its middle, at which losses are taken. taken_kw: heat taken of what
    was offered. backup_kw: heat added to hold the band's low end. losses: by process. stored_kw: heat that stayed in the water;
    at the end of a season what is above fresh water's temperature goes down the drain with it.
    taken + backup = losses - sun + stored, in each step, to the loop's tolerance.
    """

    water_temp_c: Array
    mean_temp_c: Array
    taken_kw: Array
    backup_kw: Array
    stored_kw: Array
    losses: PoolLosses

    @property
    def closure_kw(self) -> Array:
        """Heat in less what became of it: zero but for the loop's tolerance."""
        return self.taken_kw + self.backup_kw - self.losses.net_kw - self.stored_kw


def low_edge(pool: Pool, axis: TimeAxis) -> tuple[Array, Array]:
    """Lowest temperature allowed at the start and at the end of each step [degC].

    The low end of the band in season; fresh water's temperature outside. Over the first 72 h of a season it climbs between the
    two, unless the pool is in use across the turn of the year, where the season before goes on, or fresh water is warmer.
    """
    season = pool.in_season(axis)
    end = np.where(season, pool.low_temp_c, pool.makeup_temp_c)
    ramp = max(1, round(HEAT_UP_H / axis.step_hours))
    starts = np.flatnonzero(season & ~np.roll(season, 1))
    climb = pool.makeup_temp_c + (pool.low_temp_c - pool.makeup_temp_c) * np.arange(1, ramp + 1) / ramp
    for start in starts if pool.makeup_temp_c < pool.low_temp_c else ():
        steps = (start + np.arange(ramp)) % axis.steps
        end[steps] = np.where(season[steps], climb, pool.makeup_temp_c)
    begin = np.roll(end, 1)
    begin[~season] = pool.makeup_temp_c
    begin[starts] = pool.makeup_temp_c
    return begin, end


def simulate_pool(
    pool: Pool,
    weather: Weather,
    axis: TimeAxis,
    offered_kw: Array,
    backup_kw: float = math.inf,
    start_temp_c: float | None = None,
) -> PoolYear:
    """The year of `pool`: it takes of `offered_kw` (steps,) what fits below the band's high end, and a heater of at most
    `backup_kw` holds its low end.

    start_temp_c: of the water at the first step, the low edge if None. The losses are those at the mean temperature of each
    step; they are linearised about a year of temperatures, the year is stepped through, and this is repeated until no
    temperature moves by 1e-7 K; 3 to 5 rounds. Errors: InputError for gaps in the weather or an offer of another length;
    SolveError if the rounds do not settle.
    """
    if offered_kw.shape != (axis.steps,) or not (offered_kw >= 0.0).all():
        rule = f"must be {axis.steps} values of zero or more"
        raise InputError(Fault("offered_kw", offered_kw.shape, rule, "Give the heat on offer in each step."))
    begin, end = low_edge(pool, axis)
    first = float(begin[0]) if start_temp_c is None else start_temp_c
    mean = 0.5 * (begin + end)
    start, final, taken, backup = _trace(pool, weather, axis, mean, offered_kw, backup_kw, end, first)
    for _ in range(MAX_ROUNDS):
        before, mean = mean, 0.5 * (start + final)
        if np.abs(mean - before).max() < CLOSED_K:
            break
        start, final, taken, backup = _trace(pool, weather, axis, mean, offered_kw, backup_kw, end, first)
    else:
        raise SolveError(f"the pool's temperatures still moved after {MAX_ROUNDS} rounds", Outcome.NOT_CONVERGED)
    stored = pool.capacity_kwh_per_k * (final - start) / axis.step_hours
    return PoolYear(final, mean, taken, backup, stored, pool_losses(pool, weather, axis, mean))


def _trace(
    pool: Pool,
    weather: Weather,
    axis: TimeAxis,
    mean: Array,
    offered_kw: Array,
    backup_kw: float,
    low: Array,
    first: float,
) -> tuple[Array, Array, Array, Array]:
    """The year with losses linearised about `mean`; see `_step_through`."""
    base, above, below = (pool_losses(pool, weather, axis, temp).net_kw for temp in (mean, mean + SLOPE_K, mean - SLOPE_K))
    slope = (above - below) / (2.0 * SLOPE_K)
    constant = base - slope * mean
    return _step_through(pool, axis.step_hours, constant, slope, offered_kw, backup_kw, pool.in_season(axis), low, first)


def _step_through(
    pool: Pool,
    step_hours: float,
    constant_kw: Array,
    slope_kw_per_k: Array,
    offered_kw: Array,
    heater_kw: float,
    season: NDArray[np.bool_],
    low: Array,
    first: float,
) -> tuple[Array, Array, Array, Array]:
    """Temperature at start and end of each step, offered heat taken and heater's heat; net loss = constant + slope T mean."""
    steps = len(season)
    start, final, taken, backup = (np.zeros(steps) for _ in range(4))
    inertia = pool.capacity_kwh_per_k / step_hours
    temp = first
    rows = zip(
        constant_kw.tolist(), slope_kw_per_k.tolist(), offered_kw.tolist(), season.tolist(), low.tolist(), strict=True
    )  # plain numbers: a loop over elements of arrays is several times slower
    for step, (constant, slope, offer, in_season, lowest) in enumerate(rows):
        if not in_season:
            temp = start[step] = final[step] = pool.makeup_temp_c
            continue
        stiff = inertia + 0.5 * slope
        free = ((inertia - 0.5 * slope) * temp - constant) / stiff
        into = min(max((pool.high_temp_c - free) * stiff, 0.0), offer)
        need = min(max((lowest - free) * stiff - into, 0.0), heater_kw)
        start[step], taken[step], backup[step] = temp, into, need
        temp = final[step] = free + (into + need) / stiff
    return start, final, taken, backup
