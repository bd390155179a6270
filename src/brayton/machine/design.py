"""From the figures of a record to the scalars of the kernels: the design point, solved once.

A record gives component figures at ISO full load (efficiencies, effectiveness, losses as fractions). The design point
walks the gas path once with those figures and turns them into what the off-design components need: the turbine's area,
the recuperator's UA, the losses in watts.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated

from pydantic import Field

from brayton.core.errors import Fault, InputError
from brayton.core.records import Record
from brayton.core.units import ISO_RELATIVE_HUMIDITY, ISO_TEMP_K, STANDARD_PRESSURE_PA
from brayton.gas.air import humid_air, humidity_ratio
from brayton.gas.fuels import Fuel
from brayton.gas.properties import Rows, as_rows, blend, h, s0, t_from_h, t_from_s0
from brayton.machine.components import Engine, conduction_ntu, counterflow_effectiveness, nozzle_function

Fraction = Annotated[float, Field(ge=0.0, lt=1.0)]
Share = Annotated[float, Field(gt=0.0, le=1.0)]
Positive = Annotated[float, Field(gt=0.0)]
NotNegative = Annotated[float, Field(ge=0.0)]


class Design(Record):
    """Component figures of an engine at ISO full load: the ``[engine]`` table of a record.

    Efficiencies are isentropic, total to total; pressure losses are fractions of each side's inlet pressure; electric
    losses are fractions of the gas power on the shaft; relative figures refer to the design state.
    """

    air_flow_kg_s: Positive
    pressure_ratio: Annotated[float, Field(gt=1.2, lt=12.0)]
    shaft_speed_rpm: Positive
    turbine_exit_temp_k: Annotated[float, Field(gt=500.0, lt=1300.0)]
    compressor_isentropic_eff: Share
    turbine_isentropic_eff: Share
    recuperator_effectiveness: Fraction
    combustor_eff_lhv: Share
    recuperator_air_pressure_loss: Fraction
    recuperator_gas_pressure_loss: Fraction
    combustor_pressure_loss: Fraction
    casing_loss_fraction: Fraction
    windage_fraction: Fraction
    iron_loss_fraction: Fraction
    copper_loss_fraction: Fraction
    converter_idle_fraction: Fraction
    converter_proportional_loss: Fraction
    converter_resistive_loss: Fraction
    parasitic_kw: NotNegative
    work_slope: NotNegative
    eff_flow_curvature: NotNegative
    eff_speed_curvature: NotNegative
    best_speed: Positive
    surge_flow: Share
    choke_flow: Positive
    inducer_mach: Positive
    nozzle_share: Share
    velocity_ratio_curvature: NotNegative
    ua_flow_exponent: float
    axial_conduction: NotNegative


def engine_from_design(design: Design, fuel: Fuel) -> Engine:
    """Solve the design point and return the kernels' scalars.

    fuel: what the machine burns at its design point, delivered at ISO temperature. Raises InputError where the figures
    contradict each other, for instance a turbine exit colder than the compressor exit.
    """
    d = design
    pressure = STANDARD_PRESSURE_PA
    air = humid_air(float(humidity_ratio(ISO_TEMP_K, pressure, ISO_RELATIVE_HUMIDITY)))
    ca, ra = as_rows(air.coefficients), air.gas_constant_j_per_kg_k
    t1, m = ISO_TEMP_K, d.air_flow_kg_s
    h1 = h(ca, t1)
    t2s = t_from_s0(ca, s0(ca, t1) + ra * math.log(d.pressure_ratio), t1 * d.pressure_ratio**0.28)
    work = (h(ca, t2s) - h1) / d.compressor_isentropic_eff
    t2 = t_from_h(ca, h1 + work, t2s)
    t5 = d.turbine_exit_temp_k
    if t5 <= t2:
        raise InputError(
            Fault("engine.turbine_exit_temp_k", t5, f"must exceed the compressor exit temperature, {t2:.0f} K",
                  "Lower the pressure ratio or raise the exit temperature.")
        )  # fmt: skip
    p2 = pressure * d.pressure_ratio
    p4 = p2 * (1.0 - d.recuperator_air_pressure_loss) * (1.0 - d.combustor_pressure_loss)
    p5 = pressure / (1.0 - d.recuperator_gas_pressure_loss)
    expansion = p4 / p5
    if expansion <= 1.0:
        raise InputError(
            Fault("engine.pressure_ratio", d.pressure_ratio, f"leaves the turbine a ratio of {expansion:.2f} behind the losses",
                  "Raise the pressure ratio or lower the pressure losses.")
        )  # fmt: skip
    h3 = h1 + work + d.recuperator_effectiveness * (h(ca, t5) - h1 - work)
    cd = as_rows(fuel.combustion_coefficients)
    fuel_enthalpy = float(fuel.h_j_per_kg(ISO_TEMP_K))

    def products(f: float) -> tuple[Rows, float]:
        """Coefficients and gas constant of the products."""
        return blend(ca, cd, f), (ra + f * fuel.combustion_gas_constant_j_per_kg_k) / (1.0 + f)

    def inlet_temp(f: float) -> float:
        """Turbine inlet temperature that expands to the record's exit temperature [K]."""
        mix, rg = products(f)

        def exit_error(t4: float) -> float:
            ideal_exit = t_from_s0(mix, s0(mix, t4) - rg * math.log(expansion), t4 / expansion**0.24)
            h4 = h(mix, t4)
            return t_from_h(mix, h4 - d.turbine_isentropic_eff * (h4 - h(mix, ideal_exit)), ideal_exit) - t5

        return _root(exit_error, t5, 2.5 * t5)

    def missing_fuel(f: float) -> float:
        """Fuel-air ratio that heats the air to the inlet temperature of products with ratio f, less f [-]."""
        t4 = inlet_temp(f)
        loss = d.casing_loss_fraction * f * fuel.lhv_j_per_kg
        needed = h(ca, t4) - h3 + loss
        return needed / (fuel_enthalpy - (1.0 - d.combustor_eff_lhv) * fuel.lhv_j_per_kg - h(cd, t4)) - f

    leanest, richest = 1e-5, 0.9 / fuel.stoich_air_kg_per_kg
    if not missing_fuel(leanest) > 0.0 > missing_fuel(richest):
        raise InputError(
            Fault("engine.turbine_exit_temp_k", t5, f"needs more fuel than {fuel.name} burns in this air",
                  "Lower the exit temperature or the losses, or raise the efficiencies.")
        )  # fmt: skip
    f = _root(missing_fuel, leanest, richest)
    t4 = inlet_temp(f)
    mix, rg = products(f)
    h4 = h(mix, t4)
    h5 = h(mix, t5)
    ideal = (h4 - h5) / d.turbine_isentropic_eff
    c_air = m * (h(ca, t5) - h1 - work) / (t5 - t2)
    c_gas = m * (1.0 + f) * (h5 - h(mix, t2)) / (t5 - t2)
    shaft = m * ((1.0 + f) * (h4 - h5) - work)
    mechanical = shaft * (1.0 - d.windage_fraction)
    return Engine(
        inlet_rt=ra * t1, inlet_pressure=pressure, air_flow=m, compressor_work=work,
        compressor_eff=d.compressor_isentropic_eff, temp_rise_ratio=(t2 - t1) / t1, p2=p2, fuel_air=f, scale_power=shaft,
        work_slope=d.work_slope, eff_flow_curvature=d.eff_flow_curvature, eff_speed_curvature=d.eff_speed_curvature,
        best_speed=d.best_speed,
        surge_flow=d.surge_flow, choke_flow=d.choke_flow, inducer_mach=d.inducer_mach,
        turbine_eff=d.turbine_isentropic_eff, turbine_ideal_work=ideal,
        turbine_area=m * (1.0 + f) * math.sqrt(rg * t4) / p4 / nozzle_function(expansion, d.nozzle_share),
        nozzle_share=d.nozzle_share, velocity_ratio_curvature=d.velocity_ratio_curvature,
        recuperator_ua=c_air * _ntu(d.recuperator_effectiveness, c_air / c_gas, d.axial_conduction),
        axial_conduction=d.axial_conduction, ua_flow_exponent=d.ua_flow_exponent,
        mean_air_temp=0.5 * (t2 + t4), mean_recuperator_temp=0.5 * (t2 + t5),
        loss_air=d.recuperator_air_pressure_loss, loss_gas=p5 / pressure - 1.0, loss_burner=d.combustor_pressure_loss,
        t4=t4, combustor_eff=d.combustor_eff_lhv, casing_loss=m * f * fuel.lhv_j_per_kg * d.casing_loss_fraction / (t4 - t1),
        windage=shaft * d.windage_fraction, iron=shaft * d.iron_loss_fraction,
        copper=shaft * d.copper_loss_fraction / mechanical**2, converter_idle=shaft * d.converter_idle_fraction,
        converter_share=d.converter_proportional_loss, converter_square=d.converter_resistive_loss / shaft,
        parasitic=d.parasitic_kw * 1e3,
    )  # fmt: skip


