"""An outdoor pool: what its water loses to air, sky, ground and fresh water, and gains from the sun; broadcasts.

Vapour pressures are partial pressures [kPa], so no evaporation correlation here sees the total pressure. They were measured
near sea level, the one of 1993 is limited to low elevations, and no published correction for high sites was found. Similarity
(diffusivity as 1/p, Reynolds and Grashof number as p and p^2) lets evaporation rise as p^-0.2 in turbulent wind and p^-1/3 in
still air: 5 to 8 % more at 79 kPa. It is not applied; take it as the doubt of a prediction up there. Convection does fall with
pressure, by Bowen's ratio.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Faults, unknown_name
from brayton.core.timeaxis import TimeAxis
from brayton.core.units import ZERO_CELSIUS_K
from brayton.gas.air import saturation_pressure_pa
from brayton.site.weatheryear import Weather

Array = NDArray[np.float64]
Evaporation = Literal["smith_lof_jones", "carrier"]

WATER_KG_PER_M3 = 996.0
"""Of water at 28 degC (Incropera and DeWitt, Fundamentals of Heat and Mass Transfer, table A.6)."""
WATER_KJ_PER_KG_K = 4.18
"""Same table, 28 degC."""
WATER_EMISSIVITY = 0.96
"""Same book, table A.11: water at 300 K, total normal."""
STEFAN_BOLTZMANN_W_M2_K4 = 5.670374419e-8
"""CODATA 2018."""
BOWEN_PER_K = 6.1e-4
"""Bowen's ratio times vapour pressure difference over temperature difference and total pressure [1/K]; see `bowen_convection`."""
QUIET_SHARE = 0.74
"""Evaporation of a quiet outdoor pool over that of the ASHRAE equation; see `smith_lof_jones`."""

STATION_WIND_M = 10.0
STATION_TERRAIN = "open"
WIND_PROFILES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"open": (0.14, 270.0), "suburban": (0.22, 370.0), "urban": (0.33, 460.0)}
)
"""Exponent and thickness [m] of the atmospheric boundary layer (ASHRAE Handbook Fundamentals 2017, chapter 24, table 1)."""
POOL_WIND_M = 0.3
"""Height over the water at which Smith, Lof and Jones measured the wind of their correlation."""


@dataclass(frozen=True)
class Cover:
    """A cover that lies on the water outside opening hours: by which share it reduces each process, 0..1."""

    evaporation_reduction: float
    convection_reduction: float
    radiation_reduction: float
    solar_reduction: float

    def __post_init__(self) -> None:
        with Faults() as faults:
            for name, value in vars(self).items():
                if not 0.0 <= value <= 1.0:
                    faults.add(f"cover.{name}", value, "must lie in 0..1", "Give the share that the cover takes off.")


