"""A year's electricity bill of a net load under a tariff, line by line.

Every amount is the product of a quantity and a rate, kept unrounded: the lines of a month add up to the month and the months
to the year exactly, and rounding is left to whoever prints.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from brayton.core.errors import Fault, InputError
from brayton.core.timeaxis import TimeAxis
from brayton.site.bill_blocks import Block, Item, Readings
from brayton.site.bill_charges import charges, read_meters
from brayton.site.tariff import Tariff
from brayton.site.tariff_clock import Dst


@dataclass(frozen=True)
class BillLine:
    """One line: ``amount_usd = quantity * rate``. month: 1..12. period, tier (from 1): None where the item has none.

    unit: of the quantity; the rate is USD per unit. Exports are negative quantities, so that a credit is a negative amount.
    note: how the quantity came about, in words: when the peak was, which month's peak and which percent a ratchet billed.
    """

    month: int
    item: Item
    period: str | None
    tier: int | None
    quantity: float
    unit: str
    rate: float
    note: str = ""

    @property
    def amount_usd(self) -> float:
        return self.quantity * self.rate + 0.0  # an export at no price earns 0.0, not -0.0


@dataclass(frozen=True)
class BillMonth:
    """One month: ``total_usd = energy + demand + fixed + minimum_adder - export_credit + standby``.

    energy_usd: energy and supply. demand_usd: time-of-use, flat and coincident demand, and reactive demand. minimum_adder_usd:
    what lifts the bill to the minimum. export_credit_usd: what exports took off this month: earned, less what is kept for later
    months, plus what earlier ones left and what was settled. peak_kw: highest import over the tariff's demand window.
    energy_kwh, export_kwh: imported and exported, as they are metered. standby_usd: services beside the tariff, see `with_lines`.
    """

    month: int
    energy_usd: float
    demand_usd: float
    fixed_usd: float
    minimum_adder_usd: float
    export_credit_usd: float
    total_usd: float
    peak_kw: float
    energy_kwh: float
    export_kwh: float
    standby_usd: float = 0.0


@dataclass(frozen=True)
class Bill:
    """A year's bill. months: twelve. notes: what the reader of the bill has to know, the tariff's own notes first."""

    months: tuple[BillMonth, ...]
    lines: tuple[BillLine, ...]
    notes: tuple[str, ...]

    @property
    def annual_usd(self) -> float:
        return math.fsum(month.total_usd for month in self.months)


def bill(
    tariff: Tariff,
    net_load_kw: ArrayLike,
    axis: TimeAxis,
    *,
    dst: Dst = "none",
    generation_kw: ArrayLike | None = None,
    power_factor: ArrayLike | None = None,
    reactive_kvar: ArrayLike | None = None,
    previous_peaks_kw: ArrayLike | None = None,
) -> Bill:
    """The bill of a year.

    net_load_kw: shape (axis.steps,), mean over each step at the point of connection, import positive, export negative [kW].
    dst: whether the tariff's clock keeps US daylight saving; the steps themselves are local standard time.
    generation_kw: (axis.steps,), what was generated on the site; only ``buy_all_sell_all`` asks for it [kW].
    power_factor: of the imports, a number or (axis.steps,) in 0.1..1; only reactive charges and kVA ask for it.
    reactive_kvar: (axis.steps,), in its place [kvar]. A machine that makes only real power leaves the reactive power of the load
    where it was: give a site with generation the reactive power of its load, not a power factor.
    previous_peaks_kw: twelve monthly peaks of the year before, for ratchets; if left out the year stands for it, with a note.

    Rules. Energy: imports of the month fill the tiers in the order of time, each kWh at the price of its hour's period (SAM's
    rule); exports fill the tiers of the sell prices in the same way and earn nothing where there is no sell price. For net
    metering and credits see `ExportRule`. Demand: the highest mean import over the demand window in the month, or in each
    period's hours, in tiers, after the `Ratchet`. Coincident peak: the highest within its hours, once, in the month in which it
    falls. Fixed charges per day count calendar days. Minimum: if a month comes to less, an adder makes up the rest; a month whose
    credits exceed its charges counts as nought, so it pays the minimum and keeps the credit (as SAM has it). A yearly minimum is
    tested in the same way on the twelve months with their adders, and made up in December. (SAM tests it without the monthly
    adders and so may charge both.) What is settled at the year's end does not count towards a minimum.
    Errors: InputError for a series of another length or with values that are not finite, and for a power factor or generation
    that the tariff asks for and that is absent.
    """
    if np.ndim(net_load_kw) != 1:
        rule = f"must have {axis.steps} steps of {axis.step_minutes} min for {axis.year}"
        remedy = "Give one value for each step of the year; `bill_designs` takes rows."
        raise InputError(Fault("net_load_kw", f"shape {np.shape(net_load_kw)}", rule, remedy))
    readings = read_meters(
        tariff,
        net_load_kw,
        axis,
        dst,
        generation_kw=generation_kw,
        power_factor=power_factor,
        reactive_kvar=reactive_kvar,
        previous_peaks_kw=previous_peaks_kw,
    )
    lines = [line for block in charges(tariff, readings) for line in _lines(block)]
    amounts: defaultdict[tuple[int, Item], list[float]] = defaultdict(list)
    for line in lines:
        amounts[line.month, line.item].append(line.amount_usd)
    physical = zip(readings.peak_kw[0].tolist(), readings.import_kwh[0].tolist(), readings.export_kwh[0].tolist(), strict=True)
    months = tuple(_month(month, amounts, *quantities) for month, quantities in enumerate(physical, 1))
    return Bill(months, tuple(sorted(lines, key=lambda line: line.month)), tuple(_notes(tariff, readings, months)))


def with_lines(account: Bill, lines: Sequence[BillLine], notes: Sequence[str] = ()) -> Bill:
    """The bill with lines of services that stand beside the tariff (standby, departing load), and their notes."""
    beside = [math.fsum(line.amount_usd for line in lines if line.month == month.month) for month in account.months]
    months = tuple(
        replace(month, standby_usd=month.standby_usd + usd, total_usd=math.fsum((month.total_usd, usd)))
        for month, usd in zip(account.months, beside, strict=True)
    )
    ordered = sorted((*account.lines, *lines), key=lambda line: line.month)
    return Bill(months, tuple(ordered), (*account.notes, *notes))


def _lines(block: Block) -> Iterator[BillLine]:
    """The lines of the first year of a block: where there is a quantity, tier by tier."""
    quantity = block.quantity[0]
    rate = np.broadcast_to(block.rate, block.quantity.shape)[0]
    quantity, rate = (np.moveaxis(part, 2, 0) for part in (quantity, rate))
    chosen = np.ones_like(quantity, dtype=bool) if block.always else quantity != 0.0
    cells, figures = np.argwhere(chosen).tolist(), (quantity[chosen].tolist(), rate[chosen].tolist())
    for (tier, month, period), amount, price in zip(cells, *figures, strict=True):
        shown_tier, words = tier + 1 if block.tiers else None, block.words.get((month, period), "")
        yield BillLine(month + 1, block.item, block.names[period], shown_tier, amount, block.unit, price, words)


def _month(
    month: int, amounts: Mapping[tuple[int, Item], Sequence[float]], peak_kw: float, kwh: float, sold_kwh: float
) -> BillMonth:
    def total(*items: Item) -> float:
        return math.fsum(amount for item in items for amount in amounts.get((month, item), ()))

    energy, demand = total("energy", "supply"), total("tou_demand", "flat_demand", "coincident_peak", "reactive")
    fixed, adder = total("fixed"), total("minimum")
    credit = 0.0 - total("export", "carried_kwh", "carried_credit", "settlement")
    due = math.fsum((energy, demand, fixed, adder, -credit))
    return BillMonth(month, energy, demand, fixed, adder, credit, due, peak_kw, kwh, sold_kwh)


def _notes(tariff: Tariff, readings: Readings, months: Sequence[BillMonth]) -> Iterator[str]:
    yield from tariff.notes
    if tariff.delivery_only and not tariff.has_supply:
        yield "delivery only: the energy itself is not in these prices and not in this bill; give a supply price"
    window, step = tariff.demand_window_minutes, readings.clock.axis.step_minutes
    if window is not None and window < step:
        yield f"demand is the mean of {step} min steps; the meter's window is {window} min, so that true peaks are higher"
    peak = max(month.peak_kw for month in months)
    low, high = tariff.eligible_kw
    if not low <= peak <= high:
        yield f"the load peaks at {peak:.1f} kW; the tariff is for customers of {low:g} to {high:g} kW"
    if tariff.ratchet is not None and tariff.ratchet.looks_back and readings.previous_peaks_kw is None:
        yield "demand ratchet: the peaks of the year before are not given, and this year's stand in their place"
    exported = math.fsum(month.export_kwh for month in months)
    if exported:
        yield f"exports of {exported:.0f} kWh {_paid(tariff)}"


def _paid(tariff: Tariff) -> str:
    """What exports earn, in words."""
    method = tariff.export.method
    if tariff.export_prices is not None or tariff.buyback is not None:
        return "earn the price of the hour at which the utility buys"
    if method == "net_metering":
        return "are netted with the imports of their period and carried in kWh from month to month"
    sells = tariff.energy is not None and tariff.energy.has_sell_price
    paid = "earn the sell price of their hour" if sells else "earn nothing: no sell price"
    if method == "net_metering_credits":
        paid = "are netted with the imports of their period; the surplus of a month " + paid.replace("earn ", "earns ").replace(
            "their", "its"
        )
    rule = f"; the record says {tariff.dg_rule}, which is not applied" if tariff.dg_rule and method == "net_billing" else ""
    return paid + rule
