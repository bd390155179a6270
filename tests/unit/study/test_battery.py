"""The battery's table: what it builds, and the keys that each rule needs."""

from __future__ import annotations

from typing import Any

import pytest

from brayton.core.errors import InputError
from brayton.core.provenance import Source
from brayton.core.records import parse_record
from brayton.dispatch.battery import AbsorbExport, ShavePeaks, ShiftHours
from brayton.dispatch.rules import PeakShaving, TimeOfUse
from brayton.study.battery import BatteryTable, battery_of, battery_rule

BASE: dict[str, Any] = {
    "kind": "battery",
    "capacity_kwh": 100.0,
    "charge_kw": 50.0,
    "discharge_kw": 40.0,
    "charge_eff": 0.95,
    "discharge_eff": 0.94,
    "installed_cost_usd": 60_000.0,
}
NIGHT, DAY = {"start_hour": 22, "end_hour": 6}, {"start_hour": 12, "end_hour": 18, "months": [6, 7, 8]}


def table(**changes: Any) -> BatteryTable:
    return parse_record(BatteryTable, {**BASE, **changes})


def test_the_steel() -> None:
    battery = battery_of(table(rule="absorb_export", standing_loss_per_hour=0.001), Source("test", "", "estimate"))
    assert (battery.capacity_kwh, battery.charge_kw, battery.discharge_kw) == (100.0, 50.0, 40.0)
    assert (battery.charge_eff, battery.discharge_eff, battery.standing_loss_per_hour) == (0.95, 0.94, 0.001)


def test_each_rule() -> None:
    assert battery_rule(table(rule="absorb_export")) == AbsorbExport()
    assert battery_rule(table(rule="peak_shaving", threshold_kw=80.0)) == ShavePeaks(PeakShaving((80.0,) * 12))
    night, day = TimeOfUse(22, 6), TimeOfUse(12, 18, months=(6, 7, 8))
    assert battery_rule(table(rule="time_of_use", charge=NIGHT, discharge=DAY)) == ShiftHours(night, day)
    limited = table(rule="time_of_use", charge=NIGHT, discharge=DAY, charge_import_kw=90.0)
    assert battery_rule(limited) == ShiftHours(night, day, 90.0)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"rule": "peak_shaving"}, "needs threshold_kw"),
        ({"rule": "absorb_export", "threshold_kw": 5.0}, "has no use for threshold_kw"),
        ({"rule": "time_of_use", "charge": NIGHT}, "needs discharge"),
        ({"rule": "peak_shaving", "threshold_kw": 5.0, "charge_import_kw": 5.0}, "has no use for charge_import_kw"),
        ({"rule": "time_of_use", "charge": {"start_hour": 5, "end_hour": 5}, "discharge": DAY}, "must open"),
        ({"rule": "time_of_use", "charge": {**NIGHT, "months": [13]}, "discharge": DAY}, "must open"),
        ({"rule": "absorb_export", "initial_kwh": 500.0}, "is above capacity_kwh"),
        ({"rule": "absorb_export", "charge_eff": 95.0}, "charge_eff = 95.0"),
        ({"rule": "magic"}, "rule = 'magic'"),
    ],
)
def test_bad_tables(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=told):
        table(**changes)
