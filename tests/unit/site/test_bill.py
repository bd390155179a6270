"""Each rule of the bill on a load whose answer is plain."""

from __future__ import annotations

import math

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.core.provenance import Source
from brayton.core.timeaxis import TimeAxis
from brayton.site.bill import Bill, bill
from brayton.site.schedule import Matrix, Schedule
from brayton.site.tariff import (
    CoincidentPeak,
    DemandPeriod,
    DemandTier,
    EnergyCharge,
    EnergyPeriod,
    EnergyTier,
    FlatDemandCharge,
    LimitUnit,
    PeakWindow,
    RecurringCharge,
    Tariff,
    TouDemandCharge,
    with_supply,
)

SOURCE = Source("made for a test", "2024", "estimate", "no utility's")
AXIS = TimeAxis(2018)
DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
ALWAYS = Schedule.uniform()
HALF_DAYS: Matrix = ((0,) * 12 + (1,) * 12,) * 12


def energy(*tiers: EnergyTier, unit: LimitUnit = "kWh") -> EnergyCharge:
    return EnergyCharge((EnergyPeriod("all", tiers, unit),), ALWAYS)


def flat_demand(*tiers: DemandTier) -> FlatDemandCharge:
    return FlatDemandCharge((DemandPeriod("all", tiers),), (0,) * 12)


def tariff(**parts: object) -> Tariff:
    return Tariff("test", SOURCE, **parts)  # pyright: ignore[reportArgumentType]


def constant(kw: float, axis: TimeAxis = AXIS) -> np.ndarray:
    return np.full(axis.steps, kw)


def assert_ties(result: Bill) -> None:
    for month in result.months:
        lines = math.fsum(line.amount_usd for line in result.lines if line.month == month.month)
        assert month.total_usd == pytest.approx(lines, abs=1e-9)
        parts = month.energy_usd + month.demand_usd + month.fixed_usd + month.minimum_adder_usd - month.export_credit_usd
        assert month.total_usd == pytest.approx(parts, abs=1e-9)
    assert result.annual_usd == pytest.approx(math.fsum(month.total_usd for month in result.months), abs=1e-9)


def test_energy_is_rate_plus_adjustment() -> None:
    result = bill(tariff(energy=energy(EnergyTier(0.10, -0.02))), constant(10.0), AXIS)
    assert [month.energy_usd for month in result.months] == pytest.approx([10 * 24 * days * 0.08 for days in DAYS])
    assert result.months[0].energy_kwh == 7440.0
    assert result.months[0].peak_kw == 10.0
    assert_ties(result)


def test_tiers_fill_in_the_order_of_time() -> None:
    periods = tuple(
        EnergyPeriod(name, (EnergyTier(low, 0.0, 1000.0), EnergyTier(high)))
        for name, low, high in (("am", 0.1, 0.2), ("pm", 1.0, 2.0))
    )
    result = bill(tariff(energy=EnergyCharge(periods, Schedule(HALF_DAYS, HALF_DAYS))), constant(10.0), AXIS)
    first_tier = [line.quantity for line in result.lines if line.month == 1 and line.tier == 1]
    # 1000 kWh last 100 hours: four whole days (480 am, 480 pm) and the first four hours of the fifth
    assert first_tier == pytest.approx([520.0, 480.0])
    assert result.months[0].energy_usd == pytest.approx(0.1 * 520 + 0.2 * 3200 + 1.0 * 480 + 2.0 * 3240)
    assert_ties(result)


def test_an_hour_may_lie_in_three_tiers() -> None:
    load = np.zeros(AXIS.steps)
    load[5] = 100.0
    tiers = (EnergyTier(1.0, 0.0, 10.0), EnergyTier(0.5, 0.0, 30.0), EnergyTier(0.1))
    assert bill(tariff(energy=energy(*tiers)), load, AXIS).annual_usd == pytest.approx(10 + 10 + 7)


def test_daily_limits_grow_with_the_month() -> None:
    result = bill(tariff(energy=energy(EnergyTier(0.1, 0.0, 100.0), EnergyTier(0.2), unit="kWh daily")), constant(10.0), AXIS)
    assert [month.energy_usd for month in result.months] == pytest.approx([days * (100 * 0.1 + 140 * 0.2) for days in DAYS])


def test_supply_is_a_line_of_its_own() -> None:
    prices = [0.01 * month for month in range(12)]
    result = bill(with_supply(tariff(energy=energy(EnergyTier(0.1))), prices), constant(10.0), AXIS)
    assert [line.rate for line in result.lines if line.item == "supply"] == pytest.approx(prices)
    assert result.months[11].energy_usd == pytest.approx(7440 * 0.21)


