"""Shared by the golden studies: the examples as tables that a test may change, and the page of the places, which tests hold."""

from __future__ import annotations

import copy
import gzip
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from brayton.core.records import parse_record
from brayton.study.inputs import load_inputs
from brayton.study.result import StudyResult
from brayton.study.scenario import Scenario
from brayton.study.study import run_study

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "places.md"

SAME = 0.01
"""How far a figure of the page may lie from the study's: numbers of other processors and compilers differ less."""

Tables = dict[str, Any]
Change = Callable[[Tables], object]


class Example:
    """A scenario of examples/, run as it is or changed."""

    def __init__(self, name: str) -> None:
        self.file = ROOT / "examples" / name
        self.tables: Tables = tomllib.loads(self.file.read_text())

    def run(self, *changes: Change) -> StudyResult:
        """The study after `changes` of its tables; sources of keys that are gone go with them."""
        tables = copy.deepcopy(self.tables)
        for change in changes:
            change(tables)
        _forget_sources(tables)
        return run_study(load_inputs(parse_record(Scenario, tables, str(self.file)), self.file))


def _forget_sources(tables: Tables) -> None:
    for source in tables["source"]:
        source["fields"] = [field for field in source["fields"] if _stands(tables, field.split("."))]
    tables["source"] = [source for source in tables["source"] if source["fields"]]


def _stands(part: Any, keys: Sequence[str]) -> bool:
    """Whether any table of `part` has the key that `keys` lead to."""
    if isinstance(part, list):
        return any(_stands(item, keys) for item in part)
    if not keys:
        return True
    return isinstance(part, Mapping) and keys[0] in part and _stands(part[keys[0]], keys[1:])


@pytest.fixture(scope="session")
def example_of() -> Callable[[str], Example]:
    """``example_of("01_waldbaums.toml")``; run its result once per module and share it."""
    return Example


@pytest.fixture(scope="session")
def on_weather(shared: Path) -> Callable[[str], Change]:
    """``on_weather(name)`` puts an EPW file of the shared inputs in place of the normals."""

    def of(name: str) -> Change:
        weather = {"epw": str(shared / "inputs" / "weather" / f"{name}.epw.gz"), "correct_to_elevation": True}
        return lambda tables: tables.update(weather=weather)

    return of


@pytest.fixture(scope="session")
def on_tariff(shared: Path) -> Callable[[str], Change]:
    """``on_tariff(file)`` puts a record of the Utility Rate Database in place of the restated tariff."""

    def of(file: str | Path) -> Change:
        def change(tables: Tables) -> None:
            del tables["tariff"]["inline"]
            tables["tariff"]["urdb"] = str(shared / "inputs" / "tariffs" / file)  # an absolute path stands as it is

        return change

    return of


@pytest.fixture(scope="session")
def scaled_load(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, float], Path]:
    """``scaled_load(building, factor)``: a CSV of a DOE reference building, every column times `factor`."""

    def of(building: str, factor: float) -> Path:
        with gzip.open(shared / "inputs" / "loads" / f"doe_crb_{building}.csv.gz", "rt") as text:
            loads = pd.read_csv(text, comment="#").drop(columns="hour_of_year") * factor
        file = tmp_path_factory.mktemp("loads") / f"{building}.csv"
        loads.to_csv(file, index=False)
        return file

    return of


class Page:
    """docs/places.md, whose tables stand between ``<!-- NAME -->`` and ``<!-- end -->``."""

    def __init__(self, *, write: bool) -> None:
        self.write = write

    def check(self, name: str, columns: Sequence[str], rows: Mapping[str, Sequence[float]]) -> None:
        """Hold a table of the page against the figures of `rows`, or write it with ``--write-tables``."""
        printed = [[heading, *map(_printed, figures)] for heading, figures in rows.items()]
        if self.write:
            self._put(name, columns, printed)
            return
        written = self.rows(name)
        assert written[0] == list(columns), f"{PAGE}: columns of {name}"
        assert [row[0] for row in written[1:]] == list(rows), f"{PAGE}: rows of {name}"
        wrong = [
            f"{row[0]}, {heading}: {cell} on the page, {now} now"
            for row, new in zip(written[1:], printed, strict=True)
            for heading, cell, now in zip(columns, row, new, strict=True)
            if not _alike(cell, now)
        ]
        assert not wrong, f"{PAGE}, {name}: {'; '.join(wrong)}. Write it anew: pytest tests/scenarios --write-tables"

    def check_column(self, name: str, heading: str, figures: Mapping[str, float]) -> None:
        """Hold one column of a table, where the others need inputs that are absent."""
        if self.write:
            return
        columns, *rows = self.rows(name)
        written = {row[0]: row[columns.index(heading)] for row in rows}
        printed = {key: _printed(figure) for key, figure in figures.items()}
        assert written.keys() == printed.keys()
        wrong = [f"{key}: {written[key]} on the page, {now} now" for key, now in printed.items() if not _alike(written[key], now)]
        assert not wrong, f"{PAGE}, {name}: {'; '.join(wrong)}"

    def rows(self, name: str) -> list[list[str]]:
        """Cells of a table on the page, its heading first."""
        lines = PAGE.read_text().split(f"<!-- {name} -->\n")[1].split("<!-- end -->")[0].strip().splitlines()
        cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
        return [cells[0], *cells[2:]]

    def _put(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        before, rest = PAGE.read_text().split(f"<!-- {name} -->\n")
        after = rest.split("<!-- end -->", 1)[1]
        rule = "|---|" + "---:|" * (len(columns) - 1)
        lines = ["| " + " | ".join(columns) + " |", rule, *("| " + " | ".join(row) + " |" for row in rows)]
        PAGE.write_text(f"{before}<!-- {name} -->\n\n" + "\n".join(lines) + f"\n\n<!-- end -->{after}")


def _printed(figure: float) -> str:
    return f"{figure:,.1f}"


def _alike(written: str, now: str) -> bool:
    """The same words, or numbers within `SAME` or one in the last place that is printed."""
    if written == now:
        return True
    try:
        old, new = (float(text.replace(",", "").rstrip("%")) for text in (written, now))
    except ValueError:
        return False
    decimals = len(now.rstrip("%").partition(".")[2])
    return abs(old - new) <= max(SAME * abs(new), 1.01 * 10.0**-decimals)


@pytest.fixture(scope="session")
def page(request: pytest.FixtureRequest) -> Page:
    """The page of the places."""
    return Page(write=request.config.getoption("--write-tables"))
