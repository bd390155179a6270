"""Heat by temperature in the report: what the recovered heat can serve, and what is too hot for it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from brayton.faces.report.heat_users import share_served
from brayton.faces.report.tables import KWH_PER_MWH
from brayton.package.heat_level import USUAL_WATER_RANGE_K
from brayton.study.pool import PoolTable
from brayton.study.result import StudyResult
from brayton.study.scenario import LoadTable

WORDS = {"space_heat": "space heat", "hot_water": "hot water", "pool": "pool"}


@dataclass(frozen=True)
class LevelRow:
    """A load or a piece of equipment, and the water that it wants; NaN where the exhaust itself drives it. heat_mwh: that
    equipment got; NaN for loads, which share what there is."""

    name: str
    supply_temp_c: float
    return_temp_c: float
    is_served: bool
    heat_mwh: float


@dataclass(frozen=True)
class LevelSection:
    """What the report says of temperatures. hottest_c: water that the heat recovery makes at most; loop_c: at which it runs;
    return_c: mean of the water that comes back. too_hot_mwh: heat of the loads left to the boiler alone."""

    rows: tuple[LevelRow, ...]
    exchanger: str
    hottest_c: float
    loop_c: float
    return_c: float
    too_hot_mwh: float


def level_section(result: StudyResult) -> LevelSection | None:
    """None without heat recovery, or where nothing takes heat."""
    recovery, hosts = result.model.heat_recovery, result.model.hosts
    if recovery is None:
        return None
    hottest_c = recovery.max_water_out_temp_c
    rows = [_load_row(table, hottest_c) for table in result.scenario.load if _is_heat(table)]
    uses = [item.use for item in (hosts.store_air, hosts.cooling) if item is not None and item.use is not None]
    for use in uses:
        heat_mwh = float((share_served(result, use) * use.heat_kw).sum()) * result.axis.step_hours / KWH_PER_MWH
        served = not use.supply_temp_c > hottest_c
        rows.append(LevelRow(use.name, use.supply_temp_c, use.return_temp_c, served, heat_mwh))
    if not rows:
        return None
    loop = hosts.loop
    too_hot = float(loop.boiler_only_kw.sum()) * result.axis.step_hours / KWH_PER_MWH
    return LevelSection(tuple(rows), recovery.name, hottest_c, loop.loop_temp_c, float(loop.return_temp_c.mean()), too_hot)


def _is_heat(table: object) -> bool:
    return isinstance(table, PoolTable) or (isinstance(table, LoadTable) and table.kind in WORDS)


def _load_row(table: object, hottest_c: float) -> LevelRow:
    assert isinstance(table, PoolTable | LoadTable)
    supply_c = math.nan if table.supply_temp_c is None else table.supply_temp_c
    back_c = supply_c - USUAL_WATER_RANGE_K if table.return_temp_c is None else table.return_temp_c
    return LevelRow(WORDS[table.kind], supply_c, back_c, supply_c <= hottest_c, math.nan)
