"""The tables of a landfill's gas, machines on it, and the year's gas: known answers and bad input."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.core.records import parse_record
from brayton.core.timeaxis import TimeAxis
from brayton.core.units import KWH_PER_MMBTU
from brayton.dispatch.answer import dispatch
from brayton.dispatch.problem import Problem
from brayton.dispatch.rules import BaseLoad
from brayton.machine.record import load_record
from brayton.package.fuel_limit import arrays_by_count
from brayton.site.gas_supply import M3_N_PER_SCF, saturated_water_fraction
from brayton.study.gas_year import gas_year, gas_year_without_machines, machine_slip_kg_per_mwh, slip_citations
from brayton.study.landfill import LandfillGas, energy_of_years, gas_of_years, landfill_gas, machines_on_gas
from brayton.study.landfill_tables import FlareTable, GasSupplyTable, GasTrainTable

AXIS = TimeAxis(2003)
AIR = (10.0, 98.0, 0.006)

TABLES: dict[str, dict[str, Any]] = {
    "gas_supply": {
        "kind": "landfill",
        "flow_m3_n_per_h": 100.0,
        "flow_basis": "dry",
        "saturated_at_c": 30.0,
        "methane": 0.5,
        "nitrogen": 0.02,
        "h2s_ppm": 20.0,
        "siloxane_mg_per_m3_n": 15.0,
        "royalty_usd_per_mmbtu_hhv": 0.5,
    },
    "gas_train": {
        "pressure_drop_kpa": 1.0,
        "dew_point_c": 5.0,
        "chiller_cop": 2.5,
        "siloxane_bed": {
            "media_kg": 500.0,
            "capacity_kg_per_kg": 0.01,
            "media_usd_per_kg": 6.0,
            "change_usd": 1500.0,
            "out_mg_per_m3_n": 0.0,
        },
        "service_interval_h": 4000.0,
        "service_visit_usd": 300.0,
    },
    "flare": {"counterfactual": "flare", "destruction_eff": 0.98, "min_flow_m3_n_per_h": 20.0},
}


def changed(**changes: Any) -> dict[str, dict[str, Any]]:
    """The sound tables with keys such as ``gas_supply__methane`` set, or taken out where the value is None."""
    tables = copy.deepcopy(TABLES)
    for path, value in changes.items():
        table, key = path.split("__")
        tables[table].pop(key, None)
        if value is not None:
            tables[table][key] = value
    return tables


def read(supply_pressure_kpag: float | None = 5.0, folder: Path = Path(), **changes: Any) -> LandfillGas:
    tables = changed(**changes)
    return landfill_gas(
        parse_record(GasSupplyTable, tables["gas_supply"]),
        parse_record(GasTrainTable, tables["gas_train"]),
        parse_record(FlareTable, tables["flare"]),
        AXIS,
        folder,
        supply_pressure_kpag=supply_pressure_kpag,
    )


def faults_of(**changes: Any) -> str:
    with pytest.raises(InputError) as error:
        read(**changes)
    return str(error.value)


def test_flows_in_other_units_are_brought_to_normal_ones() -> None:
    for key, value in (("flow_scfm", 100.0 / 60.0 / M3_N_PER_SCF), ("flow_scf_per_day", 2400.0 / M3_N_PER_SCF)):
        gas = read(**{"gas_supply__flow_m3_n_per_h": None, f"gas_supply__{key}": value})
        assert gas.supply.flow_m3_n_per_h == pytest.approx(100.0)


def test_water_is_taken_off_a_wet_flow() -> None:
    gas = read(gas_supply__flow_basis="wet")
    assert gas.supply.flow_m3_n_per_h[0] == pytest.approx(100.0 * (1.0 - float(saturated_water_fraction(30.0, 106.325))))


def test_monthly_figures_and_availability() -> None:
    gas = read(gas_supply__methane=[0.5] * 11 + [0.4], gas_supply__availability=0.9)
    assert gas.supply.methane[[0, -1]].tolist() == [0.5, 0.4]
    assert gas.supply.flow_m3_n_per_h[0] == pytest.approx(90.0)
    assert any("availability of 0.9" in note for note in gas.notes)


def test_series_of_flow_and_methane(tmp_path: Path) -> None:
    rows = [f"{100 + step % 24},{0.5 - step % 24 / 1000:g}" for step in range(AXIS.steps)]
    (tmp_path / "gas.csv").write_text("\n".join(["header_m3_n_per_h,ch4", *rows]))
    gas = read(
        folder=tmp_path,
        gas_supply__flow_m3_n_per_h=None,
        gas_supply__flow_csv="gas.csv",
        gas_supply__flow_column="header_m3_n_per_h",
        gas_supply__methane=None,
        gas_supply__methane_csv="gas.csv",
        gas_supply__methane_column="ch4",
    )
    assert gas.supply.flow_m3_n_per_h[:3].tolist() == [100.0, 101.0, 102.0]
    assert gas.supply.methane[:3] == pytest.approx([0.5, 0.499, 0.498])


def test_landgem_gives_the_years_flow_and_its_course() -> None:
    """One year's waste of 1 Tg in 1990; in 2003 its gas has fallen for twelve years at 4 %."""
    landgem = {"opening_year": 1990, "waste_mg": [1e6]}
    gas = read(gas_supply__flow_m3_n_per_h=None, gas_supply__landgem=landgem)
    ages = 12.0 + np.arange(1, 11) / 10.0
    methane_m3 = 0.04 * 100.0 * 1e6 * np.exp(-0.04 * ages).mean() * 0.75 * 273.15 / 293.15
    assert gas.supply.flow_m3_n_per_h[0] == pytest.approx(methane_m3 / 0.5 / 8760.0)
    assert gas_of_years(gas.supply_table, 2003, 4) == pytest.approx(np.exp(-0.04 * np.arange(4)))
    assert gas_of_years(read().supply_table, 2003, 3).tolist() == [1.0, 1.0, 1.0]
    cited = [item.of for item in gas.citations]
    assert cited[:2] == ["gas_supply.landgem", "gas_supply.landgem: defaults"]
    assert any("factor of two" in note for note in gas.notes)


