"""Tables of a year's bill at a shell: its months and its charges, to the cent, each adding up to the year."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.markup import escape

if TYPE_CHECKING:
    from rich.table import Table

Column = tuple[str, str, Callable[[Iterable[float]], float], str]
"""A column beside the money: its head, the month's attribute, what makes the year of the months, and the format."""


def print_bill(title: str, subtitle: str, tables: Iterable[Table], notes: Iterable[str], width: int) -> None:
    """Print a bill: `tables` need `width` characters; in a narrower terminal a line breaks rather than lose its figures."""
    from rich.console import Console

    console = Console(highlight=False, width=max(Console().width, width))
    console.print(f"[bold]{escape(title)}[/bold], {escape(subtitle)}")
    for table in tables:
        console.print(table)
    for note in notes:
        console.print(f"note: {note}", style="yellow", markup=False)


def empty_table(*columns: str, words: int) -> Table:
    """A table whose first `words` columns hold words and the others figures."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for index, column in enumerate(columns):
        table.add_column(column, justify="left" if index < words else "right", no_wrap=True)
    return table


def month_table(months: Sequence[Any], signs: Mapping[str, int], annual_usd: float, *columns: Column) -> Table:
    """The months and the year. signs: a month's parts that enter its ``total_usd``, with their signs; empty ones are left out."""
    kinds = [(name, sign) for name, sign in signs.items() if any(getattr(month, name) for month in months)]
    heads = [name.removesuffix("_usd").removesuffix("_adder").replace("_", " ") for name, _ in kinds]
    table = empty_table("month", *heads, "USD", *(head for head, *_ in columns), words=1)
    totals = tied([month.total_usd for month in months], annual_usd)
    sums = [0.0] * len(kinds)
    for month, total in zip(months, totals, strict=True):
        cells = tied([sign * getattr(month, name) for name, sign in kinds], total)
        sums = [sum_ + cell for sum_, cell in zip(sums, cells, strict=True)]
        others = (format(getattr(month, name), form) for _, name, _, form in columns)
        table.add_row(str(month.month), *in_cents(*cells, total), *others)
    table.add_section()
    others = (format(of_year(getattr(month, name) for month in months), form) for _, name, of_year, form in columns)
    table.add_row("year", *in_cents(*sums, annual_usd), *others)
    return table


def charge_table(lines: Sequence[Any], annual_usd: float, *, meters: Sequence[str] = ()) -> Table:
    """The lines of the year that cost or earn something, those of a charge summed over the months; charges of a kind together.

    lines: with item, period, tier, unit, quantity, and amount_usd. meters: in order, where the lines have a `meter` too.
    """
    kinds = list(dict.fromkeys(line.item for line in lines))
    sums: dict[tuple[str, ...], tuple[float, float]] = {}
    for line in sorted(lines, key=lambda line: (meters.index(line.meter) if meters else 0, kinds.index(line.item))):
        meter = (line.meter,) if meters else ()
        words = (*meter, line.item.replace("_", " "), line.period or "", str(line.tier or ""), line.unit)
        quantity, amount = sums.get(words, (0.0, 0.0))
        sums[words] = quantity + line.quantity, amount + line.amount_usd
    heads = ("meter",) if meters else ()
    table = empty_table(*heads, "charge", "period", "tier", "quantity", "unit", "USD/unit", "USD", words=3 + len(heads))
    shown = tied([amount for _, amount in sums.values()], annual_usd)
    for ((*words, unit), (quantity, amount)), cell in zip(sums.items(), shown, strict=True):
        if cell:
            rate = f"{amount / quantity:.5g}" if quantity else ""
            table.add_row(*map(escape, words), f"{quantity:.1f}", unit, rate, *in_cents(cell))
    return table


def tied(amounts: Iterable[float], total: float) -> list[float]:
    """Amounts to the cent that add up to `total` to the cent: rounded, the cents that are left over put on the largest."""
    cents = [round(100 * amount) for amount in amounts]
    if not cents:
        return []
    largest = max(range(len(cents)), key=lambda index: abs(cents[index]))
    cents[largest] += round(100 * total) - sum(cents)
    return [cent / 100 for cent in cents]


def in_cents(*amounts: float) -> Sequence[str]:
    """Amounts as printed; nothing is -0.00."""
    return [f"{amount + 0.0:.2f}" for amount in amounts]
