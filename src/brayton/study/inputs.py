"""From the scenario to what the rooms below work with: files read, names looked up, every fault gathered (law L6).

Long because each table of the scenario is read here, a few lines each, so that all faults of a file are told at once.
"""

from __future__ import annotations

import calendar
import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from brayton.core.errors import Fault, Faults, InputError
from brayton.core.files import read_bytes
from brayton.core.provenance import Source
from brayton.core.timeaxis import TimeAxis
from brayton.core.units import J_PER_KWH
from brayton.dispatch.rules import RULES, Rule
from brayton.gas.fuels import Fuel
from brayton.gas.fuels import fuel as find_fuel
from brayton.machine.record import MachineRecord, load_record
from brayton.package.boiler import Boiler
from brayton.package.heat_level import USUAL_WATER_RANGE_K, HeatLevel
from brayton.package.heat_recovery import HeatRecovery
from brayton.package.library import heat_recovery_from_table, load_heat_recovery
from brayton.site.archetypes import archetype_load
from brayton.site.gas_tariff import GasTariff
from brayton.site.gas_tariff_toml import read_gas_tariff
from brayton.site.load import Load, constant_load, load_from_csv
from brayton.site.series import read_series
from brayton.site.standby import StandbyService, read_standby
from brayton.site.tariff import Tariff, with_supply
from brayton.site.tariff_toml import read_tariff_toml, tariff_from_table
from brayton.site.urdb import read_urdb
from brayton.site.weather import (
    Weather,
    correct_to_elevation,
    normals_from_table,
    read_epw,
    read_tmy3,
    read_weather_csv,
    weather_from_normals,
)
from brayton.study.boiler import BoilerTable, boiler_of
from brayton.study.contradictions import find_contradictions
from brayton.study.doubt.availability import random_years
from brayton.study.doubt.table import Doubt
from brayton.study.host_rules import HEAT_KINDS
from brayton.study.input_notes import as_sentence, input_notes, loads_without_return
from brayton.study.landfill import LandfillGas, landfill_gas
from brayton.study.scenario import HIGHEST_GRID_KG_PER_KWH, LoadTable, Scenario
from brayton.study.scenario_file import parse_scenario
from brayton.study.sources import Citation, scenario_citations
from brayton.study.under import under

OWN_HEAT_RECOVERY = "hot_water"
"""Word for the library's heat recovery of the machine, or the nearest one scaled to it."""

EXHAUST_ITSELF = "exhaust"
"""Word for exhaust that drives equipment without water."""

ANY_HEAT_C = 60.0
"""Stands for the temperature of heat that only a boiler serves, which then matters to nothing."""

HOURS_OF_COMMON_YEAR = 8760

Part = TypeVar("Part")


