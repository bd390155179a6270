"""The pool of a scenario, and the meeting of its losses with dispatch: a store of heat between two water temperatures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator

from brayton.core.errors import Fault, InputError
from brayton.core.records import Record, key
from brayton.core.timeaxis import TimeAxis
from brayton.dispatch.rules import MONTHS
from brayton.package.heat_store import HeatStore
from brayton.site.pool import Cover, Pool, pool_losses, surface_wind_factor
from brayton.site.pool_year import low_edge
from brayton.site.weatheryear import Weather

Array = NDArray[np.float64]

ACTIVITY: Mapping[str, tuple[float, float]] = MappingProxyType({"smith_lof_jones": (1.55, 1.0), "carrier": (1.0, 0.5)})
"""Activity factor with and without bathers where the scenario gives none. Smith, Lof and Jones: in use 40 to 70 % above quiet,
its middle; ASHRAE: 1.0 and 0.5 for public pools."""

GONE = 1.0 - 1e-9
"""Share of the level lost with the water at a season's end; a store's share stays below one."""


def _rising(band: tuple[float, float]) -> tuple[float, float]:
    if not 0.0 < band[0] < band[1] < 60.0:
        raise ValueError("must be [lowest, highest], rising, within 0..60 degC")
    return band


def _months(months: tuple[int, ...]) -> tuple[int, ...]:
    if len(set(months)) < len(months) or not set(months) <= set(MONTHS):
        raise ValueError("must name months 1 to 12, each once")
    return months


class CoverTable(Record):
    """A floating cover in the hours without bathers. The defaults are estimates for 5 mm of bubble film (0.1 to 0.15 m2 K/W)."""

    evaporation_reduction: float = key("share of evaporation that it stops", "", 0.95, ge=0, le=1)
    convection_reduction: float = key("share of convection", "", 0.5, ge=0, le=1)
    radiation_reduction: float = key("share of the loss to the sky", "", 0.5, ge=0, le=1)
    solar_reduction: float = key("share of the sun's gain", "", 0.3, ge=0, le=1)


class PoolTable(Record):
    """A pool in the open. Defaults without a source in print are estimates; `pool_notes` says which stood in."""

    kind: Literal["pool"] = key("what the load is")
    area_m2: float = key("water surface", "m2", gt=0, le=100_000)
    mean_depth_m: float = key("mean depth of the water", "m", gt=0, le=20)
    water_temp_c: Annotated[tuple[float, float], AfterValidator(_rising)] = key(
        "lowest and highest temperature of the water: heated to the first, and up to the second with heat to spare", "degC"
    )
    months: Annotated[tuple[int, ...], AfterValidator(_months)] = key("months in use, 1 to 12", "", MONTHS, min_length=1)
    open_hour: int = key("first hour of bathers, local standard time", "h", 8, ge=0, le=23)
    close_hour: int = key("hour at which they leave; over midnight if before open_hour, all day if alike", "h", 20, ge=0, le=24)
    evaporation: Literal["smith_lof_jones", "carrier"] = key("correlation of evaporation", "", "smith_lof_jones")
    activity_open: float | None = key(
        "factor on evaporation with bathers; 1.55 on smith_lof_jones and 1.0 on carrier if left out", "", None, gt=0, le=5
    )
    activity_closed: float | None = key("the same without bathers; 1.0 and 0.5 if left out", "", None, gt=0, le=5)
    terrain: Literal["open", "suburban", "urban"] = key("land around the pool, which slows the wind", "", "suburban")
    shelter: float = key("wind behind walls and hedges over wind in that terrain", "", 1.0, ge=0, le=1)
    absorptance: float = key("share of the sun's radiation that stays in the water", "", 0.85, ge=0, le=1)
    cover: CoverTable | None = None
    makeup_temp_c: float | None = key("of fresh water; the year's mean air temperature if left out", "degC", None, gt=0, lt=60)
    refresh_per_day: float = key(
        "share of the volume replaced each day besides what evaporates: backwash, splash", "", 0.01, ge=0, le=1
    )
    ground_temp_c: float | None = key(
        "of the ground far from the pool; the year's mean air temperature if left out", "degC", None, gt=-30, lt=60
    )
    ground_w_per_m_k: float = key("conductivity of the ground", "W/(m K)", 1.5, ge=0, le=10)
    supply_temp_c: float | None = key("water temperature that the pool's heat exchanger wants", "degC", None, gt=0, lt=200)
    return_temp_c: float | None = key(
        "temperature at which its water comes back; 11 K (20 F) below if left out", "degC", None, gt=0
    )


LOWEST_FRESH_WATER_C = 1.0
"""Where the year's mean air is colder, fresh water is held just above freezing: a main lies below frost."""


