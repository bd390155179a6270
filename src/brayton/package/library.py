"""Heat-recovery records: the library, files and inline tables of the same shape, and exchangers for other machines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import PositiveFloat

from brayton.core.errors import Fault, Faults, InputError, unknown_name
from brayton.core.provenance import Source
from brayton.core.records import Record, SourceTable, parse_record, read_toml
from brayton.core.units import ISO_RELATIVE_HUMIDITY, ISO_TEMP_K, STANDARD_PRESSURE_PA, ZERO_CELSIUS_K
from brayton.gas.air import humidity_ratio
from brayton.gas.fuels import fuel
from brayton.package.heat_recovery import (
    WATER_DENSITY_KG_PER_M3,
    HeatRecovery,
    exhaust_coefficients,
    ua_from_rated_point,
)

if TYPE_CHECKING:
    from brayton.machine.performance import Performance

LIBRARY = files("brayton.package") / "library"
HOT_WATER_KG_PER_M3, COLD_WATER_KG_PER_M3 = 970.0, 1000.0
"""Water at 83 and 4 degC: a range of volume flows holds mass flows from the lowest of hot to the highest of cold water."""
REFERENCE = "c65_ichp"
"""The record that exchangers for machines without their own are scaled from."""


class RatedPoint(Record):
    """The one published point from which the exchanger's size is calibrated."""

    thermal_eff_lhv: PositiveFloat
    fuel_power_kw_lhv: PositiveFloat
    fuel: str
    humidity_ratio: float
    exhaust_flow_kg_s: PositiveFloat
    exhaust_temp_c: float
    water_in_temp_c: float
    water_flow_m3_s: PositiveFloat


class HeatRecoveryTable(Record):
    """The shape of a heat-recovery file."""

    name: str
    models: tuple[str, ...] = ()
    min_stack_temp_c: float
    max_water_out_temp_c: float
    water_flow_range_m3_s: tuple[PositiveFloat, PositiveFloat]
    gas_side_exponent: float
    water_side_share: float
    rated: RatedPoint
    source: tuple[SourceTable, ...]


def heat_recoveries() -> list[str]:
    """Names of the library's heat-recovery records."""
    return sorted(item.name.removesuffix(".toml") for item in LIBRARY.iterdir() if item.name.endswith(".toml"))


def load_heat_recovery(name_or_path: str) -> HeatRecovery:
    """The heat recovery of this library name or TOML file.

    Raises InputError for a name that neither is (nearest names), and with every fault of a file.
    """
    if name_or_path.endswith(".toml"):
        return heat_recovery_from_table(read_toml(name_or_path), name_or_path)
    if name_or_path not in heat_recoveries():
        raise unknown_name("heat recovery", name_or_path, heat_recoveries(), path="heat_recovery")
    return _calibrated(_library_table(name_or_path))


@cache
def _library_table(name: str) -> HeatRecoveryTable:
    return parse_record(HeatRecoveryTable, read_toml(Path(str(LIBRARY / f"{name}.toml"))), f"library/{name}")


def heat_recovery_from_table(table: Mapping[str, object], file: str | None = None) -> HeatRecovery:
    """The heat recovery of a table in the shape of the library's files, its size calibrated from its rated point.

    Raises InputError with every fault: unknown or missing keys, wrong types, figures out of bounds, a rated point that no
    exchanger can reach.
    """
    record = parse_record(HeatRecoveryTable, table, file)
    try:
        return _calibrated(record)
    except InputError as error:
        faults = Faults(file=file)
        faults.absorb(error)
        raise InputError(*faults.found) from None


