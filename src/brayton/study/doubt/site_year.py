"""From draws to headline numbers: the site's year with other loads, prices, air and machines, and the money that follows.

Two doors keep physics and money out of here. `Years` runs a block of years, each with its own factors, with the project and
without. `Money` makes headline numbers of investments and their first years, as the study itself does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class YearFactors:
    """What differs from draw to draw in the year as it is run; arrays (d,).

    electric_load, heat_load: factors on both series. power: factor on what a unit gives at every breakpoint. fuel: factor on
    the fuel that it burns there, and on the heat in its exhaust with it. weather, availability: numbers of the weather year and
    of the random machine year.
    """

    electric_load: Floats
    heat_load: Floats
    power: Floats
    fuel: Floats
    weather: NDArray[np.int64]
    availability: NDArray[np.int64]

    @property
    def count(self) -> int:
        return len(self.power)


@dataclass(frozen=True)
class YearTotals:
    """The year of each draw at the scenario's prices, with the project, and without it (``baseline_``); arrays (d,).

    run_hours, starts: of all machines together.
    """

    bill_usd: Floats
    fuel_usd: Floats
    om_usd: Floats
    co2_kg: Floats
    generated_net_kwh: Floats
    run_hours: Floats
    starts: Floats
    baseline_bill_usd: Floats
    baseline_fuel_usd: Floats
    baseline_om_usd: Floats
    baseline_co2_kg: Floats


@dataclass(frozen=True)
class FirstYears:
    """First-year differences of each draw between the runs without and with the project; arrays (d,). Terms as in `FirstYear`;
    run_hours, starts: of all machines together."""

    electric_saving_usd: Floats
    fuel_saving_usd: Floats
    om_saving_usd: Floats
    co2_saved_kg: Floats
    generated_net_kwh: Floats
    run_hours: Floats
    starts: Floats

    @property
    def saving_usd(self) -> Floats:
        return self.electric_saving_usd + self.fuel_saving_usd + self.om_saving_usd


Years = Callable[[YearFactors], YearTotals]
"""Runs a block of years."""

Money = Callable[[Floats, FirstYears], Mapping[str, Floats]]
"""Headline numbers (d,) of investments [USD] (d,) and their first years; NaN where a number does not exist."""


@dataclass(frozen=True)
class SiteYear:
    """The evaluator of a study.

    years, money: the two doors. installed_cost_usd: of the scenario. mean_age_years: age at which a machine stands for all its
    years (`mean_age_years`). own_weather, own_availability: numbers of the scenario's own weather and machine year.
    """

    years: Years
    money: Money
    installed_cost_usd: float
    mean_age_years: float
    own_weather: int = 0
    own_availability: int = 0

    def evaluate(self, draws: Mapping[str, Floats], /) -> Mapping[str, Floats]:
        """Headline numbers of a block (d,). An input that is not drawn stands as in the scenario."""
        count = len(next(iter(draws.values())))

        def factor(name: str, nominal: float = 1.0) -> Floats:
            return draws.get(name, np.full(count, nominal))

        totals = self.years(self._factors(factor))
        first = FirstYears(
            electric_saving_usd=(totals.baseline_bill_usd - totals.bill_usd) * factor("electricity_price"),
            fuel_saving_usd=(totals.baseline_fuel_usd - totals.fuel_usd) * factor("fuel_price"),
            om_saving_usd=(totals.baseline_om_usd - totals.om_usd) * factor("om_cost"),
            co2_saved_kg=totals.baseline_co2_kg - totals.co2_kg,
            generated_net_kwh=totals.generated_net_kwh,
            run_hours=totals.run_hours,
            starts=totals.starts,
        )
        return {
            **self.money(self.installed_cost_usd * factor("installed_cost"), first),
            "savings_usd": first.saving_usd,
            "co2_saved_kg": first.co2_saved_kg,
            "generated_net_kwh": first.generated_net_kwh,
        }

    def _factors(self, factor: Callable[[str, float], Floats]) -> YearFactors:
        power = factor("machine_power", 1.0) * (1.0 - factor("power_loss_per_year", 0.0)) ** self.mean_age_years
        efficiency = factor("machine_efficiency", 1.0) * (1.0 - factor("efficiency_loss_per_year", 0.0)) ** self.mean_age_years
        return YearFactors(
            electric_load=factor("electric_load", 1.0),
            heat_load=factor("heat_load", 1.0),
            power=power,
            fuel=power / efficiency,
            weather=np.rint(factor("weather", float(self.own_weather))).astype(np.int64),
            availability=np.rint(factor("availability", float(self.own_availability))).astype(np.int64),
        )


def mean_age_years(years: int, nominal_discount_rate: float) -> float:
    """Age of a machine, zero in its first year, weighted with the discount factor of each year.

    A loss that grows with age and lowers savings in proportion has the same present value as that of a machine of this age in
    all years; for losses of a percent a year this holds to about one part in a thousand of the savings.
    """
    age = np.arange(years)
    weight = (1.0 + nominal_discount_rate) ** -(age + 1.0)
    return float((age * weight).sum() / weight.sum())
