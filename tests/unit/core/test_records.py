"""Records of files: keys, sources, and messages in the words of a file."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from brayton.core.errors import InputError
from brayton.core.provenance import Source
from brayton.core.records import Record, SourceOfFields, SourceTable, key, number_or_twelve, parse_record

Price = Annotated[tuple[float, ...], number_or_twelve(0.0, 9.0, "must lie in 0..9")]


class Plant(Record):
    name: str = key("what it is called")
    source: SourceTable = key("where its figures come from")
    powers: tuple[float, ...] = key("of its machines", "kW", ())
    price: Annotated[tuple[float, ...], number_or_twelve(0.0, 9.0, "must lie in 0..9")] = key(
        "of its gas", "USD/MMBtu", (1.0,) * 12
    )


SOURCE = {"title": "data sheet", "date": "2003", "basis": "primary"}


def faults_of(document: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as caught:
        parse_record(Plant, document, "plant.toml")
    return [(fault.path, fault.rule) for fault in caught.value.faults]


def test_one_number_stands_for_twelve() -> None:
    assert parse_record(Plant, {"name": "p", "source": SOURCE, "price": 3}).price == (3.0,) * 12
    months = [*range(1, 10), 0, 1, 2]
    assert parse_record(Plant, {"name": "p", "source": SOURCE, "price": months}).price == tuple(map(float, months))
    for wrong, rule in (
        ([1.0] * 11, "a list of twelve numbers"),
        (True, "a list of twelve numbers"),
        (10**400, "0..9"),
        (-1.0, "0..9"),
    ):
        ((path, told),) = faults_of({"name": "p", "source": SOURCE, "price": wrong})
        assert path == "price"
        assert rule in told


def test_a_source_is_cited() -> None:
    given = parse_record(SourceOfFields, SOURCE | {"fields": ["rating"], "note": "page 2"})
    assert given.cite() == Source("data sheet", "2003", "primary", "page 2")


def test_a_wrong_form_is_told_in_the_words_of_a_file() -> None:
    assert faults_of({"name": "p", "source": [SOURCE], "powers": 60.0}) == [
        ("source", "must be a table"),
        ("powers", "must be a list"),
    ]


def test_a_file_of_another_kind_is_told_once() -> None:
    other = {"site": {}, "weather": {}, "load": [], "name": "p"}
    assert faults_of(other) == [("file", "are keys of another kind of file")]


def test_a_few_slips_are_told_one_by_one() -> None:
    slips = {"naem": "p", "sorce": SOURCE, "price": 1.0, "powers": [1.0]}
    assert [path for path, _ in faults_of(slips)] == ["name", "source", "naem", "sorce"]
