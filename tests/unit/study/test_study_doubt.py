"""The doubt of a study: its bands around its own headline, its tables, and one clear message for what they cannot be."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from brayton.faces.output import json_text
from brayton.study.doubt.doubt_result import DoubtResult
from brayton.study.inputs import read_inputs
from brayton.study.result import StudyResult
from brayton.study.study import STAGES, run_study
from brayton.study.study_doubt import DRAWS_WITHOUT_TABLE, WEATHER_YEARS

Change = Callable[..., Path]

HEADLINES = {
    *("npv_usd", "irr", "simple_payback_years", "lcoe_usd_per_kwh"),
    *("savings_usd", "co2_saved_kg", "generated_net_kwh"),
}


def with_tables(text: str) -> tuple[str, str]:
    return "[dispatch]", f"{text}\n\n[dispatch]"


def study(path: Path) -> StudyResult:
    return run_study(read_inputs(path))


def doubt(path: Path) -> DoubtResult:
    found = study(path).doubt
    assert found is not None
    return found


FULL = with_tables(
    """
[doubt]
draws = 300
seed = 7
machine_years = 20

[[doubt.spread]]
input = "fuel_price"
distribution = "lognormal"
p10 = 0.8
p90 = 1.3
reason = "made up"

[[doubt.spread]]
input = "weather"
distribution = "none"
reason = "made up"

[availability]
mtbf_h = 1500.0

