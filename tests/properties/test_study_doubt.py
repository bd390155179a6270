"""What holds for any doubt: margins, order of percentiles, and that more help never hurts in an outage."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from brayton.core.provenance import Source
from brayton.study.doubt.bands import band
from brayton.study.doubt.demand_risk import Trips, demand_risk
from brayton.study.doubt.distributions import Normal, Uniform
from brayton.study.doubt.draws import Correlation, Uncertain, draw
from brayton.study.doubt.montecarlo import run_draws
from brayton.study.doubt.stand_alone import Island, stand_alone
from brayton.study.doubt.survival import Fleet, random_units
from brayton.study.money.measures import internal_rate_of_return, payback_years, paybacks_years, rates_of_return

BRIEF = settings(max_examples=40, deadline=None)
SHARE = st.floats(0.0, 1.0)
HOURS = st.floats(0.1, 5000.0)
SOURCE = Source("test", "", "estimate")


@BRIEF
@given(st.lists(st.floats(-1.0, 1.0), min_size=2, max_size=5), st.integers(1, 200), st.integers(0, 2**32))
def test_any_possible_correlation_leaves_the_margins_stratified(loadings: list[float], count: int, seed: int) -> None:
    """One common cause with these loadings gives a possible matrix."""
    inputs = [Uncertain(f"x{i}", "", "-", 0.5, Uniform(0.0, 1.0), SOURCE) for i in range(len(loadings))]
    pairs = [
        Correlation(f"x{i}", f"x{j}", loadings[i] * loadings[j])
        for i in range(len(loadings))
        for j in range(i + 1, len(loadings))
    ]
    for values in draw(inputs, count, seed, correlations=pairs).values.values():
        assert sorted(np.minimum(np.floor(values * count), count - 1).astype(int).tolist()) == list(range(count))


@BRIEF
@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=300))
def test_percentiles_are_in_order_and_among_the_draws(values: list[float]) -> None:
    found = band(values)
    assert min(values) <= found.p10 <= found.p50 <= found.p90 <= max(values)
    assert {found.p10, found.p50, found.p90} <= set(values)
    assert min(found.p10_se, found.p50_se, found.p90_se) >= 0.0


@BRIEF
@given(st.integers(1, 8), SHARE, HOURS, HOURS, st.integers(0, 2**32))
def test_a_random_fleet_has_no_more_machines_than_there_are(
    units: int, start_chance: float, mtbf_h: float, mttr_h: float, seed: int
) -> None:
    mended = random_units(Fleet(units, start_chance, mtbf_h, mttr_h), (50, 10), 1.0, seed)
    assert ((mended >= 0) & (mended <= units)).all()
    bare = random_units(Fleet(units, start_chance, mtbf_h), (50, 10), 1.0, seed)
    assert (np.diff(bare, axis=1) <= 0).all()


ISLANDS = st.fixed_dictionaries(
    {
        "units": st.integers(0, 3),
        "min_load_kw": st.floats(0.0, 60.0),
        "fuel_kw_hhv_idle": st.floats(0.0, 100.0),
        "fuel_kw_hhv_per_kw": st.one_of(st.just(0.0), st.floats(0.5, 4.0)),  # between: no engine, and a quotient without meaning
        "start_h": st.sampled_from([0.0, 0.1]),
        "black_start": st.booleans(),
        "load_bank_kw": st.floats(0.0, 30.0),
        "held_kwh_hhv": st.floats(0.0, 3000.0),
        "battery_kwh": st.floats(0.0, 200.0),
        "battery_kw": st.floats(0.0, 100.0),
        "battery_eff": st.floats(0.5, 1.0),
    }
)


@BRIEF
@given(ISLANDS, st.lists(st.floats(0.0, 150.0), min_size=6, max_size=6), st.lists(st.floats(0.0, 60.0), min_size=6, max_size=6))
def test_an_island_gives_only_what_it_has(keys: dict[str, Any], loads: list[float], powers: list[float]) -> None:
    tiers = np.array([loads, loads[::-1]])
    found = stand_alone(Island(unit_kw=np.array(powers), **keys), tiers, 1.0, 8)
    assert (found.served_kwh <= found.asked_kwh * (1.0 + 1e-9) + 1e-9).all()
    assert (found.fuel_kwh_hhv <= keys["held_kwh_hhv"] * (1.0 + 1e-9)).all()
    assert (np.diff(found.survived.astype(int), axis=0) <= 0).all()
    # electricity comes from the fuel, at no better than the slope, or from the battery
    slope = keys["fuel_kw_hhv_per_kw"]
    most = found.fuel_kwh_hhv + slope * keys["battery_kwh"]
    assert (slope * found.served_kwh.sum(axis=0) <= most * (1.0 + 1e-9) + 1e-6).all()


@BRIEF
@given(st.integers(0, 2**32), st.floats(0.0, 0.2), st.sampled_from([(1.0,), (2.0, 6.0)]))
def test_the_risk_is_bounded_and_grows_with_the_rate(seed: int, rate: float, lengths: tuple[float, ...]) -> None:
    generator = np.random.default_rng(seed)
    calm = generator.uniform(0.0, 100.0, 60)
    tripped, month = calm + generator.uniform(0.0, 60.0, 60), np.repeat(np.arange(12), 5)
    chances = (1.0 / len(lengths),) * len(lengths)
    low = demand_risk(calm, tripped, month, Trips(np.full(60, rate), lengths, chances), 1.0)
    high = demand_risk(calm, tripped, month, Trips(np.full(60, 2.0 * rate), lengths, chances), 1.0)
    assert ((low.chance >= 0.0) & (low.chance <= high.chance + 1e-12) & (high.chance <= 1.0)).all()
    assert ((low.extra_kw >= 0.0) & (low.extra_kw <= (low.tripped_kw - low.peak_kw) * low.chance + 1e-9)).all()
    assert max(low.chance) <= low.chance_of_year + 1e-12 <= low.chance.sum() + 2e-12


@BRIEF
@given(st.integers(0, 2**32), st.integers(1, 4), st.integers(1, 300))
def test_neither_workers_nor_repetition_change_a_figure(seed: int, workers: int, block: int) -> None:
    inputs = [_uncertain("a", Normal(1.0, 0.4)), _uncertain("b", Normal(2.0, 0.5))]
    alone = run_draws(_Difference(), draw(inputs, 200, seed), block=block)
    again = run_draws(_Difference(), draw(inputs, 200, seed), block=block, workers=workers)
    assert (alone.headlines["npv_usd"] == again.headlines["npv_usd"]).all()
    band = alone.bands["npv_usd"]
    assert band.p10 <= band.p50 <= band.p90


def test_a_standard_error_is_the_spread_of_its_percentile() -> None:
    """From seed to seed, and a quarter of it for sixteen times the draws. Each is itself an estimate from order statistics: its
    mean over 200 seeds is known to 2 %, the spread over them to 5 %."""
    inputs = [_uncertain("a", Normal(1.0, 0.4)), _uncertain("b", Normal(2.0, 0.5))]

    def found(count: int) -> tuple[np.ndarray, np.ndarray]:
        runs = [run_draws(_Difference(), draw(inputs, count, seed, method="plain")) for seed in range(200)]
        bands = [run.bands["npv_usd"] for run in runs]
        chances = [run.chance_pays for run in runs]
        figures = [(b.p10, b.p50, b.p90, c.value) for b, c in zip(bands, chances, strict=True) if c is not None]
        errors = [(b.p10_se, b.p50_se, b.p90_se, c.standard_error) for b, c in zip(bands, chances, strict=True) if c is not None]
        assert len(figures) == 200
        return np.std(figures, axis=0), np.mean(errors, axis=0)

    (few_spread, few), (many_spread, many) = found(250), found(4000)
    assert few == pytest.approx(few_spread, rel=0.2)  # four times 5 %
    assert many == pytest.approx(many_spread, rel=0.2)
    assert many == pytest.approx(few / 4.0, rel=0.1)


@BRIEF
@given(st.lists(st.lists(st.floats(-1e6, 1e6), min_size=6, max_size=6), min_size=1, max_size=8))
def test_rates_and_paybacks_of_many_are_those_of_each(rows: list[list[float]]) -> None:
    flows = np.round(np.array(rows), 2)
    for found, alone in ((rates_of_return(flows), internal_rate_of_return), (paybacks_years(flows), payback_years)):
        for value, row in zip(found.tolist(), flows, strict=True):
            expected = alone(row)
            if expected is None:
                assert math.isnan(value)
            else:
                assert value == pytest.approx(expected, rel=1e-6, abs=1e-9)


class _Difference:
    def evaluate(self, draws: Mapping[str, NDArray[np.float64]], /) -> Mapping[str, NDArray[np.float64]]:
        return {"npv_usd": draws["a"] - draws["b"] + 0.8}


def _uncertain(name: str, spread: Normal) -> Uncertain:
    return Uncertain(name, "made up", "-", spread.mean, spread, SOURCE)
