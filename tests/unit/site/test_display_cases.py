"""Display cases: the rated point, the effect of humidity against published figures, the racks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.site.display_cases import (
    REFERENCE_FLOOR_M2,
    CaseGroup,
    anti_sweat_w,
    case_electric_kw,
    case_sensible_kw,
    case_share,
    case_water_kg_s,
    reference_cases,
)

CASES = reference_cases(REFERENCE_FLOOR_M2)
NOON, NIGHT = np.array([12]), np.array([2])
DAIRY = CASES[0]


def test_the_reference_store_has_its_published_cases() -> None:
    assert sum(group.length_m for group in CASES) == pytest.approx(388.93, abs=0.01)
    load_kw = sum(group.length_m * group.load_w_per_m * group.run_share for group in CASES) / 1e3
    assert load_kw == pytest.approx(227.4, abs=0.01)  # summed over the eleven objects of the EnergyPlus model
    doubled = reference_cases(2.0 * REFERENCE_FLOOR_M2)
    assert [group.length_m for group in doubled] == pytest.approx([2.0 * group.length_m for group in CASES])


def test_at_the_rated_humidity_the_latent_load_is_the_rated_one() -> None:
    rated_kw = 82.25 * 1.44225 * 0.85 * 0.3
    assert case_water_kg_s([DAIRY], 0.55, NOON) * 2501.0 == pytest.approx(0.6 * rated_kw)
    assert case_water_kg_s([DAIRY], 0.55, NIGHT) == pytest.approx(case_water_kg_s([DAIRY], 0.55, NOON) / 3.0)


def test_open_cases_save_about_what_is_published_for_drier_air() -> None:
    """An open upright case: total load about 4 % lower per 5 % of relative humidity.

    Howell, ASHRAE Transactions 99 (1993), has 29 % between 35 and 55 % for open upright cases, 1.5 % a point, defrost and heaters
    included; the bare coil load is about half of it (from memory, not opened).
    """
    total = 1442.25 * 0.85
    change = 0.05 * DAIRY.humidity_slope * 0.3 * total
    assert 0.035 <= change / total <= 0.05


def test_dry_air_brings_no_water() -> None:
    assert case_water_kg_s(CASES, 0.0, NOON) == 0.0
    humid = case_water_kg_s(CASES, np.linspace(0.0, 0.9, 30), np.full(30, 12))
    assert (np.diff(humid) >= 0.0).all()


def test_racks_take_more_for_humid_and_for_hot_air() -> None:
    humid = case_electric_kw(CASES, np.array([0.35, 0.45, 0.55]), np.full(3, 12), 25.0, 24.0)
    assert (np.diff(humid) > 0.0).all()
    hot = case_electric_kw(CASES, 0.45, np.full(3, 12), np.array([10.0, 20.0, 35.0]), 24.0)
    assert (np.diff(hot) > 0.0).all()
    assert case_electric_kw(CASES, 0.45, NOON, -20.0, 24.0) == case_electric_kw(CASES, 0.45, NOON, 10.0, 24.0)
    # one case by hand, at its rated 23.9 degC and 55 %: inside 101 W/m, of the rest 0.6 by day
    curve = 1.7603 - 0.0377 * 25.0 + 0.0004 * 625.0
    taken = 1442.25 * 0.85 - 101.0
    by_hand = 82.25 * (101.0 + 0.6 * taken) / 1e3 / (2.5 * curve)
    assert case_electric_kw([DAIRY], 0.55, NOON, 25.0, 23.9) == pytest.approx(by_hand)


def test_anti_sweat_heaters() -> None:
    """Glass doors against EnergyPlus's reference supermarket: store temperature, humidity and heat in hours of its year."""
    meat, doors = CASES[1], CASES[2]
    assert anti_sweat_w(meat, [0.30, 0.45, 0.55, 0.80], 24.0) == pytest.approx(33.58 * 65.6 * np.array([0.0, 0.5, 1.0, 1.0]))
    for temp_c, humid, heat_w_per_m in ((21.0, 0.505, 187.3), (17.7, 0.365, 97.4), (21.0, 0.248, 44.5), (22.5, 0.684, 233.0)):
        assert anti_sweat_w(doors, humid, temp_c) / 81.69 == pytest.approx(heat_w_per_m, rel=0.03)
    assert anti_sweat_w(doors, 0.55, 23.9) == pytest.approx(81.69 * 233.0)
    assert anti_sweat_w(doors, 0.0, 24.0) == 0.0


def test_cold_that_spills_out_is_what_the_coil_takes_less_what_is_made_inside() -> None:
    by_hand = 82.25 * (1442.25 * 0.85 * 0.7 - 101.0) / 1e3
    assert case_sensible_kw([DAIRY], NOON, 23.9) == pytest.approx(0.6 * by_hand)
    assert case_sensible_kw([DAIRY], NOON, 2.2) == 0.0
    assert case_share(DAIRY, np.array([6, 7, 20, 21])) == pytest.approx([0.2, 0.6, 0.6, 0.2])
    assert case_sensible_kw([replace(DAIRY, own_w_per_m=5000.0)], NOON, 24.0) == 0.0


def test_bad_figures_are_told_together() -> None:
    with pytest.raises(InputError) as caught:
        CaseGroup("cases", -1.0, 1.0, 2.0, 0.5, 50.0, "open", 2.0, anti_sweat_w_per_m=-1.0, anti_sweat_control=cast("Any", "on"))
    told = [fault.path for fault in caught.value.faults]
    assert told == [
        "cases.length_m",
        "cases.latent_share",
        "cases.anti_sweat_w_per_m",
        "cases.case_temp_c",
        "cases.shelf",
        "cases.anti_sweat_control",
    ]
