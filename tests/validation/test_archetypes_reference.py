"""Archetypes against the DOE reference buildings, the city that was left out of each fit first."""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from brayton.core.timeaxis import TimeAxis
from brayton.core.units import M2_PER_FT2
from brayton.site.archetypes import archetype_load
from brayton.site.archetypes.record import archetype
from brayton.site.archetypes.shape import intensity_w_m2
from brayton.site.weather import read_epw

COLUMNS = (
    "archetype",
    "load",
    "city",
    "left out",
    "reference kW",
    "annual %",
    "months rms %",
    "peak %",
    "99th percentile %",
    "hourly CVRMSE %",
    "base/peak reference",
    "base/peak made",
)
NOTE = (
    "Mean of the reference profile, and deviations of the archetype driven by the TMY3 EPW of the same city. Heat is boiler fuel "
    "(HHV) times 0.78. The reference profiles were simulated on other years (TMY2): their days do not correlate with the EPW's, "
    "except at Las Vegas, so the hourly error holds the difference of two weathers. Cities without months have only annual sums."
)


@pytest.fixture(scope="module")
def calibration() -> ModuleType:
    """The script that fitted the archetypes, for its readers of the reference profiles."""
    spec = importlib.util.spec_from_file_location("fit_archetypes", Path(__file__).with_name("fit_archetypes.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["fit_archetypes"] = module
    spec.loader.exec_module(module)
    return module


def percent(made: float, given: float) -> float:
    return 100.0 * (made / given - 1.0) if given else np.nan


def score(made: NDArray[np.float64], given: NDArray[np.float64], axis: TimeAxis) -> dict[str, float]:
    figures = {"annual": percent(made.mean(), given.mean())}
    if len(given) == len(made):
        months, wanted = np.bincount(axis.month, made), np.bincount(axis.month, given)
        figures["months"] = 100.0 * float(np.sqrt(np.mean((months - wanted) ** 2)) / wanted.mean())
        figures["peak"] = percent(made.max(), given.max())
        figures["high"] = percent(float(np.percentile(made, 99.0)), float(np.percentile(given, 99.0)))
        figures["hourly"] = 100.0 * float(np.sqrt(np.mean((made - given) ** 2)) / given.mean())
        figures["base"] = given.min() / given.max()
        figures["base_made"] = made.min() / made.max()
    return figures


# Tolerances for the city left out [%]: annual, months (rms), peak. Two weathers apart, heating degree-days alone differ by
# about 5 %; cooling of a supermarket or of an office by the sea is a few percent of its electricity.
LEFT_OUT_TOLERANCE: dict[str, dict[str, tuple[float, float, float]]] = {
    "supermarket": {"electric": (5, 8, 8), "space_heat": (8, 15, 15), "hot_water": (5, 5, 25), "cooling": (20, 40, 20)},
    "large_hotel": {"electric": (5, 8, 8), "space_heat": (8, 15, 15), "hot_water": (5, 5, 20), "cooling": (10, 25, 15)},
    "small_hotel": {"electric": (5, 8, 8), "space_heat": (8, 15, 15), "hot_water": (5, 5, 20), "cooling": (10, 25, 15)},
    "hospital": {"electric": (5, 8, 8), "space_heat": (8, 15, 15), "hot_water": (5, 5, 20), "cooling": (15, 20, 40)},
    "office": {"electric": (8, 8, 8), "space_heat": (10, 35, 65), "hot_water": (5, 5, 20), "cooling": (60, 65, 20)},
}


def test_archetypes_against_shared_reference_buildings(shared: Path, calibration: ModuleType, table: Callable[..., None]) -> None:
    axis = calibration.AXIS
    rows: list[list[object]] = []
    left_out: dict[tuple[str, str], dict[str, float]] = {}
    for name, building in calibration.BUILDINGS.items():
        area_m2 = calibration.FLOOR_AREA_FT2[building.reference] * M2_PER_FT2
        cities = sorted(calibration.STATIONS, key=lambda city, first=building.left_out: city != first)
        for index, kind in enumerate(calibration.COLUMNS):
            for city in cities:
                given = calibration.reference_kw(city, building.reference)[:, index]
                made = intensity_w_m2(archetype(name), kind, calibration.city_conditions(city)) * area_m2 / 1e3
                figures = score(made, given, axis)
                if city == building.left_out:
                    left_out[name, kind] = figures
                cells: list[Any] = [
                    f"{figures[key]:+.1f}" if key in figures else "" for key in ("annual", "months", "peak", "high")
                ]
                cells += [
                    f"{figures[key]:.{digits}f}" if key in figures else ""
                    for key, digits in (("hourly", 0), ("base", 2), ("base_made", 2))
                ]
                rows.append([name, kind, city, "yes" if city == building.left_out else "", f"{given.mean():.1f}", *cells])
    table("archetypes_reference", "Archetypes against the DOE reference buildings", COLUMNS, rows, NOTE)
    for (name, kind), figures in left_out.items():
        annual, months, peak = LEFT_OUT_TOLERANCE[name][kind]
        assert np.isfinite(list(figures.values())).all()
        assert abs(figures["annual"]) < annual, (name, kind, figures)
        assert figures["months"] < months, (name, kind, figures)
        assert abs(figures["peak"]) < peak, (name, kind, figures)


def test_a_year_of_an_archetype_takes_milliseconds_shared(shared: Path) -> None:
    weather = read_epw(next((shared / "inputs" / "weather").glob("*Baltimore*")))
    archetype_load("hospital", "electric", weather, TimeAxis(2017), floor_area_m2=1.0)
    begin = time.perf_counter()
    archetype_load("hospital", "electric", weather, TimeAxis(2017), floor_area_m2=1.0)
    assert time.perf_counter() - begin < 0.05
