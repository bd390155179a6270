"""The report as a file: whole, closed to the network, escaped, the same each time, and clear about the answer."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brayton.core.provenance import Source
from brayton.faces.figures import write_map_page
from brayton.faces.report import write_report
from brayton.faces.report.assumptions import assumptions, source_rows
from brayton.faces.report.cash import money_section
from brayton.faces.report.document import report_html
from brayton.faces.report.tables import bill_rows, heat_rows
from brayton.study.result import StudyResult
from brayton.study.sources import Citation

Maker = Callable[..., StudyResult]

MEGABYTE = 1e6


class Page(HTMLParser):
    """What a browser would fetch, run and show."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.data: dict[str, str] = {}
        self.labels: list[str] = []
        self.words: list[str] = []
        self._inside: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append(given["href"])
        else:
            self.fetched += [given[name] for name in ("src", "href") if name in given]
        if "id" in given:
            self.ids.append(given["id"])
        if given.get("role") == "img":
            self.labels.append(given["aria-label"])
        self._inside = given.get("id", tag) if tag in ("script", "style") else None

    def handle_endtag(self, tag: str) -> None:
        self._inside = None

    def handle_data(self, data: str) -> None:
        if self._inside is None:
            self.words.append(data)
        elif self._inside.endswith("-data"):
            self.data[self._inside] = data

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def page(study: StudyResult) -> Page:
    return Page(report_html(study))


