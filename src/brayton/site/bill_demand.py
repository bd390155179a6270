"""Demand of a bill: the highest of a month by period, by day or within named hours; ratcheted, in kW, kVA or hp; and reactive."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from brayton.core.errors import Fault, InputError
from brayton.site.bill_blocks import Array, Block, Cells, Item, Readings, schedule_cells, split_tiers
from brayton.site.billing_demand import BillingDemand, Ratchet, billing_demand, ratchet_words
from brayton.site.tariff import (
    CoincidentPeak,
    DemandBasis,
    DemandPeriod,
    DemandUnit,
    FlatDemandCharge,
    ReactiveCharge,
    Tariff,
    TouDemandCharge,
)

KW_PER_HP = 0.745699872
"""Mechanical horsepower, 550 ft lbf/s (NIST SP 811, table B.8)."""


def demand_blocks(tariff: Tariff, readings: Readings) -> list[Block]:
    """Time-of-use, flat and coincident demand and reactive demand."""
    blocks: list[Block] = []
    if tariff.tou_demand is not None:
        blocks += _tou_blocks("tou_demand", tariff.tou_demand, readings, tariff)
    if tariff.flat_demand is not None:
        blocks += _flat_blocks(tariff.flat_demand, readings, tariff)
    if tariff.coincident_demand is not None:
        blocks += _tou_blocks("coincident_peak", tariff.coincident_demand, readings, replace(tariff, ratchet=None))
    blocks += [_coincident_block(charge, readings) for charge in tariff.coincident_peaks]
    if tariff.reactive is not None:
        blocks.append(_reactive_block(tariff.reactive, readings))
    return blocks


def billing_kw(tariff: Tariff, readings: Readings) -> Array:
    """Demand that limits in kWh per kW are multiplied with, (d, 12): the peak of the month, or what the ratchet makes of it."""
    return readings.peak_kw if tariff.ratchet is None else _ratcheted(tariff.ratchet, tariff, readings, "kW").kw


def _in_unit(readings: Readings, unit: DemandUnit) -> Array:
    """Demand of each window in a unit, (d, windows)."""
    if unit == "kW":
        return readings.demand_kw
    if unit == "hp":
        return readings.demand_kw / KW_PER_HP
    if readings.reactive_kvar is not None:
        return np.hypot(np.maximum(readings.demand_kw, 0.0), readings.reactive_kvar)
    return readings.demand_kw / _power_factor(readings, "demand is billed in kVA")


def _power_factor(readings: Readings, why: str) -> float | Array:
    if readings.power_factor is None:
        remedy = (
            "Give the power factor of the imports (--power-factor 0.9) or their reactive power (--reactive COLUMN), "
            "or leave a record's charge out (--ignore reactive)."
        )
        raise InputError(Fault("power_factor", None, f"{why}, and real power does not tell it", remedy))
    return readings.power_factor


def _ratcheted(ratchet: Ratchet, tariff: Tariff, readings: Readings, unit: DemandUnit) -> BillingDemand:
    """Billing demand in a unit, from the peaks within the hours of the ratchet's periods."""
    kw = _in_unit(readings, unit)
    if tariff.tou_demand is None or not ratchet.tou or ratchet.tou_periods is None:
        peaks = readings.month_of_window.highest(kw)[:, :, 0]
    else:
        periods = readings.clock.periods(tariff.tou_demand.schedule)[:: readings.stride]
        peaks = readings.month_of_window.highest(np.where(np.isin(periods, list(ratchet.tou_periods)), kw, 0.0))[:, :, 0]
    previous = readings.previous_peaks_kw
    if previous is not None and unit == "hp":
        previous = previous / KW_PER_HP
    elif previous is not None and unit == "kVA":
        factor = readings.power_factor
        if not isinstance(factor, float):
            rule = "are in kW, the demand is billed in kVA, and a series of this year says nothing of the year before"
            raise InputError(Fault("previous_peaks_kw", "(given)", rule, "Give one power factor, or leave the peaks out."))
        previous = previous / factor
    return billing_demand(ratchet, peaks, previous)


# Monthly demand


def _kinds(periods: tuple[DemandPeriod, ...]) -> list[tuple[DemandUnit, DemandBasis]]:
    """The units and bases that occur, each of which becomes a block."""
    return list(dict.fromkeys((period.unit, period.basis) for period in periods))


