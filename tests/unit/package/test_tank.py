"""Water tanks: closed forms, conservation, and the store that dispatch sees."""

from __future__ import annotations

import math

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.package.heat_store import HeatStore
from brayton.package.tank import (
    STRATIFIED_SHARE,
    Tank,
    cylinder_ua_w_per_k,
    overturned,
    stratified_step,
    tank_store,
)

MIXED = Tank(10.0, 20.0, 20.0, stratified=False)
LAYERED = Tank(10.0, 0.0, 20.0, stratified=True)


def test_a_mixed_tank_cools_as_its_differential_equation() -> None:
    """Against ten thousand small explicit steps."""
    temp, steps, hours = 80.0, 10_000, 48.0
    for _ in range(steps):
        temp -= MIXED.ua_w_per_k * (temp - 20.0) * hours * 3600.0 / steps / MIXED.capacity_j_per_k
    assert MIXED.rest_temp_c(80.0, hours) == pytest.approx(temp, abs=1e-4)
    assert MIXED.rest_temp_c([80.0, 20.0], 1e9) == pytest.approx([20.0, 20.0])


def test_cool_water_serves_no_hot_load() -> None:
    assert MIXED.usable_kwh([50.0, 60.0, 80.0], 60.0) == pytest.approx([0.0, 0.0, MIXED.capacity_j_per_k * 20.0 / 3.6e6])


def test_insulation_thin_and_thick() -> None:
    """Thin insulation is a flat wall of the cylinder's surface; doubling a thin one halves the conductance."""
    radius, height = math.sqrt(10.0 / (math.pi * 3.0)), 3.0
    surface = 2.0 * math.pi * radius * (height + radius)
    assert cylinder_ua_w_per_k(10.0, height, 1e-5, 0.035) == pytest.approx(0.035 * surface / 1e-5, rel=1e-4)
    thick = cylinder_ua_w_per_k(10.0, height, 0.1, 0.035)
    assert 0.035 * surface / 0.1 < thick < 1.1 * 0.035 * surface / 0.1
    with pytest.raises(InputError) as error:
        cylinder_ua_w_per_k(10.0, 0.0, -0.1, 0.035)
    assert [fault.path for fault in error.value.faults] == ["tank.height_m", "tank.insulation_m"]


def decay_per_h(store: HeatStore, step_hours: float) -> np.ndarray:
    return -np.log1p(-store.loss_per_step) / step_hours


def mean_rise_j(tank: Tank, before: np.ndarray, after: np.ndarray) -> float:
    return float((after.mean() - before.mean()) * tank.capacity_j_per_k)


@pytest.mark.parametrize("down_kg_s", [1.0, -1.0, 0.0, 7.3])
def test_flow_and_layers_close_in_energy(down_kg_s: float) -> None:
    before = np.linspace(80.0, 40.0, 20)
    after, brought_j = stratified_step(LAYERED, before, down_kg_s, 80.0, 40.0, 3600.0)
    assert mean_rise_j(LAYERED, before, after) == pytest.approx(brought_j, abs=1.0)
    assert after.max() <= 80.0
    assert after.min() >= 40.0


def test_whole_layers_cross_without_any_mixing() -> None:
    before = np.full(20, 40.0)
    layer_s = 10.0 * 988.0 / 20.0
    after, _ = stratified_step(LAYERED, before, 1.0, 80.0, 40.0, 5.0 * layer_s)
    assert after == pytest.approx(np.where(np.arange(20) < 5, 80.0, 40.0))


def test_the_spread_of_the_boundary_is_the_one_stated() -> None:
    """Ten layers in small sub-steps: variance M (1 - c) squared layers, from the profile's own moments."""
    temps, layer_s = np.full(40, 40.0), 10.0 * 988.0 / 40.0
    for _ in range(40):
        temps, _ = stratified_step(LAYERED, temps, 1.0, 80.0, 40.0, 0.25 * layer_s)
    front = -np.diff(np.concatenate(([80.0], temps))) / 40.0
    place = np.arange(40)
    mean = float((front * place).sum())
    variance = float((front * (place - mean) ** 2).sum())
    assert mean == pytest.approx(10.0, abs=0.01)
    assert variance == pytest.approx(10.0 * 0.75, rel=0.02)


