"""Figures of energy over a year: where the fuel went, durations, heat by month, emissions."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from brayton.faces.figures import theme
from brayton.faces.figures.monthly import Part, figure_months
from brayton.faces.figures.numbers import percent

FLOW_COLOURS = {
    "net electricity": theme.MACHINE,
    "heat used": theme.HEAT_USED,
    "heat dumped": theme.HEAT_DUMPED,
}
"""Colours of the ends of the energy flow; every other end is a loss."""

DURATION_POINTS = 300


def figure_energy_flow(fuel_mwh_lhv: float, ends_mwh: Mapping[str, float]) -> go.Figure:
    """Sankey diagram of the machines' year: fuel [MWh LHV] on the left, what became of it on the right."""
    names = [name for name, value in ends_mwh.items() if value > 0.0]
    colours = [FLOW_COLOURS.get(name, theme.STACK) for name in names]
    made = theme.figure(height_px=330)
    made.add_sankey(
        arrangement="fixed",
        node={
            "label": [
                f"fuel {fuel_mwh_lhv:,.0f} MWh (LHV)",
                *(f"{name} {ends_mwh[name]:,.0f} MWh ({percent(ends_mwh[name] / fuel_mwh_lhv, 0)})" for name in names),
            ],
            "color": [theme.FUEL, *colours],
            "pad": 22,
            "thickness": 16,
            "line": {"width": 0},
            "hovertemplate": "%{label}<extra></extra>",
        },
        link={
            "source": [0] * len(names),
            "target": list(range(1, len(names) + 1)),
            "value": [ends_mwh[name] for name in names],
            "color": [theme.tint(colour, 0.45) for colour in colours],
            "hovertemplate": "%{target.label}<extra></extra>",
        },
    )
    return made.update_layout(margin={"l": 12, "r": 12, "t": 36, "b": 16}, hovermode="closest")


def duration_curve(power_kw: NDArray[np.float64], step_hours: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Hours for which at least a power is reached [h], and that power [kW], thinned so that the peak stays sharp."""
    falling = np.sort(power_kw)[::-1]
    last = falling.size - 1
    kept = np.unique(np.rint(last * np.linspace(0.0, 1.0, min(DURATION_POINTS, falling.size)) ** 2).astype(int))
    return kept * step_hours, falling[kept]


def figure_load_duration(
    electric_kw: NDArray[np.float64],
    import_kw: NDArray[np.float64],
    machine_kw: NDArray[np.float64],
    heat_kw: NDArray[np.float64],
    boiler_kw: NDArray[np.float64],
    heat_used_kw: NDArray[np.float64],
    *,
    step_hours: float,
) -> go.Figure:
    """Duration curves of a year: electricity, and heat beside it where there is any. Each curve is sorted by itself.

    heat_kw: what loads, pool and equipment take.
    """
    has_heat = bool((heat_kw + heat_used_kw + boiler_kw).any())
    titles = ("electricity", "heat") if has_heat else ("electricity",)
    panels = make_subplots(cols=len(titles), horizontal_spacing=0.1, subplot_titles=titles)
    made = theme.figure(base=panels, height_px=360)
    curves = [
        ("load", electric_kw, theme.LOAD, "solid", 1),
        ("import with project (net load)", import_kw, theme.IMPORT, "solid", 1),
        ("machines", machine_kw, theme.MACHINE, "solid", 1),
    ]
    if has_heat:
        curves += [
            ("heat taken", heat_kw, theme.LOAD, "dash", 2),
            ("boiler with project (net heat load)", boiler_kw, theme.BOILER, "solid", 2),
            ("recovered heat used", heat_used_kw, theme.HEAT_USED, "solid", 2),
        ]
    for name, power, colour, dash, column in curves:
        hours, sorted_kw = duration_curve(power, step_hours)
        made.add_scatter(
            x=hours,
            y=sorted_kw,
            name=name,
            mode="lines",
            line={"color": colour, "width": 2, "dash": dash},
            hovertemplate="%{y:,.0f} kW",
            row=1,
            col=column,
        )
    made.update_xaxes(title_text="hours of the year [h]", rangemode="tozero", separatethousands=True, nticks=6)
    made.update_yaxes(rangemode="tozero")
    made.update_yaxes(title_text="power [kW]", col=1)
    if has_heat:
        made.update_yaxes(title_text="heat [kW]", col=2)
    return made.update_layout(margin={"t": 96}, legend={"y": 1.1, "entrywidth": 240})


def figure_monthly_heat(
    used_mwh: NDArray[np.float64],
    tank_mwh: NDArray[np.float64],
    dumped_mwh: NDArray[np.float64],
    boiler_mwh: NDArray[np.float64],
    taken_mwh: NDArray[np.float64],
) -> go.Figure:
    """Heat of each month [MWh]: recovered and used, out of a tank, of the boiler, against what takes it; dumped below zero."""
    parts = (
        Part("recovered and used", theme.HEAT_USED, used_mwh),
        Part("out of the tank", theme.TANK, tank_mwh),
        Part("from the boiler", theme.BOILER, boiler_mwh),
        Part("recoverable but dumped (below zero)", theme.HEAT_DUMPED, -dumped_mwh),
    )
    line = Part("heat taken", theme.LOAD, taken_mwh)
    return figure_months(parts, y_title="heat [MWh per month]", unit="MWh", line=line)


def figure_emissions(before_t: Mapping[str, float], after_t: Mapping[str, float]) -> go.Figure:
    """CO2 of a year [t] without the project and with it. Keys: its origins, alike in both: the grid, fuel, the site's own gas."""
    made = theme.figure(x_title="CO₂ [t per year]", height_px=230)
    for origin, colour in zip(before_t, (theme.IMPORT, theme.FUEL, theme.VENT), strict=False):
        made.add_bar(
            y=["with project", "without project"],
            x=[after_t[origin], before_t[origin]],
            name=origin,
            orientation="h",
            marker={"color": colour},
            hovertemplate="%{x:,.0f} t",
        )
    made.update_xaxes(showgrid=True, separatethousands=True)
    made.update_yaxes(showgrid=False)
    return made.update_layout(hovermode="y unified", margin={"l": 120})
