"""The recuperated cycle: points per second on all cores, one point in process, and TESPy on the same points."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brayton.cycle.recuperated import RecuperatedCycle
from brayton.cycle.solve import CyclePoints, solve_cycle, solve_cycles
from brayton.gas.fuels import FUELS

CYCLE = RecuperatedCycle(
    ambient_temp_k=288.15,
    ambient_pressure_pa=101325.0,
    humidity_ratio=0.00638,
    air_flow_kg_s=0.5,
    pressure_ratio=4.0,
    compressor_isentropic_eff=0.79,
    turbine_isentropic_eff=0.84,
    turbine_inlet_temp_k=1150.0,
    recuperator_effectiveness=0.88,
    mechanical_eff=0.99,
    combustor_eff_lhv=1.0,
    combustor_pressure_loss=0.03,
    recuperator_air_pressure_loss=0.02,
    recuperator_gas_pressure_loss=0.03,
    fuel=dict(FUELS["methane"].mixture.mole_fractions),
    fuel_temp_k=288.15,
)
POINTS = 1_000_000
PEER_POINTS = 8
FUEL_PRESSURE_PA = 10e5


def points(count: int) -> dict[str, NDArray[np.float64]]:
    """Air, pressure ratio, turbine inlet temperature and efficiencies, all drawn at random for each point.

    Not below 278 K: TESPy finds no state of frosty humid air.
    """
    draw = np.random.default_rng(1).uniform
    return {
        "ambient_temp_k": draw(278.0, 313.0, count),
        "ambient_pressure_pa": draw(80e3, 103e3, count),
        "pressure_ratio": draw(2.5, 6.0, count),
        "turbine_inlet_temp_k": draw(1050.0, 1250.0, count),
        "compressor_isentropic_eff": draw(0.72, 0.84, count),
        "turbine_isentropic_eff": draw(0.78, 0.90, count),
    }


def best_time(action: Callable[[], object], repeats: int) -> float:
    """Shortest of several runs [s]."""
    best = math.inf
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        best = min(best, time.perf_counter() - start)
    return best


def tespy_cycle() -> Callable[[dict[str, float]], float]:
    """The same cycle in TESPy, set up once; gives a function that moves it to a point and solves for thermal efficiency."""
    from tespy.components import Compressor, DiabaticCombustionChamber, HeatExchanger, Sink, Source, Turbine
    from tespy.connections import Connection
    from tespy.networks import Network

    plant = Network(iterinfo=False)
    plant.units.set_defaults(
        temperature="K", pressure="Pa", pressure_difference="Pa", mass_flow="kg/s", enthalpy="J/kg", power="W", heat="W"
    )
    air, gas, out = Source("air"), Source("fuel"), Sink("exhaust")
    compressor, turbine, burner, recuperator = (
        Compressor("compressor"),
        Turbine("turbine"),
        DiabaticCombustionChamber("combustor"),
        HeatExchanger("recuperator"),
    )
    c1 = Connection(air, "out1", compressor, "in1")
    c2 = Connection(compressor, "out1", recuperator, "in2")
    c3 = Connection(recuperator, "out2", burner, "in1")
    c4 = Connection(burner, "out1", turbine, "in1")
    c5 = Connection(turbine, "out1", recuperator, "in1")
    c6 = Connection(recuperator, "out1", out, "in1")
    c7 = Connection(gas, "out1", burner, "in2")
    plant.add_conns(c1, c2, c3, c4, c5, c6, c7)
    shares = CYCLE.air.mass_fractions
    c1.set_attr(fluid={**shares, "CH4": 0.0}, m=CYCLE.air_flow_kg_s)
    c7.set_attr(fluid={**dict.fromkeys(shares, 0.0), "CH4": 1.0}, T=CYCLE.fuel_temp_k, p=FUEL_PRESSURE_PA)
    burner.set_attr(pr=1.0 - CYCLE.combustor_pressure_loss, eta=CYCLE.combustor_eff_lhv)
    recuperator.set_attr(
        pr1=1.0 - CYCLE.recuperator_gas_pressure_loss,
        pr2=1.0 - CYCLE.recuperator_air_pressure_loss,
        eff_cold=CYCLE.recuperator_effectiveness,
    )

    def solve(point: dict[str, float]) -> float:
        c1.set_attr(T=point["ambient_temp_k"], p=point["ambient_pressure_pa"])
        c6.set_attr(p=point["ambient_pressure_pa"])
        c4.set_attr(T=point["turbine_inlet_temp_k"])
        compressor.set_attr(pr=point["pressure_ratio"], eta_s=point["compressor_isentropic_eff"])
        turbine.set_attr(eta_s=point["turbine_isentropic_eff"])
        plant.solve("design")
        net = -CYCLE.mechanical_eff * turbine.P.val - compressor.P.val
        return net / burner.ti.val

    return solve


def run_peer() -> tuple[float, float]:
    """TESPy's points per second on our points, and the largest difference of thermal efficiency [points]."""
    drawn = points(PEER_POINTS)
    ours: CyclePoints = solve_cycles(CYCLE, **drawn)
    solve = tespy_cycle()
    each = [{name: float(values[index]) for name, values in drawn.items()} for index in range(PEER_POINTS)]
    solve(each[0])
    start = time.perf_counter()
    theirs = [solve(point) for point in each]
    rate = PEER_POINTS / (time.perf_counter() - start)
    return rate, 100.0 * float(np.max(np.abs(ours.thermal_eff_lhv - theirs)))


def run() -> list[dict[str, Any]]:
    drawn = points(POINTS)
    solve_cycles(CYCLE, **{name: values[:1000] for name, values in drawn.items()})
    solve_cycle(CYCLE)
    one = best_time(lambda: [solve_cycle(replace(CYCLE, pressure_ratio=4.0 + 1e-3 * i)) for i in range(100)], 5) / 100
    rate = POINTS / best_time(lambda: solve_cycles(CYCLE, **drawn), 20)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer_rate, apart = run_peer()
    note = (
        f"{POINTS:,} points, each its own air, pressure ratio, temperature and efficiencies; within {apart:.3f} points of TESPy's"
    )
    return [
        {
            "name": "recuperated cycles",
            "value": rate,
            "unit": "points/s",
            "target": 2e6,
            "peer": "TESPy, network set up once",
            "peer_value": peer_rate,
            "note": note,
        },
        {
            "name": "one recuperated cycle in process",
            "value": one * 1e3,
            "unit": "ms",
            "target": 1.0,
            "peer": "TESPy, network set up once",
            "peer_value": 1e3 / peer_rate,
            "note": "checked record to operating point with exhaust composition",
        },
    ]
