"""Refrigerated display cases of a store: the water and the heat that they take from its air, and the electricity of their racks.

Humidity effect: the case credit model of EnergyPlus's Refrigeration:Case (Engineering Reference, by case temperature),

    latent load = rated latent load x max(0, 1 - slope (0.55 - RH)),    slope = k0 + k1 T + k2 T^2 + k3 T^3 per percent of RH

with the case's own temperature T [degC]. Rated at 23.9 degC and 55 % (ASHRAE Standard 72). The sensible heat that a case takes
from the store goes with the difference of their temperatures. Both are weighed with a share of the hour (doors, night covers).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Faults
from brayton.core.provenance import Source
from brayton.core.units import STANDARD_PRESSURE_PA, ZERO_CELSIUS_K
from brayton.gas.air import humidity_ratio
from brayton.gas.moistair import LATENT_HEAT_J_PER_KG, dew_point_k

RATED_RELATIVE_HUMIDITY = 0.55

SHELF_CURVES = {
    "multi_shelf": (0.026526281, 0.001078032, -0.0000602558, 0.00000123732),
    "single_shelf": (0.020376, 0.00024378, 0.0000114, 0.0000001811),
}
"""k0 to k3 for open upright cases and for wells, doors and walk-ins, per percent of relative humidity."""

RACK_CURVE = (1.7603, -0.0377, 0.0004)
RACK_CURVE_RANGE_C = (10.0, 35.0)
"""COP of a rack over its rated one, quadratic in the outdoor temperature [degC], held at its ends."""

RATED_TEMP_C = 23.9

LINEAR_ANTI_SWEAT_ZERO = 0.35
"""Relative humidity at which anti-sweat heaters with linear control rest."""

ANTI_SWEAT_INSIDE = 0.2
"""Share of the heat of anti-sweat heaters that enters the case: the reference model."""

DOOR_HEIGHT_M = 1.5
AIR_RESISTANCE_M2_K_PER_W = 0.3169
"""Of heaters with heat-balance control: the reference model's height, and the air film of EnergyPlus's Engineering Reference."""

AntiSweatControl = Literal["linear", "heat_balance"]

REFERENCE = Source(
    "DOE Commercial Reference Building, Supermarket, new construction 90.1-2004, version 1.3_5.0, EnergyPlus model",
    "2011",
    "primary",
    "cases, racks, curves and schedules as in the model's objects Refrigeration:Case and Refrigeration:CompressorRack",
)
REFERENCE_FLOOR_M2 = 4181.0


@dataclass(frozen=True)
class CaseGroup:
    """Cases of one kind.

    length_m: of all together. load_w_per_m: total rated refrigeration load at full run. latent_share: of it. run_share: rated
    run time. shelf: word of `SHELF_CURVES`. rack_cop: of the rack at rated outdoor air. anti_sweat_w_per_m: heaters that
    follow humidity, at the rated point; linear: off at 35 %; heat balance: as much as keeps the doors at the dew point.
    day_share, night_share: of the exchange with the store's air, 7 to 21 h and otherwise. own_w_per_m: fans and lights inside,
    which make up part of the load.
    Raises InputError with every figure out of its bounds.
    """

    name: str
    length_m: float
    load_w_per_m: float
    latent_share: float
    run_share: float
    case_temp_c: float
    shelf: str
    rack_cop: float
    anti_sweat_w_per_m: float = 0.0
    day_share: float = 0.6
    night_share: float = 0.2
    own_w_per_m: float = 0.0
    anti_sweat_control: AntiSweatControl = "linear"

    def __post_init__(self) -> None:
        with Faults() as faults:
            for key in ("length_m", "load_w_per_m", "rack_cop"):
                if not (math.isfinite(getattr(self, key)) and getattr(self, key) > 0.0):
                    faults.add(f"{self.name}.{key}", getattr(self, key), "must be positive", "Give the rated figure.")
            for key in ("latent_share", "run_share", "day_share", "night_share"):
                if not 0.0 <= getattr(self, key) <= 1.0:
                    faults.add(f"{self.name}.{key}", getattr(self, key), "must lie in 0..1", "Give a share.")
            for key in ("anti_sweat_w_per_m", "own_w_per_m"):
                if not (math.isfinite(getattr(self, key)) and getattr(self, key) >= 0.0):
                    faults.add(f"{self.name}.{key}", getattr(self, key), "must not be negative", "Give zero for none.")
            if not -40.0 <= self.case_temp_c <= 20.0:
                faults.add(f"{self.name}.case_temp_c", self.case_temp_c, "must lie in -40..20 degC", "Give the air in the case.")
            if self.shelf not in SHELF_CURVES:
                faults.add(f"{self.name}.shelf", self.shelf, "is not a known word", f"Use one of: {', '.join(SHELF_CURVES)}.")
            if self.anti_sweat_control not in get_args(AntiSweatControl):
                remedy = f"Use one of: {', '.join(get_args(AntiSweatControl))}."
                faults.add(f"{self.name}.anti_sweat_control", self.anti_sweat_control, "is not a known word", remedy)

    @property
    def humidity_slope(self) -> float:
        """Change of the latent load over its rated one, per unit of relative humidity [-]: 2.9 for an open dairy case."""
        k0, k1, k2, k3 = SHELF_CURVES[self.shelf]
        t = self.case_temp_c
        return 100.0 * (k0 + t * (k1 + t * (k2 + t * k3)))

    @property
    def rated_latent_w(self) -> float:
        return self.length_m * self.load_w_per_m * self.run_share * self.latent_share

    @property
    def rated_inside_w(self) -> float:
        """Heat that is made inside at the rated point [W]."""
        return self.length_m * (self.own_w_per_m + ANTI_SWEAT_INSIDE * self.anti_sweat_w_per_m)

    @property
    def rated_sensible_w(self) -> float:
        """Heat taken from the store's air at the rated point [W]: the load less its latent part and what is made inside."""
        load = self.length_m * self.load_w_per_m * self.run_share * (1.0 - self.latent_share)
        return max(load - self.rated_inside_w, 0.0)


