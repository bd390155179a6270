"""The years of a study's draws on the dispatch kernel: what `run.run_year` finds, for hundreds of draws at once.

Draws lie side by side in the kernel's lanes and are billed in sums. A year whose factors are all one is the study's own. What
sums by month cannot tell is taken from the study's own two runs, and `approximations` says what:
  - a boiler with a part-load curve keeps the mean efficiency of each month of the run;
  - the highest days of a gas tariff's demand charge follow the month's energy;
  - costs and CO2 of the site's own gas run straight over the fuel of the machines, from none burnt to what the run burns; and
    where gas is short, the kernel lets power follow it in proportion.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from brayton.core.units import KWH_PER_MMBTU
from brayton.dispatch.answer import Design, DesignTotals, dispatch_designs
from brayton.dispatch.battery import run_battery
from brayton.dispatch.lanes import LANES
from brayton.dispatch.problem import Problem
from brayton.package.envelope import Envelope
from brayton.site.bill_designs import bill_designs
from brayton.site.gas_bill import GasUse, gas_totals_usd, gas_use
from brayton.study.doubt.site_year import YearFactors, YearTotals
from brayton.study.electric_bill import reactive_kvar, tariff_bill
from brayton.study.gas_year import GasYear, gas_year
from brayton.study.inputs import StudyInputs
from brayton.study.result import Run
from brayton.study.run import bought_fuel_kw_hhv
from brayton.study.site_model import SiteModel

Floats = NDArray[np.float64]

TOGETHER = 256
"""Draws that are dispatched and billed together where steps are hours: four blocks of the kernel's lanes, 18 MB of net load."""


@dataclass(frozen=True)
class KernelYears:
    """The site's years, of `baseline` and `with_project` as the study ran them.

    envelopes: of each weather year, the coolest first, and the study's own in the middle.
    """

    inputs: StudyInputs
    model: SiteModel
    baseline: Run
    with_project: Run
    envelopes: tuple[Envelope, ...]

    def __call__(self, factors: YearFactors) -> YearTotals:
        """Errors: as `dispatch_designs` and `bill_designs`."""
        after = self._by_weather(factors)
        before = _in_parts(
            factors.count,
            self._together,
            lambda part: self._without.totals(self._without.problem, self._designs(factors, part, machines=False)),
        )
        return YearTotals(
            bill_usd=after.bill_usd,
            fuel_usd=after.fuel_usd,
            om_usd=after.om_usd,
            co2_kg=after.co2_kg,
            generated_net_kwh=after.generated_net_kwh,
            run_hours=after.run_hours,
            starts=after.starts,
            baseline_bill_usd=before.bill_usd,
            baseline_fuel_usd=before.fuel_usd,
            baseline_om_usd=before.om_usd,
            baseline_co2_kg=before.co2_kg,
        )

    def approximations(self) -> Iterator[str]:
        """What the draws do not follow exactly, for the reader of the bands."""
        hosts, tariff, boiler = self.model.hosts, self.inputs.gas_tariff, self.inputs.boiler
        if len(self.envelopes) > 1:
            yield "Warmer and cooler years move the machines' air; loads, pool and humidity stay those of the scenario's year."
        if hosts.uses or hosts.store is not None:
            yield "Pool, store air and chillers are the scenario's in every draw: the heat load's factor is on plain loads."
        if boiler is not None and boiler.part_load:
            yield "The boiler keeps the mean efficiency of each month in all draws."
        if self.inputs.standby is not None or self.inputs.scenario.tariff.departing_load is not None:
            yield "What standby service and departing load cost beside the tariff is the scenario's in every draw."
        demands = tariff is not None and (
            tariff.demand is not None or (tariff.cogeneration is not None and tariff.cogeneration.demand is not None)
        )
        if demands:
            yield "The highest gas day of a month is taken to rise and fall with the gas of the month."
        if self.inputs.gas is not None:
            yield (
                "Costs and CO2 of the site's own gas are taken to run straight over the fuel of the machines; where gas is "
                "short, a machine that burns more gives less power in the same proportion."
            )

    def _by_weather(self, factors: YearFactors) -> _Totals:
        """Years with the project, in the order of the draws."""
        order = np.argsort(factors.weather, kind="stable")
        found: list[_Totals] = []
        for weather in np.unique(factors.weather):
            drawn = np.flatnonzero(factors.weather == weather)
            problem = replace(self._with.problem, envelope=self.envelopes[weather])

            def run(part: slice, drawn: NDArray[np.int64] = drawn, problem: Problem = problem) -> _Totals:
                return self._with.totals(problem, self._designs(factors, drawn[part]), self.inputs.availability_years)

            found.append(_in_parts(len(drawn), self._together, run))
        return _joined(found).in_order(np.argsort(order, kind="stable"))

    def _designs(self, factors: YearFactors, rows: NDArray[np.int64] | slice, *, machines: bool = True) -> list[Design]:
        """One design for each of these draws; without machines the loads alone matter."""
        count, rule = self.model.problem.envelope.count if machines else 0, self.inputs.rule
        # in the kernel fuel follows power, so its factor is what is left
        columns = [factors.power, factors.fuel / factors.power, factors.availability] if machines else []
        drawn = zip(*(column[rows].tolist() for column in (factors.electric_load, factors.heat_load, *columns)), strict=True)
        return [Design(count, rule, None, *row) for row in drawn]

    @property
    def _together(self) -> int:
        """Draws at a time: fewer where steps are short, whole blocks of lanes, so that memory stays bounded."""
        return max(1, round(TOGETHER * self.inputs.axis.step_minutes / 60 / LANES)) * LANES

    @cached_property
    def _with(self) -> _Side:
        return _Side(self.inputs, self.model, self.with_project, self.model.problem, is_project=True)

    @cached_property
    def _without(self) -> _Side:
        return _Side(self.inputs, self.model, self.baseline, self.model.twin, is_project=False)


