"""The processes of the cycle, each one scalar kernel: compress, expand, recuperate, burn.

All use real heat capacities (`gas.properties`): isentropic end states come from entropy, never from a mean exponent.
Work, heat and enthalpy are per kilogram of the stream named. Temperatures are total temperatures.

The kernels are straight-line code with a fixed number of Newton steps, so that a loop over them vectorises; where the
steps have not converged the answer is NaN. That does not happen for pressure ratios to 100 and 200 to 2500 K.
"""

from __future__ import annotations

import math

from numba import njit

from brayton.gas.properties import Coefficients, cp, h, newton_h, newton_s0, s0

CONVERGED = 1e-5
"""Largest relative move of the last Newton step; both steps square the error and more, so less than 1e-10 is left."""


@njit(cache=True, error_model="numpy")
def isentropic_temp(c: Coefficients, gas_constant: float, t: float, log_pressure_ratio: float) -> float:
    """Temperature [K] behind a reversible adiabatic change from `t` [K]: s0(T) = s0(t) + R ln(p_end / p_start).

    log_pressure_ratio: ln(p_end / p_start), positive in compression. The start is the series of exp(R/cp ln(...)) with
    cp at `t`: off by 1 % for a pressure ratio of 10.
    """
    rise = gas_constant * log_pressure_ratio
    x = rise / cp(c, t)
    entropy = s0(c, t) + rise
    end = last = t * (1.0 + x * (1.0 + x * (0.5 + x / 6.0)))
    for _ in range(3):
        last = end
        end = newton_s0(c, entropy, end)
    return end if abs(end - last) <= CONVERGED * end else math.nan


@njit(cache=True, error_model="numpy")
def temp_from_h(c: Coefficients, enthalpy: float, guess: float) -> float:
    """Temperature [K] at `enthalpy` [J/kg], from a guess [K] that is good to about 200 K."""
    t = last = guess
    for _ in range(4):
        last = t
        t = newton_h(c, enthalpy, t)
    return t if abs(t - last) <= CONVERGED * t else math.nan


@njit(cache=True, error_model="numpy")
def compress(
    c: Coefficients, gas_constant: float, t1: float, log_pressure_ratio: float, isentropic_eff: float
) -> tuple[float, float]:
    """Exit temperature [K] and work [J/kg] of a compressor: work = (h(t2s) - h(t1)) / isentropic efficiency."""
    ideal_temp = isentropic_temp(c, gas_constant, t1, log_pressure_ratio)
    ideal_work = h(c, ideal_temp) - h(c, t1)
    work = ideal_work / isentropic_eff
    guess = t1 + (ideal_temp - t1) / isentropic_eff
    return temp_from_h(c, h(c, t1) + work, guess), work


@njit(cache=True, error_model="numpy")
def expand(
    c: Coefficients, gas_constant: float, t4: float, log_pressure_ratio: float, isentropic_eff: float
) -> tuple[float, float]:
    """Exit temperature [K] and work [J/kg] of a turbine: work = isentropic efficiency * (h(t4) - h(t5s)).

    log_pressure_ratio: ln(p4 / p5), positive.
    """
    ideal_temp = isentropic_temp(c, gas_constant, t4, -log_pressure_ratio)
    work = isentropic_eff * (h(c, t4) - h(c, ideal_temp))
    guess = t4 + isentropic_eff * (ideal_temp - t4)
    return temp_from_h(c, h(c, t4) - work, guess), work


@njit(cache=True, error_model="numpy")
def recuperate(c: Coefficients, t2: float, t5: float, effectiveness: float) -> float:
    """Heat taken up by the air [J/kg air]: effectiveness * (h(t5) - h(t2)), both of air.

    effectiveness: rise of the air's enthalpy over its rise if it left at the gas inlet temperature `t5`.
    """
    return effectiveness * (h(c, t5) - h(c, t2)) + 0.0  # turns the -0.0 of a simple cycle into 0.0


@njit(cache=True, error_model="numpy")
def burn(c: Coefficients, burnt: Coefficients, air_enthalpy: float, fuel_heat: float, t4: float) -> float:
    """Fuel-air ratio [kg/kg air] that heats air of enthalpy `air_enthalpy` [J/kg] to products at `t4` [K].

    First law: h_air + f fuel_heat = (1 + f) h_products(t4) = h(c, t4) + f h(burnt, t4), which is linear in f.

    burnt: what one kg of fuel adds to the gas (`Fuel.combustion_coefficients`). fuel_heat: absolute enthalpy of the
    fuel as it enters, less what the combustor loses, (1 - combustor efficiency) * LHV [J/kg fuel].
    """
    return (h(c, t4) - air_enthalpy) / (fuel_heat - h(burnt, t4))
