"""The host's boiler."""

from __future__ import annotations

import math

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.core.provenance import Source
from brayton.package.boiler import Boiler
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
