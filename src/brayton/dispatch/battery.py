"""A battery behind the meter, run by a rule on what the site imports once the machines are chosen.

A rule turns net load and calendar into what the battery should take and give in each step; the scan over the year gives it as
much of that as level and power limits allow. Net load: import positive, export negative.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from brayton.core.errors import Fault, InputError
from brayton.core.timeaxis import TimeAxis
from brayton.dispatch.rules import PeakShaving, TimeOfUse
from brayton.package.battery import Battery

Floats = NDArray[np.float64]


@final
@dataclass(frozen=True)
class ShavePeaks:
    """Give what the site would import above the threshold, and charge below it, never beyond it."""

    threshold: PeakShaving


@final
@dataclass(frozen=True)
class ShiftHours:
    """Charge in one window of the calendar, and serve the site's import in another; where both are open, serve.

    charge_import_kw: import that charging must not exceed, so that it sets no peak of its own; infinite for none.
    """

    charge: TimeOfUse
    discharge: TimeOfUse
    charge_import_kw: float = np.inf


@final
@dataclass(frozen=True)
class AbsorbExport:
    """Take what would be exported, and serve the site's import from it."""


BatteryRule = ShavePeaks | ShiftHours | AbsorbExport


@dataclass(frozen=True)
class BatteryYear:
    """What the battery did: shape of the net load.

    charge_kw, discharge_kw: at its terminals. level_kwh: at the end of each step. net_load_kw: what is left to the grid.
    losses_kw: of charging, discharging and standing.
    """

    charge_kw: Floats
    discharge_kw: Floats
    level_kwh: Floats
    net_load_kw: Floats
    losses_kw: Floats


def run_battery(
    battery: Battery,
    rule: BatteryRule,
    net_load_kw: Floats,
    axis: TimeAxis,
    *,
    export_limit_kw: float = 0.0,
    import_margin_kw: float = 0.0,
) -> BatteryYear:
    """Run `battery` by `rule` on `net_load_kw` (n,) or (designs, n), import positive; all designs side by side.

    Discharging never takes the export beyond `export_limit_kw`, nor the import below `import_margin_kw` where none is allowed;
    an export beyond the limit that is there already is left as it is. In each step

        level = level before x (1 - standing loss) + charge_eff x charge - discharge / discharge_eff

    Raises InputError for gaps or another number of steps than the calendar's.
    """
    net = np.asarray(net_load_kw, dtype=float)
    if net.ndim not in (1, 2) or net.shape[-1] != axis.steps:
        rule_text = f"must have one value for each of the {axis.steps} steps of {axis.year}"
        raise InputError(Fault("net_load_kw", net.shape, rule_text, "Align the series with the calendar."))
    if not np.isfinite(net).all():
        raise InputError(Fault("net_load_kw", "NaN or infinite", "must be finite", "Fill the gaps of its inputs first."))
    take, give = _wishes(rule, net, axis)
    room = net + export_limit_kw if export_limit_kw > 0.0 else net - import_margin_kw
    take = np.clip(take, 0.0, battery.charge_kw)
    give = np.clip(np.minimum(give, room), 0.0, battery.discharge_kw)
    charge, discharge, level, standing = _scan(battery, np.atleast_2d(take), np.atleast_2d(give), axis.step_hours)
    shape = net.shape
    charge, discharge, level, standing = (item.reshape(shape) for item in (charge, discharge, level, standing))
    losses = charge * (1.0 - battery.charge_eff) + discharge * (1.0 / battery.discharge_eff - 1.0) + standing
    return BatteryYear(charge, discharge, level, net + charge - discharge, losses)


def _wishes(rule: BatteryRule, net: Floats, axis: TimeAxis) -> tuple[Floats, Floats]:
    """What the rule wants the battery to take and to give in each step [kW]; never both."""
    none = np.zeros_like(net)
    if isinstance(rule, ShavePeaks):
        threshold = np.array(rule.threshold.monthly_kw)[axis.month]
        return np.maximum(threshold - net, 0.0), np.maximum(net - threshold, 0.0)
    if isinstance(rule, ShiftHours):
        serving = rule.discharge.is_open(axis)
        charging = rule.charge.is_open(axis) & ~serving
        take = np.where(charging, np.maximum(rule.charge_import_kw - net, 0.0), none)
        return take, np.where(serving, np.maximum(net, 0.0), none)
    return np.maximum(-net, 0.0), np.maximum(net, 0.0)


def _scan(battery: Battery, take: Floats, give: Floats, step_hours: float) -> tuple[Floats, Floats, Floats, Floats]:
    """Charge, discharge, level and standing loss of each step; designs (d, n) in rows, in numpy: the loop runs over steps."""
    into, out_of = battery.charge_eff * step_hours, step_hours / battery.discharge_eff
    kept = (1.0 - battery.standing_loss_per_hour) ** step_hours
    # steps in rows, so that each row is contiguous
    take, give = np.ascontiguousarray(take.T), np.ascontiguousarray(give.T)
    levels, charge, discharge, before = (np.empty_like(take) for _ in range(4))
    level = np.full(take.shape[1], battery.initial_kwh)
    for i in range(len(take)):
        before[i] = level
        level = level * kept
        charge[i] = np.minimum(take[i], (battery.capacity_kwh - level) / into)
        discharge[i] = np.minimum(give[i], level / out_of)
        level = np.clip(level + charge[i] * into - discharge[i] * out_of, 0.0, battery.capacity_kwh)
        levels[i] = level
    return charge.T, discharge.T, levels.T, before.T * (1.0 - kept) / step_hours
