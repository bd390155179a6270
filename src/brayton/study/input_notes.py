"""What the reader of a result has to know of its inputs."""

from __future__ import annotations

import calendar
import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from brayton.package.heat_level import USUAL_WATER_RANGE_K
from brayton.study.dehumidification_tables import DehumidificationLoadTable
from brayton.study.host_rules import HEAT_KINDS
from brayton.study.sources import figures_without_source

if TYPE_CHECKING:
    from brayton.core.timeaxis import TimeAxis
    from brayton.gas.fuels import Fuel
    from brayton.machine.record import MachineRecord
    from brayton.site.load import Load
    from brayton.site.weather import Weather
    from brayton.study.scenario import Scenario

STATION_DISTANCE_M = 50.0
"""Difference of elevation between station and site from which a study says that nothing was corrected."""


def loads_without_return(scenario: Scenario) -> list[int]:
    """Numbers of the heat loads whose return temperature the study has to take for itself."""
    return [
        index
        for index, table in enumerate(scenario.load)
        if not isinstance(table, DehumidificationLoadTable)
        and table.kind in (*HEAT_KINDS, "pool")
        and table.supply_temp_c is not None
        and table.return_temp_c is None
    ]


def input_notes(
    scenario: Scenario, axis: TimeAxis, weather: Weather, loads: Sequence[Load], fuel: Fuel, record: MachineRecord
) -> Iterator[str]:
    """Notes of the inputs, the scenario's own words first."""
    yield from scenario.notes
    yield f"The stated money year is {scenario.site.money_year}; prices stand as published and are not brought to it."
    for name in figures_without_source(scenario):
        yield f"{name} has no source: treat the result as an estimate."
    yield from weather.notes
    if not axis.leap_day and calendar.isleap(axis.year):
        yield f"The weather year has no 29 February, so {axis.year} is run without it."
    station_m, site_m = weather.elevation_m, scenario.site.elevation_m
    if not scenario.weather.correct_to_elevation and abs(station_m - site_m) > STATION_DISTANCE_M:
        yield f"The weather is that of {station_m:g} m, the site lies at {site_m:g} m; nothing was corrected."
    for load in loads:
        yield from load.notes
    for index in loads_without_return(scenario):
        yield (
            f"load[{index}].return_temp_c is not given: water is taken to come back {USUAL_WATER_RANGE_K:g} K below its supply, "
            "an estimate that decides how much heat is recovered."
        )
    if any(load.kind in HEAT_KINDS for load in loads):
        yield "Space heat and hot water are one pool; heat recovery stands in its return, the boiler gives the rest."
    if scenario.carbon.fuel_kg_per_kwh_hhv is None and math.isnan(fuel.biogenic_fraction):
        yield "The fuel's carbon is counted as fossil: nobody said how much of it is biogenic."
    elif scenario.carbon.fuel_kg_per_kwh_hhv is None and fuel.biogenic_fraction > 0.0:
        yield f"{100 * fuel.biogenic_fraction:.0f} % of the fuel's carbon is biogenic and not counted."
    if record.fuel.kit and not _is_accepted(record, fuel):
        systems = ", ".join(kit.name for kit in record.fuel.kit)
        yield f"{fuel.name} suits none of the fuel systems on record for {record.model} ({systems}): ask the maker first."


def _is_accepted(record: MachineRecord, fuel: Fuel) -> bool:
    """Whether a fuel system of the machine takes this gas; a liquid has no heating value by volume and never passes."""
    heating_mj_per_m3 = fuel.hhv_j_per_m3_n / 1e6
    h2s_ppm = 1e6 * fuel.mixture.mole_fractions.get("H2S", 0.0)
    return any(
        kit.hhv_min_mj_per_m3 <= heating_mj_per_m3 <= kit.hhv_max_mj_per_m3 and h2s_ppm <= kit.h2s_max_ppm
        for kit in record.fuel.kit
    )


def as_sentence(note: str) -> str:
    """A note, which a reader below may have written without its full stop, with one."""
    return note if note.endswith((".", "?", "!")) else f"{note}."
