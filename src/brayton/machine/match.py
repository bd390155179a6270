"""The match: three unknowns and three equations that make the components one engine.

Unknowns: relative shaft speed ``n``, relative exit flow coefficient of the compressor ``x``, turbine inlet temperature
``t4``. One equation is always continuity, the flow that the turbine swallows. The control law picks the other two
(`Hold`): a turbine exit temperature, a net power, a speed, or a distance from surge. Everything else follows explicitly
along the gas path, so one evaluation is straight-line code and a match needs about ten of them.

All kernels are scalar and in SI. Components are those of `brayton.machine.components`.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from brayton.gas.properties import Rows, blend, h, ln, newton_h, newton_s0, s0
from brayton.machine.components import (
    Engine,
    choke_flow,
    compressor_map,
    electric_power,
    nozzle_function,
    recuperator_effectiveness,
    surge_flow,
    turbine_eff,
)

TOLERANCE = 1e-7
"""Largest relative residual of a solved match."""

MAX_ITERATIONS = 40

HOLD_EXIT_TEMP, HOLD_POWER, HOLD_SPEED, HOLD_SURGE, HOLD_CHOKE, HOLD_FUEL, HOLD_RATING = (np.int64(code) for code in range(7))
"""What a control equation holds: turbine exit temperature [K], net power [W], relative speed [-], margin from surge and
from inducer choke [-], fuel flow [kg/s]."""


class Air(NamedTuple):
    """What the engine breathes and where it blows out. Total conditions at the intake before the inlet loss."""

    coefficients: Rows  # humid air, per kg
    gas_constant: float  # [J/kg K]
    temp: float  # [K]
    pressure: float  # ambient [Pa]
    inlet_loss: float  # [Pa] at design flow
    back_pressure: float  # [Pa] at design flow, added behind the recuperator


class Gas(NamedTuple):
    """The fuel as the engine sees it."""

    coefficients: Rows  # combustion coefficients, per kg fuel
    gas_constant: float  # what 1 kg fuel adds to the gas constant of the products [J/kg K]
    enthalpy: float  # of the fuel as delivered [J/kg]
    lhv: float  # [J/kg]
    booster_work: float  # electric work of the gas booster [J/kg fuel]


class State(NamedTuple):
    """One solved or trial state of the engine; stations as in the cycle: 1 to 6."""

    n: float  # relative shaft speed [-]
    x: float  # exit flow coefficient of the compressor over design [-]
    air_flow: float  # [kg/s]
    fuel_air: float  # [-]
    t1: float  # [K]
    t2: float
    h3: float  # enthalpy of the air behind the recuperator [J/kg]; its temperature is not needed to match
    t4: float
    t5: float
    p1: float  # [Pa]
    p2: float
    p4: float
    p5: float
    p6: float
    effectiveness: float
    flow_residual: float
    net_power: float  # [W]
    shaft_power: float  # of the gas on the shaft [W]
    casing_loss: float
    booster_power: float


@njit(cache=True, error_model="numpy")
def corrected_speed(e: Engine, air: Air, n: float) -> float:
    """Relative speed referred to the design intake, n / sqrt(R T / (R T)_design) [-]."""
    return n / math.sqrt(air.gas_constant * air.temp / e.inlet_rt)


@njit(cache=True, error_model="numpy")
def gas_path(e: Engine, air: Air, gas: Gas, n: float, x: float, t4: float, f: float) -> State:
    """Follow the gas from intake to exhaust for trial values of the three unknowns.

    f: fuel-air ratio of the last trial; the ratio returned
    follows from it and agrees with it when the match has converged. The state is physical only then, and where
    `State.flow_residual`, the excess of the compressor's flow over what the turbine swallows, is zero.
    """
    ca, cd, ra = air.coefficients, gas.coefficients, air.gas_constant
    t1 = air.temp
    nc = corrected_speed(e, air, n)
    flow, work_ratio, eff_c = compressor_map(e, nc, x)
    p1 = air.pressure - air.inlet_loss * flow * flow
    m = flow * e.air_flow * (p1 / e.inlet_pressure) * nc / n
    relative = m / e.air_flow
    h1 = h(ca, t1)
    work = e.compressor_work * n * n * work_ratio
    h2 = h1 + work
    t2 = newton_h(ca, h2, newton_h(ca, h2, t1 + work / 1012.0))
    ideal = eff_c * work
    t2s = newton_h(ca, h1 + ideal, newton_h(ca, h1 + ideal, t1 + ideal / 1012.0))
    p2 = p1 * math.exp((s0(ca, t2s) - s0(ca, t1)) / ra)

    # the recuperator's passages are laminar, the combustor's are turbulent
    laminar = relative * (0.5 * (t2 + t4) / e.mean_air_temp) ** 1.7
    p4 = p2 * (1.0 - e.loss_air * laminar * (e.p2 / p2) ** 2) * (1.0 - e.loss_burner * (relative * e.p2 / p2) ** 2 * (t4 / e.t4))
    p6 = air.pressure + air.back_pressure * relative * relative
    p5 = p6 + e.loss_gas * e.inlet_pressure * laminar
    expansion = p4 / p5

    mix = blend(ca, cd, f)
    rg = (ra + f * gas.gas_constant) / (1.0 + f)
    h4 = h(mix, t4)
    s5 = s0(mix, t4) - rg * ln(expansion)
    t5s = newton_s0(mix, s5, newton_s0(mix, s5, newton_s0(mix, s5, t4 * math.exp(-0.24 * ln(expansion)))))
    ideal = h4 - h(mix, t5s)
    h5 = h4 - turbine_eff(e, n, ideal) * ideal
    t5 = newton_h(mix, h5, newton_h(mix, h5, t5s + (1.0 - e.turbine_eff) * (t4 - t5s)))

    full_rise = h(ca, t5) - h2
    span = t5 - t2
    c_air = m * full_rise / span
    c_gas = m * (1.0 + f) * (h5 - h(mix, t2)) / span
    effectiveness = recuperator_effectiveness(e, relative, c_air, c_gas, 0.5 * (t2 + t5))
    h3 = h2 + effectiveness * full_rise

    # fuel heat covers the rise of the air, what escapes through the casing and what stays unburnt
    casing_loss = e.casing_loss * (t4 - t1)
    fuel_air = (h(ca, t4) - h3 + casing_loss / m) / (gas.enthalpy - (1.0 - e.combustor_eff) * gas.lhv - h(cd, t4))

    swallowed = nozzle_function(expansion, e.nozzle_share) * e.turbine_area * p4 / math.sqrt(rg * t4)
    shaft = m * ((1.0 + f) * (h4 - h5) - work)
    booster = gas.booster_work * m * fuel_air
    net = electric_power(e, n, shaft) - booster
    return State(
        n, x, m, fuel_air, t1, t2, h3, t4, t5, p1, p2, p4, p5, p6, effectiveness, m * (1.0 + f) / swallowed - 1.0, net, shaft,
        casing_loss, booster,
    )  # fmt: skip


@njit(cache=True, error_model="numpy")
def surge_margin(e: Engine, air: Air, state: State) -> float:
    """Distance from surge along the speed line: exit flow coefficient over that at surge, less one [-]."""
    return state.x / surge_flow(e, corrected_speed(e, air, state.n)) - 1.0


@njit(cache=True, error_model="numpy")
def choke_margin(e: Engine, air: Air, state: State) -> float:
    """Distance from inducer choke: choking flow over flow, less one [-]."""
    nc = corrected_speed(e, air, state.n)
    flow, _, _ = compressor_map(e, nc, state.x)
    return choke_flow(e, nc) / flow - 1.0


@njit(cache=True, error_model="numpy")
def _equation(e: Engine, air: Air, state: State, hold: np.int64, target: float) -> float:
    """Relative residual of one control equation."""
    if hold == HOLD_EXIT_TEMP:
        return state.t5 / target - 1.0
    if hold == HOLD_POWER:
        return (state.net_power - target) / e.scale_power
    if hold == HOLD_RATING:
        return (state.net_power + state.booster_power - target) / e.scale_power
    if hold == HOLD_SPEED:
        return state.n / target - 1.0
    if hold == HOLD_SURGE:
        return surge_margin(e, air, state) - target
    if hold == HOLD_CHOKE:
        return choke_margin(e, air, state) - target
    return state.air_flow * state.fuel_air / target - 1.0


@njit(cache=True, error_model="numpy")
def _residuals(
    e: Engine,
    air: Air,
    state: State,
    hold_a: np.int64,
    target_a: float,
    hold_b: np.int64,
    target_b: float,
    out: NDArray[np.float64],
) -> None:
    out[0] = state.flow_residual
    out[1] = _equation(e, air, state, hold_a, target_a)
    out[2] = _equation(e, air, state, hold_b, target_b)


@njit(cache=True, error_model="numpy")
def _solve3(a: NDArray[np.float64], b: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    """Solve the 3 by 3 system a out = b by Cramer's rule; NaN where a is singular."""
    c0 = a[1, 1] * a[2, 2] - a[1, 2] * a[2, 1]
    c1 = a[1, 2] * a[2, 0] - a[1, 0] * a[2, 2]
    c2 = a[1, 0] * a[2, 1] - a[1, 1] * a[2, 0]
    det = a[0, 0] * c0 + a[0, 1] * c1 + a[0, 2] * c2
    scale = 1.0 / det if det != 0.0 else math.nan
    d0 = a[0, 2] * a[2, 1] - a[0, 1] * a[2, 2]
    d1 = a[0, 0] * a[2, 2] - a[0, 2] * a[2, 0]
    d2 = a[0, 1] * a[2, 0] - a[0, 0] * a[2, 1]
    g0 = a[0, 1] * a[1, 2] - a[0, 2] * a[1, 1]
    g1 = a[0, 2] * a[1, 0] - a[0, 0] * a[1, 2]
    g2 = a[0, 0] * a[1, 1] - a[0, 1] * a[1, 0]
    out[0] = scale * (c0 * b[0] + d0 * b[1] + g0 * b[2])
    out[1] = scale * (c1 * b[0] + d1 * b[1] + g1 * b[2])
    out[2] = scale * (c2 * b[0] + d2 * b[1] + g2 * b[2])