def _tou_blocks(item: Item, charge: TouDemandCharge, readings: Readings, tariff: Tariff) -> list[Block]:
    cells = schedule_cells(readings.clock, charge.schedule, len(charge.periods), readings.stride)
    period_of = cells.period
    blocks: list[Block] = []
    for unit, basis in _kinds(charge.periods):
        chosen = [i for i, period in enumerate(charge.periods) if (period.unit, period.basis) == (unit, basis)]
        if not any(tier.price_usd_per_kw for i in chosen for tier in charge.periods[i].tiers) and len(charge.periods) > len(
            chosen
        ):
            continue  # the hours that no price claims
        kw = _in_unit(readings, unit)
        if basis == "each_day":
            blocks.append(_daily_block(item, charge.periods, chosen, period_of, kw, readings))
            continue
        own = cells.highest(kw)
        words = _peak_words(own, kw, period_of, readings)
        occurs = np.zeros((12, len(charge.periods)), dtype=bool)
        for month, present in enumerate(charge.schedule.periods_by_month):
            occurs[month, list(present)] = True
        billed = own
        if tariff.ratchet is not None and tariff.ratchet.tou:
            demands = _ratcheted_periods(tariff.ratchet, tariff, own, readings, unit)
            billed = _billed_periods(tariff.ratchet, demands, own, occurs)
            words |= _ratchet_lines(tariff.ratchet, demands, own, billed, readings)
        blocks.append(_monthly_block(item, charge.periods, chosen, billed, readings, words))
    return blocks


def _ratcheted_periods(ratchet: Ratchet, tariff: Tariff, own: Array, readings: Readings, unit: DemandUnit) -> list[BillingDemand]:
    """Billing demand by which each period is billed: that of the month, or that of the period's hours alone."""
    if ratchet.tou_peak != "within":
        return [_ratcheted(ratchet, tariff, readings, unit)] * own.shape[2]
    if readings.previous_peaks_kw is not None and ratchet.looks_back:
        rule = "are of all hours, and the ratchet looks at the peaks within each period's hours"
        raise InputError(Fault("previous_peaks_kw", "(given)", rule, "Leave them out: this year's peaks stand in their place."))
    return [billing_demand(ratchet, own[:, :, period]) for period in range(own.shape[2])]


def _billed_periods(ratchet: Ratchet, demands: list[BillingDemand], own: Array, occurs: NDArray[np.bool_]) -> Array:
    """Demand (d, 12, periods) on which each period is billed."""
    applies = np.array([ratchet.applies_to(period) for period in range(own.shape[2])])
    if ratchet.tou_peak == "period":
        asked = np.maximum(own, np.stack([demand.looked_back_kw for demand in demands], axis=2))
    else:
        asked = np.stack([demand.kw for demand in demands], axis=2)
    return np.where(applies & occurs, asked, own)


def _flat_blocks(charge: FlatDemandCharge, readings: Readings, tariff: Tariff) -> list[Block]:
    blocks: list[Block] = []
    months = np.array(charge.months)
    for unit, basis in _kinds(charge.periods):
        chosen = [i for i, period in enumerate(charge.periods) if (period.unit, period.basis) == (unit, basis)]
        here = months[:, None] == np.arange(len(charge.periods))
        if not here[:, chosen].any():
            continue
        kw = _in_unit(readings, unit)
        if basis == "each_day":
            of_window = months[readings.month_of_window.group]
            blocks.append(_daily_block("flat_demand", charge.periods, chosen, of_window, kw, readings))
            continue
        peak = readings.month_of_window.highest(kw)
        words = _peak_words(peak * here, kw, months[readings.month_of_window.group], readings)
        billed = peak
        if tariff.ratchet is not None and tariff.ratchet.flat:
            demand = _ratcheted(tariff.ratchet, tariff, readings, unit)
            billed = demand.kw[..., None]
            every = [demand] * len(charge.periods)
            words |= _ratchet_lines(tariff.ratchet, every, peak * here, billed * here, readings)
        blocks.append(_monthly_block("flat_demand", charge.periods, chosen, billed * here, readings, words))
    return blocks


def _monthly_block(
    item: Item,
    periods: tuple[DemandPeriod, ...],
    chosen: list[int],
    billed: Array,
    readings: Readings,
    words: dict[tuple[int, int], str],
) -> Block:
    """Demand (d, 12, periods) in the tiers of the periods that are billed in one unit and on one basis."""
    uppers, rate = _tiers(periods)
    taken = np.isin(np.arange(len(periods)), chosen)
    quantity = split_tiers(billed * taken, uppers)
    unit = periods[chosen[0]].unit
    if periods[chosen[0]].basis == "month_per_day":
        quantity = quantity * readings.clock.days_in_month[:, None, None]
        unit = f"{unit} day"
    return Block(item, unit, tuple(period.name for period in periods), quantity, rate, tiers=True, words=words)


def _daily_block(
    item: Item, periods: tuple[DemandPeriod, ...], chosen: list[int], period_of: NDArray[np.int64], kw: Array, readings: Readings
) -> Block:
    """The highest demand of each day and period in its tiers, summed over the days of the month."""
    axis, clock = readings.clock.axis, readings.clock
    day = clock.day[:: readings.stride]
    daily = Cells(day, period_of, axis.days, len(periods)).highest(kw)
    uppers, rate = _tiers(periods)
    split = split_tiers(daily * np.isin(np.arange(len(periods)), chosen), uppers)
    first_days = np.concatenate(([0], np.cumsum(clock.days_in_month)[:-1]))
    quantity = np.add.reduceat(split, first_days, axis=1)
    every = [(month, period) for month in range(12) for period in chosen]
    words = dict.fromkeys(every, "sum of the highest demand of each day")
    return Block(item, f"{periods[chosen[0]].unit} day", tuple(p.name for p in periods), quantity, rate, tiers=True, words=words)


