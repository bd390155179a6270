"""What the study assumes: every key given in the scenario, with its value, and the source of each figure that needs one (L8)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from brayton.core.provenance import Source
from brayton.core.records import Record, keyed
from brayton.study.scenario import Scenario
from brayton.study.sources import Citation

PROSE = ("notes", "source", "schema")
"""Tables and keys of a scenario that the report shows elsewhere."""

UNITS = {"degC": "°C", "deg": "°", "m2": "m²", "path": "", "table": ""}
"""Units of the field table as people read them; those that are none are left out."""

NUMBERED = re.compile(r"\[\d+\]")
"""Number of a table in a list; a ``[[source]]`` names keys without it."""


@dataclass(frozen=True)
class Assumption:
    """A key of the scenario. sourced: whether it is a price, an efficiency or a carbon factor. source: None if none is given."""

    path: str
    meaning: str
    value: str
    unit: str
    sourced: bool
    source: Source | None


@dataclass(frozen=True)
class SourceRow:
    """A source and everything it is the source of."""

    of: tuple[str, ...]
    source: Source


def assumptions(scenario: Scenario) -> list[Assumption]:
    """Every key that the scenario gives or leaves at its default, in the order of the file format."""
    cited = {name: entry.cite() for entry in scenario.source for name in entry.fields}
    rows: list[Assumption] = []
    for place, record, name in _walk(scenario, ""):
        field = keyed(type(record))[name]
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        key = f"{NUMBERED.sub('', place)}.{name}"
        source = cited.get(key) or cited.get(key.partition(".")[0])
        value = getattr(record, name)
        if isinstance(value, Mapping):
            rows += _table_rows(f"{place}.{name}", cast("Mapping[str, object]", value), source)
            continue
        rows.append(
            Assumption(
                path=f"{place}.{name}",
                meaning=(field.description or "").replace("`", ""),
                value=_value(value),
                unit=UNITS.get(unit := str(extra.get("unit", "")), unit),
                sourced=bool(extra.get("sourced")),
                source=source,
            )
        )
    return rows


def _table_rows(place: str, table: Mapping[str, object], source: Source | None) -> Iterator[Assumption]:
    """One row per key of a table in the words of its own format (weather normals, tariff); it names its own source."""
    own = table.get("source")
    if isinstance(own, Mapping):
        source = Source(**cast("Mapping[str, Any]", own))
    for key, value in table.items():
        if key not in PROSE:
            yield Assumption(f"{place}.{key}", "", _value(value), "", False, source)


def _walk(record: Record, place: str) -> Iterator[tuple[str, Record, str]]:
    """Place, record and name of each key that holds a value, prose left out; tables of a list are numbered if there are more."""
    for name in keyed(type(record)):
        if not place and name in PROSE:
            continue
        value = getattr(record, name)
        inner = [item for item in (value if isinstance(value, tuple) else (value,)) if isinstance(item, Record)]
        for number_in_list, item in enumerate(inner):
            place_of_item = f"{place}.{name}".lstrip(".") + (f"[{number_in_list}]" if len(inner) > 1 else "")
            yield from _walk(item, place_of_item)
        if not inner and value not in (None, (), {}):
            yield place, record, name


def _value(value: object) -> str:
    """A value of a scenario for people: twelve equal months as one figure, tables as what they are."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return f"{value:,.10g}".replace("-", "−")
    if isinstance(value, tuple):
        items = [_value(item) for item in value]
        return items[0] if len(items) == 12 and len(set(items)) == 1 else ", ".join(items)
    if isinstance(value, Mapping):
        return "; ".join(f"{key} {_value(inner)}" for key, inner in cast("Mapping[str, object]", value).items())
    return str(value)


def source_rows(citations: Sequence[Citation]) -> list[SourceRow]:
    """One row per source, in the order of their first mention."""
    found: dict[Source, dict[str, None]] = {}
    for citation in citations:
        found.setdefault(citation.source, {})[citation.of] = None
    return [SourceRow(tuple(of), source) for source, of in found.items()]
