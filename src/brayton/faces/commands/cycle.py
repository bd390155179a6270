"""``brayton cycle``: a recuperated cycle from component figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from brayton.faces.output import JsonFlag, print_json

if TYPE_CHECKING:
    from brayton.cycle.solve import OperatingPoint


def command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Figures of the cycle, a TOML file.")],
    as_json: JsonFlag = False,
) -> None:
    """Solve a recuperated single-shaft cycle from component figures, without a machine record.

    Stations: 1 compressor inlet, 2 its exit, 3 recuperator air exit, 4 turbine inlet, 5 turbine exit, 6 recuperator gas exit.
    Figures that contradict each other, or that leave no solution, end with exit code 2 and say which.

    Example: `brayton cycle cycle.toml --json`, where cycle.toml holds

    ```toml
    ambient_temp_k = 288.15
    ambient_pressure_pa = 101325.0
    humidity_ratio = 0.00638            # or air_mole_fractions = { N2 = ... }
    air_flow_kg_s = 0.5                 # or net_shaft_power_w
    pressure_ratio = 4.0
    compressor_isentropic_eff = 0.79
    turbine_isentropic_eff = 0.84
    turbine_inlet_temp_k = 1150.0
    recuperator_effectiveness = 0.88    # or recuperator_air_exit_temp_k
    mechanical_eff = 0.99
    combustor_eff_lhv = 0.995
    combustor_pressure_loss = 0.03      # of each side's inlet pressure
    recuperator_air_pressure_loss = 0.02
    recuperator_gas_pressure_loss = 0.03
    fuel = { CH4 = 1.0 }                # mole fractions
    fuel_temp_k = 288.15
    exhaust_pressure_pa = 101325.0      # station 6; default ambient
    ```
    """
    from dataclasses import replace

    from brayton.core.errors import InputError, SolveError
    from brayton.core.outcomes import Outcome
    from brayton.cycle.recuperated import read_cycle
    from brayton.cycle.solve import solve_cycle

    point = solve_cycle(read_cycle(file))
    if point.fault is not None:
        if point.outcome is Outcome.NOT_CONVERGED:
            raise SolveError(str(replace(point.fault, file=str(file))), point.outcome)
        raise InputError(replace(point.fault, file=str(file)))
    if as_json:
        print_json(_document(point))
    else:
        _print_tables(point)


def _document(point: OperatingPoint) -> dict[str, Any]:
    exhaust = point.exhaust
    return {
        "outcome": point.outcome.value,
        "air_flow_kg_s": point.air_flow_kg_s,
        "fuel_flow_kg_s": point.fuel_flow_kg_s,
        "fuel_air_ratio": point.fuel_air_ratio,
        "fuel_power_w_lhv": point.fuel_power_w_lhv,
        "compressor_power_w": point.compressor_power_w,
        "turbine_power_w": point.turbine_power_w,
        "net_shaft_power_w": point.net_shaft_power_w,
        "thermal_eff_lhv": point.thermal_eff_lhv,
        "recuperator_heat_w": point.recuperator_heat_w,
        "recuperator_effectiveness": point.recuperator_effectiveness,
        "temps_k": point.temps_k,
        "pressures_pa": point.pressures_pa,
        "exhaust_mass_fractions": {} if exhaust is None else exhaust.mass_fractions,
        "exhaust_mole_fractions": {} if exhaust is None else exhaust.mole_fractions,
        "notes": list(point.notes),
    }


def _print_tables(point: OperatingPoint) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    places = (
        "compressor inlet",
        "compressor exit",
        "recuperator air exit",
        "turbine inlet",
        "turbine exit",
        "recuperator gas exit",
    )
    stations = Table(title="Stations")
    for heading in ("", "station", "temperature K", "pressure kPa"):
        stations.add_column(heading, justify="left" if heading == "station" else "right")
    for number, place in enumerate(places, 1):
        stations.add_row(str(number), place, f"{point.temps_k[number]:.2f}", f"{point.pressures_pa[number] / 1e3:.3f}")
    console.print(stations)
    figures = Table(title="Cycle", show_header=False)
    figures.add_column()
    figures.add_column(justify="right")
    for name, value in (
        ("air flow", f"{point.air_flow_kg_s:.5g} kg/s"),
        ("fuel flow", f"{point.fuel_flow_kg_s:.5g} kg/s"),
        ("fuel power, LHV", f"{point.fuel_power_w_lhv / 1e3:.5g} kW"),
        ("compressor power", f"{point.compressor_power_w / 1e3:.5g} kW"),
        ("turbine power", f"{point.turbine_power_w / 1e3:.5g} kW"),
        ("net shaft power", f"{point.net_shaft_power_w / 1e3:.5g} kW"),
        ("thermal efficiency, LHV", f"{point.thermal_eff_lhv:.2%}"),
        ("recuperator heat", f"{point.recuperator_heat_w / 1e3:.5g} kW"),
        ("recuperator effectiveness", f"{point.recuperator_effectiveness:.4f}"),
    ):
        figures.add_row(name, value)
    console.print(figures)
    for note in point.notes:
        console.print(f"note: {note}", markup=False)