@dataclass(frozen=True)
class StudyInputs:
    """Everything a study runs on.

    electric_kw: demand of the electric loads and of chillers that come on top [kW]. levels: heat loads with their temperatures.
    cooling_kw: cold, or the electricity of its chiller where cooling_is_electric; None without such a load.
    fuel_kg_per_kwh_hhv: CO2 of the fuel. grid_kg_per_kwh: CO2 of the grid, each step. gas_tariff: None where the fuel has a plain
    price. gas: the site's own, which the machines burn then. availability: share of the machines that may run (n,), and the
    random years it was taken from (a, n); None for always. planned_availability: share that is not in planned service.
    standby: service beside the tariff for the machines' outages. heat_recovery: None for none, or where the scenario asks for the
    machine's own, which is chosen once the machine is compiled.
    """

    scenario: Scenario
    scenario_file: str
    scenario_sha256: str
    axis: TimeAxis
    weather: Weather
    electric_kw: NDArray[np.float64]
    levels: tuple[HeatLevel, ...]
    cooling_kw: NDArray[np.float64] | None
    cooling_is_electric: bool
    tariff: Tariff
    fuel: Fuel
    gas_tariff: GasTariff | None
    gas: LandfillGas | None
    standby: StandbyService | None
    availability_years: NDArray[np.float64] | None
    planned_availability: NDArray[np.float64] | None
    fuel_kg_per_kwh_hhv: float
    grid_kg_per_kwh: NDArray[np.float64]
    record: MachineRecord
    heat_recovery: HeatRecovery | None
    boiler: Boiler | None
    rule: Rule
    citations: tuple[Citation, ...]
    notes: tuple[str, ...]

    @property
    def heat_kw(self) -> NDArray[np.float64]:
        """Demand of all heat loads in each step [kW]; the pool's own heat is its store's."""
        return np.sum([level.heat_kw for level in self.levels], axis=0) if self.levels else np.zeros(self.axis.steps)

    @property
    def availability(self) -> NDArray[np.float64] | None:
        """Share of the machines that may run in the year of middling availability (n,); None for always."""
        years = self.availability_years
        return None if years is None else years[len(years) // 2]

    def source_of(self, table: str) -> Source:
        """The source that the file names for a table, or for one of its keys; one that says that there is none."""
        cited = [item.cite() for item in self.scenario.source if any(name.split(".")[0] == table for name in item.fields)]
        return cited[0] if cited else Source("scenario", "undated", "estimate", "the scenario names no source")


def read_inputs(path: str | Path) -> StudyInputs:
    """The inputs of a scenario file. Errors: InputError with every fault of the file and of the files that it names."""
    content = read_bytes(path)
    return load_inputs(parse_scenario(content, str(path)), Path(path), sha256=hashlib.sha256(content).hexdigest())


def load_inputs(scenario: Scenario, file: Path, *, sha256: str | None = None) -> StudyInputs:
    """`read_inputs` of a scenario that was read from `file`, or made in Python; relative paths start beside `file`.

    sha256: of the bytes that were read; of the scenario's own JSON where it was made in Python and None is given.
    """
    folder = file.parent
    with Faults(file=str(file)) as faults:  # a scenario made in Python has not been held to these rules yet
        find_contradictions(scenario.model_dump(mode="json", by_alias=True, exclude_none=True), faults)
    with Faults(file=str(file)) as faults:
        weather = faults.attempt(lambda: _weather(scenario, folder))
        axis = _axis(scenario, weather)
        found = [faults.attempt(partial(_load, scenario, index, axis, weather, folder)) for index in range(len(scenario.load))]
        tariff = faults.attempt(lambda: _tariff(scenario, folder))
        fuel = faults.attempt(lambda: under("fuel", lambda: find_fuel(scenario.fuel.name)))
        gas_tariff = faults.attempt(lambda: _gas_tariff(scenario, folder))
        gas = faults.attempt(lambda: _own_gas(scenario, axis, folder))
        grid = faults.attempt(lambda: _grid_carbon(scenario, axis, folder))
        record = faults.attempt(
            lambda: under("machine[0]", lambda: load_record(_path_or_name(scenario.machine[0].model, folder)))
        )
        heat_recovery = faults.attempt(lambda: _heat_recovery(scenario, folder))
        boiler = faults.attempt(lambda: _boiler(scenario))
        rule = faults.attempt(lambda: under("dispatch", lambda: _rule(scenario)))
        standby = faults.attempt(lambda: _standby(scenario, folder))
        planned = faults.attempt(lambda: _serviced(scenario, axis))
        levels = _levels(scenario, found, axis, faults)
    weather, tariff, fuel, record = _made(weather), _made(tariff), _made(fuel), _made(record)
    loads = [load for load in found if load is not None]
    stepped = _at_step(weather, axis)
    cited = [
        *scenario_citations(scenario),
        *_default_citations(scenario),
        Citation("weather", weather.source),
        *(Citation(f"load[{index}]: {load.name}", load.source) for index, load in enumerate(loads)),
        Citation("tariff", tariff.source),
        *([] if standby is None else [Citation("tariff.standby", standby.source.cite())]),
        *([] if gas_tariff is None else [Citation("fuel.tariff", gas_tariff.source)]),
        *([Citation(f"fuel: {fuel.name}", fuel.source)] if gas is None else gas.citations),
        *(Citation(f"machine: {record.model}", source) for source in record.sources),
    ]
    electric, cooling = np.zeros(axis.steps), None
    cooling_is_electric = False
    for table, load in zip(scenario.load, found, strict=True):
        if not isinstance(table, LoadTable) or load is None or load.kind in HEAT_KINDS:
            continue
        if load.kind == "cooling":
            cooling = load.kw if cooling is None else cooling + load.kw
            cooling_is_electric = load.is_chiller_electricity
        if load.kind == "electric" or (load.is_chiller_electricity and not table.part_of_electric):
            electric += load.kw
    return StudyInputs(
        scenario=scenario,
        scenario_file=file.name,
        scenario_sha256=sha256 or hashlib.sha256(scenario.model_dump_json(by_alias=True).encode()).hexdigest(),
        axis=axis,
        weather=stepped,
        electric_kw=electric,
        levels=levels,
        cooling_kw=cooling,
        cooling_is_electric=cooling_is_electric,
        tariff=tariff,
        fuel=fuel,
        gas_tariff=gas_tariff,
        gas=gas,
        standby=standby,
        availability_years=_availability_years(scenario, axis, planned),
        planned_availability=None if planned is None else 1.0 - planned.mean(axis=0),
        fuel_kg_per_kwh_hhv=_fuel_carbon(scenario, fuel),
        grid_kg_per_kwh=_made(grid),
        record=record,
        heat_recovery=heat_recovery,
        boiler=boiler,
        rule=_made(rule),
        citations=tuple(cited),
        notes=tuple(as_sentence(note) for note in input_notes(scenario, axis, weather, loads, fuel, record)),
    )


def _default_citations(scenario: Scenario) -> list[Citation]:
    """The estimates that stand in for keys which the scenario leaves out."""
    source = Source(
        "Brayton default", "2026", "estimate", f"{USUAL_WATER_RANGE_K:g} K (20 F) below supply, the usual US design figure"
    )
    return [Citation(f"load[{index}].return_temp_c", source) for index in loads_without_return(scenario)]


def _weather(scenario: Scenario, folder: Path) -> Weather:
    table, elevation_m = scenario.weather, scenario.site.elevation_m
    if table.epw is not None:
        weather = read_epw(folder / table.epw)
    elif table.tmy3 is not None:
        weather = read_tmy3(folder / table.tmy3)
    elif table.csv is not None:
        weather = read_weather_csv(folder / table.csv)
    else:
        normals = under("weather.normals", lambda: normals_from_table(_made(table.normals)))
        weather = weather_from_normals(normals, leap_day=calendar.isleap(scenario.site.year))
    if table.correct_to_elevation:
        return under("site", lambda: correct_to_elevation(weather, elevation_m))
    return weather


def _axis(scenario: Scenario, weather: Weather | None) -> TimeAxis:
    """The calendar of the study. Typical years have no 29 February: then a leap year goes without, and a note says so."""
    leap_day = weather is None or len(weather.dry_bulb_c) > HOURS_OF_COMMON_YEAR
    return TimeAxis(scenario.site.year, scenario.site.step_minutes, leap_day=leap_day)


def _at_step(weather: Weather, axis: TimeAxis) -> Weather:
    """Hourly weather held over the shorter steps of `axis`."""
    repeats = 60 // axis.step_minutes
    if len(weather.dry_bulb_c) * repeats != axis.steps:
        rule = f"the year {axis.year} has {axis.days * 24} hours"
        raise InputError(
            Fault("weather", f"{len(weather.dry_bulb_c)} hours", rule, "Set site.year to a leap year, or drop the day.")
        )
    series = {item.name: getattr(weather, item.name) for item in fields(weather)}
    return replace(
        weather, **{name: np.repeat(values, repeats) for name, values in series.items() if isinstance(values, np.ndarray)}
    )


def _load(scenario: Scenario, index: int, axis: TimeAxis, weather: Weather | None, folder: Path) -> Load | None:
    """A load that is a series; None for one that is a table of its own (`study.hosts`)."""
    table = scenario.load[index]
    if not isinstance(table, LoadTable):
        return None
    if table.csv is not None:
        return load_from_csv(
            folder / table.csv,
            table.column,
            table.kind,
            axis,
            basis=table.basis,
            boiler_eff_hhv=table.boiler_eff_hhv,
            supply_temp_c=table.supply_temp_c,
        )
    if table.constant_kw is not None:
        return constant_load(table.constant_kw, table.kind, axis, supply_temp_c=table.supply_temp_c)
    if weather is None:  # its faults are told already
        return None
    annual_kwh = table.annual_kwh
    if annual_kwh is not None and table.boiler_eff_hhv is not None:  # a sum of fuel, of which the boiler makes heat
        annual_kwh *= table.boiler_eff_hhv
    return under(
        f"load[{index}]",
        lambda: archetype_load(
            _made(table.archetype),
            table.kind,
            weather,
            axis,
            floor_area_m2=table.floor_area_m2,
            annual_kwh=annual_kwh,
            supply_temp_c=table.supply_temp_c,
            dst=scenario.tariff.dst,
        ),
    )


def _tariff(scenario: Scenario, folder: Path) -> Tariff:
    table = scenario.tariff
    if table.urdb is not None:
        tariff = read_urdb(folder / table.urdb, table.overrides.overrides() if table.overrides else None)
    elif table.file is not None:
        tariff = read_tariff_toml(folder / table.file)
    else:
        tariff = under("tariff.inline", lambda: tariff_from_table(_made(table.inline), folder=folder))
    prices = table.supply_usd_per_kwh
    return tariff if prices is None else under("tariff", lambda: with_supply(tariff, prices))


def _grid_carbon(scenario: Scenario, axis: TimeAxis, folder: Path) -> NDArray[np.float64]:
    table = scenario.carbon
    if table.grid_csv is None:
        return np.full(axis.steps, _made(table.grid_kg_per_kwh))
    series = read_series(folder / table.grid_csv, table.column, leap_day=axis.leap_day)
    repeats = axis.steps // len(series.values)
    if len(series.values) * repeats != axis.steps or (series.step_minutes or 60) != repeats * axis.step_minutes:
        rule = f"must be hours or steps of the year {axis.year}, {axis.days * 24} or {axis.steps}"
        raise InputError(Fault("rows", len(series.values), rule, "Give each once, in order.", str(folder / table.grid_csv)))
    if (series.values < 0.0).any() or series.values.max() > HIGHEST_GRID_KG_PER_KWH:
        rule = f"must lie in 0..{HIGHEST_GRID_KG_PER_KWH:g} kg/kWh"
        raise InputError(Fault(series.name, float(series.values.max()), rule, "Convert to kg/kWh.", str(folder / table.grid_csv)))
    return np.repeat(series.values, repeats)


def _heat_recovery(scenario: Scenario, folder: Path) -> HeatRecovery | None:
    given = scenario.machine[0].heat_recovery
    if given is None or given in (OWN_HEAT_RECOVERY, EXHAUST_ITSELF):
        return None
    if isinstance(given, Mapping):
        return under("machine[0].heat_recovery", lambda: heat_recovery_from_table(given))
    return under("machine[0]", lambda: load_heat_recovery(_path_or_name(given, folder)))


def _boiler(scenario: Scenario) -> Boiler | None:
    """The boiler that is there already; its capacity is unlimited where the scenario gives none."""
    for index, table in enumerate(scenario.equipment):
        if isinstance(table, BoilerTable):
            cited = [entry.cite() for entry in scenario.source if {"equipment", "equipment.efficiency_hhv"} & set(entry.fields)]
            source = cited[0] if cited else Source("scenario", "undated", "estimate", "the scenario names no source")
            return under(f"equipment[{index}]", lambda table=table, source=source: boiler_of(table, source))
    return None


def _rule(scenario: Scenario) -> Rule:
    kind = RULES[scenario.dispatch.method]
    return kind(**{item.name: getattr(scenario.dispatch, item.name) for item in fields(kind)})


def _levels(scenario: Scenario, loads: Sequence[Load | None], axis: TimeAxis, faults: Faults) -> tuple[HeatLevel, ...]:
    """The heat loads with the temperatures of their water."""
    levels: list[HeatLevel] = []
    for index, (table, load) in enumerate(zip(scenario.load, loads, strict=True)):
        if not isinstance(table, LoadTable) or table.kind not in HEAT_KINDS:
            continue
        supply_c = table.supply_temp_c
        if supply_c is None and scenario.machine[0].heat_recovery is not None:
            rule = "is needed, because recovered heat depends on the temperature of the water"
            faults.add(f"load[{index}].supply_temp_c", "(absent)", rule, "Add the supply temperature of this heat.")
        if load is None:
            continue
        hot_c = ANY_HEAT_C if supply_c is None else supply_c
        back_c = hot_c - USUAL_WATER_RANGE_K if table.return_temp_c is None else table.return_temp_c
        if back_c <= 0.0:
            faults.add(f"load[{index}].return_temp_c", back_c, "must lie above 0 degC", "Give the return temperature.")
            continue
        level = faults.attempt(lambda load=load, hot=hot_c, back=back_c: HeatLevel(load.kind, load.kw, hot, back))
        levels += [] if level is None else [level]
    return tuple(levels)


def _gas_tariff(scenario: Scenario, folder: Path) -> GasTariff | None:
    path = scenario.fuel.tariff
    return None if path is None else read_gas_tariff(folder / path)


def _own_gas(scenario: Scenario, axis: TimeAxis, folder: Path) -> LandfillGas | None:
    """The gas of the site's own, with its train and flare."""
    if scenario.gas_supply is None or scenario.gas_train is None or scenario.flare is None:
        return None
    pressure_kpag = scenario.fuel.supply_pressure_kpag
    return landfill_gas(scenario.gas_supply, scenario.gas_train, scenario.flare, axis, folder, supply_pressure_kpag=pressure_kpag)


def _standby(scenario: Scenario, folder: Path) -> StandbyService | None:
    path = scenario.tariff.standby
    return None if path is None else read_standby(folder / path)


def _serviced(scenario: Scenario, axis: TimeAxis) -> NDArray[np.bool_] | None:
    """Steps in which each machine is in service (units, n); None where nothing is said of outages."""
    table = scenario.availability
    return None if table is None else table.serviced(axis, scenario.machine[0].count)


def _availability_years(scenario: Scenario, axis: TimeAxis, planned: NDArray[np.bool_] | None) -> NDArray[np.float64] | None:
    """Random years of the machines' outages, trips and service, worst first (a, n); None where nothing is said of them."""
    table = scenario.availability
    if table is None:
        return None
    doubt, count = scenario.doubt or Doubt(), scenario.machine[0].count
    years = doubt.machine_years
    return random_years(table.reliability(), count, axis.steps, axis.step_hours, rows=years, seed=doubt.seed, planned=planned)


def _fuel_carbon(scenario: Scenario, fuel: Fuel) -> float:
    """CO2 of a kWh of fuel [kg/kWh HHV]: what the scenario says, or the carbon of its composition that is not biogenic."""
    given = scenario.carbon.fuel_kg_per_kwh_hhv
    fossil = 1.0 - (0.0 if math.isnan(fuel.biogenic_fraction) else fuel.biogenic_fraction)
    return fuel.co2_kg_per_j_lhv * fuel.lhv_j_per_kg / fuel.hhv_j_per_kg * J_PER_KWH * fossil if given is None else given


def _path_or_name(text: str, folder: Path) -> str:
    """A path relative to the scenario where `text` is one, else the name."""
    return str(folder / text) if text.endswith(".toml") else text


def _made(part: Part | None) -> Part:
    """A part, or a key, that exists once no fault was found."""
    assert part is not None
    return part
