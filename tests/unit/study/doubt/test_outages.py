"""Survival of a site against the closed form where battery, fuel and air play no part."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from brayton.package.array import Loading
from brayton.package.envelope import Envelope
from brayton.study.doubt.outages import outage_result
from brayton.study.doubt.stand_alone import Island
from brayton.study.doubt.survival import Fleet


def test_a_level_load_has_the_closed_form_with_and_without_a_spare() -> None:
    """180 kW on units of 60: three needed; N = 3 and N + 1 = 4."""
    island = Island(3, np.full(8760, 60.0), 0.0, 0.0, 3.0)
    found = outage_result(island, Fleet(3, 0.98, 400.0), np.full((1, 8760), 180.0), 1.0, 48, seed=1)
    bound = 4.0 * math.sqrt(0.25 / 8760)
    assert found.hours[-1] == 48.0
    p = 0.98 * np.exp(-found.hours / 400.0)
    assert found.survival == pytest.approx(p**3, abs=bound)
    assert found.one_more == pytest.approx(p**4 + 4 * p**3 * (1 - p), abs=bound)
    assert found.all_well.tolist() == [1.0] * 48
    assert found.survived(24.0) == found.survival[23]
    assert found.survived(23.5) == found.survival[23]
    assert math.isnan(found.survived(49.0))
    assert abs(found.survival[23] - p[23] ** 3) < 4 * found.standard_error[23]


def test_fuel_on_site_is_told() -> None:
    """180 kW take 540 kW of fuel: 5400 kWh last ten hours."""
    island = Island(3, np.full(8760, 60.0), 0.0, 0.0, 3.0, held_kwh_hhv=5400.0)
    found = outage_result(island, Fleet(3, 1.0, math.inf), np.full((1, 8760), 180.0), 1.0, 24, seed=1)
    assert found.survival.tolist() == [1.0] * 10 + [0.0] * 14
    assert found.fuel_kwh_hhv == 5400.0
    assert "100 % of outages of 24 h are not survived" in " ".join(found.notes())
    document = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert len(document["survival"]) == 24


def test_an_island_of_an_envelope_has_its_power_and_fuel() -> None:
    power = np.stack((np.linspace(20.0, 60.0, 5), np.linspace(20.0, 50.0, 5), np.zeros(5)))
    envelope = Envelope(
        count=2,
        loading=Loading.EVEN,
        power_kw=power,
        fuel_kw_lhv=np.where(power > 0.0, 50.0 + 2.5 * power, 0.0),
        heat_kw=np.zeros_like(power),
        rated_power_kw=60.0,
        min_load_fraction=1 / 3,
        start_energy_kwh=0.0,
        start_fuel_kwh_lhv=0.0,
        stop_energy_kwh=0.0,
        standby_kw=0.0,
        fuel_hhv_per_lhv=1.1,
        capabilities=frozenset(),
    )
    island = Island.of(envelope)
    assert island.unit_kw.tolist() == [60.0, 50.0, 0.0]
    assert (island.units, island.min_load_kw) == (2, pytest.approx(20.0))
    assert (island.fuel_kw_hhv_idle, island.fuel_kw_hhv_per_kw) == (pytest.approx(55.0), pytest.approx(2.75))
