"""Heat by temperature level, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.package.heat_level import HeatLevel, loop_loads
from brayton.package.heat_use import HeatUse

CP = 4.186


def level(name: str, kw: list[float], supply: float, back: float) -> HeatLevel:
    return HeatLevel(name, np.array(kw), supply, back)


def test_sixty_degrees_are_not_served_by_fifty() -> None:
    hot, floor = level("hot water", [30.0, 0.0], 60.0, 20.0), level("floor", [10.0, 20.0], 40.0, 30.0)
    found = loop_loads([hot, floor], max_water_out_temp_c=50.0)
    assert found.served == ("floor",)
    assert found.too_hot == ("hot water",)
    assert found.served_kw.tolist() == [10.0, 20.0]
    assert found.boiler_only_kw.tolist() == [30.0, 0.0]
    assert found.loop_temp_c == 40.0
    assert found.return_temp_c == pytest.approx([30.0, 30.0])


def test_returns_mix_by_their_flows() -> None:
    """Loop at 60: 41.86 kW from 60 to 50 is 1 kg/s, 83.72 kW from 60 to 40 is 1 kg/s: the mean is 45."""
    found = loop_loads(
        [level("radiators", [41.86, 0.0], 60.0, 50.0), level("floor", [83.72, 83.72], 45.0, 40.0)], max_water_out_temp_c=82.2
    )
    assert found.flow_kg_s == pytest.approx([2.0, 1.0])
    assert found.return_temp_c == pytest.approx([45.0, 40.0])


def test_uses_mix_in_but_count_to_no_load() -> None:
    use = HeatUse("chiller", np.array([CP * 5.0, 0.0]), np.array([1.0, 0.0]), 80.0, 75.0)
    by_exhaust = HeatUse("dryer", np.array([9.0, 9.0]), np.array([1.0, 1.0]), np.nan, np.nan)
    found = loop_loads([level("floor", [CP * 40.0, 0.0], 45.0, 40.0)], [use, by_exhaust], max_water_out_temp_c=82.2)
    assert found.loop_temp_c == 80.0
    assert found.served_kw == pytest.approx([CP * 40.0, 0.0])
    assert found.return_temp_c[0] == pytest.approx((40.0 + 75.0) / 2.0)
    assert found.return_temp_c[1] == pytest.approx((40.0 + 75.0) / 2.0), "nothing flows: the mean over the year"
    assert found.served == ("floor", "chiller")


def test_nothing_to_serve() -> None:
    found = loop_loads([], max_water_out_temp_c=82.2, steps=3)
    assert found.served_kw.tolist() == [0.0, 0.0, 0.0]
    assert np.isnan(found.loop_temp_c)
    assert np.isnan(found.return_temp_c).all()


def test_bad_loads() -> None:
    with pytest.raises(InputError, match="must be of one length"):
        loop_loads([level("a", [1.0], 60.0, 50.0), level("b", [1.0, 2.0], 60.0, 50.0)], max_water_out_temp_c=80.0)
    with pytest.raises(InputError, match="no number of steps"):
        loop_loads([], max_water_out_temp_c=80.0)
    with pytest.raises(InputError) as error:
        level("pool", [-1.0], 30.0, 40.0)
    assert [fault.path for fault in error.value.faults] == ["pool.heat_kw", "pool.return_temp_c"]
