"""N identical machines as one array: how many run and how they share a total power.

Both ways of loading run the fewest units that carry the power. ``even``: all running units alike. ``sequential``: unit
after unit to full power, the next one takes the rest; where the rest is below the minimum load, the unit before backs off
just enough.

The kernels are free of branches and count units in floats, so that loops over many designs vectorise.
"""

from __future__ import annotations

from enum import Enum

import numpy as np
from numba import njit

POWER_TOLERANCE = 1e-9
"""Powers of one array closer than this, relative, are the same."""


class Loading(Enum):
    """How running units share the power; ``value`` is the word in files."""

    EVEN = "even"
    SEQUENTIAL = "sequential"


@njit(cache=True, error_model="numpy")
def units_needed(total: float, high: float) -> float:
    """The fewest units of `high` each that carry `total`; 0 where `high` is zero."""
    return np.ceil(total / high * (1.0 - POWER_TOLERANCE)) if high > 0.0 else 0.0


@njit(cache=True, error_model="numpy")
def units_held(units: float, low: float, ceiling: float) -> float:
    """`units`, or one less where `ceiling` cannot hold them at `low` each.

    One less is enough for the fewest units that carry a total up to `ceiling`: the others at full power stay below it.
    """
    return units - 1.0 if units * low > ceiling * (1.0 + POWER_TOLERANCE) else units


@njit(cache=True, error_model="numpy")
def share_sequential(total: float, units: float, low: float, high: float) -> tuple[float, float]:
    """How `units` running units carry `total` in sequence: (units at `high`, load of the next one).

    All others run at `low`. total lies in units x low .. units x high; with all units at `high`, the second figure has
    no unit.
    """
    span = high - low
    excess = total - units * low
    full = min(np.floor(excess / span * (1.0 + POWER_TOLERANCE)), units) if span > 0.0 else units
    return full, min(max(low + excess - full * span, low), high)
