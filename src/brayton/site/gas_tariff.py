"""The gas tariff record: what a gas utility and a supplier charge for, as data. `site.gas_bill` applies it.

    GasTariff
    |-- commodity      GasCommodity        the gas itself: a price by month, or an index with basis, retention and adder
    |-- delivery       GasDelivery         declining or inclining blocks of the month's use, by season
    |-- demand         GasDemand           on the highest day or a contract for it (MDQ), with ratchet
    |-- riders         GasRider            balancing, adjustment and the like per unit
    |-- fixed          RecurringCharge     USD per day, month or year
    |-- minimum_use    MinimumUse          least use of a month or year, the shortfall at a price
    |-- minimum        RecurringCharge     least that a month or year comes to
    |-- taxes          GasTax              shares of what the other lines come to
    `-- cogeneration   GasTariff           for the machines' own meter, where the utility offers one

Prices stand in the unit that the tariff book uses, always on the HHV; a price per volume needs the heat content at which the
utility bills. Firm and interruptible service are two tariffs. Months count from 0 (January) inside.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from brayton.core.errors import Faults
from brayton.core.provenance import Source
from brayton.core.units import J_PER_KWH, KWH_PER_MMBTU
from brayton.site.tariff import RecurringCharge

GasUnit = Literal["therm", "MMBtu", "Dth", "kWh", "GJ", "Mcf", "ccf", "m3"]
GasItem = Literal["commodity", "delivery", "demand", "rider", "fixed", "minimum_use", "minimum", "tax"]
TAXABLE: tuple[GasItem, ...] = ("commodity", "delivery", "demand", "rider", "fixed", "minimum_use", "minimum")

M3_PER_MCF = 1000.0 * 0.3048**3
"""Exact: a thousand cubic feet. Pressure and temperature of the volume are those of the stated heat content."""
_KWH_HHV: dict[GasUnit, float] = {
    "therm": 0.1 * KWH_PER_MMBTU,
    "MMBtu": KWH_PER_MMBTU,
    "Dth": KWH_PER_MMBTU,
    "kWh": 1.0,
    "GJ": 1e9 / J_PER_KWH,
}
"""kWh HHV per unit of energy. A therm here is 100,000 Btu(IT); the therm of US law, on the 59 degF Btu, is 0.024 % smaller
(NIST SP 811, appendix B.8: 1.054804E+08 J), which is below what a meter and its heat content are good for."""
_M3: dict[GasUnit, float] = {"Mcf": M3_PER_MCF, "ccf": 0.1 * M3_PER_MCF, "m3": 1.0}
VOLUMES = frozenset(_M3)
"""The units that hold no energy until a heat content says so."""

HIGHEST_USD_PER_KWH_HHV = 100.0 / KWH_PER_MMBTU
"""Gas beyond 100 USD/MMBtu HHV reads as cents (estimate: above the monthly means of any crisis so far; a price in cents per
therm or per Mcf is a hundred times its dollars and lies beyond it from 1 USD/MMBtu on)."""
HEAT_CONTENT_KWH_HHV_PER_M3 = (3.0, 18.0)
"""Credible heat contents: lean landfill gas of about 30 % methane to propane-air mixtures (estimate)."""


@dataclass(frozen=True)
class GasBlock:
    """One block of the month's use. upper: end of the block in the charge's unit; infinite for the last."""

    usd_per_unit: float
    upper: float = math.inf


@dataclass(frozen=True)
class GasSeason:
    """A season of delivery with its blocks, in ascending order."""

    name: str
    blocks: tuple[GasBlock, ...]


@dataclass(frozen=True)
class GasDelivery:
    """Delivery by blocks that fill with the use of the calendar month. months: the season of each of the twelve."""

    seasons: tuple[GasSeason, ...]
    months: tuple[int, ...]
    unit: GasUnit


@dataclass(frozen=True)
class GasIndex:
    """An index price, paid on what enters the pipeline: use / (1 - retention).

    usd_per_mmbtu_hhv: twelve. basis_usd_per_mmbtu_hhv: twelve, from the index's place to the receipt point.
    retention: share of the gas that the pipeline keeps as fuel and shrinkage.
    """

    name: str
    usd_per_mmbtu_hhv: tuple[float, ...]
    basis_usd_per_mmbtu_hhv: tuple[float, ...] = (0.0,) * 12
    retention: float = 0.0


@dataclass(frozen=True)
class GasCommodity:
    """The gas itself. usd_per_unit: twelve, per unit at the meter: the whole price, or what is added to the index."""

    usd_per_unit: tuple[float, ...]
    unit: GasUnit
    index: GasIndex | None = None


@dataclass(frozen=True)
class GasDemand:
    """A charge per month on the greatest daily use (MDQ).

    Billed is the greatest of: the highest calendar day of the month, the contract, and `ratchet` times the highest day of those
    of the `look_back_months` before that are among `ratchet_months`. usd_per_unit_day: twelve prices per unit/day and month.
    What exceeds a contract is billed at `overrun_usd_per_unit_day`, or at the same price where there is none.
    """

    name: str
    usd_per_unit_day: tuple[float, ...]
    unit: GasUnit
    contract_units_per_day: float | None = None
    overrun_usd_per_unit_day: float | None = None
    ratchet: float = 0.0
    look_back_months: int = 11
    ratchet_months: tuple[int, ...] = tuple(range(12))


@dataclass(frozen=True)
class GasRider:
    """A charge or credit per unit of use, twelve prices: balancing, adjustment, public benefits."""

    name: str
    usd_per_unit: tuple[float, ...]
    unit: GasUnit


@dataclass(frozen=True)
class MinimumUse:
    """The least use that is paid for; what is missing costs `usd_per_unit`. A yearly one is made up in December."""

    per: Literal["month", "year"]
    units: float
    usd_per_unit: float
    unit: GasUnit


@dataclass(frozen=True)
class GasTax:
    """A share of what the lines of some items come to. Taxes are not taxed."""

    name: str
    fraction: float
    on: tuple[GasItem, ...] = TAXABLE


@dataclass(frozen=True)
class GasTariff:
    """What is charged for gas.

    heat_content_kwh_hhv_per_m3: at which volumes are billed; needed if a price is per volume.
    minimum_counts: what a minimum bill is held against: all lines, or all but commodity and riders.
    eligible_kwh_hhv_per_year: use of the customers that the tariff is for.
    cogeneration: tariff of a meter for the machines alone; None where all gas passes one meter.
    """

    name: str
    source: Source
    utility: str = ""
    commodity: GasCommodity | None = None
    delivery: GasDelivery | None = None
    demand: GasDemand | None = None
    riders: tuple[GasRider, ...] = ()
    fixed: tuple[RecurringCharge, ...] = ()
    minimum_use: tuple[MinimumUse, ...] = ()
    minimum: tuple[RecurringCharge, ...] = ()
    minimum_counts: Literal["all", "delivery"] = "all"
    taxes: tuple[GasTax, ...] = ()
    heat_content_kwh_hhv_per_m3: float | None = None
    eligible_kwh_hhv_per_year: tuple[float, float] = (0.0, math.inf)
    cogeneration: GasTariff | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        with Faults() as faults:
            self._check_units(faults)
            if self.commodity is not None:
                _check_commodity(self.commodity, faults)
            if self.delivery is not None:
                _check_delivery(self.delivery, faults)
            if self.demand is not None:
                _check_demand(self.demand, faults)
            for rider in self.riders:
                _check_twelve(f"rider {rider.name}", rider.usd_per_unit, faults)
            for tax in self.taxes:
                _check_tax(tax, faults)
            for use in self.minimum_use:
                if not 0.0 < use.units < math.inf or not math.isfinite(use.usd_per_unit):
                    faults.add(f"minimum_use per {use.per}", use.units, "must be finite and above zero", "Give units and price.")
            charges = (self.commodity, self.delivery, self.demand, *self.riders, *self.fixed, *self.minimum)
            if not any(charges):
                faults.add("gas tariff", self.name, "charges nothing", "Give commodity, delivery, demand or fixed charges.")
            if self.cogeneration is not None and self.cogeneration.cogeneration is not None:
                faults.add("cogeneration", self.cogeneration.name, "has a further meter of its own", "Give two meters at most.")
        self._check_prices()

    def kwh_hhv_per(self, unit: GasUnit) -> float:
        """Energy in a unit of gas, HHV [kWh]. Volumes take the tariff's heat content."""
        if unit in _KWH_HHV:
            return _KWH_HHV[unit]
        assert self.heat_content_kwh_hhv_per_m3 is not None, "checked when the tariff was made"
        return _M3[unit] * self.heat_content_kwh_hhv_per_m3

    @property
    def units(self) -> dict[str, GasUnit]:
        """The unit of each charge that has one, by the charge's name."""
        named: dict[str, GasUnit] = {f"rider {rider.name}": rider.unit for rider in self.riders}
        parts = {"commodity": self.commodity, "delivery": self.delivery, "demand": self.demand}
        named |= {name: part.unit for name, part in parts.items() if part is not None}
        named |= {f"minimum_use per {use.per}": use.unit for use in self.minimum_use}
        return named

    def _check_units(self, faults: Faults) -> None:
        content = self.heat_content_kwh_hhv_per_m3
        low, high = HEAT_CONTENT_KWH_HHV_PER_M3
        if content is not None and not low <= content <= high:
            rule = f"must lie in {low:g}..{high:g} kWh HHV/m3, which is {_mmbtu_per_mcf(low)}..{_mmbtu_per_mcf(high)} MMBtu/Mcf"
            faults.add("heat_content", content, rule, "Give the heat content that the utility bills at, on the HHV.")
        for name, unit in self.units.items():
            if unit not in get_args(GasUnit):
                faults.add(f"{name}, unit", unit, f"is not one of {', '.join(get_args(GasUnit))}", "Use one of these.")
            elif unit in _M3 and content is None:
                rule = "is a volume, and how much energy it holds is never assumed"
                faults.add(f"{name}, unit", unit, rule, "Give the heat content that the utility bills at.")

    def _check_prices(self) -> None:
        """Prices that read as cents; asked last, since it needs the units."""
        found: dict[str, tuple[Sequence[float], GasUnit]] = {}
        if self.commodity is not None:
            found["commodity"] = self.commodity.usd_per_unit, self.commodity.unit
            if self.commodity.index is not None:
                found[f"index {self.commodity.index.name}"] = self.commodity.index.usd_per_mmbtu_hhv, "MMBtu"
                found["basis"] = self.commodity.index.basis_usd_per_mmbtu_hhv, "MMBtu"
        if self.delivery is not None:
            for season in self.delivery.seasons:
                found[f"delivery season {season.name}"] = [block.usd_per_unit for block in season.blocks], self.delivery.unit
        found |= {f"rider {rider.name}": (rider.usd_per_unit, rider.unit) for rider in self.riders}
        found |= {f"minimum_use per {use.per}": ((use.usd_per_unit,), use.unit) for use in self.minimum_use}
        with Faults() as faults:
            for name, (prices, unit) in found.items():
                largest = max(prices, key=abs)
                if not abs(largest) / self.kwh_hhv_per(unit) <= HIGHEST_USD_PER_KWH_HHV:
                    rule = f"must be finite and below 100 USD/MMBtu HHV, beyond which USD/{unit} reads as cents"
                    faults.add(name, largest, rule, f"Give USD/{unit}.")


