"""Figures of a store whose air is dried: its dew point, and the mean day of a month."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from brayton.faces.figures import theme
from brayton.faces.figures.energy import duration_curve
from brayton.faces.figures.monthly import Part

Series = NDArray[np.float64]


def figure_dew_point(without_c: Series, with_c: Series, held_c: float, dried_c: float | None, *, step_hours: float) -> go.Figure:
    """Duration of the store's dew point [degC], without and with the unit, and the dew points that both are set to."""
    made = theme.figure(x_title="hours of the year [h]", y_title="dew point of the store [°C]", height_px=340)
    curves = (("without the unit", without_c, theme.BOILER, "dash"), ("with the unit", with_c, theme.MACHINE, "solid"))
    for name, values, colour, dash in curves:
        hours, falling = duration_curve(values, step_hours)
        made.add_scatter(
            x=hours, y=falling, name=name, mode="lines", line={"color": colour, "width": 2, "dash": dash},
            hovertemplate="%{y:.1f} °C",
        )  # fmt: skip
    marks = [(held_c, "held by the air conditioner")]
    if dried_c is not None and dried_c < held_c:
        marks.append((dried_c, "set-point of the unit"))
    for value, text in marks:
        made.add_hline(
            y=value, line={"color": theme.MUTED, "width": 1, "dash": "dot"}, annotation_text=f"{text}, {value:g} °C",
            annotation_position="top right", annotation_font={"color": theme.MUTED, "size": 12},
        )  # fmt: skip
    return made.update_xaxes(rangemode="tozero", separatethousands=True)


def figure_mean_day(parts: Sequence[Part], line: Part, *, y_title: str, unit: str) -> go.Figure:
    """The mean day of a month, hour by hour, values (24,): stacked areas, and a line."""
    made = theme.figure(x_title="hour of the day, local standard time [h]", y_title=y_title, height_px=320)
    hours = np.arange(24)
    for part in parts:
        if not np.any(np.asarray(part.values)):
            continue
        made.add_scatter(
            x=hours, y=part.values, name=part.name, mode="lines", stackgroup="day", fillcolor=part.colour,
            line={"width": 0, "shape": "hv"}, hovertemplate=f"%{{y:,.1f}} {unit}",
        )  # fmt: skip
    made.add_scatter(
        x=hours, y=line.values, name=line.name, mode="lines", line={"color": line.colour, "width": 1.5, "dash": line.dash,
        "shape": "hv"}, hovertemplate=f"%{{y:,.1f}} {unit}",
    )  # fmt: skip
    return made.update_xaxes(dtick=3, range=[0, 23]).update_yaxes(rangemode="tozero")