@dataclass(frozen=True)
class Pool:
    """A pool in the open.

    area_m2, mean_depth_m: of the water. low_temp_c, high_temp_c: band in which its temperature may move. months: in use, 1..12;
    outside them the heating is off, nothing is counted, and a season begins with fresh water. open_hour, close_hour: hours of
    bathers each day, standard time, over midnight where close is before open, all day where both are alike. activity_open,
    activity_closed: factor on evaporation and convection in those hours and outside. evaporation: the correlation that it
    multiplies, `smith_lof_jones` or `carrier`. wind_factor: wind at the water over wind at the station. absorptance: share of
    the sun's radiation that stays in the water. makeup_temp_c: of fresh water. refresh_per_day: share of the volume replaced by
    fresh water each day besides what evaporates (backwash, splash). ground_temp_c, ground_w_per_m_k: far temperature and
    conductivity of the ground.
    cover: None for none. Raises InputError with every contradiction.
    """

    area_m2: float
    mean_depth_m: float
    low_temp_c: float
    high_temp_c: float
    months: tuple[int, ...]
    open_hour: int
    close_hour: int
    activity_open: float
    activity_closed: float
    evaporation: Evaporation
    wind_factor: float
    absorptance: float
    makeup_temp_c: float
    refresh_per_day: float
    ground_temp_c: float
    ground_w_per_m_k: float
    cover: Cover | None = None

    def __post_init__(self) -> None:
        with Faults() as faults:
            for name in ("area_m2", "mean_depth_m"):
                if not (getattr(self, name) > 0.0 and math.isfinite(getattr(self, name))):
                    faults.add(f"pool.{name}", getattr(self, name), "must be positive", "Give the size of the water.")
            for name in ("activity_open", "activity_closed", "wind_factor", "refresh_per_day", "ground_w_per_m_k"):
                if not (getattr(self, name) >= 0.0 and math.isfinite(getattr(self, name))):
                    faults.add(f"pool.{name}", getattr(self, name), "must be zero or more", "Correct the value.")
            if not 0.0 <= self.absorptance <= 1.0:
                faults.add("pool.absorptance", self.absorptance, "must lie in 0..1", "Give the share of radiation kept.")
            if not 0.0 < self.low_temp_c < self.high_temp_c < 60.0:
                found = f"{self.low_temp_c:g}..{self.high_temp_c:g}"
                faults.add("pool.water_temp_c", found, "must rise from low to high within 0..60 degC", "Give the band.")
            if not self.months or len(set(self.months)) < len(self.months) or not set(self.months) <= set(range(1, 13)):
                faults.add("pool.months", self.months, "must name months 1..12, each once", "Name the months of the season.")
            if not (0 <= self.open_hour <= 23 and 0 <= self.close_hour <= 24):
                found = f"{self.open_hour} to {self.close_hour}"
                faults.add("pool.open_hour", found, "must be hours of the day, 0..24", "Give the hours of bathers.")
            if self.evaporation not in CORRELATIONS:
                faults.absorb(unknown_name("correlation", self.evaporation, CORRELATIONS, path="pool.evaporation"))

    @property
    def volume_m3(self) -> float:
        return self.area_m2 * self.mean_depth_m

    @property
    def capacity_kwh_per_k(self) -> float:
        return self.volume_m3 * WATER_KG_PER_M3 * WATER_KJ_PER_KG_K / 3600.0

    def in_season(self, axis: TimeAxis) -> NDArray[np.bool_]:
        """Whether each step lies in the months of use."""
        return np.isin(axis.month + 1, self.months)

    def is_open(self, axis: TimeAxis) -> NDArray[np.bool_]:
        """Whether each step lies in the hours of bathers."""
        after, before = axis.hour >= self.open_hour, axis.hour < self.close_hour
        return after & before if self.open_hour < self.close_hour else after | before


@dataclass(frozen=True)
class PoolLosses:
    """Heat that leaves the water [kW], by process, and the sun's gain; arrays alike, zero outside the season."""

    evaporation_kw: Array
    convection_kw: Array
    radiation_kw: Array
    makeup_kw: Array
    ground_kw: Array
    solar_kw: Array

    @property
    def net_kw(self) -> Array:
        """Losses less the gain: what holds the temperature; negative where the sun gives more."""
        lost = self.evaporation_kw + self.convection_kw + self.radiation_kw + self.makeup_kw + self.ground_kw
        return lost - self.solar_kw


def carrier(wind_m_s: ArrayLike) -> Array:
    """Heat of evaporation per vapour pressure difference [W/(m2 kPa)] at `wind_m_s` over the water; times an activity factor.

    89 + 78.2 v: the ASHRAE equation in SI, after Carrier. In the I-P form, (95 + 0.425 v) Btu/(h ft2 inHg) with v in ft/min,
    88.5 + 77.9 v. The heat needs no latent heat, which only divides it into a mass. Activity: 1 for a public pool in use,
    0.5 for one without bathers (ASHRAE); measured indoors 0.7 to 0.8 and 0.50 to 0.57 (E3S Web of Conferences, January 2022).
    Source: ASHRAE Handbook HVAC Applications, chapter on natatoriums. One public page prints the SI figures with I-P units.
    """
    return 89.0 + 78.2 * np.asarray(wind_m_s, dtype=float)


def smith_lof_jones(wind_m_s: ArrayLike) -> Array:
    """Heat of evaporation of a quiet outdoor pool [W/(m2 kPa)]: 74 % of `carrier`; times an activity factor of 1 when quiet.

    In use 40 to 70 % above quiet; with 15 to 20 bathers per 1000 ft2 1.26/0.74 = 1.7 times. The authors' paper of 1993
    (DE-93-12-3) has 73 % for quiet indoor pools, and holds at low elevations. wind_m_s: at 0.3 m over the water.
    Source: Smith, Lof and Jones, ASHRAE Transactions 104(1), paper 4146 (1998).
    """
    return QUIET_SHARE * carrier(wind_m_s)


CORRELATIONS = MappingProxyType({"smith_lof_jones": smith_lof_jones, "carrier": carrier})


