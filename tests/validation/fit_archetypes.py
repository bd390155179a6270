"""Calibration of the archetypes on the DOE commercial reference buildings; a script for people, not a test.

    python tests/validation/fit_archetypes.py [NAME ...]

needs the shared inputs beside the checkout and writes ``src/brayton/site/archetypes/NAME.toml``. Each end use is fitted by
least squares to the means of months, to the means of clock hours by season (and day type), to high percentiles and to the
annual mean, in all cities of the archetype but the one left out. The reference profiles were simulated on other years of
weather (TMY2) than the EPWs at hand (TMY3), as the lack of any correlation of their days within a month shows, Las Vegas
excepted; so single hours cannot be fitted, and are not.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from brayton.core.errors import Faults
from brayton.core.timeaxis import TimeAxis
from brayton.core.units import KWH_PER_MMBTU, M2_PER_FT2
from brayton.site.archetypes.record import Cooling, Electric, HotWater, SpaceHeat
from brayton.site.archetypes.shape import (
    Conditions,
    activity_of,
    conditions,
    cooling_w_m2,
    electric_w_m2,
    hot_water_w_m2,
    space_heat_w_m2,
)
from brayton.site.csvtable import numbers, read_csv_table
from brayton.site.weather import read_epw

Array = NDArray[np.float64]

ROOT = Path(__file__).resolve().parents[2]
INPUTS = ROOT.parent / "shared" / "inputs"
LIBRARY = ROOT / "src" / "brayton" / "site" / "archetypes"

AXIS = TimeAxis(2017)
"""The calendar of the reference profiles, with US daylight saving."""
BOILER_EFF_HHV = 0.78
"""Heat by fuel of the reference buildings' boilers, burners and water heaters, taken as one figure (DOE models: 0.78 to 0.80)."""
COLUMNS = ("electric", "cooling", "space_heat", "hot_water")

FLOOR_AREA_FT2 = {"Supermarket": 45_000, "LargeHotel": 122_100, "SmallHotel": 43_200, "Hospital": 241_400, "LargeOffice": 498_600}
STATIONS = {
    "Baltimore": "Baltimore",
    "Chicago": "Chicago",
    "Minneapolis": "Minneapolis",
    "Phoenix": "Phoenix",
    "Albuquerque": "Albuquerque",
    "Houston": "Houston",
    "SanFrancisco": "San.Francisco",
    "LasVegas": "Las.Vegas",
    "Miami": "Miami",
}


@dataclass(frozen=True)
class Building:
    """An archetype: the reference building behind it, the city left out, and the length of its patterns."""

    reference: str
    summary: str
    left_out: str
    electric_hours: int
    hot_water_hours: int
    free: Mapping[str, tuple[str, ...]]


THERMAL = ("below_c", "slope_w_m2_k", "base_w_m2", "active_w_m2")
PLANT_HOURS = ("setback_share", "start_up_share", "start_up_h")
CHILLER = (
    "base_w_m2",
    "active_w_m2",
    "warm_above_c",
    "warm_slope_w_m2_k",
    "humid_above_g_kg",
    "humid_slope_w_m2_per_g_kg",
)
MASS = "day_mean_share"
WARM = ("warm_above_c", "warm_slope_w_m2_k")
COLD = ("cold_below_c", "cold_slope_w_m2_k")

