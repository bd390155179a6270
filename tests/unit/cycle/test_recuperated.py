"""The record, its file, and what `brayton cycle` and `brayton fuel` print."""

from __future__ import annotations

import inspect
import json
import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from brayton.core.errors import InputError
from brayton.core.outcomes import Outcome
from brayton.cycle.recuperated import RecuperatedCycle, read_cycle
from brayton.cycle.solve import solve_cycle
from brayton.faces.cli import app
from brayton.faces.commands.cycle import command

FILE = """
ambient_temp_k = 288.15
ambient_pressure_pa = 101325
humidity_ratio = 0.00638
air_flow_kg_s = 0.5
pressure_ratio = 4
compressor_isentropic_eff = 0.79
turbine_isentropic_eff = 0.84
turbine_inlet_temp_k = 1150.0
recuperator_effectiveness = 0.88
mechanical_eff = 0.99
combustor_eff_lhv = 0.995
combustor_pressure_loss = 0.03
recuperator_air_pressure_loss = 0.02
recuperator_gas_pressure_loss = 0.03
fuel = { CH4 = 1 }
fuel_temp_k = 288.15
"""


@pytest.fixture
def write(tmp_path: Path):
    """Writes the file above with some keys replaced (None: left out) and gives its path."""

    def changed(**changes: str | None) -> Path:
        lines = [line for line in FILE.strip().splitlines() if line.split(" = ")[0] not in changes]
        lines += [f"{key} = {value}" for key, value in changes.items() if value is not None]
        path = tmp_path / "cycle.toml"
        path.write_text("\n".join(lines))
        return path

    return changed


def faults_of(path: Path) -> dict[str, str]:
    with pytest.raises(InputError) as caught:
        read_cycle(path)
    assert all(fault.file == str(path) for fault in caught.value.faults)
    return {fault.path: str(fault) for fault in caught.value.faults}


def test_a_file_is_read(write):
    cycle = read_cycle(write())
    assert cycle.pressure_ratio == 4.0
    assert solve_cycle(cycle).outcome is Outcome.OK


def test_every_fault_is_told_at_once(write):
    path = write(
        presure_ratio="4.0",
        pressure_ratio=None,
        turbine_inlet_temp_k='"hot"',
        recuperator_effectiveness="1.2",
        combustor_pressure_loss="-0.01",
        mechanical_eff="true",
        fuel_temp_k="nan",
        fuel="{ CH4 = 0.55, CO2 = 0.43 }",
        net_shaft_power_w="3e4",
    )
    found = faults_of(path)
    assert set(found) == {
        "presure_ratio", "pressure_ratio", "turbine_inlet_temp_k", "recuperator_effectiveness", "combustor_pressure_loss",
        "mechanical_eff", "fuel_temp_k", "fuel", "air_flow_kg_s",
    }  # fmt: skip
    assert "pressure_ratio" in found["presure_ratio"]
    assert "0.98" in found["fuel"]
    assert "0.5" in found["air_flow_kg_s"]
    assert "30000.0" in found["air_flow_kg_s"]


@pytest.mark.parametrize(
    ("changes", "place", "words"),
    [
        ({"air_mole_fractions": "{ N2 = 0.79, O2 = 0.21 }"}, "humidity_ratio", "contradicts"),
        ({"recuperator_air_exit_temp_k": "800"}, "recuperator_effectiveness", "contradicts"),
        ({"humidity_ratio": None}, "humidity_ratio", "neither it nor air_mole_fractions"),
        ({"air_flow_kg_s": None}, "air_flow_kg_s", "neither it nor net_shaft_power_w"),
        ({"humidity_ratio": None, "air_mole_fractions": "{ N2 = 0.79, O2 = 0.20 }"}, "air_mole_fractions", "0.99"),
        ({"pressure_ratio": "1.0"}, "pressure_ratio", "above 1"),
        ({"fuel": "3"}, "fuel", "table of mole fractions"),
        ({"fuel": "{ CH5 = 1.0 }"}, "fuel.CH5", "Nearest: CH4"),
        ({"fuel": "{ CO2 = 1.0 }"}, "fuel", "not a fuel"),
        ({"fuel": "{ CH4 = [1] }"}, "fuel.CH4", "must lie in 0..1"),
        ({"fuel": "{}"}, "fuel", "add up to 1"),
        ({"air_flow_kg_s": "1" + 400 * "0"}, "air_flow_kg_s", "at most"),
    ],
)
def test_faults_of_the_record(write, changes: dict[str, str | None], place: str, words: str):
    assert words in faults_of(write(**changes))[place]


