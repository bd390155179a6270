"""Statements that a maker published: every tie, the residuals that are known, and that a changed digit is found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from brayton.study.money.published import RULES, read_published
from brayton.study.money.ties import Link, Place, RollForward, Rule, Statement, Statements, check_statements

KNOWN_USD = {
    "warranty_roll_forward": -1000.0,
    "deferred_revenue_roll_forward": 1000.0,
    "capital_lease_roll_forward": -23_000.0,
}


def test_published_statements_tie_shared(shared, table):
    published = read_published(shared / "data" / "maker_2003q2.json")
    kinds = ("subtotal", "roll_forward", "link", "ratio")
    rows = []
    for kind in kinds:
        ties = [tie for tie in published.ties if tie.kind == kind]
        left = [tie for tie in ties if abs(tie.residual_usd) > tie.tolerance]
        told = "; ".join(f"{tie.name.replace('_', ' ')} {tie.residual_usd:+,.0f} USD" for tie in left)
        rows.append((kind.replace("_", "-"), len(ties), len(ties) - len(left), told or "none"))
    table(
        "money_statements",
        "Statements of a microturbine maker, second quarter of 2003: what ties",
        ["kind of tie", "ties", "that close", "residuals, stated - computed"],
        rows,
        note=(
            "Capstone Turbine Corporation, release of 17 July 2003: balance sheet, operations and cash flows as printed. "
            "Tolerance: half a cent, for the loss per share half of its last figure. The first two residuals are rounding to "
            "thousands, the third is not explained by the printed lines. A change of any digit of any amount that enters a tie "
            "is found; only the numbers of shares enter none."
        ),
    )
    assert {tie.name: tie.residual_usd for tie in published.ties if abs(tie.residual_usd) > tie.tolerance} == KNOWN_USD
    assert all(tie.holds for tie in published.ties)
    assert {place.line for place in published.untied} == {"weighted_average_shares"}


def changed_digits(amount: float) -> Iterator[float]:
    """The amount with one digit of its print changed to each of the nine others."""
    text = f"{amount:.2f}" if amount % 1.0 else f"{amount:.0f}"
    for position, old in enumerate(text):
        for new in "0123456789" if old.isdigit() else "":
            if new != old:
                yield float(text[:position] + new + text[position + 1 :])


def concerns(rule: Rule, place: Place) -> bool:
    if isinstance(rule, Link):
        return (place.statement, place.line) in (rule.first, rule.second)
    if isinstance(rule, RollForward):
        return place.line in rule.balance if place.statement == "balance_sheet" else place.line in rule.moves
    return place.statement == rule.statement and place.line in {rule.total, *(part.lstrip("-") for part in rule.parts)}


def with_amount(statements: Statements, place: Place, amount: float) -> Statements:
    statement = statements.by_name[place.statement]
    values = list(statement.lines[place.line])
    values[statement.columns.index(place.column)] = amount
    changed = Statement(statement.columns, {**statement.lines, place.line: tuple(values)})
    return replace(statements, by_name={**statements.by_name, place.statement: changed})


def test_any_changed_digit_is_found_shared(shared):
    """All digits of all amounts that enter a tie; the known residuals are known only at their amounts."""
    published = read_published(shared / "data" / "maker_2003q2.json")
    tied = sorted({place for tie in published.ties for place in tie.places}, key=str)
    printed = json.loads((shared / "data" / "maker_2003q2.json").read_text())
    lines = [values for name in published.statements.by_name for line, values in printed[name].items() if line != "columns"]
    assert len(tied) + len(published.untied) == sum(map(len, lines)), "every printed amount"
    tried, missed = 0, []
    for place in (place for place in tied if place.line != "loss_per_share"):
        rules = [rule for rule in RULES if concerns(rule, place)]
        for amount in changed_digits(published.statements.amount(place)):
            ties = check_statements(with_amount(published.statements, place, amount), rules)
            tried += 1
            if all(abs(tie.residual_usd - KNOWN_USD.get(tie.name, 0.0)) <= tie.tolerance for tie in ties):
                missed.append((str(place), amount))
    assert tried > 8000
    assert missed == []


def test_a_changed_digit_per_share_is_found_shared(shared):
    published = read_published(shared / "data" / "maker_2003q2.json")
    for tie in (tie for tie in published.ties if tie.kind == "ratio"):
        for amount in changed_digits(tie.stated_usd):
            assert not replace(tie, stated_usd=amount).holds
