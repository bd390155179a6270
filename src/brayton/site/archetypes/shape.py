"""The shapes: electricity, cooling, space heat and hot water of a building from its clock and its weather.

Each is an intensity per floor area, a function of clock hour, day of the week, dry bulb and humidity ratio with at most sixty
parameters a building, fitted to the monthly sums and hours of the DOE commercial reference buildings and validated on cities
that were left out (tests/validation/test_archetypes.py). They know no holidays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from brayton.core.errors import Fault, Faults, InputError, unknown_name
from brayton.core.provenance import Source
from brayton.core.timeaxis import TimeAxis
from brayton.core.units import STANDARD_PRESSURE_PA
from brayton.site.archetypes.record import (
    FLAT,
    Archetype,
    Cooling,
    Electric,
    HotWater,
    Schedule,
    SpaceHeat,
    archetype,
    archetypes,
)
from brayton.site.load import BASES, Load, LoadKind
from brayton.site.tariff_clock import Dst, TariffClock
from brayton.site.weather import Weather

Array = NDArray[np.float64]

MAINS_REFERENCE_C = 12.0
SATURDAY, SUNDAY = 5, 6


@dataclass(frozen=True)
class Conditions:
    """What a shape sees in each step.

    Clock hour, weekday (Monday 0), dry bulb and its mean over 24 hours around [degC], humidity ratio [g/kg], the mean pressure
    of the year by the standard one, cold water from the mains [degC].
    """

    hour: NDArray[np.int64]
    weekday: NDArray[np.int64]
    dry_bulb_c: Array
    day_mean_c: Array
    humidity_g_kg: Array
    pressure_share: float
    mains_c: Array

    def felt_c(self, day_mean_share: float) -> Array:
        """Dry bulb as a building of some mass feels it [degC]."""
        return (1.0 - day_mean_share) * self.dry_bulb_c + day_mean_share * self.day_mean_c


def archetype_load(
    name: str,
    kind: LoadKind,
    weather: Weather,
    axis: TimeAxis,
    *,
    floor_area_m2: float | None = None,
    annual_kwh: float | None = None,
    supply_temp_c: float | None = None,
    dst: Dst = "us",
) -> Load:
    """The load of a kind of building: its shape times `floor_area_m2`, or scaled to `annual_kwh` of this kind.

    name: one of `archetypes`; ``flat`` is constant and takes annual_kwh only. kind: ``electric`` includes the electricity for
    cooling; ``cooling`` is that part alone, as electricity of the chillers; ``space_heat`` and ``hot_water`` are heat delivered.
    weather: hourly or at the steps of `axis`. dst: people live by the clock, ``us`` daylight saving or ``none``; the axis stays
    in standard time. A year of hours takes a few milliseconds.
    Errors: InputError, all faults gathered: unknown name or kind, both or neither of area and energy, weather of another
    length or with gaps in dry bulb or humidity.
    """
    faults = Faults()
    if name not in archetypes():
        faults.absorb(unknown_name("archetype", name, archetypes(), path="archetype"))
    if kind not in BASES:
        faults.absorb(unknown_name("kind of load", kind, BASES, path="kind"))
    if (floor_area_m2 is None) == (annual_kwh is None):
        given = f"floor_area_m2 = {floor_area_m2}, annual_kwh = {annual_kwh}"
        faults.add("archetype", given, "needs one of floor_area_m2 and annual_kwh, not both", "Give one.")
    if name == FLAT and annual_kwh is None:
        faults.add("annual_kwh", None, "the flat archetype has no intensity per area", "Give its energy.")
    for path, value in (("floor_area_m2", floor_area_m2), ("annual_kwh", annual_kwh)):
        if value is not None and not 0.0 < value < np.inf:
            faults.add(path, value, "must be above zero", "Correct it.")
    faults.raise_if_any()
    if name == FLAT:
        source = Source("constant load", "", "derived", "annual energy given by the user")
        shape = np.ones(axis.steps)
    else:
        record = archetype(name)
        source = record.cite()
        shape = intensity_w_m2(record, kind, conditions(weather, axis, dst)) / 1e3
    annual_per_m2 = float(shape.sum()) * axis.step_hours
    if annual_kwh is not None and annual_per_m2 <= 0.0:
        raise InputError(
            Fault("annual_kwh", annual_kwh, f"{name} has no {kind} in this weather", "Leave this load out, or give a series.")
        )
    scale = (floor_area_m2 or 0.0) if annual_kwh is None else annual_kwh / annual_per_m2
    words = f"{kind.capitalize()} load".replace("_", " ")
    note = f"{words} of archetype {name}: {annual_per_m2:.1f} kWh/m2 a year in this weather" if name != FLAT else f"{words}, flat"
    if annual_kwh is not None and name != FLAT:
        note += f", scaled to {annual_kwh:g} kWh as of {scale:.0f} m2"
    return Load(kind, shape * scale, supply_temp_c, name, source, (note,), kind == "cooling")


def conditions(weather: Weather, axis: TimeAxis, dst: Dst) -> Conditions:
    """Clock and weather of each step. Errors: InputError for weather of another length than the axis, or with gaps."""
    repeats, rest = divmod(axis.steps, len(weather.dry_bulb_c))
    with Faults() as faults:
        if rest or repeats not in (1, 60 // axis.step_minutes):
            rule = f"does not fit a year of {axis.steps} steps"
            faults.add("weather", f"{len(weather.dry_bulb_c)} values", rule, "Give weather of the same kind of year.")
        for name in ("dry_bulb_c", "humidity_ratio", "pressure_kpa"):
            if gaps := int(np.isnan(getattr(weather, name)).sum()):
                faults.add(f"weather.{name}", f"{gaps} gaps", "an archetype needs it in every hour", "Take another weather file.")
    clock = TariffClock(axis, dst).step
    dry_bulb_c = np.repeat(weather.dry_bulb_c, repeats)
    return Conditions(
        hour=axis.hour[clock],
        weekday=axis.weekday[clock],
        dry_bulb_c=dry_bulb_c,
        day_mean_c=running_day_mean(dry_bulb_c, axis),
        humidity_g_kg=np.repeat(weather.humidity_ratio, repeats) * 1e3,
        pressure_share=float(np.mean(weather.pressure_kpa)) * 1e3 / STANDARD_PRESSURE_PA,
        mains_c=mains_temp_burch_christensen(dry_bulb_c, axis),
    )


def intensity_w_m2(record: Archetype, kind: LoadKind, at: Conditions) -> Array:
    """Intensity of one kind of load [W/m2] in each step."""
    if kind == "hot_water":
        return hot_water_w_m2(record.hot_water, at)
    activity = activity_of(record.electric, at)
    if kind == "space_heat":
        return space_heat_w_m2(record.space_heat, activity, at)
    cooling = cooling_w_m2(record.cooling, activity, at)
    return cooling if kind == "cooling" else cooling + electric_w_m2(record.electric, activity, at)


def activity_of(schedule: Schedule, at: Conditions) -> Array:
    """Course of the day between its lowest (0) and highest (1) working-day value; less or more of it at the weekend."""
    workday = np.repeat(schedule.workday_w_m2, 24 // len(schedule.workday_w_m2))
    activity = (workday - workday.min()) / max(float(np.ptp(workday)), 1e-9)
    share = np.where(at.weekday == SATURDAY, schedule.saturday, np.where(at.weekday == SUNDAY, schedule.sunday, 1.0))
    return activity[at.hour] * share


def scheduled_w_m2(schedule: Schedule, activity: Array) -> Array:
    """A schedule's own intensity [W/m2] at an activity."""
    lowest, highest = min(schedule.workday_w_m2), max(schedule.workday_w_m2)
    return lowest + (highest - lowest) * activity


