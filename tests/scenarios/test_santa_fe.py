"""The hotel whose microturbine heats a pool at 2,130 m: from nothing but the package, changed, and on files."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brayton.core.units import M2_PER_FT2
from brayton.machine.matched import Installation
from brayton.machine.point import machine_point
from brayton.machine.record import load_record
from brayton.study.pool import pool_balance, water_temps_c
from brayton.study.result import StudyResult

SECOND = "02_santa_fe_pool.toml"
RATED_KW = 28.0
SEA_LEVEL_KPA = 101.325

GOLDEN = {
    "electricity without [MWh]": (1852.1, 0.005),
    "bill without [kUSD]": (197.3, 0.005),
    "heat of the pool without [MWh]": (717.2, 0.02),
    "generated [MWh]": (196.5, 0.005),
    "share of the hotel's power [%]": (10.6, 0.01),
    "heat into the pool [MWh]": (406.0, 0.02),
    "share of the pool's heat [%]": (55.7, 0.03),
    "first-year saving [kUSD]": (1.5, 0.25),
    "CO2 saved, average factor [t]": (-5.6, 0.20),
    "net present value [kUSD]": (-66.0, 0.08),
}
"""Figures of the example and how far each may move; the saving is a difference of three sums near 17, 11 and 4 kUSD.

They moved when outages, bathers for half of the open hours and a stand-in for the fuel clause came in (saving -4.2 to +1.5 kUSD,
value -131 to -66 kUSD): the record alone asks 7.6 cents/kWh, three below what the state's businesses pay."""


def figures(result: StudyResult) -> dict[str, float]:
    hours, plan = result.axis.step_hours, result.with_project.schedule
    load_kwh = result.electric_kw.sum() * hours
    boiler_kwh = plan.boiler_heat_kw.sum() * hours
    used_kwh = result.machine.heat_used_kwh
    return {
        "electricity without [MWh]": result.baseline.electricity_import_kwh / 1e3,
        "bill without [kUSD]": result.baseline.bill_usd / 1e3,
        "heat of the pool without [MWh]": result.baseline.schedule.boiler_heat_kw.sum() * hours / 1e3,
        "generated [MWh]": result.machine.generated_net_kwh / 1e3,
        "share of the hotel's power [%]": 100.0 * result.machine.generated_net_kwh / load_kwh,
        "heat into the pool [MWh]": used_kwh / 1e3,
        "share of the pool's heat [%]": 100.0 * used_kwh / (used_kwh + boiler_kwh),
        "first-year saving [kUSD]": result.first_year.saving_usd / 1e3,
        "CO2 saved, average factor [t]": result.co2_saving_kg / 1e3,
        "net present value [kUSD]": result.money.whole.npv_usd / 1e3,
    }


@pytest.fixture(scope="module")
def example(example_of) -> StudyResult:
    return example_of(SECOND).run()


def test_the_example_gives_its_golden_figures(example, page):
    page.check_column("santa-fe", "own data", figures(example))
    assert figures(example) == {name: pytest.approx(value, rel=tolerance) for name, (value, tolerance) in GOLDEN.items()}


def test_balances_close_and_every_figure_has_a_source(example):
    for balance in example.balances:
        assert abs(balance.residual) <= 1e-6 * max(balance.total_in, 1.0), balance.name
    assert example.to_json()["without_source"] == []


@pytest.mark.parametrize("air_c", [25.0, 35.0])
def test_a_unit_of_28_kw_gives_less_at_79_kpa(air_c):
    """Held at its highest speed in air so warm that the rating binds nowhere, it passes air in proportion to density. Power falls
    with it and a little more, because what bearings, electronics and booster lose does not thin out; the published 3.5 % per
    305 m of another machine, the MT70, makes 0.98 of density at that height."""
    record = load_record("C30-LP")
    thin, thick = (
        machine_point(record, record.rated_fuel, Installation(), ambient_temp_c=air_c, pressure_kpa=kpa)
        for kpa in (79.0, SEA_LEVEL_KPA)
    )
    for point in (thin, thick):
        assert point.limit is not None
        assert point.limit.value == "speed_limit"
    density = 79.0 / SEA_LEVEL_KPA
    assert 0.93 * density <= thin.net_power_kw / thick.net_power_kw <= density


