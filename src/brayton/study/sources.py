"""What a study stands on: every number with its source, and the figures that have none (law L8)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from brayton.core.provenance import Source
from brayton.core.records import Record
from brayton.study.scenario import Scenario


@dataclass(frozen=True)
class Citation:
    """A source and what it is the source of, in the words of the scenario file where it stands there."""

    of: str
    source: Source

    def as_dict(self) -> dict[str, str]:
        return {"of": self.of, **self.source.as_dict()}


def scenario_citations(scenario: Scenario) -> list[Citation]:
    """The sources that the scenario names for its own figures."""
    return [Citation(", ".join(entry.fields), entry.cite()) for entry in scenario.source]


def figures_without_source(scenario: Scenario) -> list[str]:
    """Keys of the prices, efficiencies and carbon factors given in the scenario that no ``[[source]]`` covers."""
    covered = {name for entry in scenario.source for name in entry.fields}
    given = list(_sourced_keys(scenario, ""))
    if scenario.tariff.inline is not None and "source" not in scenario.tariff.inline:
        given.append("tariff.inline")
    return [name for name in given if name not in covered and name.split(".")[0] not in covered]


def _sourced_keys(record: Record, path: str) -> Iterator[str]:
    """Keys, given in the file, of figures that need a source; the numbers of ``[[...]]`` are left out."""
    for name, field in type(record).model_fields.items():
        value = getattr(record, name)
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        place = f"{path}.{name}".lstrip(".")
        if extra.get("sourced") and value is not None:
            yield place
        for inner in (item for item in (value if isinstance(value, tuple) else (value,)) if isinstance(item, Record)):
            yield from _sourced_keys(inner, place)


def unique(citations: Sequence[Citation]) -> list[Citation]:
    """The citations without repeats, in their order."""
    return list(dict.fromkeys(citations))
