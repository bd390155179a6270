"""Ideal-gas properties from NASA-7 polynomials, as scalar kernels.

Every kernel takes the coefficients `c` of one gas or mixture per kilogram: an array (2, 7), row 0 below 1000 K, row 1
above, columns a1..a7 of `gas.species` times R/M [J/(kg K), with T in K]. Coefficients of mixtures and of combustion
products are linear in mass fraction, so any stream of the engine is one such array.

Enthalpy is absolute (it includes the enthalpy of formation); heat of reaction is a difference of enthalpies.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Coefficients = NDArray[np.float64]
"""Array (2, 7) of one gas, per kilogram."""

_STEPS = 60
_TOLERANCE = 1e-12


@njit(cache=True)
def cp(c: Coefficients, t: float) -> float:
    """Heat capacity at constant pressure [J/(kg K)] at temperature `t` [K]; 200..6000 K."""
    a = c[0] if t < 1000.0 else c[1]
    return a[0] + t * (a[1] + t * (a[2] + t * (a[3] + t * a[4])))


@njit(cache=True)
def h(c: Coefficients, t: float) -> float:
    """Absolute specific enthalpy [J/kg] at temperature `t` [K], formation included."""
    a = c[0] if t < 1000.0 else c[1]
    return a[5] + t * (a[0] + t * (a[1] / 2.0 + t * (a[2] / 3.0 + t * (a[3] / 4.0 + t * a[4] / 5.0))))


@njit(cache=True)
def s0(c: Coefficients, t: float) -> float:
    """Specific entropy [J/(kg K)] at temperature `t` [K] and the standard pressure, without entropy of mixing.

    s(T, p) = s0(T) - R ln(p / p0), plus a mixing term that is constant for a fixed composition.
    """
    a = c[0] if t < 1000.0 else c[1]
    return a[6] + a[0] * math.log(t) + t * (a[1] + t * (a[2] / 2.0 + t * (a[3] / 3.0 + t * a[4] / 4.0)))


@njit(cache=True)
def t_from_h(c: Coefficients, enthalpy: float, guess: float) -> float:
    """Temperature [K] at which `h` equals `enthalpy` [J/kg], by Newton from `guess` [K]; NaN where it finds none."""
    t = guess
    for _ in range(_STEPS):
        step = (enthalpy - h(c, t)) / cp(c, t)
        t = max(t + step, 0.5 * t)
        if abs(step) <= _TOLERANCE * t:
            return t
    return math.nan


@njit(cache=True)
def t_from_s0(c: Coefficients, entropy: float, guess: float) -> float:
    """Temperature [K] at which `s0` equals `entropy` [J/(kg K)], by Newton in ln T from `guess` [K]; NaN where it finds none."""
    t = guess
    for _ in range(_STEPS):
        step = (entropy - s0(c, t)) / cp(c, t)
        t *= math.exp(min(max(step, -1.0), 1.0))
        if abs(step) <= _TOLERANCE:
            return t
    return math.nan
