"""The gas bill against a slow bill that anyone can follow, and against what every gas bill obeys."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from brayton.core.provenance import Source
from brayton.core.timeaxis import TimeAxis
from brayton.site.gas_bill import GasUse, gas_bill, gas_totals_usd, gas_use
from brayton.site.gas_tariff import (
    TAXABLE,
    GasBlock,
    GasCommodity,
    GasDelivery,
    GasDemand,
    GasIndex,
    GasRider,
    GasSeason,
    GasTariff,
    GasTax,
    GasUnit,
    MinimumUse,
    marginal_usd_per_kwh_hhv,
)
from brayton.site.tariff import RecurringCharge

LIMITED = settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
SOURCE = Source("drawn at random", "2024", "estimate", "no utility's")
AXES = (TimeAxis(2018), TimeAxis(2020, 30), TimeAxis(2024, leap_day=False))
KWH_PER_MMBTU = 1055.05585262e6 / 3.6e6
HEAT_CONTENT = 10.7
UNITS: dict[GasUnit, float] = {
    "therm": KWH_PER_MMBTU / 10,
    "MMBtu": KWH_PER_MMBTU,
    "Dth": KWH_PER_MMBTU,
    "kWh": 1.0,
    "GJ": 1e9 / 3.6e6,
    "Mcf": HEAT_CONTENT * 28.316846592,
    "ccf": HEAT_CONTENT * 2.8316846592,
    "m3": HEAT_CONTENT,
}
"""kWh HHV per unit, written out anew."""
PER_KWH = st.floats(0.0, 0.1).map(lambda price: round(price, 5))
SIGNED = st.floats(-0.02, 0.05).map(lambda price: round(price, 5))
UNIT = st.sampled_from(sorted(UNITS))


def twelve(numbers: st.SearchStrategy[float]) -> st.SearchStrategy[tuple[float, ...]]:
    return st.lists(numbers, min_size=12, max_size=12).map(tuple)


@st.composite
def deliveries(draw: st.DrawFn) -> GasDelivery:
    unit = draw(UNIT)
    seasons: list[GasSeason] = []
    for number in range(draw(st.integers(1, 3))):
        ends = sorted(set(draw(st.lists(st.floats(10.0, 60000.0).map(round), max_size=3))))
        blocks = [GasBlock(draw(PER_KWH) * UNITS[unit], end / UNITS[unit]) for end in (*ends, math.inf)]
        seasons.append(GasSeason(f"season {number}", tuple(blocks)))
    months = draw(st.lists(st.integers(0, len(seasons) - 1), min_size=12, max_size=12))
    return GasDelivery(tuple(seasons), tuple(months), unit)


@st.composite
def demands(draw: st.DrawFn) -> GasDemand:
    unit = draw(UNIT)
    contract = draw(st.none() | st.floats(50.0, 3000.0))
    return GasDemand(
        "MDQ",
        draw(twelve(PER_KWH.map(lambda price: price * UNITS[unit]))),
        unit,
        None if contract is None else contract / UNITS[unit],
        None if contract is None else draw(st.none() | PER_KWH.map(lambda price: price * UNITS[unit])),
        draw(st.floats(0.0, 1.0)),
        draw(st.integers(1, 11)),
        tuple(sorted(draw(st.sets(st.integers(0, 11), min_size=1)))),
    )


@st.composite
def tariffs(draw: st.DrawFn) -> GasTariff:
    """Any tariff with one meter. Prices are not negative, but those of riders, of a basis and of what is added to an index."""
    unit, rider_unit, least_unit = draw(UNIT), draw(UNIT), draw(UNIT)
    index = draw(
        st.none() | st.builds(GasIndex, st.just("hub"), twelve(st.floats(1, 12)), twelve(st.floats(-1, 1)), st.floats(0, 0.1))
    )
    return GasTariff(
        "drawn",
        SOURCE,
        commodity=GasCommodity(draw(twelve(PER_KWH.map(lambda price: price * UNITS[unit]))), unit, index),
        delivery=draw(st.none() | deliveries()),
        demand=draw(st.none() | demands()),
        riders=tuple(
            GasRider("rider", draw(twelve(SIGNED.map(lambda price: price * UNITS[rider_unit]))), rider_unit) for _ in "ab"
        ),
        fixed=tuple(RecurringCharge(per, draw(st.floats(0, 300)), per) for per in ("day", "month", "year")),
        minimum_use=tuple(
            MinimumUse(per, draw(st.floats(1, 9e4)) / UNITS[least_unit], draw(PER_KWH) * UNITS[least_unit], least_unit)
            for per in draw(st.lists(st.sampled_from(["month", "year"]), unique=True))
        ),
        minimum=tuple(
            RecurringCharge("least", draw(st.floats(1, {"day": 700, "month": 20000, "year": 250000}[per])), per)
            for per in draw(st.lists(st.sampled_from(["day", "month", "year"]), unique=True))
        ),
        minimum_counts=draw(st.sampled_from(["all", "delivery"])),
        taxes=tuple(
            GasTax(f"tax {n}", draw(st.floats(0, 0.2)), tuple(sorted(draw(st.sets(st.sampled_from(TAXABLE), min_size=1)))))
            for n in range(draw(st.integers(0, 2)))
        ),
        heat_content_kwh_hhv_per_m3=HEAT_CONTENT,
    )


def fuel(axis: TimeAxis, seed: int) -> NDArray[np.float64]:
    """A use with a season somewhere in the year, noise, and hours without any [kW HHV]."""
    random = np.random.default_rng(seed)
    season = np.cos((axis.day / axis.days - random.random()) * 2 * math.pi)
    return np.maximum(40.0 + 35.0 * season + random.normal(0.0, 20.0, axis.steps), 0.0)


SEEDS = st.integers(0, 2**32)


def slow_bill(tariff: GasTariff, kw: NDArray[np.float64], axis: TimeAxis) -> list[float]:
    """Total of each month [USD], charge by charge."""
    kwh, days, day_kwh = [0.0] * 12, [0.0] * 12, [[0.0] * 32 for _ in range(12)]
    hours = axis.step_minutes / 60
    for stamp, power in zip(axis.stamps.tolist(), kw.tolist(), strict=True):
        kwh[stamp.month - 1] += power * hours
        day_kwh[stamp.month - 1][stamp.day] += power * hours
        days[stamp.month - 1] += hours / 24
    highest = [max(each) for each in day_kwh]
    parts: list[dict[str, float]] = []
    for month in range(12):
        use = kwh[month]
        part = dict.fromkeys(TAXABLE, 0.0)
        if tariff.commodity is not None:
            part["commodity"] = tariff.commodity.usd_per_unit[month] * use / UNITS[tariff.commodity.unit]
            index = tariff.commodity.index
            if index is not None:
                at_receipt = index.usd_per_mmbtu_hhv[month] + index.basis_usd_per_mmbtu_hhv[month]
                part["commodity"] += at_receipt * use / KWH_PER_MMBTU / (1 - index.retention)
        if tariff.delivery is not None:
            left, lower = use / UNITS[tariff.delivery.unit], 0.0
            for block in tariff.delivery.seasons[tariff.delivery.months[month]].blocks:
                taken = min(left, block.upper - lower)
                part["delivery"] += taken * block.usd_per_unit
                left, lower = left - taken, block.upper
        if tariff.demand is not None:
            part["demand"] = slow_demand(tariff.demand, [day / UNITS[tariff.demand.unit] for day in highest], month)
        part["rider"] = sum(rider.usd_per_unit[month] * use / UNITS[rider.unit] for rider in tariff.riders)
        for charge in tariff.fixed:
            part["fixed"] += {"day": days[month] * charge.usd, "month": charge.usd, "year": charge.usd / 12}[charge.per]
        for least in tariff.minimum_use:
            used = {"month": use, "year": sum(kwh)}[least.per] / UNITS[least.unit]
            if used < least.units and (least.per == "month" or month == 11):
                part["minimum_use"] += (least.units - used) * least.usd_per_unit
        parts.append(part)
    add_minimum(tariff, parts, days)
    return [sum(part.values()) + sum(tax.fraction * sum(part[item] for item in tax.on) for tax in tariff.taxes) for part in parts]


def slow_demand(demand: GasDemand, highest: list[float], month: int) -> float:
    before = [(month - back) % 12 for back in range(1, demand.look_back_months + 1)]
    counted = [highest[each] for each in before if each in demand.ratchet_months]
    billed = max(highest[month], demand.ratchet * max(counted, default=0.0))
    price, contract = demand.usd_per_unit_day[month], demand.contract_units_per_day
    if contract is None:
        return billed * price
    over = price if demand.overrun_usd_per_unit_day is None else demand.overrun_usd_per_unit_day
    return contract * price + max(billed - contract, 0.0) * over


def add_minimum(tariff: GasTariff, parts: list[dict[str, float]], days: list[float]) -> None:
    paid = 0.0
    for part, length in zip(parts, days, strict=True):
        held = sum(part[item] for item in part if tariff.minimum_counts == "all" or item not in ("commodity", "rider"))
        monthly = [charge for charge in tariff.minimum if charge.per != "year"]
        least = sum(charge.usd * (length if charge.per == "day" else 1) for charge in monthly)
        if monthly and held < least:
            part["minimum"] += least - held
            held = least
        paid += held
    yearly = sum(charge.usd for charge in tariff.minimum if charge.per == "year")
    if yearly and paid < yearly:
        parts[11]["minimum"] += yearly - paid


@LIMITED
@given(tariffs(), st.sampled_from(AXES), SEEDS)
def test_the_bill_is_the_slow_bill(tariff: GasTariff, axis: TimeAxis, seed: int) -> None:
    kw = fuel(axis, seed)
    slow = slow_bill(tariff, kw, axis)
    assert [month.total_usd for month in gas_bill(tariff, kw, axis).months] == pytest.approx(slow, abs=1e-6, rel=1e-9)


@LIMITED
@given(tariffs(), st.sampled_from(AXES), SEEDS)
def test_lines_add_up(tariff: GasTariff, axis: TimeAxis, seed: int) -> None:
    bill = gas_bill(tariff, fuel(axis, seed), axis)
    for month in bill.months:
        lines = [line for line in bill.lines if line.month == month.month]
        assert math.fsum(line.amount_usd for line in lines) == pytest.approx(month.total_usd, abs=1e-9)
        if tariff.delivery is not None:
            delivered = math.fsum(line.quantity * UNITS[tariff.delivery.unit] for line in lines if line.item == "delivery")
            assert delivered == pytest.approx(month.energy_kwh_hhv)
    assert bill.annual_usd == math.fsum(month.total_usd for month in bill.months)


@LIMITED
@given(tariffs(), st.lists(SEEDS, min_size=1, max_size=4))
def test_designs_at_once_are_the_bills_one_by_one(tariff: GasTariff, seeds: list[int]) -> None:
    axis = AXES[0]
    fuels = np.stack([fuel(axis, seed) for seed in seeds])
    totals = gas_totals_usd(tariff, gas_use(fuels, axis))
    for kw, row in zip(fuels, totals, strict=True):
        assert [month.total_usd for month in gas_bill(tariff, kw, axis).months] == pytest.approx(row.tolist(), abs=1e-8)


@LIMITED
@given(tariffs(), SEEDS, st.integers(0, 8759), st.floats(0.1, 500.0))
def test_a_bill_grows_with_use_where_no_price_is_negative(tariff: GasTariff, seed: int, hour: int, more_kw: float) -> None:
    """Not drawn here are three cases in which use may save: a shortfall that costs more than gas, a rider that is a credit, and a
    tax on the minimum's adder alone, which gas that is not taxed displaces."""
    index = None if tariff.commodity is None else tariff.commodity.index
    if index is not None and tariff.commodity is not None:
        commodity = replace(tariff.commodity, index=replace(index, basis_usd_per_mmbtu_hhv=(0.0,) * 12))
        tariff = replace(tariff, commodity=commodity)
    taxes = tuple(replace(tax, on=TAXABLE) for tax in tariff.taxes)
    tariff = replace(tariff, riders=(), minimum_use=(), taxes=taxes)
    kw = fuel(AXES[0], seed)
    more = kw.copy()
    more[hour] += more_kw
    assert gas_bill(tariff, more, AXES[0]).annual_usd >= gas_bill(tariff, kw, AXES[0]).annual_usd - 1e-8