BUILDINGS = {
    "supermarket": Building(
        "Supermarket",
        "grocery with refrigerated cases, packaged roof units, open about 6 to 22 h",
        "Chicago",
        24,
        6,
        {"electric": WARM, "cooling": CHILLER, "space_heat": THERMAL + PLANT_HOURS},
    ),
    "large_hotel": Building(
        "LargeHotel",
        "hotel of about 300 rooms with kitchens and laundry, chillers and boilers",
        "Chicago",
        24,
        12,
        {"electric": (), "cooling": CHILLER, "space_heat": THERMAL},
    ),
    "small_hotel": Building(
        "SmallHotel",
        "hotel of about 75 rooms, room units with electric heat, gas for common rooms",
        "Baltimore",
        24,
        12,
        {"electric": COLD, "cooling": CHILLER, "space_heat": THERMAL},
    ),
    "hospital": Building(
        "Hospital",
        "acute-care hospital with constant-volume wards, reheat in summer too",
        "Baltimore",
        24,
        6,
        {"electric": COLD, "cooling": (*CHILLER, MASS), "space_heat": (*THERMAL, *PLANT_HOURS, MASS)},
    ),
    "office": Building(
        "LargeOffice",
        "large office tower, chillers and boilers, occupied on working days",
        "SanFrancisco",
        24,
        6,
        {"electric": (), "cooling": (*CHILLER, MASS), "space_heat": THERMAL + PLANT_HOURS},
    ),
}
PLANT_RUN_H = {"supermarket": (5.0, 22.0), "office": (6.0, 22.0)}
HEAT_RUN_H = {"supermarket": (6.0, 22.0), "office": (6.0, 22.0), "hospital": (5.0, 24.0)}

START = {
    "warm_above_c": (15.0, -10.0, 25.0),
    "warm_slope_w_m2_k": (0.3, 0.0, 20.0),
    "cold_below_c": (10.0, -15.0, 25.0),
    "cold_slope_w_m2_k": (0.2, 0.0, 5.0),
    "base_w_m2": (0.0, -30.0, 60.0),
    "active_w_m2": (0.0, -60.0, 60.0),
    "humid_above_g_kg": (8.0, 2.0, 12.0),
    "humid_slope_w_m2_per_g_kg": (0.2, 0.0, 20.0),
    "below_c": (18.0, 5.0, 45.0),
    "slope_w_m2_k": (1.5, 0.01, 20.0),
    "setback_share": (0.4, 0.0, 2.0),
    "start_up_share": (0.5, 0.0, 5.0),
    "start_up_h": (2.0, 0.3, 6.0),
    "day_mean_share": (0.3, 0.0, 1.0),
    "saturday": (0.9, 0.0, 1.5),
    "sunday": (0.8, 0.0, 1.5),
    "use_temp_c": (55.0, 35.0, 85.0),
}
"""First guess, lower and upper bound of each parameter."""

SEASON = np.array([0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 0])
PERCENTILES = (50.0, 90.0, 97.0, 99.0, 99.7, 99.95)


@lru_cache
def reference_kw(city: str, reference: str) -> Array:
    """Reference profile [kW], columns as `COLUMNS` with heat delivered; the annual means, shape (1, 4), if no more is known."""
    annual = annual_kwh()[city, reference]
    heat = np.array([1.0, 1.0, BOILER_EFF_HHV, BOILER_EFF_HHV])
    normalised = INPUTS / "loads" / "reference" / f"{city}_{reference}.csv.gz"
    hourly = INPUTS / "loads" / f"doe_crb_{reference}_{city}.csv.gz"
    if hourly.exists():
        names = ("electric_total_kw", "electric_cooling_kw", "space_heating_gas_kw_hhv", "dhw_gas_kw_hhv")
        return columns(hourly, names) * heat
    if normalised.exists():
        names = ("electric", "cooling_electric", "space_heating_fuel", "dhw_fuel")
        return columns(normalised, names) * annual * heat
    return np.array([annual]) / AXIS.steps * heat


def columns(path: Path, names: Sequence[str]) -> Array:
    """Columns of a CSV, shape (hours, columns)."""
    table = read_csv_table(path)
    with Faults(file=table.file) as faults:
        return np.column_stack([numbers(table, name, faults) for name in names])


@lru_cache
def annual_kwh() -> dict[tuple[str, str], Array]:
    lines = (INPUTS / "loads" / "reference" / "annual_energies_all.csv").read_text().splitlines()
    figures: dict[tuple[str, str], Array] = {}
    for row in csv.DictReader(line for line in lines if not line.startswith("#")):
        fuel = [float(row[name]) * KWH_PER_MMBTU for name in ("space_heating_fuel_mmbtu", "dhw_fuel_mmbtu")]
        figures[row["city"], row["building"]] = np.array([float(row["electric_kwh"]), float(row["cooling_electric_kwh"]), *fuel])
    return figures


