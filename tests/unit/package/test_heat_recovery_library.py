"""Heat-recovery records: the library, files, inline tables, and exchangers scaled to other machines."""

from __future__ import annotations

import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.gas.fuels import FUELS
from brayton.package.heat_recovery import exhaust_coefficients, recover
from brayton.package.library import (
    LIBRARY,
    heat_recoveries,
    heat_recovery_for,
    heat_recovery_from_table,
    load_heat_recovery,
    scale_heat_recovery,
)


@pytest.fixture
def table() -> dict[str, Any]:
    return tomllib.loads((LIBRARY / "c65_ichp.toml").read_text())


def machine(model: str, flow_kg_s: float) -> Any:
    """A machine with this exhaust flow at full power."""
    return SimpleNamespace(
        model=model,
        available_net_power_kw=lambda *_: np.array(30.0),
        at=lambda *_: SimpleNamespace(exhaust_flow_kg_s=np.array(flow_kg_s)),
    )


def test_every_record_loads_with_its_sources() -> None:
    for name in heat_recoveries():
        hrec = load_heat_recovery(name)
        assert hrec.name == name
        assert {source.basis for source in hrec.sources} >= {"secondary", "estimate"}


def test_the_rated_point_comes_back(table: dict[str, Any]) -> None:
    hrec, rated = load_heat_recovery("c65_ichp"), table["rated"]
    fuel_kg_s = rated["fuel_power_kw_lhv"] * 1e3 / FUELS["natural_gas"].lhv_j_per_kg
    gas = exhaust_coefficients(
        FUELS["natural_gas"], rated["humidity_ratio"], fuel_kg_s / (rated["exhaust_flow_kg_s"] - fuel_kg_s)
    )
    taken = recover(hrec, gas, rated["exhaust_flow_kg_s"], rated["exhaust_temp_c"] + 273.15, 333.15, hrec.rated_water_flow_kg_s)
    assert taken.heat_w / 1e3 == pytest.approx(0.4975 * 224.138, rel=1e-6)


def test_a_file_and_an_inline_table_are_read_alike(table: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text((LIBRARY / "c65_ichp.toml").read_text())
    assert load_heat_recovery(str(path)) == heat_recovery_from_table(table) == load_heat_recovery("c65_ichp")


def test_an_unknown_name_offers_the_nearest() -> None:
    with pytest.raises(InputError, match="Nearest: c65_ichp"):
        load_heat_recovery("c65-ichp")


def test_faults_of_a_table_are_gathered(table: dict[str, Any]) -> None:
    table["ua"] = 5.0
    del table["name"]
    table["rated"]["exhaust_flow_kg_s"] = -1.0
    with pytest.raises(InputError) as error:
        heat_recovery_from_table(table, "own.toml")
    assert {fault.path for fault in error.value.faults} == {"ua", "name", "rated.exhaust_flow_kg_s"}
    assert {fault.file for fault in error.value.faults} == {"own.toml"}


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [("thermal_eff_lhv", 0.7, "rated.heat_w"), ("exhaust_temp_c", 50.0, "rated.heat_w"), ("fuel", "peat", "known fuel")],
)
def test_a_rated_point_that_cannot_be_names_its_file(table: dict[str, Any], key: str, value: object, message: str) -> None:
    table["rated"][key] = value
    with pytest.raises(InputError, match=message) as error:
        heat_recovery_from_table(table, "own.toml")
    assert error.value.faults[0].file == "own.toml"


def test_a_machine_gets_its_own_or_a_scaled_one() -> None:
    own = load_heat_recovery("c65_ichp")
    assert heat_recovery_for(machine("C65", 0.5)) == own
    scaled = heat_recovery_for(machine("C30", own.rated_exhaust_flow_kg_s / 2))
    assert scaled.ua_w_per_k == pytest.approx(own.ua_w_per_k / 2)
    assert scaled.rated_water_flow_kg_s == pytest.approx(own.rated_water_flow_kg_s / 2)
    assert scaled.sources[-1].basis == "estimate"


def test_scaling_keeps_the_effectiveness() -> None:
    own = load_heat_recovery("c65_ichp")
    scaled = scale_heat_recovery(own, "large", 3 * own.rated_exhaust_flow_kg_s)
    gas = exhaust_coefficients(FUELS["natural_gas"], 0.006, 0.01)
    stacks = [
        recover(item, gas, item.rated_exhaust_flow_kg_s, 580.0, 330.0, item.rated_water_flow_kg_s).stack_temp_k
        for item in (own, scaled)
    ]
    assert stacks[0] == pytest.approx(stacks[1], abs=1e-6)


def test_a_machine_of_unknown_exhaust_gets_none() -> None:
    with pytest.raises(InputError, match="holds no exhaust"):
        heat_recovery_for(machine("MT70", np.nan))
