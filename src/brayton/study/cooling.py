"""Cooling in a study: the electric chiller that the site has anyway, and an absorption chiller that takes work off it.

Here the place (weather, cooling load) meets the steel (chillers, tower). The absorption chiller becomes a `HeatUse`: heat that it
can use in each step, and the electricity that the electric chiller then does not take, less pumps and tower. A `HeatUse` saves in
proportion to its heat: exact where the chiller runs for a share of the step, an error where it modulates, which is measured and
told (`CoolingYear.notes`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, model_validator

from brayton.core.errors import Fault, InputError
from brayton.core.provenance import Source
from brayton.core.records import Record, key
from brayton.package.absorption import HotWaterChiller, yazaki_wfc
from brayton.package.chiller import CURVES, Chiller
from brayton.package.cooling_tower import PUMP_W_PER_KG_S, CoolingTower, usual_tower, wet_bulb_c
from brayton.package.exhaust_chiller import ExhaustChiller
from brayton.package.heat_recovery import WATER_CP_J_PER_KG_K
from brayton.package.heat_use import HeatUse
from brayton.site.weather import Weather

Floats = NDArray[np.float64]

CONDENSER_RANGE_K = 5.56
"""Warming of the cooling water of electric and double-effect chillers: 10 F, the usual design figure (estimate)."""


def _chilled(value: float) -> float:
    low, high = CURVES["air"].chilled_range_c
    if not low <= value <= high:
        raise ValueError(f"must lie in {low:g}..{high:g} degC, for which the chillers' curves hold")
    return value


ChilledWater = Annotated[float, AfterValidator(_chilled)]


class ChillerTable(Record):
    """``[[equipment]] kind = "chiller"``: the electric chiller that is there with and without the project."""

    kind: Literal["chiller"] = key("what the equipment is")
    condenser: Literal["air", "water"] = key("what cools it: outdoor air, or water of a cooling tower")
    cop: float = key("cold per electricity at its rated point (6.67 degC chilled water; 35 degC air, or 29 degC water)", "kW/kW",
                     sourced=True, ge=1, le=12)  # fmt: skip
    capacity_kw: float | None = key("rated cold; if left out, just enough for the load", "kW", None, gt=0)
    chilled_water_temp_c: ChilledWater = key("chilled water that it makes", "degC", 6.67)


class AbsorptionChillerTable(Record):
    """``[[equipment]] kind = "absorption_chiller"``: beside the electric chiller, on the machines' heat."""

    kind: Literal["absorption_chiller"] = key("what the equipment is")
    drive: Literal["hot_water", "exhaust"] = key("single effect on hot water, or double effect on the exhaust itself")
    cold_kw: float = key("rated cold", "kW", gt=0)
    hot_water_temp_c: float | None = key("hot water that drives it; needed with `hot_water`", "degC", None, ge=70, le=95)
    installed_cost_usd: float = key("installed cost, tower and pumps included", "USD", sourced=True, ge=0)

    @model_validator(mode="after")
    def _one_drive(self) -> Self:
        if (self.drive == "hot_water") != (self.hot_water_temp_c is not None):
            given = "left out" if self.hot_water_temp_c is None else f"{self.hot_water_temp_c:g}"
            raise ValueError(f'hot_water_temp_c goes with drive = "hot_water": drive is "{self.drive}", hot_water_temp_c {given}')
        return self


@dataclass(frozen=True)
class CoolingYear:
    """The site's cooling, step by step (n,).

    cold_kw: demand. electric_kw: of the electric chiller alone with its fan and pump, all cold made by it: the baseline.
    use: the absorption chiller as a use of heat; None without one. absorption_kw: cold that it makes with all the heat of `use`.
    driving_kw: heat that it can take at most, whatever the demand, and cop: cold per heat, over the year; nought without one.
    sources: of the figures taken, by what they are for. notes: what a reader has to know.
    """

    cold_kw: Floats
    electric_kw: Floats
    use: HeatUse | None
    absorption_kw: Floats
    driving_kw: float
    cop: float
    sources: tuple[tuple[str, Source], ...]
    notes: tuple[str, ...]


