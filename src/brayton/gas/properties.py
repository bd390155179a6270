"""Ideal-gas properties from NASA-7 polynomials, as scalar kernels.

Every kernel takes the coefficients `c` of one gas or mixture per kilogram: row 0 below 1000 K, row 1 above, columns
a1..a7 of `gas.species` times R/M [J/(kg K), with T in K]. Coefficients of mixtures and of combustion products are linear
in mass fraction, so any stream of the engine is one such table: an array (2, 7), or two tuples of seven where a loop is to
vectorise (the compiler then selects between registers, not between memory).

Enthalpy is absolute (it includes the enthalpy of formation); heat of reaction is a difference of enthalpies.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Rows = tuple[tuple[float, ...], tuple[float, ...]]
"""The two rows of a table as tuples: the form that callers from Python use, so that each kernel compiles once."""

Coefficients = NDArray[np.float64] | Rows
"""Table (2, 7) of one gas, per kilogram."""


def as_rows(c: NDArray[np.float64]) -> Rows:
    """The coefficients (2, 7) of one gas as two tuples."""
    low, high = c.tolist()
    return tuple(low), tuple(high)


_LN_2 = math.log(2.0)
_SQRT_2 = math.sqrt(2.0)
_MANTISSA = 0x000FFFFFFFFFFFFF
_ONE = 0x3FF0000000000000

_STEPS = 60
_TOLERANCE = 1e-12
_JOIN = 1e-6
"""The two rows of a table meet at 1000 K only this well; a value inside the gap is the temperature on either side of it."""


@njit(cache=True, error_model="numpy")
def ln(x: float) -> float:
    """Natural logarithm of a positive, normal `x`, to 4e-16 of the larger of 1 and itself; nonsense for others.

    The exponent is split off, and ln m = 2 artanh((m - 1) / (m + 1)) summed for the mantissa m within sqrt(2) of one.
    Written out because a call into the mathematical library stops the compiler from vectorising the loop around it.
    """
    bits = np.float64(x).view(np.int64)
    exponent = float((bits >> 52) - 1023)
    mantissa = np.int64((bits & _MANTISSA) | _ONE).view(np.float64)
    upper = mantissa > _SQRT_2
    exponent = exponent + 1.0 if upper else exponent
    mantissa = 0.5 * mantissa if upper else mantissa
    s = (mantissa - 1.0) / (mantissa + 1.0)
    z = s * s
    tail = z * (1 / 11 + z * (1 / 13 + z * (1 / 15 + z * (1 / 17 + z * (1 / 19)))))
    return exponent * _LN_2 + 2.0 * s * (1.0 + z * (1 / 3 + z * (1 / 5 + z * (1 / 7 + z * (1 / 9 + tail)))))


@njit(cache=True, error_model="numpy")
def cp(c: Coefficients, t: float) -> float:
    """Heat capacity at constant pressure [J/(kg K)] at temperature `t` [K]; 200..6000 K."""
    a = c[0] if t < 1000.0 else c[1]
    return a[0] + t * (a[1] + t * (a[2] + t * (a[3] + t * a[4])))


@njit(cache=True, error_model="numpy")
def h(c: Coefficients, t: float) -> float:
    """Absolute specific enthalpy [J/kg] at temperature `t` [K], formation included."""
    a = c[0] if t < 1000.0 else c[1]
    return a[5] + t * (a[0] + t * (a[1] / 2.0 + t * (a[2] / 3.0 + t * (a[3] / 4.0 + t * (a[4] / 5.0)))))


@njit(cache=True, error_model="numpy")
def s0(c: Coefficients, t: float) -> float:
    """Specific entropy [J/(kg K)] at temperature `t` [K] and the standard pressure, without entropy of mixing.

    s(T, p) = s0(T) - R ln(p / p0), plus a mixing term that is constant for a fixed composition.
    """
    a = c[0] if t < 1000.0 else c[1]
    return a[6] + a[0] * ln(t) + t * (a[1] + t * (a[2] / 2.0 + t * (a[3] / 3.0 + t * (a[4] / 4.0))))


@njit(cache=True, error_model="numpy")
def blend(c: Coefficients, burnt: Coefficients, fuel_air_ratio: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Coefficients of the products of 1 kg of the gas `c` and `fuel_air_ratio` kg of fuel, complete combustion.

    burnt: `gas.fuels.Fuel.combustion_coefficients`, what one kg of fuel adds to the gas.
    """
    return _blend_row(c[0], burnt[0], fuel_air_ratio), _blend_row(c[1], burnt[1], fuel_air_ratio)


@njit(cache=True, error_model="numpy")
def _blend_row(a: tuple[float, ...], b: tuple[float, ...], f: float) -> tuple[float, ...]:
    k = 1.0 / (1.0 + f)
    return (
        k * (a[0] + f * b[0]),
        k * (a[1] + f * b[1]),
        k * (a[2] + f * b[2]),
        k * (a[3] + f * b[3]),
        k * (a[4] + f * b[4]),
        k * (a[5] + f * b[5]),
        k * (a[6] + f * b[6]),
    )


@njit(cache=True, error_model="numpy")
def newton_h(c: Coefficients, enthalpy: float, t: float) -> float:
    """One Newton step from `t` [K] towards the temperature at which `h` equals `enthalpy` [J/kg].

    cp changes slowly, so an error of e leaves about 1e-4 e^2: 100 K, 1 K, 1e-4 K, 1e-12 K.
    """
    return t + (enthalpy - h(c, t)) / cp(c, t)


@njit(cache=True, error_model="numpy")
def newton_s0(c: Coefficients, entropy: float, t: float) -> float:
    """One Newton step from `t` [K] towards the temperature at which `s0` equals `entropy` [J/(kg K)].

    The step is taken in ln T, where s0 is almost straight, to second order: a relative error of 1e-2 leaves about 1e-5,
    then 1e-11.
    """
    step = max((entropy - s0(c, t)) / cp(c, t), -1.0)  # further down the second-order step would turn round
    return t * (1.0 + step * (1.0 + 0.5 * step))


@njit(cache=True, error_model="numpy")
def t_from_h(c: Coefficients, enthalpy: float, guess: float) -> float:
    """Temperature [K] at which `h` equals `enthalpy` [J/kg], by Newton from `guess` [K]; NaN where it finds none."""
    t = last = guess
    for _ in range(_STEPS):
        last = t
        t = max(newton_h(c, enthalpy, t), 0.5 * t)
        if abs(t - last) <= _TOLERANCE * t:
            return t
    return t if abs(t - last) <= _JOIN * t else math.nan


@njit(cache=True, error_model="numpy")
def t_from_s0(c: Coefficients, entropy: float, guess: float) -> float:
    """Temperature [K] at which `s0` equals `entropy` [J/(kg K)], by Newton from `guess` [K]; NaN where it finds none."""
    t = last = guess
    for _ in range(_STEPS):
        last = t
        t = min(newton_s0(c, entropy, t), 3.0 * t)
        if abs(t - last) <= _TOLERANCE * t:
            return t
    return t if abs(t - last) <= _JOIN * t else math.nan


@njit(cache=True, error_model="numpy")
def rows(c: Coefficients) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The same coefficients as two tuples, which a compiler keeps in registers: do this before a loop that shall vectorise."""
    a, b = c[0], c[1]
    return (a[0], a[1], a[2], a[3], a[4], a[5], a[6]), (b[0], b[1], b[2], b[3], b[4], b[5], b[6])
