"""A year with the project and the same year without it, for every host: what differs, what closes, what it costs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from brayton.core.errors import InputError, SolveError
from brayton.core.units import KWH_PER_MMBTU
from brayton.dispatch.answer import dispatch
from brayton.dispatch.battery import run_battery
from brayton.study.gas_year import gas_year
from brayton.study.inputs import read_inputs
from brayton.study.result import StudyResult
from brayton.study.study import run_study

BY_EXHAUST = ('heat_recovery = "hot_water"', 'heat_recovery = "exhaust"')
WARM_ENOUGH = ("max_temp_c = 80.0", "max_temp_c = 82.0")
HOSTS = {
    "plain": ((), ()),
    "pool": (("pool",), ()),
    "desiccant": (("store", "desiccant"), ()),
    "desiccant on exhaust": (("store", "desiccant on exhaust"), (BY_EXHAUST,)),
    "absorption": (("cooling", "chiller", "absorption"), ()),
    "absorption on exhaust": (("cooling", "chiller", "absorption on exhaust"), (BY_EXHAUST,)),
    "tank": (("tank",), ()),
    "battery": (("battery",), ()),
    "gas": (("gas", "train", "flare"), ()),
    "everything": (("store", "desiccant", "cooling", "chiller", "absorption", "tank", "battery"), (WARM_ENOUGH,)),
    "availability": (("[availability]\n",), ()),
}
EXPORTING = ('"follow_electric"', '"base_load"\nexport = { limit_kw = 200.0 }')
BOUGHT_GAS = ("price_usd_per_mmbtu_hhv = 8.0", 'tariff = "gas.toml"')
GAS_TARIFF = """
schema = 1
name = "General service"
unit = "MMBtu"
source = { title = "made up for tests", date = "2026", basis = "estimate" }
fixed_usd_per_month = 100.0

[commodity]
usd_per_unit = 5.0

