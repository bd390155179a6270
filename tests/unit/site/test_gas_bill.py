"""Gas bills: what is refused, what is noted, what two meters do. The hand-worked amounts stand in tests/validation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.core.provenance import Source
from brayton.core.timeaxis import TimeAxis
from brayton.core.units import KWH_PER_MMBTU
from brayton.site.gas_bill import gas_bill, gas_totals_usd, gas_use
from brayton.site.gas_tariff import (
    GasBlock,
    GasCommodity,
    GasDelivery,
    GasDemand,
    GasIndex,
    GasRider,
    GasSeason,
    GasTariff,
    GasTax,
    MinimumUse,
    marginal_usd_per_kwh_hhv,
    taxed,
)
from brayton.site.tariff import RecurringCharge

AXIS = TimeAxis(2018)
SOURCE = Source("made for a test", "2024", "estimate", "round figures")
GAS = GasCommodity((0.5,) * 12, "therm")
DELIVERY = GasDelivery((GasSeason("all", (GasBlock(0.3, 500.0), GasBlock(0.2))),), (0,) * 12, "therm")
PLAIN = GasTariff("plain", SOURCE, commodity=GAS, delivery=DELIVERY)
METER = GasTariff(
    "machines", SOURCE, commodity=GAS, delivery=GasDelivery((GasSeason("dg", (GasBlock(0.1),)),), (0,) * 12, "therm")
)
THERM = 0.1 * KWH_PER_MMBTU


def test_months_and_highest_days_on_any_step() -> None:
    for axis in (AXIS, TimeAxis(2020, 15), TimeAxis(2024, 30, leap_day=False)):
        fuel = 10.0 + 5.0 * np.sin(np.arange(axis.steps) / 37.0)
        use = gas_use(fuel, axis)
        kwh = fuel * axis.step_hours
        days = [kwh[axis.day == day].sum() for day in range(axis.days)]
        month_of_day = [int(axis.month[axis.day == day][0]) for day in range(axis.days)]
        for month in range(12):
            assert use.kwh_hhv[month] == pytest.approx(kwh[axis.month == month].sum())
            of_month = [day for day, its in zip(days, month_of_day, strict=True) if its == month]
            assert use.highest_day_kwh_hhv[month] == pytest.approx(max(of_month))
            assert use.days[month] == len(of_month)


def test_many_designs_at_once() -> None:
    fuel = np.linspace(0.0, 300.0, 6)[:, None] * np.ones(AXIS.steps)
    totals = gas_totals_usd(PLAIN, gas_use(fuel.reshape(2, 3, -1), AXIS))
    assert totals.shape == (2, 3, 12)
    for row, total in zip(fuel, totals.reshape(6, 12), strict=True):
        assert [month.total_usd for month in gas_bill(PLAIN, row, AXIS).months] == pytest.approx(total.tolist(), abs=1e-9)


def test_machines_burn_on_their_own_meter_where_the_tariff_has_one() -> None:
    boiler, machines = np.full(AXIS.steps, 60.0), np.full(AXIS.steps, 200.0)
    two = replace(PLAIN, cogeneration=METER)
    apart = gas_bill(two, boiler, AXIS, machine_fuel_kw_hhv=machines)
    alone = gas_bill(PLAIN, boiler, AXIS).annual_usd + gas_bill(METER, machines, AXIS).annual_usd
    assert apart.annual_usd == pytest.approx(alone)
    assert {line.meter for line in apart.lines} == {"main", "machines"}
    assert any("own meter, at machines" in note for note in apart.notes)
    assert gas_totals_usd(two, gas_use(boiler, AXIS), gas_use(machines, AXIS)).sum() == pytest.approx(apart.annual_usd)
    together = gas_bill(PLAIN, boiler, AXIS, machine_fuel_kw_hhv=machines)
    assert together.annual_usd == gas_bill(PLAIN, boiler + machines, AXIS).annual_usd
    assert any("one meter" in note for note in together.notes)
    assert not any("one meter" in note for note in gas_bill(PLAIN, boiler, AXIS).notes)
    assert [month.energy_kwh_hhv for month in apart.months] == pytest.approx([month.energy_kwh_hhv for month in together.months])


def test_a_second_meter_that_is_not_there_is_refused() -> None:
    use = gas_use(np.ones(AXIS.steps), AXIS)
    with pytest.raises(InputError, match="does not have"):
        gas_totals_usd(PLAIN, use, use)
    with pytest.raises(InputError, match="two meters at most"):
        replace(PLAIN, cogeneration=replace(METER, cogeneration=METER))


@pytest.mark.parametrize("value", [-1.0, float("nan"), float("inf"), 1e12])
def test_fuel_that_cannot_be_is_refused(value: float) -> None:
    fuel = np.ones(AXIS.steps)
    fuel[4711] = value
    with pytest.raises(InputError, match=r"fuel_kw_hhv, step 4711 = .*; 1 of 8760"):
        gas_use(fuel, AXIS)
    with pytest.raises(InputError, match=r"machine_fuel_kw_hhv, step 4711"):
        gas_bill(PLAIN, np.ones(AXIS.steps), AXIS, machine_fuel_kw_hhv=fuel)


def test_fuel_of_another_length_is_refused_on_both_meters_at_once() -> None:
    with pytest.raises(InputError, match=r"shape \(8784,\).: must have 8760 steps") as caught:
        gas_bill(PLAIN, np.ones(8784), AXIS, machine_fuel_kw_hhv=np.ones(24))
    assert len(caught.value.faults) == 2
    with pytest.raises(InputError, match=r"shape \(2, 8760\)"):
        gas_bill(PLAIN, np.ones((2, 8760)), AXIS)
    with pytest.raises(InputError, match=r"shape \(\)"):
        gas_use(5.0, AXIS)


def test_no_gas_costs_the_customer_charge() -> None:
    tariff = replace(PLAIN, fixed=(RecurringCharge("customer", 2.0, "day"), RecurringCharge("meter", 120.0, "year")))
    result = gas_bill(tariff, np.zeros(AXIS.steps), AXIS)
    assert result.annual_usd == pytest.approx(365 * 2.0 + 120.0)
    assert {line.item for line in result.lines} == {"fixed"}


def test_the_marginal_price_is_that_of_the_block_reached_with_taxes() -> None:
    index = GasIndex("hub", (5.0,) * 12, (0.5,) * 12, 0.02)
    tariff = replace(
        PLAIN,
        commodity=GasCommodity((0.05,) * 12, "MMBtu", index),
        riders=(GasRider("balancing", (-0.01,) * 12, "therm"),),
        taxes=(GasTax("sales", 0.05, ("commodity",)), GasTax("city", 0.01)),
    )
    assert taxed(tariff, "commodity") == pytest.approx(1.06)
    commodity = 1.06 * (5.5 / 0.98 + 0.05) / KWH_PER_MMBTU
    first, second = (commodity + 1.01 * (block - 0.01) / THERM for block in (0.3, 0.2))
    assert marginal_usd_per_kwh_hhv(tariff).tolist() == pytest.approx([first] * 12)
    use = np.array([[499.9] * 12, [500.0] * 12, [9000.0] * 12]) * THERM
    assert marginal_usd_per_kwh_hhv(tariff, use)[:, 3].tolist() == pytest.approx([first, second, second])
    bill = gas_bill(tariff, np.full(AXIS.steps, 100.0), AXIS)
    assert bill.months[0].marginal_usd_per_kwh_hhv == pytest.approx(second)


def test_the_ratchet_looks_back_and_not_ahead() -> None:
    fuel = np.full(AXIS.steps, 10.0)
    fuel[45 * 24 : 46 * 24] = 100.0  # 15 February
    demand = GasDemand("MDQ", (1.0,) * 12, "kWh", ratchet=0.5, look_back_months=2)
    bill = gas_bill(GasTariff("d", SOURCE, demand=demand), fuel, AXIS)
    assert [month.demand_usd for month in bill.months] == pytest.approx([240.0, 2400.0, 1200.0, 1200.0, *[240.0] * 8])
    notes = [line.note for line in bill.lines]
    assert notes[1:3] == ["highest day of the month, 2400.0 kWh", "ratchet: 50 % of the highest day, 2400.0 kWh in February"]


def test_a_yearly_minimum_is_made_up_in_december() -> None:
    tariff = replace(PLAIN, minimum=(RecurringCharge("least", 1000.0, "year"),))
    bill = gas_bill(tariff, np.zeros(AXIS.steps), AXIS)
    assert [month.minimum_adder_usd for month in bill.months] == [0.0] * 11 + [1000.0]


def test_notes_say_what_a_reader_has_to_know() -> None:
    demand = GasDemand("MDQ", (0.5,) * 12, "Mcf", ratchet=0.5)
    tariff = replace(
        PLAIN,
        commodity=None,
        demand=demand,
        heat_content_kwh_hhv_per_m3=11.0,
        eligible_kwh_hhv_per_year=(1e6, 2e6),
        notes=("its own note",),
    )
    notes = gas_bill(tariff, np.ones(AXIS.steps), AXIS).notes
    assert notes[0] == "its own note"
    for words in (
        "delivery only",
        "11 kWh HHV/m3",
        "gas day",
        "look",
        "30 MMBtu HHV a year; the tariff is for customers of 3412 to",
    ):
        assert any(words in note for note in notes), words
    index = GasCommodity((0.0,) * 12, "therm", GasIndex("hub 2003", (5.0,) * 12))
    notes = gas_bill(GasTariff("i", SOURCE, commodity=index, heat_content_kwh_hhv_per_m3=11.0), np.ones(8760), AXIS).notes
    assert notes == ("the gas follows hub 2003, paid on what enters the pipeline",)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"commodity": GasCommodity((0.5,) * 11, "therm")}, "commodity = .*twelve finite"),
        ({"commodity": GasCommodity((float("nan"),) * 12, "therm")}, "commodity = .*twelve finite"),
        ({"commodity": GasCommodity((50.0,) * 12, "therm")}, "commodity = 50.0: .*reads as cents"),
        ({"commodity": GasCommodity((0.5,) * 12, "Mcf")}, "commodity, unit = 'Mcf': is a volume"),
        ({"commodity": GasCommodity((0.5,) * 12, "cord")}, "commodity, unit = 'cord': is not one of"),
        ({"commodity": GasCommodity((0.0,) * 12, "therm", GasIndex("hub", (5.0,) * 12, (0.0,) * 12, 0.7))}, "retention = 0.7"),
        ({"delivery": replace(DELIVERY, months=(1,) * 12)}, "delivery months = .*season numbers"),
        ({"delivery": replace(DELIVERY, seasons=(GasSeason("all", (GasBlock(0.1, 5.0),)),))}, "block ends must rise"),
        ({"demand": GasDemand("MDQ", (0.5,) * 12, "therm", contract_units_per_day=-1.0)}, r"demand\.contract = -1"),
        ({"demand": GasDemand("MDQ", (0.5,) * 12, "therm", ratchet=2.0)}, r"demand\.ratchet = 2"),
        ({"demand": GasDemand("MDQ", (0.5,) * 12, "therm", look_back_months=12)}, "look_back_months = 12"),
        ({"demand": GasDemand("MDQ", (0.5,) * 12, "therm", ratchet_months=(12,))}, "ratchet_months"),
        ({"taxes": (GasTax("sales", 0.9),)}, "tax sales = 0.9"),
        ({"minimum_use": (MinimumUse("month", 0.0, 0.1, "therm"),)}, "minimum_use per month = 0.0"),
        ({"riders": (GasRider("r", (0.0,), "therm"),)}, "rider r = "),
        ({"heat_content_kwh_hhv_per_m3": 40.0}, "heat_content = 40.0"),
    ],
)
def test_a_record_checks_itself(change: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        replace(PLAIN, **change)
