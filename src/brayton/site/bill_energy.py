"""Energy of a bill: imports and exports by month, period and tier, at the prices of a schedule or of a series.

Metered step by step, energy fills the tiers of the month in the order of time, all periods together. Netted by month, the
tiers fill with the net energy of the month, each period having a part in each tier in proportion to its energy. Both are SAM's.
"""

from __future__ import annotations

import math

import numpy as np

from brayton.site.bill_blocks import Array, Block, Cells, Item, Readings, schedule_cells
from brayton.site.export_credit import KwhLedger, kwh_ledger
from brayton.site.price_series import PriceSeries
from brayton.site.tariff import EnergyCharge, Tariff

MonthlyLimits = Array
"""Ends of the tiers [kWh per month], (d or 1, 12, tiers)."""


def energy_blocks(tariff: Tariff, readings: Readings, billing_kw: Array) -> list[Block]:
    """What imports cost and exports earn, before credits are carried. billing_kw: (d, 12), for limits in kWh per kW."""
    blocks: list[Block] = []
    use_kwh = readings.import_kwh
    if tariff.energy is not None and tariff.export.nets_months:
        netted, use_kwh = _netted_blocks(tariff, tariff.energy, readings, billing_kw)
        blocks += netted
    elif tariff.energy is not None and (tariff.import_prices is None or tariff.import_prices.added):
        charge = tariff.energy
        imported = _metered(charge, readings, readings.imported_kw, billing_kw)
        blocks.append(_priced("energy", charge, imported, _buy(charge)))
    if tariff.import_prices is not None:
        blocks.append(_series_block("energy", tariff.import_prices, readings, readings.imported_kw, 1.0))
    if any(tariff.adjustment_usd_per_kwh):
        rate = np.array(tariff.adjustment_usd_per_kwh).reshape(1, 12, 1, 1)
        blocks.append(Block("energy", "kWh", ("monthly adjustment",), use_kwh[:, :, None, None], rate))
    if tariff.has_supply:
        rate = np.array(tariff.supply_usd_per_kwh).reshape(1, 12, 1, 1)
        blocks.append(Block("supply", "kWh", (None,), use_kwh[:, :, None, None], rate))
    if not tariff.export.nets_months:
        blocks += _export_blocks(tariff, readings, billing_kw)
    return blocks


def _netted_blocks(tariff: Tariff, charge: EnergyCharge, readings: Readings, billing_kw: Array) -> tuple[list[Block], Array]:
    """Lines of net metering, and the net kWh of each month that are paid for, (d, 12)."""
    cells = _cells(charge, readings)
    net = cells.sums(readings.imported_kw - readings.exported_kw) * readings.clock.axis.step_hours
    limits = monthly_limits(charge, readings, billing_kw)
    if tariff.export.method == "net_metering":
        ledger = kwh_ledger(net, charge.schedule, tariff.export.year_end_month)
        use = _in_proportion(ledger.use_kwh, limits)
        return [_priced("energy", charge, use, _buy(charge)), *_ledger_blocks(tariff, charge, ledger)], ledger.use_kwh.sum(2)
    use, surplus = np.maximum(net, 0.0), np.maximum(-net, 0.0)
    blocks = [_priced("energy", charge, _in_proportion(use, limits), _buy(charge))]
    blocks.append(_priced("export", charge, -_in_proportion(surplus, limits), _sell(charge)))
    return blocks, use.sum(axis=2)


def _ledger_blocks(tariff: Tariff, charge: EnergyCharge, ledger: KwhLedger) -> list[Block]:
    names = tuple(period.name for period in charge.periods)
    free = np.zeros((1, 1, 1, 1))
    every = [(month, period) for month in range(12) for period in range(len(names))]
    taken = dict.fromkeys(every, "kWh kept from earlier months, taken off the use of this period")
    kept = dict.fromkeys(every, "surplus kWh kept for later months")
    paid = dict.fromkeys([(month, 0) for month in range(12)], "net surplus of the year, settled")
    price = np.full((1, 1, 1, 1), tariff.export.year_end_usd_per_kwh)
    return [
        Block("carried_kwh", "kWh", names, -ledger.applied_kwh[..., None], free, words=taken),
        Block("carried_kwh", "kWh", names, ledger.kept_kwh[..., None], free, words=kept),
        Block("settlement", "kWh", ("year's end",), -ledger.cashed_kwh[:, :, None, None], price, words=paid),
    ]


def _export_blocks(tariff: Tariff, readings: Readings, billing_kw: Array) -> list[Block]:
    series, charge = tariff.export_prices, tariff.buyback or tariff.energy
    blocks: list[Block] = []
    if not readings.exported_kw.any():
        return blocks
    if charge is not None and (series is None or series.added):
        exported = _metered(charge, readings, readings.exported_kw, billing_kw)
        blocks.append(_priced("export", charge, -exported, _buy(charge) if tariff.buyback else _sell(charge)))
    if series is not None:
        blocks.append(_series_block("export", series, readings, readings.exported_kw, -1.0))
    return blocks


