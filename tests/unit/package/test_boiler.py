"""The host's boiler."""

from __future__ import annotations

import math

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.core.provenance import Source
from brayton.package.boiler import DOE2_HEAT_INPUT_FPLR, Boiler, doe2_part_load
from brayton.package.capability import Capability

SOURCE = Source("name plate", "2001", "primary")


def test_heat_up_to_the_capacity_and_fuel_by_efficiency() -> None:
    boiler = Boiler(100.0, 0.8, SOURCE)
    heat = boiler.heat_kw(np.array([0.0, 60.0, 150.0]))
    assert heat.tolist() == [0.0, 60.0, 100.0]
    assert boiler.fuel_kw_hhv(heat) == pytest.approx([0.0, 75.0, 125.0])
    assert Capability.HOT_WATER in boiler.capabilities


def test_a_boiler_that_cannot_be() -> None:
    with pytest.raises(InputError) as error:
        Boiler(-1.0, 1.2, SOURCE)
    assert [fault.path for fault in error.value.faults] == ["boiler.capacity_kw", "boiler.efficiency_hhv"]
    with pytest.raises(InputError):
        Boiler(math.nan, 0.8, SOURCE)


def test_constant_efficiency_is_what_it_was() -> None:
    heat = np.linspace(0.0, 100.0, 7)
    assert np.array_equal(Boiler(math.inf, 0.8, SOURCE).fuel_kw_hhv(heat), heat / 0.8)


def test_part_load_points_and_cycling_below_the_first() -> None:
    boiler = Boiler(100.0, 0.8, SOURCE, ((0.2, 0.6), (0.6, 0.7), (1.0, 0.8)))
    heat = np.array([0.0, 10.0, 20.0, 40.0, 60.0, 100.0, 110.0])
    assert heat[1:] / boiler.fuel_kw_hhv(heat)[1:] == pytest.approx([0.6, 0.6, 40.0 / 59.5238, 0.7, 0.8, 0.8])
    assert boiler.fuel_kw_hhv(heat)[0] == 0.0
    assert boiler.fuel_kw_hhv(heat.reshape(7, 1)).shape == (7, 1)


def test_doe2_curve_in_straight_pieces() -> None:
    """Against the quadratic itself: 0.1 % of the fuel."""
    boiler = Boiler(100.0, 0.8, SOURCE, doe2_part_load(0.8))
    x = np.linspace(0.1, 1.0, 91)
    c1, c2, c3 = DOE2_HEAT_INPUT_FPLR
    exact = 100.0 / 0.8 * (c1 + c2 * x + c3 * x**2) / (c1 + c2 + c3)
    assert boiler.fuel_kw_hhv(100.0 * x) == pytest.approx(exact, rel=1.5e-3)
    assert boiler.efficiency_hhv == boiler.part_load[-1][1]


@pytest.mark.parametrize(
    ("capacity", "points", "told"),
    [
        (math.inf, ((0.2, 0.6), (1.0, 0.8)), "must be given with a part-load curve"),
        (100.0, ((0.6, 0.6), (0.2, 0.7), (1.0, 0.8)), "must rise in load fraction"),
        (100.0, ((0.2, 0.6), (0.9, 0.8)), "must rise in load fraction"),
        (100.0, ((0.2, 1.6), (1.0, 0.8)), "must have efficiencies in 0..1"),
        (100.0, ((0.2, 0.6), (1.0, 0.7)), "is that of full load"),
        (100.0, ((0.9, 0.5), (1.0, 0.8)), "would burn less fuel for more heat"),
    ],
)
def test_part_load_points_that_contradict(capacity: float, points: tuple, told: str) -> None:
    with pytest.raises(InputError, match=told):
        Boiler(capacity, 0.8, SOURCE, points)
