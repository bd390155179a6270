"""Elliott and Ingersoll-Rand machines against their published curves (EnergyPlus data set, manufacturers' material of 2007)."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from brayton.gas.air import humidity_ratio
from brayton.machine.matched import match_engine
from brayton.machine.performance import compile_performance
from brayton.machine.record import load_record

Array = NDArray[np.float64]
Table = Callable[..., None]
SEA_LEVEL_KPA = 101.325


def published(shared: Path, unit: str) -> dict[str, Array]:
    """Columns of one machine: air temperature, share of full load, full power at that air, efficiency [%]."""
    text = (shared / "data" / "microturbine_published_curves.csv").read_text().splitlines()
    rows = [row for row in csv.DictReader(line for line in text if not line.startswith("#")) if row["unit"] == unit]
    return {name: np.array([float(row[name]) for row in rows]) for name in ("t_in_C", "plr", "p_full_kW", "eff_LHV_pct")}


def rms(values: Array) -> float:
    return float(np.sqrt(np.mean(values**2)))


def test_ta100_curves_shared(shared: Path, table: Table):
    points = published(shared, "TA100")
    temp, load = points["t_in_C"], points["plr"]
    record = load_record("TA100")
    matched = match_engine(record)
    humidity = humidity_ratio(temp + 273.15, SEA_LEVEL_KPA * 1e3, 0.6)
    full = matched.operate(1e9, temp, SEA_LEVEL_KPA, humidity)
    part = matched.operate(load * points["p_full_kW"] * 1e3, temp, SEA_LEVEL_KPA, humidity)
    power_error = full.net_power / 1e3 / points["p_full_kW"] - 1.0
    eff = 100.0 * part.net_power / (part.fuel_flow * matched.fuel.lhv_j_per_kg)
    eff_error = eff - points["eff_LHV_pct"]
    at_full, in_range = load == 1.0, load >= record.min_load_fraction
    rows = [
        [f"{temp[i]:.0f}", f"{100 * load[i]:.0f}", f"{points['p_full_kW'][i]:.1f}", f"{100 * power_error[i]:+.1f}",
         f"{points['eff_LHV_pct'][i]:.2f}", f"{eff_error[i]:+.2f}", f"{part.exhaust_temp[i] - 273.15:.0f}"]
        for i in range(len(temp))
    ]  # fmt: skip
    rows.append(["rms", "40 to 100", "", f"{100 * rms(power_error[at_full]):.1f}", "", f"{rms(eff_error[in_range]):.2f}", ""])
    worst = (100 * np.max(np.abs(power_error[at_full])), np.max(np.abs(eff_error[in_range])))
    rows.append(["largest", "40 to 100", "", f"{worst[0]:.1f}", "", f"{worst[1]:.2f}", ""])
    table(
        "machine_ta100",
        "TA100 over air temperature and load",
        ["air [degC]", "load [%]", "published full power [kW]", "model [%]", "published efficiency LHV [%]", "model [points]",
         "exhaust [degC], a prediction"],
        rows,
        "Fitted to part load at 15 degC; the curve over air temperature is predicted. The published power falls in a straight "
        "line by 1.26 kW per K from 18.3 degC, steeper in the heat than the model: single points differ by up to 7 % (45 degC). "
        "Limits, over the published points from the lowest load, 40 %, up: power 3 % rms, efficiency 1 point.",
    )  # fmt: skip
    assert rms(power_error[at_full]) <= 0.03
    assert worst[1] <= 1.0


def test_mt70_and_mt250_by_their_tables_shared(shared: Path, table: Table):
    rows = []
    for unit, limit in (("MT70", 90.0), ("MT250", 300.0)):
        points = published(shared, unit)
        performance = compile_performance(load_record(unit))
        full = points["plr"] == 1.0
        humidity = 0.001
        available = performance.available_net_power_kw(points["t_in_C"], SEA_LEVEL_KPA, humidity)
        found = performance.at(points["plr"] * available, points["t_in_C"], SEA_LEVEL_KPA, humidity)
        power_error = available / points["p_full_kW"] - 1.0
        eff_error = 100.0 * found.net_power_kw / found.fuel_power_kw_lhv - points["eff_LHV_pct"]
        cold = float(performance.available_net_power_kw(-15.0, 105.0, humidity))
        rows.append(
            [unit, f"{len(full)}", f"{100 * np.max(np.abs(power_error)):.3f}", f"{np.max(np.abs(eff_error)):.3f}",
             f"{float(available[full].max()):.1f}", f"{performance.rated_net_power_kw:.0f}", f"{cold:.1f}", f"{limit:.0f}"]
        )  # fmt: skip
        assert np.max(np.abs(power_error)) <= 1e-3
        assert np.max(np.abs(eff_error)) <= 0.02
        assert performance.rated_net_power_kw < float(available.max()) <= limit
        assert cold <= limit
    table(
        "machine_published_tables",
        "MT70 and MT250, carried by their published tables",
        ["machine", "points", "power, largest deviation [%]", "efficiency, largest [points]", "at -15 degC [kW]",
         "rating [kW]", "at -15 degC, 105 kPa [kW]", "limit [kW]"],
        rows,
        "The single-shaft engine does not represent these machines: their records say why. Their tables come back at every "
        "point; in the cold they exceed their ratings of 70 and 250 kW, up to 90 and 300 kW.",
    )  # fmt: skip
