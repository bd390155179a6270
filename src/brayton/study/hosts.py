"""What a site does with heat and cold beside plain loads, made ready for dispatch: pool, store air, chillers, tank, battery.

Here the tables of the scenario meet weather, loads and the machine's exhaust. The site's own (pool, air conditioner, electric
chiller) is there with and without the project; the equipment that heat drives, tank and battery are the project's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from brayton.core.errors import Fault, Faults, InputError
from brayton.core.provenance import Source
from brayton.core.units import ISO_RELATIVE_HUMIDITY, ISO_TEMP_K, STANDARD_PRESSURE_PA, ZERO_CELSIUS_K
from brayton.gas.air import humid_air, humidity_ratio
from brayton.gas.combustion import products
from brayton.package.battery import Battery
from brayton.package.exhaust_chiller import ExhaustChiller, generator_as_exchanger
from brayton.package.exhaust_duct import exhaust_duct
from brayton.package.heat_level import USUAL_WATER_RANGE_K, HeatLevel, LoopLoads, loop_loads
from brayton.package.heat_recovery import HeatRecovery
from brayton.package.heat_store import HeatStore
from brayton.package.heat_use import HeatUse
from brayton.study.battery import BatteryTable, battery_of, battery_rule
from brayton.study.cooling import AbsorptionChillerTable, ChillerTable, CoolingYear, cooling_year
from brayton.study.dehumidification import DehumidificationYear
from brayton.study.dehumidification_tables import (
    DehumidificationLoadTable,
    DesiccantTable,
    default_sources,
    dehumidification_from_tables,
)
from brayton.study.inputs import EXHAUST_ITSELF, StudyInputs
from brayton.study.pool import PoolStore, PoolTable, pool_notes, pool_of, pool_store
from brayton.study.scenario import LoadTable
from brayton.study.sources import Citation
from brayton.study.tank import TankTable, store_of_chilled_tank, store_of_tank
from brayton.study.under import under

if TYPE_CHECKING:
    from brayton.dispatch.battery import BatteryRule
    from brayton.machine.performance import Performance

Floats = NDArray[np.float64]
Table = TypeVar("Table")

POOL = "pool"
"""Name of the pool among what draws on the loop."""

PROJECT_EQUIPMENT = (TankTable, AbsorptionChillerTable, DesiccantTable, BatteryTable)
"""What is bought with the machines; boiler and electric chiller stand there anyway."""

DUCT_TO_REGENERATION_C = 25.0
"""Air to which the heat of exhaust counts that is mixed with outdoor air to regenerate a desiccant: estimate, a humid day's."""


@dataclass(frozen=True)
class Hosts:
    """The site beside its plain loads, step by step (n,).

    electric_kw: electricity that the site takes without the project: its loads and what air conditioning and chillers take that
    are not in them. uses: equipment that heat drives. store: pool or tank. loop: which heat loads the exchanger serves. pool,
    store_air, cooling: what they were made from; None for what is not there. battery: with its rule.
    installed_cost_usd: by piece of equipment.
    """

    electric_kw: Floats
    uses: tuple[HeatUse, ...]
    store: HeatStore | None
    loop: LoopLoads
    pool: PoolStore | None
    store_air: DehumidificationYear | None
    cooling: CoolingYear | None
    battery: tuple[Battery, BatteryRule] | None
    installed_cost_usd: dict[str, float]
    citations: tuple[Citation, ...]
    notes: tuple[str, ...]


def heat_recovery_of_exhaust(inputs: StudyInputs) -> HeatRecovery:
    """The duct to the equipment that the exhaust drives: as far down as that equipment cools it."""
    if _find(inputs, AbsorptionChillerTable) is not None:
        return generator_as_exchanger(ExhaustChiller(1.0))
    reason = "exhaust is mixed with outdoor air: its heat counts from a humid day's temperature"
    return exhaust_duct("duct to the desiccant", DUCT_TO_REGENERATION_C, (Source("Brayton", "2026", "estimate", reason),))