def pool_of(table: PoolTable, weather: Weather) -> Pool:
    """The pool of a scenario. Errors: InputError as `Pool`, and where the heating water is no warmer than the pool may be."""
    if table.supply_temp_c is not None and table.supply_temp_c <= table.water_temp_c[1]:
        rule = f"must be above the pool's {table.water_temp_c[1]:g} degC"
        raise InputError(Fault("supply_temp_c", table.supply_temp_c, rule, "Give the water that heats the pool."))
    mean_c = float(np.mean(weather.dry_bulb_c))
    activity_open, activity_closed = ACTIVITY[table.evaporation]
    return Pool(
        area_m2=table.area_m2,
        mean_depth_m=table.mean_depth_m,
        low_temp_c=table.water_temp_c[0],
        high_temp_c=table.water_temp_c[1],
        months=table.months,
        open_hour=table.open_hour,
        close_hour=table.close_hour,
        activity_open=activity_open if table.activity_open is None else table.activity_open,
        activity_closed=activity_closed if table.activity_closed is None else table.activity_closed,
        evaporation=table.evaporation,
        wind_factor=surface_wind_factor(table.terrain) * table.shelter,
        absorptance=table.absorptance,
        makeup_temp_c=max(mean_c, LOWEST_FRESH_WATER_C) if table.makeup_temp_c is None else table.makeup_temp_c,
        refresh_per_day=table.refresh_per_day,
        ground_temp_c=mean_c if table.ground_temp_c is None else table.ground_temp_c,
        ground_w_per_m_k=table.ground_w_per_m_k,
        cover=None if table.cover is None else Cover(**table.cover.model_dump()),
    )


@dataclass(frozen=True)
class PoolStore:
    """A pool as dispatch sees it. low_mid_temp_c, low_end_temp_c (steps,): temperature of the empty level in the middle and at
    the end of each step. error_kw (steps,): loss of the straight line less the true one, at half level; gross_kw (steps,): that
    true loss before the sun's gain."""

    pool: Pool
    store: HeatStore
    low_mid_temp_c: Array
    low_end_temp_c: Array
    error_kw: Array
    gross_kw: Array

    @property
    def error_share(self) -> float:
        """Mean error of the straight line over the mean of the losses."""
        return float(self.error_kw.sum() / self.gross_kw.sum()) if self.gross_kw.any() else 0.0


def pool_store(pool: Pool, weather: Weather, axis: TimeAxis, name: str = "pool") -> PoolStore:
    """The pool's band as a store: empty at the low edge, full (high - low) above it, straight losses between both.

    Its drain is the loss at the low edge, with what the water takes while the edge climbs in a new season; negative where the
    sun gives more. Its loss is the level's decay over a step at the slope of the chord over the band. Losses are convex in
    temperature, so the chord is a little high inside the band: `PoolStore.error_kw`. A store that rises above full by the sun
    lies on the chord's extension.
    Outside the season drain and loss are zero, and a level left at its end goes down the drain in its last step. Dispatch may
    then fill the band once before the next season, heat that does no good: one capacity a year at most.
    """
    begin, end = low_edge(pool, axis)
    middle = 0.5 * (begin + end)
    width_k = pool.high_temp_c - pool.low_temp_c
    low, half, high = (pool_losses(pool, weather, axis, middle + share * width_k) for share in (0.0, 0.5, 1.0))
    climb_kw = pool.capacity_kwh_per_k * np.where(pool.in_season(axis), end - begin, 0.0) / axis.step_hours
    capacity_kwh = pool.capacity_kwh_per_k * width_k
    loss = -np.expm1(-(high.net_kw - low.net_kw) * axis.step_hours / capacity_kwh)
    season = pool.in_season(axis)
    loss[season & ~np.roll(season, -1)] = GONE
    store = HeatStore(name, capacity_kwh, loss, low.net_kw + climb_kw, serves_loads=False)
    error = 0.5 * (low.net_kw + high.net_kw) - half.net_kw
    return PoolStore(pool, store, middle, end, error, half.net_kw + half.solar_kw)


