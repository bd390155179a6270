"""What must hold for every cycle: the first and second law, and how figures act."""

from __future__ import annotations

import contextlib
import math
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from brayton.core.errors import InputError
from brayton.core.outcomes import Outcome
from brayton.cycle.recuperated import RecuperatedCycle, read_cycle
from brayton.cycle.solve import solve_cycle

laws = settings(deadline=None, derandomize=True, max_examples=80)
FUELS = ({"CH4": 1.0}, {"H2": 1.0}, {"CH4": 0.5, "CO2": 0.5}, {"C3H8": 0.9, "H2S": 0.1}, {"C12H23": 1.0})


@st.composite
def cycles(draw: st.DrawFn) -> RecuperatedCycle:
    def between(low: float, high: float) -> float:
        return draw(st.floats(low, high))

    return RecuperatedCycle(
        ambient_temp_k=between(230.0, 325.0),
        ambient_pressure_pa=between(60e3, 106e3),
        humidity_ratio=between(0.0, 0.04),
        air_flow_kg_s=between(0.01, 500.0),
        pressure_ratio=between(1.5, 30.0),
        compressor_isentropic_eff=between(0.6, 1.0),
        turbine_isentropic_eff=between(0.6, 1.0),
        turbine_inlet_temp_k=between(1000.0, 2000.0),
        recuperator_effectiveness=between(0.0, 1.0),
        mechanical_eff=between(0.8, 1.0),
        combustor_eff_lhv=between(0.9, 1.0),
        combustor_pressure_loss=between(0.0, 0.08),
        recuperator_air_pressure_loss=between(0.0, 0.08),
        recuperator_gas_pressure_loss=between(0.0, 0.08),
        fuel=draw(st.sampled_from(FUELS)),
        fuel_temp_k=between(250.0, 400.0),
    )


@laws
@given(cycles())
def test_energy_closes(cycle: RecuperatedCycle):
    """Fuel and air in, shaft work, exhaust and combustor loss out; and each component by itself."""
    p = solve_cycle(cycle)
    assume(p.outcome is Outcome.OK)
    air, fuel, gas = cycle.air, cycle.burner_fuel, p.exhaust
    air_flow, fuel_flow, gas_flow = p.air_flow_kg_s, p.fuel_flow_kg_s, p.air_flow_kg_s + p.fuel_flow_kg_s
    h_air = {station: air_flow * float(air.h_j_per_kg(p.temps_k[station])) for station in (1, 2, 3)}
    h_gas = {station: gas_flow * float(gas.h_j_per_kg(p.temps_k[station])) for station in (4, 5, 6)}
    h_fuel = fuel_flow * float(fuel.h_j_per_kg(cycle.fuel_temp_k))
    loss = (1.0 - cycle.combustor_eff_lhv) * p.fuel_power_w_lhv
    scale = 1e-9 * p.fuel_power_w_lhv
    assert h_air[2] - h_air[1] == pytest.approx(p.compressor_power_w, abs=scale)
    assert h_air[3] - h_air[2] == pytest.approx(p.recuperator_heat_w, abs=scale)
    assert h_air[3] + h_fuel - loss == pytest.approx(h_gas[4], abs=scale)
    assert h_gas[4] - h_gas[5] == pytest.approx(p.turbine_power_w, abs=scale)
    assert h_gas[5] - h_gas[6] == pytest.approx(p.recuperator_heat_w, abs=scale)
    whole = h_air[1] + h_fuel - loss - h_gas[6] - (p.turbine_power_w - p.compressor_power_w)
    assert whole == pytest.approx(0.0, abs=scale)


@laws
@given(cycles())
def test_entropy_never_falls(cycle: RecuperatedCycle):
    p = solve_cycle(cycle)
    assume(p.outcome is Outcome.OK)
    s_air = {n: float(cycle.air.s_j_per_kg_k(p.temps_k[n], p.pressures_pa[n])) for n in (1, 2, 3)}
    s_gas = {n: float(p.exhaust.s_j_per_kg_k(p.temps_k[n], p.pressures_pa[n])) for n in (4, 5, 6)}
    assert s_air[2] >= s_air[1] - 1e-6
    assert s_gas[5] >= s_gas[4] - 1e-6
    recuperator = s_air[3] - s_air[2] + (1.0 + p.fuel_air_ratio) * (s_gas[6] - s_gas[5])
    assert recuperator >= -1e-6


@laws
@given(cycles(), st.floats(1e-4, 0.05))
def test_better_components_save_fuel_or_give_power(cycle: RecuperatedCycle, gain: float):
    before = solve_cycle(cycle)
    assume(before.outcome is Outcome.OK and before.net_shaft_power_w > 0.0)
    for name in ("compressor_isentropic_eff", "turbine_isentropic_eff", "mechanical_eff"):
        better = solve_cycle(replace(cycle, **{name: min(1.0, getattr(cycle, name) + gain)}))
        assert better.net_shaft_power_w >= before.net_shaft_power_w * (1.0 - 1e-9)
    for name in ("combustor_pressure_loss", "recuperator_air_pressure_loss", "recuperator_gas_pressure_loss"):
        better = solve_cycle(replace(cycle, **{name: max(0.0, getattr(cycle, name) - gain)}))
        assert better.thermal_eff_lhv >= before.thermal_eff_lhv - 1e-12
    warmer = solve_cycle(replace(cycle, recuperator_effectiveness=min(1.0, cycle.recuperator_effectiveness + gain)))
    if before.temps_k[5] > before.temps_k[2]:
        assert warmer.fuel_flow_kg_s <= before.fuel_flow_kg_s * (1.0 + 1e-9)


@laws
@given(cycles(), st.floats(0.1, 10.0))
def test_flow_scales_everything(cycle: RecuperatedCycle, factor: float):
    one, many = solve_cycle(cycle), solve_cycle(replace(cycle, air_flow_kg_s=cycle.air_flow_kg_s * factor))
    assume(one.outcome is Outcome.OK)
    assert many.net_shaft_power_w == pytest.approx(one.net_shaft_power_w * factor, rel=1e-12)
    assert many.thermal_eff_lhv == pytest.approx(one.thermal_eff_lhv, rel=1e-12)


@laws
@given(
    cycles(),
    st.floats(180.0, 340.0),
    st.floats(1.0, 100.0, exclude_min=True),
    st.floats(400.0, 2500.0),
    st.floats(0.01, 1.0),
    st.floats(0.0, 0.9),
)
def test_any_allowed_figures_end_in_numbers_or_in_a_reason(
    cycle: RecuperatedCycle, ambient: float, ratio: float, inlet: float, eff: float, loss: float
):
    point = solve_cycle(
        replace(
            cycle,
            ambient_temp_k=ambient,
            pressure_ratio=ratio,
            turbine_inlet_temp_k=inlet,
            compressor_isentropic_eff=eff,
            combustor_pressure_loss=loss,
        )
    )
    if point.outcome is Outcome.OK:
        assert point.fault is None
        assert all(math.isfinite(temp) and temp > 0.0 for temp in point.temps_k.values())
    else:
        assert point.fault is not None
        assert math.isnan(point.net_shaft_power_w)


@laws
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_file_makes_the_reader_fail_otherwise_than_with_a_message(content: bytes):
    with TemporaryDirectory() as folder, contextlib.suppress(InputError):
        path = Path(folder) / "cycle.toml"
        path.write_bytes(content)
        read_cycle(path)
