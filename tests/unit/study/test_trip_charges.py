"""What a trip costs: by hand under one price per kW, nothing in hours that nobody bills, nothing without a demand charge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from brayton.site.export_credit import ExportRule
from brayton.site.tariff_clock import clock_of
from brayton.study.doubt.table import Availability
from brayton.study.inputs import StudyInputs, read_inputs
from brayton.study.site_model import SiteModel, one_machine, site_model
from brayton.study.trip_charges import billed_steps, trip_charges

Change = Callable[..., Path]

FLAT = '[[tariff.inline.flat_demand]]\nname = "maximum"\nusd_per_kw = 12.0\n'
ON_PEAK = (
    '[[tariff.inline.demand]]\nname = "on-peak"\nmonths = [6, 7, 8]\ndays = "weekdays"\nhours = [[8, 20]]\nusd_per_kw = 20.0\n'
)
NO_SERVICE = Availability(service="none")


def site(path: Path) -> tuple[StudyInputs, SiteModel]:
    inputs = read_inputs(path)
    return inputs, site_model(inputs, *one_machine(inputs))


def test_a_trip_costs_the_price_of_its_kw_and_its_hour_of_energy(scenario_with: Change) -> None:
    """100 to 160 kW of load and one machine of 60 kW that always runs: a trip adds the machine's power."""
    inputs, model = site(scenario_with())
    found = trip_charges(inputs, model, NO_SERVICE)
    assert found is not None
    tripped = np.array([inputs.electric_kw[inputs.axis.month == month].max() for month in range(12)])
    assert found.risk.tripped_kw == pytest.approx(tripped, abs=2.0), "the load, and what a resting machine draws"
    rise = found.risk.tripped_kw - found.risk.peak_kw
    assert found.trip_usd == pytest.approx(12.0 * rise + 0.15 * 60.0, abs=1.0)
    assert found.trips_per_year == pytest.approx(8760.0 / 2000.0)
    # each month's expected rise at its own price, which holds an hour of energy for 60 kW
    assert found.expected_usd == pytest.approx(12.0 * found.risk.extra_kw.sum(), rel=0.02)
    assert f"{found.expected_usd:,.0f} USD a year" in next(found.notes())


def test_only_hours_that_are_billed_hold_a_peak(scenario_with: Change) -> None:
    inputs, model = site(scenario_with((FLAT, ON_PEAK)))
    billed = billed_steps(inputs.tariff, clock_of(inputs.tariff, inputs.axis))
    axis = inputs.axis
    summer_day = np.isin(axis.month, (5, 6, 7)) & (axis.weekday < 5) & (axis.hour >= 8) & (axis.hour < 20)
    assert (billed == summer_day).all()
    found = trip_charges(inputs, model, NO_SERVICE)
    assert found is not None
    summer = np.isin(np.arange(12), (5, 6, 7))
    assert (found.risk.chance[summer] > 0.0).all()
    assert (found.risk.chance[~summer] == 0.0).all()
    assert (found.risk.extra_kw[~summer] == 0.0).all()
    flat = trip_charges(*site(scenario_with()), NO_SERVICE)
    assert flat is not None
    assert found.risk.chance_of_year < flat.risk.chance_of_year


def test_planned_outages_leave_less_to_a_trip(scenario_with: Change) -> None:
    """A week of service without the one machine sets the peak of its month already."""
    inputs, model = site(scenario_with())
    calm, served = (trip_charges(inputs, model, table) for table in (NO_SERVICE, Availability()))
    assert calm is not None
    assert served is not None
    months = [2, 3, 6, 9]
    assert (served.risk.chance[months] < 0.5 * calm.risk.chance[months]).all()
    assert served.risk.chance[0] == calm.risk.chance[0]


def test_without_a_demand_charge_there_is_no_risk(scenario_with: Change) -> None:
    assert trip_charges(*site(scenario_with((FLAT, ""))), NO_SERVICE) is None
    inputs, model = site(scenario_with())
    sold_whole = replace(inputs, tariff=replace(inputs.tariff, export=ExportRule("buy_all_sell_all")))
    assert trip_charges(sold_whole, model, NO_SERVICE) is None, "demand is metered on the load itself"


def test_means_of_a_longer_window_are_billed(scenario_with: Change) -> None:
    path = scenario_with(
        ("fixed_usd_per_month = 50.0", "fixed_usd_per_month = 50.0\ndemand_window_minutes = 60"),
        ("\nyear = 2021", "\nyear = 2021\nstep_minutes = 30"),
    )
    rows = (path.parent / "loads.csv").read_text().splitlines()
    halves = [rows[0]]
    for row in rows[1:]:
        halves += [row, row.replace(":00,", ":30,", 1)]
    (path.parent / "loads.csv").write_text("\n".join(halves) + "\n")
    found, hourly = trip_charges(*site(path), NO_SERVICE), trip_charges(*site(scenario_with()), NO_SERVICE)
    assert found is not None
    assert hourly is not None
    assert found.risk.tripped_kw == pytest.approx(hourly.risk.tripped_kw, rel=1e-9)
    assert found.risk.chance == pytest.approx(hourly.risk.chance, rel=1e-6)
    assert found.trip_usd == pytest.approx(hourly.trip_usd, rel=1e-6)