def _calibrated(record: HeatRecoveryTable) -> HeatRecovery:
    rated = record.rated
    gas = fuel(rated.fuel)
    fuel_flow_kg_s = rated.fuel_power_kw_lhv * 1e3 / gas.lhv_j_per_kg
    water_kg_s = rated.water_flow_m3_s * WATER_DENSITY_KG_PER_M3
    ua_w_per_k = ua_from_rated_point(
        exhaust_coefficients(gas, rated.humidity_ratio, fuel_flow_kg_s / (rated.exhaust_flow_kg_s - fuel_flow_kg_s)),
        exhaust_flow_kg_s=rated.exhaust_flow_kg_s,
        exhaust_temp_k=rated.exhaust_temp_c + ZERO_CELSIUS_K,
        heat_w=rated.thermal_eff_lhv * rated.fuel_power_kw_lhv * 1e3,
        water_in_temp_k=rated.water_in_temp_c + ZERO_CELSIUS_K,
        water_flow_kg_s=water_kg_s,
    )
    low, high = record.water_flow_range_m3_s
    return HeatRecovery(
        name=record.name,
        ua_w_per_k=ua_w_per_k,
        rated_exhaust_flow_kg_s=rated.exhaust_flow_kg_s,
        rated_water_flow_kg_s=water_kg_s,
        rated_water_in_temp_c=rated.water_in_temp_c,
        gas_side_exponent=record.gas_side_exponent,
        water_side_share=record.water_side_share,
        min_stack_temp_c=record.min_stack_temp_c,
        max_water_out_temp_c=record.max_water_out_temp_c,
        water_flow_range_kg_s=(low * HOT_WATER_KG_PER_M3, high * COLD_WATER_KG_PER_M3),
        sources=tuple(item.cite() for item in record.source),
    )


def scale_heat_recovery(hrec: HeatRecovery, name: str, rated_exhaust_flow_kg_s: float) -> HeatRecovery:
    """`hrec` built larger or smaller for another exhaust flow: size and water flows in proportion, so the same
    effectiveness at the rated point. An estimate, and its sources say so.
    """
    scale = rated_exhaust_flow_kg_s / hrec.rated_exhaust_flow_kg_s
    low, high = hrec.water_flow_range_kg_s
    note = f"size and water flows in proportion to exhaust flow, {rated_exhaust_flow_kg_s:.4g} kg/s: no data of its own found"
    return replace(
        hrec,
        name=name,
        ua_w_per_k=hrec.ua_w_per_k * scale,
        rated_exhaust_flow_kg_s=rated_exhaust_flow_kg_s,
        rated_water_flow_kg_s=hrec.rated_water_flow_kg_s * scale,
        water_flow_range_kg_s=(low * scale, high * scale),
        sources=(*hrec.sources, Source(f"{name}: scaled from {hrec.name}", "2026", "estimate", note)),
    )


def heat_recovery_for(performance: Performance) -> HeatRecovery:
    """The library's heat recovery of this machine, or the reference one scaled to its exhaust flow at full power in ISO air.

    Raises InputError for a machine whose exhaust is not known.
    """
    for name in heat_recoveries():
        if performance.model in _library_table(name).models:
            return load_heat_recovery(name)
    iso_humidity = humidity_ratio(ISO_TEMP_K, STANDARD_PRESSURE_PA, ISO_RELATIVE_HUMIDITY)
    iso_air = (ISO_TEMP_K - ZERO_CELSIUS_K, STANDARD_PRESSURE_PA / 1e3, iso_humidity)
    flow_kg_s = float(performance.at(performance.available_net_power_kw(*iso_air), *iso_air).exhaust_flow_kg_s)
    if not flow_kg_s > 0.0:
        raise exhaust_unknown(performance.model)
    return scale_heat_recovery(load_heat_recovery(REFERENCE), f"{REFERENCE}_for_{performance.model}", flow_kg_s)


def exhaust_unknown(model: str) -> InputError:
    """The error for heat recovery behind a machine without exhaust data."""
    remedy = "Leave heat recovery out, or choose a machine whose record models its exhaust."
    return InputError(Fault("machine.heat_recovery", model, "its record holds no exhaust flow and temperature", remedy))
