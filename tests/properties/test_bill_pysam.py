"""Generated tariffs to the cent against nrel-pysam's utilityrate5: tiers, hours of use, ratchets, exports, price series.

Where the two differ by convention the generator keeps to what both mean; `test_bill_conventions` shows those differences.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pysam_bills
import pytest
from numpy.typing import NDArray
from pysam_bills import NO_LIMIT

from brayton.core.provenance import Source
from brayton.core.timeaxis import TimeAxis
from brayton.site.bill import bill
from brayton.site.bill_designs import bill_designs
from brayton.site.billing_demand import Ratchet
from brayton.site.export_credit import CREDIT_HOURS, ExportMethod, ExportRule
from brayton.site.price_series import PriceSeries
from brayton.site.schedule import Matrix, Schedule
from brayton.site.tariff import (
    DemandPeriod,
    DemandTier,
    EnergyCharge,
    EnergyPeriod,
    EnergyTier,
    FlatDemandCharge,
    LimitUnit,
    RecurringCharge,
    Tariff,
    TouDemandCharge,
)

pytest.importorskip("PySAM")

AXIS = TimeAxis(2018)
"""SAM's calendar: 8760 h from a Monday."""
CENT = 0.005
SOURCE = Source("drawn at random", "2024", "estimate", "no utility's")
METHODS: tuple[ExportMethod, ...] = (
    "net_metering",
    "net_metering_credits",
    "net_billing",
    "net_billing_carryover",
    "buy_all_sell_all",
)
"""In the order of SAM's numbers."""
UNITS: tuple[LimitUnit, ...] = ("kWh", "kWh/kW", "kWh daily", "kWh/kW daily")
"""In the order of SAM's numbers."""
LIMITS_KWH = {"kWh": 8000.0, "kWh/kW": 150.0, "kWh daily": 250.0, "kWh/kW daily": 5.0}

Draw = np.random.Generator


def drawn_schedule(draw: Draw, periods: int) -> Schedule:
    """Up to three seasons of whole months, each with rows of its own for weekdays and weekends; all periods occur."""
    firsts = sorted({0, *draw.integers(1, 12, draw.integers(0, 3)).tolist()})
    season = [max(i for i, first in enumerate(firsts) if first <= month) for month in range(12)]
    rows = [[np.sort(draw.integers(0, periods, 24)) for _ in firsts] for _ in range(2)]
    shifts = draw.integers(0, 24, (2, len(firsts)))

    def matrix(kind: int) -> Matrix:
        return tuple(tuple(np.roll(rows[kind][season[m]], shifts[kind][season[m]]).tolist()) for m in range(12))

    return Schedule(matrix(0), matrix(1))


def drawn_tariff(draw: Draw) -> Tariff:
    method = METHODS[draw.integers(0, 5)]
    unit = UNITS[draw.integers(0, 4)]
    tiers = int(draw.integers(1, 4))
    ends = [*np.round(LIMITS_KWH[unit] * np.cumsum(draw.uniform(0.3, 1.5, tiers - 1)), 1).tolist(), math.inf]

    def energy_period(name: str) -> EnergyPeriod:
        prices = tuple(EnergyTier(price(draw, 0.4), price(draw, 0.02), end, price(draw, 0.2)) for end in ends)
        return EnergyPeriod(name, prices, unit if tiers > 1 else "kWh")

    energy = EnergyCharge(*periods_of(draw, energy_period))
    while method == "net_metering" and not carries_all(energy.schedule):
        energy = replace(energy, schedule=drawn_schedule(draw, len(energy.periods)))

    uppers = [*np.round(np.cumsum(draw.uniform(20.0, 60.0, draw.integers(0, 3))), 1).tolist(), math.inf]

    def demand_period(name: str) -> DemandPeriod:
        return DemandPeriod(name, tuple(DemandTier(price(draw, 25.0), 0.0, upper) for upper in uppers))

    with_demand = draw.random() < 0.7
    tou = TouDemandCharge(*periods_of(draw, demand_period)) if with_demand else None
    flat = (
        FlatDemandCharge(tuple(demand_period(f"flat {i}") for i in range(2)), tuple(draw.integers(0, 2, 12).tolist()))
        if with_demand
        else None
    )
    ratchet = None
    if tou is not None and draw.random() < 0.5:
        count = len(tou.periods)
        flagged = frozenset(draw.choice(count, draw.integers(1, count + 1), replace=False).tolist())
        ratchet = Ratchet(
            tuple(np.round(draw.uniform(0.4, 1.0, 12), 2).tolist()) if draw.random() < 0.5 else (0.8,) * 12,
            int(draw.integers(0, 12)),
            0.0 if method == "buy_all_sell_all" else float(draw.choice([0.0, 30.0, 90.0])),
            tuple((draw.random(12) < 0.8).tolist()),
            tou_periods=flagged,
        )
    least = draw.choice(["none", "month", "year"])
    return Tariff(
        "drawn",
        SOURCE,
        energy=energy,
        tou_demand=tou,
        flat_demand=flat,
        ratchet=ratchet,
        fixed=(RecurringCharge("fixed", price(draw, 300.0), "month"),),
        minimum=()
        if least == "none"
        else (RecurringCharge("least", round(float(draw.uniform(10.0, 4000.0) * (12 if least == "year" else 1)), 2), least),),
        export=ExportRule(
            method,
            year_end_usd_per_kwh=price(draw, 0.05) if method == "net_metering" else 0.0,
            year_end_month=int(draw.choice([12, 12, 6])) if METHODS.index(method) < 2 else 12,
            credits_expire=method == "net_billing_carryover" and draw.random() < 0.5,
            same_month=method == "net_billing_carryover" and draw.random() < 0.5,
        ),
        import_prices=drawn_prices(draw, "import") if METHODS.index(method) > 1 and draw.random() < 0.3 else None,
        export_prices=drawn_prices(draw, "export") if METHODS.index(method) > 1 and draw.random() < 0.3 else None,
    )


