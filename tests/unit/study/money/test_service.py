"""Service plans and overhauls against counts by hand."""

from __future__ import annotations

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.study.money.service import Overhaul, Service, service_usd, times_due


def flow(money, name):
    return next(flow.usd for flow in money.whole.flows if flow.name == name)


def yearly(value: float, years: int = 10):
    return np.where(np.arange(years + 1) > 0, value, 0.0)


def test_a_plan_adds_its_four_prices():
    plan = Service(usd_per_year=100.0, usd_per_kwh=0.01, usd_per_run_hour=0.5, usd_per_start=2.0)
    assert service_usd(plan, yearly(1000.0), yearly(200.0), yearly(10.0))[1] == pytest.approx(100.0 + 10.0 + 100.0 + 20.0)


def test_warranty_and_excluded_years_are_not_charged(money_of):
    service = {"usd_per_year": 1000.0, "first_year": 3, "last_year": 8, "excluded_years": [5], "escalation": 0.1}
    found = flow(money_of(service=service), "service")
    assert (found != 0.0).tolist() == [year in (3, 4, 6, 7, 8) for year in range(11)]
    assert found[3] == pytest.approx(-1000.0 * 1.1**2), "prices of the first year grow while nothing is charged"


def test_an_overhaul_falls_due_when_its_hours_are_passed():
    """8,000 h a year: 40,000 h are reached at the end of year 5, and of year 10."""
    due = times_due(Overhaul(name="core", usd_per_unit=1.0, every_fired_hours=40_000.0), yearly(8000.0), yearly(0.0))
    assert np.flatnonzero(due).tolist() == [5, 10]


def test_starts_count_as_equivalent_hours():
    """8,000 h and 100 starts of 20 h: 10,000 equivalent hours a year."""
    item = Overhaul(name="core", usd_per_unit=1.0, every_fired_hours=40_000.0, hours_per_start=20.0)
    assert np.flatnonzero(times_due(item, yearly(8000.0), yearly(100.0))).tolist() == [4, 8]


def test_a_short_interval_falls_due_more_than_once_a_year():
    due = times_due(Overhaul(name="filter", usd_per_unit=1.0, every_fired_hours=3000.0), yearly(8000.0), yearly(0.0))
    assert due[1:4].tolist() == [2.0, 3.0, 3.0]
    assert due.sum() == 26.0, "80,000 h / 3,000 h, whole"


def test_starts_and_years_have_their_own_intervals():
    assert np.flatnonzero(
        times_due(Overhaul(name="i", usd_per_unit=1, every_starts=250.0), yearly(0.0), yearly(100.0))
    ).tolist() == [3, 5, 8, 10]
    item = Overhaul(name="battery", usd_per_unit=1.0, every_years=5.0, in_last_year=False)
    assert np.flatnonzero(times_due(item, yearly(0.0), yearly(0.0))).tolist() == [5]


def test_cost_is_of_all_units_at_the_prices_of_its_year(money_of):
    overhaul = {"name": "core", "usd_per_unit": 15_000.0, "every_fired_hours": 40_000.0, "escalation": 0.02}
    found = flow(money_of(overhaul=[overhaul]), "core")
    assert found[5] == pytest.approx(-2 * 15_000.0 * 1.02**4)
    assert np.flatnonzero(found).tolist() == [5, 10]


def test_a_plan_pays_for_what_it_covers_while_it_runs(money_of):
    overhaul = {"name": "core", "usd_per_unit": 15_000.0, "every_fired_hours": 40_000.0}
    found = flow(money_of(overhaul=[overhaul], service={"usd_per_year": 1.0, "last_year": 9, "covers": ["core"]}), "core")
    assert np.flatnonzero(found).tolist() == [10]


def test_a_capitalised_replacement_is_depreciated_from_its_year_on(money_of):
    item = {"name": "core", "usd_per_unit": 10_000.0, "every_years": 6, "treatment": "capitalise"}
    terms = {"tax_rate": 0.25, "depreciation": {"method": "straight_line", "years": 4}}
    money, without = money_of(overhaul=[item], **terms), money_of(**terms)
    more = money.whole.federal_depreciation_usd - without.whole.federal_depreciation_usd
    assert more.tolist() == pytest.approx([0.0] * 6 + [5000.0] * 4 + [0.0])


@pytest.mark.parametrize(
    ("tables", "path"),
    [
        ({"overhaul": [{"name": "a", "usd_per_unit": 1.0}]}, "finance.overhaul[0]"),
        ({"overhaul": [{"name": "a", "usd_per_unit": 1.0, "every_years": 2, "every_starts": 3}]}, "finance.overhaul[0]"),
        (
            {"overhaul": [{"name": "a", "usd_per_unit": 1.0, "every_years": 2, "hours_per_start": 3}]},
            "finance.overhaul[0].hours_per_start",
        ),
        ({"overhaul": [{"name": "om", "usd_per_unit": 1.0, "every_years": 2}]}, "finance.overhaul[0].name"),
        ({"service": {"covers": ["b"]}}, "finance.service.covers"),
        ({"service": {"last_year": 11}}, "finance.service.last_year"),
        ({"service": {"first_year": 3, "excluded_years": [2]}}, "finance.service.excluded_years"),
    ],
)
def test_plans_that_cannot_be_are_faults(money_of, tables, path):
    with pytest.raises(InputError) as caught:
        money_of(**tables)
    assert [fault.path for fault in caught.value.faults] == [path]