def _mmbtu_per_mcf(kwh_hhv_per_m3: float) -> str:
    return f"{kwh_hhv_per_m3 * M3_PER_MCF / KWH_PER_MMBTU:.2f}"


def _check_twelve(path: str, values: Sequence[float], faults: Faults) -> None:
    if len(values) != 12 or not all(math.isfinite(value) for value in values):
        faults.add(path, list(values), "must be twelve finite prices", "Give one for each month, January first.")


def _check_commodity(commodity: GasCommodity, faults: Faults) -> None:
    _check_twelve("commodity", commodity.usd_per_unit, faults)
    index = commodity.index
    if index is not None:
        _check_twelve(f"index {index.name}", index.usd_per_mmbtu_hhv, faults)
        _check_twelve("basis", index.basis_usd_per_mmbtu_hhv, faults)
        if not 0.0 <= index.retention < 0.5:
            rule = "must lie in 0..0.5, as a fraction of what enters the pipeline"
            faults.add("retention", index.retention, rule, "Write 1.5 % as 0.015.")


def _check_delivery(delivery: GasDelivery, faults: Faults) -> None:
    if len(delivery.months) != 12 or not all(0 <= season < len(delivery.seasons) for season in delivery.months):
        rule = f"must be twelve season numbers in 0..{len(delivery.seasons) - 1}"
        faults.add("delivery months", delivery.months, rule, "Give a season for each month, January first.")
    for season in delivery.seasons:
        uppers = [block.upper for block in season.blocks]
        rising = all(low < high for low, high in zip((0.0, *uppers), uppers, strict=False))
        if not uppers or not rising or not math.isinf(uppers[-1]):
            rule = "block ends must rise from above zero, the last without limit"
            faults.add(f"delivery season {season.name}", uppers, rule, "Order the blocks; leave the last one open.")


