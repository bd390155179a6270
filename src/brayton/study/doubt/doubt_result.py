"""What the doubt of a study leaves: bands, tornadoes, outages and the risk of demand peaks, as one record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brayton.core.provenance import Source
from brayton.study.doubt.bands import Band, Chance
from brayton.study.doubt.demand_risk import DemandRisk
from brayton.study.doubt.montecarlo import MonteCarlo
from brayton.study.doubt.outages import OutageResult
from brayton.study.doubt.tornado import Tornado

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class TripCharges:
    """The demand risk of a study, and its money.

    trip_usd: what the bill of the year rises by where a machine is out in the worst window of a month (12,), ratchets
    included. expected_usd: expected rise of a year's bill, each kW at the price that `trip_usd` comes to. trips_per_year:
    expected number.
    """

    risk: DemandRisk
    trip_usd: Floats
    expected_usd: float
    trips_per_year: float

    def notes(self) -> Iterator[str]:
        """What a reader has to know."""
        yield (
            f"One trip sets the demand peak of at least one month in {100 * self.risk.chance_of_year:.0f} % of years; trips are "
            f"expected to add {self.expected_usd:,.0f} USD a year to the demand charges."
        )

    def as_dict(self) -> dict[str, Any]:
        """The `demand_risk` part of result.json."""
        return self.risk.as_dict() | {
            "trip_usd": self.trip_usd.tolist(),
            "expected_usd": self.expected_usd,
            "trips_per_year": self.trips_per_year,
            "notes": list(self.notes()),
        }


@dataclass(frozen=True)
class DoubtResult:
    """What is uncertain of a study, and how much.

    is_default: no table ``[doubt]`` asked for it. tornadoes: by headline number. outage, demand_risk: None where the scenario has
    no table for them, or no demand charge. sources: of the figures that the scenario leaves out, by what they are of. notes: of
    what the draws leave out; those of the parts are in the parts. versions: of what the seed's numbers depend on.
    """

    monte_carlo: MonteCarlo
    tornadoes: Mapping[str, Tornado]
    is_default: bool
    outage: OutageResult | None
    demand_risk: TripCharges | None
    sources: Mapping[str, Source]
    notes: tuple[str, ...]
    versions: Mapping[str, str]

    @property
    def bands(self) -> Mapping[str, Band]:
        return self.monte_carlo.bands

    @property
    def chance_pays(self) -> Chance | None:
        """That the net present value is above zero."""
        return self.monte_carlo.chance_pays

    @property
    def seed(self) -> int:
        return self.monte_carlo.draws.seed

    def as_dict(self) -> dict[str, Any]:
        """The `doubt` part of result.json."""
        whole = self.monte_carlo.as_dict()
        return whole | {
            "is_default": self.is_default,
            "tornado": {name: item.as_dict() for name, item in self.tornadoes.items()},
            "outage": None if self.outage is None else self.outage.as_dict(),
            "demand_risk": None if self.demand_risk is None else self.demand_risk.as_dict(),
            "sources": [{"of": of, **source.as_dict()} for of, source in self.sources.items()],
            "notes": [*self.notes, *whole["notes"]],
            "versions": dict(self.versions),
        }
