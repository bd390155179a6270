"""A store with and without a desiccant unit: where the air of the place and the steel meet, step by step.

Without the unit, the air conditioner runs for the sensible load and, where its humidistat asks, longer: the store is overcooled
and heated again. With it, the unit dries first, down to its own set-point; the heat that it brings is taken out by the air
conditioner. The cases take water in both, less where the air is drier, and their racks then save electricity.

Each step is steady: water in = water out, sensible heat in = cold out. The store's temperature is held. Every figure of heat,
water and electricity is the mean of its step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from brayton.core.errors import Faults
from brayton.core.units import ZERO_CELSIUS_K
from brayton.gas.air import humidity_ratio
from brayton.gas.moistair import dew_point_k
from brayton.package.air_conditioner import (
    AirConditioner,
    Reheat,
    coil_sensible_kw,
    coil_water_kg_s,
    cooling_electric_kw,
)
from brayton.package.desiccant import DesiccantUnit, Drying, Regeneration, dehumidify
from brayton.package.heat_use import HeatUse
from brayton.site.display_cases import case_electric_kw, case_water_kg_s
from brayton.site.store_air import StoreYear, net_water_kg_s, store_relative_humidity, where_water_balances

Series = NDArray[np.float64]

_ROUNDS = 36
"""Halvings of the share of a step in which the unit runs: to 1e-11."""

WETTEST_HUMIDITY_RATIO = 0.05
SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True)
class Supply:
    """Heat that drives the unit: temperatures of its water; or temperature and humidity ratio of the exhaust."""

    supply_temp_c: float
    return_temp_c: float = float("nan")
    exhaust_humidity_ratio: float | None = None


@dataclass(frozen=True)
class StoreRun:
    """A year of the store with or without the unit; arrays (n,), means of each step.

    humidity_ratio, dew_point_c: of its air. coil_share: of the step in which the cooling coil runs. Water [kg/s] taken out by
    coil, cases and desiccant. sensible_added_kw: heat that the desiccant brings. Electricity [kW]: ac_kw (compressors, without
    the supply fan, which runs in both), reheat_kw, case_kw (racks and anti-sweat heaters), auxiliary_kw (of the unit).
    reheat_heat_kw: heat for air that was overcooled. short_of_cold_kw: cold that the coil lacks where it runs all the time.
    """

    humidity_ratio: Series
    dew_point_c: Series
    coil_share: Series
    coil_water_kg_s: Series
    case_water_kg_s: Series
    desiccant_water_kg_s: Series
    sensible_added_kw: Series
    reheat_heat_kw: Series
    short_of_cold_kw: Series
    ac_kw: Series
    reheat_kw: Series
    case_kw: Series
    auxiliary_kw: Series

    @property
    def electric_kw(self) -> Series:
        """Air conditioning, reheat, cases and the unit together [kW]."""
        return self.ac_kw + self.reheat_kw + self.case_kw + self.auxiliary_kw


class Sides(NamedTuple):
    """Two sides of a balance over the year."""

    name: str
    unit: str
    total_in: float
    total_out: float


@dataclass(frozen=True)
class DehumidificationYear:
    """The store with and without its desiccant unit.

    use: heat that the unit can use and electricity that it then saves, as dispatch sees it. without, with_unit: the two runs, the
    second with all the heat that the unit wants. drying: the unit at each step. balances: water and sensible heat of both runs.
    ac_electric_kw: electricity of the air conditioner and its reheat without the unit, to be added to an electric load that
    does not hold it.
    """

    use: HeatUse
    without: StoreRun
    with_unit: StoreRun
    run_share: Series
    regen_temp_c: Series
    balances: tuple[Sides, ...]
    notes: tuple[str, ...]

    @property
    def ac_electric_kw(self) -> Series:
        return self.without.ac_kw + self.without.reheat_kw


def dehumidification_year(
    store_year: StoreYear,
    conditioner: AirConditioner,
    desiccant: DesiccantUnit,
    supply: Supply,
    *,
    unit_dew_point_c: float,
    name: str = "desiccant",
) -> DehumidificationYear:
    """Run the store with and without the desiccant unit; `store_year` holds the dew point that the air conditioner keeps today.

    unit_dew_point_c: what the unit dries to, not above that of the store. The unit rests where drying would take more electricity
    than it saves, and where process air lies outside the range of its wheel; notes say in how many steps.
    Process air is the store's outdoor air as far as it goes, and store air for the rest. Heat that the unit brings while the
    store wants heat is not credited to the boiler. With part of the heat the saving is at least in proportion: the first
    water that the unit takes spares overcooling and reheat, the last only the racks.
    Errors: InputError where set-points or supply contradict each other.
    """
    _check(store_year, desiccant, supply, unit_dew_point_c)
    solver = _Store(store_year, conditioner, desiccant, supply, unit_dew_point_c)
    without = solver.without()
    full = solver.with_unit()
    saved_kw = without.electric_kw - full.run.electric_kw
    pays = (saved_kw > 0.0) & (full.heat_kw > 0.0)
    unpaid = int(((full.heat_kw > 0.0) & ~pays).sum())
    with_unit = _choose(pays, full.run, without)
    use = HeatUse(
        name=name,
        heat_kw=np.where(pays, full.heat_kw, 0.0),
        saved_kw=np.where(pays, saved_kw, 0.0),
        supply_temp_c=supply.supply_temp_c if desiccant.regeneration is Regeneration.HOT_WATER else float("nan"),
        return_temp_c=supply.return_temp_c if desiccant.regeneration is Regeneration.HOT_WATER else float("nan"),
    )
    return DehumidificationYear(
        use=use,
        without=without,
        with_unit=with_unit,
        run_share=np.where(pays, full.run_share, 0.0),
        regen_temp_c=full.regen_temp_c,
        balances=(
            *_balances("without the unit", store_year, without, solver.full_sensible_kw),
            *_balances("with the unit", store_year, with_unit, solver.full_sensible_kw),
        ),
        notes=(*store_year.notes, *_notes(store_year, without, with_unit, unpaid, full.outside)),
    )


def _check(year: StoreYear, unit: DesiccantUnit, supply: Supply, unit_dew_point_c: float) -> None:
    with Faults() as faults:
        if not -20.0 <= unit_dew_point_c <= year.store.dew_point_c:
            rule = f"must lie in -20 degC..{year.store.dew_point_c:g} degC, the dew point that the air conditioner holds"
            faults.add("desiccant.dew_point_c", unit_dew_point_c, rule, "Give the dew point that the unit dries to.")
        if unit.regeneration is Regeneration.HOT_WATER:
            hottest = unit.coil_effectiveness * (supply.supply_temp_c - 25.0) + 25.0
            if not hottest >= unit.min_regen_temp_c:
                rule = (
                    f"heats regeneration air to {hottest:.0f} degC only; the wheel wants {unit.min_regen_temp_c:g} degC or more"
                )
                remedy = "Raise the supply temperature, enlarge the coil, or lower min_regen_temp_c knowingly."
                faults.add("desiccant.supply_temp_c", supply.supply_temp_c, rule, remedy)
        elif supply.exhaust_humidity_ratio is None:
            rule = "is needed where the exhaust itself regenerates"
            faults.add("desiccant.exhaust_humidity_ratio", "(absent)", rule, "Give kg of water per kg of dry exhaust.")


@dataclass(frozen=True)
class _Full:
    """The store with the unit in every step that wants it."""

    run: StoreRun
    heat_kw: Series
    run_share: Series
    regen_temp_c: Series
    outside: int


class _Store:
    """One store and its equipment, solved step by step for the humidity at which water balances."""

    def __init__(
        self, year: StoreYear, air: AirConditioner, unit: DesiccantUnit, supply: Supply, unit_dew_point_c: float
    ) -> None:
        self.year, self.air, self.unit, self.supply = year, air, unit, supply
        self.fresh = np.minimum(year.ventilation_kg_s / air.supply_flow_kg_s, 1.0)
        entering_c = year.store.dry_bulb_c + self.fresh * (year.outdoor_temp_c - year.store.dry_bulb_c)
        self.full_sensible_kw = coil_sensible_kw(air, entering_c)
        self.held_w = year.setpoint_humidity_ratio
        self.dried_w = humidity_ratio(unit_dew_point_c + ZERO_CELSIUS_K, year.pressure_pa, 1.0)
        self.process_fresh = np.minimum(year.ventilation_kg_s / unit.process_flow_kg_s, 1.0)

    def coil_water(self, w: Series) -> Series:
        """Water that the coil takes out while it runs, with the store at `w` [kg/s]."""
        entering = w + self.fresh * (self.year.outdoor_humidity_ratio - w)
        return coil_water_kg_s(self.air, entering, self.year.pressure_pa)

    def sensible_share(self, added_kw: Series) -> Series:
        """Share of the step for which the coil runs to hold the temperature."""
        wanted = np.maximum(self.year.sensible_load_kw + added_kw, 0.0)
        share = wanted / np.where(self.full_sensible_kw > 0.0, self.full_sensible_kw, np.inf)
        return np.minimum(share, 1.0)

    def drying(self, w: Series) -> Drying:
        """The unit at full run, with the store at `w`; NaN outside the range of its wheel."""
        store_c, year = self.year.store.dry_bulb_c, self.year
        return dehumidify(
            self.unit,
            store_c + self.process_fresh * (year.outdoor_temp_c - store_c),
            w + self.process_fresh * (year.outdoor_humidity_ratio - w),
            year.outdoor_temp_c,
            year.outdoor_humidity_ratio,
            supply_temp_c=self.supply.supply_temp_c,
            supply_humidity_ratio=self.supply.exhaust_humidity_ratio,
            outside="nan",
        )

    def without(self) -> StoreRun:
        """The air conditioner alone."""
        nothing = np.zeros_like(self.held_w)
        share = self.sensible_share(nothing)
        w = self._balanced(lambda w: share * self.coil_water(w))
        w, share = self._held(w, share, lambda _w: nothing)
        return self._run(w, share, nothing, nothing, nothing)

    def with_unit(self) -> _Full:
        """Unit first, to its set-point or as far as it gets; then the air conditioner, for heat and above its own humidity."""
        nothing = np.zeros_like(self.held_w)
        resting = self.sensible_share(nothing)
        floating = self._balanced(lambda w: resting * self.coil_water(w))
        wanted = floating > self.dried_w
        at_set = self.drying(self.dried_w)

        def residual(run: Series) -> Series:
            coil = self.sensible_share(run * _known(at_set.sensible_kw)) * self.coil_water(self.dried_w)
            return net_water_kg_s(self.year, self.dried_w) - run * _known(at_set.water_kg_s) - coil

        enough = wanted & (residual(np.ones_like(self.held_w)) <= 0.0)
        low, high = np.zeros_like(self.held_w), np.ones_like(self.held_w)
        for _ in range(_ROUNDS):
            middle = 0.5 * (low + high)
            short = residual(middle) > 0.0
            low, high = np.where(short, middle, low), np.where(short, high, middle)
        run = np.where(wanted, np.where(enough, 0.5 * (low + high), 1.0), 0.0)

        def full_water(w: Series) -> Series:
            drying = self.drying(w)
            return _known(drying.water_kg_s) + self.sensible_share(_known(drying.sensible_kw)) * self.coil_water(w)

        short_of = self._balanced(full_water)
        w = np.where(wanted, np.where(enough, self.dried_w, short_of), floating)
        drying = self.drying(w)
        outside = int((wanted & np.isnan(drying.run_share)).sum())
        added = run * _known(drying.sensible_kw)
        share = self.sensible_share(added)
        w, share = self._held(w, share, lambda w: run * _known(self.drying(w).water_kg_s))
        drying = self.drying(w)
        run = np.where(_known(drying.run_share) > 0.0, run, 0.0)
        water, added = run * _known(drying.water_kg_s), run * _known(drying.sensible_kw)
        store = self._run(w, share, water, added, run * _known(drying.electric_kw))
        return _Full(store, run * _known(drying.regen_heat_kw), run, drying.regen_temp_c, outside)

    def _balanced(self, taken: Callable[[Series], Series]) -> Series:
        return where_water_balances(self.year, taken, np.full_like(self.held_w, WETTEST_HUMIDITY_RATIO))

    def _held(self, w: Series, share: Series, dried: Callable[[Series], Series]) -> tuple[Series, Series]:
        """Humidity and run of the coil once the humidistat has asked for more, where `w` is above what it holds.

        dried: water that the unit takes out at a humidity. Where the coil is too small, it runs all the time.
        """
        over = w > self.held_w
        coil = self.coil_water(self.held_w)
        asked = net_water_kg_s(self.year, self.held_w) - dried(self.held_w)
        needed = np.maximum(asked / np.where(coil > 0.0, coil, 1.0), share)
        holds = over & (coil > 0.0) & (needed <= 1.0)
        limit = self._balanced(lambda w: self.coil_water(w) + dried(w)) if (over & ~holds).any() else w
        # where the store is drier than the coil's surface already, longer running would take nothing out
        works = over & ~holds & (self.coil_water(w) > 0.0)
        return (
            np.where(holds, self.held_w, np.where(works, limit, w)),
            np.where(holds, needed, np.where(works, 1.0, share)),
        )

    def _run(self, w: Series, share: Series, dried: Series, added_kw: Series, auxiliary_kw: Series) -> StoreRun:
        year, store = self.year, self.year.store
        coil_kw, coil_water = share * self.full_sensible_kw, share * self.coil_water(w)
        over_kw = coil_kw - np.maximum(year.sensible_load_kw + added_kw, 0.0)
        reheat_kw = np.maximum(over_kw, 0.0)
        humid = store_relative_humidity(store, w, year.pressure_pa)
        return StoreRun(
            humidity_ratio=w,
            dew_point_c=dew_point_k(year.pressure_pa, w) - ZERO_CELSIUS_K,
            coil_share=share,
            coil_water_kg_s=coil_water,
            case_water_kg_s=case_water_kg_s(store.cases, humid, year.hour),
            desiccant_water_kg_s=dried,
            sensible_added_kw=added_kw,
            reheat_heat_kw=reheat_kw,
            short_of_cold_kw=np.maximum(-over_kw, 0.0),
            ac_kw=cooling_electric_kw(self.air, coil_kw, coil_water, year.outdoor_temp_c),
            reheat_kw=reheat_kw if self.air.reheat is Reheat.ELECTRIC else np.zeros_like(reheat_kw),
            case_kw=case_electric_kw(store.cases, humid, year.hour, year.outdoor_temp_c, store.dry_bulb_c),
            auxiliary_kw=auxiliary_kw,
        )


def _known(values: Series) -> Series:
    """Zero where the wheel's range is left: there the unit rests, and a note counts it."""
    return np.where(np.isnan(values), 0.0, values)


