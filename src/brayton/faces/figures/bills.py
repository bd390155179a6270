"""Figures of the bill: twelve months, before and after."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from brayton.faces.figures import theme
from brayton.faces.figures.monthly import Part, figure_pairs
from brayton.site.bill import BillMonth


def figure_monthly_bill(before: Sequence[BillMonth], after: Sequence[BillMonth]) -> go.Figure:
    """Electricity bill of each month [USD], two stacked bars a month: without the project (left, pale) and with it."""
    return figure_pairs(
        _parts(before), _parts(after), y_title="electricity bill [USD per month]", unit="USD", decimals=2, height_px=380
    )


def _parts(months: Sequence[BillMonth]) -> tuple[Part, ...]:
    return (
        Part("energy", theme.ENERGY_CHARGE, [month.energy_usd for month in months]),
        Part("demand", theme.DEMAND_CHARGE, [month.demand_usd for month in months]),
        Part("fixed and minimum", theme.FIXED_CHARGE, [month.fixed_usd + month.minimum_adder_usd for month in months]),
        Part("export credit", theme.EXPORT, [-month.export_credit_usd for month in months]),
    )
