"""Ratchets, seasons, holidays, exports, price series and demand in other units, as a tariff file says them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from brayton.core.errors import InputError
from brayton.site.schedule import HOLIDAY, WEEKDAY, WEEKEND
from brayton.site.tariff import Tariff
from brayton.site.tariff_toml import read_tariff_toml, tariff_from_table

SOURCE = {"title": "made for a test", "date": "2024", "basis": "estimate", "note": "no utility's"}
ALL = {"name": "all", "usd_per_kwh": 0.1}


def read(**parts: Any) -> Tariff:
    return tariff_from_table({"name": "t", "source": SOURCE, "energy": [ALL], **parts})


def test_a_ratchet_by_listed_months_and_by_fractions_of_each() -> None:
    demand = [{"name": "peak", "hours": [[8, 20]], "usd_per_kw": 9.0}, {"name": "night", "usd_per_kw": 1.0}]
    ratchet = read(
        demand=demand,
        ratchet={
            "fraction": 0.7,
            "months": [6, 7],
            "months_back": 6,
            "floor_kw": 50.0,
            "own_peak_months": [1, 2],
            "applies_to": ["demand"],
            "demand_periods": ["night"],
            "demand_peak": "period",
        },
    ).ratchet
    assert ratchet is not None
    assert ratchet.fraction == (0.0,) * 5 + (0.7, 0.7) + (0.0,) * 5
    assert (ratchet.months_back, ratchet.floor_kw, ratchet.own_peak) == (6, 50.0, (True, True, *(False,) * 10))
    assert (ratchet.flat, ratchet.tou, ratchet.tou_periods, ratchet.tou_peak) == (False, True, frozenset({1}), "period")
    fractions = tuple(0.05 * month for month in range(12))
    of_each = read(demand=demand, ratchet={"fraction": 0.5, "fraction_by_month": fractions, "demand_peak": "month"}).ratchet
    assert of_each is not None
    assert of_each.fraction == fractions
    assert of_each.months_back == 11


def test_a_season_between_two_days_and_over_new_year() -> None:
    energy = [
        {"name": "summer", "from_date": "06-15", "until_date": "09-15", "usd_per_kwh": 0.3},
        {"name": "winter", "from_date": "12-10", "until_date": "02-28", "usd_per_kwh": 0.2},
        ALL,
    ]
    charge = read(energy=energy).energy
    assert charge is not None
    schedule = charge.schedule
    by_start = {start: row[0] for start, row in zip(schedule.row_starts, schedule.weekday, strict=True)}
    assert len(by_start) == 15
    assert [by_start[start] for start in ((1, 1), (2, 1), (3, 1), (6, 1), (6, 15), (9, 1), (9, 16), (12, 1), (12, 10))] == [
        1,
        1,
        2,
        2,
        0,
        0,
        2,
        2,
        1,
    ]


def test_holidays_are_weekends_or_have_a_period_of_their_own() -> None:
    weekend = {"name": "weekend", "days": "weekends", "usd_per_kwh": 0.05}
    free = {"set": "us_utility", "names": ["good_friday"], "dates": ["12-24", "2018-07-03"], "observed": False}
    as_weekend = read(energy=[weekend, ALL], holidays=free)
    assert as_weekend.energy is not None
    assert as_weekend.energy.schedule.holiday is None
    assert as_weekend.holidays.names[-1] == "good_friday"
    assert as_weekend.holidays.dates == ((12, 24), (2018, 7, 3))
    assert not as_weekend.holidays.observed
    own = {"name": "holiday", "days": ["holidays"], "usd_per_kwh": 0.01}
    charge = read(energy=[own, weekend, ALL], holidays=free).energy
    assert charge is not None
    assert [charge.schedule.table[kind, 0, 0] for kind in (WEEKDAY, WEEKEND, HOLIDAY)] == [2, 1, 0]
    both = {"name": "off", "days": ["weekends", "holidays"], "usd_per_kwh": 0.01}
    charge = read(energy=[both, ALL], holidays=free).energy
    assert charge is not None
    assert [charge.schedule.table[kind, 0, 0] for kind in (WEEKDAY, WEEKEND, HOLIDAY)] == [1, 0, 0]


def test_demand_in_kva_in_horsepower_and_by_the_day() -> None:
    tiers = [{"up_to_kva": 100.0, "usd_per_kva": 9.0}, {"usd_per_kva": 8.0}]
    tariff = read(
        demand=[{"name": "a", "tiers": tiers, "per": "each_day"}],
        flat_demand=[{"name": "b", "usd_per_hp": 3.0, "per": "month_per_day"}],
        coincident_demand=[{"name": "c", "hours": [[14, 18]], "months": [7], "usd_per_kw": 5.0}],
    )
    first, _, second, _, third, _ = tariff.demand_periods
    assert (first.unit, first.basis, first.tiers[0].upper_kw) == ("kVA", "each_day", 100.0)
    assert (second.unit, second.basis) == ("hp", "month_per_day")
    assert (third.name, third.unit) == ("c", "kW")


def test_exports_reactive_demand_and_adjustments() -> None:
    tariff = read(
        export={"method": "net_metering", "year_end_usd_per_kwh": 0.03, "year_end_month": 4},
        reactive={"usd_per_kvar": 0.27, "free_kvar_per_kw": 0.5},
        monthly_adjustment_usd_per_kwh=0.002,
    )
    assert (tariff.export.method, tariff.export.year_end_usd_per_kwh, tariff.export.year_end_month) == ("net_metering", 0.03, 4)
    assert tariff.reactive is not None
    assert tariff.reactive.free_kvar_per_kw == 0.5
    assert tariff.adjustment_usd_per_kwh == (0.002,) * 12
    buyback = read(
        buyback=[{"name": "on", "hours": [[8, 20]], "usd_per_kwh": 0.06}, {"name": "off", "usd_per_kwh": 0.03}]
    ).buyback
    assert buyback is not None
    assert buyback.schedule.weekday[0][8] == 0
    hours_of_use = {"name": "u", "tiers": [{"up_to_kwh_per_kw": 200.0, "usd_per_kwh": 0.2}, {"usd_per_kwh": 0.1}]}
    energy = read(energy=[hours_of_use]).energy
    assert energy is not None
    assert (energy.periods[0].limit_unit, energy.periods[0].limits[0]) == ("kWh/kW", 200.0)


def test_prices_come_from_a_file_beside_the_tariff(tmp_path: Path) -> None:
    (tmp_path / "rtp.csv").write_text("hour_of_year,usd_per_kwh\n" + "".join(f"{hour},0.05\n" for hour in range(8760)))
    text = 'name = "t"\n[source]\ntitle = "x"\ndate = "2024"\nbasis = "primary"\n[import_prices]\ncsv = "rtp.csv"\nadded = true\n'
    path = tmp_path / "tariff.toml"
    path.write_text(text)
    prices = read_tariff_toml(path).import_prices
    assert prices is not None
    assert (prices.name, prices.usd_per_kwh.size, prices.added) == ("usd_per_kwh", 8760, True)
    path.write_text(text.replace("rtp.csv", "rpt.csv"))
    with pytest.raises(InputError, match=r"rpt\.csv"):
        read_tariff_toml(path)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"ratchet": {"fraction": 70}}, r"ratchet\.fraction = 70"),
        ({"ratchet": {"fraction": 0.7, "months": [13]}}, r"ratchet\.months = \[13\]: must lie in 1\.\.12"),
        ({"ratchet": {"fraction": 0.7, "demand_periods": ["peek"]}}, r"ratchet\.demand_periods = 'peek': is no period of demand"),
        ({"ratchet": {"fraction": 0.7, "fraction_by_month": [0.7]}}, r"ratchet\.fraction = .*must be twelve fractions"),
        ({"energy": [{**ALL, "from_date": "06-15"}]}, "until_date = None: is missing"),
        ({"energy": [{**ALL, "from_date": "6-15", "until_date": "09-31"}]}, r"from_date = '6-15'.*\n.*until_date = '09-31'"),
        (
            {"energy": [{**ALL, "from_date": "06-15", "until_date": "09-15", "months": [6]}, {**ALL, "name": "b"}]},
            "months = .*stand beside from_date",
        ),
        ({"energy": [{**ALL, "days": "holidays"}, {**ALL, "name": "b"}]}, "the tariff has no holidays"),
        ({"holidays": {}}, "names no holidays"),
        ({"holidays": {"set": "us"}}, "'us': is not a known set of holidays"),
        ({"holidays": {"names": ["x-mas"]}}, "'x-mas': is not a known holiday"),
        ({"holidays": {"dates": ["24.12."]}}, r"holidays\.dates = '24\.12\.': is no day as 12-24"),
        ({"holidays": {"dates": ["02-30"]}}, "is no day of the calendar"),
        ({"demand": [{"name": "a", "usd_per_kw": 1.0, "usd_per_kva": 1.0}]}, "a tier has one price"),
        (
            {"demand": [{"name": "a", "tiers": [{"usd_per_kw": 1.0, "up_to_hp": 3.0}, {"usd_per_kw": 1.0}]}]},
            "a tier has one price",
        ),
        (
            {"demand": [{"name": "a", "tiers": [{"usd_per_kw": 1.0, "up_to_kw": 3.0}, {"usd_per_hp": 1.0}]}]},
            "is priced in hp, kW",
        ),
        ({"export": {"method": "net"}}, r"export\.method = 'net'"),
        ({"export": {"year_end_usd_per_kwh": 0.1}}, "is paid for kWh left over under net_metering"),
        (
            {"export": {"method": "net_metering"}, "buyback": [{"name": "a", "usd_per_kwh": 0.1}]},
            "net_metering nets the energy of a month by period",
        ),
        ({"buyback": [{"name": "a", "months": [1], "usd_per_kwh": 0.1}]}, "no period of buyback applies here"),
        (
            {"import_prices": {"csv": "x.csv"}},
            r"import_prices\.csv = 'x\.csv': names a file.*Put the tariff in a file of its own",
        ),
        ({"monthly_adjustment_usd_per_kwh": [0.1]}, "monthly_adjustment_usd_per_kwh = .*must be one price or twelve"),
        (
            {
                "ratchet": {"fraction": 0.7, "demand_peak": "month"},
                "demand": [{"name": "a", "usd_per_kw": 1.0, "per": "each_day"}],
            },
            "demand of each day",
        ),
        (
            {"ratchet": {"fraction": 0.7}, "demand": [{"name": "a", "usd_per_kw": 1.0}]},
            r"ratchet\.demand_peak = None: is missing.*Say month, period or within",
        ),
    ],
)
def test_what_a_file_gets_wrong_is_told(parts: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(**parts)
