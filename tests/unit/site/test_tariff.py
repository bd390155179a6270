"""The tariff record checks itself, and its clock keeps daylight saving where asked."""

from __future__ import annotations

import datetime as dt
import math
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.core.provenance import Source
from brayton.core.timeaxis import TimeAxis
from brayton.site.schedule import Matrix, Schedule
from brayton.site.tariff import (
    DemandPeriod,
    DemandTier,
    EnergyCharge,
    EnergyPeriod,
    EnergyTier,
    FlatDemandCharge,
    RecurringCharge,
    Tariff,
    TouDemandCharge,
    twelve_prices,
    with_supply,
)
from brayton.site.tariff_clock import (
    TariffClock,
    hourly_energy_price,
    us_daylight_season,
)

SOURCE = Source("made for a test", "2024", "estimate", "no utility's")
EVENING: Matrix = ((0,) * 17 + (1,) * 4 + (0,) * 3,) * 12
ALWAYS: Matrix = ((0,) * 24,) * 12
OFF, ON = EnergyPeriod("off", (EnergyTier(0.10, 0.01),)), EnergyPeriod("on", (EnergyTier(0.30, 0.0, sell_usd_per_kwh=0.05),))


def evening_tariff() -> Tariff:
    demand = TouDemandCharge(
        (DemandPeriod("off", (DemandTier(1.0),)), DemandPeriod("on", (DemandTier(9.0),))), Schedule(EVENING, ALWAYS)
    )
    return Tariff("evening", SOURCE, energy=EnergyCharge((OFF, ON), Schedule(EVENING, ALWAYS)), tou_demand=demand)


def test_a_period_that_does_not_exist_is_named_with_its_hour() -> None:
    with pytest.raises(InputError, match=r"energy schedule, weekday, January 17:00 = 1: period does not exist"):
        EnergyCharge((OFF,), Schedule(EVENING, ALWAYS))


@pytest.mark.parametrize("uppers", [(), (100.0,), (math.inf, math.inf), (200.0, 100.0, math.inf), (0.0, math.inf)])
def test_tiers_must_rise_to_an_open_last_one(uppers: tuple[float, ...]) -> None:
    with pytest.raises(InputError, match="tier limits must rise"):
        DemandPeriod("p", tuple(DemandTier(1.0, 0.0, upper) for upper in uppers))


def test_periods_of_a_month_must_share_their_tier_limits() -> None:
    low = EnergyPeriod("low", (EnergyTier(0.1, 0.0, 100.0), EnergyTier(0.2)))
    high = EnergyPeriod("high", (EnergyTier(0.1, 0.0, 200.0), EnergyTier(0.2)))
    daily = EnergyPeriod("daily", (EnergyTier(0.1, 0.0, 100.0), EnergyTier(0.2)), "kWh daily")
    for other in (high, daily, ON):
        with pytest.raises(InputError, match="periods of January have different tier limits"):
            EnergyCharge((low, other), Schedule(EVENING, ALWAYS))
    EnergyCharge((OFF, EnergyPeriod("open", ON.tiers, "kWh daily")), Schedule(EVENING, ALWAYS))
    seasons: Matrix = ((0,) * 24,) * 6 + ((1,) * 24,) * 6
    EnergyCharge((low, high), Schedule(seasons, seasons))


def test_shapes_are_checked() -> None:
    with pytest.raises(InputError, match="12 months x 24 hours"):
        Schedule(((0,) * 23,) * 12, ALWAYS)
    with pytest.raises(InputError, match="twelve period numbers"):
        FlatDemandCharge((DemandPeriod("p", (DemandTier(1.0),)),), (0,) * 11)
    with pytest.raises(InputError, match="charges nothing"):
        Tariff("empty", SOURCE)
    with pytest.raises(InputError, match="must divide 60"):
        Tariff("odd window", SOURCE, fixed=(RecurringCharge("fixed", 1.0, "month"),), demand_window_minutes=25)


def test_supply_is_added_once() -> None:
    tariff = with_supply(evening_tariff(), 0.09)
    assert tariff.supply_usd_per_kwh == (0.09,) * 12
    with pytest.raises(InputError, match=r"supply price of its own, 0\.09 USD/kWh"):
        with_supply(tariff, 0.08)
    assert twelve_prices([0.01 * month for month in range(12)])[11] == pytest.approx(0.11)
    for wrong in (9.0, [0.1] * 11, math.nan):
        with pytest.raises(InputError, match="one price or twelve"):
            twelve_prices(wrong)


def test_prices_by_step() -> None:
    tariff, axis = with_supply(evening_tariff(), 0.09), TimeAxis(2018)
    price = hourly_energy_price(tariff, axis)
    assert price.shape == (8760,)
    assert price[16:22] == pytest.approx([0.2, 0.39, 0.39, 0.39, 0.39, 0.2])  # a Monday
    assert price[5 * 24 + 17] == pytest.approx(0.2)  # Saturday
    fixed_only = Tariff("fixed", SOURCE, fixed=(RecurringCharge("fixed", 1.0, "month"),))
    assert not hourly_energy_price(fixed_only, axis).any()


@pytest.mark.parametrize("year", [*range(1976, 2010), 2018, 2025, 2036])
def test_the_daylight_season_is_that_of_new_york(year: int) -> None:
    try:
        zone = ZoneInfo("America/New_York")
    except ZoneInfoNotFoundError:
        pytest.skip("this system has no time zone data")
    standard = dt.timezone(dt.timedelta(hours=-5))
    begin, end = (dt.datetime.fromisoformat(str(instant)).replace(tzinfo=standard) for instant in us_daylight_season(year))
    minute, saving = dt.timedelta(minutes=1), dt.timedelta(hours=1)
    assert (begin - minute).astimezone(zone).dst() == dt.timedelta(0)
    assert begin.astimezone(zone).dst() == saving
    assert (end - minute).astimezone(zone).dst() == saving
    assert end.astimezone(zone).dst() == dt.timedelta(0)


@pytest.mark.parametrize("step_minutes", [60, 15])
def test_daylight_saving_moves_hours_and_month_ends(step_minutes: int) -> None:
    axis = TimeAxis(2018, step_minutes)
    clock = TariffClock(axis, "us")
    price = hourly_energy_price(evening_tariff(), axis, "us")
    standard = hourly_energy_price(evening_tariff(), axis)
    july = axis.month == 6
    hour = axis.hour[july & (axis.weekday < 5) & (price > 0.2)]
    assert set(hour.tolist()) == {16, 17, 18, 19}
    assert np.array_equal(price[axis.month == 0], standard[axis.month == 0])
    steps = 60 // step_minutes
    first_of_july = int(np.flatnonzero(july)[0])
    assert clock.month_starts[6] == first_of_july - steps
    assert clock.month_starts[11] == int(np.flatnonzero(axis.month == 11)[0])
    assert clock.days_in_month.tolist() == [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


def test_days_of_a_leap_year() -> None:
    assert TariffClock(TimeAxis(2020)).days_in_month[1] == 29
    assert TariffClock(TimeAxis(2020, leap_day=False)).days_in_month[1] == 28


def test_daylight_saving_needs_a_known_rule_and_year() -> None:
    with pytest.raises(InputError, match="not a known rule of daylight saving"):
        TariffClock(TimeAxis(2018), "eu")  # pyright: ignore[reportArgumentType]
    with pytest.raises(InputError, match="known here from 1976 on"):
        us_daylight_season(1974)
