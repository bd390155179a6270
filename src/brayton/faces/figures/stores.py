"""Figure of a store, a tank or a battery, over a week: its level, and what goes in and out."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from brayton.faces.figures import theme

Series = NDArray[np.float64]


def figure_store_week(
    stamps: NDArray[np.datetime64], level_kwh: Series, into_kw: Series, out_kw: Series, capacity_kwh: float, *, colour: str
) -> go.Figure:
    """Level [kWh] above, power in (up) and out (down) [kW] below, on one time axis."""
    made = theme.figure(base=make_subplots(rows=2, shared_xaxes=True, vertical_spacing=0.08), height_px=420)
    made.add_scatter(
        x=stamps, y=level_kwh, name="level", mode="lines", line={"color": colour, "width": 2}, fill="tozeroy",
        fillcolor=theme.tint(colour, 0.25), hovertemplate="%{y:,.0f} kWh", row=1, col=1,
    )  # fmt: skip
    made.add_scatter(
        x=stamps[[0, -1]], y=[capacity_kwh, capacity_kwh], name="capacity", mode="lines", hoverinfo="skip",
        line={"color": theme.MUTED, "width": 1, "dash": "dot"}, row=1, col=1,
    )  # fmt: skip
    for name, values, tone in (("in", into_kw, theme.GAIN), ("out (below zero)", -out_kw, theme.EXPORT)):
        made.add_scatter(
            x=stamps, y=values, name=name, mode="lines", line={"color": tone, "width": 1.5, "shape": "hv"},
            customdata=np.abs(values), hovertemplate="%{customdata:,.0f} kW", row=2, col=1,
        )  # fmt: skip
    made.update_yaxes(title_text="level [kWh]", rangemode="tozero", row=1, col=1)
    made.update_yaxes(title_text="power [kW]", row=2, col=1)
    return made.update_xaxes(tickformat="%a %-d %b", dtick=86400000, tickangle=0, hoverformat="%a %-d %b, %H:%M")