_GROUPS = (
    CaseGroup("upright dairy, deli and produce", 82.25, 1442.25, 0.3, 0.85, 2.2, "multi_shelf", 2.5, own_w_per_m=101.0),
    CaseGroup("meat", 33.58, 1442.25, 0.1, 0.85, 2.2, "single_shelf", 2.5, 65.6, 1.0, 1.0, 126.3),
    CaseGroup(
        *("frozen food, glass doors", 81.69, 538.44, 0.13, 0.85, -15.0, "single_shelf", 1.3, 233.0, 0.6, 0.2, 173.9),
        anti_sweat_control="heat_balance",
    ),
    CaseGroup("ice cream, open well", 39.01, 528.83, 0.1, 0.85, -12.0, "single_shelf", 1.3, 78.7, own_w_per_m=32.8),
    CaseGroup("walk-in coolers", 114.30, 461.52, 0.1, 0.4, 2.2, "single_shelf", 2.5, 0.0, 0.4, own_w_per_m=92.0),
    CaseGroup("walk-in freezer", 38.10, 615.36, 0.1, 0.4, -23.3, "single_shelf", 1.3, 0.0, 0.4, own_w_per_m=131.3),
)


def reference_cases(floor_area_m2: float) -> tuple[CaseGroup, ...]:
    """The cases of DOE's reference supermarket (see `REFERENCE`), their lengths scaled by floor area.

    Lights are taken at full power: in the reference they follow the hours of the store. Deli's cases stand with the upright ones.
    """
    factor = floor_area_m2 / REFERENCE_FLOOR_M2
    return tuple(replace(group, length_m=group.length_m * factor) for group in _GROUPS)


def case_share(group: CaseGroup, hour: NDArray[np.int64]) -> NDArray[np.float64]:
    """Share of the rated exchange with the store's air in hours of the day, 0..1."""
    return np.where((hour >= 7) & (hour < 21), group.day_share, group.night_share)


def case_water_kg_s(cases: Sequence[CaseGroup], relative_humidity: ArrayLike, hour: NDArray[np.int64]) -> NDArray[np.float64]:
    """Water that the cases take from the store's air [kg/s] at its relative humidity (0..1), by hour of the day.

    Latent heat of evaporation as in the rating; the heat of freezing is left out, as there. Rises with humidity.
    """
    humid = np.asarray(relative_humidity, dtype=float)
    latent_w = sum(group.rated_latent_w * case_share(group, hour) * _latent_ratio(group, humid) for group in cases)
    return np.asarray(latent_w) / LATENT_HEAT_J_PER_KG + 0.0 * humid


