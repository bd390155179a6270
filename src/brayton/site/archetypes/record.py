"""Records of the archetypes: intensities per floor area, read from the TOML files beside this module."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import Field

from brayton.core.errors import unknown_name
from brayton.core.provenance import Source
from brayton.core.records import Record, parse_record, read_toml

PACKAGE = "brayton.site.archetypes"
FLAT = "flat"
"""The archetype without a shape: it needs no record."""

Pattern = Annotated[
    tuple[float, ...], Field(description="mean of each hour, or of each two, three or four, from midnight [W/m2]")
]


class Schedule(Record):
    """Course of a working day, and how much of what stands above its lowest value is left at the weekend."""

    workday_w_m2: Pattern
    saturday: float = Field(ge=0.0, le=1.5, description="share of activity left on Saturday")
    sunday: float = Field(ge=0.0, le=1.5, description="share of activity left on Sunday")


class Electric(Schedule):
    """Electricity for all but cooling: the course of the day, more of it in the heat (refrigeration, fans) or in the cold."""

    warm_above_c: float = 0.0
    warm_slope_w_m2_k: float = 0.0
    cold_below_c: float = 0.0
    cold_slope_w_m2_k: float = 0.0


class Cooling(Record):
    """Electricity of the chillers while they run, by activity, dry bulb and humidity ratio."""

    run_from_h: float = Field(0.0, description="clock hour at which the plant starts")
    run_until_h: float = Field(24.0, description="clock hour at which the plant stops")
    base_w_m2: float = 0.0
    active_w_m2: float = Field(0.0, description="times activity 0..1")
    warm_above_c: float
    warm_slope_w_m2_k: float
    humid_above_g_kg: float = 0.0
    humid_slope_w_m2_per_g_kg: float = 0.0
    day_mean_share: float = Field(0.0, ge=0.0, le=1.0, description="how far the mass of the building sees the mean of the day")


class SpaceHeat(Record):
    """Heat to the space, by dry bulb, with a set-back at night and what it takes to warm up after it."""

    below_c: float
    slope_w_m2_k: float
    base_w_m2: float = 0.0
    active_w_m2: float = Field(0.0, description="times activity 0..1; negative where people and lights help heating")
    run_from_h: float = Field(0.0, description="clock hour at which full heating starts")
    run_until_h: float = Field(24.0, description="clock hour at which the set-back starts")
    setback_share: float = Field(1.0, description="slope outside these hours, by the full one")
    start_up_share: float = Field(0.0, description="further slope at the start, by the full one, decaying")
    start_up_h: float = Field(1.0, gt=0.0, description="time constant of that decay")
    day_mean_share: float = Field(0.0, ge=0.0, le=1.0, description="how far the mass of the building sees the mean of the day")


class HotWater(Schedule):
    """Heat to the hot water at mains of 12 degC; it scales with the rise from mains to use."""

    use_temp_c: float = Field(gt=30.0, lt=90.0)


class ArchetypeSource(Record):
    """Where the parameters come from."""

    title: str
    date: str
    basis: Literal["primary", "secondary", "derived", "estimate"]
    note: str = ""
    url: str = ""


class Archetype(Record):
    """One kind of building."""

    name: str
    summary: str
    electric: Electric
    cooling: Cooling
    space_heat: SpaceHeat
    hot_water: HotWater
    source: ArchetypeSource

    def cite(self) -> Source:
        return Source(self.source.title, self.source.date, self.source.basis, self.source.note, self.source.url)


def archetypes() -> list[str]:
    """Names of the archetypes."""
    return sorted([FLAT, *(item.name.removesuffix(".toml") for item in files(PACKAGE).iterdir() if item.name.endswith(".toml"))])


@lru_cache
def archetype(name: str) -> Archetype:
    """The record of an archetype. Errors: InputError with the nearest names."""
    if name not in archetypes() or name == FLAT:
        raise unknown_name("archetype with a shape", name, archetypes(), path="archetype")
    file = str(files(PACKAGE) / f"{name}.toml")
    return parse_record(Archetype, read_toml(file), file)
