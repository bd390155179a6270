"""URDB records: what is billed, what is refused, and in which words."""

from __future__ import annotations

import copy
import json
import math
from pathlib import Path
from typing import Any

import pytest

from brayton.core.errors import InputError
from brayton.site.tariff import Tariff
from brayton.site.urdb import UrdbOverrides, read_urdb, urdb_tariff

SUMMER_DAY = [[0] * 24] * 5 + [[0] * 12 + [1] * 8 + [0] * 4] * 4 + [[0] * 24] * 3
ALWAYS = [[0] * 24] * 12
RECORD: dict[str, Any] = {
    "label": "5d6830e95457a3593cc68cdd",
    "name": "Large general service",
    "utility": "Example Light & Power",
    "startdate": 1564646400,
    "enddate": 1651305600,
    "servicetype": "Delivery",
    "dgrules": "Net Metering",
    "energyratestructure": [
        [{"max": 1000, "rate": 0.1, "adj": 0.01, "unit": "kWh", "sell": 0.03}, {"rate": 0.2, "unit": "kWh"}],
        [{"max": 1000, "rate": 0.3, "unit": "kWh"}, {"rate": 0.4}],
    ],
    "energyweekdayschedule": SUMMER_DAY,
    "energyweekendschedule": ALWAYS,
    "demandratestructure": [[{"rate": 0}], [{"rate": 9.0, "adj": 0.5, "max": 50, "unit": "kW"}, {"rate": 7.0}]],
    "demandrateunit": "kW",
    "demandunits": "kW",
    "demandweekdayschedule": SUMMER_DAY,
    "demandweekendschedule": ALWAYS,
    "flatdemandstructure": [[{"rate": 3.0}], [{"rate": 4.0}]],
    "flatdemandmonths": [0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0],
    "flatdemandunit": "kW",
    "fixedchargefirstmeter": 1.15,
    "fixedchargeunits": "$/day",
    "mincharge": 25,
    "minchargeunits": "$/month",
    "demandwindow": 15,
    "peakkwcapacitymin": 20,
    "peakkwcapacitymax": 200,
}


def record(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(RECORD), **changes}


def read(overrides: UrdbOverrides | None = None, **changes: Any) -> Tariff:
    return urdb_tariff(record(**changes), overrides, file="rate.json")


def test_every_part_is_read() -> None:
    tariff = read()
    assert tariff.energy is not None
    assert tariff.tou_demand is not None
    assert tariff.flat_demand is not None
    first = tariff.energy.periods[0].tiers[0]
    assert (first.price_usd_per_kwh, first.upper_kwh, first.sell_usd_per_kwh) == (pytest.approx(0.11), 1000.0, 0.03)
    assert tariff.energy.periods[1].tiers[1].upper_kwh == math.inf
    assert tariff.energy.schedule.weekday[6][12:20] == (1,) * 8
    assert tariff.tou_demand.periods[1].tiers[0].price_usd_per_kw == 9.5
    assert tariff.tou_demand.periods[1].tiers[0].upper_kw == 50.0
    assert tariff.flat_demand.months == (0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0)
    assert [(charge.usd, charge.per) for charge in (*tariff.fixed, *tariff.minimum)] == [(1.15, "day"), (25.0, "month")]
    assert tariff.demand_window_minutes == 15
    assert tariff.eligible_kw == (20.0, 200.0)
    assert tariff.delivery_only
    assert tariff.dg_rule == "Net Metering"
    assert tariff.source.date == "2019-08-01 to 2022-04-30"
    assert "5d6830e95457a3593cc68cdd" in tariff.source.title
    assert tariff.notes == ("URDB schedules know no holidays: they are billed as the day of the week on which they fall",)


