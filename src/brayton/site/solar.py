"""Where the sun stands, and how a day's global radiation spreads over its hours."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.timeaxis import TimeAxis

Array = NDArray[np.float64]


def declination_cooper(day_of_year: ArrayLike) -> Array:
    """Declination of the sun [rad] on day 1 to 366.

    23.45 deg sin(360 deg (284 + n) / 365). Range: any day, within about 1 deg near the equinoxes. Source: Cooper, "The absorption
    of radiation in solar stills", Solar Energy 12 (1969) 333-346.
    """
    return np.radians(23.45) * np.sin(2.0 * np.pi * (284.0 + np.asarray(day_of_year, dtype=float)) / 365.0)


def sunset_hour_angle(latitude: float, declination: ArrayLike) -> Array:
    """Hour angle of sunset [rad], half the day's length: 0 in the polar night, pi under the midnight sun. latitude [deg]."""
    return np.arccos(np.clip(-np.tan(np.radians(latitude)) * np.tan(declination), -1.0, 1.0))


def hourly_ratio_collares_pereira_rabl(hour_angle: ArrayLike, sunset: ArrayLike) -> Array:
    """Global radiation of an hour over that of its day, in the long-term mean; zero at night [-].

    r = pi/24 (a + b cos w) (cos w - cos ws) / (sin ws - ws cos ws), a = 0.409 + 0.5016 sin(ws - 60 deg),
    b = 0.6609 - 0.4767 sin(ws - 60 deg). hour_angle, sunset: w at the middle of the hour and ws [rad]. Broadcasts.
    Range: any latitude with sunrise and sunset; where there is none in the day, the ratio is zero. Source: Collares-Pereira and
    Rabl, "The average distribution of solar radiation", Solar Energy 22 (1979) 155-164.
    """
    w, ws = np.asarray(hour_angle, dtype=float), np.asarray(sunset, dtype=float)
    a = 0.409 + 0.5016 * np.sin(ws - np.pi / 3.0)
    b = 0.6609 - 0.4767 * np.sin(ws - np.pi / 3.0)
    day = np.sin(ws) - ws * np.cos(ws)
    ratio = np.pi / 24.0 * (a + b * np.cos(w)) * (np.cos(w) - np.cos(ws)) / np.where(day > 1e-6, day, np.inf)
    return np.where(np.abs(w) < ws, np.maximum(ratio, 0.0), 0.0)


def global_horizontal_from_daily(
    mean_daily_radiation: ArrayLike, axis: TimeAxis, *, latitude: float, longitude: float, utc_offset_h: float
) -> Array:
    """Hourly global radiation [W/m2] whose monthly mean days are `mean_daily_radiation` [kWh/m2], twelve from January.

    All days of a month are mean days: no clear and no dull ones. Hours follow `hourly_ratio_collares_pereira_rabl` at solar time
    (the equation of time, up to 16 min, is left out), and are scaled so that each month's mean is exact.
    """
    daily = np.asarray(mean_daily_radiation, dtype=float)
    declination = declination_cooper(axis.day + 1)
    solar_hour = axis.hour + 0.5 + longitude / 15.0 - utc_offset_h
    hour_angle = (solar_hour - 12.0) * np.pi / 12.0
    hour_angle = (hour_angle + np.pi) % (2.0 * np.pi) - np.pi
    ratio = hourly_ratio_collares_pereira_rabl(hour_angle, sunset_hour_angle(latitude, declination))
    met = np.bincount(axis.month, ratio, 12) / np.bincount(axis.month[:: axis.steps // axis.days], minlength=12)
    return ratio * (1e3 * daily / np.where(met > 0.0, met, np.inf))[axis.month]
