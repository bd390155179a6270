"""Fuels: heating values and combustion from composition, and the named fuels with their sources.

Reference state of heating values: 25 degC; the higher one with liquid water. Normal cubic metre: 0 degC, 101.325 kPa,
ideal gas. Complete combustion: C to CO2, H to H2O, S to SO2; N2, Ar and what is already burnt pass through.

C12H23 is a liquid: its enthalpy is that of Jet-A vapour less the heat of vaporisation at 25 degC, so the heating values
are those of the liquid. The heat to warm it is taken at the vapour's cp, 0.4 kJ/(kg K) below the liquid's: 4 kJ/kg of
43 000 for 10 K. Volumetric figures of a fuel that holds it are NaN.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Fault, Faults, InputError, unknown_name
from brayton.core.provenance import Source
from brayton.core.units import GAS_CONSTANT_J_PER_KMOL_K, NORMAL_MOLAR_VOLUME_M3_PER_KMOL
from brayton.gas.air import DRY_AIR
from brayton.gas.mixture import Mixture, species_coefficients
from brayton.gas.properties import as_rows, h
from brayton.gas.species import SPECIES

REFERENCE_TEMP_K = 298.15
LIQUID_WATER_ENTHALPY_J_PER_KMOL = -285.83e6
"""Of formation, at 25 degC (NASA TM-4513, H2O(L))."""

LIQUID_FUEL = "C12H23"
LIQUID_FUEL_ENTHALPY_J_PER_KMOL = -303.467e6
"""Of formation, at 25 degC (NASA TM-4513, Jet-A(L)); the vapour has -249.72e6, so 53.7 MJ/kmol to evaporate."""

_TO_OXIDE = {"C": "CO2", "H": "H2O", "S": "SO2", "N": "N2", "Ar": "Ar"}
_ATOMS_IN_OXIDE = {"CO2": 1, "H2O": 2, "SO2": 1, "N2": 2, "Ar": 1}


@dataclass(frozen=True)
class Fuel:
    """A fuel of known composition.

    biogenic_fraction: share of its carbon that is of recent biological origin [-]; NaN where nobody said.
    Raises InputError for a mixture that does not burn.
    """

    name: str
    mixture: Mixture
    source: Source
    biogenic_fraction: float

    def __post_init__(self) -> None:
        if self.product_moles["O2"] >= 0.0:
            raise InputError(Fault("fuel", self.name, "takes up no oxygen: it is not a fuel", "Give a composition that burns."))

    @cached_property
    def product_moles(self) -> dict[str, float]:
        """Moles formed less O2 used, per mole of fuel [-]; the O2 entry is negative unless the fuel brings its own."""
        moles: dict[str, float] = {"CO2": 0.0, "H2O": 0.0, "SO2": 0.0, "N2": 0.0, "Ar": 0.0}
        oxygen = 0.0
        for name, x in self.mixture.mole_fractions.items():
            for atom, count in SPECIES[name].atoms.items():
                if atom == "O":
                    oxygen += x * count
                else:
                    moles[_TO_OXIDE[atom]] += x * count / _ATOMS_IN_OXIDE[_TO_OXIDE[atom]]
        moles["O2"] = oxygen / 2.0 - moles["CO2"] - moles["H2O"] / 2.0 - moles["SO2"]
        return moles

    @cached_property
    def combustion_coefficients(self) -> NDArray[np.float64]:
        """NASA-7 coefficients (2, 7) of what one kg of fuel adds to the gas: (CO2 + H2O + SO2 + inert) - O2 used.

        Products of 1 kg air and f kg fuel: ``(air.coefficients + f * fuel.combustion_coefficients) / (1 + f)``.
        """
        total = np.zeros((2, 7))
        for name, moles in self.product_moles.items():
            mass = moles * SPECIES[name].molar_mass_kg_per_kmol / self.mixture.molar_mass_kg_per_kmol
            total += mass * species_coefficients(name)
        total.setflags(write=False)
        return total

    @cached_property
    def combustion_gas_constant_j_per_kg_k(self) -> float:
        """What one kg of fuel adds to (mass times gas constant) of the gas [J/(kg K)], O2 used taken off.

        Products: ``R = (air.gas_constant_j_per_kg_k + f * fuel.combustion_gas_constant_j_per_kg_k) / (1 + f)``.
        """
        return sum(self.product_moles.values()) * GAS_CONSTANT_J_PER_KMOL_K / self.mixture.molar_mass_kg_per_kmol

    @property
    def is_liquid(self) -> bool:
        return self.mixture.mole_fractions.get(LIQUID_FUEL, 0.0) > 0.0

    def h_j_per_kg(self, temp_k: ArrayLike) -> NDArray[np.float64]:
        """Absolute enthalpy of the fuel as delivered [J/kg] at `temp_k` [K]; broadcasts."""
        evaporation_j_per_kmol = _molar_enthalpy(LIQUID_FUEL) - LIQUID_FUEL_ENTHALPY_J_PER_KMOL
        liquid_kmol_per_kg = self.mixture.mole_fractions.get(LIQUID_FUEL, 0.0) / self.mixture.molar_mass_kg_per_kmol
        return self.mixture.h_j_per_kg(temp_k) - liquid_kmol_per_kg * evaporation_j_per_kmol

    @cached_property
    def lhv_j_per_kg(self) -> float:
        """Lower heating value [J/kg], water as vapour."""
        return float(self.h_j_per_kg(REFERENCE_TEMP_K)) - h(as_rows(self.combustion_coefficients), REFERENCE_TEMP_K)

    @cached_property
    def hhv_j_per_kg(self) -> float:
        """Higher heating value [J/kg]: the water that combustion forms is liquid (vapour already in the fuel stays vapour)."""
        formed = self.product_moles["H2O"] - self.mixture.mole_fractions.get("H2O", 0.0)
        condensation_j_per_kmol = _molar_enthalpy("H2O") - LIQUID_WATER_ENTHALPY_J_PER_KMOL
        return self.lhv_j_per_kg + formed * condensation_j_per_kmol / self.mixture.molar_mass_kg_per_kmol

    @property
    def density_kg_per_m3_n(self) -> float:
        """Ideal-gas density [kg/m3] at 0 degC and 101.325 kPa; NaN for a liquid."""
        return math.nan if self.is_liquid else self.mixture.molar_mass_kg_per_kmol / NORMAL_MOLAR_VOLUME_M3_PER_KMOL

    @property
    def lhv_j_per_m3_n(self) -> float:
        return self.lhv_j_per_kg * self.density_kg_per_m3_n

    @property
    def hhv_j_per_m3_n(self) -> float:
        return self.hhv_j_per_kg * self.density_kg_per_m3_n

    @property
    def wobbe_j_per_m3_n(self) -> float:
        """Superior Wobbe index [J/m3]: HHV by volume over the root of density relative to dry air."""
        return self.hhv_j_per_m3_n / math.sqrt(self.mixture.molar_mass_kg_per_kmol / DRY_AIR.molar_mass_kg_per_kmol)

    @property
    def oxygen_demand_kg_per_kg(self) -> float:
        """O2 that complete combustion takes from the air [kg/kg fuel]."""
        moles = -self.product_moles["O2"]
        return moles * SPECIES["O2"].molar_mass_kg_per_kmol / self.mixture.molar_mass_kg_per_kmol

    @property
    def stoich_air_kg_per_kg(self) -> float:
        """Dry air for complete combustion [kg/kg fuel]."""
        return self.oxygen_demand_kg_per_kg / DRY_AIR.mass_fractions["O2"]

    @property
    def co2_kg_per_j_lhv(self) -> float:
        """CO2 in the exhaust from the fuel's carbon [kg/J LHV], CO2 that the fuel brings along included."""
        mass = self.product_moles["CO2"] * SPECIES["CO2"].molar_mass_kg_per_kmol / self.mixture.molar_mass_kg_per_kmol
        return mass / self.lhv_j_per_kg


