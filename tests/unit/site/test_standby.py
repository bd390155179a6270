"""Standby service: what its table may say, how an import splits, what is charged. Worked amounts stand in tests/validation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.core.records import parse_record
from brayton.core.timeaxis import TimeAxis
from brayton.site import standby
from brayton.site.bill import BillLine
from brayton.site.standby import (
    DepartingLoad,
    StandbyService,
    read_standby,
    standby_from_table,
)
from brayton.site.standby_bill import StandbyUse, departing_load_lines, standby_lines, standby_use

AXIS = TimeAxis(2018)
SOURCE = {"title": "made for a test", "date": "2024", "basis": "estimate", "note": "round figures"}
FIRST_OF_JUNE = 151 * 24  # a Friday


@pytest.fixture(scope="module")
def example(example_of):
    return example_of(standby)


def service(**keys: Any) -> StandbyService:
    return standby_from_table({"name": "s", "source": SOURCE, "contract_kw": 60.0, "split": "normal_generation", **keys})


def used(
    of: StandbyService, out: np.ndarray, planned: np.ndarray | None = None, load_kw: float = 100.0, **more: Any
) -> StandbyUse:
    """A load against 60 kW of machines, of which the shares `out` (planned ones included) are out."""
    return standby_use(
        of,
        AXIS,
        load_kw=np.full(AXIS.steps, load_kw),
        generation_kw=60.0 * (1.0 - out),
        availability=1.0 - out,
        planned_availability=1.0 if planned is None else 1.0 - planned,
        normal_generation_kw=np.full(AXIS.steps, 60.0),
        **more,
    )


def outage(first: int, hours: int, share: float = 1.0) -> np.ndarray:
    out = np.zeros(AXIS.steps)
    out[first : first + hours] = share
    return out


def test_the_example_of_the_docstring_is_read(example, tmp_path: Path) -> None:
    path = tmp_path / "standby.toml"
    path.write_text(example.text)
    found = read_standby(path)
    assert found == standby_from_table(example.tables())
    assert found.contract(None) == 60.0
    assert found.backup_hours == ((8, 22),)
    assert found.source.cite().basis == "primary"
    assert standby_from_table(example.tables(("contract_kw = 60.0", "contract_kw = 60"))).contract(None) == 60.0
    assert standby_from_table(example.tables(("contract_kw = 60.0", 'contract_kw = "rating"'))).contract(90.0) == 90.0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ([("contract_kw = 60.0", 'contract_kw = "all"')], "contract_kw = 'all': must be \"rating\" or a number"),
        ([("contract_kw = 60.0", "contract_kw = -60.0")], r"contract_kw = -60\.0: .*above zero"),
        ([('split = "normal_generation"', 'split = "guess"')], "split = 'guess'"),
        ([("contract_kw = 60.0", "contract_kw = 60.0\nreserve = 3")], "reserve = 3: is not a known key"),
        ([("included_outages = 1", "included_outages = 1.5")], r"included_outages = 1\.5"),
        ([("backup_usd_per_kw_day = 0.55", "backup_usd_per_kw_day = -0.55")], r"backup_usd_per_kw_day = -0\.55"),
        (
            [("backup_usd_per_kw_day = 0.55", "backup_usd_per_kw_day = 0.5\nbackup_usd_per_kw_month = 5.0")],
            "per day or per month",
        ),
        ([("backup_usd_per_kw_day = 0.55", "backup_usd_per_kw_day = 0.5\nbackup_ratchet = 0.5")], "backup_ratchet belongs to"),
        ([("backup_hours = [[8, 22]]", "backup_hours = [[22, 8]]")], "backup_hours = .*must be stretches"),
        (
            [("maintenance_months = [3, 4, 5, 10, 11]", "maintenance_months = [0]")],
            r"maintenance_months = \(0,\): must be months",
        ),
        ([('split = "normal_generation"', 'split = "whole_site"')], "whole site has no maintenance power"),
        (
            [("[[maintenance_energy]]", "[[backup_energy]]")],
            "backup energy has prices of its own and an adder",
        ),
        ([('name = "other hours"', 'name = "other hours"\nhours = [[0, 20]]')], "no period for month 1, weekdays, 20:00"),
        (
            [('name = "off-peak"', 'name = "off-peak"\nmonths = [13]')],
            r"maintenance_energy\[0\]\.months = .*must be months from 1 to 12",
        ),
        ([('basis = "primary"', 'basis = "rumour"')], r"source\.basis = 'rumour'"),
    ],
)
def test_faults_are_named(example, changes: list[tuple[str, str]], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        standby_from_table(example.tables(*changes), file="standby.toml")
    assert all(fault.file == "standby.toml" and fault.remedy for fault in caught.value.faults)


def test_a_contract_of_the_rating_needs_the_rating() -> None:
    of = service(contract_kw="rating")
    with pytest.raises(InputError, match="needs the rating"):
        used(of, outage(0, 1))
    assert used(of, outage(0, 1), rated_kw=65.0).contract_kw == 65.0


def test_without_an_outage_nothing_is_standby() -> None:
    use = used(service(reservation_usd_per_kw_month=2.0, backup_usd_per_kw_day=1.0), np.zeros(AXIS.steps))
    assert use.outages == ()
    assert not use.backup_kw.any()
    assert not use.maintenance_kw.any()
    assert np.all(use.full_kw == 40.0)
    lines = standby_lines(service(reservation_usd_per_kw_month=2.0), use)
    assert [(line.month, line.item, line.amount_usd) for line in lines] == [(month, "standby", 120.0) for month in range(1, 13)]


def test_an_export_stays_on_the_full_tariff_and_an_outage_only_buys_what_the_load_needs() -> None:
    use = used(service(), outage(10, 5), load_kw=25.0)
    assert use.full_kw[9] == -35.0
    assert (use.backup_kw[10], use.full_kw[10]) == (25.0, 0.0)


def test_generation_that_rests_without_an_outage_is_not_standby() -> None:
    use = standby_use(
        service(),
        AXIS,
        load_kw=np.full(AXIS.steps, 100.0),
        generation_kw=np.zeros(AXIS.steps),
        availability=1.0,
        normal_generation_kw=np.full(AXIS.steps, 60.0),
    )
    assert not use.backup_kw.any()
    assert np.all(use.full_kw == 100.0)


def test_a_split_by_contract_sends_what_is_above_to_the_full_tariff() -> None:
    use = used(service(split="contract", contract_kw=50.0), outage(10, 5, 0.5))
    assert (use.backup_kw[10], use.full_kw[10]) == (25.0, 45.0)


def test_a_split_of_the_whole_site_takes_all_imports() -> None:
    use = used(service(split="whole_site", contract_kw=100.0), outage(10, 5))
    assert (use.backup_kw[9], use.backup_kw[10]) == (40.0, 100.0)
    assert not use.full_kw.any()


def test_planned_and_forced_outages_at_once_share_what_they_cause() -> None:
    planned = outage(10, 5, 0.5)
    use = used(service(), planned + outage(12, 1, 0.25), planned)
    assert (use.maintenance_kw[11], use.backup_kw[11]) == (30.0, 0.0)
    assert (use.maintenance_kw[12], use.backup_kw[12]) == pytest.approx((30.0, 15.0))
    assert [(found.kind, found.hours) for found in use.outages] == [("planned", 5.0), ("forced", 1.0)]


def test_maintenance_ends_with_its_days_and_months() -> None:
    planned = outage(FIRST_OF_JUNE + 12, 60)  # touches 1, 2 and 3 June
    use = used(service(maintenance_days=2, maintenance_usd_per_kw_day=0.1), planned, planned)
    assert use.daily_highest_kw(use.maintenance_kw)[150:155].tolist() == [0.0, 60.0, 60.0, 0.0, 0.0]
    assert use.daily_highest_kw(use.backup_kw)[150:155].tolist() == [0.0, 0.0, 0.0, 60.0, 0.0]
    assert any("1440 kWh of planned outages lie outside" in note for note in use.notes)
    elsewhere = used(service(maintenance_months=[3]), planned, planned)
    assert not elsewhere.maintenance_kw.any()


def test_the_first_outages_and_the_first_hours_are_included() -> None:
    out = outage(1000, 4) + outage(2000, 4) + outage(3000, 4)
    assert np.count_nonzero(used(service(), out).charged_kw) == 12
    assert np.flatnonzero(used(service(included_outages=1), out).charged_kw)[0] == 2000
    assert np.flatnonzero(used(service(included_hours=6.0), out).charged_kw).tolist() == [2002, 2003, *range(3000, 3004)]
    assert np.count_nonzero(used(service(included_outages=9), out).charged_kw) == 0


def test_demand_counts_in_its_hours_on_the_clock_of_the_tariff() -> None:
    out = outage(FIRST_OF_JUNE + 20, 6)  # Friday 20:00 until Saturday 2:00, standard time
    of = service(backup_days="weekdays", backup_hours=[[8, 22]])
    assert np.flatnonzero(used(of, out).charged_kw).tolist() == [FIRST_OF_JUNE + 20, FIRST_OF_JUNE + 21]
    assert np.flatnonzero(used(of, out, dst="us").charged_kw).tolist() == [FIRST_OF_JUNE + 20]


def test_days_of_the_clock_bill_as_days() -> None:
    of = service(backup_usd_per_kw_day=1.0, backup_adder_usd_per_kwh=0.01)
    out = outage(FIRST_OF_JUNE - 2, 2)  # the last two hours of May, standard time; on the clock one lies in June
    for dst, expected in (("none", {5: 60.0}), ("us", {5: 60.0, 6: 60.0})):
        use = used(of, out, dst=dst)
        lines = standby_lines(of, use, base_usd_per_kwh=0.1)
        assert {line.month: line.amount_usd for line in lines if line.unit == "kW day"} == expected
        assert sum(line.quantity for line in lines if line.period == "adder") == 120.0


def test_energy_needs_a_price() -> None:
    of = service(backup_adder_usd_per_kwh=0.01)
    use = used(of, outage(10, 5))
    with pytest.raises(InputError, match="base_usd_per_kwh = None: is needed"):
        standby_lines(of, use)
    with pytest.raises(InputError, match="one finite price"):
        standby_lines(of, use, base_usd_per_kwh=np.ones(24))
    price = np.linspace(0.05, 0.15, AXIS.steps)
    line, adder = standby_lines(of, use, base_usd_per_kwh=price)
    assert line.amount_usd == pytest.approx(60.0 * price[10:15].sum())
    assert (adder.quantity, adder.rate) == (300.0, 0.01)


def test_maintenance_without_a_price_is_charged_as_backup() -> None:
    of = service(backup_usd_per_kw_day=0.5, backup_adder_usd_per_kwh=0.02)
    planned = outage(1000, 4)
    plan_lines = standby_lines(of, used(of, planned, planned), base_usd_per_kwh=0.1)
    forced_lines = standby_lines(of, used(of, planned), base_usd_per_kwh=0.1)
    assert sum(line.amount_usd for line in plan_lines) == pytest.approx(sum(line.amount_usd for line in forced_lines))
    assert {line.item for line in plan_lines} == {"backup", "maintenance"}


def test_series_that_cannot_be_are_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        standby_use(
            service(),
            AXIS,
            load_kw=np.ones(24),
            generation_kw=np.full(AXIS.steps, -1.0),
            availability=2.0,
            normal_generation_kw=None,
        )
    assert len(caught.value.faults) == 5
    text = str(caught.value)
    for words in ("load_kw", "generation_kw, step 0", "availability, step 0", "normal_generation_kw = None: is needed"):
        assert words in text


def test_notes_say_how_the_split_was_made() -> None:
    of = service(contract_kw=50.0, excess_resets_contract=True, maintenance_notice_days=7, notes=["its own note"])
    planned = outage(100, 3)
    notes = used(of, planned + outage(5000, 2), planned).notes
    assert notes[0] == "its own note"
    for words in ("carried had none been out", "announced 7 days", "above the contract of 50.0 kW", "60 min", "afresh"):
        assert any(words in note for note in notes), words


def test_lines_say_how_their_quantities_came_about() -> None:
    of = service(
        contract_kw=50.0,
        reservation_usd_per_kw_month=1.0,
        excess_resets_contract=True,
        backup_usd_per_kw_month=2.0,
        backup_ratchet=0.5,
        maintenance_usd_per_kw_day=0.1,
        maintenance_energy=[{"name": "all", "usd_per_kwh": 0.1}],
        backup_energy=[{"name": "all", "usd_per_kwh": 0.1}],
    )
    planned = outage(FIRST_OF_JUNE, 30)
    lines = standby_lines(of, used(of, planned + outage(5000, 4), planned))
    notes = {(line.month, line.item, line.period): line.note for line in lines}
    assert notes[6, "standby", "reservation"] == ""
    assert notes[7, "standby", "reservation"] == "contract reset by an earlier month"
    assert notes[6, "maintenance", "demand by day"] == "drawn on 2 days"
    assert notes[7, "backup", "demand by month"] == "highest of the month"
    assert notes[8, "backup", "demand by month"] == "ratchet: 50 % of the year's highest so far"


def departing(**keys: Any) -> DepartingLoad:
    return parse_record(DepartingLoad, {"name": "exit fee", "source": SOURCE, **keys})


def test_departing_load_is_paid_in_its_years() -> None:
    charge = departing(usd_per_kwh=0.005, usd_per_kw_month=1.5, last_year=3)
    lines = departing_load_lines(charge, np.full(AXIS.steps, 60.0), AXIS, rated_kw=65.0)
    assert sum(line.amount_usd for line in lines) == pytest.approx(60 * 8760 * 0.005 + 12 * 65 * 1.5)
    assert lines[0].quantity == 31 * 24 * 60.0
    assert departing_load_lines(charge, np.full(AXIS.steps, 60.0), AXIS, operating_year=4, rated_kw=65.0) == ()
    assert departing(usd_per_kwh=0.1, first_year=2).applies(99)
    assert not departing(usd_per_kwh=0.1, first_year=2).applies(1)


def test_departing_load_that_cannot_be_is_refused() -> None:
    with pytest.raises(InputError, match="charges nothing"):
        departing()
    with pytest.raises(InputError, match="last_year lies before"):
        departing(usd_per_kwh=0.1, first_year=3, last_year=2)
    with pytest.raises(InputError, match="rated_kw = None: is needed"):
        departing_load_lines(departing(usd_per_kw_month=1.0), np.ones(AXIS.steps), AXIS)


def test_lines_stand_beside_those_of_the_bill() -> None:
    of = service(administration_usd_per_month=75.0)
    lines = standby_lines(of, used(of, np.zeros(AXIS.steps)))
    assert lines[0] == BillLine(1, "standby", "administration", None, 1.0, "month", 75.0)
    assert sum(line.amount_usd for line in lines) == 900.0
