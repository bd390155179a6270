"""Figures of operation in time: one week, power and heat on one time axis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from brayton.core.timeaxis import TimeAxis
from brayton.faces.figures import theme

Series = NDArray[np.float64]

DAYS_IN_WEEK = 7


def whole_weeks(axis: TimeAxis) -> list[slice]:
    """Steps of each whole week of the year, Monday to Sunday."""
    per_day = axis.steps // axis.days
    mondays = np.flatnonzero((axis.weekday[::per_day] == 0)[: axis.days - DAYS_IN_WEEK + 1]) * per_day
    return [slice(int(start), int(start) + DAYS_IN_WEEK * per_day) for start in mondays]


def extreme_weeks(dry_bulb_c: Series, axis: TimeAxis) -> tuple[slice, slice]:
    """Steps of the coldest and of the hottest week, Monday to Sunday, by mean air temperature. NaN is left out of the means."""
    weeks = whole_weeks(axis)
    means = [float(np.nanmean(dry_bulb_c[week])) for week in weeks]
    return weeks[int(np.argmin(means))], weeks[int(np.argmax(means))]


@dataclass(frozen=True)
class Week:
    """Powers [kW] and air [degC] of the steps of a week; a value holds from its stamp to the next (L3).

    saved_kw: electricity that equipment on heat saves. battery_kw: out of the battery. heat_taken_kw: what loads, pool and
    equipment take; the three after it are what gives it.
    """

    electric_kw: Series
    machine_kw: Series
    import_kw: Series
    export_kw: Series
    saved_kw: Series
    battery_kw: Series
    heat_taken_kw: Series
    heat_used_kw: Series
    tank_kw: Series
    boiler_kw: Series
    heat_dumped_kw: Series
    dry_bulb_c: Series

    @property
    def has_heat(self) -> bool:
        return bool((self.heat_taken_kw + self.heat_dumped_kw).any())


def figure_week(stamps: NDArray[np.datetime64], week: Week) -> go.Figure:
    """Electricity, heat (where there is any) and air temperature over the steps of a week."""
    heights = [0.42, 0.38, 0.2] if week.has_heat else [0.75, 0.25]
    panels = make_subplots(rows=len(heights), shared_xaxes=True, vertical_spacing=0.05, row_heights=heights)
    made = theme.figure(base=panels, height_px=560 if week.has_heat else 400)

    def area(name: str, values: Series, colour: str, row: int) -> None:
        if not values.any():
            return
        made.add_scatter(
            x=stamps, y=values, name=name, mode="lines", stackgroup=f"row {row}", fillcolor=colour,
            line={"width": 0, "shape": "hv"}, hovertemplate="%{y:,.0f} kW", row=row, col=1,
        )  # fmt: skip

    def line(name: str, values: Series, colour: str, row: int, *, unit: str = ",.0f} kW", legend: bool = True) -> None:
        made.add_scatter(
            x=stamps, y=values, name=name, mode="lines", line={"color": colour, "width": 1.5, "shape": "hv"},
            legendgroup=name, showlegend=legend, hovertemplate="%{y:" + unit, row=row, col=1,
        )  # fmt: skip

    area("machines, net", week.machine_kw, theme.MACHINE, 1)
    area("saved by equipment on heat", week.saved_kw, theme.GAIN, 1)
    area("battery", week.battery_kw, theme.TANK, 1)
    area("import", week.import_kw, theme.IMPORT, 1)
    if week.export_kw.any():
        line("export", -week.export_kw, theme.EXPORT, 1)
    line("load", week.electric_kw, theme.LOAD, 1)
    made.update_yaxes(title_text="electricity [kW]", row=1)
    if week.has_heat:
        area("recovered heat used", week.heat_used_kw, theme.HEAT_USED, 2)
        area("out of the tank", week.tank_kw, theme.TANK, 2)
        area("boiler", week.boiler_kw, theme.BOILER, 2)
        area("recoverable heat dumped", week.heat_dumped_kw, theme.HEAT_DUMPED, 2)
        line("load", week.heat_taken_kw, theme.LOAD, 2, legend=False)
        made.update_yaxes(title_text="heat [kW]", rangemode="tozero", row=2)
    line("air temperature", week.dry_bulb_c, theme.MUTED, len(heights), unit=".1f} °C")
    made.update_yaxes(title_text="air [°C]", row=len(heights), nticks=4)
    made.update_xaxes(tickformat="%a %-d %b", dtick=86400000, tickangle=0, hoverformat="%a %-d %b, %H:%M")
    return made.update_layout(margin={"t": 76}, legend={"entrywidth": 190})
