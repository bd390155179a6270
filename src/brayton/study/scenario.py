"""The scenario: what a study is given, as strict records of the scenario file (schema 1).

A record is a table of the file. Each field says its unit, its meaning, whether it has a default, and whether it is a figure
that needs a source (L8). `study.scenario_file` reads them; the rules that join several keys stand in `study.contradictions`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast

from pydantic import BeforeValidator, Field

from brayton.core.records import Record, SourceOfFields, key
from brayton.dispatch.rules import MONTHS, WEEKDAYS
from brayton.study.battery import BatteryTable
from brayton.study.boiler import BoilerTable
from brayton.study.cooling import AbsorptionChillerTable, ChillerTable
from brayton.study.dehumidification_tables import DehumidificationLoadTable, DesiccantTable
from brayton.study.doubt.table import Availability, Doubt, Outage
from brayton.study.keys import Monthly, Weekday, plausible
from brayton.study.landfill_tables import FlareTable, GasSupplyTable, GasTrainTable
from brayton.study.money.table import Finance
from brayton.study.pool import PoolTable
from brayton.study.tank import TankTable
from brayton.study.tariff_table import TariffTable


def _name_or_table(value: object) -> object:
    if value is None or isinstance(value, str | dict):
        return cast("object", value)
    raise ValueError("must be a name or a table")


HIGHEST_FUEL_USD_PER_MMBTU = 200.0
"""Estimate: retail gas, propane and diesel stay below 50, hydrogen at 16 USD/kg costs 120."""

HIGHEST_GRID_KG_PER_KWH = 3.0
"""Above any grid: lignite plants emit about 1.2 kg/kWh. A larger figure is in another unit."""

HIGHEST_FUEL_KG_PER_KWH = 1.0
"""Above any fuel: coal has 0.35 kg/kWh, blast furnace gas about 0.95."""

HIGHEST_OM_USD_PER_KWH = 0.5
"""Estimate: ten times the upkeep of the smallest machines; beyond it reads as cents."""

HIGHEST_INSTALLED_USD_PER_KW = 30_000.0
"""Estimate: several times the dearest installations in print; beyond it reads as the cost of the whole plant."""


class Site(Record):
    name: str = key("name of the site, for titles", min_length=1)
    latitude: float = key("north positive", "deg", ge=-90, le=90)
    longitude: float = key("east positive", "deg", ge=-180, le=180)
    elevation_m: float = key("above sea level", "m", ge=-430, le=5000)
    utc_offset_h: float = key("of local standard time, west negative", "h", ge=-12, le=14)
    year: int = key("calendar year that gives weekdays, holidays and daylight saving", "year", ge=1901, le=2199)
    step_minutes: Literal[60, 30, 15, 10, 5, 1] = key("length of a step; weather is hourly and held over shorter ones", "min", 60)
    money_year: int = key("year whose money the prices are in; a mixture is said in `notes`", "year", ge=1950, le=2199)


class Weather(Record):
    epw: str | None = key("EnergyPlus weather file", "path", None)
    tmy3: str | None = key("NREL TMY3 file", "path", None)
    csv: str | None = key("weather series of one's own", "path", None)
    normals: dict[str, Any] | None = key("twelve monthly figures, from which an hourly year is made", "table", None)
    correct_to_elevation: bool = key("bring pressure and temperature from the station to the site's elevation", "", False)


LoadKind = Literal["electric", "space_heat", "hot_water", "cooling"]


class LoadTable(Record):
    kind: LoadKind = key("what the load is")
    csv: str | None = key("series of the load", "path", None)
    column: str | None = key("column of the CSV; may be left out if there is one", "", None)
    archetype: str | None = key("shape of a building kind, in place of a CSV", "", None)
    constant_kw: float | None = key("the same load at all times, in place of a CSV", "kW", None, ge=0, le=100_000)
    annual_kwh: float | None = key("annual sum to which the archetype is scaled", "kWh", None, gt=0)
    floor_area_m2: float | None = key("floor area to which the archetype is scaled", "m2", None, gt=0)
    basis: Literal["heat", "fuel_hhv", "chiller_electric"] | None = key(
        "what the figures are, if not the demand itself", "", None
    )
    boiler_eff_hhv: float | None = key("boiler efficiency inside figures of `fuel_hhv`", "HHV", None, sourced=True, gt=0, le=1)
    part_of_electric: bool | None = key("whether `chiller_electric` is in the electric load already", "", None)
    supply_temp_c: float | None = key("temperature at which heat is wanted", "degC", None, gt=0, lt=200)
    return_temp_c: float | None = key(
        "temperature at which its water comes back; 11 K (20 F) below if left out", "degC", None, gt=0
    )


AnyLoad = Annotated[LoadTable | PoolTable | DehumidificationLoadTable, Field(discriminator="kind")]


class FuelTable(Record):
    name: str = key("named fuel, or a composition as CH4=0.55,CO2=0.45 (mole fractions)")
    price_usd_per_mmbtu_hhv: Annotated[Monthly | None, plausible(HIGHEST_FUEL_USD_PER_MMBTU, "USD/MMBtu", "cents", 0.01)] = key(
        "price for machines and boiler, a number or twelve", "USD/MMBtu HHV", None, sourced=True
    )
    tariff: str | None = key("gas tariff in Brayton's own TOML, in place of the price", "path", None)
    supply_pressure_kpag: float | None = key(
        "pressure in the street; if left out, what the machine wants, and no booster runs", "kPa gauge", None, ge=0
    )


class Carbon(Record):
    grid_kg_per_kwh: Annotated[float | None, plausible(HIGHEST_GRID_KG_PER_KWH, "kg/kWh", "g/kWh or kg/MWh", 0.001)] = key(
        "CO2 of a kWh from the grid", "kg/kWh", None, sourced=True, ge=0
    )
    grid_csv: str | None = key("the same, hour by hour, in place of the number", "path", None, sourced=True)
    column: str | None = key("column of the CSV, in kg/kWh; may be left out if there is one", "", None)
    basis: Literal["average", "marginal"] = key("what the grid factor stands for")
    fuel_kg_per_kwh_hhv: Annotated[float | None, plausible(HIGHEST_FUEL_KG_PER_KWH, "kg/kWh", "g/kWh", 0.001)] = key(
        "CO2 of the fuel; from its composition if left out", "kg/kWh HHV", None, sourced=True, ge=0
    )


class MachineTable(Record):
    model: str = key("record of the machine library, or path of a record")
    count: int = key("identical machines", "", 1, ge=1, le=1000)
    fuel: str | None = key("must be the fuel of the study, if given", "", None)
    heat_recovery: Annotated[str | dict[str, Any] | None, BeforeValidator(_name_or_table)] = key(
        "heat recovery unit by name, or a table of its own figures; `hot_water`: the machine's own, `exhaust`: the exhaust "
        "itself drives equipment; none if left out",
        "",
        None,
    )
    installed_cost_usd_per_kw: Annotated[float, plausible(HIGHEST_INSTALLED_USD_PER_KW, "USD/kW", "USD of the whole plant")] = (
        key("installed cost per rated net kW", "USD/kW", sourced=True, ge=0)
    )
    om_usd_per_kwh: Annotated[float, plausible(HIGHEST_OM_USD_PER_KWH, "USD/kWh", "cents/kWh", 0.01)] = key(
        "operation and maintenance", "USD/kWh net", sourced=True, ge=0
    )


AnyEquipment = Annotated[
    BoilerTable | ChillerTable | TankTable | AbsorptionChillerTable | DesiccantTable | BatteryTable, Field(discriminator="kind")
]
"""Boiler and chiller stand there with and without the project; the others are part of it."""


class ExportLimit(Record):
    limit_kw: float = key("highest export at the point of connection", "kW", gt=0)


def _export(value: object) -> object:
    if value == "none" or isinstance(value, dict | ExportLimit):
        return None if value == "none" else value
    raise ValueError('must be "none" or a table { limit_kw = ... }')


class DispatchTable(Record):
    """Keys common to all methods."""

    export: Annotated[ExportLimit | None, BeforeValidator(_export)] = key("`none`, or a table with `limit_kw`", "", None)
    loading: Literal["even", "sequential"] = key("how running machines share the output", "", "even")
    import_margin_kw: float = key("import kept up where export is forbidden, for the relay that guards it", "kW", 0.0, ge=0)
    min_run_hours: float = key("shortest run after a start, rounded up to whole steps", "h", 0.0, ge=0, le=168)
    min_rest_hours: float = key("shortest rest after a stop, rounded up to whole steps", "h", 0.0, ge=0, le=168)


class BaseLoadTable(DispatchTable):
    method: Literal["base_load"] = key("a share of the available power at all times")
    power_fraction: float = key("the share", "", 1.0, gt=0, le=1)


class FollowElectricTable(DispatchTable):
    method: Literal["follow_electric"] = key("the electric load, as far as the machines reach")


class FollowHeatTable(DispatchTable):
    method: Literal["follow_heat"] = key("the power whose recovered heat meets the heat load")


class PeakShavingTable(DispatchTable):
    method: Literal["peak_shaving"] = key("what the site would import above a threshold")
    threshold_kw: Monthly = key("import to stay below, a number or twelve", "kW")


class TimeOfUseTable(DispatchTable):
    method: Literal["time_of_use"] = key("the electric load, within a window")
    start_hour: int = key("first hour of the window, local standard time", "h", ge=0, le=23)
    end_hour: int = key("hour at which the window ends; over midnight if before start_hour", "h", ge=1, le=24)
    weekdays: tuple[Weekday, ...] = key("days of the window", "", WEEKDAYS, min_length=1)
    months: tuple[int, ...] = key("months of the window, 1 to 12", "", MONTHS, min_length=1)


AnyDispatch = Annotated[
    BaseLoadTable | FollowElectricTable | FollowHeatTable | PeakShavingTable | TimeOfUseTable, Field(discriminator="method")
]


class Scenario(Record):
    """A scenario file, checked."""

    schema_version: Literal[1] = Field(alias="schema", description="version of this format, 1")
    notes: tuple[str, ...] = key("what a reader of the result has to know", "", ())
    site: Site
    weather: Weather
    load: tuple[AnyLoad, ...]
    tariff: TariffTable
    fuel: FuelTable
    carbon: Carbon
    machine: tuple[MachineTable, ...]
    equipment: tuple[AnyEquipment, ...] = ()
    gas_supply: GasSupplyTable | None = None
    gas_train: GasTrainTable | None = None
    flare: FlareTable | None = None
    availability: Availability | None = None
    dispatch: AnyDispatch
    finance: Finance
    doubt: Doubt | None = None
    outage: Outage | None = None
    source: tuple[SourceOfFields, ...] = ()
