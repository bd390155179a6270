"""Chillers at published points: what is put in, what is a check, and what is off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from brayton.core.provenance import Source
from brayton.package.absorption import yazaki_wfc
from brayton.package.chiller import CURVES, Chiller
from brayton.package.exhaust_chiller import ExhaustChiller

SOURCE = Source("rated point of the check", "2026", "estimate", "as published")


def test_published_points(table: Callable[..., None]) -> None:
    """UMD: 100 kW of heat, 70 kW of cold, COP 0.7 (20 tons, 2001 slides); its water temperatures are not published."""
    twenty_tons = yazaki_wfc(70.3)
    # the equation's own chiller, by its coefficients as they stand: scale both lines to one
    mean = 70.0 - 2.5 * 31.0 + 1.8 * 16.5
    phoenix = replace(
        twenty_tons,
        rated_cold_kw=0.42 * mean + 0.9,
        rated_heat_kw=0.51 * mean + 2.0,
        hot_water_c=(75.0, 65.0),
        cooling_water_c=(27.0, 35.0),
        chilled_water_c=(18.0, 15.0),
    )
    umd = float(twenty_tons.available_kw(88.0, 31.0, 7.0))
    double = ExhaustChiller(231.0)
    full = float(double.available_kw(29.44, 6.67))
    lines: list[list[object]] = []
    off: dict[str, float] = {}

    def add(name: str, published: float, found: float, how: str) -> None:
        off[name] = found / published - 1.0
        lines.append([name, f"{published:g}", f"{found:.3g}", f"{off[name]:+.1%}", how])

    add("Phoenix 10 kW, cold [kW]", 10.0, phoenix.rated_cold_kw, "checked: coefficients against rating")
    add("Phoenix 10 kW, COP", 0.77, phoenix.rated_cop, "checked: coefficients against rating")
    add("UMD 20 tons, cold [kW]", 70.0, umd, "checked: Yazaki's rating against the UMD test")
    add("UMD 20 tons, heat [kW]", 100.0, float(twenty_tons.heat_kw(umd)), "checked: Yazaki's rating against the UMD test")
    add("UMD 20 tons, COP", 0.70, umd / float(twenty_tons.heat_kw(umd)), "checked: Yazaki's rating against the UMD test")
    add("exhaust-fired 66 tons, cold [kW]", 231.0, full, "curves at 6.67 / 29.44 degC, as published")
    add("exhaust-fired 66 tons, COP", 1.39, full / float(double.heat_kw(full, 29.44, 6.67)), "curves do not end at one")
    for kind, entering in (("air", 35.0), ("water", 34.44 - 5.56)):
        chiller = Chiller(CURVES[kind], 100.0, 4.0, 6.67, SOURCE)
        capacity = float(chiller.available_kw(entering))
        add(f"{kind}-cooled screw, cold [kW]", 100.0, capacity, "curves at their reference")
        add(
            f"{kind}-cooled screw, COP",
            4.0,
            capacity / float(chiller.electric_kw(capacity, entering)),
            "curves at their reference",
        )
    table("chillers_published", "Chillers at published points", ["point", "published", "computed", "off", "what it is"], lines)
    for name, deviation in off.items():
        assert abs(deviation) <= 0.025, name
    assert off["exhaust-fired 66 tons, COP"] == pytest.approx(1.0 / 0.97825 / 1.0012 - 1.0, abs=2e-3)
    assert np.isfinite(list(off.values())).all()
