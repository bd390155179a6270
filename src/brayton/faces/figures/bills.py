"""Figures of the bill: twelve months, before and after."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from brayton.faces.figures import theme
from brayton.site.bill import BillMonth

MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

BAR_WIDTH = 0.38


def figure_monthly_bill(before: Sequence[BillMonth], after: Sequence[BillMonth]) -> go.Figure:
    """Electricity bill of each month [USD], two stacked bars a month: without the project (left, pale) and with it."""
    made = theme.figure(y_title="electricity bill [USD per month]", height_px=380)
    for months, offset, strength, run in ((before, -0.2, 0.5, "without"), (after, 0.2, 1.0, "with")):
        parts = (
            ("energy", theme.ENERGY_CHARGE, [month.energy_usd for month in months]),
            ("demand", theme.DEMAND_CHARGE, [month.demand_usd for month in months]),
            ("fixed and minimum", theme.FIXED_CHARGE, [month.fixed_usd + month.minimum_adder_usd for month in months]),
            ("export credit", theme.EXPORT, [-month.export_credit_usd for month in months]),
        )
        for name, colour, amounts in parts:
            if not any(amounts):
                continue
            made.add_bar(
                x=[month.month + offset for month in months],
                y=amounts,
                width=BAR_WIDTH,
                name=name,
                legendgroup=name,
                showlegend=run == "with",
                marker={"color": theme.tint(colour, strength), "line": {"width": 0}},
                customdata=MONTH_NAMES,
                hovertemplate=f"%{{customdata}}, {name}, {run} project: %{{y:,.2f}} USD<extra></extra>",
            )
    made.update_xaxes(tickvals=list(range(1, 13)), ticktext=MONTH_NAMES, range=[0.4, 12.6])
    return made.update_layout(hovermode="closest")
