"""Puts the sheets together and saves the workbook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from brayton.faces.workbook.contract_sheet import write_contract
from brayton.faces.workbook.grid import InputSheet, YearSheet
from brayton.faces.workbook.project_sheet import ProjectSheet
from brayton.faces.workbook.statement_sheets import write_statements
from brayton.study.money.document import conventions, money_notes

if TYPE_CHECKING:
    from openpyxl import Workbook

    from brayton.study.money.cashflow import Money


def write_workbook(money: Money, name: str, path: Path) -> None:
    """Write the cash flow of one project (no draws) as a workbook: inputs, cash flow, three statements, the contract if any.

    Every figure of the years is a formula that starts from the sheet "Inputs"; lines of inputs that change by year are
    coloured where they stand. The number of years and which tables there are is fixed.
    """
    workbook(money, name).save(path)


def workbook(money: Money, name: str) -> Workbook:
    """The workbook itself."""
    from openpyxl import Workbook

    book = Workbook()
    book.calculation.fullCalcOnLoad = True  # no values are stored: whoever opens it computes them
    first = book.worksheets[0]
    first.title = "Inputs"
    inputs = InputSheet(first, name)
    flows = YearSheet(book.create_sheet("Cash flow"), money.finance.years, f"{name}: cash flow under one owner")
    project = ProjectSheet(money, inputs, flows)
    project.write()
    write_statements(book, project)
    if money.sides:
        write_contract(book, project)
    inputs.heading("Conventions")
    for text in (*conventions(money), *money_notes(money)):
        inputs.note(text)
    return book
