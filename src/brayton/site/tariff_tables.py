"""The tables of a tariff file in our own TOML, key by key; `site.tariff_toml` shows a whole file and makes a tariff of them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from brayton.core.records import Record, SourceTable, key
from brayton.site.billing_demand import RatchetedPeak
from brayton.site.export_credit import CreditsPay, ExportMethod
from brayton.site.record_keys import price
from brayton.site.tariff import DemandBasis

ALL_MONTHS = tuple(range(1, 13))
DayWord = Literal["all", "weekdays", "weekends", "holidays"]


# Energy


class EnergyTierTable(Record):
    """A tier of energy; its end is given in one way throughout a period."""

    usd_per_kwh: float = price("price within the tier", "USD/kWh")
    up_to_kwh: float | None = key("end of the tier; none for the last", "kWh per month", None, gt=0)
    up_to_kwh_per_day: float | None = key("end of the tier, times the days of the month", "kWh per day", None, gt=0)
    up_to_kwh_per_kw: float | None = key("end of the tier, times the billing demand", "kWh/kW per month", None, gt=0)
    up_to_kwh_per_kw_per_day: float | None = key(
        "end of the tier, times the billing demand and the days of the month", "kWh/kW per day", None, gt=0
    )
    sell_usd_per_kwh: float | None = price("paid for exports in this tier of exports", "USD/kWh", None)


class MonthsTable(Record):
    """A part of the year."""

    name: str = key("name of the period, as the lines of the bill show it", min_length=1)
    months: tuple[int, ...] = key("months in which it applies, 1 to 12; all if left out", "", ALL_MONTHS, min_length=1)


class PeriodTable(MonthsTable):
    """Hours of the year: of the months, or between two days; on kinds of day; in stretches of hours."""

    from_date: str | None = key("first day of its season, as `06-15`; with `until_date`, in place of months", "", None)
    until_date: str | None = key("last day of its season; before `from_date` if the season runs over New Year", "", None)
    days: DayWord | tuple[DayWord, ...] = key(
        "kinds of day on which it applies, one or a list; weekends take the holidays unless a period names those", "", "all"
    )
    hours: tuple[tuple[int, int], ...] = key("stretches of hours, from and until before", "h", ((0, 24),), min_length=1)


class EnergyTable(PeriodTable):
    """A period of energy."""

    usd_per_kwh: float | None = price("price; or `tiers`", "USD/kWh", None)
    adjustment_usd_per_kwh: float = price("added to the price of every tier", "USD/kWh", 0.0)
    sell_usd_per_kwh: float | None = price("paid for exports", "USD/kWh", None)
    tiers: tuple[EnergyTierTable, ...] = key("tiers in ascending order, the last without an end", "", ())


class BuybackTable(PeriodTable):
    """A period of what exports earn, by a schedule of its own."""

    usd_per_kwh: float = price("paid for exports", "USD/kWh")


class PriceSeriesTable(Record):
    """Prices by the step, from a CSV."""

    csv: str = key("file of the prices, relative to the tariff", "path", min_length=1)
    column: str | None = key("column of the prices in USD/kWh; may be left out if there is one", "", None)
    added: bool = key("whether they come on top of the prices of the periods, rather than in their place", "", False)


# Demand


class DemandTierTable(Record):
    """A tier of demand, priced and ended in one unit."""

    usd_per_kw: float | None = price("price within the tier", "USD/kW", None)
    usd_per_kva: float | None = price("price within the tier, of demand in kVA", "USD/kVA", None)
    usd_per_hp: float | None = price("price within the tier, of demand in horsepower", "USD/hp", None)
    up_to_kw: float | None = key("end of the tier; none for the last", "kW", None, gt=0)
    up_to_kva: float | None = key("end of a tier in kVA", "kVA", None, gt=0)
    up_to_hp: float | None = key("end of a tier in horsepower", "hp", None, gt=0)


class DemandPrices(Record):
    """What a period of demand costs; the key that is used names the unit."""

    usd_per_kw: float | None = price("price; or `tiers`", "USD/kW", None)
    usd_per_kva: float | None = price("price of demand in kVA (kW over the power factor); or `tiers`", "USD/kVA", None)
    usd_per_hp: float | None = price("price of demand in horsepower; or `tiers`", "USD/hp", None)
    adjustment_usd_per_kw: float = price("added to the price of every tier, in the same unit", "USD/kW", 0.0)
    tiers: tuple[DemandTierTable, ...] = key("tiers in ascending order, the last without an end", "", ())
    per: DemandBasis = key(
        "`month`: the highest demand of the month; `month_per_day`: the same, priced per day; `each_day`: that of every day",
        "",
        "month",
    )


class DemandTable(PeriodTable, DemandPrices):
    """A period of time-of-use demand."""


class FlatDemandTable(MonthsTable, DemandPrices):
    """A season of flat demand."""


class RatchetTable(Record):
    """Billing demand: what earlier peaks ask of a month."""

    fraction: float = key("share of the peak of a month looked back at", "", gt=0, le=1)
    months: tuple[int, ...] = key("months that are looked back at, 1 to 12; all if left out", "", ALL_MONTHS, min_length=1)
    fraction_by_month: tuple[float, ...] | None = key("twelve shares, by the month looked back at, in their place", "", None)
    months_back: int = key("how many months before the billed one are looked back at", "", 11, ge=0, le=12)
    floor_kw: float = key("least billing demand", "kW", 0.0, ge=0)
    own_peak_months: tuple[int, ...] = key("months whose own peak counts in full; all if left out", "", ALL_MONTHS)
    applies_to: tuple[Literal["flat_demand", "demand"], ...] = key(
        "charges that are billed on it", "", ("flat_demand", "demand"), min_length=1
    )
    demand_periods: tuple[str, ...] = key("periods of demand that are billed on it, by name; all if left out", "", ())
    demand_peak: RatchetedPeak | None = key(
        "on what a period of demand is billed, needed where the ratchet applies to `demand`. `month`: on the billing demand of "
        "the month; `period`: on its own peak, at least what the look-back asks of the month; `within`: by its own hours' peaks",
        "",
        None,
    )


class WindowTable(Record):
    """Consecutive hours of the year."""

    month: int = key("month of its start", ge=1, le=12)
    day: int = key("day of its start", ge=1, le=31)
    hour: int = key("hour of its start", ge=0, le=23)
    hours: int = key("its length", "h", 1, ge=1)


class CoincidentTable(Record):
    """A charge on the demand at the utility's own peaks."""

    name: str = key("name of the charge", min_length=1)
    usd_per_kw: float = price("price of the highest demand within the windows", "USD/kW")
    windows: tuple[WindowTable, ...] = key("hours of the utility's peaks", min_length=1)


