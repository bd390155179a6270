"""``brayton fuel``: heating values, combustion and carbon of a fuel, and which machines may burn it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

import typer

from brayton.faces.output import JsonFlag, print_json

if TYPE_CHECKING:
    from rich.table import Table

    from brayton.gas.fuels import Fuel


def command(
    fuel: Annotated[str, typer.Argument(metavar="NAME|COMPOSITION", help="A named fuel, or mole fractions that add up to 1.")],
    as_json: JsonFlag = False,
) -> None:
    """Heating values, combustion and carbon of a fuel, and the limits of the library's machines for it.

    Heating values at 25 degC, the higher one with liquid water; m3_n at 0 degC and 101.325 kPa; Wobbe index on the HHV; CO2 is
    all that leaves the stack, what the fuel brings along included.

    Example: `brayton fuel landfill_gas` or `brayton fuel CH4=0.55,CO2=0.45 --json`
    """
    from brayton.gas.fuels import fuel as named_fuel
    from brayton.machine.record import fuel_limits, load_record, models

    chosen = named_fuel(fuel)
    document = {
        **_properties(chosen),
        "limits": [] if chosen.is_liquid else fuel_limits(chosen),
        "notes": _notes(chosen, [model for model in models() if not load_record(model).fuel.kit]),
        "sources": [chosen.source.as_dict()],
    }
    if as_json:
        print_json(document)
    else:
        _print_tables(document)


def _properties(fuel: Fuel) -> dict[str, Any]:
    return {
        "fuel": fuel.name,
        "mole_fractions": dict(fuel.mixture.mole_fractions),
        "lhv_mj_per_kg": fuel.lhv_j_per_kg / 1e6,
        "hhv_mj_per_kg": fuel.hhv_j_per_kg / 1e6,
        "lhv_mj_per_m3_n": fuel.lhv_j_per_m3_n / 1e6,
        "hhv_mj_per_m3_n": fuel.hhv_j_per_m3_n / 1e6,
        "wobbe_mj_per_m3_n": fuel.wobbe_j_per_m3_n / 1e6,
        "molar_mass_kg_per_kmol": fuel.mixture.molar_mass_kg_per_kmol,
        "stoich_air_kg_per_kg": fuel.stoich_air_kg_per_kg,
        "co2_kg_per_mj_lhv": fuel.co2_kg_per_j_lhv * 1e6,
        "biogenic_fraction": fuel.biogenic_fraction,
    }


def _notes(fuel: Fuel, without_limits: list[str]) -> list[str]:
    """What a reader should know; `without_limits`: the machines that have no fuel system on record."""
    notes: list[str] = []
    if fuel.is_liquid:
        notes.append("a liquid has no heating value by normal volume and no Wobbe index")
    if math.isnan(fuel.biogenic_fraction):
        notes.append("the biogenic share of the carbon of a given composition is not known; named fuels state theirs")
    brought = fuel.mixture.mole_fractions.get("CO2", 0.0) / fuel.product_moles["CO2"] if fuel.product_moles["CO2"] else 0.0
    if brought > 0.0:
        notes.append(f"{brought:.1%} of the CO2 comes in with the fuel and passes through")
    if fuel.is_liquid:
        notes.append("no limits are shown: every fuel system on record is for gas")
    elif without_limits:
        notes.append(f"no fuel system on record, so no limits, for {', '.join(without_limits)}")
    return notes


ROWS = (
    ("lower heating value", "lhv_mj_per_kg", "MJ/kg"),
    ("higher heating value", "hhv_mj_per_kg", "MJ/kg"),
    ("lower heating value", "lhv_mj_per_m3_n", "MJ/m3 (n)"),
    ("higher heating value", "hhv_mj_per_m3_n", "MJ/m3 (n)"),
    ("Wobbe index (HHV)", "wobbe_mj_per_m3_n", "MJ/m3 (n)"),
    ("molar mass", "molar_mass_kg_per_kmol", "kg/kmol"),
    ("air for complete combustion", "stoich_air_kg_per_kg", "kg/kg"),
    ("CO2 per energy (LHV)", "co2_kg_per_mj_lhv", "kg/MJ"),
    ("biogenic share of the carbon", "biogenic_fraction", ""),
)
"""What a person sees: label, key of the document, unit."""
LIMITED = {"hhv_mj_per_m3_n": "HHV, MJ/m3 (n)", "h2s_ppm": "H2S, ppm by mole"}
"""Labels of the properties that fuel systems limit."""


def _print_tables(document: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    composition = ", ".join(f"{name} {share:g}" for name, share in document["mole_fractions"].items())
    table = Table(title=document["fuel"], caption=f"mole fractions: {composition}")
    table.add_column("property")
    table.add_column("value", justify="right")
    table.add_column("unit")
    for label, key, unit in ROWS:
        value = document[key]
        table.add_row(label, f"{value:.5g}" if math.isfinite(value) else "-", unit)
    console.print(table)
    if document["limits"]:
        console.print(_limits_table(document["limits"]))
    for note in document["notes"]:
        console.print(f"note: {note}", markup=False)
    for source in document["sources"]:
        told = "; ".join(part for part in (source["title"], source["date"], source["note"]) if part)
        console.print(f"source ({source['basis']}): {told}", markup=False)


def _limits_table(rows: list[dict[str, Any]]) -> Table:
    from rich.table import Table

    limits = Table(title="limits of the library's machines")
    for heading in ("machine", "property", "value", "limit", "ok"):
        limits.add_column(heading)
    for row in rows:
        limits.add_row(
            row["model"], LIMITED[row["property"]], f"{row['value']:.5g}", str(row["limit"]), "yes" if row["ok"] else "NO"
        )
    return limits
