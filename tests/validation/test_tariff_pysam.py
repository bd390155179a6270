"""Real tariffs against PySAM (NREL's ssc), run here on the same loads; PySAM reads the records with its own converter."""

from __future__ import annotations

import copy
import csv
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
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
LEFT_OUT = {
    "LIPA_282": ("$/month", {"lookback", "reactive"}, "fixed charge read per month; look-back and reactive charge left out"),
    "PNM_3B_general_power_TOU_customer_transformer": (None, {"reactive"}, "reactive charge left out"),
}
"""Tariffs that are billed only with a word of the caller: PySAM gets the same words."""
REFUSED = {"MGE_WI_Cg4": "demand per day"}
SELL_USD_PER_KWH = 0.031


def pysam_bill(record: dict[str, Any], net_load_kw: NDArray[np.float64]) -> NDArray[np.float64]:
    """Monthly bills of PySAM's utilityrate5 [USD]. Its converter changes the record it is given."""
    from PySAM import Utilityrate5
    from PySAM.UtilityRateTools import URDBv8_to_ElectricityRates

    rates = URDBv8_to_ElectricityRates(copy.deepcopy(record))
    given = {
        "analysis_period": 1,
        "inflation_rate": 0,
        "system_use_lifetime_output": 0,
        "degradation": [0],
        "load_escalation": [0],
        "rate_escalation": [0],
        "en_electricity_rates": 1,
        "ur_en_ts_sell_rate": 0,
        "ur_ts_sell_rate": [0],
        "ur_ts_buy_rate": [0],
        "ur_nm_yearend_sell_rate": 0,
        "ur_monthly_min_charge": 0,
        "ur_annual_min_charge": 0,
        "load": np.maximum(net_load_kw, 0.0).tolist(),
        "gen": np.maximum(-net_load_kw, 0.0).tolist(),
        **rates,
        "ur_metering_option": NET_BILLING,
    }
    model = Utilityrate5.new()
    for name, value in given.items():
        model.value(name, value)
    model.execute(0)
    return np.array(model.Outputs.utility_bill_w_sys_ym[1])


@pytest.fixture(scope="module")
def loads(shared: Path) -> dict[str, NDArray[np.float64]]:
    """Electric load of the DOE reference buildings [kW]."""
    series: dict[str, NDArray[np.float64]] = {}
    for path in sorted((shared / "inputs" / "loads").glob("doe_crb_*.csv.gz")):
        with gzip.open(path, "rt") as file:
            kw = [float(row["electric_total_kw"]) for row in csv.DictReader(file)]
        series[path.name.removeprefix("doe_crb_").removesuffix(".csv.gz")] = np.array(kw)
    return series


def overrides_for(name: str) -> tuple[UrdbOverrides, str]:
    unit, ignore, words = next((words for start, words in LEFT_OUT.items() if name.startswith(start)), (None, set(), ""))
    return UrdbOverrides(unit, frozenset(ignore)), words


def for_pysam(record: dict[str, Any], overrides: UrdbOverrides) -> dict[str, Any]:
    """The record with the same words of the caller: another unit, no look-back (PySAM bills no reactive charge anyway)."""
    kept = {key: value for key, value in record.items() if not ("lookback" in overrides.ignore and key.startswith("lookback"))}
    return {**kept, "fixedchargeunits": overrides.fixed_charge_unit or record["fixedchargeunits"]}


def test_real_tariffs_against_pysam_shared(shared: Path, loads: dict[str, NDArray[np.float64]], table: Table) -> None:
    rows: list[list[object]] = []
    worst = 0.0
    for path in sorted((shared / "inputs" / "tariffs").glob("*.json")):
        refused = next((why for start, why in REFUSED.items() if path.name.startswith(start)), None)
        if refused:
            with pytest.raises(InputError):
                read_urdb(path)
            rows.append([path.stem, "", "", "", f"refused: {refused}"])
            continue
        overrides, words = overrides_for(path.name)
        if words:
            with pytest.raises(InputError):
                read_urdb(path)
        tariff, record = read_urdb(path, overrides), for_pysam(json.loads(path.read_text()), overrides)
        ours = {name: bill(tariff, load, MONDAY_YEAR).annual_usd for name, load in loads.items()}
        theirs = {name: float(pysam_bill(record, load).sum()) for name, load in loads.items()}
        largest = max(abs(ours[name] - theirs[name]) for name in loads)
        worst = max(worst, largest)
        shown = "Supermarket_Baltimore"
        rows.append([path.stem, f"{theirs[shown]:.2f}", f"{ours[shown]:.2f}", f"{largest:.2e}", words])
    table(
        "tariffs_pysam",
        "Annual bills under real tariffs, Brayton and PySAM",
        ["tariff", "PySAM [USD]", "Brayton [USD]", "largest difference of 15 loads [USD]", "remark"],
        rows,
        note=(
            "The bills shown are those of the DOE reference supermarket in Baltimore, delivery-only rates without supply. "
            "Calendar: a year that begins on a Monday, without daylight saving. PySAM takes a twelfth of 365 days of a daily "
            "charge each month, Brayton the days of the month; the year is the same."
        ),
    )
    assert len(rows) == 14
    assert worst < CENT


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
