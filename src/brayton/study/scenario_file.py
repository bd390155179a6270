"""Reads a scenario file: every fault of it gathered and raised once (law L6)."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from brayton.core.errors import Faults, InputError
from brayton.core.files import read_bytes
from brayton.core.records import parse_record, toml_tables
from brayton.study.contradictions import find_contradictions
from brayton.study.scenario import Scenario


def read_scenario(path: str | Path) -> Scenario:
    """The scenario of a TOML file.

    Errors: InputError with all faults: no TOML, keys unknown (with the nearest names), absent, of a wrong type or outside
    their range, and keys that contradict each other.
    """
    return parse_scenario(read_bytes(path), str(path))


def parse_scenario(content: bytes, file: str) -> Scenario:
    """The scenario of the bytes of a TOML file; errors as `read_scenario`."""
    raw = toml_tables(content, file)
    scenario = None
    with Faults(file=file) as faults:
        try:
            scenario = parse_record(Scenario, raw, file)
        except InputError as error:
            faults.absorb(error)
        find_contradictions(raw, faults)
    return cast("Scenario", scenario)
