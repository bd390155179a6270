"""Tank and battery in the report: their level over a middling week, and the year's energy in and out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from brayton.core.timeaxis import TimeAxis
from brayton.faces.figures import theme
from brayton.faces.figures.numbers import number
from brayton.faces.figures.operation import whole_weeks
from brayton.faces.figures.page import Plot
from brayton.faces.figures.stores import figure_store_week
from brayton.faces.report.tables import KWH_PER_MWH
from brayton.study.result import StudyResult

Series = NDArray[np.float64]


@dataclass(frozen=True)
class StoreRow:
    """A store's year: capacity [kWh], energy in, out and lost [MWh], and how often its capacity was moved."""

    name: str
    capacity_kwh: float
    into_mwh: float
    out_mwh: float
    lost_mwh: float
    cycles: float


@dataclass(frozen=True)
class StoreSection:
    """Tank and battery: what went in and out over the year, and how their levels moved."""

    rows: tuple[StoreRow, ...]
    plots: dict[str, Plot]


def store_section(result: StudyResult) -> StoreSection | None:
    """None where there is neither tank nor battery; a pool has a section of its own."""
    plan, axis, store = result.with_project.schedule, result.axis, result.model.problem.store
    battery, bank = result.with_project.battery, result.model.hosts.battery
    rows: list[StoreRow] = []
    plots: list[Plot] = []

    def add(name: str, word: str, capacity: float, level: Series, into: Series, out: Series, colour: str) -> None:
        into_mwh, out_mwh = (float(item.sum()) * axis.step_hours / KWH_PER_MWH for item in (into, out))
        lost = into_mwh - out_mwh - float(level[-1]) / KWH_PER_MWH
        rows.append(StoreRow(name, capacity, into_mwh, out_mwh, lost, out_mwh * KWH_PER_MWH / capacity))
        plots.append(_week(name, word, axis, capacity, level, into, out, colour))

    if store is not None and store.serves_loads:
        add("tank", "heat", store.capacity_kwh, plan.store_kwh, plan.store_in_kw, plan.store_out_kw, theme.HEAT_USED)
    if battery is not None and bank is not None:
        capacity = bank[0].capacity_kwh
        add("battery", "electricity", capacity, battery.level_kwh, battery.charge_kw, battery.discharge_kw, theme.MACHINE)
    return StoreSection(tuple(rows), {plot.name: plot for plot in plots}) if rows else None


def _week(name: str, word: str, axis: TimeAxis, capacity: float, level: Series, into: Series, out: Series, colour: str) -> Plot:
    """The week whose energy out is the middle one of all weeks in which it works at all."""
    weeks = [steps for steps in whole_weeks(axis) if out[steps].any()] or whole_weeks(axis)[:1]
    middle = sorted(weeks, key=lambda steps: float(out[steps].sum()))[len(weeks) // 2]
    first = axis.stamps[middle.start].astype("datetime64[D]").item()
    moved = float(out[middle].sum()) * axis.step_hours
    return Plot(
        f"{name}-week",
        f"The {name} in a middling week",
        f"Level at the end of each step, and {word} in and out, from Monday {first.day} {first:%B}: of all weeks in which it "
        f"works, the middle one by energy out. The dotted line is its capacity of {number(capacity)} kWh.",
        f"Two panels over a week: level, and power in and out. The {name} gives {number(moved)} kWh in this week.",
        figure_store_week(axis.stamps[middle], level[middle], into[middle], out[middle], capacity, colour=colour),
    )
