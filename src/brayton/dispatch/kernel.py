"""How the units follow a rule through the year: one kernel for one design or a block of them.

In each step
  1. the rule names the total power it wants, within what the ready units can give and what the connection takes, and the
     fewest units that carry it; a unit that the wanted power (peak shaving: the connection) cannot hold at minimum load is
     left out;
  2. units inside their minimum run stay, units inside their minimum rest wait. A unit only starts where the connection and
     the availability hold it for its whole minimum run, so a run is never cut short and export never exceeds its limit;
  3. the running units share the power (``package.array``); fuel and heat follow from the envelope; the grid and the boiler
     take the rest.

Units are identical, so the state of a design is three counts: running, held by minimum run, held by minimum rest. The
unit that has run longest stops first.

Designs lie side by side in lanes of one flat array, `x[FIELD + d]`, with the loop over the lanes innermost and of constant
length: the compiler then sees that nothing overlaps, and vectorises. Counts are floats for the same reason.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from brayton.package.array import share_sequential, units_held, units_needed

Floats = NDArray[np.float64]

LANES = 64
"""Designs of a block."""

FLOWS = (
    "units_on",
    "starts",
    "stops",
    "net_power_kw",
    "fuel_kw_lhv",
    "heat_recovered_kw",
    "heat_used_kw",
    "boiler_heat_kw",
    "unmet_kw",
    "import_kw",
    "export_kw",
)
"""What happens in a step: counts of units, and powers of all units and the site together."""

PARAMETERS = ("number", "low_kw", "share", "follow", "shave", "heat")
"""A design: units there are; minimum load of one; and its rule. Every rule but follow heat (heat = 1) is linear in what a
step offers: wanted = share x power of the ready units + follow x load in the window + shave x standby power of all units -
threshold of the month."""

NUMBER, LOW_KW, SHARE, FOLLOW, SHAVE, HEAT = (LANES * i for i in range(6))
LESS, OPEN, RUNNING, HELD, RESTING, LOW, WANTED, FULL, PART, PART_KW, IDLING = (LANES * i for i in range(6, 17))
"""The step: threshold of the month; window; units running before it, held by minimum run and rest; minimum load of one unit
and wanted total; units at full power, at part load, that load, and units at minimum load."""
UNITS, STARTS, STOPS, POWER, FUEL, RECOVERED, USED, BOILER, UNMET, IMPORT, EXPORT = (LANES * i for i in range(17, 28))
SUMS = LANES * 28
SIZE = LANES * 39
"""Offsets in the flat array: the design, the step, its `FLOWS`, and their sums over the steps."""


class Steps(NamedTuple):
    """What holds in each step, whatever the design: one unit (n, K) and the site (n,).

    fuel_bends, heat_bends: change of slope over power at each breakpoint but the last (n, K-1). cap_kw: what the connection
    takes of the units' output. ready: share of the units that can run. windows (w, n): 1 where a window of use is open.
    """

    power_kw: Floats
    fuel_kw: Floats
    heat_kw: Floats
    fuel_bends: Floats
    heat_bends: Floats
    load_kw: Floats
    cap_kw: Floats
    demand_kw: Floats
    ready: Floats
    month: NDArray[np.int64]
    windows: Floats


class Common(NamedTuple):
    """What holds for all designs. start_kw, start_fuel_kw, stop_kw: energy of one start or stop over its step."""

    sequential: bool
    min_run: int
    min_rest: int
    initially_on: int
    start_kw: float
    start_fuel_kw: float
    stop_kw: float
    standby_kw: float
    boiler_kw: float


@njit(cache=True, error_model="numpy")
def _ready_units(ready: float, number: float) -> float:
    return np.floor(ready * number + 1e-9)


@njit(cache=True, error_model="numpy")
def _low(low_kw: float, power_low: float, power_high: float) -> float:
    """Minimum load of one unit: the design's, or all that is available where that is less."""
    return max(power_low, min(low_kw, power_high))


@njit(cache=True, error_model="numpy")
def _want(x: Floats, ready: float, p_low: float, p_high: float, load: float, cap: float, standby: float) -> None:
    """Total power that the rule wants, and the fewest units that carry it."""
    for d in range(LANES):
        reach = _ready_units(ready, x[NUMBER + d]) * p_high
        wanted = x[SHARE + d] * reach + x[FOLLOW + d] * x[OPEN + d] * load
        wanted += x[SHAVE + d] * x[NUMBER + d] * standby - x[LESS + d]
        wanted = min(max(wanted, 0.0), cap, reach)
        low = _low(x[LOW_KW + d], p_low, p_high)
        x[WANTED + d] = wanted
        x[LOW + d] = low
        x[UNITS + d] = units_held(units_needed(wanted, p_high), low, cap if x[SHAVE + d] > 0.0 else wanted)