@njit(cache=True, error_model="numpy")
def solve_match(
    e: Engine,
    air: Air,
    gas: Gas,
    hold_a: np.int64,
    target_a: float,
    hold_b: np.int64,
    target_b: float,
    n: float,
    x: float,
    t4: float,
) -> tuple[State, bool]:
    """Match the engine under two control equations, from a start (n, x, t4). Returns the state and whether it converged.

    Broyden's method on (n, x, t4 over design): the Jacobian comes from differences at first and again whenever progress
    stalls, with rank-one updates between; the fuel-air ratio of the next trial is extrapolated with it. Steps are bounded
    so that no trial leaves the range of the component models.
    """
    jac = np.empty((3, 3))
    r = np.empty(3)
    shifted = np.empty(3)
    fuel_slope = np.empty(3)
    step = np.zeros(3)
    y = np.empty(3)
    y[0], y[1], y[2] = n, x, t4 / e.t4
    f = e.fuel_air
    size = math.inf
    since_jacobian = MAX_ITERATIONS
    state = gas_path(e, air, gas, y[0], y[1], y[2] * e.t4, f)
    for _ in range(MAX_ITERATIONS):
        _residuals(e, air, state, hold_a, target_a, hold_b, target_b, r)
        last, size = size, max(abs(r[0]), abs(r[1]), abs(r[2]))
        if not math.isfinite(r[0] + r[1] + r[2]):
            return state, False
        if size < TOLERANCE and abs(state.fuel_air / f - 1.0) < 10.0 * TOLERANCE:
            return state, True
        if since_jacobian > 8 or (size > 0.2 * last and size > 1e-6):
            for j in range(3):
                y[j] += 1e-6
                moved = gas_path(e, air, gas, y[0], y[1], y[2] * e.t4, f)
                y[j] -= 1e-6
                _residuals(e, air, moved, hold_a, target_a, hold_b, target_b, shifted)
                for i in range(3):
                    jac[i, j] = (shifted[i] - r[i]) / 1e-6
                fuel_slope[j] = (moved.fuel_air - state.fuel_air) / 1e-6
            since_jacobian = 0
        else:
            # Broyden: after the step, jac @ step should have cancelled the old residual; what is left corrects it
            norm = step[0] ** 2 + step[1] ** 2 + step[2] ** 2
            for i in range(3):
                for j in range(3):
                    jac[i, j] += r[i] * step[j] / norm
            since_jacobian += 1
        _solve3(jac, r, step)
        largest = max(abs(step[0]) / 0.15, abs(step[1]) / 0.1, abs(step[2]) / 0.15, 1.0)
        for i in range(3):
            step[i] /= -largest
            y[i] += step[i]
        if largest > 1.0:
            since_jacobian = MAX_ITERATIONS  # a bounded step does not cancel the residual, so Broyden's premise is gone
        f = state.fuel_air + fuel_slope[0] * step[0] + fuel_slope[1] * step[1] + fuel_slope[2] * step[2]
        state = gas_path(e, air, gas, y[0], y[1], y[2] * e.t4, f)
    return state, False
