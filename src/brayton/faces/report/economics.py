"""Does it pay, and what decides: the parts of the net present value, and how far each is from changing the answer.

Nothing is estimated here. Savings of later years are proportional to those of the first (`study.money.first_year`), so the net
present value is linear in the investment and in each yearly saving, and the value at which it crosses zero is exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from brayton.core.units import KWH_PER_MMBTU
from brayton.study.money.measures import present_values
from brayton.study.money.terms import escalate
from brayton.study.result import StudyResult

NARROW = 0.10
"""Relative change of one figure within which an answer is called narrow: prices of a study are hardly known better."""


@dataclass(frozen=True)
class MoneyPart:
    """One part of the money; positive flows to the owner. present_value_usd: over all years, before tax."""

    name: str
    first_year_usd: float
    present_value_usd: float


@dataclass(frozen=True)
class BreakEven:
    """A figure as it stands, and as it would have to be for a net present value of zero; None if no positive value does."""

    name: str
    unit: str
    decimals: int
    now: float
    needed: float | None

    @property
    def change(self) -> float | None:
        """Relative change from `now` to `needed`."""
        return None if self.needed is None else self.needed / self.now - 1.0


@dataclass(frozen=True)
class Economics:
    """The money of a study, in its parts."""

    result: StudyResult

    @property
    def pays(self) -> bool:
        return self.result.cash_flow.npv_usd > 0.0

    @cached_property
    def boiler_fuel_usd(self) -> float:
        """Fuel of the boiler in the run with the project."""
        axis, schedule = self.result.axis, self.result.with_project.schedule
        by_month = np.bincount(axis.month, weights=schedule.boiler_fuel_kw_hhv * axis.step_hours, minlength=12)
        return float(by_month @ np.array(self.result.scenario.fuel.price_usd_per_mmbtu_hhv)) / KWH_PER_MMBTU

    @cached_property
    def parts(self) -> tuple[MoneyPart, ...]:
        """Bill saved, boiler fuel saved, machine fuel, O&M: before tax; together the saving of the first year."""
        result, terms = self.result, self.result.scenario.finance.terms()
        first = result.first_year
        machine_fuel_usd = result.with_project.fuel_usd - self.boiler_fuel_usd
        parts = (
            ("electricity bill saved", first.electric_saving_usd, terms.escalation_electric),
            ("boiler fuel saved", first.fuel_saving_usd + machine_fuel_usd, terms.escalation_fuel),
            ("fuel of the machines", -machine_fuel_usd, terms.escalation_fuel),
            ("operation and maintenance", first.om_saving_usd, terms.escalation_om),
        )
        return tuple(MoneyPart(name, usd, usd * self._present_value_factor(rate)) for name, usd, rate in parts)

    def _present_value_factor(self, escalation: float) -> float:
        """Present value of a saving of 1 USD in the first year that grows at `escalation`."""
        terms = self.result.scenario.finance.terms()
        series = np.concatenate(([0.0], escalate(1.0, escalation, terms.years, terms.convention)))
        return float(present_values(series, terms.nominal_discount_rate).sum())

    @property
    def tax_present_value_usd(self) -> float:
        return -self.result.scenario.finance.tax_rate * sum(part.present_value_usd for part in self.parts)

    @cached_property
    def break_evens(self) -> tuple[BreakEven, ...]:
        """Installed cost, value of electricity, fuel price and O&M at which the net present value is zero, one at a time.

        A figure that is multiplied by k multiplies its part v of the value before tax; what the others give stays, so that
        value + (k - 1) v = 0.
        """
        result, run = self.result, self.result.with_project
        bill, boiler_fuel, machine_fuel, om = self.parts
        investment = result.installed_cost_usd / (1.0 - result.scenario.finance.tax_rate)
        value = sum(part.present_value_usd for part in self.parts) - investment
        per_kwh = 1.0 / result.machine.generated_net_kwh if result.machine.generated_net_kwh else 0.0
        fuel_price = KWH_PER_MMBTU * run.fuel_usd / run.fuel_kwh_hhv if run.fuel_kwh_hhv else 0.0
        fuel = boiler_fuel.present_value_usd + machine_fuel.present_value_usd
        figures = (
            ("installed cost", "USD/kW", 0, result.installed_cost_usd / self.rated_kw, -investment),
            ("electricity bill saved per kWh generated", "USD/kWh", 3, bill.first_year_usd * per_kwh, bill.present_value_usd),
            ("fuel price", "USD/MMBtu HHV", 2, fuel_price, fuel),
            ("operation and maintenance", "USD/kWh", 4, -om.first_year_usd * per_kwh, om.present_value_usd),
        )
        return tuple(
            BreakEven(name, unit, decimals, now, needed if (needed := now * (1.0 - value / part)) > 0.0 else None)
            for name, unit, decimals, now, part in figures
            if now > 0.0 and part
        )

    @property
    def nearest(self) -> BreakEven | None:
        """The figure whose smallest relative change would turn the answer."""
        possible = [item for item in self.break_evens if item.change is not None]
        return min(possible, key=lambda item: abs(item.change or 0.0), default=None)

    @property
    def is_narrow(self) -> bool:
        """Whether a change of one figure by less than `NARROW` turns the answer."""
        return self.nearest is not None and abs(self.nearest.change or 0.0) <= NARROW

    @property
    def rated_kw(self) -> float:
        """Rated net power of all machines."""
        return self.result.performance.rated_net_power_kw * self.result.scenario.machine[0].count
