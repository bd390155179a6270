"""The water tank of a scenario: its table, and the store that it makes at the temperatures of the loads."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from brayton.core.errors import Fault, Faults, InputError
from brayton.core.records import Record, key
from brayton.core.timeaxis import TimeAxis
from brayton.package.heat_store import HeatStore
from brayton.package.tank import Tank, cylinder_ua_w_per_k, tank_store


class TankTable(Record):
    """A hot-water tank, upright and insulated."""

    kind: Literal["tank"] = key("what the equipment is")
    medium: Literal["hot_water", "chilled_water"] = key(
        "hot water for the heat loads, or chilled water behind the absorption chiller", "", "hot_water"
    )
    volume_m3: float = key("water in it", "m3", gt=0, le=100_000)
    layout: Literal["stratified", "mixed"] = key("whether hot water stays on top, or all has one temperature")
    max_temp_c: float = key("highest temperature of its water: full of hot water, or empty of cold", "degC", gt=0, lt=200)
    ua_w_per_k: float | None = key("conductance of its shell; or give the insulation", "W/K", None, ge=0)
    insulation_mm: float | None = key("thickness of the insulation, in place of `ua_w_per_k`", "mm", None, gt=0, le=2000)
    insulation_w_per_m_k: float = key("conductivity of the insulation; an estimate for foam", "W/(m K)", 0.035, gt=0, le=1)
    height_m: float | None = key("height of the water; twice the diameter if left out", "m", None, gt=0, le=100)
    surroundings_temp_c: float = key("of the air around it; an estimate for a plant room", "degC", 20.0, ge=-50, le=60)
    charge_kw: float | None = key("highest rate into it; without limit if left out", "kW", None, gt=0)
    discharge_kw: float | None = key("highest rate out of it; without limit if left out", "kW", None, gt=0)
    installed_cost_usd: float = key("installed cost with pipes and insulation", "USD", sourced=True, ge=0)


HEIGHT_OVER_DIAMETER = 2.0
"""Of a tank whose height is not given: estimate, upright tanks are built between 1.5 and 3."""


def tank_of(table: TankTable) -> Tank:
    """The tank of a scenario. Errors: InputError unless it gives one of `ua_w_per_k` and `insulation_mm`."""
    if (table.ua_w_per_k is None) == (table.insulation_mm is None):
        found = f"{table.ua_w_per_k} and {table.insulation_mm}"
        raise InputError(Fault("ua_w_per_k", found, "give it, or insulation_mm, and not both", "Keep the one you know."))
    ua = table.ua_w_per_k
    if table.insulation_mm is not None:
        tall = (4.0 * HEIGHT_OVER_DIAMETER**2 * table.volume_m3 / math.pi) ** (1.0 / 3.0)
        height_m = tall if table.height_m is None else table.height_m
        ua = cylinder_ua_w_per_k(table.volume_m3, height_m, table.insulation_mm / 1000.0, table.insulation_w_per_m_k)
    assert ua is not None
    return Tank(table.volume_m3, ua, table.surroundings_temp_c, table.layout == "stratified")


def store_of_tank(table: TankTable, axis: TimeAxis, supply_temp_c: float, return_temp_c: float, name: str = "tank") -> HeatStore:
    """The tank as dispatch sees it, beside heat loads that want water of `supply_temp_c` and send it back at `return_temp_c`.

    Mixed: only what lies above the supply temperature serves them. Stratified: full of water at `max_temp_c`, which the loop
    mixes down, empty with returned water. Errors: InputError where the tank is never as hot as the loads need, and where there
    are no heat loads (NaN).
    """
    with Faults() as faults:
        tank = faults.attempt(lambda: tank_of(table))
        if math.isnan(supply_temp_c):
            rule = "a tank needs a heat load with a supply temperature"
            faults.add("kind", table.kind, rule, "Add supply_temp_c to a heat load, or leave the tank out.")
        elif table.layout == "mixed" and table.max_temp_c <= supply_temp_c:
            rule = f"must be above {supply_temp_c:g} degC, which the heat loads need: a mixed tank serves from what is above"
            faults.add("max_temp_c", table.max_temp_c, rule, "Raise it, or use a stratified tank.")
        elif table.max_temp_c < supply_temp_c:
            rule = f"is below {supply_temp_c:g} degC, which the heat loads need"
            faults.add("max_temp_c", table.max_temp_c, rule, "Raise it.")
    assert tank is not None
    empty_temp_c = return_temp_c if tank.stratified else supply_temp_c
    charge_kw = math.inf if table.charge_kw is None else table.charge_kw
    discharge_kw = math.inf if table.discharge_kw is None else table.discharge_kw
    return tank_store(name, tank, axis.steps, axis.step_hours, table.max_temp_c, empty_temp_c, charge_kw, discharge_kw)


def store_of_chilled_tank(
    table: TankTable, axis: TimeAxis, chilled_temp_c: float, driving_kw: float, cop: float, name: str = "chilled tank"
) -> HeatStore:
    """A tank of chilled water behind an absorption chiller, counted as the heat that makes its cold.

    chilled_temp_c: of the full tank [degC]; empty, it is at `max_temp_c`. driving_kw: heat that the chiller takes at most, cop:
    cold per heat: both over the year, so the store is right in the mean, not in each hour. It serves what the chiller could
    serve, no more. What leaks in while the tank is empty costs nothing.
    Errors: InputError where the empty tank is not warmer than the full one, and as `tank_of`.
    """
    if table.max_temp_c <= chilled_temp_c:
        rule = f"must be above {chilled_temp_c:g} degC, the chilled water of the full tank"
        raise InputError(Fault("max_temp_c", table.max_temp_c, rule, "Give the temperature at which its water comes back."))
    cold = tank_store(name, tank_of(table), axis.steps, axis.step_hours, chilled_temp_c, table.max_temp_c)
    charge_kw = driving_kw if table.charge_kw is None else min(driving_kw, table.charge_kw / cop)
    discharge_kw = math.inf if table.discharge_kw is None else table.discharge_kw / cop
    return HeatStore(
        name=name,
        capacity_kwh=cold.capacity_kwh / cop,
        loss_per_step=cold.loss_per_step,
        drain_kw=np.zeros(axis.steps),
        serves_loads=False,
        serves_uses=True,
        charge_kw=charge_kw,
        discharge_kw=discharge_kw,
    )
