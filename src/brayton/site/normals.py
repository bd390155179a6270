"""An hourly year of weather from twelve monthly figures (climate normals)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import AfterValidator, Field, model_validator

from brayton.core.records import Record, SourceTable, parse_record
from brayton.core.timeaxis import TimeAxis
from brayton.core.units import STANDARD_PRESSURE_PA, ZERO_CELSIUS_K
from brayton.gas.air import LAPSE_RATE_K_PER_M, humidity_ratio, saturation_pressure_pa
from brayton.site.elevation import hypsometric_ratio
from brayton.site.solar import global_horizontal_from_daily
from brayton.site.synthetic import (
    diurnal_shape_erbs,
    dry_bulb_deviation_erbs,
    mean_preserving_year,
    monthly_mean,
    red_noise,
)
from brayton.site.weatheryear import Weather

Array = NDArray[np.float64]
ByMonth = Annotated[tuple[float, ...], Field(min_length=12, max_length=12)]


def _within(low: float, high: float) -> AfterValidator:
    """Holds every month to low..high."""

    def check(months: tuple[float, ...] | None) -> tuple[float, ...] | None:
        for month, value in enumerate(months or (), 1):
            if not low <= value <= high:
                raise ValueError(f"month {month} is {value:g}, must lie in {low:g}..{high:g}")
        return months

    return AfterValidator(check)


AIR_MASS_H = (27.0, 4.0)
"""Persistence and smoothing of day-to-day weather [h]. Estimate: gives an autocorrelation of 0.90 after 6 hours, 0.74 after 12,
0.48 after 24 and 0.20 after 48; 16 US TMY3 stations show 0.83, 0.67, 0.48 and 0.2 in the mean, less at short lags because their
course of the day differs between clear and cloudy days, which is solved by amplitude here."""
WIND_H = (8.0, 1.0)
"""Persistence and smoothing of wind [h]. Estimate: hourly wind stays correlated for about eight hours."""
DRY_BULB_SEED, DEW_POINT_SEED, WIND_SEED = 1, 2, 3
ITERATIONS = 25


class Normals(Record):
    """Twelve monthly figures of one station, January first."""

    name: str
    latitude: float = Field(ge=-66.0, le=66.0, description="north positive; Erbs' course of the day knows no polar night")
    longitude: float = Field(ge=-180.0, le=180.0, description="east positive")
    elevation_m: float = Field(ge=-450.0, le=6000.0, description="of the station above sea level")
    utc_offset_h: float = Field(ge=-12.0, le=14.0, description="of standard time")
    mean_dry_bulb_c: Annotated[ByMonth, _within(-50.0, 45.0), Field(description="mean dry bulb [degC]")]
    daily_range_k: Annotated[ByMonth, _within(1.0, 30.0), Field(description="mean daily maximum less mean daily minimum [K]")]
    mean_dew_point_c: Annotated[ByMonth | None, _within(-55.0, 32.0), Field(description="mean dew point [degC]")] = None
    mean_relative_humidity: Annotated[ByMonth | None, _within(0.03, 1.0), Field(description="mean of all hours, 0..1")] = None
    mean_wind_speed_m_s: Annotated[ByMonth | None, _within(0.0, 20.0), Field(description="mean wind speed [m/s]")] = None
    mean_pressure_kpa: Annotated[
        ByMonth | None, _within(50.0, 108.0), Field(description="mean station pressure, not reduced to sea level [kPa]")
    ] = None
    mean_global_horizontal_kwh_m2_day: Annotated[
        ByMonth | None, _within(0.0, 12.0), Field(description="mean daily global radiation on the level [kWh/m2]")
    ] = None
    source: SourceTable = Field(description="where the monthly figures come from (L8)")

    @model_validator(mode="after")
    def _check(self) -> Normals:
        if (self.mean_dew_point_c is None) == (self.mean_relative_humidity is None):
            raise ValueError("give either mean_dew_point_c or mean_relative_humidity, not both and not neither")
        for month, (dew, dry) in enumerate(zip(self.mean_dew_point_c or (), self.mean_dry_bulb_c, strict=False), 1):
            if dew > dry:
                raise ValueError(f"mean_dew_point_c of month {month} is {dew:g}, above mean_dry_bulb_c {dry:g}")
        return self


def normals_from_table(table: Mapping[str, Any], file: str | None = None) -> Normals:
    """The record from the table of a file. Errors: InputError with every fault."""
    return parse_record(Normals, table, file)


def weather_from_normals(normals: Normals, *, leap_day: bool = False) -> Weather:
    """An hourly year whose monthly means and mean daily ranges are those given.

    Dry bulb is the sum of a smooth year that keeps the monthly means (`mean_preserving_year`), the course of the day
    (`diurnal_shape_erbs`, at solar time) and day-to-day weather (`red_noise`) of Erbs' deviation; the amplitude of the course
    of the day is solved so that the mean daily range comes out. Dew point follows the deviations of dry bulb where the air is
    humid and wanders by itself where it is dry (`_dew_point_coupling`), never above dry bulb; its level is solved for the given
    mean. Wind has a Weibull distribution about its means. Pressure without figures is hypsometric from 101.325 kPa
    at sea level with the year's mean temperature; it does not vary within a month. Global radiation follows the mean day of its
    month (`global_horizontal_from_daily`); without figures it is NaN, and its beam and diffuse parts always are.
    Range: 66 deg S to 66 deg N. leap_day: with 29 February, 8784 hours.
    Validity: tests/validation/test_weather_normals.py, sixteen EPWs rebuilt from their own monthly figures.
    """
    axis = TimeAxis(2020 if leap_day else 2019)
    dry_bulb_c, deviation_k = _dry_bulb(normals, axis)
    dew_point_c = _dew_point(normals, axis, dry_bulb_c, deviation_k)
    pressure_kpa = _pressure(normals, axis)
    relative_humidity = np.minimum(saturation_pa(dew_point_c) / saturation_pa(dry_bulb_c), 1.0)
    absent = np.full(axis.steps, np.nan)
    daily = normals.mean_global_horizontal_kwh_m2_day
    sun = "radiation is absent" if daily is None else "every day of a month has the same sun"
    notes = [f"Hourly weather is made from monthly normals: its single days are no observations; {sun}"]
    excess_k = mean_daily_range(dry_bulb_c, axis) - np.array(normals.daily_range_k)
    notes += [
        f"Mean daily range of month {month} came out {excess:.1f} K above the given one: passing air masses alone exceed it"
        for month, excess in enumerate(excess_k, 1)
        if excess > 0.2
    ]
    return Weather(
        dry_bulb_c=dry_bulb_c,
        relative_humidity=relative_humidity,
        pressure_kpa=pressure_kpa,
        humidity_ratio=humidity_ratio(dry_bulb_c + ZERO_CELSIUS_K, pressure_kpa * 1e3, relative_humidity),
        wind_speed_m_s=absent if normals.mean_wind_speed_m_s is None else _wind(np.array(normals.mean_wind_speed_m_s), axis),
        global_horizontal_w_m2=absent if daily is None else _sun(normals, daily, axis),
        direct_normal_w_m2=absent,
        diffuse_horizontal_w_m2=absent,
        name=normals.name,
        latitude=normals.latitude,
        longitude=normals.longitude,
        elevation_m=normals.elevation_m,
        utc_offset_h=normals.utc_offset_h,
        source=normals.source.cite(),
        notes=tuple(notes),
    )


def saturation_pa(temp_c: ArrayLike) -> Array:
    """Saturation pressure over liquid and ice [Pa] at `temp_c` [degC]."""
    return saturation_pressure_pa(np.asarray(temp_c) + ZERO_CELSIUS_K)


def _dry_bulb(normals: Normals, axis: TimeAxis) -> tuple[Array, Array]:
    """Dry bulb [degC], and its day-to-day deviation [K]."""
    means = np.array(normals.mean_dry_bulb_c)
    wanted_range = np.array(normals.daily_range_k)
    course = mean_preserving_year(means, axis)
    trend_variance = monthly_mean(course**2, axis) - means**2
    variance = dry_bulb_deviation_erbs(means, np.bincount(axis.month, minlength=12) / 24.0) ** 2 - trend_variance
    noise = mean_preserving_year(np.sqrt(np.maximum(variance, 0.25)), axis) * red_noise(axis, *AIR_MASS_H, DRY_BULB_SEED)
    deviation = noise - mean_preserving_year(monthly_mean(noise, axis), axis)
    solar_hour = axis.hour + 0.5 + normals.longitude / 15.0 - normals.utc_offset_h
    shape = diurnal_shape_erbs(solar_hour)
    amplitude = wanted_range
    dry_bulb = course
    for _ in range(ITERATIONS):
        dry_bulb = course + deviation + mean_preserving_year(amplitude, axis) * shape
        amplitude = np.maximum(amplitude + wanted_range - mean_daily_range(dry_bulb, axis), 0.0)
    return dry_bulb - mean_preserving_year(monthly_mean(dry_bulb, axis) - means, axis), deviation


def mean_daily_range(hourly: Array, axis: TimeAxis) -> Array:
    """Mean over the days of each month of highest less lowest hour, shape (12,)."""
    by_day = hourly.reshape(axis.days, 24)
    return np.bincount(axis.month[::24], np.ptp(by_day, axis=1), 12) / np.bincount(axis.month[::24], minlength=12)


def _dew_point(normals: Normals, axis: TimeAxis, dry_bulb_c: Array, deviation_k: Array) -> Array:
    """Dew point [degC] with the given monthly means of itself, or of relative humidity."""
    means = np.array(normals.mean_dry_bulb_c)
    humidity = None if normals.mean_relative_humidity is None else np.array(normals.mean_relative_humidity)
    level = means - 5.0 if normals.mean_dew_point_c is None else np.array(normals.mean_dew_point_c)
    if humidity is not None:
        level = means + np.log(humidity) / DEW_POINT_PER_LOG_HUMIDITY
    follow, own_deviation_k = _dew_point_coupling(means - level, level)
    wander = mean_preserving_year(own_deviation_k, axis) * red_noise(axis, *AIR_MASS_H, DEW_POINT_SEED)
    wander += mean_preserving_year(follow, axis) * deviation_k
    target = level if humidity is None else humidity
    dew_point = dry_bulb_c
    for _ in range(ITERATIONS):
        dew_point = np.minimum(mean_preserving_year(level, axis) + wander, dry_bulb_c)
        if humidity is None:
            level = level + target - monthly_mean(dew_point, axis)
        else:
            met = monthly_mean(saturation_pa(dew_point) / saturation_pa(dry_bulb_c), axis)
            level = level + np.log(target / met) / DEW_POINT_PER_LOG_HUMIDITY
    return dew_point


DEW_POINT_PER_LOG_HUMIDITY = 0.067
"""d ln(vapour pressure) / d(dew point) near 10 degC [1/K], for a first guess and the size of a step."""


def _dew_point_coupling(depression_k: Array, dew_point_c: Array) -> tuple[Array, Array]:
    """How dew point moves: share of dry bulb's deviation that it follows, and deviation of its own [K].

    Estimate: our regression of daily means within each month, 16 US TMY3 stations, on the mean dew point depression
    (dry bulb less dew point) [K]: air masses carry both below 7 K, neither above 11 K; scatter 1.7 K at 4 K, 4.2 K in deserts.
    Both fade where the mean dew point nears 27 degC, which warm seas hold it to.
    """
    freedom = np.clip((27.0 - dew_point_c) / 15.0, 0.1, 1.0)
    follow = np.clip(1.05 - 0.225 * (depression_k - 7.0), 0.15, 1.05)
    return freedom * follow, freedom * np.clip(0.37 * depression_k, 0.5, 4.2)


def _pressure(normals: Normals, axis: TimeAxis) -> Array:
    if normals.mean_pressure_kpa is not None:
        return mean_preserving_year(np.array(normals.mean_pressure_kpa), axis)
    mean_temp_k = float(np.mean(normals.mean_dry_bulb_c)) + ZERO_CELSIUS_K + 0.5 * LAPSE_RATE_K_PER_M * normals.elevation_m
    pressure_kpa = STANDARD_PRESSURE_PA / 1e3 * hypsometric_ratio(normals.elevation_m, mean_temp_k)
    return np.full(axis.steps, float(pressure_kpa))


def _sun(normals: Normals, daily_kwh_m2: tuple[float, ...], axis: TimeAxis) -> Array:
    place = {"latitude": normals.latitude, "longitude": normals.longitude, "utc_offset_h": normals.utc_offset_h}
    return global_horizontal_from_daily(daily_kwh_m2, axis, **place)


def _wind(means: Array, axis: TimeAxis) -> Array:
    """Wind speed [m/s], Weibull of shape 0.94 sqrt(mean) in each month.

    Source: Justus, Hargraves, Mikhail and Graber, "Methods for estimating wind speed frequency distributions", Journal of
    Applied Meteorology 17 (1978) 350-353.
    """
    standard = red_noise(axis, *WIND_H, WIND_SEED)
    uniform = 0.5 * (1.0 + np.vectorize(math.erf)(standard / math.sqrt(2.0)))
    shape = 0.94 * np.sqrt(np.maximum(means, 1.0))[axis.month]
    speed = (-np.log1p(-np.minimum(uniform, 1.0 - 1e-9))) ** (1.0 / shape)
    return speed * (means / monthly_mean(speed, axis))[axis.month]
