"""Correction of a weather year to another elevation nearby."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Fault, InputError
from brayton.core.units import GAS_CONSTANT_J_PER_KMOL_K, STANDARD_GRAVITY_M_S2, ZERO_CELSIUS_K
from brayton.gas.air import LAPSE_RATE_K_PER_M, humidity_ratio, saturation_pressure_pa
from brayton.site.weatheryear import Weather

AIR_MOLAR_MASS_KG_PER_KMOL = 28.9647
"""Of dry air (source not noted). With 28.9644 of the U.S. Standard Atmosphere 1976 pressure is 1e-6 more a kilometre up."""
LARGEST_STEP_M = 1500.0
"""Beyond this a station says little of the site (estimate: a standard lapse rate is wrong by several kelvin on single days)."""


def hypsometric_ratio(dz_m: float, mean_temp_k: ArrayLike) -> NDArray[np.float64]:
    """Pressure `dz_m` [m] higher up by pressure here, exp(-g dz / (R T)), T the mean temperature of the layer [K].

    Source: hypsometric equation, Wallace and Hobbs, Atmospheric Science (2nd ed., 2006), section 3.2; dry air.
    """
    gas_constant = GAS_CONSTANT_J_PER_KMOL_K / AIR_MOLAR_MASS_KG_PER_KMOL
    return np.exp(-STANDARD_GRAVITY_M_S2 * dz_m / (gas_constant * np.asarray(mean_temp_k, dtype=float)))


def correct_to_elevation(weather: Weather, elevation_m: float) -> Weather:
    """The weather of a station carried to `elevation_m` [m above sea level].

    Dry bulb falls by 6.5 K/km (standard lapse rate). Pressure follows the hypsometric equation in every hour, with the
    mean of the dry bulb at both ends. The water vapour pressure stays what it was;
    where that would exceed saturation in the colder air, relative humidity is cut to 1 and a note says how often.
    Wind and radiation stay as they are.
    Range: up to 1500 m from the station, else InputError; so for a station of unknown elevation.
    Source: lapse rate of the U.S. Standard Atmosphere 1976. The scaled station is preferred to the standard atmosphere,
    which is 0.8 kPa lower at Santa Fe.
    """
    dz = elevation_m - weather.elevation_m
    if not math.isfinite(dz) or abs(dz) > LARGEST_STEP_M:
        rule = f"must lie within {LARGEST_STEP_M:g} m of the station, which is at {weather.elevation_m:g} m"
        raise InputError(Fault("elevation_m", elevation_m, rule, "Take a station nearer to the height of the site."))
    if dz == 0.0:
        return weather
    dry_bulb_c = weather.dry_bulb_c - LAPSE_RATE_K_PER_M * dz
    mean_temp_k = 0.5 * (weather.dry_bulb_c + dry_bulb_c) + ZERO_CELSIUS_K
    pressure_kpa = weather.pressure_kpa * hypsometric_ratio(dz, mean_temp_k)
    vapour_pa = weather.relative_humidity * saturation_pressure_pa(weather.dry_bulb_c + ZERO_CELSIUS_K)
    uncut = vapour_pa / saturation_pressure_pa(dry_bulb_c + ZERO_CELSIUS_K)
    relative_humidity = np.minimum(uncut, 1.0)
    note = (
        f"Weather carried from {weather.elevation_m:g} m to {elevation_m:g} m: dry bulb {-LAPSE_RATE_K_PER_M * dz:+.2f} K, "
        f"mean pressure {np.mean(weather.pressure_kpa):.2f} to {np.mean(pressure_kpa):.2f} kPa, vapour pressure kept, "
        f"relative humidity cut to 100 % in {int(np.sum(uncut > 1.0))} hours"
    )
    return dataclasses.replace(
        weather,
        dry_bulb_c=dry_bulb_c,
        relative_humidity=relative_humidity,
        pressure_kpa=pressure_kpa,
        humidity_ratio=humidity_ratio(dry_bulb_c + ZERO_CELSIUS_K, pressure_kpa * 1e3, relative_humidity),
        elevation_m=elevation_m,
        notes=(*weather.notes, note),
    )
