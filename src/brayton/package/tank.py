"""Hot and chilled water tanks, mixed or stratified, and the store of heat (or cold) that dispatch sees.

A mixed tank is useful only above the temperature that a load needs: 50 degC water serves no 60 degC load. A stratified tank keeps
its hot water on top of the cold, so it gives its full temperature until the boundary between both arrives.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from brayton.core.errors import Faults
from brayton.package.heat_store import HeatStore

WATER_KG_PER_M3 = 988.0
"""Of water at 50 degC (Incropera and DeWitt, Fundamentals of Heat and Mass Transfer, table A.6); at 5 degC 1.2 % more."""
WATER_J_PER_KG_K = 4182.0
"""Same table, 50 degC; at 5 degC 0.5 % more."""

MIXED_SHARE = 1.0
STRATIFIED_SHARE = 0.9
"""Share of a stratified tank's volume that leaves at full temperature. Estimate: what is given up is half of the boundary layer
and the water beyond the diffusers; chilled-water tanks in print reach a figure of merit of 0.85 to 0.95."""


@dataclass(frozen=True)
class Tank:
    """A vertical water tank. volume_m3: of water. ua_w_per_k: conductance of its shell to the surroundings of
    `surroundings_temp_c`. stratified: hot water stays on top; else all of it has one temperature.
    Raises InputError with every contradiction.
    """

    volume_m3: float
    ua_w_per_k: float
    surroundings_temp_c: float
    stratified: bool

    def __post_init__(self) -> None:
        with Faults() as faults:
            if not (self.volume_m3 > 0.0 and math.isfinite(self.volume_m3)):
                faults.add("tank.volume_m3", self.volume_m3, "must be positive", "Give the water in it.")
            if not (self.ua_w_per_k >= 0.0 and math.isfinite(self.ua_w_per_k)):
                faults.add("tank.ua_w_per_k", self.ua_w_per_k, "must be zero or more", "Give it, or the insulation.")
            if not -50.0 <= self.surroundings_temp_c <= 60.0:
                faults.add("tank.surroundings_temp_c", self.surroundings_temp_c, "must lie in -50..60", "Give the air around it.")

    @property
    def capacity_j_per_k(self) -> float:
        return self.volume_m3 * WATER_KG_PER_M3 * WATER_J_PER_KG_K


def cylinder_ua_w_per_k(volume_m3: float, height_m: float, insulation_m: float, insulation_w_per_m_k: float) -> float:
    """Conductance [W/K] of the insulation around an upright cylinder of `volume_m3` [m3] and `height_m` [m].

    Side 2 pi k h / ln(r2/r1), and both ends k pi r1^2 / s. Films, steel, corners and fittings are left out: the films lower it,
    feet and pipes raise it by some tens of percent. Errors: InputError unless all are positive.
    Source: Incropera and DeWitt, Fundamentals of Heat and Mass Transfer, section 3.3.
    """
    with Faults() as faults:
        given = {
            "volume_m3": volume_m3,
            "height_m": height_m,
            "insulation_m": insulation_m,
            "insulation_w_per_m_k": insulation_w_per_m_k,
        }
        for name, value in given.items():
            if not (value > 0.0 and math.isfinite(value)):
                faults.add(f"tank.{name}", value, "must be positive", "Correct the value.")
    radius = math.sqrt(volume_m3 / (math.pi * height_m))
    side = 2.0 * math.pi * height_m / math.log1p(insulation_m / radius)
    return insulation_w_per_m_k * (side + 2.0 * math.pi * radius**2 / insulation_m)


def tank_store(
    name: str,
    tank: Tank,
    steps: int,
    step_hours: float,
    full_temp_c: float,
    empty_temp_c: float,
    charge_kw: float = math.inf,
    discharge_kw: float = math.inf,
) -> HeatStore:
    """The tank between empty and full, as dispatch sees it: `steps` alike of `step_hours` [h].

    Mixed: full at the highest temperature of its water, empty at the temperature that the loads need, below which it holds
    nothing for them. Stratified: full of water at `full_temp_c`, empty with water of the return temperature, `empty_temp_c`;
    of that, 90 % comes out at full temperature, so its loss counts on 90 % of its heat. A chilled tank is full when cold:
    `full_temp_c` below `empty_temp_c`, and the store then counts cold. Loss: the level's decay in a step, and the drain at the
    empty temperature, which is negative where the surroundings help; exact at both ends.
    Errors: InputError if full and empty are alike, or as `HeatStore`.
    """
    with Faults() as faults:
        if full_temp_c == empty_temp_c:
            rule = "full and empty must differ"
            faults.add(f"{name}.max_temp_c", full_temp_c, rule, "Let it rise above what the loads need.")
        for temp in (full_temp_c, empty_temp_c):
            if not 0.0 < temp < 200.0:
                faults.add(f"{name}.temp_c", temp, "must lie in 0..200 degC", "Give the temperature of water.")
    sign = 1.0 if full_temp_c > empty_temp_c else -1.0
    share = STRATIFIED_SHARE if tank.stratified else MIXED_SHARE
    drain_kw = sign * tank.ua_w_per_k * (empty_temp_c - tank.surroundings_temp_c) / 1000.0
    return HeatStore(
        name=name,
        capacity_kwh=share * abs(full_temp_c - empty_temp_c) * tank.capacity_j_per_k / 3.6e6,
        loss_per_step=np.full(steps, -math.expm1(-tank.ua_w_per_k * step_hours * 3600.0 / (share * tank.capacity_j_per_k))),
        drain_kw=np.full(steps, drain_kw),
        serves_loads=True,
        charge_kw=charge_kw,
        discharge_kw=discharge_kw,
    )