def _choose(first: NDArray[np.bool_], yes: StoreRun, no: StoreRun) -> StoreRun:
    """`yes` where `first`, else `no`."""
    return StoreRun(**{item.name: np.where(first, getattr(yes, item.name), getattr(no, item.name)) for item in fields(StoreRun)})


def _balances(name: str, year: StoreYear, run: StoreRun, full_sensible_kw: Series) -> tuple[Sides, ...]:
    """Water and sensible heat of the store over the year: what comes in, and what leaves by each way."""
    flow, hours = year.infiltration_kg_s + year.ventilation_kg_s, year.step_hours
    brought = flow * (year.outdoor_humidity_ratio - run.humidity_ratio) + year.gain_kg_s
    taken = run.coil_water_kg_s + run.case_water_kg_s + run.desiccant_water_kg_s
    heat = np.maximum(year.sensible_load_kw + run.sensible_added_kw, 0.0) + run.reheat_heat_kw
    cold = run.coil_share * full_sensible_kw + run.short_of_cold_kw
    return (
        Sides(
            f"water of the store {name}: brought by air, people and goods = taken by coil, cases and unit",
            "kg",
            float(brought.sum()) * hours * SECONDS_PER_HOUR,
            float(taken.sum()) * hours * SECONDS_PER_HOUR,
        ),
        Sides(
            f"sensible heat of the store {name}: load + brought by the unit + reheat = cold of the coil + shortfall",
            "kWh",
            float(heat.sum()) * hours,
            float(cold.sum()) * hours,
        ),
    )


def _notes(year: StoreYear, without: StoreRun, with_unit: StoreRun, unpaid: int, outside: int) -> list[str]:
    """What a reader should know of the two runs."""
    notes: list[str] = []
    margin = 1e-6
    for name, run in (("without the desiccant unit", without), ("with it", with_unit)):
        if wet := int((run.humidity_ratio > year.setpoint_humidity_ratio + margin).sum()):
            dew = f"{year.store.dew_point_c:g} degC in {wet} steps; it rises to {run.dew_point_c.max():.1f} degC"
            notes.append(f"{name} the air conditioner cannot hold the store's dew point of {dew}")
        if short := int((run.short_of_cold_kw > margin).sum()):
            notes.append(f"{name} the cooling coil is too small in {short} steps, which are counted as if the store were held")
    if unpaid:
        notes.append(f"the desiccant unit rests in {unpaid} steps in which it would take more electricity than it saves")
    if outside:
        notes.append(
            f"the desiccant unit rests in {outside} steps in which its air lies outside the range of the wheel's regression"
        )
    return notes
