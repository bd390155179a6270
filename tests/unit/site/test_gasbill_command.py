"""``brayton gasbill`` from files to JSON and tables."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from brayton.site import gas_tariff_toml

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def files(example_of, tmp_path: Path) -> tuple[str, str]:
    tariff, load = tmp_path / "gas.toml", tmp_path / "fuel.csv"
    tariff.write_text(example_of(gas_tariff_toml).text)
    rows = (f"{hour},{60 + 50 * math.cos(hour / 8760 * 2 * math.pi):.3f},200,-1" for hour in range(8760))
    load.write_text("\n".join(["hour_of_year,boiler_kw,machines_kw,negative_kw", *rows]))
    return str(tariff), str(load)


OPTIONS = ("--column", "boiler_kw", "--machine-column", "machines_kw", "--start", "2018-01-01")


def test_json_ties(files: tuple[str, str], run_brayton: Run) -> None:
    code, out, err = run_brayton("gasbill", *files, *OPTIONS, "--json")
    assert (code, err) == (0, "")
    document: dict[str, Any] = json.loads(out)
    months, lines = document["months"], document["lines"]
    assert math.isclose(sum(month["total_usd"] for month in months), document["annual_usd"], abs_tol=1e-6)
    for number, month in enumerate(months, 1):
        parts = sum(value for name, value in month.items() if name.endswith("_usd") and name != "total_usd")
        assert month["month"] == number
        assert math.isclose(parts, month["total_usd"], abs_tol=1e-9)
        assert math.isclose(sum(line["amount_usd"] for line in lines if line["month"] == number), parts, abs_tol=1e-9)
    assert set(lines[0]) == {"meter", "month", "item", "period", "tier", "quantity", "unit", "rate", "note", "amount_usd"}
    assert document["calendar"] == {"year": 2018, "step_minutes": 60}
    assert document["sources"][0]["title"] == "Tariff book, sheet 12"


def test_tables_tie_to_the_cent(files: tuple[str, str], run_brayton: Run) -> None:
    code, out, _ = run_brayton("gasbill", *files, *OPTIONS)
    assert code == 0
    assert "…" not in out
    rows = [line.split() for line in out.splitlines()]
    months = [[float(cell) for cell in row] for row in rows if len(row) == 11 and row[0].isdigit()]
    (year,) = [[float(cell) for cell in row[1:]] for row in rows if row[:1] == ["year"]]
    assert [row[0] for row in months] == list(range(1, 13))
    for row in (*months, [0.0, *year]):
        assert round(sum(row[1:8]) - row[8], 6) == 0.0
    assert [round(sum(row[column] for row in months) - year[column - 1], 6) for column in range(1, 9)] == [0.0] * 8
    charges = [float(row[-1]) for row in rows if row[:1] in (["main"], ["machines"])]
    assert round(sum(charges) - year[7], 6) == 0.0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), ["fuel.csv", "3 columns of values"]),
        (("--column", "boiler_kw"), ["start", "never assumed"]),
        (("--column", "boiler", "--start", "2018-01-01"), ["not a known column", "Nearest: boiler_kw"]),
        (("--column", "negative_kw", "--start", "2018-01-01"), ["fuel_kw_hhv, step 0", "not negative"]),
        ((*OPTIONS, "--machine-column", "turbine"), ["not a known column"]),
    ],
)
def test_bad_input_is_one_message_and_exit_2(
    files: tuple[str, str], options: tuple[str, ...], words: list[str], run_brayton: Run
) -> None:
    code, out, err = run_brayton("gasbill", *files, *options, "--json")
    assert (code, out) == (2, "")
    assert "Traceback" not in err
    assert not [word for word in words if word not in err], err


def test_a_tariff_that_is_no_toml_is_bad_input(files: tuple[str, str], run_brayton: Run) -> None:
    code, out, err = run_brayton("gasbill", files[1], files[1], "--start", "2018-01-01")
    assert (code, out) == (2, "")
    assert "not valid TOML" in err
