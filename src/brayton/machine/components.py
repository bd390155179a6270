"""The components of the engine away from their design point: each one function with its model and source.

Every machine uses these same forms; a record supplies only scalars (`Engine`). Design means the state at which the
record's component figures hold (ISO air, full load). Relative quantities are one there.

Sources of the forms: S. L. Dixon, C. A. Hall, *Fluid Mechanics and Thermodynamics of Turbomachinery*, 7th ed. (2014),
chapters 7 (centrifugal compressors: Euler work, choking of the inducer) and 8 (radial turbines: velocity ratio);
W. M. Kays, A. L. London, *Compact Heat Exchangers*, 3rd ed. (1984), chapter 2 (effectiveness-NTU) and fully developed
laminar flow; D. M. Hanselman / standard machine theory for copper and iron losses.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from numba import njit

IMPELLER_REACTION = 0.6
"""Share of the compressor's temperature rise that is static rise in the impeller [-]. Textbook value for backswept
impellers (0.5 to 0.65); sets how the flow that suits the diffuser falls with speed."""

IMPELLER_DENSITY_EXPONENT = 2.0
"""Exponent of density over temperature ratio in the impeller [-]: 1 / (kappa - 1) of 2.5, less the impeller's losses."""

TURBINE_KAPPA = 1.33
"""Isentropic exponent of the products in the nozzle [-], for swallowing capacity alone."""


class Engine(NamedTuple):
    """Scalars of one engine, SI, as the kernels want them; made by `brayton.machine.design.engine_from_design`."""

    # design state of the intake and compressor
    inlet_rt: float  # R T at the compressor inlet [J/kg]
    inlet_pressure: float  # [Pa]
    air_flow: float  # [kg/s]
    compressor_work: float  # [J/kg]
    compressor_eff: float  # isentropic [-]
    temp_rise_ratio: float  # compressor temperature rise over inlet temperature [-]
    p2: float  # [Pa]
    fuel_air: float  # a start for the match [-]
    scale_power: float  # makes residuals of power relative [W]
    # shape of the compressor map
    work_slope: float  # fall of work per unit rise of exit flow coefficient [-]
    eff_flow_curvature: float  # [-]
    eff_speed_curvature: float  # [-]
    best_speed: float  # relative corrected speed of best efficiency [-]
    surge_flow: float  # exit flow coefficient at surge, at design speed [-]
    choke_flow: float  # flow at inducer choke over design flow, at design speed [-]
    inducer_mach: float  # relative Mach number of the inducer tip from blade speed, at design [-]
    # turbine
    turbine_eff: float  # isentropic [-]
    turbine_ideal_work: float  # isentropic enthalpy drop at design [J/kg]
    turbine_area: float  # m sqrt(R T) / p over the nozzle function: an effective throat area [m2]
    nozzle_share: float  # share of the logarithmic expansion that the equivalent nozzle takes [-]
    velocity_ratio_curvature: float  # fall of efficiency with the square of the velocity ratio's error [-]
    # recuperator
    recuperator_ua: float  # [W/K] at design
    ua_flow_exponent: float  # [-]
    axial_conduction: float  # wall conductance along the flow over the air's capacity rate, at design [-]
    mean_air_temp: float  # mean of t2 and t4 at design, reference for laminar losses [K]
    mean_recuperator_temp: float  # mean of t2 and t5 at design, reference for conductivity [K]
    loss_air: float  # fractions at design [-]
    loss_gas: float
    loss_burner: float
    # combustor and casing
    t4: float  # [K]
    combustor_eff: float  # [-]
    casing_loss: float  # heat loss of the hot parts over (t4 - ambient) [W/K]
    # electric side
    windage: float  # bearings and windage at design speed [W]
    iron: float  # generator iron loss at design speed [W]
    copper: float  # generator copper loss over (shaft power / relative speed)^2 [1/W]
    converter_idle: float  # [W]
    converter_share: float  # of power [-]
    converter_square: float  # over power squared [1/W]
    parasitic: float  # controls, fans, pumps [W]


@njit(cache=True, error_model="numpy")
def exit_match(e: Engine, nc: float) -> float:
    """Relative inlet flow coefficient that keeps the exit flow coefficient at its design value [-].

    The impeller's density rise falls with speed, so at low speed less inlet flow fills the diffuser.
    nc: relative corrected speed, 0.3 to 1.3.
    """
    rise = IMPELLER_REACTION * e.temp_rise_ratio
    return ((1.0 + rise * nc * nc) / (1.0 + rise)) ** IMPELLER_DENSITY_EXPONENT


@njit(cache=True, error_model="numpy")
def compressor_map(e: Engine, nc: float, x: float) -> tuple[float, float, float]:
    """Corrected flow and work (both over design) and isentropic efficiency at a relative corrected speed.

    nc: relative corrected speed [-]. x: exit flow coefficient over its design value [-], the coordinate along a speed
    line. Work follows Euler's line for backswept blades, straight in the exit flow coefficient, times speed squared;
    efficiency is a paraboloid about the design point. One family for all machines.
    """
    flow = nc * exit_match(e, nc) * x
    work = 1.0 - e.work_slope * (x - 1.0)
    best = e.best_speed * e.best_speed
    loss = e.eff_flow_curvature * (x - 1.0) ** 2 + e.eff_speed_curvature * (nc * nc - best) ** 2
    eff = e.compressor_eff * (1.0 - loss) / (1.0 - e.eff_speed_curvature * (1.0 - best) ** 2)
    return flow, work, eff


