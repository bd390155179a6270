"""One look for every figure: colours by meaning, type, axes.

Colours are taken from Okabe and Ito's colour-blind-safe set (Color Universal Design, 2008) and mean the same thing in every
figure. Neighbours in a stack differ in lightness as well as in hue, so that a grey print still reads.
"""

from __future__ import annotations

import plotly.graph_objects as go

INK = "#1f2933"
MUTED = "#5f6b77"
GRID = "#e4e7eb"

LOAD = INK
MACHINE = "#0072b2"
IMPORT = "#9aa5b1"
EXPORT = "#cc79a7"
HEAT_USED = "#d55e00"
HEAT_DUMPED = "#f3c19d"
BOILER = "#7b6a58"
TANK = "#56b4e9"
SUN = "#f0e442"
FLARE = "#d55e00"
VENT = "#cc79a7"
EVAPORATION = "#0072b2"
CONVECTION = "#56b4e9"
RADIATION = "#5f6b77"
FRESH_WATER = "#009e73"
GROUND = "#7b6a58"
COIL = "#56b4e9"
CASES = "#9aa5b1"
DESICCANT = "#e69f00"
COLD_ABSORPTION = "#d55e00"
COLD_ELECTRIC = "#56b4e9"
FUEL = "#e69f00"
STACK = "#b8bec6"
GAIN = "#009e73"
COST = "#d55e00"
ENERGY_CHARGE = "#0072b2"
DEMAND_CHARGE = "#56b4e9"
FIXED_CHARGE = "#b8c4d0"

EFFICIENCY_SCALE = [(0.0, "#f7fafc"), (0.5, "#c3dced"), (1.0, "#5ba3d0")]
"""Light to dark in one hue, so that a contour map reads without its colour bar and in grey."""

FONT = "Inter, 'Segoe UI', 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif"

_AXIS = {
    "gridcolor": GRID,
    "linecolor": MUTED,
    "zerolinecolor": MUTED,
    "zerolinewidth": 1,
    "ticks": "outside",
    "tickcolor": MUTED,
    "ticklen": 4,
    "automargin": True,
    "title": {"standoff": 10, "font": {"size": 13}},
}

RIGHT_AXIS = {"overlaying": "y", "side": "right", "showgrid": False, "zeroline": False}
"""Of a second axis of ordinates."""

TEMPLATE = go.layout.Template(
    layout={
        "autosize": True,
        "font": {"family": FONT, "size": 13, "color": INK},
        "paper_bgcolor": "white",
        "plot_bgcolor": "white",
        "margin": {"l": 64, "r": 24, "t": 52, "b": 40},
        "hovermode": "x unified",
        "hoverlabel": {"bgcolor": "white", "bordercolor": GRID, "font": {"size": 12}},
        "legend": {"orientation": "h", "x": 0.0, "xanchor": "left", "y": 1.0, "yanchor": "bottom", "traceorder": "normal"},
        "barmode": "relative",
        "separators": ".,",
        "xaxis": _AXIS | {"showgrid": False, "showline": True, "zeroline": False},
        "yaxis": _AXIS | {"showgrid": True, "showline": False, "zeroline": True, "tickformat": ","},
    }
)
"""The house style. The title of a figure stands in the page, so none stands inside; hover shows one abscissa together."""


def figure(
    *, x_title: str | None = None, y_title: str | None = None, height_px: int = 360, base: go.Figure | None = None
) -> go.Figure:
    """An empty figure in the house style, or `base` (with its subplots) put into it."""
    made = go.Figure() if base is None else base
    made.update_layout(template=TEMPLATE, height=height_px)
    if x_title is not None:
        made.update_xaxes(title_text=x_title)
    if y_title is not None:
        made.update_yaxes(title_text=y_title)
    return made


def tint(colour: str, share: float) -> str:
    """The colour mixed with white: `share` of it, the rest white. Opaque, so that no grid shows through."""
    parts = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return "#" + "".join(f"{round(255 + share * (part - 255)):02x}" for part in parts)
