"""Outcomes, sources and factors: small words that files and JSON carry."""

from __future__ import annotations

import math

import pytest

from brayton.core import units
from brayton.core.outcomes import Outcome
from brayton.core.provenance import Source


def test_an_outcome_is_found_by_its_word_and_has_advice() -> None:
    assert Outcome("surge_limit") is Outcome.SURGE_LIMIT
    for outcome in Outcome:
        assert outcome.value == outcome.name.lower()
        assert outcome.advice.endswith(".")


def test_a_source_prints_all_it_knows() -> None:
    source = Source("Technical Reference 410005-001 Rev B", "2003-06", "primary")
    assert source.as_dict() == {
        "title": "Technical Reference 410005-001 Rev B",
        "date": "2003-06",
        "basis": "primary",
        "note": "",
        "url": "",
    }


@pytest.mark.parametrize(
    ("factor", "expected"),
    [
        (units.KWH_PER_MMBTU, 1e6 * units.J_PER_BTU / units.J_PER_KWH),
        (units.PA_PER_PSI, units.KG_PER_LB * units.STANDARD_GRAVITY_M_S2 / 0.0254**2),
        (units.M2_PER_FT2, 0.3048**2),
        (units.M3_PER_US_GALLON, 231 * 0.0254**3),
        (units.NORMAL_MOLAR_VOLUME_M3_PER_KMOL, 22.413969545),
        (units.GAS_CONSTANT_J_PER_KMOL_K, 1.380649e-23 * 6.02214076e26),
    ],
)
def test_factors_follow_from_their_definitions(factor: float, expected: float) -> None:
    assert math.isclose(factor, expected, rel_tol=1e-9)