def test_in_iso_air_of_santa_fe_speed_and_not_the_rating_is_the_limit():
    record = load_record("C30-LP")
    point = machine_point(record, record.rated_fuel, Installation(), pressure_kpa=79.0)
    assert point.limit is not None
    assert point.limit.value == "speed_limit"
    assert point.net_power_kw == pytest.approx(RATED_KW * 79.0 / SEA_LEVEL_KPA, rel=0.02)


def test_the_power_of_the_year_is_that_of_thin_air(example):
    up = example.with_project.schedule.units_on > 0
    power = example.with_project.schedule.net_power_kw[up]
    assert example.weather.pressure_kpa.mean() == pytest.approx(79.0, abs=0.3)  # the station's file says 79.0 at 2,130 m
    assert power.mean() == pytest.approx(23.3, abs=0.5)
    assert (power < RATED_KW - 0.1).mean() > 0.9


def test_the_pool_stays_in_its_band_and_loses_as_pools_do(example):
    """Smith, Lof and Jones: radiation and convection are typically 30 to 40 % of an outdoor pool's loss; this pool stands in the
    winters too, which are not in their figures. The water is never colder than asked; the sun may bring it above the band."""
    stored, plan = example.model.hosts.pool, example.with_project.schedule
    assert stored is not None
    water_c = water_temps_c(stored, plan.store_kwh)
    assert water_c.min() >= 28.0 - 1e-6
    assert water_c[plan.store_in_kw > 1e-6].max() <= 29.5 + 1e-6
    heat_kw = plan.store_in_kw + plan.store_need_kw
    account = pool_balance(stored, example.weather, example.axis, plan.store_kwh, heat_kw)
    surface = account.evaporation_kwh + account.convection_kwh + account.radiation_kwh
    assert 0.30 <= (account.convection_kwh + account.radiation_kwh) / surface <= 0.50
    out = surface + account.makeup_kwh + account.ground_kwh + account.stored_kwh + account.straight_kwh
    assert account.heat_kwh + account.solar_kwh == pytest.approx(out, rel=1e-6)


def test_in_january_the_machine_is_a_part_of_the_heat_in_july_nearly_all(example):
    plan, month = example.with_project.schedule, example.axis.month
    need = plan.store_in_kw + plan.store_need_kw
    january, july = (float(plan.store_in_kw[month == m].sum() / need[month == m].sum()) for m in (0, 6))
    assert 0.35 <= january <= 0.55
    assert july > 0.75
    assert plan.heat_dumped_kw[month == 0].sum() == pytest.approx(0.0, abs=1.0)
    assert plan.heat_dumped_kw[month == 6].sum() > 0.0


def pool(**keys: Any):
    return lambda tables: next(load for load in tables["load"] if load["kind"] == "pool").update(keys)


def supply(usd_per_kwh: float):
    return lambda tables: tables["tariff"].update(supply_usd_per_kwh=usd_per_kwh)


def gas(usd_per_mmbtu: float):
    return lambda tables: tables["fuel"].update(price_usd_per_mmbtu_hhv=usd_per_mmbtu)


def hot_water(tables: dict[str, Any]) -> None:
    tables["load"].append({"kind": "hot_water", "archetype": "small_hotel", "floor_area_m2": 10_000.0, "supply_temp_c": 60.0})


@pytest.fixture(scope="module")
def variants(example, example_of) -> dict[str, StudyResult]:
    base = example_of(SECOND)
    return {
        "as it is": example,
        "the record's prices alone, no fuel clause": base.run(supply(0.0)),
        "power 3 cents/kWh dearer": base.run(supply(0.061)),
        "gas at 4 USD/MMBtu": base.run(gas(4.0)),
        "a cover at night": base.run(pool(cover={})),
        "in use from May to September": base.run(pool(months=[5, 6, 7, 8, 9])),
        "hot water of the hotel too": base.run(hot_water),
    }


