"""Electric air conditioning of a store: a direct-expansion coil of fixed surface temperature that runs for a share of the time.

While the coil runs, part of the air (the bypass factor) passes untouched and the rest leaves saturated at the apparatus dew
point, as in Carrier's bypass-factor method. So it removes water only down to that dew point, and each kg of water brings
sensible cold along: where the store wants dryness and no cold, it is overcooled and heated again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Faults
from brayton.core.provenance import Source
from brayton.core.units import ZERO_CELSIUS_K
from brayton.gas.air import humidity_ratio
from brayton.gas.moistair import DRY_AIR_CP_J_PER_KG_K, LATENT_HEAT_J_PER_KG, VAPOUR_CP_J_PER_KG_K

REFERENCE = Source(
    "DOE Commercial Reference Building, Supermarket, new construction 90.1-2004, version 1.3_5.0, EnergyPlus model",
    "2011",
    "primary",
    "Coil:Cooling:DX:SingleSpeed of the sales floor: COP 3.667 without fan, curve Cool-EIR-fT",
)
REFERENCE_COP = 3.667
COLDEST_CONDENSER_AIR_C = 18.0
"""Estimate: head pressure control keeps the condenser from following colder conditioner."""

_EIR = (0.28687133, 0.023902164, -0.000810648, 0.013458546, 0.0003389364, -0.0004870044)


class Reheat(Enum):
    """What heats air that was overcooled to dry it; ``value`` is the word in files."""

    RECLAIM = "reclaim"
    ELECTRIC = "electric"


@dataclass(frozen=True)
class AirConditioner:
    """A DX air conditioner and its coil.

    supply_flow_kg_s: dry air over the coil [kg/s]. apparatus_dew_point_c, bypass_factor: of the coil. rated_cop: cooling over
    compressor and condenser fan at 35 degC outdoors and 19.4 degC wet bulb, without the supply fan. coil_wet_bulb_c: at which its
    curve is read. reheat: heat reclaimed from refrigeration, which is free, or electric.
    Raises InputError with every figure out of its bounds.
    """

    supply_flow_kg_s: float
    apparatus_dew_point_c: float = 9.0
    bypass_factor: float = 0.1
    rated_cop: float = REFERENCE_COP
    coil_wet_bulb_c: float = 16.5
    reheat: Reheat = Reheat.RECLAIM

    def __post_init__(self) -> None:
        with Faults() as faults:
            for key in ("supply_flow_kg_s", "rated_cop"):
                if not (math.isfinite(getattr(self, key)) and getattr(self, key) > 0.0):
                    faults.add(f"air_conditioner.{key}", getattr(self, key), "must be positive", "Give the rated figure.")
            if not 0.0 <= self.bypass_factor < 1.0:
                rule = "must lie in 0..1, below one"
                faults.add("air_conditioner.bypass_factor", self.bypass_factor, rule, "Typical: 0.05 to 0.2.")
            if not 1.0 <= self.apparatus_dew_point_c <= 20.0:
                rule = "must lie in 1..20 degC; colder coils freeze"
                faults.add("air_conditioner.apparatus_dew_point_c", self.apparatus_dew_point_c, rule, "Typical: 7 to 12 degC.")
            if not 10.0 <= self.coil_wet_bulb_c <= 26.0:
                rule = "must lie in 10..26 degC"
                faults.add("air_conditioner.coil_wet_bulb_c", self.coil_wet_bulb_c, rule, "Give the wet bulb at the coil.")

    @property
    def treated_kg_s(self) -> float:
        """Air that takes the state of the coil while it runs [kg/s]."""
        return self.supply_flow_kg_s * (1.0 - self.bypass_factor)


def dx_cop(conditioner: AirConditioner, outdoor_temp_c: ArrayLike) -> NDArray[np.float64]:
    """Cooling over electricity of the compressor side [-] at outdoor air of `outdoor_temp_c` [degC]; held below 18 degC.

    COP = rated / EIR, EIR biquadratic in the coil's entering wet bulb and the outdoor temperature: curve Cool-EIR-fT of DOE's
    reference supermarket (one at 19.4 and 35 degC). At part load it cycles; that loss (up to a tenth) is left out.
    """
    t = np.maximum(np.asarray(outdoor_temp_c, dtype=float), COLDEST_CONDENSER_AIR_C)
    w = conditioner.coil_wet_bulb_c
    eir = _EIR[0] + w * (_EIR[1] + _EIR[2] * w) + t * (_EIR[3] + _EIR[4] * t + _EIR[5] * w)
    return conditioner.rated_cop / eir


def coil_sensible_kw(conditioner: AirConditioner, entering_temp_c: ArrayLike) -> NDArray[np.float64]:
    """Sensible cold of the coil while it runs [kW], with air entering at `entering_temp_c` [degC]; not below zero."""
    capacity = conditioner.treated_kg_s * (DRY_AIR_CP_J_PER_KG_K + 0.01 * VAPOUR_CP_J_PER_KG_K) / 1e3
    return capacity * np.maximum(np.asarray(entering_temp_c, dtype=float) - conditioner.apparatus_dew_point_c, 0.0)


def coil_water_kg_s(
    conditioner: AirConditioner, entering_humidity_ratio: ArrayLike, pressure_pa: ArrayLike
) -> NDArray[np.float64]:
    """Water that the coil takes out while it runs [kg/s]; none from air that is drier than its apparatus dew point."""
    saturated = humidity_ratio(conditioner.apparatus_dew_point_c + ZERO_CELSIUS_K, pressure_pa, 1.0)
    return conditioner.treated_kg_s * np.maximum(np.asarray(entering_humidity_ratio, dtype=float) - saturated, 0.0)


def cooling_electric_kw(
    conditioner: AirConditioner,
    sensible_kw: ArrayLike,
    water_kg_s: ArrayLike,
    outdoor_temp_c: ArrayLike,
) -> NDArray[np.float64]:
    """Electricity [kW] for sensible cold and condensed water of a step's mean; latent heat of ASHRAE's enthalpy, 2501 kJ/kg."""
    total = np.asarray(sensible_kw, dtype=float) + np.asarray(water_kg_s, dtype=float) * LATENT_HEAT_J_PER_KG / 1e3
    return total / dx_cop(conditioner, outdoor_temp_c)