def test_file_is_whole_and_small(study: StudyResult, tmp_path: Path):
    write_report(study, tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert len(text.encode()) < 6 * MEGABYTE
    assert text.startswith("<!DOCTYPE html>")
    assert text.rstrip().endswith("</html>")


def test_same_result_same_text(study: StudyResult):
    assert report_html(study) == report_html(study)


def test_nothing_is_fetched(page: Page):
    assert page.fetched == ["data:,"]
    assert all(link.startswith("#") for link in page.links)


def test_links_inside_lead_somewhere_and_ids_are_unique(page: Page):
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    assert len(set(page.ids)) == len(page.ids)


def test_every_figure_has_data_and_a_text_for_who_cannot_see_it(page: Page):
    assert len(page.data) == len(page.labels) == 12
    for figure in map(json.loads, page.data.values()):
        assert figure["data"]
    assert all(len(label) > 30 for label in page.labels)


def test_user_text_is_shown_and_never_run(study: StudyResult, page: Page):
    text = report_html(study)
    name = study.scenario.site.name
    assert name not in text
    assert html.escape(name) in text
    assert "<i>needs</i>" not in text
    assert name in page.text


def test_a_text_that_would_end_the_script_stays_inside_it(study: StudyResult):
    record = study.record.model_copy(update={"model": "</script><script>alert(1)</script>"})
    assert "<script>alert(1)" not in report_html(replace(study, record=record))


def test_first_page_says_what_is_proposed_and_that_it_pays(study: StudyResult, page: Page):
    first = page.text.partition("Contents")[0]
    assert "Build" in first
    assert "2 Capstone Turbine Corporation C60 microturbines, 120 kW net together, with heat recovery" in first
    assert f"{study.money.whole.npv_usd:,.0f} USD" in first
    assert "Stated money year 2021; prices as published, see the notes" in first
    assert "This rests on machines that are available at all hours, on gas at the pressure" in first
    assert f"{study.first_year.saving_usd:,.0f} USD" in first
    assert "3 of the 6 prices, efficiencies and carbon factors given are estimates, and 1 has no source" in first


def test_dear_machines_are_not_to_be_built(make_study: Maker):
    first = Page(report_html(make_study(installed_usd_per_kw=6000.0))).text.partition("Contents")[0]
    assert "Do not build" in first
    assert "does not repay 720,000 USD" in first
    assert "falls from 0.0175" not in first


def test_dear_fuel_raises_the_cost(make_study: Maker):
    first = Page(report_html(make_study(fuel_usd_per_mmbtu=40.0))).text.partition("Contents")[0]
    assert "Do not build" in first
    assert "would raise the yearly energy cost" in first
    assert "Extra cost in the first year" in first


def test_machines_that_never_run_still_make_a_report(make_study: Maker):
    idle = make_study(has_load=False)
    assert idle.machine.run_hours == 0.0
    page = Page(report_html(idle))
    assert "Do not build" in page.text
    assert "The machines never run under this rule" in page.text
    assert "energy-flow" not in page.ids
    assert "nan" not in page.text.lower().split()


def test_tables_end_in_their_sums(study: StudyResult):
    *months, year = bill_rows(study)
    assert [row.period for row in months][::11] == ["January", "December"]
    for run, part in (("baseline", "before"), ("with_project", "after")):
        bill = getattr(study, run).bill
        assert getattr(year, part).total_usd == pytest.approx(bill.annual_usd, abs=1e-9)
        assert getattr(year, part).peak_kw == max(month.peak_kw for month in bill.months)
        for row, month in zip(months, bill.months, strict=True):
            printed = getattr(row, part)
            parts = printed.energy_usd + printed.demand_usd + printed.fixed_usd - printed.export_credit_usd
            assert parts == pytest.approx(month.total_usd)
    assert year.fuel_after_usd == pytest.approx(study.with_project.fuel_usd)
    heat = heat_rows(study)[-1]
    assert heat.used + heat.boiler + heat.unmet == pytest.approx(heat.load)
    table = money_section(study.money).tables[0]
    for row in table.rows:
        assert sum(row.flows) + row.tax == pytest.approx(row.net, abs=1e-6)
    assert table.rows[-1].cumulative == pytest.approx(float(study.money.whole.after_tax_usd.sum()))


def test_printed_months_of_the_bill_add_up_to_the_cent(page: Page, study: StudyResult):
    total = f"{study.baseline.bill.annual_usd:,.2f}"
    assert total in page.text
    assert f"{study.baseline.bill_usd - study.with_project.bill_usd:,.2f}" in page.text


def test_report_says_what_ran_and_when(page: Page):
    assert "Microturbine study · 2024-05-17" in page.text
    assert "store.toml (SHA-256 0123456789abcdef…)" in page.text
    assert "2024-05-17 08:30 UTC" in page.text
    assert "brayton 0.1.0, numpy 2.1" in page.text
    assert "Tariff: General service, large, Island Light." in page.text


def test_assumptions_carry_value_unit_and_source(study: StudyResult):
    rows = {row.path: row for row in assumptions(study.scenario)}
    supply = rows["tariff.supply_usd_per_kwh"]
    assert (supply.value, supply.unit) == ("0.0976", "USD/kWh")
    assert supply.source is not None
    assert supply.source.basis == "primary"
    assert rows["fuel.price_usd_per_mmbtu_hhv"].source is None
    assert rows["equipment.efficiency_hhv"].source == Source("Estimate", "2021", "estimate", "no quotation in hand")
    assert rows["load[1].annual_kwh"].value == "900,000"
    assert rows["finance.years"].value == "20"
    assert rows["site.longitude"].value == "−73.2"
    assert not any("source" in path for path in rows)


def test_a_source_of_several_things_stands_once():
    source = Source("Book", "2021", "primary")
    rows = source_rows([Citation("a", source), Citation("b", source), Citation("a", source)])
    assert [(row.of, row.source) for row in rows] == [(("a", "b"), source)]


def test_notes_and_residuals_are_in_the_open(page: Page):
    assert "The tariff is delivery only & <i>needs</i> a supply price." in page.text
    assert "electricity bill: year = its lines with project" in page.text
    assert "−1.0e−02 USD" in page.text


def test_twelve_prices_and_gaps_in_the_weather_are_drawn(study: StudyResult):
    weather = replace(study.weather, dry_bulb_c=np.where(np.arange(8760) == 7, np.nan, study.weather.dry_bulb_c))
    assert "machine-map" in Page(report_html(replace(study, weather=weather))).ids


def test_page_of_a_machine(performance: Any, tmp_path: Path):
    write_map_page(performance, tmp_path / "map.html")
    text = (tmp_path / "map.html").read_text(encoding="utf-8")
    page = Page(text)
    assert page.fetched == ["data:,"]
    assert {"efficiency-map", "available-power", "over-load"} <= set(page.ids)
    assert "100 % 60.0 204.0 29.4 305 0.484" in page.text
    assert re.search(r"primary|estimate", page.text)
