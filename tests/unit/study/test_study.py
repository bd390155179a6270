"""The study: two runs of the same code, what lies between them, and the records they leave."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from brayton.core.errors import InputError, SolveError
from brayton.core.units import KWH_PER_MMBTU
from brayton.dispatch.answer import dispatch
from brayton.faces.output import json_text
from brayton.study.balance import Balance, require_closed
from brayton.study.inputs import load_inputs, read_inputs
from brayton.study.result import StudyResult
from brayton.study.scenario_file import read_scenario
from brayton.study.study import run_study

HOURS = 8760


def study(path: Path) -> StudyResult:
    return run_study(read_inputs(path))


def as_read_back(result: StudyResult) -> dict:
    return json.loads(json_text(result.to_json()))


def test_a_saving_is_the_difference_of_two_runs(scenario_with):
    result = study(scenario_with())
    before, after, saving = result.baseline, result.with_project, result.first_year
    assert saving.saving_usd == pytest.approx(before.cost_usd - after.cost_usd, rel=1e-12)
    assert result.co2_saving_kg == before.co2_kg - after.co2_kg
    assert before.electricity_import_kwh == pytest.approx(result.electric_kw.sum(), rel=1e-12)
    assert before.fuel_kwh_hhv == pytest.approx(result.heat_kw.sum() / 0.8, rel=1e-12)
    assert before.om_usd == 0.0
    assert before.schedule.units_on.max() == 0


def test_the_twin_is_what_the_site_pays_today(scenario_with):
    """By hand: 12 months of fixed charge, energy at one price, the highest hour of each month, boiler fuel."""
    result = study(scenario_with())
    peaks = [result.electric_kw[result.axis.month == month].max() for month in range(12)]
    bill = 12 * 50.0 + 0.15 * result.electric_kw.sum() + 12.0 * sum(peaks)
    assert result.baseline.bill_usd == pytest.approx(bill, abs=1e-6)
    assert result.baseline.fuel_usd == pytest.approx(result.heat_kw.sum() / 0.8 * 8.0 / KWH_PER_MMBTU, abs=1e-6)
    assert result.baseline.grid_co2_kg == pytest.approx(0.5 * result.electric_kw.sum(), rel=1e-12)
    methane_like_kg_per_kwh_hhv = 0.181  # EPA: 116.9 lb/MMBtu of pipeline gas
    assert result.baseline.fuel_co2_kg / result.baseline.fuel_kwh_hhv == pytest.approx(methane_like_kg_per_kwh_hhv, rel=0.01)


def test_the_project_is_what_its_hours_say(scenario_with):
    result = study(scenario_with())
    plan, year = result.with_project.schedule, result.machine
    assert year.generated_net_kwh == pytest.approx(plan.net_power_kw.sum())
    assert year.capacity_factor == pytest.approx(year.generated_net_kwh / (60.0 * HOURS))
    assert year.elec_eff_lhv == pytest.approx(plan.net_power_kw.sum() / plan.fuel_kw_lhv.sum())
    hhv = result.with_project.fuel_kwh_hhv - plan.boiler_fuel_kw_hhv.sum()
    assert year.chp_eff_hhv == pytest.approx((year.generated_net_kwh + year.heat_used_kwh) / hhv)
    assert year.heat_recovered_kwh == pytest.approx(year.heat_used_kwh + year.heat_dumped_kwh)
    assert result.with_project.om_usd == pytest.approx(0.015 * year.generated_net_kwh)
    assert result.installed_cost_usd == pytest.approx(3000.0 * 60.0)


@pytest.mark.parametrize("total_out", [1000.01, float("nan")])
def test_a_balance_that_stays_open_stops_the_study(total_out):
    with pytest.raises(SolveError, match=r"with_project, fuel: .* kWh are left \(not_converged"):
        require_closed([Balance("baseline", "heat", "kWh", 1.0, 1.0), Balance("with_project", "fuel", "kWh", 1000.0, total_out)])


def test_every_balance_can_fail(scenario_with, monkeypatch):
    """A dispatch that loses a thousandth of a figure is caught, and by the CO2 of what was bought where that is what it lost."""
    inputs = read_inputs(scenario_with())
    for name, told in (
        ("import_kw", "CO2"),
        ("boiler_fuel_kw_hhv", "CO2"),
        ("net_power_kw", "electricity"),
        ("boiler_heat_kw", "heat"),
    ):

        def losing(problem, rule, name=name):
            plan = dispatch(problem, rule)
            return replace(plan, **{name: getattr(plan, name) * 0.999})

        monkeypatch.setattr("brayton.study.run.dispatch", losing)
        with pytest.raises(SolveError, match=told):
            run_study(inputs)


def test_balances_close(scenario_with):
    result = study(scenario_with(('"follow_electric"', '"base_load"\nexport = { limit_kw = 40.0 }'), ("count = 1", "count = 3")))
    assert result.with_project.export_kwh > 0.0
    assert len(result.balances) == 10
    for balance in result.balances:
        assert balance.residual == pytest.approx(0.0, abs=1e-9 * max(balance.total_in, 1.0)), balance.name


def test_standby_and_starts_count(scenario_with):
    """Outside the window the machine rests: it draws standby power, and each of its starts takes energy."""
    result = study(scenario_with(('"follow_electric"', '"time_of_use"\nstart_hour = 8\nend_hour = 20')))
    operation, year = result.record.operation, result.machine
    assert year.starts == 365
    resting = (HOURS - year.run_hours) * operation.standby_kw
    assert year.standby_kwh == pytest.approx(resting + 365 * (operation.start_energy_kwh + operation.stop_energy_kwh), rel=1e-3)
    taken = result.with_project.electricity_import_kwh + year.generated_net_kwh - result.electric_kw.sum()
    assert taken == pytest.approx(year.standby_kwh, rel=1e-9)


def test_prices_of_months_and_carbon_of_hours(scenario_with):
    file = scenario_with(
        ("price_usd_per_mmbtu_hhv = 8.0", "price_usd_per_mmbtu_hhv = [8.0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]"),
        ("grid_kg_per_kwh = 0.5", 'grid_csv = "grid.csv"'),
    )
    factor = np.where(np.arange(HOURS) % 24 < 12, 0.2, 0.8)
    (file.parent / "grid.csv").write_text("kg_per_kwh\n" + "\n".join(map(str, factor)) + "\n")
    result = study(file)
    january = result.axis.month == 0
    assert result.baseline.fuel_usd == pytest.approx(result.heat_kw[january].sum() / 0.8 * 8.0 / KWH_PER_MMBTU)
    assert result.baseline.grid_co2_kg == pytest.approx((result.electric_kw * factor).sum())


def test_shorter_steps_give_the_same_year(scenario_with):
    """Loads that hold for the hour cost the same in quarters of it, the energy of the first start apart."""
    hourly = study(scenario_with())
    file = scenario_with(("\nyear = 2021", "\nyear = 2021\nstep_minutes = 15"))
    repeated = np.repeat(np.stack([hourly.electric_kw, hourly.heat_kw], axis=1), 4, axis=0)
    np.savetxt(file.parent / "loads.csv", repeated, delimiter=",", header="electric_kw,heat_kw", comments="", fmt="%.10g")
    quarters = study(file)
    assert quarters.baseline.bill_usd == pytest.approx(hourly.baseline.bill_usd, rel=1e-9)
    assert quarters.with_project.fuel_usd == pytest.approx(hourly.with_project.fuel_usd, rel=1e-6)
    assert quarters.machine.run_hours == hourly.machine.run_hours


def test_cooling_counts_once(scenario_with):
    cooling = '[[load]]\nkind = "cooling"\ncsv = "loads.csv"\ncolumn = "heat_kw"\nbasis = "chiller_electric"\npart_of_electric = '
    alone = read_inputs(scenario_with())
    apart = read_inputs(scenario_with(("[tariff.inline]", cooling + "false\n[tariff.inline]")))
    inside = read_inputs(scenario_with(("[tariff.inline]", cooling + "true\n[tariff.inline]")))
    assert apart.electric_kw == pytest.approx(alone.electric_kw + alone.heat_kw)
    assert inside.electric_kw == pytest.approx(alone.electric_kw)


def test_archetypes_scale_by_area_energy_and_fuel(scenario_with):
    series = 'csv = "loads.csv"\ncolumn = '
    by_area = read_inputs(scenario_with((f'{series}"electric_kw"', 'archetype = "supermarket"\nfloor_area_m2 = 2000.0')))
    assert 300.0 < by_area.electric_kw.sum() / 2000.0 < 700.0, "kWh/m2 of a supermarket"
    by_energy = read_inputs(scenario_with((f'{series}"electric_kw"', 'archetype = "supermarket"\nannual_kwh = 5e5')))
    assert by_energy.electric_kw.sum() == pytest.approx(5e5)
    fuel = 'archetype = "supermarket"\nannual_kwh = 1e5\nbasis = "fuel_hhv"\nboiler_eff_hhv = 0.75'
    assert read_inputs(scenario_with((f'{series}"heat_kw"', fuel))).heat_kw.sum() == pytest.approx(0.75e5)


def test_biogenic_carbon_is_not_counted(scenario_with):
    landfill = read_inputs(scenario_with(('name = "natural_gas"', 'name = "landfill_gas"')))
    assert landfill.fuel_kg_per_kwh_hhv == pytest.approx(0.0, abs=1e-9)
    assert any("biogenic" in note for note in landfill.notes)
    assert any("suits none of the fuel systems on record for C60" in note for note in landfill.notes)
    stated = read_inputs(scenario_with(("grid_kg_per_kwh = 0.5", "grid_kg_per_kwh = 0.5\nfuel_kg_per_kwh_hhv = 0.2")))
    assert stated.fuel_kg_per_kwh_hhv == 0.2


def test_prices_without_a_source_are_named(scenario_with):
    result = study(scenario_with(('fields = ["fuel", "carbon", "machine", "equipment"]', 'fields = ["machine.om_usd_per_kwh"]')))
    unsourced = as_read_back(result)["without_source"]
    assert unsourced == [
        "fuel.price_usd_per_mmbtu_hhv",
        "carbon.grid_kg_per_kwh",
        "machine.installed_cost_usd_per_kw",
        "equipment.efficiency_hhv",
    ]
    for name in unsourced:
        assert f"{name} has no source: treat the result as an estimate." in result.notes


def test_the_document_has_the_keys_that_scripts_rely_on(scenario_with):
    document = as_read_back(study(scenario_with()))
    run = {"electricity_import_kwh", "export_kwh", "peak_import_kw", "bill_usd", "fuel_kwh_hhv", "fuel_usd", "om_usd", "co2_kg"}
    promised = {
        "site": {"name", "latitude", "longitude", "elevation_m"},
        "project": {"machines", "installed_cost_usd"},
        "baseline": run | {"unmet_kwh"},
        "with_project": run | {"unmet_kwh"},
        "machine": {
            *(
                "generated_net_kwh",
                "fuel_kwh_lhv",
                "heat_recovered_kwh",
                "heat_used_kwh",
                "heat_dumped_kwh",
                "run_hours",
                "starts",
            ),
            *("elec_eff_lhv", "chp_eff_hhv", "capacity_factor"),
        },
        "savings": {"energy_usd", "co2_kg", "grid_factor"},
        "finance": {"npv_usd", "irr", "simple_payback_years", "lcoe_usd_per_kwh"},
        "dispatch": {"method", "outcome", "gap"},
        "timing_s": {"machine", "envelope"},
    }
    for table, keys in promised.items():
        assert keys <= document[table].keys()
    assert document["project"]["machines"] == [{"model": "C60", "count": 1}]
    assert document["savings"]["grid_factor"] == "marginal"
    assert {"sources", "notes", "schema"} <= document.keys()
    assert {"title", "basis", "date", "of"} <= document["sources"][0].keys()


def test_what_does_not_exist_is_null_and_said(scenario_with):
    """A machine that never runs: no efficiency, no payback, no cost of its electricity."""
    result = study(scenario_with(('"follow_electric"', '"peak_shaving"\nthreshold_kw = 500.0')))
    document = as_read_back(result)
    assert document["machine"]["elec_eff_lhv"] is None
    assert document["finance"]["irr"] is None
    assert document["finance"]["simple_payback_years"] is None
    assert document["finance"]["lcoe_usd_per_kwh"] is None
    for name in (
        "machine.elec_eff_lhv",
        "finance.irr",
        "finance.simple_payback_years",
        "finance.lcoe_usd_per_kwh",
        "dispatch.gap",
    ):
        assert any(note.startswith(name) for note in document["notes"]), name
    assert result.first_year.saving_usd < 0.0, "standby power costs"


def test_a_small_boiler_leaves_heat_unmet_and_says_so(scenario_with):
    result = study(scenario_with(("efficiency_hhv = 0.8", "efficiency_hhv = 0.8\ncapacity_kw = 50.0")))
    assert result.baseline.unmet_kwh > result.with_project.unmet_kwh > 0.0
    assert sum("the boiler is too small" in note for note in result.notes) == 2


def test_a_booster_takes_its_power(scenario_with):
    street = study(scenario_with(("price_usd_per_mmbtu_hhv = 8.0", "price_usd_per_mmbtu_hhv = 8.0\nsupply_pressure_kpag = 2.0")))
    assert street.machine.elec_eff_lhv < study(scenario_with()).machine.elec_eff_lhv


def test_power_alone_needs_no_heat(scenario_with):
    file = scenario_with(('heat_recovery = "hot_water"\n', ""))
    text = file.read_text()
    file.write_text(text[: text.index('[[load]]\nkind = "space_heat"')] + text[text.index("[tariff.inline]") :])
    result = study(file)
    assert result.machine.heat_recovered_kwh == 0.0
    assert result.baseline.fuel_usd == 0.0


def test_a_leap_year_needs_its_day(scenario_with):
    with pytest.raises(InputError, match="29 February"):
        read_inputs(scenario_with(("\nyear = 2021", "\nyear = 2020")))


def test_steps_hold_the_year(scenario_with):
    result = study(scenario_with())
    steps = result.steps()
    assert len(steps) == HOURS
    assert not steps.isna().any().any()
    assert steps["import_kw"].sum() == pytest.approx(result.with_project.electricity_import_kwh)
    assert str(steps["time"].iloc[-1]) == "2021-12-31 23:00:00"


def test_a_return_temperature_that_is_not_given_is_told_and_is_an_estimate(scenario_with):
    inputs = read_inputs(scenario_with(("return_temp_c = 49.0\n", "")))
    assert [level.return_temp_c for level in inputs.levels] == [49.0]
    assert any(note.startswith("load[1].return_temp_c is not given: ") for note in inputs.notes)
    assert [item.source.basis for item in inputs.citations if item.of == "load[1].return_temp_c"] == ["estimate"]


def test_a_scenario_made_in_python_is_held_to_the_same_rules(scenario_with):
    path = scenario_with()
    scenario = read_scenario(path)
    assert load_inputs(scenario, path).scenario_sha256 != read_inputs(path).scenario_sha256
    carbon = scenario.carbon.model_copy(update={"grid_kg_per_kwh": None})
    finance = scenario.finance.model_copy(update={"discount_rate_basis": "real"})
    with pytest.raises(InputError, match=r"carbon = .*needs one of grid_kg_per_kwh, grid_csv") as caught:
        load_inputs(scenario.model_copy(update={"carbon": carbon, "finance": finance}), path)
    assert [fault.path for fault in caught.value.faults] == ["carbon", "finance.inflation"]
    with pytest.raises(InputError, match="real discount rate"):
        finance.terms()