def carries_all(schedule: Schedule) -> bool:
    """Whether each period of a month stands at one of the hours by which SAM carries surplus; it loses the surplus of others."""
    return all(
        set(present) == {schedule.weekday[month][hour] for hour in CREDIT_HOURS}
        for month, present in enumerate(schedule.periods_by_month)
    )


def periods_of(draw: Draw, make: Any) -> tuple[Any, Schedule]:
    count = int(draw.integers(1, 5))
    return tuple(make(f"{i}") for i in range(count)), drawn_schedule(draw, count)


def price(draw: Draw, largest: float) -> float:
    return round(float(draw.uniform(0.0, largest)), 4)


def drawn_prices(draw: Draw, name: str) -> PriceSeries:
    return PriceSeries.of(name, np.round(draw.normal(0.06, 0.03, AXIS.steps), 5))


def drawn_load(draw: Draw) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Load and generation [kW]: days, seasons, noise; generation above the load in some hours or in some months."""
    day = np.sin((AXIS.hour - 6) / 24 * 2 * np.pi)
    season = np.sin((AXIS.month - 3) / 12 * 2 * np.pi)
    load = np.maximum(40.0 + 25.0 * day + 15.0 * season * draw.uniform(-1, 1) + draw.normal(0.0, 8.0, AXIS.steps), 0.0)
    size = draw.choice([0.0, 40.0, 150.0, 250.0])
    generation = size * np.maximum(day, 0.0) * (0.6 + 0.4 * season) * draw.random(AXIS.steps)
    return np.round(load, 3), np.round(generation, 3)


def end_of(upper: float) -> float:
    return NO_LIMIT if math.isinf(upper) else upper


def for_pysam(tariff: Tariff) -> dict[str, Any]:
    """The same tariff in the words of utilityrate5."""
    assert tariff.energy is not None
    least = {charge.per: charge.usd for charge in tariff.minimum}
    weekday, weekend, _ = (tariff.energy.schedule.table + 1).tolist()
    given: dict[str, Any] = {
        "ur_metering_option": METHODS.index(tariff.export.method),
        "ur_nm_yearend_sell_rate": tariff.export.year_end_usd_per_kwh,
        "ur_nm_credit_month": tariff.export.year_end_month - 1,
        "ur_nb_credit_expire": tariff.export.credits_expire,
        "ur_nb_apply_credit_current_month": tariff.export.same_month,
        "ur_en_ts_buy_rate": tariff.import_prices is not None,
        "ur_ts_buy_rate": [0] if tariff.import_prices is None else tariff.import_prices.usd_per_kwh.tolist(),
        "ur_en_ts_sell_rate": tariff.export_prices is not None,
        "ur_ts_sell_rate": [0] if tariff.export_prices is None else tariff.export_prices.usd_per_kwh.tolist(),
        "ur_monthly_fixed_charge": sum(charge.usd for charge in tariff.fixed),
        "ur_monthly_min_charge": least.get("month", 0.0),
        "ur_annual_min_charge": least.get("year", 0.0),
        "ur_ec_sched_weekday": weekday,
        "ur_ec_sched_weekend": weekend,
        "ur_ec_tou_mat": [
            [p + 1, t + 1, end_of(tier.upper_kwh), UNITS.index(period.limit_unit), tier.price_usd_per_kwh, tier.sell_usd_per_kwh]
            for p, period in enumerate(tariff.energy.periods)
            for t, tier in enumerate(period.tiers)
        ],
        "ur_dc_enable": tariff.tou_demand is not None,
    }
    if tariff.tou_demand is not None and tariff.flat_demand is not None:
        weekday, weekend, _ = (tariff.tou_demand.schedule.table + 1).tolist()
        given |= {
            "ur_dc_sched_weekday": weekday,
            "ur_dc_sched_weekend": weekend,
            "ur_dc_tou_mat": [
                [p + 1, t + 1, end_of(tier.upper_kw), tier.price_usd_per_kw]
                for p, period in enumerate(tariff.tou_demand.periods)
                for t, tier in enumerate(period.tiers)
            ],
            "ur_dc_flat_mat": [
                [month, t + 1, end_of(tier.upper_kw), tier.price_usd_per_kw]
                for month, period in enumerate(tariff.flat_demand.months)
                for t, tier in enumerate(tariff.flat_demand.periods[period].tiers)
            ],
        }
    if tariff.ratchet is not None and tariff.tou_demand is not None:
        given |= {
            "ur_enable_billing_demand": 1,
            "ur_billing_demand_minimum": tariff.ratchet.floor_kw,
            "ur_billing_demand_lookback_period": tariff.ratchet.months_back,
            "ur_billing_demand_lookback_percentages": [
                [100 * fraction, own] for fraction, own in zip(tariff.ratchet.fraction, tariff.ratchet.own_peak, strict=True)
            ],
            "ur_dc_billing_demand_periods": [
                [p + 1, tariff.ratchet.applies_to(p)] for p in range(len(tariff.tou_demand.periods))
            ],
            "ur_yearzero_usage_peaks": [0.0] * 12,
        }
    return given


@pytest.mark.parametrize(
    "seeds", [range(first, first + 75) for first in range(0, 300, 75)], ids=lambda seeds: f"from {seeds.start}"
)
def test_generated_tariffs_are_billed_as_pysam_bills_them(seeds: range) -> None:
    """Peaks of the year before are nought: SAM's look-back reaches a month too far into it."""
    off: dict[int, float] = {}
    for seed in seeds:
        draw = np.random.default_rng(seed)
        tariff = drawn_tariff(draw)
        load, generation = drawn_load(draw)
        result = bill(tariff, load - generation, AXIS, generation_kw=generation, previous_peaks_kw=np.zeros(12))
        ours = np.array([month.total_usd for month in result.months])
        theirs = pysam_bills.months_usd(load, generation, for_pysam(tariff))
        difference = float(np.abs(ours - theirs).max())
        if difference >= CENT:
            off[seed] = difference
    assert not off


