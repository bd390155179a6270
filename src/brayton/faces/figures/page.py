"""A page that holds figures: one HTML file with plotly.js, the style and the data inside, for any browser without a network."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jinja2
import plotly.graph_objects as go
from markupsafe import Markup, escape
from plotly.offline import get_plotlyjs

from brayton import __version__
from brayton.faces.figures.numbers import FILTERS

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Plot:
    """A figure with its words.

    name: unique in the page, letters and hyphens. title: heading above it. caption: what is drawn, as far as the axes do not
    say it. alt: what a reader without sight needs.
    """

    name: str
    title: str
    caption: str
    alt: str
    figure: go.Figure

    @property
    def json(self) -> Markup:
        """The figure for a script element; `<` is written as an escape, so that no text in it can end the element."""
        text = str(self.figure.to_json())
        return Markup(text.replace("<", "\\u003c"))

    @property
    def height_px(self) -> int:
        return int(self.figure.layout.height)


@cache
def environment(folder: Path) -> jinja2.Environment:
    """Templates of `folder` and of this room. Every value is escaped; a name that a page lacks is an error."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader([folder, TEMPLATES]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(FILTERS, breakable=breakable)
    return made


def breakable(key: str) -> Markup:
    """A key of a file that may break after its underscores and dots where a column is narrow."""
    text = str(escape(key))
    return Markup(text.replace("_", "_<wbr>").replace(".", ".<wbr>"))


def render(template: str, folder: Path = TEMPLATES, **content: object) -> str:
    """The finished page of a template in `folder` that extends ``page.html.jinja``."""
    return (
        environment(folder)
        .get_template(template)
        .render(
            plotly_js=Markup(get_plotlyjs().replace("</script", "<\\/script")),
            style=Markup((TEMPLATES / "page.css").read_text(encoding="utf-8")),
            brayton_version=__version__,
            **content,
        )
    )
