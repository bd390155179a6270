"""``brayton machine``: what a machine does at one load, air and fuel."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

import typer

from brayton.faces.output import JsonFlag, print_json

if TYPE_CHECKING:
    from brayton.core.errors import InputError
    from brayton.gas.fuels import Fuel
    from brayton.machine.performance import Performance
    from brayton.machine.point import MachinePoint
    from brayton.package.heat_recovery import HeatRecovery


def command(
    model: Annotated[str, typer.Argument(help="Model of the library (see `brayton machines`), or path of a record (.toml).")],
    power_kw: Annotated[float | None, typer.Option(help="Net power asked for [kW]; default: all that is available.")] = None,
    load_fraction: Annotated[float | None, typer.Option(help="Share of the power available there, 0 to 1.")] = None,
    ambient_temp_c: Annotated[float, typer.Option(help="Air temperature [degC].")] = 15.0,
    pressure_kpa: Annotated[float | None, typer.Option(help="Ambient pressure [kPa]; default: from the altitude.")] = None,
    altitude_m: Annotated[float | None, typer.Option(help="Altitude in the standard atmosphere [m]; default 0.")] = None,
    relative_humidity: Annotated[float, typer.Option(help="Relative humidity, 0 to 1.")] = 0.6,
    fuel: Annotated[str | None, typer.Option(help='Fuel by name or mole fractions, "CH4=0.55,CO2=0.45".')] = None,
    inlet_loss_pa: Annotated[float, typer.Option(help="Loss of the inlet duct at design flow [Pa].")] = 0.0,
    back_pressure_pa: Annotated[float, typer.Option(help="Loss of the exhaust duct at design flow [Pa].")] = 0.0,
    gas_supply_pressure_kpag: Annotated[
        float | None, typer.Option(help="Gas pressure in the street [kPa gauge]; below the machine's inlet the booster runs.")
    ] = None,
    water_in_temp_c: Annotated[float | None, typer.Option(help="Water into the heat recovery [degC]; default: rated.")] = None,
    water_flow_kg_s: Annotated[float | None, typer.Option(help="Water through the heat recovery [kg/s]; default: rated.")] = None,
    diverter: Annotated[float, typer.Option(help="Share of the exhaust through the heat recovery, 0 to 1.")] = 1.0,
    as_json: JsonFlag = False,
) -> None:
    """Net power, fuel, exhaust, heat and emissions of a machine at one point, and the limit that binds.

    Example: `brayton machine C65 --ambient-temp-c 35 --altitude-m 1600 --load-fraction 0.8`
    """
    from brayton.core.errors import Faults, InputError
    from brayton.gas.air import standard_pressure_pa
    from brayton.gas.fuels import fuel as named_fuel
    from brayton.machine.matched import Installation
    from brayton.machine.performance import compile_performance
    from brayton.machine.point import machine_point
    from brayton.machine.record import load_record

    numbers = {name: value for name, value in locals().items() if isinstance(value, float)}
    with Faults() as faults:
        for name, value in numbers.items():
            if not math.isfinite(value):
                faults.add(name, value, "must be a finite number", "Give a number, or leave the option out.")
        if pressure_kpa is not None and altitude_m is not None:
            faults.add("pressure_kpa, altitude_m", (pressure_kpa, altitude_m), "contradict each other", "Give one of them.")
    record = load_record(model)
    burnt = named_fuel(fuel) if fuel else record.rated_fuel
    try:
        point = machine_point(
            record,
            burnt,
            Installation(inlet_loss_pa, back_pressure_pa, gas_supply_pressure_kpag),
            power_kw=power_kw,
            load_fraction=load_fraction,
            ambient_temp_c=ambient_temp_c,
            pressure_kpa=pressure_kpa if pressure_kpa is not None else float(standard_pressure_pa(altitude_m or 0.0)) / 1e3,
            relative_humidity=relative_humidity,
        )
    except InputError as error:
        raise (error if altitude_m is None else _at_altitude(error, altitude_m)) from None
    heat, notes, sources = _heat(point, compile_performance(record), burnt, water_in_temp_c, water_flow_kg_s, diverter)
    document: dict[str, Any] = {"model": record.model, **vars(point)}
    document["limit"] = point.limit.value if point.limit else "none"
    document |= heat
    document["notes"] = [*point.notes, *notes]
    document["sources"] = [source.as_dict() for source in (*record.sources, burnt.source, *sources)]
    if as_json:
        print_json(document)
    else:
        _print(document)


def _at_altitude(error: InputError, altitude_m: float) -> InputError:
    """`error` with its faults of a pressure told as faults of the altitude that the user gave."""
    from brayton.core.errors import Fault, InputError
    from brayton.gas.air import standard_altitude_m
    from brayton.machine.surface import PRESSURES_KPA

    highest, lowest = standard_altitude_m(PRESSURES_KPA[[0, -1]] * 1e3)
    rule = f"must lie in {math.ceil(lowest)} .. {math.floor(highest)}"
    told = Fault("altitude_m", altitude_m, rule, "Give metres above sea level.")
    return InputError(*(told if fault.path == "pressure_kpa" else fault for fault in error.faults))


def _heat(
    point: MachinePoint,
    performance: Performance,
    fuel: Fuel,
    water_in_temp_c: float | None,
    water_flow_kg_s: float | None,
    diverter: float,
) -> tuple[dict[str, float], list[str], list[Any]]:
    """Heat recovery at the point: its figures, notes and sources; nothing where the exhaust is not known and nobody asked."""
    from brayton.core.errors import Faults
    from brayton.core.units import ZERO_CELSIUS_K
    from brayton.package.heat_recovery import exhaust_coefficients, recover
    from brayton.package.library import heat_recovery_for

    if not math.isfinite(point.exhaust_temp_c):
        with Faults() as faults:
            for name, value in {"water_in_temp_c": water_in_temp_c, "water_flow_kg_s": water_flow_kg_s}.items():
                if value is not None:
                    rule = f"asks for heat recovery, but the record of {performance.model} holds no exhaust"
                    faults.add(name, value, rule, "Leave it out, or choose a machine whose record models its exhaust.")
        return {"heat_recovered_kw": math.nan, "water_out_temp_c": math.nan}, [], []
    unit: HeatRecovery = heat_recovery_for(performance)
    temp = unit.rated_water_in_temp_c if water_in_temp_c is None else water_in_temp_c
    flow = unit.rated_water_flow_kg_s if water_flow_kg_s is None else water_flow_kg_s
    result = recover(
        unit,
        exhaust_coefficients(fuel, point.humidity_ratio, point.fuel_air_ratio),
        point.exhaust_flow_kg_s,
        point.exhaust_temp_c + ZERO_CELSIUS_K,
        temp + ZERO_CELSIUS_K,
        flow,
        diverter,
    )
    notes = [f"heat recovery {unit.name} with {flow:.3g} kg/s of water at {temp:.1f} degC"]
    figures = {
        "heat_recovered_kw": float(result.heat_w) / 1e3,
        "water_out_temp_c": float(result.water_out_temp_k) - ZERO_CELSIUS_K,
    }
    return figures, notes, list(unit.sources)


ROWS = (
    ("net power", "net_power_kw", "{:.2f} kW"),
    ("available", "available_net_power_kw", "{:.2f} kW"),
    ("limit", "limit", "{}"),
    ("efficiency (LHV)", "elec_eff_lhv", "{:.2%}"),
    ("fuel (LHV)", "fuel_power_kw_lhv", "{:.1f} kW"),
    ("air flow", "air_flow_kg_s", "{:.4f} kg/s"),
    ("exhaust flow", "exhaust_flow_kg_s", "{:.4f} kg/s"),
    ("exhaust temperature", "exhaust_temp_c", "{:.1f} degC"),
    ("shaft speed", "shaft_speed_rpm", "{:.0f} rpm"),
    ("pressure ratio", "pressure_ratio", "{:.3f}"),
    ("turbine inlet", "turbine_inlet_temp_c", "{:.0f} degC"),
    ("turbine exit", "turbine_exit_temp_c", "{:.0f} degC"),
    ("recuperator effectiveness", "recuperator_effectiveness", "{:.3f}"),
    ("surge margin", "surge_margin", "{:.1%}"),
    ("gas booster", "booster_power_kw", "{:.2f} kW"),
    ("heat recovered", "heat_recovered_kw", "{:.1f} kW"),
    ("water out", "water_out_temp_c", "{:.1f} degC"),
    ("NOx", "nox_g_per_kwh", "{:.3f} g/kWh"),
    ("CO", "co_g_per_kwh", "{:.3f} g/kWh"),
    ("CO2", "co2_kg_per_h", "{:.1f} kg/h"),
)
"""What a person sees: label, key of the document, format."""


def _print(document: dict[str, Any]) -> None:
    """The point as a table, with its notes."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=document["model"], show_header=False)
    for label, key, form in ROWS:
        value = document[key]
        if isinstance(value, str) or math.isfinite(value):
            table.add_row(label, form.format(value))
    console = Console()
    console.print(table)
    for note in document["notes"]:
        console.print(f"- {note}", markup=False)
