"""Sums that have to close: every balance of a result, and the refusal of a result with an open one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from brayton.core.errors import SolveError
from brayton.core.outcomes import Outcome

BALANCE_TOLERANCE = 1e-6
"""Largest residual of a balance, per unit of its total, that is taken for rounding."""


@dataclass(frozen=True)
class Balance:
    """A sum that has to close: what goes in less what goes out. unit: of all three figures. run: baseline or with_project."""

    run: str
    name: str
    unit: str
    total_in: float
    total_out: float

    @property
    def residual(self) -> float:
        return self.total_in - self.total_out

    def as_dict(self) -> dict[str, Any]:
        return {item.name: getattr(self, item.name) for item in fields(self)} | {"residual": self.residual}


def require_closed(balances: Iterable[Balance]) -> None:
    """SolveError with every balance that does not close; NaN closes none."""
    open_ones = [
        item
        for item in balances
        if not abs(item.residual) <= BALANCE_TOLERANCE * max(abs(item.total_in), abs(item.total_out), 1.0)
    ]
    if open_ones:
        told = "; ".join(f"{item.run}, {item.name}: {item.residual:g} {item.unit} are left" for item in open_ones)
        raise SolveError(f"the study does not close its balances: {told}", Outcome.NOT_CONVERGED)
