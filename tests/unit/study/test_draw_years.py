"""Years of draws against `run_year`, one by one: equal where nothing is approximated, and the study's own year in all cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from brayton.site.export_credit import ExportRule
from brayton.study.doubt.site_year import YearFactors, YearTotals
from brayton.study.draw_years import KernelYears
from brayton.study.inputs import StudyInputs, read_inputs
from brayton.study.result import Run
from brayton.study.run import run_year
from brayton.study.site_model import SiteModel, envelope_of_shifted_year, one_machine, site_model

Change = Callable[..., Path]

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "02_santa_fe_pool.toml"

AVAILABILITY = ("[dispatch]", "[availability]\nmtbf_h = 500.0\n\n[doubt]\nmachine_years = 12\n\n[dispatch]")
PART_LOAD = ("efficiency_hhv = 0.8", 'efficiency_hhv = 0.8\ncapacity_kw = 250.0\npart_load = "doe2"')
BATTERY = (
    "[dispatch]",
    '[[equipment]]\nkind = "battery"\ncapacity_kwh = 100.0\ncharge_kw = 40.0\ndischarge_kw = 40.0\ncharge_eff = 0.95\n'
    'discharge_eff = 0.95\nrule = "peak_shaving"\nthreshold_kw = 60.0\ninstalled_cost_usd = 50000.0\n\n[dispatch]',
)
SELL = ("usd_per_kwh = 0.15", "usd_per_kwh = 0.15\nsell_usd_per_kwh = 0.05")
HOTTER = (
    "[tariff.inline]\n",
    '[[load]]\nkind = "hot_water"\nconstant_kw = 40.0\nsupply_temp_c = 130.0\nreturn_temp_c = 110.0\n\n[tariff.inline]\n',
)
GAS_TARIFF = ("price_usd_per_mmbtu_hhv = 8.0", 'tariff = "gas.toml"')
GAS = """
schema = 1
name = "General service"
utility = "made up"
unit = "therm"
fixed_usd_per_month = 100.0
source = { title = "made up for tests", date = "2026", basis = "estimate" }

[commodity]
usd_per_unit = 0.5

