"""A battery: energy between empty and full, limits of power, and what charging, discharging and standing lose."""

from __future__ import annotations

import math
from dataclasses import dataclass

from brayton.core.errors import Faults
from brayton.core.provenance import Source


@dataclass(frozen=True)
class Battery:
    """A battery with its converter, seen from the alternating current side; wear is left out.

    capacity_kwh: energy that may be used, between empty and full. charge_kw, discharge_kw: highest power in and out, at the
    terminals. charge_eff, discharge_eff: stored over taken, given over withdrawn [-]. standing_loss_per_hour: share of the level
    lost in an hour. initial_kwh: level before the first step.
    Raises InputError with every figure out of bounds.
    """

    capacity_kwh: float
    charge_kw: float
    discharge_kw: float
    charge_eff: float
    discharge_eff: float
    source: Source
    standing_loss_per_hour: float = 0.0
    initial_kwh: float = 0.0

    def __post_init__(self) -> None:
        with Faults() as faults:
            for name in ("capacity_kwh", "charge_kw", "discharge_kw"):
                value = getattr(self, name)
                if not (math.isfinite(value) and value > 0.0):
                    faults.add(f"battery.{name}", value, "must be positive", "Give the figure of the data sheet.")
            for name in ("charge_eff", "discharge_eff"):
                if not 0.0 < getattr(self, name) <= 1.0:
                    faults.add(f"battery.{name}", getattr(self, name), "must lie in 0..1, above zero", "Typical: 0.95.")
            if not 0.0 <= self.standing_loss_per_hour < 1.0:
                rule = "must lie in 0..1"
                faults.add("battery.standing_loss_per_hour", self.standing_loss_per_hour, rule, "Give the share of the level.")
            if not 0.0 <= self.initial_kwh <= max(self.capacity_kwh, 0.0):
                rule = f"must lie in 0..{self.capacity_kwh:g}"
                faults.add("battery.initial_kwh", self.initial_kwh, rule, "Give the level before the first step.")

    @property
    def round_trip_eff(self) -> float:
        return self.charge_eff * self.discharge_eff