def test_demand_by_period_and_tier() -> None:
    load = constant(10.0)
    load[7], load[30] = 90.0, 150.0  # at 7:00 on the first, at 6:00 on the second
    load[15] = 120.0
    periods = tuple(
        DemandPeriod(name, (DemandTier(low, 0.5, 100.0), DemandTier(high)))
        for name, low, high in (("am", 2.0, 1.0), ("pm", 4.0, 3.0))
    )
    result = bill(tariff(tou_demand=TouDemandCharge(periods, Schedule(HALF_DAYS, HALF_DAYS))), load, AXIS)
    assert result.months[0].demand_usd == pytest.approx(100 * 2.5 + 50 * 1.0 + 100 * 4.5 + 20 * 3.0)
    assert result.months[1].demand_usd == pytest.approx(10 * 2.5 + 10 * 4.5)
    assert result.months[0].peak_kw == 150.0
    assert_ties(result)


def test_flat_demand_by_season() -> None:
    periods = (DemandPeriod("winter", (DemandTier(1.0),)), DemandPeriod("summer", (DemandTier(2.0),)))
    charge = FlatDemandCharge(periods, (0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0))
    result = bill(tariff(flat_demand=charge), constant(10.0), AXIS)
    assert [month.demand_usd for month in result.months] == [10.0] * 5 + [20.0] * 4 + [10.0] * 3


def test_an_exporting_month_has_no_demand() -> None:
    result = bill(tariff(flat_demand=flat_demand(DemandTier(5.0))), constant(-3.0), AXIS)
    assert result.annual_usd == 0.0
    assert result.months[0].peak_kw == 0.0
    assert result.months[0].export_kwh == pytest.approx(3 * 744)


def test_demand_is_averaged_over_the_meters_window() -> None:
    axis = TimeAxis(2018, 5)
    load = constant(10.0, axis)
    load[0:3], load[100] = 40.0, 60.0  # a quarter of an hour, and five minutes
    charge = flat_demand(DemandTier(1.0))
    assert bill(tariff(flat_demand=charge), load, axis).months[0].demand_usd == 60.0
    assert bill(tariff(flat_demand=charge, demand_window_minutes=15), load, axis).months[0].demand_usd == 40.0
    assert bill(tariff(flat_demand=charge, demand_window_minutes=30), load, axis).months[0].demand_usd == 25.0
    coarse = bill(tariff(flat_demand=charge, demand_window_minutes=15), constant(10.0), AXIS)
    assert "true peaks are higher" in coarse.notes[0]
    axis = TimeAxis(2018, 10)
    with pytest.raises(InputError, match="do not make up the tariff's demand window of 15 min"):
        bill(tariff(flat_demand=charge, demand_window_minutes=15), constant(10.0, axis), axis)


def test_coincident_peak_is_billed_once_where_it_falls() -> None:
    windows = (PeakWindow(7, 19, 15, 2), PeakWindow(8, 3, 16))
    load = constant(10.0)
    hour = int(np.searchsorted(AXIS.stamps, np.datetime64("2018-08-03T16:00")))
    load[hour], load[hour + 1] = 25.0, 99.0
    result = bill(
        tariff(coincident_peaks=(CoincidentPeak("system", 3.0, windows),), fixed=(RecurringCharge("fixed", 1.0, "month"),)),
        load,
        AXIS,
    )
    (line,) = [line for line in result.lines if line.item == "coincident_peak"]
    assert (line.month, line.quantity, line.amount_usd) == (8, 25.0, 75.0)
    shifted = bill(
        tariff(energy=energy(EnergyTier(0.0)), coincident_peaks=(CoincidentPeak("system", 3.0, windows),)), load, AXIS, dst="us"
    )
    assert [line.quantity for line in shifted.lines if line.item == "coincident_peak"] == [10.0]


@pytest.mark.parametrize(
    "window", [PeakWindow(2, 29, 0), PeakWindow(13, 1, 0), PeakWindow(12, 31, 23, 2), PeakWindow(1, 1, 0, 0)]
)
def test_a_window_outside_the_year_is_refused(window: PeakWindow) -> None:
    peaks = (CoincidentPeak("system", 3.0, (window,)),)
    with pytest.raises(InputError, match="coincident peak system"):
        bill(tariff(energy=energy(EnergyTier(0.1)), coincident_peaks=peaks), constant(1.0), AXIS)


def test_fixed_charges_per_day_month_and_year() -> None:
    charges = (
        RecurringCharge("meter", 2.0, "day"),
        RecurringCharge("customer", 30.0, "month"),
        RecurringCharge("line", 120.0, "year"),
    )
    result = bill(tariff(fixed=charges), constant(1.0), AXIS)
    assert [month.fixed_usd for month in result.months] == pytest.approx([2 * days + 40 for days in DAYS])
    leap = TimeAxis(2020)
    assert bill(tariff(fixed=charges[:1]), constant(1.0, leap), leap).annual_usd == pytest.approx(732.0)


