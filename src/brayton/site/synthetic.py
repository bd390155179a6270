"""Series of an hourly year from monthly figures: the published building blocks of `brayton.site.normals`.

Arrays of hours have the length of the axis, arrays of months have 12. Seeds are fixed: the same figures give the same year.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.timeaxis import TimeAxis

Array = NDArray[np.float64]


def monthly_mean(hourly: Array, axis: TimeAxis) -> Array:
    """Mean of each month, shape (12,)."""
    return np.bincount(axis.month, hourly, 12) / np.bincount(axis.month, minlength=12)


def mean_preserving_year(monthly: Array, axis: TimeAxis) -> Array:
    """A smooth periodic year of daily steps, as hours, whose monthly means are exactly `monthly`, shape (12,).

    The steps of the months are smoothed day by day with a three-point mean, and each month's mean restored, as often as the
    year has days. Source: Rymes and Myers, Solar Energy 71 (2001) 225-231, "Mean preserving algorithm for smoothly
    interpolating averaged data". The operation is linear, so it is done once for each month's unit step.
    """
    return np.repeat(_smoothing_matrix(axis.days) @ monthly, 24)


@lru_cache(maxsize=2)
def _smoothing_matrix(days: int) -> Array:
    month = TimeAxis(2020 if days == 366 else 2019).month[::24]
    belongs = (month[:, None] == np.arange(12)).astype(float)
    to_mean = belongs.T / belongs.sum(axis=0)[:, None]
    matrix = belongs.copy()
    for _ in range(days):
        matrix = (np.roll(matrix, 1, axis=0) + matrix + np.roll(matrix, -1, axis=0)) / 3.0
        matrix += belongs @ (np.eye(12) - to_mean @ matrix)
    return matrix


def diurnal_shape_erbs(solar_hour: ArrayLike) -> Array:
    """Mean course of dry bulb over the day, divided by its amplitude (highest less lowest), mean zero.

    solar_hour: solar time [h] at the middle of the hour, so that the source's hour t = 1..24 is ``solar_hour + 0.5``.
    (T - Tmean) / A = 0.4632 cos(t* - 3.805) + 0.0984 cos(2t* - 0.360) + 0.0168 cos(3t* - 0.822) + 0.0138 cos(4t* - 3.513),
    t* = 2 pi (t - 1) / 24. Range: any month and place (fitted to nine US stations).
    Source: Erbs, Klein and Beckman, "Estimation of degree-days and ambient temperature bin data from monthly-average
    temperatures", ASHRAE Journal 25(6) (1983) 60-65.
    """
    t = 2.0 * np.pi * (np.asarray(solar_hour, dtype=float) - 0.5) / 24.0
    return (
        0.4632 * np.cos(t - 3.805)
        + 0.0984 * np.cos(2 * t - 0.360)
        + 0.0168 * np.cos(3 * t - 0.822)
        + 0.0138 * np.cos(4 * t - 3.513)
    )


def dry_bulb_deviation_erbs(mean_dry_bulb_c: Array, days: Array) -> Array:
    """Standard deviation [K] of dry bulb about the mean of its month and hour, within a typical month; shape (12,).

    Erbs gives that of a month's mean from year to year, sigma_m = 1.45 - 0.0290 Tmean + 0.0664 sigma_year (sigma_year: of the
    twelve means), and a logistic distribution of scale sigma_m sqrt(days) / 3.396 for hours of many years, which has the
    deviation 0.534 sigma_m sqrt(days). A typical month has the long-term mean, so sigma_m is taken out in quadrature.
    Source: as `diurnal_shape_erbs`; restated in Duffie and Beckman, Solar Engineering of Thermal Processes (degree-days).
    Practice: 16 US TMY3 stations show 0.92 of it in the mean; 0.6 at San Francisco, where the ocean holds the weather still.
    """
    of_month_mean = 1.45 - 0.0290 * mean_dry_bulb_c + 0.0664 * np.std(mean_dry_bulb_c, ddof=1)
    long_term = np.pi / np.sqrt(3.0) / 3.396 * np.sqrt(days)
    return np.maximum(of_month_mean, 0.5) * np.sqrt(long_term**2 - 1.0)


def red_noise(axis: TimeAxis, persistence_h: float, smoothing_h: float, seed: int) -> Array:
    """Gaussian hours of a second-order autoregressive process, in every month of mean 0 and deviation 1.

    x[k] = (p + s) x[k-1] - p s x[k-2] + e, p = exp(-1 / persistence_h), s = exp(-1 / smoothing_h). After Knight, Klein and
    Duffie, "A methodology for the synthesis of hourly weather data", Solar Energy 46 (1991) 109-120, who draw deviations by an
    autoregressive model and rescale them. Means and deviations are restored by smooth factors, three times over, so that
    nothing jumps where months meet.
    """
    shocks = np.random.default_rng(seed).standard_normal(axis.steps)
    # the filter by its impulse response, wrapped so that the year closes on itself
    hours = np.arange(axis.steps)
    response = np.exp(-(hours + 1) / persistence_h) - np.exp(-(hours + 1) / smoothing_h)
    noise = np.fft.irfft(np.fft.rfft(shocks) * np.fft.rfft(response), axis.steps)
    for _ in range(3):
        noise = noise - mean_preserving_year(monthly_mean(noise, axis), axis)
        noise = noise / mean_preserving_year(np.sqrt(monthly_mean(noise**2, axis)), axis)
    return noise - mean_preserving_year(monthly_mean(noise, axis), axis)