def _tiers(periods: tuple[DemandPeriod, ...]) -> tuple[Array, Array]:
    """Ends and prices of the tiers, (periods, tiers) and (1, 1, periods, tiers)."""
    width = max(len(period.tiers) for period in periods)
    uppers, rate = np.full((len(periods), width), math.inf), np.zeros((1, 1, len(periods), width))
    for index, period in enumerate(periods):
        uppers[index, : len(period.tiers)] = [tier.upper_kw for tier in period.tiers]
        rate[0, 0, index, : len(period.tiers)] = [tier.price_usd_per_kw for tier in period.tiers]
    return uppers, rate


# Words


def _peak_words(own: Array, kw: Array, period_of: NDArray[np.int64], readings: Readings) -> dict[tuple[int, int], str]:
    """When the highest demand of each month and period was, for a single year; none for many."""
    if readings.designs > 1:
        return {}
    month = readings.month_of_window.group
    windows = np.flatnonzero((kw[0] == own[0, month, period_of]) & (kw[0] > 0.0))
    cells, firsts = np.unique(month[windows] * own.shape[2] + period_of[windows], return_index=True)
    shown = np.minimum(readings.clock.step[windows[firsts] * readings.stride], readings.clock.axis.steps - 1)
    stamps: list[dt.datetime] = readings.clock.axis.stamps[shown].tolist()
    return {
        divmod(cell, own.shape[2]): f"highest at {stamp:%H:%M on %d %B}"
        for cell, stamp in zip(cells.tolist(), stamps, strict=True)
    }


def _ratchet_lines(
    ratchet: Ratchet, demands: list[BillingDemand], own: Array, billed: Array, readings: Readings
) -> dict[tuple[int, int], str]:
    """Words for the lines that the ratchet raised above the period's own peak, for a single year."""
    if readings.designs > 1:
        return {}
    words: dict[tuple[int, int], str] = {}
    for month, period in zip(*np.nonzero(billed[0] != own[0]), strict=True):
        text = ratchet_words(ratchet, demands[period], int(month), stands_in=readings.previous_peaks_kw is None)
        words[int(month), int(period)] = text or "billed on the billing demand of the month"
    return words


# Coincident peaks and reactive demand


def _coincident_block(charge: CoincidentPeak, readings: Readings) -> Block:
    shown = readings.clock.step[:: readings.stride]
    axis = readings.clock.axis
    within = np.zeros(shown.size, dtype=bool)
    for window in charge.windows:
        path = f"coincident peak {charge.name}"
        try:
            start = dt.datetime(axis.year, window.month, window.day, window.hour)
        except ValueError:
            value = f"month {window.month}, day {window.day}, hour {window.hour}"
            raise InputError(Fault(path, value, f"is no hour of {axis.year}", "Correct the window.")) from None
        first = int(np.searchsorted(axis.stamps, np.datetime64(start, "m")))
        last = first + window.hours * 60 // axis.step_minutes
        if window.hours < 1 or last > axis.steps:
            rule = "must be at least an hour and end within the year"
            raise InputError(Fault(path, f"{window.hours} h from {start:%d %B %H:00}", rule, "Correct the window."))
        within |= (shown >= first) & (shown < last)
    demand = np.where(within, readings.demand_kw, -math.inf)
    highest = np.argmax(demand, axis=1)
    month = readings.month_of_window.group[highest]
    kw = np.zeros((readings.designs, 12, 1, 1))
    rows = np.arange(readings.designs)
    kw[rows, month, 0, 0] = np.maximum(demand[rows, highest], 0.0)
    rate = np.full((1, 1, 1, 1), charge.usd_per_kw)
    return Block("coincident_peak", "kW", (charge.name,), kw, rate)


def _reactive_block(charge: ReactiveCharge, readings: Readings) -> Block:
    if readings.reactive_kvar is not None:
        kvar, how = np.broadcast_to(readings.reactive_kvar, readings.demand_kw.shape), "highest reactive demand"
    else:
        why = f"the tariff charges {charge.usd_per_kvar:g} USD per kvar of reactive demand"
        factor = np.asarray(_power_factor(readings, why))
        kvar, how = readings.demand_kw * np.sqrt(1.0 / factor**2 - 1.0), "highest reactive demand at the power factor given"
    peak = readings.month_of_window.highest(kvar)
    billed = np.maximum(peak - charge.free_kvar_per_kw * readings.peak_kw[..., None], 0.0)
    free = f", less {charge.free_kvar_per_kw:g} kvar per kW of the month's peak" if charge.free_kvar_per_kw else ""
    words = dict.fromkeys([(month, 0) for month in range(12)], how + free)
    return Block(
        "reactive", "kvar", ("reactive demand",), billed[..., None], np.full((1, 1, 1, 1), charge.usd_per_kvar), words=words
    )
