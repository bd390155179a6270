"""The bill against a slow bill that anyone can follow, against PySAM, and against what every bill obeys."""

from __future__ import annotations

import datetime as dt
import functools
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pysam_bills
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from brayton.core.provenance import Source
from brayton.core.timeaxis import TimeAxis
from brayton.site.bill import bill
from brayton.site.schedule import Schedule
from brayton.site.tariff import (
    DemandPeriod,
    DemandTier,
    EnergyCharge,
    EnergyPeriod,
    EnergyTier,
    FlatDemandCharge,
    RecurringCharge,
    Tariff,
    TouDemandCharge,
)
from brayton.site.tariff_clock import Dst

LIMITED = settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
SOURCE = Source("drawn at random", "2024", "estimate", "no utility's")
AXES = (TimeAxis(2018), TimeAxis(2020), TimeAxis(2003, 30), TimeAxis(2023, 15), TimeAxis(2024, leap_day=False))


def schedules(periods: int) -> st.SearchStrategy[Schedule]:
    def of(seed: int) -> Schedule:
        table = np.random.default_rng(seed).integers(0, periods, (2, 12, 24)).tolist()
        weekday, weekend = (tuple(tuple(row) for row in matrix) for matrix in table)
        return Schedule(weekday, weekend)

    return st.integers(0, 2**32).map(of)


def prices(largest: float) -> st.SearchStrategy[float]:
    return st.floats(-0.2 * largest, largest).map(lambda price: round(price, 4))


def limits(largest: float) -> st.SearchStrategy[tuple[float, ...]]:
    """Rising tier limits, the last without end."""
    ends = st.lists(st.floats(1.0, largest).map(lambda end: round(end, 1)), max_size=2, unique=True)
    return ends.map(lambda found: (*sorted(found), math.inf))


@st.composite
def energy_charges(draw: st.DrawFn) -> EnergyCharge:
    uppers = draw(limits(30000.0))
    unit = draw(st.sampled_from(["kWh", "kWh daily"])) if len(uppers) > 1 else "kWh"
    scale = 1.0 if unit == "kWh" else 1 / 30
    sell = st.none() | prices(0.2)
    periods = [
        EnergyPeriod(
            f"energy {number}",
            tuple(EnergyTier(draw(prices(0.5)), draw(prices(0.02)), upper * scale, draw(sell)) for upper in uppers),
            unit,
        )
        for number in range(draw(st.integers(1, 4)))
    ]
    return EnergyCharge(tuple(periods), draw(schedules(len(periods))))


@st.composite
def demand_periods(draw: st.DrawFn) -> tuple[DemandPeriod, ...]:
    return tuple(
        DemandPeriod(
            f"demand {number}", tuple(DemandTier(draw(prices(30.0)), draw(prices(1.0)), upper) for upper in draw(limits(80.0)))
        )
        for number in range(draw(st.integers(1, 3)))
    )


@st.composite
def tariffs(draw: st.DrawFn) -> Tariff:
    tou, flat = draw(st.none() | demand_periods()), draw(st.none() | demand_periods())
    return Tariff(
        "drawn",
        SOURCE,
        energy=draw(energy_charges()),
        tou_demand=None if tou is None else TouDemandCharge(tou, draw(schedules(len(tou)))),
        flat_demand=None
        if flat is None
        else FlatDemandCharge(flat, tuple(draw(st.lists(st.integers(0, len(flat) - 1), min_size=12, max_size=12)))),
        fixed=tuple(
            RecurringCharge(per, draw(prices(100.0)), per)
            for per in draw(st.lists(st.sampled_from(["day", "month", "year"]), unique=True))
        ),
        minimum=tuple(
            RecurringCharge("least", draw(st.floats(1, 20000)), per)
            for per in draw(st.lists(st.sampled_from(["month", "year"]), max_size=1))
        ),
    )


def net_load(axis: TimeAxis, seed: int) -> NDArray[np.float64]:
    """A load with days, weeks, noise and some export [kW]."""
    noise = np.random.default_rng(seed).normal(0.0, 15.0, axis.steps)
    return 40.0 + 25.0 * np.sin(axis.hour / 24 * 2 * math.pi) + np.where(axis.weekday < 5, 10.0, -20.0) + noise


SEEDS = st.integers(0, 2**32)


@functools.cache
def daylight_season(year: int) -> tuple[dt.datetime, dt.datetime]:
    """First and last standard time of US daylight saving, by counting Sundays."""
    sundays: defaultdict[int, list[dt.datetime]] = defaultdict(list)
    day = dt.datetime(year, 1, 1)
    while day.year == year:
        if day.weekday() == 6:
            sundays[day.month].append(day)
        day += dt.timedelta(days=1)
    begin, end = (sundays[3][1], sundays[11][0]) if year >= 2007 else (sundays[4][0], sundays[10][-1])
    return begin + dt.timedelta(hours=2), end + dt.timedelta(hours=1)


