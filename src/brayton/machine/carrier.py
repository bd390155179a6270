"""What every carrier of a machine's performance offers, and the ranges that they keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Fault, RangeError
from brayton.gas.fuels import Fuel
from brayton.machine.record import MachineRecord

Array = NDArray[np.float64]
Outside = Literal["raise", "clip", "nan"]
"""What happens outside the range of a model (law L7)."""


@dataclass(frozen=True)
class PerformancePoints:
    """One unit at given loads and air; arrays of one shape. NaN where the machine's carrier does not know a quantity."""

    net_power_kw: Array
    fuel_power_kw_lhv: Array
    air_flow_kg_s: Array
    exhaust_flow_kg_s: Array
    exhaust_temp_c: Array
    fuel_air_ratio: Array
    shaft_speed_rpm: Array
    pressure_ratio: Array
    turbine_inlet_temp_c: Array
    turbine_exit_temp_c: Array
    surge_margin: Array
    booster_power_kw: Array


class Performance(Protocol):
    """One unit of a machine with its fuel and installation.

    ambient_temp_c [degC], pressure_kpa [kPa] and humidity_ratio [kg/kg dry air] broadcast with net_power_kw [kW].
    """

    @property
    def record(self) -> MachineRecord:
        """The record that stands behind the figures."""
        ...

    @property
    def fuel(self) -> Fuel:
        """What the machine burns."""
        ...

    @property
    def model(self) -> str: ...

    @property
    def rated_net_power_kw(self) -> float: ...

    @property
    def min_load_fraction(self) -> float:
        """Lowest load held for long, as a share of the rating [-]."""
        ...

    @property
    def temp_range_c(self) -> tuple[float, float]:
        """Air temperatures for which the figures hold [degC]."""
        ...

    def available_net_power_kw(
        self, ambient_temp_c: ArrayLike, pressure_kpa: ArrayLike, humidity_ratio: ArrayLike, *, outside: Outside = "raise"
    ) -> Array:
        """Highest net power at this air [kW], the rating included."""
        ...

    def lowest_net_power_kw(
        self, ambient_temp_c: ArrayLike, pressure_kpa: ArrayLike, humidity_ratio: ArrayLike, *, outside: Outside = "raise"
    ) -> Array:
        """Lowest net power at this air for which `at` has an answer and that the machine holds for long [kW]."""
        ...

    def at(
        self,
        net_power_kw: ArrayLike,
        ambient_temp_c: ArrayLike,
        pressure_kpa: ArrayLike,
        humidity_ratio: ArrayLike,
        *,
        outside: Outside = "raise",
    ) -> PerformancePoints:
        """The machine at `net_power_kw`, which may not exceed what is available (within 1e-6 of it)."""
        ...


def check_ranges(ranges: Mapping[str, tuple[Array, float, float]], outside: Outside) -> dict[str, Array]:
    """Apply law L7 to named arrays with their lowest and highest allowed values; a small slack of 1e-6 is no fault.

    Returns the arrays, clipped or with NaN as `outside` says. Errors: RangeError with the worst value of each name.
    """
    checked: dict[str, Array] = {}
    faults: list[Fault] = []
    for name, (given, low, high) in ranges.items():
        values = given
        slack = 1e-6 * max(abs(low), abs(high), 1.0)
        bad = (values < low - slack) | (values > high + slack)
        if bad.any():
            if outside == "raise":
                worst = values[bad][np.argmax(np.maximum(low - values[bad], values[bad] - high))]
                faults.append(
                    Fault(name, float(worst), f"must lie in {low:g} .. {high:g}", "Check the value, or ask for clip or nan.")
                )
            elif outside == "nan":
                values = np.where(bad, np.nan, values)
        checked[name] = np.clip(values, low, high)
    if faults:
        raise RangeError(*faults)
    return checked