@njit(cache=True, error_model="numpy")
def _at(p: float, t: int, power: Floats, values: Floats) -> float:
    """`values` of step `t` at power `p` of one unit, linear between the breakpoints."""
    k = 0
    while k < power.shape[1] - 2 and power[t, k + 1] < p:
        k += 1
    width = power[t, k + 1] - power[t, k]
    return values[t, k] + (p - power[t, k]) / width * (values[t, k + 1] - values[t, k]) if width > 0.0 else values[t, k]


@njit(cache=True, error_model="numpy")
def _power_for_heat(wanted: float, low: float, t: int, power: Floats, heat: Floats) -> float:
    """The lowest power of one unit, from `low` up, whose heat is `wanted`; full power where none has as much."""
    for k in range(power.shape[1] - 1):
        rise = heat[t, k + 1] - heat[t, k]
        if heat[t, k + 1] >= wanted and rise > 0.0:
            return max(low, power[t, k] + (power[t, k + 1] - power[t, k]) * max(wanted - heat[t, k], 0.0) / rise)
    return power[t, -1]


@njit(cache=True, error_model="numpy")
def _want_heat(x: Floats, t: int, ready: float, demand: float, cap: float, sequential: bool, power: Floats, heat: Floats) -> None:
    """Total power and units whose recovered heat meets `demand`, for the designs that follow heat."""
    high, heat_high = power[t, -1], heat[t, -1]
    for d in range(LANES):
        if x[HEAT + d] == 0.0:
            continue
        low = x[LOW + d]
        heat_low = _at(low, t, power, heat)
        n = min(units_needed(demand, heat_high), _ready_units(ready, x[NUMBER + d]))
        n = units_held(n, heat_low, demand)
        if n * heat_high <= demand:
            total = n * high
        elif sequential:
            full, partial = share_sequential(demand, n, heat_low, heat_high)
            total = n * high
            if full < n:
                total = full * high + _power_for_heat(partial, low, t, power, heat) + (n - full - 1.0) * low
        else:
            total = n * _power_for_heat(demand / n, low, t, power, heat)
        if total > cap:
            total = cap
            n = units_held(units_needed(cap, high), low, cap)
        x[WANTED + d], x[UNITS + d] = total, n


@njit(cache=True, error_model="numpy")
def _hold(x: Floats) -> None:
    """Units inside their minimum run stay, units inside their minimum rest wait."""
    for d in range(LANES):
        x[UNITS + d] = max(min(x[UNITS + d], x[NUMBER + d] - x[RESTING + d]), x[HELD + d])


@njit(cache=True, error_model="numpy")
def _look_ahead(x: Floats, t: int, last: int, power: Floats, cap: Floats, ready: Floats) -> None:
    """No unit starts that connection or availability would cut short before step `last`."""
    for d in range(LANES):
        units, running = x[UNITS + d], x[RUNNING + d]
        if units <= running:
            continue
        for later in range(t + 1, last):
            low = _low(x[LOW_KW + d], power[later, 0], power[later, -1])
            units = min(units, _ready_units(ready[later], x[NUMBER + d]))
            while units > running and units_held(units, low, cap[later]) < units:
                units -= 1.0
        x[UNITS + d] = max(units, running)


@njit(cache=True, error_model="numpy")
def _settle(x: Floats, p_high: float, cap: float, sequential: bool) -> None:
    """Starts and stops, the total within what the committed units can give, and how they share it."""
    for d in range(LANES):
        units, low = x[UNITS + d], x[LOW + d]
        x[STARTS + d] = max(units - x[RUNNING + d], 0.0)
        x[STOPS + d] = max(x[RUNNING + d] - units, 0.0)
        x[RUNNING + d] = units
        total = min(max(x[WANTED + d], units * low), units * p_high, cap)
        x[POWER + d] = total
        full, part, part_kw = 0.0, units, total / max(units, 1.0)
        if sequential:
            full, part_kw = share_sequential(total, units, low, p_high)
            part = min(units - full, 1.0)
        x[FULL + d] = full
        x[PART + d] = part
        x[PART_KW + d] = part_kw
        x[IDLING + d] = units - full - part


@njit(cache=True, error_model="numpy")
def _burn(x: Floats, t: int, power: Floats, fuel: Floats, heat: Floats, fuel_bends: Floats, heat_bends: Floats) -> None:
    """Fuel and heat of the running units: the first breakpoint's, plus each later change of slope from where it begins."""
    fuel_low, fuel_high, heat_low, heat_high = fuel[t, 0], fuel[t, -1], heat[t, 0], heat[t, -1]
    for d in range(LANES):
        x[FUEL + d] = x[FULL + d] * fuel_high + (x[PART + d] + x[IDLING + d]) * fuel_low
        x[RECOVERED + d] = x[FULL + d] * heat_high + (x[PART + d] + x[IDLING + d]) * heat_low
    for k in range(fuel_bends.shape[1]):
        p, fuel_bend, heat_bend = power[t, k], fuel_bends[t, k], heat_bends[t, k]
        for d in range(LANES):
            beyond = x[PART + d] * max(x[PART_KW + d] - p, 0.0) + x[IDLING + d] * max(x[LOW + d] - p, 0.0)
            x[FUEL + d] += fuel_bend * beyond
            x[RECOVERED + d] += heat_bend * beyond