def on_clock(standard: dt.datetime, dst: Dst) -> dt.datetime:
    """The time that the tariff's clock shows."""
    begin, end = daylight_season(standard.year)
    return standard + dt.timedelta(hours=1) if dst == "us" and begin <= standard < end else standard


def slow_bill(tariff: Tariff, net_kw: Sequence[float], axis: TimeAxis, dst: Dst) -> list[float]:
    """Total of each month [USD], step by step."""
    assert tariff.energy is not None
    hours = axis.step_minutes / 60
    usd, peak = [0.0] * 12, [0.0] * 12
    bought, sold = [0.0] * 12, [0.0] * 12
    tou_peak: defaultdict[tuple[int, int], float] = defaultdict(float)
    days = [31, 28 + int(axis.days == 366), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    shown = {hour: on_clock(hour, dst) for hour in axis.stamps[:: 60 // axis.step_minutes].tolist()}
    for standard, kw in zip(axis.stamps.tolist(), net_kw, strict=True):
        now = shown[standard.replace(minute=0)]
        month, kwh = now.month - 1, abs(kw) * hours
        rows = tariff.energy.schedule.weekend if now.weekday() >= 5 else tariff.energy.schedule.weekday
        period = tariff.energy.periods[rows[month][now.hour]]
        so_far = bought if kw > 0 else sold
        lower = 0.0
        for tier in period.tiers:
            upper = tier.upper_kwh * (days[month] if period.limit_unit == "kWh daily" else 1)
            part = max(0.0, min(so_far[month] + kwh, upper) - max(so_far[month], lower))
            usd[month] += (
                part * (tier.rate_usd_per_kwh + tier.adjustment_usd_per_kwh) if kw > 0 else -part * (tier.sell_usd_per_kwh or 0.0)
            )
            lower = upper
        so_far[month] += kwh
        peak[month] = max(peak[month], kw)
        if tariff.tou_demand is not None:
            rows = tariff.tou_demand.schedule.weekend if now.weekday() >= 5 else tariff.tou_demand.schedule.weekday
            key = (month, rows[month][now.hour])
            tou_peak[key] = max(tou_peak[key], kw)

    def demand_usd(period: DemandPeriod, kw: float) -> float:
        total, lower = 0.0, 0.0
        for tier in period.tiers:
            total += max(0.0, min(kw, tier.upper_kw) - lower) * (tier.rate_usd_per_kw + tier.adjustment_usd_per_kw)
            lower = tier.upper_kw
        return total

    for (month, number), kw in tou_peak.items():
        assert tariff.tou_demand is not None
        usd[month] += demand_usd(tariff.tou_demand.periods[number], kw)
    for month in range(12):
        if tariff.flat_demand is not None:
            usd[month] += demand_usd(tariff.flat_demand.periods[tariff.flat_demand.months[month]], peak[month])
        for charge in tariff.fixed:
            usd[month] += charge.usd * {"day": days[month], "month": 1, "year": 1 / 12}[charge.per]
        usd[month] += bought[month] * tariff.supply_usd_per_kwh[month]
    for charge in tariff.minimum:
        if charge.per == "month":
            usd = [total + max(0.0, charge.usd - max(total, 0.0)) for total in usd]
        else:
            usd[11] += max(0.0, charge.usd - sum(max(total, 0.0) for total in usd))
    return usd


@LIMITED
@given(tariffs(), st.sampled_from(AXES), st.sampled_from(["none", "us"]), SEEDS, st.floats(0.0, 0.2))
def test_the_bill_is_the_slow_bill(tariff: Tariff, axis: TimeAxis, dst: Dst, seed: int, supply: float) -> None:
    tariff = replace(tariff, supply_usd_per_kwh=tuple(supply * (1 + month) / 12 for month in range(12)))
    net = net_load(axis, seed)
    result = bill(tariff, net, axis, dst=dst)
    assert [month.total_usd for month in result.months] == pytest.approx(slow_bill(tariff, net.tolist(), axis, dst), abs=1e-6)


@LIMITED
@given(tariffs(), SEEDS)
def test_lines_make_months_and_months_make_the_year(tariff: Tariff, seed: int) -> None:
    axis = TimeAxis(2018)
    net = net_load(axis, seed)
    result = bill(tariff, net, axis)
    for month in result.months:
        lines = [line for line in result.lines if line.month == month.month]
        assert math.fsum(line.amount_usd for line in lines) == pytest.approx(month.total_usd, abs=1e-7)
        assert math.fsum(line.quantity for line in lines if line.item == "energy") == pytest.approx(month.energy_kwh, abs=1e-6)
        assert math.fsum(line.quantity for line in lines if line.item == "export") == pytest.approx(-month.export_kwh, abs=1e-6)
    assert result.annual_usd == pytest.approx(math.fsum(line.amount_usd for line in result.lines), abs=1e-6)
    assert math.fsum(month.energy_kwh - month.export_kwh for month in result.months) == pytest.approx(net.sum(), abs=1e-6)


@LIMITED
@given(tariffs(), SEEDS, st.sampled_from([30, 15]))
def test_shorter_steps_of_the_same_load_cost_the_same(tariff: Tariff, seed: int, step_minutes: int) -> None:
    hourly, fine = TimeAxis(2018), TimeAxis(2018, step_minutes)
    net = net_load(hourly, seed)
    repeated = np.repeat(net, 60 // step_minutes)
    assert bill(tariff, repeated, fine, dst="us").annual_usd == pytest.approx(
        bill(tariff, net, hourly, dst="us").annual_usd, abs=1e-6
    )
    window = replace(tariff, demand_window_minutes=60)
    assert bill(window, repeated, fine).annual_usd == pytest.approx(bill(tariff, net, hourly).annual_usd, abs=1e-6)


def as_pysam(tariff: Tariff) -> dict[str, Any]:
    """The same tariff in the words of ssc's utilityrate5."""
    assert tariff.energy is not None

    def matrices(schedule: Schedule, words: str) -> dict[str, Any]:
        weekday, weekend = (schedule.table[:2] + 1).tolist()
        return {f"ur_{words}_sched_weekday": weekday, f"ur_{words}_sched_weekend": weekend}

    def finite(limit: float) -> float:
        return min(limit, pysam_bills.NO_LIMIT)

    def rows(firsts_and_periods: Iterable[tuple[int, DemandPeriod]]) -> list[list[float]]:
        """Demand tiers; ssc wants the same limits in each period, so every tier is cut at all limits."""
        given = list(firsts_and_periods)
        ends = sorted({tier.upper_kw for _, period in given for tier in period.tiers})
        return [
            [first, number, finite(end), next(tier.price_usd_per_kw for tier in period.tiers if end <= tier.upper_kw)]
            for first, period in given
            for number, end in enumerate(ends, 1)
        ]

    energy = [
        [
            p,
            t,
            finite(tier.upper_kwh),
            2 if period.limit_unit == "kWh daily" else 0,
            tier.price_usd_per_kwh,
            tier.sell_usd_per_kwh or 0.0,
        ]
        for p, period in enumerate(tariff.energy.periods, 1)
        for t, tier in enumerate(period.tiers, 1)
    ]
    given = {"ur_ec_tou_mat": energy, **matrices(tariff.energy.schedule, "ec")}
    if tariff.tou_demand is not None or tariff.flat_demand is not None:
        free = (DemandPeriod("free", (DemandTier(0.0),)),)
        tou = tariff.tou_demand or TouDemandCharge(free, Schedule.uniform())
        flat = tariff.flat_demand or FlatDemandCharge(free, (0,) * 12)
        given |= {
            "ur_dc_tou_mat": rows(enumerate(tou.periods, 1)),
            **matrices(tou.schedule, "dc"),
            "ur_dc_flat_mat": rows((month, flat.periods[number]) for month, number in enumerate(flat.months)),
        }
    per_month = {"day": 365 / 12, "month": 1.0, "year": 1 / 12}
    least = {charge.per: charge.usd for charge in tariff.minimum}
    return given | {
        "ur_dc_enable": 1 if "ur_dc_tou_mat" in given else 0,
        "ur_monthly_fixed_charge": sum(charge.usd * per_month[charge.per] for charge in tariff.fixed),
        "ur_monthly_min_charge": least.get("month", 0.0),
        "ur_annual_min_charge": least.get("year", 0.0),
    }


@settings(LIMITED, max_examples=100)
@given(tariffs(), SEEDS)
def test_the_bill_is_pysams(tariff: Tariff, seed: int) -> None:
    pytest.importorskip("PySAM")
    tariff = replace(tariff, fixed=tuple(charge for charge in tariff.fixed if charge.per != "day"))
    axis = TimeAxis(2018)
    net = net_load(axis, seed)
    theirs = pysam_bills.months_usd(np.maximum(net, 0.0), np.maximum(-net, 0.0), as_pysam(tariff))
    assert [month.total_usd for month in bill(tariff, net, axis).months] == pytest.approx(theirs, abs=0.005)
