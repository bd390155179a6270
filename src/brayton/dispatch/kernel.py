"""How the units follow a rule through the year: one kernel for one design or a block of them.

In each step
  1. the rule names the total power it wants, within what the ready units can give and what the connection takes, and the
     fewest units that carry it; a unit that the wanted power (peak shaving: the connection) cannot hold at minimum load is
     left out;
  2. units inside their minimum run stay, units inside their minimum rest wait. A unit only starts where the connection and
     the availability hold it for its whole minimum run, so a run is never cut short and export never exceeds its limit;
  3. the running units share the power (``package.array``); fuel and heat follow from the envelope; heat goes where it is of use
     (``dispatch.heat_kernel``); the grid and the boiler take the rest.

Units are identical, so the state of a design is three counts: running, held by minimum run, held by minimum rest. The
unit that has run longest stops first.

Designs lie side by side (``dispatch.lanes``). What a design's own factors change is followed per power factor: a machine of 5 %
more power at 5 % more load does the same. A factor of one changes nothing, to the last bit.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from brayton.dispatch.heat_kernel import heat_to_follow, share_heat
from brayton.dispatch.lanes import (
    CAP,
    DEMAND,
    EXPORT,
    FOLLOW,
    FUEL,
    FUEL_FACTOR,
    FULL,
    HEAT,
    HELD,
    IDLING,
    IMPORT,
    LANES,
    LESS,
    LEVEL,
    LOAD,
    LOAD_FACTOR,
    LOW,
    LOW_KW,
    NUMBER,
    OPEN,
    PART,
    PART_KW,
    POWER,
    POWER_FACTOR,
    READY,
    RECOVERED,
    RESTING,
    RUNNING,
    SAVED,
    SHARE,
    SHAVE,
    SIZE,
    STARTS,
    STOPS,
    UNITS,
    WANTED,
    Common,
    Floats,
    Rows,
    Steps,
)
from brayton.package.array import share_sequential, units_held, units_needed

ROUNDING_KW = 1e-10
"""Below this a difference of powers is rounding: a site of 10 MW has 2e-12 kW in its last digit."""


@njit(cache=True, error_model="numpy")
def _ready_units(ready: float, number: float) -> float:
    return np.floor(ready * number + 1e-9)


@njit(cache=True, error_model="numpy")
def _low(low_kw: float, power_low: float, power_high: float) -> float:
    """Minimum load of one unit: the design's, or all that is available where that is less."""
    return max(power_low, min(low_kw, power_high))


@njit(cache=True, error_model="numpy")
def _cap(x: Floats, d: int, load: float, spare: float, gas: float) -> float:
    """Most power that the connection and the fuel let the units give, per power factor; fuel is taken to limit in proportion."""
    cap = max(load * x[LOAD_FACTOR + d] + spare, 0.0) / x[POWER_FACTOR + d]
    return min(cap, gas / (x[FUEL_FACTOR + d] * x[POWER_FACTOR + d]))


@njit(cache=True, error_model="numpy")
def _want(x: Floats, p_low: float, p_high: float, standby: float) -> None:
    """Total power that the rule wants, and the fewest units that carry it."""
    for d in range(LANES):
        cap = x[CAP + d]
        reach = _ready_units(x[READY + d], x[NUMBER + d]) * p_high
        wanted = x[SHARE + d] * reach + x[FOLLOW + d] * x[OPEN + d] * x[LOAD + d]
        wanted += (x[SHAVE + d] * x[NUMBER + d] * standby - x[LESS + d]) / x[POWER_FACTOR + d]
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
def _want_heat(x: Floats, t: int, sequential: bool, power: Floats, heat: Floats) -> None:
    """Total power and units whose recovered heat meets what there is to follow, for the designs that follow heat."""
    high, heat_high = power[t, -1], heat[t, -1]
    for d in range(LANES):
        if x[HEAT + d] == 0.0:
            continue
        low, cap, demand = x[LOW + d], x[CAP + d], x[DEMAND + d]
        heat_low = _at(low, t, power, heat)
        n = min(units_needed(demand, heat_high), _ready_units(x[READY + d], x[NUMBER + d]))
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
def _look_ahead(
    x: Floats, t: int, last: int, power: Floats, loads: Floats, spare: Floats, gas: Floats, ready: Floats, ready_of: Rows
) -> None:
    """No unit starts that connection, fuel or availability would cut short before step `last`."""
    for d in range(LANES):
        units, running = x[UNITS + d], x[RUNNING + d]
        if units <= running:
            continue
        for later in range(t + 1, last):
            low = _low(x[LOW_KW + d], power[later, 0], power[later, -1])
            units = min(units, _ready_units(ready[ready_of[d], later], x[NUMBER + d]))
            cap = _cap(x, d, loads[later], spare[later], gas[later])
            while units > running and units_held(units, low, cap) < units:
                units -= 1.0
        x[UNITS + d] = max(units, running)


@njit(cache=True, error_model="numpy")
def _settle(x: Floats, p_high: float, sequential: bool) -> None:
    """Starts and stops, the total within what the committed units can give, and how they share it."""
    for d in range(LANES):
        units, low = x[UNITS + d], x[LOW + d]
        x[STARTS + d] = max(units - x[RUNNING + d], 0.0)
        x[STOPS + d] = max(x[RUNNING + d] - units, 0.0)
        x[RUNNING + d] = units
        total = min(max(x[WANTED + d], units * low), units * p_high, x[CAP + d])
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
def _scale(x: Floats, start_fuel_kw: float) -> None:
    """From a unit of the envelope to the design's own, and the fuel of the starts."""
    for d in range(LANES):
        burnt = x[POWER_FACTOR + d] * x[FUEL_FACTOR + d]
        x[POWER + d] *= x[POWER_FACTOR + d]
        x[FUEL + d] = x[FUEL + d] * burnt + x[STARTS + d] * start_fuel_kw
        x[RECOVERED + d] *= burnt


