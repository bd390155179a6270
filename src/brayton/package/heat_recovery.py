"""Gas-to-water heat recovery behind a microturbine, with a diverter.

The exchanger is a counterflow one by effectiveness and number of transfer units (Kays and London, Compact Heat
Exchangers, 3rd ed., 1984, chapter 2). The gas is the machine's own exhaust, so heat is a difference of enthalpies of that
mixture and the heat capacity in NTU is its mean over the range it cools through.

Size off the rated point: thermal resistances in series, each following its own flow,

    1/UA = 1/UA_rated [(1 - w) (m_gas/m_gas_rated)^-n + w (m_water/m_water_rated)^-0.8]

with n = 0.6 for the gas outside the tubes (textbook: Zukauskas, Advances in Heat Transfer 8, 1972, tube banks 0.60 to
0.63; Briggs and Young, CEP Symp. Ser. 59, 1963, finned tubes 0.681, of which the falling fin efficiency takes back
about 0.1), 0.8 for turbulent water inside (Dittus and Boelter, 1930), and w the water's share of the resistance. Change
of gas properties with temperature (about T^0.35 on the gas side) is left out: 2 % of UA over the range of loads.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Fault, Faults, InputError, RangeError
from brayton.core.provenance import Source
from brayton.core.units import ZERO_CELSIUS_K
from brayton.gas.air import DRY_AIR
from brayton.gas.fuels import Fuel
from brayton.gas.mixture import species_coefficients
from brayton.gas.properties import Coefficients, as_rows, h, rows, t_from_h
from brayton.machine.components import counterflow_effectiveness
from brayton.package.capability import Capability

WATER_CP_J_PER_KG_K = 4186.0
"""Liquid water, mean of 25 to 85 degC; within 0.4 % there (IAPWS-95)."""
WATER_DENSITY_KG_PER_M3 = 983.2
"""Liquid water at 60 degC (IAPWS-95)."""

WATER_SIDE_EXPONENT = 0.8
"""Dittus and Boelter, University of California Publications in Engineering 2, 1930."""

_ROUNDS = 50
_TOLERANCE_K = 1e-9

Outside = Literal["raise", "clip", "nan"]


@dataclass(frozen=True)
class HeatRecovery:
    """A gas-to-water exchanger.

    ua_w_per_k: size at the rated flows [W/K]. gas_side_exponent: n above [-]. water_side_share: w above [-].
    min_stack_temp_c: the gas is not cooled below it [degC] (condensation). max_water_out_temp_c: the water is not heated
    above it [degC]. water_flow_range_kg_s: lowest and highest water flow [kg/s].
    Raises InputError with every figure out of its bounds.
    """

    name: str
    ua_w_per_k: float
    rated_exhaust_flow_kg_s: float
    rated_water_flow_kg_s: float
    rated_water_in_temp_c: float
    gas_side_exponent: float
    water_side_share: float
    min_stack_temp_c: float
    max_water_out_temp_c: float
    water_flow_range_kg_s: tuple[float, float]
    sources: tuple[Source, ...]
    capabilities: ClassVar[frozenset[Capability]] = frozenset({Capability.HOT_WATER})

    def __post_init__(self) -> None:
        with Faults() as faults:
            for key in ("ua_w_per_k", "rated_exhaust_flow_kg_s", "rated_water_flow_kg_s"):
                value = getattr(self, key)
                if not (math.isfinite(value) and value > 0.0):
                    faults.add(f"heat_recovery.{key}", value, "must be a positive number", "Give the rated figure.")
            for key in ("gas_side_exponent", "water_side_share"):
                value = getattr(self, key)
                if not 0.0 <= value < 1.0:
                    faults.add(f"heat_recovery.{key}", value, "must lie in 0..1, below one", "Typical: 0.6 and 0.1.")
            low, high = self.water_flow_range_kg_s
            if not 0.0 < low <= self.rated_water_flow_kg_s <= high:
                rule = f"must hold the rated water flow, {self.rated_water_flow_kg_s:.4g} kg/s"
                faults.add("heat_recovery.water_flow_range_kg_s", (low, high), rule, "Give the lowest and the highest flow.")
            if not 0.0 < self.rated_water_in_temp_c < self.max_water_out_temp_c:
                rule = f"must lie above 0 degC and below the highest outlet temperature, {self.max_water_out_temp_c} degC"
                faults.add("heat_recovery.rated_water_in_temp_c", self.rated_water_in_temp_c, rule, "Give degrees Celsius.")


@dataclass(frozen=True)
class Recovery:
    """What the exchanger does: heat into the water [W], water outlet [K], and the stack behind exchanger and bypass [K]."""

    heat_w: NDArray[np.float64]
    water_out_temp_k: NDArray[np.float64]
    stack_temp_k: NDArray[np.float64]


@njit(cache=True)
def gas_exit_temp_k(
    c: Coefficients, gas_flow_kg_s: float, gas_in_temp_k: float, water_in_temp_k: float, water_w_per_k: float, ua_w_per_k: float
) -> float:
    """Temperature of the gas behind a counterflow exchanger of size `ua_w_per_k` [K].

    c: coefficients of the gas (2, 7). water_w_per_k: heat capacity rate of the water. The gas enters hotter than the water.
    The mean heat capacity of the gas between inlet and exit and the exit itself are found together, by the secant method:
    the heat capacity is nearly flat, so substitution alone gains a digit a round and the secant soon all of them.
    """
    h_in = h(c, gas_in_temp_k)
    span = gas_in_temp_k - water_in_temp_k
    exit_temp_k = gas_in_temp_k - 0.8 * span
    last_miss, step = 0.0, 0.0
    for _ in range(_ROUNDS):
        gas_w_per_k = gas_flow_kg_s * (h_in - h(c, exit_temp_k)) / (gas_in_temp_k - exit_temp_k)
        least = min(gas_w_per_k, water_w_per_k)
        ratio = least / max(gas_w_per_k, water_w_per_k)
        cooled = counterflow_effectiveness(ua_w_per_k / least, ratio) * span * least / gas_w_per_k
        miss = gas_in_temp_k - cooled - exit_temp_k
        if abs(miss) < _TOLERANCE_K:
            return exit_temp_k
        step = step * miss / (last_miss - miss) if step != 0.0 else miss
        last_miss = miss
        exit_temp_k += step
    return math.nan


@njit(cache=True)
def _recover(
    c: Coefficients,
    flow_kg_s: float,
    gas_temp_k: float,
    water_temp_k: float,
    water_kg_s: float,
    diverter: float,
    ua_w_per_k: float,
    gas_rated_kg_s: float,
    water_rated_kg_s: float,
    gas_exponent: float,
    water_share: float,
    least_stack_temp_k: float,
    most_water_temp_k: float,
) -> tuple[float, float, float]:
    """One point of `recover`: heat [W], water outlet [K], stack [K]."""
    through = diverter * flow_kg_s
    if through == 0.0:
        return 0.0, water_temp_k, gas_temp_k
    water_w_per_k = water_kg_s * WATER_CP_J_PER_KG_K
    resistance = (1.0 - water_share) * (through / gas_rated_kg_s) ** -gas_exponent
    resistance += water_share * (water_kg_s / water_rated_kg_s) ** -WATER_SIDE_EXPONENT
    exit_temp_k = gas_exit_temp_k(c, through, gas_temp_k, water_temp_k, water_w_per_k, ua_w_per_k / resistance)
    if math.isnan(exit_temp_k):
        return math.nan, math.nan, math.nan  # compiled max() may drop a NaN
    h_in = h(c, gas_temp_k)
    coldest_k = min(max(exit_temp_k, least_stack_temp_k), gas_temp_k)
    heat = min(through * (h_in - h(c, coldest_k)), water_w_per_k * (most_water_temp_k - water_temp_k))
    return heat, water_temp_k + heat / water_w_per_k, t_from_h(c, h_in - heat / flow_kg_s, exit_temp_k)


@njit(cache=True)
def _recover_all(
    c: NDArray[np.float64], streams: NDArray[np.float64], figures: tuple[float, ...], results: NDArray[np.float64]
) -> None:
    """`_recover` for every column of `streams` (5, n); writes `results` (3, n)."""
    for i in range(streams.shape[1]):
        stream = streams[:, i]
        if math.isnan(stream.sum()):
            results[:, i] = math.nan
            continue
        results[0, i], results[1, i], results[2, i] = _recover(
            rows(c[i]), stream[0], stream[1], stream[2], stream[3], stream[4], *figures
        )


def recover(
    hrec: HeatRecovery,
    exhaust_coefficients: NDArray[np.float64],
    exhaust_flow_kg_s: ArrayLike,
    exhaust_temp_k: ArrayLike,
    water_in_temp_k: ArrayLike,
    water_flow_kg_s: ArrayLike,
    diverter: ArrayLike = 1.0,
    *,
    outside: Outside = "raise",
) -> Recovery:
    """Heat that `hrec` takes from the exhaust into the water.

    exhaust_coefficients: NASA-7 per kg (..., 2, 7), see `exhaust_coefficients`. diverter: share of the exhaust through
    the exchanger, 0..1. All broadcast; a NaN gives NaN. Heat stops where the gas would leave the exchanger below
    `min_stack_temp_c` or the water above `max_water_out_temp_c`; then the rest stays in the exhaust.
    outside: what to do with a water flow outside `water_flow_range_kg_s` (``clip``: the nearest flow in it).
    Gas and water close by enthalpy: heat = exhaust flow x (h_in - h_stack) = water flow x cp x (rise).
    Raises InputError where the water is no liquid, is at or above its highest outlet temperature or is hotter than the
    exhaust, where the diverter is outside 0..1 or a flow is negative; RangeError for the water flow.
    """
    shape = np.broadcast_shapes(
        exhaust_coefficients.shape[:-2],
        *(np.shape(item) for item in (exhaust_flow_kg_s, exhaust_temp_k, water_in_temp_k, water_flow_kg_s, diverter)),
    )
    flow, gas_temp, water_temp, water_flow, share = (
        np.broadcast_to(np.asarray(item, dtype=float), shape)
        for item in (exhaust_flow_kg_s, exhaust_temp_k, water_in_temp_k, water_flow_kg_s, diverter)
    )
    _check_streams(hrec, flow, gas_temp, water_temp, share)
    streams = np.stack([flow, gas_temp, water_temp, _water_flow(hrec, water_flow, outside), share]).reshape(5, -1)
    coefficients = np.ascontiguousarray(np.broadcast_to(exhaust_coefficients, (*shape, 2, 7))).reshape(-1, 2, 7)
    figures = (
        hrec.ua_w_per_k,
        hrec.rated_exhaust_flow_kg_s,
        hrec.rated_water_flow_kg_s,
        hrec.gas_side_exponent,
        hrec.water_side_share,
        hrec.min_stack_temp_c + ZERO_CELSIUS_K,
        hrec.max_water_out_temp_c + ZERO_CELSIUS_K,
    )
    results = np.empty((3, streams.shape[1]))
    _recover_all(coefficients, streams, figures, results)
    return Recovery(*results.reshape(3, *shape))


def _check_streams(
    hrec: HeatRecovery,
    flow: NDArray[np.float64],
    gas_temp: NDArray[np.float64],
    water_temp: NDArray[np.float64],
    diverter: NDArray[np.float64],
) -> None:
    water_c = water_temp - ZERO_CELSIUS_K
    gas_c = gas_temp - ZERO_CELSIUS_K
    with Faults() as faults:
        wrong = (water_c <= 0.0) | (water_c >= hrec.max_water_out_temp_c)
        if wrong.any():
            rule = f"must lie above 0 and below {hrec.name}'s highest outlet temperature, {hrec.max_water_out_temp_c:g} degC"
            faults.add("water_in_temp_c", round(float(water_c[wrong].flat[0]), 2), rule, "Give the return water's temperature.")
        wrong = water_temp >= gas_temp
        if wrong.any():
            rule = f"must be colder than the exhaust, {gas_c[wrong].flat[0]:.1f} degC"
            faults.add("water_in_temp_c", round(float(water_c[wrong].flat[0]), 2), rule, "Such water would be cooled.")
        wrong = (diverter < 0.0) | (diverter > 1.0)
        if wrong.any():
            faults.add("diverter", float(diverter[wrong].flat[0]), "must lie in 0..1", "Give the share through the exchanger.")
        if (flow < 0.0).any():
            faults.add("exhaust_flow_kg_s", float(flow[flow < 0.0].flat[0]), "must not be negative", "Give the flow in kg/s.")


def _water_flow(hrec: HeatRecovery, flow: NDArray[np.float64], outside: Outside) -> NDArray[np.float64]:
    low, high = hrec.water_flow_range_kg_s
    wrong = (flow < low) | (flow > high)
    if outside == "raise" and wrong.any():
        rule = f"must lie in {low:.4g}..{high:.4g} kg/s, the water flows of {hrec.name}"
        raise RangeError(Fault("water_flow_kg_s", float(flow[wrong].flat[0]), rule, "Give a flow in that range."))
    return np.where(wrong, np.nan, flow) if outside == "nan" else np.clip(flow, low, high)


def exhaust_coefficients(fuel: Fuel, humidity_ratio: ArrayLike, fuel_air_ratio: ArrayLike) -> NDArray[np.float64]:
    """NASA-7 coefficients per kg of exhaust (..., 2, 7), as the kernels of ``gas.properties`` take them.

    humidity_ratio: of the inlet air [kg/kg dry air]. fuel_air_ratio: per kg of humid air [-]. Broadcasts. Complete combustion.
    """
    w, f = (np.asarray(item, dtype=float)[..., None, None] for item in (humidity_ratio, fuel_air_ratio))
    air = (DRY_AIR.coefficients + w * species_coefficients("H2O")) / (1.0 + w)
    return (air + f * fuel.combustion_coefficients) / (1.0 + f)


def ua_from_rated_point(
    exhaust_coefficients: NDArray[np.float64],
    *,
    exhaust_flow_kg_s: float,
    exhaust_temp_k: float,
    heat_w: float,
    water_in_temp_k: float,
    water_flow_kg_s: float,
) -> float:
    """Size of a counterflow exchanger [W/K] from one published point; the inverse of `gas_exit_temp_k`.

    UA = heat / logarithmic mean temperature difference with the capacity rates of that point.
    Raises InputError where that much heat cannot pass: the gas would leave colder than the water enters, or the water
    hotter than the gas enters.
    """
    c = as_rows(exhaust_coefficients)
    h_in = h(c, exhaust_temp_k)
    gas_out_temp_k = t_from_h(c, h_in - heat_w / exhaust_flow_kg_s, exhaust_temp_k)
    water_out_temp_k = water_in_temp_k + heat_w / (water_flow_kg_s * WATER_CP_J_PER_KG_K)
    hot_end, cold_end = exhaust_temp_k - water_out_temp_k, gas_out_temp_k - water_in_temp_k
    if not (heat_w > 0.0 and hot_end > 0.0 and cold_end > 0.0):
        rule = f"cannot pass: it leaves {hot_end:.1f} K at the hot end and {cold_end:.1f} K at the cold end"
        raise InputError(Fault("rated.heat_w", heat_w, rule, "Check flows, temperatures and heat of the rated point."))
    if abs(hot_end - cold_end) < 1e-9 * hot_end:
        return heat_w / hot_end
    return heat_w * math.log(hot_end / cold_end) / (hot_end - cold_end)