[[delivery]]
name = "all year"
blocks = [ { up_to = 3000, usd_per_unit = 0.30 }, { usd_per_unit = 0.20 } ]
"""
DEMAND = """
[demand]
name = "MDQ"
usd_per_unit_day = 0.6
"""
SUPPLY = ("price_usd_per_mmbtu_hhv = 8.0", "price_usd_per_mmbtu_hhv = 8.0\nsupply_pressure_kpag = 5.0")
LANDFILL = (
    "[dispatch]",
    '[gas_supply]\nkind = "landfill"\nflow_m3_n_per_h = 45.0\nflow_basis = "dry"\nsaturated_at_c = 30.0\nmethane = 0.5\n'
    "nitrogen = 0.02\nh2s_ppm = 20.0\nsiloxane_mg_per_m3_n = 5.0\nroyalty_usd_per_mmbtu_hhv = 0.5\n\n"
    "[gas_train]\npressure_drop_kpa = 1.0\ndew_point_c = 5.0\nchiller_cop = 2.5\nservice_interval_h = 4000.0\n"
    "service_visit_usd = 300.0\n\n"
    '[flare]\ncounterfactual = "flare"\ndestruction_eff = 0.98\nmin_flow_m3_n_per_h = 0.0\n\n[dispatch]',
)

SHORT_OF_GAS = (LANDFILL[0], LANDFILL[1].replace("45.0", "22.0"))


def study_of(path: Path) -> tuple[StudyInputs, SiteModel, Run, Run]:
    """Inputs, site, and its runs without and with the project."""
    inputs = read_inputs(path)
    model = site_model(inputs, *one_machine(inputs))
    without, with_project = (run_year(inputs, model, with_project=project) for project in (False, True))
    return inputs, model, without, with_project


def years_of(inputs: StudyInputs, model: SiteModel, without: Run, with_project: Run, shifts: tuple[float, ...]) -> KernelYears:
    envelopes = [envelope_of_shifted_year(inputs, model, shift) if shift else model.problem.envelope for shift in shifts]
    return KernelYears(inputs, model, without, with_project, tuple(envelopes))


def drawn(count: int, weather: int, rows: int, seed: int = 1) -> YearFactors:
    generator = np.random.default_rng(seed)
    return YearFactors(
        electric_load=generator.normal(1.0, 0.05, count),
        heat_load=generator.normal(1.0, 0.1, count),
        power=generator.uniform(0.95, 1.0, count),
        fuel=generator.uniform(0.9, 1.1, count),
        weather=generator.integers(0, weather, count),
        availability=generator.integers(0, rows, count),
    )


def own_year(inputs: StudyInputs, weather: int) -> YearFactors:
    rows = inputs.availability_years
    one = np.ones(1)
    row = 0 if rows is None else len(rows) // 2
    return YearFactors(one, one, one, one, np.array([weather]), np.array([row]))


def one_by_one(years: KernelYears, factors: YearFactors) -> YearTotals:
    """Every draw as a site of its own, through the study's `run_year`."""
    inputs, model = years.inputs, years.model
    rows: list[dict[str, float]] = []
    for d in range(factors.count):
        problem, unit = model.problem, years.envelopes[factors.weather[d]]
        only = problem.boiler_only_kw
        envelope = replace(
            unit,
            power_kw=unit.power_kw * factors.power[d],
            fuel_kw_lhv=unit.fuel_kw_lhv * factors.fuel[d],
            heat_kw=unit.heat_kw * factors.fuel[d],
            min_load_fraction=unit.min_load_fraction * factors.power[d],
        )
        scaled = replace(
            problem,
            envelope=envelope,
            electric_kw=problem.electric_kw * factors.electric_load[d],
            heat_kw=problem.heat_kw * factors.heat_load[d],
            boiler_only_kw=None if only is None else only * factors.heat_load[d],
            availability=None if inputs.availability_years is None else inputs.availability_years[factors.availability[d]],
        )
        site = replace(model, problem=scaled)
        after, before = (run_year(inputs, site, with_project=project) for project in (True, False))
        hours, plan = problem.step_hours, after.schedule
        found = {name: getattr(after, name) for name in ("bill_usd", "fuel_usd", "om_usd", "co2_kg")}
        found |= {f"baseline_{name}": getattr(before, name) for name in found}
        found |= {
            "generated_net_kwh": float(plan.net_power_kw.sum() * hours),
            "run_hours": float(plan.units_on.sum() * hours),
            "starts": float(plan.starts.sum()),
        }
        rows.append(found)
    return YearTotals(**{name: np.array([row[name] for row in rows]) for name in rows[0]})


def assert_alike(found: YearTotals, expected: YearTotals, rel: float = 1e-9, *, but: tuple[str, ...] = ()) -> None:
    for name, values in vars(expected).items():
        if name not in but:
            assert getattr(found, name) == pytest.approx(values, rel=rel, abs=1e-6), name


@pytest.mark.parametrize(
    "replacements",
    [
        pytest.param([AVAILABILITY], id="outages"),
        pytest.param([AVAILABILITY, BATTERY], id="battery"),
        pytest.param([GAS_TARIFF], id="gas tariff"),
        pytest.param([HOTTER], id="heat beyond the exchanger"),
        pytest.param([("count = 1", "count = 3"), ('"follow_electric"', '"follow_heat"')], id="three that follow heat"),
        pytest.param(
            [("count = 1", "count = 2"), ('"follow_electric"', '"follow_electric"\nmin_run_hours = 4.0')], id="minimum run"
        ),
    ],
)
def test_each_draw_is_a_year_of_its_own(scenario_with: Change, replacements: list[tuple[str, str]]) -> None:
    path = scenario_with(*replacements)
    (path.parent / "gas.toml").write_text(GAS)
    study = study_of(path)
    years = years_of(*study, shifts=(-1.0, 0.0, 1.0))
    rows = 1 if study[0].availability_years is None else 12
    factors = drawn(8, 3, rows)
    assert_alike(years(factors), one_by_one(years, factors))


def test_generation_that_is_sold_whole_is_metered_apart(scenario_with: Change) -> None:
    inputs = read_inputs(scenario_with(SELL))
    inputs = replace(inputs, tariff=replace(inputs.tariff, export=ExportRule("buy_all_sell_all")))
    model = site_model(inputs, *one_machine(inputs))
    runs = [run_year(inputs, model, with_project=project) for project in (False, True)]
    years = years_of(inputs, model, *runs, shifts=(0.0,))
    factors = drawn(8, 1, 1)
    assert_alike(years(factors), one_by_one(years, factors))


