"""Water tanks: closed forms, conservation, and the store that dispatch sees."""

from __future__ import annotations

import math

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.package.heat_store import HeatStore
from brayton.package.tank import STRATIFIED_SHARE, Tank, cylinder_ua_w_per_k, tank_store

MIXED = Tank(10.0, 20.0, 20.0, stratified=False)


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


def test_the_store_of_a_mixed_tank_cools_as_its_differential_equation() -> None:
    """Two days at rest from full, against ten thousand small explicit steps of the shell's loss."""
    steps, hours, empty_c = 10_000, 48.0, 40.0
    temp = 80.0
    for _ in range(steps):
        temp -= MIXED.ua_w_per_k * (temp - 20.0) * hours * 3600.0 / steps / MIXED.capacity_j_per_k
    store = tank_store("tank", MIXED, 192, 0.25, 80.0, empty_c)
    level = store.capacity_kwh
    for loss, drain in zip(store.loss_per_step, store.drain_kw, strict=True):
        level = level * (1.0 - loss) - drain * 0.25
    assert empty_c + level * 3.6e6 / MIXED.capacity_j_per_k == pytest.approx(temp, abs=0.02)


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