def _check_demand(demand: GasDemand, faults: Faults) -> None:
    _check_twelve("demand", demand.usd_per_unit_day, faults)
    contract = demand.contract_units_per_day
    if contract is not None and not 0.0 < contract < math.inf:
        faults.add("demand.contract", contract, "must be finite and above zero", f"Give {demand.unit} per day.")
    if contract is None and demand.overrun_usd_per_unit_day is not None:
        rule = "is a price of what exceeds a contract, and there is none"
        faults.add("demand.overrun", demand.overrun_usd_per_unit_day, rule, "Give the contract, or drop the price.")
    if not 0.0 <= demand.ratchet <= 1.0:
        faults.add("demand.ratchet", demand.ratchet, "must lie in 0..1", "Write 80 % as 0.8.")
    if not 1 <= demand.look_back_months <= 11:
        faults.add("demand.look_back_months", demand.look_back_months, "must lie in 1..11", "Give the months before this one.")
    if not demand.ratchet_months or not all(0 <= month < 12 for month in demand.ratchet_months):
        faults.add("demand.ratchet_months", demand.ratchet_months, "must be months of the year", "Name at least one.")


def _check_tax(tax: GasTax, faults: Faults) -> None:
    if not 0.0 <= tax.fraction <= 0.5:
        faults.add(f"tax {tax.name}", tax.fraction, "must lie in 0..0.5, as a fraction", "Write 5.5 % as 0.055.")
    unknown = [item for item in tax.on if item not in TAXABLE]
    if unknown or not tax.on:
        faults.add(f"tax {tax.name}, on", unknown, f"must be among {', '.join(TAXABLE)}", "Name the items that are taxed.")