def test_a_hotel_with_a_pool_draw_by_draw() -> None:
    years = years_of(*study_of(EXAMPLE), shifts=(-0.9, -0.4, 0.0, 0.4, 0.9))
    factors = drawn(24, 5, 1)
    assert_alike(years(factors), one_by_one(years, factors))


def test_blocks_of_any_length_give_the_same(scenario_with: Change, monkeypatch: pytest.MonkeyPatch) -> None:
    years = years_of(*study_of(scenario_with(AVAILABILITY)), shifts=(-1.0, 0.0, 1.0))
    factors = drawn(150, 3, 12)
    whole = years(factors)
    monkeypatch.setattr("brayton.study.draw_years.TOGETHER", 64)
    parts = years(factors)
    for name, values in vars(whole).items():
        assert (getattr(parts, name) == values).all(), name


@pytest.mark.parametrize(
    "replacements",
    [
        pytest.param([AVAILABILITY], id="outages"),
        pytest.param([PART_LOAD], id="boiler with a curve"),
        pytest.param([GAS_TARIFF, PART_LOAD], id="gas demand"),
        pytest.param([("C60", "C30"), SUPPLY, LANDFILL], id="gas of its own"),
    ],
)
def test_a_year_of_ones_is_the_studys_own(scenario_with: Change, replacements: list[tuple[str, str]]) -> None:
    path = scenario_with(*replacements)
    (path.parent / "gas.toml").write_text(GAS + DEMAND)
    inputs, model, without, with_project = study_of(path)
    years = KernelYears(inputs, model, without, with_project, (model.problem.envelope,))
    found = years(own_year(inputs, 0))
    for name in ("bill_usd", "fuel_usd", "om_usd", "co2_kg"):
        assert getattr(found, name)[0] == pytest.approx(getattr(with_project, name), rel=1e-12, abs=1e-9)
        assert getattr(found, f"baseline_{name}")[0] == pytest.approx(getattr(without, name), rel=1e-12, abs=1e-9)


@pytest.mark.parametrize(
    ("replacements", "names", "rel", "told"),
    [
        # the boiler's load moves by a tenth and more after the machine's heat; the efficiency of a month then by a percent or two
        pytest.param(
            [PART_LOAD], {"fuel_usd", "baseline_fuel_usd", "co2_kg", "baseline_co2_kg"}, 1.5e-2, "mean efficiency", id="curve"
        ),
        # a demand charge is an eighth of this gas bill; the highest day moves with the month to a tenth
        pytest.param([GAS_TARIFF], {"fuel_usd", "baseline_fuel_usd"}, 1e-2, "highest gas day", id="gas demand"),
        # royalty and media go with fuel, service with run hours, which do not
        pytest.param([("C60", "C30"), SUPPLY, LANDFILL], {"om_usd", "co2_kg"}, 1.5e-2, "own gas", id="gas of its own"),
        # a tenth more fuel per kWh, and gas for nine tenths of the power: in proportion is less by the fuel that idling takes
        pytest.param(
            [("C60", "C30"), SUPPLY, SHORT_OF_GAS],
            {"om_usd", "co2_kg", "bill_usd", "fuel_usd", "generated_net_kwh"},
            1.5e-2,
            "gas is short",
            id="short of gas",
        ),
    ],
)
def test_what_is_approximated_is_told_and_is_near(
    scenario_with: Change, replacements: list[tuple[str, str]], names: set[str], rel: float, told: str
) -> None:
    path = scenario_with(*replacements)
    (path.parent / "gas.toml").write_text(GAS + DEMAND)
    inputs, model, without, with_project = study_of(path)
    years = KernelYears(inputs, model, without, with_project, (model.problem.envelope,))
    factors = drawn(8, 1, 1)
    found, expected = years(factors), one_by_one(years, factors)
    assert_alike(found, expected, but=tuple(names))
    assert_alike(found, expected, rel)
    assert any(told in note for note in years.approximations())


def test_hot_air_takes_power(scenario_with: Change) -> None:
    inputs, model, *_ = study_of(scenario_with())
    cool, own, warm = (envelope_of_shifted_year(inputs, model, shift) for shift in (-5.0, 0.0, 5.0))
    assert (own.power_kw == model.problem.envelope.power_kw).all()
    assert warm.power_kw[:, -1].sum() < own.power_kw[:, -1].sum() <= cool.power_kw[:, -1].sum()
