"""Figures of doubt: how headline numbers scatter, what moves them, what an outage leaves, and what one trip costs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from brayton.faces.figures import theme
from brayton.faces.figures.monthly import MONTH_NAMES
from brayton.study.doubt.bands import Band
from brayton.study.doubt.demand_risk import DemandRisk
from brayton.study.doubt.outages import OutageResult
from brayton.study.doubt.tornado import Bar, Tornado

Series = NDArray[np.float64]

BINS = 48
TAILS = 0.005
"""Share of the draws at each end that the histogram leaves out of its range, so that one odd draw does not squeeze it."""

BARS = 12
"""Bars of a tornado that are drawn; the rest is narrower."""


def figure_scatter_of_npv(npv_usd: Series, band: Band) -> go.Figure:
    """Share of the draws [%] by net present value [USD], losses and gains in two colours, with its band."""
    made = theme.figure(x_title="net present value [USD]", y_title="draws [%]", height_px=320)
    low, high = np.quantile(npv_usd, [TAILS, 1.0 - TAILS])
    edges = np.linspace(low, high if high > low else low + 1.0, BINS + 1)
    counts, _ = np.histogram(npv_usd, edges)
    middles = 0.5 * (edges[1:] + edges[:-1])
    made.add_bar(
        x=middles,
        y=100.0 * counts / npv_usd.size,
        width=np.diff(edges),
        marker={"color": [theme.GAIN if middle > 0.0 else theme.COST for middle in middles], "line": {"width": 0}},
        hovertemplate="about %{x:,.0f} USD: %{y:.1f} % of the draws<extra></extra>",
        showlegend=False,
    )
    for value, text in ((band.p10, "p10"), (band.p50, "p50"), (band.p90, "p90")):
        made.add_vline(
            x=value, line={"color": theme.INK, "width": 1.5, "dash": "dot"}, annotation_text=text, annotation_position="top"
        )
    return made.update_layout(hovermode="closest").update_xaxes(tickformat=",")


def figure_tornado(tornado: Tornado) -> go.Figure:
    """Range of the net present value [USD] that each input gives alone, widest on top; dark towards the input's p90."""
    bars = list(tornado.bars[:BARS])[::-1]
    names = [f"{bar.name.replace('_', ' ')}, {bar.input_p10:.3g} to {bar.input_p90:.3g}" for bar in bars]
    made = theme.figure(x_title="net present value [USD]", height_px=110 + 34 * len(bars))
    ends = (("input at its p10", "at_p10", "input_p10", theme.IMPORT), ("input at its p90", "at_p90", "input_p90", theme.MACHINE))
    for name, end, value, colour in ends:
        made.add_bar(
            y=names,
            x=[getattr(bar, end) - tornado.base for bar in bars],
            base=tornado.base,
            orientation="h",
            name=name,
            marker={"color": colour},
            customdata=[[getattr(bar, value), getattr(bar, end)] for bar in bars],
            hovertemplate="%{y} at %{customdata[0]:.4g}: %{customdata[1]:,.0f} USD<extra></extra>",
        )
    _mark_turns(made, bars, names)
    made.add_vline(x=0.0, line={"color": theme.INK, "width": 1})
    made.update_layout(barmode="overlay", hovermode="closest", margin={"l": 180})
    made.update_xaxes(showgrid=True, tickformat=",", nticks=7)
    return made.update_yaxes(showgrid=False)


def _mark_turns(made: go.Figure, bars: Sequence[Bar], names: Sequence[str]) -> None:
    """Thin marks at the extremes of bars whose response turns between their ends."""
    turning = [(bar, name) for bar, name in zip(bars, names, strict=True) if bar.turns]
    if turning:
        made.add_scatter(
            y=[name for _, name in turning for _ in range(2)],
            x=[extreme for bar, _ in turning for extreme in (bar.lowest, bar.highest)],
            mode="markers",
            marker={"symbol": "line-ns-open", "size": 14, "color": theme.INK, "line": {"width": 2}},
            name="extreme between the ends",
            hovertemplate="%{x:,.0f} USD<extra></extra>",
        )


def survival_axis(outages: OutageResult) -> float:
    """Where the axis of survival begins [%]: a round figure below all curves."""
    least = 100.0 * float(min(curve.min() for curve in (outages.survival, outages.one_more, outages.all_well)))
    return 10.0 * np.floor(least / 10.0) if least < 100.0 else 90.0


def figure_survival(outages: OutageResult) -> go.Figure:
    """Share of outages survived [%] over their length [h]: with machines that fail, with one more, and if none fails."""
    made = theme.figure(x_title="length of the outage [h]", y_title="survived [%]", height_px=340)
    curves = (
        ("if every machine starts and runs", outages.all_well, theme.MUTED, "dot"),
        ("with one machine more", outages.one_more, theme.GAIN, "dash"),
        ("machines as they fail", outages.survival, theme.MACHINE, "solid"),
    )
    for name, values, colour, dash in curves:
        made.add_scatter(
            x=outages.hours, y=100.0 * values, name=name, mode="lines", line={"color": colour, "width": 2, "dash": dash},
            hovertemplate="%{y:.1f} %",
        )  # fmt: skip
    low = survival_axis(outages)
    return made.update_yaxes(range=[low, 100.0 + 0.02 * (100.0 - low)]).update_xaxes(rangemode="tozero")


def figure_demand_risk(risk: DemandRisk) -> go.Figure:
    """Chance that one trip sets the peak of each month [%], and the peaks with and without it [kW] beside it."""
    made = theme.figure(y_title="chance [%]", height_px=340)
    made.add_bar(
        x=MONTH_NAMES, y=100.0 * risk.chance, name="chance that a trip sets the peak", marker={"color": theme.DEMAND_CHARGE},
        hovertemplate="%{y:.1f} %",
    )  # fmt: skip
    for name, values, colour in (
        ("peak without a trip (right axis)", risk.peak_kw, theme.INK),
        ("with one in the worst step (right axis)", risk.tripped_kw, theme.COST),
    ):
        made.add_scatter(
            x=MONTH_NAMES, y=values, name=name, mode="markers", marker={"color": colour, "size": 8}, yaxis="y2",
            hovertemplate="%{y:,.0f} kW",
        )  # fmt: skip
    highest = float(np.nanmax(risk.tripped_kw))
    right = {"title": {"text": "peak import [kW]"}, "range": [0, 1.08 * highest], "tickmode": "auto"}
    made.update_layout(yaxis2=theme.RIGHT_AXIS | right, margin={"r": 64})
    return made.update_layout(yaxis={"range": [0, max(5.0, 108.0 * float(np.nanmax(risk.chance)))]})
