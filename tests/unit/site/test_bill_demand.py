"""Demand in other units, by the day, within the utility's hours, reactive; and limits that grow with demand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import ArrayLike

from brayton.core.errors import InputError
from brayton.core.provenance import Source
from brayton.core.timeaxis import TimeAxis
from brayton.site.bill import BillLine, bill
from brayton.site.bill_designs import bill_designs
from brayton.site.billing_demand import Ratchet
from brayton.site.schedule import Matrix, Schedule
from brayton.site.tariff import (
    DemandBasis,
    DemandPeriod,
    DemandTier,
    DemandUnit,
    EnergyCharge,
    EnergyPeriod,
    EnergyTier,
    FlatDemandCharge,
    LimitUnit,
    ReactiveCharge,
    RecurringCharge,
    Tariff,
    TouDemandCharge,
)

SOURCE = Source("made for a test", "2024", "estimate", "no utility's")
AXIS = TimeAxis(2018)
DAY: Matrix = ((1,) * 8 + (0,) * 12 + (1,) * 4,) * 12


def load() -> np.ndarray:
    """10 kW; 40 kW at noon of every day, 100 kW at noon of 1 January."""
    kw = np.where(AXIS.hour == 12, 40.0, 10.0)
    kw[12] = 100.0
    return kw


def flat(unit: DemandUnit = "kW", basis: DemandBasis = "month", *tiers: DemandTier) -> FlatDemandCharge:
    return FlatDemandCharge((DemandPeriod("flat", tiers or (DemandTier(1.0),), unit, basis),), (0,) * 12)


def lines(
    charge: FlatDemandCharge | None = None, month: int = 1, power_factor: ArrayLike | None = None, **parts: object
) -> list[BillLine]:
    rate = Tariff("t", SOURCE, flat_demand=charge, **parts)  # pyright: ignore[reportArgumentType]
    return [line for line in bill(rate, load(), AXIS, power_factor=power_factor).lines if line.month == month]


def test_demand_in_kva_needs_the_power_factor() -> None:
    assert [(line.quantity, line.unit) for line in lines(flat("kVA"), power_factor=0.8)] == [(125.0, "kVA")]
    series = np.full(8760, 1.0)
    series[12] = 0.5
    assert lines(flat("kVA"), power_factor=series)[0].quantity == 200.0
    with pytest.raises(InputError, match=r"power_factor = None: demand is billed in kVA"):
        lines(flat("kVA"))
    for bad in (90, 0.0, math.nan):
        with pytest.raises(InputError, match=r"power_factor = .*must lie in 0\.1\.\.1\. Write 90 % as 0\.9"):
            lines(flat("kVA"), power_factor=bad)
    with pytest.raises(InputError, match="power_factor = 'shape"):
        lines(flat("kVA"), power_factor=[0.9] * 12)


def test_demand_in_horsepower() -> None:
    assert lines(flat("hp"))[0].quantity == pytest.approx(100.0 / 0.745699872)


def test_a_price_per_day_on_the_months_peak_or_on_each_days() -> None:
    by_month = lines(flat("kW", "month_per_day"))[0]
    assert (by_month.quantity, by_month.unit) == (100.0 * 31, "kW day")
    tiers = (DemandTier(1.0, 0.0, 30.0), DemandTier(2.0))
    by_day = lines(flat("kW", "each_day", *tiers))
    assert [(line.tier, line.quantity) for line in by_day] == [(1, 31 * 30.0), (2, 70.0 + 30 * 10.0)]
    assert by_day[0].note == "sum of the highest demand of each day"
    periods = (DemandPeriod("day", (DemandTier(1.0),), "kW", "each_day"), DemandPeriod("night", (DemandTier(2.0),)))
    tou = lines(None, tou_demand=TouDemandCharge(periods, Schedule(DAY, DAY)))
    assert [(line.period, line.quantity, line.unit) for line in tou] == [
        ("day", 100.0 + 30 * 40.0, "kW day"),
        ("night", 10.0, "kW"),
    ]
    with pytest.raises(InputError, match="this tariff bills the demand of each day"):
        lines(flat("kW", "each_day"), ratchet=Ratchet((0.5,) * 12))


def test_a_ratchet_counts_in_the_unit_of_the_charge() -> None:
    ratchet = Ratchet((0.8,) * 12)
    assert lines(flat("kVA"), 2, 0.8, ratchet=ratchet)[0].quantity == pytest.approx(100.0)
    rate = Tariff("t", SOURCE, flat_demand=flat("kVA"), ratchet=ratchet)
    result = bill(rate, load(), AXIS, power_factor=0.5, previous_peaks_kw=[400.0] * 12)
    assert result.months[0].demand_usd == pytest.approx(0.8 * 400 / 0.5)
    hp = Tariff("t", SOURCE, flat_demand=flat("hp"), ratchet=ratchet)
    assert bill(hp, load(), AXIS, previous_peaks_kw=[400.0] * 12).months[0].demand_usd == pytest.approx(320 / 0.745699872)
    with pytest.raises(InputError, match="a series of this year says nothing of the year before"):
        bill(rate, load(), AXIS, power_factor=np.full(8760, 0.9), previous_peaks_kw=[400.0] * 12)


def test_reactive_demand_less_what_is_free() -> None:
    charge = ReactiveCharge(0.5, 0.25)
    line = lines(flat(), power_factor=0.8, reactive=charge)[1]
    assert (line.item, line.unit, line.rate) == ("reactive", "kvar", 0.5)
    assert line.quantity == pytest.approx(100 * 0.75 - 25)
    assert line.note.endswith("less 0.25 kvar per kW of the month's peak")
    assert not [line for line in lines(flat(), power_factor=1.0, reactive=charge) if line.item == "reactive"]
    with pytest.raises(InputError, match=r"the tariff charges 0\.5 USD per kvar.*--ignore reactive"):
        lines(flat(), reactive=charge)


def test_a_generator_leaves_the_reactive_power_where_it_was() -> None:
    rate = Tariff("t", SOURCE, flat_demand=flat("kVA"), reactive=ReactiveCharge(0.5))
    kvar = 0.75 * load()
    with_machine = bill(rate, load() - 60.0, AXIS, reactive_kvar=kvar).lines
    january = {line.item: line for line in with_machine if line.month == 1}
    assert january["flat_demand"].quantity == pytest.approx(math.hypot(40.0, 75.0))
    assert january["reactive"].quantity == 75.0
    assert january["reactive"].note == "highest reactive demand"
    without = [line.quantity for line in bill(rate, load(), AXIS, power_factor=0.8).lines if line.month == 1]
    assert without == pytest.approx([125.0, 75.0])
    many = bill_designs(rate, np.array([load(), load() - 60.0]), AXIS, reactive_kvar=kvar)
    assert many.item_usd["reactive"][:, 0] == pytest.approx([37.5, 37.5])
    with pytest.raises(InputError, match=r"reactive_kvar = .*stands beside power_factor"):
        bill(rate, load(), AXIS, reactive_kvar=kvar, power_factor=0.9)
    with pytest.raises(InputError, match="reactive_kvar = 'shape"):
        bill(rate, load(), AXIS, reactive_kvar=kvar[:-1])


def test_coincident_demand_is_the_highest_within_its_hours() -> None:
    periods = (DemandPeriod("peak", (DemandTier(3.0),)), DemandPeriod("none", (DemandTier(0.0),)))
    line = lines(flat(), coincident_demand=TouDemandCharge(periods, Schedule(DAY, DAY)))[1]
    assert (line.item, line.period, line.quantity, line.rate) == ("coincident_peak", "peak", 100.0, 3.0)


@pytest.mark.parametrize(("unit", "limit"), [("kWh/kW", 50.0), ("kWh/kW daily", 50.0 / 31)])
def test_hours_of_use_of_the_billing_demand(unit: LimitUnit, limit: float) -> None:
    energy = EnergyCharge((EnergyPeriod("all", (EnergyTier(0.2, 0.0, limit), EnergyTier(0.1)), unit),), Schedule.uniform())
    first = lines(None, energy=energy)
    assert first[0].quantity == pytest.approx(5000.0)
    ratcheted = lines(None, 2, energy=energy, ratchet=Ratchet((1.0,) * 12))
    days = 28 if unit == "kWh/kW daily" else 1
    assert ratcheted[0].quantity == pytest.approx(100 * limit * days)


def test_a_monthly_adjustment_is_a_line_of_its_own() -> None:
    energy = EnergyCharge((EnergyPeriod("all", (EnergyTier(0.2),)),), Schedule.uniform())
    found = lines(None, 2, energy=energy, adjustment_usd_per_kwh=(0.0, 0.01, *[0.0] * 10))
    assert [(line.period, line.rate) for line in found] == [("all", 0.2), ("monthly adjustment", 0.01)]
    with pytest.raises(InputError, match=r"adjustment_usd_per_kwh = .*must be twelve"):
        lines(None, energy=energy, adjustment_usd_per_kwh=(0.1,))


def test_consecutive_years_look_back_into_the_row_before() -> None:
    rate = Tariff("t", SOURCE, flat_demand=flat(), ratchet=Ratchet((0.8,) * 12))
    years = np.vstack([load(), *(np.full(8760, 10.0 + year) for year in range(39))])
    many = bill_designs(rate, years, AXIS, consecutive=True, previous_peaks_kw=[50.0] * 12)
    before = np.full(12, 50.0)
    for row, year in enumerate(years):
        one = bill(rate, year, AXIS, previous_peaks_kw=before)
        assert many.month_usd[row] == pytest.approx([month.total_usd for month in one.months])
        before = np.array([month.peak_kw for month in one.months])
    own = bill_designs(rate, years[:1], AXIS, consecutive=True)
    assert own.annual_usd[0] == pytest.approx(bill(rate, years[0], AXIS).annual_usd)
    with pytest.raises(InputError, match="of consecutive years are those of the year before the first"):
        bill_designs(rate, years, AXIS, consecutive=True, previous_peaks_kw=np.zeros((40, 12)))


def test_designs_want_rows() -> None:
    rate = Tariff("t", SOURCE, fixed=(RecurringCharge("f", 1.0, "month"),))
    assert bill_designs(rate, np.zeros((3, 8760)), AXIS).annual_usd.tolist() == [12.0] * 3
    with pytest.raises(InputError, match="must have a row for each design"):
        bill_designs(rate, np.zeros(8760), AXIS)
    with pytest.raises(InputError, match="at least one"):
        bill_designs(rate, np.zeros((0, 8760)), AXIS)
    with pytest.raises(InputError, match="threads = 0"):
        bill_designs(rate, np.zeros((1, 8760)), AXIS, threads=0)
    with pytest.raises(InputError, match=r"previous_peaks_kw = '3 rows': net_load_kw has 2"):
        bill_designs(rate, np.zeros((2, 8760)), AXIS, previous_peaks_kw=np.zeros((3, 12)))
    with pytest.raises(InputError, match="generation_kw = '3 rows': net_load_kw has 2"):
        bill_designs(rate, np.zeros((2, 8760)), AXIS, generation_kw=np.zeros((3, 8760)))
    with pytest.raises(InputError, match="net_load_kw, step 7 = nan"):
        bill_designs(rate, np.array([[0.0] * 8760, [0.0] * 7 + [math.nan] + [0.0] * 8752]), AXIS)
    with pytest.raises(InputError, match="net_load_kw = 'shape"):
        bill(rate, np.zeros((2, 4380)), AXIS)
    with pytest.raises(InputError, match="net_load_kw = 'shape"):
        bill(rate, np.zeros((2, 8760)), AXIS)