@lru_cache
def city_conditions(city: str) -> Conditions:
    file = next((INPUTS / "weather").glob(f"*{STATIONS[city]}*.epw.gz"))
    return conditions(read_epw(file), AXIS, "us")


def features(values: Array, at: Conditions, by_day_type: bool) -> Array:
    """What a fit compares, each block weighted by the root of its length: annual mean, months, hours by season, percentiles."""
    season = SEASON[AXIS.month]
    day_type = np.clip(at.weekday - 4, 0, 2) if by_day_type else np.zeros_like(at.weekday)
    group = (season * 3 + day_type) * 24 + at.hour
    counts = np.bincount(group, minlength=288)
    hours = (np.bincount(group, values, 288) / np.maximum(counts, 1))[counts > 0]
    months = np.bincount(AXIS.month, values, 12) / np.bincount(AXIS.month)
    high = np.percentile(values, PERCENTILES)
    blocks = (3.0 * values.mean(keepdims=True), 2.0 * months, 1.5 * hours, 0.7 * high)
    return np.concatenate([block / np.sqrt(len(block)) for block in blocks])


@dataclass(frozen=True)
class EndUse:
    """One end use as a fit sees it: how to compute it from free parameters, and the measured intensities by city [W/m2]."""

    build: Callable[[Mapping[str, Any], Conditions], Array]
    target_w_m2: Mapping[str, Array]
    by_day_type: bool


def fit(end_use: EndUse, start: Mapping[str, tuple[float, float, float]], pattern: Array | None) -> dict[str, Any]:
    """Least squares over all cities; residuals by the root of the city's mean, so that small loads count but do not rule."""
    names = list(start)
    first = np.array([start[name][0] for name in names] + ([] if pattern is None else list(pattern)))
    low = np.array([start[name][1] for name in names] + ([] if pattern is None else [0.0] * len(pattern)))
    high = np.array([start[name][2] for name in names] + ([] if pattern is None else [np.inf] * len(pattern)))
    overall = float(np.mean([target.mean() for target in end_use.target_w_m2.values()]))
    wanted = {
        city: features(target, city_conditions(city), end_use.by_day_type) if len(target) == AXIS.steps else 3.0 * target
        for city, target in end_use.target_w_m2.items()
    }

    def parameters(vector: Array) -> dict[str, Any]:
        values: dict[str, Any] = dict(zip(names, vector.tolist(), strict=False))
        return values if pattern is None else values | {"workday_w_m2": tuple(vector[len(names) :].tolist())}

    def residuals(vector: Array) -> Array:
        parts: list[Array] = []
        for city, target in end_use.target_w_m2.items():
            at = city_conditions(city)
            made = end_use.build(parameters(vector), at)
            got = features(made, at, end_use.by_day_type) if len(target) == AXIS.steps else 3.0 * made.mean(keepdims=True)
            parts.append((got - wanted[city]) / np.sqrt(max(float(target.mean()), 0.02 * overall) * overall))
        return np.concatenate(parts)

    found = least_squares(residuals, first, bounds=(low, high), x_scale=np.maximum(np.abs(first), 0.1), max_nfev=60)
    return parameters(found.x)


