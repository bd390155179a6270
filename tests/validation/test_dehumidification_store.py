"""What the models say of two real sites with desiccant units, and of the water in a store; predictions, nothing is fitted."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from brayton.core.provenance import Source
from brayton.core.records import parse_record
from brayton.core.timeaxis import TimeAxis
from brayton.core.units import M2_PER_FT2
from brayton.package.desiccant import STANDARD_AIR_KG_PER_M3, DesiccantUnit, Regeneration, dehumidify
from brayton.site.weather import Weather, read_epw
from brayton.study.dehumidification_tables import DehumidificationLoadTable, DesiccantTable, dehumidification_from_tables

C60_HEAT_KW = 100.0
"""Order of the hot-water heat of one C60 at full load."""
LOOP_C = 82.0
"""Just below the highest outlet of the C65's heat recovery, 82.2 degC."""
VENTILATION_1999 = {"ventilation_m3_s_per_m2": 0.0015, "ventilation_m3_s_per_person": 0.0}
"""Rate of ASHRAE 62-1999 for a store, as in DOE's reference supermarket."""

MARYLAND_TOLERANCE = 0.20
"""One published figure for unstated air, from a slide whose flows were assigned by balance."""

M3_S_PER_CFM = 4.719474432e-4


@pytest.fixture
def kennedy(shared: Path, tmp_path: Path) -> Weather:
    name = "USA_NY_New.York-J.F.Kennedy.Intl.AP.744860_TMY3.epw"
    (tmp_path / name).write_bytes(gzip.decompress((shared / "inputs" / "weather" / f"{name}.gz").read_bytes()))
    return read_epw(tmp_path / name)


def test_waldbaums_on_kennedy_weather_shared(kennedy: Weather, table: Callable[..., None]) -> None:
    axis = TimeAxis(2021)
    summer = (axis.month >= 5) & (axis.month <= 8)
    cases = (
        ("outdoor air of 62.1-2019, free reheat", {"reheat": "reclaim"}, 12.8),
        ("the same, electric reheat", {"reheat": "electric"}, 12.8),
        ("the same, dried to 9 degC", {"reheat": "electric"}, 9.0),
        ("the same, free reheat, dried to 9 degC", {"reheat": "reclaim"}, 9.0),
        ("outdoor air of 62-1999, free reheat", {"reheat": "reclaim", **VENTILATION_1999}, 12.8),
        ("the same, electric reheat", {"reheat": "electric", **VENTILATION_1999}, 12.8),
    )
    lines: list[list[object]] = []
    found = []
    for name, changes, dried_c in cases:
        load = {"kind": "dehumidification", "floor_area_m2": 57_000.0 * M2_PER_FT2, "part_of_electric": True, **changes}
        unit = {
            "kind": "desiccant",
            "process_m3_s": 7000.0 * M3_S_PER_CFM,
            "regeneration": "hot_water",
            "supply_temp_c": LOOP_C,
            "dew_point_c": dried_c,
            "installed_cost_usd": 0.0,
        }
        year = dehumidification_from_tables(
            parse_record(DehumidificationLoadTable, load), parse_record(DesiccantTable, unit), kennedy, axis
        )
        served = np.minimum(year.use.heat_kw, C60_HEAT_KW)
        saved = year.use.saved_kw * np.divide(served, year.use.heat_kw, out=np.zeros(axis.steps), where=year.use.heat_kw > 0.0)
        water_t = [
            float(series.sum()) * 3.6
            for series in (
                year.without.coil_water_kg_s,
                year.without.case_water_kg_s,
                year.with_unit.coil_water_kg_s,
                year.with_unit.desiccant_water_kg_s,
            )
        ]
        share = float(served[summer].sum()) / (C60_HEAT_KW * float(summer.sum()))
        lines.append(
            [
                name,
                *(f"{value:.0f}" for value in water_t),
                f"{int((served > 0.0).sum())}",
                f"{year.use.heat_kw.max():.0f}",
                f"{served[summer].sum() / 1e3:.0f}",
                f"{share:.0%}",
                f"{saved.sum() / 1e3:.1f}",
                f"{saved.sum() / served.sum():.2f}",
            ]
        )
        found.append((year, water_t, share))
    table(
        "dehumidification_waldbaums",
        "Prediction for a store of 57,000 ft2 on Long Island: desiccant unit of 7000 cfm on hot water of 82 degC",
        [
            "case",
            "coil, without [t/a]",
            "cases [t/a]",
            "coil, with [t/a]",
            "unit [t/a]",
            "hours",
            "most heat [kW]",
            "heat June to September [MWh]",
            "of a C60's 100 kW",
            "electricity saved [MWh/a]",
            "per heat",
        ],
        lines,
        "Weather: TMY3 of New York, J. F. Kennedy. The real unit, its air flow and its water temperature are not known; nothing "
        "is fitted. The store is DOE's reference supermarket, by floor area, held at 24 degC and a dew point of 12.8 degC. "
        "What the unit saves is mostly overcooling and reheat, so it is worth little where reheat is free; drying further pays "
        "by racks and anti-sweat heaters, and takes more heat for each kWh.",
    )
    for year, water_t, share in found:
        for balance in year.balances:
            assert balance.total_in == pytest.approx(balance.total_out, rel=1e-7)
        # a store of this size condenses tens to hundreds of tonnes a year on its coils; the unit takes a part of it
        assert 30.0 < water_t[0] < 1000.0
        assert 0.0 < water_t[3] < water_t[0]
        assert 0.0 < share < 0.8


def test_maryland_unit_of_3000_cfm(table: Callable[..., None]) -> None:
    """40 kW of exhaust at 107 degC (225 degF) drove 3000 cfm of dry air at the University of Maryland, behind its chiller."""
    unit = DesiccantUnit(
        name="3000 cfm",
        process_flow_kg_s=3000.0 * M3_S_PER_CFM * STANDARD_AIR_KG_PER_M3,
        face_velocity_m_s=3.0,
        regeneration=Regeneration.EXHAUST,
        rotor_kw=0.0,
        specific_fan_power_kw_s_per_m3=0.0,
        coil_effectiveness=1.0,
        post_cooling_effectiveness=0.0,
        source=Source("test", "2026", "estimate", "air flow as published"),
    )
    lines: list[list[object]] = []
    heats = []
    for name, temp_c, w in (("mild", 25.0, 0.011), ("humid", 30.0, 0.014), ("design", 33.0, 0.018)):
        drying = dehumidify(unit, temp_c, w, temp_c, w, supply_temp_c=107.2, supply_humidity_ratio=w + 0.012)
        heats.append(float(drying.regen_heat_kw))
        lines.append(
            [
                name,
                f"{temp_c:g}",
                f"{w * 1e3:g}",
                f"{heats[-1]:.1f}",
                f"{drying.water_kg_s * 3600.0:.0f}",
                f"{drying.out_humidity_ratio * 1e3:.1f}",
                f"{drying.out_temp_c:.0f}",
            ]
        )
    table(
        "desiccant_maryland",
        "Prediction for the desiccant of the UMD Chesapeake building: 3000 cfm on exhaust of 107 degC, 40 kW published",
        ["air", "temperature [degC]", "humidity [g/kg]", "heat [kW]", "water [kg/h]", "outlet [g/kg]", "outlet [degC]"],
        lines,
        "The air that the 40 kW belong to is not stated, and the assignment of the published flows is inferred: within 20 %. "
        "The water in the exhaust of a recuperated machine is taken as 12 g/kg above the air's.",
    )
    assert heats == pytest.approx([40.0] * len(heats), rel=MARYLAND_TOLERANCE)
