"""Survival against closed forms of reliability theory."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad

from brayton.core.errors import InputError
from brayton.study.doubt.survival import Fleet, random_units, steps_held, survival_constant, survival_curve, units_for


def test_one_machine_starts_and_runs() -> None:
    assert survival_constant(Fleet(1, 0.98, 1000.0), 1, [0.0, 24.0, 1000.0]) == pytest.approx(
        [0.98, 0.98 * math.exp(-0.024), 0.98 * math.exp(-1.0)], rel=1e-14
    )


def test_one_spare_by_hand() -> None:
    """2 of 3: p^3 + 3 p^2 (1 - p)."""
    p = 0.9 * math.exp(-0.1)
    assert float(survival_constant(Fleet(3, 0.9, 100.0), 2, 10.0)) == pytest.approx(p**3 + 3 * p**2 * (1 - p), rel=1e-14)


def test_repair_of_a_pair_has_the_textbook_mean_time_to_failure() -> None:
    """1 of 2 with a repairman for each: (3 lambda + mu) / (2 lambda^2) from both running."""
    lam, mu = 1 / 100.0, 1 / 10.0
    pair = Fleet(2, 1.0, 100.0, 10.0)
    mean, _ = quad(lambda t: float(survival_constant(pair, 1, t)), 0.0, 20_000.0, limit=200)
    assert mean == pytest.approx((3 * lam + mu) / (2 * lam**2), rel=1e-6)


def test_a_repair_that_never_comes_is_no_repair() -> None:
    hours = np.array([1.0, 48.0, 336.0])
    slow, none = Fleet(4, 0.95, 500.0, 1e12), Fleet(4, 0.95, 500.0)
    assert survival_constant(slow, 3, hours) == pytest.approx(survival_constant(none, 3, hours), rel=1e-9)


def test_no_machine_needed_or_too_few_there() -> None:
    for fleet in (Fleet(2, 0.9, 100.0), Fleet(2, 0.9, 100.0, 10.0)):
        assert survival_constant(fleet, 0, [5.0, 500.0]) == pytest.approx([1.0, 1.0], rel=1e-12)
        assert survival_constant(fleet, 3, [5.0, 500.0]).tolist() == [0.0, 0.0]


def test_the_curve_of_a_level_load_is_the_closed_form() -> None:
    fleet = Fleet(5, 0.97, 300.0)
    curve = survival_curve(fleet, np.full(48, 4), 0.5, 96)
    exact = survival_constant(fleet, 4, 0.5 * np.arange(1, 97))
    assert np.allclose(curve, exact[:, None], rtol=1e-12, atol=0.0)


def test_the_transition_is_the_markov_chain() -> None:
    """Two steps of half the length are one, rows add to one, and the long run is binomial of the availability."""
    fleet = Fleet(3, 1.0, 100.0, 25.0)
    assert fleet.transition(2.0) @ fleet.transition(2.0) == pytest.approx(fleet.transition(4.0), abs=1e-14)
    assert fleet.transition(7.0).sum(axis=1) == pytest.approx(np.ones(4), abs=1e-14)
    assert fleet.transition(1e6)[0] == pytest.approx([0.2**3, 3 * 0.8 * 0.04, 3 * 0.64 * 0.2, 0.8**3], rel=1e-9)


def test_a_varying_load_by_hand() -> None:
    """Two machines, one step of two needed then one of one: p2 kept both, then at least one of the two."""
    fleet, kept = Fleet(2, 0.9, 10.0), math.exp(-0.1)
    curve = survival_curve(fleet, [2, 1, 0], 1.0, 2)
    assert curve[0] == pytest.approx([0.81 * kept**2, 1 - (1 - 0.9 * kept) ** 2, 1.0], rel=1e-12)
    assert curve[1, 0] == pytest.approx(0.81 * kept**2 * (1 - (1 - kept) ** 2), rel=1e-12)
    # from the last step the year begins again: none needed, then both, of those that started
    assert curve[1, 2] == pytest.approx((0.9 * kept * kept) ** 2, rel=1e-12)


def test_fuel_on_site_ends_the_curve() -> None:
    held = steps_held([10.0, 20.0, 30.0], 45.0)
    assert held.tolist() == [2, 1, 2]  # 10 + 20; 20; 30 + 10, for the year is a ring
    curve = survival_curve(Fleet(1, 1.0, math.inf), [1, 1, 1], 1.0, 3, held_steps=held)
    assert curve.astype(int).T.tolist() == [[1, 1, 0], [1, 0, 0], [1, 1, 0]]
    assert steps_held([10.0, 20.0, 30.0], math.inf).tolist() == [3, 3, 3]


def test_random_fleets_have_the_exact_chance() -> None:
    fleet, needed = Fleet(3, 0.9, 30.0, 10.0), np.array([2, 1, 3, 2, 0, 1])
    exact = survival_curve(fleet, needed, 2.0, 6)[:, 0]
    running = random_units(fleet, (40_000, 6), 2.0, 5)
    alive = np.logical_and.accumulate(running >= needed, axis=1).mean(axis=0)
    assert alive == pytest.approx(exact, abs=4 * math.sqrt(0.25 / 40_000))


def test_machines_for_a_load() -> None:
    assert units_for([0.0, 60.0, 60.1, 200.0, 5.0], [60.0, 60.0, 60.0, 60.0, 0.0], 2).tolist() == [0, 1, 2, 3, 3]


def test_bad_fleets_and_loads_are_refused() -> None:
    with pytest.raises(InputError) as caught:
        Fleet(0, 1.5, 0.0, math.nan)
    assert [fault.path for fault in caught.value.faults] == ["units", "start_chance", "mtbf_h", "mttr_h"]
    fleet = Fleet(1, 1.0, 10.0)
    with pytest.raises(InputError, match="zero or more"):
        survival_constant(fleet, -1, -5.0)
    with pytest.raises(InputError, match="needed_units"):
        survival_curve(fleet, [1, -1], 1.0, 3)
    with pytest.raises(InputError, match="one step of outage"):
        survival_curve(fleet, [1, 1], 1.0, 0)
