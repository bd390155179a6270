"""Bills with known answers: cases of SAM's own tests, a worked time-of-use demand bill, and REopt's tariff cases."""

from __future__ import annotations

import csv
import gzip
import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from brayton.core.provenance import Source
from brayton.core.timeaxis import TimeAxis
from brayton.site.bill import Bill, bill
from brayton.site.billing_demand import Ratchet
from brayton.site.export_credit import ExportMethod, ExportRule
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
from brayton.site.tariff_toml import tariff_from_table
from brayton.site.urdb import UrdbOverrides, read_urdb, urdb_tariff

Table = Callable[..., None]
Rows = list[list[float]]
CENT = 0.005
MONDAY_YEAR = TimeAxis(2018)
"""ssc's calendar: 8760 h from a Monday."""
REOPT_YEAR = TimeAxis(2017)
METHODS: tuple[ExportMethod, ...] = (
    "net_metering",
    "net_metering_credits",
    "net_billing",
    "net_billing_carryover",
    "buy_all_sell_all",
)
"""In the order of ssc's numbers."""
SOURCE = Source("oracle", "2024", "derived")


def schedule(weekday: Rows, weekend: Rows) -> Schedule:
    def from_nought(rows: Rows) -> Matrix:
        return tuple(tuple(int(period) - 1 for period in row) for row in rows)

    return Schedule(from_nought(weekday), from_nought(weekend))


def limit(value: float) -> float:
    return math.inf if value > 1e37 else value


def grouped(rows: Rows) -> list[Rows]:
    """Rows of a matrix by the number in their first column."""
    return [[row for row in rows if row[0] == number] for number in sorted({row[0] for row in rows})]


def energy(rows: Rows, weekday: Rows, weekend: Rows) -> EnergyCharge:
    tiers = [tuple(EnergyTier(row[4], 0.0, limit(row[2]), row[5]) for row in group) for group in grouped(rows)]
    return EnergyCharge(tuple(EnergyPeriod(f"{i + 1}", t) for i, t in enumerate(tiers)), schedule(weekday, weekend))


def demand_periods(rows: Rows) -> tuple[DemandPeriod, ...]:
    tiers = [tuple(DemandTier(row[3], 0.0, limit(row[2])) for row in group) for group in grouped(rows)]
    return tuple(DemandPeriod(f"{i + 1}", t) for i, t in enumerate(tiers))


def ssc_tariff(case: dict[str, Any]) -> Tariff:
    has_demand = case["ur_dc_enable"] == 1.0
    return Tariff(
        "ssc",
        SOURCE,
        energy=energy(case["ur_ec_tou_mat"], case["ur_ec_sched_weekday"], case["ur_ec_sched_weekend"]),
        tou_demand=TouDemandCharge(
            demand_periods(case["ur_dc_tou_mat"]), schedule(case["ur_dc_sched_weekday"], case["ur_dc_sched_weekend"])
        )
        if has_demand
        else None,
        flat_demand=FlatDemandCharge(demand_periods(case["ur_dc_flat_mat"]), tuple(range(12))) if has_demand else None,
        fixed=(RecurringCharge("fixed", case["ur_monthly_fixed_charge"], "month"),),
        export=ExportRule(METHODS[int(case["ur_metering_option"])]),
    )


def monthly(result: Bill) -> NDArray[np.float64]:
    return np.array([month.total_usd for month in result.months])


@pytest.fixture(scope="module")
def ssc(shared: Path) -> tuple[dict[str, Any], dict[str, NDArray[np.float64]]]:
    """SAM's cases and the series they use."""
    with gzip.open(shared / "oracles" / "ssc_series.csv.gz", "rt") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    series = {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}
    return json.loads((shared / "oracles" / "ssc_tariff_cases.json").read_text()), series


