"""The tables of the scenario for a store whose air is dried, and what they become: store, air conditioner and desiccant unit."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from brayton.core.errors import Faults, InputError
from brayton.core.provenance import Source
from brayton.core.records import Record, key
from brayton.core.timeaxis import TimeAxis
from brayton.core.units import M2_PER_FT2
from brayton.package.air_conditioner import REFERENCE as COOLING_REFERENCE
from brayton.package.air_conditioner import REFERENCE_COP, AirConditioner, Reheat
from brayton.package.desiccant import STANDARD_AIR_KG_PER_M3, DesiccantUnit, Regeneration
from brayton.package.wheel import SOURCE as WHEEL_SOURCE
from brayton.site.display_cases import REFERENCE as CASES_REFERENCE
from brayton.site.display_cases import REFERENCE_FLOOR_M2, CaseGroup, reference_cases
from brayton.site.store_air import STORE_SOURCES, StoreAir, store_balance
from brayton.site.weatheryear import Weather
from brayton.study.dehumidification import DehumidificationYear, Supply, dehumidification_year
from brayton.study.keys import plausible

USUAL_WATER_RANGE_K = 15.0
"""Estimate: drop of the driving water through the coil of the unit."""

LARGEST_STORE_M2 = 30_000.0
"""Estimate: above the largest single stores; beyond it a floor reads as square feet."""

REFERENCE_CASE_LENGTH_M = sum(group.length_m for group in reference_cases(REFERENCE_FLOOR_M2))

EQUIPMENT_SOURCES = (
    COOLING_REFERENCE,
    Source(
        "coil, fans and exchangers of air conditioner and desiccant unit",
        "2026",
        "estimate",
        "supply air 4 L/s per m2 (0.8 cfm/ft2) carries the peak load at 11 K; coil surface 9 degC and a tenth bypassed, as "
        "in packaged units at store humidity; desiccant fans 2.0 kW per m3/s (about 0.95 W/cfm, process and regeneration); "
        "coil 0.85 and air-to-air exchanger 0.7, common catalogue values; rotor 0.1 kW",
    ),
)
"""Where the defaults of the two tables come from, beside those of the store (`STORE_SOURCES`) and its cases."""


class DehumidificationLoadTable(Record):
    kind: Literal["dehumidification"] = key("a store whose air is dried")
    floor_area_m2: Annotated[float, plausible(LARGEST_STORE_M2, "m2", "ft2", M2_PER_FT2)] = key(
        "sales and service floor", "m2", gt=0
    )
    part_of_electric: bool = key(
        "whether the electric load holds the store's air conditioning already; its cases always are in it"
    )
    reheat: Literal["reclaim", "electric"] = key("what heats air that was overcooled to dry it; reclaimed heat is free")
    dew_point_c: float = key("dew point that the air conditioner holds today", "degC", 12.8, ge=-20, le=25)
    dry_bulb_c: float = key("temperature of the store", "degC", 24.0, ge=10, le=35)
    height_m: float = key("of the store", "m", 6.1, gt=0, le=30)
    infiltration_m3_s_per_m2: float = key("of wall and roof, while closed; half of it while open", "m3/(s m2)", 0.000302, ge=0)
    ventilation_m3_s_per_m2: float = key("outdoor air of open hours per floor", "m3/(s m2)", 0.0003, ge=0, le=0.01)
    ventilation_m3_s_per_person: float = key(
        "outdoor air of open hours per person of full occupancy", "m3/s", 0.0038, ge=0, le=0.1
    )
    people_per_m2: float = key("full occupancy", "1/m2", 1.0 / 11.61, ge=0, le=2)
    other_water_g_h_per_m2: float = key("water of misted produce, kitchen and mopping", "g/(h m2)", 0.5, ge=0, le=100)
    light_w_per_m2: float = key("heat of lights in open hours", "W/m2", 17.0, ge=0, le=200)
    plug_w_per_m2: float = key("heat of other equipment in open hours", "W/m2", 8.0, ge=0, le=500)
    open_from_h: float = key("opening hour", "h", 6.0, ge=0, le=24)
    open_until_h: float = key("closing hour", "h", 22.0, ge=0, le=24)
    case_length_m: float | None = key("all refrigerated cases; by floor area of a reference store if left out", "m", None, ge=0)
    supply_m3_s_per_m2: float = key("supply air of the air conditioner per floor", "m3/(s m2)", 0.004, gt=0, le=0.05)
    apparatus_dew_point_c: float = key("surface of its coil", "degC", 9.0, ge=1, le=20)
    rated_cop: float | None = key(
        "cooling over electricity without supply fan, at 35 degC outdoors; the reference store's if left out",
        "kW/kW",
        None,
        sourced=True,
        gt=0.5,
        le=8,
    )

    def store(self) -> StoreAir:
        """The store's air. Errors: InputError where keys contradict each other."""
        return StoreAir(
            floor_area_m2=self.floor_area_m2,
            dry_bulb_c=self.dry_bulb_c,
            dew_point_c=self.dew_point_c,
            cases=self._cases(),
            height_m=self.height_m,
            infiltration_m3_s_per_m2=self.infiltration_m3_s_per_m2,
            ventilation_m3_s_per_m2=self.ventilation_m3_s_per_m2,
            ventilation_m3_s_per_person=self.ventilation_m3_s_per_person,
            people_per_m2=self.people_per_m2,
            other_water_g_h_per_m2=self.other_water_g_h_per_m2,
            light_w_per_m2=self.light_w_per_m2,
            plug_w_per_m2=self.plug_w_per_m2,
            open_from_h=self.open_from_h,
            open_until_h=self.open_until_h,
        )

    def _cases(self) -> tuple[CaseGroup, ...]:
        if self.case_length_m is None:
            return reference_cases(self.floor_area_m2)
        share = self.case_length_m / REFERENCE_CASE_LENGTH_M
        return reference_cases(REFERENCE_FLOOR_M2 * share) if share else ()

    def air_conditioner(self) -> AirConditioner:
        """The store's air conditioner."""
        return AirConditioner(
            supply_flow_kg_s=self.supply_m3_s_per_m2 * self.floor_area_m2 * STANDARD_AIR_KG_PER_M3,
            apparatus_dew_point_c=self.apparatus_dew_point_c,
            rated_cop=REFERENCE_COP if self.rated_cop is None else self.rated_cop,
            reheat=Reheat(self.reheat),
        )


