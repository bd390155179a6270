"""Laws of heat recovery and of arrays that hold for all streams and powers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brayton.gas.fuels import FUELS
from brayton.gas.properties import h
from brayton.package.array import share_sequential, units_held, units_needed
from brayton.package.heat_recovery import WATER_CP_J_PER_KG_K, Recovery, exhaust_coefficients, recover
from brayton.package.library import load_heat_recovery

EXCHANGER = load_heat_recovery("c65_ichp")
LAWS = settings(deadline=None, derandomize=True, max_examples=200)

streams = st.fixed_dictionaries(
    {
        "flow": st.floats(0.02, 1.5),
        "gas_c": st.floats(90.0, 650.0),
        "water_c": st.floats(1.0, 80.0),
        "water_kg_s": st.floats(*EXCHANGER.water_flow_range_kg_s),
        "diverter": st.floats(0.0, 1.0),
        "fuel": st.sampled_from(["natural_gas", "digester_gas", "hydrogen"]),
        "humidity": st.floats(0.0, 0.03),
    }
)


def take(s: dict, **changes) -> tuple[Recovery, np.ndarray]:
    s = {**s, **changes}
    gas = exhaust_coefficients(FUELS[s["fuel"]], s["humidity"], 0.008)
    hrec = replace(EXCHANGER, ua_w_per_k=s.get("ua", EXCHANGER.ua_w_per_k))
    return recover(hrec, gas, s["flow"], s["gas_c"] + 273.15, s["water_c"] + 273.15, s["water_kg_s"], s["diverter"]), gas


@LAWS
@given(streams)
def test_energy_closes_and_limits_hold(s: dict) -> None:
    taken, gas = take(s)
    given_w = s["flow"] * (h(gas, s["gas_c"] + 273.15) - h(gas, float(taken.stack_temp_k)))
    rise_w = s["water_kg_s"] * WATER_CP_J_PER_KG_K * (taken.water_out_temp_k - s["water_c"] - 273.15)
    scale = max(float(taken.heat_w), 1.0)
    assert given_w == pytest.approx(float(taken.heat_w), abs=1e-6 * scale)
    assert float(rise_w) == pytest.approx(float(taken.heat_w), abs=1e-6 * scale)
    assert taken.heat_w >= 0.0
    assert taken.water_out_temp_k <= EXCHANGER.max_water_out_temp_c + 273.15 + 1e-9
    assert EXCHANGER.min_stack_temp_c + 273.15 - 1e-6 <= taken.stack_temp_k <= s["gas_c"] + 273.15 + 1e-6


@LAWS
@given(streams, st.floats(1.0, 1.5))
def test_heat_never_falls_with_more_of_anything_that_drives_it(s: dict, factor: float) -> None:
    least = float(take(s)[0].heat_w) - 1e-6
    assert take(s, gas_c=s["gas_c"] * factor)[0].heat_w >= least
    assert take(s, flow=s["flow"] * factor)[0].heat_w >= least
    assert take(s, water_c=s["water_c"] / factor)[0].heat_w >= least
    assert take(s, ua=EXCHANGER.ua_w_per_k * factor)[0].heat_w >= least
    assert take(s, diverter=min(1.0, s["diverter"] * factor))[0].heat_w >= least


@LAWS
@given(st.integers(1, 40), st.floats(0.0, 1.0), st.floats(1.0, 300.0), st.floats(0.05, 1.0))
def test_the_fewest_units_carry_the_power_between_their_limits(count: int, share: float, high: float, low_share: float) -> None:
    low, total = low_share * high, share * count * high
    units = units_held(units_needed(total, high), low, total)
    assert units * low <= total * (1.0 + 1e-8)
    assert (units + 1.0) * low > total * (1.0 - 1e-8) or units * high >= total * (1.0 - 1e-8)
    carried = min(total, units * high)
    if units:
        full, next_one = share_sequential(carried, units, low, high)
        last = max(units - full - 1.0, 0.0)
        assert full * high + (next_one if full < units else 0.0) + last * low == pytest.approx(carried, rel=1e-8)
        assert low * (1.0 - 1e-12) <= next_one <= high * (1.0 + 1e-12)
