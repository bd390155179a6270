"""Standby bills against amounts worked by hand, each written out beside its case.

One year, 2018, serves all cases: a load of 100 kW, two machines of 30 kW that run whenever they can, and three outages:

- planned: both machines, Monday 5 March 0:00, 48 h: 60 kW on two days, 2880 kWh;
- forced: one machine, Tuesday 10 July 6:00, 12 h: 30 kW on one day, 360 kWh;
- forced: both machines, Monday 20 August 20:00, 8 h: 60 kW on two days, 480 kWh.

No published standby bill with its readings is at hand; the oracle is the arithmetic of the riders' own words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from brayton.core.records import parse_record
from brayton.core.timeaxis import TimeAxis
from brayton.site.bill import bill
from brayton.site.standby import DepartingLoad, StandbyService, standby_from_table
from brayton.site.standby_bill import StandbyUse, departing_load_lines, standby_lines, standby_use
from brayton.site.tariff_toml import tariff_from_table

Table = Callable[..., None]
AXIS = TimeAxis(2018)
SOURCE = {"title": "made for a test", "date": "2024", "basis": "estimate", "note": "round figures"}
CENT_USD = 0.005
"""Tolerance: the cent that a bill is printed to."""


def able(*outages: tuple[str, int, int]) -> np.ndarray:
    """Share of two machines that are not out; start, length in hours and machines of each outage."""
    share = np.ones(AXIS.steps)
    for start, hours, machines in outages:
        first = int(np.searchsorted(AXIS.stamps, np.datetime64(start)))
        share[first : first + hours] -= machines / 2
    return share


PLANNED = able(("2018-03-05T00", 48, 2))
ABLE = PLANNED * able(("2018-07-10T06", 12, 1), ("2018-08-20T20", 8, 2))


def service(**keys: Any) -> StandbyService:
    return standby_from_table({"name": "s", "source": SOURCE, "contract_kw": 60.0, "split": "normal_generation", **keys})


def used(of: StandbyService) -> StandbyUse:
    return standby_use(
        of,
        AXIS,
        load_kw=np.full(AXIS.steps, 100.0),
        generation_kw=60.0 * ABLE,
        availability=ABLE,
        planned_availability=PLANNED,
        normal_generation_kw=np.full(AXIS.steps, 60.0),
    )


def usd(base_usd_per_kwh: float = 0.0, **keys: Any) -> float:
    of = service(**keys)
    return sum(line.amount_usd for line in standby_lines(of, used(of), base_usd_per_kwh=base_usd_per_kwh))


WEEK = [{"name": "day", "days": "weekdays", "hours": [[6, 22]], "usd_per_kwh": 0.20}, {"name": "rest", "usd_per_kwh": 0.05}]


def cases() -> list[tuple[str, str, float, float]]:
    """What is billed, the arithmetic in words, the amount by hand, and ours [USD a year]."""
    fee = parse_record(DepartingLoad, {"name": "exit fee", "source": SOURCE, "usd_per_kwh": 0.005, "usd_per_kw_month": 1.5})
    left = sum(line.amount_usd for line in departing_load_lines(fee, np.full(AXIS.steps, 60.0), AXIS, rated_kw=60.0))
    return [
        (
            "administration and reservation",
            "12 x 75 + 12 x 60 x 2.5",
            900.00 + 1800.00,
            usd(administration_usd_per_month=75.0, reservation_usd_per_kw_month=2.5),
        ),
        (
            "contract of 50, exceeded in March and reset",
            "(3 x 50 + 9 x 60) x 2.5 + 10 x 30",
            1725.00 + 300.00,
            usd(contract_kw=50.0, reservation_usd_per_kw_month=2.5, excess_usd_per_kw=30.0, excess_resets_contract=True),
        ),
        (
            "contract of 50, exceeded in March and August",
            "12 x 50 x 2.5 + 2 x 10 x 30",
            1500.00 + 600.00,
            usd(contract_kw=50.0, reservation_usd_per_kw_month=2.5, excess_usd_per_kw=30.0),
        ),
        (
            "backup by day, maintenance by day",
            "(30 + 2 x 60) x 0.55 + 2 x 60 x 0.25",
            82.50 + 30.00,
            usd(backup_usd_per_kw_day=0.55, maintenance_usd_per_kw_day=0.25),
        ),
        (
            "the same, one outage included",
            "2 x 60 x 0.55 + 2 x 60 x 0.25",
            66.00 + 30.00,
            usd(backup_usd_per_kw_day=0.55, maintenance_usd_per_kw_day=0.25, included_outages=1),
        ),
        (
            "the same, 16 hours included: 12 of July, 4 of 20 August",
            "60 x 0.55 + 2 x 60 x 0.25",
            33.00 + 30.00,
            usd(backup_usd_per_kw_day=0.55, maintenance_usd_per_kw_day=0.25, included_hours=16.0),
        ),
        (
            "the same, maintenance of one day a year",
            "(60 + 30 + 2 x 60) x 0.55 + 60 x 0.25",
            115.50 + 15.00,
            usd(backup_usd_per_kw_day=0.55, maintenance_usd_per_kw_day=0.25, maintenance_days=1),
        ),
        (
            "backup by month with ratchet of one half",
            "(30 + 60 + 4 x 30) x 4 + 2 x 60 x 0.25",
            840.00 + 30.00,
            usd(backup_usd_per_kw_month=4.0, backup_ratchet=0.5, maintenance_usd_per_kw_day=0.25),
        ),
        (
            "energy at the tariff's 0.10 and adders",
            "840 x 0.105 + 2880 x 0.10",
            88.20 + 288.00,
            usd(0.10, backup_adder_usd_per_kwh=0.005, maintenance_adder_usd_per_kwh=0.0),
        ),
        # by day 6-22: July all 12 h at 30 kW; August 2 h at 60 kW; March 2 days of 16 h at 60 kW
        (
            "energy at prices of its own",
            "(360 + 120 + 1920) x 0.20 + (360 + 960) x 0.05",
            480.00 + 66.00,
            usd(backup_energy=WEEK),
        ),
        (
            "split by a contract of 50",
            "50 x 48 x 0.04 + (25 x 12 + 50 x 8) x 0.20",
            96.00 + 140.00,
            usd(
                contract_kw=50.0,
                split="contract",
                backup_energy=[{"name": "all", "usd_per_kwh": 0.20}],
                maintenance_energy=[{"name": "all", "usd_per_kwh": 0.04}],
            ),
        ),
        (
            "split of the whole site, as used by day",
            "(365 x 40 + 2 x 60 + 30 + 2 x 60) x 0.30",
            4461.00,
            usd(split="whole_site", contract_kw=100.0, backup_usd_per_kw_day=0.30),
        ),
        ("departing load", "60 x 8760 x 0.005 + 12 x 60 x 1.5", 2628.00 + 1080.00, left),
    ]


def test_hand_worked_standby_bills(table: Table) -> None:
    found = cases()
    rows = [
        (what, words, f"{hand:.2f}", f"{ours:.2f}", f"{round(ours - hand, 4) + 0.0:+.4f}") for what, words, hand, ours in found
    ]
    table(
        "standby_hand",
        "Standby bills worked by hand",
        ("case", "by hand", "USD a year", "Brayton", "difference"),
        rows,
        "2018, load of 100 kW, two machines of 30 kW; both out by plan for 48 h from 5 March, one by force for 12 h on 10 July, "
        "both for 8 h from 20 August 20:00. Tolerance: half a cent.",
    )
    for what, _, by_hand, ours in found:
        assert abs(ours - by_hand) < CENT_USD, what


def test_a_trip_sets_the_full_tariffs_peak_only_where_there_is_no_standby_service() -> None:
    """At 10 USD/kW without standby service July is billed 70 kW, March and August 100, other months 40; with it 40 throughout."""
    tariff = tariff_from_table({"name": "t", "source": SOURCE, "flat_demand": [{"name": "peak", "usd_per_kw": 10.0}]})
    use = used(service())
    alone = bill(tariff, use.full_kw + use.backup_kw + use.maintenance_kw, AXIS).annual_usd
    beside = bill(tariff, use.full_kw, AXIS).annual_usd
    assert abs(alone - 10.0 * (9 * 40 + 70 + 2 * 100)) < CENT_USD
    assert abs(beside - 10.0 * 12 * 40) < CENT_USD
