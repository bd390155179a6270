"""The bills of many years or designs at once: sums by month, no lines. What a Monte Carlo or a search asks for.

25 years of hourly bills take about as long as ten bills with their lines; see `benchmarks/bench_bill.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from brayton.core.errors import Fault, InputError
from brayton.core.timeaxis import TimeAxis
from brayton.site.bill_blocks import Array, Item
from brayton.site.bill_charges import charges, read_meters
from brayton.site.tariff import Tariff
from brayton.site.tariff_clock import Dst

CHUNK = 8
"""Designs that are billed together: their series still fit in a core's cache."""


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
    previous_peaks_kw: ArrayLike | None = None,
    threads: int = 1,
) -> DesignBills:
    """The bills of many net loads under one tariff, by the same rules and the same code as `bill`.

    net_load_kw: shape (d, axis.steps), one row for each design, draw or year [kW]; every row is a year of `axis`.
    generation_kw: (axis.steps,) or (d, axis.steps). previous_peaks_kw: (12,) or (d, 12); to bill the years of a life one after
    another give each row the peaks of the row before. power_factor: as in `bill`, for all rows.
    threads: rows are billed in chunks, so many of them at a time.
    Errors: as `bill`.
    """
    net = np.asarray(net_load_kw, dtype=np.float64)
    if net.ndim != 2 or not len(net):
        rule = "must have a row for each design, at least one"
        raise InputError(Fault("net_load_kw", f"shape {net.shape}", rule, f"Give shape (designs, {axis.steps})."))
    if threads < 1:
        raise InputError(Fault("threads", threads, "must be at least 1", "Give the number of cores to use."))

    def rows(values: ArrayLike | None, width: int, part: slice) -> Array | None:
        if values is None:
            return None
        array = np.asarray(values, dtype=np.float64)
        return array[part] if array.ndim == 2 and array.shape == (len(net), width) else array

    def one(part: slice) -> DesignBills:
        readings = read_meters(
            tariff,
            net[part],
            axis,
            dst,
            generation_kw=rows(generation_kw, axis.steps, part),
            power_factor=power_factor,
            previous_peaks_kw=rows(previous_peaks_kw, 12, part),
        )
        shape = (readings.designs, 12)
        items: dict[Item, Array] = {}
        for block in charges(tariff, readings):
            items[block.item] = items.get(block.item, np.zeros(shape)) + block.usd
        return DesignBills(sum(items.values(), np.zeros(shape)), items, readings.peak_kw)

    parts = [slice(start, start + CHUNK) for start in range(0, len(net), CHUNK)]
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
