"""The scenario file: what is read, and what each fault says."""

from __future__ import annotations

import pytest

from brayton.core.errors import InputError
from brayton.study.field_table import field_table
from brayton.study.scenario_file import read_scenario


def faults_of(path) -> dict[str, str]:
    with pytest.raises(InputError) as caught:
        read_scenario(path)
    assert all(fault.file for fault in caught.value.faults)
    return {fault.path: f"{fault.value}: {fault.rule}. {fault.remedy}" for fault in caught.value.faults}


def test_a_sound_scenario_is_read(scenario_with):
    scenario = read_scenario(scenario_with())
    assert scenario.fuel.price_usd_per_mmbtu_hhv == (8.0,) * 12, "one number holds for twelve months"
    assert scenario.dispatch.method == "follow_electric"
    assert scenario.dispatch.export is None
    assert scenario.machine[0].count == 1


def test_all_faults_are_told_at_once(scenario_with):
    faults = faults_of(
        scenario_with(
            ("count = 1", "count = 0"),
            ("latitude = 40.8\nlongitude = -73.2\nelevation_m = 30.0\nutc_offset_h = -5.0\nyear", 'latitud = "north"\nyear'),
            ("om_usd_per_kwh = 0.015", ""),
            ('basis = "marginal"', 'basis = "mean"'),
        )
    )
    assert "0: must be greater than or equal to 1" in faults["machine[0].count"]
    assert "Nearest: latitude" in faults["site.latitud"]
    assert "is required. Add it: operation and maintenance [USD/kWh net]" in faults["machine[0].om_usd_per_kwh"]
    assert "'average' or 'marginal'" in faults["carbon.basis"]
    assert {"site.latitude", "site.longitude", "site.elevation_m", "site.utc_offset_h"} < faults.keys()


@pytest.mark.parametrize(
    ("replacements", "path", "words"),
    [
        (
            [("[weather.normals]", '[weather]\nepw = "a.epw"\n[weather.normals]')],
            "weather.normals",
            "epw = a.epw, normals = a table",
        ),
        (
            [('csv = "loads.csv"\ncolumn = "electric_kw"', 'csv = "loads.csv"\narchetype = "supermarket"')],
            "load[0].archetype",
            "csv",
        ),
        (
            [('csv = "loads.csv"\ncolumn = "electric_kw"', 'archetype = "hotel"\nannual_kwh = 1e6\nfloor_area_m2 = 1000.0')],
            "load[0].floor_area_m2",
            "annual_kwh = 1000000.0",
        ),
        ([('csv = "loads.csv"\ncolumn = "electric_kw"', 'archetype = "hotel"')], "load[0]", "needs one of annual_kwh"),
        (
            [
                (
                    'csv = "loads.csv"\ncolumn = "heat_kw"',
                    'archetype = "hotel"\nfloor_area_m2 = 9.0\nbasis = "fuel_hhv"\nboiler_eff_hhv = 0.8',
                ),
            ],
            "load[1].basis",
            "gives heat",
        ),
        (
            [
                ('csv = "loads.csv"\ncolumn = "electric_kw"', 'archetype = "hotel"\nfloor_area_m2 = 9.0'),
                ('kind = "space_heat"', 'kind = "cooling"\nbasis = "chiller_electric"\npart_of_electric = false'),
            ],
            "load[1].part_of_electric",
            "holds the electricity of its chillers",
        ),
        ([("[tariff.inline]", '[tariff]\nurdb = "rate.json"\n[tariff.inline]')], "tariff.inline", "urdb = rate.json"),
        ([("[tariff.inline]", '[tariff]\noverrides = { ignore = ["x"] }\n[tariff.inline]')], "tariff.overrides", "without urdb"),
        ([("grid_kg_per_kwh = 0.5", 'grid_kg_per_kwh = 0.5\ngrid_csv = "grid.csv"')], "carbon.grid_csv", "contradict"),
        (
            [("price_usd_per_mmbtu_hhv = 8.0", 'price_usd_per_mmbtu_hhv = 8.0\ntariff = "gas.toml"')],
            "fuel.tariff",
            "contradict each other",
        ),
        ([("price_usd_per_mmbtu_hhv = 8.0\n", "")], "fuel", "needs one of price_usd_per_mmbtu_hhv, tariff"),
        ([("price_usd_per_mmbtu_hhv = 8.0", "price_usd_per_mmbtu_hhv = nan")], "fuel.price_usd_per_mmbtu_hhv", "must be finite"),
        ([("price_usd_per_mmbtu_hhv = 8.0", "price_usd_per_mmbtu_hhv = [8.0, 9.0]")], "fuel.price_usd_per_mmbtu_hhv", "twelve"),
        ([('"follow_electric"', '"peak_shaving"')], "dispatch.threshold_kw", "is required"),
        ([('"follow_electric"', '"follow_electrik"')], "dispatch.method", "Nearest: follow_electric"),
        ([('"follow_electric"', '"follow_electric"\nexport = "limit"')], "dispatch.export", 'must be "none" or a table'),
        (
            [('"follow_electric"', '"follow_heat"'), ('heat_recovery = "hot_water"\n', "")],
            "dispatch.method",
            "no machine has heat_recovery",
        ),
        ([('kind = "space_heat"', 'kind = "cooling"')], "load[1].basis", "must be chiller_electric"),
        ([('kind = "space_heat"', 'kind = "sauna"')], "load[1].kind", "is not a known word"),
        ([("return_temp_c = 49.0", "return_temp_c = 60.0")], "load[1].return_temp_c", "below supply_temp_c = 60"),
        ([('column = "heat_kw"', 'column = "heat_kw"\nbasis = "fuel_hhv"')], "load[1].boiler_eff_hhv", "basis is 'fuel_hhv'"),
        ([('[[equipment]]\nkind = "boiler"\nefficiency_hhv = 0.8', "")], "load[1].kind", "no boiler serves it"),
        (
            [('discount_rate_basis = "nominal"', 'discount_rate_basis = "real"')],
            "finance.inflation",
            "goes with a real discount rate",
        ),
        ([('note = "no site stands behind it"', "")], "source[0].note", "an estimate says why"),
        ([('fields = ["fuel",', 'fields = ["fuel.prize",')], "source[0].fields", "is no key of this scenario"),
        ([("count = 1", 'count = 1\nfuel = "propane"')], "machine[0].fuel", "fuel.name = 'natural_gas'"),
        ([("[[machine]]", "[[machine]]\n[[machine]]")], "machine", "must be one table"),
        ([("schema = 1\n\n[site]", "schema = 2\n\n[site]")], "schema", "must be 1"),
        ([("count = 1", "count = nan")], "machine[0].count", "must be a valid integer"),
        (
            [("elevation_m = 30.0\nutc_offset_h = -5.0\nyear", "elevation_m = inf\nutc_offset_h = -5.0\nyear")],
            "site.elevation_m",
            "finite",
        ),
    ],
)
def test_contradictions_name_both_values(scenario_with, replacements, path, words):
    faults = faults_of(scenario_with(*replacements))
    assert words in faults[path], faults