def _series_block(item: Item, series: PriceSeries, readings: Readings, kw: Array, sign: float) -> Block:
    """Energy of each month at its mean price, weighted with the energy."""
    hours = readings.clock.axis.step_hours
    kwh = readings.month_of_step.sums(kw) * hours
    usd = readings.month_of_step.sums(kw * series.on(readings.clock.axis)) * hours
    mean = np.divide(usd, kwh, out=np.zeros_like(usd), where=kwh > 0.0)
    words = dict.fromkeys([(month, 0) for month in range(12)], "price of each step, weighted with its energy")
    return Block(item, "kWh", (series.name,), sign * kwh[..., None], mean[..., None], words=words)


def _cells(charge: EnergyCharge, readings: Readings) -> Cells:
    return schedule_cells(readings.clock, charge.schedule, len(charge.periods))


def monthly_limits(charge: EnergyCharge, readings: Readings, billing_kw: Array) -> MonthlyLimits:
    """Ends of the tiers of each month [kWh]; months with fewer tiers repeat infinity."""
    width = max(len(period.tiers) for period in charge.periods)
    per_kw = any("/kW" in period.limit_unit for period in charge.periods if len(period.tiers) > 1)
    uppers = np.full((readings.designs if per_kw else 1, 12, width), math.inf)
    for month, present in enumerate(charge.schedule.periods_by_month):
        period = charge.periods[present[0]]
        days = readings.clock.days_in_month[month] if period.limit_unit.endswith("daily") else 1
        ends = np.array(period.limits[:-1]) * days
        kw = billing_kw[:, month, None] if "/kW" in period.limit_unit else np.ones((1, 1))
        uppers[:, month, : len(ends)] = ends * kw
    return uppers


def _metered(charge: EnergyCharge, readings: Readings, kw: Array, billing_kw: Array) -> Array:
    """Energy (d, 12, periods, tiers): the overlap of each step's stretch of the month's energy with each tier."""
    cells, hours = _cells(charge, readings), readings.clock.axis.step_hours
    limits = monthly_limits(charge, readings, billing_kw)
    if limits.shape[2] == 1:
        return cells.sums(kw)[..., None] * hours
    kwh = kw * hours
    starts = readings.clock.month_starts
    steps = np.diff(starts, append=kwh.shape[1])
    after = np.cumsum(kwh, axis=1)
    before_month = np.concatenate((np.zeros((kwh.shape[0], 1)), after), axis=1)[:, starts]
    after -= np.repeat(before_month, steps, axis=1)
    before = np.empty_like(after)
    before[:, 1:] = after[:, :-1]
    before[:, starts] = 0.0
    out = np.empty((kwh.shape[0], 12, len(charge.periods), limits.shape[2]))
    lower: Array = np.zeros(1)
    for tier in range(limits.shape[2]):
        upper = np.repeat(limits[:, :, tier], steps, axis=1)
        out[..., tier] = cells.sums(np.maximum(np.minimum(after, upper) - np.maximum(before, lower), 0.0))
        lower = upper
    return out


def _in_proportion(kwh: Array, limits: MonthlyLimits) -> Array:
    """Energy of periods (d, 12, periods) into tiers that fill with the energy of the month; (d, 12, periods, tiers)."""
    together = kwh.sum(axis=2)
    lowers = np.concatenate((np.zeros_like(limits[..., :1]), limits[..., :-1]), axis=-1)
    tiers = np.maximum(np.minimum(together[..., None], limits) - lowers, 0.0)
    share = np.divide(kwh, together[..., None], out=np.zeros_like(kwh), where=together[..., None] > 0.0)
    return share[..., None] * tiers[:, :, None, :]


def _buy(charge: EnergyCharge) -> Array:
    return _by_tier([[tier.price_usd_per_kwh for tier in period.tiers] for period in charge.periods])


def _sell(charge: EnergyCharge) -> Array:
    return _by_tier([[tier.sell_usd_per_kwh or 0.0 for tier in period.tiers] for period in charge.periods])


def _by_tier(prices: list[list[float]]) -> Array:
    """Prices (1, 1, periods, tiers); nought where a period has fewer tiers than another."""
    width = max(len(tiers) for tiers in prices)
    return np.array([tiers + [0.0] * (width - len(tiers)) for tiers in prices])[None, None]


def _priced(item: Item, charge: EnergyCharge, kwh: Array, rate: Array) -> Block:
    names = tuple(period.name for period in charge.periods)
    return Block(item, "kWh", names, kwh, rate, tiers=True)
