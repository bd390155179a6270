"""The compiled surface against exact matches on random points: the error of interpolation in power and efficiency."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from brayton.gas.air import humidity_ratio
from brayton.gas.fuels import FUELS
from brayton.machine.matched import Installation, match_engine
from brayton.machine.record import load_record, models
from brayton.machine.surface import compile_surface

POINTS = 3000


def test_interpolation(table: Callable[..., None]):
    draw = np.random.default_rng(20).uniform
    temp, pressure = draw(-30.0, 50.0, POINTS), draw(65.0, 104.0, POINTS)
    humidity = np.minimum(draw(0.0, 0.03, POINTS), humidity_ratio(temp + 273.15, pressure * 1e3, 1.0))
    share = draw(0.0, 1.0, POINTS)
    # air 20 K and more below the standard atmosphere's at the height of its pressure: there the surge margin may bind
    corner = (temp < -15.0) & (pressure < 75.0)
    rows, worst = [], []
    engines = [model for model in models() if load_record(model).engine is not None]
    cases = {model: match_engine(load_record(model)) for model in engines}
    cases["C65, gas from 1.7 kPag"] = match_engine(load_record("C65"), None, Installation(gas_supply_pressure_kpag=1.7))
    cases["C65, landfill gas"] = match_engine(load_record("C65"), FUELS["landfill_gas"])
    for name, matched in cases.items():
        record = matched.record
        surface = compile_surface(matched)
        air = (temp, pressure, humidity)
        exact_available = matched.operate(1e9, *air).net_power / 1e3
        available = surface.available_net_power_kw(*air)
        power_error = 100.0 * np.abs(available / exact_available - 1.0)
        lowest = record.min_load_fraction * record.rating.net_power_kw
        power = lowest + share * (np.minimum(available, exact_available) - lowest)
        found, exact = surface.at(power, *air), matched.operate(power * 1e3, *air)
        eff = 100.0 * power / found.fuel_power_kw_lhv
        eff_error = np.abs(eff - 1e5 * power / (exact.fuel_flow * matched.fuel.lhv_j_per_kg))
        exhaust_error = np.abs(found.exhaust_temp_c + 273.15 - exact.exhaust_temp)
        flow_error = 100.0 * np.abs(found.air_flow_kg_s / exact.air_flow - 1.0)
        errors = (power_error, eff_error, exhaust_error, flow_error)
        rows.append(
            [name, *(f"{error[~corner].max():.3f}" for error in errors), *(f"{error[corner].max():.3f}" for error in errors[:2])]
        )
        worst.append([power_error[~corner].max(), eff_error[~corner].max(), power_error[corner].max(), eff_error[corner].max()])
    table(
        "machine_surface",
        "Compiled surfaces against exact matches",
        ["machine", "power [%]", "efficiency [points]", "exhaust [K]", "air flow [%]",
         "power, cold and high [%]", "efficiency, cold and high [points]"],
        rows,
        f"Largest of {POINTS} random points: -30 to 50 degC, 65 to 104 kPa, humidity up to saturation or 0.03, from the lowest "
        "load to what is available. Cold and high: below -15 degC and 75 kPa at once, where the surge margin binds in part of "
        "the air and bends the available power within a cell. Limits: power 0.2 %, efficiency 0.1 point; cold and high 1 % and "
        "0.25 point.",
    )  # fmt: skip
    power, eff, cold_power, cold_eff = np.max(worst, axis=0)
    assert power <= 0.2
    assert eff <= 0.1
    assert cold_power <= 1.0
    assert cold_eff <= 0.25