def _molar_enthalpy(species: str) -> float:
    """Absolute enthalpy of a gas at 25 degC [J/kmol]."""
    return h(as_rows(species_coefficients(species)), REFERENCE_TEMP_K) * SPECIES[species].molar_mass_kg_per_kmol


def fuel(name_or_composition: str) -> Fuel:
    """The fuel of this name, or of this composition by mole fraction, such as ``CH4=0.55,CO2=0.45``.

    Raises InputError for a name that is not in `FUELS` (with the nearest; for a species, how to write it as a
    composition), for an unknown species, for fractions that are no numbers or do not add up to 1, and for a species
    given twice.
    """
    if "=" not in name_or_composition:
        if name_or_composition in SPECIES:
            remedy = f"Write the composition, {name_or_composition}=1, or a named fuel."
            raise InputError(Fault("fuel", name_or_composition, "is a species, not a named fuel", remedy))
        if name_or_composition not in FUELS:
            raise unknown_name("fuel", name_or_composition, FUELS, path="fuel")
        return FUELS[name_or_composition]
    fractions: dict[str, float] = {}
    with Faults() as faults:
        for part in name_or_composition.split(","):
            species, _, text = (piece.strip() for piece in part.partition("="))
            if species in fractions:
                faults.add(f"fuel.{species}", text, "the species is given twice", "Give each species once.")
            try:
                fractions[species] = float(text)
            except ValueError:
                faults.add("fuel", part, "is not SPECIES=FRACTION", "Write mole fractions as CH4=0.55,CO2=0.45.")
    return Fuel(name_or_composition, Mixture(fractions), GIVEN_BY_USER, biogenic_fraction=math.nan)


