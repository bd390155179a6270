"""What standby service comes to: the import split into kinds of power so that none is billed twice, then line by line.

    load - generation  =  full-requirements net load  +  backup  +  maintenance        in every step

The first goes to `site.bill`, the others to `standby_lines`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Fault, Faults, InputError
from brayton.core.timeaxis import TimeAxis
from brayton.site.bill import BillLine
from brayton.site.bill_blocks import Item
from brayton.site.outages import Outage, count_outages, outage_shares, runs
from brayton.site.power import power_by_step
from brayton.site.standby import DepartingLoad, EnergyPeriodTable, StandbyService, hours_apply
from brayton.site.tariff_clock import Dst, TariffClock

_NOTHING_KW = 1e-9
"""Power below this is rounding."""


@dataclass(frozen=True)
class StandbyUse:
    """A year's import by kind of power, each mean of a step, shape (steps,) [kW].

    full_kw: net load that stays on the tariff for full requirements: supplementary power, and exports as negative.
    backup_kw, maintenance_kw: what the standby service delivers. charged_kw: the part of `backup_kw` whose demand is charged: in
    the service's hours, and not within the outages that it includes. contract_kw: contracted standby demand [kW].
    outages: every outage of a machine, whether or not it drew on the service.
    """

    clock: TariffClock
    contract_kw: float
    full_kw: NDArray[np.float64]
    backup_kw: NDArray[np.float64]
    maintenance_kw: NDArray[np.float64]
    charged_kw: NDArray[np.float64]
    outages: tuple[Outage, ...]
    notes: tuple[str, ...]

    def monthly_kwh(self, kw: NDArray[np.float64]) -> NDArray[np.float64]:
        """Energy of each billing month, shape (12,) [kWh]."""
        return np.add.reduceat(kw, self.clock.month_starts) * self.clock.axis.step_hours

    def monthly_highest_kw(self, kw: NDArray[np.float64]) -> NDArray[np.float64]:
        """Highest step of each billing month, shape (12,) [kW]."""
        return np.maximum.reduceat(kw, self.clock.month_starts)

    def daily_highest_kw(self, kw: NDArray[np.float64]) -> NDArray[np.float64]:
        """Highest step of each day of the tariff's clock, shape (days,) [kW]."""
        return np.maximum.reduceat(kw, self._day_starts)

    def monthly_kw_days(self, kw: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum over each billing month of the highest step of each of its days, shape (12,) [kW days]."""
        first_days = np.searchsorted(self.clock.month[self._day_starts], np.arange(12))
        return np.add.reduceat(self.daily_highest_kw(kw), first_days)

    @property
    def _day_starts(self) -> NDArray[np.int64]:
        return np.searchsorted(self.clock.axis.day[self.clock.step], np.arange(self.clock.axis.days))


def standby_use(
    service: StandbyService,
    axis: TimeAxis,
    *,
    load_kw: ArrayLike,
    generation_kw: ArrayLike,
    availability: ArrayLike,
    planned_availability: ArrayLike = 1.0,
    normal_generation_kw: ArrayLike | None = None,
    rated_kw: float | None = None,
    dst: Dst = "none",
) -> StandbyUse:
    """Split a year's import into supplementary, backup and maintenance power.

    load_kw, generation_kw: shape (axis.steps,), mean over each step, with the outages in them [kW].
    availability: share of machines that can run in each step. planned_availability: share that the planned outages alone leave.
    normal_generation_kw: what the machines would have made had none been out [kW]; needed by a split of normal generation.
    rated_kw: net rating of all machines [kW], for a contract of the rating. dst: the tariff's daylight saving.

    Rules. Standby power flows only while a machine is out (but see the split of the whole site), and never exceeds the import.
    Planned and forced outages at once share it as their shares of machines out. Maintenance beyond the service's days of the
    year, on which maintenance power is taken, or outside its months, is backup. The outages that the service includes are the
    first of the year in which backup power is taken; they, and the first hours of it, are free of demand charges, not of energy.
    Notice is taken as given in time. Demand is the mean of a step.
    Errors: InputError, all faults gathered.
    """
    with Faults() as faults:
        load = power_by_step("load_kw", load_kw, axis, faults)
        generation = power_by_step("generation_kw", generation_kw, axis, faults)
        normal = (
            None if normal_generation_kw is None else power_by_step("normal_generation_kw", normal_generation_kw, axis, faults)
        )
        shares = faults.attempt(lambda: outage_shares(axis, availability, planned_availability))
        contract = faults.attempt(lambda: service.contract(rated_kw))
        if service.split == "normal_generation" and normal is None:
            rule = "is needed to tell standby power from supplementary power in this service's split"
            faults.add("normal_generation_kw", None, rule, "Give the generation of the same year without outages.")
    assert shares is not None, "without them there are faults, which are raised by now"
    assert contract is not None, "without it there are faults, which are raised by now"
    clock = TariffClock(axis, dst)
    planned, forced = shares
    out = planned + forced
    imported = np.maximum(load - generation, 0.0)
    if service.split == "whole_site":
        standby = imported
    elif service.split == "contract":
        standby = np.minimum(imported, contract * out)
    else:
        short = np.zeros(axis.steps) if normal is None else np.maximum(normal - generation, 0.0)
        standby = np.where(out > 0.0, np.minimum(imported, short), 0.0)
    standby = np.where(standby > _NOTHING_KW, standby, 0.0)
    of_plan = np.divide(planned, out, out=np.zeros(axis.steps), where=out > 0.0)
    if service.split == "whole_site":
        of_plan = np.zeros(axis.steps)
    maintenance = np.where(_maintained(service, clock, standby * of_plan), standby * of_plan, 0.0)
    backup = standby - maintenance
    counted = hours_apply(clock, tuple(range(1, 13)), service.backup_days, service.backup_hours)
    charged = np.where(counted & ~_included(service, axis, backup), backup, 0.0)
    notes = tuple(_notes(service, axis, standby * of_plan, maintenance, backup, standby, contract))
    found = count_outages(axis, availability, planned_availability)
    return StandbyUse(clock, contract, load - generation - standby, backup, maintenance, charged, found, notes)


def _maintained(service: StandbyService, clock: TariffClock, planned_kw: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Steps in which planned outages count as maintenance: allowed months, and the first allowed days of the year."""
    within = np.isin(clock.month + 1, service.maintenance_months)
    day = clock.axis.day[clock.step]
    taken = np.bincount(day, weights=np.where(within, planned_kw, 0.0), minlength=clock.axis.days) > 0.0
    allowed = taken & (np.cumsum(taken) <= service.maintenance_days)
    return within & allowed[day]


def _included(service: StandbyService, axis: TimeAxis, backup_kw: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Steps whose backup demand the service includes: of its first outages, or of its first hours."""
    taken = backup_kw > 0.0
    by_hours = np.cumsum(taken) * axis.step_hours <= service.included_hours + _NOTHING_KW
    included = taken & by_hours
    for first, last in runs(taken)[: service.included_outages]:
        included[first:last] = True
    return included


def _notes(
    service: StandbyService,
    axis: TimeAxis,
    planned_kw: NDArray[np.float64],
    maintenance_kw: NDArray[np.float64],
    backup_kw: NDArray[np.float64],
    standby_kw: NDArray[np.float64],
    contract_kw: float,
) -> Iterator[str]:
    yield from service.notes
    words = {
        "normal_generation": "what the machines would have carried had none been out",
        "contract": "what is imported in an outage, up to the contract for the machines that are out",
        "whole_site": "the whole import, as used",
    }
    yield f"standby power is {words[service.split]}; the rest stays on the tariff for full requirements"
    beyond = float((planned_kw - maintenance_kw).sum()) * axis.step_hours
    if beyond > _NOTHING_KW:
        yield f"{beyond:.0f} kWh of planned outages lie outside the service's days or months and are billed as backup power"
    if service.maintenance_notice_days and maintenance_kw.any():
        yield f"planned outages are taken to be announced {service.maintenance_notice_days} days before, as the service asks"
    if float(standby_kw.max()) > contract_kw + _NOTHING_KW:
        yield f"standby demand reaches {float(standby_kw.max()):.1f} kW, above the contract of {contract_kw:.1f} kW"
    if backup_kw.any():
        yield f"demand is the mean of {axis.step_minutes} min steps; an outage that begins within a shorter window may set more"
    if service.backup_ratchet or service.excess_resets_contract:
        yield "ratchet and contract begin the year afresh: nothing is carried over from the year before"


def standby_lines(service: StandbyService, use: StandbyUse, *, base_usd_per_kwh: ArrayLike | None = None) -> tuple[BillLine, ...]:
    """The lines of a year of standby service, by month.

    base_usd_per_kwh: the tariff's own price of energy in each step, or one for all [USD/kWh]; needed where the service adds to
    it. Such energy is shown at its mean price of the month.

    Rules. Reservation: on the contract in force. Excess: the highest standby demand of the month above the contract in force,
    which after it may be the demand reached. Backup demand: per day, on the highest charged demand of each; per month, on the
    highest of the month or the ratchet's share of the year's highest so far. Maintenance demand: per day; a service without a
    price for it charges it as backup.
    Errors: InputError if the base price is needed and absent, of another length or not finite.
    """
    contracts, excess = _contracts(service, use)
    ones = np.ones(12)
    reset = ["contract reset by an earlier month" if kw > use.contract_kw else "" for kw in contracts.tolist()]
    lines = [
        *_monthly("standby", "administration", ones, "month", service.administration_usd_per_month),
        *_monthly("standby", "reservation", contracts, "kW", service.reservation_usd_per_kw_month, reset),
        *_monthly("standby", "above contract", excess, "kW", service.excess_usd_per_kw),
        *_demand_lines(service, use),
    ]
    adder = service.backup_adder_usd_per_kwh
    lines += _energy_lines("backup", use, use.backup_kw, service.backup_energy, adder, base_usd_per_kwh)
    own = bool(service.maintenance_energy) or service.maintenance_adder_usd_per_kwh is not None
    periods = service.maintenance_energy if own else service.backup_energy
    adder = (service.maintenance_adder_usd_per_kwh or 0.0) if own else adder
    lines += _energy_lines("maintenance", use, use.maintenance_kw, periods, adder, base_usd_per_kwh)
    return tuple(sorted(lines, key=lambda line: line.month))


def _contracts(service: StandbyService, use: StandbyUse) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Contract in force and what exceeds it, by month [kW]."""
    highest = use.monthly_highest_kw(use.backup_kw + use.maintenance_kw)
    in_force = np.full(12, use.contract_kw)
    if service.excess_resets_contract:
        reached = np.maximum.accumulate(np.maximum(highest, use.contract_kw))
        in_force[1:] = reached[:-1]
    excess = np.where(highest > in_force + _NOTHING_KW, highest - in_force, 0.0)
    return in_force, excess


def _demand_lines(service: StandbyService, use: StandbyUse) -> Iterator[BillLine]:
    per_day, per_month = service.backup_usd_per_kw_day, service.backup_usd_per_kw_month
    charged = use.charged_kw
    separate = service.maintenance_usd_per_kw_day is not None
    if not separate:
        within = hours_apply(use.clock, tuple(range(1, 13)), service.backup_days, service.backup_hours)
        charged = charged + np.where(within, use.maintenance_kw, 0.0)
    if per_day is not None:
        yield from _monthly("backup", "demand by day", use.monthly_kw_days(charged), "kW day", per_day, _days(use, charged))
    if per_month is not None:
        highest = use.monthly_highest_kw(charged)
        floor = np.concatenate(([0.0], np.maximum.accumulate(highest)[:-1])) * service.backup_ratchet
        share = f"ratchet: {100.0 * service.backup_ratchet:g} % of the year's highest so far"
        notes = [share if low > kw else "highest of the month" for kw, low in zip(highest.tolist(), floor.tolist(), strict=True)]
        yield from _monthly("backup", "demand by month", np.maximum(highest, floor), "kW", per_month, notes)
    if service.maintenance_usd_per_kw_day is not None:
        days = use.monthly_kw_days(use.maintenance_kw)
        notes = _days(use, use.maintenance_kw)
        yield from _monthly("maintenance", "demand by day", days, "kW day", service.maintenance_usd_per_kw_day, notes)


def _days(use: StandbyUse, kw: NDArray[np.float64]) -> list[str]:
    """On how many days of each month power was drawn."""
    return [f"drawn on {days:.0f} days" for days in use.monthly_kw_days((kw > 0.0).astype(np.float64)).tolist()]


def _energy_lines(
    item: Item,
    use: StandbyUse,
    kw: NDArray[np.float64],
    periods: Sequence[EnergyPeriodTable],
    adder_usd_per_kwh: float,
    base_usd_per_kwh: ArrayLike | None,
) -> Iterator[BillLine]:
    if not kw.any():
        return
    if periods:
        free = np.ones(kw.size, dtype=bool)
        for period in periods:
            within = free & hours_apply(use.clock, period.months, period.days, period.hours)
            free &= ~within
            yield from _monthly(item, period.name, use.monthly_kwh(np.where(within, kw, 0.0)), "kWh", period.usd_per_kwh)
        return
    price = _base_price(base_usd_per_kwh, kw.size)
    kwh, usd = use.monthly_kwh(kw), use.monthly_kwh(kw * price)
    for month, (energy, amount) in enumerate(zip(kwh.tolist(), usd.tolist(), strict=True), 1):
        if energy:
            yield BillLine(month, item, "tariff's price", None, energy, "kWh", amount / energy)
    yield from _monthly(item, "adder", kwh, "kWh", adder_usd_per_kwh)


def _base_price(base_usd_per_kwh: ArrayLike | None, steps: int) -> NDArray[np.float64]:
    if base_usd_per_kwh is None:
        rule = "is needed: the service has no price of energy of its own and adds to the tariff's"
        raise InputError(Fault("base_usd_per_kwh", None, rule, "Give the tariff's price of energy in each step."))
    price = np.asarray(base_usd_per_kwh, dtype=np.float64)
    if price.shape not in ((), (steps,)) or not np.isfinite(price).all():
        rule = f"must be one finite price or one for each of {steps} steps"
        raise InputError(Fault("base_usd_per_kwh", f"shape {price.shape}", rule, "Give USD/kWh."))
    return np.broadcast_to(price, (steps,))


def _monthly(
    item: Item,
    period: str,
    quantities: NDArray[np.float64],
    unit: str,
    rate: float,
    notes: Sequence[str] = ("",) * 12,
) -> Iterator[BillLine]:
    """A line for each month that has a quantity, at a price that is not nought."""
    for month, quantity in enumerate(quantities.tolist(), 1):
        if quantity and (rate or unit == "kWh"):
            yield BillLine(month, item, period, None, quantity, unit, rate, notes[month - 1])


def departing_load_lines(
    charge: DepartingLoad, self_used_kw: ArrayLike, axis: TimeAxis, *, operating_year: int = 1, rated_kw: float | None = None
) -> tuple[BillLine, ...]:
    """The lines of a departing-load charge in a year of operation; none in a year in which it is not paid.

    self_used_kw: generation that the site itself uses, without exports, shape (axis.steps,) [kW].
    rated_kw: net rating of all machines [kW]; needed by a charge per kW.
    Errors: InputError for a series of another length or without credible values, or a rating that is needed and absent.
    """
    with Faults() as faults:
        used = power_by_step("self_used_kw", self_used_kw, axis, faults)
        if charge.usd_per_kw_month and (rated_kw is None or not rated_kw > 0.0):
            faults.add("rated_kw", rated_kw, "is needed by a charge per kW", "Give the rating of the machines.")
    if not charge.applies(operating_year):
        return ()
    kwh = np.add.reduceat(used, np.searchsorted(axis.month, np.arange(12))) * axis.step_hours
    lines = [
        *(line for line in _monthly("departing_load", charge.name, kwh, "kWh", charge.usd_per_kwh) if line.rate),
        *_monthly("departing_load", charge.name, np.full(12, rated_kw or 0.0), "kW", charge.usd_per_kw_month),
    ]
    return tuple(sorted(lines, key=lambda line: line.month))