def test_both_layouts_and_null_fields(tmp_path: Path) -> None:
    bare, wrapped = tmp_path / "bare.json", tmp_path / "wrapped.json"
    bare.write_text(json.dumps(record(mincharge=None, lookbackpercent=None)))
    wrapped.write_text(json.dumps({"items": [record(mincharge=None, lookbackpercent=None)]}))
    assert read_urdb(bare) == read_urdb(wrapped)
    assert read_urdb(bare).minimum == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not JSON"),
        ("[1, 2]", "is not a URDB record"),
        ('{"items": []}', "must be a list of one rate"),
        ('{"items": [{}, {}]}', "must be a list of one rate"),
        ("{}", "the record charges nothing"),
        ("[" * 100_000, "is not JSON"),
        ('{"a": ' + "[" * 500 + "]" * 500 + "}", "nests deeper"),
        ("1" * 5000, "is not JSON"),
    ],
)
def test_files_that_are_no_record(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "rate.json"
    path.write_text(text)
    with pytest.raises(InputError, match=message) as caught:
        read_urdb(path)
    assert str(path) in str(caught.value)


def broken(schedule: list[list[int]], month: int, hour: int, period: object) -> list[list[Any]]:
    rows: list[list[Any]] = [list(row) for row in schedule]
    rows[month][hour] = period
    return rows


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        # schedules
        (
            {"energyweekdayschedule": broken(SUMMER_DAY, 6, 15, 3)},
            r"energyweekdayschedule\[6\]\[15\] = .*July 15:00 refers to period 3.*0\.\.1",
        ),
        ({"demandweekendschedule": broken(ALWAYS, 0, 0, -1)}, r"demandweekendschedule\[0\]\[0\].*period -1"),
        ({"energyweekdayschedule": None}, "energyweekdayschedule = None: is missing"),
        ({"energyweekendschedule": ALWAYS[:11]}, "12 months of 24 period numbers"),
        ({"energyweekendschedule": broken(ALWAYS, 3, 3, 0.5)}, "12 months of 24 period numbers"),
        ({"energyweekendschedule": broken(ALWAYS, 3, 3, True)}, "12 months of 24 period numbers"),
        ({"flatdemandmonths": [0] * 11}, "twelve period numbers"),
        ({"flatdemandmonths": None}, "flatdemandmonths = None: must be twelve"),
        ({"flatdemandmonths": [2] + [0] * 11}, r"flatdemandmonths\[0\] = 2: January refers to a period that does not exist"),
        # structures
        ({"energyratestructure": {}}, "must be a list of periods"),
        ({"energyratestructure": [[]]}, "must be a list of periods"),
        ({"energyratestructure": [[{"rate": 0.1}], ["x"]]}, r"energyratestructure\[1\]"),
        (
            {"energyratestructure": [[{"rate": "0.1"}], [{"rate": 0.2}]]},
            r"energyratestructure\[0\]\[0\]\.rate = '0\.1': must be a finite number",
        ),
        ({"energyratestructure": [[{"rate": math.nan}], [{"rate": 0.2}]]}, "must be a finite number"),
        ({"energyratestructure": [[{"rate": 10**400}], [{"rate": 0.2}]]}, "must be a finite number"),
        (
            {"energyratestructure": [[{"rate": 0.1, "maks": 5}], [{"rate": 0.2}]]},
            r"\.maks = 5: is no field of a tier. Nearest: max",
        ),
        ({"energyratestructure": [[{"rate": 0.1}, {"rate": 0.2}], [{"rate": 0.2}]]}, "not the last must end above 0"),
        ({"energyratestructure": [[{"rate": 0.1, "max": 9}, {"rate": 0.2, "max": 8}, {"rate": 0.2}]] * 2}, "must end above 9"),
        (
            {"energyratestructure": [[{"rate": 0.1, "max": 100}, {"rate": 0.2}], [{"rate": 0.2}]]},
            "periods of June have different tier limits",
        ),
        # units
        (
            {"energyratestructure": [[{"rate": 0.1, "unit": "MWh"}], [{"rate": 0.2}]]},
            r"energyratestructure\[0\]\.unit = 'mwh': tier limits are in one of kWh, kWh daily, kWh/kW, kWh/kW daily",
        ),
        (
            {
                "energyratestructure": [
                    [{"rate": 0.1, "max": 5, "unit": "kWh/kW"}, {"rate": 0.2, "max": 900, "unit": "kWh"}, {"rate": 0.3}],
                    [{"rate": 0.2}],
                ]
            },
            r"energyratestructure\[0\]\.unit = 'kwh, kwh/kw'",
        ),
        ({"energyratestructure": [[{"rate": 11.9}], [{"rate": 0.2}]]}, r"11\.9: implausible: beyond 2 \$/kWh it reads as cents"),
        ({"demandrateunit": "kW weekly"}, "demandrateunit = 'kW weekly': is no unit of demand"),
        ({"flatdemandunit": "MW"}, "flatdemandunit = 'MW'"),
        ({"demandunits": "kVA"}, "demandunits = 'kVA': demand is metered in kVA and priced per kW"),
        ({"demandratestructure": [[{"rate": 0}], [{"rate": 9.0, "unit": "kW daily"}]]}, r"demandratestructure\[1\]\[0\]\.unit"),
        ({"demandwindow": 45}, "demandwindow = 45: must be minutes that divide an hour"),
        (
            {"fixedchargeunits": "$/meter"},
            r"fixedchargeunits = '\$/meter': is no unit of a fixed charge. Say which unit is meant",
        ),
        ({"fixedchargeunits": None}, "fixedchargeunits = None"),
        ({"fixedchargeunits": ["$/day"]}, "is no unit of a fixed charge"),
        ({"minchargeunits": "monthly"}, "minchargeunits = 'monthly'"),
        ({"fixedmonthlycharge": 7.57}, "fixedmonthlycharge = 7.57: stands beside fixedchargefirstmeter 1.15"),
        ({"annualmincharge": 7.57}, "annualmincharge = 7.57: stands beside mincharge 25"),
        # features
        ({"lookbackpercent": 0.7}, r"lookbackpercent = 0\.7: .*of which months.*--lookback-months 11.*--ignore lookback"),
        ({"lookbackpercent": 70, "lookbackrange": 11}, r"lookbackpercent = 70.*Write it as a fraction: 0\.7"),
        ({"lookbackpercent": "70 %", "lookbackrange": 11}, "must be a fraction of a peak"),
        ({"lookbackpercent": 0.7, "lookbackrange": 3.5}, r"lookbackrange = 3\.5: must be a number of months in 0\.\.12"),
        ({"lookbackpercent": 0.7, "lookbackmonths": [True] * 11}, "lookbackmonths = .*must be twelve"),
        ({"lookbackpercent": 0.7, "lookbackrange": 3, "lookbackmonths": [True, *[False] * 11]}, "by listed months or by a range"),
        ({"demandratchetpercentage": [0.35] * 6 + [0.5] * 6}, "differs from month to month"),
        ({"lookbackrange": 6}, "lookbackpercent does not say how much is billed"),
        ({"demandreactivepowercharge": "0.27"}, r"must be a price in \$/kvar"),
        ({"coincidentratestructure": [[{"rate": 5.0}]]}, "--coincident highest.*--ignore coincident"),
        ({"fueladjustmentsmonthly": [0.01] * 11}, "must be twelve prices"),
        ({"fueladjustmentsmonthly": [3.0] * 12}, "must be twelve prices"),
        (
            {"energyRateStrux": [[{"rate": 5.0}]]},
            r"energyRateStrux = .* is not a field that this reader bills.*--ignore energyRateStrux",
        ),
        ({"standbycharge": 5}, "--ignore standbycharge"),
    ],
)
def test_what_cannot_be_billed_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read(**changes)
    assert all(fault.file == "rate.json" and fault.remedy for fault in caught.value.faults)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        read(
            demandrateunit="kWh", lookbackpercent=0.7, fixedchargeunits="?", energyweekdayschedule=None, flatdemandmonths=[7] * 12
        )
    paths = {fault.path.split("[")[0] for fault in caught.value.faults}
    assert paths == {"demandrateunit", "lookbackpercent", "fixedchargeunits", "energyweekdayschedule", "flatdemandmonths"}


