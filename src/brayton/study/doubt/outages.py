"""What a site has from its machines when the grid is out: survival curves over every starting hour, with and without failures."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brayton.study.doubt.stand_alone import Island, StandAlone, stand_alone
from brayton.study.doubt.survival import Fleet, random_units

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class OutageResult:
    """Outages from every step of the year.

    hours: lengths of outage (h,). all_well: share of the starts survived if every machine starts and runs (h,). survival: with
    machines that fail (h,). one_more: the same with one machine more, N+1 (h,). uninterrupted_share: of the starts in which the
    battery carries the first tier until the machines do. served_share: energy carried over energy asked for, by tier, with
    machines that fail (m,); NaN where nothing is asked for. fuel_kwh_hhv: used in the longest outage, mean over the starts.
    """

    hours: Floats
    all_well: Floats
    survival: Floats
    one_more: Floats
    uninterrupted_share: float
    served_share: Floats
    fuel_kwh_hhv: float
    outages: int
    seed: int

    @property
    def standard_error(self) -> Floats:
        """Of `survival`, from the failures drawn once for each starting step (h,)."""
        smoothed = (self.survival * self.outages + 1.0) / (self.outages + 2.0)
        return np.sqrt(smoothed * (1.0 - smoothed) / (self.outages + 2.0))

    def survived(self, outage_h: float) -> float:
        """Chance to survive an outage of this length; NaN beyond the longest looked at. Within a step, that of its end."""
        at = int(np.searchsorted(self.hours, outage_h - 1e-9))
        return float(self.survival[at]) if at < self.hours.size else math.nan

    def notes(self) -> Iterator[str]:
        """What a reader has to know."""
        yield (
            "Survival is the share of starting hours, with machine failures drawn at random, in which the most needed tier is "
            "carried to the end; minutes until the machines carry load count as interruption, not as failure."
        )
        if self.all_well[-1] < 1.0:
            yield (
                f"Even if no machine fails, {100 * (1 - self.all_well[-1]):.0f} % of outages of {self.hours[-1]:g} h are not "
                "survived: power, minimum load or fuel on site is short."
            )

    def as_dict(self) -> dict[str, Any]:
        """The `outage` part of result.json."""
        return {
            "hours": self.hours.tolist(),
            "survival": self.survival.tolist(),
            "survival_se": self.standard_error.tolist(),
            "survival_all_well": self.all_well.tolist(),
            "survival_one_more": self.one_more.tolist(),
            "uninterrupted_share": self.uninterrupted_share,
            "served_share": [None if math.isnan(share) else share for share in self.served_share.tolist()],
            "fuel_kwh_hhv": self.fuel_kwh_hhv,
            "seed": self.seed,
            "notes": list(self.notes()),
        }


def outage_result(
    island: Island, fleet: Fleet, tiers_kw: Floats, step_hours: float, longest_steps: int, *, seed: int
) -> OutageResult:
    """Outages of up to `longest_steps` from every step, the failures of `fleet` drawn once for each start.

    tiers_kw: load of each tier (m, n), most needed first. Errors: as `stand_alone`.
    """
    starts = tiers_kw.shape[1]

    def failing(units: int) -> StandAlone:
        running = random_units(replace(fleet, units=units), (starts, longest_steps), step_hours, seed)
        return stand_alone(replace(island, units=units), tiers_kw, step_hours, longest_steps, running=running)

    all_well = stand_alone(replace(island, units=fleet.units), tiers_kw, step_hours, longest_steps)
    found, more = failing(fleet.units), failing(fleet.units + 1)
    return OutageResult(
        hours=step_hours * np.arange(1.0, longest_steps + 1.0),
        all_well=all_well.curve,
        survival=found.curve,
        one_more=more.curve,
        uninterrupted_share=float(found.uninterrupted.mean()),
        served_share=found.served_share,
        fuel_kwh_hhv=float(found.fuel_kwh_hhv.mean()),
        outages=starts,
        seed=seed,
    )