@njit(cache=True, error_model="numpy")
def _trade(x: Floats, load: float, c: Common) -> None:
    """What the grid gives and takes."""
    for d in range(LANES):
        standby = (x[NUMBER + d] - x[UNITS + d]) * c.standby_kw
        bought = load * x[LOAD_FACTOR + d] + standby + x[STARTS + d] * c.start_kw + x[STOPS + d] * c.stop_kw
        bought = bought - x[POWER + d] - x[SAVED + d]
        # units that carry all of the load leave its rounding, which is no trade
        x[IMPORT + d] = bought if bought > ROUNDING_KW else 0.0
        x[EXPORT + d] = -bought if bought < -ROUNDING_KW else 0.0


@njit(cache=True, error_model="numpy")
def _add_up(x: Floats, totals: Floats) -> None:
    for i in range(SIZE - UNITS):
        totals[i] += x[UNITS + i]


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


@njit(cache=True, error_model="numpy", nogil=True)
def run_block(
    x: Floats,
    thresholds_kw: Floats,
    window_of: Rows,
    ready_of: Rows,
    steps: Steps,
    common: Common,
    totals: Floats,
    peaks_kw: Floats,
    record: Floats,
    net_kw: Floats,
) -> None:
    """A block of designs through all steps.

    x (SIZE,): the designs' parameters, else zero. thresholds_kw (12, LANES): peak shaving's. window_of, ready_of (LANES,): rows
    of `Steps.windows` and `Steps.ready`. totals (12, flows x LANES): sums of the flows over each month's steps; peaks_kw
    (12, LANES): highest import; both zero before. record: flows of the first design in each step (n, flows), net_kw: import
    less export of every design (n, LANES), with their generation after it where there is room (n, 2 LANES); either empty where
    nobody asks.
    """
    # arrays leave their tuples once: to take one inside the loop counts references, which costs more than the step
    power, fuel, heat, fuel_bends, heat_bends = steps.power_kw, steps.fuel_kw, steps.heat_kw, steps.fuel_bends, steps.heat_bends
    loads, spare, gas, demands, boiler_only = steps.load_kw, steps.spare_kw, steps.gas_kw, steps.demand_kw, steps.boiler_only_kw
    ready, month, windows = steps.ready, steps.month, steps.windows
    use_kw, use_saving, store_loss, store_drain = steps.use_kw, steps.use_saving, steps.store_loss, steps.store_drain_kw
    starts, stops = np.zeros((common.min_run, LANES)), np.zeros((common.min_rest, LANES))
    follows_heat = False
    holds = common.min_run > 1 or common.min_rest > 1
    n = loads.shape[0]
    for d in range(LANES):
        x[RUNNING + d] = min(float(common.initially_on), x[NUMBER + d])
        x[LEVEL + d] = common.store_initial_kwh
        follows_heat |= x[HEAT + d] > 0.0
    for t in range(n):
        if t == 0 or month[t] != month[t - 1]:
            for d in range(LANES):
                x[LESS + d] = thresholds_kw[month[t], d]
        for d in range(LANES):
            x[OPEN + d] = windows[window_of[d], t]
            x[READY + d] = ready[ready_of[d], t]
        load, spare_kw, gas_kw = loads[t], spare[t], gas[t]
        for d in range(LANES):
            x[LOAD + d] = load * x[LOAD_FACTOR + d] / x[POWER_FACTOR + d]
            x[CAP + d] = _cap(x, d, load, spare_kw, gas_kw)
        p_high, demand, loss, drain = power[t, -1], demands[t], store_loss[t], store_drain[t]
        _want(x, power[t, 0], p_high, common.standby_kw)
        if follows_heat:
            heat_to_follow(x, t, demand, use_kw, loss, drain, common)
            _want_heat(x, t, common.sequential, power, heat)
        if holds:
            _forget(x, starts[t % common.min_run], stops[t % common.min_rest])
            _hold(x)
            _look_ahead(x, t, min(t + common.min_run, n), power, loads, spare, gas, ready, ready_of)
        _settle(x, p_high, common.sequential)
        if holds:
            _remember(x, starts[t % common.min_run], stops[t % common.min_rest])
        _burn(x, t, power, fuel, heat, fuel_bends, heat_bends)
        _scale(x, common.start_fuel_kw)
        share_heat(x, t, demand, boiler_only[t], use_kw, use_saving, loss, drain, common)
        _trade(x, load, common)
        _add_up(x, totals[month[t]])
        for d in range(LANES):
            peaks_kw[month[t], d] = max(peaks_kw[month[t], d], x[IMPORT + d])
        if record.shape[0] > 0:
            for flow in range(record.shape[1]):
                record[t, flow] = x[UNITS + flow * LANES]
        if net_kw.shape[0] > 0:
            for d in range(LANES):
                net_kw[t, d] = x[IMPORT + d] - x[EXPORT + d]
            for d in range(net_kw.shape[1] - LANES):
                net_kw[t, LANES + d] = x[POWER + d]