def cooling_year(
    demand_kw: Floats,
    weather: Weather,
    chiller: ChillerTable,
    absorption: AbsorptionChillerTable | None = None,
    *,
    basis: Literal["cold", "chiller_electric"] = "cold",
) -> CoolingYear:
    """The baseline's electricity for cooling and what an absorption chiller can save of it.

    demand_kw (n,): cold, or with `basis` ``chiller_electric`` what the chiller's motor takes. weather: one value per step.
    Raises InputError for gaps, a chiller too small for the load, or temperatures that no curve covers.
    """
    entering, sources, notes = _condenser(chiller, weather)
    rated = Source("scenario", "undated", "estimate", "rated point as the scenario gives it")
    unit = Chiller(CURVES[chiller.condenser], 1.0, chiller.cop, chiller.chilled_water_temp_c, rated)
    machine = _sized(unit, chiller.capacity_kw, demand_kw, entering, basis)
    cold = demand_kw if basis == "cold" else machine.cold_kw(demand_kw, entering)
    sources.append(("chiller curves", machine.curves.source))
    if chiller.capacity_kw is None:
        notes.append(f"The electric chiller is taken to be {machine.capacity_kw:.0f} kW, just enough for the load.")
    plant = _Plant(machine, entering, usual_tower(CONDENSER_RANGE_K) if chiller.condenser == "water" else None)
    use, made, driving_kw, cop = None, np.zeros_like(cold), 0.0, 0.0
    if absorption is not None:
        unit = _unit_of(absorption, chiller.chilled_water_temp_c, weather)
        use, made, found, told = _absorption(unit, absorption, cold, plant)
        able = unit.available_kw()
        driven = unit.heat_kw(able)
        driving_kw, cop = float(driven.max()), float(able.sum() / driven.sum())
        sources += found
        notes += told
    return CoolingYear(cold, plant.electric_kw(cold), use, made, driving_kw, cop, tuple(sources), tuple(notes))


@dataclass(frozen=True)
class _Plant:
    """The electric chiller with the air or water of each step, and its tower."""

    chiller: Chiller
    entering_c: Floats
    tower: CoolingTower | None

    def electric_kw(self, cold_kw: Floats) -> Floats:
        motor = self.chiller.electric_kw(cold_kw, self.entering_c)
        return motor if self.tower is None else motor + self.tower.electric_kw(cold_kw + motor)


def _wet_bulb(weather: Weather) -> Floats:
    return wet_bulb_c(weather.dry_bulb_c, weather.pressure_kpa, weather.humidity_ratio)


def _finite(values: Floats, path: str) -> Floats:
    gaps = np.flatnonzero(~np.isfinite(values))
    if gaps.size:
        rule = f"missing in {gaps.size} of {values.size} steps"
        raise InputError(Fault(f"{path}[{gaps[0]}]", "NaN", rule, "Fill the gaps and say how; we do not guess."))
    return values


def _condenser(table: ChillerTable, weather: Weather) -> tuple[Floats, list[tuple[str, Source]], list[str]]:
    """Air or water entering the condenser [degC], held from below, as head-pressure control and a tower's bypass do."""
    low, high = CURVES[table.condenser].condenser_range_c
    if table.condenser == "water":
        tower = usual_tower(CONDENSER_RANGE_K)
        water = _finite(tower.water_temp_c(_wet_bulb(weather)), "weather.humidity_ratio")
        return water, [("cooling tower", source) for source in tower.sources], []
    air = _finite(weather.dry_bulb_c, "weather.dry_bulb_c")
    if air.max() > high:
        rule = f"is above {high:g} degC, to which the curves of the {CURVES['air'].name} chiller hold"
        raise InputError(Fault("weather.dry_bulb_c", float(air.max()), rule, "Use a water-cooled chiller."))
    notes = [f"In air below {low:g} degC the electric chiller is taken to hold its condenser there."] if air.min() < low else []
    return np.maximum(air, low), [], notes


def _sized(unit: Chiller, capacity_kw: float | None, demand: Floats, entering: Floats, basis: str) -> Chiller:
    """The chiller of this capacity, or just large enough; all its figures go in proportion to it, so one of 1 kW tells."""
    _finite(demand, "load.cooling")
    available = unit.available_kw(entering)
    most = available if basis == "cold" else unit.electric_kw(available, entering)
    needed = float((demand / most).max(initial=0.0))
    if capacity_kw is not None and needed > capacity_kw * (1.0 + 1e-9):
        step = int(np.argmax(demand / most))
        rule = f"is too small: step {step} of the cooling load needs {needed:.4g} kW rated"
        raise InputError(Fault("equipment.capacity_kw", capacity_kw, rule, "Give the capacity of all chillers together."))
    if capacity_kw is None and needed == 0.0:
        raise InputError(Fault("load.cooling", 0.0, "is zero all year", "Drop the chiller, or give its load."))
    return Chiller(unit.curves, needed if capacity_kw is None else capacity_kw, unit.cop, unit.chilled_water_temp_c, unit.source)


