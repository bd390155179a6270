"""Law L8 for machine records: every number stands on a named source, by the `fields` of the record's ``[[source]]`` entries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from brayton.machine.record import load_record, models

GENERAL = {"engine", "calibration"}
"""Entries that cover a table as a whole; a figure of the engine needs its own unless calibration moved it."""


def numbers(value: Any, path: str = "") -> Iterator[str]:
    """Dotted paths of all numbers below `value`; the places of a list are left out."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from numbers(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from numbers(item, path)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path


def covered(path: str, fields: set[str]) -> bool:
    return any(path == field or path.startswith(f"{field}.") for field in fields)


def unsourced(model: str) -> list[str]:
    record = load_record(model)
    fields = {field for source in record.source for field in source.fields}
    moved = {f"engine.{item.name}" for item in record.calibration.free} if record.calibration else set()
    tables = record.model_dump(exclude={"source", "schema_version"})
    missing = {path for path in numbers(tables) if not covered(path, fields)}
    missing |= {path for path in numbers(tables) if path.startswith("engine.") and not covered(path, fields - GENERAL | moved)}
    return sorted(missing)


@pytest.mark.parametrize("model", models())
def test_every_number_of_a_record_has_its_source(model: str):
    assert unsourced(model) == []


@pytest.mark.parametrize("model", models())
def test_every_source_covers_something(model: str):
    record = load_record(model)
    tables = record.model_dump(exclude={"source"})
    paths = set(numbers(tables)) | {f"{table}.{key}" for table, keys in tables.items() if isinstance(keys, dict) for key in keys}
    for source in record.source:
        for field in source.fields:
            assert any(path == field or path.startswith(f"{field}.") for path in paths), f"{source.title}: {field}"


@pytest.mark.parametrize("model", models())
def test_an_estimate_says_why(model: str):
    for source in load_record(model).source:
        assert source.title
        assert source.date
        if source.basis == "estimate":
            assert source.note, source.title
