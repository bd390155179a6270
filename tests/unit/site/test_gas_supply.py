"""Gas of a landfill: references of volume, water, energy, and the series from files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.core.timeaxis import TimeAxis
from brayton.core.units import J_PER_KWH
from brayton.gas.fuels import FUELS
from brayton.site.gas_supply import (
    M3_N_PER_SCF,
    GasSupply,
    normal_m3,
    read_gas_flow,
    read_gas_share,
    saturated_water_fraction,
)

AXIS = TimeAxis(2003)


def supply() -> GasSupply:
    return GasSupply(
        flow_m3_n_per_h=np.array([100.0, 200.0, 0.0]),
        methane=np.array([0.5, 0.45, 0.5]),
        nitrogen=0.05,
        oxygen=0.01,
        h2s_ppm=np.full(3, 17.0),
        siloxane_mg_per_m3_n=np.full(3, 10.0),
        saturated_at_c=30.0,
        pressure_kpa=105.0,
    )


def test_volumes_are_brought_to_normal_ones() -> None:
    assert normal_m3(1.0, 0.0, 101.325) == pytest.approx(1.0)
    assert normal_m3([1.0, 2.0], 15.0, 101.325) == pytest.approx([273.15 / 288.15, 2.0 * 273.15 / 288.15])
    assert pytest.approx(0.026791, rel=1e-4) == M3_N_PER_SCF  # 1 Nm3 = 37.33 scf at 60 degF and 14.696 psia


def test_energy_is_that_of_the_fuel() -> None:
    gas = supply()
    for step in (0, 1):
        fuel = gas.fuel(float(gas.methane[step]))
        assert gas.energy_kw_lhv[step] == pytest.approx(gas.flow_m3_n_per_h[step] * fuel.lhv_j_per_m3_n / J_PER_KWH)
        assert gas.energy_kw_hhv[step] == pytest.approx(gas.flow_m3_n_per_h[step] * fuel.hhv_j_per_m3_n / J_PER_KWH)
        assert gas.hhv_mj_per_m3_n[step] == pytest.approx(fuel.hhv_j_per_m3_n / 1e6)
        carbon = gas.methane_kg_per_h[step] / 16.043 + gas.carbon_dioxide_kg_per_h[step] / 44.009
        moles = fuel.mixture.mole_fractions
        assert carbon == pytest.approx(gas.flow_m3_n_per_h[step] / 22.414 * (moles["CH4"] + moles["CO2"]), rel=1e-4)
    assert gas.energy_kw_lhv[2] == 0.0
    assert gas.fuel(0.5).biogenic_fraction == 1.0


def test_methane_has_the_heating_value_of_the_tables() -> None:
    """ISO 6976 (25 degC combustion, 0 degC metering): 35.8 and 39.7 MJ/m3 real gas, 0.2 % above the ideal one."""
    gas = replace(supply(), methane=np.array([0.94, 0.94, 0.94]), nitrogen=0.0, oxygen=0.0)
    assert gas.hhv_mj_per_m3_n[0] / 0.94 == pytest.approx(39.74, rel=3e-3)
    assert FUELS["methane"].lhv_j_per_m3_n / 1e6 == pytest.approx(35.81, rel=3e-3)


def test_wet_gas_holds_the_water_of_its_temperature() -> None:
    """Steam tables: 4.247 kPa at 30 degC."""
    assert saturated_water_fraction(30.0, 105.0) == pytest.approx(4.247 / 105.0, rel=1e-3)
    assert supply().water_fraction == pytest.approx(4.247 / 105.0, rel=1e-3)
    assert np.isnan(saturated_water_fraction(101.0, 101.325))
    assert replace(supply(), saturated_at_c=np.nan).water_fraction == 0.0
    wet = supply().fuel(0.5, 0.04)
    assert wet.mixture.mole_fractions["H2O"] == 0.04
    assert wet.lhv_j_per_m3_n == pytest.approx(0.96 * supply().fuel(0.5).lhv_j_per_m3_n)


def test_contradictions_are_refused_together() -> None:
    with pytest.raises(InputError) as error:
        replace(supply(), flow_m3_n_per_h=np.array([1.0, np.nan, 1.0]), saturated_at_c=90.0, pressure_kpa=5.0)
    assert [fault.path for fault in error.value.faults] == ["flow_m3_n_per_h[1]", "saturated_at_c", "pressure_kpa"]
    with pytest.raises(InputError, match="is more than 1"):
        replace(supply(), methane=np.array([0.5, 0.96, 0.5]))
    with pytest.raises(InputError, match="not percent"):
        replace(supply(), nitrogen=5.0)
    with pytest.raises(InputError, match="Convert to normal m3/h"):
        replace(supply(), flow_m3_n_per_h=np.full(3, 2e6))
    with pytest.raises(InputError, match="one value for each of 3 steps"):
        replace(supply(), methane=np.array([0.5]))


def write(path: Path, header: str, values: np.ndarray) -> Path:
    path.write_text("\n".join([header, *(f"{value:g}" for value in values)]))
    return path


def test_flow_series_say_their_unit(tmp_path: Path) -> None:
    values = np.full(AXIS.steps, 60.0)
    flow = read_gas_flow(write(tmp_path / "a.csv", "flow_scfm", values), None, AXIS)
    assert flow == pytest.approx(np.full(AXIS.steps, 3600.0 * M3_N_PER_SCF))
    assert read_gas_flow(write(tmp_path / "b.csv", "m3_n_per_h", values), None, AXIS).tolist() == values.tolist()
    shorter = TimeAxis(2003, 30)
    assert read_gas_flow(tmp_path / "b.csv", None, shorter).shape == (shorter.steps,)
    with pytest.raises(InputError, match="must end in its unit"):
        read_gas_flow(write(tmp_path / "c.csv", "flow_cfm", values), None, AXIS)


def test_series_of_another_year_or_length_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="must be hours or steps of the year 2003"):
        read_gas_flow(write(tmp_path / "a.csv", "flow_scfm", np.ones(100)), None, AXIS)
    rows = [f"{str(stamp).replace('T', ' ')},5" for stamp in TimeAxis(2002).stamps]
    (tmp_path / "b.csv").write_text("\n".join(["time,flow_scfm", *rows]))
    with pytest.raises(InputError, match="calendar begins at 2003"):
        read_gas_flow(tmp_path / "b.csv", None, AXIS)


def test_a_share_is_not_a_percentage(tmp_path: Path) -> None:
    good = read_gas_share(write(tmp_path / "a.csv", "ch4", np.full(AXIS.steps, 0.5)), "ch4", AXIS)
    assert set(good.tolist()) == {0.5}
    with pytest.raises(InputError, match="not percent"):
        read_gas_share(write(tmp_path / "b.csv", "ch4", np.full(AXIS.steps, 50.0)), None, AXIS)
    path = tmp_path / "c.csv"
    path.write_text("ch4\n0.5\n\n" + "0.5\n" * 8758)
    with pytest.raises(InputError, match="is a gap"):
        read_gas_share(path, None, AXIS)
