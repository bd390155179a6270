"""Figure of how many units a gas feeds: what each further one adds."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from brayton.faces.figures import theme
from brayton.package.fuel_limit import ArrayYear


def figure_arrays(rows: Sequence[ArrayYear], chosen: int) -> go.Figure:
    """Energy that each unit adds [MWh per year], those of the project in full colour, and the share of the gas burnt [%]."""
    made = theme.figure(x_title="number of units", y_title="energy added by the unit [MWh per year]", height_px=360)
    made.add_bar(
        x=[row.count for row in rows],
        y=[row.marginal_kwh / 1e3 for row in rows],
        name="added by this unit",
        marker={"color": [theme.MACHINE if row.count <= chosen else theme.tint(theme.MACHINE, 0.4) for row in rows]},
        hovertemplate="%{y:,.1f} MWh",
    )
    made.add_scatter(
        x=[row.count for row in rows],
        y=[100.0 * row.gas_share for row in rows],
        name="gas burnt by all of them (right axis)",
        mode="lines+markers",
        line={"color": theme.FUEL, "width": 2},
        yaxis="y2",
        hovertemplate="%{y:.1f} %",
    )
    right = {"title": {"text": "gas burnt [%]"}, "range": [0, 105], "tickmode": "linear", "dtick": 20}
    made.update_layout(yaxis2=theme.RIGHT_AXIS | right, margin={"r": 64})
    return made.update_xaxes(dtick=1 if len(rows) <= 30 else 5).update_yaxes(rangemode="tozero", selector={"overlaying": None})
