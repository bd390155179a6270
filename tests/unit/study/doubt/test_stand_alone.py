"""Outages followed by hand: shedding, fuel, battery, minimum load, black start."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.linalg import expm
from scipy.stats import binom

from brayton.core.errors import InputError
from brayton.study.doubt.stand_alone import Island, stand_alone
from brayton.study.doubt.survival import Fleet, random_units


def island(steps: int, **changes: Any) -> Island:
    """Two units of 60 kW, 20 kW at least, fuel 50 + 2.5 P each."""
    keys: dict[str, Any] = {"units": 2, "unit_kw": np.full(steps, 60.0), "min_load_kw": 20.0}
    return Island(**(keys | {"fuel_kw_hhv_idle": 50.0, "fuel_kw_hhv_per_kw": 2.5} | changes))


def rows(*tiers: Any) -> np.ndarray:
    return np.array(np.broadcast_arrays(*tiers), dtype=float)


def test_tiers_are_shed_from_the_last() -> None:
    """100 kW carry the first tier and the second, but not the third, nor the third in place of the second."""
    loads = rows([40.0, 40.0, 130.0, 100.0], [50.0, 90.0, 10.0, 20.0], [30.0, 5.0, 0.0, 0.0])
    found = stand_alone(island(4), loads, 1.0, 1)
    assert found.survived[0].tolist() == [True, True, False, True]
    assert found.served_kwh.T.tolist() == [[40.0, 50.0, 30.0], [40.0, 0.0, 0.0], [0.0, 0.0, 0.0], [100.0, 20.0, 0.0]]
    assert found.curve.tolist() == [0.75]
    assert found.served_share == pytest.approx([180 / 310, 70 / 170, 30 / 35])


def test_power_is_that_of_the_hour() -> None:
    """In hot air the machines give less, and the outage ends for the critical load there."""
    found = stand_alone(island(3, unit_kw=np.array([60.0, 45.0, 60.0])), rows([100.0, 100.0, 100.0]), 1.0, 2)
    assert found.survived.T.tolist() == [[True, False], [False, False], [True, True]]


def test_fuel_on_site_runs_out_after_its_hours() -> None:
    """60 kW on one unit takes 200 kW of fuel: 1000 kWh last five hours, and are not overdrawn."""
    found = stand_alone(island(24, held_kwh_hhv=1000.0), rows(np.full(24, 60.0)), 1.0, 8)
    assert found.curve.tolist() == [1.0] * 5 + [0.0] * 3
    assert (found.fuel_kwh_hhv == 1000.0).all()
    assert stand_alone(island(24), rows(np.full(24, 60.0)), 1.0, 8).curve.tolist() == [1.0] * 8


def test_a_battery_fills_the_gap_of_the_first_tier_only() -> None:
    """140 kW, machines 120: 20 kW from 50 kWh behind 0.8 last two hours; the second tier gets nothing of it."""
    found = stand_alone(island(6, battery_kwh=50.0, battery_kw=30.0, battery_eff=0.8), rows(np.full(6, 140.0), 10.0), 1.0, 4)
    assert found.curve.tolist() == [1.0, 1.0, 0.0, 0.0]
    assert found.served_kwh[1].tolist() == [0.0] * 6
    weak = stand_alone(island(6, battery_kwh=50.0, battery_kw=15.0), rows(np.full(6, 140.0)), 1.0, 1)
    assert weak.curve.tolist() == [0.0]


def test_machines_fill_the_battery_again() -> None:
    """140 and 80 kW in turn: 20 kWh out, 20 in, for ever; with a lossy battery 25 out and 25 in (20 out of 25, 31 into 25)."""
    loads = rows(np.tile([140.0, 80.0], 6))
    for eff in (1.0, 0.8):
        found = stand_alone(island(12, battery_kwh=25.0, battery_kw=40.0, battery_eff=eff), loads, 1.0, 12)
        assert found.curve.tolist() == [1.0] * 12, eff


def test_a_load_below_minimum_needs_a_load_bank_or_the_battery() -> None:
    small = rows(np.full(4, 15.0))
    assert stand_alone(island(4), small, 1.0, 1).curve.tolist() == [0.0]
    bank = stand_alone(island(4, load_bank_kw=5.0), small, 1.0, 3)
    assert bank.curve.tolist() == [1.0] * 3
    assert (bank.fuel_kwh_hhv == 3 * (50.0 + 2.5 * 20.0)).all()
    battery = stand_alone(island(4, battery_kwh=30.0, battery_kw=15.0), small, 1.0, 4)
    # two hours from the battery; then its charging gives the machine enough to do
    assert battery.curve.tolist() == [1.0] * 4
    assert (battery.fuel_kwh_hhv > 0.0).all()


def test_each_of_several_machines_keeps_its_minimum() -> None:
    """70 kW are too little for two machines of 40 at least and too much for one of 60."""
    loads = rows(np.full(4, 70.0))
    assert stand_alone(island(4, min_load_kw=40.0), loads, 1.0, 1).curve.tolist() == [0.0]
    bank = stand_alone(island(4, min_load_kw=40.0, load_bank_kw=10.0), loads, 1.0, 1)
    assert bank.curve.tolist() == [1.0]
    assert (bank.fuel_kwh_hhv == 2 * 50.0 + 2.5 * 80.0).all()
    battery = stand_alone(island(4, min_load_kw=40.0, battery_kwh=15.0, battery_kw=10.0), loads, 1.0, 4)
    # 60 from one machine and 10 from the battery; then it is charged with the 10 that two machines need
    assert battery.curve.tolist() == [1.0] * 4
    tiers = stand_alone(island(4, min_load_kw=40.0), rows(np.full(4, 50.0), 20.0), 1.0, 1)
    assert tiers.served_kwh[:, 0].tolist() == [50.0, 0.0]


def test_the_dark_minutes_are_not_served() -> None:
    found = stand_alone(island(4, start_h=0.25), rows(np.full(4, 60.0)), 1.0, 2)
    assert found.served_kwh.tolist() == [[105.0] * 4]
    assert found.curve.tolist() == [1.0, 1.0]


def test_without_black_start_only_a_battery_brings_the_machines_up() -> None:
    loads = rows(np.full(4, 60.0))
    dead = stand_alone(island(4, black_start=False, start_h=0.1), loads, 1.0, 2)
    assert dead.curve.tolist() == [0.0, 0.0]
    held = stand_alone(island(4, black_start=False, start_h=0.1, battery_kwh=10.0, battery_kw=60.0), loads, 1.0, 2)
    assert held.curve.tolist() == [1.0, 1.0]
    assert held.uninterrupted.all()


def test_riding_through_is_told_apart_from_surviving() -> None:
    """6 kWh carry 60 kW for 6 minutes; 5 do not, and 50 kW of inverter do not."""
    loads = rows(np.full(4, 60.0))
    for kwh, kw, rides in ((6.0, 60.0, True), (5.0, 60.0, False), (6.0, 50.0, False)):
        found = stand_alone(island(4, start_h=0.1, battery_kwh=kwh, battery_kw=kw), loads, 1.0, 1)
        assert (found.uninterrupted.all(), found.uninterrupted.any()) == (rides, rides)
        assert found.curve.tolist() == [1.0]


def markov_survival(fleet: Fleet, needed: list[int], hours: int) -> np.ndarray:
    """Chance to survive 1..hours from each step of the ring (hours, n): the chain of the number that runs, in continuous time,
    absorbed while it is below `needed`."""
    number = np.arange(fleet.units + 1)
    rates = np.diag(number[1:] / fleet.mtbf_h, -1) + np.diag((fleet.units - number[:-1]) / fleet.mttr_h, 1)
    rates -= np.diag(rates.sum(axis=1))
    survived = np.empty((hours, len(needed)))
    for start in range(len(needed)):
        state = binom.pmf(number, fleet.units, fleet.start_chance)
        for hour in range(hours):
            enough = number >= needed[(start + hour) % len(needed)]
            state = (enough * state) @ expm(enough * enough[:, None] * rates)
            survived[hour, start] = (enough * state).sum()
    return survived


def test_machine_failures_give_the_exact_survival() -> None:
    """Without battery, fuel limit and minimum load, the simulation is a Markov chain."""
    load, needed = np.array([100.0, 50.0, 130.0, 60.0, 0.0]), [2, 1, 3, 2, 0]  # of 50 kW
    fleet, hours, copies = Fleet(3, 0.9, 20.0, 5.0), 4, 8000
    # the ring of 5 hours repeated gives many random outages from each hour
    running = random_units(fleet, (5 * copies, hours), 1.0, 4)
    plant = Island(3, np.full(5 * copies, 50.0), 0.0, 0.0, 2.5)
    found = stand_alone(plant, rows(np.tile(load, copies)), 1.0, hours, running=running)
    simulated = found.survived.reshape(hours, copies, 5).mean(axis=1)
    assert simulated == pytest.approx(markov_survival(fleet, needed, hours), abs=4 * math.sqrt(0.25 / copies))


def test_bad_islands_and_loads_are_refused() -> None:
    with pytest.raises(InputError) as caught:
        island(3, units=-1, min_load_kw=-1.0, held_kwh_hhv=math.nan, battery_eff=0.0)
    assert [fault.path for fault in caught.value.faults] == ["units", "min_load_kw", "held_kwh_hhv", "battery_eff"]
    with pytest.raises(InputError, match="unit_kw"):
        island(3, unit_kw=np.array([60.0, np.nan]))
    with pytest.raises(InputError, match="one row for each tier, of 3 steps"):
        stand_alone(island(3), rows(np.ones(4)), 1.0, 1)
    with pytest.raises(InputError, match="not negative"):
        stand_alone(island(3), rows(np.array([1.0, -1.0, 1.0])), 1.0, 1)
    with pytest.raises(InputError, match="within the first step"):
        stand_alone(island(3, start_h=2.0), rows(np.ones(3)), 1.0, 1)
    with pytest.raises(InputError, match="longest_steps"):
        stand_alone(island(3), rows(np.ones(3)), 1.0, 0)
