"""The air of a store: where its moisture comes from and goes, hour by hour, and what has to be taken out to hold a dew point.

Water, per step and in steady state, with mass flows of dry air m and humidity ratios W:

    (m_infiltration + m_ventilation) (W_outdoor - W) + people + products = cases(W) + what is taken out

The air of a store changes in two to four hours and its goods hold water too; each step is taken as steady all the same, which
moves the humidity of single hours and hardly that of days. What takes the water out stands elsewhere: a place knows no machine.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Faults
from brayton.core.provenance import Source
from brayton.core.timeaxis import TimeAxis
from brayton.core.units import ZERO_CELSIUS_K
from brayton.gas.air import humidity_ratio, relative_humidity
from brayton.gas.moistair import DRY_AIR_CP_J_PER_KG_K, LATENT_HEAT_J_PER_KG
from brayton.site.display_cases import ANTI_SWEAT_INSIDE, CaseGroup, anti_sweat_w, case_sensible_kw, case_water_kg_s
from brayton.site.weatheryear import Weather

STANDARD_AIR_KG_PER_M3 = 1.204
"""Dry air at 20 degC and 101.325 kPa; volume flows of ventilation and infiltration are of standard air (ASHRAE practice)."""

ASPECT_RATIO = 1.5
"""Length over width of the reference supermarket."""

_ROUNDS = 40

STORE_SOURCES = (
    Source(
        "DOE Commercial Reference Building, Supermarket, new construction 90.1-2004, version 1.3_5.0, EnergyPlus model",
        "2011",
        "primary",
        "infiltration 0.302 L/s per m2 of wall and roof, halved in open hours; one person per 11.6 m2 and their schedule; "
        "lights, plug loads; 24 degC; open 6 to 22 h",
    ),
    Source(
        "ASHRAE Standard 62.1-2019, table 6-1, supermarket: 3.8 L/s per person and 0.3 L/s per m2",
        "2019",
        "secondary",
        "from memory, not opened; the reference building follows the standard of 1999: 1.5 L/s per m2",
    ),
    Source(
        "ASHRAE Handbook Fundamentals 2017, chapter 18, table 1: standing, light work, walking: 75 W sensible, 55 W latent",
        "2017",
        "secondary",
        "from memory, not opened",
    ),
    Source(
        "moisture of products, height, envelope and solar gain",
        "2026",
        "estimate",
        "0.5 g/h per m2 from misted produce, kitchen and mopping; 6.1 m; roof 0.36 and mass wall 0.70 W/m2K of 90.1-2004 for "
        "zone 5 give 0.45 on the whole; windows in a ninth of one wall and a roof in the sun pass about 2 % of the sun on the "
        "floor's area",
    ),
)

_WEEKDAY = (0.0,) * 6 + (0.1, 0.1, 0.2, 0.5, 0.5, 0.7, 0.7, 0.7, 0.7, 0.8, 0.7, 0.5, 0.5, 0.3, 0.3, 0.3, 0.0, 0.0)
_SATURDAY = (0.0,) * 6 + (0.1, 0.1, 0.2, 0.5, 0.6, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.6, 0.2, 0.2, 0.2, 0.1, 0.0, 0.0)
_SUNDAY = (0.0,) * 6 + (0.1, 0.1, 0.1, 0.1, 0.2, 0.2, 0.4, 0.4, 0.4, 0.4, 0.4, 0.2, 0.1, 0.1, 0.1, 0.1, 0.0, 0.0)


@dataclass(frozen=True)
class StoreAir:
    """A store and its air. Defaults: `STORE_SOURCES`.

    infiltration_m3_s_per_m2: of wall and roof while closed; `open_infiltration_share` of it while the fans keep the store at
    pressure. ventilation_*: outdoor air in open hours, per floor and per person of full occupancy. people_share: of full
    occupancy by hour, for workday, Saturday and Sunday. other_water_g_h_per_m2: products. light_, plug_: heat in open hours;
    `closed_gain_share` of it otherwise. solar_share: of the sun on a horizontal plane of the floor's area that becomes heat
    inside. dry_bulb_c, dew_point_c: set-points. Raises InputError with every figure out of its bounds.
    """

    floor_area_m2: float
    dry_bulb_c: float = 24.0
    dew_point_c: float = 12.8
    cases: tuple[CaseGroup, ...] = ()
    height_m: float = 6.1
    infiltration_m3_s_per_m2: float = 0.000302
    open_infiltration_share: float = 0.5
    ventilation_m3_s_per_m2: float = 0.0003
    ventilation_m3_s_per_person: float = 0.0038
    people_per_m2: float = 1.0 / 11.61
    people_share: tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]] = (_WEEKDAY, _SATURDAY, _SUNDAY)
    person_sensible_w: float = 75.0
    person_latent_w: float = 55.0
    other_water_g_h_per_m2: float = 0.5
    light_w_per_m2: float = 17.0
    plug_w_per_m2: float = 8.0
    closed_gain_share: float = 0.1
    envelope_w_per_m2_k: float = 0.45
    solar_share: float = 0.02
    open_from_h: float = 6.0
    open_until_h: float = 22.0
    sources: tuple[Source, ...] = field(default=STORE_SOURCES, repr=False)

    def __post_init__(self) -> None:
        with Faults() as faults:
            for key in ("floor_area_m2", "height_m"):
                if not (math.isfinite(getattr(self, key)) and getattr(self, key) > 0.0):
                    faults.add(f"store.{key}", getattr(self, key), "must be positive", "Give it in metres, square metres.")
            for key in _NOT_NEGATIVE:
                if not (math.isfinite(getattr(self, key)) and getattr(self, key) >= 0.0):
                    faults.add(f"store.{key}", getattr(self, key), "must be finite and not negative", "Give zero for none.")
            for key in ("open_infiltration_share", "closed_gain_share", "solar_share"):
                if not 0.0 <= getattr(self, key) <= 1.0:
                    faults.add(f"store.{key}", getattr(self, key), "must lie in 0..1", "Give a share.")
            if not 10.0 <= self.dry_bulb_c <= 35.0:
                faults.add("store.dry_bulb_c", self.dry_bulb_c, "must lie in 10..35 degC", "Give the store's temperature.")
            if not -20.0 <= self.dew_point_c < self.dry_bulb_c:
                rule = f"must lie above -20 degC and below the store's temperature, {self.dry_bulb_c:g} degC"
                faults.add("store.dew_point_c", self.dew_point_c, rule, "Give the dew point that is to be held.")
            if any(len(day) != 24 or not all(0.0 <= share <= 1.0 for share in day) for day in self.people_share):
                rule = "must be three lists of 24 shares in 0..1"
                faults.add("store.people_share", "(lists)", rule, "Give workday, Saturday and Sunday, hour by hour.")
            if not 0.0 <= self.open_from_h < self.open_until_h <= 24.0:
                hours = (self.open_from_h, self.open_until_h)
                faults.add("store.open_from_h", hours, "must be hours of the day, in order", "Give opening and closing hour.")

    @property
    def exterior_m2(self) -> float:
        """Wall and roof of a box of this floor, 1.5 times as long as wide."""
        width_m = math.sqrt(self.floor_area_m2 / ASPECT_RATIO)
        return self.floor_area_m2 + 2.0 * width_m * (1.0 + ASPECT_RATIO) * self.height_m

    @property
    def ventilation_kg_s(self) -> float:
        """Dry outdoor air in open hours [kg/s]."""
        per_m2 = self.ventilation_m3_s_per_m2 + self.people_per_m2 * self.ventilation_m3_s_per_person
        return STANDARD_AIR_KG_PER_M3 * self.floor_area_m2 * per_m2


_NOT_NEGATIVE = (
    *("infiltration_m3_s_per_m2", "ventilation_m3_s_per_m2", "ventilation_m3_s_per_person", "people_per_m2"),
    *("person_sensible_w", "person_latent_w", "other_water_g_h_per_m2", "light_w_per_m2", "plug_w_per_m2"),
    "envelope_w_per_m2_k",
)


@dataclass(frozen=True)
class StoreYear:
    """The store over the steps of a year; arrays (n,).

    infiltration_kg_s, ventilation_kg_s: dry outdoor air. gain_kg_s: water of people and products. hour: of the day.
    outdoor_temp_c, outdoor_humidity_ratio, pressure_pa. setpoint_humidity_ratio: at the set dew point.
    case_water_kg_s: taken by the cases at the set-point. latent_load_kg_s, latent_load_kw: water to be taken out beside the
    cases to hold the set-point, zero where it holds itself. sensible_load_kw: cooling to hold the temperature, negative where
    heat is wanted. free_humidity_ratio: where nothing but the cases dries the air; at most saturation at the store's temperature.
    """

    store: StoreAir
    step_hours: float
    hour: NDArray[np.int64]
    outdoor_temp_c: NDArray[np.float64]
    outdoor_humidity_ratio: NDArray[np.float64]
    pressure_pa: NDArray[np.float64]
    infiltration_kg_s: NDArray[np.float64]
    ventilation_kg_s: NDArray[np.float64]
    gain_kg_s: NDArray[np.float64]
    setpoint_humidity_ratio: NDArray[np.float64]
    case_water_kg_s: NDArray[np.float64]
    latent_load_kg_s: NDArray[np.float64]
    latent_load_kw: NDArray[np.float64]
    sensible_load_kw: NDArray[np.float64]
    free_humidity_ratio: NDArray[np.float64]
    notes: tuple[str, ...] = ()


def store_balance(store: StoreAir, weather: Weather, axis: TimeAxis) -> StoreYear:
    """Moisture and sensible balance of the store in each step. Weather must have one value for each step of the axis.

    Sensible: outdoor air and envelope at the difference of temperatures, people, lights, plugs, sun and anti-sweat heaters,
    less what the cases take; steady, without mass and ground of the building.
    Raises InputError where the weather is of another length or has gaps.
    """
    _check(weather, axis)
    outdoor_c, outdoor_w = weather.dry_bulb_c, weather.humidity_ratio
    pressure_pa = weather.pressure_kpa * 1e3
    is_open = (axis.hour >= store.open_from_h) & (axis.hour < store.open_until_h)
    shares = np.array(store.people_share)
    people = store.people_per_m2 * store.floor_area_m2 * shares[np.clip(axis.weekday - 4, 0, 2), axis.hour]
    infiltration = (
        STANDARD_AIR_KG_PER_M3
        * store.infiltration_m3_s_per_m2
        * store.exterior_m2
        * np.where(is_open, store.open_infiltration_share, 1.0)
    )
    ventilation = np.where(is_open, store.ventilation_kg_s, 0.0)
    other = store.other_water_g_h_per_m2 * store.floor_area_m2 / 3.6e6
    gain = people * store.person_latent_w / LATENT_HEAT_J_PER_KG + other
    set_w = humidity_ratio(store.dew_point_c + ZERO_CELSIUS_K, pressure_pa, 1.0)
    set_humid = store_relative_humidity(store, set_w, pressure_pa)
    cases = case_water_kg_s(store.cases, set_humid, axis.hour)
    load = np.maximum((infiltration + ventilation) * (outdoor_w - set_w) + gain - cases, 0.0)
    internal_w = (store.light_w_per_m2 + store.plug_w_per_m2) * np.where(is_open, 1.0, store.closed_gain_share)
    dark = np.isnan(weather.global_horizontal_w_m2)
    notes = (f"the weather has no sun in {int(dark.sum())} steps; its heat in the store is left out there",) if dark.any() else ()
    sun_w_m2 = np.where(dark, 0.0, weather.global_horizontal_w_m2)
    sensible_kw = (
        ((infiltration + ventilation) * DRY_AIR_CP_J_PER_KG_K + store.envelope_w_per_m2_k * store.exterior_m2)
        * (outdoor_c - store.dry_bulb_c)
        + people * store.person_sensible_w
        + store.floor_area_m2 * (internal_w + store.solar_share * sun_w_m2)
        + (1.0 - ANTI_SWEAT_INSIDE) * sum(anti_sweat_w(group, set_humid, store.dry_bulb_c) for group in store.cases)
    ) / 1e3 - case_sensible_kw(store.cases, axis.hour, store.dry_bulb_c)
    store_year = StoreYear(
        store=store,
        step_hours=axis.step_hours,
        hour=axis.hour,
        outdoor_temp_c=outdoor_c,
        outdoor_humidity_ratio=outdoor_w,
        pressure_pa=pressure_pa,
        infiltration_kg_s=infiltration,
        ventilation_kg_s=ventilation,
        gain_kg_s=gain,
        setpoint_humidity_ratio=set_w,
        case_water_kg_s=cases,
        latent_load_kg_s=load,
        latent_load_kw=load * LATENT_HEAT_J_PER_KG / 1e3,
        sensible_load_kw=sensible_kw,
        free_humidity_ratio=np.empty(0),
        notes=notes,
    )
    saturated = humidity_ratio(store.dry_bulb_c + ZERO_CELSIUS_K, pressure_pa, 1.0)
    return replace(store_year, free_humidity_ratio=where_water_balances(store_year, np.zeros_like, saturated))


def store_relative_humidity(store: StoreAir, humidity_ratio: ArrayLike, pressure_pa: ArrayLike) -> NDArray[np.float64]:
    """Relative humidity (0..1) of the store's air at its set temperature."""
    return relative_humidity(store.dry_bulb_c + ZERO_CELSIUS_K, pressure_pa, humidity_ratio)


