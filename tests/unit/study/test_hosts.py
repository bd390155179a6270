"""The hosts of a site in a study: which way each of them turns the year, and what recovered heat does not reach."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.package.tank import STRATIFIED_SHARE
from brayton.study.inputs import StudyInputs, read_inputs
from brayton.study.pool import water_temps_c
from brayton.study.result import StudyResult
from brayton.study.site_model import SiteModel, one_machine, site_model
from brayton.study.study import run_study

NO_SPACE_HEAT = (
    '[[load]]\nkind = "space_heat"\ncsv = "loads.csv"\ncolumn = "heat_kw"\nsupply_temp_c = 60.0\nreturn_temp_c = 49.0\n',
    "",
)
BY_EXHAUST = ('heat_recovery = "hot_water"', 'heat_recovery = "exhaust"')
LUKEWARM = ('heat_recovery = "hot_water"', 'heat_recovery = "lukewarm.toml"')
"""A heat recovery whose water gets no hotter than 50 degC."""

WARM_WATER = """
[[load]]
kind = "hot_water"
constant_kw = 30.0
supply_temp_c = 45.0
return_temp_c = 34.0
"""


def study(path: Path) -> StudyResult:
    return run_study(read_inputs(path))


def model_of(path: Path) -> tuple[StudyInputs, SiteModel]:
    inputs = read_inputs(path)
    return inputs, site_model(inputs, *one_machine(inputs))


def write_lukewarm(folder: Path) -> None:
    """The library's exchanger, its rated point and reach moved to colder water."""
    text = (files("brayton.package") / "library" / "c65_ichp.toml").read_text()
    for old, new in (
        ("max_water_out_temp_c = 82.2", "max_water_out_temp_c = 50.0"),
        ("water_in_temp_c = 60.0", "water_in_temp_c = 30.0"),
    ):
        assert old in text
        text = text.replace(old, new)
    (folder / "lukewarm.toml").write_text(text)


def test_water_of_50_degrees_serves_45_and_not_60(site_with):
    """The hot load goes to the boiler alone, with and without the project, and a note names it."""
    path = site_with(WARM_WATER, changes=(LUKEWARM,))
    write_lukewarm(path.parent)
    result = study(path)
    hot, loop = result.heat_kw - 30.0, result.model.hosts.loop
    assert loop.served == ("hot_water",)
    assert loop.too_hot == ("space_heat",)
    assert loop.boiler_only_kw == pytest.approx(hot)
    plan = result.with_project.schedule
    assert (plan.heat_used_kw <= 30.0 + 1e-9).all()
    assert plan.heat_used_kw.sum() > 0.0
    assert (plan.boiler_heat_kw >= hot - 1e-9).all()
    assert result.baseline.schedule.boiler_heat_kw == pytest.approx(result.heat_kw)
    assert any("Out of reach of" in note and "left to the boiler alone: space_heat." in note for note in result.notes)


def test_water_too_hot_for_everything_is_refused(site_with):
    path = site_with(changes=(LUKEWARM,))
    write_lukewarm(path.parent)
    with pytest.raises(InputError, match=r"60.* is above the highest water temperature of .*, 50 degC"):
        model_of(path)


def test_two_levels_mix_in_the_return(site_with):
    """By hand: the loop runs at 80 degC, each load gives its water back at its own temperature, flows in proportion."""
    hotter = ("supply_temp_c = 60.0\nreturn_temp_c = 49.0", "supply_temp_c = 80.0\nreturn_temp_c = 60.0")
    inputs, model = model_of(site_with(WARM_WATER, changes=(hotter,)))
    space = next(level.heat_kw for level in inputs.levels if level.name == "space_heat")
    space_flow, warm_flow = space / (80.0 - 60.0), 30.0 / (80.0 - 34.0)
    assert model.hosts.loop.loop_temp_c == 80.0
    assert model.hosts.loop.return_temp_c == pytest.approx((60.0 * space_flow + 34.0 * warm_flow) / (space_flow + warm_flow))
    summer = space == 0.0
    assert model.hosts.loop.return_temp_c[summer] == pytest.approx(34.0)
    assert model.hosts.loop.return_temp_c.max() > 50.0


def test_colder_returns_recover_more_heat(site_with):
    """The exchanger sees the mixed return: with a cold return beside it, more than with the hot load alone."""
    hotter = ("supply_temp_c = 60.0\nreturn_temp_c = 49.0", "supply_temp_c = 80.0\nreturn_temp_c = 60.0")
    _, mixed = model_of(site_with(WARM_WATER, changes=(hotter,)))
    _, alone = model_of(site_with(changes=(hotter,)))
    full_mixed, full_alone = mixed.problem.envelope.heat_kw[:, -1], alone.problem.envelope.heat_kw[:, -1]
    assert (full_mixed > full_alone).all()
    winter = alone.problem.heat_kw > 150.0
    assert (full_mixed / full_alone)[winter].max() < (full_mixed / full_alone)[~winter].max()


