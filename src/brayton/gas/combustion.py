"""Complete, lean combustion: products by composition, and the adiabatic flame temperature without dissociation."""

from __future__ import annotations

import math

from brayton.core.errors import Fault, InputError
from brayton.gas.fuels import Fuel
from brayton.gas.mixture import Mixture
from brayton.gas.properties import as_rows, t_from_h
from brayton.gas.species import SPECIES


def stoich_fuel_air_ratio(air: Mixture, fuel: Fuel) -> float:
    """Fuel per kg of this air that takes up all its oxygen [kg/kg]; humid or vitiated air burns less than dry air."""
    return air.mass_fractions.get("O2", 0.0) / fuel.oxygen_demand_kg_per_kg


def products(air: Mixture, fuel: Fuel, fuel_air_ratio: float) -> Mixture:
    """The gas that 1 kg of `air` and `fuel_air_ratio` kg of `fuel` burn to, completely.

    fuel_air_ratio: 0 to stoichiometric [kg/kg]; above, InputError with the limit (rich gas would need equilibrium).
    """
    limit = stoich_fuel_air_ratio(air, fuel)
    if not 0.0 <= fuel_air_ratio <= limit * (1.0 + 1e-12):
        raise InputError(
            Fault("fuel_air_ratio", fuel_air_ratio, f"must lie in 0..{limit:.6g} (stoichiometric)", "Give less fuel or more air.")
        )
    moles = {name: mass / SPECIES[name].molar_mass_kg_per_kmol for name, mass in air.mass_fractions.items()}
    for name, formed in fuel.product_moles.items():
        moles[name] = moles.get(name, 0.0) + fuel_air_ratio * formed / fuel.mixture.molar_mass_kg_per_kmol
    moles["O2"] = max(moles["O2"], 0.0)
    total = math.fsum(moles.values())
    return Mixture({name: amount / total for name, amount in moles.items() if amount > 0.0})


def adiabatic_flame_temp_k(
    air: Mixture, fuel: Fuel, fuel_air_ratio: float, *, air_temp_k: float = 298.15, fuel_temp_k: float = 298.15
) -> float:
    """Temperature [K] of the complete products at constant pressure, no heat lost, no dissociation.

    Dissociation lowers a real flame near stoichiometric (methane: 2325 K here, 2225 K in equilibrium); below 1800 K the
    two agree within a few kelvin. Errors as `products`.
    """
    gas = products(air, fuel, fuel_air_ratio)
    total = float(air.h_j_per_kg(air_temp_k)) + fuel_air_ratio * float(fuel.h_j_per_kg(fuel_temp_k))
    return t_from_h(as_rows(gas.coefficients), total / (1.0 + fuel_air_ratio), 1500.0)