def taxed(tariff: GasTariff, item: GasItem) -> float:
    """What a USD of an item comes to with its taxes."""
    return 1.0 + math.fsum(tax.fraction for tax in tariff.taxes if item in tax.on)


def marginal_usd_per_kwh_hhv(tariff: GasTariff, monthly_kwh_hhv: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    """Price of one more kWh of gas in each month [USD/kWh HHV], taxes included; shape (..., 12).

    monthly_kwh_hhv: use of the months so far, shape (..., 12) [kWh HHV], which decides the delivery block; none used if left
    out. Demand charges and minimums, which a single kWh need not move, are not in it. Of the machines' own meter: call it on
    ``tariff.cogeneration``.
    """
    use = np.zeros(12) if monthly_kwh_hhv is None else np.asarray(monthly_kwh_hhv, dtype=np.float64)
    price = np.zeros(12)
    commodity = tariff.commodity
    if commodity is not None:
        price = price + taxed(tariff, "commodity") * np.array(commodity.usd_per_unit) / tariff.kwh_hhv_per(commodity.unit)
        if commodity.index is not None:
            at_receipt = np.array(commodity.index.usd_per_mmbtu_hhv) + np.array(commodity.index.basis_usd_per_mmbtu_hhv)
            price = price + taxed(tariff, "commodity") * at_receipt / (KWH_PER_MMBTU * (1.0 - commodity.index.retention))
    for rider in tariff.riders:
        price = price + taxed(tariff, "rider") * np.array(rider.usd_per_unit) / tariff.kwh_hhv_per(rider.unit)
    delivery = tariff.delivery
    total = np.broadcast_to(price, use.shape).copy()
    if delivery is not None:
        per_kwh = taxed(tariff, "delivery") / tariff.kwh_hhv_per(delivery.unit)
        for month, number in enumerate(delivery.months):
            blocks = delivery.seasons[number].blocks
            ends = np.array([block.upper for block in blocks]) * tariff.kwh_hhv_per(delivery.unit)
            reached = np.searchsorted(ends[:-1], use[..., month], side="right")
            total[..., month] += per_kwh * np.array([block.usd_per_unit for block in blocks])[reached]
    return total