def net_water_kg_s(store_year: StoreYear, humidity_ratio: NDArray[np.float64]) -> NDArray[np.float64]:
    """Water that comes in over water that the cases take [kg/s], at this humidity of the store; falls with humidity."""
    cases = case_water_kg_s(
        store_year.store.cases, store_relative_humidity(store_year.store, humidity_ratio, store_year.pressure_pa), store_year.hour
    )
    flow = store_year.infiltration_kg_s + store_year.ventilation_kg_s
    return flow * (store_year.outdoor_humidity_ratio - humidity_ratio) + store_year.gain_kg_s - cases


def where_water_balances(
    store_year: StoreYear,
    taken: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    highest: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Humidity ratio of the store at which water that comes in is taken out; 0 to `highest`, by bisection.

    taken: water that is taken out beside the cases [kg/s] at a humidity of the store; must not fall as humidity rises.
    """
    low, high = np.zeros_like(highest), highest.copy()
    for _ in range(_ROUNDS):
        middle = 0.5 * (low + high)
        wetter = net_water_kg_s(store_year, middle) > taken(middle)
        low, high = np.where(wetter, middle, low), np.where(wetter, high, middle)
    return 0.5 * (low + high)


def _check(weather: Weather, axis: TimeAxis) -> None:
    with Faults() as faults:
        for name in ("dry_bulb_c", "humidity_ratio", "pressure_kpa"):
            values = getattr(weather, name)
            if len(values) != axis.steps:
                rule = f"must have one value for each of {axis.steps} steps"
                faults.add(f"weather.{name}", f"{len(values)} values", rule, "Bring the weather to the study's step.")
            elif gaps := int(np.isnan(values).sum()):
                rule = f"has {gaps} gaps; the moisture of the store needs every hour"
                faults.add(f"weather.{name}", "NaN", rule, "Fill the gaps of the weather first.")
