"""The error tree, and the gathering of faults (laws L6 and L7).

    BraytonError
    |-- InputError      what the user gave cannot be used; carries every fault found (exit code 2)
    |   `-- RangeError  a value outside a model's range, when the caller chose ``raise``
    `-- SolveError      a solver ended with an outcome other than success (exit code 1)

A message has four beats: what clashed, the values, why we do not guess, what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import TypeVar

from brayton.core.outcomes import Outcome

Part = TypeVar("Part")


class BraytonError(Exception):
    """Root of every error that Brayton raises on purpose."""


@dataclass(frozen=True)
class Fault:
    """One fault of an input: where it is, what stands there, which rule it breaks, what to do.

    path: place in the input, such as ``machine[0].count`` or ``row 4711, column electric_kw``.
    value: what was found there, already short enough to print.
    """

    path: str
    value: object
    rule: str
    remedy: str
    file: str | None = None

    def __str__(self) -> str:
        place = f"{self.file}: {self.path}" if self.file else self.path
        return f"{place} = {_short(self.value)}: {self.rule}. {self.remedy}"


def _short(value: object, limit: int = 80) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= limit else text[: limit - 3] + "..."


class InputError(BraytonError):
    """Bad input, with all its faults gathered."""

    def __init__(self, *faults: Fault) -> None:
        self.faults: tuple[Fault, ...] = faults
        super().__init__("\n".join(str(fault) for fault in faults))


class RangeError(InputError):
    """A value outside the range of validity of a model (L7)."""


class SolveError(BraytonError):
    """A solver could not do what was asked; ``outcome`` says why and what helps (L10)."""

    def __init__(self, message: str, outcome: Outcome) -> None:
        self.outcome = outcome
        super().__init__(f"{message} ({outcome.value}: {outcome.advice})")


@dataclass
class Faults:
    """Gathers the faults of one input and raises them once.

    >>> with Faults(file="site.toml") as faults:
    ...     faults.add("site.year", 1492, "must lie in 1950..2100", "Give the calendar year.")
    Traceback (most recent call last):
    ...
    brayton.core.errors.InputError: site.toml: site.year = 1492: must lie in 1950..2100. Give the calendar year.
    """

    file: str | None = None
    found: list[Fault] = field(default_factory=list["Fault"])

    def add(self, path: str, value: object, rule: str, remedy: str) -> None:
        self.found.append(Fault(path, value, rule, remedy, self.file))

    def absorb(self, error: InputError) -> None:
        """Take over the faults of an error that a lower reader or record raised; those without a file get this one."""
        self.found.extend(replace(fault, file=fault.file or self.file) for fault in error.faults)

    def attempt(self, build: Callable[[], Part]) -> Part | None:
        """What `build` makes; or None, its faults taken over, so that the faults of all parts are told at once."""
        try:
            return build()
        except InputError as error:
            self.absorb(error)
            return None

    def raise_if_any(self) -> None:
        if self.found:
            raise InputError(*self.found)

    def __enter__(self) -> Faults:
        return self

    def __exit__(self, kind: type[BaseException] | None, _error: BaseException | None, _tb: TracebackType | None) -> None:
        if kind is None:
            self.raise_if_any()


def nearest(name: str, known: Iterable[str], count: int = 3) -> list[str]:
    """The known names closest to `name`, best first, ignoring case."""
    by_fold = {item.casefold(): item for item in known}
    close = difflib.get_close_matches(name.casefold(), list(by_fold), n=count, cutoff=0.3)
    return [by_fold[fold] for fold in close]


def unknown_name(what: str, name: str, known: Iterable[str], *, path: str, file: str | None = None) -> InputError:
    """The error for a name that no registry holds; offers the nearest names."""
    names = sorted(known)
    offer = nearest(name, names) or names
    return InputError(Fault(path, name, f"is not a known {what}", f"Nearest: {', '.join(offer)}.", file))
