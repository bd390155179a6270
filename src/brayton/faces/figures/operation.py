"""Figures of operation in time: one week, power and heat on one time axis."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from brayton.core.timeaxis import TimeAxis
from brayton.faces.figures import theme

Series = NDArray[np.float64]

DAYS_IN_WEEK = 7


def extreme_weeks(dry_bulb_c: Series, axis: TimeAxis) -> tuple[slice, slice]:
    """Steps of the coldest and of the hottest week, Monday to Sunday, by mean air temperature. NaN is left out of the means."""
    per_day = axis.steps // axis.days
    mondays = np.flatnonzero((axis.weekday[::per_day] == 0)[: axis.days - DAYS_IN_WEEK + 1]) * per_day
    weeks = [slice(int(start), int(start) + DAYS_IN_WEEK * per_day) for start in mondays]
    means = [float(np.nanmean(dry_bulb_c[week])) for week in weeks]
    return weeks[int(np.argmin(means))], weeks[int(np.argmax(means))]


def figure_week(
    stamps: NDArray[np.datetime64],
    *,
    electric_kw: Series,
    machine_kw: Series,
    import_kw: Series,
    export_kw: Series,
    heat_kw: Series,
    heat_used_kw: Series,
    heat_dumped_kw: Series,
    boiler_kw: Series,
    dry_bulb_c: Series,
) -> go.Figure:
    """A week of operation [kW]: electricity above, heat in the middle, air temperature below, on one time axis.

    Each array holds the steps of the week; a value holds from its stamp to the next (L3).
    """
    panels = make_subplots(rows=3, shared_xaxes=True, vertical_spacing=0.05, row_heights=[0.42, 0.38, 0.2])
    made = theme.figure(base=panels, height_px=560)

    def area(name: str, values: Series, colour: str, row: int) -> None:
        made.add_scatter(
            x=stamps, y=values, name=name, mode="lines", stackgroup=f"row {row}", fillcolor=colour,
            line={"width": 0, "shape": "hv"}, hovertemplate="%{y:,.0f} kW", row=row, col=1,
        )  # fmt: skip

    def line(name: str, values: Series, colour: str, row: int, *, unit: str = ",.0f} kW", legend: bool = True) -> None:
        made.add_scatter(
            x=stamps, y=values, name=name, mode="lines", line={"color": colour, "width": 1.5, "shape": "hv"},
            legendgroup=name, showlegend=legend, hovertemplate="%{y:" + unit, row=row, col=1,
        )  # fmt: skip

    area("machines, net", machine_kw, theme.MACHINE, 1)
    area("import", import_kw, theme.IMPORT, 1)
    if export_kw.any():
        line("export", -export_kw, theme.EXPORT, 1)
    line("load", electric_kw, theme.LOAD, 1)
    area("recovered heat used", heat_used_kw, theme.HEAT_USED, 2)
    area("boiler", boiler_kw, theme.BOILER, 2)
    area("recoverable heat dumped", heat_dumped_kw, theme.HEAT_DUMPED, 2)
    line("load", heat_kw, theme.LOAD, 2, legend=False)
    line("air temperature", dry_bulb_c, theme.MUTED, 3, unit=".1f} °C")
    made.update_yaxes(title_text="electricity [kW]", row=1)
    made.update_yaxes(title_text="heat [kW]", row=2)
    made.update_yaxes(title_text="air [°C]", row=3, nticks=4)
    made.update_yaxes(rangemode="tozero", row=2)
    made.update_xaxes(tickformat="%a %-d %b", dtick=86400000, tickangle=0, hoverformat="%a %-d %b, %H:%M")
    return made.update_layout(margin={"t": 76}, legend={"entrywidth": 190})