@pytest.mark.parametrize(
    ("changes", "place", "words"),
    [
        ({"turbine_inlet_temp_k": "450"}, "turbine_inlet_temp_k", "463.7 K"),
        (
            {"recuperator_effectiveness": None, "recuperator_air_exit_temp_k": "1160"},
            "turbine_inlet_temp_k",
            r"not above the air that enters the combustor \(1160.0 K",
        ),
        ({"fuel": "{ CH4 = 0.05, CO2 = 0.95 }"}, "fuel", "too poor"),
        ({"combustor_eff_lhv": "0.01"}, "fuel", "a better combustor"),
        ({"pressure_ratio": "1.02"}, "pressure_ratio", "nothing to expand"),
        (
            {"recuperator_effectiveness": None, "recuperator_air_exit_temp_k": "900"},
            "recuperator_air_exit_temp_k",
            r"\(463.7 K\) and the gas \(883",
        ),
        ({"recuperator_effectiveness": None, "recuperator_air_exit_temp_k": "400"}, "recuperator_air_exit_temp_k", "463.7 K"),
        (
            {"humidity_ratio": None, "air_mole_fractions": "{ N2 = 0.98, O2 = 0.02 }", "turbine_inlet_temp_k": "1400"},
            "turbine_inlet_temp_k",
            "oxygen burns only",
        ),
        (
            {"air_flow_kg_s": None, "net_shaft_power_w": "3e4", "turbine_isentropic_eff": "0.4"},
            "net_shaft_power_w",
            "compressor takes more",
        ),
    ],
)
def test_cycles_without_a_solution_say_why(write, changes: dict[str, str | None], place: str, words: str):
    path = write(**changes)
    point = solve_cycle(read_cycle(path))
    assert point.outcome is Outcome.INFEASIBLE
    assert point.fault is not None
    assert point.fault.path == place
    assert math.isnan(point.thermal_eff_lhv)
    result = CliRunner().invoke(app, ["cycle", str(path), "--json"])
    assert result.stdout == ""
    with pytest.raises(InputError, match=words):
        raise result.exception


def test_air_follows_from_power(write):
    by_flow = solve_cycle(read_cycle(write()))
    by_power = solve_cycle(read_cycle(write(air_flow_kg_s=None, net_shaft_power_w=str(by_flow.net_shaft_power_w))))
    assert by_power.air_flow_kg_s == pytest.approx(0.5, rel=1e-9)


@pytest.mark.parametrize("effectiveness", [0.0, 0.88, 1.0])
def test_effectiveness_and_exit_temperature_are_inverse(write, effectiveness: float):
    by_share = solve_cycle(read_cycle(write(recuperator_effectiveness=str(effectiveness))))
    by_temp = solve_cycle(read_cycle(write(recuperator_effectiveness=None, recuperator_air_exit_temp_k=str(by_share.temps_k[3]))))
    assert by_temp.recuperator_effectiveness == pytest.approx(effectiveness, abs=1e-9)
    assert by_temp.thermal_eff_lhv == pytest.approx(by_share.thermal_eff_lhv, rel=1e-9)


def test_notes_tell_what_is_odd(write):
    (fog,) = solve_cycle(read_cycle(write(ambient_temp_k="260"))).notes
    assert "beyond saturation" in fog
    cooled, negative = solve_cycle(read_cycle(write(pressure_ratio="12", turbine_inlet_temp_k="850"))).notes
    assert "cools the air" in cooled
    assert "no net power" in negative