def test_minimum_of_a_month_and_of_a_year() -> None:
    charge = energy(EnergyTier(0.1))
    monthly = bill(tariff(energy=charge, minimum=(RecurringCharge("least", 740.0, "month"),)), constant(10.0), AXIS)
    assert [month.total_usd for month in monthly.months] == pytest.approx([max(74.4 * days / 3.1, 740.0) for days in DAYS])
    assert monthly.months[1].minimum_adder_usd == pytest.approx(740 - 672)
    daily = bill(tariff(energy=charge, minimum=(RecurringCharge("least", 25.0, "day"),)), constant(10.0), AXIS)
    assert [month.total_usd for month in daily.months] == pytest.approx([25.0 * days for days in DAYS])
    yearly = bill(tariff(energy=charge, minimum=(RecurringCharge("least", 9000.0, "year"),)), constant(10.0), AXIS)
    assert yearly.annual_usd == pytest.approx(9000.0)
    assert yearly.months[11].minimum_adder_usd == pytest.approx(9000 - 8760)
    both = tariff(energy=charge, minimum=(RecurringCharge("least", 740.0, "month"), RecurringCharge("least", 8900.0, "year")))
    result = bill(both, constant(10.0), AXIS)
    assert result.annual_usd == pytest.approx(max(8900.0, math.fsum(month.total_usd for month in monthly.months)))
    assert_ties(result)


def test_a_month_in_credit_pays_the_minimum_and_keeps_the_credit() -> None:
    charge = energy(EnergyTier(0.1, sell_usd_per_kwh=0.05))
    rate = tariff(
        energy=charge, minimum=(RecurringCharge("least", 100.0, "month"),), fixed=(RecurringCharge("fixed", 50.0, "month"),)
    )
    months = bill(rate, constant(-20.0), AXIS).months
    assert months[0].total_usd == pytest.approx(50 - 744 + 100)
    assert months[0].minimum_adder_usd == 100.0


def test_exports_earn_the_sell_price_of_their_tier() -> None:
    load = constant(10.0)
    load[::2] = -20.0
    tiers = (EnergyTier(0.1, 0.0, 1000.0, 0.05), EnergyTier(0.2, 0.0, math.inf, 0.01))
    result = bill(tariff(energy=energy(*tiers)), load, AXIS)
    credit = [1000 * 0.05 + (240 * days - 1000) * 0.01 for days in DAYS]
    assert [month.export_credit_usd for month in result.months] == pytest.approx(credit)
    assert all(line.quantity < 0 and line.amount_usd < 0 for line in result.lines if line.item == "export")
    assert "earn the sell price" in result.notes[-1]
    assert_ties(result)


def test_exports_without_a_price_earn_nothing_and_a_note_says_so() -> None:
    load = constant(10.0)
    load[0] = -20.0
    result = bill(tariff(energy=energy(EnergyTier(0.1)), dg_rule="Net Metering"), load, AXIS)
    assert result.months[0].export_credit_usd == 0.0
    assert result.notes == ("exports of 20 kWh earn nothing: no sell price; the record says Net Metering, which is not applied",)


def test_notes_on_supply_and_eligibility() -> None:
    rate = tariff(energy=energy(EnergyTier(0.1)), delivery_only=True, eligible_kw=(50.0, 200.0), notes=("a word",))
    notes = bill(rate, constant(10.0), AXIS).notes
    assert notes[0] == "a word"
    assert "give a supply price" in notes[1]
    assert notes[2] == "the load peaks at 10.0 kW; the tariff is for customers of 50 to 200 kW"
    assert bill(with_supply(rate, 0.1), constant(100.0), AXIS).notes == ("a word",)


def test_daylight_saving_moves_the_bill() -> None:
    schedule = Schedule(HALF_DAYS, HALF_DAYS)
    periods = (EnergyPeriod("am", (EnergyTier(0.0),)), EnergyPeriod("pm", (EnergyTier(1.0),)))
    load = np.where(AXIS.hour == 11, 1.0, 0.0)  # standard time: noon in summer
    rate = tariff(energy=EnergyCharge(periods, schedule))
    assert bill(rate, load, AXIS).annual_usd == 0.0
    assert bill(rate, load, AXIS, dst="us").annual_usd == 238.0  # days from 11 March to 3 November


@pytest.mark.parametrize(
    ("load", "message"),
    [
        (np.zeros(8759), r"shape \(8759,\)': must have 8760 steps"),
        (np.where(np.arange(8760) == 4711, np.nan, 1.0), r"step 4711 = nan: must be finite .* 1 of 8760"),
        (np.full(8760, 1e12), "8760 of 8760 steps are not"),
    ],
)
def test_bad_loads_are_refused(load: np.ndarray, message: str) -> None:
    with pytest.raises(InputError, match=message):
        bill(tariff(energy=energy(EnergyTier(0.1))), load, AXIS)
