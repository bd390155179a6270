"""What one unit of an array can do in each step of a year: power, fuel and heat between minimum load and full power.

The envelope is piecewise linear between breakpoints evenly spaced in power. What that costs against the machine's
surface and the exchanger's physics is measured when it is compiled and kept with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Fault, Faults, InputError, SolveError
from brayton.core.outcomes import Outcome
from brayton.core.units import ZERO_CELSIUS_K
from brayton.package.array import Loading
from brayton.package.capability import Capability
from brayton.package.heat_recovery import HeatRecovery, exhaust_coefficients, recover
from brayton.package.library import exhaust_unknown

if TYPE_CHECKING:
    from brayton.machine.performance import Performance

BREAKPOINTS = 9
ERROR_SAMPLE = 120
"""Steps, spread over the year, at which the linearisation is compared with the surface."""

NO_UNIT_KW = 1e-6
"""Power below which a unit counts as unable to run [kW]."""


@dataclass(frozen=True)
class Envelope:
    """The feasible power, fuel and heat of `count` identical units, step by step.

    power_kw, fuel_kw_lhv, heat_kw: of one unit (n, K), power rising from minimum load to what is available; heat is what
    the exchanger takes with the diverter fully open to it, zero without heat recovery. A row of zeros: no unit can run.
    rated_power_kw: of one unit. min_load_fraction: of the rating; where less is available, the unit runs at that.
    start_energy_kwh (electric), start_fuel_kwh_lhv: per start. stop_energy_kwh (electric): per stop. standby_kw: of one
    unit at rest. fuel_hhv_per_lhv: higher over lower heating value. fuel_error, heat_error: largest deviation of the
    linear pieces from the surface, as a fraction of the value at full power; NaN where nobody measured it.
    Raises InputError with every contradiction.
    """

    count: int
    loading: Loading
    power_kw: NDArray[np.float64]
    fuel_kw_lhv: NDArray[np.float64]
    heat_kw: NDArray[np.float64]
    rated_power_kw: float
    min_load_fraction: float
    start_energy_kwh: float
    start_fuel_kwh_lhv: float
    stop_energy_kwh: float
    standby_kw: float
    fuel_hhv_per_lhv: float
    capabilities: frozenset[Capability]
    fuel_error: float = np.nan
    heat_error: float = np.nan

    def __post_init__(self) -> None:
        with Faults() as faults:
            if self.count < 0:
                faults.add("count", self.count, "must be zero or more", "Give the number of machines.")
            if not 0.0 <= self.min_load_fraction <= 1.0:
                faults.add("min_load_fraction", self.min_load_fraction, "must lie in 0..1", "Give a fraction of the rating.")
            for key in ("start_energy_kwh", "start_fuel_kwh_lhv", "stop_energy_kwh", "standby_kw"):
                if not getattr(self, key) >= 0.0:
                    faults.add(key, getattr(self, key), "must be zero or more", "Give the record's figure.")
            for key in ("rated_power_kw", "fuel_hhv_per_lhv"):
                if not getattr(self, key) > 0.0:
                    faults.add(key, getattr(self, key), "must be positive", "Give the record's figure.")
            shapes = {self.power_kw.shape, self.fuel_kw_lhv.shape, self.heat_kw.shape}
            if len(shapes) > 1 or self.power_kw.ndim != 2 or self.power_kw.shape[1] < 2:
                rule = "power, fuel and heat must be alike, (steps, breakpoints) with two breakpoints or more"
                faults.add("power_kw", sorted(shapes), rule, "Compile the envelope again.")
            elif not all(np.isfinite(item).all() for item in (self.power_kw, self.fuel_kw_lhv, self.heat_kw)):
                faults.add("power_kw", "NaN or infinite", "must be finite", "Fill the gaps of the weather first.")
            elif (np.diff(self.power_kw) < 0.0).any():
                faults.add("power_kw", "falling", "must rise along the breakpoints", "Sort the breakpoints by power.")

    @property
    def steps(self) -> int:
        return self.power_kw.shape[0]


def compile_envelope(
    performance: Performance,
    dry_bulb_c: ArrayLike,
    pressure_kpa: ArrayLike,
    humidity_ratio: ArrayLike,
    *,
    count: int,
    loading: Loading = Loading.EVEN,
    heat_recovery: HeatRecovery | None = None,
    water_in_temp_c: ArrayLike | None = None,
    water_flow_kg_s: float | None = None,
    breakpoints: int = BREAKPOINTS,
    outside: Literal["raise", "clip", "nan"] = "raise",
) -> Envelope:
    """The envelope of `count` machines in this air.

    dry_bulb_c [degC], pressure_kpa [kPa], humidity_ratio [kg/kg dry air]: one figure or one per step (n,).
    water_in_temp_c [degC], one figure or one per step, and water_flow_kg_s [kg/s], per unit: default the rated ones of
    `heat_recovery`. outside: of the machine's range of air; ``nan`` means that no unit runs in such a step.
    Raises InputError for gaps in the air, for heat recovery behind a machine whose exhaust is unknown, for water figures
    without heat recovery, and what `recover` raises.
    """
    air = _air(dry_bulb_c, pressure_kpa, humidity_ratio)
    if breakpoints < 2:
        raise InputError(Fault("breakpoints", breakpoints, "must be two or more", "Nine hold fuel to about 0.1 %."))
    if heat_recovery is None and not (water_in_temp_c is None and water_flow_kg_s is None):
        rule = "is given, but the machine has no heat recovery"
        raise InputError(Fault("water_in_temp_c", water_in_temp_c, rule, "Name a heat recovery or leave the water out."))
    water_temp_c = np.nan
    if heat_recovery is not None:
        water_temp_c = heat_recovery.rated_water_in_temp_c if water_in_temp_c is None else water_in_temp_c
    water_temp_c = np.broadcast_to(np.asarray(water_temp_c, dtype=float), air[0].shape)

    def surface(power_kw: NDArray[np.float64], rows: NDArray[np.intp] | slice) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Fuel [kW LHV] and heat [kW] at `power_kw` (rows, any) in the air of these steps."""
        temp_c, pressure, humidity = (item[rows, None] for item in air)
        points = performance.at(power_kw, temp_c, pressure, humidity, outside=outside)
        if heat_recovery is None:
            return points.fuel_power_kw_lhv, np.zeros_like(power_kw)
        flow = heat_recovery.rated_water_flow_kg_s if water_flow_kg_s is None else water_flow_kg_s
        gas = exhaust_coefficients(performance.fuel, humidity, points.fuel_air_ratio)
        gas_temp_k = points.exhaust_temp_c + ZERO_CELSIUS_K
        water_temp_k = water_temp_c[rows, None] + ZERO_CELSIUS_K
        heat_w = recover(heat_recovery, gas, points.exhaust_flow_kg_s, gas_temp_k, water_temp_k, flow).heat_w
        if (np.isnan(points.exhaust_temp_c) & np.isfinite(points.fuel_power_kw_lhv)).any():
            raise exhaust_unknown(performance.model)
        return points.fuel_power_kw_lhv, heat_w / 1e3

    high = performance.available_net_power_kw(*air, outside=outside)
    low = performance.lowest_net_power_kw(*air, outside=outside)
    power = low[:, None] + (high - low)[:, None] * np.linspace(0.0, 1.0, breakpoints)
    fuel, heat = surface(power, slice(None))
    sample = np.unique(np.linspace(0, len(power) - 1, ERROR_SAMPLE).astype(np.intp))
    middle_fuel, middle_heat = surface((power[sample, :-1] + power[sample, 1:]) / 2.0, sample)
    runs = high > NO_UNIT_KW
    unsolved = runs & ~(np.isfinite(fuel) & np.isfinite(heat)).all(axis=1)
    if unsolved.any() and outside != "nan":
        rule = f"{performance.model} or its heat recovery has no solution in step {np.flatnonzero(unsolved)[0]}"
        raise SolveError(rule, Outcome.NOT_CONVERGED)
    idle = unsolved | ~runs
    power, fuel, heat = (np.where(idle[:, None], 0.0, item) for item in (power, fuel, heat))
    operation = performance.record.operation
    return Envelope(
        count=count,
        loading=loading,
        power_kw=power,
        fuel_kw_lhv=fuel,
        heat_kw=heat,
        rated_power_kw=performance.rated_net_power_kw,
        min_load_fraction=performance.min_load_fraction,
        start_energy_kwh=operation.start_energy_kwh,
        start_fuel_kwh_lhv=operation.start_fuel_kwh_lhv,
        stop_energy_kwh=operation.stop_energy_kwh,
        standby_kw=operation.standby_kw,
        fuel_hhv_per_lhv=performance.fuel.hhv_j_per_kg / performance.fuel.lhv_j_per_kg,
        capabilities=frozenset() if heat_recovery is None else heat_recovery.capabilities,
        fuel_error=_linearisation_error(fuel[sample], middle_fuel),
        heat_error=0.0 if heat_recovery is None else _linearisation_error(heat[sample], middle_heat),
    )


def _air(*columns: ArrayLike) -> tuple[NDArray[np.float64], ...]:
    """Dry bulb, pressure and humidity ratio, one figure per step each."""
    air = np.broadcast_arrays(*(np.atleast_1d(np.asarray(item, dtype=float)) for item in columns))
    with Faults() as faults:
        for name, item in zip(("dry_bulb_c", "pressure_kpa", "humidity_ratio"), air, strict=True):
            gaps = np.flatnonzero(~np.isfinite(item))
            if gaps.size:
                rule = f"missing in {gaps.size} of {item.size} steps"
                faults.add(f"{name}[{gaps[0]}]", item[gaps[0]], rule, "Fill the gaps and say how; we do not guess.")
    return tuple(air)


def _linearisation_error(values: NDArray[np.float64], middle: NDArray[np.float64]) -> float:
    """Largest deviation of the linear pieces of `values` (n, K) from the surface in their `middle` (n, K-1), by full power."""
    full = np.where(values[:, -1:] > 0.0, values[:, -1:], np.nan)
    deviation = np.abs((values[:, :-1] + values[:, 1:]) / 2.0 - middle) / full
    return float(np.nanmax(deviation, initial=0.0))
