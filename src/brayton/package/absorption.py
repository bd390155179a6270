"""Single-effect absorption chillers driven by hot water, by the adapted characteristic equation.

Kuehn and Ziegler (Operational results of a 10 kW absorption chiller and adaptation of the characteristic equation, 1st
International Conference Solar Air Conditioning, Bad Staffelstein 2005) found cold and driving heat of a water-LiBr chiller
linear in one characteristic temperature difference of the mean external water temperatures:

    X   = t_generator - 2.5 t_cooling + 1.8 t_chilled        [K]
    Q_E = 0.42 X + 0.9,   Q_G = 0.51 X + 2.0                 [kW]   for the Phoenix chiller of 10 kW

Another chiller is taken to follow the same lines, scaled so that its own rated point comes out: cold by one factor, heat by
another. Inlet temperatures go in; the means follow from the heat and the capacity rates of the rated point, and since all is
linear, X has a closed form. At part load the hot water is throttled until X makes just the cold that is wanted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Fault, Faults, InputError
from brayton.core.provenance import Source
from brayton.machine.carrier import Outside, check_ranges
from brayton.package.capability import Capability

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class CharacteristicEquation:
    """Cold = cold_slope X + cold_offset, heat = heat_slope X + heat_offset [kW].

    X = t_generator - cooling_weight t_cooling + chilled_weight t_chilled, of mean water temperatures [K].
    """

    cooling_weight: float
    chilled_weight: float
    cold_slope: float
    cold_offset: float
    heat_slope: float
    heat_offset: float
    source: Source


PHOENIX_10_KW = CharacteristicEquation(
    cooling_weight=2.5,
    chilled_weight=1.8,
    cold_slope=0.42,
    cold_offset=0.9,
    heat_slope=0.51,
    heat_offset=2.0,
    source=Source(
        "Kuehn and Ziegler, Operational results of a 10 kW absorption chiller and adaptation of the characteristic equation",
        "2005",
        "secondary",
        "coefficients as quoted in later literature, not seen in print; they give the chiller's rating, 10 kW at COP 0.77 "
        "(hot water 75/65, cooling water 27/35, chilled water 18/15 degC), within 2.5 %",
    ),
)


@dataclass(frozen=True)
class HotWaterChiller:
    """A single-effect chiller.

    rated_cold_kw, rated_heat_kw: at these inlet and outlet temperatures of hot, cooling and chilled water [degC]; flows stay
    the rated ones. hot_water_range_c, cooling_water_range_c, chilled_water_range_c: inlet, inlet and outlet for which it is
    used [degC]. pump_kw: its own solution and refrigerant pumps, while it runs. max_load_fraction: most cold over the rated,
    where the straight line would promise more (a chiller's solution flow and heat exchangers then limit).
    Raises InputError with every figure that contradicts another.
    """

    name: str
    rated_cold_kw: float
    rated_heat_kw: float
    hot_water_c: tuple[float, float]
    cooling_water_c: tuple[float, float]
    chilled_water_c: tuple[float, float]
    hot_water_range_c: tuple[float, float]
    cooling_water_range_c: tuple[float, float]
    chilled_water_range_c: tuple[float, float]
    pump_kw: float
    max_load_fraction: float
    equation: CharacteristicEquation
    sources: tuple[Source, ...]
    capabilities: ClassVar[frozenset[Capability]] = frozenset({Capability.CHILLED_WATER})

    def __post_init__(self) -> None:
        with Faults() as faults:
            if not 0.0 < self.rated_cold_kw < self.rated_heat_kw:
                rule = f"must be positive and less than the heat that drives it, {self.rated_heat_kw:g} kW: a COP below one"
                faults.add("absorption.rated_cold_kw", self.rated_cold_kw, rule, "A single-effect chiller has about 0.7.")
            for key, sign in (("hot_water_c", 1), ("cooling_water_c", -1), ("chilled_water_c", 1)):
                entering, leaving = getattr(self, key)
                if not sign * (entering - leaving) > 0.0:
                    rule = "must be inlet and outlet, " + ("cooled" if sign > 0 else "warmed")
                    faults.add(f"absorption.{key}", (entering, leaving), rule, "Give both temperatures of the rated point.")
            if not self.max_load_fraction >= 1.0:
                rule = "must be one or more: the rated point is reached"
                faults.add("absorption.max_load_fraction", self.max_load_fraction, rule, "Give most cold over rated.")
            if not self.pump_kw >= 0.0:
                faults.add("absorption.pump_kw", self.pump_kw, "must be zero or more", "Give its own pumps' electricity.")
            if not faults.found and not self._rated_difference_k > 0.0:
                rule = f"leave a characteristic temperature difference of {self._rated_difference_k:.1f} K"
                faults.add("absorption.hot_water_c", self.hot_water_c, rule, "Check the temperatures of the rated point.")

    @property
    def rated_cop(self) -> float:
        return self.rated_cold_kw / self.rated_heat_kw

    @property
    def _rated_difference_k(self) -> float:
        e = self.equation
        hot, cooling, chilled = (sum(pair) / 2.0 for pair in (self.hot_water_c, self.cooling_water_c, self.chilled_water_c))
        return hot - e.cooling_weight * cooling + e.chilled_weight * chilled

    @property
    def lines(self) -> tuple[float, float, float, float]:
        """Slope and offset of cold, slope and offset of heat [kW/K, kW], brought to the rated point."""
        e, x = self.equation, self._rated_difference_k
        cold = self.rated_cold_kw / (e.cold_slope * x + e.cold_offset)
        heat = self.rated_heat_kw / (e.heat_slope * x + e.heat_offset)
        return cold * e.cold_slope, cold * e.cold_offset, heat * e.heat_slope, heat * e.heat_offset

    def available_kw(
        self,
        hot_water_in_c: ArrayLike,
        cooling_water_in_c: ArrayLike,
        chilled_water_out_c: ArrayLike,
        *,
        outside: Outside = "raise",
    ) -> Floats:
        """Cold at full flow of hot water [kW]; zero where the temperatures drive none; broadcasts.

        Raises RangeError (`outside`) for temperatures beyond those of the chiller.
        """
        given = (hot_water_in_c, cooling_water_in_c, chilled_water_out_c)
        hot, cooling, chilled = np.broadcast_arrays(*(np.asarray(item, dtype=float) for item in given))
        checked = check_ranges(
            {
                "hot_water_in_c": (hot, *self.hot_water_range_c),
                "cooling_water_in_c": (cooling, *self.cooling_water_range_c),
                "chilled_water_out_c": (chilled, *self.chilled_water_range_c),
            },
            outside,
        )
        hot, cooling, chilled = checked.values()
        cold_slope, cold_offset, heat_slope, heat_offset = self.lines
        a, e = self.equation.cooling_weight, self.equation.chilled_weight
        # half the temperature change of each stream per kW, for the means
        hot_k = (self.hot_water_c[0] - self.hot_water_c[1]) / 2.0 / self.rated_heat_kw
        cooling_k = (self.cooling_water_c[1] - self.cooling_water_c[0]) / 2.0 / (self.rated_heat_kw + self.rated_cold_kw)
        chilled_k = (self.chilled_water_c[0] - self.chilled_water_c[1]) / 2.0 / self.rated_cold_kw
        at_rest = hot - a * cooling + e * chilled
        at_rest += (e * chilled_k - a * cooling_k) * cold_offset - (hot_k + a * cooling_k) * heat_offset
        feedback = (hot_k + a * cooling_k) * heat_slope + (a * cooling_k - e * chilled_k) * cold_slope
        most_kw = self.max_load_fraction * self.rated_cold_kw
        return np.clip(cold_slope * at_rest / (1.0 + feedback) + cold_offset, 0.0, most_kw)

    def heat_kw(self, cold_kw: ArrayLike) -> Floats:
        """Heat that drives `cold_kw` of cold with the hot water throttled to it [kW]; none at rest; broadcasts.

        Linear in the cold, with what keeps the chiller warm at none: the same whatever the temperatures, for throttling brings
        X to where it makes this cold. Raises InputError for cold below zero.
        """
        cold = np.asarray(cold_kw, dtype=float)
        if (cold < 0.0).any():
            raise InputError(Fault("cold_kw", float(cold.min()), "must not be negative", "Give zero where it rests."))
        cold_slope, cold_offset, heat_slope, heat_offset = self.lines
        running = heat_slope * (cold - cold_offset) / cold_slope + heat_offset
        return np.where(cold > 0.0, running, cold)


def yazaki_wfc(rated_cold_kw: float) -> HotWaterChiller:
    """A chiller as the Yazaki WFC-SC20 is rated (70.3 kW of cold from 100.5 kW of heat), scaled to `rated_cold_kw` [kW]."""
    size = rated_cold_kw / 70.3
    return HotWaterChiller(
        name="single-effect hot-water chiller",
        rated_cold_kw=rated_cold_kw,
        rated_heat_kw=100.5 * size,
        hot_water_c=(88.0, 83.0),
        cooling_water_c=(31.0, 35.0),
        chilled_water_c=(12.5, 7.0),
        hot_water_range_c=(70.0, 95.0),
        cooling_water_range_c=(20.0, 35.0),
        chilled_water_range_c=(5.0, 16.0),
        pump_kw=0.26 * size,
        max_load_fraction=1.2,
        equation=PHOENIX_10_KW,
        sources=(
            Source(
                "Yazaki water-fired chillers WFC-SC series, specifications: WFC-SC20",
                "2009",
                "secondary",
                "70.3 kW of cold, hot water 88/83 degC and 100.5 kW, cooling water 31/35, chilled water 12.5/7 degC, 0.26 kW, "
                "hot water 70 to 95 degC; as quoted in later literature. Other sizes: scaled. Ranges of cooling and "
                "chilled water: estimate",
            ),
            Source(
                "Brayton default",
                "2026",
                "estimate",
                "most cold 1.2 times the rated: makers' charts flatten where the line goes on",
            ),
            PHOENIX_10_KW.source,
        ),
    )
