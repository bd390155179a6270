"""The tables of the file: what they build, and one clear message for what they cannot."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.core.provenance import Source
from brayton.core.records import parse_record
from brayton.core.timeaxis import TimeAxis
from brayton.site.outages import REOPT_MICROTURBINE
from brayton.study.doubt.availability import TRIPS, serviced
from brayton.study.doubt.defaults import INPUT_NAMES, PRICES_TIED, MachineTolerance, default_inputs, weather_offsets_k
from brayton.study.doubt.distributions import LogNormal, Normal, Spread, Triangular, Uniform
from brayton.study.doubt.draws import Correlation
from brayton.study.doubt.stand_alone import Island
from brayton.study.doubt.table import Availability, Doubt, Outage

C60 = MachineTolerance(60.0, 2.0, 0.28, 0.02, Source("data sheet", "2003", "primary"))
FORESEEN = default_inputs(C60, 5, 100)


def doubt(**document: Any) -> Doubt:
    return parse_record(Doubt, document)


def spread(**keys: Any) -> dict[str, Any]:
    return {"input": "fuel_price", "reason": "test", **keys}


def test_every_input_has_a_default_with_a_reason() -> None:
    assert {item.name for item in FORESEEN} == set(INPUT_NAMES)
    for item in FORESEEN:
        assert item.meaning
        assert item.source.title != "estimate" or item.source.note
        assert item.lowest == (0.01 if item.name.startswith("machine_") else 0.0)
    assert {item.name for item in default_inputs(MachineTolerance(60.0, 0.0, 0.28, 0.0, C60.source), 1, 1)} == set(
        INPUT_NAMES
    ) - {
        "machine_power",
        "machine_efficiency",
        "weather",
        "availability",
    }


def test_the_makers_tolerance_is_a_band_and_power_is_only_short_of_it() -> None:
    """C60: 60 +0/-2 kW, 28 +/-2 points."""
    found = {item.name: item.spread for item in FORESEEN}
    assert found["machine_power"] == Uniform(1 - 2 / 60, 1.0)
    efficiency = found["machine_efficiency"]
    assert isinstance(efficiency, Uniform)
    assert (efficiency.low, efficiency.high) == pytest.approx((26 / 28, 30 / 28))


def test_the_om_spread_is_that_of_the_catalog() -> None:
    """EPA 2015: six systems."""
    costs = np.array([0.013, 0.013, 0.016, 0.011, 0.009, 0.012])
    assert costs.std(ddof=1) / costs.mean() == pytest.approx(0.19, abs=0.005)


def test_weather_offsets_have_the_deviation_and_the_year_itself_in_the_middle() -> None:
    shifts = weather_offsets_k(5)
    assert shifts.std() == pytest.approx(0.7)
    assert shifts[2] == pytest.approx(0.0, abs=1e-12)
    assert (np.diff(shifts) > 0).all()
    assert weather_offsets_k(1).tolist() == [0.0]


@pytest.mark.parametrize(
    ("keys", "built"),
    [
        ({"distribution": "normal", "sd": 0.1}, Normal(1.0, 0.1)),
        ({"distribution": "normal", "mean": 1.1, "sd": 0.1}, Normal(1.1, 0.1)),
        ({"distribution": "normal", "p10": 0.8, "p90": 1.2}, Normal.of_p10_p90(0.8, 1.2)),
        ({"distribution": "lognormal", "sd": 0.2}, LogNormal.of_mean(1.0, 0.2)),
        ({"distribution": "lognormal", "p10": 0.8, "p90": 1.4}, LogNormal.of_p10_p90(0.8, 1.4)),
        ({"distribution": "triangular", "low": 0.8, "mode": 1.0, "high": 1.5}, Triangular(0.8, 1.0, 1.5)),
        ({"distribution": "uniform", "low": 0.8, "high": 1.5}, Uniform(0.8, 1.5)),
    ],
)
def test_a_spread_of_the_file_takes_the_place_of_the_default(keys: dict[str, Any], built: Spread) -> None:
    inputs = doubt(spread=[spread(**keys)]).inputs(FORESEEN)
    assert [item.name for item in inputs] == [item.name for item in FORESEEN]
    changed = next(item for item in inputs if item.name == "fuel_price")
    assert changed.spread == built
    assert changed.source.note == "test"


def test_seen_values_and_certainty() -> None:
    table = doubt(
        spread=[spread(distribution="empirical", values=[0.8, 1.3]), spread(distribution="none") | {"input": "weather"}]
    )
    inputs = {item.name: item for item in table.inputs(FORESEEN)}
    assert inputs["fuel_price"].spread.quantile([0.2, 0.8]).tolist() == [0.8, 1.3]
    assert "weather" not in inputs


@pytest.mark.parametrize(
    ("tables", "path", "word"),
    [
        ([spread(distribution="normal")], "doubt.spread[0]", "normal takes sd or mean, sd or p10, p90"),
        ([spread(distribution="normal", sd=0.1, p10=0.8, p90=1.2)], "doubt.spread[0]", "normal takes"),
        ([spread(distribution="none", sd=0.1)], "doubt.spread[0]", "none takes no figure"),
        ([spread(distribution="uniform", low=2.0, high=1.0)], "doubt.spread[0].low, high", "low must be below high"),
        ([spread(distribution="normal", sd=0.5)], "doubt.spread[0].fuel_price", "no meaning"),
        ([spread(distribution="normal", sd=0.1)] * 2, "doubt.spread[1].input", "stands twice"),
    ],
)
def test_bad_spreads_have_one_clear_message(tables: list[dict[str, Any]], path: str, word: str) -> None:
    with pytest.raises(InputError, match=word) as caught:
        doubt(spread=tables).inputs(FORESEEN)
    assert [fault.path for fault in caught.value.faults] == [path]


def test_an_input_that_this_study_lacks_is_refused() -> None:
    certain = default_inputs(MachineTolerance(60.0, 0.0, 0.28, 0.0, C60.source), 1, 1)
    table = doubt(spread=[spread(distribution="none") | {"input": "machine_power"}])
    with pytest.raises(InputError, match="is not uncertain in this study; there are electricity_price"):
        table.inputs(certain)


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"draws": 10}, "draws"),
        ({"draws": 1e4}, "draws"),
        ({"seed": -1}, "seed"),
        ({"sed": 1}, "sed"),
        ({"method": "sobol"}, "method"),
        ({"spread": [spread(distribution="normal", sd=float("nan"))]}, "spread[0].sd"),
        ({"spread": [{"input": "gas", "distribution": "none", "reason": "x"}]}, "spread[0].input"),
        ({"spread": [{"input": "om_cost", "distribution": "none"}]}, "spread[0].reason"),
        ({"correlation": [{"between": ["om_cost"], "value": 0.1, "reason": "x"}]}, "correlation[0].between"),
        ({"correlation": [{"between": ["om_cost", "weather"], "value": 1.1, "reason": "x"}]}, "correlation[0].value"),
    ],
)
def test_bad_keys_have_one_clear_message(document: dict[str, Any], path: str) -> None:
    with pytest.raises(InputError) as caught:
        doubt(**document)
    assert caught.value.faults[0].path.startswith(path)


def test_prices_are_tied_unless_the_file_speaks_of_them() -> None:
    assert doubt().correlations(FORESEEN) == (PRICES_TIED,)
    given = [{"between": ["fuel_price", "electricity_price"], "value": 0.1, "reason": "test"}]
    assert doubt(correlation=given).correlations(FORESEEN) == (Correlation("fuel_price", "electricity_price", 0.1),)
    certain = doubt(spread=[spread(distribution="none")])
    assert certain.correlations(certain.inputs(FORESEEN)) == ()


def test_an_impossible_matrix_of_the_file_is_refused() -> None:
    pairs = [("electricity_price", "fuel_price", 0.9), ("fuel_price", "om_cost", 0.9), ("electricity_price", "om_cost", -0.9)]
    given = [{"between": [a, b], "value": value, "reason": "test"} for a, b, value in pairs]
    with pytest.raises(InputError, match="eigenvalue") as caught:
        doubt(correlation=given).correlations(FORESEEN)
    assert caught.value.faults[0].path == "doubt.correlation"


def test_the_defaults_of_availability_are_the_documented_ones() -> None:
    table = parse_record(Availability, {})
    assert table.reliability() == TRIPS
    axis = TimeAxis(2018)
    assert (table.serviced(axis, 2) == serviced(axis, REOPT_MICROTURBINE, 2)).all()
    assert not parse_record(Availability, {"service": "none"}).serviced(axis, 2).any()
    with pytest.raises(InputError):
        parse_record(Availability, {"mtbf_h": 0.0})


def test_planned_outages_by_date_go_from_machine_to_machine() -> None:
    """Ten hours from 8:00 on 10 April for the first machine, then for the second; a day from Wednesday 10 October."""
    dates = [{"month": 4, "day": 10, "hour": 8, "hours": 10}, {"month": 10, "week": 2, "weekday": 3, "hours": 24}]
    table, axis = parse_record(Availability, {"outage": dates}), TimeAxis(2018)
    first, second = (axis.stamps[down].astype(str) for down in table.serviced(axis, 2))
    assert first[[0, 9, 10, -1]].tolist() == ["2018-04-10T08:00", "2018-04-10T17:00", "2018-10-10T00:00", "2018-10-10T23:00"]
    assert second[[0, 10]].tolist() == ["2018-04-10T18:00", "2018-10-11T00:00"]
    assert not table.takes_reopts_service


def test_planned_outages_that_cannot_be_are_refused() -> None:
    with pytest.raises(InputError, match="service: has no meaning beside"):
        parse_record(Availability, {"service": "none", "outage": [{"month": 4, "day": 10, "hours": 10}]})
    table = parse_record(Availability, {"outage": [{"month": 2, "day": 30, "hours": 1}, {"month": 4, "day": 31, "hours": 1}]})
    with pytest.raises(InputError) as caught:
        table.serviced(TimeAxis(2018), 1)
    assert [fault.path for fault in caught.value.faults] == ["availability.outage"] * 2


def test_an_outage_table_builds_fleet_and_island() -> None:
    table = parse_record(
        Outage,
        {
            "tiers": [0.4, 0.3],
            "held_kwh_hhv": 5000.0,
            "battery_kwh": 10.0,
            "battery_kw": 20.0,
            "battery_eff": 0.95,
            "repair": True,
        },
    )
    fleet = table.fleet(3, TRIPS)
    assert fleet.start_chance == pytest.approx(2000 / 2024 * 0.99)
    assert (fleet.units, fleet.mtbf_h, fleet.mttr_h) == (3, 2000.0, 24.0)
    island = table.island(Island(3, np.full(4, 60.0), 20.0, 50.0, 2.5))
    assert (island.start_h, island.held_kwh_hhv, island.battery_eff) == (pytest.approx(5 / 60), 5000.0, 0.95)
    assert table.tiers_kw(np.array([100.0, 200.0])) == pytest.approx(np.array([[40.0, 80.0], [30.0, 60.0]]))
    bare = parse_record(Outage, {"tiers": [1.0]})
    assert np.isinf(bare.fleet(1, TRIPS).mttr_h)
    assert np.isinf(bare.island(Island(1, np.ones(1), 0.0, 0.0, 0.0)).held_kwh_hhv)


@pytest.mark.parametrize(
    ("document", "word"),
    [
        ({"tiers": []}, "add up to one"),
        ({"tiers": [0.8, 0.4]}, "add up to one"),
        ({"tiers": [0.5, 0.0]}, "add up to one"),
        ({"tiers": [0.5], "battery_kwh": 5.0}, "a battery has both"),
        ({"tiers": [0.5], "battery_kwh": 5.0, "battery_kw": 5.0}, "battery_eff"),
        ({"tiers": [0.5], "battery_eff": 0.9}, "battery_eff"),
        ({}, "is required"),
        ({"tiers": [0.5], "start_failure": 1.5}, "less than or equal to 1"),
    ],
)
def test_bad_outages_have_one_clear_message(document: dict[str, Any], word: str) -> None:
    with pytest.raises(InputError, match=word) as caught:
        parse_record(Outage, document)
    assert len(caught.value.faults) == 1
