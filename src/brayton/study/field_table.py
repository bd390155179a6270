"""The table of every key of a file, made from the records themselves; docs/reference is written from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from brayton.core.records import keyed, records_inside
from brayton.study.keys import Monthly
from brayton.study.scenario import Scenario


def field_table(record: type[BaseModel] = Scenario) -> list[dict[str, object]]:
    """One row per key of the scenario file, or of another whose record is given.

    ``table`` is empty for keys of the file itself and ends in ``[]`` for a list of tables; where `method` or `kind` decides which
    keys a table has, it is followed by that word, as in ``dispatch.peak_shaving`` or ``equipment[].tank``.
    """
    return [_row(path, name, field) for path, name, field in _walk("", record)]


_MANY: dict[Any, str] = {tuple: "[]", dict: ".NAME"}
"""How the path of a table that may stand several times ends."""


def _walk(path: str, record: type[BaseModel]) -> Iterator[tuple[str, str, FieldInfo]]:
    for name, field in keyed(record).items():
        kinds = records_inside(field)
        if not kinds or field.description:
            yield path, name, field
        for kind in kinds:
            inner = f"{path}.{name}".lstrip(".") + _MANY.get(get_origin(field.annotation), "")
            yield from _walk(inner + (_word(kind) if len(kinds) > 1 else ""), kind)


def _word(kind: type[BaseModel]) -> str:
    """The one word of `method` or `kind` that chooses this table; nothing for one that several words choose."""
    field = kind.model_fields.get("method") or kind.model_fields["kind"]
    words = get_args(field.annotation)
    return f".{words[0]}" if len(words) == 1 else ""


def _row(path: str, name: str, field: FieldInfo) -> dict[str, object]:
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    return {
        "table": path,
        "key": name,
        "type": "number or twelve" if get_args(Monthly)[1] in field.metadata else _type_text(field.annotation),
        "unit": extra.get("unit", ""),
        "required": field.is_required(),
        "default": None if field.is_required() else field.default,
        "sourced": extra.get("sourced", False),
        "meaning": field.description or "",
    }


_WORDS = {str: "text", float: "number", int: "integer", bool: "true or false"}


def _type_text(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return " or ".join(f"`{word}`" if isinstance(word, str) else str(word) for word in arguments)
    if origin is Annotated:
        return "number or twelve" if annotation == Monthly else _type_text(arguments[0])
    if origin is tuple:
        return f"list of {_type_text(arguments[0])}"
    if arguments and origin is not dict:
        return " or ".join(_type_text(argument) for argument in arguments if argument is not type(None))
    return _WORDS.get(annotation, "table")
