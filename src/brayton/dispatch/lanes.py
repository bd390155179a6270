"""How the njit kernels lay out designs: side by side in the lanes of one flat array, `x[FIELD + d]`.

With the loop over the lanes innermost and of constant length the compiler sees that nothing overlaps, and vectorises. Counts of
units are floats for the same reason.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

LANES = 64
"""Designs of a block."""

PARAMETERS = (
    *("number", "low_kw", "share", "follow", "shave", "heat"),
    *("load_factor", "heat_factor", "power_factor", "fuel_factor"),
)
"""A design: units there are; minimum load of one; and its rule. Every rule but follow heat (heat = 1) is linear in what a
step offers: wanted = share x power of the ready units + follow x load in the window + shave x standby power of all units -
threshold of the month. Then factors on what holds for all: the loads, the power of a unit, its fuel at a share of that power."""

FLOWS = (
    "units_on",
    "starts",
    "stops",
    "net_power_kw",
    "fuel_kw_lhv",
    "heat_recovered_kw",
    "heat_used_kw",
    "use_heat_kw",
    "saved_kw",
    "store_in_kw",
    "store_out_kw",
    "store_need_kw",
    "store_kwh",
    "boiler_heat_kw",
    "unmet_kw",
    "import_kw",
    "export_kw",
)
"""What happens in a step: counts of units, powers of all units and the site together, and the level of the store at its end."""

NUMBER, LOW_KW, SHARE, FOLLOW, SHAVE, HEAT, LOAD_FACTOR, HEAT_FACTOR, POWER_FACTOR, FUEL_FACTOR = (LANES * i for i in range(10))
LESS, OPEN, READY, LOAD, CAP, DEMAND, RUNNING, HELD, RESTING, LOW, WANTED, FULL, PART, PART_KW, IDLING, LEFT, SHORT = (
    LANES * i for i in range(10, 27)
)
"""The step: threshold of the month; window; share of the units that can run; load, what the connection takes and heat to
follow, all per power factor; units running before it, held by minimum run and rest; minimum load of one unit and wanted total;
units at full power, at part load, that load, units at minimum load; recovered heat that is left, heat that loads still lack."""
UNITS, STARTS, STOPS, POWER, FUEL, RECOVERED, USED, USE, SAVED, INTO, OUT, NEED, LEVEL, BOILER, UNMET, IMPORT, EXPORT = (
    LANES * i for i in range(27, 44)
)
SIZE = LANES * 44
"""Offsets in the flat array: the design, the step, its `FLOWS`. LEVEL is carried from step to step."""


class Steps(NamedTuple):
    """What holds in each step, whatever the design: one unit (n, K) and the site (n,).

    fuel_bends, heat_bends: change of slope over power at each breakpoint but the last (n, K-1). spare_kw: what the connection
    takes of the units' output beyond the load. gas_kw: most power of the units on the fuel there is. demand_kw: heat that
    recovered heat can serve; boiler_only_kw: heat that it cannot. ready (a, n): shares of the units that can run. windows
    (w, n): 1 where a window of use is open. use_kw, use_saving (u, n): heat that each use takes at most, and the electricity
    saved per heat. store_loss, store_drain_kw: see ``package.heat_store``.
    """

    power_kw: Floats
    fuel_kw: Floats
    heat_kw: Floats
    fuel_bends: Floats
    heat_bends: Floats
    load_kw: Floats
    spare_kw: Floats
    gas_kw: Floats
    demand_kw: Floats
    boiler_only_kw: Floats
    ready: Floats
    month: Rows
    windows: Floats
    use_kw: Floats
    use_saving: Floats
    store_loss: Floats
    store_drain_kw: Floats


class Common(NamedTuple):
    """What holds for all designs. start_kw, start_fuel_kw, stop_kw: energy of one start or stop over its step.

    store_kwh: heat between the store's empty and full level, zero for no store. hours: length of a step.
    """

    sequential: bool
    min_run: int
    min_rest: int
    initially_on: int
    start_kw: float
    start_fuel_kw: float
    stop_kw: float
    standby_kw: float
    boiler_kw: float
    hours: float
    store_kwh: float
    store_serves_loads: bool
    store_serves_uses: bool
    store_charge_kw: float
    store_discharge_kw: float
    store_initial_kwh: float
