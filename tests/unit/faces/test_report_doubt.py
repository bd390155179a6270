"""Doubt in the report: bands beneath headline numbers, the chance to pay, and only what was looked for."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from brayton.core.provenance import Source
from brayton.core.timeaxis import TimeAxis
from brayton.faces.report.document import report_html
from brayton.faces.report.doubt import DoubtParts, band_rows, band_text, doubt_section
from brayton.study.doubt.bands import Band
from brayton.study.doubt.demand_risk import Trips, demand_risk
from brayton.study.doubt.distributions import LogNormal, Normal, Uniform
from brayton.study.doubt.draws import Uncertain, draw
from brayton.study.doubt.montecarlo import run_draws
from brayton.study.doubt.outages import outage_result
from brayton.study.doubt.stand_alone import Island
from brayton.study.doubt.survival import Fleet
from brayton.study.doubt.tornado import tornado
from brayton.study.result import StudyResult

Values = Mapping[str, NDArray[np.float64]]

SOURCE = Source("Estimate", "2026", "estimate", "chosen for <tests>")
INPUTS = (
    Uncertain("electricity_price", "factor on the bill", "-", 1.0, LogNormal.of_p10_p90(0.85, 1.18), SOURCE),
    Uncertain("fuel_price", "factor on fuel", "-", 1.0, LogNormal.of_p10_p90(0.7, 1.5), SOURCE),
    Uncertain("installed_cost", "factor on the cost", "-", 1.0, Normal(1.05, 0.1), SOURCE),
    Uncertain("weather", "year", "-", 0.0, Uniform(-1.0, 1.0), SOURCE),
)


class Model:
    """A net present value linear in prices and bent in the weather; no rate of return where it is low."""

    def evaluate(self, draws: Values, /) -> Values:
        npv = 9e5 * draws["electricity_price"] - 5e5 * draws["fuel_price"] - 3e5 * draws["installed_cost"]
        npv = npv - 5e4 * draws["weather"] ** 2
        return {
            "npv_usd": npv,
            "irr": np.where(npv > -1e5, 0.08 + npv / 2e6, np.nan),
            "simple_payback_years": np.where(npv > -1e5, 10.0 - npv / 1e5, np.nan),
            "savings_usd": npv / 10.0 + 3e4,
            "lcoe_usd_per_kwh": 0.1 * draws["fuel_price"],
            "co2_saved_kg": 1e5 * draws["electricity_price"],
        }


@pytest.fixture(scope="module")
def parts() -> DoubtParts:
    axis = TimeAxis(2021)
    calm = 200.0 + 50.0 * np.sin(2 * np.pi * (axis.hour - 8) / 24)
    trips = Trips(np.full(axis.steps, 1.0 / 3000.0), (1.0, 24.0), (0.7, 0.3))
    island = Island(2, np.full(axis.steps, 60.0), 6.0, 20.0, 3.0)
    return DoubtParts(
        monte_carlo=run_draws(Model(), draw(INPUTS, 2000, 1)),
        tornado=tornado(Model(), INPUTS)["npv_usd"],
        outages=outage_result(island, Fleet(2, 0.97, 900.0), np.full((1, axis.steps), 55.0), 1.0, 48, seed=1),
        demand_risk=demand_risk(calm, calm + 60.0, axis.month, trips, 1.0),
        notes=("Drawn by default & <quickly>.",),
    )


def test_every_headline_number_carries_its_band(study: StudyResult, parts: DoubtParts):
    text = report_html(study, parts)
    assert text == report_html(study, parts)
    first = text.partition("<nav")[0]
    bands = re.findall(r'<small class="band">(.*?)</small>', first)
    assert len(bands) == 6
    assert parts.monte_carlo is not None
    npv = parts.monte_carlo.bands["npv_usd"]
    assert f"{npv.p10:,.0f} to {npv.p90:,.0f} USD (p10 to p90)".replace("-", "−") in first
    chance = parts.monte_carlo.chance_pays
    assert chance is not None
    assert f"In {100 * chance.value:.0f}\N{NO-BREAK SPACE}% of 2,000 draws" in html.unescape(first)
    assert "<quickly>" not in text
    assert "<tests>" not in text


def test_figures_of_doubt_have_units_and_words(parts: DoubtParts):
    section = doubt_section(parts)
    assert section is not None
    assert list(section.plots) == ["npv-scatter", "tornado", "survival", "demand-risk"]
    for plot in section.plots.values():
        assert plot.caption.endswith("."), plot.name
        assert len(plot.alt) > 60, plot.name
        for name in plot.figure.layout:
            title = plot.figure.layout[name].title.text if name[:5] in ("xaxis", "yaxis") else None
            assert title is None or "[" in title, plot.name
    bars = section.plots["tornado"].figure.data[0]
    assert bars.y[-1].startswith("fuel price, 0.7 to 1.5")  # the widest stands on top
    assert section.turning[:2] == ("fuel price", "electricity price")


def test_a_band_may_lack_ends():
    nothing = Band(np.nan, np.nan, np.nan, np.nan, np.nan, np.nan, 10, 10)
    half = replace(nothing, p50=0.08, p90=0.12)
    assert band_text({}, "irr") == ""
    assert band_text({"irr": nothing}, "irr") == "none in most draws"
    assert band_text({"irr": half}, "irr") == "none to 12.0 % (p10 to p90)"
    rows = band_rows({"own_number": nothing, "npv_usd": half})
    assert [row.name for row in rows] == ["net present value [USD]", "own number"]


@pytest.mark.parametrize("name", ["monte_carlo", "tornado", "outages", "demand_risk"])
def test_only_what_was_looked_for_is_shown(study: StudyResult, parts: DoubtParts, name: str):
    alone = DoubtParts(**{name: getattr(parts, name)})
    text = report_html(study, alone)
    shown = set(re.findall(r'id="([\w-]+)-plot"', text)) & {"npv-scatter", "tornado", "survival", "demand-risk"}
    of = {"monte_carlo": "npv-scatter", "tornado": "tornado", "outages": "survival", "demand_risk": "demand-risk"}
    assert shown == {of[name]}
    assert ('class="band"' in text.partition("<nav")[0]) == (name == "monte_carlo")


def test_without_doubt_nothing_is_said(study: StudyResult):
    assert doubt_section(None) is None
    assert doubt_section(DoubtParts()) is None
    assert "How sure this is" not in report_html(replace(study, doubt=None))
