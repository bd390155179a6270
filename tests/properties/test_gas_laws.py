"""What must hold for every mixture and every fuel."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brayton.core.errors import InputError
from brayton.gas.air import humid_air, humidity_ratio, relative_humidity
from brayton.gas.combustion import adiabatic_flame_temp_k, products, stoich_fuel_air_ratio
from brayton.gas.fuels import FUELS, fuel
from brayton.gas.mixture import Mixture
from brayton.gas.properties import cp, h, s0, t_from_h, t_from_s0
from brayton.gas.species import SPECIES

laws = settings(deadline=None, derandomize=True, max_examples=60)
temps = st.floats(200.0, 2200.0)


@st.composite
def mixtures(draw: st.DrawFn) -> Mixture:
    names = draw(st.lists(st.sampled_from(list(SPECIES)), min_size=1, max_size=6, unique=True))
    parts = [draw(st.floats(0.01, 1.0)) for _ in names]
    return Mixture({name: part / sum(parts) for name, part in zip(names, parts, strict=True)})


@laws
@given(mixtures(), temps, temps)
def test_temperature_comes_back_from_enthalpy_and_entropy(mixture: Mixture, temp: float, guess: float):
    c = mixture.coefficients
    assert t_from_h(c, h(c, temp), guess) == pytest.approx(temp, rel=1e-9)
    assert t_from_s0(c, s0(c, temp), guess) == pytest.approx(temp, rel=1e-9)


@laws
@given(mixtures(), temps, st.floats(1.0, 500.0))
def test_enthalpy_and_entropy_grow_with_temperature(mixture: Mixture, temp: float, rise: float):
    c = mixture.coefficients
    assert cp(c, temp) > mixture.gas_constant_j_per_kg_k
    assert h(c, temp + rise) > h(c, temp)
    assert s0(c, temp + rise) > s0(c, temp)


@laws
@given(mixtures(), mixtures(), st.floats(0.0, 1.0))
def test_properties_are_linear_in_mass(one: Mixture, two: Mixture, share: float):
    names = {*one.mass_fractions, *two.mass_fractions}
    blend = Mixture.from_mass_fractions(
        {n: share * one.mass_fractions.get(n, 0.0) + (1.0 - share) * two.mass_fractions.get(n, 0.0) for n in names}
    )
    assert blend.coefficients == pytest.approx(share * one.coefficients + (1.0 - share) * two.coefficients, rel=1e-9)


@laws
@given(st.dictionaries(st.sampled_from(list(SPECIES)), st.floats(0.0, 1.0), min_size=1))
def test_compositions_that_do_not_add_up_are_refused(fractions: dict[str, float]):
    if abs(sum(fractions.values()) - 1.0) > 1e-6:
        with pytest.raises(InputError, match="add up to 1"):
            Mixture(fractions)


@laws
@given(st.text(max_size=40))
def test_no_text_makes_fuel_fail_otherwise_than_with_a_message(text: str):
    with contextlib.suppress(InputError):
        fuel(text)


@laws
@given(st.sampled_from(sorted(FUELS)), st.floats(0.0, 0.04), st.floats(0.0, 1.0), temps)
def test_combustion_keeps_mass_atoms_and_energy(name: str, humidity: float, share: float, temp: float):
    air, burnt = humid_air(humidity), FUELS[name]
    ratio = share * stoich_fuel_air_ratio(air, burnt)
    gas = products(air, burnt, ratio)
    for atom in ("C", "H", "O", "N", "S", "Ar"):
        before = _atoms(air, atom) + ratio * _atoms(burnt.mixture, atom)
        assert (1.0 + ratio) * _atoms(gas, atom) == pytest.approx(before, rel=1e-9, abs=1e-12)
    flame = adiabatic_flame_temp_k(air, burnt, ratio, air_temp_k=temp, fuel_temp_k=298.15)
    heat = (1.0 + ratio) * (gas.h_j_per_kg(flame) - gas.h_j_per_kg(298.15))
    supplied = ratio * burnt.lhv_j_per_kg + air.h_j_per_kg(temp) - air.h_j_per_kg(298.15)
    assert heat == pytest.approx(supplied, rel=1e-9, abs=1e-3)


@laws
@given(st.floats(243.15, 318.15), st.floats(70e3, 105e3), st.floats(0.01, 1.0))
def test_humidity_comes_back(temp: float, pressure: float, humidity: float):
    ratio = humidity_ratio(temp, pressure, humidity)
    assert relative_humidity(temp, pressure, ratio) == pytest.approx(humidity, rel=1e-12)


def _atoms(mixture: Mixture, atom: str) -> float:
    """Atoms of one kind per kg [kmol/kg]."""
    return sum(x * SPECIES[n].atoms.get(atom, 0) for n, x in mixture.mole_fractions.items()) / mixture.molar_mass_kg_per_kmol
