"""What the report says of each host: its sums are those of the study, its figures are whole, and it stands only where it is."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest

from brayton.faces.report.document import report_html, site_parts
from brayton.faces.report.economics import Economics
from brayton.faces.report.heat_levels import level_section
from brayton.faces.report.heat_users import share_served
from brayton.faces.report.own_gas import gas_section
from brayton.faces.report.pool import pool_section
from brayton.faces.report.store_air import store_air_section
from brayton.faces.report.tables import heat_rows, heat_series
from brayton.study.result import StudyResult

MWH = 1000.0


@pytest.fixture(params=["pool_study", "store_study", "landfill_study"])
def host_study(request: pytest.FixtureRequest) -> StudyResult:
    return request.getfixturevalue(request.param)


def test_parts_stand_only_where_the_site_has_them(
    study: StudyResult, pool_study: StudyResult, store_study: StudyResult, landfill_study: StudyResult
):
    def present(result: StudyResult) -> set[str]:
        return {name for name, part in site_parts(Economics(result)).items() if part is not None}

    assert present(study) == set()
    assert present(pool_study) == {"pool"}
    assert present(store_study) == {"store_air", "cooling", "stores"}
    assert present(landfill_study) == {"own_gas"}
    text = report_html(study)
    assert not any(f'id="{name}"' in text for name in ("pool", "store_air", "cooling", "own_gas", "stores"))


def test_every_figure_of_a_host_has_words_units_and_data(host_study: StudyResult):
    for part in site_parts(Economics(host_study)).values():
        for plot in part.plots.values() if part is not None else ():
            assert plot.caption.endswith("."), plot.name
            assert len(plot.alt) > 30, plot.name
            axes = [axis for axis in plot.figure.layout if axis[:5] in ("xaxis", "yaxis")]
            titles = [plot.figure.layout[axis].title.text for axis in axes]
            assert [title for title in titles if title not in (None, "number of units") and "[" not in title] == [], plot.name
            assert all(len(trace.y) for trace in plot.figure.data), plot.name


def test_a_report_of_a_host_is_whole_and_says_no_nan(host_study: StudyResult):
    text = report_html(host_study)
    assert text == report_html(host_study)
    plots = re.findall(r'<script type="application/json" id="([\w-]+)-plot-data">(.*?)</script>', text)
    assert len({name for name, _ in plots}) == len(plots)
    for name, data in plots:
        assert json.loads(data)["data"], name
    words = re.sub(r"<[^>]+>", " ", re.sub(r"<(script|style).*?</\1>", " ", text, flags=re.DOTALL))
    assert not re.search(r"\bnan\b|\binf\b|\bNone\b", words)


def test_what_takes_heat_is_met(host_study: StudyResult):
    heat, plan = heat_series(host_study), host_study.with_project.schedule
    assert heat.taken == pytest.approx(heat.used + heat.tank + heat.boiler + heat.unmet)
    loads = host_study.heat_kw + plan.uses_heat_kw.sum(axis=0)
    store = host_study.model.problem.store
    keeps = 0.0 if store is None or store.serves_loads else plan.store_in_kw
    assert heat.taken == pytest.approx(loads + plan.store_need_kw + keeps, abs=1e-6)


def test_pool_balances_and_tells_its_shares(pool_study: StudyResult):
    section = pool_section(pool_study)
    assert section is not None
    *months, year = section.rows
    plan = pool_study.with_project.schedule
    assert year.machines == pytest.approx(plan.store_in_kw.sum() / MWH)
    assert section.machine_share == pytest.approx(plan.store_in_kw.sum() / (plan.store_in_kw + plan.store_need_kw).sum())
    lost = year.evaporation + year.convection + year.radiation + year.makeup + year.ground
    assert year.evaporation == pytest.approx(section.after.evaporation_kwh / MWH)
    balance = section.after
    kept = balance.stored_kwh + balance.straight_kwh
    assert (year.machines + year.boiler + year.sun) * MWH == pytest.approx(lost * MWH + kept)
    assert sum(section.loss_shares.values()) == pytest.approx(1.0)
    assert all(row.evaporation == row.boiler == 0.0 for row in (*months[:3], *months[9:]))
    assert section.idle_mwh == pytest.approx(sum(row.machines for row in (*months[:3], *months[9:])))
    assert dict(section.wind)[0.5] < 1.0 < dict(section.wind)[2.0]


def test_water_of_the_store_is_taken_by_what_the_report_names(store_study: StudyResult):
    section, air = store_air_section(store_study), store_study.model.hosts.store_air
    assert section is not None
    assert air is not None
    plan, year = store_study.with_project.schedule, section.rows[-1]
    share = share_served(store_study, air.use)
    assert section.heat_mwh == pytest.approx(plan.uses_heat_kw[0].sum() / MWH)
    assert 0.0 < section.heat_mwh <= section.wanted_mwh
    saved = sum(row.before - row.after for row in section.electric)
    assert saved == pytest.approx(section.saved_mwh)
    assert section.saved_mwh == pytest.approx((share * air.use.saved_kw).sum() / MWH)
    assert year.desiccant_after == pytest.approx((share * air.with_unit.desiccant_water_kg_s).sum() * 3600.0)
    assert year.dew_point_after < year.dew_point_before
    assert all(row.dew_point_after <= row.dew_point_before + 1e-9 for row in section.rows)


def test_cold_is_made_by_both_chillers(store_study: StudyResult):
    section: Any = site_parts(Economics(store_study))["cooling"]
    cooling, plan = store_study.model.hosts.cooling, store_study.with_project.schedule
    assert cooling is not None
    year = section.rows[-1]
    assert year.absorption + year.electric == pytest.approx(cooling.cold_kw.sum() / MWH)
    assert year.heat == pytest.approx(plan.uses_heat_kw[1].sum() / MWH)
    assert 0.3 < year.absorption / year.heat < 1.0  # a single-effect chiller
    air: Any = store_air_section(store_study)
    assert year.saved + air.saved_mwh == pytest.approx(plan.saved_kw.sum() / MWH)


def test_stores_lose_what_they_do_not_give(store_study: StudyResult):
    section: Any = site_parts(Economics(store_study))["stores"]
    tank, battery = section.rows
    assert [tank.name, battery.name] == ["tank", "battery"]
    assert list(section.plots) == ["tank-week", "battery-week"]
    for row in section.rows:
        assert 0.0 < row.lost_mwh < row.into_mwh
    year: Any = store_study.with_project.battery
    assert battery.lost_mwh == pytest.approx(year.losses_kw.sum() / MWH)
    assert heat_rows(store_study)[-1].tank == pytest.approx(tank.out_mwh)


def test_too_hot_a_load_is_told(store_study: StudyResult, study: StudyResult):
    section = level_section(store_study)
    assert section is not None
    served = {row.name: row.is_served for row in section.rows}
    assert served == {
        "space heat": True, "hot water": False, "desiccant": True, "absorption chiller, hot_water": True,
    }  # fmt: skip
    assert section.too_hot_mwh == pytest.approx(8.0 * 8760 / MWH)
    assert "too hot for it" in report_html(store_study)
    plain = level_section(study)
    assert plain is not None
    assert plain.too_hot_mwh == 0.0


def test_gas_goes_where_the_report_says(landfill_study: StudyResult):
    section = gas_section(Economics(landfill_study))
    assert section is not None
    for row in section.rows:
        assert row.supply == pytest.approx(row.machines + row.flare + row.vent)
    year = landfill_study.with_project.own_gas
    assert year is not None
    totals = {"machines": year.machines_kwh_lhv, "flare": year.flare_kwh_lhv, "vent": year.vent_kwh_lhv}
    assert {name: getattr(section.rows[-1], name) * MWH for name in totals} == pytest.approx(totals)
    assert section.counterfactual == "vent"
    assert "let out unburnt: that is what the saving is measured against" in report_html(landfill_study)


def test_units_beyond_the_project_are_counted(landfill_study: StudyResult):
    section = gas_section(Economics(landfill_study))
    assert section is not None
    assert [row.year.count for row in section.units] == [1, 2, 3, 4, 5, 6]
    assert np.diff([row.year.gas_share for row in section.units]).min() >= -1e-12
    costs = [row.cost_usd_per_kwh for row in section.units]
    assert costs == sorted(costs)
    assert "4 units could burn" in section.story
    assert "6 units" in section.story
    first = section.units[0]
    annuity = 0.08 / (1.0 - 1.08**-20)  # of the scenario's finance
    by_hand = 2500.0 * 30.0 * annuity / first.year.energy_kwh + 0.02
    assert first.cost_usd_per_kwh == pytest.approx(by_hand)


def test_limits_of_the_gas_are_told(landfill_study: StudyResult):
    section = gas_section(Economics(landfill_study))
    assert section is not None
    sulphide, siloxanes = section.contaminants
    assert "up to 40 ppm" in sulphide
    assert "no bed takes it out" in sulphide
    assert "a bed takes out" in siloxanes
    assert "our estimate is complete removal" in siloxanes
