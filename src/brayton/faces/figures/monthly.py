"""Figures by month: stacked bars, alone or in pairs of before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from brayton.faces.figures import theme

MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

BAR_WIDTH = 0.38
PALE = 0.5
"""Strength of the bars before the project."""


@dataclass(frozen=True)
class Part:
    """What is stacked, or a line: values (12,), of months. dash: of a line."""

    name: str
    colour: str
    values: ArrayLike
    dash: str = "dash"


def figure_months(
    parts: Sequence[Part], *, y_title: str, unit: str, decimals: int = 1, line: Part | None = None, height_px: int = 340
) -> go.Figure:
    """Stacked bars of twelve months, negative values below nought; a part that is zero all year is left out."""
    made = theme.figure(y_title=y_title, height_px=height_px)
    for part in parts:
        values = np.asarray(part.values, dtype=float)
        if not np.any(values):
            continue
        made.add_bar(
            x=MONTH_NAMES,
            y=values,
            name=part.name,
            marker={"color": part.colour},
            customdata=np.abs(values),
            hovertemplate=f"%{{customdata:,.{decimals}f}} {unit}",
        )
    if line is not None:
        made.add_scatter(
            x=MONTH_NAMES,
            y=line.values,
            name=line.name,
            mode="lines+markers",
            line={"color": line.colour, "width": 1.5, "dash": line.dash},
            marker={"size": 5},
            hovertemplate=f"%{{y:,.{decimals}f}} {unit}",
        )
    return made


def figure_pairs(
    before: Sequence[Part], after: Sequence[Part], *, y_title: str, unit: str, decimals: int = 0, height_px: int = 380
) -> go.Figure:
    """Two stacked bars a month: without the project (left, pale) and with it. Both have the same parts in the same order."""
    made = theme.figure(y_title=y_title, height_px=height_px)
    shown: set[str] = set()
    for parts, offset, strength, run in ((after, 0.2, 1.0, "with"), (before, -0.2, PALE, "without")):
        for part in parts:
            values = np.asarray(part.values, dtype=float)
            if not np.any(values):
                continue
            made.add_bar(
                x=[month + offset for month in range(1, 13)],
                y=values,
                width=BAR_WIDTH,
                name=part.name,
                legendgroup=part.name,
                showlegend=part.name not in shown,
                marker={"color": theme.tint(part.colour, strength), "line": {"width": 0}},
                customdata=MONTH_NAMES,
                hovertemplate=f"%{{customdata}}, {part.name}, {run} project: %{{y:,.{decimals}f}} {unit}<extra></extra>",
            )
            shown.add(part.name)
    made.update_xaxes(tickvals=list(range(1, 13)), ticktext=MONTH_NAMES, range=[0.4, 12.6])
    return made.update_layout(hovermode="closest")
