"""Humid air against psychrolib, the standard atmosphere against the NPSS ambient table."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from brayton.core.units import PA_PER_PSI
from brayton.gas.air import (
    DRY_AIR,
    humidity_ratio,
    relative_humidity,
    saturation_pressure_pa,
    standard_pressure_pa,
    standard_temp_k,
)
from brayton.gas.properties import h, s0, t_from_h

M_PER_FT = 0.3048
RANKINE_PER_K = 1.8


def test_humid_air_agrees_with_psychrolib(table):
    psychrolib = pytest.importorskip("psychrolib")
    psychrolib.SetUnitSystem(psychrolib.SI)
    rows = []
    for celsius in (-30.0, -10.0, 0.0, 0.02, 15.0, 32.0, 45.0):
        for pressure in (75e3, 101325.0):
            temp = celsius + 273.15
            saturation = float(saturation_pressure_pa(temp) / psychrolib.GetSatVapPres(celsius) - 1.0)
            reference = psychrolib.GetHumRatioFromRelHum(celsius, 0.6, pressure)
            ratio = float(humidity_ratio(temp, pressure, 0.6) / reference - 1.0)
            back = float(relative_humidity(temp, pressure, reference) / 0.6 - 1.0)
            rows.append((celsius, pressure / 1e3, saturation * 100.0, ratio * 100.0, back * 100.0))
    table(
        "gas_psychrolib",
        "Humid air against psychrolib",
        [
            "dry bulb [degC]",
            "pressure [kPa]",
            "saturation pressure [%]",
            "humidity ratio at 60 % [%]",
            "relative humidity back [%]",
        ],
        [(t, p, f"{a:+.1e}", f"{b:+.1e}", f"{c:+.1e}") for t, p, a, b, c in rows],
        "ASHRAE rounds the ratio of molar masses to 0.621945; ours follows from the composition of dry air. Limit 0.01 %.",
    )
    assert np.max(np.abs(np.array(rows)[:, 2:])) <= 0.01


def test_standard_atmosphere_agrees_with_shared_npss(shared: Path, table):
    """Static and total states: altitude gives the static one, Mach number the total one (isentropic, real cp of dry air)."""
    lines = [line for line in (shared / "oracles" / "npss_ambient.csv").read_text().splitlines() if not line.startswith("#")]
    gas_constant, c = DRY_AIR.gas_constant_j_per_kg_k, DRY_AIR.coefficients
    rows = []
    for case in csv.DictReader(lines):
        altitude, mach, offset = float(case["alt"]) * M_PER_FT, float(case["MN"]), float(case["dTs"]) / RANKINE_PER_K
        static_k = float(standard_temp_k(altitude)) + offset
        static_pa = float(standard_pressure_pa(altitude))
        heat = float(DRY_AIR.cp_j_per_kg_k(static_k))
        speed = mach * (heat / (heat - gas_constant) * gas_constant * static_k) ** 0.5
        total_k = t_from_h(c, h(c, static_k) + speed**2 / 2.0, static_k)
        total_pa = static_pa * np.exp((s0(c, total_k) - s0(c, static_k)) / gas_constant)
        reference = (
            float(case["Ts"]) / RANKINE_PER_K,
            float(case["Ps"]) * PA_PER_PSI,
            float(case["Tt"]) / RANKINE_PER_K,
            float(case["Pt"]) * PA_PER_PSI,
        )
        ours = (static_k, static_pa, total_k, total_pa)
        rows.append(
            (case["alt"], case["MN"], case["dTs"], *(100.0 * (a / b - 1.0) for a, b in zip(ours, reference, strict=True)))
        )
    table(
        "gas_npss_ambient",
        "Standard atmosphere against NPSS",
        ["altitude [ft]", "Mach", "dTs [degR]", "Ts [%]", "Ps [%]", "Tt [%]", "Pt [%]"],
        [(*row[:3], *(f"{value:+.4f}" for value in row[3:])) for row in rows],
        "Altitude is geopotential; dTs shifts temperature at unchanged pressure. Limit 0.1 %.",
    )
    assert np.max(np.abs(np.array([row[3:] for row in rows]))) <= 0.1
