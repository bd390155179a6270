"""Dispatch rules: final records, each a set-point that operators really use, and the words that files use for them.

A rule says which total power it wants in a step. What the units can follow of it is the same for all rules: the fewest
units that carry the power, minimum load, minimum run and rest, and the export limit (see ``dispatch.kernel``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, replace
from typing import Any, cast, final

import numpy as np
from numpy.typing import NDArray

from brayton.core.errors import Fault, Faults, InputError, nearest, unknown_name
from brayton.core.timeaxis import TimeAxis

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = tuple(range(1, 13))


@final
@dataclass(frozen=True)
class BaseLoad:
    """A constant share `power_fraction` of the power that all units together have in each step, 0..1."""

    power_fraction: float = 1.0

    def __post_init__(self) -> None:
        if not (_is_number(self.power_fraction) and 0.0 < self.power_fraction <= 1.0):
            rule = "must lie in 0..1, above zero"
            raise InputError(Fault("power_fraction", self.power_fraction, rule, "Give a share of the available power."))


@final
@dataclass(frozen=True)
class FollowElectric:
    """The site's electric load, as far as the units reach."""


@final
@dataclass(frozen=True)
class FollowHeat:
    """The power whose recovered heat meets the heat load; no unit runs only to have its heat dumped."""


@final
@dataclass(frozen=True)
class PeakShaving:
    """What the site would import above a threshold [kW]: one number, or twelve from January.

    A unit that is needed for less than its minimum load runs at its minimum load, where the export limit lets it.
    The energy of a start comes on top of the threshold in that step.
    """

    threshold_kw: float | tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.monthly_kw) != 12:
            found = f"{len(self.monthly_kw)} values"
            raise InputError(Fault("threshold_kw", found, "must be one number or twelve", "Give one, or one for each month."))
        wrong = [value for value in self.monthly_kw if not (_is_number(value) and value >= 0.0)]
        if wrong:
            raise InputError(Fault("threshold_kw", wrong[0], "must be zero or more", "Give the import to stay below, in kW."))

    @property
    def monthly_kw(self) -> tuple[float, ...]:
        """The threshold of each month [kW]."""
        return self.threshold_kw if isinstance(self.threshold_kw, tuple) else (self.threshold_kw,) * 12


@final
@dataclass(frozen=True)
class TimeOfUse:
    """The site's electric load within a window of the tariff, nothing outside it.

    start_hour, end_hour: hours of the day in local standard time, start included and end not; a start after the end runs
    over midnight. weekdays: of ``mon`` .. ``sun``. months: 1..12. Hours after midnight count to their own day.
    """

    start_hour: int
    end_hour: int
    weekdays: tuple[str, ...] = WEEKDAYS
    months: tuple[int, ...] = MONTHS

    def __post_init__(self) -> None:
        with Faults() as faults:
            for key, low, high in (("start_hour", 0, 23), ("end_hour", 1, 24)):
                hour = getattr(self, key)
                if not (_is_number(hour) and int(hour) == hour and low <= hour <= high):
                    faults.add(key, hour, f"must be a whole number in {low}..{high}", "Give an hour of the day.")
            if self.start_hour == self.end_hour:
                faults.add("end_hour", self.end_hour, "equals start_hour: the window is empty", "Give 0 and 24 for all day.")
            for key, known in (("weekdays", WEEKDAYS), ("months", MONTHS)):
                given = getattr(self, key)
                if not isinstance(given, tuple) or not given or not set(given) <= set(known):
                    faults.add(
                        key, given, f"must be a list of {known[0]} .. {known[-1]}, not empty", "Name when the window opens."
                    )

    def is_open(self, axis: TimeAxis) -> NDArray[np.bool_]:
        """Whether the window is open, for each step of `axis` (n,)."""
        after, before = axis.hour >= self.start_hour, axis.hour < self.end_hour
        hours = after & before if self.start_hour < self.end_hour else after | before
        days = np.isin(axis.weekday, [WEEKDAYS.index(day) for day in self.weekdays])
        return hours & days & np.isin(axis.month + 1, self.months)


Rule = BaseLoad | FollowElectric | FollowHeat | PeakShaving | TimeOfUse

RULES: Mapping[str, type[Rule]] = {
    "base_load": BaseLoad,
    "follow_electric": FollowElectric,
    "follow_heat": FollowHeat,
    "peak_shaving": PeakShaving,
    "time_of_use": TimeOfUse,
}
"""The word of each rule in files."""


def word_of(rule: Rule) -> str:
    """The word of `rule` in files."""
    return next(word for word, kind in RULES.items() if kind is type(rule))


def rule_from_table(table: Mapping[str, Any], path: str = "dispatch", file: str | None = None) -> Rule:
    """The rule of a table with ``method`` and the rule's own keys.

    Raises InputError with every fault: a method that is none (nearest names), keys the rule does not have, keys it needs,
    values of the wrong kind or out of bounds.
    """
    word = table.get("method")
    if not isinstance(word, str) or word not in RULES:
        raise unknown_name("dispatch rule", str(word), RULES, path=f"{path}.method", file=file)
    kind = RULES[word]
    keys = {item.name: item for item in fields(kind)}
    given = {key: _frozen(value) for key, value in table.items() if key != "method"}
    with Faults(file=file) as faults:
        for key in sorted(given.keys() - keys.keys()):
            offer = ", ".join(nearest(key, keys) or keys) or "none, this rule has no keys"
            faults.add(f"{path}.{key}", table[key], f"is not a key of {word}", f"Known: {offer}.")
        for key, item in keys.items():
            if key not in given and item.default is MISSING:
                faults.add(f"{path}.{key}", "(absent)", f"is required by {word}", "Add this key.")
    try:
        return kind(**given)
    except InputError as error:
        raise InputError(*(replace(fault, path=f"{path}.{fault.path}", file=file) for fault in error.faults)) from None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _frozen(value: Any) -> Any:
    """Lists of a file as tuples."""
    return tuple(cast("list[Any]", value)) if isinstance(value, list) else value
