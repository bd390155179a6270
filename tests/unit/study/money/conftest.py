"""A plain project and its finance, and changes to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from brayton.core.records import parse_record
from brayton.study.money.cashflow import Money, whole_money
from brayton.study.money.project import Operation, Project, Saving
from brayton.study.money.table import Finance

PLAIN: dict[str, Any] = {"years": 10, "discount_rate": 0.08, "discount_rate_basis": "nominal"}

PROJECT = Project(
    150_000.0,
    (
        Saving("electric", 60_000.0, 0.0, electric=True),
        Saving("boiler_fuel", 12_000.0, 0.0),
        Saving("machine_fuel", -35_000.0, 0.0),
        Saving("om", -6_000.0, 0.0),
    ),
    Operation(
        generated_kwh=400_000.0,
        heat_kwh=600_000.0,
        run_hours=16_000.0,
        starts=100.0,
        units=2,
        rated_kw=60.0,
        saved_co2_kg=50_000.0,
    ),
)


@pytest.fixture
def project() -> Project:
    return PROJECT


@pytest.fixture
def money_of() -> Callable[..., Money]:
    """``money_of(debt={...}, project=...)``: the plain project under the plain finance with these keys."""

    def build(project: Project = PROJECT, **keys: Any) -> Money:
        return whole_money(project, parse_record(Finance, PLAIN | keys))

    return build