def bowen_convection(
    coefficient_w_m2_kpa: ArrayLike, pressure_kpa: ArrayLike, water_temp_c: ArrayLike, air_temp_c: ArrayLike
) -> Array:
    """Convection [W/m2] by Bowen's ratio: the evaporation coefficient times 6.1e-4 p (Tw - Ta).

    The ratio of convection to evaporation, 0.61 (Tw - Ta)/(pw - pa) p/1000 hPa in its first print, is written out so that it
    holds where the vapour pressures are equal. At sea level the ASHRAE coefficient gives 5.5 + 4.8 v W/(m2 K), close to
    McAdams' 5.7 + 3.8 v, which knows no pressure. Source: Bowen, Physical Review 27 (1926) 779-787.
    """
    difference = np.asarray(water_temp_c, dtype=float) - np.asarray(air_temp_c, dtype=float)
    return np.asarray(coefficient_w_m2_kpa, dtype=float) * BOWEN_PER_K * np.asarray(pressure_kpa, dtype=float) * difference


def latent_heat_kj_per_kg(water_temp_c: ArrayLike) -> Array:
    """Latent heat of evaporation [kJ/kg], 2501 - 2.361 t; within 0.1 % of the steam tables at 0..40 degC."""
    return 2501.0 - 2.361 * np.asarray(water_temp_c, dtype=float)


def clark_allen(dew_point_c: ArrayLike) -> Array:
    """Emissivity of the clear sky (0..1), 0.787 + 0.764 ln(Td / 273 K); broadcasts.

    EPW files were made with it, and EnergyPlus takes it by default, so weather with and without long-wave data agree.
    In dry air others are lower: Berdahl and Martin (1984) by 0.08 at a dew point of -3 degC, by 0.02 at 15 degC.
    Source: Clark and Allen, Proceedings of the 2nd National Passive Solar Conference (1978) 675-678, as EnergyPlus has it.
    """
    return 0.787 + 0.764 * np.log((np.asarray(dew_point_c, dtype=float) + ZERO_CELSIUS_K) / 273.0)


def dew_point_c(vapour_kpa: ArrayLike) -> Array:
    """Dew point over water [degC]; within 0.1 K at -40..50 degC. NaN for no vapour. Source: Alduchov and Eskridge, J. Applied
    Meteorology 35 (1996) 601-609, equation 25, inverted."""
    vapour = np.asarray(vapour_kpa, dtype=float)
    ln = np.log(np.where(vapour > 0.0, vapour, np.nan) / 0.61094)
    return 243.04 * ln / (17.625 - ln)


def sky_infrared(weather: Weather) -> Array:
    """Long-wave radiation of the sky [W/m2]: the weather's own, which knows the clouds; without it `clark_allen`'s clear sky,
    which is too cold under clouds."""
    if weather.sky_infrared_w_m2 is not None:
        return weather.sky_infrared_w_m2
    air_k = weather.dry_bulb_c + ZERO_CELSIUS_K
    return clark_allen(dew_point_c(_vapour_kpa(weather))) * STEFAN_BOLTZMANN_W_M2_K4 * air_k**4


def sky_loss(water_temp_c: ArrayLike, infrared_w_m2: ArrayLike) -> Array:
    """Long-wave radiation of the water less what it takes from a sky of `infrared_w_m2` [W/m2]; all that it sees is sky."""
    water_k = np.asarray(water_temp_c, dtype=float) + ZERO_CELSIUS_K
    return WATER_EMISSIVITY * (STEFAN_BOLTZMANN_W_M2_K4 * water_k**4 - np.asarray(infrared_w_m2, dtype=float))


def disc_conduction_w(
    area_m2: ArrayLike, ground_w_per_m_k: ArrayLike, water_temp_c: ArrayLike, ground_temp_c: ArrayLike
) -> Array:
    """Conduction to the ground [W], 4 r k (Tw - Tg): a disc of the pool's area on a half space, steady.

    The walls are left out and the ground never warms through; the term is a few percent at most.
    Source: Incropera and DeWitt, Fundamentals of Heat and Mass Transfer, table 4.1, disc on a semi-infinite medium.
    """
    radius = np.sqrt(np.asarray(area_m2, dtype=float) / np.pi)
    difference = np.asarray(water_temp_c, dtype=float) - np.asarray(ground_temp_c, dtype=float)
    return 4.0 * radius * np.asarray(ground_w_per_m_k, dtype=float) * difference


