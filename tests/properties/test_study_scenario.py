"""No text, however broken, gets more than an InputError out of the scenario reader."""

from __future__ import annotations

import contextlib
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from brayton.core.errors import Faults, InputError
from brayton.study.contradictions import find_contradictions
from brayton.study.scenario_file import read_scenario

TEMPLATE = (files("brayton.study") / "template.toml").read_text()
LINES = TEMPLATE.splitlines()
SETTINGS = settings(deadline=None, derandomize=True, max_examples=300)

values = st.sampled_from(
    ["1", "-1", "1e308", "nan", "-inf", "true", '""', '"x"', "[]", "[1, 2]", "{}", "{ a = 1 }", "[[1], {}]", "1979-05-27", "0x10"]
)
rows = st.integers(0, len(LINES) - 1)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "scenario.toml"


def attempt(place: Path, text: str) -> None:
    place.write_text(text, encoding="utf-8")
    with contextlib.suppress(InputError):
        read_scenario(place)


@SETTINGS
@given(st.lists(st.tuples(rows, values), min_size=1, max_size=5))
def test_other_values_are_read_or_refused(place, changes):
    lines = list(LINES)
    for row, value in changes:
        if "=" in lines[row]:
            lines[row] = f"{lines[row].split('=')[0]}= {value}"
    attempt(place, "\n".join(lines))


@SETTINGS
@given(st.lists(rows, min_size=1, max_size=8), st.lists(rows, max_size=4))
def test_lost_and_repeated_lines_are_read_or_refused(place, lost, repeated):
    kept = [line for row, line in enumerate(LINES) if row not in lost]
    attempt(place, "\n".join([*kept, *(LINES[row] for row in repeated)]))


@SETTINGS
@given(rows, st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
@example(0, "\x00")
def test_noise_is_refused_with_a_message(place, row, noise):
    attempt(place, "\n".join([*LINES[:row], noise, *LINES[row:]]))


@SETTINGS
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["site", "load", "machine", "kind", "source", "fields"]), inner)
        ),
        max_leaves=10,
    )
)
def test_contradictions_are_sought_in_any_tables(tree):
    find_contradictions(tree if isinstance(tree, dict) else {"load": tree, "machine": tree, "source": tree}, Faults())
