import pytest

from brayton.core.errors import InputError
from brayton.gas.air import DRY_AIR, humid_air
from brayton.gas.combustion import adiabatic_flame_temp_k, products, stoich_fuel_air_ratio
from brayton.gas.fuels import FUELS


def test_coefficients_of_products_are_those_of_their_composition():
    air, fuel = humid_air(0.02), FUELS["landfill_gas"]
    gas = products(air, fuel, 0.03)
    by_rule = (air.coefficients + 0.03 * fuel.combustion_coefficients) / 1.03
    gas_constant = (air.gas_constant_j_per_kg_k + 0.03 * fuel.combustion_gas_constant_j_per_kg_k) / 1.03
    assert by_rule == pytest.approx(gas.coefficients, rel=1e-12)
    assert gas_constant == pytest.approx(gas.gas_constant_j_per_kg_k, rel=1e-14)


def test_rich_mixtures_are_refused_with_the_limit():
    with pytest.raises(InputError, match=r"must lie in 0\.\.0\.058.*stoichiometric"):
        products(DRY_AIR, FUELS["methane"], 0.07)


def test_no_fuel_leaves_the_air_as_it_is():
    assert products(DRY_AIR, FUELS["methane"], 0.0).mole_fractions == pytest.approx(DRY_AIR.mole_fractions)
    assert adiabatic_flame_temp_k(DRY_AIR, FUELS["methane"], 0.0, air_temp_k=500.0) == pytest.approx(500.0)


def test_stoichiometric_ratio_is_the_inverse_of_the_stoichiometric_air():
    fuel = FUELS["natural_gas"]
    assert stoich_fuel_air_ratio(DRY_AIR, fuel) * fuel.stoich_air_kg_per_kg == pytest.approx(1.0)
    assert stoich_fuel_air_ratio(humid_air(0.02), fuel) < stoich_fuel_air_ratio(DRY_AIR, fuel)
