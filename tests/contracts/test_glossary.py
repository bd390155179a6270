"""Every parameter of a public function stands in the glossary with its unit, and a name that ends in a unit has that unit."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOMS = {"gas", "cycle", "machine", "package", "site", "dispatch", "study"}
ROW = re.compile(r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", re.MULTILINE)

UNIT_OF_ENDING = {
    "k": "K",
    "c": "degC",
    "pa": "Pa",
    "kpa": "kPa",
    "kpag": "kPa gauge",
    "w": "W",
    "w_per_k": "W/K",
    "w_per_m_k": "W/(m K)",
    "w_m2": "W/m2",
    "w_m2_kpa": "W/(m2 kPa)",
    "kw": "kW",
    "kw_lhv": "kW LHV",
    "kw_hhv": "kW HHV",
    "kwh": "kWh",
    "kwh_lhv": "kWh LHV",
    "kwh_hhv": "kWh HHV",
    "eff_lhv": "-, on LHV",
    "eff_hhv": "-, on HHV",
    "kg_s": "kg/s",
    "kg_per_kmol": "kg/kmol",
    "m": "m",
    "m2": "m2",
    "h": "h",
    "minutes": "min",
    "rpm": "rev/min",
    "ppm": "ppm",
    "usd": "USD",
    "usd_per_kwh": "USD/kWh",
}
"""Unit that a name's last words stand for; the longest ending counts."""


@pytest.fixture(scope="module")
def nomenclature(root: Path) -> dict[str, str]:
    """Unit of each name."""
    page = (root / "docs" / "glossary.md").read_text().split("## Nomenclature")[1]
    rows = ROW.findall(page)
    names = [name for name, _, _ in rows]
    assert len(set(names)) == len(names), "a name stands twice"
    assert names == sorted(names), "names are not in the order of the alphabet"
    return {name: unit for name, unit, _ in rows}


def functions_of(thing: Any) -> Iterator[Any]:
    """`thing` itself, or the public methods of a class."""
    if not inspect.isclass(thing):
        yield thing
        return
    for name, member in vars(thing).items():
        if not name.startswith("_"):
            plain = getattr(member, "__func__", member)
            if inspect.isfunction(plain):
                yield plain


def parameters(public: list[tuple[str, Any]]) -> dict[str, str]:
    """Each parameter's name, with one function that has it."""
    return {
        parameter: name
        for name, thing in public
        if name.split(".")[1] in ROOMS
        for function in functions_of(thing)
        for parameter in inspect.signature(function).parameters
        if parameter not in {"self", "cls"} and not parameter.startswith("_")
    }


def test_every_parameter_is_in_the_nomenclature(public: list[tuple[str, Any]], nomenclature: dict[str, str]) -> None:
    missing = [
        f"{parameter} (of {name})" for parameter, name in sorted(parameters(public).items()) if parameter not in nomenclature
    ]
    assert not missing, "\n".join(missing)


def test_the_nomenclature_holds_nothing_that_is_gone(public: list[tuple[str, Any]], nomenclature: dict[str, str]) -> None:
    gone = sorted(nomenclature.keys() - parameters(public).keys())
    assert not gone, ", ".join(gone)


def test_a_name_that_ends_in_a_unit_has_that_unit(nomenclature: dict[str, str]) -> None:
    wrong: list[str] = []
    for name, unit in nomenclature.items():
        words = name.split("_")
        # a name of one word is a word, or a symbol, and ends in no unit
        endings = ["_".join(words[start:]) for start in range(len(words))] if len(words) > 1 else []
        expected = next((UNIT_OF_ENDING[ending] for ending in endings if ending in UNIT_OF_ENDING), unit)
        if unit != expected:
            wrong.append(f"{name}: {unit}, not {expected}")
    assert not wrong