def on_gas(gas: LandfillGas, count: int = 5, model: str = "C30") -> Any:
    temp_c = np.full(AXIS.steps, AIR[0])
    return machines_on_gas(gas, load_record(model), temp_c, AIR[1], AIR[2], count=count)


def test_units_by_gas() -> None:
    """497 kW of gas feed four C30 of 115 kW; the fifth shares what they leave."""
    gas = read()
    found = on_gas(gas)
    assert found.kit.name == "landfill gas"
    assert gas.supply.energy_kw_lhv[0] == pytest.approx(497.0, abs=1.0)
    rows = arrays_by_count(found.envelope, found.gas_kw_lhv, AXIS.step_hours)
    assert found.limit.units[0] == 5
    assert rows[3].marginal_kwh == pytest.approx(rows[0].energy_kwh)
    assert 0.0 < rows[4].marginal_kwh < 0.5 * rows[0].energy_kwh
    assert rows[4].gas_share == pytest.approx(1.0)
    bare = on_gas(read(gas_train__dew_point_c=None, gas_train__chiller_cop=None, gas_supply__saturated_at_c=None))
    drawn_kw = bare.envelope.power_kw[0, -1] - found.envelope.power_kw[0, -1]
    assert 0.1 < drawn_kw < 1.0  # chiller, and the booster's work over the pressure drop of the same train


def test_energy_of_later_years_follows_the_gas_once_it_is_short() -> None:
    """Three units burn 345 of 497 kW: they lose nothing until the gas has fallen by three tenths."""
    found = on_gas(read(), count=3)
    energy = energy_of_years(found, [1.0, 0.8, 0.5], AXIS)
    assert energy[0] == pytest.approx(found.limit.power_kw.sum())
    assert energy[1] == pytest.approx(energy[0])
    assert 0.6 * energy[0] < energy[2] < 0.75 * energy[0]