[outage]
tiers = [0.3, 0.2]
longest_h = 24
black_start = true
"""
)


@pytest.fixture(scope="module")
def default(sound_scenario: Path) -> StudyResult:
    return study(sound_scenario)


def test_every_study_has_bands_around_its_headline(default: StudyResult) -> None:
    found = default.doubt
    assert found is not None
    assert found.is_default
    assert set(found.bands) == HEADLINES
    assert {band.draws for band in found.bands.values()} == {DRAWS_WITHOUT_TABLE}
    for name, value in (
        ("npv_usd", default.cash_flow.npv_usd),
        ("savings_usd", default.first_year.saving_usd),
        ("generated_net_kwh", default.machine.generated_net_kwh),
        ("lcoe_usd_per_kwh", default.lcoe_usd_per_kwh),
    ):
        band = found.bands[name]
        assert band.p10 < band.p50 < band.p90
        assert value is not None
        assert band.p10 - (band.p90 - band.p10) < value < band.p90 + (band.p90 - band.p10)
    assert found.chance_pays is not None
    assert 0.0 < found.chance_pays.value < 1.0
    assert "doubt" in default.timing_s
    assert STAGES[-1] == "doubt"


def test_the_scenarios_own_draw_is_the_headline_itself(default: StudyResult) -> None:
    assert default.doubt is not None
    base = {name: item.base for name, item in default.doubt.tornadoes.items()}
    assert base["npv_usd"] == pytest.approx(default.cash_flow.npv_usd, rel=1e-9, abs=1e-6)
    assert base["savings_usd"] == pytest.approx(default.first_year.saving_usd, rel=1e-9, abs=1e-6)
    assert base["co2_saved_kg"] == pytest.approx(default.co2_saving_kg, rel=1e-9, abs=1e-6)


LANDGEM = """[gas_supply.landgem]
opening_year = 1980
waste_mg = [40000.0, 40000.0, 40000.0, 40000.0, 40000.0, 40000.0]
decay_per_year = 0.05
"""
STANDBY = """
name = "Standby"
source = { title = "made up for tests", date = "2026", basis = "estimate" }
contract_kw = "rating"
split = "normal_generation"
reservation_usd_per_kw_month = 2.0
backup_usd_per_kw_day = 0.5
"""
DEPARTING = """[tariff.departing_load]
name = "exit fee"
source = { title = "made up for tests", date = "2026", basis = "estimate" }
usd_per_kwh = 0.02
"""
RATCHET = "[tariff.inline.ratchet]\nfraction = 0.8\n"
REACTIVE = "[tariff.inline.reactive]\nusd_per_kvar = 0.5\n"
OUTAGES = "[availability]\nmtbf_h = 500.0\nmttr_h = 50.0\n"
ESCALATED = ("discount_rate = 0.07", "discount_rate = 0.07\nescalation_electric = 0.03\nescalation_fuel = 0.01")
TAXED = (
    "[finance]",
    '[finance.tax]\nfederal_rate = 0.21\n\n[finance.depreciation]\nmethod = "macrs"\nyears = 5\n\n'
    "[finance.debt]\nfraction = 0.5\nrate = 0.06\nyears = 10\n\n[finance]",
)


def tariff_with(line: str) -> tuple[str, str]:
    return "[tariff.inline]\n", f"[tariff]\n{line}\n\n[tariff.inline]\n"


@pytest.mark.parametrize(
    ("tables", "changes"),
    [
        pytest.param(("gas", "train", "flare"), (ESCALATED,), id="landfill"),
        pytest.param(
            ("gas", "train", "flare"),
            (("flow_m3_n_per_h = 60.0\n", ""), ("[gas_train]", f"{LANDGEM}\n[gas_train]"), ESCALATED),
            id="landfill that dries up",
        ),
        pytest.param((OUTAGES,), (tariff_with('standby = "standby.toml"'),), id="standby service"),
        pytest.param((DEPARTING,), (ESCALATED,), id="departing load"),
        pytest.param((REACTIVE,), (tariff_with("power_factor = 0.9"),), id="reactive power"),
        pytest.param((RATCHET,), (tariff_with(f"previous_peaks_kw = {[300.0] * 12}"),), id="peaks of the year before"),
        pytest.param((), (TAXED, ESCALATED), id="tax and debt"),
        pytest.param(("pool",), (), id="pool"),
    ],
)
def test_the_own_draw_is_the_headline_whatever_a_site_has(
    site_with: Change, tables: tuple[str, ...], changes: tuple[tuple[str, str], ...]
) -> None:
    path = site_with("[doubt]\ndraws = 100\n", *tables, changes=changes)
    (path.parent / "standby.toml").write_text(STANDBY)
    result = study(path)
    assert result.doubt is not None
    base = {name: item.base for name, item in result.doubt.tornadoes.items()}
    assert base["npv_usd"] == pytest.approx(result.money.whole.npv_usd, rel=1e-9, abs=1e-6)
    assert base["savings_usd"] == pytest.approx(result.first_year.saving_usd, rel=1e-9, abs=1e-6)
    assert base["co2_saved_kg"] == pytest.approx(result.co2_saving_kg, rel=1e-9, abs=1e-6)


def test_inputs_are_those_that_can_move_the_site(default: StudyResult, scenario_with: Change) -> None:
    assert default.doubt is not None
    names = [item.name for item in default.doubt.monte_carlo.draws.inputs]
    assert "availability" not in names
    assert {"heat_load", "weather", "machine_power"} <= set(names)
    assert any("No draw has an outage" in note for note in default.doubt.notes)
    no_heat = scenario_with(
        (
            '[[load]]\nkind = "space_heat"\ncsv = "loads.csv"\ncolumn = "heat_kw"\nsupply_temp_c = 60.0\nreturn_temp_c = 49.0\n',
            "",
        ),
        ('heat_recovery = "hot_water"\n', ""),
    )
    assert "heat_load" not in [item.name for item in doubt(no_heat).monte_carlo.draws.inputs]


def test_the_tables_of_the_scenario_are_followed(scenario_with: Change) -> None:
    result = study(scenario_with(FULL))
    found = result.doubt
    assert found is not None
    draws = found.monte_carlo.draws
    assert (draws.count, draws.seed, found.is_default) == (300, 7, False)
    inputs = {item.name: item for item in draws.inputs}
    assert "weather" not in inputs
    assert inputs["fuel_price"].spread.quantile([0.1, 0.9]).tolist() == pytest.approx([0.8, 1.3])
    assert set(np.unique(draws.values["availability"])) == set(range(20))
    # the middle machine year is that of the headline
    assert found.tornadoes["npv_usd"].base == pytest.approx(result.cash_flow.npv_usd, rel=1e-9, abs=1e-6)
    assert found.outage is not None
    assert (found.outage.survival <= found.outage.all_well).all()
    assert found.outage.hours.tolist() == list(range(1, 25))
    assert found.demand_risk is not None
    assert found.demand_risk.trips_per_year == pytest.approx(8760 / 1500, rel=0.05)
    written = json.loads(json_text(result.to_json()))["doubt"]
    assert set(written) >= {
        "draws",
        "seed",
        "bands",
        "inputs",
        "tornado",
        "outage",
        "demand_risk",
        "notes",
        "versions",
        "sources",
    }
    assert written["bands"]["npv_usd"]["p10"] == found.bands["npv_usd"].p10
    assert not any("at all hours" in note for note in result.notes)
    cited = {citation.of for citation in result.sources}
    assert {"doubt: fuel_price", "doubt: trips of a machine", "doubt: starts in an outage"} <= cited


def test_draws_by_weather_are_a_sample_like_others(default: StudyResult) -> None:
    """Sorted by weather year, so that neighbours run in the same air; each year as often as the others."""
    assert default.doubt is not None
    weather = default.doubt.monte_carlo.draws.values["weather"]
    assert (np.diff(weather) >= 0.0).all()
    assert np.bincount(weather.astype(int)).tolist() == [DRAWS_WITHOUT_TABLE // WEATHER_YEARS] * WEATHER_YEARS


def test_a_seed_gives_the_same_figures_and_another_gives_others(scenario_with: Change) -> None:
    table = "[doubt]\ndraws = 100\nseed = {}"
    once, twice, other = (doubt(scenario_with(with_tables(table.format(seed)))) for seed in (3, 3, 4))
    for name, values in once.monte_carlo.headlines.items():
        assert np.array_equal(values, twice.monte_carlo.headlines[name], equal_nan=True), name
    assert not np.array_equal(once.monte_carlo.headlines["npv_usd"], other.monte_carlo.headlines["npv_usd"])


def test_progress_counts_the_draws(scenario_with: Change) -> None:
    stages: list[str] = []
    told: list[tuple[int, int]] = []
    inputs = read_inputs(scenario_with(with_tables("[doubt]\ndraws = 600")))
    run_study(inputs, stages.append, lambda done, total: told.append((done, total)))
    assert stages == list(STAGES)
    assert told == [(0, 600), (256, 600), (512, 600), (600, 600)]


def test_shorter_steps_have_outages_of_hours(scenario_with: Change) -> None:
    path = scenario_with(
        ("\nyear = 2021", "\nyear = 2021\nstep_minutes = 30"),
        ('csv = "loads.csv"\ncolumn = "electric_kw"', "constant_kw = 55.0"),
        ('csv = "loads.csv"\ncolumn = "heat_kw"', "constant_kw = 40.0"),
        with_tables("[doubt]\ndraws = 100\n\n[outage]\ntiers = [0.9]\nlongest_h = 6\nblack_start = true\nstart_failure = 0.0"),
    )
    found = doubt(path)
    assert found.outage is not None
    assert found.outage.hours.tolist() == [1, 2, 3, 4, 5, 6]
    assert found.outage.all_well.tolist() == [1.0] * 6
    assert any("hour by hour" in note for note in found.notes)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[doubt]\ndraws = 10", ("doubt.draws = 10",)),
        ("[doubt]\ndraw = 1000", ("doubt.draw", "is not a known key")),
        (
            '[[doubt.spread]]\ninput = "fuel_price"\ndistribution = "normal"\nlow = 0.5\nreason = "x"',
            ("doubt.spread[0]", "normal takes"),
        ),
        (
            '[[doubt.spread]]\ninput = "fuel_price"\ndistribution = "normal"\nsd = 0.5\nreason = "x"',
            ("doubt.spread[0].fuel_price", "below 0 it has no meaning"),
        ),
        (
            '[[doubt.spread]]\ninput = "weather"\ndistribution = "empirical"\nvalues = [0.0, 5.0]\nreason = "x"',
            ("doubt.spread[0].weather", "reaches 5, and above 4 it has no meaning"),
        ),
        (
            '[[doubt.spread]]\ninput = "availability"\ndistribution = "none"\nreason = "x"',
            ("doubt.spread[0].input", "is not uncertain in this study"),
        ),
        (
            '[[doubt.correlation]]\nbetween = ["fuel_price", "availability"]\nvalue = 0.5\nreason = "x"',
            ("doubt.correlation[0].between", "availability"),
        ),
        (
            '[[doubt.correlation]]\nbetween = ["fuel_price", "om_cost"]\nvalue = 1.5\nreason = "x"',
            ("doubt.correlation[0].value = 1.5",),
        ),
        ("[availability]\nmtbf_h = 0.0", ("availability.mtbf_h = 0.0",)),
        ('[availability]\nservice = "weekly"', ("availability.service", "weekly")),
        ("[outage]\ntiers = [0.7, 0.7]\nlongest_h = 24", ("outage", "add up to one at most")),
        ("[outage]\ntiers = [0.7]\nlongest_h = 24\nbattery_kwh = 10.0", ("outage", "a battery has both")),
        ("[outage]\ntiers = [0.7]\nlongest_h = 0", ("outage.longest_h = 0",)),
    ],
)
def test_a_bad_table_is_one_clear_message_of_check_and_study(
    scenario_with: Change, assert_refused: Callable[..., None], text: str, words: tuple[str, ...]
) -> None:
    assert_refused(scenario_with(with_tables(text)), *words)
