"""A record made to run: engine, limits, fuel and installation together, matched exactly at any point.

This is the door between records and kernels. The compiled surface (`brayton.machine.surface`), the calibration and the
command line all ask here.
"""

from __future__ import annotations

import itertools
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Fault, InputError
from brayton.core.outcomes import Outcome
from brayton.core.units import ISO_TEMP_K, STANDARD_PRESSURE_PA, ZERO_CELSIUS_K
from brayton.gas.air import DRY_AIR
from brayton.gas.fuels import Fuel
from brayton.gas.mixture import Mixture
from brayton.gas.properties import as_rows
from brayton.machine.components import Engine
from brayton.machine.control import COLUMNS, LIMITS, Limits, operate
from brayton.machine.design import engine_from_design
from brayton.machine.match import Gas
from brayton.machine.record import FuelTable, KitTable, MachineRecord

THREADED_POINTS = 200
"""Below this many points a second thread costs more than it saves."""

WATER_VAPOUR = Mixture({"H2O": 1.0})


@dataclass(frozen=True)
class Installation:
    """What the site adds to the machine.

    inlet_loss_pa, back_pressure_pa: ducts, at the engine's design flow [Pa]; they grow with flow squared.
    gas_supply_pressure_kpag: pressure in the street [kPa gauge]; None: what the machine wants, so no booster runs.
    """

    inlet_loss_pa: float = 0.0
    back_pressure_pa: float = 0.0
    gas_supply_pressure_kpag: float | None = None

    def __post_init__(self) -> None:
        for name in ("inlet_loss_pa", "back_pressure_pa"):
            value = getattr(self, name)
            if not 0.0 <= value <= 20_000.0:
                raise InputError(Fault(name, value, "must lie in 0..20000 Pa", "Give the duct's loss at design flow."))
        supply = self.gas_supply_pressure_kpag
        if supply is not None and not 0.0 <= supply <= 5000.0:
            raise InputError(
                Fault("gas_supply_pressure_kpag", supply, "must lie in 0..5000 kPa gauge", "Give the pressure in the street.")
            )


@dataclass(frozen=True)
class MatchedPoints:
    """States of the engine, one array per quantity, SI except where the name says otherwise; NaN where no match exists."""

    net_power: NDArray[np.float64]  # [W]
    available_power: NDArray[np.float64]
    fuel_flow: NDArray[np.float64]  # [kg/s]
    air_flow: NDArray[np.float64]
    exhaust_temp: NDArray[np.float64]  # [K]
    speed: NDArray[np.float64]  # relative [-]
    pressure_ratio: NDArray[np.float64]
    compressor_exit_temp: NDArray[np.float64]
    turbine_inlet_temp: NDArray[np.float64]
    turbine_exit_temp: NDArray[np.float64]
    recuperator_effectiveness: NDArray[np.float64]
    surge_margin: NDArray[np.float64]
    booster_power: NDArray[np.float64]
    shaft_power: NDArray[np.float64]
    casing_loss: NDArray[np.float64]
    limit: NDArray[np.float64]  # code of `control.LIMITS`

    def limit_at(self, index: int) -> Outcome | None:
        """Which limit binds at flat position `index`; None where none does."""
        return LIMITS[int(self.limit.ravel()[index])]


@dataclass(frozen=True)
class MatchedEngine:
    """An engine of a record, burning `fuel` in an `installation`: what the kernels need, made once."""

    record: MachineRecord
    fuel: Fuel
    installation: Installation
    engine: Engine
    limits: Limits
    gas: Gas

    def unlimited(self) -> MatchedEngine:
        """The same engine without rating, surge margin, fuel valve, or end of the law's own range (top speed where it
        holds exit temperature, exit temperature where it holds speed): what it would do at any demand."""
        limits = self.limits._replace(rated_power=1e12, surge_margin=-0.5, max_fuel_flow=1e3)
        further = {"exit_temp": limits.exit_temp + 150.0} if limits.holds_speed else {"max_speed": 1.25}
        return replace(self, limits=limits._replace(**further))

    def operate(
        self,
        demand: ArrayLike,
        ambient_temp_c: ArrayLike,
        pressure_kpa: ArrayLike,
        humidity_ratio: ArrayLike,
        *,
        as_share: bool = False,
    ) -> MatchedPoints:
        """Match at broadcast arrays of conditions.

        demand: net power [W], cut to what is available; with `as_share`, share (0..1) of the power available without the
        rating. ambient_temp_c [degC], pressure_kpa [kPa], humidity_ratio [kg/kg dry air].
        """
        given = np.broadcast_arrays(
            np.asarray(ambient_temp_c, dtype=float) + ZERO_CELSIUS_K,
            np.asarray(pressure_kpa, dtype=float) * 1e3,
            np.asarray(humidity_ratio, dtype=float),
            np.asarray(demand, dtype=float),
        )
        points = np.stack([part.ravel() for part in given], axis=1)
        out = np.empty((len(points), len(COLUMNS)))

        def run(share: slice) -> None:
            operate(
                self.engine, self.limits, self.gas, as_rows(DRY_AIR.coefficients),
                as_rows(WATER_VAPOUR.coefficients), DRY_AIR.gas_constant_j_per_kg_k,
                WATER_VAPOUR.gas_constant_j_per_kg_k, points[share], self.installation.inlet_loss_pa,
                self.installation.back_pressure_pa, as_share, out[share],
            )  # fmt: skip

        if len(points) < THREADED_POINTS:
            run(slice(None))
        else:
            # the kernel frees the interpreter, so plain threads use every core and need no second, parallel compilation
            workers = os.cpu_count() or 1
            edges = np.linspace(0, len(points), workers + 1).astype(int)
            with ThreadPoolExecutor(workers) as pool:
                list(pool.map(run, (slice(a, b) for a, b in itertools.pairwise(edges))))
        return MatchedPoints(*(out[:, column].reshape(given[0].shape) for column in range(len(COLUMNS))))


