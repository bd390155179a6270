"""Machines that the engine model cannot represent, carried by their published tables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from brayton.gas.air import standard_pressure_pa
from brayton.gas.fuels import Fuel
from brayton.machine.carrier import Array, Outside, PerformancePoints, check_ranges
from brayton.machine.record import MachineRecord, PublishedTable


@dataclass(frozen=True)
class TablePerformance:
    """A published table behind the `Performance` protocol.

    Full power and efficiency against air temperature, efficiency against load at one temperature; the relative fall of
    efficiency with load is taken as the same at every temperature. Power falls with pressure by the published share per
    305 m of standard altitude, efficiency does not. Humidity, ducts and fuel have no effect, and the exhaust is unknown
    (NaN): the tables say nothing of them.
    """

    record: MachineRecord
    fuel: Fuel

    @property
    def model(self) -> str:
        return self.record.model

    @property
    def rated_net_power_kw(self) -> float:
        """The rating [kW]; such a machine may exceed it in the cold, up to the table's highest power."""
        return self.record.rating.net_power_kw

    @property
    def min_load_fraction(self) -> float:
        return self.record.min_load_fraction

    @property
    def temp_range_c(self) -> tuple[float, float]:
        return float(self._full[0, 0]), float(self._full[0, -1])

    @property
    def _table(self) -> PublishedTable:
        assert self.record.published is not None
        return self.record.published

    @cached_property
    def _full(self) -> Array:
        """Rows: air temperature [degC], full power [kW], efficiency [-], in the order of temperature."""
        points = sorted(
            {(p.ambient_temp_c, p.net_power_kw, p.elec_eff_lhv) for p in self._table.points if p.load_fraction == 1.0}
        )
        return np.array(points).T

    @cached_property
    def _part(self) -> Array:
        """Rows: load fraction, efficiency over that at full load."""
        at = next(p.ambient_temp_c for p in self._table.points if p.load_fraction < 1.0)
        points = sorted((p.load_fraction, p.elec_eff_lhv) for p in self._table.points if p.ambient_temp_c == at)
        load, eff = np.array(points).T
        return np.stack([load, eff / eff[-1]])

    def available_net_power_kw(
        self, ambient_temp_c: ArrayLike, pressure_kpa: ArrayLike, humidity_ratio: ArrayLike, *, outside: Outside = "raise"
    ) -> Array:
        """Highest net power at this air [kW]."""
        temp, pressure, _ = np.broadcast_arrays(
            np.asarray(ambient_temp_c, dtype=float),
            np.asarray(pressure_kpa, dtype=float),
            np.asarray(humidity_ratio, dtype=float),
        )
        temps, powers, _ = self._full
        checked = check_ranges(
            {"ambient_temp_c": (temp, float(temps[0]), float(temps[-1])), "pressure_kpa": (pressure, 60.0, 108.0)}, outside
        )
        altitude = np.interp(-checked["pressure_kpa"], -_PRESSURES_KPA, _ALTITUDES_M)
        derate = 1.0 - self._table.power_loss_per_305_m * altitude / 305.0
        return np.minimum(np.interp(checked["ambient_temp_c"], temps, powers) * derate, self._table.max_net_power_kw)

    def lowest_net_power_kw(
        self, ambient_temp_c: ArrayLike, pressure_kpa: ArrayLike, humidity_ratio: ArrayLike, *, outside: Outside = "raise"
    ) -> Array:
        """Lowest net power [kW]: the record's minimum load, or the lowest load of the table where that is higher."""
        available = self.available_net_power_kw(ambient_temp_c, pressure_kpa, humidity_ratio, outside=outside)
        lowest = np.maximum(self.min_load_fraction * self.rated_net_power_kw, self._part[0, 0] * available)
        return np.minimum(lowest, available)

    def at(
        self,
        net_power_kw: ArrayLike,
        ambient_temp_c: ArrayLike,
        pressure_kpa: ArrayLike,
        humidity_ratio: ArrayLike,
        *,
        outside: Outside = "raise",
    ) -> PerformancePoints:
        """The machine at `net_power_kw` [kW], within the loads of its table."""
        asked, temp, pressure, humidity = np.broadcast_arrays(
            np.asarray(net_power_kw, dtype=float), np.asarray(ambient_temp_c, dtype=float),
            np.asarray(pressure_kpa, dtype=float), np.asarray(humidity_ratio, dtype=float),
        )  # fmt: skip
        available = self.available_net_power_kw(temp, pressure, humidity, outside=outside)
        loads, relative = self._part
        name = "net_power_kw over the power available"
        load = check_ranges({name: (asked / available, float(loads[0]), 1.0)}, outside)[name]
        temps, _, full_eff = self._full
        eff = np.interp(np.clip(temp, temps[0], temps[-1]), temps, full_eff) * np.interp(load, loads, relative)
        power = load * available
        unknown = np.full(power.shape, np.nan)
        return PerformancePoints(
            net_power_kw=power, fuel_power_kw_lhv=np.where(np.isnan(power), np.nan, power / eff), air_flow_kg_s=unknown,
            exhaust_flow_kg_s=unknown, exhaust_temp_c=unknown, fuel_air_ratio=unknown, shaft_speed_rpm=unknown,
            pressure_ratio=unknown, turbine_inlet_temp_c=unknown, turbine_exit_temp_c=unknown, surge_margin=unknown,
            booster_power_kw=unknown,
        )  # fmt: skip


_ALTITUDES_M = np.linspace(-600.0, 4500.0, 52)
_PRESSURES_KPA = standard_pressure_pa(_ALTITUDES_M) / 1e3
