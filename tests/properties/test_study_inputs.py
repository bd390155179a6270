"""The examples' scenarios, however mutated, are run up to the dispatch or refused with a message: nothing else comes out."""

from __future__ import annotations

import copy
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brayton.core.errors import Faults, InputError
from brayton.core.records import parse_record
from brayton.study.contradictions import find_contradictions
from brayton.study.inputs import load_inputs
from brayton.study.scenario import Scenario
from brayton.study.study import check_machine

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples").glob("*.toml"))
DOCUMENTS = [tomllib.loads(path.read_text()) for path in EXAMPLES]
SETTINGS = settings(deadline=None, derandomize=True, max_examples=120)

WAYS = ("drop", "type", "scale", "negate", "duplicate", "swap")

Place = tuple[str | int, ...]


def places(node: Any, at: Place = ()) -> list[Place]:
    """Every key and every item of a document."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [place for name, inner in items for place in ((*at, name), *places(inner, (*at, name)))]


def holder(document: Any, place: Place) -> Any:
    for part in place[:-1]:
        document = document[part]
    return document


def of_another_type(value: object) -> object:
    return {} if isinstance(value, str) else [value] if isinstance(value, dict) else str(value)


def mutated(document: dict[str, Any], number: int, how: str, other: int) -> dict[str, Any]:
    """The document with one of its places changed in one of the ways of `WAYS`."""
    document = copy.deepcopy(document)
    found = places(document)
    place = found[number % len(found)]
    table, name = holder(document, place), place[-1]
    value = table[name]
    if how == "drop":
        del table[name]
    elif how == "type":
        table[name] = of_another_type(value)
    elif how == "scale":
        table[name] = value * 10**6 if isinstance(value, int | float) and not isinstance(value, bool) else value
    elif how == "negate":
        table[name] = -value if isinstance(value, int | float) and not isinstance(value, bool) else value
    elif how == "duplicate" and isinstance(table, list):
        table.append(copy.deepcopy(value))
    elif how == "swap":
        mate = found[other % len(found)]
        if place[: len(mate)] != mate and mate[: len(place)] != place:
            elsewhere = holder(document, mate)
            table[name], elsewhere[mate[-1]] = elsewhere[mate[-1]], value
    return document


def refusal(document: dict[str, Any], file: Path) -> InputError | None:
    """What `brayton check` would say to the document, warnings being errors; None where it is sound."""
    try:
        with Faults(file=str(file)) as faults:
            scenario = faults.attempt(lambda: parse_record(Scenario, document, str(file)))
            find_contradictions(document, faults)
        assert scenario is not None
        check_machine(load_inputs(scenario, file))
    except InputError as error:
        return error
    return None


changes = st.tuples(st.integers(0, 10**4), st.sampled_from(WAYS), st.integers(0, 10**4))


@SETTINGS
@given(st.sampled_from(range(len(EXAMPLES))), st.lists(changes, min_size=1, max_size=2))
def test_a_mutated_example_is_run_or_refused(example, chosen):
    document = DOCUMENTS[example]
    for number, how, other in chosen:
        document = mutated(document, number, how, other)
    error = refusal(document, EXAMPLES[example])
    assert error is None or all(fault.rule and fault.remedy for fault in error.faults)


@pytest.mark.parametrize("example", range(len(EXAMPLES)), ids=lambda index: EXAMPLES[index].stem)
def test_an_example_as_it_stands_is_sound(example):
    assert refusal(DOCUMENTS[example], EXAMPLES[example]) is None
