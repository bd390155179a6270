"""Solve recuperated cycles: one of them with everything about it, or arrays of points."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Fault, InputError
from brayton.core.outcomes import Outcome
from brayton.cycle import match
from brayton.cycle.match import POINT, RESULT, Fluids, Plant
from brayton.cycle.recuperated import RANGES, RecuperatedCycle
from brayton.gas.air import relative_humidity
from brayton.gas.combustion import products, stoich_fuel_air_ratio
from brayton.gas.mixture import Mixture

OUTCOMES = np.array([Outcome.OK, *[Outcome.INFEASIBLE] * 6, Outcome.NOT_CONVERGED], dtype=object)
"""Outcome by code of `cycle.match`."""

CHUNK = 32768
"""Points that are laid out at a time, few enough to stay in the cache."""


@dataclass(frozen=True)
class OperatingPoint:
    """A solved cycle; stations are numbered as in `RecuperatedCycle`.

    outcome: OK, or why there is no solution; then `fault` says which figure clashes with what, and every number is NaN.
    temps_k, pressures_pa: total, by station. exhaust: composition behind the turbine, None without a solution.
    notes: what a reader should know about the inputs or the result.
    """

    outcome: Outcome
    fault: Fault | None
    air_flow_kg_s: float
    fuel_flow_kg_s: float
    fuel_air_ratio: float
    fuel_power_w_lhv: float
    compressor_power_w: float
    turbine_power_w: float
    net_shaft_power_w: float
    thermal_eff_lhv: float
    recuperator_heat_w: float
    recuperator_effectiveness: float
    temps_k: dict[int, float]
    pressures_pa: dict[int, float]
    exhaust: Mixture | None
    notes: tuple[str, ...]


@dataclass(frozen=True)
class CyclePoints:
    """Many solved points, all arrays of one shape; NaN where `outcome` is not OK. Fields as in `OperatingPoint`."""

    air_flow_kg_s: NDArray[np.float64]
    fuel_flow_kg_s: NDArray[np.float64]
    fuel_air_ratio: NDArray[np.float64]
    fuel_power_w_lhv: NDArray[np.float64]
    compressor_power_w: NDArray[np.float64]
    turbine_power_w: NDArray[np.float64]
    net_shaft_power_w: NDArray[np.float64]
    thermal_eff_lhv: NDArray[np.float64]
    recuperator_heat_w: NDArray[np.float64]
    recuperator_effectiveness: NDArray[np.float64]
    compressor_exit_temp_k: NDArray[np.float64]
    recuperator_air_exit_temp_k: NDArray[np.float64]
    turbine_exit_temp_k: NDArray[np.float64]
    exhaust_temp_k: NDArray[np.float64]
    code: NDArray[np.float64]

    @cached_property
    def outcome(self) -> NDArray[Any]:
        """`Outcome` of each point."""
        return OUTCOMES[self.code.astype(int)]


def solve_cycle(cycle: RecuperatedCycle) -> OperatingPoint:
    """Solve one cycle.

    Figures that clash only once the cycle is solved (a turbine inlet colder than the combustor inlet, more fuel than the
    air burns, ...) give outcome INFEASIBLE with its `fault`, not an exception.
    """
    points = np.empty(1, POINT)
    results = np.empty(1, RESULT)
    for name, value in _figures(cycle).items():
        points[name] = value
    fluids = _fluids(cycle)
    match.solve_block(fluids, _plant(cycle), points, results)
    r: Any = results[0]
    code = int(r["code"])
    found = code == match.FOUND
    keep = 1.0 if found else math.nan
    p1 = cycle.ambient_pressure_pa
    p2 = p1 * cycle.pressure_ratio
    p3 = p2 * (1.0 - cycle.recuperator_air_pressure_loss)
    temps = (cycle.ambient_temp_k, r["t2"], r["t3"], cycle.turbine_inlet_temp_k, r["t5"], r["t6"])
    pressures = (p1, p2, p3, r["p4"], r["p5"], float(points["p6"][0]))
    return OperatingPoint(
        outcome=OUTCOMES[code],
        fault=None if found else _fault(cycle, fluids, r),
        air_flow_kg_s=float(keep * r["air_flow"]),
        fuel_flow_kg_s=float(keep * r["fuel_flow"]),
        fuel_air_ratio=float(keep * r["fuel_air_ratio"]),
        fuel_power_w_lhv=float(keep * r["fuel_power_lhv"]),
        compressor_power_w=float(keep * r["compressor_power"]),
        turbine_power_w=float(keep * r["turbine_power"]),
        net_shaft_power_w=float(keep * r["net_power"]),
        thermal_eff_lhv=float(keep * r["thermal_eff_lhv"]),
        recuperator_heat_w=float(keep * r["recuperator_heat"]),
        recuperator_effectiveness=float(keep * r["effectiveness"]),
        temps_k={station: float(keep * temp) for station, temp in enumerate(temps, 1)},
        pressures_pa={station: float(keep * pressure) for station, pressure in enumerate(pressures, 1)},
        exhaust=products(cycle.air, cycle.burner_fuel, float(r["fuel_air_ratio"])) if found else None,
        notes=_notes(cycle, r) if found else (),
    )


def solve_cycles(
    cycle: RecuperatedCycle,
    *,
    ambient_temp_k: ArrayLike | None = None,
    ambient_pressure_pa: ArrayLike | None = None,
    exhaust_pressure_pa: ArrayLike | None = None,
    pressure_ratio: ArrayLike | None = None,
    turbine_inlet_temp_k: ArrayLike | None = None,
    compressor_isentropic_eff: ArrayLike | None = None,
    turbine_isentropic_eff: ArrayLike | None = None,
    recuperator_effectiveness: ArrayLike | None = None,
) -> CyclePoints:
    """Solve `cycle` at many points, on all cores: what is given here (arrays that broadcast) takes the place of its figures.

    Exhaust pressure follows ambient pressure unless the cycle or the call gives it. A point without a solution is NaN and
    has its `outcome`; NaN in gives NaN out. Errors: InputError for values outside `RANGES`, and for an effectiveness where
    the cycle gives the recuperator's exit temperature.
    """
    if recuperator_effectiveness is not None and cycle.recuperator_air_exit_temp_k is not None:
        raise InputError(
            Fault(
                "recuperator_effectiveness",
                recuperator_effectiveness,
                f"contradicts recuperator_air_exit_temp_k = {cycle.recuperator_air_exit_temp_k}",
                "Use a cycle that gives an effectiveness.",
            )
        )
    pressure = ambient_pressure_pa if exhaust_pressure_pa is None and cycle.exhaust_pressure_pa is None else exhaust_pressure_pa
    varied = {
        "t1": ("ambient_temp_k", ambient_temp_k),
        "p1": ("ambient_pressure_pa", ambient_pressure_pa),
        "p6": ("exhaust_pressure_pa", pressure),
        "pressure_ratio": ("pressure_ratio", pressure_ratio),
        "t4": ("turbine_inlet_temp_k", turbine_inlet_temp_k),
        "compressor_eff": ("compressor_isentropic_eff", compressor_isentropic_eff),
        "turbine_eff": ("turbine_isentropic_eff", turbine_isentropic_eff),
        "effectiveness": ("recuperator_effectiveness", recuperator_effectiveness),
    }
    figures: dict[str, NDArray[np.float64]] = {name: np.asarray(value, float) for name, value in _figures(cycle).items()}
    for name, (key, values) in varied.items():
        if values is not None:
            figures[name] = _checked(key, np.asarray(values, float))
    shape = np.broadcast_shapes(*(values.shape for values in figures.values()))
    columns = {name: np.broadcast_to(values, shape).reshape(-1) for name, values in figures.items()}
    results = np.empty(math.prod(shape), RESULT)
    chunk = np.empty(min(CHUNK, results.size), POINT)
    fluids, plant = _fluids(cycle), _plant(cycle)
    for start in range(0, results.size, CHUNK):
        points = chunk[: results.size - start]
        for name, column in columns.items():
            points[name] = column[start : start + CHUNK]
        match.solve_blocks(fluids, plant, points, results[start : start + CHUNK])
    results = results.reshape(shape)
    failed = results["code"] != match.FOUND
    if failed.any():
        for name in RESULT.names or ():
            if name != "code":
                results[name][failed] = np.nan
    return CyclePoints(
        air_flow_kg_s=results["air_flow"],
        fuel_flow_kg_s=results["fuel_flow"],
        fuel_air_ratio=results["fuel_air_ratio"],
        fuel_power_w_lhv=results["fuel_power_lhv"],
        compressor_power_w=results["compressor_power"],
        turbine_power_w=results["turbine_power"],
        net_shaft_power_w=results["net_power"],
        thermal_eff_lhv=results["thermal_eff_lhv"],
        recuperator_heat_w=results["recuperator_heat"],
        recuperator_effectiveness=results["effectiveness"],
        compressor_exit_temp_k=results["t2"],
        recuperator_air_exit_temp_k=results["t3"],
        turbine_exit_temp_k=results["t5"],
        exhaust_temp_k=results["t6"],
        code=results["code"],
    )


def _figures(cycle: RecuperatedCycle) -> dict[str, float]:
    """The cycle's own figures, by field of `match.Point`."""

    def or_nan(value: float | None) -> float:
        return math.nan if value is None else value

    return {
        "t1": cycle.ambient_temp_k,
        "p1": cycle.ambient_pressure_pa,
        "p6": cycle.ambient_pressure_pa if cycle.exhaust_pressure_pa is None else cycle.exhaust_pressure_pa,
        "pressure_ratio": cycle.pressure_ratio,
        "t4": cycle.turbine_inlet_temp_k,
        "compressor_eff": cycle.compressor_isentropic_eff,
        "turbine_eff": cycle.turbine_isentropic_eff,
        "effectiveness": or_nan(cycle.recuperator_effectiveness),
        "t3": or_nan(cycle.recuperator_air_exit_temp_k),
    }


