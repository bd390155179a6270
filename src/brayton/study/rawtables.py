"""Access to the raw tables of a scenario file, before they are records, and rules that look at the keys of one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from brayton.core.errors import Faults

RawTable = Mapping[str, Any]


def one_of(table: RawTable, path: str, names: Sequence[str], faults: Faults) -> None:
    """Exactly one of `names` must stand in the table."""
    given = [name for name in names if name in table]
    if len(given) > 1:
        both = ", ".join(f"{name} = {_short(table[name])}" for name in given)
        faults.add(f"{path}.{given[1]}", both, "contradict each other", f"Keep one of {', '.join(names)}.")
    elif not given:
        faults.add(path, "(absent)", f"needs one of {', '.join(names)}", "Add one.")


def together(table: RawTable, path: str, name: str, needs: str, faults: Faults) -> None:
    """`name` must not stand without `needs`."""
    if name in table and needs not in table:
        faults.add(f"{path}.{name}", _short(table[name]), f"has no meaning without {needs}", f"Remove it or give {needs}.")


def _short(value: object) -> object:
    return "a table" if isinstance(value, Mapping) else value


def table_of(raw: RawTable, name: str) -> RawTable:
    """The table `name`; an empty one where there is none, or no table."""
    value = raw.get(name)
    return cast("RawTable", value) if isinstance(value, Mapping) else {}


def tables_of(raw: RawTable, name: str) -> list[RawTable]:
    """The tables ``[[name]]``; empty ones in place of what is no table."""
    value = raw.get(name)
    items = cast("list[object]", value) if isinstance(value, list) else []
    return [cast("RawTable", item) if isinstance(item, Mapping) else {} for item in items]
