"""Small studies that were really run, and a machine in closed form for figures that need nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from brayton.core.provenance import Source
from brayton.core.records import parse_record
from brayton.core.timeaxis import TimeAxis
from brayton.gas.fuels import Fuel, fuel
from brayton.machine.performance import PerformancePoints
from brayton.machine.record import MachineRecord, load_record
from brayton.study.balance import Balance
from brayton.study.inputs import load_inputs
from brayton.study.result import RunMark, StudyResult
from brayton.study.scenario import Scenario
from brayton.study.sources import Citation
from brayton.study.study import run_study


@dataclass(frozen=True)
class StraightLineMachine:
    """A `Performance` in closed form: 60 kW, less in hot and thin air; fuel is idle plus proportional."""

    model: str = "C60"
    rated_net_power_kw: float = 60.0
    min_load_fraction: float = 0.1
    temp_range_c: tuple[float, float] = (-40.0, 55.0)

    @property
    def record(self) -> MachineRecord:
        return load_record("C60")

    @property
    def fuel(self) -> Fuel:
        return fuel("natural_gas")

    def available_net_power_kw(
        self, ambient_temp_c: ArrayLike, pressure_kpa: ArrayLike, humidity_ratio: ArrayLike, *, outside: str = "raise"
    ) -> NDArray[np.float64]:
        temp, pressure, _ = np.broadcast_arrays(ambient_temp_c, pressure_kpa, humidity_ratio)
        return np.minimum(60.0, 68.0 * pressure / 101.325 * (1.0 - 0.0085 * (temp - 15.0)))

    def at(
        self,
        net_power_kw: ArrayLike,
        ambient_temp_c: ArrayLike,
        pressure_kpa: ArrayLike,
        humidity_ratio: ArrayLike,
        *,
        outside: str = "raise",
    ) -> PerformancePoints:
        available = self.available_net_power_kw(ambient_temp_c, pressure_kpa, humidity_ratio)
        power = np.minimum(np.asarray(net_power_kw, dtype=float), available)
        temp = np.broadcast_to(np.asarray(ambient_temp_c, dtype=float), power.shape)
        fuel_kw = 30.0 + 2.9 * power * (1.0 + 0.003 * (temp - 15.0))
        flow = 0.25 + 0.23 * power / 60.0
        other = np.full(power.shape, np.nan)
        return PerformancePoints(
            net_power_kw=power,
            fuel_power_kw_lhv=fuel_kw,
            air_flow_kg_s=flow,
            exhaust_flow_kg_s=flow + fuel_kw / 50_000.0,
            exhaust_temp_c=220.0 + 85.0 * power / 60.0 + 0.5 * (temp - 15.0),
            fuel_air_ratio=fuel_kw / 50_000.0 / flow,
            shaft_speed_rpm=other,
            pressure_ratio=other,
            turbine_inlet_temp_c=other,
            turbine_exit_temp_c=other,
            surge_margin=other,
            booster_power_kw=other,
        )


ESTIMATE = {"title": "Estimate", "date": "2021", "basis": "estimate", "note": "no quotation in hand"}
MADE_UP = {"title": "Tariff book", "date": "2021", "basis": "primary"}

SCENARIO: dict[str, Any] = {
    "schema": 1,
    "notes": ["A 2003 machine under a tariff of 2021."],
    "site": {
        "name": "Store <b>& Sons</b>", "latitude": 40.8, "longitude": -73.2, "elevation_m": 30.0, "utc_offset_h": -5.0,
        "year": 2021, "money_year": 2021,
    },
    "weather": {"normals": {
        "name": "made weather", "latitude": 40.8, "longitude": -73.2, "elevation_m": 30.0, "utc_offset_h": -5.0,
        "mean_dry_bulb_c": [0.5, 1.0, 5.0, 11.0, 16.0, 21.0, 25.0, 24.5, 20.0, 14.0, 8.5, 3.0],
        "daily_range_k": [8.0] * 12,
        "mean_relative_humidity": [0.6] * 12,
        "mean_wind_speed_m_s": [4.0] * 12,
        "mean_global_horizontal_kwh_m2_day": [1.8, 2.7, 3.9, 4.9, 5.8, 6.3, 6.2, 5.4, 4.3, 3.1, 2.0, 1.5],
        "source": {"title": "made", "date": "2021", "basis": "estimate", "note": "round figures"},
    }},
    "load": [
        {"kind": "electric", "archetype": "supermarket", "annual_kwh": 2_500_000.0},
        {"kind": "space_heat", "archetype": "supermarket", "annual_kwh": 900_000.0, "supply_temp_c": 60.0},
    ],
    "tariff": {
        "inline": {
            "schema": 1, "name": "General service, large", "utility": "Island Light", "source": MADE_UP,
            "fixed_usd_per_month": 64.0,
            "energy": [{"name": "all hours", "usd_per_kwh": 0.03}],
            "flat_demand": [{"name": "maximum", "usd_per_kw": 15.5}],
        },
        "supply_usd_per_kwh": 0.0976,
    },
    "fuel": {"name": "natural_gas", "price_usd_per_mmbtu_hhv": 8.0},
    "carbon": {"grid_kg_per_kwh": 0.5356, "basis": "average"},
    "machine": [
        {"model": "C60", "count": 2, "heat_recovery": "hot_water", "installed_cost_usd_per_kw": 2000.0,
         "om_usd_per_kwh": 0.0175},
    ],
    "equipment": [{"kind": "boiler", "efficiency_hhv": 0.8}],
    "dispatch": {"method": "follow_electric"},
    "finance": {
        "years": 20, "discount_rate": 0.08, "discount_rate_basis": "nominal", "escalation_electric": 0.02,
        "escalation_fuel": 0.025, "escalation_om": 0.02, "tax_rate": 0.21,
    },
    "source": [
        {"fields": ["tariff.supply_usd_per_kwh"], "title": "LIPA Power Supply Charge", "date": "2020-12", "basis": "primary",
         "url": "https://www.psegliny.com"},
        {"fields": ["carbon"], "title": "eGRID2023, NYLI", "date": "2025-06", "basis": "secondary"},
        {"fields": ["machine.installed_cost_usd_per_kw", "machine.om_usd_per_kwh"], **ESTIMATE},
        {"fields": ["equipment"], **ESTIMATE},
    ],
}  # fmt: skip

POOL: dict[str, Any] = {
    "load": [
        {"kind": "electric", "archetype": "small_hotel", "annual_kwh": 1_500_000.0},
        {"kind": "hot_water", "constant_kw": 10.0, "supply_temp_c": 60.0},
        {"kind": "pool", "area_m2": 120.0, "mean_depth_m": 1.4, "water_temp_c": [28.0, 29.5], "months": [4, 5, 6, 7, 8, 9],
         "supply_temp_c": 50.0, "return_temp_c": 35.0},
    ],
    "machine": [
        {"model": "C30", "heat_recovery": "hot_water", "installed_cost_usd_per_kw": 2900.0, "om_usd_per_kwh": 0.02},
    ],
}  # fmt: skip
"""A pool in summer beside a hot-water load."""

STORE: dict[str, Any] = {
    "load": [
        {"kind": "electric", "archetype": "supermarket", "annual_kwh": 2_500_000.0},
        {"kind": "space_heat", "archetype": "supermarket", "annual_kwh": 900_000.0, "supply_temp_c": 60.0},
        {"kind": "hot_water", "constant_kw": 8.0, "supply_temp_c": 95.0},
        {"kind": "dehumidification", "floor_area_m2": 5300.0, "part_of_electric": True, "reheat": "reclaim"},
        {"kind": "cooling", "basis": "chiller_electric", "part_of_electric": True, "csv": "cooling.csv"},
    ],
    "equipment": [
        {"kind": "boiler", "efficiency_hhv": 0.8},
        {"kind": "desiccant", "process_m3_s": 3.0, "regeneration": "hot_water", "supply_temp_c": 80.0, "dew_point_c": 10.0,
         "installed_cost_usd": 60_000.0},
        {"kind": "chiller", "condenser": "air", "cop": 3.0},
        {"kind": "absorption_chiller", "drive": "hot_water", "cold_kw": 35.0, "hot_water_temp_c": 80.0,
         "installed_cost_usd": 50_000.0},
        {"kind": "tank", "volume_m3": 8.0, "layout": "stratified", "max_temp_c": 82.0, "insulation_mm": 80.0,
         "installed_cost_usd": 20_000.0},
        {"kind": "battery", "capacity_kwh": 100.0, "charge_kw": 50.0, "discharge_kw": 50.0, "charge_eff": 0.95,
         "discharge_eff": 0.95, "rule": "peak_shaving", "threshold_kw": 300.0, "installed_cost_usd": 60_000.0},
    ],
    "machine": [
        {"model": "C60", "heat_recovery": "hot_water", "installed_cost_usd_per_kw": 2500.0, "om_usd_per_kwh": 0.0175},
    ],
}  # fmt: skip
"""A store with everything that heat can drive, a tank, a battery, and hot water that is too hot."""

LANDFILL: dict[str, Any] = {
    "load": [{"kind": "electric", "constant_kw": 12.0}],
    "tariff": {"inline": {
        "schema": 1, "name": "Buy-back", "source": {"title": "Tariff book", "date": "2021", "basis": "primary"},
        "fixed_usd_per_month": 60.0,
        "energy": [
            {"name": "on-peak", "days": "weekdays", "hours": [[9, 21]], "usd_per_kwh": 0.07, "sell_usd_per_kwh": 0.08},
            {"name": "off-peak", "usd_per_kwh": 0.05, "sell_usd_per_kwh": 0.05},
        ],
    }},
    "fuel": {"name": "landfill_gas", "supply_pressure_kpag": 5.0},
    "gas_supply": {
        "kind": "landfill", "flow_scfm": [100.0] * 6 + [60.0] * 6, "flow_basis": "dry", "saturated_at_c": 30.0, "methane": 0.5,
        "nitrogen": 0.03, "h2s_ppm": 40.0, "siloxane_mg_per_m3_n": 15.0, "royalty_usd_per_mmbtu_hhv": 0.5,
    },
    "gas_train": {
        "pressure_drop_kpa": 2.0, "dew_point_c": 5.0, "chiller_cop": 2.5, "service_interval_h": 4000.0,
        "service_visit_usd": 300.0,
        "siloxane_bed": {"media_kg": 500.0, "capacity_kg_per_kg": 0.01, "media_usd_per_kg": 6.0, "change_usd": 1500.0,
                         "out_mg_per_m3_n": 0.0},
    },
    "flare": {"counterfactual": "vent", "destruction_eff": 0.98, "min_flow_m3_n_per_h": 20.0},
    "machine": [{"model": "C30", "count": 4, "installed_cost_usd_per_kw": 2500.0, "om_usd_per_kwh": 0.02}],
    "equipment": [],
    "dispatch": {"method": "base_load", "export": {"limit_kw": 500.0}},
    "source": [],
}  # fmt: skip
"""Four units on a landfill's gas that would be let out, and whose flow falls in July."""

