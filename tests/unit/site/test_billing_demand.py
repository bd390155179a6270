"""Ratchets and look-backs on peaks whose answer is plain."""

from __future__ import annotations

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.core.provenance import Source
from brayton.core.timeaxis import TimeAxis
from brayton.site.bill import Bill, bill
from brayton.site.billing_demand import Ratchet, billing_demand
from brayton.site.schedule import Matrix, Schedule
from brayton.site.tariff import DemandPeriod, DemandTier, FlatDemandCharge, Tariff, TouDemandCharge

PEAKS = np.array([[50.0, 40.0, 30.0, 20.0, 10.0, 60.0, 100.0, 80.0, 10.0, 10.0, 10.0, 10.0]])
AXIS = TimeAxis(2018)
SOURCE = Source("made for a test", "2024", "estimate", "no utility's")
DAY: Matrix = ((1,) * 8 + (0,) * 12 + (1,) * 4,) * 12


def test_a_year_that_stands_for_its_predecessor_sees_every_month() -> None:
    demand = billing_demand(Ratchet((0.8,) * 12), PEAKS)
    assert demand.kw.tolist() == [[80.0] * 6 + [100.0] + [80.0] * 5]
    assert demand.set_by[0, [0, 5, 7]].tolist() == [-6, -6, 6]


def test_a_range_wraps_into_the_year_before() -> None:
    demand = billing_demand(Ratchet((1.0,) * 12, 2), PEAKS, np.array([0.0] * 10 + [45.0, 70.0]))
    assert demand.kw.tolist() == [[70.0, 70.0, 50.0, 40.0, 30.0, 60.0, 100.0, 100.0, 100.0, 80.0, 10.0, 10.0]]


def test_listed_months_only() -> None:
    fraction = [0.0] * 12
    fraction[0] = 0.9
    demand = billing_demand(Ratchet(tuple(fraction)), PEAKS, np.zeros(12))
    assert demand.kw.tolist() == [[50.0, 45.0, 45.0, 45.0, 45.0, 60.0, 100.0, 80.0, 45.0, 45.0, 45.0, 45.0]]


def test_a_floor_and_own_peaks_that_do_not_count() -> None:
    own = [True] * 12
    own[6] = False
    demand = billing_demand(Ratchet((0.5,) * 12, 1, 35.0, tuple(own)), PEAKS, np.zeros(12))
    assert demand.kw[0, [2, 4, 6, 8]].tolist() == [35.0, 35.0, 50.0, 40.0]