def test_the_page_tells_what_the_changes_do(variants, page):
    shown = (
        "heat of the pool without [MWh]",
        "heat into the pool [MWh]",
        "first-year saving [kUSD]",
        "net present value [kUSD]",
    )
    heads = ("heat without [MWh]", "recovered heat used [MWh]", *shown[2:])
    rows = {name: [figures(result)[key] for key in shown] for name, result in variants.items()}
    page.check("santa-fe-variants", ["variant", *heads], rows)


def test_what_the_notes_say_of_prices_and_cover_is_so(variants):
    """The stand-in brings the bill to 10.68 cents/kWh; a cover saves more gas than the machine saves money."""
    base, covered = variants["as it is"], variants["a cover at night"]
    assert base.baseline.bill_usd / base.baseline.electricity_import_kwh == pytest.approx(0.1068, abs=0.0003)
    assert base.baseline.fuel_usd - covered.baseline.fuel_usd > 3.0 * base.first_year.saving_usd > 0.0
    assert figures(variants["power 3 cents/kWh dearer"])["net present value [kUSD]"] == pytest.approx(0.0, abs=5.0)


BANDS = {
    "electricity without [MWh]": 0.05,
    "bill without [kUSD]": 0.05,
    "heat of the pool without [MWh]": 0.05,
    "generated [MWh]": 0.01,
    "share of the hotel's power [%]": 0.05,
    "heat into the pool [MWh]": 0.05,
    "share of the pool's heat [%]": 0.05,
    "first-year saving [kUSD]": 0.50,
    "CO2 saved, average factor [t]": 0.50,
    "net present value [kUSD]": 0.15,
}
"""Pool: the file knows the sky's radiation, for which a clear sky stands in with normals, and its winds come with its days; the
two errors lean against each other. Saving: 0.5 kUSD of difference beside 17 kUSD of bill."""


def on_hotel(building: str, floor_ft2: float, scaled_load):
    file = scaled_load(building, 10_000.0 / (floor_ft2 * M2_PER_FT2))

    def change(tables: dict[str, Any]) -> None:
        tables["load"][0] = {"kind": "electric", "csv": str(file), "column": "electric_total_kw"}

    return change


@pytest.fixture(scope="module")
def on_files(example_of, on_weather, on_tariff, scaled_load) -> StudyResult:
    """Santa Fe's own TMY3 year carried to 2,130 m, the reference small hotel of Albuquerque by area, and the URDB record."""
    weather = on_weather("USA_NM_Santa.Fe.County.Muni.AP.723656_TMY3")
    load = on_hotel("SmallHotel_Albuquerque", 43_200.0, scaled_load)
    return example_of(SECOND).run(weather, on_tariff("PNM_3B_general_power_TOU_2021.json"), load)


def test_the_example_agrees_with_the_files_shared(example, on_files, page):
    ours, theirs = figures(example), figures(on_files)
    page.check("santa-fe", ["", "own data", "files"], {name: (ours[name], theirs[name]) for name in ours})
    for name, band in BANDS.items():
        assert ours[name] == pytest.approx(theirs[name], rel=band), name
    assert np.mean(on_files.weather.pressure_kpa) == pytest.approx(79.0, abs=0.1)


def test_a_large_hotels_load_changes_nothing_shared(on_files, example_of, on_weather, on_tariff, scaled_load):
    """The machine always runs full, so that the building behind it moves only the peaks."""
    weather = on_weather("USA_NM_Santa.Fe.County.Muni.AP.723656_TMY3")
    load = on_hotel("LargeHotel_Albuquerque", 122_100.0, scaled_load)
    large = example_of(SECOND).run(weather, on_tariff("PNM_3B_general_power_TOU_2021.json"), load)
    assert large.machine.generated_net_kwh == pytest.approx(on_files.machine.generated_net_kwh, rel=1e-6)
    assert large.first_year.saving_usd == pytest.approx(on_files.first_year.saving_usd, abs=1000.0)
