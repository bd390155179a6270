"""Rules of the scenario file that join loads, machines and equipment: what serves what, and what drives what (law L6)."""

from __future__ import annotations

from collections.abc import Sequence

from brayton.core.errors import Faults
from brayton.study.rawtables import RawTable, table_of, tables_of

HEAT_KINDS = ("space_heat", "hot_water")
HOST_KINDS = ("pool", "dehumidification")
"""Kinds of load that are tables of their own, not series."""

DRIVEN = {"absorption_chiller": "drive", "desiccant": "regeneration"}
"""Equipment that recovered heat drives, and the key that says by what."""

NEEDS = (
    ("desiccant", "equipment", "dehumidification", "load", "dries the air of a store"),
    ("dehumidification", "load", "desiccant", "equipment", "is served by a desiccant unit"),
    ("absorption_chiller", "equipment", "cooling", "load", "makes cold"),
    ("absorption_chiller", "equipment", "chiller", "equipment", "takes work off an electric chiller"),
    ("chiller", "equipment", "cooling", "load", "makes cold"),
)
"""What has no meaning without what: kind and table of both, and why."""


def find_host_contradictions(raw: RawTable, faults: Faults) -> None:
    """Add a fault for each load without what serves it, each piece of equipment without work, and each pair that cannot be."""
    loads, equipment, machines = (tables_of(raw, name) for name in ("load", "equipment", "machine"))
    for name, tables in (("equipment", equipment), ("load", [load for load in loads if load.get("kind") in HOST_KINDS])):
        kinds = [table.get("kind") for table in tables]
        for kind in {kind for kind in kinds if kinds.count(kind) > 1 and isinstance(kind, str)}:
            rule = "stands more than once; this version takes one of a kind"
            faults.add(name, f"{kinds.count(kind)} tables of kind {kind!r}", rule, "Give one table for all of them together.")
    _check_needs(loads, equipment, faults)
    _check_cold(loads, equipment, faults)
    _check_heat(raw, loads, equipment, machines, faults)
    _check_drive(equipment, machines, faults)
    _check_own_gas(raw, equipment, machines, faults)


def _of_kind(tables: Sequence[RawTable], kind: str) -> int | None:
    """Number of the first table of a kind."""
    return next((index for index, table in enumerate(tables) if table.get("kind") == kind), None)


def _is_exhaust(machines: Sequence[RawTable]) -> bool:
    return bool(machines) and machines[0].get("heat_recovery") == "exhaust"


def _check_needs(loads: Sequence[RawTable], equipment: Sequence[RawTable], faults: Faults) -> None:
    places = {"load": loads, "equipment": equipment}
    for kind, name, needed, where, why in NEEDS:
        index = _of_kind(places[name], kind)
        if index is not None and _of_kind(places[where], needed) is None:
            faults.add(f"{name}[{index}].kind", kind, f"{why}, and there is no {needed}", f"Add [[{where}]] kind = {needed!r}.")


def _check_cold(loads: Sequence[RawTable], equipment: Sequence[RawTable], faults: Faults) -> None:
    """Cold needs the chiller that makes it; one cooling load where chillers are modelled."""
    cooling = [index for index, load in enumerate(loads) if load.get("kind") == "cooling"]
    chiller = _of_kind(equipment, "chiller")
    cold = next((index for index in cooling if loads[index].get("basis") == "heat"), None)
    if cold is not None and chiller is None:
        rule = "is cold, and nobody said what makes it"
        faults.add(f"load[{cold}].basis", "heat", rule, "Add [[equipment]] kind = 'chiller', or give the chiller's electricity.")
    if chiller is not None and len(cooling) > 1:
        faults.add("load", f"{len(cooling)} loads of kind 'cooling'", "are one load of one chiller here", "Add them up.")


