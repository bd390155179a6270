"""A grid outage hour by hour, from every hour of the year: what the machines, a battery and the fuel on site keep alive.

Loads come in tiers, most needed first. A tier is a group of feeders: in each step it is carried whole or shed whole, and none
is carried while one before it is shed. The battery serves the first tier only; the machines fill it again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from brayton.core.errors import Faults
from brayton.package.envelope import Envelope

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Island:
    """What stands behind the open breaker.

    units: machines. unit_kw: what one gives in the air of each step (n,). min_load_kw: of one; less only where it cannot give
    as much. fuel_kw_hhv_idle, fuel_kw_hhv_per_kw: fuel of a running unit = idle + per_kw x power. start_h: from the outage until
    the machines carry load. black_start: whether they start without outside power. load_bank_kw: resistors that keep a machine
    at its minimum load. held_kwh_hhv: fuel on site; infinite = pipeline. battery_kwh: usable, full when the outage begins;
    battery_kw: in and out; battery_eff: each way.
    Raises InputError with every figure that cannot be.
    """

    units: int
    unit_kw: Floats
    min_load_kw: float
    fuel_kw_hhv_idle: float
    fuel_kw_hhv_per_kw: float
    start_h: float = 0.0
    black_start: bool = True
    load_bank_kw: float = 0.0
    held_kwh_hhv: float = math.inf
    battery_kwh: float = 0.0
    battery_kw: float = 0.0
    battery_eff: float = 1.0

    def __post_init__(self) -> None:
        with Faults() as faults:
            if self.units < 0:
                faults.add("units", self.units, "must be zero or more", "Give the number of machines.")
            if self.unit_kw.ndim != 1 or not (np.isfinite(self.unit_kw).all() and (self.unit_kw >= 0.0).all()):
                rule = "must be one finite figure, not negative, for each step"
                faults.add("unit_kw", self.unit_kw.shape, rule, "Take it from the envelope of the year.")
            for name in (
                "min_load_kw",
                "fuel_kw_hhv_idle",
                "fuel_kw_hhv_per_kw",
                "start_h",
                "load_bank_kw",
                "held_kwh_hhv",
                "battery_kwh",
                "battery_kw",
            ):
                if not getattr(self, name) >= 0.0:
                    faults.add(name, getattr(self, name), "must be zero or more", "Give 0 where there is none.")
            if not 0.0 < self.battery_eff <= 1.0:
                faults.add("battery_eff", self.battery_eff, "must lie above 0 and up to 1", "Give the efficiency of one way.")

    @classmethod
    def of(cls, envelope: Envelope) -> Island:
        """The machines of `envelope` alone, on pipeline gas: full power of each step, and one straight line of fuel over power
        through all breakpoints of the year (least squares)."""
        runs = envelope.power_kw[:, -1] > 0.0
        idle = per_kw = 0.0
        if runs.any():
            power, fuel = envelope.power_kw[runs].ravel(), envelope.fuel_kw_lhv[runs].ravel() * envelope.fuel_hhv_per_lhv
            (idle, per_kw), *_ = np.linalg.lstsq(np.stack((np.ones_like(power), power), axis=1), fuel)
        return cls(
            units=envelope.count,
            unit_kw=envelope.power_kw[:, -1],
            min_load_kw=envelope.min_load_fraction * envelope.rated_power_kw,
            fuel_kw_hhv_idle=float(idle),
            fuel_kw_hhv_per_kw=float(per_kw),
        )


@dataclass(frozen=True)
class StandAlone:
    """Outages from every step of the year (n), each `longest` steps.

    survived: whether the first tier was carried in every step up to this one, the first from when the machines carry load
    (longest, n). uninterrupted: whether the battery carried it until then (n,). served_kwh, asked_kwh: by tier and start
    (m, n), over all steps, also after a failure. fuel_kwh_hhv: used (n,).
    """

    survived: NDArray[np.bool_]
    uninterrupted: NDArray[np.bool_]
    served_kwh: Floats
    asked_kwh: Floats
    fuel_kwh_hhv: Floats

    @property
    def curve(self) -> Floats:
        """Share of the starts whose first tier survives 1, 2, ... steps (longest,)."""
        return self.survived.mean(axis=1)

    @property
    def served_share(self) -> Floats:
        """Energy carried over energy asked for, by tier (m,); NaN where nothing was asked for."""
        served, asked = self.served_kwh.sum(axis=1), self.asked_kwh.sum(axis=1)
        return np.divide(served, asked, out=np.full(asked.shape, np.nan), where=asked > 0.0)


def stand_alone(
    island: Island, tiers_kw: Floats, step_hours: float, longest_steps: int, *, running: NDArray[np.int64] | None = None
) -> StandAlone:
    """Run an outage of `longest_steps` from every step of the year, which is a ring.

    tiers_kw: load of each tier in each step (m, n). running: machines that can run in each step of each outage (n, longest),
    from `random_units`; None: all. A tank that does not last through a step ends with the step before.
    Errors: InputError for loads that are not alike, missing or negative.
    """
    _check_loads(island, tiers_kw, step_hours, longest_steps)
    n, eff = tiers_kw.shape[1], island.battery_eff
    starts = np.arange(n)
    critical_kw = tiers_kw[0]
    bridged_kwh = critical_kw * island.start_h / eff
    uninterrupted = (bridged_kwh <= island.battery_kwh) & ((critical_kw <= island.battery_kw) | (island.start_h == 0.0))
    can_start = uninterrupted & (island.battery_kwh > 0.0) | island.black_start
    battery = np.where(uninterrupted, island.battery_kwh - bridged_kwh, island.battery_kwh)
    fuel, alive = np.full(n, island.held_kwh_hhv), np.ones(n, dtype=bool)
    survived = np.empty((longest_steps, n), dtype=bool)
    served_kwh, asked_kwh, burnt_kwh = np.zeros(tiers_kw.shape), np.zeros(tiers_kw.shape), np.zeros(n)
    for step in range(longest_steps):
        at = (starts + step) % n
        tiers, unit_kw = np.cumsum(tiers_kw[:, at], axis=0), island.unit_kw[at]
        units = np.where(can_start, island.units if running is None else running[:, step], 0)
        moment = _Moment(island, tiers, unit_kw, battery, step_hours)
        plan = moment.plan(units)
        dry = plan.fuel_kw * step_hours > fuel
        if dry.any():
            plan = moment.plan(np.where(dry, 0, units))
        battery = battery + plan.battery_kw * np.where(plan.battery_kw > 0.0, eff, 1.0 / eff) * step_hours
        fuel = fuel - plan.fuel_kw * step_hours
        burnt_kwh += plan.fuel_kw * step_hours
        carried = np.arange(len(tiers))[:, None] < plan.tiers
        dark_h = np.where(uninterrupted, 0.0, island.start_h) if step == 0 else 0.0
        served_kwh += np.where(carried, tiers_kw[:, at], 0.0) * (step_hours - dark_h)
        asked_kwh += tiers_kw[:, at] * step_hours
        alive &= plan.tiers >= 1
        survived[step] = alive
    return StandAlone(survived, uninterrupted, served_kwh, asked_kwh, burnt_kwh)


@dataclass(frozen=True)
class _Plan:
    """One step of every outage: tiers carried, battery (charging positive) and fuel."""

    tiers: NDArray[np.int64]
    battery_kw: Floats
    fuel_kw: Floats


@dataclass(frozen=True)
class _Moment:
    """One step of every outage: loads summed over the tiers (m, n), power of a unit, energy in the battery."""

    island: Island
    tiers_kw: Floats
    unit_kw: Floats
    battery_kwh: Floats
    step_hours: float

    def plan(self, units: NDArray[np.int64]) -> _Plan:
        """As many tiers as `units` machines carry, the battery filling the gap of the first."""
        island, reach = self.island, units * self.unit_kw
        gives = np.minimum(island.battery_kw, self.battery_kwh * island.battery_eff / self.step_hours)
        takes = np.minimum(island.battery_kw, (island.battery_kwh - self.battery_kwh) / (island.battery_eff * self.step_hours))
        count = (self.tiers_kw <= reach * (1.0 + 1e-12)).sum(axis=0)
        count = np.maximum(count, (self.tiers_kw[0] <= (reach + gives) * (1.0 + 1e-12)).astype(np.int64))
        load = np.where(count > 0, np.take_along_axis(self.tiers_kw, np.maximum(count - 1, 0)[None], axis=0)[0], 0.0)
        machines = np.minimum(load, reach)
        charge = np.where(machines < load, 0.0, np.minimum(takes, reach - machines))
        power = machines + charge
        on = np.ceil(np.divide(power, self.unit_kw, out=np.zeros_like(power), where=self.unit_kw > 0.0) - 1e-9).astype(np.int64)
        low = on * np.minimum(island.min_load_kw, self.unit_kw)
        held = power + island.load_bank_kw >= low * (1.0 - 1e-12)
        if not held.all():
            # too little for so many machines, even with resistors: one rests, down to the battery alone
            return self.plan(np.where(held, units, on - 1))
        power = np.maximum(power, low)
        fuel = on * island.fuel_kw_hhv_idle + power * island.fuel_kw_hhv_per_kw
        return _Plan(count, charge - (load - machines), fuel)


def _check_loads(island: Island, tiers_kw: Floats, step_hours: float, longest_steps: int) -> None:
    with Faults() as faults:
        if tiers_kw.ndim != 2 or tiers_kw.shape[0] < 1 or tiers_kw.shape[1:] != island.unit_kw.shape:
            rule = f"must be one row for each tier, of {island.unit_kw.size} steps as the machines' power"
            faults.add("tiers_kw", tiers_kw.shape, rule, "Align the series.")
        elif not (np.isfinite(tiers_kw).all() and (tiers_kw >= 0.0).all()):
            faults.add("tiers_kw", "NaN, infinite or negative", "must be finite and not negative", "Mend the loads first.")
        if island.start_h > step_hours:
            rule = f"the machines must carry load within the first step, {step_hours:g} h"
            faults.add("start_h", island.start_h, rule, "Use longer steps.")
        if longest_steps < 1:
            faults.add("longest_steps", longest_steps, "must be one or more", "Give the length of the outage.")
