"""Laws of cooling equipment, batteries and heat levels that hold for all temperatures, loads and sizes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brayton.core.provenance import Source
from brayton.core.timeaxis import TimeAxis
from brayton.dispatch.battery import AbsorbExport, ShavePeaks, ShiftHours, run_battery
from brayton.dispatch.rules import PeakShaving, TimeOfUse
from brayton.package.absorption import yazaki_wfc
from brayton.package.battery import Battery
from brayton.package.boiler import Boiler, doe2_part_load
from brayton.package.chiller import CURVES, Chiller
from brayton.package.exhaust_chiller import ExhaustChiller
from brayton.package.heat_level import HeatLevel, loop_loads
from brayton.package.heat_recovery import WATER_CP_J_PER_KG_K

LAWS = settings(deadline=None, derandomize=True, max_examples=150)
SOURCE = Source("test", "2026", "estimate", "made up")
YEAR = TimeAxis(2018)


def entropy_made(*flows: tuple[float, float]) -> float:
    """Sum of heat [kW] out of the machine over temperature [degC]; heat into it is negative."""
    return sum(kw / (temp_c + 273.15) for kw, temp_c in flows)


@LAWS
@given(st.floats(70.0, 95.0), st.floats(20.0, 35.0), st.floats(5.0, 16.0), st.floats(0.05, 1.0))
def test_hot_water_absorption_obeys_the_second_law(hot: float, cooling: float, chilled: float, share: float) -> None:
    """With the temperatures most unkind to it: hot water at its inlet, chilled at its outlet, cooling water at its inlet."""
    chiller = yazaki_wfc(70.3)
    most = float(chiller.available_kw(hot, cooling, chilled))
    cold = share * most
    if cold == 0.0:
        return
    heat = float(chiller.heat_kw(cold))
    cop = cold / heat
    assert 0.0 < cop < 0.85, "single effect: one of evaporation drives one of condensation"
    if chilled < cooling:
        carnot = (1.0 - (cooling + 273.15) / (hot + 273.15)) * (chilled + 273.15) / (cooling - chilled)
        assert cop < carnot
    assert entropy_made((-heat, hot), (heat + cold, cooling), (-cold, chilled)) > 0.0


@LAWS
@given(st.floats(21.11, 35.0), st.floats(4.44, 8.89), st.floats(0.02, 1.0))
def test_exhaust_fired_absorption_obeys_the_second_law(cooling: float, chilled: float, share: float) -> None:
    """Driven at the exhaust's leaving temperature, 177 degC, the coldest that it sees."""
    chiller = ExhaustChiller(231.0)
    cold = share * float(chiller.available_kw(cooling, chilled))
    heat = float(chiller.heat_kw(cold, cooling, chilled))
    assert 0.0 < cold / heat < 1.7, "the published part-load line is best at 0.31 of full load: 1.66"
    assert entropy_made((-heat, 176.667), (heat + cold, cooling), (-cold, chilled)) > 0.0


@LAWS
@given(st.sampled_from(["air", "water"]), st.floats(5.0, 10.0), st.floats(19.0, 35.0), st.floats(0.01, 1.0), st.floats(1.5, 6.0))
def test_electric_chillers_stay_below_carnot_and_rise_with_cold(
    kind: str, chilled: float, entering: float, share: float, cop: float
) -> None:
    chiller = Chiller(CURVES[kind], 100.0, cop, chilled, SOURCE)
    cold = share * float(chiller.available_kw(entering))
    power = float(chiller.electric_kw(cold, entering))
    assert power > 0.0
    assert cold / power < (chilled + 273.15) / (entering - chilled)
    assert chiller.electric_kw(0.95 * cold, entering) < power
    assert float(chiller.cold_kw(power, entering)) == pytest.approx(cold, rel=1e-6)


