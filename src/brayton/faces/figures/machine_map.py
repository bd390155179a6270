"""Figures of a machine: efficiency over load and air, power available, exhaust. All ask a `Performance` and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from brayton.core.units import ISO_RELATIVE_HUMIDITY, STANDARD_PRESSURE_PA, ZERO_CELSIUS_K
from brayton.faces.figures import theme
from brayton.faces.figures.numbers import number
from brayton.gas.air import humidity_ratio, standard_pressure_pa
from brayton.machine.performance import Performance, PerformancePoints

ALTITUDES_M = (0.0, 500.0, 1000.0, 1500.0, 2000.0)
"""Altitudes of `figure_available_power`: where most sites lie, and the plateaus."""

ALTITUDE_COLOURS = ("#1f2933", "#0072b2", "#56b4e9", "#009e73", "#e69f00")

AIR_TEMPS_C = (-10.0, 15.0, 35.0)
"""Winter, ISO and summer air of the curves over load."""

AIR_COLOURS = ("#56b4e9", "#1f2933", "#d55e00")

DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
"""Curves of a family differ in dash as well as in colour."""

TEMP_STEPS, POWER_STEPS = 61, 61


@dataclass(frozen=True)
class OperatingPoints:
    """Hours that one machine spent in each cell of air temperature and net power."""

    ambient_temp_c: NDArray[np.float64]
    net_power_kw: NDArray[np.float64]
    hours: NDArray[np.float64]


def count_operating_points(
    ambient_temp_c: NDArray[np.float64],
    power_per_unit_kw: NDArray[np.float64],
    units_on: NDArray[Any],
    *,
    step_hours: float,
    cell_c: float = 2.0,
    cell_kw: float,
) -> OperatingPoints:
    """Machine hours by cell: steps of a year of `units_on` machines, each at `power_per_unit_kw`, in air of `ambient_temp_c`.

    Cells are placed at the mean of their points, so that a machine at its limit is drawn on the limit.
    """
    running = (units_on > 0) & np.isfinite(ambient_temp_c)
    temp, power, hours = ambient_temp_c[running], power_per_unit_kw[running], units_on[running] * step_hours
    cells = np.stack([np.rint(temp / cell_c), np.rint(power / cell_kw)], axis=1).astype(np.int64)
    _, cell = np.unique(cells, axis=0, return_inverse=True)
    total = np.bincount(cell, weights=hours).astype(np.float64)
    return OperatingPoints(
        np.bincount(cell, weights=temp * hours) / total, np.bincount(cell, weights=power * hours) / total, total
    )


def iso_humidity(temp_c: NDArray[np.float64], pressure_kpa: float) -> NDArray[np.float64]:
    """Humidity ratio [kg/kg] of air at the relative humidity of ISO conditions, 60 %."""
    return humidity_ratio(temp_c + ZERO_CELSIUS_K, pressure_kpa * 1e3, ISO_RELATIVE_HUMIDITY)


def figure_efficiency_map(
    performance: Performance,
    ambient_temp_c: tuple[float, float],
    *,
    pressure_kpa: float = STANDARD_PRESSURE_PA / 1e3,
    operating: OperatingPoints | None = None,
) -> go.Figure:
    """Net efficiency [% LHV] of one machine as contours over air temperature [degC] and net power [kW].

    ambient_temp_c: lowest and highest air temperature. Air at `pressure_kpa` and 60 % relative humidity. Above the line of
    available power and below minimum load there is no machine. operating: hours to lay on top.
    """
    temp = np.linspace(*ambient_temp_c, TEMP_STEPS)
    humidity = iso_humidity(temp, pressure_kpa)
    available = performance.available_net_power_kw(temp, pressure_kpa, humidity)
    least = np.full_like(temp, lowest_power_kw(performance))
    top = 1.06 * float(np.nanmax(available))
    power = np.linspace(least[0], top, POWER_STEPS)[:, None]
    points = performance.at(power, temp, pressure_kpa, humidity, outside="clip")
    efficiency = 100.0 * points.net_power_kw / points.fuel_power_kw_lhv
    efficiency[points.net_power_kw > 1.001 * power] = np.nan  # clipped from below the loads that the machine's figures cover

    made = theme.figure(x_title="air temperature [°C]", y_title="net power of one machine [kW]", height_px=420)
    made.add_contour(
        x=temp,
        y=power[:, 0],
        z=np.round(efficiency, 2),
        colorscale=theme.EFFICIENCY_SCALE,
        contours={"coloring": "fill", "showlabels": True, "labelfont": {"size": 12, "color": theme.INK}},
        ncontours=14,
        line={"color": theme.MUTED, "width": 0.7},
        colorbar={
            "title": {"text": "efficiency<br>[% LHV]", "font": {"size": 12}},
            "thickness": 12,
            "outlinewidth": 0,
            "ticksuffix": " %",
        },
        hovertemplate="%{x:.0f} °C, %{y:.1f} kW: %{z:.1f} % LHV<extra></extra>",
    )
    made.add_scatter(
        x=[*temp, temp[-1], temp[0]], y=[*available, 1.1 * top, 1.1 * top], fill="toself", fillcolor="white", mode="none",
        hoverinfo="skip", showlegend=False,
    )  # fmt: skip
    made.add_scatter(
        x=temp, y=available, name="power available", mode="lines", line={"color": theme.INK, "width": 2},
        hovertemplate="%{x:.0f} °C: %{y:.1f} kW available<extra></extra>",
    )  # fmt: skip
    made.add_scatter(
        x=temp, y=least, name="minimum load", mode="lines",
        line={"color": theme.INK, "width": 1.5, "dash": "dot"}, hoverinfo="skip",
    )  # fmt: skip
    if operating is not None:
        made.add_scatter(
            x=operating.ambient_temp_c,
            y=operating.net_power_kw,
            name="hours of the year (area)",
            mode="markers",
            marker={
                "size": np.sqrt(operating.hours / max(operating.hours.max(initial=0.0), 1.0)) * 22.0 + 2.0,
                "color": theme.HEAT_USED,
                "opacity": 0.7,
                "line": {"width": 0.5, "color": "white"},
            },
            customdata=operating.hours,
            hovertemplate="%{x:.0f} °C, %{y:.1f} kW: %{customdata:,.0f} machine hours<extra></extra>",
        )
    made.update_xaxes(range=list(ambient_temp_c))
    made.update_yaxes(range=[0.0, top])
    return made.update_layout(hovermode="closest")


def figure_available_power(
    performance: Performance, ambient_temp_c: tuple[float, float], altitudes_m: Sequence[float] = ALTITUDES_M
) -> go.Figure:
    """Net power available [kW] over air temperature [degC], a curve for each altitude [m] of the standard atmosphere."""
    temp = np.linspace(*ambient_temp_c, TEMP_STEPS)
    made = theme.figure(x_title="air temperature [°C]", y_title="net power available [kW]", height_px=360)
    for altitude, colour, dash in zip(altitudes_m, ALTITUDE_COLOURS, DASHES, strict=False):
        pressure_kpa = float(standard_pressure_pa(altitude)) / 1e3
        made.add_scatter(
            x=temp,
            y=performance.available_net_power_kw(temp, pressure_kpa, iso_humidity(temp, pressure_kpa)),
            name=f"{altitude:,.0f} m ({pressure_kpa:.1f} kPa)",
            mode="lines",
            line={"color": colour, "dash": dash, "width": 2},
            hovertemplate="%{y:.1f} kW",
        )
    made.update_yaxes(rangemode="tozero")
    made.update_xaxes(hoverformat=".0f")
    return made.update_layout(legend={"entrywidth": 130})


def figure_over_load(performance: Performance, air_temps_c: Sequence[float] = AIR_TEMPS_C) -> go.Figure:
    """Efficiency [% LHV], exhaust temperature [degC] and flow [kg/s] of one machine over net power, at sea level.

    One panel for each quantity that the machine's record knows.
    """
    pressure_kpa = STANDARD_PRESSURE_PA / 1e3
    points: list[PerformancePoints] = []
    for air in air_temps_c:
        humidity = float(iso_humidity(np.array(air), pressure_kpa))
        available = float(performance.available_net_power_kw(air, pressure_kpa, humidity))
        power = np.linspace(min(lowest_power_kw(performance), available), available, POWER_STEPS)
        points.append(performance.at(power, air, pressure_kpa, humidity, outside="clip"))
    quantities = (
        ("efficiency [% LHV]", ".1f} % LHV", [100.0 * each.net_power_kw / each.fuel_power_kw_lhv for each in points]),
        ("exhaust temperature [°C]", ".0f} °C", [each.exhaust_temp_c for each in points]),
        ("exhaust flow [kg/s]", ".3f} kg/s", [each.exhaust_flow_kg_s for each in points]),
    )
    known = [quantity for quantity in quantities if np.isfinite(quantity[2]).any()]
    panels = make_subplots(rows=len(known), shared_xaxes=True, vertical_spacing=0.06)
    made = theme.figure(base=panels, height_px=100 + 180 * len(known))
    for row, (title, unit, curves) in enumerate(known, 1):
        for air, colour, dash, each, values in zip(air_temps_c, AIR_COLOURS, DASHES, points, curves, strict=False):
            made.add_scatter(
                x=each.net_power_kw, y=values, name=f"air at {number(air)} °C", legendgroup=f"{air}", showlegend=row == 1,
                mode="lines", line={"color": colour, "dash": dash, "width": 2}, hovertemplate="%{y:" + unit, row=row, col=1,
            )  # fmt: skip
        made.update_yaxes(title_text=title, row=row)
    made.update_xaxes(hoverformat=".1f", rangemode="tozero")
    return made.update_xaxes(title_text="net power of one machine [kW]", row=len(known))


def lowest_power_kw(performance: Performance) -> float:
    """Minimum load [kW], no less than a fiftieth of the rating, below which no map is drawn."""
    return max(performance.min_load_fraction, 0.02) * performance.record.rated_net_power_kw
