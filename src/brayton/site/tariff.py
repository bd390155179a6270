"""The tariff record: what a utility charges for, as data. `site.bill` applies it; `site.urdb` and `site.tariff_toml` read it.

    Tariff
    |-- energy             EnergyCharge       USD/kWh by period and tier; import_prices: PriceSeries, by the step
    |-- tou_demand         TouDemandCharge    USD/kW on the highest demand within each period of a month
    |-- flat_demand        FlatDemandCharge   USD/kW on the highest demand of a month
    |-- ratchet            Ratchet            billing demand: at least a share of earlier peaks
    |-- coincident_peaks   CoincidentPeak     USD/kW on the highest demand within named hours of the year
    |-- coincident_demand  TouDemandCharge    the same within hours of every month in which the utility's peak may fall
    |-- reactive           ReactiveCharge     USD/kvar on the highest reactive demand of a month
    |-- fixed, minimum     RecurringCharge    USD per day, month or year
    |-- supply             twelve USD/kWh, for delivery-only rates
    |-- export             ExportRule         how exports are metered and credited
    |-- buyback            EnergyCharge       USD/kWh paid for exports by a schedule of their own; export_prices: by the step
    `-- holidays           Holidays           days that are billed as weekends or by a row of their own

Every record is frozen and checks itself, so a tariff that exists can be billed. Periods count from 0, months from 0 (January)
inside; files and messages use the words of their format.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from brayton.core.errors import Fault, Faults, InputError
from brayton.core.provenance import Source
from brayton.site.billing_demand import Ratchet
from brayton.site.export_credit import NET_BILLING, ExportRule
from brayton.site.holidays import NO_HOLIDAYS, Holidays
from brayton.site.price_series import PriceSeries
from brayton.site.schedule import MONTHS, Schedule, check_ends, check_schedule

HIGHEST_ENERGY_USD_PER_KWH = 2.0
"""Energy and supply prices beyond this read as cents (estimate: retail prices in use, critical peaks included, stay below it)."""


@dataclass(frozen=True)
class EnergyTier:
    """One block of energy. upper_kwh: end of the block, in the limit unit of its period; infinite for the last.

    sell_usd_per_kwh: paid for exports of this period and block of exports; None if the tariff names no price.
    """

    rate_usd_per_kwh: float
    adjustment_usd_per_kwh: float = 0.0
    upper_kwh: float = math.inf
    sell_usd_per_kwh: float | None = None

    @property
    def price_usd_per_kwh(self) -> float:
        """Rate plus adjustment, what a kWh costs."""
        return self.rate_usd_per_kwh + self.adjustment_usd_per_kwh


@dataclass(frozen=True)
class DemandTier:
    """One block of demand. upper_kw: end of the block; infinite for the last."""

    rate_usd_per_kw: float
    adjustment_usd_per_kw: float = 0.0
    upper_kw: float = math.inf

    @property
    def price_usd_per_kw(self) -> float:
        """Rate plus adjustment, what a kW costs in a month."""
        return self.rate_usd_per_kw + self.adjustment_usd_per_kw


LimitUnit = Literal["kWh", "kWh daily", "kWh/kW", "kWh/kW daily"]
"""Tier limits are kWh per month, kWh per day times the days of the month, or either of them times the billing demand [kW] of the
month (hours of use: a load-factor rate)."""

DemandUnit = Literal["kW", "kVA", "hp"]
"""Demand is metered in kW, or billed in kVA (kW over the power factor) or in horsepower (0.745699872 kW)."""

DemandBasis = Literal["month", "month_per_day", "each_day"]
"""month: USD/kW on the highest demand of the month. month_per_day: USD/kW and day on the same, times the days of the month.
each_day: USD/kW on the highest demand of every single day."""


@dataclass(frozen=True)
class EnergyPeriod:
    """A period and its tiers. limit_unit: see `LimitUnit`."""

    name: str
    tiers: tuple[EnergyTier, ...]
    limit_unit: LimitUnit = "kWh"

    def __post_init__(self) -> None:
        check_ends(f"energy period {self.name}", self.limits)

    @property
    def limits(self) -> tuple[float, ...]:
        """Upper limits of its tiers, in its limit unit."""
        return tuple(tier.upper_kwh for tier in self.tiers)

    @property
    def limits_with_unit(self) -> tuple[tuple[float, ...], LimitUnit]:
        """Equal for periods that fill their tiers alike; a single open tier has no unit of its own."""
        return self.limits, self.limit_unit if len(self.tiers) > 1 else "kWh"


@dataclass(frozen=True)
class DemandPeriod:
    """A period of demand and its tiers, in its unit; upper limits and prices are per that unit, whatever their names say."""

    name: str
    tiers: tuple[DemandTier, ...]
    unit: DemandUnit = "kW"
    basis: DemandBasis = "month"

    def __post_init__(self) -> None:
        check_ends(f"demand period {self.name}", [tier.upper_kw for tier in self.tiers])


@dataclass(frozen=True)
class EnergyCharge:
    """Energy prices by period and tier.

    Tiers fill with the energy of the calendar month, all periods together, in the order of time; each kWh is billed at the
    price of its hour's period in the tier reached (as SAM does). Periods of one month must therefore share their tier limits.
    """

    periods: tuple[EnergyPeriod, ...]
    schedule: Schedule

    def __post_init__(self) -> None:
        check_schedule("energy schedule", self.schedule, self.periods)
        for month, present in enumerate(self.schedule.periods_by_month):
            by_limits = {period.limits_with_unit: period for period in (self.periods[index] for index in present)}
            if len(by_limits) > 1:
                found = "; ".join(f"{period.name} {list(period.limits)} {period.limit_unit}" for period in by_limits.values())
                rule = (
                    f"periods of {MONTHS[month]} have different tier limits, and a tier may then fill with the energy of the "
                    "month or with that of its own period"
                )
                remedy = "Read the tariff book and restate the tiers with the same limits in each period of a month."
                raise InputError(Fault("energy tiers", found, rule, remedy))

    @property
    def has_sell_price(self) -> bool:
        return any(tier.sell_usd_per_kwh is not None for period in self.periods for tier in period.tiers)


@dataclass(frozen=True)
class TouDemandCharge:
    """Time-of-use demand: each month, each period that occurs in it is charged on the highest demand within its hours."""

    periods: tuple[DemandPeriod, ...]
    schedule: Schedule

    def __post_init__(self) -> None:
        check_schedule("demand schedule", self.schedule, self.periods)


@dataclass(frozen=True)
class FlatDemandCharge:
    """Demand charged on the highest demand of each month. months: the period that applies in each of the twelve."""

    periods: tuple[DemandPeriod, ...]
    months: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.months) != 12 or not all(0 <= period < len(self.periods) for period in self.months):
            rule = f"must be twelve period numbers in 0..{len(self.periods) - 1}"
            raise InputError(Fault("flat demand months", self.months, rule, "Give a period for each month, January first."))


@dataclass(frozen=True)
class PeakWindow:
    """Consecutive hours of the year on the tariff's clock. month 1..12, day 1..31, hour 0..23 of the start; length in hours."""

    month: int
    day: int
    hour: int
    hours: int = 1


