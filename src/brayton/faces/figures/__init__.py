"""Every figure, in one look, and the pages that hold them. Loads plotly and jinja2."""

from brayton.faces.figures.map_page import write_map_page

__all__ = ["write_map_page"]
