"""A year's gas bill under a tariff, line by line, of one design or of many at once.

Every amount is the product of a quantity and a rate, kept unrounded: the lines of a month add up to the month and the months
to the year exactly, and rounding is left to whoever prints. One set of charges serves both: `gas_bill` lists them, and
`gas_totals_usd` sums them over designs.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Fault, Faults, InputError
from brayton.core.timeaxis import TimeAxis
from brayton.core.units import KWH_PER_MMBTU
from brayton.site.gas_tariff import VOLUMES, GasDelivery, GasDemand, GasItem, GasTariff, marginal_usd_per_kwh_hhv
from brayton.site.power import power_by_step
from brayton.site.schedule import MONTHS

Meter = Literal["main", "machines"]
_METERED: tuple[GasItem, ...] = ("commodity", "delivery", "demand")
"""Items whose lines are shown at no price too: they carry the energy."""


@dataclass(frozen=True)
class GasUse:
    """What a meter reads, shape (..., 12) but for `days`, shape (12,).

    kwh_hhv: energy of each month [kWh HHV]. highest_day_kwh_hhv: of its highest calendar day [kWh HHV/day].
    """

    kwh_hhv: NDArray[np.float64]
    highest_day_kwh_hhv: NDArray[np.float64]
    days: NDArray[np.int64]


@dataclass(frozen=True)
class GasLine:
    """One line: ``amount_usd = quantity * rate``. month: 1..12. period, tier (from 1): None where the item has none.

    unit: of the quantity; the rate is USD per unit, but for taxes, whose quantity is USD. meter: on which it was read.
    note: how a demand came about: the highest day of the month, or the ratchet of an earlier one.
    """

    meter: Meter
    month: int
    item: GasItem
    period: str | None
    tier: int | None
    quantity: float
    unit: str
    rate: float
    note: str = ""

    @property
    def amount_usd(self) -> float:
        return self.quantity * self.rate + 0.0  # nought at a credit is 0.0, not -0.0


@dataclass(frozen=True)
class GasBillMonth:
    """One month of both meters: ``total_usd`` is the sum of the others in USD.

    highest_day_kwh_hhv: highest day of the main meter. marginal_usd_per_kwh_hhv: price of one more kWh on the main meter.
    """

    month: int
    commodity_usd: float
    delivery_usd: float
    demand_usd: float
    riders_usd: float
    fixed_usd: float
    minimum_adder_usd: float
    taxes_usd: float
    total_usd: float
    energy_kwh_hhv: float
    highest_day_kwh_hhv: float
    marginal_usd_per_kwh_hhv: float


@dataclass(frozen=True)
class GasBill:
    """A year's gas bill. months: twelve. notes: what the reader of the bill has to know, the tariff's own notes first."""

    months: tuple[GasBillMonth, ...]
    lines: tuple[GasLine, ...]
    notes: tuple[str, ...]

    @property
    def annual_usd(self) -> float:
        return math.fsum(month.total_usd for month in self.months)


def gas_use(fuel_kw_hhv: ArrayLike, axis: TimeAxis) -> GasUse:
    """Months and highest days of a meter.

    fuel_kw_hhv: mean of each step, shape (..., axis.steps) [kW HHV]. A day is the calendar day of the axis. (The gas day of
    the North American pipelines begins at 9:00 Central time; a distribution meter's highest day is taken as the calendar's.)
    Errors: InputError for a series of another length, or with values that are negative or not finite.
    """
    with Faults() as faults:
        fuel = power_by_step("fuel_kw_hhv", fuel_kw_hhv, axis, faults, rows=True)
    daily = fuel.reshape(*fuel.shape[:-1], axis.days, -1).sum(axis=-1) * axis.step_hours
    starts = np.searchsorted(axis.month[:: axis.steps // axis.days], np.arange(12))
    days = np.diff(np.append(starts, axis.days))
    return GasUse(np.add.reduceat(daily, starts, axis=-1), np.maximum.reduceat(daily, starts, axis=-1), days)


def gas_bill(
    tariff: GasTariff, fuel_kw_hhv: ArrayLike, axis: TimeAxis, *, machine_fuel_kw_hhv: ArrayLike | None = None
) -> GasBill:
    """The gas bill of a year.

    fuel_kw_hhv: what the boilers and the rest burn, shape (axis.steps,), mean over each step [kW HHV].
    machine_fuel_kw_hhv: what the machines burn; on their own meter where the tariff has a cogeneration tariff, else added.

    Rules. Delivery blocks fill with the use of the calendar month. An index is paid on use / (1 - retention), basis with it.
    Demand: see `GasDemand`; the ratchet looks back into the same year's end, as if the year before had been the same one.
    Fixed charges per day count calendar days, those per year are billed in twelfths. Minimum use: the shortfall at its price.
    Minimum bill: an adder makes up the rest; a yearly one is tested on the twelve months with their adders, and made up in
    December. Taxes come last, on all that precedes them. Each meter is billed by itself.
    Errors: as `gas_use`.
    """
    with Faults() as faults:
        main = power_by_step("fuel_kw_hhv", fuel_kw_hhv, axis, faults)
        machines = None
        if machine_fuel_kw_hhv is not None:
            machines = power_by_step("machine_fuel_kw_hhv", machine_fuel_kw_hhv, axis, faults)
    if machines is not None and tariff.cogeneration is None:
        main, machines = main + machines, None
    meters: list[tuple[Meter, GasTariff, GasUse]] = [("main", tariff, gas_use(main, axis))]
    if tariff.cogeneration is not None and machines is not None:
        meters.append(("machines", tariff.cogeneration, gas_use(machines, axis)))
    lines = [line for meter, rate, use in meters for line in _lines(meter, rate, use)]
    amounts: defaultdict[tuple[int, GasItem], list[float]] = defaultdict(list)
    for line in lines:
        amounts[line.month, line.item].append(line.amount_usd)
    marginal = marginal_usd_per_kwh_hhv(tariff, meters[0][2].kwh_hhv)
    months = tuple(
        _month(
            month,
            amounts,
            math.fsum(float(use.kwh_hhv[month - 1]) for _, _, use in meters),
            float(meters[0][2].highest_day_kwh_hhv[month - 1]),
            float(marginal[month - 1]),
        )
        for month in range(1, 13)
    )
    return GasBill(months, tuple(sorted(lines, key=lambda line: line.month)), tuple(_notes(meters, machine_fuel_kw_hhv is None)))


def gas_totals_usd(tariff: GasTariff, use: GasUse, machine_use: GasUse | None = None) -> NDArray[np.float64]:
    """What each month comes to, for many designs at once; shape (..., 12) [USD]. Rules as `gas_bill`.

    use, machine_use: of the main meter and of the machines' own. Where all gas passes one meter, add the fuel before
    `gas_use`: highest days do not add.
    Errors: InputError for a machines' meter that the tariff does not have.
    """
    total = _total(tariff, use)
    if machine_use is None:
        return total
    if tariff.cogeneration is None:
        rule = "is a second meter, which the tariff does not have"
        raise InputError(Fault("machine_use", tariff.name, rule, "Add the machines' fuel to the other before `gas_use`."))
    return total + _total(tariff.cogeneration, machine_use)


def _total(tariff: GasTariff, use: GasUse) -> NDArray[np.float64]:
    total = np.zeros(use.kwh_hhv.shape)
    for charge in _charges(tariff, use):
        total += charge.amount
    return total


@dataclass(frozen=True)
class _Charge:
    """The twelve months of one line, for all designs: quantity and rate broadcast to (..., 12). notes: of a single design."""

    item: GasItem
    period: str | None
    tier: int | None
    quantity: NDArray[np.float64]
    unit: str
    rate: NDArray[np.float64]
    notes: tuple[str, ...] = ("",) * 12

    @property
    def amount(self) -> NDArray[np.float64]:
        return self.quantity * self.rate


def _charges(tariff: GasTariff, use: GasUse) -> list[_Charge]:
    """All charges of a meter in the order in which they build on each other: minimums on use, then minimum bill, then taxes."""
    found: list[_Charge] = []
    if tariff.commodity is not None:
        found += _commodity(tariff, use)
    if tariff.delivery is not None:
        found += _delivery(tariff.delivery, use.kwh_hhv / tariff.kwh_hhv_per(tariff.delivery.unit))
    if tariff.demand is not None:
        found += _demand(tariff.demand, use.highest_day_kwh_hhv / tariff.kwh_hhv_per(tariff.demand.unit))
    for rider in tariff.riders:
        units = use.kwh_hhv / tariff.kwh_hhv_per(rider.unit)
        found.append(_Charge("rider", rider.name, None, units, rider.unit, np.array(rider.usd_per_unit)))
    for charge in tariff.fixed:
        per = {"day": use.days.astype(np.float64), "month": np.ones(12), "year": np.full(12, 1.0 / 12.0)}[charge.per]
        found.append(_Charge("fixed", charge.name, None, per, charge.per, np.full(12, charge.usd)))
    found += _minimum_use(tariff, use)
    found += _minimum(tariff, use, found)
    return [*found, *_taxes(tariff, found, use.kwh_hhv.shape)]


def _commodity(tariff: GasTariff, use: GasUse) -> Iterator[_Charge]:
    commodity = tariff.commodity
    assert commodity is not None, "asked for only where there is one"
    units = use.kwh_hhv / tariff.kwh_hhv_per(commodity.unit)
    index = commodity.index
    if index is not None:
        received = use.kwh_hhv / KWH_PER_MMBTU / (1.0 - index.retention)
        yield _Charge("commodity", index.name, None, received, "MMBtu", np.array(index.usd_per_mmbtu_hhv))
        if any(index.basis_usd_per_mmbtu_hhv):
            yield _Charge("commodity", "basis", None, received, "MMBtu", np.array(index.basis_usd_per_mmbtu_hhv))
    if index is None or any(commodity.usd_per_unit):
        name = "gas" if index is None else "adder"
        yield _Charge("commodity", name, None, units, commodity.unit, np.array(commodity.usd_per_unit))


def _delivery(delivery: GasDelivery, units: NDArray[np.float64]) -> Iterator[_Charge]:
    months = np.array(delivery.months)
    for number, season in enumerate(delivery.seasons):
        within = np.where(months == number, units, 0.0)
        lower = 0.0
        for tier, block in enumerate(season.blocks, 1):
            quantity = np.maximum(np.minimum(within, block.upper) - lower, 0.0)
            yield _Charge("delivery", season.name, tier, quantity, delivery.unit, np.full(12, block.usd_per_unit))
            lower = block.upper


def _demand(demand: GasDemand, highest: NDArray[np.float64]) -> Iterator[_Charge]:
    billed = np.maximum(highest, demand.ratchet * _looked_back(demand, highest))
    price, unit = np.array(demand.usd_per_unit_day), f"{demand.unit}/day"
    notes = _demand_notes(demand, highest.tolist(), billed.tolist()) if highest.ndim == 1 else ("",) * 12
    contract = demand.contract_units_per_day
    if contract is None:
        yield _Charge("demand", demand.name, None, billed, unit, price, notes)
        return
    overrun = demand.overrun_usd_per_unit_day
    yield _Charge("demand", f"{demand.name}, contract", None, np.full(highest.shape, contract), unit, price)
    excess, excess_price = np.maximum(billed - contract, 0.0), price if overrun is None else np.full(12, overrun)
    yield _Charge("demand", f"{demand.name}, above contract", None, excess, unit, excess_price, notes)


def _demand_notes(demand: GasDemand, highest: Sequence[float], billed: Sequence[float]) -> tuple[str, ...]:
    """Which month's highest day each month pays for."""
    notes: list[str] = []
    for month in range(12):
        if billed[month] <= highest[month]:
            notes.append(f"highest day of the month, {highest[month]:.1f} {demand.unit}")
            continue
        earlier = [(month - back) % 12 for back in range(1, demand.look_back_months + 1)]
        peak = max((each for each in earlier if each in demand.ratchet_months), key=lambda each: highest[each])
        of = f"{highest[peak]:.1f} {demand.unit} in {MONTHS[peak]}"
        notes.append(f"ratchet: {100.0 * demand.ratchet:g} % of the highest day, {of}")
    return tuple(notes)