@LIMITED
@given(tariffs(), deliveries(), SEEDS, st.floats(0.05, 0.95))
def test_splitting_a_block_at_the_same_price_changes_nothing(
    tariff: GasTariff, delivery: GasDelivery, seed: int, share: float
) -> None:
    def split(season: GasSeason) -> GasSeason:
        first = season.blocks[0]
        middle = share * min(first.upper, 30000.0 / UNITS[delivery.unit])
        return GasSeason(season.name, (GasBlock(first.usd_per_unit, middle), *season.blocks))

    kw = fuel(AXES[0], seed)
    whole = gas_bill(replace(tariff, delivery=delivery), kw, AXES[0])
    parts = replace(delivery, seasons=tuple(split(season) for season in delivery.seasons))
    apart = gas_bill(replace(tariff, delivery=parts), kw, AXES[0])
    assert [month.total_usd for month in apart.months] == pytest.approx([month.total_usd for month in whole.months], abs=1e-8)


@LIMITED
@given(deliveries(), UNIT, SEEDS)
def test_a_tariff_in_another_unit_is_the_same_tariff(delivery: GasDelivery, unit: GasUnit, seed: int) -> None:
    ratio = UNITS[unit] / UNITS[delivery.unit]
    seasons = tuple(
        GasSeason(season.name, tuple(GasBlock(block.usd_per_unit * ratio, block.upper / ratio) for block in season.blocks))
        for season in delivery.seasons
    )
    kw = fuel(AXES[0], seed)
    one = GasTariff("one", SOURCE, delivery=delivery, heat_content_kwh_hhv_per_m3=HEAT_CONTENT)
    other = replace(one, delivery=GasDelivery(seasons, delivery.months, unit))
    assert gas_bill(one, kw, AXES[0]).annual_usd == pytest.approx(gas_bill(other, kw, AXES[0]).annual_usd)
    assert one.kwh_hhv_per(unit) == pytest.approx(UNITS[unit])


@LIMITED
@given(tariffs(), st.integers(0, 11), st.floats(0.0, 90000.0))
def test_the_marginal_price_is_what_one_more_kwh_costs(tariff: GasTariff, month: int, kwh: float) -> None:
    tariff = replace(tariff, minimum=(), minimum_use=())
    days = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    use = np.full((2, 12), 5000.0)
    use[:, month] = kwh, kwh + 1e-2
    totals = gas_totals_usd(tariff, GasUse(use, np.full((2, 12), 300.0), days))[:, month]
    prices = marginal_usd_per_kwh_hhv(tariff, use)[:, month]
    if prices[0] == prices[1]:  # no block ends within the step
        assert (totals[1] - totals[0]) / 1e-2 == pytest.approx(prices[0], abs=1e-6)
