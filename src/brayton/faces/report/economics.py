"""Does it pay, and what decides: what each part of the money is worth, and how far each figure is from changing the answer.

Nothing is estimated here. The net present value is linear in the investment and in each saving (`study.money.parts`), so the
value of a figure at which it crosses zero is exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from brayton.core.units import KWH_PER_MMBTU
from brayton.study.money.measures import present_values
from brayton.study.money.parts import INVESTMENT, part_values_usd
from brayton.study.money.terms import escalate
from brayton.study.result import Run, StudyResult
from brayton.study.run import MACHINE_UPKEEP

NARROW = 0.10
"""Relative change of one figure within which an answer is called narrow: prices of a study are hardly known better."""

FUEL_TRIED = (0.5, 0.75, 1.0, 1.25)
COST_TRIED = (1.0, 0.5, 0.0)
"""Factors on the fuel price and on the installed cost for which the report says what a kWh must bring."""


@dataclass(frozen=True)
class MoneyPart:
    """One part of the money; positive flows to the owner. present_value_usd: what it adds to the net present value, after tax."""

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
class Together:
    """What a kWh must bring [USD/kWh] at one fuel price [USD/MMBtu HHV] for each of `COST_TRIED`; NaN where no fuel is bought."""

    fuel_usd_per_mmbtu_hhv: float
    needed_usd_per_kwh: tuple[float, ...]


@dataclass(frozen=True)
class Economics:
    """The money of a study, in its parts."""

    result: StudyResult

    @property
    def npv_usd(self) -> float:
        """Net present value of the whole project, after tax."""
        return self.result.money.whole.npv_usd

    @property
    def pays(self) -> bool:
        return self.npv_usd > 0.0

    @cached_property
    def sold_usd(self) -> float:
        """What the bill credits for exports, with the project less without."""
        after, before = (export_credit_usd(run) for run in (self.result.with_project, self.result.baseline))
        return after - before

    @cached_property
    def gas_side_usd(self) -> float:
        """Upkeep beside the machines' own, with the project less without: the gas side of a landfill or digester."""
        before, after = self.result.baseline, self.result.with_project
        return after.om_usd - after.upkeep_usd[MACHINE_UPKEEP] - (before.om_usd - before.upkeep_usd[MACHINE_UPKEEP])

    @cached_property
    def parts(self) -> tuple[MoneyPart, ...]:
        """Bill and sales, fuel, upkeep: their first years together are the saving. What is not there is left out."""
        result, first = self.result, self.result.first_year
        machine_fuel_usd = result.with_project.machine_fuel_usd
        rows = [
            ("electricity bill saved", "electric", first.electric_saving_usd - self.sold_usd),
            ("electricity sold", "electric", self.sold_usd),
            ("boiler fuel saved", "boiler_fuel", first.fuel_saving_usd + machine_fuel_usd),
            ("fuel of the machines", "machine_fuel", -machine_fuel_usd),
            ("operation and maintenance", "om", -result.with_project.upkeep_usd[MACHINE_UPKEEP]),
            ("gas side: treatment, royalty, flare", "om", -self.gas_side_usd),
        ]
        always = ("electricity bill saved", "operation and maintenance")
        return tuple(MoneyPart(name, usd, usd * self._worth(item)) for name, item, usd in rows if usd or name in always)

    @cached_property
    def _values(self) -> dict[str, float]:
        money = self.result.money
        return part_values_usd(money.project, money.finance)

    def _worth(self, item: str) -> float:
        """What a dollar of the first year of a saving adds to the net present value; of one that is zero, by the plain terms."""
        first, fuel_usd = self.result.first_year, self.result.with_project.machine_fuel_usd
        usd = {
            "electric": first.electric_saving_usd,
            "boiler_fuel": first.fuel_saving_usd + fuel_usd,
            "machine_fuel": -fuel_usd,
            "om": first.om_saving_usd,
        }[item]
        if usd:
            return self._values[item] / usd
        terms, finance = self.result.scenario.finance.terms(), self.result.scenario.finance
        rate = {"electric": terms.escalation_electric, "om": terms.escalation_om}.get(item, terms.escalation_fuel)
        return (1.0 - finance.taxes.effective_rate) * self._present_value_factor(rate)

    @property
    def investment_value_usd(self) -> float:
        """What the investment adds to the net present value, with its depreciation, credits and debt; negative as a rule."""
        return self._values[INVESTMENT]

    @property
    def rest_usd(self) -> float:
        """What of the net present value is in no part: service, overhauls, incentives by the kWh."""
        return self.npv_usd - self.investment_value_usd - math.fsum(part.present_value_usd for part in self.parts)

    def _present_value_factor(self, escalation: float) -> float:
        """Present value of 1 USD of the first year that grows at `escalation`."""
        terms = self.result.scenario.finance.terms()
        series = np.concatenate(([0.0], escalate(1.0, escalation, terms.years, terms.convention)))
        return float(present_values(series, terms.nominal_discount_rate).sum())

    @property
    def fuel_usd_per_mmbtu_hhv(self) -> float:
        """Mean price of the fuel that is bought with the project; NaN where none is."""
        run = self.result.with_project
        return KWH_PER_MMBTU * run.fuel_usd / run.fuel_kwh_hhv if run.fuel_usd else math.nan

    @property
    def _fuel_value_usd(self) -> float:
        return self._values["boiler_fuel"] + self._values["machine_fuel"]

    @cached_property
    def break_evens(self) -> tuple[BreakEven, ...]:
        """Each figure at which the net present value is zero, all others as they are.

        A figure x of which one unit more adds g to the net present value: value + g (x' - x) = 0.
        """
        result, run, made_kwh = self.result, self.result.with_project, self.result.machine.generated_net_kwh
        usd = {part.name: part.first_year_usd for part in self.parts}
        electric, upkeep, price = self._worth("electric"), self._worth("om"), self.fuel_usd_per_mmbtu_hhv

        def per(amount: float, kwh: float) -> float:
            return amount / kwh if kwh else math.nan

        cost = result.installed_cost_usd / self.rated_kw
        bill, om = usd["electricity bill saved"], usd["operation and maintenance"]
        figures = (
            ("installed cost", "USD/kW", 0, cost, per(self.investment_value_usd, cost)),
            ("electricity bill saved per kWh generated", "USD/kWh", 3, per(bill, made_kwh), made_kwh * electric),
            ("price of electricity sold", "USD/kWh", 3, per(self.sold_usd, run.export_kwh), run.export_kwh * electric),
            ("fuel price", "USD/MMBtu HHV", 2, price, per(self._fuel_value_usd, price)),
            ("operation and maintenance", "USD/kWh", 4, per(-om, made_kwh), -made_kwh * upkeep),
            ("cost of the gas side", "USD/kWh", 4, per(self.gas_side_usd, made_kwh) or math.nan, -made_kwh * upkeep),
        )
        return tuple(
            BreakEven(name, unit, decimals, now, needed if (needed := now - self.npv_usd / worth) > 0.0 else None)
            for name, unit, decimals, now, worth in figures
            if now >= 0.0 and worth and math.isfinite(worth)
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
    def value_per_kwh_usd(self) -> float:
        """What a generated kWh brings in the first year, bill saved and sales together; NaN without generation."""
        made_kwh = self.result.machine.generated_net_kwh
        return self.result.first_year.electric_saving_usd / made_kwh if made_kwh else math.nan

    @cached_property
    def together(self) -> tuple[Together, ...]:
        """What a kWh must bring at several fuel prices and installed costs; empty without generation."""
        worth, price = self.result.machine.generated_net_kwh * self._worth("electric"), self.fuel_usd_per_mmbtu_hhv
        if not worth:
            return ()
        rows: list[Together] = []
        for fuel in (1.0,) if math.isnan(price) else FUEL_TRIED:
            moved = [(fuel - 1.0) * self._fuel_value_usd + (cost - 1.0) * self.investment_value_usd for cost in COST_TRIED]
            needed = tuple(self.value_per_kwh_usd - (self.npv_usd + value) / worth for value in moved)
            rows.append(Together(fuel * price, needed))
        return tuple(rows)

    @property
    def npv_given_away_usd(self) -> float:
        """Net present value if machines and equipment were free: below zero, running them is what does not pay."""
        return self.npv_usd - self.investment_value_usd

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
        return None if self.all_heat_usd is None else self.npv_usd + self.all_heat_usd * self._worth("boiler_fuel")

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