def case_sensible_kw(cases: Sequence[CaseGroup], hour: NDArray[np.int64], store_temp_c: float) -> NDArray[np.float64]:
    """Sensible heat that the cases take from the store's air [kW] by hour of the day; humidity leaves it alone."""
    return np.asarray(sum(_sensible_w(group, hour, store_temp_c) for group in cases)) / 1e3 + 0.0 * hour


def anti_sweat_w(group: CaseGroup, relative_humidity: ArrayLike, store_temp_c: float) -> NDArray[np.float64]:
    """Electricity of a group's anti-sweat heaters [W], between nothing and the rated figure.

    Linear: from `LINEAR_ANTI_SWEAT_ZERO` to 55 %. Heat balance (EnergyPlus Engineering Reference, from memory; the figures of its
    supermarket come out within 3 %): (T_dew - T_store) H / R_air + (T_dew - T_case) H / R_case, with R_case from the rated point.
    """
    humid = np.asarray(relative_humidity, dtype=float)
    rated = group.length_m * group.anti_sweat_w_per_m
    if group.anti_sweat_control == "linear":
        return rated * np.clip((humid - LINEAR_ANTI_SWEAT_ZERO) / (RATED_RELATIVE_HUMIDITY - LINEAR_ANTI_SWEAT_ZERO), 0.0, 1.0)
    film_w_per_k = DOOR_HEIGHT_M / AIR_RESISTANCE_M2_K_PER_W
    rated_dew_c = _dew_point_c(RATED_TEMP_C, np.asarray(RATED_RELATIVE_HUMIDITY))
    door_w_per_k = (group.anti_sweat_w_per_m + (RATED_TEMP_C - rated_dew_c) * film_w_per_k) / (rated_dew_c - group.case_temp_c)
    dew_c = _dew_point_c(store_temp_c, humid)
    wanted = (dew_c - group.case_temp_c) * door_w_per_k - (store_temp_c - dew_c) * film_w_per_k
    return group.length_m * np.clip(wanted, 0.0, group.anti_sweat_w_per_m)


def case_electric_kw(
    cases: Sequence[CaseGroup],
    relative_humidity: ArrayLike,
    hour: NDArray[np.int64],
    outdoor_temp_c: ArrayLike,
    store_temp_c: float,
) -> NDArray[np.float64]:
    """Electricity of racks and anti-sweat heaters [kW], without fans, lights and defrost, which humidity leaves alone here.

    Rack: (heat and latent load from the store + what is made inside) / (COP x curve of the outdoor air).
    """
    humid = np.asarray(relative_humidity, dtype=float)
    outdoor = np.clip(np.asarray(outdoor_temp_c, dtype=float), *RACK_CURVE_RANGE_C)
    curve = RACK_CURVE[0] + outdoor * (RACK_CURVE[1] + outdoor * RACK_CURVE[2])
    total_w = np.zeros(np.broadcast_shapes(humid.shape, hour.shape, outdoor.shape))
    for group in cases:
        heaters_w = anti_sweat_w(group, humid, store_temp_c)
        latent_w = group.rated_latent_w * case_share(group, hour) * _latent_ratio(group, humid)
        inside_w = group.length_m * group.own_w_per_m + ANTI_SWEAT_INSIDE * heaters_w
        load_w = _sensible_w(group, hour, store_temp_c) + latent_w + inside_w
        total_w += load_w / (group.rack_cop * curve) + heaters_w
    return total_w / 1e3


def _sensible_w(group: CaseGroup, hour: NDArray[np.int64], store_temp_c: float) -> NDArray[np.float64]:
    warmth = max(store_temp_c - group.case_temp_c, 0.0) / (RATED_TEMP_C - group.case_temp_c)
    return group.rated_sensible_w * warmth * case_share(group, hour)


def _latent_ratio(group: CaseGroup, relative_humidity: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.maximum(1.0 - group.humidity_slope * (RATED_RELATIVE_HUMIDITY - relative_humidity), 0.0)


def _dew_point_c(temp_c: float, relative_humidity: NDArray[np.float64]) -> NDArray[np.float64]:
    """Dew point [degC]; it follows from the vapour pressure alone, so any air pressure serves. Dry air: that of 0.1 %."""
    w = humidity_ratio(temp_c + ZERO_CELSIUS_K, STANDARD_PRESSURE_PA, np.maximum(relative_humidity, 1e-3))
    return dew_point_k(STANDARD_PRESSURE_PA, w) - ZERO_CELSIUS_K
