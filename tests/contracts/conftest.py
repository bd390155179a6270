"""What the contract tests walk: every module of the package, and what it makes public."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import brayton

ROOT = Path(__file__).resolve().parents[2]


Public = tuple[str, Any]
"""A public function (numba's included, as the Python function it is made from) or class, behind its dotted name."""


def _of(module: ModuleType) -> Iterator[Public]:
    for name, thing in vars(module).items():
        plain = getattr(thing, "py_func", thing)
        is_own = getattr(plain, "__module__", None) == module.__name__
        if is_own and not name.startswith("_") and (inspect.isfunction(plain) or inspect.isclass(plain)):
            yield f"{module.__name__}.{name}", plain


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def modules() -> list[ModuleType]:
    """Every module of the package, imported, but for the door that runs when it is imported."""
    names = [module.name for module in pkgutil.walk_packages(brayton.__path__, "brayton.")]
    return [brayton, *(importlib.import_module(name) for name in names if not name.endswith("__main__"))]


@pytest.fixture(scope="session")
def public(modules: list[ModuleType]) -> list[Public]:
    """Every public function and class of the package."""
    return [item for module in modules for item in _of(module)]
