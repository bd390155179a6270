"""Where a number comes from (law L8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Basis = Literal["primary", "secondary", "derived", "estimate"]


@dataclass(frozen=True)
class Source:
    """Source of a number or a record.

    title: document, with publisher, number and revision. date: of the document, as printed.
    basis: ``primary`` (maker, laboratory, statute), ``secondary`` (quoted by a third party),
    ``derived`` (computed from a primary figure), ``estimate`` (our own, `note` says why).
    """

    title: str
    date: str
    basis: Basis
    note: str = ""
    url: str = ""

    def as_dict(self) -> dict[str, str]:
        return {"title": self.title, "date": self.date, "basis": self.basis, "note": self.note, "url": self.url}
