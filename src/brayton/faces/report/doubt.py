"""Doubt in the report: bands under headline numbers, the chance to pay, what moves the answer, outages, one trip's peak.

Every part may be absent: what a study did not ask is not shown.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from brayton.faces.figures.doubt import (
    figure_demand_risk,
    figure_scatter_of_npv,
    figure_survival,
    figure_tornado,
    survival_axis,
)
from brayton.faces.figures.numbers import number, percent
from brayton.faces.figures.page import Plot
from brayton.study.doubt.bands import Band
from brayton.study.doubt.demand_risk import DemandRisk
from brayton.study.doubt.montecarlo import MonteCarlo
from brayton.study.doubt.outages import OutageResult
from brayton.study.doubt.tornado import Tornado
from brayton.study.result import StudyResult

NPV = "npv_usd"


@dataclass(frozen=True)
class DoubtParts:
    """What was found of a study's doubt; None for what was not looked for. tornado: of the net present value. notes: sentences
    on all of it, beside those of its parts."""

    monte_carlo: MonteCarlo | None = None
    tornado: Tornado | None = None
    outages: OutageResult | None = None
    demand_risk: DemandRisk | None = None
    notes: tuple[str, ...] = ()


def doubt_parts(result: StudyResult) -> DoubtParts | None:
    """What the study itself found; None where it did not look."""
    found = result.doubt
    if found is None:
        return None
    trips = found.demand_risk
    notes = (*found.notes, *(() if trips is None else trips.notes()))
    return DoubtParts(
        found.monte_carlo, found.tornadoes.get("npv_usd"), found.outage, None if trips is None else trips.risk, notes
    )


@dataclass(frozen=True)
class DoubtSection:
    """The parts with their figures. bands: by headline number, empty without Monte Carlo."""

    parts: DoubtParts
    plots: dict[str, Plot]
    bands: Mapping[str, Band] = field(default_factory=dict[str, Band])

    @property
    def verdict(self) -> str:
        """Chance to pay, in a sentence; empty without one."""
        found = self.parts.monte_carlo
        if found is None or found.chance_pays is None:
            return ""
        chance = found.chance_pays
        return (
            f"In {percent(chance.value, 0)} of {number(found.draws.count)} draws of prices, loads, weather and machines it pays "
            f"(standard error {percent(chance.standard_error, 1)})."
        )

    @property
    def turning(self) -> tuple[str, ...]:
        """Inputs of the tornado that can turn the answer alone."""
        tornado = self.parts.tornado
        return () if tornado is None else tuple(bar.name.replace("_", " ") for bar in tornado.bars if bar.changes_sign)


def doubt_section(parts: DoubtParts | None) -> DoubtSection | None:
    """None where nothing was looked for."""
    if parts is None or parts == DoubtParts():
        return None
    found = parts.monte_carlo
    plots: list[Plot] = []
    if found is not None and NPV in found.headlines:
        plots.append(_scatter(found))
    if parts.tornado is not None and parts.tornado.bars:
        plots.append(_tornado(parts.tornado))
    if parts.outages is not None:
        plots.append(_survival(parts.outages))
    if parts.demand_risk is not None:
        plots.append(_demand(parts.demand_risk))
    return DoubtSection(parts, {plot.name: plot for plot in plots}, {} if found is None else found.bands)


@dataclass(frozen=True)
class Headline:
    """How a headline number is written: words, unit, decimals, what it is multiplied by; and the word before its band where the
    number itself may stand there as its opposite."""

    words: str
    unit: str
    decimals: int = 0
    scale: float = 1.0
    lead: str = ""

    def told(self, value: float) -> str:
        return number(self.scale * value, self.decimals) if math.isfinite(value) else "none"


HEADLINES = {
    NPV: Headline("net present value", "USD"),
    "savings_usd": Headline("saving in the first year", "USD", lead="saving "),
    "irr": Headline("internal rate of return", "%", 1, 100.0),
    "simple_payback_years": Headline("simple payback", "years", 1),
    "discounted_payback_years": Headline("discounted payback", "years", 1),
    "lcoe_usd_per_kwh": Headline("cost of its electricity", "USD/kWh", 3),
    "co2_saved_kg": Headline("CO₂ saved", "t/year", 0, 1e-3, "saved "),
    "generated_net_kwh": Headline("electricity generated", "MWh/year", 0, 1e-3),
}


@dataclass(frozen=True)
class BandRow:
    """A headline number's band as it is printed."""

    name: str
    p10: str
    p50: str
    p90: str
    undefined: int


