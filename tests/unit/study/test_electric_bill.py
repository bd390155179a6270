"""The services beside the tariff: standby power billed once, departing load with the project only, reactive power of the load."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.site.standby_bill import standby_use
from brayton.study.electric_bill import departing_load_usd
from brayton.study.inputs import read_inputs
from brayton.study.result import StudyResult
from brayton.study.study import run_study

STANDBY = """
name = "Standby"
source = { title = "made up for tests", date = "2026", basis = "estimate" }
contract_kw = "rating"
split = "SPLIT"
reservation_usd_per_kw_month = 2.0
backup_usd_per_kw_day = 0.5
backup_adder_usd_per_kwh = 0.01
maintenance_usd_per_kw_day = 0.25
"""
WITH_STANDBY = ("[tariff.inline]\n", '[tariff]\nstandby = "standby.toml"\n\n[tariff.inline]\n')
OUTAGES = "[availability]\nmtbf_h = 500.0\nmttr_h = 50.0\n"
DEPARTING = """[tariff.departing_load]
name = "exit fee"
source = { title = "made up for tests", date = "2026", basis = "estimate" }
usd_per_kwh = 0.02
"""


def study(path: Path) -> StudyResult:
    return run_study(read_inputs(path))


def with_standby(site_with, *tables: str, split: str = "normal_generation") -> Path:
    path = site_with(*tables, changes=(WITH_STANDBY,))
    (path.parent / "standby.toml").write_text(STANDBY.replace("SPLIT", split))
    return path


def usd_of(result: StudyResult, item: str) -> float:
    return math.fsum(line.amount_usd for line in result.with_project.bill.lines if line.item == item)


@pytest.mark.parametrize("split", ["normal_generation", "contract"])
def test_what_standby_delivers_is_not_billed_by_the_tariff_too(site_with, monkeypatch, split):
    """Supplementary, backup and maintenance power add up to the net load of every step, and the energy lines to its energy."""
    uses = []

    def kept(*arguments, **more):
        uses.append(standby_use(*arguments, **more))
        return uses[-1]

    monkeypatch.setattr("brayton.study.electric_bill.standby_use", kept)
    result = study(with_standby(site_with, OUTAGES, split=split))
    (use,) = uses
    plan = result.with_project.schedule
    assert use.full_kw + use.backup_kw + use.maintenance_kw == pytest.approx(plan.import_kw - plan.export_kw)
    assert use.backup_kw.sum() > 0.0
    assert use.maintenance_kw.sum() > 0.0
    kwh = [line for line in result.with_project.bill.lines if line.unit == "kWh" and line.period != "adder"]
    assert math.fsum(line.quantity for line in kwh) == pytest.approx(plan.import_kw.sum())
    assert math.fsum(line.amount_usd for line in result.with_project.bill.lines) == pytest.approx(result.with_project.bill_usd)


def test_standby_is_the_projects_alone(site_with):
    plain, served = study(site_with(OUTAGES)), study(with_standby(site_with, OUTAGES))
    assert served.baseline.bill_usd == plain.baseline.bill_usd
    assert served.with_project.schedule.import_kw == pytest.approx(plain.with_project.schedule.import_kw)
    reserved = [line for line in served.with_project.bill.lines if line.period == "reservation"]
    assert math.fsum(line.amount_usd for line in reserved) == pytest.approx(12 * 2.0 * 60.0)


def test_a_machine_that_never_fails_pays_the_reservation_alone(site_with):
    plain, served = study(site_with()), study(with_standby(site_with))
    assert served.with_project.bill_usd - plain.with_project.bill_usd == pytest.approx(12 * 2.0 * 60.0)


def test_departing_load_is_paid_on_what_the_site_makes_and_uses(site_with):
    exporting = ('"follow_electric"', '"base_load"\nexport = { limit_kw = 200.0 }')
    changes = (exporting, ("count = 1", "count = 3"))
    plain, charged = study(site_with(changes=changes)), study(site_with(DEPARTING, changes=changes))
    plan = charged.with_project.schedule
    used_kwh = (plan.net_power_kw - plan.export_kw).sum()
    assert plan.export_kw.sum() > 0.0
    assert charged.baseline.bill_usd == plain.baseline.bill_usd
    assert charged.with_project.bill_usd - plain.with_project.bill_usd == pytest.approx(0.02 * used_kwh)
    assert usd_of(charged, "departing_load") == pytest.approx(0.02 * used_kwh)


def test_departing_load_is_paid_in_its_years(site_with):
    inputs = read_inputs(site_with(DEPARTING + "first_year = 2\nlast_year = 4\n"))
    result = run_study(inputs)
    usd = departing_load_usd(inputs, result.model, result.with_project.schedule)
    amount = 0.02 * result.machine.generated_net_kwh
    assert usd == pytest.approx([0.0, amount, amount, amount, *[0.0] * 11])
    assert usd_of(result, "departing_load") == 0.0


def test_reactive_power_is_that_of_the_load_in_both_runs(site_with):
    """By hand: 0.85 is a tangent of 0.62; a quarter of the kW is free."""
    reactive = (
        "[[tariff.inline.energy]]",
        "[tariff.inline.reactive]\nusd_per_kvar = 1.0\nfree_kvar_per_kw = 0.25\n\n[[tariff.inline.energy]]",
    )
    factor = ("[tariff.inline]\n", "[tariff]\npower_factor = 0.85\n\n[tariff.inline]\n")
    result = study(site_with(changes=(factor, reactive)))
    kvar = result.electric_kw * math.tan(math.acos(0.85))
    lines = [line for line in result.baseline.bill.lines if line.item == "reactive"]
    assert len(lines) == 12
    january = result.axis.month == 0
    peak_kw, peak_kvar = result.electric_kw[january].max(), kvar[january].max()
    assert lines[0].amount_usd == pytest.approx(peak_kvar - 0.25 * peak_kw)
    after = [line for line in result.with_project.bill.lines if line.item == "reactive"]
    assert after[0].amount_usd > lines[0].amount_usd, "a machine makes real power: less of the same kvar is free"


def test_reactive_charges_need_the_power_factor(site_with):
    reactive = ("[[tariff.inline.energy]]", "[tariff.inline.reactive]\nusd_per_kvar = 1.0\n\n[[tariff.inline.energy]]")
    with pytest.raises(InputError, match="reactive"):
        study(site_with(changes=(reactive,)))


def test_peaks_of_the_year_before_set_a_ratchet(site_with):
    ratchet = (
        "[[tariff.inline.energy]]",
        '[tariff.inline.ratchet]\nfraction = 0.8\napplies_to = ["flat_demand"]\n\n[[tariff.inline.energy]]',
    )
    before = ("[tariff.inline]\n", f"[tariff]\nprevious_peaks_kw = {[400.0] * 12}\n\n[tariff.inline]\n")
    plain, high = study(site_with(changes=(ratchet,))), study(site_with(changes=(ratchet, before)))
    assert high.baseline.bill_usd > plain.baseline.bill_usd
    assert high.with_project.bill_usd > plain.with_project.bill_usd
    assert np.isclose(high.baseline.electricity_import_kwh, plain.baseline.electricity_import_kwh)