@dataclass(frozen=True)
class CoincidentPeak:
    """A charge on the highest demand within named hours, when the utility's own system peaks; once a year."""

    name: str
    usd_per_kw: float
    windows: tuple[PeakWindow, ...]


@dataclass(frozen=True)
class ReactiveCharge:
    """A charge on the highest reactive demand of each month; free_kvar_per_kw: free of it, per kW of the month's peak."""

    usd_per_kvar: float
    free_kvar_per_kw: float = 0.0


ChargePeriod = Literal["day", "month", "year"]


@dataclass(frozen=True)
class RecurringCharge:
    """A sum per calendar day, month or year (a fixed sum per year is billed in twelfths)."""

    name: str
    usd: float
    per: ChargePeriod


def recurring_charges(name: str, usd_per_day: float, usd_per_month: float, usd_per_year: float) -> tuple[RecurringCharge, ...]:
    """The charges of one name that are not nought, each with its own period."""
    sums: dict[ChargePeriod, float] = {"day": usd_per_day, "month": usd_per_month, "year": usd_per_year}
    return tuple(RecurringCharge(name, usd, per) for per, usd in sums.items() if usd)


@dataclass(frozen=True)
class Tariff:
    """What a utility charges for.

    supply_usd_per_kwh: added to every kWh imported, by month, January first; nought where the rate includes the supply.
    minimum: the least that a month (per day or month) or a year (per year) comes to, credits included.
    demand_window_minutes: over which the meter averages demand; None takes the step of the load.
    eligible_kw: demand of the customers that the tariff is for.
    delivery_only: the energy itself is not in the prices. dg_rule: the record's own word on customers who generate.
    adjustment_usd_per_kwh: added to every kWh imported, by month, such as a fuel adjustment.
    buyback, export_prices: what exports earn, in place of the sell prices of the energy charge.
    """

    name: str
    source: Source
    utility: str = ""
    energy: EnergyCharge | None = None
    tou_demand: TouDemandCharge | None = None
    flat_demand: FlatDemandCharge | None = None
    coincident_peaks: tuple[CoincidentPeak, ...] = ()
    fixed: tuple[RecurringCharge, ...] = ()
    minimum: tuple[RecurringCharge, ...] = ()
    supply_usd_per_kwh: tuple[float, ...] = (0.0,) * 12
    demand_window_minutes: int | None = None
    eligible_kw: tuple[float, float] = (0.0, math.inf)
    delivery_only: bool = False
    dg_rule: str = ""
    notes: tuple[str, ...] = ()
    ratchet: Ratchet | None = None
    reactive: ReactiveCharge | None = None
    coincident_demand: TouDemandCharge | None = None
    export: ExportRule = NET_BILLING
    buyback: EnergyCharge | None = None
    import_prices: PriceSeries | None = None
    export_prices: PriceSeries | None = None
    holidays: Holidays = NO_HOLIDAYS
    adjustment_usd_per_kwh: tuple[float, ...] = (0.0,) * 12

    def __post_init__(self) -> None:
        charges = (self.energy, self.import_prices, self.tou_demand, self.flat_demand)
        with Faults() as faults:
            if not any(charges) and not self.fixed:
                faults.add("tariff", self.name, "charges nothing", "Give energy, demand or fixed charges.")
            if len(self.supply_usd_per_kwh) != 12:
                faults.add("supply_usd_per_kwh", self.supply_usd_per_kwh, "must be twelve prices", "Give one for each month.")
            if len(self.adjustment_usd_per_kwh) != 12:
                value = self.adjustment_usd_per_kwh
                faults.add("adjustment_usd_per_kwh", value, "must be twelve prices", "Give one for each month.")
            window = self.demand_window_minutes
            if window is not None and (window <= 0 or 60 % window):
                faults.add("demand_window_minutes", window, "must divide 60", "Use 60, 30, 15, 10 or 5.")
            if self.ratchet is not None and any(period.basis == "each_day" for period in self.demand_periods):
                rule = "holds for the demand of a month; this tariff bills the demand of each day"
                faults.add("ratchet", self.name, rule, "Drop the ratchet, or bill the demand of the month.")
            if self.export.nets_months and (self.import_prices or self.export_prices or self.buyback):
                rule = (
                    f"{self.export.method} nets the energy of a month by period: it has no price by the step or for exports alone"
                )
                faults.add("export.method", self.export.method, rule, "Use net_billing, or drop those prices.")
            if self.export.nets_months and self.energy is None:
                faults.add("export.method", self.export.method, "nets the energy of periods, and there are none", "Give energy.")

    @property
    def demand_periods(self) -> tuple[DemandPeriod, ...]:
        """Periods of all its demand charges."""
        charges = (self.tou_demand, self.flat_demand, self.coincident_demand)
        return tuple(period for charge in charges if charge is not None for period in charge.periods)

    @property
    def has_supply(self) -> bool:
        return any(self.supply_usd_per_kwh)