def test_a_dispatch_held_to_the_limit_stays_within_the_gas() -> None:
    """The dispatch of the fewest units, its output capped in each step at the limit, makes all of it and burns no more gas."""
    hour = np.arange(AXIS.steps)
    gas = read(gas_supply__methane=[0.5] * 6 + [0.46] * 6)
    gas = replace(gas, supply=replace(gas.supply, flow_m3_n_per_h=60.0 + 50.0 * np.sin(hour / 300.0)))
    found = on_gas(gas)
    assert len(set(found.limit.units.tolist())) >= 4
    problem = Problem(found.envelope, electric_kw=found.limit.power_kw, heat_kw=np.zeros(AXIS.steps), step_hours=1.0)
    plan = dispatch(problem, BaseLoad())
    burnt = plan.fuel_kw_lhv - plan.starts * found.envelope.start_fuel_kwh_lhv
    assert (burnt <= found.gas_kw_lhv * (1.0 + 1e-6)).all()
    assert plan.net_power_kw.sum() == pytest.approx(found.limit.power_kw.sum(), rel=1e-3)
    year = gas_year(gas, AXIS, "C30", plan.fuel_kw_lhv, plan.net_power_kw, plan.units_on)
    assert year.shortfall_kwh_lhv <= plan.starts.sum() * found.envelope.start_fuel_kwh_lhv + 1e-3


def test_gas_too_lean_stops_the_machines_and_says_so() -> None:
    found = on_gas(read(gas_supply__methane=[0.3] + [0.5] * 11))
    january = AXIS.month == 0
    assert not found.envelope.power_kw[january].any()
    assert not found.limit.power_kw[january].any()
    assert (found.limit.power_kw[~january] > 0.0).all()
    assert any("744 of 8760 steps" in note and "34 to 59 % CH4" in note for note in found.notes)


def test_a_digesters_gas_takes_the_digester_system() -> None:
    found = on_gas(read(gas_supply__kind="digester", gas_supply__methane=0.58))
    assert found.kit.name == "digester gas"


def test_gas_unfit_for_the_machine_is_refused() -> None:
    with pytest.raises(InputError, match=r"stands 5000 ppm.*Add a bed for hydrogen sulphide"):
        on_gas(read(gas_supply__h2s_ppm=6000.0))
    with pytest.raises(InputError, match="drops out behind the booster"):
        on_gas(read(gas_train__dew_point_c=None, gas_train__chiller_cop=None))
    with pytest.raises(InputError, match="outside the fuel systems of C30 all year"):
        on_gas(read(gas_supply__methane=0.3))
    with pytest.raises(InputError, match="C30-LP all year"):
        on_gas(read(), model="C30-LP")


def test_siloxanes_are_refused_against_a_given_limit_and_noted_against_ours() -> None:
    found = on_gas(read(gas_train__siloxane_bed=None))
    assert any("Siloxanes of 15 mg/m3" in note and "an estimate" in note for note in found.notes)
    with pytest.raises(InputError, match=r"the machine stands 1 mg/m3"):
        on_gas(read(gas_train__siloxane_bed=None, gas_train__siloxane_max_mg_per_m3_n=1.0))


def test_a_year_with_and_without_machines() -> None:
    """Half the gas burnt: energies, methane and each cost by hand."""
    gas = read()
    half = 0.5 * gas.supply.energy_kw_lhv
    year = gas_year(gas, AXIS, "C30", half, 0.22 * half, np.full(AXIS.steps, 2))
    twin = gas_year_without_machines(gas, AXIS)
    supply_kwh = float(gas.supply.energy_kw_lhv.sum())
    assert (year.machines_kwh_lhv, year.flare_kwh_lhv, year.vent_kwh_lhv) == pytest.approx((supply_kwh / 2, supply_kwh / 2, 0.0))
    methane_kg = 100.0 * 0.5 * 16.043 / 22.414 * 8760.0
    assert year.methane_kg == pytest.approx(methane_kg, rel=1e-4)
    assert year.flare_slip_kg == pytest.approx(methane_kg / 2 * 0.02, rel=1e-4)
    assert year.slip_kg == pytest.approx(0.19 * 0.45359237 * 0.22 * supply_kwh / 2 / 1e3)
    assert twin.co2e_kg - year.co2e_kg == pytest.approx(28.0 * (methane_kg / 2 * 0.02 - year.slip_kg), rel=1e-4)
    costs = {item.name: item for item in year.costs}
    media_kg = 50.0 * 15e-6 * 8760.0 / 0.01
    assert costs["siloxane media"].amount_usd == pytest.approx(media_kg * 6.0 + media_kg / 500.0 * 1500.0)
    assert costs["service of the gas side"].amount_usd == pytest.approx(2 * 8760.0 / 4000.0 * 300.0)
    royalty = supply_kwh / 2 * 39.82 / 35.88 / KWH_PER_MMBTU * 0.5
    assert costs["royalty on the gas"].amount_usd == pytest.approx(royalty, rel=2e-3)
    assert year.cost_usd == pytest.approx(sum(item.amount_usd for item in year.costs))
    assert "kg of media at 6 USD/kg" in costs["siloxane media"].how
    assert twin.costs == ()
    assert year.siloxane is not None
    assert year.siloxane.interval_h == pytest.approx(8760.0 / (media_kg / 500.0))
    assert year.as_dict()["methane_emitted_kg"] == year.methane_emitted_kg


