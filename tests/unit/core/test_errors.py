"""Faults are gathered and raised once; each message says place, value, rule and remedy (L6)."""

from __future__ import annotations

import pytest

from brayton.core.errors import BraytonError, Fault, Faults, InputError, RangeError, SolveError, nearest, unknown_name
from brayton.core.outcomes import Outcome


def test_a_fault_says_file_place_value_rule_and_remedy() -> None:
    fault = Fault("load[0].column", "kwh", "is not a column of the file", "Nearest: kw.", "site.toml")
    assert str(fault) == "site.toml: load[0].column = 'kwh': is not a column of the file. Nearest: kw."


def test_a_long_value_is_shortened_in_print_only() -> None:
    fault = Fault("urdb", "x" * 500, "is not a tariff", "Give a tariff.")
    assert len(str(fault)) < 150
    assert len(str(fault.value)) == 500


def test_all_faults_of_an_input_are_raised_at_once() -> None:
    def two_faults() -> None:
        with Faults(file="site.toml") as faults:
            faults.add("site.year", 1492, "must lie in 1901..2199", "Give the calendar year.")
            faults.add("machine[0].count", 0, "must be at least 1", "Give the number of machines.")

    with pytest.raises(InputError) as caught:
        two_faults()
    assert [fault.path for fault in caught.value.faults] == ["site.year", "machine[0].count"]
    assert str(caught.value).count("\n") == 1
    assert "site.toml" in str(caught.value).splitlines()[1]


def test_no_fault_no_error() -> None:
    with Faults() as faults:
        pass
    assert faults.found == []


def test_another_error_inside_is_not_hidden_by_the_faults_before_it() -> None:
    def broken() -> None:
        with Faults() as faults:
            faults.add("a", 1, "is wrong", "Mend it.")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()


def test_faults_of_the_parts_are_taken_over_with_the_file_of_the_whole() -> None:
    def part() -> float:
        raise InputError(Fault("tariff", "x", "is wrong", "Mend it."), Fault("row 3", "y", "is wrong", "Mend it.", "rates.json"))

    faults = Faults(file="site.toml")
    assert faults.attempt(part) is None
    assert faults.attempt(lambda: 4.0) == 4.0
    assert [fault.file for fault in faults.found] == ["site.toml", "rates.json"]


def test_the_nearest_names_come_best_first_and_ignore_case() -> None:
    assert nearest("c65", ["C30", "C60", "C65", "TA100"])[0] == "C65"
    assert nearest("zzz", ["C30"]) == []


def test_an_unknown_name_offers_the_nearest_or_all() -> None:
    assert "Nearest: follow_heat" in str(unknown_name("rule", "folow_heat", ["base_load", "follow_heat"], path="dispatch.method"))
    assert "a, b" in str(unknown_name("fuel", "???", ["b", "a"], path="fuel.name"))


def test_a_solver_error_carries_its_outcome_and_advice() -> None:
    error = SolveError("no match at 40 kW", Outcome.CHOKE_LIMIT)
    assert error.outcome is Outcome.CHOKE_LIMIT
    assert Outcome.CHOKE_LIMIT.advice in str(error)


def test_the_tree() -> None:
    assert issubclass(RangeError, InputError)
    assert issubclass(InputError, BraytonError)
    assert issubclass(SolveError, BraytonError)
    assert not issubclass(SolveError, InputError)
