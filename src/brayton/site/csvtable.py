"""Comma-separated tables as the site's readers accept them: one header line at most, ``#`` comments, nothing repaired.

The cells stay text here; `numbers` turns a column into floats and says which cells it cannot use.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from brayton.core.errors import Fault, Faults, InputError, unknown_name
from brayton.site.textfile import read_lines

UNNAMED_COLUMN = "value"
"""Name of the only column of a file without a header."""
MISSING = frozenset({"", "nan", "na", "n/a", "null"})
"""Cells, in lower case, that say that a value is missing (L5)."""
_DATE = re.compile(r"\d+[-/]\d+[-/]\d+")


@dataclass(frozen=True)
class CsvTable:
    """A table of text cells.

    columns: name to cells, in the order of the file. lines: line number in the file of each row, for messages.
    comments: the ``#`` lines, without their sign.
    """

    file: str
    columns: dict[str, tuple[str, ...]]
    lines: tuple[int, ...]
    comments: tuple[str, ...] = ()

    def place(self, row: int) -> str:
        """Where a row stands in the file."""
        return f"line {self.lines[row]}"

    def cells(self, column: str) -> tuple[str, ...]:
        """The cells of a column; InputError with the nearest names if there is none of that name."""
        if column not in self.columns:
            raise unknown_name("column", column, self.columns, path="column", file=self.file)
        return self.columns[column]


def read_csv_table(path: str | Path, *, preamble_lines: int = 0) -> CsvTable:
    """Read a CSV (.gz too) strictly. preamble_lines: how many lines stand before the header and belong to no table.

    Lines that start with ``#`` are comments; empty lines are allowed at the end only, since in a series an empty line is a gap.
    A first row without any number or date is the header; a file of one column may go without.
    Errors: InputError with all faults: no rows, rows of another length, an empty line, columns unnamed or named twice.
    """
    file = str(path)
    numbered = list(enumerate(read_lines(path), 1))[preamble_lines:]
    comments = tuple(line.strip()[1:].strip() for _, line in numbered if line.lstrip().startswith("#"))
    lines, rows = _split([item for item in numbered if not item[1].lstrip().startswith("#")], file)
    header, body = _split_header(rows, file)
    with Faults(file=file) as faults:
        if not body:
            faults.add("file", f"{len(rows)} lines", "holds no data rows", "Give a header line and one row per step.")
        uneven = [(line, len(row)) for line, row in zip(lines[-len(body) :], body, strict=False) if len(row) != len(header)]
        if uneven:
            line, width = uneven[0]
            rule = f"must have {len(header)} cells as the first row has{and_more(len(uneven))}"
            faults.add(f"line {line}", f"{width} cells", rule, "Fill the row; an empty line inside a series is a gap.")
        names = [name for name in header if name.lower() not in MISSING]
        for name in sorted({name for name in names if names.count(name) > 1}):
            faults.add("header", name, "names two columns", "Give each column its own name.")
        if len(names) < len(header):
            faults.add("header", ",".join(header), "has a column without a name", "Name every column.")
    columns = zip(*body, strict=True)
    return CsvTable(file, dict(zip(header, columns, strict=True)), tuple(lines[-len(body) :]), comments)


def numbers(table: CsvTable, column: str, faults: Faults, *, gaps_allowed: bool = False) -> NDArray[np.float64]:
    """A column as floats, NaN where a cell is missing; cells that are no finite number become faults, and gaps unless allowed."""
    cells = table.cells(column)
    parsed = [parse_number(cell) for cell in cells]
    wrong = [row for row, value in enumerate(parsed) if value is None]
    missing = [row for row, value in enumerate(parsed) if value is not None and math.isnan(value)]
    if wrong:
        place = f"{table.place(wrong[0])}, column {column}"
        faults.add(place, cells[wrong[0]], f"is not a finite number{and_more(len(wrong))}", "Write it as 1234.5.")
    if missing and not gaps_allowed:
        place = f"{table.place(missing[0])}, column {column}"
        remedy = "Fill it in the source and say how; gaps are never repaired here (L5)."
        faults.add(place, cells[missing[0]], f"is missing{and_more(len(missing))}", remedy)
    return np.array([math.nan if value is None else value for value in parsed])


def whole_numbers(table: CsvTable, column: str, faults: Faults) -> NDArray[np.int64]:
    """A column of month, day or hour numbers; -1, which no calendar holds, where a cell is not a whole number below 100."""
    values = np.nan_to_num(numbers(table, column, faults), nan=-1.0)
    return np.where((values % 1.0 == 0.0) & (np.abs(values) < 100.0), values, -1.0).astype(np.int64)


def parse_number(cell: str) -> float | None:
    """The number in a cell, NaN for a missing value, None for anything else (infinity and ``1_000`` too)."""
    if cell.lower() in MISSING:
        return math.nan
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) and "_" not in cell else None


def and_more(count: int) -> str:
    """Tail of a rule that holds for several places of which the message shows the first."""
    return "" if count == 1 else f" (the first of {count})"


def _split(numbered: list[tuple[int, str]], file: str) -> tuple[list[int], list[list[str]]]:
    while numbered and not numbered[-1][1].strip():
        numbered.pop()
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader((line for _, line in numbered), strict=True)]
    except csv.Error as error:
        raise InputError(Fault("file", str(error), "is not comma-separated text", "Check quotes and commas.", file)) from None
    if len(rows) != len(numbered):
        fault = Fault(
            "file", f"{len(numbered)} lines, {len(rows)} rows", "has a cell over several lines", "Use one line a row.", file
        )
        raise InputError(fault)
    if rows and len(rows[0]) == 1 and any(mark in rows[0][0] for mark in ";\t"):
        rule = "holds columns apart by semicolons or tabs; the separator must be a comma, the decimal mark a point"
        raise InputError(Fault("header", rows[0][0], rule, "Save it as comma-separated values.", file))
    return [number for number, _ in numbered], rows


def _split_header(rows: Sequence[list[str]], file: str) -> tuple[list[str], Sequence[list[str]]]:
    first = rows[0] if rows else []
    if not any(_is_value(cell) for cell in first):
        return first, rows[1:]
    if len(first) == 1:
        return [UNNAMED_COLUMN], rows
    fault = Fault(
        "header", ",".join(first), "the first row holds values, not names", "Give a header line that names the columns.", file
    )
    raise InputError(fault)


def _is_value(cell: str) -> bool:
    number = parse_number(cell)
    return _DATE.match(cell) is not None or (number is not None and not math.isnan(number))