def test_many_years_have_previous_peaks_of_their_own() -> None:
    years = np.vstack((PEAKS, PEAKS))
    demand = billing_demand(Ratchet((1.0,) * 12, 1), years, np.array([[0.0] * 12, [200.0] * 12]))
    assert demand.kw[:, 0].tolist() == [50.0, 200.0]


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"fraction": (70.0,) * 12}, "ratchet.fraction = .*Write 70 % as 0.7"),
        ({"fraction": (0.7,) * 11}, "must be twelve fractions"),
        ({"fraction": (0.7,) * 12, "months_back": 13}, r"ratchet.months_back = 13: must lie in 0\.\.12"),
        ({"fraction": (0.7,) * 12, "floor_kw": -1.0}, r"ratchet.floor_kw = -1"),
        ({"fraction": (0.7,) * 12, "own_peak": (True,)}, "ratchet.own_peak"),
    ],
)
def test_ratchets_that_are_none(parts: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Ratchet(**parts)  # pyright: ignore[reportArgumentType]


def tou_bill(ratchet: Ratchet, previous: object = None) -> Bill:
    """Days at 1 USD/kW and nights at 10, flat at 100; January peaks at 90 kW by day, all else is 50 by day and 20 by night."""
    load = np.where((AXIS.hour >= 8) & (AXIS.hour < 20), 50.0, 20.0)
    load[12] = 90.0
    periods = tuple(DemandPeriod(name, (DemandTier(usd),)) for name, usd in (("day", 1.0), ("night", 10.0)))
    tariff = Tariff(
        "t",
        SOURCE,
        tou_demand=TouDemandCharge(periods, Schedule(DAY, DAY)),
        flat_demand=FlatDemandCharge((DemandPeriod("flat", (DemandTier(100.0),)),), (0,) * 12),
        ratchet=ratchet,
    )
    return bill(tariff, load, AXIS, previous_peaks_kw=previous)  # pyright: ignore[reportArgumentType]


def february(result: Bill) -> dict[str | None, tuple[float, str]]:
    return {line.period: (line.quantity, line.note) for line in result.lines if line.month == 2}


def test_a_ratcheted_line_says_which_month_and_which_percent() -> None:
    lines = february(tou_bill(Ratchet((0.8,) * 12), np.zeros(12)))
    words = "set by 80 % of the peak of 90.0 kW in January"
    assert lines == {"flat": (72.0, words), "day": (72.0, words), "night": (72.0, words)}
    january = [line for line in tou_bill(Ratchet((0.8,) * 12), np.zeros(12)).lines if line.month == 1]
    assert {line.period: line.note for line in january} == {
        "day": "highest at 12:00 on 01 January",
        "night": "billed on the billing demand of the month",
        "flat": "highest at 12:00 on 01 January",
    }


def test_a_period_may_be_ratcheted_on_its_own_peak() -> None:
    periods = february(tou_bill(Ratchet((0.5,) * 12, tou_peak="period"), np.zeros(12)))
    assert {name: kw for name, (kw, _) in periods.items()} == {"day": 50.0, "night": 45.0, "flat": 50.0}


def test_a_period_may_be_ratcheted_within_its_own_hours() -> None:
    result = tou_bill(Ratchet((0.8,) * 12, tou_peak="within"))
    assert february(result) == {
        "day": (72.0, "set by 80 % of the peak of 90.0 kW in January"),
        "night": (20.0, "highest at 00:00 on 01 February"),
        "flat": (72.0, "set by 80 % of the peak of 90.0 kW in January"),
    }
    with pytest.raises(InputError, match="the ratchet looks at the peaks within each period's hours"):
        tou_bill(Ratchet((0.8,) * 12, tou_peak="within"), np.zeros(12))


def test_a_ratchet_may_spare_charges_and_periods() -> None:
    flat_only = february(tou_bill(Ratchet((0.8,) * 12, tou=False), np.zeros(12)))
    assert {name: kw for name, (kw, _) in flat_only.items()} == {"day": 50.0, "night": 20.0, "flat": 72.0}
    by_night = february(tou_bill(Ratchet((0.8,) * 12, tou_periods=frozenset({1})), np.zeros(12)))
    # only the hours of the night make peaks, so the flat charge falls to them too: SAM's rule
    assert {name: kw for name, (kw, _) in by_night.items()} == {"day": 50.0, "night": 20.0, "flat": 20.0}


def test_the_year_before_is_given_or_this_year_stands_for_it() -> None:
    stands_in = tou_bill(Ratchet((0.8,) * 12))
    assert "this year's stand in their place" in stands_in.notes[-1]
    assert "this year's" not in " ".join(tou_bill(Ratchet((0.8,) * 12), np.zeros(12)).notes)
    previous = np.zeros(12)
    previous[5] = 200.0
    assert february(tou_bill(Ratchet((0.8,) * 12), previous))["flat"] == (
        160.0,
        "set by 80 % of the peak of 200.0 kW in June of the year before",
    )
    with pytest.raises(InputError, match="must be the twelve monthly peaks"):
        tou_bill(Ratchet((0.8,) * 12), [1.0] * 11)
    with pytest.raises(InputError, match=r"previous_peaks_kw = .*finite and not negative"):
        tou_bill(Ratchet((0.8,) * 12), [-1.0] * 12)