def electric_w_m2(electric: Electric, activity: Array, at: Conditions) -> Array:
    """Electricity for all but cooling [W/m2]: schedule + a (T - Twarm)+ + b (Tcold - T)+."""
    warm = np.maximum(at.dry_bulb_c - electric.warm_above_c, 0.0)
    cold = np.maximum(electric.cold_below_c - at.dry_bulb_c, 0.0)
    return scheduled_w_m2(electric, activity) + electric.warm_slope_w_m2_k * warm + electric.cold_slope_w_m2_k * cold


def cooling_w_m2(cooling: Cooling, activity: Array, at: Conditions) -> Array:
    """Chiller electricity [W/m2] while the plant runs: (base + a activity + b (T - Twarm)+ + c (w - whumid)+)+."""
    warm = np.maximum(at.felt_c(cooling.day_mean_share) - cooling.warm_above_c, 0.0)
    humid = np.maximum(at.humidity_g_kg - cooling.humid_above_g_kg, 0.0)
    running = (at.hour >= cooling.run_from_h) & (at.hour < cooling.run_until_h)
    demand = cooling.base_w_m2 + cooling.active_w_m2 * activity
    demand = demand + cooling.warm_slope_w_m2_k * warm + cooling.humid_slope_w_m2_per_g_kg * humid
    return np.where(running, np.maximum(demand, 0.0), 0.0)


