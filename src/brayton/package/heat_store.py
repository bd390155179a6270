"""A store of heat as dispatch sees it: a level between empty and full, with what it loses and what it gains of itself."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from brayton.core.errors import Faults


@dataclass(frozen=True)
class HeatStore:
    """A water tank, or a pool whose temperature may move within a band: heat between a lowest and a highest level.

    capacity_kwh: heat between empty and full. loss_per_step (n,): share of the level lost in each step, before charging.
    drain_kw (n,): heat lost in each step at the empty level; negative where the store gains heat (a pool in the sun).
    serves_loads, serves_uses: whether it gives its heat to the heat loads (a hot tank), to the uses of heat (a chilled tank
    behind an absorption chiller, counted as the heat that made its cold), or keeps it (a pool). A store is held at its empty
    level by the boiler, and stands above its full level only where it gains heat of itself.
    charge_kw, discharge_kw: highest rates; infinite for no limit, zero where recovered heat is too cold for it. A store that
    serves uses is charged by the same equipment, with what they leave of `charge_kw`. initial_kwh: level before the first step.
    Raises InputError with every contradiction.
    """

    name: str
    capacity_kwh: float
    loss_per_step: NDArray[np.float64]
    drain_kw: NDArray[np.float64]
    serves_loads: bool
    serves_uses: bool = False
    charge_kw: float = math.inf
    discharge_kw: float = math.inf
    initial_kwh: float = 0.0

    def __post_init__(self) -> None:
        with Faults() as faults:
            if not (math.isfinite(self.capacity_kwh) and self.capacity_kwh > 0.0):
                faults.add("store.capacity_kwh", self.capacity_kwh, "must be positive", "Give the heat between empty and full.")
            elif not 0.0 <= self.initial_kwh <= self.capacity_kwh:
                rule = f"must lie in 0..{self.capacity_kwh:g}"
                faults.add("store.initial_kwh", self.initial_kwh, rule, "Give the level before the first step.")
            for key in ("charge_kw", "discharge_kw"):
                if not getattr(self, key) >= 0.0:
                    faults.add(f"store.{key}", getattr(self, key), "must be zero or more", "Leave it out for no limit.")
            if self.loss_per_step.shape != self.drain_kw.shape or self.loss_per_step.ndim != 1:
                rule = "loss and drain must be alike, one value for each step"
                faults.add("store.loss_per_step", self.loss_per_step.shape, rule, "Align the two series.")
            elif not (np.isfinite(self.loss_per_step).all() and np.isfinite(self.drain_kw).all()):
                faults.add("store.drain_kw", "NaN or infinite", "must be finite", "Fill the gaps of its inputs first.")
            elif (self.loss_per_step < 0.0).any() or (self.loss_per_step >= 1.0).any():
                faults.add(
                    "store.loss_per_step", float(self.loss_per_step.max()), "must lie in 0..1", "Give the share of the level."
                )