def test_the_draws_cover_what_they_should() -> None:
    tariffs = [drawn_tariff(np.random.default_rng(seed)) for seed in range(300)]
    assert {tariff.export.method for tariff in tariffs} == set(METHODS)
    assert {tariff.energy.periods[0].limit_unit for tariff in tariffs if tariff.energy} == set(UNITS)
    for part in ("ratchet", "import_prices", "export_prices", "minimum", "tou_demand"):
        assert sum(bool(getattr(tariff, part)) for tariff in tariffs) > 30


@pytest.mark.parametrize("seed", range(40))
def test_designs_are_billed_as_single_bills(seed: int) -> None:
    draw = np.random.default_rng(seed)
    tariff = drawn_tariff(draw)
    loads, generations = (np.array(series) for series in zip(*(drawn_load(draw) for _ in range(9)), strict=True))
    peaks = draw.uniform(0.0, 120.0, (9, 12))
    many = bill_designs(
        tariff, loads - generations, AXIS, generation_kw=generations, previous_peaks_kw=peaks, threads=1 + seed % 2
    )
    for row in range(0, 9, 4):
        one = bill(
            tariff,
            loads[row] - generations[row],
            AXIS,
            generation_kw=generations[row],
            previous_peaks_kw=peaks[row],
        )
        assert many.month_usd[row] == pytest.approx([month.total_usd for month in one.months], abs=1e-6)
        assert many.annual_usd[row] == pytest.approx(one.annual_usd, abs=1e-6)
        lines = math.fsum(line.amount_usd for line in one.lines)
        assert lines == pytest.approx(one.annual_usd, abs=1e-6)
        for item in {line.item for line in one.lines}:
            amounts = math.fsum(line.amount_usd for line in one.lines if line.item == item)
            assert many.item_usd[item][row].sum() == pytest.approx(amounts, abs=1e-6)
