import math

import numpy as np
import pytest

from brayton.gas.air import DRY_AIR
from brayton.gas.combustion import products
from brayton.gas.fuels import FUELS
from brayton.gas.mixture import Mixture
from brayton.gas.properties import blend, cp, h, ln, s0, t_from_h, t_from_s0
from brayton.gas.species import SPECIES


@pytest.mark.parametrize("name", SPECIES)
def test_the_two_polynomials_of_a_species_meet(name: str):
    c = Mixture({name: 1.0}).coefficients
    below, above = 1000.0 - 1e-9, 1000.0
    assert cp(c, below) == pytest.approx(cp(c, above), rel=1e-4)
    assert h(c, below) - h(c, above) == pytest.approx(0.0, abs=1e-5 * 1000.0 * cp(c, above))
    assert s0(c, below) == pytest.approx(s0(c, above), rel=1e-6)


def test_enthalpy_and_entropy_are_the_integrals_of_cp():
    c = DRY_AIR.coefficients
    for low, high in ((220.0, 900.0), (1050.0, 1900.0)):
        t, weight = np.polynomial.legendre.leggauss(24)
        t = 0.5 * (high + low) + 0.5 * (high - low) * t
        weight = 0.5 * (high - low) * weight
        values = DRY_AIR.cp_j_per_kg_k(t)
        assert h(c, high) - h(c, low) == pytest.approx(float(weight @ values), rel=1e-12)
        assert s0(c, high) - s0(c, low) == pytest.approx(float(weight @ (values / t)), rel=1e-12)


def test_no_temperature_for_an_impossible_enthalpy():
    c = DRY_AIR.coefficients
    assert math.isnan(t_from_h(c, math.nan, 500.0))
    assert math.isnan(t_from_s0(c, math.nan, 500.0))


def test_own_logarithm_is_the_logarithm():
    for x in 10.0 ** np.linspace(-300.0, 300.0, 2001):
        assert ln(x) == pytest.approx(math.log(x), rel=4e-16, abs=4e-16)


def test_arrays_and_tuples_of_coefficients_agree():
    table = DRY_AIR.coefficients
    rows = tuple(tuple(row) for row in table.tolist())
    assert (cp(rows, 1234.5), h(rows, 1234.5), s0(rows, 345.6)) == (cp(table, 1234.5), h(table, 1234.5), s0(table, 345.6))


def test_blend_gives_the_products():
    fuel = FUELS["methane"]
    rows = np.array(blend(DRY_AIR.coefficients, fuel.combustion_coefficients, 0.02))
    assert rows == pytest.approx(products(DRY_AIR, fuel, 0.02).coefficients, rel=1e-12)