def test_a_daily_charge_that_reads_as_a_monthly_one_names_both() -> None:
    with pytest.raises(
        InputError, match=r"read per day it is 1868\.80 \$/month, read per month 61\.44 \$/month, for customers from 20 kW"
    ):
        read(fixedchargefirstmeter=61.44)
    tariff = read(UrdbOverrides("$/month"), fixedchargefirstmeter=61.44)
    assert (tariff.fixed[0].usd, tariff.fixed[0].per) == (61.44, "month")
    assert "fixed charge 61.44 billed as $/month as asked; the record says $/day" in tariff.notes
    assert read(UrdbOverrides("$/day"), fixedchargefirstmeter=61.44).fixed[0].per == "day"
    assert read(fixedchargefirstmeter=61.44, peakkwcapacitymin=1000, peakkwcapacitymax=None).fixed[0].per == "day"


def test_features_can_be_left_out_by_name_and_a_note_says_so() -> None:
    tariff = read(
        UrdbOverrides(ignore=frozenset({"lookback", "reactive", "standbycharge"})), lookbackpercent=0.7, standbycharge=5
    )
    assert "left out of the bill as asked: lookbackpercent 0.7" in tariff.notes
    assert "left out of the bill as asked: standbycharge 5" in tariff.notes
    with pytest.raises(InputError, match=r"ignore = 'lockback': is not a known feature.*Nearest: lookback"):
        read(UrdbOverrides(ignore=frozenset({"lockback"})))
    with pytest.raises(InputError, match="is no unit of a fixed charge"):
        read(UrdbOverrides("$/week"))