[[delivery]]
name = "all year"
blocks = [ { up_to = 100, usd_per_unit = 3.0 }, { usd_per_unit = 1.0 } ]
"""
NO_HEAT = (
    ('[[load]]\nkind = "space_heat"\ncsv = "loads.csv"\ncolumn = "heat_kw"\nsupply_temp_c = 60.0\nreturn_temp_c = 49.0\n', ""),
    ('heat_recovery = "hot_water"\n', ""),
    ('[[equipment]]\nkind = "boiler"\nefficiency_hhv = 0.8\n', ""),
    ('"machine", "equipment"', '"machine"'),
)


def study(path: Path) -> StudyResult:
    return run_study(read_inputs(path))


def on_gas_tariff(site_with, *tables: str, changes: tuple[tuple[str, str], ...] = ()) -> StudyResult:
    path = site_with(*tables, changes=(BOUGHT_GAS, *changes))
    (path.parent / "gas.toml").write_text(GAS_TARIFF)
    return study(path)


@pytest.mark.parametrize("host", HOSTS)
def test_the_saving_is_the_difference_of_two_runs_that_close(site_with, host):
    tables, changes = HOSTS[host]
    result = study(site_with(*tables, changes=changes))
    before, after, saving = result.baseline, result.with_project, result.first_year
    assert saving.electric_saving_usd == before.bill_usd - after.bill_usd
    assert saving.fuel_saving_usd == before.fuel_usd - after.fuel_usd
    assert saving.om_saving_usd == before.om_usd - after.om_usd
    assert result.co2_saving_kg == before.co2_kg - after.co2_kg
    assert after.upkeep_usd["machines"] == pytest.approx(0.015 * result.machine.generated_net_kwh)
    assert before.upkeep_usd["machines"] == 0.0
    assert result.machine.generated_net_kwh > 0.0
    for balance in result.balances:
        assert abs(balance.residual) <= 1e-9 * max(abs(balance.total_in), 1.0), balance.name
    for problem, run in ((result.model.twin, before), (result.model.problem, after)):
        assert np.abs(run.schedule.heat_residual_kw(problem)).max() < 1e-9
        assert np.abs(run.schedule.store_residual_kwh(problem)).max() < 1e-6


@pytest.mark.parametrize("host", [name for name in HOSTS if name != "availability"])
def test_the_twin_does_not_know_the_machines(site_with, host):
    """With one machine or three, available or not, the year without the project is the same to the last bit."""
    tables, changes = HOSTS[host]
    one = study(site_with(*tables, changes=changes)).baseline
    three = study(site_with(*tables, "[availability]\n", changes=(*changes, ("count = 1", "count = 3")))).baseline
    assert (one.bill_usd, one.fuel_usd, one.om_usd, one.co2_kg) == (three.bill_usd, three.fuel_usd, three.om_usd, three.co2_kg)
    for name in ("import_kw", "boiler_heat_kw", "store_kwh", "unmet_kw"):
        assert np.array_equal(getattr(one.schedule, name), getattr(three.schedule, name)), name
    for name in ("net_power_kw", "fuel_kw_lhv", "heat_recovered_kw", "saved_kw", "store_in_kw", "store_out_kw", "export_kw"):
        assert not getattr(one.schedule, name).any(), name
    assert one.battery is None


@pytest.mark.parametrize(
    ("host", "flow", "told"),
    [
        ("pool", "store_in_kw", "store"),
        ("pool", "store_need_kw", "store"),
        ("pool", "store_kwh", "store"),
        ("pool", "heat_used_kw", "fuel"),
        ("tank", "store_out_kw", "store"),
        ("desiccant", "saved_kw", "electricity"),
        ("desiccant", "uses_heat_kw", "heat"),
        ("plain", "heat_dumped_kw", "heat"),
        ("absorption", "heat_recovered_kw", "heat"),
        ("gas", "boiler_heat_kw", "heat"),
    ],
)
def test_a_flow_that_is_lost_opens_a_balance(site_with, monkeypatch, host, flow, told):
    """A thousandth off one flow of the schedule."""
    tables, changes = HOSTS[host]
    inputs = read_inputs(site_with(*tables, changes=changes))

    def losing(problem, rule):
        plan = dispatch(problem, rule)
        return replace(plan, **{flow: getattr(plan, flow) * 0.999})

    monkeypatch.setattr("brayton.study.run.dispatch", losing)
    with pytest.raises(SolveError, match=told):
        run_study(inputs)


@pytest.mark.parametrize("flow", ["charge_kw", "discharge_kw", "losses_kw", "level_kwh", "net_load_kw"])
def test_a_battery_that_loses_energy_opens_a_balance(site_with, monkeypatch, flow):
    inputs = read_inputs(site_with("battery", changes=(("threshold_kw = 80.0", "threshold_kw = 80.0\ninitial_kwh = 50.0"),)))

    def losing(*arguments, **more):
        year = run_battery(*arguments, **more)
        return replace(year, **{flow: getattr(year, flow) * 0.99})

    monkeypatch.setattr("brayton.study.run.run_battery", losing)
    with pytest.raises(SolveError, match=r"battery|electricity"):
        run_study(inputs)


@pytest.mark.parametrize("figure", ["machines_kwh_lhv", "flare_kwh_lhv", "slip_kg", "biogenic_co2_kg"])
def test_gas_that_is_lost_opens_a_balance(site_with, monkeypatch, figure):
    inputs = read_inputs(site_with("gas", "train", "flare"))

    def losing(*arguments):
        year = gas_year(*arguments)
        return replace(year, **{figure: getattr(year, figure) * 0.999 - 1.0})

    monkeypatch.setattr("brayton.study.run.gas_year", losing)
    with pytest.raises(SolveError, match="gas"):
        run_study(inputs)


def test_a_battery_shaves_what_the_machine_leaves(site_with):
    """The twin has none, and what the machine alone would import above the threshold is lower with it."""
    result, alone = study(site_with("battery")), study(site_with())
    battery = result.with_project.battery
    assert battery is not None
    left = alone.with_project.schedule.import_kw
    assert battery.net_load_kw == pytest.approx(left + battery.charge_kw - battery.discharge_kw)
    assert result.with_project.schedule.import_kw == pytest.approx(np.maximum(battery.net_load_kw, 0.0))
    assert (battery.discharge_kw[left <= 80.0] == 0.0).all()
    assert result.with_project.peak_import_kw < alone.with_project.peak_import_kw
    assert result.baseline.peak_import_kw == alone.baseline.peak_import_kw


def test_a_battery_moves_import_out_of_its_hours(site_with):
    night, day = "{ start_hour = 0, end_hour = 6 }", "{ start_hour = 12, end_hour = 18 }"
    rule = f'rule = "time_of_use"\ncharge = {night}\ndischarge = {day}\ncharge_import_kw = 90.0\n'
    result = study(site_with("battery", changes=(('rule = "peak_shaving"\nthreshold_kw = 80.0\n', rule),)))
    battery, hour = result.with_project.battery, result.axis.hour
    assert battery is not None
    assert battery.charge_kw[hour < 6].sum() == pytest.approx(battery.charge_kw.sum())
    assert battery.discharge_kw[(hour >= 12) & (hour < 18)].sum() == pytest.approx(battery.discharge_kw.sum())
    assert result.with_project.schedule.import_kw[battery.charge_kw > 0.0].max() <= 90.0 + 1e-9
    assert battery.discharge_kw.sum() > 0.0


def test_a_battery_takes_what_would_be_exported(site_with):
    rule = ('rule = "peak_shaving"\nthreshold_kw = 80.0\n', 'rule = "absorb_export"\n')
    changes = (EXPORTING, ("count = 1", "count = 3"))
    with_battery, without = study(site_with("battery", changes=(rule, *changes))), study(site_with(changes=changes))
    assert 0.0 < with_battery.with_project.export_kwh < without.with_project.export_kwh


def test_a_boiler_at_part_load_burns_more(site_with):
    """DOE-2's curve: less heat per fuel at part load, the same at full load; the machine's heat saves the rest."""
    sized = ("efficiency_hhv = 0.8", "efficiency_hhv = 0.8\ncapacity_kw = 200.0")
    curved = ("efficiency_hhv = 0.8", 'efficiency_hhv = 0.8\ncapacity_kw = 200.0\npart_load = "doe2"')
    constant, part_load = study(site_with(changes=(sized,))), study(site_with(changes=(curved,)))
    assert part_load.baseline.fuel_kwh_hhv > 1.02 * constant.baseline.fuel_kwh_hhv
    assert part_load.model.problem.boiler is not None
    by_hand = part_load.model.problem.boiler.fuel_kw_hhv(part_load.heat_kw).sum()
    assert part_load.baseline.fuel_kwh_hhv == pytest.approx(by_hand)
    assert part_load.baseline.schedule.boiler_heat_kw == pytest.approx(constant.baseline.schedule.boiler_heat_kw)


def test_the_bill_of_fuel_is_that_of_machines_and_boiler(site_with):
    """At one price: both parts by their own fuel."""
    result = study(site_with())
    after = result.with_project
    usd_per_kwh = 8.0 / KWH_PER_MMBTU
    assert after.machine_fuel_usd == pytest.approx(result.machine.fuel_kwh_hhv * usd_per_kwh)
    assert after.fuel_usd - after.machine_fuel_usd == pytest.approx(after.schedule.boiler_fuel_kw_hhv.sum() * usd_per_kwh)
    assert result.baseline.machine_fuel_usd == pytest.approx(0.0, abs=1e-9)


def test_a_gas_tariff_bills_both_runs(site_with):
    """By hand: fixed charge, commodity, and delivery in two blocks of each month's use; the boiler pays its part alone."""
    result = on_gas_tariff(site_with)
    for run, machines in ((result.baseline, 0.0), (result.with_project, 1.0)):
        plan = run.schedule
        fuel_kw = plan.boiler_fuel_kw_hhv + machines * plan.fuel_kw_lhv * result.model.problem.envelope.fuel_hhv_per_lhv
        use = np.bincount(result.axis.month, weights=fuel_kw) / KWH_PER_MMBTU
        by_hand = 12 * 100.0 + 5.0 * use.sum() + (3.0 * np.minimum(use, 100.0) + np.maximum(use - 100.0, 0.0)).sum()
        assert run.fuel_usd == pytest.approx(by_hand, abs=0.01)
    boiler = np.bincount(result.axis.month, weights=result.with_project.schedule.boiler_fuel_kw_hhv) / KWH_PER_MMBTU
    alone = 12 * 100.0 + 5.0 * boiler.sum() + (3.0 * np.minimum(boiler, 100.0) + np.maximum(boiler - 100.0, 0.0)).sum()
    assert result.with_project.machine_fuel_usd == pytest.approx(result.with_project.fuel_usd - alone, abs=0.01)


