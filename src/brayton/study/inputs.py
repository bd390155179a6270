"""From the scenario to what the rooms below work with: files read, names looked up, every fault gathered (law L6)."""

from __future__ import annotations

import calendar
import hashlib
import math
from collections.abc import Callable, Mapping
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
from brayton.package.heat_recovery import HeatRecovery
from brayton.package.library import REFERENCE, heat_recovery_from_table, load_heat_recovery
from brayton.site.archetypes import archetype_load
from brayton.site.load import Load, constant_load, load_from_csv
from brayton.site.series import read_series
from brayton.site.tariff import Tariff, with_supply
from brayton.site.tariff_toml import read_tariff_toml, tariff_from_table
from brayton.site.urdb import UrdbOverrides, read_urdb
from brayton.site.weather import (
    Weather,
    correct_to_elevation,
    normals_from_table,
    read_epw,
    read_tmy3,
    read_weather_csv,
    weather_from_normals,
)
from brayton.study.contradictions import HEAT_KINDS, find_contradictions
from brayton.study.notes import USUAL_WATER_RANGE_K, as_sentence, input_notes, loads_without_return
from brayton.study.scenario import HIGHEST_GRID_KG_PER_KWH, Scenario
from brayton.study.scenario_file import parse_scenario
from brayton.study.sources import Citation, scenario_citations

OWN_HEAT_RECOVERY = "hot_water"
"""Word for the library's heat recovery of the machine, or the nearest one scaled to it."""

HOURS_OF_COMMON_YEAR = 8760

Part = TypeVar("Part")


