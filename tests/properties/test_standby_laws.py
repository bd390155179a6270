"""What every split of an import obeys, and a standby bill against a slow one that anyone can follow."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from brayton.core.timeaxis import TimeAxis
from brayton.site.outages import count_outages
from brayton.site.standby import StandbyService, standby_from_table
from brayton.site.standby_bill import StandbyUse, standby_lines, standby_use

LIMITED = settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
SOURCE = {"title": "drawn at random", "date": "2024", "basis": "estimate", "note": "no utility's"}
AXES = (TimeAxis(2018), TimeAxis(2020, 30), TimeAxis(2024, leap_day=False))
PRICE = st.floats(0.01, 5.0).map(lambda price: round(price, 3))


@st.composite
def services(draw: st.DrawFn) -> StandbyService:
    split = draw(st.sampled_from(["normal_generation", "contract", "whole_site"]))
    keys: dict[str, Any] = {
        "name": "drawn",
        "source": SOURCE,
        "split": split,
        "contract_kw": draw(st.floats(5.0, 80.0)),
        "administration_usd_per_month": draw(PRICE),
        "reservation_usd_per_kw_month": draw(PRICE),
        "excess_usd_per_kw": draw(PRICE),
        "excess_resets_contract": draw(st.booleans()),
        "backup_days": draw(st.sampled_from(["all", "weekdays", "weekends"])),
        "backup_hours": [draw(st.sampled_from([(0, 24), (8, 22), (0, 1)]))],
        "maintenance_days": draw(st.integers(0, 12)),
        "maintenance_months": sorted(draw(st.sets(st.integers(1, 12), min_size=1))),
        "backup_adder_usd_per_kwh": draw(st.floats(0.0, 0.05)),
    }
    if draw(st.booleans()):
        keys["backup_usd_per_kw_day"] = draw(PRICE)
    else:
        keys |= {"backup_usd_per_kw_month": draw(PRICE), "backup_ratchet": draw(st.floats(0.0, 1.0))}
    if split != "whole_site":
        keys |= {"maintenance_usd_per_kw_day": draw(PRICE), "maintenance_adder_usd_per_kwh": draw(st.floats(0.0, 0.05))}
        keys |= {"included_outages": draw(st.integers(0, 3)), "included_hours": draw(st.floats(0.0, 60.0))}
    return standby_from_table(keys)


class Year:
    """A drawn year of two machines of 30 kW: load, generation with and without outages, shares of machines that can run."""

    def __init__(self, axis: TimeAxis, seed: int) -> None:
        random = np.random.default_rng(seed)
        self.axis = axis
        self.load = np.maximum(50.0 + 30.0 * np.sin(axis.hour / 24 * 6.28) + random.normal(0.0, 10.0, axis.steps), 0.0)
        self.planned, forced = np.ones(axis.steps), np.ones(axis.steps)
        for share in (self.planned, forced):
            for _ in range(random.integers(0, 6)):
                first = random.integers(0, axis.steps - 1)
                share[first : first + random.integers(1, 120)] = random.choice([0.0, 0.5])
        self.able = np.minimum(self.planned, forced)
        self.normal = np.full(axis.steps, 60.0) * (axis.hour >= 5)
        self.generation = np.minimum(self.normal, 60.0 * self.able)

    def use(self, service: StandbyService) -> StandbyUse:
        return standby_use(
            service,
            self.axis,
            load_kw=self.load,
            generation_kw=self.generation,
            availability=self.able,
            planned_availability=self.planned,
            normal_generation_kw=self.normal,
        )


YEARS = st.builds(Year, st.sampled_from(AXES), st.integers(0, 2**32))


@LIMITED
@given(services(), YEARS)
def test_the_import_is_split_without_remainder_or_overlap(service: StandbyService, year: Year) -> None:
    use = year.use(service)
    standby = use.backup_kw + use.maintenance_kw
    imported = np.maximum(year.load - year.generation, 0.0)
    assert np.allclose(use.full_kw + standby, year.load - year.generation, atol=1e-9)
    assert (standby <= imported + 1e-9).all()
    assert min(use.backup_kw.min(), use.maintenance_kw.min(), use.charged_kw.min()) >= 0.0
    assert (use.charged_kw <= use.backup_kw).all()
    if service.split != "whole_site":
        assert not standby[year.able == 1.0].any()
    assert not use.maintenance_kw[year.planned == 1.0].any()
    exports = np.minimum(year.load - year.generation, 0.0)
    assert np.allclose(np.minimum(use.full_kw, 0.0), exports, atol=1e-9)


@LIMITED
@given(YEARS)
def test_outages_hold_all_the_time_out_and_no_more(year: Year) -> None:
    outages = count_outages(year.axis, year.able, year.planned)
    for kind, out in (("planned", 1.0 - year.planned), ("forced", year.planned - year.able)):
        hours = sum(outage.hours for outage in outages if outage.kind == kind)
        equivalent = sum(outage.equivalent_hours for outage in outages if outage.kind == kind)
        assert hours == pytest.approx(np.count_nonzero(out) * year.axis.step_hours)
        assert equivalent == pytest.approx(out.sum() * year.axis.step_hours)


def slow_standby_usd(service: StandbyService, year: Year, base: NDArray[np.float64]) -> float:
    """The bill of a year [USD], step by step and day by day."""
    hours = year.axis.step_minutes / 60
    contract = float(service.contract_kw)
    steps: list[tuple[dt.datetime, float, float]] = []
    days_of_maintenance: set[dt.date] = set()
    for step, now in enumerate(year.axis.stamps.tolist()):
        imported = max(year.load[step] - year.generation[step], 0.0)
        out, planned = 1.0 - year.able[step], 1.0 - year.planned[step]
        if service.split == "whole_site":
            steps.append((now, imported, 0.0))
            continue
        most = contract * out if service.split == "contract" else year.normal[step] - year.generation[step]
        standby = min(imported, most) if out else 0.0
        by_plan = standby * planned / out if out else 0.0
        if by_plan and now.month in service.maintenance_months:
            if len(days_of_maintenance) < service.maintenance_days:
                days_of_maintenance.add(now.date())
            if now.date() in days_of_maintenance:
                steps.append((now, standby - by_plan, by_plan))
                continue
        steps.append((now, standby, 0.0))
    total, number, taken_hours, before = 0.0, 0, 0.0, False
    backup_day: dict[dt.date, float] = {}
    maintenance_day: dict[dt.date, float] = {}
    highest = [0.0] * 12
    charged = [0.0] * 12
    for (now, backup, maintenance), price in zip(steps, base.tolist(), strict=True):
        taken = backup > 1e-9
        number += taken and not before
        taken_hours += hours * taken
        before = taken
        total += backup * hours * (price + service.backup_adder_usd_per_kwh)
        adder = service.maintenance_adder_usd_per_kwh
        total += maintenance * hours * (price + (service.backup_adder_usd_per_kwh if adder is None else adder))
        highest[now.month - 1] = max(highest[now.month - 1], backup + maintenance)
        maintenance_day[now.date()] = max(maintenance_day.get(now.date(), 0.0), maintenance)
        on_day = service.backup_days == "all" or (service.backup_days == "weekends") == (now.weekday() >= 5)
        in_hours = any(begin <= now.hour < end for begin, end in service.backup_hours)
        included = number <= service.included_outages or taken_hours <= service.included_hours + 1e-9
        if on_day and in_hours and not included:
            backup_day[now.date()] = max(backup_day.get(now.date(), 0.0), backup)
            charged[now.month - 1] = max(charged[now.month - 1], backup)
    total += sum(backup_day.values()) * (service.backup_usd_per_kw_day or 0.0)
    total += sum(maintenance_day.values()) * (service.maintenance_usd_per_kw_day or 0.0)
    in_force, so_far = contract, 0.0
    for month in range(12):
        total += max(charged[month], service.backup_ratchet * so_far) * (service.backup_usd_per_kw_month or 0.0)
        so_far = max(so_far, charged[month])
        total += service.administration_usd_per_month + in_force * service.reservation_usd_per_kw_month
        total += max(highest[month] - in_force, 0.0) * service.excess_usd_per_kw
        if service.excess_resets_contract:
            in_force = max(in_force, highest[month])
    return total


@LIMITED
@given(services(), YEARS)
def test_the_lines_come_to_the_slow_bill(service: StandbyService, year: Year) -> None:
    base = 0.08 + 0.04 * (year.axis.hour >= 12)
    lines = standby_lines(service, year.use(service), base_usd_per_kwh=base)
    assert sum(line.amount_usd for line in lines) == pytest.approx(slow_standby_usd(service, year, base), rel=1e-9, abs=1e-6)
    assert all(line.quantity > 0.0 and 1 <= line.month <= 12 for line in lines)