def test_a_simple_cycle_recuperates_no_heat_not_even_minus_zero(write):
    point = solve_cycle(read_cycle(write(recuperator_effectiveness="0", pressure_ratio="12", turbine_inlet_temp_k="850")))
    assert point.temps_k[5] < point.temps_k[2]
    assert str(point.recuperator_heat_w) == "0.0"


@pytest.mark.parametrize("turbine_inlet_temp_k", ["900", "1150", "1500", "2400"])
def test_every_fuel_down_to_the_poorest_has_a_true_answer(write, turbine_inlet_temp_k: str):
    """Going poorer, a fuel is burnt, then needs more than the oxygen, then is too poor whatever its amount: in this order."""
    shares = [0.3, 0.1, 0.085, 0.08, 0.075, 0.07, 0.065, 0.06, 0.05, 0.02, 0.01]
    told: list[int] = []
    for share in shares:
        point = solve_cycle(
            read_cycle(write(fuel=f"{{ CH4 = {share}, CO2 = {1.0 - share} }}", turbine_inlet_temp_k=turbine_inlet_temp_k))
        )
        assert point.outcome in (Outcome.OK, Outcome.INFEASIBLE)
        words = "" if point.fault is None else point.fault.rule
        told.append(0 if not words else 1 if "oxygen burns only" in words else 2)
        assert told[-1] != 2 or "too poor" in words
    assert told == sorted(told)


def test_the_record_checks_itself_in_python_too():
    with pytest.raises(InputError, match=r"pressure_ratio = 0\.5"):
        replace(RecuperatedCycle(**_values()), pressure_ratio=0.5)


def _values() -> dict[str, object]:
    import tomllib

    return tomllib.loads(FILE)


def test_json_holds_the_interface(write):
    result = CliRunner().invoke(app, ["cycle", str(write()), "--json"])
    document = json.loads(result.stdout)
    assert {
        "air_flow_kg_s", "fuel_flow_kg_s", "fuel_power_w_lhv", "compressor_power_w", "turbine_power_w", "net_shaft_power_w",
        "thermal_eff_lhv", "recuperator_heat_w", "temps_k", "pressures_pa", "exhaust_mass_fractions", "exhaust_mole_fractions",
    } <= set(document)  # fmt: skip
    assert list(document["temps_k"]) == list(document["pressures_pa"]) == ["1", "2", "3", "4", "5", "6"]
    assert sum(document["exhaust_mass_fractions"].values()) == pytest.approx(1.0)
    assert sum(document["exhaust_mole_fractions"].values()) == pytest.approx(1.0)


def test_the_example_of_the_help_runs(tmp_path: Path):
    path = tmp_path / "cycle.toml"
    path.write_text(inspect.cleandoc(command.__doc__).split("```")[1].removeprefix("toml"))
    assert solve_cycle(read_cycle(path)).thermal_eff_lhv == pytest.approx(0.344, abs=1e-3)


def test_text_shows_the_stations(write):
    result = CliRunner().invoke(app, ["cycle", str(write())])
    assert result.exit_code == 0
    assert "recuperator gas exit" in result.stdout
    assert "34.44%" in result.stdout


def test_files_that_are_no_cycles(tmp_path: Path):
    (tmp_path / "binary.toml").write_bytes(bytes(range(256)))
    (tmp_path / "prose.toml").write_text("a recuperated cycle")
    for path in (tmp_path, tmp_path / "absent.toml", tmp_path / "binary.toml", tmp_path / "prose.toml"):
        with pytest.raises(InputError, match=r"absent\.toml|binary\.toml|prose\.toml|is a folder"):
            read_cycle(path)


def test_the_process_ends_with_code_2_and_one_message(write):
    path = write(pressure_ratio="0.9")
    done = subprocess.run(
        [sys.executable, "-m", "brayton", "cycle", str(path), "--json"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"brayton: {path}: pressure_ratio = 0.9")
    assert "Traceback" not in done.stderr