GIVEN_BY_USER = Source("composition given by the user", "", "primary")

NETL_GAS = Source(
    "NETL, Quality Guidelines for Energy System Studies: Specification for Selected Feedstocks, NETL-PUB-22460",
    "2019-01",
    "secondary",
    note="mean US pipeline gas (26 cities, GRI-92/0123); the sulphur odorant is left out",
)
LANDFILL_GAS = Source(
    "US EPA Landfill Methane Outreach Program: landfill gas is roughly half CH4 and half CO2, less than 1 % other",
    "2024",
    "secondary",
    note="dry; sites range from 45 to 60 % CH4: give the site's own composition where it is known",
)
DIGESTER_GAS = Source(
    "US EPA CHP Partnership, Opportunities for Combined Heat and Power at Wastewater Treatment Facilities, EPA-430-R-11-018",
    "2011-10",
    "estimate",
    note="60 % CH4, 40 % CO2: the lean end of the 60 to 70 % CH4 and 30 to 40 % CO2 named there",
)
PURE_SUBSTANCE = Source("pure substance, NASA TM-4513", "1993-10", "primary")
PROPANE = Source(
    "ASTM D1835, special-duty propane (HD-5)",
    "2020",
    "estimate",
    note="taken as pure propane; HD-5 holds at least 90 % propane and may hold 5 % propylene and 2.5 % butanes",
)
DIESEL = Source(
    "NASA TM-4513, Jet-A as C12H23",
    "1993-10",
    "estimate",
    note="surrogate for distillate fuel: LHV about 1 % above No. 2 diesel's, carbon per energy about 3 % below",
)

_NATURAL_GAS = {"CH4": 0.931, "C2H6": 0.032, "C3H8": 0.007, "nC4H10": 0.004, "CO2": 0.010, "N2": 0.016}


def _hydrogen_blend(percent: int) -> Fuel:
    """Natural gas with `percent` of hydrogen by mole."""
    hydrogen = percent / 100.0
    fractions = {"H2": hydrogen} | {name: x * (1.0 - hydrogen) for name, x in _NATURAL_GAS.items()}
    source = Source(f"{percent} % H2 by mole in natural_gas: {NETL_GAS.title}", NETL_GAS.date, "derived")
    return Fuel(f"hydrogen_blend_{percent}", Mixture(fractions), source, biogenic_fraction=0.0)


FUELS: Mapping[str, Fuel] = {
    item.name: item
    for item in (
        Fuel("natural_gas", Mixture(_NATURAL_GAS), NETL_GAS, biogenic_fraction=0.0),
        Fuel("methane", Mixture({"CH4": 1.0}), PURE_SUBSTANCE, biogenic_fraction=0.0),
        Fuel("propane", Mixture({"C3H8": 1.0}), PROPANE, biogenic_fraction=0.0),
        Fuel("landfill_gas", Mixture({"CH4": 0.5, "CO2": 0.5}), LANDFILL_GAS, biogenic_fraction=1.0),
        Fuel("digester_gas", Mixture({"CH4": 0.6, "CO2": 0.4}), DIGESTER_GAS, biogenic_fraction=1.0),
        *(_hydrogen_blend(percent) for percent in (5, 10, 20, 30)),
        Fuel("hydrogen", Mixture({"H2": 1.0}), PURE_SUBSTANCE, biogenic_fraction=0.0),
        Fuel("diesel", Mixture({LIQUID_FUEL: 1.0}), DIESEL, biogenic_fraction=0.0),
    )
}
"""The named fuels."""
