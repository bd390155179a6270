"""Faults of a part, told at the place of the part in the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from brayton.core.errors import InputError

Part = TypeVar("Part")


def under(path: str, build: Callable[[], Part]) -> Part:
    """What `build` makes; the paths of its faults begin with `path`, which stands alone for a table as a whole."""
    try:
        return build()
    except InputError as error:
        told = [(fault, path if fault.path == "file" else f"{path}.{fault.path}") for fault in error.faults]
        raise InputError(
            *(fault if fault.path.startswith(path) else replace(fault, path=place) for fault, place in told)
        ) from None
