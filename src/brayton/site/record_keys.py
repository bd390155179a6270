"""How prices in a place's own files are declared, and how far they may go."""

from __future__ import annotations

from typing import Annotated, Any

from brayton.core.records import key, number_or_twelve

LARGEST_USD = 1e7
"""Beyond this a sum or a price is a slip (estimate: far above any charge of a single customer)."""

Twelve = Annotated[tuple[float, ...], number_or_twelve(-LARGEST_USD, LARGEST_USD, f"must be finite and at most {LARGEST_USD:g}")]
"""A figure for each month, January first; a file may give one number for all."""


def price(meaning: str, unit: str, default: Any = ...) -> Any:
    """A key for a price or a sum of money, a charge or a credit, up to `LARGEST_USD` either way."""
    return key(meaning, unit, default, ge=-LARGEST_USD, le=LARGEST_USD)
