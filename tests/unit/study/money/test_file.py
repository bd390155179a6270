"""The cash-flow file: what it may hold, and what is told about one that cannot be read."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.study.money.cashflow import whole_money
from brayton.study.money.file import parse_cash_flow

FILE = """
installed_cost_usd = 150_000
[savings_usd]
electric = 60_000.0
boiler_fuel = 12_000.0
machine_fuel = -35_000.0
om = { usd = -6000.0, escalation = 0.03 }
[finance]
years = 10
discount_rate = 0.08
discount_rate_basis = "nominal"
escalation_electric = 0.02
escalation_fuel = 0.01
"""

GRANT = 'years = 10\nincentives = { capital = [{ name = "a", taxable = true, reduces_basis = false }] }'


def read(text: str):
    return parse_cash_flow(text.encode(), "case.toml")


def faults_of(text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        read(text)
    assert all(fault.file == "case.toml" for fault in caught.value.faults)
    return [fault.path for fault in caught.value.faults]


def test_items_grow_with_the_price_that_their_name_says():
    savings = {saving.name: saving.escalation for saving in read(FILE).project.savings}
    assert savings == {"electric": 0.02, "boiler_fuel": 0.01, "machine_fuel": 0.01, "om": 0.03}


def test_cost_and_savings_may_stand_in_finance():
    head, finance = FILE.split("[finance]")
    moved = "[finance]" + finance + head.strip().replace("[savings_usd]", "[finance.savings_usd]")
    found, plain = read(moved), read(FILE)
    assert found.project == plain.project
    assert faults_of(moved.replace("12_000.0", '"much"')) == ["finance.savings_usd.boiler_fuel"]
    assert faults_of("installed_cost_usd = 1.0\n" + moved) == ["finance.installed_cost_usd"]


def test_a_series_is_taken_as_it_is():
    text = FILE.replace("years = 10", "years = 3\ndegradation = 0.1").replace("electric = 60_000.0", "electric = [1.0, 2, 4]")
    case = read(text)
    flows = {flow.name: flow.usd.tolist() for flow in whole_money(case.project, case.finance).whole.flows}
    assert flows["electric"] == [0.0, 1.0, 2.0, 4.0]
    assert flows["boiler_fuel"] == pytest.approx([0.0, 12_000.0, 12_000.0 * 1.01 * 0.9, 12_000.0 * (1.01 * 0.9) ** 2])


def test_a_price_by_name_takes_its_growth():
    text = FILE.replace("om = { usd = -6000.0, escalation = 0.03 }", 'rent = { usd = 5.0, escalation = "fuel", taxable = false }')
    saving = read(text).project.savings[-1]
    assert (saving.escalation, saving.taxable, saving.electric) == (0.01, False, False)


@pytest.mark.parametrize(
    ("old", "new", "paths"),
    [
        ("boiler_fuel", "rent", ["savings_usd.rent.escalation"]),
        ("boiler_fuel", "service", ["savings_usd.service"]),
        ("= 12_000.0", "= [1.0, 2.0]", ["savings_usd.boiler_fuel"]),
        ("= 12_000.0", "= { usd = 1.0, taxabel = true }", ["savings_usd.boiler_fuel.taxabel"]),
        ("= 12_000.0", "= nan", ["savings_usd.boiler_fuel"]),
        ("= 12_000.0", '= "12"', ["savings_usd.boiler_fuel"]),
        ("= 12_000.0", "= []", ["savings_usd.boiler_fuel"]),
        ("escalation = 0.03", 'escalation = "gas"', ["savings_usd.om.escalation"]),
        ("150_000", "-1.0", ["installed_cost_usd"]),
        ("years = 10", "", ["finance.years"]),
        ("years = 10", "years = 10\ninflation = 0.02", ["finance.inflation"]),
        ('"nominal"', '"real"', ["finance.inflation"]),
        ("years = 10", "years = 10\ntax_rate = 0.2\ntax = { federal_rate = 0.21 }", ["finance.tax_rate"]),
        ("years = 10", "years = 10\ndept = { rate = 0.05, years = 5, fraction = 0.5 }", ["finance.dept"]),
        ("years = 10", "years = 10\nsalvage = { usd = 1.0, fraction = 0.1 }", ["finance.salvage"]),
        ("years = 10", GRANT, ["finance.incentives.capital[0]"]),
        ("years = 10", GRANT.replace("taxable", "usd_per_kw = 1.0, taxable"), ["finance.incentives.capital[0].usd_per_kw"]),
        ("years = 10", 'years = 10\nincentives = { production = [{ name = "a", usd_per_kwh = 1.0, years = 3 }] }',
         ["finance.incentives.production[0].taxable"]),
        ("[savings_usd]", "[saving_usd]", ["savings_usd", "saving_usd"]),
    ],
)  # fmt: skip
def test_faults_name_their_place(old, new, paths):
    assert sorted(faults_of(FILE.replace(old, new, 1))) == sorted(paths)


def test_an_unknown_key_is_answered_with_the_nearest():
    with pytest.raises(InputError, match="Nearest: depreciation"):
        read(FILE.replace("years = 10", 'years = 10\ndeprecation = { method = "macrs", years = 5 }'))


def test_the_example_of_the_documentation_is_sound():
    page = (Path(__file__).resolve().parents[4] / "docs" / "money.md").read_text()
    case = read(page.split("```toml\n")[1].split("```")[0])
    money = whole_money(case.project, case.finance)
    assert money.whole.npv_usd > 0.0
    core = next(flow.usd for flow in money.whole.flows if flow.name == "engine core")
    assert np.flatnonzero(core).tolist() == [5, 10, 14, 19], "8,600 equivalent hours a year"


def brayton(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "brayton", *arguments], capture_output=True, text=True, check=False)


def test_the_command_prints_years_and_measures(tmp_path):
    path = tmp_path / "case.toml"
    path.write_text(FILE)
    done = brayton("cashflow", str(path), "--json")
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    for year in document["years"]:
        assert year["after_tax_usd"] == pytest.approx(sum(year["items"].values()) - year["tax_usd"])
    rate = document["nominal_discount_rate"]
    discounted = sum(year["after_tax_usd"] / (1.0 + rate) ** year["year"] for year in document["years"])
    assert document["npv_usd"] == pytest.approx(discounted)
    assert {"irr", "simple_payback_years", "discounted_payback_years"} <= document.keys()
    assert "net present value" in brayton("cashflow", str(path)).stdout


def test_a_bad_file_is_one_message_and_exit_2(tmp_path):
    path = tmp_path / "case.toml"
    path.write_text(FILE.replace("years = 10", "years = 0"))
    done = brayton("cashflow", str(path), "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"brayton: {path}: finance.years = 0: ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "text", ["", "installed_cost_usd = ", 'finance = 3\nsavings_usd = "x"', "finance = { debt = 3 }", "[[finance]]"]
)
def test_files_of_another_kind_are_faults(text):
    assert faults_of(text)
