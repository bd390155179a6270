"""Where PySAM's utilityrate5 and this bill differ by convention, shown case by case, and who is right."""

from __future__ import annotations

import math
from collections.abc import Callable
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
from brayton.site.billing_demand import Ratchet
from brayton.site.export_credit import ExportRule
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
)

pytest.importorskip("PySAM")

Table = Callable[..., None]
AXIS = TimeAxis(2018)
SOURCE = Source("made for a test", "2024", "estimate", "no utility's")
ALWAYS = [[1] * 24] * 12
CENT = 0.005
FLAT_USD_PER_KW = 10.0

ENERGY = EnergyCharge((EnergyPeriod("all", (EnergyTier(0.1, 0.0, math.inf, 0.04),)),), Schedule.uniform())
DEMAND = FlatDemandCharge((DemandPeriod("flat", (DemandTier(FLAT_USD_PER_KW),)),), (0,) * 12)
RATE = Tariff("t", SOURCE, energy=ENERGY, flat_demand=DEMAND)


def pysam(load: NDArray[np.float64], generation: NDArray[np.float64], **changes: Any) -> NDArray[np.float64]:
    """Monthly bills of `RATE` [USD], with what `changes` sets."""
    rate = {
        "ur_monthly_fixed_charge": 0,
        "ur_ec_sched_weekday": ALWAYS,
        "ur_ec_sched_weekend": ALWAYS,
        "ur_ec_tou_mat": [[1, 1, NO_LIMIT, 0, 0.1, 0.04]],
        "ur_dc_enable": 1,
        "ur_dc_sched_weekday": ALWAYS,
        "ur_dc_sched_weekend": ALWAYS,
        "ur_dc_tou_mat": [[1, 1, NO_LIMIT, 0.0]],
        "ur_dc_flat_mat": [[month, 1, NO_LIMIT, FLAT_USD_PER_KW] for month in range(12)],
    }
    return pysam_bills.months_usd(load, generation, rate | changes)


def ratchet_words(months_back: int, previous_kw: list[float], floor_kw: float = 0.0) -> dict[str, Any]:
    return {
        "ur_enable_billing_demand": 1,
        "ur_billing_demand_minimum": floor_kw,
        "ur_billing_demand_lookback_period": months_back,
        "ur_billing_demand_lookback_percentages": [[100, 1]] * 12,
        "ur_dc_billing_demand_periods": [[1, 1]],
        "ur_yearzero_usage_peaks": previous_kw,
    }


def year(
    rate: Tariff, load: NDArray[np.float64], generation: NDArray[np.float64], previous_kw: list[float] | None = None
) -> float:
    return bill(rate, load - generation, AXIS, generation_kw=generation, previous_peaks_kw=previous_kw).annual_usd


def test_conventions_that_differ(table: Table) -> None:
    load, none = np.full(AXIS.steps, 10.0), np.zeros(AXIS.steps)
    rows: list[list[object]] = []

    def show(case: str, theirs: float, ours: float, by_hand: float, who: str) -> None:
        rows.append([case, f"{theirs:.2f}", f"{ours:.2f}", f"{by_hand:.2f}", who])

    energy = 8760 * 10 * 0.1
    previous = [0.0] * 10 + [50.0, 0.0]
    ratcheted = replace(RATE, ratchet=Ratchet((1.0,) * 12, 1))
    show(
        "look-back of one month, previous November 50 kW",
        float(pysam(load, none, **ratchet_words(1, previous)).sum()),
        year(ratcheted, load, none, previous),
        energy + 12 * 100.0,
        "Brayton: one month before January is December. SAM reaches one month further into the year before than it is told.",
    )
    floor = replace(RATE, ratchet=Ratchet((0.0,) * 12, 0, 20.0), export=ExportRule("buy_all_sell_all"))
    generation = np.full(AXIS.steps, 4.0)
    show(
        "buy all, sell all, least billing demand 20 kW",
        float(pysam(load, generation, ur_metering_option=4, **ratchet_words(0, [0.0] * 12, 20.0)).sum()),
        year(floor, load, generation),
        energy - 8760 * 4 * 0.04 + 12 * 200.0,
        "Brayton: the load has one demand meter. SAM bills the least demand on the generation's meter too.",
    )
    peak: Matrix = ((0,) * 8 + (1,) * 2 + (0,) * 14,) * 12
    periods = tuple(EnergyPeriod(name, (EnergyTier(0.1, 0.0, math.inf, 0.04),)) for name in ("rest", "peak"))
    carried = replace(RATE, energy=EnergyCharge(periods, Schedule(peak, peak)), export=ExportRule("net_metering"))
    in_peak = (AXIS.hour >= 8) & (AXIS.hour < 10)
    sun = np.where(in_peak & (AXIS.month == 0), 30.0, 0.0)
    hours = (np.array(peak) + 1).tolist()
    january = 31 * 2 * 20.0
    show(
        "net metering, surplus in a period of 8:00 to 10:00",
        float(
            pysam(
                load,
                sun,
                ur_metering_option=0,
                ur_ec_sched_weekday=hours,
                ur_ec_sched_weekend=hours,
                ur_ec_tou_mat=[[period, 1, NO_LIMIT, 0, 0.1, 0.04] for period in (1, 2)],
            ).sum()
        ),
        year(carried, load, sun),
        energy - 31 * 2 * 10 * 0.1 - january * 0.1 + 12 * 100.0,
        "Brayton: the surplus is kept for its period. SAM carries only periods that stand at 0:00, 5:00, 11:00 or 17:00.",
    )
    both = replace(RATE, minimum=(RecurringCharge("m", 2000.0, "month"), RecurringCharge("y", 24000.0, "year")))
    show(
        "minimum of 2000 USD a month and 24000 a year",
        float(pysam(load, none, ur_monthly_min_charge=2000, ur_annual_min_charge=24000).sum()),
        year(both, load, none),
        24000.0,
        "Brayton: what months paid to reach their minimum counts towards the year's. SAM charges both.",
    )
    rolled = replace(RATE, flat_demand=None, export=ExportRule("net_metering_credits", year_end_month=1))
    noon = np.where(AXIS.month == 0, 30.0, 0.0)
    credit = 744 * 20 * 0.04
    show(
        "net metering in USD, January's credit rolled over in January",
        float(pysam(load, noon, ur_metering_option=1, ur_dc_enable=0, ur_nm_credit_month=0, ur_nm_credit_rollover=1).sum()),
        year(rolled, load, noon),
        energy - 744 * 10 * 0.1 - credit,
        "Brayton, which pays it out. SAM pays the credit out and uses it again in February.",
    )
    table(
        "bill_conventions",
        "Conventions in which Brayton and SAM differ",
        ["case", "SAM [USD/year]", "Brayton [USD/year]", "by hand [USD/year]", "who is right"],
        rows,
        note=(
            "NREL's utilityrate5 (PySAM) run here. In all else the two agree to the cent on hundreds of generated tariffs "
            "(`tests/properties/test_bill_pysam.py`). Conventions of SAM that Brayton shares, though others exist: energy that "
            "is metered step by step fills its tiers in the order of time; net metering fills them in proportion; a ratcheted "
            "period of time-of-use demand is billed on the billing demand of the month (`tou_peak = period` has REopt's rule); "
            "kWh left over at the year's end are those of all periods together."
        ),
    )
    for case, theirs, ours, by_hand, _ in rows:
        assert float(str(ours)) == pytest.approx(float(str(by_hand)), abs=2 * CENT), case
        assert abs(float(str(theirs)) - float(str(ours))) > 1.0, f"{case}: SAM agrees by now"