def build_hosts(inputs: StudyInputs, performance: Performance, heat_recovery: HeatRecovery | None) -> Hosts:
    """The hosts of a study. Errors: InputError with every fault of their tables, at the tables' places in the file."""
    citations: list[Citation] = []
    notes: list[str] = []
    electric = inputs.electric_kw
    with Faults(file=inputs.scenario_file) as faults:
        cooling = faults.attempt(lambda: _cooling(inputs))
        air = faults.attempt(lambda: _store_air(inputs, performance))
        pool = faults.attempt(lambda: _pool(inputs))
        battery = faults.attempt(lambda: _battery(inputs))
        uses = [item.use for item in (air, cooling) if item is not None and item.use is not None]
        loop = _loop(inputs, uses, pool, heat_recovery, faults)
        store = pool.store if pool is not None else faults.attempt(lambda: _tank(inputs, loop, heat_recovery, cooling))
    if store is not None and POOL in loop.too_hot:  # the boiler alone holds it
        store = replace(store, charge_kw=0.0)
    if cooling is not None:
        electric = electric + _cooling_on_top(inputs, cooling)
        citations += [Citation(f"equipment: {of}", source) for of, source in cooling.sources]
        notes += cooling.notes
    if air is not None:
        if not _found(inputs, DehumidificationLoadTable).part_of_electric:
            electric = electric + air.ac_electric_kw
        citations += [Citation(of, source) for of, source in default_sources()]
        notes += air.notes
    if pool is not None:
        notes += pool_notes(_found(inputs, PoolTable), inputs.weather, pool)
    notes += _left_out(loop, uses, heat_recovery)
    costs = {table.kind: table.installed_cost_usd for table in inputs.scenario.equipment if isinstance(table, PROJECT_EQUIPMENT)}
    return Hosts(
        electric_kw=electric,
        uses=tuple(use for use in uses if use.name not in loop.too_hot),
        store=store,
        loop=loop,
        pool=pool,
        store_air=air,
        cooling=cooling,
        battery=battery,
        installed_cost_usd=costs,
        citations=tuple(citations),
        notes=tuple(notes),
    )


def _find(inputs: StudyInputs, kind: type[Table]) -> Table | None:
    """The table of this kind, of which the rules of the file let only one stand."""
    tables = (*inputs.scenario.load, *inputs.scenario.equipment)
    return next((table for table in tables if isinstance(table, kind)), None)


def _found(inputs: StudyInputs, kind: type[Table]) -> Table:
    table = _find(inputs, kind)
    assert table is not None
    return table


def _place(inputs: StudyInputs, table: object) -> str:
    """Where a table stands in the file."""
    for name in ("load", "equipment"):
        for index, item in enumerate(getattr(inputs.scenario, name)):
            if item is table:
                return f"{name}[{index}]"
    return "scenario"


def _cooling(inputs: StudyInputs) -> CoolingYear | None:
    chiller = _find(inputs, ChillerTable)
    if chiller is None or inputs.cooling_kw is None:
        return None
    absorption = _find(inputs, AbsorptionChillerTable)
    basis = "chiller_electric" if inputs.cooling_is_electric else "cold"
    build = partial(cooling_year, inputs.cooling_kw, inputs.weather, chiller, absorption, basis=basis)
    return under(_place(inputs, chiller), build)


def _cooling_on_top(inputs: StudyInputs, cooling: CoolingYear) -> Floats:
    """Electricity for cooling that is not in the electric load yet [kW].

    Given as the chiller's electricity, its motor is in, or was added as it was read; then what its tower takes comes on top.
    """
    if any(isinstance(table, LoadTable) and table.part_of_electric for table in inputs.scenario.load):
        return np.zeros(inputs.axis.steps)
    motor_kw = inputs.cooling_kw if inputs.cooling_is_electric and inputs.cooling_kw is not None else 0.0
    return np.maximum(cooling.electric_kw - motor_kw, 0.0)


def _store_air(inputs: StudyInputs, performance: Performance) -> DehumidificationYear | None:
    load, unit = _find(inputs, DehumidificationLoadTable), _find(inputs, DesiccantTable)
    if load is None or unit is None:
        return None
    exhaust_c, exhaust_w = _iso_exhaust(performance) if unit.regeneration == "exhaust" else (None, None)
    return dehumidification_from_tables(
        load,
        unit,
        inputs.weather,
        inputs.axis,
        load_path=_place(inputs, load),
        equipment_path=_place(inputs, unit),
        exhaust_temp_c=exhaust_c,
        exhaust_humidity_ratio=exhaust_w,
    )


def _iso_exhaust(performance: Performance) -> tuple[float, float]:
    """Temperature [degC] and humidity ratio of the exhaust at full power in ISO air: what a year's mean is near."""
    iso_humidity = float(humidity_ratio(ISO_TEMP_K, STANDARD_PRESSURE_PA, ISO_RELATIVE_HUMIDITY))
    air = (ISO_TEMP_K - ZERO_CELSIUS_K, STANDARD_PRESSURE_PA / 1e3, iso_humidity)
    point = performance.at(performance.available_net_power_kw(*air), *air)
    burnt = products(humid_air(iso_humidity), performance.fuel, float(point.fuel_air_ratio)).mass_fractions
    return float(point.exhaust_temp_c), burnt["H2O"] / (1.0 - burnt["H2O"])


def _pool(inputs: StudyInputs) -> PoolStore | None:
    table = _find(inputs, PoolTable)
    if table is None:
        return None
    place = _place(inputs, table)
    pool = under(place, lambda: pool_of(table, inputs.weather))
    return under(place, lambda: pool_store(pool, inputs.weather, inputs.axis))