class DesiccantTable(Record):
    kind: Literal["desiccant"] = key("a desiccant unit that dries the store")
    process_m3_s: float = key("process air, as standard air", "m3/s", gt=0, le=100)
    regeneration: Literal["hot_water", "exhaust"] = key("what heats its regeneration air")
    dew_point_c: float | None = key("dew point to which it dries; that of the store if left out", "degC", None, ge=-20, le=25)
    supply_temp_c: float | None = key("water that drives it, with `hot_water`", "degC", None, gt=40, lt=200)
    return_temp_c: float | None = key("water that comes back from it; 15 K below if left out", "degC", None, gt=0)
    face_velocity_m_s: float = key("of the process air at the wheel", "m/s", 3.0, ge=2.032, le=4.064)
    coil_effectiveness: float = key("of the hot-water coil", "", 0.85, gt=0, le=1)
    post_cooling_effectiveness: float = key(
        "of the exchanger that cools the dried air with outdoor air; 0 for none", "", 0.7, ge=0, le=1
    )
    specific_fan_power_kw_s_per_m3: float = key(
        "fans of process and regeneration, per process air", "kW/(m3/s)", 2.0, ge=0, le=10
    )
    rotor_kw: float = key("drive of the wheel", "kW", 0.1, ge=0, le=10)
    pump_kw: float = key("pump of the hot water", "kW", 0.0, ge=0, le=50)
    min_regen_temp_c: float = key("regeneration air below which it rests", "degC", 55.0, ge=40, le=121)
    installed_cost_usd: float = key("installed cost of the unit with ducts and pipes", "USD", sourced=True, ge=0)

    def unit(self) -> DesiccantUnit:
        """The unit. Errors: InputError where a figure is out of its bounds."""
        return DesiccantUnit(
            name="desiccant unit",
            process_flow_kg_s=self.process_m3_s * STANDARD_AIR_KG_PER_M3,
            face_velocity_m_s=self.face_velocity_m_s,
            regeneration=Regeneration(self.regeneration),
            rotor_kw=self.rotor_kw,
            specific_fan_power_kw_s_per_m3=self.specific_fan_power_kw_s_per_m3,
            coil_effectiveness=self.coil_effectiveness,
            post_cooling_effectiveness=self.post_cooling_effectiveness,
            source=EQUIPMENT_SOURCES[-1],
            pump_kw=self.pump_kw,
            min_regen_temp_c=self.min_regen_temp_c,
        )