def test_a_stratified_tank_at_rest_cools_as_a_mixed_one() -> None:
    tank = Tank(10.0, 20.0, 20.0, stratified=True)
    after, brought_j = stratified_step(tank, np.full(20, 80.0), 0.0, 80.0, 40.0, 48.0 * 3600.0)
    assert after == pytest.approx(np.full(20, tank.rest_temp_c(80.0, 48.0)))
    assert brought_j == 0.0


def test_a_chilled_tank_charges_from_below() -> None:
    warm = np.full(20, 12.0)
    cold, brought_j = stratified_step(LAYERED, warm, -1.0, 12.0, 6.0, 3600.0)
    assert cold[0] == pytest.approx(12.0)
    assert cold[-1] == pytest.approx(6.0, abs=0.01)
    assert mean_rise_j(LAYERED, warm, cold) == pytest.approx(brought_j)
    assert brought_j < 0.0


def test_water_turns_over_until_the_warm_is_on_top() -> None:
    assert overturned(np.array([40.0, 60.0, 50.0, 30.0])).tolist() == [50.0, 50.0, 50.0, 30.0]
    assert overturned(np.array([80.0, 60.0, 40.0])).tolist() == [80.0, 60.0, 40.0]


def test_too_few_layers_and_no_time() -> None:
    with pytest.raises(InputError) as error:
        stratified_step(LAYERED, np.array([50.0]), 1.0, 80.0, 40.0, 0.0)
    assert [fault.path for fault in error.value.faults] == ["layer_temp_c", "seconds"]


def test_the_store_of_a_mixed_tank_loses_what_the_tank_loses() -> None:
    """At both ends of the level, against the shell's conductance."""
    store = tank_store("tank", MIXED, 4, 1.0, 90.0, 60.0)
    assert store.capacity_kwh == pytest.approx(MIXED.capacity_j_per_k * 30.0 / 3.6e6)
    assert store.serves_loads
    assert store.drain_kw == pytest.approx(np.full(4, 20.0 * 40.0 / 1000.0))
    assert store.drain_kw + decay_per_h(store, 1.0) * store.capacity_kwh == pytest.approx(np.full(4, 20.0 * 70.0 / 1000.0))


def test_the_store_of_a_stratified_tank() -> None:
    tank = Tank(10.0, 20.0, 20.0, stratified=True)
    store = tank_store("tank", tank, 4, 0.25, 90.0, 60.0, charge_kw=50.0, discharge_kw=40.0)
    assert store.capacity_kwh == pytest.approx(STRATIFIED_SHARE * tank.capacity_j_per_k * 30.0 / 3.6e6)
    full_kw = store.drain_kw + decay_per_h(store, 0.25) * store.capacity_kwh
    assert full_kw == pytest.approx(np.full(4, 20.0 * 70.0 / 1000.0))
    assert (store.charge_kw, store.discharge_kw) == (50.0, 40.0)


def test_a_chilled_store_gains_heat_where_a_hot_one_loses() -> None:
    store = tank_store("chilled", Tank(10.0, 20.0, 25.0, stratified=True), 4, 1.0, 5.0, 13.0)
    assert store.capacity_kwh > 0.0
    assert store.drain_kw == pytest.approx(np.full(4, 20.0 * 12.0 / 1000.0))
    assert store.drain_kw + decay_per_h(store, 1.0) * store.capacity_kwh == pytest.approx(np.full(4, 20.0 * 20.0 / 1000.0))


def test_tanks_that_cannot_be() -> None:
    with pytest.raises(InputError) as error:
        Tank(0.0, -1.0, 100.0, stratified=True)
    assert [fault.path for fault in error.value.faults] == ["tank.volume_m3", "tank.ua_w_per_k", "tank.surroundings_temp_c"]
    with pytest.raises(InputError) as error:
        tank_store("tank", MIXED, 4, 1.0, 250.0, 250.0)
    assert [fault.path for fault in error.value.faults] == ["tank.max_temp_c", "tank.temp_c", "tank.temp_c"]
