"""Does it pay, and what decides: the parts of the net present value, and how far each is from changing the answer.

Nothing is estimated here. Savings of later years are proportional to those of the first (`study.money.first_year`), so the net
present value is linear in the investment and in each price, and the value at which it crosses zero is exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from brayton.core.units import KWH_PER_MMBTU
from brayton.study.money.measures import cost_of_saved_co2_usd_per_t, present_values
from brayton.study.money.terms import escalate
from brayton.study.result import Run, StudyResult
from brayton.study.run import MACHINE_UPKEEP

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
        """Relative change from `now` to `needed`; None where there is none to be had, or nothing to start from."""
        return None if self.needed is None or self.now == 0.0 else self.needed / self.now - 1.0


@dataclass(frozen=True)
class Economics:
    """The money of a study, in its parts."""

    result: StudyResult

    @property
    def pays(self) -> bool:
        return self.result.cash_flow.npv_usd > 0.0

    @cached_property
    def boiler_fuel_usd(self) -> float | None:
        """Fuel of the boiler in the run with the project; None under a gas tariff, whose blocks the machines share."""
        prices = self.result.scenario.fuel.price_usd_per_mmbtu_hhv
        if prices is None:
            return None if self.result.with_project.gas_bill is not None else 0.0
        axis, schedule = self.result.axis, self.result.with_project.schedule
        by_month = np.bincount(axis.month, weights=schedule.boiler_fuel_kw_hhv * axis.step_hours, minlength=12)
        return float(by_month @ np.array(prices)) / KWH_PER_MMBTU

    @cached_property
    def sold_usd(self) -> float:
        """What the bill credits for exports, with the project less without."""
        after, before = (export_credit_usd(run) for run in (self.result.with_project, self.result.baseline))
        return after - before

    @cached_property
    def parts(self) -> tuple[MoneyPart, ...]:
        """Bill and sales, fuel, upkeep: before tax; together the saving of the first year. What is not there is left out."""
        first, terms = self.result.first_year, self.result.scenario.finance.terms()
        rows = [("electricity bill saved", first.electric_saving_usd - self.sold_usd, terms.escalation_electric)]
        if self.sold_usd:
            rows.append(("electricity sold", self.sold_usd, terms.escalation_electric))
        rows += [(name, usd, terms.escalation_fuel) for name, usd in self._fuel_rows()]
        machines_usd = self.result.with_project.upkeep_usd[MACHINE_UPKEEP]
        rows.append(("operation and maintenance", -machines_usd, terms.escalation_om))
        if self.gas_side_usd:
            rows.append(("treatment of the gas, royalty and flare", -self.gas_side_usd, terms.escalation_om))
        return tuple(MoneyPart(name, usd, usd * self._present_value_factor(rate)) for name, usd, rate in rows)

    def _fuel_rows(self) -> list[tuple[str, float]]:
        first, run = self.result.first_year, self.result.with_project
        if self.result.baseline.fuel_kwh_hhv == 0.0 and run.fuel_kwh_hhv == 0.0:
            return []
        if self.boiler_fuel_usd is None:
            return [("gas bill saved", first.fuel_saving_usd)]
        machines_usd = run.fuel_usd - self.boiler_fuel_usd
        return [("boiler fuel saved", first.fuel_saving_usd + machines_usd), ("fuel of the machines", -machines_usd)]

    @cached_property
    def gas_side_usd(self) -> float:
        """Upkeep beside the machines' own, with the project less without: the gas side of a landfill or digester."""
        before, after = self.result.baseline, self.result.with_project
        return after.om_usd - after.upkeep_usd[MACHINE_UPKEEP] - (before.om_usd - before.upkeep_usd[MACHINE_UPKEEP])

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
        """Each figure at which the net present value is zero, all others as they are.

        A figure x is worth g per unit before tax, over all years: value + g (x' - x) = 0.
        """
        result, run, terms = self.result, self.result.with_project, self.result.scenario.finance.terms()
        parts = {part.name: part for part in self.parts}
        after_tax = 1.0 - result.scenario.finance.tax_rate
        value, made_kwh = result.cash_flow.npv_usd / after_tax, result.machine.generated_net_kwh
        electric, upkeep = (self._present_value_factor(rate) for rate in (terms.escalation_electric, terms.escalation_om))
        fuel = sum(part.present_value_usd for name, part in parts.items() if "fuel" in name or "gas bill" in name)
        fuel_price = KWH_PER_MMBTU * run.fuel_usd / run.fuel_kwh_hhv if run.fuel_kwh_hhv else 0.0

        def per(usd: float, kwh: float) -> float:
            return usd / kwh if kwh else math.nan

        bill_usd, om_usd = parts["electricity bill saved"].first_year_usd, parts["operation and maintenance"].first_year_usd
        figures = (
            ("installed cost", "USD/kW", 0, result.installed_cost_usd / self.rated_kw, -self.rated_kw / after_tax),
            ("electricity bill saved per kWh generated", "USD/kWh", 3, per(bill_usd, made_kwh), made_kwh * electric),
            ("price of electricity sold", "USD/kWh", 3, per(self.sold_usd, run.export_kwh), run.export_kwh * electric),
            ("fuel price", "USD/MMBtu HHV", 2, fuel_price or math.nan, per(fuel, fuel_price)),
            ("operation and maintenance", "USD/kWh", 4, per(-om_usd, made_kwh), -made_kwh * upkeep),
            ("treatment of the gas", "USD/kWh", 4, per(self.gas_side_usd, made_kwh) or math.nan, -made_kwh * upkeep),
        )
        return tuple(
            BreakEven(name, unit, decimals, now, needed if (needed := now - value / worth) > 0.0 else None)
            for name, unit, decimals, now, worth in figures
            if now >= 0.0 and worth
        )

    @property
    def possible(self) -> tuple[BreakEven, ...]:
        """Figures of which some value above zero turns the answer, the least relative change first."""
        found = [item for item in self.break_evens if item.needed is not None]
        return tuple(sorted(found, key=lambda item: math.inf if item.change is None else abs(item.change)))

    @property
    def impossible(self) -> tuple[BreakEven, ...]:
        """Figures of which no value above zero turns the answer."""
        return tuple(item for item in self.break_evens if item.needed is None)

    @property
    def nearest(self) -> BreakEven | None:
        """The figure whose smallest relative change would turn the answer."""
        return next((item for item in self.possible if item.change is not None), None)

    @property
    def is_narrow(self) -> bool:
        """Whether a change of one figure by less than `NARROW` turns the answer."""
        return self.nearest is not None and abs(self.nearest.change or 0.0) <= NARROW

    @property
    def npv_given_away_usd(self) -> float:
        """Net present value if machines and equipment were free: below zero, running them is what does not pay."""
        return self.result.cash_flow.npv_usd + self.result.installed_cost_usd

    @cached_property
    def all_heat_usd(self) -> float | None:
        """Boiler fuel of a year that the dumped heat would save if someone wanted it; None without a boiler and its price."""
        boiler, run = self.result.model.problem.boiler, self.result.baseline
        dumped_kwh = self.result.machine.heat_dumped_kwh
        if boiler is None or not run.fuel_kwh_hhv or dumped_kwh <= 0.0:
            return None
        return dumped_kwh / boiler.efficiency_hhv * run.fuel_usd / run.fuel_kwh_hhv

    @property
    def npv_with_all_heat_usd(self) -> float | None:
        """Net present value if all recoverable heat replaced boiler fuel."""
        if self.all_heat_usd is None:
            return None
        finance = self.result.scenario.finance
        worth = self.all_heat_usd * self._present_value_factor(finance.terms().escalation_fuel)
        return self.result.cash_flow.npv_usd + (1.0 - finance.tax_rate) * worth

    @property
    def carbon_usd_per_t(self) -> float | None:
        """Level payment for each tonne of saved CO2, untaxed, that brings the net present value to zero; None where none is
        saved."""
        terms, flow = self.result.scenario.finance.terms(), self.result.cash_flow
        saved = np.where(flow.year > 0, self.result.co2_saving_kg, 0.0)
        return cost_of_saved_co2_usd_per_t(flow.net_usd, saved, terms.nominal_discount_rate)

    @property
    def rated_kw(self) -> float:
        """Rated net power of all machines."""
        return self.result.performance.rated_net_power_kw * self.result.scenario.machine[0].count

    def level_cost_of_unit_usd_per_kwh(self, kwh: float) -> float:
        """What a kWh of one unit that makes `kwh` a year has to earn, level over the years and before tax: its installed cost,
        without other equipment, and its upkeep."""
        table = self.result.scenario.machine[0]
        unit_usd = table.installed_cost_usd_per_kw * self.result.performance.rated_net_power_kw
        return unit_usd / self._present_value_factor(0.0) / kwh + table.om_usd_per_kwh if kwh > 0.0 else math.nan


def export_credit_usd(run: Run) -> float:
    """What a year's bill credits for exports."""
    return math.fsum(month.export_credit_usd for month in run.bill.months)