def test_the_pool_is_there_with_and_without_the_project(site_with):
    result = study(site_with("pool"))
    pool = result.model.hosts.pool
    assert pool is not None
    before, after = result.baseline.schedule, result.with_project.schedule
    low = water_temps_c(pool, before.store_kwh)
    assert low.min() >= 27.0 - 1e-9
    assert before.store_in_kw.sum() == 0.0
    assert before.store_need_kw.sum() > after.store_need_kw.sum() > 0.0
    assert after.store_in_kw.sum() > 0.0


def test_recovered_heat_lifts_the_pool_within_its_band(site_with):
    """In the sun's absence it stays between its temperatures; with heat to spare it is warmer than the twin's."""
    result = study(site_with("pool"))
    pool = result.model.hosts.pool
    assert pool is not None
    with_heat = water_temps_c(pool, result.with_project.schedule.store_kwh)
    without = water_temps_c(pool, result.baseline.schedule.store_kwh)
    assert (with_heat >= without - 1e-9).all()
    assert with_heat.mean() > without.mean() + 0.3
    filled = result.with_project.schedule.store_in_kw > 0.0
    assert with_heat[filled].max() <= 29.0 + 1e-9


def test_a_pool_out_of_reach_is_held_by_the_boiler_alone(site_with):
    hot = ("supply_temp_c = 45.0\nreturn_temp_c = 34.0\nground", "supply_temp_c = 90.0\nreturn_temp_c = 70.0\nground")
    result = study(site_with("pool", changes=(hot,)))
    assert result.model.hosts.loop.too_hot == ("pool",)
    assert result.with_project.schedule.store_in_kw.sum() == 0.0
    assert result.with_project.schedule.store_need_kw == pytest.approx(result.baseline.schedule.store_need_kw)
    assert any("left to the boiler alone: pool." in note for note in result.notes)


def test_a_desiccant_saves_the_electricity_of_drying_by_air_conditioner(site_with):
    without = study(site_with())
    result = study(site_with("store", "desiccant"))
    plan, air = result.with_project.schedule, result.model.hosts.store_air
    assert air is not None
    assert result.electric_kw == pytest.approx(without.electric_kw), "its air conditioning is in the load already"
    assert 0.0 < plan.saved_kw.sum() < air.use.saved_kw.sum() + 1e-6
    assert plan.uses_heat_kw[0].sum() > 0.0
    assert result.with_project.electricity_import_kwh < without.with_project.electricity_import_kwh
    assert result.baseline.bill_usd == pytest.approx(without.baseline.bill_usd)
    summer = (result.axis.month >= 5) & (result.axis.month <= 7)
    assert plan.saved_kw[summer].sum() > 0.5 * plan.saved_kw.sum()


def test_air_conditioning_that_is_not_in_the_load_comes_on_top(site_with):
    apart = ("part_of_electric = true", "part_of_electric = false")
    inside, outside = (model_of(site_with("store", "desiccant", changes=c))[1] for c in ((), (apart,)))
    assert outside.hosts.store_air is not None
    on_top = outside.problem.electric_kw - inside.problem.electric_kw
    assert on_top == pytest.approx(outside.hosts.store_air.ac_electric_kw)
    assert on_top.sum() > 0.0


def test_exhaust_drives_a_desiccant_and_heats_no_water(site_with):
    """Space heat stays the boiler's: nothing but the desiccant takes heat."""
    result = study(site_with("store", "desiccant on exhaust", changes=(BY_EXHAUST,)))
    plan = result.with_project.schedule
    assert plan.saved_kw.sum() > 0.0
    assert plan.heat_used_kw == pytest.approx(plan.uses_heat_kw.sum(axis=0))
    assert plan.boiler_heat_kw == pytest.approx(result.heat_kw)
    assert any("left to the boiler alone: space_heat." in note for note in result.notes)


def test_exhaust_heats_no_pool(site_with):
    result = study(site_with("pool", "store", "desiccant on exhaust", changes=(BY_EXHAUST, NO_SPACE_HEAT)))
    assert result.with_project.schedule.store_in_kw.sum() == 0.0


@pytest.mark.parametrize(("kind", "changes"), [("absorption", ()), ("absorption on exhaust", (BY_EXHAUST,))])
def test_an_absorption_chiller_saves_electricity_and_no_cold(site_with, kind, changes):
    result = study(site_with("cooling", "chiller", kind, changes=changes))
    cooling, plan = result.model.hosts.cooling, result.with_project.schedule
    assert cooling is not None
    assert cooling.cold_kw == pytest.approx(80.0)
    assert result.electric_kw == pytest.approx(read_inputs(site_with()).electric_kw + cooling.electric_kw)
    assert plan.saved_kw.sum() > 0.0
    assert (plan.saved_kw <= cooling.electric_kw + 1e-9).all()
    assert result.baseline.schedule.saved_kw.sum() == 0.0


