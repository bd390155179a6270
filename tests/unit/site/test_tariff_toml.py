"""Our own tariff TOML: the first period that fits applies, and what is left open is refused."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from brayton.core.errors import InputError
from brayton.site import tariff_toml
from brayton.site.tariff import PeakWindow
from brayton.site.tariff_toml import read_tariff_toml, tariff_from_table


@pytest.fixture(scope="module")
def example(example_of):
    return example_of(tariff_toml)


def test_the_example_of_the_docstring_is_read(example, tmp_path: Path) -> None:
    path = tmp_path / "tariff.toml"
    path.write_text(example.text)
    tariff = read_tariff_toml(path)
    assert tariff == tariff_from_table(example.tables())
    assert tariff.energy is not None
    assert tariff.tou_demand is not None
    assert tariff.flat_demand is not None
    assert [period.name for period in tariff.energy.periods] == ["summer peak", "all other hours"]
    assert tariff.energy.schedule.weekday[5] == (1,) * 12 + (0,) * 8 + (1,) * 4
    assert tariff.energy.schedule.weekday[4] == tariff.energy.schedule.weekend[5] == (1,) * 24
    assert tariff.tou_demand.schedule.weekday[0][8:11] == (0,) * 3
    assert tariff.tou_demand.periods[tariff.tou_demand.schedule.weekend[0][8]].name == "no charge"
    assert tariff.flat_demand.months == (0,) * 12
    assert tariff.supply_usd_per_kwh == (0.09,) * 12
    assert [(charge.usd, charge.per) for charge in (*tariff.fixed, *tariff.minimum)] == [(61.44, "month"), (100.0, "month")]
    assert tariff.coincident_peaks[0].windows == (PeakWindow(7, 19, 15, 2),)
    assert tariff.demand_window_minutes == 15


def tiered(example, *tiers: dict[str, float]) -> dict[str, Any]:
    """The example with one period of energy in these tiers."""
    return {
        **example.tables(),
        "energy": [{"name": "all", "adjustment_usd_per_kwh": 0.01, "sell_usd_per_kwh": 0.05, "tiers": list(tiers)}],
    }


def test_tiers_inherit_adjustment_and_sell_price(example) -> None:
    document = tiered(example, {"up_to_kwh": 1000.0, "usd_per_kwh": 0.1, "sell_usd_per_kwh": 0.02}, {"usd_per_kwh": 0.2})
    energy = tariff_from_table(document).energy
    assert energy is not None
    (period,) = energy.periods
    assert [tier.price_usd_per_kwh for tier in period.tiers] == pytest.approx([0.11, 0.21])
    assert [tier.sell_usd_per_kwh for tier in period.tiers] == [0.02, 0.05]
    assert (period.limits, period.limit_unit) == ((1000.0, math.inf), "kWh")
    daily = tariff_from_table(tiered(example, {"up_to_kwh_per_day": 30.0, "usd_per_kwh": 0.1}, {"usd_per_kwh": 0.2})).energy
    assert daily is not None
    assert (daily.periods[0].limits, daily.periods[0].limit_unit) == ((30.0, math.inf), "kWh daily")


@pytest.mark.parametrize(
    ("tiers", "message"),
    [
        ([{"up_to_kwh": -1.0, "usd_per_kwh": 0.1}, {"usd_per_kwh": 0.2}], r"energy\[0\]\.tiers\[0\]\.up_to_kwh = -1"),
        ([{"usd_per_kwh": 0.1}, {"usd_per_kwh": 0.2}], "energy period all = .*tier limits must rise"),
        ([{"up_to_kwh": 9.0, "usd_per_kwh": 0.1}], "energy period all = .*tier limits must rise"),
        (
            [{"up_to_kwh": 9.0, "usd_per_kwh": 0.1}, {"up_to_kwh_per_day": 99.0, "usd_per_kwh": 0.2}, {"usd_per_kwh": 0.3}],
            "has tier limits in kWh, kWh daily",
        ),
        (
            [{"up_to_kwh": 9.0, "up_to_kwh_per_day": 9.0, "usd_per_kwh": 0.1}, {"usd_per_kwh": 0.2}],
            "has tier limits in kWh, kWh daily",
        ),
    ],
)
def test_tiers_out_of_order_are_refused(example, tiers: list[dict[str, float]], message: str) -> None:
    with pytest.raises(InputError, match=message):
        tariff_from_table(tiered(example, *tiers))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ([("schema = 1", "schema = 2")], "schema = 2"),
        ([("usd_per_kwh = 0.0239", "usd_per_kw = 0.0239")], r"energy\[0\]\.usd_per_kw = .* Nearest: usd_per_kwh"),
        ([("utility", "utillity")], "utillity = .*Nearest: utility"),
        ([('basis = "primary"', 'basis = "rumour"')], r"source\.basis = 'rumour'"),
        ([("usd_per_kwh = 0.0239", 'usd_per_kwh = "0.0239"')], r"energy\[0\]\.usd_per_kwh"),
        ([("usd_per_kwh = 0.0239", "usd_per_kwh = inf")], r"energy\[0\]\.usd_per_kwh"),
        ([("usd_per_kwh = 0.0239", "")], "energy period summer peak = 'neither': must have usd_per_kwh or tiers"),
        ([("usd_per_kwh = 0.0239", "usd_per_kwh = 0.0239\ntiers = [ { usd_per_kwh = 0.1 } ]")], "'usd_per_kwh and tiers'"),
        ([("months = [6, 7, 8, 9]", "months = [6, 17]")], r"months = \[6, 17\]: must lie in 1\.\.12"),
        ([("hours = [[12, 20]]", "hours = [[20, 12]]")], r"hours = \[20, 12\]: must rise within 0\.\.24"),
        ([("hours = [[12, 20]]", "hours = [[12, 25]]")], r"must rise within 0\.\.24"),
        ([('name = "all other hours"', 'name = "summer peak"')], "energy.name = 'summer peak': names two periods"),
        (
            [('name = "all other hours"', 'name = "nights"\nhours = [[0, 6], [23, 24]]')],
            r"energy, weekdays, January 6:00 = None: no period of energy applies here, nor in 171 more hours",
        ),
        ([("supply_usd_per_kwh = 0.09", "supply_usd_per_kwh = [0.09, 0.1]")], "supply_usd_per_kwh = .*one price or twelve"),
        ([("demand_window_minutes = 15", "demand_window_minutes = 25")], "demand_window_minutes = 25"),
        ([("month = 7, day = 19", "month = 17, day = 19")], r"coincident_peak\[0\]\.windows\[0\]\.month = 17"),
    ],
)
def test_faults_are_named(example, changes: list[tuple[str, str]], message: str) -> None:
    document = example.tables(*changes)
    with pytest.raises(InputError, match=message) as caught:
        tariff_from_table(document, file="tariff.toml")
    assert all(fault.file == "tariff.toml" and fault.remedy for fault in caught.value.faults)


def test_a_period_that_never_applies_is_refused(example) -> None:
    document = example.tables()
    document["energy"] = [{"name": "all", "usd_per_kwh": 0.1}, {"name": "peak", "hours": [[8, 9]], "usd_per_kwh": 0.2}]
    document["flat_demand"] = [{"name": "a", "usd_per_kw": 1.0}, {"name": "b", "months": [1], "usd_per_kw": 2.0}]
    with pytest.raises(InputError) as caught:
        tariff_from_table(document)
    assert [fault.path for fault in caught.value.faults] == ["energy period peak", "flat_demand period b"]
    assert "never applies" in caught.value.faults[0].rule


def test_months_and_hours_of_demand_without_a_period_are_free(example) -> None:
    document = example.tables()
    document["flat_demand"] = [
        {"name": "summer", "months": [6, 7], "tiers": [{"up_to_kw": 50, "usd_per_kw": 3.0}, {"usd_per_kw": 1.0}]}
    ]
    flat = tariff_from_table(document).flat_demand
    assert flat is not None
    assert flat.months == (1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1)
    assert flat.periods[0].tiers[0].upper_kw == 50.0
    assert flat.periods[1].tiers[0].price_usd_per_kw == 0.0


def test_recurring_charges_add_up_and_a_tariff_needs_one_charge() -> None:
    source = {"title": "t", "date": "2024", "basis": "estimate"}
    fixed = {"name": "n", "source": source, "fixed_usd_per_day": 1.0, "fixed_usd_per_year": 2.0, "minimum_usd_per_year": 3.0}
    tariff = tariff_from_table({**fixed, "smallest_kw": 7.0})
    assert [charge.per for charge in tariff.fixed] == ["day", "year"]
    assert tariff.minimum[0].per == "year"
    assert tariff.eligible_kw == (7.0, math.inf)
    with pytest.raises(InputError, match="charges nothing"):
        tariff_from_table({"name": "n", "source": source})
