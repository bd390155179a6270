"""What commands print: one JSON document on stdout, or text for people."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Annotated, Any, cast

import typer

JsonFlag = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout and nothing else there.")]


def clean(document: object, notes: list[str], path: str = "") -> object:
    """A JSON-ready copy: numpy values become Python's, records tables; NaN and infinity become null, and `notes` tells where."""
    if hasattr(document, "model_dump"):
        return clean(cast("Any", document).model_dump(), notes, path)
    if isinstance(document, Mapping):
        items = cast("Mapping[Any, Any]", document)
        return {str(key): clean(value, notes, f"{path}.{key}" if path else str(key)) for key, value in items.items()}
    if isinstance(document, list | tuple):
        return [clean(value, notes, f"{path}[{index}]") for index, value in enumerate(cast("list[Any]", document))]
    if hasattr(document, "tolist"):
        return clean(cast("Any", document).tolist(), notes, path)
    if isinstance(document, float) and not math.isfinite(document):
        notes.append(f"{path} is not available")
        return None
    return document


def json_text(document: Mapping[str, Any]) -> str:
    """`document` as JSON text; what is NaN or infinite is null, and ``notes`` says where."""
    notes: list[str] = []
    ready = cast("dict[str, Any]", clean(document, notes))
    if notes:
        ready["notes"] = [*ready.get("notes", []), *notes]
    return json.dumps(ready, indent=2, allow_nan=False)


def print_json(document: Mapping[str, Any]) -> None:
    """Print `document` as the one JSON document of a command."""
    typer.echo(json_text(document))