def _ntu(effectiveness: float, ratio: float, conduction: float) -> float:
    """Transfer units with which a counterflow exchanger reaches `effectiveness` in spite of `conduction` [-]."""

    def shortfall(ntu: float) -> float:
        return counterflow_effectiveness(conduction_ntu(ntu, conduction), ratio) - effectiveness

    highest = 200.0
    if shortfall(highest) < 0.0:
        raise InputError(
            Fault("engine.recuperator_effectiveness", effectiveness, f"cannot be reached with axial_conduction = {conduction}",
                  "Lower one of them.")
        )  # fmt: skip
    return _root(shortfall, 0.0, highest)


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    """The zero of `function` between `low` and `high`, where its signs differ, by the Illinois form of false position.

    Written out because `scipy.optimize` takes half a second to import, and every command that runs a machine comes here.
    Source: M. Dowell, P. Jarratt, BIT 11 (1971) 168. Ends at 1e-12 of the interval, or where the function is zero.
    """
    f_low, f_high = function(low), function(high)
    tolerance = 1e-12 * abs(high - low)
    for _ in range(200):
        middle = high - f_high * (high - low) / (f_high - f_low)
        f_middle = function(middle)
        if f_middle * f_high < 0.0:
            low, f_low = high, f_high
        else:
            f_low *= 0.5
        step, high, f_high = middle - high, middle, f_middle
        if f_high == 0.0 or abs(step) < tolerance:
            break
    return high
