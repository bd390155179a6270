"""Machines on gas that does not come from a street: the most power that the gas of each step carries, and the units it feeds."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Fault, InputError
from brayton.package.envelope import Envelope

Series = NDArray[np.float64]

SAME_POWER = 1e-9
"""Gain in power, relative, below which one unit more is not worth running."""


@dataclass(frozen=True)
class FuelLimited:
    """Highest total power within the fuel; arrays (n,). fuel_kw_lhv: what the `units` then burn, never more than there is."""

    power_kw: Series
    units: NDArray[np.int64]
    fuel_kw_lhv: Series


@dataclass(frozen=True)
class ArrayYear:
    """A year of `count` units that burn all gas they can.

    marginal_kwh: what the last unit adds to the year's energy. capacity_factor: energy over rating times the time.
    gas_share: of the gas' energy that is burnt. run_hours: of all units together.
    """

    count: int
    energy_kwh: float
    marginal_kwh: float
    capacity_factor: float
    fuel_kwh_lhv: float
    gas_share: float
    run_hours: float


def power_within_fuel(envelope: Envelope, fuel_kw_lhv: ArrayLike) -> FuelLimited:
    """The highest total power of 0 to `envelope.count` units, all loaded alike, whose fuel stays within `fuel_kw_lhv` (n,) [kW].

    Units run between minimum load and full power or rest; of unit counts that give the same power, the smallest. Starts are
    not counted. Where a unit's fuel per power falls up to full power, as that of a microturbine does, the units are the fewest
    that carry the power, and a dispatch that runs the fewest stays within the gas too.
    Raises InputError for a gap or a negative figure.
    """
    gas = _gas(envelope, fuel_kw_lhv)
    best = FuelLimited(np.zeros(gas.shape), np.zeros(gas.shape, dtype=np.int64), np.zeros(gas.shape))
    for candidate in _by_units(envelope, gas):
        best = _better(best, candidate)
    return best


def arrays_by_count(envelope: Envelope, fuel_kw_lhv: ArrayLike, step_hours: float) -> list[ArrayYear]:
    """The year of 1, 2, .. `envelope.count` units on gas of `fuel_kw_lhv` (n,) [kW]: what one more unit adds."""
    gas = _gas(envelope, fuel_kw_lhv)
    best = FuelLimited(np.zeros(gas.shape), np.zeros(gas.shape, dtype=np.int64), np.zeros(gas.shape))
    rows: list[ArrayYear] = []
    for count, candidate in enumerate(_by_units(envelope, gas), 1):
        before = float(best.power_kw.sum())
        best = _better(best, candidate)
        energy, fuel, available = (float(item.sum()) * step_hours for item in (best.power_kw, best.fuel_kw_lhv, gas))
        rows.append(
            ArrayYear(
                count=count,
                energy_kwh=energy,
                marginal_kwh=energy - before * step_hours,
                capacity_factor=energy / (count * envelope.rated_power_kw * gas.size * step_hours),
                fuel_kwh_lhv=fuel,
                gas_share=fuel / available if available > 0.0 else math.nan,
                run_hours=float(best.units.sum()) * step_hours,
            )
        )
    return rows


def _gas(envelope: Envelope, fuel_kw_lhv: ArrayLike) -> Series:
    gas = np.broadcast_to(np.asarray(fuel_kw_lhv, dtype=float), (envelope.steps,))
    wrong = np.flatnonzero(~(gas >= 0.0))
    if wrong.size:
        rule = f"must be a number, zero or more; {wrong.size} of {gas.size} steps are not"
        raise InputError(Fault(f"fuel_kw_lhv[{wrong[0]}]", gas[wrong[0]], rule, "Mend the series of the gas."))
    return gas


def _by_units(envelope: Envelope, gas: Series) -> Iterator[FuelLimited]:
    """The most that exactly 1, 2, .. units make of the gas; zero where it does not feed them at minimum load."""
    power, fuel = envelope.power_kw, envelope.fuel_kw_lhv
    rows, last = np.arange(envelope.steps), power.shape[1] - 1
    runs = power[:, -1] > 0.0
    for units in range(1, envelope.count + 1):
        each = gas / units
        fed = fuel <= each[:, None]
        able = runs & fed.any(axis=1)
        low = np.where(able, last - np.argmax(fed[:, ::-1], axis=1), 0)  # last breakpoint within the gas: beyond it none is
        high = np.minimum(low + 1, last)
        span = fuel[rows, high] - fuel[rows, low]
        share = np.where(span > 0.0, (each - fuel[rows, low]) / np.where(span > 0.0, span, 1.0), 0.0).clip(0.0, 1.0)
        unit_power = power[rows, low] + share * (power[rows, high] - power[rows, low])
        unit_fuel = np.minimum(fuel[rows, low] + share * span, each)
        yield FuelLimited(
            np.where(able, units * unit_power, 0.0),
            np.where(able, units, 0).astype(np.int64),
            np.where(able, np.minimum(units * unit_fuel, gas), 0.0),
        )


def _better(best: FuelLimited, candidate: FuelLimited) -> FuelLimited:
    """Step by step the candidate where it gives more power."""
    more = candidate.power_kw > best.power_kw * (1.0 + SAME_POWER)
    return FuelLimited(
        np.where(more, candidate.power_kw, best.power_kw),
        np.where(more, candidate.units, best.units),
        np.where(more, candidate.fuel_kw_lhv, best.fuel_kw_lhv),
    )
