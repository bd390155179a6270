"""The machine: matched points per second on all cores, a compiled surface, a year on it, a fit, and scipy's root finder on
the same gas path in plain Python."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brayton.gas.air import DRY_AIR, humidity_ratio
from brayton.gas.fuels import FUELS
from brayton.gas.properties import as_rows, blend
from brayton.machine.fit import fit_record
from brayton.machine.fit_points import read_fit_points
from brayton.machine.match import HOLD_POWER, HOLD_SPEED, Air, gas_path
from brayton.machine.matched import WATER_VAPOUR, MatchedEngine, match_engine
from brayton.machine.record import LIBRARY, load_record
from brayton.machine.surface import compile_surface

POINTS = 200_000
PEER_POINTS = 20
YEAR = 8760


def points(count: int) -> dict[str, NDArray[np.float64]]:
    """Loads of a C65 and air as weather has it, drawn at random; each point is solved for itself, from a cold start."""
    draw = np.random.default_rng(3).uniform
    temp, pressure = draw(-20.0, 40.0, count), draw(80.0, 103.0, count)
    humidity = draw(0.3, 0.9, count) * humidity_ratio(temp + 273.15, pressure * 1e3, 1.0)
    return {"demand": draw(5e3, 65e3, count), "ambient_temp_c": temp, "pressure_kpa": pressure, "humidity_ratio": humidity}


def best_time(action: Callable[[], object], repeats: int) -> float:
    """Shortest of several runs [s]."""
    best = math.inf
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        best = min(best, time.perf_counter() - start)
    return best


def solve_with_scipy(matched: MatchedEngine, demand: float, temp_c: float, pressure_kpa: float, humidity: float) -> float:
    """Fuel flow [kg/s] at one point: the state of most power, then, if that exceeds it, the state that gives the demand.

    Unknowns: speed, exit flow coefficient, turbine inlet temperature, fuel-air ratio; scipy's hybrid method.
    """
    from scipy.optimize import root

    e, limits, gas = matched.engine, matched.limits, matched.gas
    dry, vapour = as_rows(DRY_AIR.coefficients), as_rows(WATER_VAPOUR.coefficients)
    gas_constant = (DRY_AIR.gas_constant_j_per_kg_k + humidity * WATER_VAPOUR.gas_constant_j_per_kg_k) / (1.0 + humidity)
    air = Air(blend(dry, vapour, humidity), gas_constant, temp_c + 273.15, pressure_kpa * 1e3, 0.0, 0.0)

    def match(hold: int, target: float, start: float) -> Any:
        def residuals(y: NDArray[np.float64]) -> list[float]:
            n, x, t4, f = y
            state = gas_path(e, air, gas, n, x, t4 * e.t4, f * e.fuel_air)
            held = state.n - target if hold == HOLD_SPEED else (state.net_power - target) / e.scale_power
            return [state.flow_residual, state.t5 / limits.exit_temp - 1.0, held, state.fuel_air / (f * e.fuel_air) - 1.0]

        solution = root(residuals, [start, 1.0, 0.82 + 0.18 * start, 1.0], tol=1e-8)
        if not solution.success:
            raise ArithmeticError(solution.message)
        n, x, t4, f = solution.x
        return gas_path(e, air, gas, n, x, t4 * e.t4, f * e.fuel_air)

    state = match(HOLD_SPEED, limits.max_speed, limits.max_speed)
    if state.net_power > demand:
        state = match(HOLD_POWER, demand, state.n * (0.5 + 0.5 * (demand / state.net_power) ** 0.7))
    return state.air_flow * state.fuel_air


def peer() -> tuple[float, float]:
    """Points per second of `solve_with_scipy` as this process runs it, and its largest deviation in fuel flow [-]."""
    matched, drawn = match_engine(load_record("C65")), points(PEER_POINTS)
    each = list(zip(*(values.tolist() for values in drawn.values()), strict=True))
    solve_with_scipy(matched, *each[0])
    start = time.perf_counter()
    fuel = [solve_with_scipy(matched, *point) for point in each]
    rate = PEER_POINTS / (time.perf_counter() - start)
    return rate, float(np.max(np.abs(np.array(fuel) / matched.operate(**drawn).fuel_flow - 1.0)))


def peer_in_plain_python() -> tuple[float, float]:
    """`peer` in a process of its own in which nothing is compiled."""
    code = "from benchmarks.bench_machine import peer; print(*peer())"
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    rate, apart = map(float, done.stdout.split())
    return rate, apart


def run() -> list[dict[str, Any]]:
    matched, drawn = match_engine(load_record("C65")), points(POINTS)
    matched.operate(**{name: values[:1000] for name, values in drawn.items()})
    rate = POINTS / best_time(lambda: matched.operate(**drawn), 5)
    plain_rate, apart = peer_in_plain_python()
    scipy_rate, _ = peer()

    surface = compile_surface(matched)
    compile_time = best_time(lambda: compile_surface(matched), 5)
    air = {name: values[:YEAR] for name, values in drawn.items() if name != "demand"}
    power = 0.9 * surface.available_net_power_kw(**air)
    year_time = best_time(lambda: surface.at(power, **air), 20)
    exact_time = best_time(lambda: matched.operate(1e3 * power, **air), 3)

    record = load_record("C60")
    measured = read_fit_points(str(LIBRARY / "points" / "c60.csv"))
    fit_time = best_time(lambda: fit_record(record, measured, fuel=FUELS["methane"]), 3)
    one_time = best_time(lambda: [matched.operate(40e3, 15.0 + 0.1 * i, 101.325, 0.006) for i in range(100)], 5) / 100
    return [
        {
            "name": "matched off-design points",
            "value": rate,
            "unit": "points/s",
            "target": 1e5,
            "peer": "scipy's root on the same gas path, plain Python",
            "peer_value": plain_rate,
            "note": f"{POINTS:,} points of load and air, two matches each (most power, power asked); fuel within {apart:.0e}",
        },
        {
            "name": "matched off-design points, against compiled residuals",
            "value": rate,
            "unit": "points/s",
            "peer": "scipy's root on the compiled gas path",
            "peer_value": scipy_rate,
            "note": "",
        },
        {"name": "one matched point in process", "value": one_time * 1e3, "unit": "ms", "note": "the door included"},
        {
            "name": "compiling a surface",
            "value": compile_time,
            "unit": "s",
            "target": 2.0,
            "note": f"{surface.fields[..., 0].size:,} matched points over load, temperature, pressure and humidity",
        },
        {
            "name": "a year on a surface",
            "value": year_time * 1e3,
            "unit": "ms",
            "target": 5.0,
            "peer": "matching every hour",
            "peer_value": exact_time * 1e3,
            "note": "8760 hours, twelve quantities each",
        },
        {"name": "calibrating a record", "value": fit_time, "unit": "s", "note": "C60: ten figures, thirteen points"},
    ]
