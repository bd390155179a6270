"""Display cases and air of a store against EnergyPlus's own reference supermarket, over a summer of its own weather."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import energyplus_runs as energyplus
import numpy as np

from brayton.core.provenance import Source
from brayton.core.timeaxis import TimeAxis
from brayton.package.air_conditioner import AirConditioner
from brayton.package.desiccant import DesiccantUnit, Regeneration
from brayton.site.display_cases import CaseGroup, anti_sweat_w, case_sensible_kw, case_water_kg_s, reference_cases
from brayton.site.store_air import StoreAir, store_balance
from brayton.site.weather import read_epw
from brayton.study.dehumidification import Supply, dehumidification_year

FLOOR_M2 = 4181.0
PARTS = {
    "Sales_Case:1_MEATDISPLAYCASE": ("meat", 33.58),
    "Sales_Case:2_ MULTIDECKDIARYANDDELICASE": ("upright dairy, deli and produce", 49.25),
    "Sales_Case:3_GLASSDOORFROZENFOOD": ("frozen food, glass doors", 81.69),
    "Sales_Case:4_OPENWELLICECREAMDISPLAYCASE": ("ice cream, open well", 39.01),
    "Sales_Case:6_WALKINFREEZER": ("walk-in coolers", 96.66),
    "Sales_Case:7_WALKINFREEZER": ("walk-in freezer", 38.10),
}
"""Objects of the model on its sales floor, our group of that kind, and their length [m]."""

KINDS = ("Latent", "Sensible Cooling", "Sensible Heating")
HEATED = ("Sales_Case:1_MEATDISPLAYCASE", "Sales_Case:3_GLASSDOORFROZENFOOD", "Sales_Case:4_OPENWELLICECREAMDISPLAYCASE")

LATENT, HEATERS, SENSIBLE = 0.10, 0.01, 0.06
"""Of a summer's mean at 24 degC. Latent and sensible: EnergyPlus rests the coils in defrost and drip-down, 0.02 to 0.06 of the
day, and takes lights inside by their schedule. Heaters: the same equations."""


def reference_model() -> str:
    """The supermarket of EnergyPlus, run from June to August and without reports of its own."""
    folder = Path(energyplus.weather_file("Chicago")).parents[1] / "model"
    text = (folder / "RefBldgSuperMarketNew2004_Chicago.idf").read_text()
    text = re.sub(r"(?im)^\s*(Version|Output:\w+|RunPeriod\w*),[^;]*;.*$", "", text)
    text = text.replace("DifferentialDryBulb", "NoEconomizer")
    text = re.sub(r"(?is)SimulationControl,.*?;", "SimulationControl,Yes,Yes,No,No,Yes;", text)
    return text + "\nRunPeriod,Summer,6,1,,8,31,,Tuesday,No,No,No,Yes,Yes;\n"


def test_cases_and_humidity_of_the_reference_supermarket(tmp_path: Path, table: Callable[..., None]) -> None:
    """Each kind of case at the humidity that EnergyPlus has on the sales floor, in hours in which that is at 24 degC."""
    outputs = [f"Sales:Zone {item}" for item in ("Air Relative Humidity", "Mean Air Temperature", "Air Humidity Ratio")]
    outputs += [f"{name}:Refrigeration Case Zone {kind} Rate" for name in PARTS for kind in KINDS]
    outputs += [f"{name}:Refrigeration Case Anti Sweat Electricity Rate" for name in HEATED]
    epw = energyplus.weather_file("Chicago")
    found = energyplus.run_energyplus(reference_model(), epw, outputs, tmp_path)
    humid, temp_c = found[outputs[0]] / 100.0, found[outputs[1]]
    hour = np.arange(humid.size) % 24
    at = np.abs(temp_c - 24.0) < 0.3
    groups: dict[str, CaseGroup] = {group.name: group for group in reference_cases(FLOOR_M2)}
    lines: list[list[object]] = []
    worst = {"latent": 0.0, "heaters": 0.0}
    sensible: list[tuple[float, float]] = []
    for name, (kind, length_m) in PARTS.items():
        group = replace(groups[kind], length_m=length_m)
        latent, cold, warm = (float(found[f"{name}:Refrigeration Case Zone {item} Rate"][at].mean()) / 1e3 for item in KINDS)
        theirs = [-latent, cold - warm]
        heaters = anti_sweat_w(group, humid, 24.0)
        ours = [
            float(case_water_kg_s([group], humid, hour)[at].mean()) * 2501.0,
            float((case_sensible_kw([group], hour, 24.0) - 0.8e-3 * heaters)[at].mean()),
        ]
        heat = [float("nan")] * 2
        if name in HEATED:
            reported = found[f"{name}:Refrigeration Case Anti Sweat Electricity Rate"][at]
            heat = [float(heaters[at].mean()) / 1e3, float(reported.mean()) / 1e3]
            worst["heaters"] = max(worst["heaters"], abs(heat[0] / heat[1] - 1.0))
        worst["latent"] = max(worst["latent"], abs(ours[0] / theirs[0] - 1.0))
        sensible.append((ours[1], theirs[1]))
        pairs = [f"{mine:.2f} / {other:.2f}" for mine, other in zip((*ours, heat[0]), (*theirs, heat[1]), strict=True)]
        lines.append([kind, *(pair.replace("nan / nan", "-") for pair in pairs)])
    mine, theirs_w = floating_humidity()[at].mean(), found[outputs[2]][at].mean()
    lines.append(["humidity of the sales floor [g/kg]", f"{mine * 1e3:.2f} / {theirs_w * 1e3:.2f}", "", ""])
    table(
        "store_energyplus",
        "Display cases and air of a store against EnergyPlus's reference supermarket, Chicago, June to August: ours / EnergyPlus",
        ["cases on the sales floor", "latent [kW]", "sensible, heaters taken off [kW]", "anti-sweat heaters [kW]"],
        lines,
        f"Means of the {int(at.sum())} hours in which EnergyPlus has the sales floor at 24 degC. The cases see EnergyPlus's own "
        "humidity there. EnergyPlus stops them in defrost, so it has less of both. Last row, without a tolerance: the store from "
        "weather alone, air conditioned by temperature. Ours is drier: its steady sensible load, without mass and ground of the "
        "building, is about twice EnergyPlus's in these hours and its coil is colder, so it dries more by the way. "
        "In a store that the humidistat holds, the case of the studies, this lowers what the desiccant unit saves.",
    )
    assert worst["latent"] <= LATENT
    assert worst["heaters"] <= HEATERS
    total = [sum(side) for side in zip(*sensible, strict=True)]
    assert abs(total[0] / total[1] - 1.0) <= SENSIBLE
    assert 0.5 < mine / theirs_w < 1.0  # the direction that the note explains


def floating_humidity() -> np.ndarray:
    """Humidity ratio of the store from June to August with air conditioning that follows its temperature alone."""
    axis = TimeAxis(2018)
    weather = read_epw(energyplus.weather_file("Chicago"))
    store = StoreAir(
        floor_area_m2=FLOOR_M2,
        dew_point_c=23.9,
        cases=reference_cases(FLOOR_M2),
        ventilation_m3_s_per_m2=0.0015,
        ventilation_m3_s_per_person=0.0,
    )
    conditioner = AirConditioner(supply_flow_kg_s=0.004 * FLOOR_M2 * 1.204)
    unit = DesiccantUnit(
        name="none",
        process_flow_kg_s=1.0,
        face_velocity_m_s=3.0,
        regeneration=Regeneration.HOT_WATER,
        rotor_kw=0.0,
        specific_fan_power_kw_s_per_m3=1.0,
        coil_effectiveness=0.8,
        post_cooling_effectiveness=0.0,
        source=Source("test", "2026", "estimate", "not run"),
    )
    year = dehumidification_year(
        store_balance(store, weather, axis), conditioner, unit, Supply(85.0, 70.0), unit_dew_point_c=23.9
    )
    return year.without.humidity_ratio[(axis.month >= 5) & (axis.month <= 7)]
