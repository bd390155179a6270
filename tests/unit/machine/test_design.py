"""The design point: its states against the cycle room's own solver, its scalars against the record, its refusals."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brayton.core.errors import InputError
from brayton.core.units import ISO_RELATIVE_HUMIDITY, ISO_TEMP_K, STANDARD_PRESSURE_PA
from brayton.cycle.recuperated import RecuperatedCycle
from brayton.cycle.solve import OperatingPoint, solve_cycle
from brayton.gas.air import humidity_ratio
from brayton.gas.fuels import FUELS, Fuel
from brayton.machine.components import Engine, counterflow_effectiveness
from brayton.machine.design import Design, engine_from_design
from brayton.machine.record import load_record, models

ENGINES = [model for model in models() if load_record(model).engine is not None]


def design_of(model: str) -> Design:
    design = load_record(model).engine
    assert design is not None
    return design


def cycle_of(design: Design, engine: Engine, fuel: Fuel) -> OperatingPoint:
    """The cycle room at the same component figures; heat lost through the casing counts as fuel that does not burn."""
    return solve_cycle(
        RecuperatedCycle(
            ambient_temp_k=ISO_TEMP_K,
            ambient_pressure_pa=STANDARD_PRESSURE_PA,
            humidity_ratio=float(humidity_ratio(ISO_TEMP_K, STANDARD_PRESSURE_PA, ISO_RELATIVE_HUMIDITY)),
            air_flow_kg_s=design.air_flow_kg_s,
            pressure_ratio=design.pressure_ratio,
            compressor_isentropic_eff=design.compressor_isentropic_eff,
            turbine_isentropic_eff=design.turbine_isentropic_eff,
            turbine_inlet_temp_k=engine.t4,
            recuperator_effectiveness=design.recuperator_effectiveness,
            mechanical_eff=1.0,
            combustor_eff_lhv=design.combustor_eff_lhv - design.casing_loss_fraction,
            combustor_pressure_loss=design.combustor_pressure_loss,
            recuperator_air_pressure_loss=design.recuperator_air_pressure_loss,
            recuperator_gas_pressure_loss=design.recuperator_gas_pressure_loss,
            fuel=dict(fuel.mixture.mole_fractions),
            fuel_temp_k=ISO_TEMP_K,
        )
    )


@pytest.mark.parametrize("model", ENGINES)
def test_design_point_is_the_cycle_rooms(model: str):
    design, fuel = design_of(model), load_record(model).rated_fuel
    engine = engine_from_design(design, fuel)
    cycle = cycle_of(design, engine, fuel)
    assert cycle.temps_k[5] == pytest.approx(design.turbine_exit_temp_k, abs=1e-6)
    assert cycle.temps_k[2] == pytest.approx(ISO_TEMP_K * (1.0 + engine.temp_rise_ratio), abs=1e-6)
    assert cycle.pressures_pa[2] == pytest.approx(engine.p2, rel=1e-12)
    assert cycle.fuel_air_ratio == pytest.approx(engine.fuel_air, rel=1e-9)
    assert cycle.net_shaft_power_w == pytest.approx(engine.scale_power, rel=1e-8)


def test_losses_in_watts_are_the_records_fractions():
    design, fuel = design_of("C65"), FUELS["natural_gas"]
    engine = engine_from_design(design, fuel)
    fuel_power = design.air_flow_kg_s * engine.fuel_air * fuel.lhv_j_per_kg
    assert engine.casing_loss * (engine.t4 - ISO_TEMP_K) == pytest.approx(design.casing_loss_fraction * fuel_power)
    assert engine.windage == pytest.approx(design.windage_fraction * engine.scale_power)
    assert engine.parasitic == design.parasitic_kw * 1e3


def test_recuperator_without_conduction_follows_effectiveness_ntu():
    design = design_of("C65").model_copy(update={"axial_conduction": 0.0, "recuperator_effectiveness": 0.85})
    engine = engine_from_design(design, FUELS["natural_gas"])
    cycle = cycle_of(design, engine, FUELS["natural_gas"])
    span = cycle.temps_k[5] - cycle.temps_k[2]
    # capacity rates between the inlet temperatures of both sides
    air = cycle.recuperator_heat_w / design.recuperator_effectiveness / span
    gas = cycle.exhaust.h_j_per_kg(cycle.temps_k[5]) - cycle.exhaust.h_j_per_kg(cycle.temps_k[2])
    gas = float(gas) * design.air_flow_kg_s * (1.0 + cycle.fuel_air_ratio) / span
    assert counterflow_effectiveness(engine.recuperator_ua / air, air / gas) == pytest.approx(0.85, abs=1e-6)


def test_contradictions_are_told():
    design = design_of("C65")
    with pytest.raises(InputError, match="compressor exit temperature"):
        engine_from_design(design.model_copy(update={"turbine_exit_temp_k": 501.0, "pressure_ratio": 8.0}), FUELS["methane"])
    with pytest.raises(InputError, match="axial_conduction"):
        engine_from_design(
            design.model_copy(update={"recuperator_effectiveness": 0.97, "axial_conduction": 0.2}), FUELS["methane"]
        )


@settings(deadline=None, derandomize=True, max_examples=150)
@given(
    pressure_ratio=st.floats(1.21, 11.9),
    exit_temp=st.floats(501.0, 1299.0),
    effs=st.tuples(*[st.floats(0.05, 0.99)] * 3),
    effectiveness=st.floats(0.0, 0.99),
    losses=st.tuples(*[st.floats(0.0, 0.6)] * 4),
    fuel=st.sampled_from(["natural_gas", "landfill_gas", "hydrogen"]),
)
def test_any_design_is_solved_or_refused_in_words(pressure_ratio, exit_temp, effs, effectiveness, losses, fuel):
    changes = {
        "pressure_ratio": pressure_ratio,
        "turbine_exit_temp_k": exit_temp,
        "compressor_isentropic_eff": effs[0],
        "turbine_isentropic_eff": effs[1],
        "combustor_eff_lhv": effs[2],
        "recuperator_effectiveness": effectiveness,
        "recuperator_air_pressure_loss": losses[0],
        "recuperator_gas_pressure_loss": losses[1],
        "combustor_pressure_loss": losses[2],
        "casing_loss_fraction": losses[3],
    }
    try:
        engine = engine_from_design(design_of("C65").model_copy(update=changes), FUELS[fuel])
    except InputError:
        return
    assert all(math.isfinite(value) for value in engine)
    assert engine.t4 > exit_temp
    assert 0.0 < engine.fuel_air < 1.0 / FUELS[fuel].stoich_air_kg_per_kg
