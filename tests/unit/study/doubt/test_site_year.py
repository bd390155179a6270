"""The study's evaluator on today's dispatch and bill, year by year: what the fast one has to equal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from brayton.core.provenance import Source
from brayton.core.timeaxis import TimeAxis
from brayton.dispatch.answer import dispatch
from brayton.dispatch.problem import Problem
from brayton.dispatch.rules import FollowElectric, Rule
from brayton.package.array import Loading
from brayton.package.boiler import Boiler
from brayton.package.capability import Capability
from brayton.package.envelope import Envelope
from brayton.study.doubt.availability import Reliability, random_years
from brayton.study.doubt.defaults import MachineTolerance, default_inputs
from brayton.study.doubt.draws import draw
from brayton.study.doubt.montecarlo import run_draws
from brayton.study.doubt.site_year import FirstYears, SiteYear, YearFactors, YearTotals, mean_age_years
from brayton.study.doubt.tornado import tornado
from brayton.study.money.first_year import FirstYear, cash_flow, levelised_cost_usd_per_kwh
from brayton.study.money.measures import present_values
from brayton.study.money.terms import FinanceTerms

Floats = NDArray[np.float64]
FUEL_USD_PER_KWH, OM_USD_PER_KWH, COST_USD = 0.02, 0.015, 150_000.0
TERMS = FinanceTerms(15, 0.07, 0.02, 0.02, 0.02, 0.0)
AXIS = TimeAxis(2018)


@dataclass(frozen=True)
class OneByOne:
    """Every draw as a problem of its own; `problems` by weather year, `rows` of availability, a plain bill."""

    problems: Sequence[Problem]
    rows: Floats
    rule: Rule

    def __call__(self, factors: YearFactors) -> YearTotals:
        years = [self._year(factors, d) for d in range(len(factors.power))]
        return YearTotals(**{name: np.array([year[name] for year in years]) for name in years[0]})

    def _year(self, factors: YearFactors, d: int) -> dict[str, float]:
        problem = self.problems[factors.weather[d]]
        unit = problem.envelope
        envelope = replace(
            unit,
            power_kw=unit.power_kw * factors.power[d],
            heat_kw=unit.heat_kw * factors.fuel[d],
            min_load_fraction=unit.min_load_fraction * factors.power[d],
            fuel_kw_lhv=unit.fuel_kw_lhv * factors.fuel[d],
        )
        scaled = replace(
            problem,
            envelope=envelope,
            electric_kw=problem.electric_kw * factors.electric_load[d],
            heat_kw=problem.heat_kw * factors.heat_load[d],
            availability=self.rows[factors.availability[d]],
        )
        with_project = self._totals(scaled)
        without = self._totals(replace(scaled, envelope=replace(envelope, count=0)))
        for name in ("generated_net_kwh", "run_hours", "starts"):
            without.pop(name)
        return with_project | {f"baseline_{name}": value for name, value in without.items()}

    def _totals(self, problem: Problem) -> dict[str, float]:
        plan = dispatch(problem, self.rule)
        fuel_kwh = float((plan.fuel_kw_lhv * problem.envelope.fuel_hhv_per_lhv + plan.boiler_fuel_kw_hhv).sum())
        peaks = sum(plan.import_kw[AXIS.month == m].max() for m in range(12))
        return {
            "bill_usd": float(plan.import_kw.sum() * 0.12 + 15.0 * peaks),
            "fuel_usd": fuel_kwh * FUEL_USD_PER_KWH,
            "om_usd": float(plan.net_power_kw.sum()) * OM_USD_PER_KWH,
            "co2_kg": float(plan.import_kw.sum() * 0.4 + fuel_kwh * 0.18),
            "generated_net_kwh": float(plan.net_power_kw.sum()),
            "run_hours": float(plan.units_on.sum()),
            "starts": float(plan.starts.sum()),
        }


def money(investment_usd: Floats, first: FirstYears) -> Mapping[str, Floats]:
    columns = (first.electric_saving_usd, first.fuel_saving_usd, first.om_saving_usd, first.generated_net_kwh)
    rows = [_one(float(cost), FirstYear(*map(float, row))) for cost, *row in zip(investment_usd, *columns, strict=True)]
    return {name: np.array([np.nan if row[name] is None else row[name] for row in rows]) for name in rows[0]}


def _one(investment_usd: float, first_year: FirstYear) -> Mapping[str, float | None]:
    flow = cash_flow(investment_usd, first_year, TERMS)
    return {
        "npv_usd": flow.npv_usd,
        "irr": flow.irr,
        "simple_payback_years": flow.simple_payback_years,
        "lcoe_usd_per_kwh": levelised_cost_usd_per_kwh(investment_usd, first_year, TERMS),
    }


@pytest.fixture(scope="module")
def problem() -> Problem:
    hour = np.arange(8760)
    power = np.tile(np.linspace(20.0, 60.0, 5), (8760, 1))
    envelope = Envelope(
        count=2,
        loading=Loading.EVEN,
        power_kw=power,
        fuel_kw_lhv=50.0 + 2.5 * power,
        heat_kw=10.0 + 1.5 * power,
        rated_power_kw=60.0,
        min_load_fraction=1 / 3,
        start_energy_kwh=0.0,
        start_fuel_kwh_lhv=0.0,
        stop_energy_kwh=0.0,
        standby_kw=0.0,
        fuel_hhv_per_lhv=1.1,
        capabilities=frozenset({Capability.HOT_WATER}),
    )
    electric = 150.0 + 40.0 * np.sin(2 * np.pi * hour / 24)
    heat = 120.0 + 80.0 * np.cos(2 * np.pi * hour / 8760)
    return Problem(envelope, electric, heat, 1.0, axis=AXIS, boiler=Boiler(500.0, 0.8, Source("test", "", "estimate")))


@pytest.fixture(scope="module")
def evaluator(problem: Problem) -> SiteYear:
    rows = np.vstack([np.ones(8760), random_years(Reliability(500.0, 48.0), 2, 8760, 1.0, rows=6, seed=1)[::-1]])
    hot = replace(problem, envelope=replace(problem.envelope, power_kw=problem.envelope.power_kw * 0.9))
    return SiteYear(OneByOne([problem, hot], rows, FollowElectric()), money, COST_USD, mean_age_years(15, 0.07))


def test_nominal_draws_are_the_study_itself(evaluator: SiteYear, problem: Problem) -> None:
    found = evaluator.evaluate({"electricity_price": np.ones(1)})
    plan = dispatch(problem, FollowElectric())
    assert found["generated_net_kwh"][0] == pytest.approx(float(plan.net_power_kw.sum()), rel=1e-12)
    # fuel and power of 0.12 and 0.02 USD/kWh, loads known: the saving by hand from the schedule
    saved_kwh = plan.net_power_kw.sum()
    burnt = plan.fuel_kw_lhv.sum() * 1.1 - plan.heat_used_kw.sum() / 0.8
    peaks = sum(problem.electric_kw[AXIS.month == m].max() - plan.import_kw[AXIS.month == m].max() for m in range(12))
    saving = saved_kwh * (0.12 - OM_USD_PER_KWH) - burnt * FUEL_USD_PER_KWH + 15.0 * peaks
    assert found["savings_usd"][0] == pytest.approx(saving, rel=1e-9)
    annuity = present_values(np.concatenate(([0.0], 1.02 ** np.arange(15))), 0.07).sum()
    assert found["npv_usd"][0] == pytest.approx(saving * annuity - COST_USD, rel=1e-9)


def test_factors_of_money_act_on_their_own_line(evaluator: SiteYear) -> None:
    base = {name: np.ones(3) for name in ("electricity_price", "fuel_price", "om_cost", "installed_cost")}
    plain = evaluator.evaluate(base)
    dear = evaluator.evaluate(base | {"installed_cost": np.array([1.0, 1.1, 1.2])})
    assert np.diff(dear["npv_usd"]) == pytest.approx([-0.1 * COST_USD] * 2)
    assert (dear["savings_usd"] == plain["savings_usd"]).all()
    om = evaluator.evaluate(base | {"om_cost": np.array([0.0, 1.0, 2.0])})
    assert np.diff(om["savings_usd"]) == pytest.approx(-plain["generated_net_kwh"][:2] * OM_USD_PER_KWH)


def test_a_worse_machine_gives_less_and_burns_more(evaluator: SiteYear, problem: Problem) -> None:
    power = evaluator.evaluate({"machine_power": np.array([1.0, 0.95])})
    reach = [np.minimum(problem.electric_kw, 120.0 * share).sum() for share in (1.0, 0.95)]
    assert power["generated_net_kwh"] == pytest.approx(reach, rel=1e-9)
    efficiency = evaluator.evaluate({"machine_efficiency": np.array([1.0, 0.95])})
    assert efficiency["generated_net_kwh"][1] == efficiency["generated_net_kwh"][0]
    assert efficiency["npv_usd"][1] < efficiency["npv_usd"][0]
    trips = evaluator.evaluate({"availability": np.array([0.0, 1.0, 6.0])})
    assert (np.diff(trips["generated_net_kwh"]) < 0).all()
    weather = evaluator.evaluate({"weather": np.array([0.0, 1.0])})
    assert weather["generated_net_kwh"][1] < weather["generated_net_kwh"][0]


def test_the_mean_age_gives_the_present_value_of_a_machine_that_wears() -> None:
    """Savings that fall by 1 % a year for 20 years at 7 %, against the machine of mean age in all years."""
    factor = (1.07) ** -np.arange(1, 21)
    worn = (factor * 0.99 ** np.arange(20)).sum()
    assert factor.sum() * 0.99 ** mean_age_years(20, 0.07) == pytest.approx(worn, rel=2e-3)
    assert mean_age_years(20, 0.0) == pytest.approx(9.5)
    assert mean_age_years(1, 0.07) == 0.0


def test_a_small_monte_carlo_and_tornado_go_through(evaluator: SiteYear) -> None:
    tolerance = MachineTolerance(60.0, 2.0, 0.28, 0.02, Source("test", "", "estimate"))
    inputs = default_inputs(tolerance, 2, 7)
    draws = draw(inputs, 24, 1)
    alone, together = run_draws(evaluator, draws, block=8), run_draws(evaluator, draws, block=8, workers=2)
    for name, values in alone.headlines.items():
        assert (values == together.headlines[name]).all(), name
        assert not np.isnan(values).any() or name in {"irr", "simple_payback_years"}
    found = tornado(evaluator, inputs)["npv_usd"]
    assert len(found.bars) == len(inputs)
    assert found.bars[0].swing >= found.bars[-1].swing > 0.0
