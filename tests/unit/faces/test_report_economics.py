"""What decides: the parts of the net present value, and the values at which it is zero."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from brayton.faces.report.economics import Economics
from brayton.study.result import StudyResult

Maker = Callable[..., StudyResult]


def test_parts_add_up_to_the_saving_and_with_tax_and_investment_to_the_npv(study: StudyResult):
    economics = Economics(study)
    assert sum(part.first_year_usd for part in economics.parts) == pytest.approx(study.first_year.saving_usd)
    kept = 1.0 - study.scenario.finance.tax_rate
    growth = {"electricity bill saved": 1.02, "operation and maintenance": 1.02}
    for part in economics.parts:
        ratio = growth.get(part.name, 1.025) / 1.08
        by_hand = kept * part.first_year_usd / 1.08 * (1.0 - ratio**20) / (1.0 - ratio)
        assert part.present_value_usd == pytest.approx(by_hand), part.name
    present = sum(part.present_value_usd for part in economics.parts)
    assert economics.investment_value_usd == pytest.approx(-study.installed_cost_usd)
    assert economics.rest_usd == pytest.approx(0.0, abs=1e-6)
    assert present - study.installed_cost_usd == pytest.approx(study.money.whole.npv_usd)


def test_fuel_splits_into_what_boiler_and_machines_burn(study: StudyResult):
    parts = {part.name: part.first_year_usd for part in Economics(study).parts}
    plan, price = study.with_project.schedule, 8.0 / 293.07107017222
    assert parts["fuel of the machines"] == pytest.approx(-study.machine.fuel_kwh_hhv * price)
    saved_kwh = float((study.baseline.schedule.boiler_fuel_kw_hhv - plan.boiler_fuel_kw_hhv).sum())
    assert parts["boiler fuel saved"] == pytest.approx(saved_kwh * price)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("installed cost", "installed_usd_per_kw"),
        ("fuel price", "fuel_usd_per_mmbtu"),
        ("operation and maintenance", "om_usd_per_kwh"),
    ],
)
def test_at_a_break_even_the_npv_of_a_new_study_is_zero(study: StudyResult, make_study: Maker, name: str, key: str):
    found = {item.name: item for item in Economics(study).break_evens}
    at_needed = make_study(**{key: found[name].needed})
    assert at_needed.money.whole.npv_usd == pytest.approx(0.0, abs=1e-6 * study.installed_cost_usd)


def test_break_even_of_the_bill_saved_scales_its_part(study: StudyResult):
    economics = Economics(study)
    bill, *rest = economics.parts
    item = next(item for item in economics.break_evens if item.name.startswith("electricity"))
    assert item.change is not None
    others = sum(part.present_value_usd for part in rest)
    total = (1.0 + item.change) * bill.present_value_usd + others - study.installed_cost_usd
    assert total == pytest.approx(0.0, abs=1e-6 * study.installed_cost_usd)


def test_a_price_that_would_have_to_be_negative_is_said_to_be_none(make_study: Maker):
    economics = Economics(make_study(installed_usd_per_kw=20_000.0))
    assert not economics.pays
    needed = {item.name: item.needed for item in economics.break_evens}
    assert needed["operation and maintenance"] is None
    assert needed["installed cost"] is not None


def test_machines_that_never_run_turn_no_price_into_a_gain(make_study: Maker):
    economics = Economics(make_study(has_load=False))
    assert not economics.pays
    assert economics.nearest is None


def test_several_prices_at_once_are_those_of_new_studies(study: StudyResult, make_study: Maker):
    economics = Economics(study)
    assert [len(row.needed_usd_per_kwh) for row in economics.together] == [3] * 4
    half = economics.together[0]
    assert half.fuel_usd_per_mmbtu_hhv == pytest.approx(4.0)
    other = Economics(make_study(fuel_usd_per_mmbtu=4.0, installed_usd_per_kw=1000.0))
    bill = next(item for item in other.break_evens if item.name.startswith("electricity bill"))
    assert half.needed_usd_per_kwh[1] == pytest.approx(bill.needed)
    assert economics.together[2].needed_usd_per_kwh[0] < economics.value_per_kwh_usd  # as it is, it pays


def test_sales_and_gas_are_parts_of_their_own(landfill_study: StudyResult):
    economics = Economics(landfill_study)
    usd = {part.name: part.first_year_usd for part in economics.parts}
    assert list(usd) == [
        "electricity bill saved", "electricity sold", "operation and maintenance", "gas side: treatment, royalty, flare",
    ]  # fmt: skip
    assert sum(usd.values()) == pytest.approx(landfill_study.first_year.saving_usd)
    run = landfill_study.with_project
    assert usd["electricity sold"] == pytest.approx(-sum(line.amount_usd for line in run.bill.lines if line.item == "export"))
    assert [row.fuel_usd_per_mmbtu_hhv for row in economics.together] == [pytest.approx(float("nan"), nan_ok=True)]


def test_at_the_price_needed_sales_pay(landfill_study: StudyResult):
    economics = Economics(landfill_study)
    item = next(item for item in economics.break_evens if item.name == "price of electricity sold")
    sold = next(part for part in economics.parts if part.name == "electricity sold")
    assert item.now == pytest.approx(sold.first_year_usd / landfill_study.with_project.export_kwh)
    assert item.change is not None
    assert economics.npv_usd + item.change * sold.present_value_usd == pytest.approx(0.0, abs=1.0)


def test_given_away_and_all_heat(pool_study: StudyResult, study: StudyResult):
    economics = Economics(pool_study)
    assert economics.npv_given_away_usd == pytest.approx(economics.npv_usd + pool_study.installed_cost_usd)
    assert economics.all_heat_usd is not None
    assert economics.all_heat_usd == pytest.approx(pool_study.machine.heat_dumped_kwh / 0.8 * 8.0 / 293.07107017222)
    assert economics.npv_with_all_heat_usd is not None
    assert economics.npv_with_all_heat_usd > economics.npv_usd
    assert economics.is_narrow == (abs(economics.nearest.change) <= 0.1 if economics.nearest else False)  # type: ignore[arg-type]