def test_ssc_commercial_cases_shared(ssc: tuple[dict[str, Any], dict[str, NDArray[np.float64]]], table: Table) -> None:
    cases, series = ssc
    load, rows, worst = series["load_commercial"], [], 0.0
    generations = {"without": np.zeros(8760), "with": series["generation_file"], "with (as read)": series["generation_as_read"]}
    annual = {"without": "annual_without", "with": "annual_with", "with (as read)": "annual_with_generation_as_read"}
    for name in ("Test_Commercial_Demand_Charges", "Test_Commercial_Energy_Tiers_net_billing"):
        given, resolved = cases[name]["inputs"], cases[name]["resolved_with_pysam"]
        for generation, kw in generations.items():
            if annual[generation] not in resolved:
                continue
            expected = resolved[annual[generation]]
            result = bill(ssc_tariff(given), load - kw, MONDAY_YEAR)
            by_month = resolved.get(f"monthly_bill_{generation}_generation", monthly(result))
            worst = max(worst, abs(result.annual_usd - expected), float(np.abs(monthly(result) - by_month).max()))
            rows.append([name, generation, f"{expected:.2f}", f"{result.annual_usd:.2f}", f"{result.annual_usd - expected:.6f}"])
    tiers = bill(ssc_tariff(cases["Test_Commercial_Energy_Tiers_net_billing"]["inputs"]), load, MONDAY_YEAR)
    april = [line.quantity for line in tiers.lines if line.month == 4 and line.item == "energy"]
    table(
        "bill_ssc_cases",
        "Annual bills of SAM's commercial tariff cases",
        ["case", "generation", "SAM [USD]", "Brayton [USD]", "difference [USD]"],
        rows,
        note="NREL ssc test cases run again with PySAM; the twelve months agree to the cent too. SAM's year begins on a Monday.",
    )
    assert worst < CENT
    expected_tiers = cases["Test_Commercial_Energy_Tiers_net_billing"]["expected"]["april_energy_by_tier_kwh"]
    assert april == pytest.approx(expected_tiers, abs=1e-2)


def test_ssc_demand_library_cases_shared(ssc: tuple[dict[str, Any], dict[str, NDArray[np.float64]]]) -> None:
    cases, _ = ssc
    case = cases["lib_tou_demand_tiers"]
    hours: Matrix = ((1,) * 15 + (0,) * 5 + (1,) * 4,) * 12
    charge = TouDemandCharge(demand_periods(case["inputs"]["tou_tiers"]), Schedule(hours, hours))
    day = np.array(case["inputs"]["hourly_load_first_day_kw"], dtype=float)
    result = bill(Tariff("tou", SOURCE, tou_demand=charge), np.tile(day, 365), MONDAY_YEAR)
    assert result.months[0].demand_usd == pytest.approx(case["expected"]["demand_charge_usd"], abs=CENT)

    case = cases["lib_seasonal_flat_demand"]
    periods = tuple(DemandPeriod(str(usd), (DemandTier(usd),)) for usd in case["inputs"]["flat_usd_per_kw"])
    seasonal = Tariff("flat", SOURCE, flat_demand=FlatDemandCharge(periods, tuple(range(12))))
    months = bill(seasonal, np.tile(day, 365), MONDAY_YEAR).months
    assert months[0].demand_usd == pytest.approx(case["expected"]["january_usd"], abs=CENT)
    assert months[5].demand_usd == pytest.approx(case["expected"]["june_usd"], abs=CENT)


