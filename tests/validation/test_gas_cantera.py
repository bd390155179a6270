"""Our gas against Cantera on the same polynomials (NASA TM-4513), and against CoolProp's equations of state."""

from __future__ import annotations

import numpy as np
import pytest

from brayton.gas.air import DRY_AIR, humid_air
from brayton.gas.combustion import adiabatic_flame_temp_k, products, stoich_fuel_air_ratio
from brayton.gas.fuels import FUELS
from brayton.gas.mixture import Mixture
from brayton.gas.species import SPECIES

CANTERA_NAMES = {name: name for name in SPECIES} | {
    "iC4H10": "C4H10,isobutane",
    "nC4H10": "C4H10,n-butane",
    "C12H23": "Jet-A(g)",
}
COOLPROP_NAMES = {
    **{name: name for name in ("N2", "O2", "Ar", "CO2", "H2O", "CO", "H2S", "SO2")},
    "CH4": "Methane",
    "C2H6": "Ethane",
    "C3H8": "Propane",
    "iC4H10": "IsoButane",
    "nC4H10": "n-Butane",
    "H2": "Hydrogen",
}
IAPWS_95_LIMIT_K = 1273.0
AIR_GASES = ("N2", "O2", "Ar", "CO2", "H2O")
TEMPS_K = np.array([250.0, 298.15, 500.0, 800.0, 999.0, 1000.0, 1200.0, 1600.0, 2000.0])


@pytest.fixture(scope="module")
def cantera_gas():
    """A Cantera phase of exactly our species, from the file that carries the report's polynomials."""
    ct = pytest.importorskip("cantera")
    by_name = {item.name: item for item in ct.Species.list_from_file("nasa_gas.yaml")}
    return ct.Solution(thermo="ideal-gas", species=[by_name[CANTERA_NAMES[name]] for name in SPECIES])


def set_state(gas, temp_k: float, pressure_pa: float, mixture: Mixture) -> None:
    gas.TPX = temp_k, pressure_pa, {CANTERA_NAMES[name]: x for name, x in mixture.mole_fractions.items()}


def cantera_lhv(gas, mixture: Mixture) -> float:
    """LHV [J/kg] with Cantera's enthalpies; the combustion equation is written out here, independently of ours."""
    need = {"C": 1.0, "H": 0.25, "S": 1.0, "O": -0.5}
    oxide = {"C": ("CO2", 1.0), "H": ("H2O", 0.5), "S": ("SO2", 1.0), "N": ("N2", 0.5), "Ar": ("Ar", 1.0)}
    set_state(gas, 298.15, 101325.0, mixture)
    atoms = {name: gas.elemental_mole_fraction(name) for name in gas.element_names}
    molar = dict(zip(gas.species_names, gas.partial_molar_enthalpies, strict=True))
    moles_of_atoms = sum(x * sum(SPECIES[name].atoms.values()) for name, x in mixture.mole_fractions.items())
    formed = sum(atoms[a] * per * molar[name] for a, (name, per) in oxide.items() if a in atoms)
    burnt = formed - sum(atoms[a] * per for a, per in need.items()) * molar["O2"]
    return gas.enthalpy_mass - moles_of_atoms * burnt / gas.mean_molecular_weight


def test_species_properties_agree_with_cantera(cantera_gas, table):
    rows = []
    for name in SPECIES:
        mixture = Mixture({name: 1.0})
        reference = np.empty((3, TEMPS_K.size))
        for column, temp in enumerate(TEMPS_K):
            set_state(cantera_gas, temp, 2e5, mixture)
            reference[:, column] = cantera_gas.cp_mass, cantera_gas.enthalpy_mass, cantera_gas.entropy_mass
        set_state(cantera_gas, 298.15, 2e5, mixture)
        rise = reference[1] - cantera_gas.enthalpy_mass
        ours = mixture.h_j_per_kg(TEMPS_K) - mixture.h_j_per_kg(298.15)
        cp_error = np.max(np.abs(mixture.cp_j_per_kg_k(TEMPS_K) / reference[0] - 1.0)) * 100.0
        h_error = np.max(np.abs(ours - rise)[rise != 0.0] / np.abs(rise)[rise != 0.0]) * 100.0
        s_rise = mixture.s_j_per_kg_k(TEMPS_K, 2e5) - mixture.s_j_per_kg_k(298.15, 2e5)
        s_error = np.max(np.abs(s_rise - (reference[2] - cantera_gas.entropy_mass))) / reference[0].mean() * 100.0
        rows.append((name, cp_error, h_error, s_error))
    table(
        "gas_cantera_species",
        "Species properties against Cantera 250 to 2000 K: largest deviations",
        ["species", "cp [%]", "h(T) - h(298.15 K) [%]", "s(T) - s(298.15 K) [% of cp]"],
        [(name, *(f"{value:.1e}" for value in errors)) for name, *errors in rows],
        "Cantera's nasa_gas.yaml holds the polynomials of the same report, so the limit, 0.1 %, guards against slips of the pen.",
    )
    assert max(max(errors) for _, *errors in rows) <= 0.1


