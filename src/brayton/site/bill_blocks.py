"""What the meters of d years read, and what a charge makes of it: arrays that both a single bill and a thousand designs use.

A series of d years has shape (d, steps); a quantity by month, period and tier has shape (d, 12, periods, tiers).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from brayton.core.errors import Fault, InputError
from brayton.site.schedule import Schedule
from brayton.site.tariff_clock import TariffClock

Array = NDArray[np.float64]

ALWAYS = Schedule.uniform()

Item = Literal[
    "energy",
    "supply",
    "tou_demand",
    "flat_demand",
    "coincident_peak",
    "reactive",
    "fixed",
    "minimum",
    "export",
    "carried_kwh",
    "carried_credit",
    "settlement",
    "standby",
    "backup",
    "maintenance",
    "departing_load",
]
"""Charges of a bill, and of services that stand beside it (`site.standby_bill`). carried_kwh: net metering in kWh, without a
price. carried_credit: credits in USD, taken from and kept for other months. settlement: what is left of either at the year's end,
paid out."""


@dataclass(frozen=True)
class Cells:
    """Steps gathered by group (a month, or a day) and period, whatever their order in time.

    group, period: of each step. groups, periods: how many there are. Groups never fall in time.
    """

    group: NDArray[np.int64]
    period: NDArray[np.int64]
    groups: int
    periods: int

    @cached_property
    def _gathered(self) -> tuple[NDArray[np.int64] | None, NDArray[np.int64], NDArray[np.int64]]:
        """The order that gathers the cells (None where they stand so already), where each begins, and which it is."""
        cell = self.group * self.periods + self.period
        # sixteen bits sort by radix, several times faster
        narrow = cell.astype(np.int16) if self.groups * self.periods < 2**15 else cell
        order = np.argsort(narrow, kind="stable")
        ordered = cell[order]
        starts = np.flatnonzero(np.diff(ordered, prepend=-1))
        return (None if np.array_equal(ordered, cell) else order), starts, ordered[starts]

    def _spread(self, reduced: Array) -> Array:
        out = np.zeros((reduced.shape[0], self.groups * self.periods))
        out[:, self._gathered[2]] = reduced
        return out.reshape(-1, self.groups, self.periods)

    def sums(self, series: Array) -> Array:
        """Sum of a series (d, steps) within each cell, (d, groups, periods)."""
        order, starts, _ = self._gathered
        return self._spread(np.add.reduceat(series if order is None else series[:, order], starts, axis=1))

    def highest(self, series: Array) -> Array:
        """Highest value within each cell; nought where it is negative or the period does not occur."""
        order, starts, _ = self._gathered
        return np.maximum(self._spread(np.maximum.reduceat(series if order is None else series[:, order], starts, axis=1)), 0.0)


@lru_cache(maxsize=16)
def schedule_cells(clock: TariffClock, schedule: Schedule, count: int, stride: int = 1) -> Cells:
    """Steps, or windows of `stride` steps, by month and by the `count` periods of a schedule; kept for the next bill."""
    return Cells(clock.month[::stride], clock.periods(schedule)[::stride], 12, count)


@dataclass(frozen=True)
class Readings:
    """What the meters read in d years.

    imported_kw, exported_kw: (d, steps), mean of each step, never negative [kW]. demand_kw: (d, windows), mean net import over
    each demand window; a window takes the period of its first step. power_factor: of the imports, a number or (windows,);
    reactive_kvar: (1 or d, windows), in its place.
    previous_peaks_kw: (12,) or (d, 12), of the year before [kW]; None lets each year stand for its own predecessor.
    """

    clock: TariffClock
    imported_kw: Array
    exported_kw: Array
    demand_kw: Array
    stride: int
    power_factor: float | Array | None = None
    reactive_kvar: Array | None = None
    previous_peaks_kw: Array | None = None

    @property
    def designs(self) -> int:
        return self.imported_kw.shape[0]

    @cached_property
    def month_of_step(self) -> Cells:
        """Steps by month."""
        return schedule_cells(self.clock, ALWAYS, 1)

    @cached_property
    def month_of_window(self) -> Cells:
        """Demand windows by month."""
        return schedule_cells(self.clock, ALWAYS, 1, self.stride)

    @cached_property
    def import_kwh(self) -> Array:
        """Imported in each month, (d, 12)."""
        return self.month_of_step.sums(self.imported_kw)[:, :, 0] * self.clock.axis.step_hours

    @cached_property
    def export_kwh(self) -> Array:
        """Exported in each month, (d, 12)."""
        return self.month_of_step.sums(self.exported_kw)[:, :, 0] * self.clock.axis.step_hours

    @cached_property
    def peak_kw(self) -> Array:
        """Highest demand of each month, (d, 12)."""
        return self.month_of_window.highest(self.demand_kw)[:, :, 0]


@dataclass(frozen=True)
class Block:
    """One charge of d years: ``amount = quantity * rate`` by month, period and tier.

    quantity: (d, 12, periods, tiers). rate: broadcast to it. names: of the periods. tiers: whether lines show a tier.
    always: a line for each month, whether or not there is a quantity. words: how the figure came about, by month and period, of
    the first year only.
    """

    item: Item
    unit: str
    names: tuple[str | None, ...]
    quantity: Array
    rate: Array
    tiers: bool = False
    always: bool = False
    words: Mapping[tuple[int, int], str] = field(default_factory=dict[tuple[int, int], str])

    @cached_property
    def usd(self) -> Array:
        """Amount of each month, (d, 12)."""
        return (self.quantity * self.rate).sum(axis=(2, 3))


def window_means(series: Array, clock: TariffClock, window_minutes: int | None) -> tuple[Array, int]:
    """Means over the meter's demand window, (d, windows), and the steps in one. Errors: InputError if steps do not make it up."""
    step = clock.axis.step_minutes
    if window_minutes is None or window_minutes <= step:
        return series, 1
    stride, rest = divmod(window_minutes, step)
    if rest:
        rule = f"steps of {step} min do not make up the tariff's demand window of {window_minutes} min"
        raise InputError(Fault("step_minutes", step, rule, "Resample the load to a step that divides the window."))
    return series.reshape(series.shape[0], -1, stride).mean(axis=2), stride


def split_tiers(amount: Array, uppers: Array) -> Array:
    """An amount (...) into tiers that end at `uppers` (..., tiers) in ascending order; (..., tiers)."""
    lowers = np.concatenate((np.zeros_like(uppers[..., :1]), uppers[..., :-1]), axis=-1)
    return np.maximum(np.minimum(amount[..., None], uppers) - lowers, 0.0)
