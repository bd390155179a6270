"""``brayton bill`` from files to JSON and tables."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from brayton.faces.bill_tables import tied

Run = Callable[..., tuple[int, str, str]]

TARIFF = """
name = "two seasons"
source = { title = "made for a test", date = "2024", basis = "estimate" }
fixed_usd_per_month = 61.44
[[energy]]
name = "summer"
months = [6, 7, 8, 9]
usd_per_kwh = 0.0839
sell_usd_per_kwh = 0.031
[[energy]]
name = "winter"
usd_per_kwh = 0.0533
[[flat_demand]]
name = "maximum"
usd_per_kw = 9.37
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """A tariff and a net load that exports at night."""
    tariff, load = tmp_path / "tariff.toml", tmp_path / "load.csv"
    tariff.write_text(TARIFF)
    load.write_text("\n".join(["hour_of_year,net_kw", *(f"{hour},{50 * math.sin(hour / 3.8) + 30:.3f}" for hour in range(8760))]))
    return str(tariff), str(load)


def test_json_ties(files: tuple[str, str], run_brayton: Run) -> None:
    options = ("--start", "2018-01-01", "--supply-usd-per-kwh", "0.09", "--dst", "us", "--json")
    code, out, err = run_brayton("bill", *files, *options)
    assert (code, err) == (0, "")
    document: dict[str, Any] = json.loads(out)
    months, lines = document["months"], document["lines"]
    assert len(months) == 12
    assert math.isclose(sum(month["total_usd"] for month in months), document["annual_usd"], abs_tol=1e-6)
    for month in months:
        parts = ("energy_usd", "demand_usd", "fixed_usd", "minimum_adder_usd")
        total = sum(month[part] for part in parts) - month["export_credit_usd"]
        of_lines = sum(line["amount_usd"] for line in lines if line["month"] == month["month"])
        assert math.isclose(total, month["total_usd"], abs_tol=1e-6)
        assert math.isclose(of_lines, month["total_usd"], abs_tol=1e-6)
    assert set(lines[0]) == {"month", "item", "period", "tier", "quantity", "unit", "rate", "amount_usd", "note"}
    assert {line["item"] for line in lines} == {"energy", "supply", "flat_demand", "fixed", "export"}
    assert document["calendar"] == {"year": 2018, "step_minutes": 60, "dst": "us"}
    assert document["sources"][0]["basis"] == "estimate"
    assert "exports of" in document["notes"][0]


def test_tables_tie_to_the_cent(files: tuple[str, str], run_brayton: Run) -> None:
    code, out, _ = run_brayton("bill", *files, "--start", "2018-01-01")
    assert code == 0
    rows = [line.split() for line in out.splitlines()]
    months = [[float(cell) for cell in row] for row in rows if len(row) == 8 and row[0].isdigit()]
    (year,) = [[float(cell) for cell in row[1:]] for row in rows if row[:1] == ["year"]]
    assert [row[0] for row in months] == list(range(1, 13))
    for row in (*months, [0.0, *year]):
        assert round(sum(row[1:5]) - row[5], 6) == 0.0
    assert [round(sum(row[column] for row in months) - year[column - 1], 6) for column in range(1, 6)] == [0.0] * 5
    charges = [float(row[-1]) for row in rows if row[:1] in (["energy"], ["fixed"], ["export"], ["flat"])]
    assert round(sum(charges) - year[4], 6) == 0.0


def test_a_bill_of_nothing_is_printed(tmp_path: Path, run_brayton: Run) -> None:
    tariff, load = tmp_path / "tariff.toml", tmp_path / "load.csv"
    tariff.write_text(TARIFF.replace("fixed_usd_per_month = 61.44", ""))
    load.write_text("net_kw\n" + "0\n" * 8760)
    options = ("--start", "2018-01-01", "--step-minutes", "60")
    code, out, _ = run_brayton("bill", str(tariff), str(load), *options)
    assert code == 0
    assert "year" in out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), ["load.csv", "start", "never assumed", "--start 2018-01-01"]),
        (("--start", "2018-01-01", "--column", "net"), ["not a known column", "Nearest: net_kw"]),
        (("--start", "2018-01-01", "--dst", "eu"), ["dst", "Nearest"]),
        (("--start", "2018-01-01", "--supply-usd-per-kwh", "cheap"), ["--supply-usd-per-kwh", "0.09"]),
        (("--start", "2018-01-01", "--supply-usd-per-kwh", "9.0"), ["reads as cents"]),
        (("--start", "2018-01-01", "--ignore", "lookback"), ["--ignore", "URDB"]),
        (("--start", "2018-01-01", "--export", "net_metering", "--holidays", "x"), ["--export, --holidays", "URDB"]),
        (("--start", "2018-01-01", "--previous-peaks-kw", "1,2"), ["previous_peaks_kw", "twelve"]),
        (("--start", "2018-01-01", "--previous-peaks-kw", "x"), ["--previous-peaks-kw", "with commas"]),
        (("--start", "2018-01-01", "--power-factor", "90"), ["power_factor", "Write 90 % as 0.9"]),
        (("--start", "2018-01-01", "--reactive", "kvar"), ["kvar", "not a known column"]),
        (("--start", "2018-01-01", "--generation", "pv"), ["pv", "not a known column"]),
        (("--start", "2018-01-01", "--import-prices", "absent.csv"), ["absent.csv"]),
        (("--start", "2018-01-01", "--prices-added"), ["--prices-added", "--import-prices"]),
    ],
)
def test_bad_input_is_one_message_and_exit_2(
    files: tuple[str, str], options: tuple[str, ...], words: list[str], run_brayton: Run
) -> None:
    code, out, err = run_brayton("bill", *files, *options, "--json")
    assert (code, out) == (2, "")
    assert "Traceback" not in err
    for word in words:
        assert word in err


