"""Laws of gas-limited output, by brute force on small cases, and of what becomes of the gas."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brayton.core.records import parse_record
from brayton.core.timeaxis import TimeAxis
from brayton.package.array import Loading
from brayton.package.envelope import Envelope
from brayton.package.fuel_limit import arrays_by_count, power_within_fuel
from brayton.site.gas_supply import normal_m3
from brayton.site.landgem import epa_landgem
from brayton.study.gas_year import gas_year, gas_year_without_machines
from brayton.study.landfill import landfill_gas
from brayton.study.landfill_tables import FlareTable, GasSupplyTable, GasTrainTable

AXIS = TimeAxis(2003)
SLACK = 1e-9


@st.composite
def envelopes(draw: st.DrawFn) -> Envelope:
    """Units of any shape: steps of power and of fuel may be zero, and some steps run no unit."""
    steps, breakpoints = draw(st.integers(1, 4)), draw(st.integers(2, 4))
    pieces = st.floats(0.0, 10.0).map(lambda value: round(value, 2))
    rows = [draw(st.lists(pieces, min_size=2 * breakpoints, max_size=2 * breakpoints)) for _ in range(steps)]
    values = np.array(rows).reshape(steps, 2, breakpoints).cumsum(axis=2)
    power, fuel = values[:, 0], values[:, 1] + draw(pieces)
    runs = power[:, -1:] > 0.0
    return Envelope(
        count=draw(st.integers(0, 4)),
        loading=Loading.EVEN,
        power_kw=power,
        fuel_kw_lhv=np.where(runs, fuel, 0.0),
        heat_kw=np.zeros_like(power),
        rated_power_kw=30.0,
        min_load_fraction=0.0,
        start_energy_kwh=0.0,
        start_fuel_kwh_lhv=0.0,
        stop_energy_kwh=0.0,
        standby_kw=0.0,
        fuel_hhv_per_lhv=1.11,
        capabilities=frozenset(),
    )


def fuel_of(envelope: Envelope, step: int, unit_kw: float) -> float:
    """Least fuel of a unit at `unit_kw`, whichever piece of the curve it lies on."""
    power, fuel = envelope.power_kw[step], envelope.fuel_kw_lhv[step]
    found = [
        f0 + (unit_kw - p0) / (p1 - p0) * (f1 - f0) if p1 > p0 else f0
        for p0, p1, f0, f1 in zip(power[:-1], power[1:], fuel[:-1], fuel[1:], strict=True)
        if p0 - SLACK <= unit_kw <= p1 + SLACK
    ]
    return min(found)


@given(envelopes(), st.lists(st.floats(0.0, 150.0), min_size=4, max_size=4))
def test_no_other_choice_gives_more_within_the_gas(envelope: Envelope, gas: list[float]) -> None:
    """Fuel stays within the gas and is that of the units; no unit count at any load of a fine grid gives more."""
    available = np.array(gas[: envelope.steps])
    found = power_within_fuel(envelope, available)
    assert (found.fuel_kw_lhv <= available).all()
    for step in range(envelope.steps):
        power, units = envelope.power_kw[step], int(found.units[step])
        assert 0 <= units <= envelope.count
        if units:
            each = found.power_kw[step] / units
            assert power[0] - SLACK <= each <= power[-1] + SLACK
            assert units * fuel_of(envelope, step, each) <= found.fuel_kw_lhv[step] + 1e-6
        grid = np.concatenate([np.linspace(power[0], power[-1], 60), power])
        fuels = np.array([fuel_of(envelope, step, float(item)) for item in grid])
        best = max(
            (count * grid[count * fuels <= available[step]].max(initial=0.0) for count in range(1, envelope.count + 1)),
            default=0.0,
        )
        assert found.power_kw[step] >= (best if power[-1] > 0.0 else 0.0) * (1.0 - 2e-9) - SLACK


@given(envelopes(), st.lists(st.floats(0.0, 150.0), min_size=4, max_size=4), st.floats(0.0, 50.0))
def test_more_gas_and_more_units_never_give_less(envelope: Envelope, gas: list[float], more: float) -> None:
    available = np.array(gas[: envelope.steps])
    less, plenty = power_within_fuel(envelope, available), power_within_fuel(envelope, available + more)
    assert (plenty.power_kw >= less.power_kw * (1.0 - 2e-9) - SLACK).all()
    fewer = power_within_fuel(replace(envelope, count=max(envelope.count - 1, 0)), available)
    assert (less.power_kw >= fewer.power_kw).all()
    rows = arrays_by_count(envelope, available, 1.0)
    assert all(row.marginal_kwh >= 0.0 for row in rows)
    assert sum(row.marginal_kwh for row in rows) == pytest.approx(less.power_kw.sum(), rel=1e-6, abs=1e-9)


@given(st.lists(st.floats(0.0, 1e6), min_size=1, max_size=30), st.floats(0.005, 0.7), st.floats(20.0, 300.0), st.integers(0, 60))
def test_landgem_adds_up_over_the_waste(waste: list[float], decay: float, l0: float, later: int) -> None:
    """The gas of all waste is the sum of the gas of each year's waste, and never more than is left in it."""
    figures = {"decay_per_year": decay, "l0_m3_per_mg": l0}
    year = 1970 + later
    total = epa_landgem(year, waste, opening_year=1970, **figures)
    parts = sum(float(epa_landgem(year, [item], opening_year=1970 + index, **figures)) for index, item in enumerate(waste))
    assert total == pytest.approx(parts, rel=1e-9, abs=1e-9)
    assert total <= decay * l0 * sum(waste) * (1.0 + 1e-9)


