"""Uncertain inputs that are easy to follow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from brayton.core.provenance import Source
from brayton.study.doubt.distributions import Normal, Spread
from brayton.study.doubt.draws import Uncertain


@pytest.fixture(scope="session")
def uncertain() -> Callable[..., Uncertain]:
    """``uncertain(name, spread=..., **changes)``: an input around 1."""

    def build(name: str, spread: Spread | None = None, **changes: Any) -> Uncertain:
        keys: dict[str, Any] = {"meaning": "made up", "unit": "-", "nominal": 1.0, "source": Source("test", "", "estimate")}
        return Uncertain(name=name, spread=spread or Normal(1.0, 0.1), **(keys | changes))

    return build
