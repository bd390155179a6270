"""The tank of a scenario: its table and its store at the temperatures of the loads."""

from __future__ import annotations

import math
from typing import Any

import pytest

from brayton.core.errors import InputError
from brayton.core.records import parse_record
from brayton.core.timeaxis import TimeAxis
from brayton.study.tank import TankTable, store_of_chilled_tank, store_of_tank, tank_of

AXIS = TimeAxis(2003)


def tank_table(**changes: Any) -> TankTable:
    keys = {
        "kind": "tank",
        "volume_m3": 5.0,
        "layout": "mixed",
        "max_temp_c": 90.0,
        "ua_w_per_k": 10.0,
        "installed_cost_usd": 9000.0,
    } | changes
    return parse_record(TankTable, {name: value for name, value in keys.items() if value is not None})


def test_a_mixed_tank_gives_only_what_is_above_the_supply_temperature() -> None:
    mixed, layered = (store_of_tank(tank_table(layout=layout), AXIS, 70.0, 55.0) for layout in ("mixed", "stratified"))
    assert mixed.capacity_kwh == pytest.approx(5.0 * 988.0 * 4.182 * 20.0 / 3600.0)
    assert layered.capacity_kwh == pytest.approx(0.9 * 5.0 * 988.0 * 4.182 * 35.0 / 3600.0)
    assert mixed.loss_per_step.shape == (AXIS.steps,)
    assert math.isinf(mixed.charge_kw)


def test_insulation_in_place_of_a_conductance() -> None:
    tank = tank_of(tank_table(ua_w_per_k=None, insulation_mm=100.0))
    assert tank.ua_w_per_k == pytest.approx(5.076 + 1.190, rel=1e-3)  # by hand: radius 0.7355 m, height 2.942 m
    low = tank_of(tank_table(ua_w_per_k=None, insulation_mm=100.0, height_m=1.0))
    assert low.ua_w_per_k > tank.ua_w_per_k


@pytest.mark.parametrize(
    ("changes", "supply_temp_c", "path"),
    [
        ({"insulation_mm": 50.0}, 70.0, "ua_w_per_k"),
        ({"ua_w_per_k": None}, 70.0, "ua_w_per_k"),
        ({"max_temp_c": 70.0}, 70.0, "max_temp_c"),
        ({"max_temp_c": 65.0, "layout": "stratified"}, 70.0, "max_temp_c"),
        ({}, math.nan, "kind"),
    ],
)
def test_tanks_that_fit_no_load(changes: dict[str, Any], supply_temp_c: float, path: str) -> None:
    with pytest.raises(InputError) as error:
        store_of_tank(tank_table(**changes), AXIS, supply_temp_c, supply_temp_c - 11.0)
    assert [fault.path for fault in error.value.faults] == [path]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("volume_m3", 0.0),
        ("volume_m3", "5"),
        ("layout", "layered"),
        ("max_temp_c", 300.0),
        ("ua_w_per_k", -1.0),
        ("charge_kw", 0.0),
        ("volume_l", 5000.0),
    ],
)
def test_a_bad_key_is_one_clear_fault(key: str, value: object) -> None:
    with pytest.raises(InputError) as error:
        tank_table(**{key: value})
    assert [fault.path for fault in error.value.faults] == [key]


def test_a_chilled_tank_counts_the_heat_that_makes_its_cold() -> None:
    table = tank_table(medium="chilled_water", max_temp_c=13.0, layout="stratified", discharge_kw=70.0)
    store = store_of_chilled_tank(table, AXIS, 7.0, driving_kw=90.0, cop=0.7)
    assert store.capacity_kwh * 0.7 == pytest.approx(0.9 * 5.0 * 988.0 * 4.182 * 6.0 / 3600.0)
    assert (store.serves_loads, store.serves_uses, store.charge_kw, store.discharge_kw) == (
        False,
        True,
        90.0,
        pytest.approx(100.0),
    )
    with pytest.raises(InputError, match=r"max_temp_c = 6.0: must be above 7 degC"):
        store_of_chilled_tank(tank_table(medium="chilled_water", max_temp_c=6.0), AXIS, 7.0, 90.0, 0.7)
