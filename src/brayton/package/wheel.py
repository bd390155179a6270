"""Desiccant wheels: two published regressions, and what a cooler regeneration leaves of a wheel's drying.

Air states are dry bulb [degC] and humidity ratio [kg/kg dry air], as the regressions were published; face velocity [m/s].
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Faults, RangeError
from brayton.core.provenance import Source
from brayton.core.units import ZERO_CELSIUS_K
from brayton.gas.air import relative_humidity
from brayton.gas.moistair import moist_air_enthalpy_j_per_kg, moist_air_temp_k

Outside = Literal["raise", "clip", "nan"]
Limits = Mapping[str, tuple[float, float, str]]

NOMINAL_REGEN_TEMP_C = 121.0
"""Regeneration temperature behind the high-temperature regression (250 degF): EnergyPlus Input Output Reference, Dehumidifier:
Desiccant:NoFans, from memory; `test_desiccant_energyplus` finds the same figure in what the program does."""

DRIEST_HUMIDITY_RATIO = 0.000857
"""Floor of the high-temperature regression (6 grains per pound), as in its source."""

HIGH_TEMPERATURE_RANGE: Limits = {
    "process_temp_c": (1.67, 48.89, "degC"),
    "process_humidity_ratio": (0.002857, 0.028570, "kg/kg"),
    "face_velocity_m_s": (2.032, 4.064, "m/s"),
}
"""35..120 degF, 20..200 grains per pound, 400..800 ft/min: the EnergyPlus Input Output Reference, from memory; the program rests
the wheel in the same hours (docs/validation) and prints the velocities."""

BALANCED_FLOW_RANGE: Limits = {
    "regen_temp_c": (17.83, 48.89, "degC"),
    "regen_humidity_ratio": (0.005143, 0.024286, "kg/kg"),
    "process_temp_c": (4.58, 21.83, "degC"),
    "process_humidity_ratio": (0.005, 0.017514, "kg/kg"),
    "face_velocity_m_s": (2.286, 4.826, "m/s"),
}
BALANCED_FLOW_HUMIDITY_RANGE: Limits = {
    "regen_relative_humidity": (0.10, 1.0, "as a fraction"),
    "process_relative_humidity": (0.70, 1.0, "as a fraction"),
}
BALANCED_FLOW_OUT_RANGE: Limits = {
    "regen_out_temp_c": (16.67, 46.11, "degC"),
    "regen_out_humidity_ratio": (0.006911, 0.026707, "kg/kg"),
}

SOURCE = Source(
    "EnergyPlus, default performance of Dehumidifier:Desiccant:NoFans",
    "25.2",
    "secondary",
    "coefficients read from a port of the source code; with less than 121 degC: potentials of silica gel, an estimate",
    "https://github.com/NREL/EnergyPlus",
)

_W_OUT = (
    *(0.0148880824323806, -0.000283393198398211, -0.87802168940547, -0.000713615831236411, 0.0311261188874622),
    *(1.51738892142485e-06, 0.0287250198281021, 4.94796903231558e-06, 24.0771139652826, 0.000122270283927978),
    *(-0.0151657189566474, 3.91641393230322e-08, 0.126032651553348, 0.000391653854431574, 0.002160537360507),
    0.00132732844211593,
)
_T_OUT = (
    *(-38.7782841989449, 2.0127655837628, 5212.49360216097, 15.2362536782665, -80.4910419759181),
    *(-0.105014122001509, -229.668673645144, -0.015424703743461, -69440.0689831847, -1.6686064694322),
    *(38.5855718977592, 0.000196395381206009, 386.179386548324, -0.801959614172614, -3.33080986818745),
    -15.2034386065714,
)
_Q_REGEN = (
    *(-27794046.6291107, -235725.171759615, 975461343.331328, -686069.373946731, -17717307.3766266),
    *(31482.2539662489, 55296552.8260743, 6195.36070023868, -8304781359.40435, -188987.543809419),
    *(3933449.40965846, -6.66122876558634, -349102295.417547, 83672.179730172, -6059524.33170538),
    1220523.39525162,
)
_V_REGEN = (
    *(-4.67358908091488, 0.0654323095468338, 396.950518702316, 1.52610165426736, -11.3955868430328),
    *(0.00520693906104437, 57.783645385621, -0.000464800668311693, -5958.78613212602, -0.205375818291012),
    *(5.26762675442845, -8.88452553055039e-05, -182.382479369311, -0.100289774002047, -0.486980507964251),
    -0.972715425435447,
)
_REGEN_SECTOR = 90.0 / 245.0
"""Share of the face that is regenerated, over the share that dries: EnergyPlus."""

_BALANCED_T = (-7.18302, -184.967, 1.00051, 11603.3, -50.7550, -0.0168467, 58.2213, 0.598863)
_BALANCED_W = (0.00313878, 1.09689, -2.63341e-05, -6.33885, 0.00938196, 5.21186e-05, 0.0670354, -1.60823e-04)


@dataclass(frozen=True)
class WheelPoint:
    """Air behind a wheel that runs all the time, and what its regeneration takes.

    out_temp_c [degC], out_humidity_ratio [kg/kg]: process air. regen_heat_j_per_kg: heat into the regeneration air, from its
    own inlet temperature to the regeneration temperature, per kg of dry process air. regen_air_ratio: dry air of regeneration
    over dry air of process [-].
    """

    out_temp_c: NDArray[np.float64]
    out_humidity_ratio: NDArray[np.float64]
    regen_heat_j_per_kg: NDArray[np.float64]
    regen_air_ratio: NDArray[np.float64]


@dataclass(frozen=True)
class BalancedWheelPoint:
    """Air behind a wheel with as much regeneration as process air: both outlets [degC], [kg/kg]."""

    out_temp_c: NDArray[np.float64]
    out_humidity_ratio: NDArray[np.float64]
    regen_out_temp_c: NDArray[np.float64]
    regen_out_humidity_ratio: NDArray[np.float64]


def energyplus_solid_desiccant(
    process_temp_c: ArrayLike,
    process_humidity_ratio: ArrayLike,
    face_velocity_m_s: ArrayLike,
    *,
    regen_inlet_temp_c: ArrayLike | None = None,
    outside: Outside = "raise",
) -> WheelPoint:
    """Generic solid desiccant wheel with high-temperature regeneration: the default of EnergyPlus Dehumidifier:Desiccant:NoFans.

    Each of four figures (outlet humidity and temperature, specific heat of regeneration, regeneration face velocity) is

        y = k0 + k1 T + k2 W + k3 V + k4 TW + k5 TV + k6 WV + k7 T^2 + k8 W^2 + k9 V^2
            + k10 T^2 W^2 + k11 T^2 V^2 + k12 W^2 V^2 + k13 ln T + k14 ln W + k15 ln V

    of process air T [degC], W [kg/kg dry air] and face velocity V [m/s]. Shapes broadcast. The heat, in J per kg of water
    removed, holds for regeneration air that starts at the process air's temperature; for another start `regen_inlet_temp_c` it is
    multiplied by (T_nominal - T_start) / (T_nominal - T), T_nominal = 121 degC. Regeneration air flow = process flow x 90/245 x
    V_regen / V. Outlet humidity is at least 0.000857.

    Range: `HIGH_TEMPERATURE_RANGE`, enforced as `outside` says. Inside it there are corners of hot dry air where the outlet would
    be wetter than the inlet: such air passes unchanged and takes no heat. Altitude does not enter.
    Errors of the fit: not published. At 30 degC, 0.014 and 3 m/s: 0.00807 at 48.7 degC with 4.21 MJ/kg.
    Print and practice: the heat over the regeneration air flow gives a rise of about 75 K at that point, not the 91 K from 30 to
    121 degC; the two regressions are not from one balance. The heat is what counts here.
    Source: EnergyPlus source code, DesiccantDehumidifiers (U.S. DOE),
    secondary: read from a port of that file.
    """
    checked = _inside(
        {
            "process_temp_c": process_temp_c,
            "process_humidity_ratio": process_humidity_ratio,
            "face_velocity_m_s": face_velocity_m_s,
        },
        HIGH_TEMPERATURE_RANGE,
        outside,
    )
    t, w, v = checked.values()
    out_w = np.maximum(_regression(_W_OUT, t, w, v), DRIEST_HUMIDITY_RATIO)
    dries = out_w < w
    start = t if regen_inlet_temp_c is None else np.asarray(regen_inlet_temp_c, dtype=float)
    warmer = (NOMINAL_REGEN_TEMP_C - start) / (NOMINAL_REGEN_TEMP_C - t)
    removed = np.where(dries, w - out_w, 0.0 * out_w)
    return WheelPoint(
        out_temp_c=np.where(dries, _regression(_T_OUT, t, w, v), t),
        out_humidity_ratio=w - removed,
        regen_heat_j_per_kg=np.maximum(_regression(_Q_REGEN, t, w, v) * warmer, 0.0) * removed,
        regen_air_ratio=np.where(dries, _REGEN_SECTOR * _regression(_V_REGEN, t, w, v) / v, 0.0 * out_w),
    )


def energyplus_balanced_flow_desiccant(
    process_temp_c: ArrayLike,
    process_humidity_ratio: ArrayLike,
    regen_temp_c: ArrayLike,
    regen_humidity_ratio: ArrayLike,
    face_velocity_m_s: ArrayLike,
    *,
    pressure_pa: ArrayLike,
    outside: Outside = "raise",
) -> BalancedWheelPoint:
    """Wheel with balanced flow and regeneration below 49 degC: EnergyPlus HeatExchanger:Desiccant:BalancedFlow, data type 1.

    With regeneration air R and process air P at the inlet, temperature T [degC], humidity W [kg/kg dry air] and face velocity V,

        T_R,out or W_R,out = k1 + k2 W_R + k3 T_R + k4 W_R/T_R + k5 W_P + k6 T_P + k7 W_P/T_P + k8 V

    and the process outlet from the balances of water and enthalpy at equal flows of dry air. Shapes broadcast.
    The process air is almost saturated: this wheel stands behind a cooling coil. Its range is `BALANCED_FLOW_RANGE`, relative
    humidities of `BALANCED_FLOW_HUMIDITY_RANGE` and outlets of `BALANCED_FLOW_OUT_RANGE`, enforced as `outside` says; ``clip``
    brings inlets and outlets to their range and leaves relative humidity alone. Errors of the fit: not published.
    Source: coefficients of EnergyPlus's example data set HXDesPerf1, secondary: as quoted in public scripts.
    """
    checked = _inside(
        {
            "regen_temp_c": regen_temp_c,
            "regen_humidity_ratio": regen_humidity_ratio,
            "process_temp_c": process_temp_c,
            "process_humidity_ratio": process_humidity_ratio,
            "face_velocity_m_s": face_velocity_m_s,
        },
        BALANCED_FLOW_RANGE,
        outside,
    )
    t_r, w_r, t_p, w_p, v = checked.values()
    humid = {
        "regen_relative_humidity": relative_humidity(t_r + ZERO_CELSIUS_K, pressure_pa, w_r),
        "process_relative_humidity": relative_humidity(t_p + ZERO_CELSIUS_K, pressure_pa, w_p),
    }
    if outside != "clip":
        humid = _inside(humid, BALANCED_FLOW_HUMIDITY_RANGE, outside)
    valid = np.where(np.isnan(sum(humid.values())), np.nan, 1.0)
    terms = (1.0, w_r, t_r, w_r / t_r, w_p, t_p, w_p / t_p, v)
    outlets = {
        "regen_out_temp_c": sum(k * term for k, term in zip(_BALANCED_T, terms, strict=True)) * valid,
        "regen_out_humidity_ratio": sum(k * term for k, term in zip(_BALANCED_W, terms, strict=True)) * valid,
    }
    out_t_r, out_w_r = _inside(outlets, BALANCED_FLOW_OUT_RANGE, outside).values()
    out_w_p = w_p + w_r - out_w_r
    given = moist_air_enthalpy_j_per_kg(t_r + ZERO_CELSIUS_K, w_r) - moist_air_enthalpy_j_per_kg(
        out_t_r + ZERO_CELSIUS_K, out_w_r
    )
    enthalpy = moist_air_enthalpy_j_per_kg(t_p + ZERO_CELSIUS_K, w_p) + given
    return BalancedWheelPoint(moist_air_temp_k(enthalpy, out_w_p) - ZERO_CELSIUS_K, out_w_p, out_t_r, out_w_r)


def jurinak_potentials(temp_c: ArrayLike, humidity_ratio: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The two characteristic potentials of moist air over silica gel, F1 and F2 [-]; T in kelvin, W in kg/kg dry air.

        F1 = -2865 / T^1.49 + 4.344 W^0.8624        F2 = T^1.49 / 6360 - 1.127 W^0.07969

    F1 runs nearly along enthalpy, F2 along relative humidity. Shapes broadcast; 10..130 degC.
    Source: J. J. Jurinak, Open cycle solid desiccant cooling, PhD thesis, University of Wisconsin-Madison, 1982: from memory, not
    opened; the form is printed in most papers on wheels since.
    """
    power = (np.asarray(temp_c, dtype=float) + ZERO_CELSIUS_K) ** 1.49
    w = np.asarray(humidity_ratio, dtype=float)
    return -2865.0 / power + 4.344 * w**0.8624, power / 6360.0 - 1.127 * w**0.07969


