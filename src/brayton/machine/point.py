"""One operating point of a machine with everything that its record and physics know of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from brayton.core.errors import Fault, Faults, InputError
from brayton.core.outcomes import Outcome
from brayton.core.units import J_PER_KWH, ZERO_CELSIUS_K
from brayton.gas.air import humidity_ratio
from brayton.gas.fuels import Fuel
from brayton.machine.emissions import CO_KG_PER_KMOL, NO2_KG_PER_KMOL, concentrations_ppm_15o2, pollutant_g_per_kwh
from brayton.machine.matched import Installation, fuel_kit, match_engine
from brayton.machine.performance import compile_performance
from brayton.machine.record import MachineRecord
from brayton.machine.surface import PRESSURES_KPA, TEMPS_C


@dataclass(frozen=True)
class MachinePoint:
    """What one machine does at one load and air; names and units as in ``brayton machine --json``. NaN: not known."""

    net_power_kw: float
    available_net_power_kw: float
    fuel_power_kw_lhv: float
    fuel_power_kw_hhv: float
    fuel_flow_kg_s: float
    elec_eff_lhv: float
    heat_rate_kj_per_kwh_lhv: float
    air_flow_kg_s: float
    exhaust_flow_kg_s: float
    exhaust_temp_c: float
    fuel_air_ratio: float
    humidity_ratio: float
    shaft_speed_rpm: float
    pressure_ratio: float
    compressor_exit_temp_c: float
    turbine_inlet_temp_c: float
    turbine_exit_temp_c: float
    recuperator_effectiveness: float
    surge_margin: float
    limit: Outcome | None
    booster_power_kw: float
    nox_ppm_15o2: float
    co_ppm_15o2: float
    nox_g_per_kwh: float
    co_g_per_kwh: float
    co2_kg_per_h: float
    notes: tuple[str, ...]


def machine_point(
    record: MachineRecord,
    fuel: Fuel,
    installation: Installation,
    *,
    power_kw: float | None = None,
    load_fraction: float | None = None,
    ambient_temp_c: float = 15.0,
    pressure_kpa: float = 101.325,
    relative_humidity: float = 0.6,
) -> MachinePoint:
    """The machine at `power_kw` or at `load_fraction` of what is available there; at full power if neither is given.

    A power up to the rating that is not available gives what is, with the limit that stops it. Errors: InputError with
    every value out of range, a power above the rating among them.
    """
    highest = record.published.max_net_power_kw if record.published else record.rating.net_power_kw
    with Faults() as faults:
        _check(faults, "ambient_temp_c", ambient_temp_c, float(TEMPS_C[0]), float(TEMPS_C[-1]), "degrees Celsius")
        _check(faults, "pressure_kpa", pressure_kpa, float(PRESSURES_KPA[0]), float(PRESSURES_KPA[-1]), "absolute kPa")
        _check(faults, "relative_humidity", relative_humidity, 0.0, 1.0, "a fraction, 0.6 for 60 %")
        if power_kw is not None and load_fraction is not None:
            faults.add("power_kw, load_fraction", (power_kw, load_fraction), "contradict each other", "Give one of them.")
        elif power_kw is not None and not 0.0 < power_kw <= highest:
            rule = f"must lie above 0 and up to the highest power of {record.model}, {highest:g} kW"
            faults.add("power_kw", power_kw, rule, "Ask for less, or use more machines.")
        elif load_fraction is not None and not 0.0 < load_fraction <= 1.0:
            faults.add("load_fraction", load_fraction, "must lie above 0 and up to 1", "A share of the power available there.")
    humidity = float(humidity_ratio(ambient_temp_c + ZERO_CELSIUS_K, pressure_kpa * 1e3, relative_humidity))
    find = _published_point if record.published else _matched_point
    return find(record, fuel, installation, power_kw, load_fraction, ambient_temp_c, pressure_kpa, humidity)


def _check(faults: Faults, name: str, value: float, low: float, high: float, remedy: str) -> None:
    if not low <= value <= high:
        faults.add(name, value, f"must lie in {low:g} .. {high:g}", f"Give {remedy}.")


def _matched_point(
    record: MachineRecord,
    fuel: Fuel,
    installation: Installation,
    power_kw: float | None,
    load_fraction: float | None,
    ambient_temp_c: float,
    pressure_kpa: float,
    humidity: float,
) -> MachinePoint:
    matched = match_engine(record, fuel, installation)
    assert record.engine is not None
    notes = _fuel_notes(record, fuel)
    rated = matched.limits.rated_power
    state = matched.operate(rated, ambient_temp_c, pressure_kpa, humidity)
    available = float(state.net_power)
    if not available > 0.0:
        rule = f"cannot drive {record.model} at this air and installation"
        raise InputError(Fault("fuel", fuel.name, rule, "Use a fuel of higher heating value, or less duct loss."))
    asked = available if power_kw is None and load_fraction is None else (load_fraction or 0.0) * available
    if power_kw is not None:
        asked = power_kw * 1e3
    if asked < available:
        state = matched.operate(asked, ambient_temp_c, pressure_kpa, humidity)
    elif asked > available:
        notes.append(f"{asked / 1e3:.2f} kW is not available here; the machine gives {available / 1e3:.2f} kW")
    if float(state.net_power) < record.min_load_fraction * rated * 0.999:
        notes.append(f"below the lowest load held for long, {record.min_load_fraction * rated / 1e3:.1f} kW")
    fuel_flow = float(state.fuel_flow)
    net_power = float(state.net_power)
    return _with_emissions(
        record,
        fuel,
        notes,
        net_power_kw=net_power / 1e3,
        available_net_power_kw=available / 1e3,
        fuel_power_kw_lhv=fuel_flow * fuel.lhv_j_per_kg / 1e3,
        air_flow_kg_s=float(state.air_flow),
        exhaust_flow_kg_s=float(state.air_flow) + fuel_flow,
        exhaust_temp_c=float(state.exhaust_temp) - ZERO_CELSIUS_K,
        fuel_air_ratio=fuel_flow / float(state.air_flow),
        humidity_ratio=humidity,
        shaft_speed_rpm=float(state.speed) * record.engine.shaft_speed_rpm,
        pressure_ratio=float(state.pressure_ratio),
        compressor_exit_temp_c=float(state.compressor_exit_temp) - ZERO_CELSIUS_K,
        turbine_inlet_temp_c=float(state.turbine_inlet_temp) - ZERO_CELSIUS_K,
        turbine_exit_temp_c=float(state.turbine_exit_temp) - ZERO_CELSIUS_K,
        recuperator_effectiveness=float(state.recuperator_effectiveness),
        surge_margin=float(state.surge_margin),
        limit=state.limit_at(0),
        booster_power_kw=float(state.booster_power) / 1e3,
    )


def _fuel_notes(record: MachineRecord, fuel: Fuel) -> list[str]:
    """What to say where the fuel suits none of the record's fuel systems."""
    kit = fuel_kit(record, fuel)
    if kit is None:
        return []
    if fuel.is_liquid:
        return [f"{fuel.name} is a liquid; the fuel systems on record for {record.model} are for gas"]
    heating = fuel.hhv_j_per_m3_n / 1e6
    if kit.hhv_min_mj_per_m3 <= heating <= kit.hhv_max_mj_per_m3:
        return []
    return [
        f"{fuel.name} has {heating:.1f} MJ/m3 (HHV), outside every fuel system of {record.model}; the nearest, {kit.name}, "
        f"takes {kit.hhv_min_mj_per_m3:g} to {kit.hhv_max_mj_per_m3:g}"
    ]