@given(st.floats(1.0, 1e4), st.floats(-20.0, 60.0), st.floats(60.0, 800.0))
def test_volumes_keep_their_moles(volume: float, temp_c: float, pressure_kpa: float) -> None:
    moles = volume * pressure_kpa * 1e3 / (8.31446 * (temp_c + 273.15))
    assert normal_m3(volume, temp_c, pressure_kpa) * 101325.0 / (8.31446 * 273.15) == pytest.approx(moles)


@settings(max_examples=25)
@given(
    flow=st.floats(5.0, 500.0),
    methane=st.floats(0.3, 0.65),
    nitrogen=st.floats(0.0, 0.2),
    burnt=st.floats(0.0, 1.2),
    turndown=st.floats(0.0, 100.0),
    destruction=st.floats(0.6, 1.0),
    slip=st.floats(0.0, 5.0),
    counterfactual=st.sampled_from(["flare", "vent"]),
)
def test_gas_and_carbon_close(
    flow: float,
    methane: float,
    nitrogen: float,
    burnt: float,
    turndown: float,
    destruction: float,
    slip: float,
    counterfactual: str,
) -> None:
    """Energy and carbon close to rounding, whatever the machines burn; methane is burnt or let out, and machines add none."""
    supply = {"kind": "landfill", "flow_m3_n_per_h": flow, "flow_basis": "dry", "methane": methane, "nitrogen": nitrogen}
    gas = landfill_gas(
        parse_record(GasSupplyTable, supply | {"h2s_ppm": 0.0, "siloxane_mg_per_m3_n": 0.0}),
        parse_record(GasTrainTable, {"methane_slip_kg_per_mwh": slip}),
        parse_record(
            FlareTable,
            {"counterfactual": counterfactual, "destruction_eff": destruction, "min_flow_m3_n_per_h": turndown},
        ),
        AXIS,
        Path(),
        supply_pressure_kpag=0.0,
    )
    swing = np.abs(np.sin(np.arange(AXIS.steps)))
    fuel = burnt * swing * gas.supply.energy_kw_lhv
    twin, project = gas_year_without_machines(gas, AXIS), gas_year(gas, AXIS, "C30", fuel, 0.25 * fuel, fuel > 0.0)
    for year in (twin, project):
        for balance in year.balances():
            assert abs(balance.residual) <= 1e-9 * max(balance.total_in, 1.0)
        assert year.methane_destroyed_kg + year.methane_emitted_kg == pytest.approx(year.methane_kg)
        assert min(year.slip_kg, year.flare_slip_kg, year.methane_vent_kg, year.biogenic_co2_kg) >= 0.0
    assert project.machines_kwh_lhv == pytest.approx(fuel.sum())
    assert twin.machines_kwh_lhv == twin.slip_kg == 0.0
    if counterfactual == "vent":
        assert twin.methane_destroyed_kg == pytest.approx(0.0, abs=1e-6)
        assert project.methane_emitted_kg <= twin.methane_emitted_kg * (1.0 + 1e-9) + project.shortfall_kwh_lhv
