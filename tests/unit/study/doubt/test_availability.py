"""Random years against the renewal process's closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.core.timeaxis import TimeAxis
from brayton.site.outages import REOPT_MICROTURBINE
from brayton.study.doubt.availability import Reliability, random_years, serviced


@pytest.mark.parametrize("up_shape", [0.7, 1.0, 3.0])
@pytest.mark.parametrize("repair_log_sd", [0.0, 1.0])
def test_the_mean_is_mtbf_over_mtbf_and_mttr_from_the_first_step(up_shape: float, repair_log_sd: float) -> None:
    """Met in the middle of its history, a machine is up with the same probability in every step."""
    machine = Reliability(200.0, 50.0, up_shape, repair_log_sd)
    assert machine.availability == 0.8
    rows = random_years(machine, 1, 2000, 1.0, rows=4000, seed=1)
    # 4 standard errors of a share of 4,000 rows
    bound = 4.0 * math.sqrt(0.8 * 0.2 / 4000)
    for step in (0, 1, 100, 1999):
        assert rows[:, step].mean() == pytest.approx(0.8, abs=bound)
    assert rows.mean() == pytest.approx(0.8, abs=bound / 2)


def test_trips_of_exponential_times_are_memoryless() -> None:
    """P(up at 0 and at t) of an exponential pair: A (A + (1 - A) exp(-(1/MTBF + 1/MTTR) t)); lognormal repair of small
    scatter has no such form, so only the trips are tested: P(up through t) = A exp(-t/MTBF)."""
    rows = random_years(Reliability(100.0, 20.0), 1, 201, 0.5, rows=20_000, seed=2)
    for hours in (10.0, 50.0, 100.0):
        steps = round(hours / 0.5)
        through = (rows[:, : steps + 1] == 1.0).all(axis=1).mean()
        # outages shorter than a step may fall between two middles; of lognormal 20 h with deviation 0.8 almost none is
        assert through == pytest.approx(100 / 120 * math.exp(-hours / 100.0), abs=4 * math.sqrt(0.25 / 20_000))


def test_units_are_independent() -> None:
    rows = random_years(Reliability(200.0, 50.0), 3, 1000, 1.0, rows=2000, seed=3)
    assert set(np.unique(np.rint(rows * 3)).tolist()) == {0.0, 1.0, 2.0, 3.0}
    share = [float((np.rint(rows[:, 500] * 3) == k).mean()) for k in range(4)]
    exact = [math.comb(3, k) * 0.8**k * 0.2 ** (3 - k) for k in range(4)]
    assert share == pytest.approx(exact, abs=4 * math.sqrt(0.25 / 2000))


def test_rows_are_sorted_and_made_by_their_seed() -> None:
    machine = Reliability(500.0, 48.0)
    rows = random_years(machine, 2, 500, 1.0, rows=40, seed=9)
    assert (np.diff(rows.mean(axis=1)) >= 0.0).all()
    assert (rows == random_years(machine, 2, 500, 1.0, rows=40, seed=9)).all()
    assert (rows != random_years(machine, 2, 500, 1.0, rows=40, seed=10)).any()


def test_planned_and_forced_outages_are_not_counted_twice() -> None:
    planned = np.zeros((2, 100), dtype=bool)
    planned[0, 10:20] = True
    never = random_years(Reliability(1e12, 1.0), 2, 100, 1.0, rows=3, seed=1, planned=planned)
    assert (never[:, 10:20] == 0.5).all()
    assert (np.delete(never, np.s_[10:20], axis=1) == 1.0).all()
    always = random_years(Reliability(1.0, 1e12), 2, 100, 1.0, rows=3, seed=1, planned=planned)
    assert (always == 0.0).all()


def test_service_is_that_of_reopt_and_goes_from_machine_to_machine() -> None:
    """REopt's four blocks are 264 h. In 2018 the week of 1 March begins on Monday 26 February; the second on 5 March."""
    axis = TimeAxis(2018)
    down = serviced(axis, REOPT_MICROTURBINE, 3)
    assert down.sum(axis=1).tolist() == [264, 264, 264]
    first = axis.stamps[down[0]]
    assert str(first[0]) == "2018-03-05T00:00"
    assert str(first[60]) == "2018-04-06T00:00"  # Friday of the week of 2 April
    assert not (down[0] & down[1]).any()
    assert str(axis.stamps[down[1]][0]) == "2018-03-07T12:00"
    quarter = serviced(TimeAxis(2018, 15), REOPT_MICROTURBINE, 1)
    assert quarter.sum() == 264 * 4


def test_figures_that_cannot_be_are_all_named() -> None:
    with pytest.raises(InputError) as caught:
        Reliability(0.0, -1.0, math.nan, -0.1)
    assert [fault.path for fault in caught.value.faults] == ["mtbf_h", "mttr_h", "up_shape", "repair_log_sd"]
