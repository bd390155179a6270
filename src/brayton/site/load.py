"""Loads of a site: demand in kW for each step of the time axis, and the reader that takes them from a CSV."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from brayton.core.errors import Faults
from brayton.core.provenance import Source
from brayton.core.timeaxis import TimeAxis
from brayton.site.power import check_unit_of_column
from brayton.site.series import Series, read_series

LoadKind = Literal["electric", "space_heat", "hot_water", "cooling"]
LoadBasis = Literal["electric", "heat", "fuel_hhv", "chiller_electric"]

BASES: Mapping[LoadKind, tuple[LoadBasis, ...]] = {
    "electric": ("electric",),
    "space_heat": ("heat", "fuel_hhv"),
    "hot_water": ("heat", "fuel_hhv"),
    "cooling": ("heat", "chiller_electric"),
}
"""What the figures of each kind may stand for; the first is what the kind means if nothing is said."""


@dataclass(frozen=True)
class Load:
    """Demand of a site over the steps of its time axis.

    kw: mean of each step [kW], finite and not negative: electricity, heat delivered, or cold delivered.
    is_chiller_electricity: a cooling load in kW of its chiller's electricity (cold would need the COP, which nobody gave).
    supply_temp_c: temperature of the water that a heat load needs [degC]; None if not said.
    """

    kind: LoadKind
    kw: NDArray[np.float64]
    supply_temp_c: float | None
    name: str
    source: Source
    notes: tuple[str, ...] = ()
    is_chiller_electricity: bool = False

    @property
    def peak_kw(self) -> float:
        return float(self.kw.max())


def load_from_csv(
    path: str | Path,
    column: str | None,
    kind: LoadKind,
    axis: TimeAxis,
    *,
    basis: LoadBasis | None = None,
    boiler_eff_hhv: float | None = None,
    supply_temp_c: float | None = None,
) -> Load:
    """A load from one column of a CSV (see `read_series`), in kW, or in kWh per step of an hour.

    basis: what the figures stand for, see `BASES`; must be said where the column's name speaks of fuel or of electricity
    and the kind does not. boiler_eff_hhv: with ``fuel_hhv``, heat delivered by fuel [HHV] of the boiler that burns it now.
    The file must cover the axis step for step: stamps equal to the axis, or without stamps as many rows as it has steps.
    Errors: InputError, all faults gathered: those of `read_series`; negative values; another number of rows, calendar or step;
    a unit that the name or the size of the figures makes doubtful; a basis that does not fit the kind.
    """
    series = read_series(path, column, leap_day=axis.leap_day)
    with Faults(file=str(path)) as faults:
        _check_axis(series, axis, faults)
        _check_values(series, axis, faults)
        meaning = _check_basis(series.name, kind, basis, boiler_eff_hhv, faults)
        if supply_temp_c is not None and (kind not in ("space_heat", "hot_water") or not 20.0 <= supply_temp_c <= 150.0):
            rule = f"must lie in 20..150 degC and belong to a heat load; this one is {kind}"
            faults.add("supply_temp_c", supply_temp_c, rule, "Give the temperature of the heating water, or leave it out.")
    notes: list[str] = []
    kw = series.values
    if meaning == "fuel_hhv" and boiler_eff_hhv is not None:
        kw = kw * boiler_eff_hhv
        notes.append(f"{series.name}: heat is the fuel (HHV) times the boiler's efficiency of {boiler_eff_hhv:g}")
    if kind == "electric" and (zeros := int(np.sum(kw == 0.0))):
        notes.append(f"{series.name}: {zeros} steps are exactly zero; check that zeros do not stand for missing values")
    source = Source(f"{Path(path).name}, column {series.name}", "undated", "secondary", "series given by the user")
    return Load(kind, kw, supply_temp_c, series.name, source, tuple(notes), meaning == "chiller_electric")


def constant_load(kw: float, kind: LoadKind, axis: TimeAxis, *, supply_temp_c: float | None = None) -> Load:
    """A load of `kw` at all times [kW], as that of a pump or a blower."""
    source = Source(f"{kind} load of {kw:g} kW at all times", "undated", "secondary", "figure given by the user")
    return Load(kind, np.full(axis.steps, kw), supply_temp_c, kind, source)


def _check_axis(series: Series, axis: TimeAxis, faults: Faults) -> None:
    rows = len(series.values)
    if series.step_minutes not in (None, axis.step_minutes):
        rule = f"the study's step is {axis.step_minutes} min"
        faults.add("step", f"{series.step_minutes} min", rule, "Average the series to the study's step, or change the study's.")
    elif rows != axis.steps:
        remedy = "Give every step of the year once; nothing is cut or filled (L5)."
        if {rows, axis.steps} == {365 * axis.steps // axis.days, 366 * axis.steps // axis.days}:
            remedy = "The difference is 29 February: choose a calendar year of the same kind, or say that it is dropped."
        faults.add("rows", rows, f"the year {axis.year} has {axis.steps} steps of {axis.step_minutes} min", remedy)
    elif series.stamps is not None and not np.array_equal(series.stamps, axis.stamps):
        first = str(series.stamps[0]).replace("T", " ")
        rule = f"the study's calendar begins at {axis.year}-01-01 00:00"
        faults.add("first stamp", first, rule, "Set the study's year to that of the load, so that weekdays fit.")


def _check_values(series: Series, axis: TimeAxis, faults: Faults) -> None:
    values = series.values
    negative = np.flatnonzero(values < 0.0)
    if negative.size:
        rule = f"a demand cannot be negative ({negative.size} steps are, the first is step {negative[0]})"
        faults.add(f"column {series.name}", float(values[negative[0]]), rule, "Give the demand before any generation.")
    check_unit_of_column(series, axis, faults)


def _check_basis(name: str, kind: LoadKind, basis: LoadBasis | None, boiler_eff_hhv: float | None, faults: Faults) -> LoadBasis:
    allowed = BASES[kind]
    meaning = basis or allowed[0]
    if meaning not in allowed:
        faults.add("basis", meaning, f"does not fit a load of kind {kind}", f"Use one of: {', '.join(allowed)}.")
    words = set(re.split(r"[^a-z]+", name.lower()))
    if basis is None and kind in ("space_heat", "hot_water") and words & {"gas", "fuel", "hhv", "lhv"}:
        remedy = "Say basis = fuel_hhv with boiler_eff_hhv, or basis = heat."
        faults.add(f"column {name}", kind, "speaks of fuel, the load is heat; we do not guess which", remedy)
    if basis is None and kind == "cooling" and words & {"electric", "electricity", "chiller"}:
        remedy = "Say basis = chiller_electric, or basis = heat for cold delivered."
        faults.add(f"column {name}", kind, "speaks of electricity, the load is cold; we do not guess which", remedy)
    if (meaning == "fuel_hhv") != (boiler_eff_hhv is not None):
        rule = f"basis is {meaning}: an efficiency belongs to fuel_hhv and to nothing else"
        faults.add("boiler_eff_hhv", boiler_eff_hhv, rule, "Give both, or neither.")
    elif boiler_eff_hhv is not None and not 0.3 <= boiler_eff_hhv <= 1.0:
        faults.add("boiler_eff_hhv", boiler_eff_hhv, "must lie in 0.3..1 (HHV)", "Give heat delivered by fuel burnt, on HHV.")
    return meaning
