"""Random fleets against chances by hand; survival itself is held against closed forms in tests/validation."""

from __future__ import annotations

import math

import pytest

from brayton.core.errors import InputError
from brayton.study.doubt.survival import Fleet, random_units

OUTAGES = 40_000
BOUND = 4 * math.sqrt(0.25 / OUTAGES)
"""Four standard errors of the least certain chance."""


def test_a_varying_load_by_hand() -> None:
    """Two machines, one step of two needed then one of one: both kept, then at least one of the two."""
    fleet, kept = Fleet(2, 0.9, 10.0), math.exp(-0.1)
    running = random_units(fleet, (OUTAGES, 2), 1.0, 5)
    both = running[:, 0] >= 2
    assert both.mean() == pytest.approx(0.81 * kept**2, abs=BOUND)
    assert (running[:, 0] >= 1).mean() == pytest.approx(1 - (1 - 0.9 * kept) ** 2, abs=BOUND)
    assert (both & (running[:, 1] >= 1)).mean() == pytest.approx(0.81 * kept**2 * (1 - (1 - kept) ** 2), abs=BOUND)


def test_machines_that_are_repaired_come_back() -> None:
    """In the long run all three run at the start of a step by their availability, and throughout it if none fails."""
    running = random_units(Fleet(3, 0.0, 100.0, 25.0), (OUTAGES, 400), 2.0, 5)
    assert (running[:, 0] == 0).all()
    assert (running[:, -1] == 3).mean() == pytest.approx((0.8 * math.exp(-2.0 / 100.0)) ** 3, abs=BOUND)


def test_a_failure_counts_though_it_is_mended_at_once() -> None:
    """A repair of a minute in steps of ten hours: what counts is that the machine failed."""
    running = random_units(Fleet(1, 1.0, 20.0, 1 / 60), (OUTAGES, 1), 10.0, 5)
    assert running.mean() == pytest.approx(math.exp(-0.5), abs=BOUND)


def test_machines_that_never_fail() -> None:
    assert (random_units(Fleet(2, 1.0, math.inf), (5, 3), 1.0, 1) == 2).all()


def test_the_seed_makes_the_fleet() -> None:
    fleet = Fleet(3, 0.9, 30.0, 10.0)
    assert (random_units(fleet, (50, 6), 2.0, 5) == random_units(fleet, (50, 6), 2.0, 5)).all()
    assert (random_units(fleet, (50, 6), 2.0, 5) != random_units(fleet, (50, 6), 2.0, 6)).any()


def test_bad_fleets_are_refused() -> None:
    with pytest.raises(InputError) as caught:
        Fleet(0, 1.5, 0.0, math.nan)
    assert [fault.path for fault in caught.value.faults] == ["units", "start_chance", "mtbf_h", "mttr_h"]
