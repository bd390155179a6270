"""``python -m benchmarks``: measures, prints one table, and exits 1 when a target is missed."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from pathlib import Path

from benchmarks import registry
from benchmarks.registry import Row

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
PREAMBLE = """# Benchmarks

Written by `python -m benchmarks --write` on: {machine}.
Times are the best of several repeats, after compilation; a peer is measured in the same run, on the same machine.

"""
COLUMNS = ("what", "value", "unit", "target", "", "peer", "peer's value", "times faster", "note")


def figure(number: float | None) -> str:
    if number is None:
        return ""
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.3g}"


def cells(row: Row) -> tuple[str, ...]:
    verdict = {True: "met", False: "MISSED", None: ""}[row.met]
    against_peer = (row.peer or "", figure(row.peer_value), figure(row.times_faster))
    return (row.name, figure(row.value), row.unit, figure(row.target), verdict, *against_peer, row.note)


def table(rows: list[Row]) -> str:
    """The rows as one Markdown table, padded so that it also reads well in a terminal."""
    lines = [COLUMNS, *map(cells, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(COLUMNS))]
    printed = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines]
    return "\n".join([printed[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *printed[1:]])


def machine() -> str:
    return f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", choices=registry.names(), help="run one benchmark")
    parser.add_argument("--json", action="store_true", help="print one JSON document instead of a table")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.parent.name}/{PAGE.name}")
    wanted = parser.parse_args()

    rows: list[Row] = []
    for name in [wanted.only] if wanted.only else registry.names():
        print(f"{name} ...", file=sys.stderr)
        rows += registry.measure(name)
    missed = [row.name for row in rows if row.met is False]

    if wanted.json:
        print(json.dumps({"machine": machine(), "rows": [row.as_dict() for row in rows], "missed": missed}, indent=2))
    else:
        print(table(rows))
        print(f"\n{machine()}.", f"Missed: {', '.join(missed)}." if missed else "Every target is met.")
    if wanted.write:
        PAGE.write_text(PREAMBLE.format(machine=machine()) + table(rows) + "\n")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