def test_without_a_boiler_there_is_no_gas_account_without_the_project(site_with):
    result = on_gas_tariff(site_with, changes=NO_HEAT)
    assert result.baseline.gas_bill is None
    assert result.baseline.fuel_usd == 0.0
    assert result.with_project.gas_bill is not None
    assert result.with_project.machine_fuel_usd == pytest.approx(result.with_project.fuel_usd)


def test_gas_of_the_sites_own_is_not_bought(site_with):
    """The boiler buys its fuel; royalty and visits are upkeep of the project, and the flare burns in both runs."""
    result = study(site_with("gas", "train", "flare"))
    before, after = result.baseline, result.with_project
    assert after.machine_fuel_usd == pytest.approx(0.0, abs=1e-9)
    assert after.fuel_kwh_hhv == pytest.approx(after.schedule.boiler_fuel_kw_hhv.sum())
    burnt_mmbtu = result.machine.fuel_kwh_hhv / KWH_PER_MMBTU
    assert after.upkeep_usd["royalty on the gas"] == pytest.approx(0.5 * burnt_mmbtu, rel=0.002)
    assert after.upkeep_usd["service of the gas side"] == pytest.approx(result.machine.run_hours / 4000.0 * 400.0)
    assert after.om_usd == pytest.approx(sum(after.upkeep_usd.values()))
    assert result.first_year.om_saving_usd == pytest.approx(-after.om_usd)
    assert before.own_gas is not None
    assert after.own_gas is not None
    assert after.own_gas.flare_kwh_lhv < before.own_gas.flare_kwh_lhv
    assert result.machine.fuel_kwh_lhv <= before.own_gas.supply_kwh_lhv + after.own_gas.shortfall_kwh_lhv