def _looked_back(demand: GasDemand, highest: NDArray[np.float64]) -> NDArray[np.float64]:
    """Highest day of the ratchet months among those before each month; the months before January are the year's last."""
    counted = np.where(np.isin(np.arange(12), demand.ratchet_months), highest, 0.0)
    earlier = [np.roll(counted, back, axis=-1) for back in range(1, demand.look_back_months + 1)]
    return np.max(np.stack(earlier), axis=0)


def _minimum_use(tariff: GasTariff, use: GasUse) -> Iterator[_Charge]:
    for least in tariff.minimum_use:
        units = use.kwh_hhv / tariff.kwh_hhv_per(least.unit)
        if least.per == "month":
            short = np.maximum(least.units - units, 0.0)
        else:
            short = np.zeros(units.shape)
            short[..., 11] = np.maximum(least.units - units.sum(axis=-1), 0.0)
        yield _Charge("minimum_use", f"short of the {least.per}", None, short, least.unit, np.full(12, least.usd_per_unit))


def _minimum(tariff: GasTariff, use: GasUse, charges: Sequence[_Charge]) -> Iterator[_Charge]:
    if not tariff.minimum:
        return
    left_out: tuple[GasItem, ...] = () if tariff.minimum_counts == "all" else ("commodity", "rider")
    total = np.zeros(use.kwh_hhv.shape)
    for charge in charges:
        if charge.item not in left_out:
            total += charge.amount
    per_month = [
        np.full(12, item.usd) if item.per == "month" else item.usd * use.days for item in tariff.minimum if item.per != "year"
    ]
    least = np.sum(per_month, axis=0) if per_month else np.zeros(12)
    adder = np.maximum(least - total, 0.0) if per_month else np.zeros(total.shape)
    yield _Charge("minimum", "month", None, np.ones(12), "month", adder)
    yearly = math.fsum(item.usd for item in tariff.minimum if item.per == "year")
    if yearly:
        rest = np.zeros(total.shape)
        rest[..., 11] = np.maximum(yearly - (total + adder).sum(axis=-1), 0.0)
        yield _Charge("minimum", "year", None, np.ones(12), "year", rest)


