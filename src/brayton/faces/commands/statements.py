"""``brayton statements``: do published statements tie?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from brayton.faces.output import JsonFlag, print_json

if TYPE_CHECKING:
    from brayton.study.money.published import Published


def command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Published statements, JSON: columns and lines by statement.")],
    as_json: JsonFlag = False,
) -> None:
    """Check that a company's published statements add up: every subtotal, every roll-forward, every line that stands twice.

    Prints each tie with what is stated, what its parts give and what is left. Residuals that the file names under
    `known_residuals` are accepted at exactly their amount; any other is bad input (exit code 2), after the table.

    Example: `brayton statements maker_2003q2.json`
    """
    from brayton.core.errors import Faults
    from brayton.study.money.published import read_published
    from brayton.study.money.ties import find_faults_of_ties

    published = read_published(file)
    if as_json:
        print_json(_document(published))
    else:
        _print_tables(published)
    with Faults(file=str(file)) as faults:
        find_faults_of_ties(published.ties, faults)


def _document(published: Published) -> dict[str, Any]:
    """Keys of the JSON document."""
    left = [tie for tie in published.ties if abs(tie.residual_usd) > tie.tolerance]
    return {
        "about": published.about,
        "ok": all(tie.holds for tie in published.ties),
        "ties": [
            {
                "name": tie.name,
                "kind": tie.kind,
                "column": tie.column,
                "stated_usd": tie.stated_usd,
                "computed_usd": tie.computed_usd,
                "residual_usd": tie.residual_usd,
                "known_usd": tie.known_usd,
                "holds": tie.holds,
                "amounts": [str(place) for place in tie.places],
            }
            for tie in published.ties
        ],
        "residuals": [
            {"name": tie.name, "column": tie.column, "residual_usd": tie.residual_usd, "known": tie.holds} for tie in left
        ],
        "untied": [str(place) for place in published.untied],
    }


def _print_tables(published: Published) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(title="Ties of the statements", box=box.SIMPLE_HEAD, pad_edge=False)
    for head, justify in (("tie", "left"), ("column", "left"), ("stated", "right"), ("computed", "right"), ("residual", "right")):
        table.add_column(head, justify=justify, no_wrap=True)  # pyright: ignore[reportArgumentType]
    table.add_column("", no_wrap=True)
    for tie in published.ties:
        decimals = 2 if tie.kind == "ratio" else 0
        word = "" if tie.holds and not tie.known_usd else "known" if tie.holds else "DOES NOT TIE"
        left = f"{tie.residual_usd:,.{decimals}f}" if abs(tie.residual_usd) > tie.tolerance else ""
        stated, computed = f"{tie.stated_usd:,.{decimals}f}", f"{tie.computed_usd:,.{decimals}f}"
        table.add_row(tie.name, tie.column, stated, computed, left, word)
    console = Console(highlight=False)
    console.width = max(console.width, console.measure(table, options=console.options.update(max_width=200)).maximum)
    console.print(table)
    known = [tie for tie in published.ties if tie.holds and tie.known_usd]
    broken = sum(not tie.holds for tie in published.ties)
    held = len(published.ties) - len(known) - broken
    console.print(f"{held} ties close, {len(known)} leave the residual that the file names, {broken} do not tie")
    for tie in known:
        console.print(f"known residual: {tie.name}, {tie.column}: {tie.residual_usd:,.0f} USD")
    lines = dict.fromkeys(f"{place.statement}.{place.line}" for place in published.untied)
    console.print(f"in no tie, so not checked: {', '.join(lines) or 'nothing'}", markup=False)