def space_heat_w_m2(heat: SpaceHeat, activity: Array, at: Conditions) -> Array:
    """Heat to the space [W/m2]: (base + a activity + s(hour) b p/p0 (Tbelow - T)+)+.

    Most of it warms outdoor air, whose density falls with the pressure p. s is 1 while full heating runs, plus what warming up
    adds, start_up exp(-(hour - start) / time constant); else the set-back.
    """
    since_start = at.hour - heat.run_from_h
    running = (since_start >= 0.0) & (at.hour < heat.run_until_h)
    start_up = heat.start_up_share * np.exp(-np.maximum(since_start, 0.0) / heat.start_up_h)
    share = np.where(running, 1.0 + start_up, heat.setback_share)
    cold = np.maximum(heat.below_c - at.felt_c(heat.day_mean_share), 0.0)
    demand = heat.base_w_m2 + heat.active_w_m2 * activity + share * heat.slope_w_m2_k * at.pressure_share * cold
    return np.maximum(demand, 0.0)


def hot_water_w_m2(hot_water: HotWater, at: Conditions) -> Array:
    """Heat to the hot water [W/m2]: schedule times the rise from mains to use, by that from 12 degC."""
    rise = (hot_water.use_temp_c - at.mains_c) / (hot_water.use_temp_c - MAINS_REFERENCE_C)
    return scheduled_w_m2(hot_water, activity_of(hot_water, at)) * np.maximum(rise, 0.0)


def running_day_mean(values: Array, axis: TimeAxis) -> Array:
    """Mean of the 24 hours around each step; the year is taken as a ring."""
    width = axis.steps // axis.days
    total = np.concatenate([[0.0], np.cumsum(np.concatenate([values[-(width // 2) :], values, values[: width // 2]]))])
    return (total[width:] - total[:-width])[: axis.steps] / width


def mains_temp_burch_christensen(dry_bulb_c: Array, axis: TimeAxis) -> Array:
    """Temperature of the cold water [degC] from the year's course of dry bulb, northern hemisphere.

    Tmains = (Tmean + 6 F) + ratio (dT / 2) sin(0.986 (day - 15 - lag) - 90 deg), ratio = 0.4 + 0.01 (Tmean - 44 F),
    lag = 35 - (Tmean - 44 F) days, dT the difference of the highest and lowest monthly mean; not below freezing.
    Source: Burch and Christensen, "Towards development of an algorithm for mains water temperature", Proc. ASES Solar 2007;
    restated in the EnergyPlus Engineering Reference (Water Mains Temperatures), which the reference buildings use.
    """
    monthly_f = np.bincount(axis.month, dry_bulb_c, 12) / np.bincount(axis.month, minlength=12) * 1.8 + 32.0
    mean_f = float(dry_bulb_c.mean()) * 1.8 + 32.0
    ratio = 0.4 + 0.01 * (mean_f - 44.0)
    lag = 35.0 - (mean_f - 44.0)
    angle = np.deg2rad(0.986 * (axis.day + 1 - 15.0 - lag) - 90.0)
    mains_f = mean_f + 6.0 + ratio * np.ptp(monthly_f) / 2.0 * np.sin(angle)
    return np.maximum((mains_f - 32.0) / 1.8, 0.0)
