"""A small study made by hand: real records of every room, a straight-line machine, a year in closed form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from brayton.core.outcomes import Outcome
from brayton.core.provenance import Source
from brayton.core.records import parse_record
from brayton.core.timeaxis import TimeAxis
from brayton.core.units import KWH_PER_MMBTU
from brayton.dispatch.schedule import Schedule
from brayton.gas.fuels import Fuel, fuel
from brayton.machine.performance import PerformancePoints
from brayton.machine.record import MachineRecord, load_record
from brayton.site.bill import bill
from brayton.site.tariff import (
    DemandPeriod,
    DemandTier,
    EnergyCharge,
    EnergyPeriod,
    EnergyTier,
    FlatDemandCharge,
    RecurringCharge,
    Tariff,
)
from brayton.site.tariff import (
    Schedule as Hours,
)
from brayton.site.weather import Weather
from brayton.study.balance import Balance
from brayton.study.money.first_year import FirstYear, cash_flow, levelised_cost_usd_per_kwh
from brayton.study.result import MachineYear, Run, RunMark, StudyResult
from brayton.study.scenario import Scenario
from brayton.study.sources import Citation

HHV_PER_LHV = 1.11


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

SCENARIO = {
    "schema": 1,
    "notes": ["A 2003 machine under a tariff of 2021."],
    "site": {
        "name": "Store <b>& Sons</b>", "latitude": 40.8, "longitude": -73.2, "elevation_m": 30.0, "utc_offset_h": -5.0,
        "year": 2021, "money_year": 2021,
    },
    "weather": {"normals": {"dry_bulb_c": [0.0] * 12}},
    "load": [
        {"kind": "electric", "archetype": "supermarket", "annual_kwh": 2_500_000.0},
        {"kind": "space_heat", "archetype": "supermarket", "annual_kwh": 900_000.0, "supply_temp_c": 60.0},
    ],
    "tariff": {"file": "lipa.toml", "supply_usd_per_kwh": 0.0976},
    "fuel": {"name": "natural_gas", "price_usd_per_mmbtu_hhv": 9.3},
    "carbon": {"grid_kg_per_kwh": 0.5356, "basis": "average"},
    "machine": [
        {"model": "C60", "count": 2, "heat_recovery": "own", "installed_cost_usd_per_kw": 2490.0, "om_usd_per_kwh": 0.0175},
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


def made_weather(axis: TimeAxis) -> Weather:
    """Cosine seasons and days, cold in January, standard pressure."""
    temp = 12.0 - 12.0 * np.cos(2 * np.pi * (axis.day - 15) / axis.days) - 5.0 * np.cos(2 * np.pi * (axis.hour - 3) / 24)
    unknown = np.full(axis.steps, np.nan)
    return Weather(
        dry_bulb_c=temp,
        relative_humidity=np.full(axis.steps, 0.6),
        pressure_kpa=np.full(axis.steps, 101.0),
        humidity_ratio=np.full(axis.steps, 0.007),
        wind_speed_m_s=unknown,
        global_horizontal_w_m2=unknown,
        direct_normal_w_m2=unknown,
        diffuse_horizontal_w_m2=unknown,
        name="made weather",
        latitude=40.8,
        longitude=-73.2,
        elevation_m=30.0,
        utc_offset_h=-5.0,
        source=Source("made", "2021", "estimate", "closed form"),
    )


def made_tariff() -> Tariff:
    every_month = (0,) * 12
    return Tariff(
        name="General service, large",
        utility="Island Light",
        source=Source("Tariff book", "2021", "primary"),
        energy=EnergyCharge((EnergyPeriod("all", (EnergyTier(0.03, sell_usd_per_kwh=0.02),)),), Hours.uniform()),
        flat_demand=FlatDemandCharge((DemandPeriod("all", (DemandTier(15.5),)),), every_month),
        fixed=(RecurringCharge("customer", 2.11, "day"),),
        supply_usd_per_kwh=(0.0976,) * 12,
    )


def made_run(axis: TimeAxis, scenario: Scenario, electric: NDArray[np.float64], heat: NDArray[np.float64], count: int) -> Run:
    """Follow electric with `count` machines, in closed form; nought machines: the twin."""
    machine, weather, hours = StraightLineMachine(), made_weather(axis), axis.step_hours
    available = machine.available_net_power_kw(weather.dry_bulb_c, weather.pressure_kpa, weather.humidity_ratio)
    units = np.minimum(np.ceil(electric / available), count).astype(np.int64)
    power = np.minimum(electric, units * available)
    each = machine.at(power / np.maximum(units, 1), weather.dry_bulb_c, weather.pressure_kpa, weather.humidity_ratio)
    fuel_kw = units * each.fuel_power_kw_lhv
    recovered = 0.42 * fuel_kw
    used = np.minimum(recovered, heat)
    starts = np.maximum(np.diff(units, prepend=0), 0)
    schedule = Schedule(
        units_on=units,
        starts=starts,
        stops=np.maximum(-np.diff(units, prepend=0), 0),
        net_power_kw=power,
        fuel_kw_lhv=fuel_kw,
        heat_recovered_kw=recovered,
        heat_used_kw=used,
        heat_dumped_kw=recovered - used,
        uses_heat_kw=np.zeros((0, axis.steps)),
        saved_kw=np.zeros(axis.steps),
        store_in_kw=np.zeros(axis.steps),
        store_out_kw=np.zeros(axis.steps),
        store_need_kw=np.zeros(axis.steps),
        store_kwh=np.zeros(axis.steps),
        boiler_heat_kw=heat - used,
        boiler_fuel_kw_hhv=(heat - used) / 0.8,
        unmet_kw=np.zeros(axis.steps),
        import_kw=electric - power,
        export_kw=np.zeros(axis.steps),
        outcome=Outcome.OK,
        gap=np.nan,
        method="follow_electric",
    )
    fuel_kwh = np.bincount(axis.month, weights=(fuel_kw * HHV_PER_LHV + schedule.boiler_fuel_kw_hhv) * hours)
    return Run(
        schedule=schedule,
        bill=bill(made_tariff(), schedule.import_kw, axis),
        electricity_import_kwh=float(schedule.import_kw.sum() * hours),
        export_kwh=0.0,
        peak_import_kw=float(schedule.import_kw.max()),
        fuel_kwh_hhv=float(fuel_kwh.sum()),
        fuel_usd_by_month=fuel_kwh * np.array(scenario.fuel.price_usd_per_mmbtu_hhv) / KWH_PER_MMBTU,
        upkeep_usd={"machines": float(power.sum() * hours * scenario.machine[0].om_usd_per_kwh)},
        grid_co2_kg=float(schedule.import_kw.sum() * hours * 0.5356),
        fuel_co2_kg=float(fuel_kwh.sum() * 0.181),
        unmet_kwh=0.0,
    )


def make_study(
    *,
    count: int = 2,
    installed_usd_per_kw: float = 2490.0,
    fuel_usd_per_mmbtu: float = 9.3,
    om_usd_per_kwh: float = 0.0175,
    load_scale: float = 1.0,
) -> StudyResult:
    """The study of `SCENARIO` with other machines or prices; without electric load (``load_scale=0``) no machine runs."""
    prices = {"installed_cost_usd_per_kw": installed_usd_per_kw, "om_usd_per_kwh": om_usd_per_kwh}
    table = SCENARIO["machine"][0] | {"count": count} | prices
    fuel_table = SCENARIO["fuel"] | {"price_usd_per_mmbtu_hhv": fuel_usd_per_mmbtu}
    scenario = parse_record(Scenario, SCENARIO | {"machine": [table], "fuel": fuel_table})
    axis = TimeAxis(2021)
    weather = made_weather(axis)
    electric = load_scale * (240.0 + 60.0 * np.sin(2 * np.pi * (axis.hour - 8) / 24) + 2.0 * np.maximum(weather.dry_bulb_c, 0.0))
    heat = np.maximum(16.0 - weather.dry_bulb_c, 0.0) * 18.0
    before, after = (made_run(axis, scenario, electric, heat, each) for each in (0, count))
    plan, hours = after.schedule, axis.step_hours
    generated, burnt = float(plan.net_power_kw.sum() * hours), float(plan.fuel_kw_lhv.sum() * hours)
    used = float(plan.heat_used_kw.sum() * hours)
    year = MachineYear(
        generated_net_kwh=generated,
        fuel_kwh_lhv=burnt,
        fuel_kwh_hhv=burnt * HHV_PER_LHV,
        heat_recovered_kwh=float(plan.heat_recovered_kw.sum() * hours),
        heat_used_kwh=used,
        heat_dumped_kwh=float(plan.heat_dumped_kw.sum() * hours),
        standby_kwh=0.0,
        run_hours=float(plan.units_on.sum() * hours),
        starts=int(plan.starts.sum()),
        elec_eff_lhv=generated / burnt if burnt else np.nan,
        chp_eff_hhv=(generated + used) / (burnt * HHV_PER_LHV) if burnt else np.nan,
        capacity_factor=generated / (60.0 * count * axis.steps * hours),
    )
    first = FirstYear(before.bill_usd - after.bill_usd, before.fuel_usd - after.fuel_usd, before.om_usd - after.om_usd, generated)
    cost = 60.0 * count * installed_usd_per_kw
    terms = scenario.finance.terms()
    lines = 0.01 + after.bill_usd
    return StudyResult(
        scenario=scenario,
        axis=axis,
        weather=weather,
        tariff=made_tariff(),
        electric_kw=electric,
        heat_kw=heat,
        grid_kg_per_kwh=np.full(axis.steps, 0.5356),
        record=load_record("C60"),
        performance=StraightLineMachine(),
        installed_cost_usd=cost,
        baseline=before,
        with_project=after,
        machine=year,
        first_year=first,
        cash_flow=cash_flow(cost, first, terms),
        lcoe_usd_per_kwh=levelised_cost_usd_per_kwh(cost, first, terms),
        balances=(Balance("with_project", "electricity bill: year = its lines", "USD", after.bill_usd, lines),),
        sources=(
            Citation("tariff", made_tariff().source),
            Citation("weather", weather.source),
            Citation("fuel.name", Source("EPA", "2020", "primary", url="javascript:alert(1)")),
        ),
        notes=("The tariff is delivery only & <i>needs</i> a supply price.",),
        timing_s={"machine": 0.31, "dispatch_and_bills": 0.05},
        mark=RunMark(
            "store.toml",
            "0123456789abcdef" * 4,
            dt.datetime(2024, 5, 17, 8, 30, tzinfo=dt.UTC),
            {"brayton": "0.1.0", "numpy": "2.1"},
        ),
    )


@pytest.fixture(scope="session")
def performance() -> StraightLineMachine:
    return StraightLineMachine()


@pytest.fixture(scope="session", name="make_study")
def make_study_fixture() -> Callable[..., StudyResult]:
    """Makes studies with other prices; see `make_study`."""
    return make_study


@pytest.fixture(scope="session")
def study() -> StudyResult:
    return make_study()
