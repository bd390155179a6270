"""Pollutants from concentrations at 15 % O2, and CO2 from fuel carbon."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.units import J_PER_KWH
from brayton.gas.air import DRY_AIR
from brayton.gas.fuels import Fuel
from brayton.machine.record import MachineRecord

NO2_KG_PER_KMOL = 46.0055
CO_KG_PER_KMOL = 28.0101
REFERENCE_OXYGEN = 0.15
"""Mole fraction of O2 in dry exhaust to which concentrations of gas turbines are referred."""


def concentrations_ppm_15o2(record: MachineRecord, load_fraction: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """NOx and CO of the record [ppm by mole, dry, 15 % O2] at shares of the power available, straight between its points.

    Below the lowest point its figures stand; the record's sources say which points are estimates.
    """
    points = sorted(record.emissions, key=lambda point: point.load_fraction)
    loads = [point.load_fraction for point in points]
    share = np.asarray(load_fraction, dtype=float)
    nox = np.interp(share, loads, [point.nox_ppm_15o2 for point in points])
    co = np.interp(share, loads, [point.co_ppm_15o2 for point in points])
    return nox, co


def dry_exhaust_kmol_per_j_lhv(fuel: Fuel) -> float:
    """Dry exhaust of complete combustion, diluted with air to 15 % O2, per energy of fuel [kmol/J LHV]."""
    moles = fuel.product_moles
    oxygen_in_air = DRY_AIR.mole_fractions["O2"]
    air = -moles["O2"] / oxygen_in_air
    dry = moles["CO2"] + moles["SO2"] + moles["N2"] + moles["Ar"] + air * (1.0 - oxygen_in_air)
    excess_air = REFERENCE_OXYGEN * dry / (oxygen_in_air - REFERENCE_OXYGEN)
    return (dry + excess_air) / (fuel.mixture.molar_mass_kg_per_kmol * fuel.lhv_j_per_kg)


def pollutant_g_per_kwh(ppm_15o2: ArrayLike, kg_per_kmol: float, fuel: Fuel, elec_eff_lhv: ArrayLike) -> NDArray[np.float64]:
    """Mass of a pollutant per net electricity [g/kWh] from its concentration [ppm by mole, dry, 15 % O2].

    NOx counts as NO2. Dilution does not matter: concentration and dry flow at 15 % O2 belong together.
    """
    per_fuel = np.asarray(ppm_15o2, dtype=float) * 1e-6 * dry_exhaust_kmol_per_j_lhv(fuel) * kg_per_kmol
    return per_fuel * 1e3 * J_PER_KWH / np.asarray(elec_eff_lhv, dtype=float)
