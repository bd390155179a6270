"""The uncertain inputs that a study foresees, and how far each may lie off: with a source, or as an estimate with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from brayton.core.provenance import Source
from brayton.study.doubt.distributions import Empirical, LogNormal, Normal, Triangular, Uniform, normal_scores
from brayton.study.doubt.draws import Correlation, Uncertain

InputName = Literal[
    "electricity_price",
    "fuel_price",
    "electric_load",
    "heat_load",
    "weather",
    "availability",
    "machine_power",
    "machine_efficiency",
    "power_loss_per_year",
    "efficiency_loss_per_year",
    "installed_cost",
    "om_cost",
]

INPUT_NAMES: tuple[InputName, ...] = get_args(InputName)

YEARLY_TEMP_SD_K = 0.7
"""Standard deviation of a year's mean air temperature [K]. Estimate: mid-latitude stations of the United States scatter by 0.6 to
0.8 K from year to year."""

LOWEST_FACTOR = 0.01
"""Factor on power or efficiency below which a machine is none."""

PRICES_TIED = Correlation("electricity_price", "fuel_price", 0.5)
PRICES_TIED_SOURCE = Source(
    "estimate",
    "2026",
    "estimate",
    "gas plants set the price of power in many hours, but delivery charges, about half of a commercial bill, do not follow gas",
)


@dataclass(frozen=True)
class MachineTolerance:
    """What the maker promises at ISO air: rated net power and its tolerance downward (print: +0/-x), efficiency (LHV) and its
    tolerance either way in points; zero where the record has none."""

    net_power_kw: float
    net_power_tolerance_kw: float
    elec_eff_lhv: float
    elec_eff_tolerance: float
    source: Source


def _estimate(reason: str) -> Source:
    return Source("estimate", "2026", "estimate", reason)


def default_inputs(tolerance: MachineTolerance, weather_years: int, availability_rows: int) -> tuple[Uncertain, ...]:
    """Every input that is uncertain unless the scenario says otherwise; factors multiply the scenario's figure.

    weather_years, availability_rows: how many weather years and random machine years there are to choose from; an input with
    less than two choices, and a tolerance of zero, are left out. The scenario's own year and the middling machine year stand in
    the middle.
    """
    always = [
        Uncertain(
            "electricity_price",
            "factor on every price of the electricity bill, over the project's life",
            "-",
            1.0,
            LogNormal.of_p10_p90(0.85, 1.18),
            _estimate(
                "EIA commercial averages grew by 0.9 (New York), 2.0 (New Mexico) and 2.5 % a year (Wisconsin), 2006 to 2023, "
                "which is 8 % to either side by mid-life; new tariff designs add as much again"
            ),
            lowest=0.0,
        ),
        Uncertain(
            "fuel_price",
            "factor on the fuel price of machines and boiler, over the project's life",
            "-",
            1.0,
            LogNormal.of_p10_p90(0.70, 1.40),
            _estimate("EIA residential gas rose by 27 % (New York) to 48 % (New Mexico) from 2002 to 2004 alone"),
            lowest=0.0,
        ),
        Uncertain(
            "electric_load",
            "factor on the electric load of every step",
            "-",
            1.0,
            Normal(1.0, 0.05),
            _estimate("one metered year stands for all: hours of business, new equipment and savings move it by a few percent"),
            lowest=0.0,
        ),
        Uncertain(
            "heat_load",
            "factor on the heat load of every step",
            "-",
            1.0,
            Normal(1.0, 0.10),
            _estimate("twice the electric load's: heat is seldom metered, and follows weather and use"),
            lowest=0.0,
        ),
        Uncertain(
            "power_loss_per_year",
            "rated power that a machine loses in each year",
            "1/year",
            0.0,
            Triangular(0.0, 0.005, 0.015),
            _estimate("no series of measured microturbines is in print; fouling is washed off, wear stays until the overhaul"),
            lowest=0.0,
            highest=0.5,
        ),
        Uncertain(
            "efficiency_loss_per_year",
            "share of its efficiency that a machine loses in each year",
            "1/year",
            0.0,
            Triangular(0.0, 0.003, 0.010),
            _estimate("as for power, less: part load hides a part of it"),
            lowest=0.0,
            highest=0.5,
        ),
        Uncertain(
            "installed_cost",
            "factor on the installed cost",
            "-",
            1.0,
            LogNormal.of_p10_p90(0.85, 1.20),
            Source(
                "AACE International Recommended Practice 18R-97",
                "2016",
                "secondary",
                "class 3 estimate: -10 to -20 % and +10 to +30 % at 80 % confidence; the middle of both",
            ),
            lowest=0.0,
        ),
        Uncertain(
            "om_cost",
            "factor on O&M cost",
            "-",
            1.0,
            LogNormal.of_mean(1.0, 0.19),
            Source(
                "EPA Catalog of CHP Technologies, section 5",
                "2015",
                "derived",
                "standard deviation over mean of its six microturbines, 0.009 to 0.016 USD/kWh",
            ),
            lowest=0.0,
        ),
    ]
    return (*always, *_tolerances(tolerance), *_choices(weather_years, availability_rows))


def _tolerances(tolerance: MachineTolerance) -> list[Uncertain]:
    """A stated limit and nothing else is known: any value inside is as likely (JCGM 100:2008, 4.3.7)."""
    found: list[Uncertain] = []
    if tolerance.net_power_tolerance_kw > 0.0:
        low = 1.0 - tolerance.net_power_tolerance_kw / tolerance.net_power_kw
        meaning = "factor on the power that the machine gives, over the record's"
        found.append(Uncertain("machine_power", meaning, "-", 1.0, Uniform(low, 1.0), tolerance.source, lowest=LOWEST_FACTOR))
    if tolerance.elec_eff_tolerance > 0.0:
        half = tolerance.elec_eff_tolerance / tolerance.elec_eff_lhv
        meaning = "factor on the efficiency of the machine, over the record's"
        spread = Uniform(1.0 - half, 1.0 + half)
        found.append(Uncertain("machine_efficiency", meaning, "-", 1.0, spread, tolerance.source, lowest=LOWEST_FACTOR))
    return found


def _choices(weather_years: int, availability_rows: int) -> list[Uncertain]:
    found: list[Uncertain] = []
    for name, meaning, count, reason in (
        ("weather", "number of the weather year, coolest first", weather_years, "each year on hand is as likely"),
        ("availability", "number of the random machine year, worst first", availability_rows, "each is drawn from one law"),
    ):
        if count > 1:
            spread = Empirical(tuple(float(i) for i in range(count)))
            found.append(Uncertain(name, meaning, "-", float(count // 2), spread, _estimate(reason), 0.0, count - 1.0))
    return found


def weather_offsets_k(count: int) -> NDArray[np.float64]:
    """Equally likely shifts of a year's air temperature [K], coolest first, with the deviation `YEARLY_TEMP_SD_K`; an odd
    `count` has the year itself in the middle.

    For sites with one weather file: each shift is an envelope of its own.
    """
    middles = normal_scores((np.arange(count) + 0.5) / count)
    return YEARLY_TEMP_SD_K * middles / (middles.std() if count > 1 else 1.0)
