"""Rules: what they refuse, when windows open, and the words that files use."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.core.timeaxis import TimeAxis
from brayton.dispatch.rules import (
    RULES,
    BaseLoad,
    FollowElectric,
    FollowHeat,
    PeakShaving,
    TimeOfUse,
    rule_from_table,
    word_of,
)


@pytest.mark.parametrize(
    ("table", "rule"),
    [
        ({"method": "base_load"}, BaseLoad()),
        ({"method": "base_load", "power_fraction": 0.5}, BaseLoad(0.5)),
        ({"method": "follow_electric"}, FollowElectric()),
        ({"method": "follow_heat"}, FollowHeat()),
        ({"method": "peak_shaving", "threshold_kw": 100}, PeakShaving(100)),
        ({"method": "peak_shaving", "threshold_kw": [float(i) for i in range(12)]}, PeakShaving(tuple(range(12)))),
        ({"method": "time_of_use", "start_hour": 12, "end_hour": 20, "months": [6, 7]}, TimeOfUse(12, 20, months=(6, 7))),
    ],
)
def test_words_become_rules_and_back(table: dict[str, Any], rule: Any) -> None:
    assert rule_from_table(table) == rule
    assert word_of(rule) == table["method"]
    assert set(RULES) >= {table["method"]}


@pytest.mark.parametrize(
    ("table", "paths", "message"),
    [
        ({"method": "folow_heat"}, ["dispatch.method"], "Nearest: follow_heat"),
        ({}, ["dispatch.method"], "is not a known dispatch rule"),
        ({"method": ["base_load"]}, ["dispatch.method"], "is not a known dispatch rule"),
        ({"method": "peak_shaving", "treshold_kw": 5}, ["dispatch.treshold_kw", "dispatch.threshold_kw"], "Known: threshold_kw"),
        ({"method": "follow_heat", "power_fraction": 1}, ["dispatch.power_fraction"], "this rule has no keys"),
        ({"method": "base_load", "power_fraction": "half"}, ["dispatch.power_fraction"], "must lie in 0..1"),
        ({"method": "base_load", "power_fraction": 1.5}, ["dispatch.power_fraction"], "1.5"),
        ({"method": "peak_shaving", "threshold_kw": -1.0}, ["dispatch.threshold_kw"], "zero or more"),
        ({"method": "peak_shaving", "threshold_kw": [1.0, 2.0]}, ["dispatch.threshold_kw"], "one number or twelve"),
        ({"method": "peak_shaving", "threshold_kw": "low"}, ["dispatch.threshold_kw"], "zero or more"),
        (
            {"method": "time_of_use", "start_hour": 24, "end_hour": 12.5, "weekdays": ["monday"], "months": []},
            ["dispatch.start_hour", "dispatch.end_hour", "dispatch.weekdays", "dispatch.months"],
            "whole number in 0..23",
        ),
        ({"method": "time_of_use", "start_hour": 8, "end_hour": 8}, ["dispatch.end_hour"], "window is empty"),
    ],
)
def test_faults_of_a_table(table: dict[str, Any], paths: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message) as error:
        rule_from_table(table, file="site.toml")
    assert [fault.path for fault in error.value.faults] == paths
    assert {fault.file for fault in error.value.faults} == {"site.toml"}


def test_windows_open_by_hour_weekday_and_month() -> None:
    axis = TimeAxis(2018, 30)
    window = TimeOfUse(12, 20, weekdays=("mon", "tue"), months=(7,)).is_open(axis)
    assert window.sum() == 10 * 8 * 2  # ten Mondays and Tuesdays in July 2018, eight hours, two steps an hour
    assert set(np.unique(axis.hour[window])) == set(range(12, 20))
    assert set(np.unique(axis.weekday[window])) == {0, 1}


def test_a_window_over_midnight() -> None:
    axis = TimeAxis(2018)
    assert set(np.unique(axis.hour[TimeOfUse(22, 6).is_open(axis)])) == {22, 23, 0, 1, 2, 3, 4, 5}
    assert TimeOfUse(0, 24).is_open(axis).all()
