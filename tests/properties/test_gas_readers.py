"""Whatever stands in the table of a gas tariff, a standby service or an outage plan, it is used or refused by InputError."""

from __future__ import annotations

import contextlib
import copy
import math
import tomllib
from types import ModuleType
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brayton.core.errors import InputError
from brayton.core.timeaxis import TimeAxis
from brayton.site import gas_tariff_toml, standby
from brayton.site.gas_bill import gas_bill
from brayton.site.gas_tariff_toml import gas_tariff_from_table
from brayton.site.standby import standby_from_table
from brayton.site.standby_bill import standby_lines, standby_use

FUZZ = settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
AXIS = TimeAxis(2018)
FUEL = np.where(AXIS.hour < 20, 60.0, 20.0)
ABLE = np.where((AXIS.day % 60) == 5, 0.5, 1.0)


def example(module: ModuleType) -> dict[str, Any]:
    return tomllib.loads(str(module.__doc__).split("```toml\n")[1].split("```")[0])


GAS, STANDBY = example(gas_tariff_toml), example(standby)
ODD = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.sampled_from(
        [0, 1, -1, 13, 24, 10**400, math.nan, math.inf, 1e300, 1e-300, "", "Mcf", "rating", "\ud800", [], {}, [[]], [{}]]
    )
    | st.floats()
    | st.text(max_size=8)
)


def places(value: object) -> list[tuple[Any, ...]]:
    """The path to every part of a document."""
    parts: list[tuple[Any, ...]] = [()]
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        parts += [(key, *path) for path in places(inner)]
    return parts


@st.composite
def spoilt(draw: st.DrawFn, document: dict[str, Any]) -> dict[str, Any]:
    """The document with one or two of its parts replaced or dropped."""
    changed = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 2))):
        *above, last = draw(st.sampled_from(places(changed)[1:]))
        holder: Any = changed
        for key in above:
            holder = holder[key]
        if draw(st.booleans()):
            del holder[last]
        else:
            holder[last] = copy.deepcopy(draw(ODD))
    return changed


@FUZZ
@given(spoilt(GAS))
def test_spoilt_gas_tariffs(table: dict[str, Any]) -> None:
    with contextlib.suppress(InputError):
        tariff = gas_tariff_from_table(table, file="gas.toml")
        assert math.isfinite(gas_bill(tariff, FUEL, AXIS, machine_fuel_kw_hhv=FUEL).annual_usd)


@FUZZ
@given(spoilt(STANDBY))
def test_spoilt_standby_services(table: dict[str, Any]) -> None:
    with contextlib.suppress(InputError):
        service = standby_from_table(table, file="standby.toml")
        use = standby_use(
            service,
            AXIS,
            load_kw=np.full(AXIS.steps, 100.0),
            generation_kw=60.0 * ABLE,
            availability=ABLE,
            normal_generation_kw=np.full(AXIS.steps, 60.0),
            rated_kw=60.0,
        )
        assert math.isfinite(sum(line.amount_usd for line in standby_lines(service, use, base_usd_per_kwh=0.1)))
