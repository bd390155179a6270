"""Years made from the monthly figures of EPW files, held against those files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from brayton.core.timeaxis import TimeAxis
from brayton.core.units import ZERO_CELSIUS_K
from brayton.gas.air import saturation_pressure_pa
from brayton.site.normals import mean_daily_range
from brayton.site.synthetic import monthly_mean
from brayton.site.weather import Weather, normals_from_table, read_epw, weather_from_normals

AXIS = TimeAxis(2019)
FIGURES = ("mean degC", "sd K", "HDD18", "CDD18", "1 % degC", "99 % degC", "w g/kg", "99 % w g/kg", "P kPa", "wind sd m/s")
COLUMNS = ("station", "", *FIGURES)


def dew_point_c(weather: Weather) -> NDArray[np.float64]:
    vapour = weather.relative_humidity * saturation_pressure_pa(weather.dry_bulb_c + ZERO_CELSIUS_K)
    grid = np.linspace(-70.0, 45.0, 23_001)
    return np.interp(vapour, saturation_pressure_pa(grid + ZERO_CELSIUS_K), grid)


def rebuilt(weather: Weather) -> Weather:
    months = {
        "mean_dry_bulb_c": monthly_mean(weather.dry_bulb_c, AXIS),
        "daily_range_k": mean_daily_range(weather.dry_bulb_c, AXIS),
        "mean_dew_point_c": monthly_mean(dew_point_c(weather), AXIS),
        "mean_wind_speed_m_s": monthly_mean(weather.wind_speed_m_s, AXIS),
    }
    place = {key: getattr(weather, key) for key in ("name", "latitude", "longitude", "elevation_m", "utc_offset_h")}
    source = {"title": "monthly figures of the EPW", "date": "2008", "basis": "derived"}
    return weather_from_normals(
        normals_from_table({**place, **{key: list(value) for key, value in months.items()}, "source": source})
    )


def figures(weather: Weather) -> NDArray[np.float64]:
    daily = weather.dry_bulb_c.reshape(-1, 24).mean(axis=1)
    low, high = np.percentile(weather.dry_bulb_c, [1.0, 99.0])
    humidity = weather.humidity_ratio * 1e3
    heating, cooling = np.maximum(18.0 - daily, 0.0).sum(), np.maximum(daily - 18.0, 0.0).sum()
    return np.array(
        [
            weather.dry_bulb_c.mean(),
            weather.dry_bulb_c.std(),
            heating,
            cooling,
            low,
            high,
            humidity.mean(),
            np.percentile(humidity, 99.0),
            weather.pressure_kpa.mean(),
            weather.wind_speed_m_s.std(),
        ]
    )


def test_years_from_normals_against_shared_epws(shared: Path, table: Callable[..., None]) -> None:
    rows: list[list[object]] = []
    deviations: list[NDArray[np.float64]] = []
    for file in sorted((shared / "inputs" / "weather").glob("*.epw.gz")):
        weather = read_epw(file)
        given, made = figures(weather), figures(rebuilt(weather))
        deviations.append(made - given)
        rows.append([weather.name, "EPW", *(f"{value:.2f}" for value in given)])
        rows.append(["", "made less EPW", *(f"{value:+.2f}" for value in made - given)])
    all_of = np.array(deviations)
    rows.append(["all", "mean deviation", *(f"{value:+.2f}" for value in all_of.mean(axis=0))])
    rows.append(["all", "rms deviation", *(f"{value:.2f}" for value in np.sqrt((all_of**2).mean(axis=0)))])
    note = (
        "Each EPW gives its monthly mean dry bulb, mean daily range, mean dew point and mean wind; an hourly year is made from "
        "these and its elevation. Degree-days of daily means, base 18 degC [K d]. Ocean climates (San Francisco) hold their "
        "weather stiller than Erbs' deviation, so their extremes come out too wide."
    )
    table("weather_normals", "Hourly years from monthly normals", COLUMNS, rows, note)
    assert len(deviations) >= 6
    assert np.isfinite(all_of).all()
    mean, spread, heating, cooling, low, high, humidity, wettest, pressure, _ = np.abs(all_of).T
    assert mean.max() < 1e-6  # by construction
    # the day-to-day deviation is a formula of the means, and a typical year is one draw: about the spread between real years
    assert spread.max() < 1.0
    assert max(heating.max(), cooling.max()) < 80.0
    assert low.max() < 4.5
    assert high.max() < 2.5
    assert humidity.max() < 0.25
    assert wettest.max() < 3.5
    assert pressure.max() < 0.6  # mean sea-level pressure differs from 101.325 kPa