class ReactiveTable(Record):
    """A charge on reactive demand, which a bill needs a power factor for."""

    usd_per_kvar: float = price("price of the highest reactive demand of a month", "USD/kvar")
    free_kvar_per_kw: float = key("free of it, per kW of the month's peak", "kvar/kW", 0.0, ge=0)


# Calendar, exports and the file


class HolidaysTable(Record):
    """Days that are billed as weekends, or by the periods that name holidays."""

    set: str | None = key("`us_utility` or `us_federal`", "", None)
    names: tuple[str, ...] = key("holidays by name, on top of the set", "", ())
    dates: tuple[str, ...] = key("further days, `12-24` in every year or `2018-12-24` in one", "", ())
    observed: bool = key("whether one that falls on a Sunday is kept on Monday", "", True)
    saturday_too: bool | None = key("whether one on a Saturday is kept on Friday; as the set has it if left out", "", None)


class ExportTable(Record):
    """How exports are metered and credited."""

    method: ExportMethod = key(
        "`net_billing`, `net_billing_carryover`, `net_metering`, `net_metering_credits` or `buy_all_sell_all`", "", "net_billing"
    )
    year_end_usd_per_kwh: float = price("paid for kWh left over under net_metering", "USD/kWh", 0.0)
    year_end_month: int = key("month at whose end credits are settled", "", 12, ge=1, le=12)
    credits_expire: bool = key("whether credits in USD that are left over then are lost", "", False)
    same_month: bool = key("whether net_billing_carryover lets a credit pay for the month in which it is earned", "", False)
    credits_pay: CreditsPay = key("whether credits pay for `energy` (with supply) or for the whole `bill`", "", "energy")


class TariffTable(Record):
    """A tariff file; the keys are shown in the example at the top of `site.tariff_toml`."""

    schema_version: Literal[1] = Field(1, alias="schema", description="version of this format, 1")
    name: str = key("name of the rate", min_length=1)
    utility: str = key("who serves it", "", "")
    source: SourceTable = key("where the figures come from")
    notes: tuple[str, ...] = key("what a reader of the bill has to know", "", ())
    delivery_only: bool = key("whether the energy itself is not in the prices", "", False)
    supply_usd_per_kwh: float | tuple[float, ...] = key("supply price, a number or twelve", "USD/kWh", 0.0)
    monthly_adjustment_usd_per_kwh: float | tuple[float, ...] = key(
        "added to every kWh imported, a number or twelve, such as a fuel adjustment", "USD/kWh", 0.0
    )
    fixed_usd_per_day: float = price("fixed charge per calendar day", "USD/day", 0.0)
    fixed_usd_per_month: float = price("fixed charge per month", "USD/month", 0.0)
    fixed_usd_per_year: float = price("fixed charge per year, billed in twelfths", "USD/year", 0.0)
    minimum_usd_per_day: float = price("least that a month comes to, per calendar day", "USD/day", 0.0)
    minimum_usd_per_month: float = price("least that a month comes to", "USD/month", 0.0)
    minimum_usd_per_year: float = price("least that a year comes to", "USD/year", 0.0)
    demand_window_minutes: Literal[1, 5, 10, 15, 20, 30, 60] | None = key(
        "time over which the meter averages demand", "min", None
    )
    smallest_kw: float = key("least demand of the customers that it is for", "kW", 0.0, ge=0)
    largest_kw: float | None = key("greatest demand of the customers that it is for", "kW", None, gt=0)
    energy: tuple[EnergyTable, ...] = key("periods of energy; the first that fits an hour applies", "", ())
    demand: tuple[DemandTable, ...] = key("periods of time-of-use demand; the first that fits an hour applies", "", ())
    flat_demand: tuple[FlatDemandTable, ...] = key("seasons of flat demand; the first that fits a month applies", "", ())
    ratchet: RatchetTable | None = key("what earlier peaks ask of the demand of a month", "", None)
    coincident_peak: tuple[CoincidentTable, ...] = key("charges on the hours of the utility's peaks", "", ())
    coincident_demand: tuple[DemandTable, ...] = key(
        "charges on the highest demand within hours of every month in which the utility's peak may fall", "", ()
    )
    reactive: ReactiveTable | None = key("charge on reactive demand", "", None)
    export: ExportTable | None = key("how exports are metered and credited; net billing if left out", "", None)
    buyback: tuple[BuybackTable, ...] = key("periods of what exports earn, in place of sell prices", "", ())
    import_prices: PriceSeriesTable | None = key("prices of imports by the step: real-time or day-ahead", "", None)
    export_prices: PriceSeriesTable | None = key("prices of exports by the step", "", None)
    holidays: HolidaysTable | None = key("days that are billed as weekends, or by periods that name them", "", None)
