"""Finds the benchmarks and judges their rows."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import benchmarks

PREFIX = "bench_"


@dataclass(frozen=True)
class Row:
    """One measured figure. A unit that ends in ``/s`` is a rate, and more is better; of any other unit, less is."""

    benchmark: str
    name: str
    value: float
    unit: str
    target: float | None = None
    peer: str | None = None
    peer_value: float | None = None
    ratio: float | None = None
    note: str = ""

    @property
    def is_rate(self) -> bool:
        return self.unit.endswith("/s")

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        if self.target is None:
            return None
        return self.value >= self.target if self.is_rate else self.value <= self.target

    @property
    def times_faster(self) -> float | None:
        """Than the peer: `ratio` where the benchmark formed it itself, else from the peer's value; None where there is none."""
        if self.ratio is not None or self.peer_value is None:
            return self.ratio
        return self.value / self.peer_value if self.is_rate else self.peer_value / self.value

    def as_dict(self) -> dict[str, Any]:
        return {**vars(self), "met": self.met, "ratio": self.times_faster}


def names() -> list[str]:
    """The benchmarks there are, without their prefix."""
    modules = pkgutil.iter_modules(benchmarks.__path__)
    return sorted(module.name.removeprefix(PREFIX) for module in modules if module.name.startswith(PREFIX))


def measure(name: str) -> Iterator[Row]:
    """The rows of one benchmark, measured now."""
    for row in importlib.import_module(f"benchmarks.{PREFIX}{name}").run():
        yield Row(benchmark=name, **row)
