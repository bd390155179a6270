"""Figures of a pool: the temperature of its water within the band."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from brayton.faces.figures import theme

Series = NDArray[np.float64]


def figure_water_temperature(
    days: NDArray[np.datetime64], with_c: Series, without_c: Series, dry_bulb_c: Series, band_c: tuple[float, float]
) -> go.Figure:
    """Daily means of the water [degC] with and without the project, its band, and the air; NaN outside the season."""
    made = theme.figure(y_title="temperature [°C]", height_px=360)
    made.add_hrect(y0=band_c[0], y1=band_c[1], fillcolor=theme.tint(theme.GAIN, 0.25), line_width=0, layer="below")
    lines = (
        ("air", dry_bulb_c, theme.MUTED, 1.0, "dot"),
        ("water without project", without_c, theme.BOILER, 2.0, "dash"),
        ("water with project", with_c, theme.MACHINE, 2.0, "solid"),
    )
    for name, values, colour, width, dash in lines:
        made.add_scatter(
            x=days, y=values, name=name, mode="lines", line={"color": colour, "width": width, "dash": dash},
            hovertemplate="%{y:.1f} °C", connectgaps=False,
        )  # fmt: skip
    made.update_xaxes(tickformat="%b", dtick="M1", ticklabelmode="period", hoverformat="%-d %b")
    return made