def test_gas_of_the_months_limits_the_machines(site_with):
    monthly = ("flow_m3_n_per_h = 60.0", "flow_m3_n_per_h = [60, 60, 60, 60, 60, 0, 12, 60, 60, 60, 60, 60]")
    result = study(site_with("gas", "train", "flare", changes=(monthly, ("count = 1", "count = 4"))))
    power = [result.with_project.schedule.net_power_kw[result.axis.month == month].sum() for month in range(12)]
    assert power[5] == 0.0
    assert 0.0 < power[6] < 0.5 * power[4]


def test_gas_of_a_file_is_the_same_gas(site_with):
    plain = study(site_with("gas", "train", "flare"))
    path = site_with("gas", "train", "flare", changes=(("flow_m3_n_per_h = 60.0", 'flow_csv = "flow.csv"'),))
    (path.parent / "flow.csv").write_text("flow_m3_n_per_h\n" + "60.0\n" * 8760)
    assert study(path).first_year == plain.first_year


def test_outages_cost_generation(site_with):
    always, sometimes = study(site_with()), study(site_with("[availability]\nmtbf_h = 500.0\nmttr_h = 50.0\n"))
    shares = sometimes.model.problem.availability
    assert shares is not None
    assert 0.85 < shares.mean() < 0.92, "500 of 550 hours, less 264 hours of service"
    assert sometimes.machine.generated_net_kwh == pytest.approx(shares.mean() * always.machine.generated_net_kwh, rel=0.02)
    assert (sometimes.with_project.schedule.net_power_kw[shares == 0.0] == 0.0).all()
    assert any("available 8" in note or "available 9" in note for note in sometimes.notes)


@pytest.mark.parametrize("rule", ['"base_load"', '"follow_heat"', '"peak_shaving"\nthreshold_kw = 90.0'])
def test_rules_close_with_every_host(site_with, rule):
    tables, changes = HOSTS["everything"]
    result = study(site_with(*tables, changes=(*changes, ('"follow_electric"', rule))))
    assert all(abs(item.residual) <= 1e-9 * max(abs(item.total_in), 1.0) for item in result.balances)
    assert result.with_project.schedule.export_kw.max() <= 1e-9


def test_following_heat_runs_for_what_equipment_takes(site_with):
    """Where the load takes no heat in summer, the desiccant's heat keeps the machine running."""
    follow = ('"follow_electric"', '"follow_heat"')
    alone, drying = study(site_with(changes=(follow,))), study(site_with("store", "desiccant", changes=(follow,)))
    july = alone.axis.month == 6
    assert alone.with_project.schedule.net_power_kw[july].sum() == 0.0
    assert drying.with_project.schedule.net_power_kw[july].sum() > 0.0


def test_gas_outside_the_fuel_systems_is_refused(site_with):
    with pytest.raises(InputError, match="lies outside the fuel systems of C30 all year"):
        study(site_with("gas", "train", "flare", changes=(("methane = 0.5", "methane = 0.25"),)))