def test_heating_values_and_flames_agree_with_cantera(cantera_gas, table):
    rows = []
    for item in FUELS.values():
        if item.is_liquid:  # Cantera's file holds only the vapour: see the test of the liquid in tests/unit
            continue
        reference = cantera_lhv(cantera_gas, item.mixture)
        lhv_error = (item.lhv_j_per_kg / reference - 1.0) * 100.0
        for air, what in ((DRY_AIR, "dry"), (humid_air(0.02), "w = 0.02")):
            for share in (0.25, 1.0):
                ratio = share * stoich_fuel_air_ratio(air, item)
                set_state(cantera_gas, 700.0, 4e5, air)
                total = cantera_gas.enthalpy_mass
                set_state(cantera_gas, 288.15, 4e5, item.mixture)
                total = (total + ratio * cantera_gas.enthalpy_mass) / (1.0 + ratio)
                set_state(cantera_gas, 300.0, 4e5, products(air, item, ratio))
                cantera_gas.HP = total, 4e5
                ours = adiabatic_flame_temp_k(air, item, ratio, air_temp_k=700.0, fuel_temp_k=288.15)
                rows.append((item.name, lhv_error, what, share, ours, ours - cantera_gas.T))
    table(
        "gas_cantera_flames",
        "Heating values and adiabatic flames (no dissociation) against Cantera",
        ["fuel", "LHV [%]", "air", "equivalence ratio", "flame [K]", "deviation [K]"],
        [(n, f"{e:.1e}", a, s, f"{t:.2f}", f"{d:.1e}") for n, e, a, s, t, d in rows],
        "Air at 700 K, fuel at 288.15 K. Limits: LHV 0.1 %, flame 2 K.",
    )
    assert max(abs(row[1]) for row in rows) <= 0.1
    assert max(abs(row[5]) for row in rows) <= 2.0


def test_ideal_gas_heat_capacity_agrees_with_coolprop(table):
    coolprop = pytest.importorskip("CoolProp.CoolProp")
    rows = []
    for name, fluid in COOLPROP_NAMES.items():
        mixture = Mixture({name: 1.0})
        low = max(250.0, coolprop.PropsSI("Tmin", fluid))
        high = min(IAPWS_95_LIMIT_K if name == "H2O" else 1500.0, coolprop.PropsSI("Tmax", fluid))
        temps = np.linspace(low, high, 40)
        reference = np.array([coolprop.PropsSI("CP0MASS", "T", t, "P", 1000.0, fluid) for t in temps])
        error = (mixture.cp_j_per_kg_k(temps) / reference - 1.0) * 100.0
        limit = 0.5 if name in AIR_GASES else 1.2
        rows.append((name, low, high, error[np.argmax(np.abs(error))], temps[np.argmax(np.abs(error))], limit))
    table(
        "gas_coolprop_cp",
        "Ideal-gas heat capacity against CoolProp's reference equations",
        ["species", "from [K]", "to [K]", "largest deviation [%]", "at [K]", "limit [%]"],
        [(n, f"{a:.0f}", f"{b:.0f}", f"{e:+.3f}", f"{t:.0f}", limit) for n, a, b, e, t, limit in rows],
        "Independent source of data. The range is that of each reference equation, at most 250 to 1500 K; "
        "water ends at 1273 K, where IAPWS-95 does (CoolProp extrapolates it: +0.52 % at 1500 K).",
    )
    for name, _, _, error, temp, limit in rows:
        assert abs(error) <= limit, f"{name} at {temp:.0f} K"