def _check_heat(
    raw: RawTable, loads: Sequence[RawTable], equipment: Sequence[RawTable], machines: Sequence[RawTable], faults: Faults
) -> None:
    heated = [index for index, load in enumerate(loads) if load.get("kind") in (*HEAT_KINDS, "pool")]
    recovering = [index for index, machine in enumerate(machines) if "heat_recovery" in machine]
    boiler = _of_kind(equipment, "boiler")
    if heated and boiler is None:
        rule = "is heat, and no boiler serves it without the project"
        faults.add(f"load[{heated[0]}].kind", loads[heated[0]]["kind"], rule, "Add an [[equipment]] of kind boiler.")
    driven = any(_of_kind(equipment, kind) is not None for kind in DRIVEN)
    for index in recovering if not heated and not driven and not _is_exhaust(machines) else []:
        rule = "recovers heat, and there is no heat load"
        remedy = "Add a [[load]] of kind space_heat or hot_water, or leave heat_recovery out."
        faults.add(f"machine[{index}].heat_recovery", machines[index]["heat_recovery"], rule, remedy)
    if table_of(raw, "dispatch").get("method") == "follow_heat" and not recovering:
        rule = "follows a heat load, and no machine has heat_recovery"
        faults.add("dispatch.method", "follow_heat", rule, "Name a heat recovery unit, or follow the electric load.")
    tank = _of_kind(equipment, "tank")
    if tank is not None and not recovering:
        rule = "stores recovered heat, and no machine has heat_recovery"
        faults.add(f"equipment[{tank}].kind", "tank", rule, "Name a heat recovery unit, or leave the tank out.")
    if (
        tank is not None
        and equipment[tank].get("medium") == "chilled_water"
        and _of_kind(equipment, "absorption_chiller") is None
    ):
        rule = "stores cold that recovered heat makes, and there is no absorption chiller"
        faults.add(f"equipment[{tank}].medium", "chilled_water", rule, "Add [[equipment]] kind = 'absorption_chiller'.")
    if tank is not None and any(load.get("kind") == "pool" for load in loads):
        rule = "stands beside a pool, which is a store of heat itself; this version takes one store"
        faults.add(f"equipment[{tank}].kind", "tank", rule, "Leave the tank out, or give the pool's heat as a load.")


def _check_drive(equipment: Sequence[RawTable], machines: Sequence[RawTable], faults: Faults) -> None:
    """What drives equipment must be what the heat recovery gives: hot water, or the exhaust itself."""
    given = machines[0].get("heat_recovery") if machines else None
    has_exhaust = _is_exhaust(machines)
    for index, table in enumerate(equipment):
        key = DRIVEN.get(str(table.get("kind")))
        if key is None or key not in table:
            continue
        wants_exhaust = table[key] == "exhaust"
        if given is None or wants_exhaust != has_exhaust:
            found = "is absent" if given is None else "is 'exhaust'" if has_exhaust else "makes hot water"
            rule = f"does not fit machine[0].heat_recovery, which {found}"
            faults.add(f"equipment[{index}].{key}", table[key], rule, "Give both the same: hot water or exhaust.")
    wet = [table for table in equipment if table.get("kind") == "tank" and table.get("medium") != "chilled_water"]
    if has_exhaust and wet:
        faults.add("machine[0].heat_recovery", "exhaust", "makes no hot water for the tank", "Name a heat recovery unit.")
    if has_exhaust and all(_of_kind(equipment, kind) is None for kind in DRIVEN):
        rule = f"drives nothing: there is no {' and no '.join(DRIVEN)}"
        faults.add("machine[0].heat_recovery", "exhaust", rule, "Name a heat recovery unit, which heats water, or add one.")


def _check_own_gas(raw: RawTable, equipment: Sequence[RawTable], machines: Sequence[RawTable], faults: Faults) -> None:
    """A landfill's or a digester's gas comes with its treatment and its flare; a boiler beside it burns what is bought."""
    tables = ("gas_supply", "gas_train", "flare")
    given = [name for name in tables if name in raw]
    if given and len(given) < len(tables):
        missing = ", ".join(f"[{name}]" for name in tables if name not in raw)
        faults.add(given[0], "a table", f"goes with {missing}", f"Add {missing}: gas, treatment and flare belong together.")
    if "gas_supply" in raw and _is_exhaust(machines):
        rule = "is not modelled behind machines on gas of the site's own"
        faults.add("machine[0].heat_recovery", "exhaust", rule, "Name a heat recovery unit, or leave it out.")
    has_price = {"price_usd_per_mmbtu_hhv", "tariff"} & set(table_of(raw, "fuel"))
    if "gas_supply" in raw and _of_kind(equipment, "boiler") is not None and not has_price:
        rule = "is needed: the boiler burns bought fuel, not gas of the site's own"
        faults.add("fuel.price_usd_per_mmbtu_hhv", "(absent)", rule, "Add the price of the boiler's fuel, or a gas tariff.")
