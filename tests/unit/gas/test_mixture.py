import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.gas.mixture import Mixture
from brayton.gas.properties import cp, h


def test_mass_and_mole_fractions_are_inverse():
    mixture = Mixture({"CH4": 0.55, "CO2": 0.45})
    again = Mixture.from_mass_fractions(mixture.mass_fractions)
    assert again.mole_fractions == pytest.approx(mixture.mole_fractions, rel=1e-14)


def test_arrays_in_arrays_out_equal_the_kernels():
    mixture = Mixture({"N2": 0.7, "O2": 0.2, "H2O": 0.1})
    temp = np.array([[250.0, 999.9], [1000.0, 1900.0]])
    assert mixture.cp_j_per_kg_k(temp) == pytest.approx(np.vectorize(lambda t: cp(mixture.coefficients, t))(temp), rel=1e-14)
    assert mixture.h_j_per_kg(temp) == pytest.approx(np.vectorize(lambda t: h(mixture.coefficients, t))(temp), rel=1e-14)
    assert mixture.s_j_per_kg_k(temp, np.full((3, 1, 1), 2e5)).shape == (3, 2, 2)


def test_sum_of_a_poor_composition_is_named():
    with pytest.raises(InputError, match=r"mole_fractions = 0\.98.*must add up to 1.*sum is 0\.98"):
        Mixture({"CH4": 0.55, "CO2": 0.43})


def test_every_fault_is_gathered_with_the_nearest_species():
    with pytest.raises(InputError) as caught:
        Mixture({"CH5": 0.5, "CO2": -0.1, "N2": float("nan"), "O2": 55.0})
    assert [fault.path.rpartition(".")[2] for fault in caught.value.faults] == ["CH5", "CO2", "N2", "O2"]
    assert "CH4" in caught.value.faults[0].remedy


def test_a_composition_of_words_is_refused():
    with pytest.raises(InputError, match="must lie in"):
        Mixture({"CH4": "all"})  # type: ignore[dict-item]


def test_coefficients_cannot_be_changed_behind_the_record():
    with pytest.raises(ValueError, match="read-only"):
        Mixture({"N2": 1.0}).coefficients[0, 0] = 1.0