def test_less_than_the_flare_needs_is_let_out() -> None:
    gas = read()
    year = gas_year(gas, AXIS, "C30", 0.9 * gas.supply.energy_kw_lhv, 100.0, 4)
    assert year.flare_kwh_lhv == 0.0
    assert year.vent_kwh_lhv == pytest.approx(0.1 * year.supply_kwh_lhv)
    assert any("20 m3/h that keep the flare" in note for note in year.notes)


def test_a_counterfactual_that_vents_is_named() -> None:
    gas = read(flare__counterfactual="vent")
    twin = gas_year_without_machines(gas, AXIS)
    assert twin.methane_destroyed_kg == pytest.approx(0.0, abs=1e-6)
    assert twin.co2e_kg == pytest.approx(28.0 * twin.methane_kg)
    assert any("Without the machines all gas escapes" in note for note in twin.notes)


def test_the_pilot_costs_while_the_flare_is_lit() -> None:
    gas = read(flare__pilot_kw_hhv=5.0, flare__pilot_usd_per_mmbtu_hhv=20.0, flare__pilot_kg_per_kwh_hhv=0.2)
    twin = gas_year_without_machines(gas, AXIS)
    assert twin.flare_hours == 8760.0
    assert twin.pilot_co2_kg == pytest.approx(5.0 * 8760.0 * 0.2)
    assert twin.cost_usd == pytest.approx(5.0 * 8760.0 / KWH_PER_MMBTU * 20.0)


def test_starts_may_burn_more_than_a_steps_gas() -> None:
    gas = read()
    year = gas_year(gas, AXIS, "C30", 1.1 * gas.supply.energy_kw_lhv, 100.0, 4)
    assert year.shortfall_kwh_lhv == pytest.approx(0.1 * year.supply_kwh_lhv)
    assert all(abs(item.residual) < 1e-6 * item.total_in for item in year.balances())
    assert any("beyond the gas of their step" in note for note in year.notes)


def test_slip_is_the_files_or_the_models() -> None:
    gas = read()
    assert machine_slip_kg_per_mwh(gas, "C30") == pytest.approx(0.0862, abs=1e-4)
    assert [item.of for item in slip_citations(gas, "C30")] == ["gas_train.methane_slip_kg_per_mwh"]
    unknown = gas_year(gas, AXIS, "C200", gas.supply.energy_kw_lhv, 100.0, 1)
    assert unknown.slip_kg == 0.0
    assert "No hydrocarbons are published for C200" in unknown.notes[-1]
    given = read(gas_train__methane_slip_kg_per_mwh=0.5)
    assert machine_slip_kg_per_mwh(given, "C30") == 0.5
    assert not list(slip_citations(given, "C30"))