@njit(cache=True, error_model="numpy")
def _balance(x: Floats, load: float, demand: float, c: Common) -> None:
    """Fuel of the starts, and what grid and boiler add to heat and electricity."""
    for d in range(LANES):
        x[FUEL + d] += x[STARTS + d] * c.start_fuel_kw
        used = min(x[RECOVERED + d], demand)
        boiler = min(demand - used, c.boiler_kw)
        x[USED + d] = used
        x[BOILER + d] = boiler
        x[UNMET + d] = demand - used - boiler
        standby = (x[NUMBER + d] - x[UNITS + d]) * c.standby_kw
        bought = load + standby + x[STARTS + d] * c.start_kw + x[STOPS + d] * c.stop_kw - x[POWER + d]
        x[IMPORT + d] = max(bought, 0.0)
        x[EXPORT + d] = max(-bought, 0.0)


@njit(cache=True, error_model="numpy")
def _add_up(x: Floats) -> None:
    for i in range(SIZE - SUMS):
        x[SUMS + i] += x[UNITS + i]


@njit(cache=True, error_model="numpy")
def _forget(x: Floats, starts: Floats, stops: Floats) -> None:
    """Let go of the units whose minimum run or rest ends with this step."""
    for d in range(LANES):
        x[HELD + d] -= starts[d]
        x[RESTING + d] -= stops[d]


@njit(cache=True, error_model="numpy")
def _remember(x: Floats, starts: Floats, stops: Floats) -> None:
    """Hold the units that started or stopped in this step."""
    for d in range(LANES):
        starts[d], stops[d] = x[STARTS + d], x[STOPS + d]
        x[HELD + d] += starts[d]
        x[RESTING + d] += stops[d]


@njit(cache=True, error_model="numpy")
def run_block(
    x: Floats,
    thresholds_kw: Floats,
    window_of: NDArray[np.int64],
    steps: Steps,
    common: Common,
    peaks_kw: Floats,
    record: Floats,
) -> None:
    """A block of designs through all steps.

    x (SIZE,): the designs' parameters, else zero; holds the sums of the flows after. thresholds_kw, peaks_kw (12, LANES):
    peak shaving's thresholds, and highest import of each month, zero before. window_of (LANES,): row of `Steps.windows`.
    record: flows of the first design in each step (n, 11), or empty (0, 11) where nobody asks.
    """
    # arrays leave their tuples once: to take one inside the loop counts references, which costs more than the step
    power, fuel, heat, fuel_bends, heat_bends = steps.power_kw, steps.fuel_kw, steps.heat_kw, steps.fuel_bends, steps.heat_bends
    loads, caps, demands, ready, month, windows = (
        steps.load_kw,
        steps.cap_kw,
        steps.demand_kw,
        steps.ready,
        steps.month,
        steps.windows,
    )
    starts, stops = np.zeros((common.min_run, LANES)), np.zeros((common.min_rest, LANES))
    follows_heat = False
    holds = common.min_run > 1 or common.min_rest > 1
    n = loads.shape[0]
    for d in range(LANES):
        x[RUNNING + d] = min(float(common.initially_on), x[NUMBER + d])
        follows_heat |= x[HEAT + d] > 0.0
    for t in range(n):
        if t == 0 or month[t] != month[t - 1]:
            for d in range(LANES):
                x[LESS + d] = thresholds_kw[month[t], d]
        for d in range(LANES):
            x[OPEN + d] = windows[window_of[d], t]
        p_high, cap, load, demand = power[t, -1], caps[t], loads[t], demands[t]
        _want(x, ready[t], power[t, 0], p_high, load, cap, common.standby_kw)
        if follows_heat:
            _want_heat(x, t, ready[t], demand, cap, common.sequential, power, heat)
        if holds:
            _forget(x, starts[t % common.min_run], stops[t % common.min_rest])
            _hold(x)
            _look_ahead(x, t, min(t + common.min_run, n), power, caps, ready)
        _settle(x, p_high, cap, common.sequential)
        if holds:
            _remember(x, starts[t % common.min_run], stops[t % common.min_rest])
        _burn(x, t, power, fuel, heat, fuel_bends, heat_bends)
        _balance(x, load, demand, common)
        _add_up(x)
        for d in range(LANES):
            peaks_kw[month[t], d] = max(peaks_kw[month[t], d], x[IMPORT + d])
        if record.shape[0] > 0:
            for flow in range(record.shape[1]):
                record[t, flow] = x[UNITS + flow * LANES]


@njit(cache=True, error_model="numpy", parallel=True)
def run_blocks(
    x: Floats, thresholds_kw: Floats, window_of: NDArray[np.int64], steps: Steps, common: Common, peaks_kw: Floats
) -> None:
    """`run_block` for every block (first axis), on all cores, recording nothing."""
    for block in prange(x.shape[0]):
        run_block(x[block], thresholds_kw[block], window_of[block], steps, common, peaks_kw[block], np.empty((0, 11)))