@LAWS
@given(st.floats(0.3, 1.0), st.floats(0.0, 1.2), st.floats(0.0, 1.2))
def test_more_heat_takes_more_fuel_and_never_less_than_the_heat(efficiency: float, a: float, b: float) -> None:
    boiler = Boiler(100.0, efficiency, SOURCE, doe2_part_load(efficiency))
    less, more = sorted((100.0 * a, 100.0 * b))
    assert boiler.fuel_kw_hhv(less) <= boiler.fuel_kw_hhv(more)
    assert boiler.fuel_kw_hhv(more) >= more * (1.0 - 1e-9)


rules = st.one_of(
    st.floats(0.0, 150.0).map(lambda kw: ShavePeaks(PeakShaving(kw))),
    st.floats(10.0, 200.0).map(lambda kw: ShiftHours(TimeOfUse(22, 6), TimeOfUse(12, 18), kw)),
    st.just(AbsorbExport()),
)


@settings(LAWS, max_examples=25)
@given(
    rules,
    st.integers(0, 10**6),
    st.floats(5.0, 400.0),
    st.floats(0.6, 1.0),
    st.floats(0.0, 0.01),
    st.floats(0.0, 60.0),
)
def test_a_battery_keeps_its_balance_and_its_limits(
    rule, seed: int, capacity: float, eff: float, standing: float, export: float
) -> None:
    net = np.maximum(np.random.default_rng(seed).uniform(-60.0, 200.0, YEAR.steps), -export)
    battery = Battery(capacity, 50.0, 70.0, eff, eff, SOURCE, standing, capacity / 2.0)
    year = run_battery(battery, rule, net, YEAR, export_limit_kw=export)
    stored = year.level_kwh[-1] - capacity / 2.0
    assert year.charge_kw.sum() == pytest.approx(year.discharge_kw.sum() + year.losses_kw.sum() + stored, abs=1e-6)
    assert year.net_load_kw == pytest.approx(net + year.charge_kw - year.discharge_kw)
    assert ((year.level_kwh >= 0.0) & (year.level_kwh <= capacity)).all()
    assert ((year.charge_kw >= 0.0) & (year.charge_kw <= 50.0)).all()
    assert ((year.discharge_kw >= 0.0) & (year.discharge_kw <= 70.0)).all()
    assert (np.minimum(year.charge_kw, year.discharge_kw) == 0.0).all()
    assert year.net_load_kw.min() >= -export - 1e-9
    assert year.net_load_kw.max() <= max(net.max(), 200.0) + 1e-9


@st.composite
def heat_loads(draw: st.DrawFn) -> list[HeatLevel]:
    found = []
    for i in range(draw(st.integers(1, 4))):
        supply = draw(st.floats(25.0, 95.0))
        back = draw(st.floats(5.0, supply - 2.0))
        kw = draw(st.lists(st.one_of(st.just(0.0), st.floats(0.1, 500.0)), min_size=3, max_size=3))
        found.append(HeatLevel(f"load {i}", np.array(kw), supply, back))
    return found


@LAWS
@given(heat_loads(), st.floats(30.0, 90.0))
def test_levels_conserve_heat_and_mix_between_their_bounds(loads: list[HeatLevel], limit: float) -> None:
    found = loop_loads(loads, max_water_out_temp_c=limit)
    total = sum(load.heat_kw for load in loads)
    assert found.served_kw + found.boiler_only_kw == pytest.approx(total)
    fits = [load for load in loads if load.name in found.served]
    assert all(load.supply_temp_c <= limit for load in fits)
    assert all(load.supply_temp_c > limit for load in loads if load.name in found.too_hot)
    if not fits:
        return
    carried = found.flow_kg_s * WATER_CP_J_PER_KG_K / 1e3 * (found.loop_temp_c - found.return_temp_c)
    assert carried == pytest.approx(found.served_kw, rel=1e-9, abs=1e-9)
    coldest, warmest = min(load.return_temp_c for load in fits), max(load.return_temp_c for load in fits)
    assert ((found.return_temp_c >= coldest - 1e-9) & (found.return_temp_c <= warmest + 1e-9)).all()
    if len(fits) == 1:
        assert found.return_temp_c == pytest.approx(fits[0].return_temp_c)