def _taxes(tariff: GasTariff, charges: Sequence[_Charge], shape: tuple[int, ...]) -> Iterator[_Charge]:
    for tax in tariff.taxes:
        base = np.zeros(shape)
        for charge in charges:
            if charge.item in tax.on:
                base += charge.amount
        yield _Charge("tax", tax.name, None, base, "USD", np.full(12, tax.fraction))


def _lines(meter: Meter, tariff: GasTariff, use: GasUse) -> Iterator[GasLine]:
    """Lines of a meter, but for those that are nought."""
    for charge in _charges(tariff, use):
        quantities = np.broadcast_to(charge.quantity, (12,)).tolist()
        for month, (quantity, rate, note) in enumerate(zip(quantities, charge.rate.tolist(), charge.notes, strict=True), 1):
            if quantity and (rate or charge.item in _METERED):
                yield GasLine(meter, month, charge.item, charge.period, charge.tier, quantity, charge.unit, rate, note)


def _month(
    month: int, amounts: Mapping[tuple[int, GasItem], Sequence[float]], kwh: float, highest_day_kwh: float, marginal: float
) -> GasBillMonth:
    def total(*items: GasItem) -> float:
        return math.fsum(amount for item in items for amount in amounts.get((month, item), ()))

    parts = (
        total("commodity"),
        total("delivery"),
        total("demand"),
        total("rider"),
        total("fixed"),
        total("minimum_use", "minimum"),
        total("tax"),
    )
    return GasBillMonth(month, *parts, math.fsum(parts), kwh, highest_day_kwh, marginal)