def _unit_of(table: AbsorptionChillerTable, chilled_c: float, weather: Weather) -> _Unit:
    """The absorption chiller in the air of each step."""
    if table.drive == "hot_water":
        machine: HotWaterChiller | ExhaustChiller = yazaki_wfc(table.cold_kw)
        cooling_range_k = machine.cooling_water_c[1] - machine.cooling_water_c[0]
    else:
        machine, cooling_range_k = ExhaustChiller(table.cold_kw), CONDENSER_RANGE_K
    tower = usual_tower(cooling_range_k)
    water = _finite(tower.water_temp_c(_wet_bulb(weather)), "weather.humidity_ratio")
    return _Unit(machine, tower, water, chilled_c, table.hot_water_temp_c)


def _absorption(
    unit: _Unit, table: AbsorptionChillerTable, cold: Floats, plant: _Plant
) -> tuple[HeatUse, Floats, list[tuple[str, Source]], list[str]]:
    """The absorption chiller as a use of heat, the cold that it then makes, its sources and notes."""
    made = np.minimum(cold, unit.available_kw())
    heat, saved = unit.heat_kw(made), _saved_kw(unit, plant, cold, made)
    runs = (made > 0.0) & (saved > 0.0)
    half_made = unit.cold_of_kw(heat / 2.0, made)
    modulated = np.where(runs, _saved_kw(unit, plant, cold, half_made) - saved / 2.0, 0.0)
    hot, back = unit.water_c()
    use = HeatUse(f"absorption chiller, {table.drive}", np.where(runs, heat, 0.0), np.where(runs, saved, 0.0), hot, back)
    made_running = np.where(runs, made, 0.0)
    share = float(made_running.sum()) / max(float(cold.sum()), 1e-9)
    off = float(modulated.sum()) / (float(use.saved_kw.sum()) / 2.0 or 1.0)
    sources = [("absorption chiller", source) for source in unit.machine.sources]
    sources += [("cooling tower of the absorption chiller", source) for source in unit.tower.sources]
    notes = [
        f"The absorption chiller could make {100.0 * share:.0f} % of the cold.",
        "It saves in proportion to its heat, as if it ran for a share of the step; if it modulated instead, half the heat "
        f"would save {100.0 * abs(off):.0f} % {'more' if off > 0.0 else 'less'} than half of it.",
    ]
    idle = (made > 0.0) & ~runs
    if idle.any():
        notes.append(f"In {int(idle.sum())} steps its pumps and tower would take more than it saves: it rests.")
    return use, made_running, sources, notes


def _saved_kw(unit: _Unit, plant: _Plant, cold: Floats, made: Floats) -> Floats:
    """Electricity that the electric chiller does not take, less what the absorption chiller does [kW]."""
    return plant.electric_kw(cold) - plant.electric_kw(np.maximum(cold - made, 0.0)) - unit.electric_kw(made)


@dataclass(frozen=True)
class _Unit:
    """An absorption chiller in the water of each step."""

    machine: HotWaterChiller | ExhaustChiller
    tower: CoolingTower
    cooling_c: Floats
    chilled_c: float
    hot_c: float | None

    def available_kw(self) -> Floats:
        if isinstance(self.machine, ExhaustChiller):
            return self.machine.available_kw(self.cooling_c, self.chilled_c)
        assert self.hot_c is not None, "the table has one where hot water drives"
        return self.machine.available_kw(self.hot_c, self.cooling_c, self.chilled_c)

    def heat_kw(self, made_kw: Floats) -> Floats:
        if isinstance(self.machine, ExhaustChiller):
            return self.machine.heat_kw(made_kw, self.cooling_c, self.chilled_c)
        return self.machine.heat_kw(made_kw)

    def cold_of_kw(self, heat_kw: Floats, most_kw: Floats) -> Floats:
        """Cold up to `most_kw` that this heat drives, by halving [kW]."""
        low, high = np.zeros_like(most_kw), most_kw
        for _ in range(40):
            middle = (low + high) / 2.0
            affordable = self.heat_kw(middle) <= heat_kw
            low, high = np.where(affordable, middle, low), np.where(affordable, high, middle)
        return low

    def electric_kw(self, made_kw: Floats) -> Floats:
        """Own pumps, hot-water pump, tower fan and cooling-water pump; its chilled-water pump is that of the other chiller."""
        heat = self.heat_kw(made_kw)
        power = np.where(made_kw > 0.0, self.machine.pump_kw, 0.0) + self.tower.electric_kw(heat + made_kw)
        if isinstance(self.machine, HotWaterChiller):
            entering, leaving = self.machine.hot_water_c
            power = power + heat * PUMP_W_PER_KG_S / (WATER_CP_J_PER_KG_K * (entering - leaving))
        return power

    def water_c(self) -> tuple[float, float]:
        """Hot water to it and back [degC]; NaN where exhaust drives it."""
        if isinstance(self.machine, ExhaustChiller) or self.hot_c is None:
            return np.nan, np.nan
        entering, leaving = self.machine.hot_water_c
        return self.hot_c, self.hot_c - (entering - leaving)