def test_time_of_use_demand_bill_shared(shared: Path, table: Table) -> None:
    oracle = json.loads((shared / "oracles" / "tou_demand_bill.json").read_text())
    given = oracle["inputs"]
    profile = gzip.decompress((shared / "inputs/loads/reference/Baltimore_Supermarket.csv.gz").read_bytes()).decode().splitlines()
    load = np.round(np.array([float(line.split(",")[0]) for line in profile[2:]]) * 2018760, 3)
    assert load.sum() == pytest.approx(given["load_sum_kwh"], abs=1e-3)
    generator = np.full(8760, 60.0)
    for begin, end in given["generator_off_hours_0based"]:
        generator[begin:end] = 0.0
    tariff = Tariff(
        "synthetic",
        SOURCE,
        energy=energy(given["energy_matrix"], given["energy_schedule_weekday"], given["energy_schedule_weekend"]),
        tou_demand=TouDemandCharge(
            demand_periods(given["demand_tou_matrix"]),
            schedule(given["demand_schedule_weekday"], given["demand_schedule_weekend"]),
        ),
        flat_demand=FlatDemandCharge(demand_periods(given["demand_flat_matrix"]), tuple(range(12))),
        fixed=(RecurringCharge("fixed", given["fixed_charge_per_month"], "month"),),
    )
    rows, worst = [], 0.0
    for name, net in (("A_load_only", load), ("B_with_60kW_generator", load - generator)):
        expected, result = oracle["results"][name], bill(tariff, net, MONDAY_YEAR)
        for part, values in parts_of(result).items():
            deviation = float(np.abs(np.array(values) - expected[part]).max())
            worst = max(worst, deviation)
            rows.append([name, part, f"{sum(expected[part]):.2f}", f"{sum(values):.2f}", f"{deviation:.5f}"])
        worst = max(worst, abs(result.annual_usd - expected["annual_bill"]))
    given_ratchet = given["ratchet"]
    ratcheted = replace(tariff, ratchet=Ratchet((given_ratchet["percent"] / 100,) * 12, given_ratchet["lookback_months"]))
    peaks = np.array(given_ratchet["year_zero_peaks_kw"])
    for name, net in (("C_load_only_ratchet", load), ("D_with_60kW_generator_ratchet", load - generator)):
        expected = ratcheted_by_hand(given, net, peaks)
        result = bill(ratcheted, net, MONDAY_YEAR, previous_peaks_kw=peaks)
        for part in ("tou_demand_charge", "flat_demand_charge"):
            values = parts_of(result)[part]
            deviation = float(np.abs(np.array(values) - expected[part]).max())
            worst = max(worst, deviation)
            rows.append([name, part, f"{sum(expected[part]):.2f}", f"{sum(values):.2f}", f"{deviation:.5f}"])
    table(
        "bill_tou_demand",
        "A year of time-of-use energy and demand in tiers, month by month",
        ["case", "part", "expected, year [USD]", "Brayton, year [USD]", "largest monthly difference [USD]"],
        rows,
        note=(
            "A and B: PySAM's figures. C and D: each month is billed on the higher of its own peak and 80 % of the highest peak "
            "of the eleven months before it and of the year before, flat and in each period of time-of-use demand; expected from "
            "a loop over the months that is written in the test."
        ),
    )
    assert worst < CENT


def parts_of(result: Bill) -> dict[str, list[float]]:
    """Charges of each month by the names of the oracle [USD]."""

    def of(item: str) -> list[float]:
        return [math.fsum(line.amount_usd for line in result.lines if (line.item, line.month) == (item, m)) for m in range(1, 13)]

    items = {"energy_charge": "energy", "tou_demand_charge": "tou_demand", "flat_demand_charge": "flat_demand"}
    parts = {part: of(item) for part, item in {**items, "fixed_charge": "fixed"}.items()}
    return {**parts, "bill": list(monthly(result))}


def ratcheted_by_hand(given: dict[str, Any], net: NDArray[np.float64], previous: NDArray[np.float64]) -> dict[str, list[float]]:
    """Demand charges under the ratchet of the oracle, month by month and tier by tier [USD]."""
    own = [float(net[MONDAY_YEAR.month == month].max()) for month in range(12)]
    peaks = [*previous.tolist(), *own]

    def charge(tiers: Rows, kw: float) -> float:
        usd, lower = 0.0, 0.0
        for *_, upper, price in tiers:
            usd += max(min(kw, upper) - lower, 0.0) * price
            lower = upper
        return usd

    tou, flat = [], []
    for month in range(12):
        billed = max(own[month], 0.8 * max(peaks[month + 1 : month + 12]))
        flat.append(charge([row for row in given["demand_flat_matrix"] if row[0] == month], billed))
        present = {*given["demand_schedule_weekday"][month], *given["demand_schedule_weekend"][month]}
        tou.append(sum(charge([row for row in given["demand_tou_matrix"] if row[0] == period], billed) for period in present))
    return {"tou_demand_charge": tou, "flat_demand_charge": flat}


