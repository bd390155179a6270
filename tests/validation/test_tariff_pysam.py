"""Real tariffs against PySAM (NREL's ssc), run here on the same loads; PySAM reads the records with its own converter."""

from __future__ import annotations

import copy
import csv
import gzip
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pysam_bills
import pytest
from numpy.typing import NDArray

from brayton.core.errors import InputError
from brayton.core.timeaxis import TimeAxis
from brayton.site.bill import bill
from brayton.site.urdb import UrdbOverrides, read_urdb, urdb_tariff

pytest.importorskip("PySAM")

Table = Callable[..., None]
CENT = 0.005
MONDAY_YEAR = TimeAxis(2018)
NET_BILLING = 2
REMARKS = {
    "LIPA_282": "fixed charge read per month; 70 % look-back; reactive charge left out",
    "PNM_3B_general_power_TOU_customer_transformer": "reactive charge left out",
    "MGE_WI_Cg4": "demand per kW and day, on the month's peak times its days",
}
UNIT_MEANT = {"LIPA_282": "$/month"}
"""Fixed charges whose unit the record misprints."""
DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
SELL_USD_PER_KWH = 0.031


def pysam_bill(record: dict[str, Any], net_load_kw: NDArray[np.float64]) -> NDArray[np.float64]:
    """Monthly bills of PySAM's utilityrate5 [USD]. Its converter changes the record it is given.

    Its converter leaves the look-back of listed months without a reach, and lets no month's own peak count in full: a bill
    below the month's own demand, which no ratchet means. Both are put right here.
    """
    from PySAM.UtilityRateTools import URDBv8_to_ElectricityRates

    rates = URDBv8_to_ElectricityRates(copy.deepcopy(record))
    if rates["ur_enable_billing_demand"]:
        listed = [percent for percent, _ in rates["ur_billing_demand_lookback_percentages"]]
        rates["ur_billing_demand_lookback_percentages"] = [[percent, 1] for percent in listed]
        rates["ur_billing_demand_lookback_period"] = record.get("lookbackrange") or 11
        month = MONDAY_YEAR.month
        rates["ur_yearzero_usage_peaks"] = [float(net_load_kw[month == index].max()) for index in range(12)]
    net_billed = rates | {"ur_metering_option": NET_BILLING}
    return pysam_bills.months_usd(np.maximum(net_load_kw, 0.0), np.maximum(-net_load_kw, 0.0), net_billed)


@pytest.fixture(scope="module")
def loads(shared: Path) -> dict[str, NDArray[np.float64]]:
    """Electric load of the DOE reference buildings [kW]."""
    series: dict[str, NDArray[np.float64]] = {}
    for path in sorted((shared / "inputs" / "loads").glob("doe_crb_*.csv.gz")):
        with gzip.open(path, "rt") as file:
            kw = [float(row["electric_total_kw"]) for row in csv.DictReader(file)]
        series[path.name.removeprefix("doe_crb_").removesuffix(".csv.gz")] = np.array(kw)
    return series


def overrides_for(name: str) -> UrdbOverrides:
    unit = next((unit for start, unit in UNIT_MEANT.items() if name.startswith(start)), None)
    return UrdbOverrides(unit, frozenset({"reactive"}))


def for_pysam(record: dict[str, Any], overrides: UrdbOverrides) -> dict[str, Any]:
    """The record with the same words of the caller; prices per kW and day as twelve prices per month, by the days of each."""
    record = {**record, "fixedchargeunits": overrides.fixed_charge_unit or record["fixedchargeunits"]}
    if record.get("demandrateunit") == record.get("flatdemandunit") == "kW daily":
        flat, months = record["flatdemandstructure"], record["flatdemandmonths"]
        record["flatdemandstructure"] = [[{"rate": flat[months[m]][0]["rate"] * days}] for m, days in enumerate(DAYS)]
        record["flatdemandmonths"] = list(range(12))
        record["demandratestructure"] = [[{"rate": record["demandratestructure"][0][0]["rate"] * days}] for days in DAYS]
        by_month = [[m] * 24 for m in range(12)]
        record |= {"demandweekdayschedule": by_month, "demandweekendschedule": copy.deepcopy(by_month)}
    return record


