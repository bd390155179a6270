"""``brayton cashflow``: the money alone, year by year, without a site."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from brayton.faces.output import JsonFlag, print_json

if TYPE_CHECKING:
    from rich.table import Table

    from brayton.study.money.cashflow import Money
    from brayton.study.money.party import Party

WORKBOOK = "cashflow.xlsx"
WIDEST = 400
"""Columns beyond which a table of years is cut, however wide the terminal."""


def command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Cash-flow file (TOML): cost, savings by item, [finance].")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder for `cashflow.xlsx`; made if it does not exist.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """The money of a project by itself: escalation, tax, depreciation, incentives, debt, contracts, year by year.

    A file has `installed_cost_usd`, `[savings_usd]` with the first year of each item or one number per year, and `[finance]`
    as in a scenario; `[operation]` has what is paid by the kWh, the hour, the start or the kW. With `--out` a workbook is
    written whose cells compute: inputs, cash flow, three statements that tie, and the sides of a contract.

    Example: `brayton cashflow cashflow.toml --out build/money --json`
    """
    from brayton.faces.study_files import check_folder
    from brayton.study.money.cashflow import whole_money
    from brayton.study.money.document import money_document
    from brayton.study.money.file import read_cash_flow

    if out is not None:
        check_folder(out)
    case = read_cash_flow(file)
    money = whole_money(case.project, case.finance)
    if out is not None:
        typer.echo(f"wrote {_write(money, case.name, out)}", err=True)
    document = {"name": case.name, **money_document(money)}
    if as_json:
        print_json(document)
        return
    _print_tables(case.name, (money.whole, *money.sides), document)


def _write(money: Money, name: str, folder: Path) -> Path:
    """Write the workbook; one that was there before stays until the new one is complete."""
    from brayton.faces.workbook import write_workbook

    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{WORKBOOK}.part.xlsx"
    write_workbook(money, name, draft)
    return draft.replace(folder / WORKBOOK)


def _print_tables(name: str, parties: tuple[Party, ...], document: dict[str, Any]) -> None:
    from rich.console import Console

    titles = (name, *(f"{name}: {party.name} of the contract" for party in parties[1:]))
    tables = [_table(title, party) for title, party in zip(titles, parties, strict=True)]
    console = Console(highlight=False)
    wide = console.options.update(max_width=WIDEST)
    console.width = max(console.width, *(console.measure(table, options=wide).maximum for table in tables))
    for table, party in zip(tables, parties, strict=True):
        console.print(table)
        console.print(_measures(party))
    for key, label, unit in (
        ("lcoe_usd_per_kwh", "levelised cost of electricity", "USD/kWh"),
        ("cost_of_saved_co2_usd_per_t", "cost of saved CO2", "USD/t"),
    ):
        if document[key] is not None:
            console.print(f"{label} {document[key]:,.4g} {unit}")
    for kind in ("conventions", "notes"):
        for text in document[kind]:
            console.print(f"{kind.removesuffix('s')}: {text}", markup=False)


def _table(title: str, party: Party) -> Table:
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=escape(title), box=box.SIMPLE_HEAD, pad_edge=False)
    rows = party.rows()
    heads = [*(flow.name for flow in party.flows), "tax", "after tax", "present value"]
    for head in ("year", *heads):
        table.add_column(escape(head.replace("_", " ")), justify="right", no_wrap=True)
    for row in rows:
        cells = (*row["items"].values(), -row["tax_usd"], row["after_tax_usd"], row["present_value_usd"])
        table.add_row(str(row["year"]), *(f"{cell + 0.0:,.0f}" if abs(cell) >= 0.5 else "" for cell in cells))
    return table


def _measures(party: Party) -> str:
    def years(value: float | None) -> str:
        return "none" if value is None else f"{value:.2f} years"

    rate = "none" if party.irr is None else f"{100.0 * party.irr:.2f} %"
    return (
        f"net present value {party.npv_usd:,.0f} USD, rate of return {rate}, payback {years(party.simple_payback_years)}, "
        f"discounted {years(party.discounted_payback_years)}"
    )
