"""A gas mixture of fixed composition, ideal."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Faults, nearest
from brayton.core.units import GAS_CONSTANT_J_PER_KMOL_K
from brayton.gas.species import BREAK_TEMP_K, SPECIES

STANDARD_STATE_PRESSURE_PA = 1.0e5
"""Pressure of the standard state of the NASA polynomials: 1 bar."""

SUM_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Mixture:
    """An ideal mixture of the gases in ``gas.species``.

    mole_fractions: species name to mole fraction [-], each in 0..1, summing to 1 within 1e-6.
    Raises InputError with every unknown species (and the nearest names), every fraction out of range, and the sum.
    """

    mole_fractions: Mapping[str, float]

    def __post_init__(self) -> None:
        _check_fractions(self.mole_fractions, "mole_fractions")
        object.__setattr__(self, "mole_fractions", {name: float(self.mole_fractions[name]) for name in self.mole_fractions})

    @classmethod
    def from_mass_fractions(cls, mass_fractions: Mapping[str, float]) -> Mixture:
        """The mixture of these mass fractions [-], under the same rules as mole fractions."""
        _check_fractions(mass_fractions, "mass_fractions")
        moles = {name: share / SPECIES[name].molar_mass_kg_per_kmol for name, share in mass_fractions.items()}
        total = sum(moles.values())
        return cls({name: amount / total for name, amount in moles.items()})

    @cached_property
    def molar_mass_kg_per_kmol(self) -> float:
        mass = sum(x * SPECIES[name].molar_mass_kg_per_kmol for name, x in self.mole_fractions.items())
        return mass / sum(self.mole_fractions.values())

    @property
    def gas_constant_j_per_kg_k(self) -> float:
        return GAS_CONSTANT_J_PER_KMOL_K / self.molar_mass_kg_per_kmol

    @cached_property
    def mass_fractions(self) -> dict[str, float]:
        masses = {name: x * SPECIES[name].molar_mass_kg_per_kmol for name, x in self.mole_fractions.items()}
        total = sum(masses.values())
        return {name: mass / total for name, mass in masses.items()}

    @cached_property
    def coefficients(self) -> NDArray[np.float64]:
        """NASA-7 coefficients per kilogram (2, 7), as the kernels of ``gas.properties`` take them."""
        total = np.zeros((2, 7))
        for name, share in self.mass_fractions.items():
            total += share * species_coefficients(name)
        total.setflags(write=False)
        return total

    def cp_j_per_kg_k(self, temp_k: ArrayLike) -> NDArray[np.float64]:
        """Heat capacity at constant pressure [J/(kg K)] at `temp_k` [K]; broadcasts."""
        t, a = self._at(temp_k)
        return a[0] + t * (a[1] + t * (a[2] + t * (a[3] + t * a[4])))

    def h_j_per_kg(self, temp_k: ArrayLike) -> NDArray[np.float64]:
        """Absolute enthalpy [J/kg] at `temp_k` [K], formation included; broadcasts."""
        t, a = self._at(temp_k)
        return a[5] + t * (a[0] + t * (a[1] / 2 + t * (a[2] / 3 + t * (a[3] / 4 + t * a[4] / 5))))

    def s_j_per_kg_k(self, temp_k: ArrayLike, pressure_pa: ArrayLike) -> NDArray[np.float64]:
        """Absolute entropy [J/(kg K)] at `temp_k` [K] and `pressure_pa` [Pa], entropy of mixing included; broadcasts."""
        t, a = self._at(temp_k)
        s0 = a[6] + a[0] * np.log(t) + t * (a[1] + t * (a[2] / 2 + t * (a[3] / 3 + t * a[4] / 4)))
        mixing = sum(x * math.log(x) for x in self.mole_fractions.values() if x > 0)
        pressure_ratio = np.asarray(pressure_pa, dtype=float) / STANDARD_STATE_PRESSURE_PA
        return s0 - self.gas_constant_j_per_kg_k * (np.log(pressure_ratio) + mixing)

    def _at(self, temp_k: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Temperatures as an array, and for each the coefficients that hold there, (7, *shape)."""
        t = np.asarray(temp_k, dtype=float)
        low, high = (row.reshape(7, *(1,) * t.ndim) for row in self.coefficients)
        return t, np.where(t < BREAK_TEMP_K, low, high)


def species_coefficients(name: str) -> NDArray[np.float64]:
    """NASA-7 coefficients per kilogram (2, 7) of one species."""
    species = SPECIES[name]
    return np.array([species.low, species.high]) * (GAS_CONSTANT_J_PER_KMOL_K / species.molar_mass_kg_per_kmol)


def _check_fractions(fractions: Mapping[str, float], path: str) -> None:
    with Faults() as faults:
        for name, share in fractions.items():
            if name not in SPECIES:
                offer = nearest(name, SPECIES) or list(SPECIES)
                faults.add(f"{path}.{name}", share, f"{name!r} is not a known species", f"Nearest: {', '.join(offer)}.")
            if isinstance(share, bool) or not isinstance(share, Real) or not 0.0 <= share <= 1.0:
                faults.add(f"{path}.{name}", share, "a fraction must lie in 0..1", "Give fractions, not percent.")
        if not faults.found:
            total = math.fsum(fractions.values())
            if abs(total - 1.0) > SUM_TOLERANCE:
                faults.add(path, total, "fractions must add up to 1", f"Scale or complete them: the sum is {total:.6g}.")
