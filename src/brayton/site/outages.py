"""Planned outages of the machines at a site, and the outages that an availability series holds.

Planned outages are dates that someone gives. Forced outages are random and are drawn elsewhere; whoever draws them hands over an
availability series, in which `count_outages` then finds both kinds.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import model_validator

from brayton.core.errors import Fault, Faults, InputError
from brayton.core.provenance import Source
from brayton.core.records import Record, key
from brayton.core.timeaxis import TimeAxis

OutageKind = Literal["planned", "forced"]
_ROUNDING = 1e-9
"""Shares of machines nearer than this are equal."""


class PlannedOutage(Record):
    """One outage of the year, from a day of the month, or from a weekday of a week of the month."""

    month: int = key("month of its start", ge=1, le=12)
    day: int | None = key("day of its start; or `week` and `weekday`", "", None, ge=1, le=31)
    week: int | None = key(
        "week of its start: 1 is the week, Monday first, that holds the first of the month", "", None, ge=1, le=6
    )
    weekday: int | None = key("day of its start in that week, Monday 1 to Sunday 7", "", None, ge=1, le=7)
    hour: int = key("hour of its start, local standard time", "h", 0, ge=0, le=23)
    hours: int = key("its length", "h", ge=1, le=8760)

    @model_validator(mode="after")
    def _one_start(self) -> Self:
        by_week = self.week is not None and self.weekday is not None
        if (self.day is None) != by_week or (self.week is None) != (self.weekday is None):
            raise ValueError("must start on a `day`, or on a `weekday` of a `week`")
        return self

    def start(self, year: int) -> dt.datetime:
        """When it begins in a calendar year [local standard time]. Errors: InputError for a day that the year does not have.

        By week it begins on the Monday of the week that holds the first of the month, plus (week - 1) weeks and (weekday - 1)
        days, as REopt.jl reads its table of unavailable periods; that may lie in the month before.
        """
        if self.week is not None and self.weekday is not None:
            first = dt.datetime(year, self.month, 1)
            days = 7 * (self.week - 1) + self.weekday - 1 - first.weekday()
            start = first + dt.timedelta(days=days, hours=self.hour)
            if start.year == year:
                return start
            shown = f"month {self.month}, week {self.week}, weekday {self.weekday}"
        else:
            with contextlib.suppress(ValueError):
                return dt.datetime(year, self.month, self.day or 1, self.hour)
            shown = f"month {self.month}, day {self.day}"
        raise InputError(Fault("outage", shown, f"is no day of {year}", "Correct the day."))


def _by_week(month: int, weekday: int, hours: int) -> PlannedOutage:
    return PlannedOutage(month=month, week=2, weekday=weekday, hours=hours)


REOPT_MICROTURBINE = (_by_week(3, 1, 60), _by_week(4, 5, 72), _by_week(7, 1, 60), _by_week(10, 5, 72))
"""Four outages, each from midnight: 60 h from a Monday in March and July, 72 h from a Friday in April and October."""
REOPT_MICROTURBINE_SOURCE = Source(
    "NREL REopt.jl, chp_defaults.json, unavailable periods of the microturbine",
    "version 0.56.4",
    "secondary",
    "restated; no source stands beside the table, which takes one machine, or all at once, out for 264 h a year",
)


@dataclass(frozen=True)
class Outage:
    """One outage, from the first step in which a machine is out until all are back.

    kind: planned or forced. first_step, steps: where it stands on the axis. hours: its length [h]. days: calendar days that it
    touches. equivalent_hours: its hours weighted with the share of machines that is out [h].
    """

    kind: OutageKind
    first_step: int
    steps: int
    hours: float
    days: int
    equivalent_hours: float


def outage_shares(
    axis: TimeAxis, availability: ArrayLike, planned_availability: ArrayLike = 1.0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Shares of machines that are out by plan and by force in each step, each of shape (axis.steps,).

    availability: share that can run, both kinds considered. planned_availability: share that the plan alone leaves.
    Errors: InputError for shares outside 0..1 or of another length, or more available than the plan leaves.
    """
    with Faults() as faults:
        able = _share("availability", availability, axis, faults)
        planned = _share("planned_availability", planned_availability, axis, faults)
        over = np.flatnonzero(able > planned + _ROUNDING)
        if over.size:
            step = int(over[0])
            rule = f"is more than the plan leaves, {planned[step]:g}; in {over.size} steps"
            remedy = "Take planned outages out of the availability too."
            faults.add(f"availability, step {step}", float(able[step]), rule, remedy)
    return 1.0 - planned, np.where(planned - able > _ROUNDING, planned - able, 0.0)


def _share(path: str, values: ArrayLike, axis: TimeAxis, faults: Faults) -> NDArray[np.float64]:
    share = np.asarray(values, dtype=np.float64)
    if share.shape not in ((), (axis.steps,)):
        rule = f"must be one number or {axis.steps} steps"
        faults.add(path, f"shape {share.shape}", rule, "Give a share for each step of the year.")
        return np.ones(axis.steps)
    share = np.broadcast_to(share, (axis.steps,))
    bad = np.flatnonzero(~((share >= 0.0) & (share <= 1.0)))
    if bad.size:
        rule = f"must lie in 0..1; {bad.size} of {axis.steps} steps do not"
        faults.add(f"{path}, step {bad[0]}", float(share[bad[0]]), rule, "Give the share of machines that can run.")
    return share


def count_outages(axis: TimeAxis, availability: ArrayLike, planned_availability: ArrayLike = 1.0) -> tuple[Outage, ...]:
    """The outages of a year in the order of time. Arguments and errors as `outage_shares`.

    Machines whose outages of one kind touch or overlap are one outage: what the utility sees is that the site lacks power.
    """
    planned, forced = outage_shares(axis, availability, planned_availability)
    found = [*_runs("planned", planned, axis), *_runs("forced", forced, axis)]
    return tuple(sorted(found, key=lambda outage: (outage.first_step, outage.kind)))


def _runs(kind: OutageKind, share: NDArray[np.float64], axis: TimeAxis) -> Iterator[Outage]:
    for first, last in runs(share > _ROUNDING):
        weighted = float(share[first:last].sum()) * axis.step_hours
        days = int(axis.day[last - 1] - axis.day[first]) + 1
        yield Outage(kind, first, last - first, (last - first) * axis.step_hours, days, weighted)


def runs(within: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First step, and step after the last, of each stretch in which `within` holds."""
    edges = np.flatnonzero(np.diff(within.astype(np.int8), prepend=0, append=0))
    return [(int(first), int(last)) for first, last in edges.reshape(-1, 2)]
