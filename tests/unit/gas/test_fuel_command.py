import json

import pytest
from typer.testing import CliRunner

from brayton.core.errors import InputError
from brayton.faces.cli import app
from brayton.machine.record import models

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


def test_a_liquid_meets_no_limits_of_gas():
    diesel = document("diesel")
    assert diesel["limits"] == []
    assert [note for note in diesel["notes"] if "limits" in note] == [
        "no limits are shown: every fuel system on record is for gas"
    ]


def test_machines_without_fuel_systems_on_record_are_named():
    gas = document("natural_gas")
    (note,) = (note for note in gas["notes"] if "no fuel system on record" in note)
    with_limits = {row["model"].split()[0] for row in gas["limits"]}
    without = set(note.split(" for ")[1].split(", "))
    assert with_limits | without == set(models())
    assert not with_limits & without


def test_sour_gas_breaks_a_limit():
    limits = document("CH4=0.99,H2S=0.01")["limits"]
    assert any(row["property"].startswith("h2s") and not row["ok"] for row in limits)


def test_text_shows_properties_and_limits():
    result = CliRunner().invoke(app, ["fuel", "methane"])
    assert result.exit_code == 0
    assert "air for complete combustion" in result.stdout
    assert "limits of the library's machines" in result.stdout
    assert "_" not in result.stdout.split("source")[0]


def test_text_of_a_liquid_has_no_empty_table():
    assert "limits of the library's machines" not in CliRunner().invoke(app, ["fuel", "diesel"]).stdout


def test_an_unknown_fuel_offers_names():
    result = CliRunner().invoke(app, ["fuel", "landfil"])
    with pytest.raises(InputError, match="Nearest: landfill_gas"):
        raise result.exception
