"""Standby service as a tariff book words it: what is paid so that the grid stands by for the site's own generation.

```toml
name = "Standby service"
utility = "Example Light & Power"
source = { title = "Tariff book, rider S", date = "2024-01-01", basis = "primary" }
contract_kw = 60.0                   # standby demand contracted for; or "rating", of all machines
split = "normal_generation"          # what of an import is standby power; see below
administration_usd_per_month = 75.0  # administration, metering, interconnection
reservation_usd_per_kw_month = 2.5   # on the contract, used or not
included_outages = 1                 # a year, whose backup demand is not charged; and, or, included_hours
excess_usd_per_kw = 30.0             # penalty per kW of standby demand above the contract, in its month
excess_resets_contract = true        # the contract is then the demand reached, from the next month on

backup_usd_per_kw_day = 0.55         # on the highest kW of each day of unplanned outage; or backup_usd_per_kw_month
backup_days = "weekdays"             # days and hours in which demand counts; all if left out
backup_hours = [[8, 22]]
backup_adder_usd_per_kwh = 0.005     # on top of the tariff's own price of energy; or [[backup_energy]] in its place

maintenance_usd_per_kw_day = 0.25    # on the highest kW of each day of planned outage
maintenance_days = 30                # a year at most; more is backup power
maintenance_months = [3, 4, 5, 10, 11]   # planned outages in other months are backup power; all if left out
maintenance_notice_days = 14

[[maintenance_energy]]               # in place of an adder; the first period that fits an hour applies
name = "off-peak"
days = "weekends"
usd_per_kwh = 0.04
[[maintenance_energy]]
name = "other hours"
usd_per_kwh = 0.07
```

**What is standby power** (`split`). The federal rules (18 CFR 292.101(b), secondary, not opened) name four kinds of power that a
site with generation buys: *supplementary*, used besides what it makes itself; *backup*, in place of generation in an unplanned
outage; *maintenance*, the same in a planned one; and interruptible. Supplementary power stays on the tariff for full
requirements. Riders draw the line between it and the rest in three ways:

- ``normal_generation``: standby is what the generation would have carried had no machine been out. So Wisconsin's riders and
  the backup and maintenance service of Long Island (LIPA SC-12) read (secondary, not opened). What is above the contract is
  standby power too, and pays for it.
- ``contract``: standby is what is imported during an outage up to the contract times the share of machines that is out; what
  is above is supplementary.
- ``whole_site``: the whole import is billed as used, in outage or not, and the contract covers the whole site, as in Con Edison's
  SC 14-RA with its daily as-used demand (secondary, not opened). Planned outages have no price of their own there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, BeforeValidator, model_validator

from brayton.core.errors import Fault, InputError
from brayton.core.records import Record, SourceTable, key, parse_record, read_toml
from brayton.site.holidays import SATURDAY
from brayton.site.tariff import HIGHEST_ENERGY_USD_PER_KWH
from brayton.site.tariff_clock import TariffClock

Split = Literal["normal_generation", "contract", "whole_site"]
Days = Literal["all", "weekdays", "weekends"]
Hours = tuple[tuple[int, int], ...]
ALL_DAY: Hours = ((0, 24),)
ALL_MONTHS = tuple(range(1, 13))
LARGEST_USD_PER_KW = 1e4
LARGEST_CONTRACT_KW = 1e6
"""Beyond these a figure is a slip (estimate: far above any customer's)."""


def hours_apply(clock: TariffClock, months: Sequence[int], days: Days, hours: Hours) -> NDArray[np.bool_]:
    """Whether each step lies within months (1 to 12), days and stretches of hours of the tariff's clock; shape (steps,).

    Holidays count as the weekdays on which they fall.
    """
    hour = clock.axis.hour[clock.step]
    weekend = clock.axis.weekday[clock.step] >= SATURDAY
    on_day = np.ones(hour.size, dtype=bool) if days == "all" else weekend == (days == "weekends")
    within = np.zeros(hour.size, dtype=bool)
    for begin, end in hours:
        within |= (begin <= hour) & (hour < end)
    return within & on_day & np.isin(clock.month + 1, months)


def _credible_months(months: tuple[int, ...]) -> tuple[int, ...]:
    if not months or not all(1 <= month <= 12 for month in months):
        raise ValueError("must be months from 1 to 12, one at least")
    return months


def _credible_hours(hours: Hours) -> Hours:
    if not hours or not all(0 <= begin < end <= 24 for begin, end in hours):
        raise ValueError("must be stretches that rise within 0..24; write one over midnight as two")
    return hours


def _contract(value: object) -> object:
    if value == "rating":
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 < value < LARGEST_CONTRACT_KW:
        raise ValueError(f'must be "rating" or a number above zero and below {LARGEST_CONTRACT_KW:g}')
    return float(value)


MonthNumbers = Annotated[tuple[int, ...], AfterValidator(_credible_months)]
HourStretches = Annotated[Hours, AfterValidator(_credible_hours)]
ContractDemand = Annotated[float | Literal["rating"], BeforeValidator(_contract)]


def _price(meaning: str, unit: str, default: Any = None) -> Any:
    return key(meaning, unit, default, ge=0, le=LARGEST_USD_PER_KW)


class EnergyPeriodTable(Record):
    """A period with a price of energy of its own."""

    name: str = key("name of the period, as the lines of the bill show it", min_length=1)
    months: MonthNumbers = key("months in which it applies, 1 to 12; all if left out", "", ALL_MONTHS)
    days: Days = key("days on which it applies", "", "all")
    hours: HourStretches = key("stretches of hours, from and until before", "h", ALL_DAY)
    usd_per_kwh: float = key("price", "USD/kWh", ge=-HIGHEST_ENERGY_USD_PER_KWH, le=HIGHEST_ENERGY_USD_PER_KWH)


class StandbyService(Record):
    """A standby service; the keys are shown in the example at the top of this module."""

    name: str = key("name of the service", min_length=1)
    utility: str = key("who serves it", "", "")
    source: SourceTable = key("where the figures come from")
    notes: tuple[str, ...] = key("what a reader of the bill has to know", "", ())
    contract_kw: ContractDemand = key('standby demand contracted for, or "rating" of all machines', "kW")
    split: Split = key("what of an import is standby power")
    administration_usd_per_month: float = _price("administration, metering, interconnection", "USD/month", 0.0)
    reservation_usd_per_kw_month: float = _price("paid on the contract, used or not", "USD/kW month", 0.0)
    included_outages: int = key("unplanned outages of a year whose demand is not charged", "-", 0, ge=0)
    included_hours: float = key("hours of unplanned outage of a year whose demand is not charged", "h", 0.0, ge=0, le=8784)
    excess_usd_per_kw: float = _price("penalty on standby demand above the contract, in its month", "USD/kW", 0.0)
    excess_resets_contract: bool = key("whether the contract is then the demand reached, from the next month on", "", False)
    backup_usd_per_kw_day: float | None = _price("on the highest backup demand of each day", "USD/kW day")
    backup_usd_per_kw_month: float | None = _price("on the highest backup demand of each month", "USD/kW month")
    backup_ratchet: float = key("share of the year's highest backup demand so far that later months pay", "-", 0.0, ge=0, le=1)
    backup_days: Days = key("days on which backup demand counts", "", "all")
    backup_hours: HourStretches = key("stretches of hours in which backup demand counts", "h", ALL_DAY)
    backup_adder_usd_per_kwh: float = _price("on top of the tariff's price of energy", "USD/kWh", 0.0)
    backup_energy: tuple[EnergyPeriodTable, ...] = key("prices of energy in place of the tariff's", "", ())
    maintenance_usd_per_kw_day: float | None = _price("on the highest demand of each day; as backup if left out", "USD/kW day")
    maintenance_days: int = key("days of maintenance power a year; more is backup power", "days", 366, ge=0, le=366)
    maintenance_months: MonthNumbers = key("months in which planned outages are maintenance", "", ALL_MONTHS)
    maintenance_notice_days: int = key("how long before it must be announced", "days", 0, ge=0)
    maintenance_adder_usd_per_kwh: float | None = _price("on top of the tariff's price; as backup if left out", "USD/kWh")
    maintenance_energy: tuple[EnergyPeriodTable, ...] = key("prices of energy; as backup if left out", "", ())

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.backup_usd_per_kw_day is not None and self.backup_usd_per_kw_month is not None:
            raise ValueError("backup demand is charged per day or per month: give one of the two prices")
        if self.backup_ratchet and self.backup_usd_per_kw_month is None:
            raise ValueError("backup_ratchet belongs to backup_usd_per_kw_month, which is not there")
        if self.split == "whole_site" and self.has_maintenance_price:
            raise ValueError("a split of the whole site has no maintenance power: drop its prices")
        if self.split == "whole_site" and (self.included_outages or self.included_hours):
            raise ValueError(
                "a split of the whole site charges demand in outages or not: drop included_outages and included_hours"
            )
        for kind, adder, periods in (
            ("backup", self.backup_adder_usd_per_kwh, self.backup_energy),
            ("maintenance", self.maintenance_adder_usd_per_kwh, self.maintenance_energy),
        ):
            if adder and periods:
                raise ValueError(f"{kind} energy has prices of its own and an adder to the tariff's: give one of the two")
            _check_cover(kind, periods)
        return self

    @property
    def has_maintenance_price(self) -> bool:
        """Whether planned outages have any price of their own."""
        adder = self.maintenance_adder_usd_per_kwh
        return self.maintenance_usd_per_kw_day is not None or adder is not None or bool(self.maintenance_energy)

    def contract(self, rated_kw: float | None) -> float:
        """The contract demand [kW]. rated_kw: net rating of all machines together.

        Errors: InputError if the contract is the rating and nobody gave it.
        """
        if not isinstance(self.contract_kw, str):
            return self.contract_kw
        if rated_kw is None or not rated_kw > 0.0:
            fault = Fault("contract_kw", self.contract_kw, "needs the rating of the machines", "Give it, or a contract in kW.")
            raise InputError(fault)
        return rated_kw


def _check_cover(kind: str, periods: Sequence[EnergyPeriodTable]) -> None:
    """ValueError if own prices leave an hour of some month and day without one."""
    for month in ALL_MONTHS if periods else ():
        for days in ("weekdays", "weekends"):
            fitting = [period for period in periods if month in period.months and period.days in ("all", days)]
            for hour in range(24):
                if not any(begin <= hour < end for period in fitting for begin, end in period.hours):
                    raise ValueError(
                        f"{kind}_energy has no period for month {month}, {days}, {hour}:00; add a last one for all hours"
                    )


def read_standby(path: str | Path) -> StandbyService:
    """Read a standby service from TOML. Errors: InputError with all faults."""
    return standby_from_table(read_toml(path), file=str(path))


def standby_from_table(document: Mapping[str, Any], *, file: str | None = None) -> StandbyService:
    """The standby service of a parsed TOML table, as in a file or inline in a scenario; errors as `read_standby`."""
    return parse_record(StandbyService, document, file)


class DepartingLoad(Record):
    """A charge on what the site makes for itself and so no longer buys: an exit fee."""

    name: str = key("name of the charge", min_length=1)
    source: SourceTable = key("where the figures come from")
    usd_per_kwh: float = key("per kWh made and used on site", "USD/kWh", 0.0, ge=0, le=HIGHEST_ENERGY_USD_PER_KWH)
    usd_per_kw_month: float = _price("per kW of the machines' rating", "USD/kW month", 0.0)
    first_year: int = key("first year of operation in which it is paid", "year", 1, ge=1)
    last_year: int | None = key("last year of operation in which it is paid; for good if left out", "year", None, ge=1)

    @model_validator(mode="after")
    def _charges(self) -> Self:
        if not self.usd_per_kwh and not self.usd_per_kw_month:
            raise ValueError("charges nothing: give usd_per_kwh or usd_per_kw_month")
        if self.last_year is not None and self.last_year < self.first_year:
            raise ValueError("last_year lies before first_year")
        return self

    def applies(self, operating_year: int) -> bool:
        """Whether it is paid in a year of operation, counted from 1."""
        return self.first_year <= operating_year and (self.last_year is None or operating_year <= self.last_year)