def water_temps_c(stored: PoolStore, level_kwh: Array) -> Array:
    """Water temperature at the end of each step [degC] from the levels (steps,); outside the season that of fresh water."""
    return stored.low_end_temp_c + level_kwh / stored.pool.capacity_kwh_per_k


def mean_water_temps_c(stored: PoolStore, level_kwh: Array) -> Array:
    """Water temperature in the middle of each step [degC], at which its losses are taken. level_kwh (steps,): at the ends."""
    before = np.concatenate(([stored.store.initial_kwh], level_kwh[:-1]))
    return stored.low_mid_temp_c + 0.5 * (before + level_kwh) / stored.pool.capacity_kwh_per_k


@dataclass(frozen=True)
class PoolBalance:
    """Where a year's heat went [kWh]: heat + sun = evaporation + convection + radiation + make-up + ground + stored + straight.

    stored: into the water, which carries it away at a season's end. straight: what dispatch's straight losses, taken at the
    level before each step, count beyond the true ones: the doubt of the year's heat.
    """

    heat_kwh: float
    solar_kwh: float
    evaporation_kwh: float
    convection_kwh: float
    radiation_kwh: float
    makeup_kwh: float
    ground_kwh: float
    stored_kwh: float
    straight_kwh: float


def pool_balance(stored: PoolStore, weather: Weather, axis: TimeAxis, level_kwh: Array, heat_kw: Array) -> PoolBalance:
    """The year's balance at the temperatures that dispatch made. level_kwh (steps,): at the end of each step.
    heat_kw (steps,): into the water, from machines and boiler."""
    pool, season = stored.pool, stored.pool.in_season(axis)
    before = np.concatenate(([stored.store.initial_kwh], level_kwh[:-1]))
    losses = pool_losses(pool, weather, axis, mean_water_temps_c(stored, level_kwh))
    begin, end = low_edge(pool, axis)
    rise_kwh = level_kwh - before + np.where(season, pool.capacity_kwh_per_k * (end - begin), 0.0)
    last = season & ~np.roll(season, -1)
    rise_kwh[last] += before[last] * stored.store.loss_per_step[last]  # drained with the water, not lost to the air
    hours = axis.step_hours
    sums = {name: float(values.sum()) * hours for name, values in vars(losses).items()}
    heat_kwh = float(heat_kw.sum()) * hours
    return PoolBalance(
        heat_kwh=heat_kwh,
        stored_kwh=float(rise_kwh.sum()),
        straight_kwh=heat_kwh - float(losses.net_kw.sum()) * hours - float(rise_kwh.sum()),
        **{f"{name.removesuffix('_kw')}_kwh": value for name, value in sums.items()},
    )


def pool_notes(table: PoolTable, weather: Weather, stored: PoolStore) -> tuple[str, ...]:
    """What a reader of the result has to know of the pool, each a sentence."""
    pool = stored.pool
    notes = [
        f"The pool's losses are straight over its band; they count {stored.error_share:.2%} too much at half level.",
        "No published correction of pool evaporation for elevation was found; similarity says 5 to 8 % more at 79 kPa.",
    ]
    if weather.sky_infrared_w_m2 is None:
        notes.append("The weather does not know the sky's long-wave radiation: a clear sky stands in, too cold under clouds.")
    if table.makeup_temp_c is None:
        notes.append(f"Fresh water of the pool is taken at {pool.makeup_temp_c:.1f} degC, the year's mean air: an estimate.")
    if table.cover is None:
        notes.append("The pool has no cover.")
    if len(table.months) < len(MONTHS):
        notes.append("Outside its months the pool is not heated; each season begins with fresh water, warmed over three days.")
    return tuple(notes)
