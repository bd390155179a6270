"""What exports earn under each way of metering, on loads whose answer is plain."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.core.provenance import Source
from brayton.core.timeaxis import TimeAxis
from brayton.site.bill import Bill, bill
from brayton.site.export_credit import ExportRule, next_periods
from brayton.site.price_series import PriceSeries, read_price_series
from brayton.site.schedule import Matrix, Schedule
from brayton.site.tariff import EnergyCharge, EnergyPeriod, EnergyTier, RecurringCharge, Tariff
from brayton.site.tariff_clock import hourly_energy_price

SOURCE = Source("made for a test", "2024", "estimate", "no utility's")
AXIS = TimeAxis(2018)
HALF_DAYS: Matrix = ((0,) * 12 + (1,) * 12,) * 12
BUY, SELL, FIXED = 0.10, 0.04, 20.0
DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def tariff(rule: ExportRule, *tiers: EnergyTier, **parts: object) -> Tariff:
    energy = EnergyCharge((EnergyPeriod("all", tiers or (EnergyTier(BUY, 0.0, math.inf, SELL),)),), Schedule.uniform())
    fixed = (RecurringCharge("fixed", FIXED, "month"),)
    return Tariff("t", SOURCE, energy=energy, fixed=fixed, export=rule, **parts)  # pyright: ignore[reportArgumentType]


def net(*kw_by_month: float) -> np.ndarray:
    """A constant net load in each month [kW]; those left out are 10 kW."""
    return np.array([*kw_by_month, *[10.0] * (12 - len(kw_by_month))])[AXIS.month]


def totals(result: Bill) -> list[float]:
    for month in result.months:
        lines = math.fsum(line.amount_usd for line in result.lines if line.month == month.month)
        assert month.total_usd == pytest.approx(lines, abs=1e-9)
    return [round(month.total_usd, 6) for month in result.months]


def test_net_metering_carries_kwh_and_settles_what_is_left() -> None:
    rule = ExportRule("net_metering", year_end_usd_per_kwh=0.03, year_end_month=4)
    result = bill(tariff(rule), net(10, -20, 10, -5), AXIS)
    # February leaves 13440 kWh, March takes 7440, April adds 3600: 9600 kWh are settled at 0.03
    assert totals(result)[:5] == [764.0, 20.0, 20.0, 20.0 - 288.0, 764.0]
    carried = [(line.month, line.quantity, line.amount_usd) for line in result.lines if line.item == "carried_kwh"]
    assert carried == [(2, 13440.0, 0.0), (3, -7440.0, 0.0), (3, 6000.0, 0.0)]
    settled = next(line for line in result.lines if line.item == "settlement")
    assert (settled.quantity, settled.rate, settled.note) == (-9600.0, 0.03, "net surplus of the year, settled")
    assert result.months[3].export_credit_usd == pytest.approx(288.0)


def test_net_metering_with_credits_uses_them_at_once() -> None:
    result = bill(tariff(ExportRule("net_metering_credits")), net(10, -20, 10, -5), AXIS)
    # February earns 537.60, March uses all of it, April earns 144, which May uses
    assert totals(result)[:5] == pytest.approx([764.0, 20.0, 764.0 - 537.6, 20.0, 764.0 - 144.0])
    moved = {(line.month, line.period): line.amount_usd for line in result.lines if line.item == "carried_credit"}
    assert moved == {
        (2, "carried out"): pytest.approx(537.6),
        (3, "brought in"): pytest.approx(-537.6),
        (4, "carried out"): pytest.approx(144.0),
        (5, "brought in"): pytest.approx(-144.0),
    }


def test_net_billing_credits_pay_from_the_next_month_on() -> None:
    load = np.where(AXIS.hour < 12, -10.0, 20.0)
    plain = bill(tariff(ExportRule()), load, AXIS)
    assert totals(plain)[0] == pytest.approx(20.0 + 31 * (24.0 - 4.8))
    later = totals(bill(tariff(ExportRule("net_billing_carryover")), load, AXIS))
    assert later[:2] == [pytest.approx(20.0 + 744.0), pytest.approx(20.0 + 28 * 24.0 - 31 * 4.8)]
    assert later[11] == pytest.approx(20.0 + 744.0 - 30 * 4.8 - 31 * 4.8)  # what December earns is paid out
    lost = totals(bill(tariff(ExportRule("net_billing_carryover", credits_expire=True)), load, AXIS))
    assert lost[11] == pytest.approx(20.0 + 744.0 - 30 * 4.8)
    at_once = totals(bill(tariff(ExportRule("net_billing_carryover", same_month=True)), load, AXIS))
    assert at_once == pytest.approx(totals(plain))


def test_credits_may_pay_for_the_whole_bill() -> None:
    rule = ExportRule("net_metering_credits", credits_pay="bill")
    assert totals(bill(tariff(rule), net(10, -20, 10), AXIS))[1:3] == [0.0, pytest.approx(764.0 - 517.6)]


def test_buy_all_sell_all_needs_the_generation() -> None:
    rule = ExportRule("buy_all_sell_all")
    load, generation = np.full(8760, 10.0), np.full(8760, 4.0)
    result = bill(tariff(rule), load - generation, AXIS, generation_kw=generation)
    assert totals(result)[0] == pytest.approx(744 * (10 * BUY - 4 * SELL) + FIXED)
    assert result.months[0].energy_kwh == pytest.approx(7440.0)
    assert result.months[0].peak_kw == 10.0
    with pytest.raises(InputError, match=r"generation_kw = None: buy_all_sell_all meters.*--generation"):
        bill(tariff(rule), load - generation, AXIS)
    with pytest.raises(InputError, match=r"generation_kw = -1.*must not be negative"):
        bill(tariff(rule), load, AXIS, generation_kw=np.full(8760, -1.0))
    with pytest.raises(InputError, match="add up to a load, which cannot be negative"):
        bill(tariff(rule), load - 20.0, AXIS, generation_kw=generation)


def test_periods_net_by_themselves_and_find_their_like_in_the_next_season() -> None:
    summer: Matrix = ((0,) * 12 + (1,) * 12,) * 6 + ((2,) * 24,) * 6
    periods = tuple(EnergyPeriod(str(usd), (EnergyTier(usd),)) for usd in (1.0, 2.0, 3.0))
    rate = Tariff("t", SOURCE, energy=EnergyCharge(periods, Schedule(summer, summer)), export=ExportRule("net_metering"))
    load = np.where(AXIS.hour < 12, -10.0, 10.0)
    load[AXIS.month != 5] = 10.0
    result = bill(rate, load, AXIS)
    june, july = ([line for line in result.lines if line.month == month and line.item == "energy"] for month in (6, 7))
    assert [(line.period, line.quantity) for line in june] == [("2.0", 3600.0)]
    assert [(line.period, line.quantity) for line in july] == [("3.0", 7440.0 - 3600.0)]
    schedule = Schedule(summer, summer)
    assert next_periods(schedule, 4) == {0: 0, 1: 1}
    assert next_periods(schedule, 5) == {0: 2, 1: 2}
    peak: Matrix = ((0,) * 8 + (1,) * 2 + (0,) * 14,) * 12
    assert next_periods(Schedule(peak, peak), 0) == {0: 0, 1: 1}  # a period that stands at none of the hours keeps to itself


def test_a_tariff_for_exports_has_a_schedule_of_its_own() -> None:
    periods = tuple(EnergyPeriod(name, (EnergyTier(usd),)) for name, usd in (("am", 0.02), ("pm", 0.08)))
    rate = tariff(ExportRule(), buyback=EnergyCharge(periods, Schedule(HALF_DAYS, HALF_DAYS)))
    result = bill(rate, np.full(8760, -1.0), AXIS)
    assert totals(result)[0] == pytest.approx(FIXED - 31 * 12 * 0.1)
    assert "the price of the hour at which the utility buys" in result.notes[-1]


def test_prices_by_the_step_replace_or_add() -> None:
    spot = PriceSeries.of("day ahead", np.where(AXIS.hour < 12, 0.01, 0.05))
    load = np.where(AXIS.hour < 12, 10.0, -2.0)
    rate = tariff(ExportRule(), import_prices=spot, export_prices=spot)
    result = bill(rate, load, AXIS)
    assert totals(result)[0] == pytest.approx(FIXED + 31 * 12 * (10 * 0.01 - 2 * 0.05))
    line = next(line for line in result.lines if line.item == "energy")
    assert (line.period, line.rate, line.note) == (
        "day ahead",
        pytest.approx(0.01),
        "price of each step, weighted with its energy",
    )
    added = PriceSeries.of("adder", np.full(8760, 0.01), added=True)
    both = tariff(ExportRule(), import_prices=added, export_prices=added)
    assert totals(bill(both, load, AXIS))[0] == pytest.approx(FIXED + 31 * 12 * (10 * (BUY + 0.01) - 2 * (SELL + 0.01)))
    assert hourly_energy_price(rate, AXIS)[0] == pytest.approx(0.01)
    assert hourly_energy_price(both, AXIS)[0] == pytest.approx(BUY + 0.01)
    half_hours = TimeAxis(2018, 30)
    assert totals(bill(rate, np.repeat(load, 2), half_hours)) == pytest.approx(totals(result))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: PriceSeries.of("x", [25.0]), r"prices x, step 0 = 25.0.*reads as USD/MWh or cents"),
        (lambda: PriceSeries.of("x", [0.1, math.nan]), "prices x, step 1 = nan"),
        (lambda: PriceSeries.of("x", np.zeros(8784)).on(AXIS), "must have 8760 steps of 60 min for 2018"),
        (lambda: PriceSeries("x", np.zeros(8760), year=2019).on(AXIS), "are of another year than the load's 2018"),
        (lambda: PriceSeries.of("x", np.zeros(8760 * 4), step_minutes=15).on(AXIS), "have steps of 15 min, the load has 60 min"),
        (lambda: ExportRule("net_energy"), "'net_energy': is not a known way of metering exports"),  # pyright: ignore[reportArgumentType]
        (lambda: ExportRule("net_metering", year_end_month=13), "year_end_month = 13"),
        (lambda: ExportRule("net_billing", year_end_usd_per_kwh=0.1), "is paid for kWh left over under net_metering"),
        (lambda: ExportRule(credits_pay="tax"), "'tax': is not a known use of credits"),  # pyright: ignore[reportArgumentType]
        (
            lambda: tariff(ExportRule("net_metering"), import_prices=PriceSeries.of("x", np.zeros(8760))),
            "net_metering nets the energy of a month by period",
        ),
        (
            lambda: Tariff("t", SOURCE, fixed=(RecurringCharge("f", 1.0, "month"),), export=ExportRule("net_metering")),
            "nets the energy of periods, and there are none",
        ),
    ],
)
def test_what_contradicts_itself(make: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make()  # pyright: ignore[reportCallIssue]


def test_prices_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"

    def write(header: str, first: str = "2018-01-01 00:00") -> None:
        start = np.datetime64(first.replace(" ", "T"))
        rows = (f"{str(start + np.timedelta64(hour, 'h')).replace('T', ' ')},0.05" for hour in range(8760))
        path.write_text("\n".join((f"time,{header}", *rows)))

    write("lmp_usd_per_kwh")
    series = read_price_series(path, added=True)
    assert (series.name, series.year, series.step_minutes, series.added) == ("lmp_usd_per_kwh", 2018, 60, True)
    assert series.on(AXIS).tolist() == [0.05] * 8760
    write("lmp_usd_per_mwh")
    with pytest.raises(InputError, match="is not in USD/kWh"):
        read_price_series(path)
    write("lmp_usd_per_kwh", "2018-02-01 00:00")
    with pytest.raises(InputError, match="a bill covers a calendar year"):
        read_price_series(path)
    path.write_text("usd_per_kwh\n0.05\n0.06\n")
    with pytest.raises(InputError, match="no time column, and a step is never assumed"):
        read_price_series(path)
