"""Bills of 8760 hours under time-of-use energy and demand in tiers, of a year and of a life, beside PySAM on the same loads."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from tests.validation import pysam_bills

from brayton.core.provenance import Source
from brayton.core.timeaxis import TimeAxis
from brayton.site.bill import bill
from brayton.site.bill_designs import bill_designs
from brayton.site.billing_demand import Ratchet
from brayton.site.schedule import Matrix, Schedule
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

TARGET_S = 0.005
LIFE_TARGET_S = 0.05
DRAW_TARGET_MS = 1.0
LIFE_YEARS, DRAWS = 25, 2000
RATCHET = Ratchet((0.8,) * 12)
AXIS = TimeAxis(2018)
PEAK: Matrix = ((1,) * 12 + (0,) * 8 + (1,) * 4,) * 12
ALWAYS_OFF: Matrix = ((1,) * 24,) * 12
ENERGY_USD_PER_KWH = ((0.21, 0.19), (0.09, 0.08))
ENERGY_LIMIT_KWH = 100_000.0
DEMAND_USD_PER_KW = ((9.0, 14.5), (2.25, 2.75))
DEMAND_LIMIT_KW = 100.0
FLAT_USD_PER_KW = 8.4
FIXED_USD_PER_MONTH = 195.0


def tariff() -> Tariff:
    """Numbers chosen for the measurement, no utility's."""
    hours = Schedule(PEAK, ALWAYS_OFF)
    energy = [(EnergyTier(low, 0.0, ENERGY_LIMIT_KWH), EnergyTier(high)) for low, high in ENERGY_USD_PER_KWH]
    demand = [(DemandTier(low, 0.0, DEMAND_LIMIT_KW), DemandTier(high)) for low, high in DEMAND_USD_PER_KW]
    return Tariff(
        "measured",
        Source("made for a benchmark", "2024", "estimate", "no utility's"),
        energy=EnergyCharge(tuple(EnergyPeriod(f"{i}", tiers) for i, tiers in enumerate(energy)), hours),
        tou_demand=TouDemandCharge(tuple(DemandPeriod(f"{i}", tiers) for i, tiers in enumerate(demand)), hours),
        flat_demand=FlatDemandCharge((DemandPeriod("flat", (DemandTier(FLAT_USD_PER_KW),)),), (0,) * 12),
        fixed=(RecurringCharge("fixed", FIXED_USD_PER_MONTH, "month"),),
    )


def pysam(net_load_kw: np.ndarray) -> Any:
    """A model of ssc's utilityrate5 with the same tariff, ready to execute."""
    hours = (Schedule(PEAK, ALWAYS_OFF).table + 1).tolist()
    rate = {
        "ur_monthly_fixed_charge": FIXED_USD_PER_MONTH,
        "ur_ec_sched_weekday": hours[0],
        "ur_ec_sched_weekend": hours[1],
        "ur_ec_tou_mat": [
            [period, tier, limit, 0, usd, 0]
            for period, prices in enumerate(ENERGY_USD_PER_KWH, 1)
            for tier, limit, usd in zip((1, 2), (ENERGY_LIMIT_KWH, pysam_bills.NO_LIMIT), prices, strict=True)
        ],
        "ur_dc_enable": 1,
        "ur_dc_sched_weekday": hours[0],
        "ur_dc_sched_weekend": hours[1],
        "ur_dc_tou_mat": [
            [period, tier, limit, usd]
            for period, prices in enumerate(DEMAND_USD_PER_KW, 1)
            for tier, limit, usd in zip((1, 2), (DEMAND_LIMIT_KW, pysam_bills.NO_LIMIT), prices, strict=True)
        ],
        "ur_dc_flat_mat": [[month, 1, pysam_bills.NO_LIMIT, FLAT_USD_PER_KW] for month in range(12)],
    }
    return pysam_bills.utility_rate(net_load_kw, np.zeros(AXIS.steps), rate)


def best(call: Callable[[], object], repeats: int = 30) -> float:
    """Best wall time of a call [s]."""
    times: list[float] = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def pysam_life(years_kw: np.ndarray) -> Any:
    """The same model over a life of years, each billed after the one before, with the ratchet."""
    model = pysam(years_kw[0])
    generation = (years_kw[0] - years_kw).ravel()
    life = {
        "analysis_period": len(years_kw),
        "system_use_lifetime_output": 1,
        "ur_enable_billing_demand": 1,
        "ur_billing_demand_minimum": 0,
        "ur_billing_demand_lookback_period": RATCHET.months_back,
        "ur_billing_demand_lookback_percentages": [[80, 1]] * 12,
        "ur_dc_billing_demand_periods": [[1, 1], [2, 1]],
        "ur_yearzero_usage_peaks": [0.0] * 12,
        "gen": generation.tolist(),
    }
    for name, value in life.items():
        model.value(name, value)
    return model


def life_rows() -> list[dict[str, Any]]:
    """A life of years with a ratchet that looks from each year into the one before; and many draws of a year."""
    rate = replace(tariff(), ratchet=RATCHET)
    draw = np.random.default_rng(2)
    load = 230.0 + 100.0 * np.sin(AXIS.hour / 24 * 2 * np.pi) + draw.normal(0.0, 20.0, AXIS.steps)
    years = load - np.minimum(draw.uniform(0.0, 60.0, (LIFE_YEARS, AXIS.steps)), load)
    years[0] = load
    none = np.zeros(12)
    model = pysam_life(years)
    ours = best(lambda: bill_designs(rate, years, AXIS, consecutive=True, previous_peaks_kw=none), 10)
    theirs = best(lambda: model.execute(0), 5)
    bills = bill_designs(rate, years, AXIS, consecutive=True, previous_peaks_kw=none)
    difference = float(np.abs(bills.annual_usd - np.array(model.Outputs.utility_bill_w_sys)[1:]).max())
    draws = np.resize(years, (DRAWS, AXIS.steps))
    per_draw_ms = best(lambda: bill_designs(rate, draws, AXIS), 2) / DRAWS * 1e3
    return [
        {
            "name": f"bills of {LIFE_YEARS} years, 8760 h each, with a ratchet",
            "value": ours,
            "unit": "s",
            "target": LIFE_TARGET_S,
            "peer": "PySAM utilityrate5",
            "peer_value": theirs,
            "ratio": theirs / ours,
            "note": f"same bills to {difference:.0e} USD; one run of PySAM bills with and without generation",
        },
        {
            "name": "one of many draws of a year's bill",
            "value": per_draw_ms,
            "unit": "ms",
            "target": DRAW_TARGET_MS,
            "note": f"{DRAWS} draws in one process, one thread",
        },
    ]


def run() -> list[dict[str, Any]]:
    load = 230.0 + 100.0 * np.sin(AXIS.hour / 24 * 2 * np.pi) + np.random.default_rng(1).normal(0.0, 20.0, AXIS.steps)
    rate, model = tariff(), pysam(load)
    ours = best(lambda: bill(rate, load, AXIS))
    theirs = best(lambda: model.execute(0))
    difference = bill(rate, load, AXIS).annual_usd - sum(model.Outputs.utility_bill_w_sys_ym[1])
    return [
        {
            "name": "bill of a year, 8760 h",
            "value": ours,
            "unit": "s",
            "target": TARGET_S,
            "peer": "PySAM utilityrate5",
            "peer_value": theirs,
            "ratio": theirs / ours,
            "note": f"same bill to {abs(difference):.0e} USD; one run of PySAM bills with and without generation",
        },
        *life_rows(),
    ]