def test_a_look_back_by_listed_months_or_by_a_range() -> None:
    summer = [False] * 5 + [True] * 4 + [False] * 3
    listed = read(lookbackpercent=0.7, lookbackmonths=summer, lookbackrange=0)
    assert listed.ratchet is not None
    assert (listed.ratchet.fraction, listed.ratchet.months_back) == ((0.0,) * 5 + (0.7,) * 4 + (0.0,) * 3, 11)
    assert "demand is billed on at least 70 % of the highest peak of 4 listed months, each period" in listed.notes[0]
    ranged = read(lookbackPercent=0.7, lookbackRange=6, lookbackMonths=[False] * 12)
    assert ranged.ratchet is not None
    assert (ranged.ratchet.fraction, ranged.ratchet.months_back) == ((0.7,) * 12, 6)
    older = read(demandratchetpercentage=[0.35] * 12).ratchet
    assert older is not None
    assert (older.fraction, older.months_back) == ((0.35,) * 12, 11)
    asked = read(UrdbOverrides(lookback_months=3, ratchet_peak="period"), lookbackpercent=0.5).ratchet
    assert asked is not None
    assert (asked.months_back, asked.tou_peak) == (3, "period")


def test_demand_in_other_units_and_by_the_day() -> None:
    tariff = read(demandrateunit="kW daily", demandratestructure=[[{"rate": 0.1}], [{"rate": 0.2}]], flatdemandunit="kVA daily")
    assert {(period.unit, period.basis) for period in tariff.demand_periods} == {
        ("kW", "month_per_day"),
        ("kVA", "month_per_day"),
    }
    assert any("demandrateunit is per kW and day: billed on the highest demand of the month" in note for note in tariff.notes)
    each = read(UrdbOverrides(demand_per_day="each_day"), flatdemandunit="hp daily")
    assert each.flat_demand is not None
    assert (each.flat_demand.periods[0].unit, each.flat_demand.periods[0].basis) == ("hp", "each_day")
    asked = read(UrdbOverrides(demand_unit="kVA"), demandunits="kVA")
    assert {period.unit for period in asked.demand_periods} == {"kVA"}
    assert "flatdemandunit prices kVA, and kVA are billed, though demandunits says kW" in read(flatdemandunit="kVA").notes


