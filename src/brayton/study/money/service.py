"""What keeps the machines running: a service plan, and overhauls and replacements by fired hours, starts or years."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Faults
from brayton.core.records import Record, key
from brayton.study.money.terms import HIGHEST

WHOLE = 1e-9
"""Part of an interval by which a counter may fall short of a whole number of intervals through rounding alone."""


class Service(Record):
    """`[finance.service]`: a service plan, at the prices of the first year; a price that is left out is not charged."""

    usd_per_year: float | None = key("fixed", "USD/year", None, sourced=True, ge=0, le=HIGHEST)
    usd_per_kwh: float | None = key("per kWh generated", "USD/kWh", None, sourced=True, ge=0, le=HIGHEST)
    usd_per_run_hour: float | None = key("per hour that a machine runs", "USD/h", None, sourced=True, ge=0, le=HIGHEST)
    usd_per_start: float | None = key("per start of a machine", "USD", None, sourced=True, ge=0, le=HIGHEST)
    escalation: float | None = key("growth; that of O&M if left out", "1/year", None, gt=-0.5, lt=1)
    first_year: int = key("first year that is charged: 3 after two years of warranty", "year", 1, ge=1, le=60)
    last_year: int | None = key("last year that is charged; the last of the study if left out", "year", None, ge=1, le=60)
    excluded_years: tuple[int, ...] = key("years in between that are not charged and in which nothing is covered", "", ())
    covers: tuple[str, ...] = key("names of overhauls that the plan pays for while it runs; all others are excluded", "", ())


class Overhaul(Record):
    """`[[finance.overhaul]]`: an overhaul or a replacement, due whenever a counter passes its interval."""

    name: str = key("what is done, for tables", min_length=1)
    usd_per_unit: float = key("cost per machine at the prices of the first year", "USD", sourced=True, gt=0, le=HIGHEST)
    every_fired_hours: float | None = key("interval in fired hours of a machine", "h", None, ge=1, le=HIGHEST)
    hours_per_start: float = key("fired hours that a start counts for (equivalent hours)", "h", 0.0, ge=0, le=HIGHEST)
    every_starts: float | None = key("interval in starts of a machine", "", None, ge=1, le=HIGHEST)
    every_years: float | None = key("interval in years", "years", None, ge=0.1, le=1000)
    escalation: float | None = key("growth of the cost; that of O&M if left out", "1/year", None, gt=-0.5, lt=1)
    treatment: Literal["expense", "capitalise"] = key("deducted at once, or depreciated like the investment", "", "expense")
    in_last_year: bool = key("whether it is still done where it falls due in the last year", "", True)


INTERVALS = ("every_fired_hours", "every_starts", "every_years")


def check_overhaul(overhaul: Overhaul, path: str, faults: Faults) -> None:
    """Add a fault where an overhaul has not exactly one interval, or weighs starts without counting hours."""
    given = [name for name in INTERVALS if getattr(overhaul, name) is not None]
    if len(given) != 1:
        faults.add(path, ", ".join(given) or "(none)", f"must have one of {', '.join(INTERVALS)}", "Keep one.")
    if overhaul.hours_per_start and overhaul.every_fired_hours is None:
        faults.add(f"{path}.hours_per_start", overhaul.hours_per_start, "goes with every_fired_hours", "Leave it out.")


def check_service(service: Service, path: str, overhauls: tuple[str, ...], years: int, faults: Faults) -> None:
    """Add a fault for each year outside the study and for each overhaul that the plan covers and nothing names."""
    last = service.last_year if service.last_year is not None else years
    for name, year in (("first_year", service.first_year), ("last_year", last)):
        if year > years or last < service.first_year:
            faults.add(
                f"{path}.{name}", year, f"first_year <= last_year <= finance.years = {years} must hold", "Correct the years."
            )
    for year in service.excluded_years:
        if not service.first_year <= year <= last:
            faults.add(f"{path}.excluded_years", year, "lies outside the years that are charged", "Leave it out.")
    for name in service.covers:
        if name not in overhauls:
            faults.add(f"{path}.covers", name, "is no overhaul of this file", f"Known: {', '.join(overhauls) or '(none)'}.")


def in_force(service: Service, years: int) -> NDArray[np.bool_]:
    """Whether the plan is charged, and covers, in years 0 to `years`."""
    year = np.arange(years + 1)
    last = service.last_year if service.last_year is not None else years
    return (year >= service.first_year) & (year <= last) & ~np.isin(year, service.excluded_years)


def service_usd(
    service: Service,
    generated_kwh: NDArray[np.float64],
    run_hours: NDArray[np.float64],
    starts: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Cost of the plan in years 0, 1, ..., before escalation; run_hours and starts are of all machines together."""
    cost = (
        (service.usd_per_year or 0.0)
        + (service.usd_per_kwh or 0.0) * generated_kwh
        + (service.usd_per_run_hour or 0.0) * run_hours
        + (service.usd_per_start or 0.0) * starts
    )
    return np.where(in_force(service, generated_kwh.shape[-1] - 1), cost, 0.0)


def times_due(overhaul: Overhaul, unit_run_hours: NDArray[np.float64], unit_starts: NDArray[np.float64]) -> NDArray[np.float64]:
    """How often an overhaul of one machine falls due in years 0, 1, ...

    unit_run_hours, unit_starts: of one machine, by year. The counter is the running sum of fired hours + hours_per_start x
    starts (or of starts, or of years); each time that it passes a multiple of the interval, an overhaul is due in that year.
    """
    if overhaul.every_years is not None:
        counter = np.broadcast_to(np.arange(unit_run_hours.shape[-1], dtype=float), unit_run_hours.shape)
        interval = overhaul.every_years
    elif overhaul.every_starts is not None:
        counter, interval = np.cumsum(unit_starts, axis=-1), overhaul.every_starts
    else:
        counter = np.cumsum(unit_run_hours + overhaul.hours_per_start * unit_starts, axis=-1)
        interval = overhaul.every_fired_hours or np.inf
    due = np.diff(np.floor(counter / interval + WHOLE), axis=-1, prepend=0.0)
    if not overhaul.in_last_year:
        due[..., -1] = 0.0
    return due


def overhaul_usd(overhaul: Overhaul, run_hours: ArrayLike, starts: ArrayLike, units: int) -> NDArray[np.float64]:
    """Cost in years 0, 1, ..., before escalation, of `units` machines that share hours and starts evenly."""
    due = times_due(overhaul, np.asarray(run_hours, dtype=float) / units, np.asarray(starts, dtype=float) / units)
    return overhaul.usd_per_unit * units * due
