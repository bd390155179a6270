"""Strict records from TOML files: one reader, every fault gathered (law L6).

pydantic does the checking; this module turns what it finds into faults with path, value, rule and remedy, and offers the
nearest names for keys that do not exist. A key is declared here with its meaning and unit, as is the table that says where
figures come from (law L8).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from brayton.core.errors import Fault, Faults, InputError, nearest
from brayton.core.files import not_text, read_bytes
from brayton.core.provenance import Basis, Source


class Record(BaseModel):
    """A table of a file: unknown keys, loose types, NaN and infinity are faults; frozen."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False, populate_by_name=True)


def key(meaning: str, unit: str = "", default: Any = ..., *, sourced: bool = False, **limits: Any) -> Any:
    """A key of a file: meaning, unit, default (required without one), and pydantic's limits.

    sourced: a price, an efficiency or a carbon factor of a scenario, which a ``[[source]]`` should cover.
    """
    return Field(default, description=meaning, json_schema_extra={"unit": unit, "sourced": sourced}, **limits)


def number_or_twelve(lowest: float, highest: float, rule: str) -> BeforeValidator:
    """A figure for each month, January first, where a file may give one number for all: twelve numbers in lowest..highest.

    rule: what a number beyond them is told.
    """

    def check(value: object) -> tuple[float, ...]:
        items = cast("tuple[object, ...]", value) if isinstance(value, tuple) else (value,) * 12
        if len(items) != 12 or not all(isinstance(item, int | float) and not isinstance(item, bool) for item in items):
            raise ValueError("must be a number or a list of twelve numbers, January first")
        numbers = cast("tuple[float, ...]", items)
        if not all(lowest <= number <= highest for number in numbers):  # before float(), which a long integer would overflow
            raise ValueError(rule)
        return tuple(float(number) for number in numbers)

    return BeforeValidator(check)


class SourceTable(Record):
    """Where the figures of a file come from."""

    title: str = key("document, with publisher and number", min_length=1)
    date: str = key("date of the document", min_length=1)
    basis: Basis = key("`primary`, `secondary`, `derived`, or `estimate`, which needs a `note`")
    note: str = key("how it was derived, or why it is an estimate", "", "")
    url: str = key("where it is found", "", "")

    def cite(self) -> Source:
        """The source, as results carry it."""
        return Source(self.title, self.date, self.basis, self.note, self.url)


class SourceOfFields(SourceTable):
    """Where some figures of a file come from."""

    fields: tuple[str, ...] = key("keys it covers, such as `fuel.price_usd_per_mmbtu_hhv`, or whole tables", min_length=1)


AnyRecord = TypeVar("AnyRecord", bound=BaseModel)

FORMS = {"model_type": "must be a table", "dict_type": "must be a table", "tuple_type": "must be a list"}
"""What a file has in place of Python's types, by pydantic's name of the error."""

FEWEST_STRANGERS = 3
"""From so many unknown keys on, if the known ones are fewer, a file is taken for one of another kind."""


def read_toml(path: str | Path) -> dict[str, Any]:
    """The tables of a TOML file. Errors: InputError when it is absent, unreadable, not UTF-8 or not TOML."""
    return toml_tables(read_bytes(path), str(path))


def toml_tables(content: bytes, file: str) -> dict[str, Any]:
    """The tables of the bytes of a TOML file; errors as `read_toml`."""
    try:
        return tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise not_text(file, error) from None
    except (ValueError, RecursionError) as error:  # ValueError: an integer of thousands of digits passes tomllib by
        raise InputError(Fault("file", str(error), "is not valid TOML", "Mend the line named.", file)) from None


def parse_record(kind: type[AnyRecord], document: Mapping[str, Any], file: str | None = None) -> AnyRecord:
    """Check `document` against the record `kind`. Errors: one InputError with every fault.

    The `description` of a field and ``json_schema_extra={"unit": ...}`` go into the remedy.
    """
    try:
        return kind.model_validate(_frozen(document))
    except ValidationError as error:
        found = error.errors(include_url=False)
        with Faults(file=file) as faults:
            if _of_another_kind(faults, kind, document):
                found = []
            for item in found:
                if not _follows(item, found):
                    _add_fault(faults, item, kind, document)
        raise


def _of_another_kind(faults: Faults, kind: type[BaseModel], document: Mapping[str, Any]) -> bool:
    """Whether most keys of a file are strangers to `kind`; then that alone is told."""
    known = keyed(kind)
    strangers = [name for name in document if name not in known]
    if len(strangers) < FEWEST_STRANGERS or 2 * len(strangers) <= len(document):
        return False
    faults.add("file", ", ".join(strangers), "are keys of another kind of file", f"This kind has: {', '.join(known)}.")
    return True


