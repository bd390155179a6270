"""What one machine gives at this site, against its rating, and what stops it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from brayton.core.outcomes import Outcome
from brayton.machine.performance import EnginePerformance
from brayton.study.result import StudyResult

LIMIT_WORDS = {
    Outcome.RATED_POWER: "the rating itself",
    Outcome.SPEED_LIMIT: "the highest shaft speed",
    Outcome.EXIT_TEMP_LIMIT: "the highest turbine exit temperature",
    Outcome.SURGE_LIMIT: "the surge margin of the compressor",
    Outcome.CHOKE_LIMIT: "the choked compressor",
    Outcome.FUEL_LIMIT: "the fully open fuel valve",
}

AT_RATING = 1.0 - 1e-3
"""Share of the rating from which a machine counts as giving all of it."""

ANY_POWER_W = 1e9
"""Demand beyond every machine: what it gets is what the machine can give."""


@dataclass(frozen=True)
class SiteFacts:
    """One machine in the air of the site [kW].

    mean_air_kw: in air of the year's mean temperature, pressure and humidity (`temp_c`, `pressure_kpa`); limit: what stops it
    there, in words. lowest_kw, mean_kw, highest_kw: of the year's steps in which it can run, net of what treats its gas.
    rated_hours: in which it could give its rating. booster_kw: taken by the gas booster in the mean air, at full power.
    """

    rated_kw: float
    mean_air_kw: float
    temp_c: float
    pressure_kpa: float
    limit: str
    booster_kw: float
    lowest_kw: float
    mean_kw: float
    highest_kw: float
    rated_hours: float

    @property
    def is_below_rating(self) -> bool:
        return self.mean_air_kw < AT_RATING * self.rated_kw

    @property
    def why_below(self) -> str:
        """What keeps it below its rating in the mean air."""
        if self.limit == LIMIT_WORDS[Outcome.RATED_POWER]:
            return f"its gas booster takes {self.booster_kw:.1f} kW of what it makes"
        return f"{self.limit} stops it there"


def site_facts(result: StudyResult) -> SiteFacts:
    """The facts of a study's machine; gaps of the weather are left out of the means."""
    weather, performance, envelope = result.weather, result.performance, result.model.problem.envelope
    air = tuple(float(np.nanmean(item)) for item in (weather.dry_bulb_c, weather.pressure_kpa, weather.humidity_ratio))
    limit, booster_kw = "the maker's table of power over air temperature and altitude", 0.0
    if isinstance(performance, EnginePerformance):
        point = performance.matched.operate(ANY_POWER_W, *air)
        found = point.limit_at(0) or Outcome.OK
        limit = LIMIT_WORDS.get(found, "nothing that the model knows")
        booster_kw = float(point.booster_power) / 1e3
    full_kw = envelope.power_kw[:, -1]
    able = full_kw[full_kw > 0.0]
    rated = performance.rated_net_power_kw
    return SiteFacts(
        rated_kw=rated,
        mean_air_kw=float(performance.available_net_power_kw(*air)),
        temp_c=air[0],
        pressure_kpa=air[1],
        limit=limit,
        booster_kw=booster_kw,
        lowest_kw=float(able.min(initial=rated)),
        mean_kw=float(able.mean()) if able.size else 0.0,
        highest_kw=float(able.max(initial=0.0)),
        rated_hours=float((full_kw >= AT_RATING * rated).sum()) * result.axis.step_hours,
    )
