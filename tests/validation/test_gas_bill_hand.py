"""The gas bill against amounts worked by hand, each written out beside its case.

The year is 2018 and the gas burns evenly unless a case says otherwise, so that a month uses its days times the daily use. No
published gas bill with its reading is at hand; the oracle is the arithmetic of the tariff's own words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from brayton.core.provenance import Source
from brayton.core.timeaxis import TimeAxis
from brayton.site.gas_bill import gas_bill
from brayton.site.gas_tariff import (
    GasBlock,
    GasCommodity,
    GasDelivery,
    GasDemand,
    GasIndex,
    GasSeason,
    GasTariff,
    GasTax,
    MinimumUse,
)
from brayton.site.tariff import RecurringCharge

Table = Callable[..., None]
AXIS = TimeAxis(2018)
DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
KWH_PER_THERM = 29.307107017222  # 100,000 Btu(IT) of 1055.05585262 J, over 3.6e6 J
CENT_USD = 0.005
"""Tolerance: the cent that a bill is printed to."""

WE_ENERGIES_FG4 = GasTariff(
    "Fg-4, firm, 100,000 to 500,000 therm a year",
    Source(
        "Rate guide at nectarclimate.com, after PSC of Wisconsin docket 5-UR-111",
        "from 2026-01-01",
        "secondary",
        "distribution 0.1960 and base gas 0.5114 USD/therm; customer charge and gas cost adjustment are not in it",
    ),
    utility="Wisconsin Gas (We Energies)",
    commodity=GasCommodity((0.5114,) * 12, "therm"),
    delivery=GasDelivery((GasSeason("distribution", (GasBlock(0.1960),)),), (0,) * 12, "therm"),
    eligible_kwh_hhv_per_year=(100_000 * KWH_PER_THERM, 500_000 * KWH_PER_THERM),
    notes=("without customer charge and gas cost adjustment, which the guide does not give",),
)
TEST = Source("made for a test", "2024", "estimate", "round figures")


def even(therms_per_day: float) -> NDArray[np.float64]:
    """Fuel [kW HHV] of an even use."""
    return np.full(AXIS.steps, therms_per_day * KWH_PER_THERM / 24.0)


def cold_january_day() -> NDArray[np.float64]:
    """10 therms a day, but 100 on 15 January."""
    fuel = even(10.0)
    fuel[14 * 24 : 15 * 24] *= 10.0
    return fuel


def delivery(*blocks: GasBlock) -> GasDelivery:
    return GasDelivery((GasSeason("all", blocks),), (0,) * 12, "therm")


def cases() -> list[tuple[str, str, float, float]]:
    """What is billed, the arithmetic in words, the amount by hand, and ours [USD a year]."""
    plain = GasTariff("plain", TEST, commodity=GasCommodity((0.5,) * 12, "therm"))
    found: list[tuple[str, str, float, float]] = []

    def case(what: str, words: str, by_hand: float, tariff: GasTariff, fuel: NDArray[np.float64]) -> None:
        found.append((what, words, by_hand, gas_bill(tariff, fuel, AXIS).annual_usd))

    case(
        "We Energies Fg-4, 300,000 therm",
        "300,000 x (0.1960 + 0.5114)",
        212220.00,
        WE_ENERGIES_FG4,
        even(300_000 / 365),
    )
    # 100 therm/day: months of 3100 (7), 3000 (4), 2800 (1); first 500 at 0.30, next 2500 at 0.20, rest at 0.10
    case(
        "declining blocks",
        "12 x (500 x 0.30) + (11 x 2500 + 2300) x 0.20 + 7 x 100 x 0.10",
        1800.00 + 29800 * 0.20 + 70.00,
        GasTariff("b", TEST, delivery=delivery(GasBlock(0.30, 500.0), GasBlock(0.20, 3000.0), GasBlock(0.10))),
        even(100.0),
    )
    # winter of November to March: 3100 + 2800 + 3100 + 3000 + 3100 = 15100; the rest 36500 - 15100 = 21400
    winter = tuple(0 if month in (0, 1, 2, 10, 11) else 1 for month in range(12))
    seasons = GasDelivery((GasSeason("winter", (GasBlock(0.30),)), GasSeason("summer", (GasBlock(0.18),))), winter, "therm")
    case("seasons", "15,100 x 0.30 + 21,400 x 0.18", 4530.00 + 3852.00, GasTariff("s", TEST, delivery=seasons), even(100.0))
    # 10 MMBtu/day; index of 5 in January (310 MMBtu) and 4 after (3340); basis 0.40; 1.5 % kept by the pipeline; adder 0.05
    index = GasIndex("hub", (5.0, *(4.0,) * 11), (0.4,) * 12, 0.015)
    case(
        "index with basis, retention and adder",
        "(310 x 5.40 + 3340 x 4.40) / 0.985 + 3650 x 0.05",
        (1674.00 + 14696.00) / 0.985 + 182.50,
        GasTariff("i", TEST, commodity=GasCommodity((0.05,) * 12, "MMBtu", index)),
        even(100.0),
    )
    # 100 therm/day = 10 MMBtu/day at 1.037 MMBtu/Mcf: 3650 / 1.037 = 3519.768563 Mcf
    volume = replace(
        plain, commodity=GasCommodity((9.19,) * 12, "Mcf"), heat_content_kwh_hhv_per_m3=1.037 * 293.07107017222 / 28.316846592
    )
    case("volume at 1.037 MMBtu/Mcf", "3650 / 1.037 x 9.19", 32346.67, volume, even(100.0))
    demand = GasDemand("MDQ", (0.60,) * 12, "therm")
    case(
        "highest day",
        "(100 + 11 x 10) x 0.60",
        126.00,
        GasTariff("d", TEST, demand=demand),
        cold_january_day(),
    )
    case(
        "highest day, ratchet of 80 % over 11 months",
        "(100 + 11 x 80) x 0.60",
        588.00,
        GasTariff("d", TEST, demand=replace(demand, ratchet=0.8)),
        cold_january_day(),
    )
    case(
        "highest day, ratchet of 80 % over 3 months",
        "(100 + 3 x 80 + 8 x 10) x 0.60",
        252.00,
        GasTariff("d", TEST, demand=replace(demand, ratchet=0.8, look_back_months=3)),
        cold_january_day(),
    )
    case(
        "highest day, ratchet that looks at summer only",
        "(100 + 11 x 10) x 0.60",
        126.00,
        GasTariff("d", TEST, demand=replace(demand, ratchet=0.8, ratchet_months=(5, 6, 7))),
        cold_january_day(),
    )
    contract = replace(demand, contract_units_per_day=40.0, overrun_usd_per_unit_day=1.50)
    case(
        "contract of 40, exceeded in January",
        "12 x 40 x 0.60 + 60 x 1.50",
        378.00,
        GasTariff("d", TEST, demand=contract),
        cold_january_day(),
    )
    # 10 therm/day: months of 310, 300 and 280 therm at 0.5; least 155 a month lifts the 30-day months by 5 and February by 15
    case(
        "minimum bill of a month",
        "3650 x 0.5 + 4 x (155 - 150) + (155 - 140)",
        1825.00 + 20.00 + 15.00,
        replace(plain, minimum=(RecurringCharge("least", 155.0, "month"),)),
        even(10.0),
    )
    case(
        "minimum bill of a year, held against delivery",
        "3650 x 0.5 + max(3650 x 0.1, 1000)",
        1825.00 + 1000.00,
        replace(
            plain,
            delivery=delivery(GasBlock(0.1)),
            minimum=(RecurringCharge("least", 1000.0, "year"),),
            minimum_counts="delivery",
        ),
        even(10.0),
    )
    case(
        "minimum use of a year and of a month",
        "3650 x 0.5 + (5000 - 3650) x 0.2 + (300 - 280) x 0.3",
        1825.00 + 270.00 + 6.00,
        replace(plain, minimum_use=(MinimumUse("year", 5000.0, 0.2, "therm"), MinimumUse("month", 300.0, 0.3, "therm"))),
        even(10.0),
    )
    case(
        "customer charge and taxes",
        "(1825 + 365 x 2.5) x 1.055 + 1825 x 0.02",
        2737.50 * 1.055 + 36.50,
        replace(
            plain,
            fixed=(RecurringCharge("customer", 2.5, "day"),),
            taxes=(GasTax("sales", 0.055), GasTax("county", 0.02, ("commodity",))),
        ),
        even(10.0),
    )
    meter = GasTariff("dg", TEST, commodity=plain.commodity, delivery=delivery(GasBlock(0.15)))
    both = replace(plain, delivery=delivery(GasBlock(0.2)), cogeneration=meter)
    bill = gas_bill(both, even(10.0), AXIS, machine_fuel_kw_hhv=even(40.0))
    words = "3650 x (0.5 + 0.2) + 14,600 x (0.5 + 0.15)"
    found.append(("two meters, delivery at 25 % off", words, 2555.00 + 9490.00, bill.annual_usd))
    return found


def test_hand_worked_gas_bills(table: Table) -> None:
    found = cases()
    table(
        "gas_bill_hand",
        "Gas bills worked by hand",
        ("case", "by hand", "USD a year", "Brayton", "difference"),
        [(what, words, f"{hand:.2f}", f"{ours:.2f}", f"{round(ours - hand, 4) + 0.0:+.4f}") for what, words, hand, ours in found],
        "Even use over 2018 unless a case says otherwise. Tolerance: half a cent.",
    )
    for what, _, by_hand, ours in found:
        assert abs(ours - by_hand) < CENT_USD, what


def test_the_fg4_example_says_what_it_leaves_out() -> None:
    bill = gas_bill(WE_ENERGIES_FG4, even(50_000 / 365), AXIS)
    assert bill.notes[0].startswith("without customer charge")
    assert any("customers of 10000 to 50000" in note for note in bill.notes)