BAD: list[tuple[dict[str, Any], str]] = [
    ({"supply_pressure_kpag": None}, "fuel.supply_pressure_kpag"),
    ({"supply_pressure_kpag": 0.5}, "less than the train's pressure drop"),
    ({"gas_supply__flow_m3_n_per_h": None}, "needs exactly one of flow_m3_n_per_h"),
    ({"gas_supply__flow_scfm": 5.0}, "has flow_m3_n_per_h, flow_scfm"),
    ({"gas_supply__flow_m3_n_per_h": -5.0}, "must be finite and not negative"),
    ({"gas_supply__flow_m3_n_per_h": 5e6}, "Convert to normal m3/h"),
    ({"gas_supply__flow_basis": None}, "flow_basis = '(absent)'"),
    ({"gas_supply__flow_basis": "wet", "gas_supply__saturated_at_c": None}, "saturated_at_c is needed"),
    ({"gas_supply__saturated_at_c": 90.0}, "saturated_at_c"),
    ({"gas_supply__methane": 50.0}, "as percent 0.5 mole fraction"),
    ({"gas_supply__methane": None}, "needs either methane or methane_csv"),
    ({"gas_supply__methane": 0.99}, "gas_supply.methane"),
    ({"gas_supply__methane": [0.5] * 11}, "list of twelve"),
    ({"gas_supply__methane_column": "ch4"}, "methane_column goes with methane_csv"),
    ({"gas_supply__flow_column": "x"}, "flow_column goes with flow_csv"),
    ({"gas_supply__flow_m3_n_per_h": None, "gas_supply__flow_csv": "absent.csv"}, "absent.csv"),
    ({"gas_supply__nitrogen": 2.0}, "nitrogen"),
    ({"gas_supply__oxygen": -0.1}, "oxygen"),
    ({"gas_supply__h2s_ppm": 1e6}, "h2s_ppm"),
    ({"gas_supply__siloxane_mg_per_m3_n": 15000.0}, "as ug/m3 15 mg/m3"),
    ({"gas_supply__availability": 1.5}, "availability"),
    ({"gas_supply__royalty_usd_per_mmbtu_hhv": 75.0}, "as cents 0.75"),
    ({"gas_supply__kind": "swamp"}, "kind"),
    ({"gas_supply__methan": 0.5}, "Nearest: methane"),
    ({"gas_supply__flow_m3_n_per_h": None, "gas_supply__landgem": {"opening_year": 1990}}, "waste_mg"),
    ({"gas_supply__flow_m3_n_per_h": None, "gas_supply__landgem": {"opening_year": 1990, "waste_mg": []}}, "waste_mg"),
    (
        {
            "gas_supply__flow_m3_n_per_h": None,
            "gas_supply__landgem": {"opening_year": 1990, "waste_mg": [1e5]},
            "gas_supply__methane": 0.0,
        },
        "must be positive with landgem",
    ),
    ({"gas_train__pressure_drop_kpa": -1.0}, "pressure_drop_kpa"),
    ({"gas_train__chiller_cop": None}, "dew_point_c and chiller_cop go together"),
    ({"gas_train__chiller_cop": 25.0}, "chiller_cop"),
    ({"gas_train__service_visit_usd": None}, "service_interval_h and service_visit_usd go together"),
    ({"gas_train__auxiliary_kwh_per_m3_n": -0.1}, "auxiliary_kwh_per_m3_n"),
    ({"gas_train__siloxane_bed": {"media_kg": 500.0}}, "siloxane_bed.capacity_kg_per_kg"),
    ({"gas_train__siloxane_bed": TABLES["gas_train"]["siloxane_bed"] | {"capacity_kg_per_kg": 2.0}}, "as percent 0.02 kg/kg"),
    ({"gas_train__methane_slip_kg_per_mwh": -1.0}, "methane_slip_kg_per_mwh"),
    ({"flare__counterfactual": None}, "counterfactual"),
    ({"flare__counterfactual": "burn"}, "counterfactual"),
    ({"flare__destruction_eff": 98.0}, "destruction_eff"),
    ({"flare__min_flow_m3_n_per_h": None}, "min_flow_m3_n_per_h"),
    ({"flare__pilot_kw_hhv": 5.0}, "pilot_kw_hhv needs"),
    ({"flare__gwp100": 2800.0}, "gwp100"),
]


@pytest.mark.parametrize(("changes", "told"), BAD, ids=[told for _, told in BAD])
def test_bad_input_is_told_with_its_place(changes: dict[str, Any], told: str) -> None:
    assert told in faults_of(**changes)
