"""Enthalpy and dew point of moist air as air conditioning reckons them, per kg of dry air. Functions broadcast.

Enthalpy: ASHRAE Handbook Fundamentals (2017), chapter 1, equations 30 to 32: h = 1.006 t + W (2501 + 1.86 t) kJ/kg, t in degC;
zero at 0 degC for dry air and liquid water. Dew point: the saturation curve of `gas.air`, inverted.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.units import GAS_CONSTANT_J_PER_KMOL_K, ZERO_CELSIUS_K
from brayton.gas.air import WATER_TO_AIR_MOLAR_MASS, saturation_pressure_pa
from brayton.gas.species import SPECIES

DRY_AIR_CP_J_PER_KG_K = 1006.0
VAPOUR_CP_J_PER_KG_K = 1860.0
LATENT_HEAT_J_PER_KG = 2_501_000.0
"""Of vaporisation at 0 degC; with the two heat capacities: ASHRAE, as above."""

_ROUNDS = 12
_START_K = 280.0


def moist_air_enthalpy_j_per_kg(temp_k: ArrayLike, humidity_ratio: ArrayLike) -> NDArray[np.float64]:
    """Enthalpy of moist air [J/kg dry air] at `temp_k` [K] and `humidity_ratio` [kg/kg dry air]."""
    celsius = np.asarray(temp_k, dtype=float) - ZERO_CELSIUS_K
    w = np.asarray(humidity_ratio, dtype=float)
    return DRY_AIR_CP_J_PER_KG_K * celsius + w * (LATENT_HEAT_J_PER_KG + VAPOUR_CP_J_PER_KG_K * celsius)


def moist_air_temp_k(enthalpy: ArrayLike, humidity_ratio: ArrayLike) -> NDArray[np.float64]:
    """Temperature [K] of moist air of `enthalpy` [J/kg dry air]: `moist_air_enthalpy_j_per_kg` inverted."""
    w = np.asarray(humidity_ratio, dtype=float)
    above = np.asarray(enthalpy, dtype=float) - w * LATENT_HEAT_J_PER_KG
    return ZERO_CELSIUS_K + above / (DRY_AIR_CP_J_PER_KG_K + w * VAPOUR_CP_J_PER_KG_K)


def dew_point_k(pressure_pa: ArrayLike, humidity_ratio: ArrayLike) -> NDArray[np.float64]:
    """Dew point [K], or frost point below the triple point, of air of `humidity_ratio` [kg/kg dry air]; 180..470 K.

    Newton on the logarithm of the saturation pressure, whose slope follows from Clausius and Clapeyron; to 1e-6 K.
    """
    w = np.asarray(humidity_ratio, dtype=float)
    vapour = np.asarray(pressure_pa, dtype=float) * w / (WATER_TO_AIR_MOLAR_MASS + w)
    gas_constant = GAS_CONSTANT_J_PER_KMOL_K / SPECIES["H2O"].molar_mass_kg_per_kmol
    target = np.log(vapour)
    temp = np.full(np.shape(target), _START_K)
    for _ in range(_ROUNDS):
        slope = LATENT_HEAT_J_PER_KG / (gas_constant * temp**2)
        temp = np.clip(temp + (target - np.log(saturation_pressure_pa(temp))) / slope, 173.15, 473.15)
    return temp
