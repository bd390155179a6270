import math

import pytest

from brayton.core.errors import InputError
from brayton.gas.air import DRY_AIR
from brayton.gas.combustion import products
from brayton.gas.fuels import FUELS, fuel


@pytest.mark.parametrize(
    ("name", "lhv_mj_per_kg", "hhv_mj_per_kg"),
    [("methane", 50.03, 55.51), ("hydrogen", 119.95, 141.78), ("propane", 46.33, 50.32)],
)
def test_textbook_heating_values(name: str, lhv_mj_per_kg: float, hhv_mj_per_kg: float):
    assert FUELS[name].lhv_j_per_kg / 1e6 == pytest.approx(lhv_mj_per_kg, abs=0.03)
    assert FUELS[name].hhv_j_per_kg / 1e6 == pytest.approx(hhv_mj_per_kg, abs=0.03)


def test_pipeline_gas_matches_the_emission_factor_of_epa():
    """EPA 40 CFR 98, table C-1: 53.06 kg CO2 per MMBtu HHV and 1.026e-3 MMBtu per scf (60 degF, 14.7 psia)."""
    gas = FUELS["natural_gas"]
    kg_per_mmbtu = gas.co2_kg_per_j_lhv * gas.lhv_j_per_kg / gas.hhv_j_per_kg * 1.05505585e9
    btu_per_scf = gas.hhv_j_per_m3_n * (273.15 / 288.706) / 1055.05585 * 0.0283168
    assert kg_per_mmbtu == pytest.approx(53.06, rel=0.01)
    assert btu_per_scf == pytest.approx(1026.0, rel=0.01)


def test_composition_equals_its_name():
    assert fuel("CH4=0.6, CO2=0.4").lhv_j_per_kg == FUELS["digester_gas"].lhv_j_per_kg
    assert math.isnan(fuel("CH4=0.6,CO2=0.4").biogenic_fraction)


def test_hydrogen_sulphide_burns_to_sulphur_dioxide():
    """LHV of H2S: 241.82 + 296.83 - 20.50 = 518.15 MJ/kmol, from enthalpies of formation."""
    gas = fuel("H2S=1.0")
    assert gas.product_moles["SO2"] == 1.0
    assert gas.lhv_j_per_kg * gas.mixture.molar_mass_kg_per_kmol / 1e6 == pytest.approx(518.15, abs=0.02)


def test_vapour_in_the_fuel_is_not_counted_as_condensed():
    wet, dry = fuel("CH4=0.95,H2O=0.05"), fuel("methane")
    gain_wet = (wet.hhv_j_per_kg - wet.lhv_j_per_kg) * wet.mixture.molar_mass_kg_per_kmol
    gain_dry = (dry.hhv_j_per_kg - dry.lhv_j_per_kg) * dry.mixture.molar_mass_kg_per_kmol
    assert gain_wet == pytest.approx(0.95 * gain_dry)
    assert gain_dry / 2e6 == pytest.approx(44.00, abs=0.01)


def test_a_liquid_has_no_volumetric_figures():
    diesel = FUELS["diesel"]
    assert diesel.is_liquid
    assert math.isnan(diesel.lhv_j_per_m3_n)
    assert math.isnan(diesel.wobbe_j_per_m3_n)
    assert diesel.lhv_j_per_kg / 1e6 == pytest.approx(43.0, abs=0.1)  # liquid; the vapour would have 43.35


@pytest.mark.parametrize("name", FUELS)
def test_stoichiometric_products_hold_no_oxygen_and_no_fuel(name: str):
    ratio = 1.0 / FUELS[name].stoich_air_kg_per_kg
    left = products(DRY_AIR, FUELS[name], ratio).mole_fractions
    assert left.get("O2", 0.0) < 1e-12
    assert set(left) <= {"N2", "O2", "Ar", "CO2", "H2O", "SO2"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("natural gas", "Nearest: natural_gas"),
        ("CH4", "CH4=1"),
        ("CH4=0.55,CO2=0.43", "add up to 1.*0.98"),
        ("CH4=0.5,CH4=0.5", "given twice"),
        ("CH4=half,CO2=0.5", "not SPECIES=FRACTION"),
        ("CH4=0.5,,CO2=0.5", "not SPECIES=FRACTION"),
        ("CO2=1.0", "not a fuel"),
        ("methan=1", "not a known species"),
        ("", "not a known fuel"),
    ],
)
def test_bad_fuels_are_refused(text: str, message: str):
    with pytest.raises(InputError, match=message):
        fuel(text)


def test_every_named_fuel_says_where_it_comes_from():
    for item in FUELS.values():
        assert item.source.title
        assert item.source.date
        assert item.source.basis == "primary" or item.source.note or item.source.basis == "derived"
