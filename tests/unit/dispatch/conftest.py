"""A small site whose figures are easy to follow: units of 20 to 60 kW, fuel 50 + 2.5 P, heat 10 + 1.5 P."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from brayton.core.provenance import Source
from brayton.core.timeaxis import TimeAxis
from brayton.dispatch.problem import Problem
from brayton.package.array import Loading
from brayton.package.boiler import Boiler
from brayton.package.capability import Capability
from brayton.package.envelope import Envelope

ENVELOPE_KEYS = set(Envelope.__dataclass_fields__)


@pytest.fixture(scope="session")
def site() -> Callable[..., Problem]:
    """``site(electric load, heat load, **changes)``: a problem of two units, changed by name in envelope or problem."""

    def build(electric_kw: Any, demand_kw: Any = 0.0, /, **changes: Any) -> Problem:
        electric = np.atleast_1d(np.asarray(electric_kw, dtype=float))
        heat = np.broadcast_to(np.asarray(demand_kw, dtype=float), electric.shape).copy()
        power = np.tile(np.linspace(20.0, 60.0, 5), (len(electric), 1))
        envelope: dict[str, Any] = {
            "count": 2,
            "loading": Loading.EVEN,
            "power_kw": power,
            "fuel_kw_lhv": 50.0 + 2.5 * power,
            "heat_kw": 10.0 + 1.5 * power,
            "rated_power_kw": 60.0,
            "min_load_fraction": 1.0 / 3.0,
            "start_energy_kwh": 0.0,
            "start_fuel_kwh_lhv": 0.0,
            "stop_energy_kwh": 0.0,
            "standby_kw": 0.0,
            "fuel_hhv_per_lhv": 1.1,
            "capabilities": frozenset({Capability.HOT_WATER}),
        }
        envelope |= {key: changes.pop(key) for key in list(changes) if key in ENVELOPE_KEYS}
        problem: dict[str, Any] = {"step_hours": 1.0, "boiler": Boiler(1000.0, 0.8, Source("test", "", "estimate"))}
        return Problem(Envelope(**envelope), electric, heat, **(problem | changes))

    return build


@pytest.fixture(scope="session")
def year() -> TimeAxis:
    return TimeAxis(2018)