def test_a_heat_recovery_needs_a_heat_load(scenario_with):
    file = scenario_with()
    text = file.read_text()
    file.write_text(text[: text.index('[[load]]\nkind = "space_heat"')] + text[text.index("[tariff.inline]") :])
    assert "there is no heat load" in faults_of(file)["machine[0].heat_recovery"]


@pytest.mark.parametrize("text", ["", "schema = ", "x = " + "9" * 5000, "a = " + "[" * 3000, "schema = 1\n[site"])
def test_what_is_no_scenario_is_an_input_error(tmp_path, text):
    file = tmp_path / "scenario.toml"
    file.write_text(text)
    assert faults_of(file)


def test_absent_and_binary_files_are_input_errors(tmp_path):
    binary = tmp_path / "scenario.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    assert faults_of(tmp_path / "none.toml")
    assert faults_of(binary)
    assert faults_of(tmp_path)


def test_every_key_has_a_meaning_and_figures_have_units():
    rows = field_table()
    assert len({(row["table"], row["key"]) for row in rows}) == len(rows)
    assert not [row for row in rows if not row["meaning"]]
    assert not [row for row in rows if row["sourced"] and not row["unit"]]
    unsaid = [row for row in rows if row["sourced"] and not row["required"] and row["default"] is not None]
    assert not unsaid, "no default has a price, an efficiency or a carbon factor in it (L8)"


@pytest.mark.parametrize(
    ("old", "new", "path", "words"),
    [
        ("hhv = 8.0", "hhv = 930.0", "fuel.price_usd_per_mmbtu_hhv", "as written 930 USD/MMBtu, as cents 9.3 USD/MMBtu"),
        ("grid_kg_per_kwh = 0.5", "grid_kg_per_kwh = 535.6", "carbon.grid_kg_per_kwh", "as g/kWh or kg/MWh 0.5356 kg/kWh"),
        ("om_usd_per_kwh = 0.015", "om_usd_per_kwh = 1.5", "machine[0].om_usd_per_kwh", "as cents/kWh 0.015 USD/kWh"),
        ("per_kw = 3000.0", "per_kw = 180000.0", "machine[0].installed_cost_usd_per_kw", "as USD of the whole plant"),
        ('basis = "marginal"', 'basis = "marginal"\nfuel_kg_per_kwh_hhv = 181.0', "carbon.fuel_kg_per_kwh_hhv", "as g/kWh 0.181"),
    ],
)
def test_figures_in_another_unit_are_refused_with_both_readings(scenario_with, old, new, path, words):
    told = faults_of(scenario_with((old, new)))[path]
    assert "implausible" in told
    assert words in told