def air_of_potentials(f1: ArrayLike, f2: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Dry bulb [degC] and humidity ratio [kg/kg dry air] of air with these potentials: `jurinak_potentials` inverted.

    With F2 the temperature follows from the humidity, and F1 then rises with humidity alone: bisection of its logarithm.
    """
    first, second = np.broadcast_arrays(np.asarray(f1, dtype=float), np.asarray(f2, dtype=float))
    low, high = np.full(first.shape, np.log(1e-6)), np.full(first.shape, np.log(0.2))
    for _ in range(40):
        middle = 0.5 * (low + high)
        w = np.exp(middle)
        above = -2865.0 / (6360.0 * (second + 1.127 * w**0.07969)) + 4.344 * w**0.8624 > first
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    w = np.exp(0.5 * (low + high))
    return (6360.0 * (second + 1.127 * w**0.07969)) ** (1.0 / 1.49) - ZERO_CELSIUS_K, w


def with_cooler_regeneration(
    point: WheelPoint,
    process_temp_c: ArrayLike,
    process_humidity_ratio: ArrayLike,
    regen_temp_c: ArrayLike,
    regen_inlet_temp_c: ArrayLike,
    regen_humidity_ratio: ArrayLike,
) -> WheelPoint:
    """What a wheel of the high-temperature regression does with regeneration air of `regen_temp_c` [degC], 121 degC or less.

    The wheel keeps its two efficiencies in the potentials of silica gel (Banks, Chem. Eng. Sci. 27, 1972; Jurinak, 1982),

        eta_i = (F_i(process out) - F_i(process in)) / (F_i(regeneration in) - F_i(process in))

    which the regression's own outlet gives with regeneration air at 121 degC and the process air's humidity; with the cooler air,
    and the humidity that it really has (combustion products bring water), the outlet follows. Regeneration air flow stays, so
    heat goes with the rise (T_regen - T_start) / (121 - T_start). At 121 degC and the process air's humidity the point is
    unchanged; with regeneration air like process air nothing is dried. An estimate: a wheel made for hot water has a larger
    regeneration sector and dries more.
    """
    t, w, hot, start, humid = np.broadcast_arrays(
        *(
            np.asarray(item, dtype=float)
            for item in (process_temp_c, process_humidity_ratio, regen_temp_c, regen_inlet_temp_c, regen_humidity_ratio)
        )
    )
    before, behind = jurinak_potentials(t, w), jurinak_potentials(point.out_temp_c, point.out_humidity_ratio)
    nominal, real = jurinak_potentials(NOMINAL_REGEN_TEMP_C, w), jurinak_potentials(hot, humid)
    f1, f2 = (p + (b - p) / (n - p) * (r - p) for p, b, n, r in zip(before, behind, nominal, real, strict=True))
    out_t, out_w = air_of_potentials(f1, f2)
    dries = (out_w < w) & (point.out_humidity_ratio < w) & (hot > start)
    missing = np.isnan(point.out_temp_c) | np.isnan(hot)
    rest = np.where(missing, np.nan, 0.0)
    share = (hot - start) / (NOMINAL_REGEN_TEMP_C - start)
    return WheelPoint(
        out_temp_c=np.where(dries, out_t, t) + rest,
        out_humidity_ratio=np.where(dries, out_w, w) + rest,
        regen_heat_j_per_kg=np.where(dries, point.regen_heat_j_per_kg * share, 0.0) + rest,
        regen_air_ratio=np.where(dries, point.regen_air_ratio, 0.0) + rest,
    )


def _regression(
    k: tuple[float, ...], t: NDArray[np.float64], w: NDArray[np.float64], v: NDArray[np.float64]
) -> NDArray[np.float64]:
    squares = (t * t * w * w, t * t * v * v, w * w * v * v)
    terms = (1.0, t, w, v, t * w, t * v, w * v, t * t, w * w, v * v, *squares, np.log(t), np.log(w), np.log(v))
    return np.asarray(sum(factor * term for factor, term in zip(k, terms, strict=True)))


def _inside(values: Mapping[str, ArrayLike], limits: Limits, outside: Outside) -> dict[str, NDArray[np.float64]]:
    """The values as arrays of one shape, held to their limits; a NaN passes as NaN.

    ``nan`` is set in the first value, where it reaches every result.
    """
    arrays = np.broadcast_arrays(*(np.asarray(item, dtype=float) for item in values.values()))
    named = dict(zip(values, arrays, strict=True))
    if outside == "clip":
        return {name: np.clip(item, limits[name][0], limits[name][1]) for name, item in named.items()}
    wrong = {name: (item < limits[name][0]) | (item > limits[name][1]) for name, item in named.items()}
    if outside == "raise":
        faults = Faults()
        for name, places in wrong.items():
            if places.any():
                low, high, unit = limits[name]
                rule = f"must lie in {low:g}..{high:g} {unit}, the range of the regression"
                remedy = 'Bring the air into the range, or choose outside="clip" or "nan".'
                faults.add(name, float(named[name][places].flat[0]), rule, remedy)
        if faults.found:
            raise RangeError(*faults.found)
        return named
    any_wrong = np.logical_or.reduce(list(wrong.values()))
    return {name: np.where(any_wrong, np.nan, item) for name, item in named.items()}
