"""The page of one machine: what it does at any load, air and altitude, for a person to look at."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from brayton.core.units import ISO_TEMP_K, STANDARD_PRESSURE_PA, ZERO_CELSIUS_K
from brayton.faces.figures.machine_map import (
    figure_available_power,
    figure_efficiency_map,
    figure_over_load,
    iso_humidity,
    lowest_power_kw,
)
from brayton.faces.figures.page import Plot, render
from brayton.machine.performance import Performance, PerformancePoints

WIDEST_AIR_C = (-20.0, 45.0)
"""Air temperatures drawn, as far as the machine's figures hold there."""

TABLE_LOADS = (1.0, 0.9, 0.75, 0.5, 0.25)


def write_map_page(performance: Performance, path: str | Path) -> None:
    """Write the page of a compiled machine to `path`: one HTML file that needs no network.

    Errors: OSError if the file cannot be written.
    """
    low, high = performance.temp_range_c
    air = max(low, WIDEST_AIR_C[0]), min(high, WIDEST_AIR_C[1])
    loads, points = iso_points(performance)
    over_load = (
        "Efficiency and exhaust" if np.isfinite(points.exhaust_temp_c).any() else "Efficiency (the exhaust is not published)"
    )
    plots = [
        Plot(
            "efficiency-map",
            "Efficiency over air temperature and load",
            "Net efficiency of one machine on the lower heating value, over air temperature and net power, at sea level and 60 % "
            "relative humidity. Above the solid line the machine has no more power; below the dotted one it does not stay.",
            f"Contour map of the net efficiency of {performance.model}.",
            figure_efficiency_map(performance, air),
        ),
        Plot(
            "available-power",
            "Power available",
            "Highest net power at each air temperature, for altitudes of the standard atmosphere. Where a curve is flat, the "
            "rating holds it.",
            "Curves of available power falling with air temperature and with altitude.",
            figure_available_power(performance, air),
        ),
        Plot(
            "over-load",
            "Over load",
            f"{over_load} of one machine over net power, at sea level, in winter, ISO and summer air.",
            "Curves over net power at three air temperatures.",
            figure_over_load(performance),
        ),
    ]
    page = render(
        "map.html.jinja",
        performance=performance,
        record=performance.record,
        plots=plots,
        lowest_power_kw=lowest_power_kw(performance),
        loads=loads,
        points=points,
    )
    Path(path).write_text(page, encoding="utf-8")


def iso_points(performance: Performance) -> tuple[list[float], PerformancePoints]:
    """Loads of the table that the machine holds, as shares of the power available, and its points there at ISO air."""
    temp_c, pressure_kpa = ISO_TEMP_K - ZERO_CELSIUS_K, STANDARD_PRESSURE_PA / 1e3
    humidity = iso_humidity(np.array(temp_c), pressure_kpa)
    available = float(performance.available_net_power_kw(temp_c, pressure_kpa, humidity))
    loads = [load for load in TABLE_LOADS if load * available >= lowest_power_kw(performance)]
    return loads, performance.at(np.array(loads) * available, temp_c, pressure_kpa, humidity, outside="nan")