def test_real_tariffs_against_pysam_shared(shared: Path, loads: dict[str, NDArray[np.float64]], table: Table) -> None:
    rows: list[list[object]] = []
    worst = 0.0
    for path in sorted((shared / "inputs" / "tariffs").glob("*.json")):
        overrides = overrides_for(path.name)
        tariff, record = read_urdb(path, overrides), for_pysam(json.loads(path.read_text()), overrides)
        ours = {name: bill(tariff, load, MONDAY_YEAR).annual_usd for name, load in loads.items()}
        theirs = {name: float(pysam_bill(record, load).sum()) for name, load in loads.items()}
        largest = max(abs(ours[name] - theirs[name]) for name in loads)
        worst = max(worst, largest)
        shown = "Supermarket_Baltimore"
        remark = next((words for start, words in REMARKS.items() if path.name.startswith(start)), "")
        rows.append([path.stem, f"{theirs[shown]:.2f}", f"{ours[shown]:.2f}", f"{largest:.2e}", remark])
    table(
        "tariffs_pysam",
        "Annual bills under real tariffs, Brayton and PySAM",
        ["tariff", "PySAM [USD]", "Brayton [USD]", "largest difference of 15 loads [USD]", "remark"],
        rows,
        note=(
            "The bills shown are those of the DOE reference supermarket in Baltimore, delivery-only rates without supply. "
            "Calendar: a year that begins on a Monday, without daylight saving. PySAM takes a twelfth of 365 days of a daily "
            "charge each month, Brayton the days of the month; the year is the same. PySAM's converter of URDB records leaves "
            "a look-back without its months and the month's own peak out of it; here it is given both. The year itself "
            "stands for the year before."
        ),
    )
    assert len(rows) == 14
    assert worst < CENT


def test_what_a_record_cannot_tell_is_asked_for_shared(shared: Path, loads: dict[str, NDArray[np.float64]]) -> None:
    folder, load = shared / "inputs" / "tariffs", loads["Supermarket_Baltimore"]
    lipa = next(folder.glob("LIPA_282*"))
    with pytest.raises(InputError, match="--fixed-charge-unit"):
        read_urdb(lipa)
    tariff = read_urdb(lipa, UrdbOverrides("$/month"))
    with pytest.raises(InputError, match=r"power_factor = None: .*0\.27 USD per kvar.*--power-factor 0\.9.*--ignore reactive"):
        bill(tariff, load, MONDAY_YEAR)
    reactive = [line for line in bill(tariff, load, MONDAY_YEAR, power_factor=0.9).lines if line.item == "reactive"]
    peaks = [load[MONDAY_YEAR.month == month].max() for month in range(12)]
    assert [line.quantity for line in reactive] == pytest.approx([kw * math.tan(math.acos(0.9)) for kw in peaks])


def test_exports_and_minimum_charges_against_pysam_shared(
    shared: Path, loads: dict[str, NDArray[np.float64]], table: Table
) -> None:
    """A generator of 150 kW without pause; the record gets a sell price in two tiers of exports, and a minimum charge."""
    net = loads["Supermarket_Baltimore"] - 150.0
    path = next((shared / "inputs" / "tariffs").glob("WeEnergies_WI_Cg3*"))
    rows: list[list[object]] = []
    worst = 0.0
    for words, changes in {
        "sell price": {},
        "sell price, minimum per month": {"mincharge": 9000.0, "minchargeunits": "$/month"},
        "sell price, minimum per year": {"mincharge": 120000.0, "minchargeunits": "$/year"},
    }.items():
        record = {**json.loads(path.read_text()), **changes}
        for period in record["energyratestructure"]:
            period[0] |= {"sell": SELL_USD_PER_KWH, "max": 5000.0}
            period.append({**period[0], "sell": 0.5 * SELL_USD_PER_KWH, "rate": 1.2 * period[0]["rate"], "max": 1e38})
        ours = np.array([month.total_usd for month in bill(urdb_tariff(record), net, MONDAY_YEAR).months])
        theirs = pysam_bill(record, net)
        worst = max(worst, float(np.abs(ours - theirs).max()))
        rows.append([words, f"{theirs.sum():.2f}", f"{ours.sum():.2f}", f"{np.abs(ours - theirs).max():.2e}"])
    table(
        "tariffs_pysam_exports",
        "Net billing of exports and minimum charges, Brayton and PySAM",
        ["record", "PySAM [USD/year]", "Brayton [USD/year]", "largest monthly difference [USD]"],
        rows,
        note="We Energies Cg3 with added tiers of energy and of exports; load of the reference supermarket less 150 kW.",
    )
    assert worst < CENT