def band_rows(bands: Mapping[str, Band]) -> list[BandRow]:
    """One row for each headline number, those that the report knows by other words first."""
    names = [*(name for name in HEADLINES if name in bands), *(name for name in bands if name not in HEADLINES)]
    rows: list[BandRow] = []
    for name in names:
        how, band = HEADLINES.get(name, Headline(name.replace("_", " "), "", 3)), bands[name]
        words = f"{how.words} [{how.unit}]" if how.unit else how.words
        rows.append(BandRow(words, how.told(band.p10), how.told(band.p50), how.told(band.p90), band.undefined))
    return rows


def band_text(bands: Mapping[str, Band], name: str) -> str:
    """The band from p10 to p90 as it stands beneath a headline number; empty without one."""
    if name not in bands:
        return ""
    how, band = HEADLINES[name], bands[name]
    if not (math.isfinite(band.p10) or math.isfinite(band.p90)):
        return "none in most draws"
    return f"{how.lead}{how.told(band.p10)} to {how.told(band.p90)} {how.unit} (p10 to p90)"


def _scatter(found: MonteCarlo) -> Plot:
    band = found.bands[NPV]
    return Plot(
        "npv-scatter",
        "How far the answer scatters",
        f"Net present value of {number(found.draws.count)} draws ({found.draws.method.replace('_', ' ')}, seed "
        f"{found.draws.seed}); the outermost half percent at each end is not drawn.",
        f"Histogram. A tenth of the draws lies below {number(band.p10)} USD, half below {number(band.p50)} USD, nine tenths "
        f"below {number(band.p90)} USD.",
        figure_scatter_of_npv(found.headlines[NPV], band),
    )


def _tornado(tornado: Tornado) -> Plot:
    first = tornado.bars[0]
    return Plot(
        "tornado",
        "What moves the answer",
        "Net present value with one input at a time at its own p10 and p90, all others as in the scenario.",
        f"Horizontal bars around {number(tornado.base)} USD. The widest is {first.name.replace('_', ' ')}, from "
        f"{number(first.lowest)} to {number(first.highest)} USD.",
        figure_tornado(tornado),
    )


def _survival(outages: OutageResult) -> Plot:
    longest, caption = float(outages.hours[-1]), "Share of outages that begin in any hour of the year"
    lowest = survival_axis(outages)
    return Plot(
        "survival",
        "When the grid is out",
        f"{caption} in which the most needed load is carried to the end.{' The axis does not begin at zero.' if lowest else ''}",
        f"Falling curves over the length of the outage. {number(longest)} h are survived in "
        f"{percent(float(outages.survival[-1]), 0)} of them, in {percent(float(outages.one_more[-1]), 0)} with one machine more.",
        figure_survival(outages),
    )


def _demand(risk: DemandRisk) -> Plot:
    worst = int(risk.chance.argmax())
    return Plot(
        "demand-risk",
        "One trip and the month's peak",
        "Chance that a machine's trip sets the highest import of the month, and that import without and with a trip in the worst "
        "step.",
        f"Bars by month. The chance is highest in month {worst + 1}, {percent(float(risk.chance[worst]), 0)}; that at least one "
        f"month of the year is hit is {percent(risk.chance_of_year, 0)}.",
        figure_demand_risk(risk),
    )
