"""The hotel's pool with its doubt: bands, what moves them, outages of the grid and trips at the demand peak."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from brayton.study.doubt.doubt_result import DoubtResult
from brayton.study.inputs import read_inputs
from brayton.study.result import StudyResult
from brayton.study.study import run_study

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "02_santa_fe_pool.toml"

TABLES = """

[doubt]
draws = 300

[outage]
tiers = [0.08, 0.02]
longest_h = 48
black_start = true
"""


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("pool") / "pool.toml"
    file.write_text(EXAMPLE.read_text() + TABLES)
    return file


@pytest.fixture(scope="module")
def result(scenario: Path) -> StudyResult:
    return run_study(read_inputs(scenario))


@pytest.fixture(scope="module")
def doubt(result: StudyResult) -> DoubtResult:
    assert result.doubt is not None
    return result.doubt


def test_the_headline_stands_inside_its_band(result: StudyResult, doubt: DoubtResult) -> None:
    assert doubt.tornadoes["npv_usd"].base == pytest.approx(result.cash_flow.npv_usd, rel=1e-9)
    for name, value in (
        ("npv_usd", result.cash_flow.npv_usd),
        ("savings_usd", result.first_year.saving_usd),
        ("lcoe_usd_per_kwh", result.lcoe_usd_per_kwh),
        ("co2_saved_kg", result.co2_saving_kg),
    ):
        band = doubt.bands[name]
        assert value is not None
        assert band.p10 < value < band.p90, name


def test_gas_decides_and_the_answer_is_no_in_nearly_all_draws(doubt: DoubtResult) -> None:
    """What the gas costs moves the value most, and no single input turns it."""
    bars = doubt.tornadoes["npv_usd"].bars
    assert bars[0].name == "fuel_price"
    assert not any(bar.changes_sign for bar in bars)
    assert doubt.chance_pays is not None
    assert doubt.chance_pays.value < 0.05
    assert doubt.chance_pays.standard_error > 0.0
    assert doubt.bands["irr"].undefined > 0


def test_one_small_machine_carries_little_through_an_outage(doubt: DoubtResult) -> None:
    """23 kW against a tenth of 150 to 350 kW: most starts fail on load alone, and one machine more helps most of them."""
    outage = doubt.outage
    assert outage is not None
    assert (outage.survival <= outage.all_well).all()
    assert (outage.one_more >= outage.survival).all()
    assert outage.survival[-1] < 0.2
    assert outage.one_more[-1] > 0.8


def test_a_trip_sets_the_peak_of_some_month_in_half_of_the_years(doubt: DoubtResult) -> None:
    risk = doubt.demand_risk
    assert risk is not None
    assert 0.3 < risk.risk.chance_of_year < 0.7
    # the dearest trip costs the machine's power at the summer's or winter's price
    assert 19.02 * 20.0 < risk.trip_usd.max() < 25.47 * 30.0
    assert 0.0 < risk.expected_usd < risk.trip_usd.sum()


def test_the_command_writes_it(scenario: Path, tmp_path: Path) -> None:
    call = [sys.executable, "-m", "brayton", "study", str(scenario), "--out", str(tmp_path / "results"), "--json"]
    done = subprocess.run(call, capture_output=True, text=True, check=True)
    written = json.loads(done.stdout)["doubt"]
    assert (written["draws"], written["is_default"]) == (300, False)
    assert written["bands"]["npv_usd"]["p10"] < written["bands"]["npv_usd"]["p90"]
    assert written["bands"]["simple_payback_years"]["p50"] is None, "no draw comes back"
    assert "Traceback" not in done.stderr