def test_reopt_tariff_cases_shared(shared: Path, table: Table) -> None:
    oracles = shared / "oracles"
    peer = {case["id"]: case["peer_expected"] for case in json.loads((oracles / "reopt_cases.json").read_text())["cases"]}
    source = {"title": "REopt test case", "date": "2024", "basis": "secondary"}

    fpl = bill(read_urdb(oracles / "reopt_tariffs" / "fpl_rs1.json"), np.full(8760, 24000 / 8760), REOPT_YEAR)
    blended = tariff_from_table(
        {
            "name": "blended",
            "source": source,
            "energy": [{"name": "all", "usd_per_kwh": 0.1}],
            "flat_demand": [{"name": "all", "usd_per_kw": 10}],
        }
    )
    flat = bill(blended, np.full(8760, 10000 / 8760), REOPT_YEAR)

    def windows(*first_and_last: tuple[int, int]) -> list[dict[str, int]]:
        """Windows from REopt's time steps, counted from 1."""
        starts = [REOPT_YEAR.stamps[first - 1].item() for first, _ in first_and_last]
        lengths = [last - first + 1 for first, last in first_and_last]
        return [{"month": s.month, "day": s.day, "hour": s.hour, "hours": n} for s, n in zip(starts, lengths, strict=True)]

    peaks = [
        {"name": "first", "usd_per_kw": 10, "windows": windows((1, 2), (100, 100))},
        {"name": "second", "usd_per_kw": 5, "windows": windows((6000, 7000))},
    ]
    coincident = bill(
        tariff_from_table(
            {"name": "n", "source": source, "energy": [{"name": "all", "usd_per_kwh": 1}], "coincident_peak": peaks}
        ),
        np.ones(8760),
        REOPT_YEAR,
    )
    record = json.loads((oracles / "reopt_tariffs" / "wallingford_primary.json").read_text())
    ranged = {**record, "demandratchetpercentage": None, "lookbackpercent": 0.35, "lookbackrange": 3}
    peaks = (500, 480, 450, 120, 100, 300, 800, 700, 200, 150, 160, 170)
    by_listed_months, by_range = (
        bill(urdb_tariff(rate, UrdbOverrides(ignore=frozenset({"reactive"}))), np.array(peaks)[REOPT_YEAR.month], REOPT_YEAR)
        for rate in (record, ranged)
    )
    # rule (a): every month bills at least 35 % of the highest peak of the listed months, here all; rule (b): of the three before
    rule_a = [max(kw, 0.35 * 800) for kw in peaks]
    rule_b = [max(peaks[month], *(0.35 * peaks[month - back] for back in (1, 2, 3))) for month in range(12)]
    of_month = [10.5] * 4 + [11.5] * 6 + [10.5] * 2
    tiered = json.loads((oracles / "reopt_scenarios" / "tiered_tou_demand.json").read_text())["ElectricTariff"]["urdb_response"]
    tou = bill(urdb_tariff(tiered), np.full(8760, 1e6 / 8760), REOPT_YEAR)

    def year(result: Bill, *items: str) -> float:
        return math.fsum(line.amount_usd for line in result.lines if line.item in items)

    cases = [
        ("RE-TAR-1", "tiered energy", peer["RE-TAR-1"]["year1_energy_usd"], year(fpl, "energy")),
        ("RE-TAR-5", "flat energy", peer["RE-TAR-5"]["year1_energy_usd"], year(flat, "energy")),
        ("RE-TAR-5", "flat demand", peer["RE-TAR-5"]["year1_demand_usd"], year(flat, "flat_demand")),
        ("RE-TAR-6", "coincident peak", peer["RE-TAR-6"]["year1_coincident_peak_usd"], year(coincident, "coincident_peak")),
        (
            "rule (a)",
            "look-back of the Northford rate, by listed months",
            math.fsum(kw * usd for kw, usd in zip(rule_a, of_month, strict=True)),
            year(by_listed_months, "flat_demand"),
        ),
        (
            "rule (b)",
            "look-back of three months, round December",
            math.fsum(kw * usd for kw, usd in zip(rule_b, of_month, strict=True)),
            year(by_range, "flat_demand"),
        ),
        ("RE-TAR-7", "tiered time-of-use demand", peer["RE-TAR-7"]["year1_demand_usd"], year(tou, "tou_demand")),
    ]
    table(
        "bill_reopt_cases",
        "REopt's tariff cases",
        ["case", "charge", "REopt [USD/year]", "Brayton [USD/year]", "difference [USD]"],
        [[name, charge, f"{expected:.2f}", f"{ours:.2f}", f"{ours - expected:.4f}"] for name, charge, expected, ours in cases],
        note="The look-backs are REopt's two rules, worked out by month in the test; its own cases have no figure for them.",
    )
    for name, _, expected, ours in cases:
        assert ours == pytest.approx(expected, abs=CENT), name
