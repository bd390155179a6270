"""What a trip of one machine does to the demand charges of a study: how likely it sets a month's peak, and what it costs.

The year without a trip is the study's own with planned outages alone; beside it stands the same year with one machine less.
Peaks are those of the hours that a demand charge bills. Money comes from the bill itself: the year is billed once more for each
month, with one machine out in that month's worst window, so that ratchets and tiers are in.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from brayton.dispatch.answer import dispatch
from brayton.dispatch.battery import run_battery
from brayton.dispatch.schedule import Schedule
from brayton.site.bill_blocks import window_means
from brayton.site.bill_designs import bill_designs
from brayton.site.tariff import DemandPeriod, Tariff
from brayton.site.tariff_clock import TariffClock, clock_of
from brayton.study.doubt.demand_risk import MONTHS, Trips, demand_risk
from brayton.study.doubt.doubt_result import TripCharges
from brayton.study.doubt.table import Availability
from brayton.study.electric_bill import reactive_kvar
from brayton.study.inputs import StudyInputs
from brayton.study.site_model import SiteModel

Floats = NDArray[np.float64]


def trip_charges(inputs: StudyInputs, model: SiteModel, table: Availability) -> TripCharges | None:
    """The risk of the project's demand peaks; None where no demand is billed, where it is billed on the load itself, and with a
    standby service, which bills the outages of the machines in the tariff's place."""
    tariff, axis = inputs.tariff, inputs.axis
    if tariff.export.method == "buy_all_sell_all" or inputs.standby is not None:
        return None
    clock = clock_of(tariff, axis, inputs.scenario.tariff.dst)
    billed = billed_steps(tariff, clock)
    if not billed.any():
        return None
    count = model.problem.envelope.count
    planned = 1.0 - table.serviced(axis, count).mean(axis=0)
    plan = dispatch(replace(model.problem, availability=planned), inputs.rule)
    short = dispatch(replace(model.problem, availability=np.maximum(planned - 1.0 / count, 0.0)), inputs.rule)
    calm = _net_kw(inputs, model, plan)
    # a start that a whole array makes and a short one does not is no gain of a trip
    tripped = np.maximum(_net_kw(inputs, model, short), calm)
    (calm_windows, stride), (tripped_windows, _) = (
        window_means(series[None], clock, tariff.demand_window_minutes) for series in (calm, tripped)
    )
    counts = billed[::stride]
    # hours that nobody bills never hold a peak
    lowest = min(0.0, float(calm_windows.min()))
    calm_kw, tripped_kw = (np.where(counts, item[0], lowest) for item in (calm_windows, tripped_windows))
    hours = axis.step_hours * stride
    units_on = plan.units_on.reshape(-1, stride).mean(axis=1)
    months = clock.month[::stride]
    trips = Trips.of(table.reliability(), units_on)
    risk = demand_risk(calm_kw, tripped_kw, months, trips, hours)
    worst = [int(np.argmax(np.where(months == month, tripped_kw, -np.inf))) for month in range(MONTHS)]
    years = np.tile(calm, (1 + MONTHS, 1))
    for month, window in enumerate(worst, 1):
        part = slice(window * stride, (window + 1) * stride)
        years[month, part] = tripped[part]
    rate, reactive = inputs.scenario.tariff, reactive_kvar(inputs, model)
    bills = bill_designs(
        tariff,
        years,
        axis,
        dst=rate.dst,
        reactive_kvar=None if reactive is None else np.broadcast_to(reactive, years.shape),
        previous_peaks_kw=rate.previous_peaks_kw,
    ).annual_usd
    trip_usd = bills[1:] - bills[0]
    rise_kw = risk.tripped_kw - risk.peak_kw
    usd_per_kw = np.divide(trip_usd, rise_kw, out=np.zeros(MONTHS), where=rise_kw > 0.0)
    return TripCharges(risk, trip_usd, float(risk.extra_kw @ usd_per_kw), float(trips.starts_per_hour.sum() * hours))


def billed_steps(tariff: Tariff, clock: TariffClock) -> NDArray[np.bool_]:
    """Whether a demand charge bills the demand of each step (n,)."""
    billed = np.zeros(clock.axis.steps, dtype=bool)
    for charge in (tariff.tou_demand, tariff.coincident_demand):
        if charge is not None:
            billed |= _priced(charge.periods)[clock.periods(charge.schedule)]
    if tariff.flat_demand is not None:
        billed |= _priced(tariff.flat_demand.periods)[np.array(tariff.flat_demand.months)][clock.month]
    return billed


def _priced(periods: tuple[DemandPeriod, ...]) -> NDArray[np.bool_]:
    return np.array([any(tier.price_usd_per_kw for tier in period.tiers) for period in periods])


def _net_kw(inputs: StudyInputs, model: SiteModel, plan: Schedule) -> Floats:
    """Net import of a schedule, behind the battery where there is one."""
    net = plan.import_kw - plan.export_kw
    if model.hosts.battery is None:
        return net
    steel, rule = model.hosts.battery
    problem = model.problem
    limits = {"export_limit_kw": problem.export_limit_kw, "import_margin_kw": problem.import_margin_kw}
    return run_battery(steel, rule, net, inputs.axis, **limits).net_load_kw
