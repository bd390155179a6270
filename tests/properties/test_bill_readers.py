"""Whatever stands in a tariff file, its reader returns a tariff that can be billed or raises InputError."""

from __future__ import annotations

import contextlib
import copy
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brayton.core.errors import InputError
from brayton.core.timeaxis import TimeAxis
from brayton.site.bill import bill
from brayton.site.tariff import Tariff
from brayton.site.tariff_toml import read_tariff_toml, tariff_from_table
from brayton.site.urdb import UrdbOverrides, read_urdb, urdb_tariff

FUZZ = settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
AXIS = TimeAxis(2018)
LOAD = np.where(AXIS.hour < 20, 60.0, -20.0)

ODD = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.sampled_from(
        [0, 1, -1, 24, 10**400, math.nan, math.inf, 1e300, "", "kW", "kW daily", "$/day", "\ud800", [], {}, [[]], [[{}]]]
    )
    | st.floats()
    | st.text(max_size=8)
)
JSON = st.recursive(
    ODD, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4), max_leaves=12
)

ALWAYS = [[0] * 24] * 12
RECORD: dict[str, Any] = {
    "name": "rate",
    "startdate": 1564646400,
    "energyratestructure": [
        [{"max": 900, "rate": 0.1, "adj": 0.01, "unit": "kWh", "sell": 0.03}, {"rate": 0.2}],
        [{"rate": 0.3}],
    ],
    "energyweekdayschedule": ALWAYS,
    "energyweekendschedule": ALWAYS,
    "demandratestructure": [[{"rate": 9.0, "max": 50, "unit": "kW"}, {"rate": 7.0}]],
    "demandrateunit": "kW",
    "demandweekdayschedule": ALWAYS,
    "demandweekendschedule": ALWAYS,
    "flatdemandstructure": [[{"rate": 3.0}]],
    "flatdemandmonths": [0] * 12,
    "fixedchargefirstmeter": 1.15,
    "fixedchargeunits": "$/day",
    "mincharge": 25,
    "minchargeunits": "$/month",
    "lookbackpercent": 0.7,
    "lookbackmonths": [True] * 12,
    "lookbackrange": 0,
    "demandreactivepowercharge": 0.27,
    "coincidentratestructure": [[{"rate": 1.0}]],
    "coincidentrateschedule": ALWAYS,
    "fueladjustmentsmonthly": [0.001] * 12,
    "peakkwcapacitymin": 20,
}
TOML: dict[str, Any] = {
    "schema": 1,
    "name": "rate",
    "source": {"title": "t", "date": "2024", "basis": "estimate"},
    "supply_usd_per_kwh": 0.09,
    "fixed_usd_per_month": 10.0,
    "energy": [
        {"name": "peak", "months": [6, 7], "days": "weekdays", "hours": [[12, 20]], "usd_per_kwh": 0.2},
        {"name": "rest", "usd_per_kwh": 0.1, "sell_usd_per_kwh": 0.02},
    ],
    "demand": [{"name": "peak", "hours": [[8, 20]], "tiers": [{"up_to_kw": 50.0, "usd_per_kw": 1.0}, {"usd_per_kw": 2.0}]}],
    "flat_demand": [{"name": "max", "usd_per_kw": 2.0}],
    "coincident_peak": [{"name": "c", "usd_per_kw": 1.0, "windows": [{"month": 7, "day": 1, "hour": 15}]}],
    "ratchet": {"fraction": 0.7, "months": [6, 7], "months_back": 6, "demand_periods": ["peak"], "demand_peak": "within"},
    "reactive": {"usd_per_kvar": 0.27, "free_kvar_per_kw": 0.5},
    "export": {"method": "net_billing_carryover", "year_end_month": 4},
    "buyback": [
        {"name": "b", "from_date": "06-15", "until_date": "09-15", "usd_per_kwh": 0.05},
        {"name": "r", "usd_per_kwh": 0.01},
    ],
    "holidays": {"set": "us_utility", "names": ["good_friday"], "dates": ["12-24"]},
}


def places(value: object) -> list[tuple[Any, ...]]:
    """The path to every part of a document."""
    parts: list[tuple[Any, ...]] = [()]
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        parts += [(key, *path) for path in places(inner)]
    return parts


@st.composite
def spoilt(draw: st.DrawFn, document: dict[str, Any]) -> dict[str, Any]:
    """The document with one or two of its parts replaced, dropped, or joined by an unknown one."""
    changed = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 2))):
        *above, last = draw(st.sampled_from(places(changed)[1:]))
        holder: Any = changed
        for key in above:
            holder = holder[key]
        kind = draw(st.sampled_from(["replace", "drop", "add"]))
        if kind == "drop":
            del holder[last]
        elif kind == "add" and isinstance(holder, dict):
            holder[draw(st.text(max_size=6))] = copy.deepcopy(draw(JSON))
        else:
            holder[last] = copy.deepcopy(draw(JSON))
        if not changed:
            return changed
    return changed


def assert_billed_or_refused(read: Callable[[], Tariff]) -> None:
    with contextlib.suppress(InputError):
        result = bill(read(), LOAD, AXIS, dst="us", power_factor=0.9)
        assert math.isfinite(result.annual_usd)


@FUZZ
@given(spoilt(RECORD), st.sampled_from([None, "$/month", "x"]), st.lists(st.sampled_from(["lookback", "reactive", "y"])))
def test_spoilt_records(record: dict[str, Any], unit: str | None, ignore: list[str]) -> None:
    overrides = UrdbOverrides(unit, frozenset(ignore), coincident="highest" if len(ignore) % 2 else None)
    assert_billed_or_refused(lambda: urdb_tariff(record, overrides))


@FUZZ
@given(
    st.dictionaries(
        st.sampled_from([*RECORD, "items", "demandunits", "demandwindow", "demandratchetpercentage", "dgrules"]), JSON
    )
)
def test_records_of_anything(tmp_path_factory: pytest.TempPathFactory, record: dict[str, Any]) -> None:
    path = tmp_path_factory.getbasetemp() / "anything.json"
    path.write_text(json.dumps(record))
    assert_billed_or_refused(lambda: read_urdb(path))


@FUZZ
@given(spoilt(TOML))
def test_spoilt_tables(table: dict[str, Any]) -> None:
    assert_billed_or_refused(lambda: tariff_from_table(table, file="tariff.toml"))


@FUZZ
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_files_of_any_bytes(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path: Path = tmp_path_factory.getbasetemp() / "bytes"
    path.write_bytes(content)
    assert_billed_or_refused(lambda: read_urdb(path))
    assert_billed_or_refused(lambda: read_tariff_toml(path))