@dataclass(frozen=True)
class StudyInputs:
    """Everything a study runs on.

    electric_kw, heat_kw: demand of each step [kW]. supply_temp_c, return_temp_c: of the heating water; NaN without heat load.
    fuel_kg_per_kwh_hhv: CO2 of the fuel. grid_kg_per_kwh: CO2 of the grid, each step. heat_recovery: None for none, or where
    the scenario asks for the machine's own, which is chosen once the machine is compiled.
    """

    scenario: Scenario
    scenario_file: str
    scenario_sha256: str
    axis: TimeAxis
    weather: Weather
    electric_kw: NDArray[np.float64]
    heat_kw: NDArray[np.float64]
    supply_temp_c: float
    return_temp_c: float
    tariff: Tariff
    fuel: Fuel
    fuel_kg_per_kwh_hhv: float
    grid_kg_per_kwh: NDArray[np.float64]
    record: MachineRecord
    heat_recovery: HeatRecovery | None
    boiler: Boiler | None
    rule: Rule
    citations: tuple[Citation, ...]
    notes: tuple[str, ...]


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
        fuel = faults.attempt(lambda: _under("fuel", lambda: find_fuel(scenario.fuel.name)))
        grid = faults.attempt(lambda: _grid_carbon(scenario, axis, folder))
        record = faults.attempt(
            lambda: _under("machine[0]", lambda: load_record(_path_or_name(scenario.machine[0].model, folder)))
        )
        heat_recovery = faults.attempt(lambda: _heat_recovery(scenario, folder))
        boiler = faults.attempt(lambda: _boiler(scenario))
        rule = faults.attempt(lambda: _under("dispatch", lambda: _rule(scenario)))
        supply_temp_c, return_temp_c = _water_temps(scenario, faults)
        # the machine's own is the reference one to another size, so its temperatures are the same
        exchanger = load_heat_recovery(REFERENCE) if scenario.machine[0].heat_recovery == OWN_HEAT_RECOVERY else heat_recovery
        if exchanger is not None:
            _check_water_temps(exchanger, supply_temp_c, return_temp_c, faults)
    weather, tariff, fuel, record = _made(weather), _made(tariff), _made(fuel), _made(record)
    loads = [load for load in found if load is not None]
    stepped = _at_step(weather, axis)
    cited = [
        *scenario_citations(scenario),
        *_default_citations(scenario),
        Citation("weather", weather.source),
        *(Citation(f"load[{index}]: {load.name}", load.source) for index, load in enumerate(loads)),
        Citation("tariff", tariff.source),
        Citation(f"fuel: {fuel.name}", fuel.source),
        *(Citation(f"machine: {record.model}", source) for source in record.sources),
    ]
    electric, heat = (np.zeros(axis.steps) for _ in range(2))
    for table, load in zip(scenario.load, loads, strict=True):
        if load.kind in HEAT_KINDS:
            heat += load.kw
        elif load.kind == "electric" or not table.part_of_electric:
            electric += load.kw
    return StudyInputs(
        scenario=scenario,
        scenario_file=file.name,
        scenario_sha256=sha256 or hashlib.sha256(scenario.model_dump_json(by_alias=True).encode()).hexdigest(),
        axis=axis,
        weather=stepped,
        electric_kw=electric,
        heat_kw=heat,
        supply_temp_c=supply_temp_c,
        return_temp_c=return_temp_c,
        tariff=tariff,
        fuel=fuel,
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
        normals = _under("weather.normals", lambda: normals_from_table(_made(table.normals)))
        weather = weather_from_normals(normals, leap_day=calendar.isleap(scenario.site.year))
    if table.correct_to_elevation:
        return _under("site", lambda: correct_to_elevation(weather, elevation_m))
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
    table = scenario.load[index]
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
    return _under(
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
        given = table.overrides
        overrides = UrdbOverrides(given.fixed_charge_unit, frozenset(given.ignore)) if given else None
        tariff = read_urdb(folder / table.urdb, overrides)
    elif table.file is not None:
        tariff = read_tariff_toml(folder / table.file)
    else:
        tariff = _under("tariff.inline", lambda: tariff_from_table(_made(table.inline)))
    prices = table.supply_usd_per_kwh
    return tariff if prices is None else _under("tariff", lambda: with_supply(tariff, prices))


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
    if given is None or given == OWN_HEAT_RECOVERY:
        return None
    if isinstance(given, Mapping):
        return _under("machine[0].heat_recovery", lambda: heat_recovery_from_table(given))
    return _under("machine[0]", lambda: load_heat_recovery(_path_or_name(given, folder)))


def _boiler(scenario: Scenario) -> Boiler | None:
    """The boiler that is there already; its capacity is unlimited where the scenario gives none."""
    for table in scenario.equipment:
        cited = [entry.source() for entry in scenario.source if {"equipment", "equipment.efficiency_hhv"} & set(entry.fields)]
        source = cited[0] if cited else Source("scenario", "undated", "estimate", "the scenario names no source")
        return Boiler(math.inf if table.capacity_kw is None else table.capacity_kw, table.efficiency_hhv, source)
    return None


def _rule(scenario: Scenario) -> Rule:
    kind = RULES[scenario.dispatch.method]
    return kind(**{item.name: getattr(scenario.dispatch, item.name) for item in fields(kind)})


def _water_temps(scenario: Scenario, faults: Faults) -> tuple[float, float]:
    """Supply and return temperature of the heating water [degC], one pool: the hottest that any heat load asks for."""
    supplies: list[float] = []
    returns: list[float] = []
    for index, table in enumerate(scenario.load):
        if table.kind in HEAT_KINDS and table.supply_temp_c is not None:
            supplies.append(table.supply_temp_c)
            returns.append(table.supply_temp_c - USUAL_WATER_RANGE_K if table.return_temp_c is None else table.return_temp_c)
        elif table.kind in HEAT_KINDS and scenario.machine[0].heat_recovery is not None:
            rule = "is needed, because recovered heat depends on the temperature of the water"
            faults.add(f"load[{index}].supply_temp_c", "(absent)", rule, "Add the supply temperature of this heat.")
    return max(supplies, default=math.nan), max(returns, default=math.nan)


def _check_water_temps(exchanger: HeatRecovery, supply_temp_c: float, return_temp_c: float, faults: Faults) -> None:
    """Add a fault where the heat recovery cannot make water of this temperature; NaN, which has a fault already, passes."""
    highest = exchanger.max_water_out_temp_c
    if supply_temp_c > highest:
        rule = f"is above the highest water temperature of {exchanger.name}, {highest:g} degC"
        faults.add("load.supply_temp_c", supply_temp_c, rule, "Lower it, or leave this heat to the boiler alone.")
    if return_temp_c <= 0.0:
        faults.add("load.return_temp_c", return_temp_c, "must lie above 0 degC", "Give the return temperature.")


def _fuel_carbon(scenario: Scenario, fuel: Fuel) -> float:
    """CO2 of a kWh of fuel [kg/kWh HHV]: what the scenario says, or the carbon of its composition that is not biogenic."""
    given = scenario.carbon.fuel_kg_per_kwh_hhv
    fossil = 1.0 - (0.0 if math.isnan(fuel.biogenic_fraction) else fuel.biogenic_fraction)
    return fuel.co2_kg_per_j_lhv * fuel.lhv_j_per_kg / fuel.hhv_j_per_kg * J_PER_KWH * fossil if given is None else given


def _path_or_name(text: str, folder: Path) -> str:
    """A path relative to the scenario where `text` is one, else the name."""
    return str(folder / text) if text.endswith(".toml") else text


def _under(path: str, build: Callable[[], Part]) -> Part:
    """What `build` makes; the paths of its faults begin with `path`, which stands alone for a table as a whole."""
    try:
        return build()
    except InputError as error:
        told = [(fault, path if fault.path == "file" else f"{path}.{fault.path}") for fault in error.faults]
        raise InputError(
            *(fault if fault.path.startswith(path) else replace(fault, path=place) for fault, place in told)
        ) from None


def _made(part: Part | None) -> Part:
    """A part, or a key, that exists once no fault was found."""
    assert part is not None
    return part
