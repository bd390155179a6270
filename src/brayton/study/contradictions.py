"""Rules of the scenario file that join several keys: each finds a contradiction and names both values (law L6).

They look at the raw tables, so that they speak even where single keys have faults of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from brayton.core.errors import Faults
from brayton.study.money.table import find_faults_of_basis

RawTable = Mapping[str, Any]

HEAT_KINDS = ("space_heat", "hot_water")
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
            _one_of(_table(raw, name), name, choices, faults)
    _together(_table(raw, "tariff"), "tariff", "overrides", "urdb", faults)
    _together(_table(raw, "carbon"), "carbon", "column", "grid_csv", faults)
    loads = _tables(raw, "load")
    for index, load in enumerate(loads):
        _check_load(load, f"load[{index}]", faults)
    _check_cooling(loads, faults)
    if "load" in raw and not any(load.get("kind") == "electric" for load in loads):
        faults.add("load", [load.get("kind") for load in loads], "has no electric load", "Add a [[load]] of kind electric.")
    for name, least, most in (("machine", 1, 1), ("equipment", 0, 1)):
        if name in raw and not least <= len(_tables(raw, name)) <= most:
            rule = f"must be {'one table' if least else 'at most one table'} in this version"
            faults.add(name, f"{len(_tables(raw, name))} tables", rule, f"Keep one [[{name}]]; `count` gives several machines.")
    _check_heat(raw, loads, faults)
    for index, machine in enumerate(_tables(raw, "machine")):
        burnt, bought = machine.get("fuel"), _table(raw, "fuel").get("name")
        if burnt is not None and burnt != bought:
            rule = f"is not the fuel that is bought, fuel.name = {bought!r}"
            faults.add(f"machine[{index}].fuel", burnt, rule, "Name one fuel; machines and boiler share it in this version.")
    find_faults_of_basis(_table(raw, "finance"), faults)
    for index, source in enumerate(_tables(raw, "source")):
        _check_source(raw, source, f"source[{index}]", faults)


def _check_load(load: RawTable, path: str, faults: Faults) -> None:
    kind, basis = load.get("kind"), load.get("basis")
    _one_of(load, path, ("csv", "archetype", "constant_kw"), faults)
    if "archetype" in load and "csv" not in load:
        _one_of(load, path, ("annual_kwh", "floor_area_m2"), faults)
    for name in ("annual_kwh", "floor_area_m2"):
        _together(load, path, name, "archetype", faults)
    _together(load, path, "column", "csv", faults)
    if basis == "fuel_hhv" and "floor_area_m2" in load:
        rule = "is a sum of fuel, and floor_area_m2 of an archetype gives heat"
        faults.add(f"{path}.basis", basis, rule, "Leave basis out, or scale the archetype by annual_kwh of fuel.")
    if basis is not None and "constant_kw" in load:
        rule = f"has no meaning beside constant_kw = {load['constant_kw']}, which is the demand itself"
        faults.add(f"{path}.basis", basis, rule, "Leave basis out, or give a CSV.")
    allowed = {"electric": (None,), "cooling": ("chiller_electric",)}.get(str(kind), (None, "heat", "fuel_hhv"))
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


def _check_heat(raw: RawTable, loads: Sequence[RawTable], faults: Faults) -> None:
    heated = [index for index, load in enumerate(loads) if load.get("kind") in HEAT_KINDS]
    recovering = [index for index, machine in enumerate(_tables(raw, "machine")) if "heat_recovery" in machine]
    boilers = [item for item in _tables(raw, "equipment") if item.get("kind") == "boiler"]
    if heated and not boilers:
        rule = "is heat, and no boiler serves it without the project"
        faults.add(f"load[{heated[0]}].kind", loads[heated[0]]["kind"], rule, "Add an [[equipment]] of kind boiler.")
    for index in recovering if not heated else []:
        rule = "recovers heat, and there is no heat load"
        remedy = "Add a [[load]] of kind space_heat or hot_water, or leave heat_recovery out."
        faults.add(f"machine[{index}].heat_recovery", _tables(raw, "machine")[index]["heat_recovery"], rule, remedy)
    if _table(raw, "dispatch").get("method") == "follow_heat" and not recovering:
        rule = "follows a heat load, and no machine has heat_recovery"
        faults.add("dispatch.method", "follow_heat", rule, "Name a heat recovery unit, or follow the electric load.")


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


def _one_of(table: RawTable, path: str, names: Sequence[str], faults: Faults) -> None:
    """Exactly one of `names` must stand in the table."""
    given = [name for name in names if name in table]
    if len(given) > 1:
        both = ", ".join(f"{name} = {_short(table[name])}" for name in given)
        faults.add(f"{path}.{given[1]}", both, "contradict each other", f"Keep one of {', '.join(names)}.")
    elif not given:
        faults.add(path, "(absent)", f"needs one of {', '.join(names)}", "Add one.")


def _together(table: RawTable, path: str, name: str, needs: str, faults: Faults) -> None:
    if name in table and needs not in table:
        faults.add(f"{path}.{name}", _short(table[name]), f"has no meaning without {needs}", f"Remove it or give {needs}.")


def _short(value: object) -> object:
    return "a table" if isinstance(value, Mapping) else value


def _table(raw: RawTable, name: str) -> RawTable:
    value = raw.get(name)
    return cast("RawTable", value) if isinstance(value, Mapping) else {}


def _tables(raw: RawTable, name: str) -> list[RawTable]:
    value = raw.get(name)
    items = cast("list[object]", value) if isinstance(value, list) else []
    return [cast("RawTable", item) if isinstance(item, Mapping) else {} for item in items]
