"""A desiccant unit: wheel, fans, regeneration by hot water or by exhaust, and a post-cooler that gives heat to the outdoor air.

The wheel is that of `energyplus_solid_desiccant`, which stands for regeneration at 121 degC; where hot water or the exhaust gives
less, `with_cooler_regeneration` says what is left. The wheel of `energyplus_balanced_flow_desiccant`, for regeneration below
49 degC, needs nearly saturated air from a cooling coil and is none of this unit: below `min_regen_temp_c` the unit rests.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Faults
from brayton.core.provenance import Source
from brayton.core.units import ZERO_CELSIUS_K
from brayton.gas.moistair import (
    DRY_AIR_CP_J_PER_KG_K,
    VAPOUR_CP_J_PER_KG_K,
    moist_air_enthalpy_j_per_kg,
    moist_air_temp_k,
)
from brayton.package.capability import Capability
from brayton.package.wheel import (
    HIGH_TEMPERATURE_RANGE,
    NOMINAL_REGEN_TEMP_C,
    Outside,
    WheelPoint,
    energyplus_solid_desiccant,
    with_cooler_regeneration,
)

STANDARD_AIR_KG_PER_M3 = 1.204
"""Dry air at 20 degC and 101.325 kPa: fans and ratings are in volumes of standard air."""


class Regeneration(Enum):
    """What heats the regeneration air; ``value`` is the word in files."""

    HOT_WATER = "hot_water"
    EXHAUST = "exhaust"


@dataclass(frozen=True)
class DesiccantUnit:
    """A packaged desiccant dehumidifier.

    process_flow_kg_s: dry process air [kg/s]. face_velocity_m_s: of it, 2.032..4.064. rotor_kw, pump_kw: drives while it runs.
    specific_fan_power_kw_s_per_m3: fans of process and regeneration together, per volume of standard process air [kW/(m3/s)].
    coil_effectiveness: of the hot-water coil: rise of the air over the rise to the water's temperature.
    post_cooling_effectiveness: drop of the dried air over the drop to the outdoor temperature; 0 for none. min_regen_temp_c:
    below it the unit rests.
    Raises InputError with every figure out of its bounds.
    """

    name: str
    process_flow_kg_s: float
    face_velocity_m_s: float
    regeneration: Regeneration
    rotor_kw: float
    specific_fan_power_kw_s_per_m3: float
    coil_effectiveness: float
    post_cooling_effectiveness: float
    source: Source
    pump_kw: float = 0.0
    min_regen_temp_c: float = 55.0
    capabilities: ClassVar[frozenset[Capability]] = frozenset({Capability.DRY_AIR})

    def __post_init__(self) -> None:
        low, high, _ = HIGH_TEMPERATURE_RANGE["face_velocity_m_s"]
        with Faults() as faults:
            if not (math.isfinite(self.process_flow_kg_s) and self.process_flow_kg_s > 0.0):
                faults.add("desiccant.process_flow_kg_s", self.process_flow_kg_s, "must be positive", "Give the air flow.")
            if not low <= self.face_velocity_m_s <= high:
                rule = f"must lie in {low:g}..{high:g} m/s, the range of the wheel's regression"
                faults.add("desiccant.face_velocity_m_s", self.face_velocity_m_s, rule, "Choose a larger or smaller wheel.")
            for key in ("rotor_kw", "specific_fan_power_kw_s_per_m3", "pump_kw"):
                if not (math.isfinite(getattr(self, key)) and getattr(self, key) >= 0.0):
                    faults.add(f"desiccant.{key}", getattr(self, key), "must not be negative", "Give zero for none.")
            for key in ("coil_effectiveness", "post_cooling_effectiveness"):
                if not 0.0 <= getattr(self, key) <= 1.0:
                    faults.add(f"desiccant.{key}", getattr(self, key), "must lie in 0..1", "Give the effectiveness.")
            if not 40.0 <= self.min_regen_temp_c <= NOMINAL_REGEN_TEMP_C:
                rule = f"must lie in 40..{NOMINAL_REGEN_TEMP_C:g} degC"
                faults.add("desiccant.min_regen_temp_c", self.min_regen_temp_c, rule, "Give where drying ceases to pay.")

    @property
    def auxiliary_kw(self) -> float:
        """Electricity of fans, rotor and pump while it runs [kW]."""
        flow_m3_s = self.process_flow_kg_s / STANDARD_AIR_KG_PER_M3
        return self.specific_fan_power_kw_s_per_m3 * flow_m3_s + self.rotor_kw + self.pump_kw


@dataclass(frozen=True)
class Drying:
    """What the unit does in each step; all broadcast to one shape.

    run_share: of the step in which it runs (0 where it rests). water_kg_s: removed from the process air. regen_heat_kw: into the
    regeneration air. electric_kw: fans, rotor and pump. sensible_kw: heat that the process air brings along, behind the
    post-cooler, over its inlet temperature. rejected_kw: heat that the post-cooler gives to the outdoor air. All are means of the
    step. While it runs: out_temp_c, out_humidity_ratio behind the post-cooler, wheel_out_temp_c before it, regen_temp_c at the
    wheel, regen_out_temp_c and regen_out_humidity_ratio behind it.
    """

    run_share: NDArray[np.float64]
    water_kg_s: NDArray[np.float64]
    regen_heat_kw: NDArray[np.float64]
    electric_kw: NDArray[np.float64]
    sensible_kw: NDArray[np.float64]
    rejected_kw: NDArray[np.float64]
    out_temp_c: NDArray[np.float64]
    out_humidity_ratio: NDArray[np.float64]
    wheel_out_temp_c: NDArray[np.float64]
    regen_temp_c: NDArray[np.float64]
    regen_out_temp_c: NDArray[np.float64]
    regen_out_humidity_ratio: NDArray[np.float64]


def dehumidify(
    desiccant: DesiccantUnit,
    process_temp_c: ArrayLike,
    process_humidity_ratio: ArrayLike,
    outdoor_temp_c: ArrayLike,
    outdoor_humidity_ratio: ArrayLike,
    *,
    supply_temp_c: ArrayLike,
    supply_humidity_ratio: ArrayLike | None = None,
    wanted_kg_s: ArrayLike | None = None,
    regen_available_kw: ArrayLike | None = None,
    outside: Outside = "raise",
) -> Drying:
    """Dry the process air with regeneration air taken from outdoors.

    process_*, outdoor_*: temperature [degC] and humidity ratio [kg/kg dry air]. supply_temp_c: of the hot water, or of the
    exhaust, at the desiccant. supply_humidity_ratio: of the exhaust, which needs it. wanted_kg_s: water to be removed; all that
    goes if None. regen_available_kw: heat at hand; without limit if None. The unit runs for the share of the step that both
    allow; without heat it rests. All broadcast; NaN gives NaN.

    Hot water: T_regen = T_outdoor + effectiveness (T_water - T_outdoor), at most 121 degC. Exhaust: mixed with outdoor air to
    121 degC, or all of it where it is cooler; its water comes along. The post-cooler is a heat exchanger with the outdoor air
    and adds no heat where the dried air is the cooler. Range: as the wheel's, enforced as `outside` says.
    Balances: process water lost = regeneration water gained; process + regeneration enthalpy gained = regen_heat_kw.
    """
    t, w, outdoor, humid, supply = np.broadcast_arrays(
        *(
            np.asarray(item, dtype=float)
            for item in (process_temp_c, process_humidity_ratio, outdoor_temp_c, outdoor_humidity_ratio, supply_temp_c)
        )
    )
    regen_c, regen_w = _regeneration_air(desiccant, outdoor, humid, supply, supply_humidity_ratio)
    nominal = energyplus_solid_desiccant(t, w, desiccant.face_velocity_m_s, regen_inlet_temp_c=outdoor, outside=outside)
    wheel = with_cooler_regeneration(nominal, t, w, regen_c, outdoor, regen_w)
    removed = w - wheel.out_humidity_ratio
    runs = (removed > 0.0) & (regen_c >= desiccant.min_regen_temp_c) & (wheel.regen_heat_j_per_kg > 0.0)
    heat_kw = desiccant.process_flow_kg_s * wheel.regen_heat_j_per_kg / 1e3
    share = np.where(runs, 1.0, 0.0)
    if wanted_kg_s is not None:
        full_kg_s = desiccant.process_flow_kg_s * np.where(runs, removed, 1.0)
        share = share * np.clip(np.asarray(wanted_kg_s, dtype=float) / full_kg_s, 0.0, 1.0)
    if regen_available_kw is not None:
        share = np.minimum(share, np.maximum(np.asarray(regen_available_kw, dtype=float), 0.0) / np.where(runs, heat_kw, 1.0))
    share = np.where(np.isnan(removed), np.nan, share)
    dropped = desiccant.post_cooling_effectiveness * np.maximum(wheel.out_temp_c - outdoor, 0.0)
    capacity_kw_per_k = (
        desiccant.process_flow_kg_s * (DRY_AIR_CP_J_PER_KG_K + VAPOUR_CP_J_PER_KG_K * wheel.out_humidity_ratio) / 1e3
    )
    out_c = wheel.out_temp_c - dropped
    regen_out_c, regen_out_w = _regeneration_outlet(t, w, wheel, outdoor, regen_w)
    return Drying(
        run_share=share,
        water_kg_s=share * desiccant.process_flow_kg_s * removed,
        regen_heat_kw=share * heat_kw,
        electric_kw=share * desiccant.auxiliary_kw,
        sensible_kw=share * capacity_kw_per_k * (out_c - t),
        rejected_kw=share * capacity_kw_per_k * dropped,
        out_temp_c=out_c,
        out_humidity_ratio=wheel.out_humidity_ratio,
        wheel_out_temp_c=wheel.out_temp_c,
        regen_temp_c=regen_c,
        regen_out_temp_c=regen_out_c,
        regen_out_humidity_ratio=regen_out_w,
    )


def _regeneration_air(
    desiccant: DesiccantUnit,
    outdoor: NDArray[np.float64],
    humid: NDArray[np.float64],
    supply: NDArray[np.float64],
    supply_humidity_ratio: ArrayLike | None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Temperature [degC] and humidity ratio of the regeneration air at the wheel."""
    if desiccant.regeneration is Regeneration.HOT_WATER:
        regen_c = outdoor + desiccant.coil_effectiveness * np.maximum(supply - outdoor, 0.0)
        return np.minimum(regen_c, NOMINAL_REGEN_TEMP_C), humid
    with Faults() as faults:
        if supply_humidity_ratio is None:
            rule = "is needed where the exhaust itself regenerates: it brings the water of combustion"
            faults.add("supply_humidity_ratio", "(absent)", rule, "Give kg of water per kg of dry exhaust.")
    exhaust_w = np.asarray(supply_humidity_ratio, dtype=float)
    regen_c = np.minimum(np.maximum(supply, outdoor), NOMINAL_REGEN_TEMP_C)
    share = np.where(supply > outdoor, (regen_c - outdoor) / np.where(supply > outdoor, supply - outdoor, 1.0), 0.0)
    return regen_c, humid + share * (exhaust_w - humid)


def _regeneration_outlet(
    t: NDArray[np.float64],
    w: NDArray[np.float64],
    wheel: WheelPoint,
    outdoor: NDArray[np.float64],
    regen_w: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Regeneration air behind the wheel [degC], [kg/kg], from the balances of water and enthalpy; NaN where nothing flows."""
    ratio = np.where(wheel.regen_air_ratio > 0.0, wheel.regen_air_ratio, np.nan)
    before = moist_air_enthalpy_j_per_kg(t + ZERO_CELSIUS_K, w)
    behind = moist_air_enthalpy_j_per_kg(wheel.out_temp_c + ZERO_CELSIUS_K, wheel.out_humidity_ratio)
    heated = moist_air_enthalpy_j_per_kg(outdoor + ZERO_CELSIUS_K, regen_w) + wheel.regen_heat_j_per_kg / ratio
    out_w = regen_w + (w - wheel.out_humidity_ratio) / ratio
    return moist_air_temp_k(heated + (before - behind) / ratio, out_w) - ZERO_CELSIUS_K, out_w
