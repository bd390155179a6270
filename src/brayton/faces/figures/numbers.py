"""Numbers as people read them: rounded to what they carry, thousands apart, a dash for what is not available."""

from __future__ import annotations

import math
from collections.abc import Callable

MISSING = "–"


def number(value: float | None, decimals: int = 0) -> str:
    """1234567.8 -> 1,234,568; never a negative nought."""
    if value is None or not math.isfinite(value):
        return MISSING
    text = f"{value:,.{decimals}f}"
    return text.removeprefix("-") if not any(digit in text for digit in "123456789") else text.replace("-", "−")


def residual(value: float) -> str:
    """What a balance leaves: 0 or one power of ten, for only its size matters."""
    return "0" if value == 0.0 else f"{value:.1e}".replace("-", "−")


def percent(value: float | None, decimals: int = 1) -> str:
    """0.2831 -> 28.3 %, with a space that does not break."""
    return MISSING if value is None or not math.isfinite(value) else f"{number(100.0 * value, decimals)}\N{NO-BREAK SPACE}%"


def signed(value: float | None, decimals: int = 0) -> str:
    """Like `number`, with a plus on what is positive."""
    text = number(value, decimals)
    return f"+{text}" if value is not None and value > 0.0 and any(digit in text for digit in "123456789") else text


def rate(value: float | None) -> str:
    """A price per unit: six figures are all that tariffs print."""
    return MISSING if value is None or not math.isfinite(value) else f"{value:,.6g}".replace("-", "−")


FILTERS: dict[str, Callable[..., str]] = {
    "number": number,
    "residual": residual,
    "percent": percent,
    "rate": rate,
    "signed": signed,
}
"""Filters of every template."""
