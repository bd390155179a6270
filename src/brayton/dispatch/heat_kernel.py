"""Where heat goes in a step: loads first, then equipment that saves electricity with it, then the store; the boiler fills up.

Recovered heat that nothing takes is dumped. A hot tank gives its heat to the loads before the boiler does, a chilled one its cold
to the uses that it stands behind; a pool keeps its own, and the boiler holds it at the lowest temperature of its band
(``package.heat_store``).
"""

from __future__ import annotations

from numba import njit

from brayton.dispatch.lanes import (
    BOILER,
    DEMAND,
    FUEL_FACTOR,
    HEAT_FACTOR,
    INTO,
    LANES,
    LEFT,
    LEVEL,
    NEED,
    OUT,
    POWER_FACTOR,
    RECOVERED,
    SAVED,
    SHORT,
    UNMET,
    USE,
    USED,
    Common,
    Floats,
)


@njit(cache=True, error_model="numpy")
def heat_to_follow(x: Floats, t: int, demand: float, use_kw: Floats, loss: float, drain: float, c: Common) -> None:
    """Heat that loads, uses and the store's room would take, per unit's power factor: what follow heat follows."""
    wanted = 0.0
    for use in range(use_kw.shape[0]):
        wanted += use_kw[use, t]
    for d in range(LANES):
        total = demand * x[HEAT_FACTOR + d] + wanted
        if c.store_kwh > 0.0:
            natural = x[LEVEL + d] * (1.0 - loss) - drain * c.hours
            total += min(max(c.store_kwh - natural, 0.0) / c.hours, c.store_charge_kw)
        x[DEMAND + d] = total / (x[POWER_FACTOR + d] * x[FUEL_FACTOR + d])


@njit(cache=True, error_model="numpy")
def share_heat(
    x: Floats, t: int, demand: float, boiler_only: float, use_kw: Floats, use_saving: Floats, loss: float, drain: float, c: Common
) -> None:
    """Loads, uses, store, boiler, in this order."""
    for d in range(LANES):
        used = min(x[RECOVERED + d], demand * x[HEAT_FACTOR + d])
        x[USED + d] = used
        x[LEFT + d] = x[RECOVERED + d] - used
        x[SHORT + d] = demand * x[HEAT_FACTOR + d] - used
        x[USE + d] = 0.0
        x[SAVED + d] = 0.0
        x[INTO + d] = 0.0
        x[OUT + d] = 0.0
        x[NEED + d] = 0.0
    for use in range(use_kw.shape[0]):
        most, saving = use_kw[use, t], use_saving[use, t]
        for d in range(LANES):
            taken = min(x[LEFT + d], most)
            x[LEFT + d] -= taken
            x[USED + d] += taken
            x[USE + d] += taken
            x[SAVED + d] += taken * saving
    if c.store_kwh > 0.0:
        _store(x, t, use_kw, use_saving, loss, drain, c)
    for d in range(LANES):
        short = x[SHORT + d] + boiler_only * x[HEAT_FACTOR + d] + x[NEED + d]
        boiler = min(short, c.boiler_kw)
        x[BOILER + d] = boiler
        x[UNMET + d] = short - boiler


@njit(cache=True, error_model="numpy")
def _store(x: Floats, t: int, use_kw: Floats, use_saving: Floats, loss: float, drain: float, c: Common) -> None:
    """The store's own loss, then what it gives, what it takes, and what it needs to stay at its empty level."""
    for d in range(LANES):
        level = x[LEVEL + d] * (1.0 - loss) - drain * c.hours
        ready = min(max(level, 0.0) / c.hours, c.store_discharge_kw)
        charge = c.store_charge_kw
        if c.store_serves_loads:
            x[OUT + d] = min(x[SHORT + d], ready)
            x[SHORT + d] -= x[OUT + d]
        if c.store_serves_uses:
            charge -= x[USE + d]
            given = x[USE + d]
            for use in range(use_kw.shape[0]):  # what the recovered heat has served comes first
                served = min(given, use_kw[use, t])
                given -= served
                more = min(use_kw[use, t] - served, ready - x[OUT + d])
                x[OUT + d] += more
                x[USE + d] += more
                x[SAVED + d] += more * use_saving[use, t]
        level -= x[OUT + d] * c.hours
        into = min(x[LEFT + d], max(c.store_kwh - level, 0.0) / c.hours, max(charge, 0.0))
        level += into * c.hours
        need = max(-level, 0.0) / c.hours
        x[INTO + d] = into
        x[USED + d] += into
        x[NEED + d] = need
        x[LEVEL + d] = level + need * c.hours
