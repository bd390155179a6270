"""What a tariff does with exports: the five ways of metering, and the ledgers that carry credits from month to month.

    method                 SAM   metered              exports earn                    a credit
    net_billing            2     import and export    the sell price, at once         may make a month negative
    net_billing_carryover  3     import and export    the sell price, as a credit     is used from the next month on
    net_metering           0     net kWh by period    kWh for later months            is kept in kWh, the rest cashed out
    net_metering_credits   1     net kWh by period    the sell price, as a credit     is used from the same month on
    buy_all_sell_all       4     load and generation  the sell price, on all of it    may make a month negative

SAM: `ur_metering_option` of NREL's utilityrate5. Credits pay for energy (and supply), not for demand and fixed charges, unless
the tariff says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from brayton.core.errors import Fault, Faults, InputError, unknown_name
from brayton.site.schedule import WEEKDAY, Schedule

ExportMethod = Literal["net_billing", "net_billing_carryover", "net_metering", "net_metering_credits", "buy_all_sell_all"]
CreditsPay = Literal["energy", "bill"]

CREDIT_HOURS = (0, 5, 11, 17)
"""Hours at which a period of one season is matched with one of the next: SAM's midnight, 6:00, noon and 18:00, of which it reads
the hours that end at the last three."""


@dataclass(frozen=True)
class ExportRule:
    """How exports are metered and paid.

    year_end_usd_per_kwh: what the kWh left over under net metering earn when the year is settled.
    year_end_month: 1..12, the month at whose end credits are settled.
    credits_expire: whether credits in USD that are left over then are lost, rather than paid out.
    same_month: whether a credit of net_billing_carryover may be used in the month in which it is earned.
    credits_pay: whether credits in USD pay for energy and supply, or for the whole bill.
    """

    method: ExportMethod = "net_billing"
    year_end_usd_per_kwh: float = 0.0
    year_end_month: int = 12
    credits_expire: bool = False
    same_month: bool = False
    credits_pay: CreditsPay = "energy"

    def __post_init__(self) -> None:
        with Faults() as faults:
            if self.method not in get_args(ExportMethod):
                faults.absorb(unknown_name("way of metering exports", self.method, get_args(ExportMethod), path="export.method"))
            if self.credits_pay not in get_args(CreditsPay):
                faults.absorb(unknown_name("use of credits", self.credits_pay, get_args(CreditsPay), path="export.credits_pay"))
            if not 1 <= self.year_end_month <= 12:
                faults.add("export.year_end_month", self.year_end_month, "must lie in 1..12", "December is 12.")
            if self.year_end_usd_per_kwh and self.method != "net_metering":
                rule = f"is paid for kWh left over under net_metering; the method is {self.method}"
                faults.add("export.year_end_usd_per_kwh", self.year_end_usd_per_kwh, rule, "Drop it, or name that method.")

    @property
    def nets_months(self) -> bool:
        """Whether import and export of a month are netted before they are priced."""
        return self.method in ("net_metering", "net_metering_credits")

    @property
    def carries_usd(self) -> bool:
        """Whether credits in USD go from month to month."""
        return self.method in ("net_metering_credits", "net_billing_carryover")


NET_BILLING = ExportRule()
"""What a tariff without a word on exports does."""


@dataclass(frozen=True)
class KwhLedger:
    """Net metering in kWh of d years. use_kwh: (d, 12, periods) to be paid for. applied_kwh: kWh of earlier months taken off it.
    kept_kwh: kept for later months. cashed_kwh: (d, 12), what is settled in money."""

    use_kwh: NDArray[np.float64]
    applied_kwh: NDArray[np.float64]
    kept_kwh: NDArray[np.float64]
    cashed_kwh: NDArray[np.float64]


def kwh_ledger(net_kwh: NDArray[np.float64], schedule: Schedule, year_end_month: int) -> KwhLedger:
    """Carry surplus kWh from month to month within their period.

    net_kwh: (d, 12, periods), import less export [kWh]. The surplus of a period lessens the use of the same period in the months
    that follow; where the seasons change their periods it goes to the one that holds the same hours (`next_periods`). What is
    settled at the end of the year is kept in a ledger of its own, the net kWh of all periods together and never below nought, as
    SAM has it and as net surplus is settled in California; with several periods it may differ from the sum kept by period.
    """
    designs, _, count = net_kwh.shape
    use, applied, kept = np.zeros_like(net_kwh), np.zeros_like(net_kwh), np.zeros_like(net_kwh)
    cashed = np.zeros((designs, 12))
    carried, together = np.zeros((designs, count)), np.zeros(designs)
    for month in range(12):
        net = net_kwh[:, month]
        use[:, month] = np.maximum(net - carried, 0.0)
        applied[:, month] = np.minimum(carried, np.maximum(net, 0.0))
        surplus = np.maximum(carried - net, 0.0)
        together = np.maximum(together - net.sum(axis=1), 0.0)
        if month + 1 == year_end_month:
            cashed[:, month] = together
            surplus, together = np.zeros_like(surplus), np.zeros_like(together)
        kept[:, month] = surplus
        carried = np.zeros((designs, count))
        if month < 11:
            for period, target in next_periods(schedule, month).items():
                carried[:, target] += surplus[:, period]
    return KwhLedger(use, applied, kept, cashed)


def next_periods(schedule: Schedule, month: int) -> dict[int, int]:
    """The period of the following month to which the surplus kWh of each period of a month (0..11) go.

    The period that stands at the first of `CREDIT_HOURS` of weekdays at which the old one stood (SAM's rule). A period that stood
    at none of them goes to itself where it occurs, else to the one at its first hour; SAM loses its surplus.
    """
    weekday = schedule.table[WEEKDAY]
    before, after = weekday[schedule.rows_by_month[month][-1]], weekday[schedule.rows_by_month[month + 1][0]]
    targets: dict[int, int] = {}
    for period in schedule.periods_by_month[month]:
        hours = [hour for hour in CREDIT_HOURS if before[hour] == period]
        if not hours and period in schedule.periods_by_month[month + 1]:
            targets[period] = period
            continue
        hour = hours[0] if hours else int(np.argmax(before == period))
        targets[period] = int(after[hour])
    return targets


@dataclass(frozen=True)
class UsdLedger:
    """Credits in USD of d years, each (d, 12): kept for later months, taken from earlier ones, and settled at the year's end."""

    kept_usd: NDArray[np.float64]
    applied_usd: NDArray[np.float64]
    settled_usd: NDArray[np.float64]


def usd_ledger(rule: ExportRule, charges_usd: NDArray[np.float64], earned_usd: NDArray[np.float64]) -> UsdLedger:
    """Use credits up to the charges of each month, (d, 12), and carry the rest; see `ExportRule`.

    A month pays ``charge - earned + kept - applied``, where kept is all that is left at its end.
    """
    kept, applied, settled = (np.zeros_like(charges_usd) for _ in range(3))
    balance = np.zeros(charges_usd.shape[0])
    at_once = rule.method == "net_metering_credits" or rule.same_month
    for month in range(12):
        charge = np.maximum(charges_usd[:, month], 0.0)
        applied[:, month] = balance
        usable = balance + (earned_usd[:, month] if at_once else 0.0)
        balance = balance + earned_usd[:, month] - np.minimum(usable, charge)
        kept[:, month] = balance
        if month + 1 == rule.year_end_month:
            settled[:, month] = balance
            balance = np.zeros_like(balance)
    return UsdLedger(kept, applied, settled)


def check_generation(rule: ExportRule, given: bool) -> None:
    """InputError if the way of metering needs the generation as a series of its own and does not have it."""
    if rule.method == "buy_all_sell_all" and not given:
        message = "buy_all_sell_all meters load and generation apart, and a net load does not say how much was generated"
        raise InputError(Fault("generation_kw", None, message, "Give the generation as a series of its own (--generation)."))
