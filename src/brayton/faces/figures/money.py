"""Figures of money: from one yearly cost to the other, and the cash flow over the years."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from brayton.faces.figures import theme
from brayton.faces.figures.numbers import number, signed

LABEL_WIDTH = 16
"""Letters of a line of a label beneath a bar."""


def figure_cost_bridge(before_usd: float, changes_usd: Mapping[str, float], after_usd: float) -> go.Figure:
    """Yearly energy cost without the project, each change (negative lowers the cost), and the cost with it [USD/year]."""
    names = ["without project", *changes_usd, "with project"]
    values = [before_usd, *changes_usd.values(), after_usd]
    measures = ["absolute", *["relative"] * len(changes_usd), "total"]
    made = theme.figure(y_title="energy cost [USD per year]", height_px=360)
    made.add_waterfall(
        x=["<br>".join(textwrap.wrap(name, LABEL_WIDTH)) for name in names],
        y=values,
        measure=measures,
        text=[signed(value) if measure == "relative" else number(value) for value, measure in zip(values, measures, strict=True)],
        textposition="outside",
        cliponaxis=False,
        increasing={"marker": {"color": theme.COST}},
        decreasing={"marker": {"color": theme.GAIN}},
        totals={"marker": {"color": theme.MUTED}},
        connector={"line": {"color": theme.MUTED, "width": 1, "dash": "dot"}},
        hovertemplate="%{text} USD<extra></extra>",
        showlegend=False,
    )
    made.update_xaxes(tickangle=0)
    return made.update_layout(hovermode="closest")


def figure_cash_flow(year: NDArray[np.int64], net_usd: NDArray[np.float64], present_value_usd: NDArray[np.float64]) -> go.Figure:
    """Net flow of each year as bars; its running sum, and that of the discounted flows, as lines [USD]. Year 0: investment."""
    made = theme.figure(x_title="year of operation", y_title="cash flow [USD]", height_px=360)
    made.add_bar(
        x=year,
        y=net_usd,
        name="net flow of the year",
        marker={"color": theme.FIXED_CHARGE},
        hovertemplate="%{y:,.0f} USD",
    )
    sums = (
        ("cumulative", np.cumsum(net_usd), theme.LOAD, "solid"),
        ("cumulative, discounted (ends at the NPV)", np.cumsum(present_value_usd), theme.MACHINE, "dash"),
    )
    for name, values, colour, dash in sums:
        made.add_scatter(
            x=year,
            y=values,
            name=name,
            mode="lines+markers",
            line={"color": colour, "width": 2, "dash": dash},
            marker={"size": 5},
            hovertemplate="%{y:,.0f} USD",
        )
    return made.update_xaxes(dtick=1 if year.size <= 26 else 5, range=[-0.6, int(year[-1]) + 0.6])
