"""A battery that cannot be."""

from __future__ import annotations

import pytest

from brayton.core.errors import InputError
from brayton.core.provenance import Source
from brayton.package.battery import Battery

SOURCE = Source("test", "2026", "estimate", "made up")


def test_figures_out_of_bounds_are_told_at_once() -> None:
    with pytest.raises(InputError) as error:
        Battery(0.0, -1.0, float("inf"), 0.0, 1.1, SOURCE, 1.0, 5.0)
    assert [fault.path.removeprefix("battery.") for fault in error.value.faults] == [
        "capacity_kwh",
        "charge_kw",
        "discharge_kw",
        "charge_eff",
        "discharge_eff",
        "standing_loss_per_hour",
        "initial_kwh",
    ]


def test_round_trip() -> None:
    assert Battery(10.0, 5.0, 5.0, 0.95, 0.9, SOURCE).round_trip_eff == pytest.approx(0.855)
