"""The battery of a scenario: its table, the steel and the rule that it stands for."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from brayton.core.provenance import Source
from brayton.core.records import Record, key
from brayton.dispatch.battery import AbsorbExport, BatteryRule, ShavePeaks, ShiftHours
from brayton.dispatch.rules import MONTHS, WEEKDAYS, PeakShaving, TimeOfUse
from brayton.package.battery import Battery
from brayton.study.keys import Monthly, Weekday

KEYS_OF = {"peak_shaving": ("threshold_kw",), "time_of_use": ("charge", "discharge"), "absorb_export": ()}
"""Keys that each rule needs."""


class WindowTable(Record):
    """Hours of the week and months of the year."""

    start_hour: int = key("first hour of the window, local standard time", "h", ge=0, le=23)
    end_hour: int = key("hour at which the window ends; over midnight if before start_hour", "h", ge=1, le=24)
    weekdays: tuple[Weekday, ...] = key("days of the window", "", WEEKDAYS, min_length=1)
    months: tuple[int, ...] = key("months of the window, 1 to 12", "", MONTHS, min_length=1)

    @model_validator(mode="after")
    def _open(self) -> Self:
        if self.start_hour == self.end_hour or not set(self.months) <= set(MONTHS):
            raise ValueError("must open: an end_hour other than start_hour, and months of 1 to 12")
        return self

    def window(self) -> TimeOfUse:
        return TimeOfUse(self.start_hour, self.end_hour, self.weekdays, self.months)


class BatteryTable(Record):
    """``[[equipment]] kind = "battery"``: behind the meter, run on the net import after the machines."""

    kind: Literal["battery"] = key("what the equipment is")
    capacity_kwh: float = key("energy that may be used", "kWh", gt=0)
    charge_kw: float = key("highest power in, alternating current", "kW", gt=0)
    discharge_kw: float = key("highest power out, alternating current", "kW", gt=0)
    charge_eff: float = key("stored over taken", "kWh/kWh", sourced=True, gt=0, le=1)
    discharge_eff: float = key("given over withdrawn", "kWh/kWh", sourced=True, gt=0, le=1)
    standing_loss_per_hour: float = key("share of the level lost in an hour", "1/h", 0.0, ge=0, lt=1)
    initial_kwh: float = key("level before the first step", "kWh", 0.0, ge=0)
    rule: Literal["peak_shaving", "time_of_use", "absorb_export"] = key("how it runs")
    threshold_kw: Monthly | None = key("import to stay below, for `peak_shaving`: a number or twelve", "kW", None)
    charge: WindowTable | None = key("window in which it charges, for `time_of_use`", "table", None)
    discharge: WindowTable | None = key("window in which it serves the import, for `time_of_use`", "table", None)
    charge_import_kw: float | None = key("import that charging must not exceed; without limit if left out", "kW", None, gt=0)
    installed_cost_usd: float = key("installed cost, converter included", "USD", sourced=True, ge=0)

    @model_validator(mode="after")
    def _keys_of_the_rule(self) -> Self:
        needed = KEYS_OF[self.rule]
        given = [name for name in ("threshold_kw", "charge", "discharge", "charge_import_kw") if getattr(self, name) is not None]
        missing = [name for name in needed if name not in given]
        foreign = [name for name in given if name not in needed and not (name == "charge_import_kw" and "charge" in needed)]
        if missing or foreign:
            told = [f"needs {', '.join(missing)}"] * bool(missing) + [f"has no use for {', '.join(foreign)}"] * bool(foreign)
            raise ValueError(f'rule "{self.rule}" {" and ".join(told)}')
        if self.initial_kwh > self.capacity_kwh:
            raise ValueError(f"initial_kwh {self.initial_kwh:g} is above capacity_kwh {self.capacity_kwh:g}")
        return self


def battery_of(table: BatteryTable, source: Source) -> Battery:
    """The battery of `table`, whose figures `source` stands for."""
    return Battery(
        table.capacity_kwh,
        table.charge_kw,
        table.discharge_kw,
        table.charge_eff,
        table.discharge_eff,
        source,
        table.standing_loss_per_hour,
        table.initial_kwh,
    )


def battery_rule(table: BatteryTable) -> BatteryRule:
    """How the battery of `table` runs."""
    if table.threshold_kw is not None:
        return ShavePeaks(PeakShaving(table.threshold_kw))
    if table.charge is not None and table.discharge is not None:
        window = ShiftHours(table.charge.window(), table.discharge.window())
        return window if table.charge_import_kw is None else ShiftHours(window.charge, window.discharge, table.charge_import_kw)
    return AbsorbExport()