def calibrate(name: str) -> dict[str, dict[str, Any]]:
    """The four tables of an archetype."""
    building = BUILDINGS[name]
    area_m2 = FLOOR_AREA_FT2[building.reference] * M2_PER_FT2
    cities = [city for city in STATIONS if city != building.left_out]
    intensity = {city: reference_kw(city, building.reference) / area_m2 * 1e3 for city in cities}
    hourly = {city: values for city, values in intensity.items() if len(values) == AXIS.steps}
    weekend = {key: START[key] for key in ("saturday", "sunday")}

    def course(values: Mapping[str, Array], hours: int) -> Array:
        mean = np.mean([np.bincount(AXIS.hour, value, 24) / AXIS.days for value in values.values()], axis=0)
        return mean.reshape(hours, -1).mean(axis=1)

    base = {city: values[:, 0] - values[:, 1] for city, values in intensity.items()}
    hourly_base = {city: base[city] for city in hourly}

    def make_electric(values: Mapping[str, Any], at: Conditions) -> Array:
        record = Electric.model_construct(**values)
        return electric_w_m2(record, activity_of(record, at), at)

    start = weekend | {key: START[key] for key in building.free["electric"]}
    electric = fit(EndUse(make_electric, base, by_day_type=True), start, course(hourly_base, building.electric_hours))
    schedule = Electric.model_construct(**electric)
    plant = dict(zip(("run_from_h", "run_until_h"), PLANT_RUN_H.get(name, ()), strict=False))
    heating = dict(zip(("run_from_h", "run_until_h"), HEAT_RUN_H.get(name, ()), strict=False))

    def make_cooling(values: Mapping[str, Any], at: Conditions) -> Array:
        return cooling_w_m2(Cooling.model_construct(**values, **plant), activity_of(schedule, at), at)

    def make_heat(values: Mapping[str, Any], at: Conditions) -> Array:
        return space_heat_w_m2(SpaceHeat.model_construct(**values, **heating), activity_of(schedule, at), at)

    def make_hot_water(values: Mapping[str, Any], at: Conditions) -> Array:
        return hot_water_w_m2(HotWater.model_construct(**values), at)

    column = {use: {city: values[:, index] for city, values in intensity.items()} for index, use in enumerate(COLUMNS)}
    cooling = fit(
        EndUse(make_cooling, column["cooling"], by_day_type=False), {key: START[key] for key in building.free["cooling"]}, None
    )
    heat = fit(
        EndUse(make_heat, column["space_heat"], by_day_type=False), {key: START[key] for key in building.free["space_heat"]}, None
    )
    hot_water = fit(
        EndUse(make_hot_water, column["hot_water"], by_day_type=True),
        weekend | {"use_temp_c": START["use_temp_c"]},
        course({city: column["hot_water"][city] for city in hourly}, building.hot_water_hours),
    )
    return {"electric": electric, "cooling": plant | cooling, "space_heat": heating | heat, "hot_water": hot_water}


def write_record(name: str, tables: Mapping[str, Mapping[str, Any]]) -> int:
    """Write the TOML file; the number of parameters."""
    building = BUILDINGS[name]
    fitted = [city for city in STATIONS if city != building.left_out]
    lines = [
        "# Fitted by tests/validation/fit_archetypes.py; do not edit by hand.",
        f'name = "{name}"',
        f'summary = "{building.summary}"',
    ]
    count = 0
    for table, values in tables.items():
        lines += ["", f"[{table}]"]
        for key, value in values.items():
            numbers = value if isinstance(value, tuple) else (value,)
            count += len(numbers)
            text = [str(float(f"{number:.4g}")) if abs(number) > 1e-4 else "0.0" for number in numbers]
            lines.append(f"{key} = [{', '.join(text)}]" if isinstance(value, tuple) else f"{key} = {text[0]}")
    note = (
        f"our own shape, {count} parameters, fitted to the annual and monthly sums and mean hours of the reference profiles of "
        f"{', '.join(fitted)} and validated on {building.left_out}, which was left out; heat is boiler fuel (HHV) times "
        f"{BOILER_EFF_HHV}; holidays are not kept"
    )
    lines += [
        "",
        "[source]",
        f'title = "DOE Commercial Reference Buildings, {building.reference} (EnergyPlus), hourly loads of NREL REopt.jl v0.56.4"',
        'date = "2011"',
        'basis = "derived"',
        f'note = "{note}"',
        'url = "https://www.energy.gov/eere/buildings/commercial-reference-buildings"',
    ]
    (LIBRARY / f"{name}.toml").write_text("\n".join(lines) + "\n")
    return count


if __name__ == "__main__":
    for chosen in sys.argv[1:] or BUILDINGS:
        print(chosen, write_record(chosen, calibrate(chosen)), "parameters")
