"""Parts of the value: they add up where the value is linear, and say what a change of one does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from brayton.core.records import parse_record
from brayton.study.money.draws import net_present_values_usd
from brayton.study.money.parts import part_values_usd
from brayton.study.money.table import Finance

LINEAR = {
    "years": 10, "discount_rate": 0.07, "discount_rate_basis": "nominal", "tax_rate": 0.25,
    "depreciation": {"method": "macrs", "years": 5}, "incentives": {"itc_fraction": 0.1},
    "debt": {"fraction": 0.4, "rate": 0.05, "years": 5}, "salvage": {"fraction": 0.1},
}  # fmt: skip


def test_parts_add_up_to_the_net_present_value(project):
    finance = parse_record(Finance, LINEAR)
    parts = part_values_usd(project, finance)
    assert list(parts) == ["investment", "electric", "boiler_fuel", "machine_fuel", "om"]
    assert sum(parts.values()) == pytest.approx(float(net_present_values_usd(project, finance)))
    assert parts["investment"] < 0.0 < parts["electric"]


def test_a_part_at_its_break_even_brings_the_value_to_zero(project):
    finance = parse_record(Finance, LINEAR)
    value, parts = float(net_present_values_usd(project, finance)), part_values_usd(project, finance)
    factor = 1.0 - value / parts["electric"]
    savings = (replace(project.savings[0], usd=60_000.0 * factor), *project.savings[1:])
    assert float(net_present_values_usd(replace(project, savings=savings), finance)) == pytest.approx(0.0, abs=1e-6)


def test_a_series_is_a_part_too(project):
    series = replace(project.savings[0], usd=[60_000.0] * 10, escalation=None)
    finance = parse_record(Finance, LINEAR)
    assert part_values_usd(replace(project, savings=(series, *project.savings[1:])), finance) == pytest.approx(
        part_values_usd(project, finance)
    )
