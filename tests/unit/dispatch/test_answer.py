"""What each rule does, on steps small enough to follow by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.core.outcomes import Outcome
from brayton.core.provenance import Source
from brayton.core.timeaxis import TimeAxis
from brayton.dispatch.answer import Design, dispatch, dispatch_designs
from brayton.dispatch.problem import Problem
from brayton.dispatch.rules import BaseLoad, FollowElectric, FollowHeat, PeakShaving, TimeOfUse
from brayton.package.array import Loading
from brayton.package.boiler import Boiler

Site = Callable[..., Problem]


def test_follow_electric_stops_below_minimum_load_and_imports_above_reach(site: Site) -> None:
    plan = dispatch(site([0.0, 10.0, 20.0, 60.0, 70.0, 120.0, 150.0]), FollowElectric())
    assert plan.units_on.tolist() == [0, 0, 1, 1, 2, 2, 2]
    assert plan.net_power_kw.tolist() == [0.0, 0.0, 20.0, 60.0, 70.0, 120.0, 120.0]
    assert plan.import_kw.tolist() == [0.0, 10.0, 0.0, 0.0, 0.0, 0.0, 30.0]
    assert plan.fuel_kw_lhv == pytest.approx(50.0 * plan.units_on + 2.5 * plan.net_power_kw)
    assert (plan.outcome, plan.method) == (Outcome.OK, "follow_electric")
    assert math.isnan(plan.gap)


def test_a_load_between_what_one_and_two_units_can_take(site: Site) -> None:
    """Two units need 2 x 50 kW, one gives 60: at 80 kW one runs and 20 kW are bought."""
    power = np.tile(np.linspace(50.0, 60.0, 5), (1, 1))
    plan = dispatch(site([80.0], power_kw=power, min_load_fraction=5 / 6), FollowElectric())
    assert (plan.units_on[0], plan.net_power_kw[0], plan.import_kw[0]) == (1, 60.0, 20.0)


def test_base_load_is_clipped_to_the_load_or_exports(site: Site) -> None:
    load = [30.0, 100.0, 200.0]
    assert dispatch(site(load), BaseLoad()).net_power_kw.tolist() == [30.0, 100.0, 120.0]
    limited = dispatch(site(load, export_limit_kw=15.0), BaseLoad())
    assert limited.net_power_kw.tolist() == [45.0, 115.0, 120.0]
    assert limited.export_kw.tolist() == [15.0, 15.0, 0.0]
    assert dispatch(site(load, export_limit_kw=math.inf), BaseLoad(0.5)).net_power_kw.tolist() == [60.0] * 3


def test_an_import_margin_is_kept(site: Site) -> None:
    plan = dispatch(site([22.0, 100.0], import_margin_kw=5.0), FollowElectric())
    assert plan.import_kw.tolist() == [22.0, 5.0]


def test_peak_shaving_runs_at_minimum_load_where_less_is_needed(site: Site) -> None:
    plan = dispatch(site([90.0, 105.0, 150.0, 400.0]), PeakShaving(100.0))
    assert plan.net_power_kw.tolist() == [0.0, 20.0, 50.0, 120.0]
    assert plan.import_kw.tolist() == [90.0, 85.0, 100.0, 280.0]


def test_peak_shaving_by_month_counts_standby(site: Site, year: TimeAxis) -> None:
    thresholds = tuple(100.0 + month for month in range(12))
    plan = dispatch(site(np.full(8760, 150.0), axis=year, standby_kw=0.5), PeakShaving(thresholds))
    peaks = [plan.import_kw[year.month == month].max() for month in range(12)]
    assert peaks == pytest.approx([t - 0.5 for t in thresholds])  # the unit that runs draws no standby


def test_time_of_use_follows_the_load_in_its_window(site: Site, year: TimeAxis) -> None:
    window = TimeOfUse(12, 20, weekdays=("mon", "tue", "wed", "thu", "fri"), months=(6, 7, 8))
    plan = dispatch(site(np.full(8760, 75.0), axis=year), window)
    assert (plan.net_power_kw == np.where(window.is_open(year), 75.0, 0.0)).all()


def test_follow_heat_meets_the_heat_load(site: Site) -> None:
    """One unit gives 40 to 100 kW of heat, two 80 to 200."""
    demand = np.array([30.0, 40.0, 70.0, 100.0, 130.0, 200.0, 300.0])
    plan = dispatch(site(np.full(7, 200.0), demand), FollowHeat())
    assert plan.units_on.tolist() == [0, 1, 1, 1, 2, 2, 2]
    assert plan.heat_recovered_kw == pytest.approx([0.0, 40.0, 70.0, 100.0, 130.0, 200.0, 200.0])
    assert plan.boiler_heat_kw == pytest.approx([30.0, 0.0, 0.0, 0.0, 0.0, 0.0, 100.0])
    assert plan.boiler_fuel_kw_hhv == pytest.approx(plan.boiler_heat_kw / 0.8)
    assert plan.heat_dumped_kw == pytest.approx(np.zeros(7), abs=1e-9)


@pytest.mark.parametrize("loading", Loading)
def test_follow_heat_yields_to_the_export_rule(site: Site, loading: Loading) -> None:
    plan = dispatch(site([50.0, 10.0], 150.0, loading=loading), FollowHeat())
    assert plan.net_power_kw.tolist() == [50.0, 0.0]
    assert plan.export_kw.tolist() == [0.0, 0.0]


def test_heat_beyond_the_demand_is_dumped(site: Site) -> None:
    plan = dispatch(site([60.0], 25.0), FollowElectric())
    assert (plan.heat_recovered_kw[0], plan.heat_used_kw[0], plan.heat_dumped_kw[0]) == (100.0, 25.0, 75.0)


def test_heat_beyond_the_boiler_is_unmet(site: Site) -> None:
    small = Boiler(30.0, 0.8, Source("test", "", "estimate"))
    plan = dispatch(site([60.0], 150.0, boiler=small), FollowElectric())
    assert (plan.heat_used_kw[0], plan.boiler_heat_kw[0], plan.unmet_kw[0]) == (100.0, 30.0, 20.0)
    none = dispatch(site([60.0], 150.0, boiler=None), FollowElectric())
    assert (none.boiler_fuel_kw_hhv[0], none.unmet_kw[0]) == (0.0, 50.0)


def test_sequential_loading_burns_what_its_units_burn(site: Site) -> None:
    """A bent fuel line: 60 + 30 kW in sequence differ from 45 + 45 kW."""
    power = np.tile(np.linspace(20.0, 60.0, 5), (1, 1))
    fuel = 50.0 + 2.5 * power + 0.01 * (power - 20.0) ** 2
    one = dispatch(site([90.0], fuel_kw_lhv=fuel, loading=Loading.SEQUENTIAL), FollowElectric())
    assert one.fuel_kw_lhv[0] == pytest.approx(fuel[0, 4] + fuel[0, 1])
    even = dispatch(site([90.0], fuel_kw_lhv=fuel), FollowElectric())
    assert even.fuel_kw_lhv[0] == pytest.approx(2 * (fuel[0, 2] + fuel[0, 3]) / 2)


def test_starts_stops_and_standby_cost_electricity_and_fuel(site: Site) -> None:
    costs = {"start_energy_kwh": 0.5, "stop_energy_kwh": 0.2, "start_fuel_kwh_lhv": 3.0, "standby_kw": 0.1}
    plan = dispatch(site([0.0, 60.0, 60.0, 10.0], step_hours=0.5, **costs), FollowElectric())
    assert plan.starts.tolist() == [0, 1, 0, 0]
    assert plan.stops.tolist() == [0, 0, 0, 1]
    assert plan.import_kw == pytest.approx([0.2, 0.1 + 0.5 / 0.5, 0.1, 10.0 + 0.2 + 0.2 / 0.5])
    assert plan.fuel_kw_lhv == pytest.approx([0.0, 200.0 + 3.0 / 0.5, 200.0, 0.0])


def test_units_that_run_before_the_first_step_need_no_start(site: Site) -> None:
    plan = dispatch(site([120.0, 10.0], initially_on=2), FollowElectric())
    assert plan.starts.tolist() == [0, 0]
    assert plan.stops.tolist() == [0, 2]


def test_a_start_is_held_for_the_minimum_run(site: Site) -> None:
    plan = dispatch(site([60.0, 25.0, 25.0, 25.0, 25.0], min_run_steps=3), PeakShaving(40.0))
    assert plan.units_on.tolist() == [1, 1, 1, 0, 0]
    assert plan.net_power_kw.tolist() == [20.0] * 3 + [0.0] * 2


def test_no_start_where_the_connection_would_cut_the_run_short(site: Site) -> None:
    plan = dispatch(site([60.0, 10.0, 60.0, 60.0, 60.0], min_run_steps=3), FollowElectric())
    assert plan.units_on.tolist() == [0, 0, 1, 1, 1]


def test_a_stop_is_held_for_the_minimum_rest(site: Site) -> None:
    plan = dispatch(site([60.0, 10.0, 60.0, 60.0, 60.0], min_rest_steps=3, count=1), FollowElectric())
    assert plan.units_on.tolist() == [1, 0, 0, 0, 1]


def test_availability_is_in_whole_units(site: Site) -> None:
    plan = dispatch(site([120.0] * 4, availability=np.array([1.0, 0.99, 0.5, 0.4])), FollowElectric())
    assert plan.units_on.tolist() == [2, 1, 1, 0]


def test_no_unit_runs_where_the_air_gives_no_power(site: Site) -> None:
    power = np.tile(np.linspace(20.0, 60.0, 5), (2, 1))
    power[1] = 0.0
    plan = dispatch(site([60.0, 60.0], power_kw=power, fuel_kw_lhv=power, heat_kw=power), FollowElectric())
    assert plan.units_on.tolist() == [1, 0]
    assert plan.import_kw.tolist() == [0.0, 60.0]


def test_the_twin_without_machines(site: Site) -> None:
    problem = site([50.0, 60.0], 80.0)
    twin = dispatch(replace(problem, envelope=replace(problem.envelope, count=0)), FollowHeat())
    assert twin.import_kw.tolist() == [50.0, 60.0]
    assert twin.boiler_heat_kw.tolist() == [80.0, 80.0]
    assert not twin.fuel_kw_lhv.any()


@pytest.mark.parametrize("rule", [TimeOfUse(8, 20), PeakShaving(tuple(float(i) for i in range(12)))])
def test_windows_and_months_need_a_calendar(site: Site, rule: TimeOfUse | PeakShaving) -> None:
    with pytest.raises(InputError, match="needs a calendar"):
        dispatch(site([50.0]), rule)


def test_no_heat_to_follow(site: Site) -> None:
    with pytest.raises(InputError, match="make no hot water"):
        dispatch(site([50.0], capabilities=frozenset()), FollowHeat())


def test_totals_of_designs_are_those_of_their_schedules(site: Site, year: TimeAxis) -> None:
    t = np.arange(8760)
    load, heat = 90.0 + 60.0 * np.sin(t / 24 * 2 * np.pi), 80.0 + 70.0 * np.cos(t / 8760 * 2 * np.pi)
    problem = site(load, heat, axis=year, min_run_steps=2, standby_kw=0.2, start_fuel_kwh_lhv=1.0, initially_on=1)
    rules = [BaseLoad(0.7), FollowElectric(), FollowHeat(), PeakShaving(100.0), TimeOfUse(8, 20), TimeOfUse(9, 12, ("sun",))]
    designs = [Design(count, rule) for count in range(11) for rule in rules]  # more than one block
    totals = dispatch_designs(problem, designs)
    for i, design in enumerate(designs):
        alone = replace(problem, envelope=replace(problem.envelope, count=design.count), initially_on=min(1, design.count))
        plan = dispatch(alone, design.rule)
        assert totals.starts[i] == plan.starts.sum()
        assert totals.run_hours[i] == plan.units_on.sum()
        assert totals.peak_import_kw[i] == pytest.approx([plan.import_kw[year.month == month].max() for month in range(12)])
        for total, flow in {
            "generated_net_kwh": plan.net_power_kw,
            "fuel_kwh_lhv": plan.fuel_kw_lhv,
            "heat_recovered_kwh": plan.heat_recovered_kw,
            "heat_used_kwh": plan.heat_used_kw,
            "heat_dumped_kwh": plan.heat_dumped_kw,
            "boiler_heat_kwh": plan.boiler_heat_kw,
            "boiler_fuel_kwh_hhv": plan.boiler_fuel_kw_hhv,
            "unmet_kwh": plan.unmet_kw,
            "import_kwh": plan.import_kw,
            "export_kwh": plan.export_kw,
        }.items():
            assert getattr(totals, total)[i] == pytest.approx(flow.sum(), rel=1e-9, abs=1e-6), total


def test_a_design_may_raise_the_minimum_load(site: Site) -> None:
    totals = dispatch_designs(site([30.0, 50.0]), [Design(2, FollowElectric()), Design(2, FollowElectric(), 0.6)])
    assert totals.generated_net_kwh.tolist() == [80.0, 50.0]
    assert totals.fuel_kwh_lhv == pytest.approx([50.0 * 2 + 2.5 * 80.0, 50.0 + 2.5 * 50.0])


def test_designs_that_cannot_be_are_named_together(site: Site) -> None:
    designs = [Design(-1, BaseLoad()), Design(1, BaseLoad(), 0.1), Design(1, TimeOfUse(8, 20)), Design(1, BaseLoad(), 1.2)]
    with pytest.raises(InputError) as error:
        dispatch_designs(site([50.0]), designs)
    assert [fault.path for fault in error.value.faults] == [
        "designs[0].count",
        "designs[1].min_load_fraction",
        "designs[2].rule",
        "designs[3].min_load_fraction",
    ]


def test_no_designs_have_no_totals(site: Site) -> None:
    assert dispatch_designs(site([50.0]), []).starts.shape == (0,)


def test_generation_is_kept_beside_the_net_load(site: Site) -> None:
    problem = site([30.0, 50.0, 80.0])
    designs = [Design(2, BaseLoad(0.5)), Design(1, FollowElectric()), Design(0, FollowElectric())]
    found = dispatch_designs(problem, designs, with_net=True, with_generation=True)
    assert found.net_kw is not None
    assert found.generation_kw is not None
    for row, design in enumerate(designs):
        plan = dispatch(replace(problem, envelope=replace(problem.envelope, count=design.count)), design.rule)
        assert found.generation_kw[row].tolist() == plan.net_power_kw.tolist()
        assert found.net_kw[row].tolist() == (plan.import_kw - plan.export_kw).tolist()
    alone = dispatch_designs(problem, designs, with_generation=True)
    assert alone.net_kw is None
    assert (alone.generation_kw == found.generation_kw).all()


def test_sums_of_heat_do_not_say_what_a_boiler_with_a_curve_burns(site: Site) -> None:
    curved = Boiler(100.0, 0.8, Source("test", "", "estimate"), ((0.5, 0.7), (1.0, 0.8)))
    with pytest.raises(InputError, match=r"boiler.part_load = 2: has a part-load curve"):
        dispatch_designs(replace(site([50.0]), boiler=curved), [Design(1, FollowElectric())])


def test_gas_in_plenty_leaves_a_design_that_burns_more_its_power(site: Site) -> None:
    """60 kW burn 200 kW of fuel: 260 kW feed a machine that takes a quarter more; 220 kW hold it to 88 % of its power."""
    problem = replace(site([80.0, 80.0], count=1), fuel_limit_kw_lhv=np.array([260.0, 220.0]))
    found = dispatch_designs(problem, [Design(1, FollowElectric(), fuel_factor=1.25), Design(1, FollowElectric())], with_net=True)
    assert found.net_kw is not None
    assert found.net_kw.tolist() == [[20.0, pytest.approx(80.0 - 60.0 * 0.88)], [20.0, 20.0]]
