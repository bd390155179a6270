"""The recuperated cycle solved for one point, and for blocks of points that vectorise.

The components hang together in a ring: fuel sets the gas that expands, its exit temperature sets the recuperator, which
sets the fuel. The ring is weak (once around, an error of the fuel-air ratio shrinks to a hundredth, with lean fuels to a
third), so a few secants close it to rounding, and a last trip tells how well.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from brayton.cycle.processes import burn, compress, expand, recuperate, temp_from_h
from brayton.gas.properties import Coefficients, blend, h, ln, rows

TYPICAL_FUEL_AIR_RATIO = 0.01
SECANTS = 4

RING_TOLERANCE = 1e-10
"""Largest relative change of the fuel-air ratio in the last trip around the ring."""

ROUNDING = 1e-9
"""By how much an effectiveness that follows from a temperature may miss 0..1."""

FOUND, NO_EXPANSION, NO_HEAT, TOO_POOR, TOO_RICH, NO_TRANSFER, NO_POWER, NOT_CONVERGED = range(8)
"""How a point ended; `brayton.cycle.solve` has the words."""

BLOCK = 512
"""Points that one task solves."""


class Fluids(NamedTuple):
    """The air and the fuel of a cycle, as the kernels want them."""

    air: Coefficients
    burnt: Coefficients  # what one kg of fuel adds to the gas
    air_gas_constant: float  # [J/(kg K)]
    burnt_gas_constant: float  # [J/(kg fuel K)]
    fuel_heat: float  # enthalpy of the fuel as it enters, less the combustor's loss [J/kg]
    fuel_lhv: float  # [J/kg]
    stoich: float  # fuel-air ratio that uses up the oxygen [kg/kg]


class Plant(NamedTuple):
    """What all points share. Of `air_flow` and `net_power` one is given, the other NaN."""

    mechanical_eff: float
    combustor_loss: float  # pressure losses are fractions of each side's inlet pressure
    recuperator_air_loss: float
    recuperator_gas_loss: float
    air_flow: float  # [kg/s]
    net_power: float  # [W]


class Point(NamedTuple):
    """What varies from point to point. Of `effectiveness` and `t3` one is given, the other NaN."""

    t1: float  # [K]
    p1: float  # [Pa]
    p6: float  # [Pa]
    pressure_ratio: float
    t4: float  # [K]
    compressor_eff: float  # isentropic [-]
    turbine_eff: float  # isentropic [-]
    effectiveness: float
    t3: float  # air behind the recuperator [K]


class Result(NamedTuple):
    """One solved point. Where `code` is not FOUND the numbers are those of the attempt and mean nothing by themselves."""

    air_flow: float  # [kg/s]
    fuel_flow: float  # [kg/s]
    fuel_air_ratio: float
    fuel_power_lhv: float  # [W]
    compressor_power: float  # [W]
    turbine_power: float  # [W]
    net_power: float  # [W]
    thermal_eff_lhv: float
    recuperator_heat: float  # [W]
    effectiveness: float
    t2: float  # [K]
    t3: float
    t5: float
    t6: float
    p4: float  # [Pa]
    p5: float
    code: float


POINT = np.dtype([(name, np.float64) for name in Point._fields])
RESULT = np.dtype([(name, np.float64) for name in Result._fields])
"""Points and results as records of an array: fixed offsets, from which the compiler sees that no point touches another."""


@njit(cache=True, error_model="numpy", forceinline=True)
def given(x: float) -> bool:
    """Whether `x` is a number, as NaN stands for what the user left open."""
    return x == x  # noqa: PLR0124  (NaN differs from itself; isnan is a call, which does not vectorise)


@njit(cache=True, error_model="numpy", forceinline=True)
def go_round(
    fluids: Fluids, point: Point, f: float, t2: float, h2: float, log_expansion: float
) -> tuple[float, float, float, float]:
    """One trip around the ring with a trial fuel-air ratio `f`.

    Turbine exit temperature [K], turbine work and recuperator heat [J/kg air], and the fuel-air ratio that these ask for.
    """
    air = fluids.air
    gas = blend(air, fluids.burnt, f)
    gas_constant = (fluids.air_gas_constant + f * fluids.burnt_gas_constant) / (1.0 + f)
    t5, work = expand(gas, gas_constant, point.t4, log_expansion, point.turbine_eff)
    heat = h(air, point.t3) - h2 if given(point.t3) else recuperate(air, t2, t5, point.effectiveness)
    return t5, (1.0 + f) * work, heat, burn(air, fluids.burnt, h2 + heat, fluids.fuel_heat, point.t4)


@njit(cache=True, error_model="numpy", forceinline=True)
def solve_point(fluids: Fluids, plant: Plant, point: Point) -> Result:
    """Solve the cycle for one point."""
    air, t1 = fluids.air, point.t1
    t2, compressor_work = compress(air, fluids.air_gas_constant, t1, ln(point.pressure_ratio), point.compressor_eff)
    h2 = h(air, t1) + compressor_work
    p4 = point.p1 * point.pressure_ratio * (1.0 - plant.recuperator_air_loss) * (1.0 - plant.combustor_loss)
    p5 = point.p6 / (1.0 - plant.recuperator_gas_loss)
    log_expansion = ln(p4 / p5)

    last = TYPICAL_FUEL_AIR_RATIO
    last_gap = go_round(fluids, point, last, t2, h2, log_expansion)[3] - last
    f = last + last_gap
    for _ in range(SECANTS):
        gap = go_round(fluids, point, f, t2, h2, log_expansion)[3] - f
        stride = (f - last) / (last_gap - gap)
        last, last_gap = f, gap
        f += gap * stride if stride > 0.3 and stride < 3.0 else gap
    t5, turbine_work, heat, asked = go_round(fluids, point, f, t2, h2, log_expansion)

    gas = blend(air, fluids.burnt, f)
    effectiveness = heat / recuperate(air, t2, t5, 1.0) if given(point.t3) else point.effectiveness
    t3 = temp_from_h(air, h2 + heat, t2 + effectiveness * (t5 - t2))
    t6 = temp_from_h(gas, h(gas, t5) - heat / (1.0 + f), t5 - effectiveness * (t5 - t2))
    net_work = plant.mechanical_eff * turbine_work - compressor_work
    air_flow = plant.net_power / net_work if given(plant.net_power) else plant.air_flow

    code = FOUND if net_work > 0.0 or given(plant.air_flow) else NO_POWER
    code = code if effectiveness >= -ROUNDING and effectiveness <= 1.0 + ROUNDING else NO_TRANSFER
    code = code if abs(asked - f) <= RING_TOLERANCE * abs(f) and t3 + t6 > 0.0 else NOT_CONVERGED
    code = TOO_RICH if f > fluids.stoich and asked > fluids.stoich else code
    code = TOO_POOR if fluids.fuel_heat <= h(fluids.burnt, point.t4) else code
    code = NO_HEAT if point.t4 <= t2 or point.t4 <= point.t3 else code
    code = NO_EXPANSION if p4 <= p5 else code
    return Result(
        air_flow,
        air_flow * f,
        f,
        air_flow * f * fluids.fuel_lhv,
        air_flow * compressor_work,
        air_flow * turbine_work,
        air_flow * net_work,
        net_work / (f * fluids.fuel_lhv),
        air_flow * heat,
        effectiveness,
        t2,
        t3,
        t5,
        t6,
        p4,
        p5,
        float(code),
    )


@njit(cache=True, error_model="numpy")
def solve_block(fluids: Fluids, plant: Plant, points: NDArray[Any], results: NDArray[Any]) -> None:
    """Solve `points` (records of `POINT`) into `results` (records of `RESULT`), in a loop without branches."""
    in_registers = Fluids(
        rows(fluids.air),
        rows(fluids.burnt),
        fluids.air_gas_constant,
        fluids.burnt_gas_constant,
        fluids.fuel_heat,
        fluids.fuel_lhv,
        fluids.stoich,
    )
    for i in range(points.shape[0]):
        solved = solve_point(in_registers, plant, points[i])
        result = results[i]
        result.air_flow = solved.air_flow
        result.fuel_flow = solved.fuel_flow
        result.fuel_air_ratio = solved.fuel_air_ratio
        result.fuel_power_lhv = solved.fuel_power_lhv
        result.compressor_power = solved.compressor_power
        result.turbine_power = solved.turbine_power
        result.net_power = solved.net_power
        result.thermal_eff_lhv = solved.thermal_eff_lhv
        result.recuperator_heat = solved.recuperator_heat
        result.effectiveness = solved.effectiveness
        result.t2 = solved.t2
        result.t3 = solved.t3
        result.t5 = solved.t5
        result.t6 = solved.t6
        result.p4 = solved.p4
        result.p5 = solved.p5
        result.code = solved.code


@njit(cache=True, error_model="numpy", parallel=True)
def solve_blocks(fluids: Fluids, plant: Plant, points: NDArray[Any], results: NDArray[Any]) -> None:
    """`solve_block` on all cores."""
    for block in prange((points.shape[0] + BLOCK - 1) // BLOCK):
        start = block * BLOCK
        solve_block(fluids, plant, points[start : start + BLOCK], results[start : start + BLOCK])
