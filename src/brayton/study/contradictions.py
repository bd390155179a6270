"""Rules of the scenario file that join several keys: each finds a contradiction and names both values (law L6).

They look at the raw tables, so that they speak even where single keys have faults of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from brayton.core.errors import Faults
from brayton.study.host_rules import HEAT_KINDS, HOST_KINDS, find_host_contradictions
from brayton.study.money.table import find_faults_of_basis
from brayton.study.rawtables import RawTable, one_of, table_of, tables_of, together

ALTERNATIVES = {
    "weather": ("epw", "tmy3", "csv", "normals"),
    "tariff": ("urdb", "file", "inline"),
    "carbon": ("grid_kg_per_kwh", "grid_csv"),
}
"""Keys of which a table has exactly one."""


def find_contradictions(raw: RawTable, faults: Faults) -> None:
    """Add a fault for each pair of keys that cannot both hold, and for each key that another one calls for."""
    for name, choices in ALTERNATIVES.items():
        if name in raw:
            one_of(table_of(raw, name), name, choices, faults)
    together(table_of(raw, "tariff"), "tariff", "overrides", "urdb", faults)
    together(table_of(raw, "carbon"), "carbon", "column", "grid_csv", faults)
    if "fuel" in raw and ("gas_supply" not in raw or "tariff" in table_of(raw, "fuel")):
        one_of(table_of(raw, "fuel"), "fuel", ("price_usd_per_mmbtu_hhv", "tariff"), faults)
    loads = tables_of(raw, "load")
    for index, load in enumerate(loads):
        if load.get("kind") not in HOST_KINDS:
            _check_load(load, f"load[{index}]", faults)
        else:
            _check_water(load, f"load[{index}]", faults)
    _check_cooling(loads, faults)
    if "load" in raw and not any(load.get("kind") == "electric" for load in loads):
        faults.add("load", [load.get("kind") for load in loads], "has no electric load", "Add a [[load]] of kind electric.")
    if "machine" in raw and len(tables_of(raw, "machine")) != 1:
        rule = "must be one table in this version"
        remedy = "Keep one [[machine]]; `count` gives several machines."
        faults.add("machine", f"{len(tables_of(raw, 'machine'))} tables", rule, remedy)
    find_host_contradictions(raw, faults)
    for index, machine in enumerate(tables_of(raw, "machine")):
        burnt, bought = machine.get("fuel"), table_of(raw, "fuel").get("name")
        if burnt is not None and burnt != bought:
            rule = f"is not the fuel that is bought, fuel.name = {bought!r}"
            faults.add(f"machine[{index}].fuel", burnt, rule, "Name one fuel; machines and boiler share it in this version.")
    find_faults_of_basis(table_of(raw, "finance"), faults)
    for index, source in enumerate(tables_of(raw, "source")):
        _check_source(raw, source, f"source[{index}]", faults)


def _check_load(load: RawTable, path: str, faults: Faults) -> None:
    kind, basis = load.get("kind"), load.get("basis")
    one_of(load, path, ("csv", "archetype", "constant_kw"), faults)
    if "archetype" in load and "csv" not in load:
        one_of(load, path, ("annual_kwh", "floor_area_m2"), faults)
    for name in ("annual_kwh", "floor_area_m2"):
        together(load, path, name, "archetype", faults)
    together(load, path, "column", "csv", faults)
    if basis == "fuel_hhv" and "floor_area_m2" in load:
        rule = "is a sum of fuel, and floor_area_m2 of an archetype gives heat"
        faults.add(f"{path}.basis", basis, rule, "Leave basis out, or scale the archetype by annual_kwh of fuel.")
    if basis is not None and "constant_kw" in load and (kind, basis) != ("cooling", "heat"):
        rule = f"has no meaning beside constant_kw = {load['constant_kw']}, which is the demand itself"
        faults.add(f"{path}.basis", basis, rule, "Leave basis out, or give a CSV.")
    allowed = {"electric": (None,), "cooling": ("chiller_electric", "heat")}.get(str(kind), (None, "heat", "fuel_hhv"))
    if basis not in allowed and isinstance(kind, str):
        words = " or ".join(word or "left out" for word in allowed)
        faults.add(f"{path}.basis", basis, f"must be {words} for a load of kind {kind}", "Say what the figures are.")
    for name, needs in (("boiler_eff_hhv", "fuel_hhv"), ("part_of_electric", "chiller_electric")):
        if (basis == needs) != (name in load):
            rule = f"goes with basis = {needs!r}, and basis is {basis!r}"
            faults.add(f"{path}.{name}", load.get(name, "(absent)"), rule, "Give both or neither.")
    for name in ("supply_temp_c", "return_temp_c"):
        if name in load and kind not in HEAT_KINDS:
            faults.add(f"{path}.{name}", load[name], f"has no meaning for a load of kind {kind}", "Remove it.")
    _check_water(load, path, faults)


def _check_water(load: RawTable, path: str, faults: Faults) -> None:
    supply, back = load.get("supply_temp_c"), load.get("return_temp_c")
    if isinstance(supply, int | float) and isinstance(back, int | float) and back >= supply:
        rule = f"must be below supply_temp_c = {supply:g}"
        faults.add(f"{path}.return_temp_c", back, rule, "Water comes back colder than it was sent.")


def _check_cooling(loads: Sequence[RawTable], faults: Faults) -> None:
    """An archetype's electric load holds its chillers."""
    whole = any(load.get("kind") == "electric" and "archetype" in load for load in loads)
    for index, load in enumerate(loads):
        if whole and load.get("kind") == "cooling" and load.get("part_of_electric") is False:
            rule = "contradicts the electric load of an archetype, which holds the electricity of its chillers"
            faults.add(f"load[{index}].part_of_electric", False, rule, "Set it to true, or give the electric load as a CSV.")


def _check_source(raw: RawTable, source: RawTable, path: str, faults: Faults) -> None:
    if source.get("basis") == "estimate" and not source.get("note"):
        faults.add(f"{path}.note", "(absent)", "an estimate says why it is one (L8)", "Add a note.")
    fields = source.get("fields")
    for name in cast("list[object]", fields) if isinstance(fields, list) else []:
        if isinstance(name, str) and not _resolves(raw, name.split(".")):
            remedy = "Write it as table.key, such as fuel.price_usd_per_mmbtu_hhv; the numbers of [[...]] are left out."
            faults.add(f"{path}.fields", name, "is no key of this scenario", remedy)


def _resolves(raw: object, keys: Sequence[str]) -> bool:
    if not keys:
        return True
    if isinstance(raw, list):
        return any(_resolves(item, keys) for item in cast("list[object]", raw))
    return isinstance(raw, Mapping) and keys[0] in raw and _resolves(cast("RawTable", raw)[keys[0]], keys[1:])