def test_a_chiller_alone_is_in_both_runs(site_with):
    result, plain = study(site_with("cooling", "chiller")), study(site_with())
    on_top = result.electric_kw.sum() - plain.electric_kw.sum()
    assert on_top > 8760 * 80.0 / 6.0
    assert result.baseline.electricity_import_kwh - plain.baseline.electricity_import_kwh == pytest.approx(on_top)
    assert result.with_project.schedule.saved_kw.sum() == 0.0


@pytest.mark.parametrize("inside", ["true", "false"])
@pytest.mark.parametrize("condenser", ["air", "water"])
def test_cooling_given_as_electricity_counts_once(site_with, inside, condenser):
    """The motor's electricity is in the load or was added to it; the tower of a chiller beside the load comes on top."""
    series = '[[load]]\nkind = "cooling"\ncsv = "loads.csv"\ncolumn = "heat_kw"\n'
    load = f'{series}basis = "chiller_electric"\npart_of_electric = {inside}'
    inputs, model = model_of(site_with(load, "chiller", changes=(('condenser = "air"', f'condenser = "{condenser}"'),)))
    tower = model.problem.electric_kw - inputs.electric_kw
    if inside == "true" or condenser == "air":
        assert tower == pytest.approx(0.0, abs=1e-6)
    else:
        assert tower.sum() > 0.0
        assert (tower <= 0.5 * inputs.heat_kw + 1e-6).all()


@pytest.mark.parametrize("layout", ["stratified", "mixed"])
def test_a_tank_raises_the_heat_that_is_used(site_with, layout):
    """A load of evenings only: what is recovered by day serves it through the tank."""
    evenings = ('column = "heat_kw"', 'column = "evening_kw"')
    change = (evenings, ('layout = "stratified"', f'layout = "{layout}"'))
    results = []
    for tables, changes in (((), (evenings,)), (("tank",), change)):
        path = site_with(*tables, changes=changes)
        loads = path.parent / "loads.csv"
        rows = loads.read_text().splitlines()
        evening = [f"{row},{200.0 if 17 <= hour % 24 < 21 else 0.0}" for hour, row in enumerate(rows[1:])]
        loads.write_text("\n".join([f"{rows[0]},evening_kw", *evening]) + "\n")
        results.append(study(path))
    without, with_tank = results
    assert with_tank.machine.heat_used_kwh > 1.05 * without.machine.heat_used_kwh
    assert with_tank.with_project.fuel_kwh_hhv < without.with_project.fuel_kwh_hhv
    assert with_tank.baseline.fuel_kwh_hhv == pytest.approx(without.baseline.fuel_kwh_hhv)
    assert with_tank.model.twin.store is None
    served = with_tank.with_project.schedule
    assert served.store_out_kw.sum() < served.store_in_kw.sum(), "a tank loses heat"


def test_a_stratified_tank_holds_more_than_a_mixed_one(site_with):
    _, stratified = model_of(site_with("tank"))
    _, mixed = model_of(site_with("tank", changes=(('layout = "stratified"', 'layout = "mixed"'),)))
    assert stratified.problem.store is not None
    assert mixed.problem.store is not None
    share = (80.0 - 60.0) / (STRATIFIED_SHARE * (80.0 - 49.0))
    assert mixed.problem.store.capacity_kwh == pytest.approx(share * stratified.problem.store.capacity_kwh, rel=1e-3)


def test_heat_that_nothing_can_hold_is_not_stored(site_with):
    """A tank hotter than the exchanger's water is refused at its place in the file."""
    with pytest.raises(InputError, match=r"equipment\[1\]\.max_temp_c = 90.*is above the highest water temperature"):
        model_of(site_with("tank", changes=(("max_temp_c = 80.0", "max_temp_c = 90.0"),)))


def test_every_piece_of_equipment_enters_the_cost(site_with):
    path = site_with(
        "store",
        "desiccant",
        "cooling",
        "chiller",
        "absorption",
        "tank",
        "battery",
        changes=(("max_temp_c = 80.0", "max_temp_c = 82.0"),),
    )
    result = study(path)
    assert result.model.hosts.installed_cost_usd == {
        "desiccant": 60000.0,
        "absorption_chiller": 90000.0,
        "tank": 15000.0,
        "battery": 50000.0,
    }
    assert result.installed_cost_usd == pytest.approx(3000.0 * 60.0 + 215000.0)
    assert result.cash_flow.investment_usd[0] == -result.installed_cost_usd


def test_gaps_of_the_weather_are_told_at_the_pool(site_with):
    inputs = read_inputs(site_with("pool"))
    wind = inputs.weather.wind_speed_m_s.copy()
    wind[7] = np.nan
    broken = replace(inputs, weather=replace(inputs.weather, wind_speed_m_s=wind))
    with pytest.raises(InputError, match=r"load\[2\].*wind_speed_m_s = 'missing in 1 steps'"):
        site_model(broken, *one_machine(broken))
