"""Every key of the scenario file: a value of another type and a misspelt name are refused by name, in one message."""

from __future__ import annotations

import re
from typing import Any

import pytest

from brayton.core.errors import InputError
from brayton.core.records import parse_record
from brayton.study.field_table import field_table
from brayton.study.scenario import Scenario

ROWS = field_table()
KINDS = ("method", "kind")


def document_with(table: str, key: str, value: object) -> dict[str, Any]:
    """A document of nothing but `key` in `table`, and of the words that say which table it is."""
    document: dict[str, Any] = {}
    node = document
    parts = [part for part in table.split(".") if part]
    while parts:
        part = parts.pop(0)
        inner: dict[str, Any] = {}
        node[part.removesuffix("[]")] = [inner] if part.endswith("[]") else inner
        node = inner
        rest = ".".join(parts)
        for word in KINDS:  # a union of tables goes on with its word, as in ``equipment[].tank``
            rows = [row for row in ROWS if row["key"] == word and row["type"] == f"`{parts[0] if parts else ''}`"]
            if parts and rows and any(rest.startswith(str(row["table"]).rpartition(".")[2]) for row in rows):
                node[word] = parts.pop(0)
                break
    if table == "load[]":  # whose kind is one of several words
        node["kind"] = "electric"
    node[key] = value
    return document


def faults_of(table: str, key: str, value: object) -> dict[str, str]:
    """What is said of each place [path without numbers: rule and remedy]."""
    with pytest.raises(InputError) as caught:
        parse_record(Scenario, document_with(table, key, value))
    return {re.sub(r"\[\d+\]", "", fault.path): f"{fault.rule} {fault.remedy}" for fault in caught.value.faults}


def place(table: str, key: str) -> str:
    """Where a fault of the key is told: the path without marks of lists and without words that choose a table."""
    words = {str(row["type"]).strip("`") for row in ROWS if row["key"] in KINDS}
    parts = [part.removesuffix("[]") for part in table.split(".") if part and part not in words]
    return ".".join([*parts, key])


def wrong(row: dict[str, object]) -> object:
    return 5 if str(row["type"]) in ("text", "text or table", "table") else "no such thing"


VALUES = [row for row in ROWS if row["key"] not in KINDS or row["table"] == "load[]"]
"""Rows but the words that choose a table, which stand in its place."""


@pytest.mark.parametrize("row", VALUES, ids=lambda row: f"{row['table']}.{row['key']}")
def test_a_value_of_another_type_is_refused_by_name(row):
    table, key = str(row["table"]), str(row["key"])
    found = faults_of(table, key, wrong(row))
    assert any(path.startswith(place(table, key)) for path in found), sorted(found)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['table']}.{row['key']}")
def test_a_key_misspelt_is_refused_with_the_nearest(row):
    table, key = str(row["table"]), str(row["key"])
    found = faults_of(table, f"{key}x", 1)
    told = found[place(table, f"{key}x")]
    assert "is not a known key" in told
    assert key in told
