"""Figures of a pool: the temperature of its water within the band."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from brayton.faces.figures import theme

Series = NDArray[np.float64]


def figure_water_temperature(
    days: NDArray[np.datetime64], with_c: Series, without_c: Series, dry_bulb_c: Series, band_c: tuple[float, float]
) -> go.Figure:
    """Daily means of the water [degC] with and without the project, its band, and the air; NaN outside the season."""
    panels = make_subplots(rows=2, shared_xaxes=True, vertical_spacing=0.07, row_heights=[0.65, 0.35])
    made = theme.figure(base=panels, height_px=440)
    low, high = band_c
    for edge, name in ((high, "band"), (low, "")):
        made.add_scatter(
            x=days[[0, -1]], y=[edge, edge], name=name or "lower end of the band", mode="lines", hoverinfo="skip",
            fill="tonexty" if edge == low else None, fillcolor=theme.tint(theme.GAIN, 0.2),
            line={"width": 1, "color": theme.GAIN, "dash": "dot"}, showlegend=bool(name), row=1, col=1,
        )  # fmt: skip
    lines = (
        ("water without project", without_c, theme.BOILER, 2.0, "dash", 1),
        ("water with project", with_c, theme.MACHINE, 2.0, "solid", 1),
        ("air", dry_bulb_c, theme.MUTED, 1.0, "solid", 2),
    )
    for name, values, colour, width, dash, row in lines:
        made.add_scatter(
            x=days, y=values, name=name, mode="lines", line={"color": colour, "width": width, "dash": dash},
            hovertemplate="%{y:.1f} °C", connectgaps=False, row=row, col=1,
        )  # fmt: skip
    made.update_yaxes(title_text="water [°C]", row=1, col=1)
    made.update_yaxes(title_text="air [°C]", row=2, col=1)
    return made.update_xaxes(tickformat="%b", dtick="M1", ticklabelmode="period", hoverformat="%-d %b")
