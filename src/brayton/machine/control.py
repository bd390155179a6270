"""The control law: what the machine's controller holds, and which limit stops it.

A controller that holds exit temperature keeps the turbine exit at its set-point and chooses the speed that gives the
power asked for; one that holds speed lets the exit temperature float. Where holding that would break a limit, the
limit replaces the law: one of the match's two control equations is exchanged, nothing else changes.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from brayton.core.outcomes import Outcome
from brayton.gas.properties import Rows, blend, h, newton_h
from brayton.machine.components import Engine
from brayton.machine.match import (
    HOLD_CHOKE,
    HOLD_EXIT_TEMP,
    HOLD_FUEL,
    HOLD_POWER,
    HOLD_RATING,
    HOLD_SPEED,
    HOLD_SURGE,
    Air,
    Gas,
    State,
    choke_margin,
    corrected_speed,
    solve_match,
    surge_margin,
)

LIMITS = (
    None,
    Outcome.RATED_POWER,
    Outcome.SPEED_LIMIT,
    Outcome.EXIT_TEMP_LIMIT,
    Outcome.SURGE_LIMIT,
    Outcome.CHOKE_LIMIT,
    Outcome.FUEL_LIMIT,
    Outcome.NOT_CONVERGED,
)
"""Meaning of the integer limit codes of the kernels; None where nothing binds."""

NONE, RATED_POWER, SPEED_LIMIT, EXIT_TEMP_LIMIT, SURGE_LIMIT, CHOKE_LIMIT, FUEL_LIMIT, NOT_CONVERGED = range(8)


RISING_POWER_SPEED = 1.05
"""Relative corrected speed up to which more speed at the same exit temperature always gives more power [-]: beyond, the
fall of compressor efficiency may win. The records of the library turn over at 1.10 (C30 in heat) to
1.21 (C60); a test holds them above this."""

SPEED_STEP = 0.005
"""Step of relative speed in which the speed of most power is sought there [-]: near the peak, 0.02 % of power."""


class Limits(NamedTuple):
    """What the controller respects."""

    rated_power: float  # before the booster [W]
    exit_temp: float  # turbine exit [K]: set-point of the law and highest value
    max_speed: float  # relative [-]
    min_speed: float
    surge_margin: float  # smallest [-]
    max_fuel_flow: float  # of the valve [kg/s]
    holds_speed: bool  # the law: False holds exit temperature, True holds `max_speed`


@njit(cache=True, error_model="numpy")
def _temp_guess(e: Engine, n: float) -> float:
    """Start for the turbine inlet temperature at relative speed n [K]: part of it rises with the expansion ratio."""
    return e.t4 * (0.82 + 0.18 * n)


@njit(cache=True, error_model="numpy")
def most_power(e: Engine, limits: Limits, air: Air, gas: Gas) -> tuple[State, int]:
    """The state of highest net power under the control law, whatever the rating, and the limit that stops it there.

    A law that holds exit temperature meets surge by slowing down, where the margin widens; one that holds speed, by firing
    less. Either way less fuel flows than before, so the later limits leave the earlier ones intact.
    """
    n = limits.max_speed
    code = EXIT_TEMP_LIMIT if limits.holds_speed else SPEED_LIMIT
    state, ok = solve_match(e, air, gas, HOLD_EXIT_TEMP, limits.exit_temp, HOLD_SPEED, n, n, 1.0, _temp_guess(e, n))
    while not limits.holds_speed and corrected_speed(e, air, n) > RISING_POWER_SPEED:
        n -= SPEED_STEP
        x, t4 = (state.x, state.t4) if ok else (1.0, _temp_guess(e, n))
        slower, found = solve_match(e, air, gas, HOLD_EXIT_TEMP, limits.exit_temp, HOLD_SPEED, n, n, x, t4)
        if ok and not (found and slower.net_power > state.net_power):
            break
        if found:
            state, ok, code = slower, True, EXIT_TEMP_LIMIT
    if ok and choke_margin(e, air, state) < 0.0:
        n = 0.97 * state.n
        state, ok = solve_match(e, air, gas, HOLD_EXIT_TEMP, limits.exit_temp, HOLD_CHOKE, 0.0, n, state.x, state.t4)
        code = CHOKE_LIMIT
    hold, target = (HOLD_SPEED, limits.max_speed) if limits.holds_speed else (HOLD_EXIT_TEMP, limits.exit_temp)
    if ok and surge_margin(e, air, state) < limits.surge_margin:
        n = 0.98 * state.n
        state, ok = solve_match(e, air, gas, HOLD_SURGE, limits.surge_margin, hold, target, n, state.x, state.t4)
        code = SURGE_LIMIT
    if ok and state.air_flow * state.fuel_air > limits.max_fuel_flow:
        n = 0.95 * state.n
        state, ok = solve_match(e, air, gas, HOLD_FUEL, limits.max_fuel_flow, hold, target, n, state.x, state.t4)
        code = FUEL_LIMIT
    return state, code if ok else NOT_CONVERGED


@njit(cache=True, error_model="numpy")
def hold_power(e: Engine, limits: Limits, air: Air, gas: Gas, kind: np.int64, power: float, top: State) -> tuple[State, int]:
    """The state that gives `power` [W] under the control law, between zero and that of `top`, the state of most power.

    kind: `HOLD_POWER`, where the power is net, or `HOLD_RATING`, where it is that before the booster.
    """
    if limits.holds_speed:
        state, ok = solve_match(e, air, gas, kind, power, HOLD_SPEED, limits.max_speed, limits.max_speed, 1.0, top.t4)
        return state, NONE if ok else NOT_CONVERGED
    share = max(power / max(top.net_power, 1.0), 0.0)
    n = top.n * (0.5 + 0.5 * share**0.7)
    code = NONE
    state, ok = solve_match(e, air, gas, HOLD_EXIT_TEMP, limits.exit_temp, kind, power, n, top.x, _temp_guess(e, n))
    if ok and state.n < limits.min_speed:
        state, ok = solve_match(e, air, gas, kind, power, HOLD_SPEED, limits.min_speed, limits.min_speed, state.x, state.t4)
    if ok and surge_margin(e, air, state) < limits.surge_margin:
        state, ok = solve_match(e, air, gas, kind, power, HOLD_SURGE, limits.surge_margin, state.n, state.x, state.t4)
        code = SURGE_LIMIT
    return state, code if ok else NOT_CONVERGED


@njit(cache=True, error_model="numpy")
def exhaust_temp(air: Air, gas: Gas, state: State) -> float:
    """Temperature behind the recuperator [K], from what the air took out of the gas."""
    mix = blend(air.coefficients, gas.coefficients, state.fuel_air)
    h6 = h(mix, state.t5) - (state.h3 - h(air.coefficients, state.t2)) / (1.0 + state.fuel_air)
    guess = state.t2 + (1.0 - state.effectiveness) * (state.t5 - state.t2)
    return newton_h(mix, h6, newton_h(mix, h6, newton_h(mix, h6, guess)))


COLUMNS = (
    "net_power",
    "available_power",
    "fuel_flow",
    "air_flow",
    "exhaust_temp",
    "speed",
    "pressure_ratio",
    "compressor_exit_temp",
    "turbine_inlet_temp",
    "turbine_exit_temp",
    "recuperator_effectiveness",
    "surge_margin",
    "booster_power",
    "shaft_power",
    "casing_loss",
    "limit",
)
"""What `operate` writes for each point, SI; speed is relative, limit a code of `LIMITS`."""


@njit(cache=True, error_model="numpy", nogil=True)
def operate(
    e: Engine,
    limits: Limits,
    gas: Gas,
    dry: Rows,
    vapour: Rows,
    r_dry: float,
    r_vapour: float,
    points: NDArray[np.float64],
    inlet_loss: float,
    back_pressure: float,
    as_share: bool,
    out: NDArray[np.float64],
) -> None:
    """Operate the machine at many points, one after the other; callers share the points between threads.

    points: (n, 4) of air temperature [K], ambient pressure [Pa], humidity ratio [-] and demand; demand is net power [W],
    or with `as_share` the share of the power that would be available without the rating. dry, vapour: coefficients of
    dry air and water vapour with their gas constants. out: (n, len(COLUMNS)); NaN and `NOT_CONVERGED` where no match exists.
    """
    for i in range(points.shape[0]):
        temp, pressure, humidity, demand = points[i, 0], points[i, 1], points[i, 2], points[i, 3]
        gas_constant = (r_dry + humidity * r_vapour) / (1.0 + humidity)
        air = Air(blend(dry, vapour, humidity), gas_constant, temp, pressure, inlet_loss, back_pressure)
        top, code = most_power(e, limits, air, gas)
        state, available = top, top.net_power
        if code != NOT_CONVERGED and not as_share and top.net_power + top.booster_power > limits.rated_power:
            # the rating holds before the booster, whose power is taken off
            state, code = hold_power(e, limits, air, gas, HOLD_RATING, limits.rated_power, top)
            available = state.net_power
            code = RATED_POWER if code == NONE else code
        power = demand * available if as_share else demand
        if code != NOT_CONVERGED and not power >= available * (1.0 - 1e-6):
            state, code = hold_power(e, limits, air, gas, HOLD_POWER, power, top)
        if code == NOT_CONVERGED:
            out[i] = math.nan
        else:
            out[i, 0] = state.net_power
            out[i, 1] = available
            out[i, 2] = state.air_flow * state.fuel_air
            out[i, 3] = state.air_flow
            out[i, 4] = exhaust_temp(air, gas, state)
            out[i, 5] = state.n
            out[i, 6] = state.p2 / state.p1
            out[i, 7] = state.t2
            out[i, 8] = state.t4
            out[i, 9] = state.t5
            out[i, 10] = state.effectiveness
            out[i, 11] = surge_margin(e, air, state)
            out[i, 12] = state.booster_power
            out[i, 13] = state.shaft_power
            out[i, 14] = state.casing_loss
        out[i, 15] = code
