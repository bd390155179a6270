"""Station weather carried to another elevation, held against the station that stands nearer to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from brayton.core.units import ZERO_CELSIUS_K
from brayton.gas.air import saturation_pressure_pa, standard_pressure_pa
from brayton.site.weather import Weather, correct_to_elevation, read_epw

COLUMNS = (
    "elevation m",
    "from",
    "P kPa",
    "less Santa Fe's kPa",
    "dry bulb degC",
    "vapour pressure kPa",
    "w g/kg",
    "standard P kPa",
)


def vapour_kpa(weather: Weather) -> float:
    return float(np.mean(weather.relative_humidity * saturation_pressure_pa(weather.dry_bulb_c + ZERO_CELSIUS_K))) / 1e3


def test_santa_fe_from_two_shared_stations(shared: Path, table: Callable[..., None]) -> None:
    folder = shared / "inputs" / "weather"
    near, far = (read_epw(next(folder.glob(f"*{name}*"))) for name in ("Santa.Fe", "Albuquerque"))
    rows: list[list[object]] = []
    pressures: dict[tuple[float, str], float] = {}
    for elevation in (1934.0, 2100.0, 2130.0):
        for name, station in (("Santa Fe airport", near), ("Albuquerque", far)):
            site = correct_to_elevation(station, elevation)
            pressure = pressures[elevation, name] = float(site.pressure_kpa.mean())
            less = f"{pressure - pressures[elevation, 'Santa Fe airport']:+.3f}"
            standard = float(standard_pressure_pa(elevation)) / 1e3
            humidity = site.humidity_ratio.mean() * 1e3
            cells = (
                f"{pressure:.2f}",
                less,
                f"{site.dry_bulb_c.mean():.2f}",
                f"{vapour_kpa(site):.3f}",
                f"{humidity:.2f}",
                f"{standard:.2f}",
            )
            rows.append([elevation, name, *cells])
    note = "Yearly means. Pressure by the hypsometric equation, dry bulb by 6.5 K/km, vapour pressure kept up to saturation."
    table("weather_elevation", "Weather carried to the elevation of Santa Fe", COLUMNS, rows, note)
    for elevation, wanted in ((2100.0, 79.3), (2130.0, 79.0)):
        assert abs(pressures[elevation, "Santa Fe airport"] - wanted) < 0.05
        assert abs(pressures[elevation, "Albuquerque"] - pressures[elevation, "Santa Fe airport"]) < 0.1