def twelve_prices(usd_per_kwh: float | Sequence[float], path: str = "supply_usd_per_kwh") -> tuple[float, ...]:
    """Prices by month [USD/kWh] from one number or twelve, January first. Errors: InputError for another count, or a price that
    is not finite or implausible. path: the key that a message names."""
    prices = (float(usd_per_kwh),) * 12 if isinstance(usd_per_kwh, int | float) else tuple(float(price) for price in usd_per_kwh)
    if len(prices) != 12 or not all(abs(price) <= HIGHEST_ENERGY_USD_PER_KWH for price in prices):
        rule = f"must be one price or twelve, up to {HIGHEST_ENERGY_USD_PER_KWH:g} USD/kWh: beyond it reads as cents"
        raise InputError(Fault(path, usd_per_kwh, rule, "Give USD/kWh, January first."))
    return prices


def with_supply(tariff: Tariff, usd_per_kwh: float | Sequence[float]) -> Tariff:
    """The tariff with a supply price [USD/kWh], one number or twelve (January first), on top of its delivery prices.

    Errors: as `twelve_prices`, and InputError if it has a supply price already.
    """
    prices = twelve_prices(usd_per_kwh)
    if tariff.has_supply:
        rule = f"the tariff has a supply price of its own, {tariff.supply_usd_per_kwh[0]:g} USD/kWh in January"
        raise InputError(Fault("supply_usd_per_kwh", prices[0], rule, "Drop one of the two."))
    return replace(tariff, supply_usd_per_kwh=prices)
