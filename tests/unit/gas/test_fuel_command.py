import json

import pytest
from typer.testing import CliRunner

from brayton.core.errors import InputError
from brayton.faces.cli import app

KEYS = {
    "lhv_mj_per_kg", "hhv_mj_per_kg", "lhv_mj_per_m3_n", "wobbe_mj_per_m3_n", "molar_mass_kg_per_kmol", "stoich_air_kg_per_kg",
    "co2_kg_per_mj_lhv", "biogenic_fraction", "limits",
}  # fmt: skip


def document(name: str) -> dict:
    return json.loads(CliRunner().invoke(app, ["fuel", name, "--json"]).stdout)


def test_json_holds_the_interface():
    gas = document("landfill_gas")
    assert set(gas) >= KEYS
    assert gas["biogenic_fraction"] == 1.0
    assert {"model", "property", "value", "limit", "ok"} <= set(gas["limits"][0])
    assert "50.0% of the CO2" in gas["notes"][0]


def test_a_composition_does_not_know_its_carbon():
    gas = document("CH4=0.55,CO2=0.45")
    assert gas["biogenic_fraction"] is None
    assert any("biogenic" in note for note in gas["notes"])


def test_a_liquid_says_why_volumes_are_null():
    diesel = document("diesel")
    assert diesel["lhv_mj_per_m3_n"] is diesel["wobbe_mj_per_m3_n"] is None
    assert any("liquid" in note for note in diesel["notes"])


def test_sour_gas_breaks_a_limit():
    limits = document("CH4=0.99,H2S=0.01")["limits"]
    assert any(row["property"].startswith("h2s") and not row["ok"] for row in limits)


def test_text_shows_properties_and_limits():
    result = CliRunner().invoke(app, ["fuel", "diesel"])
    assert result.exit_code == 0
    assert "stoich_air_kg_per_kg" in result.stdout
    assert "limits of the library's machines" in result.stdout


def test_an_unknown_fuel_offers_names():
    result = CliRunner().invoke(app, ["fuel", "landfil"])
    with pytest.raises(InputError, match="Nearest: landfill_gas"):
        raise result.exception