def match_engine(record: MachineRecord, fuel: Fuel | None = None, installation: Installation | None = None) -> MatchedEngine:
    """Make the engine of `record` run on `fuel` (the record's own by default) in `installation` (no ducts, no booster).

    Errors: InputError where the record carries a published table in place of an engine.
    """
    if record.engine is None or record.limits is None:
        raise InputError(
            Fault("architecture", record.architecture, "has no engine to match", "Use the record's published performance.")
        )
    fuel = fuel or record.rated_fuel
    installation = installation or Installation()
    gas = Gas(
        coefficients=as_rows(fuel.combustion_coefficients),
        gas_constant=fuel.combustion_gas_constant_j_per_kg_k,
        enthalpy=float(fuel.h_j_per_kg(ISO_TEMP_K)),
        lhv=fuel.lhv_j_per_kg,
        booster_work=booster_work(record.fuel, fuel, installation.gas_supply_pressure_kpag),
    )
    limits = Limits(
        rated_power=record.rating.net_power_kw * 1e3,
        exit_temp=record.engine.turbine_exit_temp_k,
        max_speed=record.limits.max_speed_rpm / record.engine.shaft_speed_rpm,
        min_speed=record.limits.min_speed_rpm / record.engine.shaft_speed_rpm,
        surge_margin=record.limits.surge_margin,
        max_fuel_flow=valve_capacity(record, fuel),
        holds_speed=record.limits.control == "hold_speed",
    )
    return MatchedEngine(record, fuel, installation, engine_from_design(record.engine, record.rated_fuel), limits, gas)


def fuel_kit(record: MachineRecord, fuel: Fuel) -> KitTable | None:
    """The fuel system that suits the fuel, or else the one whose heating-value range lies nearest; None if there are none."""
    heating = fuel.hhv_j_per_m3_n / 1e6

    def distance(kit: KitTable) -> float:
        return max(kit.hhv_min_mj_per_m3 - heating, heating - kit.hhv_max_mj_per_m3, 0.0)

    return min(record.fuel.kit, key=distance, default=None)


def valve_capacity(record: MachineRecord, fuel: Fuel) -> float:
    """Steady fuel flow that the valve passes [kg/s].

    A valve passes a volume: the rated fuel power, times the record's ratio, on the poorest gas that its fuel system
    accepts. Liquids and machines without named fuel systems take the ratio of rated fuel power itself.
    """
    assert record.limits is not None
    rated_fuel_power = record.rating.net_power_kw * 1e3 / record.rating.elec_eff_lhv * record.limits.fuel_valve_ratio
    kit = fuel_kit(record, fuel)
    if kit is None or fuel.is_liquid:
        return rated_fuel_power / fuel.lhv_j_per_kg
    rated = record.rated_fuel
    volume = rated_fuel_power * rated.hhv_j_per_kg / rated.lhv_j_per_kg / (kit.hhv_min_mj_per_m3 * 1e6)
    return volume * fuel.density_kg_per_m3_n


def booster_work(table: FuelTable, fuel: Fuel, supply_kpag: float | None) -> float:
    """Electric work of the gas booster [J/kg]: one adiabatic stage from street to inlet pressure over its efficiency.

    Gauge pressures count from 101.325 kPa. None, a supply at or above the inlet pressure, and liquids need no booster.
    """
    if supply_kpag is None or supply_kpag >= table.inlet_pressure_kpag or fuel.is_liquid:
        return 0.0
    ratio = (table.inlet_pressure_kpag * 1e3 + STANDARD_PRESSURE_PA) / (supply_kpag * 1e3 + STANDARD_PRESSURE_PA)
    cp = float(fuel.mixture.cp_j_per_kg_k(ISO_TEMP_K))
    rise = ratio ** (fuel.mixture.gas_constant_j_per_kg_k / cp) - 1.0
    return cp * ISO_TEMP_K * rise / table.booster_eff
