"""All charges of d years of net load under a tariff, in the order in which they depend on each other.

What the meters read, then energy and demand, fixed charges, credits carried between months, and last the minimum, which looks
at the sum of the others. `site.bill` makes lines of the blocks, `site.bill_designs` sums them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from brayton.core.errors import Fault, Faults, InputError
from brayton.core.timeaxis import TimeAxis
from brayton.site.bill_blocks import Array, Block, Readings, window_means
from brayton.site.bill_demand import billing_kw, demand_blocks
from brayton.site.bill_energy import energy_blocks
from brayton.site.export_credit import ExportRule, check_generation, usd_ledger
from brayton.site.power import LARGEST_BILLED_KW, power_by_step
from brayton.site.tariff import RecurringCharge, Tariff
from brayton.site.tariff_clock import Dst, clock_of

ROUNDING_KW = 1e-6
"""A load below nought by no more than this is a rounding error of the net load."""
SMALLEST_POWER_FACTOR = 0.1
"""Below this a power factor reads as something else (estimate: an idling transformer or motor has about 0.1)."""


def charges(tariff: Tariff, readings: Readings) -> list[Block]:
    """Every charge of the years that were read; the amounts of all blocks add up to the bills."""
    kw = billing_kw(tariff, readings)
    blocks = energy_blocks(tariff, readings, kw)
    settled = [block for block in blocks if block.item == "settlement"]
    blocks = [block for block in blocks if block.item != "settlement"]
    blocks += demand_blocks(tariff, readings)
    days = readings.clock.days_in_month
    blocks += [_fixed_block(charge, days, readings.designs) for charge in tariff.fixed]
    if tariff.export.carries_usd:
        carried, left_over = _credit_blocks(tariff.export, blocks)
        blocks.append(carried)
        settled.append(left_over)
    # with two meters the sales are an account of their own, which no minimum sees (as SAM has it)
    seen = [block for block in blocks if not (tariff.export.method == "buy_all_sell_all" and block.item == "export")]
    blocks += _minimum_blocks(tariff.minimum, seen, days)
    return [*blocks, *settled]


def read_meters(
    tariff: Tariff,
    net_load_kw: ArrayLike,
    axis: TimeAxis,
    dst: Dst,
    *,
    generation_kw: ArrayLike | None = None,
    power_factor: ArrayLike | None = None,
    reactive_kvar: ArrayLike | None = None,
    previous_peaks_kw: ArrayLike | None = None,
) -> Readings:
    """What the meters of the tariff read, from net load (steps,) or (d, steps) [kW] and the rest as in `bill`.

    Errors: InputError, all faults gathered: another length, values that are not finite, a power factor outside 0.1..1, previous
    peaks that are not twelve, generation that is negative or absent where the tariff meters it apart.
    """
    clock = clock_of(tariff, axis, dst)
    with Faults() as faults:
        net = _years("net_load_kw", net_load_kw, axis, faults)
        generation = None if generation_kw is None else _years("generation_kw", generation_kw, axis, faults)
        if generation is not None and (generation < 0.0).any():
            rule = "must not be negative: what a machine draws is load"
            faults.add("generation_kw", float(generation.min()), rule, "Move it to the load.")
        factor = _factor(power_factor, axis, faults)
        reactive = None if reactive_kvar is None else np.abs(_years("reactive_kvar", reactive_kvar, axis, faults))
        if factor is not None and reactive is not None:
            rule = "stands beside power_factor: each of them says how much reactive power there is"
            faults.add("reactive_kvar", "(given)", rule, "Drop one of the two.")
        previous = _previous(previous_peaks_kw, faults)
        for name, rows in (
            ("generation_kw", generation),
            ("previous_peaks_kw", previous),
            ("reactive_kvar", reactive),
        ):
            if rows is not None and rows.ndim == 2 and len(rows) not in (1, len(net)):
                faults.add(name, f"{len(rows)} rows", f"net_load_kw has {len(net)}", "Give one row for all, or one for each.")
        faults.attempt(lambda: check_generation(tariff.export, generation is not None))
    if tariff.export.method == "buy_all_sell_all" and generation is not None:
        imported, exported = net + generation, np.broadcast_to(generation, net.shape)
        if float(imported.min()) < -ROUNDING_KW:
            rule = "net load and generation add up to a load, which cannot be negative"
            raise InputError(Fault("generation_kw", float(imported.min()), rule, "Give the generation that made this net load."))
        imported = np.maximum(imported, 0.0)
        demand = imported
    else:
        imported, exported, demand = np.maximum(net, 0.0), np.maximum(-net, 0.0), net
    windows, stride = window_means(demand, clock, tariff.demand_window_minutes)
    if isinstance(factor, np.ndarray) and stride > 1:
        factor = factor.reshape(-1, stride).mean(axis=1)
    if reactive is not None:
        reactive, _ = window_means(reactive, clock, tariff.demand_window_minutes)
    return Readings(clock, imported, exported, windows, stride, factor, reactive, previous)


def _years(path: str, kw: ArrayLike, axis: TimeAxis, faults: Faults) -> Array:
    """Power of one year or of several, (d, steps)."""
    return np.atleast_2d(power_by_step(path, kw, axis, faults, signed=True, rows=np.ndim(kw) == 2))


def _factor(power_factor: ArrayLike | None, axis: TimeAxis, faults: Faults) -> float | Array | None:
    if power_factor is None:
        return None
    values = np.asarray(power_factor, dtype=np.float64)
    if values.shape not in ((), (axis.steps,)):
        rule = f"must be a number or {axis.steps} steps"
        faults.add("power_factor", f"shape {values.shape}", rule, "Give one for all, or one for each step of the year.")
    elif not ((values >= SMALLEST_POWER_FACTOR) & (values <= 1.0)).all():
        bad = values[~((values >= SMALLEST_POWER_FACTOR) & (values <= 1.0))].flat[0]
        faults.add("power_factor", float(bad), f"must lie in {SMALLEST_POWER_FACTOR:g}..1", "Write 90 % as 0.9.")
    return float(values) if values.ndim == 0 else values


def _previous(previous_peaks_kw: ArrayLike | None, faults: Faults) -> Array | None:
    if previous_peaks_kw is None:
        return None
    values = np.asarray(previous_peaks_kw, dtype=np.float64)
    if values.ndim not in (1, 2) or values.shape[-1] != 12:
        rule = "must be the twelve monthly peaks of the year before"
        faults.add("previous_peaks_kw", f"shape {values.shape}", rule, "Give kW, January first.")
    elif not ((values >= 0.0) & (values < LARGEST_BILLED_KW)).all():
        faults.add("previous_peaks_kw", values.tolist(), "must be finite and not negative", "Give kW, January first.")
    return values


def _fixed_block(charge: RecurringCharge, days: np.ndarray, designs: int) -> Block:
    quantity = {"day": days.astype(np.float64), "month": np.ones(12), "year": np.full(12, 1.0 / 12.0)}[charge.per]
    rate = np.full((1, 1, 1, 1), charge.usd)
    spread = np.broadcast_to(quantity[None, :, None, None], (designs, 12, 1, 1))
    return Block("fixed", charge.per, (charge.name,), spread, rate, always=True)


def _total(blocks: list[Block], *items: str) -> Array:
    return sum((block.usd for block in blocks if not items or block.item in items), np.zeros((1, 12)))


def _credit_blocks(rule: ExportRule, blocks: list[Block]) -> tuple[Block, Block]:
    """Credits in USD as lines: taken from earlier months, kept for later ones; and what is left at the end of the year."""
    earned = -_total(blocks, "export")
    owed = _total(blocks, "energy", "supply") if rule.credits_pay == "energy" else _total(blocks) + earned
    ledger = usd_ledger(rule, *np.broadcast_arrays(owed, earned))
    one = np.ones((1, 1, 1, 1))
    words = {(month, 0): "credit of earlier months" for month in range(12)}
    words |= {(month, 1): "credit kept for later months" for month in range(12)}
    moved = np.stack((-ledger.applied_usd, ledger.kept_usd), axis=2)[..., None]
    carried = Block("carried_credit", "USD", ("brought in", "carried out"), moved, one, words=words)
    paid = ledger.settled_usd * (0.0 if rule.credits_expire else 1.0)
    left = {(month, 0): "credit left over when the year is settled" for month in range(12)}
    return carried, Block("settlement", "USD", ("year's end",), -paid[:, :, None, None], one, words=left)


def _minimum_blocks(minimum: tuple[RecurringCharge, ...], blocks: list[Block], days: np.ndarray) -> list[Block]:
    """The adders that lift a month, and then the year, to its minimum; a month in credit counts as nought."""
    if not minimum:
        return []
    total = np.maximum(_total(blocks), 0.0)
    by_month = np.zeros(12)
    for charge in minimum:
        by_month += charge.usd * {"day": days, "month": 1, "year": 0}[charge.per]
    adder = np.maximum(by_month - total, 0.0)
    paid = np.maximum(total, by_month).sum(axis=1)
    short = np.maximum(sum(charge.usd for charge in minimum if charge.per == "year") - paid, 0.0)
    one = np.ones((len(total), 12, 1, 1))
    december = np.zeros((len(total), 12, 1, 1))
    december[:, 11, 0, 0] = short
    found: list[Block] = []
    if adder.any():
        found.append(Block("minimum", "month", ("month",), one * (adder > 0.0)[:, :, None, None], adder[:, :, None, None]))
    if short.any():
        found.append(Block("minimum", "year", ("year",), one * (december > 0.0), december))
    return found