def dehumidification_from_tables(
    load: DehumidificationLoadTable,
    desiccant: DesiccantTable,
    weather: Weather,
    axis: TimeAxis,
    *,
    load_path: str = "load",
    equipment_path: str = "equipment",
    exhaust_temp_c: float | None = None,
    exhaust_humidity_ratio: float | None = None,
) -> DehumidificationYear:
    """The year of the store that the two tables describe.

    weather: one value for each step of the axis. exhaust_*: of the machine, wanted where the exhaust itself regenerates.
    Errors: InputError with every fault, its path beginning with `load_path` or `equipment_path`.
    """
    places = {"store": load_path, "air_conditioner": load_path, "desiccant": equipment_path}
    with Faults() as faults:
        store = faults.attempt(load.store)
        air = faults.attempt(load.air_conditioner)
        unit = faults.attempt(desiccant.unit)
        supply = _supply(desiccant, exhaust_temp_c, exhaust_humidity_ratio, faults)
        faults.found = [replace(fault, path=_moved(fault.path, places)) for fault in faults.found]
    assert store is not None  # or a fault was raised, as for the others
    assert air is not None
    assert unit is not None
    assert supply is not None
    dried_c = load.dew_point_c if desiccant.dew_point_c is None else desiccant.dew_point_c
    try:
        return dehumidification_year(store_balance(store, weather, axis), air, unit, supply, unit_dew_point_c=dried_c)
    except InputError as error:
        raise InputError(*(replace(fault, path=_moved(fault.path, places)) for fault in error.faults)) from None


def _supply(
    desiccant: DesiccantTable, exhaust_temp_c: float | None, exhaust_humidity_ratio: float | None, faults: Faults
) -> Supply | None:
    """What drives the unit; None, with a fault, where it is not said or said twice."""
    water_c, back_c = desiccant.supply_temp_c, desiccant.return_temp_c
    if desiccant.regeneration == "exhaust":
        for name, value in (("supply_temp_c", water_c), ("return_temp_c", back_c)):
            if value is not None:
                faults.add(f"desiccant.{name}", value, "is for hot water; the unit is driven by exhaust", "Leave it out.")
        if exhaust_temp_c is None:
            faults.add("desiccant.regeneration", "exhaust", "needs a machine whose exhaust is known", "Drive it by hot water.")
            return None
        return Supply(exhaust_temp_c, exhaust_humidity_ratio=exhaust_humidity_ratio)
    if water_c is None:
        rule = "is needed, because drying depends on the temperature of the water"
        faults.add("desiccant.supply_temp_c", "(absent)", rule, "Add the temperature of the water that drives the unit.")
        return None
    if back_c is not None and back_c >= water_c:
        rule = f"must be below the supply temperature, {water_c:g} degC"
        faults.add("desiccant.return_temp_c", back_c, rule, "Give the temperature of the water behind the unit.")
    return Supply(water_c, water_c - USUAL_WATER_RANGE_K if back_c is None else back_c)


def _moved(path: str, places: dict[str, str]) -> str:
    """The path of a fault in the words of the file: the table in place of the record."""
    record, dot, rest = path.partition(".")
    return f"{places[record]}{dot}{rest}" if record in places else path


def default_sources() -> tuple[tuple[str, Source], ...]:
    """Where the defaults of both tables come from: key or table, and source."""
    return (
        *(("load (dehumidification)", source) for source in STORE_SOURCES),
        ("load.case_length_m", CASES_REFERENCE),
        ("load.rated_cop", EQUIPMENT_SOURCES[0]),
        ("equipment (desiccant)", EQUIPMENT_SOURCES[1]),
        ("equipment (desiccant): wheel", WHEEL_SOURCE),
    )
