"""Strict records from TOML files: one reader, every fault gathered (law L6).

pydantic does the checking; this module turns what it finds into faults with path, value, rule and remedy, and offers the
nearest names for keys that do not exist.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from brayton.core.errors import Fault, Faults, InputError, nearest


class Record(BaseModel):
    """A table of a file: unknown keys, loose types, NaN and infinity are faults; frozen."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False, populate_by_name=True)


AnyRecord = TypeVar("AnyRecord", bound=BaseModel)


def read_toml(path: str | Path) -> dict[str, Any]:
    """The tables of a TOML file. Errors: InputError when it is absent, unreadable, not UTF-8 or not TOML."""
    file = Path(path)
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        raise InputError(Fault("file", str(file), "does not exist", "Check the path.", str(file))) from None
    except OSError as error:
        raise InputError(Fault("file", str(error), "cannot be read", "Check the path.", str(file))) from None
    except UnicodeDecodeError as error:
        raise InputError(Fault("file", str(error), "is not UTF-8 text", "Save it as UTF-8 text.", str(file))) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(Fault("file", str(error), "is not valid TOML", "Mend the line named.", str(file))) from None


def parse_record(kind: type[AnyRecord], document: Mapping[str, Any], file: str | None = None) -> AnyRecord:
    """Check `document` against the record `kind`. Errors: one InputError with every fault."""
    try:
        return kind.model_validate(document)
    except ValidationError as error:
        faults = Faults(file=file)
        for item in error.errors(include_url=False):
            path = dotted(item["loc"])
            if item["type"] == "extra_forbidden":
                known = _known_keys(kind, item["loc"][:-1])
                offer = nearest(str(item["loc"][-1]), known)
                faults.add(path, item["input"], "is not a known key", f"Nearest: {', '.join(offer or sorted(known))}.")
            elif item["type"] == "missing":
                faults.add(path, "(absent)", "is required", "Add this key.")
            elif item["type"] == "value_error":
                faults.add(path or "file", "(several keys)", str(item["ctx"]["error"]), "Mend the keys named.")
            else:
                faults.add(path, item["input"], item["msg"].lower(), "Correct the value.")
        raise InputError(*faults.found) from None


def dotted(location: tuple[int | str, ...]) -> str:
    """``("machine", 0, "count")`` as ``machine[0].count``."""
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def _known_keys(kind: type[BaseModel], location: tuple[int | str, ...]) -> set[str]:
    """Keys of the record that stands at `location` inside `kind`."""
    for part in location:
        if isinstance(part, int):
            continue
        for name, field in kind.model_fields.items():
            if part in (name, field.alias):
                inner = _record_inside(field.annotation)
                if inner is not None:
                    kind = inner
    return {field.alias or name for name, field in kind.model_fields.items()}


def _record_inside(annotation: Any) -> type[BaseModel] | None:
    """The record class inside an annotation such as ``tuple[Kit, ...] | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in get_args(annotation):
        found = _record_inside(inner)
        if found is not None:
            return found
    return None