def _plant(cycle: RecuperatedCycle) -> Plant:
    return Plant(
        mechanical_eff=float(cycle.mechanical_eff),
        combustor_loss=float(cycle.combustor_pressure_loss),
        recuperator_air_loss=float(cycle.recuperator_air_pressure_loss),
        recuperator_gas_loss=float(cycle.recuperator_gas_pressure_loss),
        air_flow=math.nan if cycle.air_flow_kg_s is None else float(cycle.air_flow_kg_s),
        net_power=math.nan if cycle.net_shaft_power_w is None else float(cycle.net_shaft_power_w),
    )


def _fluids(cycle: RecuperatedCycle) -> Fluids:
    air, fuel = cycle.air, cycle.burner_fuel
    return Fluids(
        air=air.coefficients,
        burnt=fuel.combustion_coefficients,
        air_gas_constant=air.gas_constant_j_per_kg_k,
        burnt_gas_constant=fuel.combustion_gas_constant_j_per_kg_k,
        fuel_heat=float(fuel.h_j_per_kg(cycle.fuel_temp_k)) - (1.0 - cycle.combustor_eff_lhv) * fuel.lhv_j_per_kg,
        fuel_lhv=fuel.lhv_j_per_kg,
        stoich=stoich_fuel_air_ratio(air, fuel),
    )


