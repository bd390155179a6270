"""The risk of the demand peak against closed forms and enumeration."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from brayton.core.errors import InputError
from brayton.core.timeaxis import TimeAxis
from brayton.study.doubt.demand_risk import Trips, demand_risk

AXIS = TimeAxis(2018)
HOURS = np.bincount(AXIS.month)


def trips(rate: float = 1e-3, steps: int = 8760, hours: tuple[float, ...] = (1.0,), **keys: Any) -> Trips:
    return Trips(np.full(steps, rate), hours, **keys)


def test_with_a_flat_load_any_trip_sets_the_peak() -> None:
    """1 - exp(-rate x hours of the month), and the whole machine is added to it."""
    risk = demand_risk(np.full(8760, 100.0), np.full(8760, 160.0), AXIS.month, trips(), 1.0)
    exact = 1.0 - np.exp(-1e-3 * HOURS)
    assert risk.chance == pytest.approx(exact, rel=1e-12)
    assert risk.extra_kw == pytest.approx(60.0 * exact, rel=1e-12)
    assert (risk.peak_kw == 100.0).all()
    assert (risk.tripped_kw == 160.0).all()
    assert risk.chance_of_year == pytest.approx(1.0 - math.exp(-8.76), rel=1e-12)


def test_one_bad_hour_is_reached_by_the_starts_before_it() -> None:
    """A trip of 3 hours meets one hour from three starts; one that begins in the month before sets this month's peak too."""
    calm = np.full(8760, 50.0)
    first, middle = int(HOURS[0]), 2000
    calm[[first, middle]] = 90.0
    tripped = np.where(calm == 90.0, 150.0, 60.0)
    calm[AXIS.month == 0] = calm[AXIS.month > 2] = 100.0
    tripped = np.maximum(calm, tripped)
    risk = demand_risk(calm, tripped, AXIS.month, trips(2e-3, hours=(3.0,)), 1.0)
    assert risk.chance[1:3] == pytest.approx([1 - math.exp(-6e-3)] * 2, rel=1e-12)  # starts 743, 744, 745
    assert (risk.chance[[0, *range(3, 12)]] == 0.0).all()
    assert risk.chance_of_year == pytest.approx(1 - math.exp(-12e-3), rel=1e-12)


def test_without_trips_or_without_higher_import_there_is_no_risk() -> None:
    calm = np.random.default_rng(1).uniform(0.0, 100.0, 8760)
    for tripped, rate in ((calm, 1e-2), (calm + 50.0, 0.0)):
        risk = demand_risk(calm, tripped, AXIS.month, trips(rate), 1.0)
        assert (risk.chance == 0.0).all()
        assert (risk.extra_kw == 0.0).all()
        assert risk.chance_of_year == 0.0


def test_the_expected_peak_is_that_of_all_outcomes() -> None:
    """Four steps, lengths of one and two: every set of starts is enumerated with its probability."""
    calm, tripped = np.array([1.0, 4.0, 2.0, 3.0]), np.array([3.0, 6.0, 9.0, 5.0])
    rate = np.array([0.3, 0.0, 0.2, 0.5])
    spec = Trips(rate, (1.0, 2.0), (0.25, 0.75))
    risk = demand_risk(calm, tripped, np.zeros(4, int), spec, 1.0)
    starts = [(i, length) for i in range(4) for length in (1, 2)]
    chances = [1 - math.exp(-rate[i] * (0.25 if length == 1 else 0.75)) for i, length in starts]
    reach = [max(tripped[(i + k) % 4] for k in range(length)) for i, length in starts]
    mean, hit = 0.0, 0.0
    for outcome in range(2 ** len(starts)):
        on = [bool(outcome >> j & 1) for j in range(len(starts))]
        p = math.prod(c if is_on else 1 - c for c, is_on in zip(chances, on, strict=True))
        peak = max([4.0, *(r for r, is_on in zip(reach, on, strict=True) if is_on)])
        mean += p * (peak - 4.0)
        hit += p * (peak > 4.0)
    assert risk.extra_kw[0] == pytest.approx(mean, rel=1e-12)
    assert risk.chance[0] == pytest.approx(hit, rel=1e-12)
    assert np.isnan(risk.peak_kw[1:]).all()
    document = json.loads(json.dumps(risk.as_dict(), allow_nan=False))
    assert document["peak_kw"] == [4.0] + [None] * 11
    assert document["chance_of_year"] == pytest.approx(hit, rel=1e-12)