def _battery(inputs: StudyInputs) -> tuple[Battery, BatteryRule] | None:
    table = _find(inputs, BatteryTable)
    if table is None:
        return None
    return under(_place(inputs, table), lambda: (battery_of(table, inputs.source_of("equipment")), battery_rule(table)))


def _tank(
    inputs: StudyInputs, loop: LoopLoads, heat_recovery: HeatRecovery | None, cooling: CoolingYear | None
) -> HeatStore | None:
    table = _find(inputs, TankTable)
    if table is None:
        return None
    if table.medium == "chilled_water":
        if cooling is None or cooling.use is None:  # its own fault is told already
            return None
        cold_c, driving_kw, cop = _found(inputs, ChillerTable).chilled_water_temp_c, cooling.driving_kw, cooling.cop
        return under(_place(inputs, table), lambda: store_of_chilled_tank(table, inputs.axis, cold_c, driving_kw, cop))
    if heat_recovery is not None and table.max_temp_c > heat_recovery.max_water_out_temp_c:
        rule = f"is above the highest water temperature of {heat_recovery.name}, {heat_recovery.max_water_out_temp_c:g} degC"
        raise InputError(Fault(f"{_place(inputs, table)}.max_temp_c", table.max_temp_c, rule, "Lower it."))
    flow = loop.flow_kg_s
    back_c = float(np.average(loop.return_temp_c, weights=flow if flow.any() else None))
    return under(_place(inputs, table), lambda: store_of_tank(table, inputs.axis, loop.loop_temp_c, back_c))


def _loop(
    inputs: StudyInputs, uses: list[HeatUse], pool: PoolStore | None, heat_recovery: HeatRecovery | None, faults: Faults
) -> LoopLoads:
    """The loads behind the exchanger; without heat recovery, all are the boiler's."""
    levels = list(inputs.levels)
    if heat_recovery is None:
        return loop_loads(levels, max_water_out_temp_c=np.inf, steps=inputs.axis.steps)
    mixed = list(uses)
    table = _find(inputs, PoolTable)
    if pool is not None and table is not None:
        level = _pool_level(table, pool, faults, _place(inputs, table))
        if level is not None:  # the pool draws on the loop as a use does: its heat is the store's, not a load's
            mixed.append(
                HeatUse(level.name, level.heat_kw, np.zeros_like(level.heat_kw), level.supply_temp_c, level.return_temp_c)
            )
    heats_water = inputs.scenario.machine[0].heat_recovery != EXHAUST_ITSELF
    reach_c = heat_recovery.max_water_out_temp_c if heats_water else -np.inf
    loop = loop_loads(levels, mixed, max_water_out_temp_c=reach_c, steps=inputs.axis.steps)
    if heats_water and loop.too_hot and not loop.served:
        hottest = min(item.supply_temp_c for item in (*levels, *mixed) if np.isfinite(item.supply_temp_c))
        rule = f"is above the highest water temperature of {heat_recovery.name}, {heat_recovery.max_water_out_temp_c:g} degC"
        faults.add("load.supply_temp_c", hottest, rule, "Lower it, or leave heat recovery out.")
    return loop


def _pool_level(table: PoolTable, pool: PoolStore, faults: Faults, place: str) -> HeatLevel | None:
    """The pool as a load of the loop: the heat that holds its lowest temperature."""
    if table.supply_temp_c is None:
        rule = "is needed, because recovered heat depends on the temperature of the water"
        faults.add(f"{place}.supply_temp_c", "(absent)", rule, "Add the temperature at the pool's heat exchanger.")
        return None
    back = table.supply_temp_c - USUAL_WATER_RANGE_K if table.return_temp_c is None else table.return_temp_c
    if back <= table.water_temp_c[1]:
        rule = f"must be above the water of the pool, {table.water_temp_c[1]:g} degC"
        faults.add(f"{place}.return_temp_c", back, rule, "Water comes back from the exchanger warmer than the pool.")
        return None
    heat = np.maximum(pool.store.drain_kw, 0.0)
    return faults.attempt(lambda: HeatLevel(POOL, heat, table.supply_temp_c or 0.0, back))


def _left_out(loop: LoopLoads, uses: list[HeatUse], heat_recovery: HeatRecovery | None) -> list[str]:
    """Notes on what recovered heat does not reach."""
    driven = {use.name for use in uses}
    if heat_recovery is None or not loop.too_hot:
        return []
    found = {
        "left to the boiler alone": [name for name in loop.too_hot if name not in driven],
        "at rest all year": [name for name in loop.too_hot if name in driven],
    }
    return [f"Out of reach of {heat_recovery.name}, so {how}: {', '.join(names)}." for how, names in found.items() if names]