def _notes(meters: Sequence[tuple[Meter, GasTariff, GasUse]], one_fuel: bool) -> Iterator[str]:
    main = meters[0][1]
    yield from main.notes
    if main.commodity is None:
        yield "delivery only: the gas itself is not in these prices and not in this bill; give a commodity price"
    elif main.commodity.index is not None:
        yield f"the gas follows {main.commodity.index.name}, paid on what enters the pipeline"
    if main.heat_content_kwh_hhv_per_m3 is not None and VOLUMES & set(main.units.values()):
        yield f"volumes are billed at {main.heat_content_kwh_hhv_per_m3:.4g} kWh HHV/m3"
    if any(rate.demand is not None for _, rate, _ in meters):
        yield "highest days are calendar days in local standard time; the pipelines' gas day begins at 9:00 Central time"
    if any(rate.demand is not None and rate.demand.ratchet for _, rate, _ in meters):
        yield "the ratchet of the first months looks back into the end of the same year, as if the year before had been like it"
    low, high = main.eligible_kwh_hhv_per_year
    annual = float(meters[0][2].kwh_hhv.sum())
    if not low <= annual <= high:
        least, most = low / KWH_PER_MMBTU, high / KWH_PER_MMBTU
        of = f"{least:.0f} and more" if math.isinf(most) else f"{least:.0f} to {most:.0f}"
        yield f"the main meter reads {annual / KWH_PER_MMBTU:.0f} MMBtu HHV a year; the tariff is for customers of {of}"
    if len(meters) > 1:
        yield f"the machines' gas has its own meter, at {meters[1][1].name}; each meter is billed by itself"
        yield from meters[1][1].notes
    elif not one_fuel:
        yield "boilers and machines burn gas of one meter: the tariff has no price for cogeneration alone"