def test_the_rest_of_what_a_record_may_charge() -> None:
    tariff = read(
        UrdbOverrides(coincident="highest", export="net_metering", holidays="us_utility"),
        coincidentratestructure=[[{"rate": 0}], [{"rate": 5.0}]],
        coincidentrateschedule=SUMMER_DAY,
        demandreactivepowercharge=0.27,
        fueladjustmentsmonthly=[0.01] * 12,
    )
    assert tariff.coincident_demand is not None
    assert tariff.coincident_demand.periods[1].tiers[0].price_usd_per_kw == 5.0
    assert tariff.reactive is not None
    assert tariff.reactive.usd_per_kvar == 0.27
    assert tariff.adjustment_usd_per_kwh == (0.01,) * 12
    assert tariff.export.method == "net_metering"
    assert "labor_day" in tariff.holidays.names
    hours_of_use = [[{"rate": 0.1, "max": 200, "unit": "kWh/kW"}, {"rate": 0.05, "unit": "kWh"}]]
    energy = read(energyratestructure=hours_of_use, energyweekdayschedule=ALWAYS).energy
    assert energy is not None
    assert energy.periods[0].limit_unit == "kWh/kW"


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"demand_unit": "MW"}, "demand_unit = 'MW': must be one of kW, kVA, hp"),
        ({"demand_per_day": "week"}, "demand_per_day = 'week'"),
        ({"ratchet_peak": "year"}, "ratchet_peak = 'year'"),
        ({"export": "nem"}, "export = 'nem': must be one of net_billing"),
        ({"coincident": "mean"}, "coincident = 'mean'"),
        ({"holidays": "us"}, "holidays = 'us': is not a known set of holidays"),
        ({"lookback_months": 13}, "lookback_months = 13"),
    ],
)
def test_choices_that_do_not_exist(choice: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(UrdbOverrides(**choice))


def test_idle_features_are_no_hindrance() -> None:
    idle = {"lookbackpercent": 0, "lookbackmonths": [False] * 12, "demandreactivepowercharge": 0, "coincidentratestructure": []}
    assert read(**idle) == read()
    free = [[{"rate": 0}], [{"adj": 0}]]
    assert read(demandratestructure=free, demandrateunit="kVA", demandweekdayschedule=None).tou_demand is None


def test_what_is_only_said_becomes_a_note() -> None:
    notes = read(
        demandattrs=[{"Power Factor": "$18/kVA"}],
        fixedchargeeaaddl=2.5,
        mystery="x",
        energyratestructure=[[{"unit": "kWh"}], [{"rate": 0.2, "max": 500}]],
    ).notes
    assert 'not billed, told in free text: demandattrs [{"Power Factor": "$18/kVA"}]' in notes
    assert "not billed, told in free text: fixedchargeeaaddl 2.5" in notes
    assert 'field not read: mystery "x"' in notes
    assert "energyratestructure[0][0] has no rate: billed at nought" in notes
    assert "energyratestructure[1]: its last tier ends at 500; use beyond is billed at the last tier's price" in notes


def test_absent_schedules_of_a_single_period() -> None:
    single = {"energyratestructure": [[{"rate": 0.1}]], "flatdemandstructure": [[{"rate": 3.0}]], "flatdemandmonths": None}
    tariff = read(**single, energyweekdayschedule=None, energyweekendschedule=None)
    assert tariff.flat_demand is not None
    assert tariff.flat_demand.months == (0,) * 12
    assert "the energy schedules are absent: the one period applies at all times" in tariff.notes
    with pytest.raises(InputError, match="energyweekendschedule = None: is missing"):
        read(**single, energyweekendschedule=None)


def test_daily_limits_and_limits_that_stand_for_none() -> None:
    tiers = [{"rate": 0.1, "max": 50, "unit": "kWh daily"}, {"rate": 0.2, "max": 1e38, "unit": "kWh daily"}]
    tariff = read(energyratestructure=[tiers, tiers])
    assert tariff.energy is not None
    assert tariff.energy.periods[0].limit_unit == "kWh daily"
    assert tariff.energy.periods[0].limits == (50.0, math.inf)
    assert len(tariff.notes) == 1


def test_records_of_older_versions() -> None:
    old = {"fixedchargefirstmeter": None, "fixedchargeunits": None, "mincharge": None, "minchargeunits": None}
    tariff = read(**old, fixedmonthlycharge=7.57, minmonthlycharge=9.0, annualmincharge=100.0)
    assert [(charge.usd, charge.per) for charge in (*tariff.fixed, *tariff.minimum)] == [
        (7.57, "month"),
        (9.0, "month"),
        (100.0, "year"),
    ]
    assert read(dgrules=None, usenetmetering=True).dg_rule == "Net Metering"


def test_weekends_that_repeat_the_weekdays_get_a_note() -> None:
    assert "the weekend schedule repeats the hours of the weekdays" in read(energyweekendschedule=SUMMER_DAY).notes[-1]
    assert read(energyratestructure=[[{"rate": 0.1}]], energyweekdayschedule=ALWAYS).notes == ()


def test_odd_descriptions_do_no_harm() -> None:
    tariff = read(name="\ud800", startdate="2019", enddate=1e300, peakkwcapacitymin="20", peakkwcapacitymax=-1, dgrules=3)
    assert tariff.name == "?"
    assert tariff.source.date == "2019"
    assert tariff.eligible_kw == (0.0, math.inf)


@pytest.mark.parametrize("structure", [None, []])
def test_schedules_without_energy_prices_are_refused(structure: list[Any] | None) -> None:
    with pytest.raises(InputError, match=r"energyratestructure .*: is absent or empty, and energyweekdayschedule and"):
        read(energyratestructure=structure)
    without = {"energyratestructure": None, "energyweekdayschedule": None, "energyweekendschedule": None}
    assert read(**without).energy is None


def test_tier_limits_must_rise_to_the_last() -> None:
    tiers = [[{"max": 500, "rate": 0.1}, {"max": 100, "rate": 0.2}]]
    with pytest.raises(InputError, match=r"energyratestructure\[0\]\[1\].max = 100: the last tier must end above 500"):
        read(energyratestructure=tiers, energyweekdayschedule=ALWAYS)


def test_a_negative_price_is_noted() -> None:
    tariff = read(energyratestructure=[[{"rate": 0.01, "adj": -0.03}]], energyweekdayschedule=ALWAYS)
    assert "energyratestructure[0][0] has a negative price of -0.02: use in it is credited" in tariff.notes
