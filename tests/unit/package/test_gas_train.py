"""The gas train: media by the mass that they take out, the chiller's heat, and what a machine stands."""

from __future__ import annotations

import math

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.gas.fuels import FUELS
from brayton.machine.record import load_record
from brayton.package.gas_train import Bed, GasTrain, bed_year, limit_faults, net_of_train
from brayton.package.varying_fuel import compile_varying_envelope

KIT = load_record("C30").fuel.kit[1]
SOUND = GasTrain(dew_point_c=5.0, chiller_cop=2.5, siloxane_bed=Bed(100.0, 0.01))


def test_a_bed_is_changed_when_it_is_full() -> None:
    """100 kg of media at 1 % take 1 kg: 4 kg a year are four changes, one in a quarter of the hours."""
    year = bed_year(Bed(100.0, 0.01), 4.0, 8000.0)
    assert (year.media_kg, year.changes, year.interval_h) == pytest.approx((400.0, 4.0, 2000.0))
    assert bed_year(Bed(100.0, 0.01), 0.0, 8000.0).interval_h == math.inf


def test_beds_leave_what_they_cannot_take() -> None:
    train = GasTrain(h2s_bed=Bed(10.0, 0.2), h2s_out_ppm=4.0)
    assert train.h2s_left_ppm([2.0, 4.0, 700.0]).tolist() == [2.0, 4.0, 4.0]
    assert train.siloxane_left_mg_per_m3_n(30.0) == 30.0
    assert SOUND.siloxane_left_mg_per_m3_n([0.0, 30.0]).tolist() == [0.0, 0.0]


def test_the_chiller_cools_and_condenses() -> None:
    """1 m3 of CO2/CH4 from 30 to 5 degC: about 1.6 kJ/(m3 K) x 25 K = 40 kJ; 0.04 mol/mol of water: 0.0335 kg, 83 kJ."""
    gas = FUELS["landfill_gas"]
    water_in, water_out = 0.0408, 0.0014
    each = SOUND.electricity_kwh_per_m3_n(gas, 30.0, water_in, water_out)
    water_kg = (0.0408 / 0.9592 - 0.0014 / 0.9986) * 18.015 / 22.414
    sensible_kj = 0.5 * (35.4 + 36.8) / 22.414 * 25.0 / 0.9592  # molar heat capacities of CH4 and CO2 near 15 degC
    assert each * 3600.0 * 2.5 == pytest.approx(sensible_kj + water_kg * 2470.0, rel=0.01)
    assert GasTrain(auxiliary_kwh_per_m3_n=0.02).electricity_kwh_per_m3_n(gas, 30.0, water_in, water_in) == 0.02
    assert SOUND.electricity_kwh_per_m3_n(gas, 3.0, 0.0, 0.0) == 0.0


def test_fit_gas_has_no_faults_and_unfit_gas_has_all() -> None:
    assert not limit_faults(SOUND, KIT, np.full(3, 700.0), np.full(3, 30.0), is_wet=True)
    found = limit_faults(GasTrain(), KIT, [100.0, 6000.0], 30.0, is_wet=True)
    assert [fault.path.split(".")[1] for fault in found] == ["h2s_ppm", "siloxane_mg_per_m3_n", "saturated_at_c"]
    assert found[0].value == 6000.0
    assert "landfill gas system stands 5000 ppm" in found[0].rule
    assert not limit_faults(GasTrain(), None, 6000.0, 0.0, is_wet=False)


def test_the_trains_electricity_comes_off_the_power() -> None:
    from brayton.machine.performance import compile_performance

    c30 = compile_performance(load_record("C30"), FUELS["landfill_gas"])
    envelope = compile_varying_envelope(lambda _: c30, 0.5, 15.0, 101.325, 0.006, count=2).envelope
    net = net_of_train(envelope, 0.005)
    assert net.power_kw == pytest.approx(envelope.power_kw - 0.005 * envelope.fuel_kw_lhv)
    assert net.fuel_kw_lhv is envelope.fuel_kw_lhv
    assert net.rated_power_kw == envelope.rated_power_kw


def test_contradictions_are_refused_together() -> None:
    with pytest.raises(InputError) as error:
        GasTrain(pressure_drop_kpa=-1.0, dew_point_c=5.0, h2s_out_ppm=math.nan)
    assert [fault.path for fault in error.value.faults] == ["pressure_drop_kpa", "h2s_out_ppm", "chiller_cop"]
    with pytest.raises(InputError, match="does not freeze"):
        GasTrain(dew_point_c=-10.0, chiller_cop=25.0)
    with pytest.raises(InputError) as error:
        Bed(0.0, math.inf)
    assert [fault.path for fault in error.value.faults] == ["media_kg", "capacity_kg_per_kg"]
