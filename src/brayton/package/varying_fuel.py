"""The envelope of machines whose gas changes from step to step: compiled at a few compositions, blended between them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Fault, InputError
from brayton.package.array import Loading
from brayton.package.envelope import ERROR_SAMPLE, NO_UNIT_KW, Envelope, compile_envelope
from brayton.package.heat_recovery import HeatRecovery

if TYPE_CHECKING:
    from brayton.machine.performance import Performance

NODE_SPACING = 0.05
"""Widest step between compiled compositions, as a mole fraction of methane: keeps the blend to about 0.1 % of full power."""


BLENDED = ("power_kw", "fuel_kw_lhv", "heat_kw")

Compiled = Callable[[float, NDArray[np.intp]], Envelope]
"""The envelope on gas of one methane fraction, in the air of these steps."""


@dataclass(frozen=True)
class VaryingFuel:
    """An envelope on gas that varies, and what the blending cost.

    nodes: methane fractions at which the machine was compiled. power_blend_error, fuel_blend_error, heat_blend_error: largest
    deviation from the machine compiled half-way between two nodes, as fractions of the values at full power; zero for one node.
    """

    envelope: Envelope
    nodes: tuple[float, ...]
    power_blend_error: float
    fuel_blend_error: float
    heat_blend_error: float


def compile_varying_envelope(
    performance_at: Callable[[float], Performance],
    methane_fraction: ArrayLike,
    dry_bulb_c: ArrayLike,
    pressure_kpa: ArrayLike,
    humidity_ratio: ArrayLike,
    *,
    count: int,
    loading: Loading = Loading.EVEN,
    heat_recovery: HeatRecovery | None = None,
    water_in_temp_c: ArrayLike | None = None,
    outside: Literal["raise", "clip", "nan"] = "raise",
) -> VaryingFuel:
    """The envelope of `count` machines whose gas has `methane_fraction` (n,) in each step.

    performance_at: the machine compiled on the gas of one methane fraction. Everything else as in `compile_envelope`. The nodes
    lie evenly between the leanest and the richest gas; power, fuel and heat of a step are blended linearly between the two
    nodes around it, breakpoint by breakpoint. Where the machine cannot run at one of the two, it rests. Heating values and
    start energies are those of the richest node.
    Raises InputError for gaps in the composition, and what `compile_envelope` raises.
    """
    methane, *air = np.broadcast_arrays(
        *(np.atleast_1d(np.asarray(item, dtype=float)) for item in (methane_fraction, dry_bulb_c, pressure_kpa, humidity_ratio))
    )
    gaps = np.flatnonzero(~np.isfinite(methane))
    if gaps.size:
        rule = f"missing in {gaps.size} of {methane.size} steps"
        raise InputError(Fault(f"methane_fraction[{gaps[0]}]", methane[gaps[0]], rule, "Fill the gaps and say how."))
    water = None if water_in_temp_c is None else np.broadcast_to(np.asarray(water_in_temp_c, dtype=float), methane.shape)
    machine = cache(performance_at)  # each node serves the year and the error of the blend

    def compiled(at: float, rows: NDArray[np.intp]) -> Envelope:
        return compile_envelope(
            machine(at),
            *(item[rows] for item in air),
            count=count,
            loading=loading,
            heat_recovery=heat_recovery,
            water_in_temp_c=None if water is None else water[rows],
            outside=outside,
        )

    nodes = _nodes(methane)
    if len(nodes) == 1:
        envelope = compiled(nodes[0], np.arange(methane.size))
        return VaryingFuel(envelope, nodes, 0.0, 0.0, 0.0)
    return VaryingFuel(_blended(nodes, methane, compiled), nodes, *_blend_errors(nodes, compiled, methane.size))


def _blended(nodes: tuple[float, ...], methane: NDArray[np.float64], compiled: Compiled) -> Envelope:
    """The envelopes of the nodes, each compiled for the steps beside it, blended breakpoint by breakpoint."""
    place = np.clip((methane - nodes[0]) / (nodes[1] - nodes[0]), 0.0, len(nodes) - 1.0)
    below = np.minimum(place.astype(np.intp), len(nodes) - 2)
    sums: dict[str, NDArray[np.float64]] = {}
    envelopes: list[Envelope] = []
    runs = np.ones(methane.size, dtype=bool)
    for node, at in enumerate(nodes):
        rows = np.flatnonzero((below == node) | (below == node - 1))
        if not rows.size:
            continue
        envelope = compiled(at, rows)
        envelopes.append(envelope)
        weight = (1.0 - np.abs(place[rows] - node))[:, None]
        for name in BLENDED:
            values = getattr(envelope, name)
            total = sums.setdefault(name, np.zeros((methane.size, values.shape[1])))
            total[rows] += weight * values
        runs[rows] &= (envelope.power_kw[:, -1] > NO_UNIT_KW) | (weight[:, 0] == 0.0)
    return replace(
        envelopes[-1],
        **{name: np.where(runs[:, None], values, 0.0) for name, values in sums.items()},
        fuel_error=max(item.fuel_error for item in envelopes),
        heat_error=max(item.heat_error for item in envelopes),
    )


def _nodes(methane: NDArray[np.float64]) -> tuple[float, ...]:
    """Compositions to compile at, evenly spaced over what the gas spans; one where it does not vary."""
    low, high = float(methane.min()), float(methane.max())
    pieces = math.ceil((high - low) / NODE_SPACING - 1e-9)
    return tuple(float(item) for item in np.linspace(low, high, pieces + 1)) if high > low else (high,)


def _blend_errors(nodes: tuple[float, ...], compiled: Compiled, steps: int) -> tuple[float, float, float]:
    """Largest deviation of power, fuel and heat half-way between nodes from the machine compiled there, over the year's air."""
    rows = np.unique(np.linspace(0, steps - 1, ERROR_SAMPLE).astype(np.intp))
    at_nodes = [compiled(at, rows) for at in nodes]
    worst = [0.0, 0.0, 0.0]
    for low, high, at in zip(at_nodes[:-1], at_nodes[1:], (np.add(nodes[:-1], nodes[1:]) / 2.0).tolist(), strict=True):
        exact = compiled(at, rows)
        runs = np.minimum(low.power_kw[:, -1], high.power_kw[:, -1]) > NO_UNIT_KW
        for index, name in enumerate(BLENDED):
            values = getattr(exact, name)[runs]
            blend = (getattr(low, name)[runs] + getattr(high, name)[runs]) / 2.0
            full = np.where(values[:, -1:] > 0.0, values[:, -1:], np.nan)
            worst[index] = max(worst[index], float(np.nanmax(np.abs(blend - values) / full, initial=0.0)))
    return worst[0], worst[1], worst[2]
