"""Whatever is wrong with the input: one message, exit code 2, nothing written (INTERFACES, head; law L6)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from brayton.core.errors import InputError
from brayton.study.inputs import read_inputs

Spoil = Callable[[list[str]], list[str]]


def spoil_row(row: int, cell: str) -> Spoil:
    """The electric load of one row of the file replaced; row 1 is the first hour."""

    def spoil(lines: list[str]) -> list[str]:
        stamp, _, heat = lines[row].split(",")
        return [*lines[:row], f"{stamp},{cell},{heat}", *lines[row + 1 :]]

    return spoil


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        pytest.param(spoil_row(100, "nan"), ("line 101", "is missing"), id="nan"),
        pytest.param(spoil_row(100, ""), ("line 101", "is missing"), id="empty cell"),
        pytest.param(spoil_row(100, "many"), ("line 101", "'many'", "is not a finite number"), id="word"),
        pytest.param(spoil_row(100, "-5.0"), ("electric_kw", "-5.0", "cannot be negative"), id="negative"),
        pytest.param(lambda lines: lines[:-1], ("8759", "8760 steps"), id="8759 rows"),
        pytest.param(lambda lines: [*lines[:500], *lines[501:]], ("follows a gap",), id="gap"),
        pytest.param(lambda lines: [*lines[:500], lines[499], *lines[500:]], ("is a duplicate",), id="duplicate hour"),
        pytest.param(
            lambda lines: [lines[0].replace("electric_kw", "power_kw"), *lines[1:]], ("Nearest", "power_kw"), id="column"
        ),
        pytest.param(lambda lines: lines[:1], ("holds no data rows",), id="no rows"),
    ],
)
def test_spoiled_loads_are_refused(scenario_with, assert_refused, spoil, words):
    file = scenario_with()
    loads = file.parent / "loads.csv"
    loads.write_text("\n".join(spoil(loads.read_text().splitlines())) + "\n")
    assert_refused(file, str(loads), *words)


def test_a_load_in_another_unit_is_refused(scenario_with, assert_refused):
    file = scenario_with(('column = "electric_kw"', 'column = "electric_mw"'))
    loads = file.parent / "loads.csv"
    loads.write_text(loads.read_text().replace("electric_kw", "electric_mw"))
    assert_refused(file, "names a unit that is neither kW nor kWh")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        pytest.param('model = "C60"', 'model = "C66"', ("machine[0].model", "Nearest: C6"), id="unknown machine"),
        pytest.param('name = "natural_gas"', 'name = "CH4=0.55,CO2=0.43"', ("fuel", "0.98"), id="composition of 0.98"),
        pytest.param('name = "natural_gas"', 'name = "natural_gass"', ("fuel", "natural_gas"), id="unknown fuel"),
        pytest.param('name = "all hours"', 'name = "some hours"\nhours = [[8, 20]]', ("tariff.inline",), id="missing period"),
        pytest.param(
            "usd_per_kwh = 0.15", "usd_per_kwh = 0.15\nmonth = [1]", ("tariff.inline.energy[0].month", "months"), id="tariff key"
        ),
        pytest.param("supply_temp_c = 60.0", "supply_temp_c = 95.0", ("supply_temp_c", "95", "82.2"), id="water too hot"),
        pytest.param("return_temp_c = 49.0", "return_temp_c = -3.0", ("return_temp_c", "-3"), id="water below freezing"),
        pytest.param(
            '"follow_electric"', '"base_load"\npower_fraction = 2.0', ("dispatch.power_fraction", "2.0"), id="200 % load"
        ),
        pytest.param('csv = "loads.csv"', 'csv = "lost.csv"', ("lost.csv", "does not exist"), id="absent file"),
        pytest.param(
            "[weather.normals]", "[weather]\ncorrect_to_elevation = 1\n[weather.normals]", ("boolean",), id="wrong type"
        ),
        pytest.param("mean_dry_bulb_c = [1,", "mean_dry_bulb_c = [99,", ("weather.normals", "99"), id="impossible weather"),
        pytest.param("schema = 1\n\n[site]", "schema = 1\n\n[site]\nnick = 1", ("site.nick",), id="unknown key"),
    ],
)
def test_bad_scenarios_are_refused(scenario_with, assert_refused, old, new, words):
    assert_refused(scenario_with((old, new)), *words)


def test_faults_of_several_files_are_told_at_once(scenario_with, assert_refused):
    file = scenario_with(('model = "C60"', 'model = "C66"'), ('name = "natural_gas"', 'name = "natural_gass"'))
    loads = file.parent / "loads.csv"
    loads.write_text(loads.read_text().replace("electric_kw", "power_kw"))
    assert_refused(file, "C66", "natural_gass", "power_kw")


def test_new_never_overwrites(tmp_path, run_brayton):
    assert run_brayton("new", tmp_path / "site")[0] == 0
    written = (tmp_path / "site" / "scenario.toml").read_text()
    code, _, err = run_brayton("new", tmp_path / "site")
    assert code == 2
    assert "is not overwritten" in err
    assert (tmp_path / "site" / "scenario.toml").read_text() == written
    assert run_brayton("new", tmp_path / "site" / "scenario.toml")[0] == 2


def test_results_are_not_put_where_a_file_stands(scenario_with, run_brayton):
    file = scenario_with()
    code, _, err = run_brayton("study", file, "--out", file.parent / "loads.csv")
    assert code == 2
    assert "is a file" in err


@pytest.mark.parametrize("text", ["", "[]", '{"sources": 1}', "{", "null"])
def test_sources_of_what_is_no_result(tmp_path, run_brayton, text):
    (tmp_path / "result.json").write_text(text)
    code, _, err = run_brayton("sources", tmp_path / "result.json")
    assert code == 2
    assert "is not the result of a study" in err


@pytest.mark.parametrize(
    ("first", "told"), [("67.6", "month 1 is 67.6, must lie in 0.03..1"), ("nan", "must be a finite number")]
)
def test_a_month_of_the_normals_is_named_once(scenario_with, first, told):
    with pytest.raises(InputError) as caught:
        read_inputs(scenario_with(("mean_relative_humidity = [0.7", f"mean_relative_humidity = [{first}")))
    (fault,) = caught.value.faults
    assert fault.path.startswith("weather.normals.mean_relative_humidity")
    assert fault.rule == told


def test_what_is_no_file_and_no_text_is_told_in_words(tmp_path, run_brayton):
    (tmp_path / "binary.toml").write_bytes(b"a\xff")
    cases = (
        (("check", tmp_path), "is a folder"),
        (("check", tmp_path / "binary.toml"), "is not text in UTF-8"),
        (("bill", tmp_path / "nofile", tmp_path / "x.csv"), "does not exist"),
    )
    for arguments, words in cases:
        code, _, err = run_brayton(*arguments)
        assert code == 2
        assert words in err
        assert "Errno" not in err
        assert "codec" not in err


def test_semicolons_are_refused_by_name(scenario_with):
    file = scenario_with()
    loads = file.parent / "loads.csv"
    loads.write_text(loads.read_text().replace(",", ";"))
    with pytest.raises(InputError, match="the separator must be a comma"):
        read_inputs(file)


def test_check_refuses_what_the_machine_cannot_do(scenario_with, assert_refused):
    """Weather beyond the machine's range is found when its envelope is compiled, and by `check` as well."""
    file = scenario_with(("mean_dry_bulb_c = [1, 1, 5, 11, 16, 21, 25, 25,", "mean_dry_bulb_c = [1, 1, 5, 11, 16, 21, 45, 45,"))
    assert_refused(file, "ambient_temp_c")
