"""`brayton machine`: every number of an option is checked, and told by the option's own name."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from brayton.core.errors import InputError
from brayton.faces.cli import app


def faults_of(*arguments: str) -> dict[str, str]:
    result = CliRunner().invoke(app, ["machine", *arguments])
    assert result.stdout == ""
    assert isinstance(result.exception, InputError)
    return {fault.path: str(fault) for fault in result.exception.faults}


OPTIONS = (
    "power_kw", "load_fraction", "ambient_temp_c", "pressure_kpa", "altitude_m", "relative_humidity", "inlet_loss_pa",
    "back_pressure_pa", "gas_supply_pressure_kpag", "water_in_temp_c", "water_flow_kg_s", "diverter",
)  # fmt: skip


@pytest.mark.parametrize("number", ["nan", "inf"])
@pytest.mark.parametrize("name", OPTIONS)
def test_no_option_takes_what_is_no_number(name: str, number: str):
    found = faults_of("C65", f"--{name.replace('_', '-')}", number)
    assert list(found) == [name]
    assert "finite" in found[name]


def test_numbers_that_are_none_are_told_at_once():
    assert set(faults_of("C65", "--diverter", "nan", "--water-flow-kg-s", "inf")) == {"diverter", "water_flow_kg_s"}


@pytest.mark.parametrize("altitude_m", ["5000", "90000", "-900"])
def test_an_altitude_out_of_range_is_told_in_metres(altitude_m: str):
    found = faults_of("C65", "--altitude-m", altitude_m, "--ambient-temp-c", "90")
    assert set(found) == {"altitude_m", "ambient_temp_c"}
    assert "must lie in -541 .. 4206" in found["altitude_m"]


def test_a_pressure_out_of_range_is_told_in_kilopascal():
    assert "60 .. 108" in faults_of("C65", "--pressure-kpa", "54")["pressure_kpa"]


def test_water_behind_a_machine_without_exhaust_is_told_by_its_options():
    found = faults_of("MT70", "--water-in-temp-c", "60", "--water-flow-kg-s", "2")
    assert set(found) == {"water_in_temp_c", "water_flow_kg_s"}
    assert "MT70 holds no exhaust" in found["water_in_temp_c"]


def test_a_machine_without_exhaust_has_no_heat_unless_asked():
    document = json.loads(CliRunner().invoke(app, ["machine", "MT70", "--json"]).stdout)
    assert document["net_power_kw"] > 0.0
    assert document["heat_recovered_kw"] is None


def test_the_diverter_shares_out_the_heat():
    heat = {
        share: json.loads(CliRunner().invoke(app, ["machine", "C65", "--diverter", share, "--json"]).stdout)["heat_recovered_kw"]
        for share in ("0", "0.5", "1")
    }
    assert 0.0 == heat["0"] < heat["0.5"] < heat["1"]