def random_peaks(calm: np.ndarray, tripped: np.ndarray, trips: Trips, years: int) -> np.ndarray:
    """Peaks of each month of random years (years, 12), trip by trip."""
    generator, firsts = np.random.default_rng(1), np.searchsorted(AXIS.month, np.arange(12))
    expected = np.outer(trips.chances, trips.starts_per_hour)
    peaks = np.empty((years, 12))
    for year in peaks:
        net = calm.copy()
        for length, first in np.argwhere(generator.poisson(expected)):
            window = (first + np.arange(int(trips.duration_h[length]))) % AXIS.steps
            net[window] = tripped[window]
        year[:] = np.maximum.reduceat(net, firsts)
    return peaks


def test_the_simulation_agrees_with_the_exact_risk() -> None:
    generator = np.random.default_rng(5)
    load = 100.0 + 40.0 * np.sin(np.arange(8760) / 24 * 2 * np.pi) + generator.uniform(0.0, 30.0, 8760)
    calm, tripped = np.maximum(load - 60.0, 0.0), load
    spec = Trips(np.where(load > 80.0, 1 / 500.0, 0.0), (1.0, 5.0, 48.0), (0.5, 0.3, 0.2))
    risk = demand_risk(calm, tripped, AXIS.month, spec, 1.0)
    years = 3000
    peaks = random_peaks(calm, tripped, spec, years)
    hit = (peaks > risk.peak_kw + 1e-12).mean(axis=0)
    bound = 4 * math.sqrt(0.25 / years)
    assert hit == pytest.approx(risk.chance, abs=bound)
    spread = peaks.std(axis=0) / math.sqrt(years)
    assert (np.abs(peaks.mean(axis=0) - risk.peak_kw - risk.extra_kw) < 4 * spread).all()
    assert (peaks > risk.peak_kw + 1e-12).any(axis=1).mean() == pytest.approx(risk.chance_of_year, abs=bound)
    assert (peaks <= risk.tripped_kw + 1e-12).all()


def test_quarter_hours_count_as_such() -> None:
    """The same hour in four steps: 4 + (2 - 1) starts of half an hour reach it."""
    axis = TimeAxis(2018, 15)
    calm = np.full(axis.steps, 50.0)
    tripped = calm.copy()
    tripped[1000:1004] = 80.0
    risk = demand_risk(calm, tripped, axis.month, trips(1e-2, axis.steps, (0.5,)), 0.25)
    assert risk.chance[0] == pytest.approx(1 - math.exp(-1e-2 * 5 * 0.25), rel=1e-12)


def test_the_trip_rate_of_the_tail_is_poisson() -> None:
    """The number of trips that pass a level is Poisson: of two or more nothing else is said, of none it is exp(-N)."""
    risk = demand_risk(np.zeros(8760), np.ones(8760), AXIS.month, trips(5e-3), 1.0)
    assert 1.0 - risk.chance == pytest.approx(stats.poisson.pmf(0, 5e-3 * HOURS), rel=1e-9)


@pytest.mark.parametrize(
    ("keys", "word"),
    [
        ({"starts_per_hour": np.array([-1.0])}, "starts_per_hour"),
        ({"duration_h": ()}, "duration_h"),
        ({"duration_h": (0.0,)}, "duration_h"),
        ({"duration_h": (700.0,)}, "two months at most"),
        ({"duration_h": (1.0, 2.0), "chances": (0.5, 0.6)}, "adding up to 1"),
        ({"duration_h": (1.0, 2.0), "chances": (1.0,)}, "one probability for each length"),
    ],
)
def test_trips_that_cannot_be_are_refused(keys: dict[str, Any], word: str) -> None:
    with pytest.raises(InputError, match=word):
        Trips(**({"starts_per_hour": np.ones(3), "duration_h": (1.0,)} | keys))


@pytest.mark.parametrize(
    ("calm", "tripped", "month", "word"),
    [
        ([1.0, 2.0], [1.0, 2.0, 3.0], [0, 0], "alike"),
        ([1.0, np.nan], [1.0, 2.0], [0, 0], "finite"),
        ([1.0, 2.0], [1.0, 1.0], [0, 0], "cannot lower"),
        ([1.0, 2.0], [1.0, 2.0], [1, 0], "rise from 0 to 11"),
        ([1.0, 2.0], [1.0, 2.0], [1, 12], "rise from 0 to 11"),
    ],
)
def test_series_that_contradict_each_other_are_refused(calm: Any, tripped: Any, month: Any, word: str) -> None:
    with pytest.raises(InputError, match=word):
        demand_risk(calm, tripped, month, trips(steps=2), 1.0)
