"""How a key of a place's own files is declared, and the table that says where their figures come from (law L8)."""

from __future__ import annotations

from typing import Annotated, Any, cast

from pydantic import BeforeValidator, Field

from brayton.core.provenance import Basis, Source
from brayton.core.records import Record

LARGEST_USD = 1e7
"""Beyond this a sum or a price is a slip (estimate: far above any charge of a single customer)."""


def key(meaning: str, unit: str = "", default: Any = ..., **limits: Any) -> Any:
    """A key of a file: meaning, unit, default (required without one), and pydantic's limits."""
    return Field(default, description=meaning, json_schema_extra={"unit": unit}, **limits)


def price(meaning: str, unit: str, default: Any = ...) -> Any:
    """A key for a price or a sum of money, a charge or a credit, up to `LARGEST_USD` either way."""
    return key(meaning, unit, default, ge=-LARGEST_USD, le=LARGEST_USD)


def _number_or_twelve(value: object) -> tuple[float, ...]:
    items = cast("tuple[object, ...]", value) if isinstance(value, tuple) else (value,) * 12
    if len(items) != 12 or not all(isinstance(item, int | float) and not isinstance(item, bool) for item in items):
        raise ValueError("must be a number or a list of twelve numbers, January first")
    numbers = cast("tuple[float, ...]", items)
    if not all(abs(number) <= LARGEST_USD for number in numbers):  # before float(), which a long integer would overflow
        raise ValueError(f"must be finite and at most {LARGEST_USD:g}")
    return tuple(float(number) for number in numbers)


Twelve = Annotated[tuple[float, ...], BeforeValidator(_number_or_twelve)]
"""A figure for each month, January first; a file may give one number for all."""


class SourceTable(Record):
    """Where the figures of a file come from."""

    title: str = key("document, with publisher and number", min_length=1)
    date: str = key("date of the document", min_length=1)
    basis: Basis = key("`primary`, `secondary`, `derived` or `estimate`")
    note: str = key("how it was derived, or why it is an estimate", "", "")
    url: str = key("where it is found", "", "")

    def cite(self) -> Source:
        """The source, as results carry it."""
        return Source(**self.model_dump())