MARK = RunMark(
    "store.toml",
    "0123456789abcdef" * 4,
    dt.datetime(2024, 5, 17, 8, 30, tzinfo=dt.UTC),
    {"brayton": "0.1.0", "numpy": "2.1"},
)


def run(changes: dict[str, Any], folder: Path = Path()) -> StudyResult:
    """The study of `SCENARIO` with other tables, as it was run at one time by one version."""
    scenario = parse_record(Scenario, SCENARIO | changes)
    return replace(run_study(load_inputs(scenario, folder / "store.toml")), mark=MARK, timing_s={"machine": 0.31})


def make_study(
    *,
    count: int = 2,
    installed_usd_per_kw: float = 2000.0,
    fuel_usd_per_mmbtu: float = 8.0,
    om_usd_per_kwh: float = 0.0175,
    has_load: bool = True,
) -> StudyResult:
    """The study of `SCENARIO` with other machines or prices; without electric load no machine runs."""
    prices = {"installed_cost_usd_per_kw": installed_usd_per_kw, "om_usd_per_kwh": om_usd_per_kwh}
    loads = SCENARIO["load"] if has_load else [{"kind": "electric", "constant_kw": 0.0}, SCENARIO["load"][1]]
    return run(
        {
            "machine": [SCENARIO["machine"][0] | {"count": count} | prices],
            "fuel": SCENARIO["fuel"] | {"price_usd_per_mmbtu_hhv": fuel_usd_per_mmbtu},
            "load": loads,
        }
    )