def _published_point(
    record: MachineRecord,
    fuel: Fuel,
    installation: Installation,
    power_kw: float | None,
    load_fraction: float | None,
    ambient_temp_c: float,
    pressure_kpa: float,
    humidity: float,
) -> MachinePoint:
    performance = compile_performance(record, fuel)
    air = (ambient_temp_c, pressure_kpa, humidity)
    available = float(performance.available_net_power_kw(*air))
    asked = available if power_kw is None else min(power_kw, available)
    if load_fraction is not None:
        asked = load_fraction * available
    points = performance.at(asked, *air)
    unknown = math.nan
    assert record.published is not None
    notes = [f"carried by its published table: {record.published.reason}"]
    if installation != Installation() or fuel != record.rated_fuel:
        notes.append("the published table knows no ducts, booster or other fuel: they have no effect here")
    if power_kw is not None and power_kw > available:
        notes.append(f"{power_kw:.2f} kW is not available here; the machine gives {available:.2f} kW")
    return _with_emissions(
        record,
        fuel,
        notes,
        net_power_kw=float(points.net_power_kw),
        available_net_power_kw=available,
        fuel_power_kw_lhv=float(points.fuel_power_kw_lhv),
        air_flow_kg_s=unknown,
        exhaust_flow_kg_s=unknown,
        exhaust_temp_c=unknown,
        fuel_air_ratio=unknown,
        humidity_ratio=humidity,
        shaft_speed_rpm=unknown,
        pressure_ratio=unknown,
        compressor_exit_temp_c=unknown,
        turbine_inlet_temp_c=unknown,
        turbine_exit_temp_c=unknown,
        recuperator_effectiveness=unknown,
        surge_margin=unknown,
        limit=Outcome.RATED_POWER if asked >= record.published.max_net_power_kw else None,
        booster_power_kw=unknown,
    )


def _with_emissions(
    record: MachineRecord, fuel: Fuel, notes: list[str], *, net_power_kw: float, available_net_power_kw: float,
    fuel_power_kw_lhv: float, **rest: float | Outcome | None,
) -> MachinePoint:  # fmt: skip
    """Complete a point with what follows from its powers: efficiency, fuel flow, pollutants."""
    eff = net_power_kw / fuel_power_kw_lhv
    nox, co = concentrations_ppm_15o2(record, net_power_kw / available_net_power_kw)
    figures = {
        "net_power_kw": net_power_kw,
        "available_net_power_kw": available_net_power_kw,
        "fuel_power_kw_lhv": fuel_power_kw_lhv,
        "fuel_power_kw_hhv": fuel_power_kw_lhv * fuel.hhv_j_per_kg / fuel.lhv_j_per_kg,
        "fuel_flow_kg_s": fuel_power_kw_lhv * 1e3 / fuel.lhv_j_per_kg,
        "elec_eff_lhv": eff,
        "heat_rate_kj_per_kwh_lhv": J_PER_KWH / 1e3 / eff,
        "nox_ppm_15o2": float(nox),
        "co_ppm_15o2": float(co),
        "nox_g_per_kwh": float(pollutant_g_per_kwh(nox, NO2_KG_PER_KMOL, fuel, eff)),
        "co_g_per_kwh": float(pollutant_g_per_kwh(co, CO_KG_PER_KMOL, fuel, eff)),
        "co2_kg_per_h": fuel.co2_kg_per_j_lhv * fuel_power_kw_lhv * J_PER_KWH,
    }
    lowest = min(point.load_fraction for point in record.emissions)
    if net_power_kw < lowest * available_net_power_kw:
        notes.append(f"NOx and CO below {lowest:.0%} load are those at {lowest:.0%}: an estimate")
    return MachinePoint(**figures, **rest, notes=tuple(notes))  # pyright: ignore[reportArgumentType]