def _follows(item: ErrorDetails, found: Sequence[ErrorDetails]) -> bool:
    """Whether a list is called too short only because some of its items are faults, which are told already."""
    place = item["loc"]
    inside = (other["loc"] for other in found if len(other["loc"]) > len(place))
    return item["type"] == "too_short" and any(location[: len(place)] == place for location in inside)


def _add_fault(faults: Faults, item: ErrorDetails, kind: type[BaseModel], document: Mapping[str, Any]) -> None:
    """One of pydantic's errors in our words."""
    location, error_type, context, value = item["loc"], item["type"], item.get("ctx", {}), item["input"]
    path = dotted(_in_document(location, document, missing=error_type == "missing"))
    fields = _fields_at(kind, location[:-1])
    meaning = _meaning(fields.get(str(location[-1]))) if location else ""
    if error_type == "extra_forbidden":
        offer = nearest(str(location[-1]), fields) or sorted(fields)
        faults.add(path, value, "is not a known key", f"Nearest: {', '.join(offer)}.")
    elif error_type == "missing":
        faults.add(path, "(absent)", "is required", f"Add it: {meaning}." if meaning else "Add this key.")
    elif error_type == "union_tag_not_found":
        faults.add(f"{path}.{context['discriminator']}".replace("'", ""), "(absent)", "is required", "Add this key.")
    elif error_type == "union_tag_invalid":
        known = context["expected_tags"].replace("'", "").split(", ")
        offer = nearest(context["tag"], known) or known
        remedy = f"Nearest: {', '.join(offer)}."
        faults.add(f"{path}.{context['discriminator']}".replace("'", ""), context["tag"], "is not a known word", remedy)
    elif error_type == "value_error":
        several = isinstance(value, Mapping)
        remedy = "Mend the keys named." if several else f"Meaning: {meaning}." if meaning else "Correct the value."
        faults.add(path or "file", "(several keys)" if several else value, str(context["error"]), remedy)
    else:
        rule = FORMS.get(error_type) or item["msg"].replace("Input should", "must")
        faults.add(path or "file", value, rule, f"Meaning: {meaning}." if meaning else "Correct the value.")


def _frozen(value: object) -> object:
    """Lists as tuples, which strict records ask for."""
    if isinstance(value, Mapping):
        return {key: _frozen(item) for key, item in cast("Mapping[str, object]", value).items()}
    if isinstance(value, list):
        return tuple(_frozen(item) for item in cast("list[object]", value))
    return value


def dotted(location: tuple[int | str, ...]) -> str:
    """``("machine", 0, "count")`` as ``machine[0].count``."""
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def _in_document(location: tuple[int | str, ...], document: object, *, missing: bool) -> tuple[int | str, ...]:
    """The parts of `location` that stand in the document; the others name a member of a union. A missing key is kept."""
    found: list[int | str] = []
    for position, part in enumerate(location):
        if isinstance(document, Mapping) and part in document:
            document = cast("Mapping[object, object]", document)[part]
        elif isinstance(document, list | tuple) and isinstance(part, int) and part < len(cast("Sequence[object]", document)):
            document = cast("Sequence[object]", document)[part]
        elif not (missing and position == len(location) - 1):
            continue
        found.append(part)
    return tuple(found)


def _fields_at(kind: type[BaseModel], location: tuple[int | str, ...]) -> dict[str, FieldInfo]:
    """Fields, by their key in the file, of the record that stands at `location` inside `kind`."""
    kinds = [kind]
    for part in location:
        if isinstance(part, int):
            continue
        inner = [record for each in kinds for record in records_inside(keyed(each).get(part))]
        kinds = inner or [each for each in kinds if _is_tagged(each, part)] or kinds
    return keyed(kinds[0])


def keyed(kind: type[BaseModel]) -> dict[str, FieldInfo]:
    """Fields of a record by their key in the file."""
    return {field.alias or name: field for name, field in kind.model_fields.items()}


def records_inside(field: FieldInfo | None) -> list[type[BaseModel]]:
    """The record classes inside the type of a field such as ``tuple[Kit, ...] | None``; several for a union."""

    def inside(annotation: Any) -> list[type[BaseModel]]:
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            return [annotation]
        return [record for argument in get_args(annotation) for record in inside(argument)]

    return inside(field.annotation) if field else []


def _is_tagged(kind: type[BaseModel], tag: str) -> bool:
    """Whether `tag` selects this member of a union of records."""
    return any(tag in get_args(field.annotation) for field in kind.model_fields.values())


def _meaning(field: FieldInfo | None) -> str:
    if field is None or not field.description:
        return ""
    extra = field.json_schema_extra
    unit = extra.get("unit") if isinstance(extra, dict) else None
    return f"{field.description} [{unit}]" if unit else field.description