@pytest.fixture(scope="session")
def performance() -> StraightLineMachine:
    return StraightLineMachine()


@pytest.fixture(scope="session", name="make_study")
def make_study_fixture() -> Callable[..., StudyResult]:
    """Runs studies with other prices; see `make_study`."""
    return make_study


@pytest.fixture(scope="session")
def study() -> StudyResult:
    """The study with texts that a page must not run, and with a balance that is a cent open."""
    made = make_study()
    usd = made.with_project.bill_usd
    return replace(
        made,
        balances=(*made.balances, Balance("with_project", "electricity bill: year = its lines", "USD", usd, 0.01 + usd)),
        sources=(*made.sources, Citation("fuel.name", Source("EPA", "2020", "primary", url="javascript:alert(1)"))),
        notes=("The tariff is delivery only & <i>needs</i> a supply price.",),
    )


@pytest.fixture(scope="session")
def pool_study() -> StudyResult:
    return run(POOL)


@pytest.fixture(scope="session")
def store_study(tmp_path_factory: pytest.TempPathFactory) -> StudyResult:
    folder = tmp_path_factory.mktemp("store")
    axis = TimeAxis(2021)
    electric = np.where((axis.month >= 4) & (axis.month <= 8), 20.0 + 10.0 * (axis.hour > 11), 0.0)
    rows = zip(axis.stamps.astype(str), electric, strict=True)
    text = "".join(f"{stamp.replace('T', ' ')},{power:.1f}\n" for stamp, power in rows)
    (folder / "cooling.csv").write_text(f"time,cooling_kw\n{text}")
    return run(STORE, folder)


@pytest.fixture(scope="session")
def landfill_study() -> StudyResult:
    return run(LANDFILL)
