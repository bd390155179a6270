"""Heat by temperature level: which loads recovered heat can serve, and how warm their water comes back to the exchanger.

A load is served from the loop only where the loop is as hot as the load wants: 60 degC is not served by 50 degC water. The loop
runs at the hottest supply temperature that is served; each load draws from it what it needs and gives its water back at its own
return temperature, so a load of heat Q takes a flow m = Q / (cp (t_loop - t_return)), and the returns mix.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from brayton.core.errors import Faults
from brayton.package.heat_recovery import WATER_CP_J_PER_KG_K
from brayton.package.heat_use import HeatUse

Floats = NDArray[np.float64]


USUAL_WATER_RANGE_K = 11.0
"""Supply less return temperature of heating water where a scenario does not say: 20 F, the usual US design figure."""


@dataclass(frozen=True, eq=False)
class HeatLevel:
    """A heat load with its temperatures: heat_kw (n,), water at supply_temp_c there and at return_temp_c back [degC].

    Raises InputError for gaps, negative heat, or a return that is not colder than its supply.
    """

    name: str
    heat_kw: Floats
    supply_temp_c: float
    return_temp_c: float

    def __post_init__(self) -> None:
        with Faults() as faults:
            if self.heat_kw.ndim != 1 or not np.isfinite(self.heat_kw).all() or (self.heat_kw < 0.0).any():
                rule = "must be a series of finite figures, not negative"
                faults.add(f"{self.name}.heat_kw", self.heat_kw.shape, rule, "Fill the gaps of its inputs first.")
            if not 0.0 < self.return_temp_c < self.supply_temp_c:
                rule = f"must lie between 0 degC and the supply temperature, {self.supply_temp_c:g} degC"
                faults.add(f"{self.name}.return_temp_c", self.return_temp_c, rule, "Give the temperature of the water back.")


@dataclass(frozen=True)
class LoopLoads:
    """What the exchanger's loop serves and what it cannot.

    served_kw (n,): heat of the loads that it can serve. boiler_only_kw (n,): of those that are too hot for it. loop_temp_c:
    hottest supply that is served; NaN without any. return_temp_c (n,): of the mixed water into the exchanger, where
    nothing flows the mean over the year. flow_kg_s (n,): of the loop. served, too_hot: names of loads and uses.
    """

    served_kw: Floats
    boiler_only_kw: Floats
    loop_temp_c: float
    return_temp_c: Floats
    flow_kg_s: Floats
    served: tuple[str, ...]
    too_hot: tuple[str, ...]


def loop_loads(
    loads: Sequence[HeatLevel], uses: Sequence[HeatUse] = (), *, max_water_out_temp_c: float, steps: int | None = None
) -> LoopLoads:
    """The loads behind an exchanger that makes water of at most `max_water_out_temp_c` [degC].

    uses: `HeatUse`s driven by water, which may also run and then mix into the return with all the heat that they can take;
    those that exhaust drives (NaN temperatures) are left out. They count to neither `served_kw` nor `boiler_only_kw`: no
    boiler stands in for them. steps: needed where there are no loads.
    Heat is conserved: flow x cp x (loop - return) = the heat of loads served and uses. Raises InputError for series of
    different length.
    """
    wet = [
        HeatLevel(use.name, use.heat_kw, use.supply_temp_c, use.return_temp_c) for use in uses if np.isfinite(use.supply_temp_c)
    ]
    lengths = {len(item.heat_kw) for item in (*loads, *wet)} | ({steps} if steps is not None else set())
    with Faults() as faults:
        if len(lengths) != 1:
            rule = "must be of one length" if lengths else "are none, and no number of steps is given"
            faults.add("load.heat_kw", sorted(lengths), rule, "Align the series.")
    length = lengths.pop()
    fits = [item for item in (*loads, *wet) if item.supply_temp_c <= max_water_out_temp_c]
    loop_temp_c = max((item.supply_temp_c for item in fits), default=np.nan)
    flow, flow_temp = np.zeros(length), np.zeros(length)
    for item in fits:
        part = item.heat_kw * 1e3 / (WATER_CP_J_PER_KG_K * (loop_temp_c - item.return_temp_c))
        flow += part
        flow_temp += part * item.return_temp_c
    mean_c = flow_temp.sum() / flow.sum() if flow.sum() > 0.0 else max((item.return_temp_c for item in fits), default=np.nan)
    return LoopLoads(
        served_kw=sum((item.heat_kw for item in loads if item in fits), np.zeros(length)),
        boiler_only_kw=sum((item.heat_kw for item in loads if item not in fits), np.zeros(length)),
        loop_temp_c=loop_temp_c,
        return_temp_c=np.where(flow > 0.0, flow_temp / np.where(flow > 0.0, flow, 1.0), mean_c),
        flow_kg_s=flow,
        served=tuple(item.name for item in fits),
        too_hot=tuple(item.name for item in (*loads, *wet) if item not in fits),
    )