@njit(cache=True, error_model="numpy")
def surge_flow(e: Engine, nc: float) -> float:
    """Exit flow coefficient at surge over design [-]: the stable range widens as speed, and with it Mach number, falls."""
    return 1.0 - (1.0 - e.surge_flow) / nc


@njit(cache=True, error_model="numpy")
def choke_flow(e: Engine, nc: float) -> float:
    """Corrected flow at which the inducer chokes, over design flow [-].

    Dixon and Hall eq. 7.29 for a rotating passage: ((2 + (k - 1) M_u^2) / (k + 1))^((k + 1) / (2 (k - 1))), k = 1.4,
    where M_u is the inducer tip's blade Mach number; scaled to the record's figure at design speed.
    """
    here = (2.0 + 0.4 * (e.inducer_mach * nc) ** 2) / 2.4
    design = (2.0 + 0.4 * e.inducer_mach**2) / 2.4
    return e.choke_flow * (here / design) ** 3.0


@njit(cache=True, error_model="numpy")
def nozzle_function(expansion: float, share: float) -> float:
    """Mass flow function of the equivalent turbine nozzle, m sqrt(R T) / (p A) [-].

    A radial turbine's nozzle and rotor share the expansion; the equivalent nozzle takes the fraction `share` of its
    logarithm and chokes there, so the stage chokes at a total ratio of 1.85^(1/share). Valid on both sides of choking:
    the function is flat at its maximum, so its slope is continuous.
    """
    k = TURBINE_KAPPA
    throat = max(expansion**-share, (2.0 / (k + 1.0)) ** (k / (k - 1.0)))
    return math.sqrt(2.0 * k / (k - 1.0) * (throat ** (2.0 / k) - throat ** ((k + 1.0) / k)))


@njit(cache=True, error_model="numpy")
def turbine_eff(e: Engine, n: float, ideal_work: float) -> float:
    """Isentropic efficiency of the radial turbine at relative speed n and isentropic drop `ideal_work` [J/kg] [-].

    Parabola in blade speed over spouting velocity (Dixon and Hall section 8.7), best at design.
    """
    velocity_ratio = n * math.sqrt(e.turbine_ideal_work / ideal_work)
    return e.turbine_eff * (1.0 - e.velocity_ratio_curvature * (velocity_ratio - 1.0) ** 2)


@njit(cache=True, error_model="numpy")
def counterflow_effectiveness(ntu: float, ratio: float) -> float:
    """Effectiveness of a counterflow exchanger, Kays and London eq. 2-13 [-]. ratio: smaller over larger capacity rate."""
    if abs(1.0 - ratio) < 1e-6:
        return ntu / (1.0 + ntu)
    decay = math.exp(-ntu * (1.0 - ratio))
    return (1.0 - decay) / (1.0 - ratio * decay)


@njit(cache=True, error_model="numpy")
def conduction_ntu(ntu: float, conduction: float) -> float:
    """Transfer units that are left when the wall conducts heat along the flow [-].

    conduction: wall conductance along the flow over the smaller capacity rate [-], 0 to 0.1. Kays and London eq. 2-31
    and 2-32, exact for equal capacity rates; those of a recuperator differ by a few percent.
    """
    product = conduction * ntu
    return ntu * (1.0 + conduction * math.sqrt(product / (1.0 + product))) / (1.0 + product)


@njit(cache=True, error_model="numpy")
def recuperator_effectiveness(e: Engine, flow: float, c_air: float, c_gas: float, mean_temp: float) -> float:
    """Effectiveness on the air side at relative flow `flow` and capacity rates [W/K] of both sides [-].

    Fully developed laminar flow has a constant Nusselt number, so UA follows the conductivity of the gas (temperature
    to the power 0.75 near 700 K) and, weakly, the flow (entrance effects, spread between passages). Conduction along
    the wall costs more the smaller the flow.
    """
    smaller, larger = min(c_air, c_gas), max(c_air, c_gas)
    ua = e.recuperator_ua * flow**e.ua_flow_exponent * (mean_temp / e.mean_recuperator_temp) ** 0.75
    ntu = conduction_ntu(ua / smaller, e.axial_conduction / flow)
    return counterflow_effectiveness(ntu, smaller / larger) * smaller / c_air


@njit(cache=True, error_model="numpy")
def electric_power(e: Engine, n: float, shaft_power: float) -> float:
    """Power at the terminals, before the booster [W], from gas power on the shaft at relative speed n.

    Bearings and windage grow with n^2.8, iron loss of the permanent-magnet generator with n^1.5, copper loss with
    torque squared; the converter has an idle, a proportional and a resistive part; parasitics are constant.
    """
    mechanical = shaft_power - e.windage * n**2.8
    dc = mechanical - e.iron * n**1.5 - e.copper * (mechanical / n) ** 2
    return dc - e.converter_idle - e.converter_share * dc - e.converter_square * dc * dc - e.parasitic