def surface_wind_factor(terrain: str, height_m: float = POOL_WIND_M) -> float:
    """Wind at `height_m` over a pool in `terrain` (`open`, `suburban`, `urban`) over wind at a station's 10 m in the open.

    Power law through the top of both boundary layers, (270/10)^0.14 (z/d)^a; 0.61, 0.33 and 0.14 at 0.3 m. It was made for
    the height of buildings: at the water it is an estimate. Source: ASHRAE Handbook Fundamentals 2017, chapter 24, equation 4.
    Errors: InputError for an unknown terrain.
    """
    if terrain not in WIND_PROFILES:
        raise unknown_name("terrain", terrain, WIND_PROFILES, path="terrain")
    station_exponent, station_top_m = WIND_PROFILES[STATION_TERRAIN]
    exponent, top_m = WIND_PROFILES[terrain]
    return (station_top_m / STATION_WIND_M) ** station_exponent * (height_m / top_m) ** exponent


def pool_losses(pool: Pool, weather: Weather, axis: TimeAxis, water_temp_c: ArrayLike) -> PoolLosses:
    """Losses and solar gain of `pool` in each step, at `water_temp_c` [degC] of shape (steps,) or (..., 1) or (..., steps).

    weather: at the steps of `axis`. Errors: InputError where dry bulb, humidity, pressure, wind or sun have gaps.
    """
    _check_gaps(weather, axis)
    water = np.asarray(water_temp_c, dtype=float)
    bathers, season = pool.is_open(axis), pool.in_season(axis)
    kw_per_w_m2 = np.where(season, pool.area_m2 / 1000.0, 0.0)
    keeps = {name: np.ones(axis.steps) for name in ("evaporation", "convection", "radiation", "solar")}
    if pool.cover is not None:
        keeps = {name: np.where(bathers, 1.0, 1.0 - getattr(pool.cover, f"{name}_reduction")) for name in keeps}
    activity = np.where(bathers, pool.activity_open, pool.activity_closed)
    coefficient = activity * CORRELATIONS[pool.evaporation](pool.wind_factor * weather.wind_speed_m_s)
    evaporation = keeps["evaporation"] * coefficient * (_saturation_kpa(water) - _vapour_kpa(weather)) * kw_per_w_m2
    convection = (
        bowen_convection(coefficient, weather.pressure_kpa, water, weather.dry_bulb_c) * keeps["convection"] * kw_per_w_m2
    )
    radiation = sky_loss(water, sky_infrared(weather)) * keeps["radiation"] * kw_per_w_m2
    fresh_kg_s = evaporation / latent_heat_kj_per_kg(water)
    fresh_kg_s = np.maximum(fresh_kg_s, 0.0) + np.where(
        season, pool.refresh_per_day * pool.volume_m3 * WATER_KG_PER_M3 / 86400, 0
    )
    shape = np.zeros(np.broadcast_shapes(water.shape, (axis.steps,)))
    ground = disc_conduction_w(pool.area_m2, pool.ground_w_per_m_k, water, pool.ground_temp_c) / 1000.0
    return PoolLosses(
        evaporation_kw=evaporation + shape,
        convection_kw=convection + shape,
        radiation_kw=radiation + shape,
        makeup_kw=fresh_kg_s * WATER_KJ_PER_KG_K * (water - pool.makeup_temp_c) + shape,
        ground_kw=np.where(season, ground, 0.0) + shape,
        solar_kw=pool.absorptance * keeps["solar"] * weather.global_horizontal_w_m2 * kw_per_w_m2 + shape,
    )


def _saturation_kpa(temp_c: ArrayLike) -> Array:
    return saturation_pressure_pa(np.asarray(temp_c, dtype=float) + ZERO_CELSIUS_K) / 1000.0


def _vapour_kpa(weather: Weather) -> Array:
    return weather.relative_humidity * _saturation_kpa(weather.dry_bulb_c)


def _check_gaps(weather: Weather, axis: TimeAxis) -> None:
    with Faults() as faults:
        names = ["dry_bulb_c", "relative_humidity", "pressure_kpa", "wind_speed_m_s", "global_horizontal_w_m2"]
        names += [] if weather.sky_infrared_w_m2 is None else ["sky_infrared_w_m2"]
        for name in names:
            values = getattr(weather, name)
            if values.shape != (axis.steps,):
                rule = f"must have one value for each of the {axis.steps} steps"
                faults.add(f"weather.{name}", values.shape, rule, "Hold hourly weather over shorter steps.")
            elif missing := int(np.isnan(values).sum()):
                rule = "a pool needs it in every step"
                faults.add(f"weather.{name}", f"missing in {missing} steps", rule, "Take weather that has it (law L5).")
