"""Ties of statements: amounts that must add up, whoever made them. What is stated, what it should be, and what is left.

The same engine checks the statements that a study makes and those that a company has published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from brayton.core.errors import Faults, SolveError
from brayton.core.outcomes import Outcome

Kind = Literal["subtotal", "roll_forward", "link", "ratio"]

TOLERANCE_USD = 0.005
"""Residual of a tie that is taken for rounding of the machine: half a cent."""

ROUNDED_RATIO = 0.005
"""Half of the last printed figure of an amount per share in cents, and a hair for rounding of the machine."""


@dataclass(frozen=True)
class Statement:
    """One statement: amounts [USD] by line, one for each column."""

    columns: tuple[str, ...]
    lines: Mapping[str, tuple[float, ...]]

    def at(self, line: str, column: str) -> float:
        return self.lines[line][self.columns.index(column)]


@dataclass(frozen=True)
class Place:
    """Where an amount stands."""

    statement: str
    line: str
    column: str

    def __str__(self) -> str:
        return f"{self.statement}.{self.line}, column {self.column}"


@dataclass(frozen=True)
class Statements:
    """Statements by name, and for each period its opening and closing date in the columns of the balance sheet."""

    by_name: Mapping[str, Statement]
    periods: Mapping[str, tuple[str, str]]

    def amount(self, place: Place) -> float:
        return self.by_name[place.statement].at(place.line, place.column)


@dataclass(frozen=True)
class Tie:
    """One sum that must hold.

    stated_usd: the total as it stands; computed_usd: from its parts; residual_usd = stated - computed. known_usd: a residual
    that is known and explained. places: every amount that enters and whose change is found.
    """

    name: str
    kind: Kind
    column: str
    stated_usd: float
    computed_usd: float
    places: tuple[Place, ...]
    known_usd: float = 0.0
    tolerance: float = TOLERANCE_USD

    @property
    def residual_usd(self) -> float:
        return self.stated_usd - self.computed_usd

    @property
    def holds(self) -> bool:
        """Whether the residual is the known one, or none; NaN is not."""
        return abs(self.residual_usd - self.known_usd) <= self.tolerance


@dataclass(frozen=True)
class Subtotal:
    """A line that is the sum of others of its statement, in every column; a part that begins with ``-`` is subtracted."""

    statement: str
    total: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class RollForward:
    """A balance that moves by lines of the cash flows: closing = opening + moves, signs as in `Subtotal`.

    balance: lines of the balance sheet that move together.
    """

    name: str
    balance: tuple[str, ...]
    moves: tuple[str, ...]
    statement: str = "cash_flows"


@dataclass(frozen=True)
class Link:
    """A line that stands in two statements. at: in the balance sheet the opening or the closing date of a period counts."""

    first: tuple[str, str]
    second: tuple[str, str]
    at: Literal["period", "opening", "closing"] = "period"


Rule = Subtotal | RollForward | Link

BALANCE = "balance_sheet"


def check_statements(statements: Statements, rules: Iterable[Rule]) -> tuple[Tie, ...]:
    """Every tie of `rules` in every column that has its amounts."""
    found = list[Tie]()
    for rule in rules:
        if isinstance(rule, Subtotal):
            found += _subtotals(statements, rule)
        elif isinstance(rule, RollForward):
            found += _roll_forwards(statements, rule)
        else:
            found += _links(statements, rule)
    return tuple(found)


def with_known(ties: Iterable[Tie], known_usd: Mapping[str, float]) -> tuple[Tie, ...]:
    """The ties with the residuals that are known, by the name of the tie."""
    return tuple(replace(tie, known_usd=known_usd.get(tie.name, 0.0)) for tie in ties)


def require_ties(ties: Iterable[Tie]) -> None:
    """SolveError with every tie that does not hold."""
    broken = [f"{tie.name} in {tie.column} is off by {tie.residual_usd:,.2f} USD" for tie in ties if not tie.holds]
    if broken:
        raise SolveError(f"statements do not tie: {'; '.join(broken)}", Outcome.NOT_CONVERGED)


def find_faults_of_ties(ties: Iterable[Tie], faults: Faults) -> None:
    """Add a fault for every tie that does not hold."""
    for tie in ties:
        if not tie.holds:
            known = f", of which {tie.known_usd:,.0f} are known" if tie.known_usd else ""
            rule = f"differs from {tie.computed_usd:,.12g}, which its parts give, by {tie.residual_usd:,.12g}{known}"
            faults.add(f"{tie.name}, column {tie.column}", f"{tie.stated_usd:,.12g}", rule, f"Check: {_told(tie.places)}.")


def _told(places: Iterable[Place]) -> str:
    return ", ".join(dict.fromkeys(f"{place.statement}.{place.line}" for place in places))


def _signed(part: str) -> tuple[float, str]:
    return (-1.0, part[1:]) if part.startswith("-") else (1.0, part)


def _sum(statements: Statements, statement: str, parts: Iterable[str], column: str) -> tuple[float, tuple[Place, ...]]:
    signed = [_signed(part) for part in parts]
    places = tuple(Place(statement, line, column) for _, line in signed)
    return sum(sign * statements.amount(place) for (sign, _), place in zip(signed, places, strict=True)), places


def _subtotals(statements: Statements, rule: Subtotal) -> list[Tie]:
    found = list[Tie]()
    for column in statements.by_name[rule.statement].columns:
        total = Place(rule.statement, rule.total, column)
        computed, places = _sum(statements, rule.statement, rule.parts, column)
        name = f"{rule.statement}.{rule.total}" + (f" = {rule.parts[0]}" if len(rule.parts) == 1 else "")
        found.append(Tie(name, "subtotal", column, statements.amount(total), computed, (total, *places)))
    return found


def _roll_forwards(statements: Statements, rule: RollForward) -> list[Tie]:
    found = list[Tie]()
    for column in statements.by_name[rule.statement].columns:
        dates = statements.periods.get(column)
        if dates is None or not set(dates) <= set(statements.by_name[BALANCE].columns):
            continue
        (before, at_open), (after, at_close) = (_sum(statements, BALANCE, rule.balance, date) for date in dates)
        moved, moves = _sum(statements, rule.statement, rule.moves, column)
        found.append(Tie(rule.name, "roll_forward", column, after, before + moved, (*at_close, *at_open, *moves)))
    return found


def _links(statements: Statements, rule: Link) -> list[Tie]:
    found = list[Tie]()
    (first, line), (second, other) = rule.first, rule.second
    for column in statements.by_name[first].columns:
        if rule.at == "period":
            where = column
        elif column in statements.periods:
            where = statements.periods[column][0 if rule.at == "opening" else 1]
        else:
            continue
        if where not in statements.by_name[second].columns:
            continue
        one, two = Place(first, line, column), Place(second, other, where)
        name = f"{first}.{line} = {second}.{other}"
        found.append(Tie(name, "link", column, statements.amount(one), statements.amount(two), (one, two)))
    return found
