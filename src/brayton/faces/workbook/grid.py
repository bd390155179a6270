"""A sheet of lines over years: each line has a label and one cell a year, which others refer to by year."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

Cell = str | float | int | None

FIRST_COLUMN = 3
"""Column of year 0; labels and units stand before it."""

USD, COUNT, SHARE, PLAIN = "#,##0;-#,##0;-", "#,##0", "0.00%", "0.######"
"""Number formats."""

HEAD, INPUT, TOTAL = Font(bold=True), Font(color="1F4E9E"), Font(bold=True)
INPUT_FILL, CHECK_FILL = PatternFill("solid", fgColor="FFF7DC"), PatternFill("solid", fgColor="E4F2E4")


@dataclass(frozen=True)
class Line:
    """A line of a sheet."""

    sheet: str
    row: int
    years: int

    def __getitem__(self, year: int) -> str:
        """The cell of a year, for formulas of the same sheet."""
        return f"{get_column_letter(FIRST_COLUMN + year)}{self.row}"

    def out(self, year: int) -> str:
        """The cell of a year, for formulas of any sheet."""
        return f"'{self.sheet}'!{self[year]}"

    def span(self, first: int = 0, last: int | None = None) -> str:
        """The cells from one year to another, the last if left out."""
        return f"{self[first]}:{self[self.years if last is None else last]}"


Formula = Callable[[int], Cell]


class YearSheet:
    """Writes lines downwards; column A has labels, B units, then the years from 0."""

    def __init__(self, sheet: Worksheet, years: int, title: str) -> None:
        self.sheet, self.years, self.next_row = sheet, years, 1
        self.heading(title)
        self.year = self.line("year", "", lambda year: year, number_format="0")
        sheet.freeze_panes = f"{get_column_letter(FIRST_COLUMN)}{self.next_row}"
        sheet.column_dimensions["A"].width = 44
        sheet.column_dimensions["B"].width = 10
        for year in range(years + 1):
            sheet.column_dimensions[get_column_letter(FIRST_COLUMN + year)].width = 12

    def heading(self, text: str) -> None:
        """A heading, with a free row above it unless it is the first."""
        self.next_row += self.next_row > 1
        _write_text(self.sheet.cell(self.next_row, 1), text).font = HEAD
        self.next_row += 1

    def line(
        self, label: str, unit: str, formula: Formula, *, number_format: str = USD, total: bool = False, given: bool = False
    ) -> Line:
        """A line; `formula` gives the content of each year. total: in bold; given: an input, in colour."""
        made = Line(self.sheet.title, self.next_row, self.years)
        _write_text(self.sheet.cell(made.row, 1), label)
        self.sheet.cell(made.row, 2, unit)
        for year in range(self.years + 1):
            cell = self.sheet.cell(made.row, FIRST_COLUMN + year, formula(year))
            cell.number_format = number_format
            if total:
                cell.font = TOTAL
            if given:
                cell.font, cell.fill = INPUT, INPUT_FILL
        self.next_row += 1
        return made

    def figure(self, label: str, unit: str, content: Cell, number_format: str = USD) -> str:
        """One figure under the years; its cell, for any sheet."""
        _write_text(self.sheet.cell(self.next_row, 1), label)
        self.sheet.cell(self.next_row, 2, unit)
        cell = self.sheet.cell(self.next_row, FIRST_COLUMN, content)
        cell.number_format, cell.font = number_format, TOTAL
        self.next_row += 1
        return f"'{self.sheet.title}'!{cell.coordinate}"


class InputSheet:
    """Writes inputs downwards: label, value, unit. Each returns the absolute reference that formulas use."""

    def __init__(self, sheet: Worksheet, title: str) -> None:
        self.sheet, self.next_row = sheet, 1
        _write_text(sheet.cell(1, 1), title).font = HEAD
        sheet.cell(2, 1, "Coloured cells are inputs; every other sheet is computed from them.")
        sheet.column_dimensions["A"].width = 58
        sheet.column_dimensions["B"].width = 16
        sheet.column_dimensions["C"].width = 12
        self.next_row = 3

    def heading(self, text: str) -> None:
        """A heading with a free row above it."""
        _write_text(self.sheet.cell(self.next_row + 1, 1), text).font = HEAD
        self.next_row += 2

    def add(self, label: str, value: Any, unit: str = "", number_format: str = PLAIN) -> str:
        """One input."""
        _write_text(self.sheet.cell(self.next_row, 1), label)
        self.sheet.cell(self.next_row, 3, unit)
        cell = self.sheet.cell(self.next_row, 2, value)
        cell.number_format, cell.font, cell.fill = number_format, INPUT, INPUT_FILL
        self.next_row += 1
        return f"'{self.sheet.title}'!$B${cell.row}"

    def note(self, text: str) -> None:
        """A remark."""
        _write_text(self.sheet.cell(self.next_row, 1), text)
        self.next_row += 1


def _write_text(cell: Any, text: str) -> Any:
    """Write words of the user's files as words, even where they begin like a formula."""
    cell.value = text
    cell.data_type = "s"
    return cell


def added(parts: Iterable[str]) -> str:
    """A formula that adds cells; zero if there are none."""
    found = list(parts)
    return "=" + "+".join(found) if found else "=0"


def capped(amount: str, cap: str | None) -> str:
    """An amount, at most the cap, if there is one."""
    return amount if cap is None else f"MIN({amount},{cap})"


def from_year(first: int, formula: Formula) -> Formula:
    """Zero before a year, then `formula`."""
    return lambda year: 0 if year < first else formula(year)


def values(numbers: Sequence[float]) -> Formula:
    """The numbers of the years, as they are."""
    return lambda year: float(numbers[year])