@dataclass(frozen=True)
class _Totals:
    """Years of draws on one side; arrays (d,)."""

    bill_usd: Floats
    fuel_usd: Floats
    om_usd: Floats
    co2_kg: Floats
    generated_net_kwh: Floats
    run_hours: Floats
    starts: Floats

    def in_order(self, rows: NDArray[np.int64]) -> _Totals:
        return _Totals(**{name: values[rows] for name, values in vars(self).items()})


@dataclass(frozen=True)
class _Side:
    """The site with its project or without it, and the study's own run of it."""

    inputs: StudyInputs
    model: SiteModel
    run: Run
    own: Problem
    is_project: bool

    @cached_property
    def problem(self) -> Problem:
        """With a boiler of one efficiency, which `_boiler_kwh_hhv` corrects."""
        boiler = self.own.boiler
        return replace(self.own, boiler=None if boiler is None else replace(boiler, part_load=()))

    def totals(self, problem: Problem, designs: Sequence[Design], availability: Floats | None = None) -> _Totals:
        """The years of `designs` on `problem`, which is this side's in some air."""
        inputs, axis = self.inputs, self.inputs.axis
        buys_all = inputs.tariff.export.method == "buy_all_sell_all"
        found = dispatch_designs(problem, designs, availability_rows=availability, with_net=True, with_generation=buys_all)
        net = self._after_battery(found)
        cores = os.cpu_count() or 1
        table, reactive = inputs.scenario.tariff, reactive_kvar(inputs, self.model)
        loads = np.array([design.load_factor for design in designs])
        bills = bill_designs(
            inputs.tariff,
            net,
            axis,
            dst=table.dst,
            generation_kw=found.generation_kw,
            reactive_kvar=None if reactive is None else loads[:, None] * reactive,
            previous_peaks_kw=table.previous_peaks_kw,
            threads=cores,
        )
        bought = 0.0 if inputs.gas is not None else problem.envelope.fuel_hhv_per_lhv
        machine_kwh, boiler_kwh = found.fuel_kwh_lhv_by_month * bought, self._boiler_kwh_hhv(found)
        own_usd, own_co2_kg = self._own_gas(found.fuel_kwh_lhv)
        om_usd = found.generated_net_kwh * inputs.scenario.machine[0].om_usd_per_kwh + own_usd
        grid_kg = _weighted(net, inputs.grid_kg_per_kwh) * problem.step_hours
        fuel_kg = (machine_kwh + boiler_kwh).sum(axis=1) * inputs.fuel_kg_per_kwh_hhv
        return _Totals(
            bill_usd=bills.annual_usd + self._beside_usd,
            fuel_usd=self._fuel_usd(machine_kwh, boiler_kwh),
            om_usd=om_usd,
            co2_kg=grid_kg + fuel_kg + own_co2_kg,
            generated_net_kwh=found.generated_net_kwh,
            run_hours=found.run_hours,
            starts=found.starts.astype(float),
        )

    @cached_property
    def _beside_usd(self) -> float:
        """What services beside the tariff add to the run's own bill; the same in every draw."""
        table = self.inputs.scenario.tariff
        if not self.is_project or (self.inputs.standby is None and table.departing_load is None):
            return 0.0
        return self.run.bill_usd - tariff_bill(self.inputs, self.model, self.run.schedule).annual_usd

    def _after_battery(self, found: DesignTotals) -> Floats:
        assert found.net_kw is not None, "asked for"
        if not self.is_project or self.model.hosts.battery is None:
            return found.net_kw
        steel, rule = self.model.hosts.battery
        year = run_battery(
            steel,
            rule,
            found.net_kw,
            self.inputs.axis,
            export_limit_kw=self.own.export_limit_kw,
            import_margin_kw=self.own.import_margin_kw,
        )
        return year.net_load_kw

    def _boiler_kwh_hhv(self, found: DesignTotals) -> Floats:
        """Fuel of the boiler by month (d, 12), at the mean efficiency of the run's own month."""
        boiler = self.own.boiler
        if boiler is None or not boiler.part_load:
            return found.boiler_fuel_kwh_hhv_by_month
        constant = self._monthly(self.run.schedule.boiler_heat_kw / boiler.efficiency_hhv)
        own = self._monthly(self.run.schedule.boiler_fuel_kw_hhv)
        mean = own.sum() / constant.sum() if constant.sum() > 0.0 else 1.0
        ratio = np.divide(own, constant, out=np.full(12, mean), where=constant > 0.0)
        return found.boiler_fuel_kwh_hhv_by_month * ratio

    def _fuel_usd(self, machine_kwh_hhv: Floats, boiler_kwh_hhv: Floats) -> Floats:
        """Money for fuel of the year (d,), from energies by month (d, 12)."""
        tariff, prices = self.inputs.gas_tariff, self.inputs.scenario.fuel.price_usd_per_mmbtu_hhv
        if tariff is None:
            together = machine_kwh_hhv + boiler_kwh_hhv
            return np.zeros(len(together)) if prices is None else _weighted(together, np.array(prices)) / KWH_PER_MMBTU
        machine_kw, boiler_kw = bought_fuel_kw_hhv(self.inputs, self.own, self.run.schedule)
        if tariff.cogeneration is None:
            return gas_totals_usd(tariff, self._use(machine_kwh_hhv + boiler_kwh_hhv, machine_kw + boiler_kw)).sum(axis=1)
        machines = self._use(machine_kwh_hhv, machine_kw)
        return gas_totals_usd(tariff, self._use(boiler_kwh_hhv, boiler_kw), machines).sum(axis=1)

    def _use(self, kwh_hhv: Floats, own_kw_hhv: Floats) -> GasUse:
        """What a meter reads in each draw, its highest days in proportion to the run's own."""
        own = gas_use(own_kw_hhv, self.inputs.axis)
        per_month = np.divide(own.highest_day_kwh_hhv, own.kwh_hhv, out=1.0 / own.days, where=own.kwh_hhv > 0.0)
        return GasUse(kwh_hhv, kwh_hhv * per_month, own.days)

    def _own_gas(self, fuel_kwh_lhv: Floats) -> tuple[Floats, Floats]:
        """Costs [USD] and CO2 equivalent [kg] of the site's own gas (d,)."""
        own = self.run.own_gas
        if own is None:
            return np.zeros(len(fuel_kwh_lhv)), np.zeros(len(fuel_kwh_lhv))
        if not self.is_project or own.machines_kwh_lhv == 0.0:
            return np.full(len(fuel_kwh_lhv), own.cost_usd), np.full(len(fuel_kwh_lhv), own.co2e_kg)
        share, idle = fuel_kwh_lhv / own.machines_kwh_lhv, self._idle_gas_year
        return (
            idle.cost_usd + share * (own.cost_usd - idle.cost_usd),
            idle.co2e_kg + share * (own.co2e_kg - idle.co2e_kg),
        )

    @cached_property
    def _idle_gas_year(self) -> GasYear:
        """The gas of a year in which the project's machines do not run."""
        gas = self.inputs.gas
        assert gas is not None, "asked for where the site has gas"
        return gas_year(gas, self.inputs.axis, self.inputs.record.model, 0.0, 0.0, 0.0)

    def _monthly(self, series_kw: Floats) -> Floats:
        sums: Floats = np.bincount(self.inputs.axis.month, weights=series_kw, minlength=12).astype(np.float64)
        return sums * self.inputs.axis.step_hours


def _weighted(rows: Floats, weights: Floats) -> Floats:
    """Sum of each row (d, n) with weights (n,); row by row, so that it does not depend on how many rows there are."""
    return (rows * weights).sum(axis=1)


def _in_parts(count: int, together: int, run: Callable[[slice], _Totals]) -> _Totals:
    return _joined([run(slice(start, start + together)) for start in range(0, count, together)])


def _joined(parts: Sequence[_Totals]) -> _Totals:
    return _Totals(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in vars(parts[0])})
