"""The bills of many years or designs at once: sums by month, no lines. What a Monte Carlo or a search asks for.

25 years of hourly bills take about as long as ten bills with their lines; see `benchmarks/bench_bill.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from brayton.core.errors import Fault, InputError
from brayton.core.timeaxis import TimeAxis
from brayton.site.bill_blocks import Array, Item, Readings
from brayton.site.bill_charges import charges, read_meters
from brayton.site.tariff import Tariff
from brayton.site.tariff_clock import Dst

CHUNK = 32
"""Designs that are billed together: enough to spread what a tariff costs once, few enough to stay in a cache."""


@dataclass(frozen=True)
class DesignBills:
    """Bills of d designs. month_usd: (d, 12). item_usd: (d, 12) by item; the items add up to the months. peak_kw: (d, 12)."""

    month_usd: Array
    item_usd: Mapping[Item, Array]
    peak_kw: Array

    @property
    def annual_usd(self) -> Array:
        """Bill of the year of each design, (d,)."""
        return self.month_usd.sum(axis=1)


def bill_designs(
    tariff: Tariff,
    net_load_kw: ArrayLike,
    axis: TimeAxis,
    *,
    dst: Dst = "none",
    generation_kw: ArrayLike | None = None,
    power_factor: ArrayLike | None = None,
    reactive_kvar: ArrayLike | None = None,
    previous_peaks_kw: ArrayLike | None = None,
    consecutive: bool = False,
    threads: int = 1,
) -> DesignBills:
    """The bills of many net loads under one tariff, by the same rules and the same code as `bill`.

    net_load_kw: shape (d, axis.steps), one row for each design, draw or year [kW]; every row is a year of `axis`.
    generation_kw, reactive_kvar: (axis.steps,) or (d, axis.steps). power_factor: as in `bill`, for all rows.
    previous_peaks_kw: (12,) or (d, 12); None lets each row stand for its own predecessor.
    consecutive: whether the rows are the years of one life, so that a ratchet looks back into the row before; previous_peaks_kw
    is then of the year before the first, (12,).
    threads: rows are billed in chunks, so many of them at a time.
    Errors: as `bill`.
    """
    net = np.asarray(net_load_kw, dtype=np.float64)
    if net.ndim != 2 or not len(net):
        rule = "must have a row for each design, at least one"
        raise InputError(Fault("net_load_kw", f"shape {net.shape}", rule, f"Give shape (designs, {axis.steps})."))
    if consecutive and previous_peaks_kw is not None and np.shape(previous_peaks_kw) != (12,):
        rule = "of consecutive years are those of the year before the first"
        raise InputError(Fault("previous_peaks_kw", f"shape {np.shape(previous_peaks_kw)}", rule, "Give twelve figures in kW."))
    if threads < 1:
        raise InputError(Fault("threads", threads, "must be at least 1", "Give the number of cores to use."))
    parts = [slice(start, start + CHUNK) for start in range(0, len(net), CHUNK)]

    def rows(values: ArrayLike | None, width: int, part: slice) -> Array | None:
        if values is None:
            return None
        array = np.asarray(values, dtype=np.float64)
        return array[part] if array.shape == (len(net), width) else array

    def read(part: slice) -> Readings:
        return read_meters(
            tariff,
            net[part],
            axis,
            dst,
            generation_kw=rows(generation_kw, axis.steps, part),
            power_factor=power_factor,
            reactive_kvar=rows(reactive_kvar, axis.steps, part),
            previous_peaks_kw=None if consecutive else rows(previous_peaks_kw, 12, part),
        )

    def one(part: slice) -> DesignBills:
        readings = read(part)
        if consecutive:
            before = read(slice(part.start - 1, part.start)).peak_kw if part.start else previous_peaks_kw
            first = readings.peak_kw[:1] if before is None else np.asarray(before, dtype=np.float64).reshape(1, 12)
            readings = replace(readings, previous_peaks_kw=np.concatenate((first, readings.peak_kw[:-1])))
        shape = (readings.designs, 12)
        items: dict[Item, Array] = {}
        for block in charges(tariff, readings):
            items[block.item] = items.get(block.item, np.zeros(shape)) + block.usd
        return DesignBills(sum(items.values(), np.zeros(shape)), items, readings.peak_kw)

    if threads == 1 or len(parts) < 2:
        found = [one(part) for part in parts]
    else:
        with ThreadPoolExecutor(threads) as pool:
            found = list(pool.map(one, parts))
    names: list[Item] = sorted({item for part in found for item in part.item_usd})
    return DesignBills(
        np.concatenate([part.month_usd for part in found]),
        {item: np.concatenate([part.item_usd.get(item, np.zeros_like(part.month_usd)) for part in found]) for item in names},
        np.concatenate([part.peak_kw for part in found]),
    )