def test_urdb_overrides_reach_the_reader(files: tuple[str, str], tmp_path: Path, run_brayton: Run) -> None:
    rate = tmp_path / "rate.json"
    record = {
        "energyratestructure": [[{"rate": 0.1}]],
        "fixedchargefirstmeter": 61.44,
        "fixedchargeunits": "$/day",
        "lookbackpercent": 0.7,
    }
    rate.write_text(json.dumps(record))
    arguments = (str(rate), files[1], "--start", "2018-01-01", "--json")
    code, _, err = run_brayton("bill", *arguments)
    assert code == 2
    assert "1868.80 $/month" in err
    assert "--ignore lookback" in err
    options = ("--fixed-charge-unit", "$/month", "--ignore", "lookback")
    code, out, _ = run_brayton("bill", *arguments, *options)
    assert code == 0
    assert json.loads(out)["months"][0]["fixed_usd"] == 61.44
    other = tmp_path / "rate.yaml"
    other.write_text("")
    code, _, err = run_brayton("bill", str(other), *arguments[1:])
    assert code == 2
    assert "neither .json nor .toml" in err


def test_tied_amounts() -> None:
    assert tied([0.333, 0.333, 0.334], 1.0) == [0.34, 0.33, 0.33]
    assert tied([], 0.0) == []
    assert tied([61.44, 1000.004, 2000.004], 3061.448) == [61.44, 1000.0, 2000.01]


def test_a_ratchet_is_shown_and_the_options_of_a_record_reach_it(
    files: tuple[str, str], tmp_path: Path, run_brayton: Run
) -> None:
    rate, load, prices = tmp_path / "rate.json", tmp_path / "both.csv", tmp_path / "prices.csv"
    record = {
        "name": "ratcheted",
        "energyratestructure": [[{"rate": 0.1, "sell": 0.05}]],
        "flatdemandstructure": [[{"rate": 5.0}]],
        "flatdemandunit": "kW daily",
        "lookbackpercent": 0.8,
        "demandreactivepowercharge": 0.27,
    }
    rate.write_text(json.dumps(record))
    rows = (f"{hour},{10 + 5 * (hour < 24)},4" for hour in range(8760))
    load.write_text("\n".join(("hour_of_year,net_kw,pv_kw", *rows)))
    prices.write_text("\n".join(("hour_of_year,usd_per_kwh", *(f"{hour},0.02" for hour in range(8760)))))
    options = ("--lookback-months", "11", "--power-factor", "0.9", "--previous-peaks-kw", ",".join(["20"] * 12))
    more = ("--export", "buy_all_sell_all", "--generation", "pv_kw", "--column", "net_kw", "--start", "2018-01-01")
    added = ("--import-prices", str(prices), "--export-prices", str(prices), "--prices-added")
    arguments = (str(rate), str(load), *options, *more, *added)
    code, out, err = run_brayton("bill", *arguments, "--json")
    assert (code, err) == (0, "")
    lines = json.loads(out)["lines"]
    january = {(line["item"], line["period"]): line for line in lines if line["month"] == 1}
    demand = january["flat_demand", "period 0"]
    assert (demand["quantity"], demand["unit"]) == (31 * 19.0, "kW day")
    assert january["energy", "usd_per_kwh"]["quantity"] == pytest.approx(744 * 14 + 24 * 5)
    assert january["export", "period 0"]["amount_usd"] == pytest.approx(-744 * 4 * 0.05)
    assert january["reactive", "reactive demand"]["quantity"] == pytest.approx(19 * math.tan(math.acos(0.9)))
    february = next(line for line in lines if line["month"] == 2 and line["item"] == "flat_demand")
    assert (february["quantity"], february["note"]) == (
        28 * 16.0,
        "set by 80 % of the peak of 20.0 kW in December of the year before",
    )
    code, out, _ = run_brayton("bill", *arguments)
    assert code == 0
    assert "80 % of the peak of 20.0 kW in December of the year before" in " ".join(out.split())
