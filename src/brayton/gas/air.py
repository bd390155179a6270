"""Humid air and the standard atmosphere. Functions broadcast: arrays in, arrays out.

Saturation: Hyland and Wexler (1983) as in ASHRAE Handbook Fundamentals (2017), chapter 1, equations 5 (over ice,
-100..0 degC) and 6 (over water, 0..200 degC). Moist air is taken as ideal (no enhancement factor, as ASHRAE's own
perfect-gas relations).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Fault, InputError
from brayton.core.units import ISO_TEMP_K, STANDARD_GRAVITY_M_S2, STANDARD_PRESSURE_PA
from brayton.gas.mixture import Mixture
from brayton.gas.species import SPECIES

DRY_AIR = Mixture.from_mass_fractions({"N2": 0.7553, "O2": 0.2314, "Ar": 0.0129, "CO2": 0.0004})

WATER_TO_AIR_MOLAR_MASS = SPECIES["H2O"].molar_mass_kg_per_kmol / DRY_AIR.molar_mass_kg_per_kmol
TRIPLE_POINT_K = 273.16

TROPOPAUSE_M = 11_000.0
STRATOSPHERE_BREAK_M = 20_000.0
LAPSE_RATE_K_PER_M = 0.0065
ATMOSPHERE_MOLAR_MASS_KG_PER_KMOL = 28.9644
ATMOSPHERE_GAS_CONSTANT_J_PER_KMOL_K = 8314.32

PRESSURE_EXPONENT = (
    STANDARD_GRAVITY_M_S2 * ATMOSPHERE_MOLAR_MASS_KG_PER_KMOL / (ATMOSPHERE_GAS_CONSTANT_J_PER_KMOL_K * LAPSE_RATE_K_PER_M)
)
"""Of the troposphere: pressure goes with the absolute temperature to this power."""


def humid_air(humidity_ratio: float) -> Mixture:
    """Air with `humidity_ratio` kg of water vapour per kg of dry air [kg/kg]; InputError unless it is finite and >= 0."""
    if not (humidity_ratio >= 0.0 and math.isfinite(humidity_ratio)):
        raise InputError(
            Fault("humidity_ratio", humidity_ratio, "must be finite and not negative", "Give kg water per kg dry air.")
        )
    total = 1.0 + humidity_ratio
    shares = {name: share / total for name, share in DRY_AIR.mass_fractions.items()}
    return Mixture.from_mass_fractions({**shares, "H2O": humidity_ratio / total})


def saturation_pressure_pa(temp_k: ArrayLike) -> NDArray[np.float64]:
    """Saturation pressure of water [Pa] over ice below the triple point, over liquid above; 173.15..473.15 K."""
    t = np.asarray(temp_k, dtype=float)
    ice = (
        -5.6745359e3 / t
        + 6.3925247
        + t * (-9.677843e-3 + t * (6.2215701e-7 + t * (2.0747825e-9 - t * 9.484024e-13)))
        + 4.1635019 * np.log(t)
    )
    liquid = -5.8002206e3 / t + 1.3914993 + t * (-4.8640239e-2 + t * (4.1764768e-5 - t * 1.4452093e-8)) + 6.5459673 * np.log(t)
    return np.exp(np.where(t <= TRIPLE_POINT_K, ice, liquid))


def humidity_ratio(temp_k: ArrayLike, pressure_pa: ArrayLike, relative_humidity: ArrayLike) -> NDArray[np.float64]:
    """Humidity ratio [kg/kg dry air] at dry bulb `temp_k` [K], `pressure_pa` [Pa] and `relative_humidity` (0..1).

    NaN where the vapour pressure would reach the total pressure (such air does not exist).
    """
    vapour = np.asarray(relative_humidity, dtype=float) * saturation_pressure_pa(temp_k)
    dry = np.asarray(pressure_pa, dtype=float) - vapour
    return WATER_TO_AIR_MOLAR_MASS * vapour / np.where(dry > 0.0, dry, np.nan)


def relative_humidity(temp_k: ArrayLike, pressure_pa: ArrayLike, humidity_ratio: ArrayLike) -> NDArray[np.float64]:
    """Relative humidity (0..1) at `temp_k` [K], `pressure_pa` [Pa] and `humidity_ratio` [kg/kg dry air]; above 1: fog."""
    w = np.asarray(humidity_ratio, dtype=float)
    vapour = np.asarray(pressure_pa, dtype=float) * w / (WATER_TO_AIR_MOLAR_MASS + w)
    return vapour / saturation_pressure_pa(temp_k)


def standard_temp_k(altitude_m: ArrayLike) -> NDArray[np.float64]:
    """Temperature [K] of the U.S. Standard Atmosphere 1976 at geopotential `altitude_m`; -5000..20 000 m, NaN outside.

    Geopotential and geometric altitude differ by 0.06 % at 4000 m.
    """
    z = np.asarray(altitude_m, dtype=float)
    temp = ISO_TEMP_K - LAPSE_RATE_K_PER_M * np.minimum(z, TROPOPAUSE_M)
    return np.where((z >= -5000.0) & (z <= STRATOSPHERE_BREAK_M), temp, np.nan)


def standard_pressure_pa(altitude_m: ArrayLike) -> NDArray[np.float64]:
    """Pressure [Pa] of the U.S. Standard Atmosphere 1976 at geopotential `altitude_m`; -5000..20 000 m, NaN outside."""
    z = np.asarray(altitude_m, dtype=float)
    temp = standard_temp_k(z)
    troposphere = STANDARD_PRESSURE_PA * (temp / ISO_TEMP_K) ** PRESSURE_EXPONENT
    return troposphere * np.exp(-PRESSURE_EXPONENT * LAPSE_RATE_K_PER_M * np.maximum(z - TROPOPAUSE_M, 0.0) / temp)


def standard_altitude_m(pressure_pa: ArrayLike) -> NDArray[np.float64]:
    """Geopotential altitude [m] where the standard atmosphere has `pressure_pa`: `standard_pressure_pa` inverted.

    -5000..11 000 m (the troposphere), NaN outside.
    """
    ratio = np.asarray(pressure_pa, dtype=float) / STANDARD_PRESSURE_PA
    z = ISO_TEMP_K / LAPSE_RATE_K_PER_M * (1.0 - ratio ** (1.0 / PRESSURE_EXPONENT))
    return np.where((z >= -5000.0) & (z <= TROPOPAUSE_M), z, np.nan)
