"""Cooling water: the wet bulb against another program, and the tower."""

from __future__ import annotations

import numpy as np
import psychrolib
import pytest

from brayton.core.errors import InputError
from brayton.core.provenance import Source
from brayton.package.cooling_tower import CoolingTower, usual_tower, wet_bulb_c


@pytest.mark.parametrize("pressure_kpa", [101.325, 79.0])
def test_wet_bulb_against_psychrolib(pressure_kpa: float) -> None:
    psychrolib.SetUnitSystem(psychrolib.SI)
    for dry_c in (-15.0, -2.0, 3.0, 15.0, 25.0, 35.0, 45.0):
        for rh in (0.1, 0.4, 0.7, 0.95):
            w = psychrolib.GetHumRatioFromRelHum(dry_c, rh, pressure_kpa * 1e3)
            theirs = psychrolib.GetTWetBulbFromHumRatio(dry_c, w, pressure_kpa * 1e3)
            assert float(wet_bulb_c(dry_c, pressure_kpa, w)) == pytest.approx(theirs, abs=0.02), (dry_c, rh)


def test_fog_and_gaps() -> None:
    assert float(wet_bulb_c(10.0, 101.325, 0.02)) == pytest.approx(10.0, abs=1e-9)
    assert np.isnan(wet_bulb_c(np.nan, 101.325, 0.01))
    assert np.isnan(wet_bulb_c(20.0, 101.325, np.nan))


def test_the_tower_follows_the_wet_bulb_down_to_its_bypass() -> None:
    tower = usual_tower(5.56)
    assert tower.water_temp_c([5.0, 25.0]) == pytest.approx([21.2, 29.0])
    # 19 W per gallon a minute and 5.56 K: 0.0129 kW/kW
    assert float(tower.electric_kw(100.0)) == pytest.approx(100.0 * (0.0141 + 0.0129), rel=5e-3)


def test_a_tower_that_cannot_be() -> None:
    with pytest.raises(InputError) as error:
        CoolingTower(0.0, 60.0, -1.0, 0.5, (Source("test", "", "estimate"),))
    assert len(error.value.faults) == 4
