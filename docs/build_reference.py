"""Writes docs/reference.md from the code: commands, files, machine record, columns of points, outcomes."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import typer.main

from brayton.core.outcomes import Outcome
from brayton.faces import cli
from brayton.machine.fit_points import CONDITIONS, DEFAULT_SD, DEMANDS
from brayton.machine.record import MachineRecord
from brayton.study.field_table import field_table
from brayton.study.money.file import WORDS, CashFlowFile
from brayton.study.money.published import LINES, RULES
from brayton.study.money.ties import RollForward

PAGE = Path(__file__).with_name("reference.md")

Row = dict[str, Any]


def reference() -> str:
    """The page."""
    return "\n".join([*_head(), *_commands(), *_scenario(), *_cash_flow(), *_statements(), *_record(), *_points(), *_outcomes()])


def _head() -> Iterator[str]:
    yield "# Reference"
    yield ""
    yield "Written by `make docs` from the code; do not edit. Names and units are in the [glossary](glossary.md)."
    yield ""


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(columns) + " |"
    yield "|" + "---|" * len(columns)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |"
    yield ""


def _commands() -> Iterator[str]:
    yield "## Commands"
    yield ""
    yield "Every command exits 0 on success, 2 on bad input (the message names place, value, rule and remedy) and 1 on a"
    yield "failure of Brayton itself. With `--json` it prints one JSON document on stdout and nothing else there."
    yield ""
    group: Any = typer.main.get_command(cli.app)
    for name, command in group.commands.items():
        yield f"### brayton {name}"
        yield ""
        yield inspect.cleandoc(command.help)
        yield ""
        yield from _table(("argument or option", "default", "meaning"), map(_parameter, command.params))


def _parameter(parameter: Any) -> tuple[str, str, str]:
    is_option = parameter.param_type_name == "option"
    words = parameter.opts if is_option else [(parameter.metavar or parameter.name).upper()]
    name = ", ".join(f"`{word}`" for word in words)
    default = "required" if parameter.required else "" if parameter.default is False else _default(parameter.default)
    return name, default, parameter.help or ""


def _scenario() -> Iterator[str]:
    yield "## Scenario file"
    yield ""
    yield "TOML; paths are relative to the file. A key marked * is a figure that needs a source."
    yield ""
    yield from _tables(_by_table(field_table()))


def _tables(tables: dict[str, list[Row]]) -> Iterator[str]:
    for table, rows in tables.items():
        yield f"### {_title(table)}"
        yield ""
        yield from _table(("key", "type", "unit", "default", "meaning"), map(_key, rows))


def _cash_flow() -> Iterator[str]:
    yield "## Cash-flow file"
    yield ""
    yield "TOML; what `brayton cashflow` reads. `[finance]` and the tables in it are those of the scenario file; an example is in"
    yield "[the money](money.md). An item of `[savings_usd]` may be written `NAME = 1000.0` or, one number a year and taken as it"
    yield "is, `NAME = [1000.0, 1020.0]`. Without `escalation` an item grows with the price that a word of its name points to:"
    yield f"{'; '.join(f'`{price}`: {_listed(words)}' for price, words in WORDS.items())}."
    yield ""
    tables = _by_table(field_table(CashFlowFile))
    yield from _tables({name: rows for name, rows in tables.items() if name.split(".")[0] != "finance"})


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in sorted(words))


def _statements() -> Iterator[str]:
    yield "## Published statements"
    yield ""
    yield "JSON; what `brayton statements` reads. Each statement has `columns` and, for every line, one amount [USD] per column,"
    yield "zero where nothing is printed. Columns of the balance sheet are dates such as `2003-06-30`, the others periods such as"
    yield "`2003Q2`, `2003H1` or `2003`. `known_residuals` names roll-forwards that are known not to close, with stated less"
    yield "computed in USD, or as text that ends in `= 6,786 against 6,785 thousand`."
    yield ""
    for statement, lines in LINES.items():
        yield f"- `{statement}`: {', '.join(f'`{line}`' for line in lines)}"
    yield ""
    names = (rule.name for rule in RULES if isinstance(rule, RollForward))
    yield f"Roll-forwards: {', '.join(f'`{name}`' for name in names)}."
    yield ""


def _by_table(rows: list[Row]) -> dict[str, list[Row]]:
    """Rows under the table they are written in. A key that all methods share stands once; any other names its methods."""
    by_method = [str(row["table"]) for row in rows if row["key"] == "method" and " or " not in str(row["type"])]
    tables: dict[str, list[Row]] = {}
    for row in rows:
        path = str(row["table"])
        chosen = next((table for table in by_method if f"{path}.".startswith(f"{table}.")), "")
        place, _, method = chosen.rpartition(".")
        table = tables.setdefault(place + path.removeprefix(chosen), [])
        same = [known for known in table if {**known, "table": path, "methods": []} == {**row, "methods": []}]
        if same:
            same[0]["methods"].append(method)
        else:
            table.append({**row, "methods": [method] if method else []})
    for row in (row for table in tables.values() for row in table if len(row["methods"]) == len(by_method)):
        row["methods"] = []
    return tables


def _title(table: str) -> str:
    if not table:
        return "The file itself"
    return f"`[[{table.removesuffix('[]')}]]`" if table.endswith("[]") else f"`[{table}]`"


def _key(row: Row) -> tuple[str, str, str, str, str]:
    default = "required" if row["required"] else _default(row["default"])
    mark = " *" if row["sourced"] else ""
    only = f"with `{'`, `'.join(row['methods'])}`: " if row["methods"] and row["key"] != "method" else ""
    return f"`{row['key']}`{mark}", str(row["type"]), str(row["unit"]), default, f"{only}{row['meaning']}"


def _default(value: object) -> str:
    """As it would be written in TOML; nothing where there is none."""
    return "" if value in (None, "", (), {}) else f"`{json.dumps(value).strip(chr(34))}`"


def _record() -> Iterator[str]:
    yield "## Machine record"
    yield ""
    yield "TOML; what `brayton fit` writes and `brayton machine RECORD.toml` reads. Keys that an `[engine]` leaves out come from"
    yield "the shared estimates of its architecture."
    yield ""
    schema = MachineRecord.model_json_schema()
    yield from _record_table("", schema, schema["$defs"])


def _record_table(path: str, table: Row, tables: dict[str, Row]) -> Iterator[str]:
    """A table of the record, by its JSON schema, then the tables inside it."""
    yield f"### {_title(path)}"
    yield ""
    yield table["description"]
    yield ""
    keys = {name: _not_null(key) for name, key in table["properties"].items()}
    rows: list[tuple[str, str, str]] = []
    for name, key in keys.items():
        default = "required" if name in table["required"] else _default(table["properties"][name].get("default"))
        rows.append((f"`{name}`", _kind(key), default))
    yield from _table(("key", "type", "default"), rows)
    for name, key in keys.items():
        inner = key.get("items", key).get("$ref")
        if inner:
            place = f"{path.removesuffix('[]')}.{name}".lstrip(".") + ("[]" if "items" in key else "")
            yield from _record_table(place, tables[inner.rsplit("/", 1)[1]], tables)


def _not_null(key: Row) -> Row:
    """A key that may be left out, as it is when it is given."""
    return next((choice for choice in key.get("anyOf", []) if choice.get("type") != "null"), key)


def _kind(key: Row) -> str:
    if "items" in key:
        return f"list of {_kind(key['items'])}s"
    if "$ref" in key:
        return "table"
    if "enum" in key:
        return " or ".join(f"`{word}`" for word in key["enum"])
    kind = {"string": "text", "boolean": "true or false"}.get(key["type"], key["type"])
    signs = {"exclusiveMinimum": "above", "minimum": "at least", "exclusiveMaximum": "below", "maximum": "at most"}
    bounds = ", ".join(f"{word} {key[sign]:g}" for sign, word in signs.items() if sign in key)
    return f"{kind} {bounds}".strip()


def _points() -> Iterator[str]:
    yield "## Points to fit"
    yield ""
    yield "CSV for `brayton fit`: any subset of these columns with one of the demands. An observed column may have its standard"
    yield "deviation, in its own unit, in a column `*_sd`; without one the figure below stands."
    yield ""
    conditions = [(f"`{name}`", "air of the point", f"without it {value:g}") for name, value in CONDITIONS.items()]
    demands = [(f"`{name}`", "demand", _deviation(name)) for name in DEMANDS]
    observed = [(f"`{name}`", "observed", _deviation(name)) for name in DEFAULT_SD if name not in DEMANDS]
    yield from _table(("column", "part", "standard deviation"), [*conditions, *demands, *observed])


def _deviation(name: str) -> str:
    if name not in DEFAULT_SD:
        return ""
    return f"{DEFAULT_SD[name]:g} K" if name.endswith("_temp_c") else f"{DEFAULT_SD[name]:.1%}"


def _outcomes() -> Iterator[str]:
    yield "## Outcomes"
    yield ""
    yield from _table(("outcome", "advice"), ((f"`{outcome.value}`", outcome.advice) for outcome in Outcome))


if __name__ == "__main__":
    PAGE.write_text(reference())
    print(f"Wrote {PAGE.name}.")
