"""The battery's rules, each on a year small enough to follow, and the balance of its energy."""

from __future__ import annotations

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.core.provenance import Source
from brayton.core.timeaxis import TimeAxis
from brayton.dispatch.battery import AbsorbExport, ShavePeaks, ShiftHours, run_battery
from brayton.dispatch.rules import PeakShaving, TimeOfUse
from brayton.package.battery import Battery

SOURCE = Source("test", "2026", "estimate", "made up")
YEAR = TimeAxis(2018)
BATTERY = Battery(100.0, 25.0, 40.0, 0.9, 0.8, SOURCE)


def load(*first: float) -> np.ndarray:
    net = np.zeros(YEAR.steps)
    net[: len(first)] = first
    return net


def test_peak_shaving_by_hand() -> None:
    """Below 50 kW it charges with what is left to 50, at most 25; above it gives the excess, at most 40 and what it holds."""
    result = run_battery(BATTERY, ShavePeaks(PeakShaving(50.0)), load(40.0, 20.0, 80.0, 50.0), YEAR)
    assert result.charge_kw[:4] == pytest.approx([10.0, 25.0, 0.0, 0.0])
    assert result.level_kwh[:2] == pytest.approx([9.0, 31.5])
    assert result.discharge_kw[2] == pytest.approx(31.5 * 0.8)
    assert result.net_load_kw[:4] == pytest.approx([50.0, 45.0, 80.0 - 25.2, 50.0])


def test_shaving_sets_no_new_peak_and_needs_no_energy_from_nowhere() -> None:
    net = 50.0 + 40.0 * np.sin(np.arange(YEAR.steps) / 24.0 * 2.0 * np.pi)
    result = run_battery(BATTERY, ShavePeaks(PeakShaving(70.0)), net, YEAR)
    assert result.net_load_kw.max() <= net.max()
    assert result.net_load_kw[24:].max() < net.max() - 5.0
    assert (result.net_load_kw[net <= 70.0] <= 70.0 + 1e-9).all()


def test_hours_are_shifted_and_serving_comes_first() -> None:
    rule = ShiftHours(TimeOfUse(0, 6), TimeOfUse(5, 8), charge_import_kw=30.0)
    result = run_battery(BATTERY, rule, np.full(YEAR.steps, 10.0), YEAR)
    assert result.charge_kw[:8] == pytest.approx([20.0, 20.0, 20.0, 20.0, 20.0, 0.0, 0.0, 0.0])
    assert result.discharge_kw[:9] == pytest.approx([0, 0, 0, 0, 0, 10.0, 10.0, 10.0, 0])


def test_export_is_absorbed_and_given_back() -> None:
    result = run_battery(BATTERY, AbsorbExport(), load(-30.0, -5.0, 8.0, 50.0), YEAR, export_limit_kw=100.0)
    assert result.net_load_kw[:3] == pytest.approx([-5.0, 0.0, 0.0])
    assert result.level_kwh[2] == pytest.approx(27.0 - 10.0)
    assert result.discharge_kw[3] == pytest.approx(17.0 * 0.8)


def test_no_export_and_the_relay_s_margin() -> None:
    rule = ShiftHours(TimeOfUse(0, 6), TimeOfUse(6, 24))
    result = run_battery(BATTERY, rule, np.full(YEAR.steps, 10.0), YEAR, import_margin_kw=4.0)
    assert result.net_load_kw.min() == pytest.approx(4.0)


def test_designs_side_by_side_are_each_their_own() -> None:
    rng = np.random.default_rng(7)
    nets = rng.uniform(-50.0, 150.0, (3, YEAR.steps))
    rule = ShavePeaks(PeakShaving(60.0))
    together = run_battery(BATTERY, rule, nets, YEAR)
    for row in range(3):
        alone = run_battery(BATTERY, rule, nets[row], YEAR)
        assert np.array_equal(alone.net_load_kw, together.net_load_kw[row])


def test_a_plain_loop_says_the_same() -> None:
    """Reference: one design, one float at a time, from the equation in the docstring."""
    axis = TimeAxis(2018, 15)
    battery = Battery(60.0, 30.0, 30.0, 0.95, 0.93, SOURCE, standing_loss_per_hour=0.002, initial_kwh=20.0)
    net = np.random.default_rng(3).uniform(-40.0, 90.0, axis.steps)
    result = run_battery(battery, AbsorbExport(), net, axis)
    level, h = 20.0, 0.25
    for i in range(axis.steps):
        level *= 0.998**h
        charge = min(max(-net[i], 0.0), 30.0, (60.0 - level) / 0.95 / h)
        discharge = min(max(net[i], 0.0), 30.0, level * 0.93 / h)
        level = min(max(level + 0.95 * charge * h - discharge / 0.93 * h, 0.0), 60.0)
        assert (result.charge_kw[i], result.discharge_kw[i], result.level_kwh[i]) == pytest.approx((charge, discharge, level))


def test_bad_series() -> None:
    with pytest.raises(InputError, match="must have one value for each of the 8760 steps"):
        run_battery(BATTERY, AbsorbExport(), np.zeros(24), YEAR)
    with pytest.raises(InputError, match="must be finite"):
        run_battery(BATTERY, AbsorbExport(), load(np.nan), YEAR)
