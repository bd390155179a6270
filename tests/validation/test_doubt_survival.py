"""Survival of outages against closed forms and single machines; the risk of the demand peak against random years."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy.linalg import expm

from brayton.core.timeaxis import TimeAxis
from brayton.study.doubt.availability import Reliability, random_years
from brayton.study.doubt.demand_risk import Trips, demand_risk
from brayton.study.doubt.outages import outage_result
from brayton.study.doubt.stand_alone import Island
from brayton.study.doubt.survival import Fleet

OUTAGES = 40_000
STANDARD_ERRORS = 4.0
"""A right figure fails once in 16,000 times; the seeds are fixed."""


STEP_HOURS = 1.0


def closed_form(fleet: Fleet, needed: int, outage_h: float) -> float:
    """Chance that `needed` machines run without a break: the binomial of those left; with repair the Markov chain of the number
    that runs, in continuous time, absorbed below `needed`."""
    p = fleet.start_chance if math.isfinite(fleet.mttr_h) else fleet.start_chance * math.exp(-outage_h / fleet.mtbf_h)
    number = np.arange(needed, fleet.units + 1)
    chance = np.array([math.comb(fleet.units, j) * p**j * (1.0 - p) ** (fleet.units - j) for j in number])
    if math.isinf(fleet.mttr_h):
        return float(chance.sum())
    rates = np.diag((fleet.units - number[:-1]) / fleet.mttr_h, 1) + np.diag(number[1:] / fleet.mtbf_h, -1)
    # what fails at `needed` leaves the chain: the survivors are what remains in it
    rates -= np.diag(number / fleet.mtbf_h + (fleet.units - number) / fleet.mttr_h)
    return float((chance @ expm(rates * outage_h)).sum())


def brayton(fleet: Fleet, needed: int, outage_h: float) -> float:
    """Survival as a study finds it, on a level load that `needed` machines carry at full power."""
    island = Island(fleet.units, np.full(OUTAGES, 60.0), 0.0, 0.0, 3.0)
    load_kw, steps = np.full((1, OUTAGES), 60.0 * needed), round(outage_h / STEP_HOURS)
    return outage_result(island, fleet, load_kw, STEP_HOURS, steps, seed=2003).survived(outage_h)


def machine_by_machine(fleet: Fleet, needed: int, outage_h: float, generator: np.random.Generator) -> float:
    """Share of outages survived, every failure and repair of every machine drawn at its own time.

    The number that runs changes only at these times, so it is followed from one to the next.
    """
    survived = 0
    repaired = not math.isinf(fleet.mttr_h)
    for _ in range(OUTAGES):
        up = generator.random(fleet.units) < fleet.start_chance
        clock = np.where(
            up,
            generator.exponential(fleet.mtbf_h, fleet.units),
            generator.exponential(fleet.mttr_h, fleet.units) if repaired else np.inf,
        )
        alive = int(up.sum()) >= needed
        while alive:
            first = int(np.argmin(clock))
            if clock[first] >= outage_h:
                break
            up[first] = not up[first]
            clock[first] += (
                generator.exponential(fleet.mtbf_h) if up[first] else generator.exponential(fleet.mttr_h) if repaired else np.inf
            )
            alive = int(up.sum()) >= needed
        survived += alive
    return survived / OUTAGES


def test_survival_meets_simulation(table: Callable[..., None]) -> None:
    cases = [
        ("1 of 1", Fleet(1, 0.98, 500.0), 1, 96.0),
        ("N+1: 4 of 5", Fleet(5, 0.98, 500.0), 4, 96.0),
        ("5 of 5", Fleet(5, 0.98, 500.0), 5, 96.0),
        ("N+2: 8 of 10", Fleet(10, 0.95, 300.0), 8, 48.0),
        ("1 of 2, repaired", Fleet(2, 0.98, 100.0, 24.0), 1, 168.0),
        ("4 of 5, repaired", Fleet(5, 0.98, 500.0, 24.0), 4, 168.0),
    ]
    generator, rows, deviations = np.random.default_rng(2003), [], []
    for name, fleet, needed, outage_h in cases:
        exact = closed_form(fleet, needed, outage_h)
        simulated, ours = machine_by_machine(fleet, needed, outage_h, generator), brayton(fleet, needed, outage_h)
        standard_error = math.sqrt(exact * (1.0 - exact) / OUTAGES)
        deviations.append([(found - exact) / standard_error for found in (simulated, ours)])
        repair = "none" if math.isinf(fleet.mttr_h) else f"{fleet.mttr_h:g}"
        chances = (f"{chance:.4f}" for chance in (exact, simulated, ours))
        off = (f"{item:+.2f}" for item in deviations[-1])
        rows.append((name, fleet.start_chance, f"{fleet.mtbf_h:g}", repair, f"{outage_h:g}", *chances, *off))
    table(
        "doubt_survival",
        "Survival of outages: a study's against the closed form and against simulation",
        (
            "machines",
            "start chance",
            "MTBF [h]",
            "repair [h]",
            "outage [h]",
            "closed form",
            "machine by machine",
            "Brayton",
            "machine by machine [standard errors]",
            "Brayton [standard errors]",
        ),
        rows,
        f"{OUTAGES} outages each, tolerance {STANDARD_ERRORS:g} standard errors. Machine by machine: each failure and repair is "
        "drawn at its own time. Brayton: by the code of a study, in steps of an hour as there.",
    )
    assert np.abs(deviations).max() < STANDARD_ERRORS


def test_demand_risk_meets_random_years_of_machines(table: Callable[..., None]) -> None:
    """The Poisson risk counts overlapping trips as single ones and fixes the lengths; random years of one machine do neither.

    The machine of the random years cannot trip while it is down, so its rate is 1/(MTBF + MTTR) of all hours, and it is met
    in the middle of each hour, where the closed form rounds a trip up to whole hours. Tolerance: 4 standard errors, and 2 % of
    the rise for these differences.
    """
    axis, years = TimeAxis(2018), 1500
    hour = axis.hour
    load = (
        100.0
        + 30.0 * np.sin((hour - 8) / 24 * 2 * np.pi) * (axis.weekday < 5)
        + 10.0 * np.sin(np.arange(8760) / 8760 * 2 * np.pi)
    )
    calm, machine = load - 60.0, Reliability(1000.0, 8.0)
    trips = Trips.of(machine, np.full(8760, machine.availability))
    risk = demand_risk(calm, load, axis.month, trips, 1.0)
    up = random_years(machine, 1, 8760, 1.0, rows=years, seed=7) == 1.0
    net = np.where(up, calm, load)
    peaks = np.stack([net[:, axis.month == m].max(axis=1) for m in range(12)], axis=1)
    set_by_trip = (peaks > risk.peak_kw + 1e-9).mean(axis=0)
    rise = (peaks - risk.peak_kw).mean(axis=0)
    rise_error = peaks.std(axis=0) / math.sqrt(years)
    rows = [
        (m + 1, f"{risk.chance[m]:.4f}", f"{set_by_trip[m]:.4f}", f"{risk.extra_kw[m]:.2f}", f"{rise[m]:.2f}") for m in range(12)
    ]
    table(
        "doubt_demand_risk",
        "Risk that a trip sets the month's peak: closed form against random years",
        ("month", "chance, closed form", "chance, random years", "expected rise [kW], closed form", "rise [kW], random years"),
        rows,
        f"One 60 kW machine, MTBF 1000 h, MTTR 8 h, load 60 to 140 kW; {years} random years. Tolerance: 4 standard errors, 2 %.",
    )
    assert set_by_trip == pytest.approx(risk.chance, rel=0.02, abs=STANDARD_ERRORS * math.sqrt(0.25 / years))
    assert (np.abs(rise - risk.extra_kw) < STANDARD_ERRORS * rise_error + 0.02 * risk.extra_kw).all()