def _checked(key: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
    limits = RANGES[key]
    outside = ~np.isnan(values) & ~limits.holds(values)
    if outside.any():
        worst = values[outside].ravel()[0]
        raise InputError(
            Fault(key, float(worst), f"{limits}; {int(outside.sum())} values do not", "Remove them or make them NaN.")
        )
    return values


def _fault(cycle: RecuperatedCycle, fluids: Fluids, r: Any) -> Fault:
    """What clashes in a cycle that has no solution, from the numbers `r` of the attempt."""
    key, rule, remedy = {
        match.NO_EXPANSION: (
            "pressure_ratio",
            f"leaves the turbine nothing to expand: {r['p4']:.0f} Pa at its inlet, {r['p5']:.0f} Pa behind it",
            "Raise the pressure ratio, or lower the pressure losses or the exhaust pressure.",
        ),
        match.NO_HEAT: (
            "turbine_inlet_temp_k",
            f"is not above the air that enters the combustor ({r['t3']:.1f} K; compressor exit {r['t2']:.1f} K)",
            "Raise it, or lower the pressure ratio or the recuperator's exit temperature.",
        ),
        match.TOO_POOR: (
            "fuel",
            f"is too poor: no amount of it heats the gas to turbine_inlet_temp_k = {cycle.turbine_inlet_temp_k} here",
            "Take a fuel of higher heating value or a better combustor, or lower the turbine inlet temperature.",
        ),
        match.TOO_RICH: (
            "turbine_inlet_temp_k",
            f"asks for {r['fuel_air_ratio']:.4g} kg fuel per kg air, but the oxygen burns only {fluids.stoich:.4g}",
            "Lower it, or take air with more oxygen or another fuel.",
        ),
        match.NO_TRANSFER: (
            "recuperator_air_exit_temp_k",
            f"must lie between the air that enters the recuperator ({r['t2']:.1f} K) and the gas ({r['t5']:.1f} K)",
            "Choose a temperature between the two, or give the effectiveness.",
        ),
        match.NO_POWER: (
            "net_shaft_power_w",
            f"cannot be made: the compressor takes more than the turbine gives (efficiency {r['thermal_eff_lhv']:.1%})",
            "Raise the turbine inlet temperature or the efficiencies, or give the air flow.",
        ),
        match.NOT_CONVERGED: ("cycle", "the equations were not solved", "Check that the figures describe a gas turbine."),
    }[int(r["code"])]
    return Fault(key, getattr(cycle, key, "(all figures)"), rule, remedy)


def _notes(cycle: RecuperatedCycle, r: Any) -> tuple[str, ...]:
    notes: list[str] = []
    if cycle.humidity_ratio is not None:
        humidity = float(relative_humidity(cycle.ambient_temp_k, cycle.ambient_pressure_pa, cycle.humidity_ratio))
        if humidity > 1.0:
            notes.append(f"the air is beyond saturation (relative humidity {humidity:.2f}); its water is taken as vapour")
    if r["recuperator_heat"] < 0.0:
        notes.append(f"the recuperator cools the air: turbine exit {r['t5']:.1f} K is below compressor exit {r['t2']:.1f} K")
    if r["net_power"] <= 0.0:
        notes.append("the cycle makes no net power: the compressor takes more than the shaft gets from the turbine")
    return tuple(notes)
