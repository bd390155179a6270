"""Calibration: known figures come back, what the points cannot tell stays at its prior, and the library is its own fit."""

import numpy as np
import pytest

from brayton.core.errors import InputError
from brayton.core.units import ZERO_CELSIUS_K
from brayton.gas.air import humidity_ratio
from brayton.gas.fuels import FUELS
from brayton.machine.fit import DEFAULT_FREE, PRIOR_SD, Fit, calculate, fit_record
from brayton.machine.fit_points import FitPoints, fit_points, read_fit_points
from brayton.machine.matched import match_engine
from brayton.machine.record import LIBRARY, MachineRecord, load_record, models

ENGINES = [model for model in models() if load_record(model).engine is not None]
OBSERVED = (
    "fuel_power_kw_lhv", "air_flow_kg_s", "exhaust_temp_c", "shaft_speed_rpm", "turbine_exit_temp_c", "pressure_ratio",
    "compressor_exit_temp_c", "turbine_inlet_temp_c",
)  # fmt: skip
MOVED = {
    "air_flow_kg_s": 0.985,
    "pressure_ratio": 1.02,
    "compressor_isentropic_eff": 1.01,
    "turbine_isentropic_eff": 0.99,
    "recuperator_effectiveness": 1.015,
}


def uncalibrated(model: str) -> MachineRecord:
    return load_record(model).model_copy(update={"calibration": None})


def with_figures(record: MachineRecord, factors: dict[str, float]) -> MachineRecord:
    assert record.engine is not None
    figures = {name: factor * getattr(record.engine, name) for name, factor in factors.items()}
    return record.model_copy(update={"engine": record.engine.model_copy(update=figures)})


def own_points(model: str) -> FitPoints:
    calibration = load_record(model).calibration
    assert calibration is not None
    return read_fit_points(str(LIBRARY / "points" / calibration.points))


@pytest.fixture(scope="module")
def recovered() -> tuple[MachineRecord, Fit]:
    """A C65 whose figures are known, observed without error in heat, cold and part load, and what a fit makes of it."""
    truth = with_figures(uncalibrated("C65"), MOVED)
    air = {"ambient_temp_c": [-25.0, -10.0, 15.0, 15.0, 15.0, 35.0], "pressure_kpa": [101.3, 101.3, 101.3, 90.0, 101.3, 101.3]}
    demand = {"net_power_kw": [30.0, 60.0, 20.0, 40.0, 60.0, 45.0]}
    seen = calculate(match_engine(truth), fit_points({**demand, **air, "elec_eff_lhv": [0.25] * 6}))
    observed = {name: seen[name] for name in OBSERVED}
    sd = {f"{name}_sd": np.abs(values) * 1e-4 for name, values in observed.items()}
    return truth, fit_record(uncalibrated("C65"), fit_points({**demand, **air, **observed, **sd}), free=list(MOVED))


def test_known_figures_come_back(recovered):
    truth, fit = recovered
    for parameter in fit.parameters:
        assert parameter.value == pytest.approx(getattr(truth.engine, parameter.name), rel=3e-4)
        assert abs(parameter.value - getattr(truth.engine, parameter.name)) < 4.0 * parameter.standard_error
        assert parameter.identified
    for name in OBSERVED:
        assert np.max(np.abs(fit.residuals(name))) < (0.2 if name.endswith("_temp_c") else 5e-4)


def test_the_new_record_says_what_was_done(recovered):
    _, fit = recovered
    calibration = fit.record.calibration
    assert calibration is not None
    assert calibration.points == "points given"
    assert [item.name for item in calibration.free] == list(MOVED)
    assert {item.quantity for item in calibration.residual} == {"net_power_kw", *OBSERVED}
    assert all(item.points == 6 for item in calibration.residual)


def test_what_the_points_cannot_tell_stays_and_is_reported():
    points = fit_points({"net_power_kw": [65.0], "elec_eff_lhv": [0.29], "elec_eff_lhv_sd": [0.001]})
    fit = fit_record(uncalibrated("C65"), points)
    assert tuple(item.name for item in fit.parameters) == DEFAULT_FREE
    unknown = {item.name: item for item in fit.parameters if not item.identified}
    # an efficiency tells nothing of the flow, which sizes the machine with its pressure ratio at once
    assert {"pressure_ratio", "eff_speed_curvature", "casing_loss_fraction"} <= unknown.keys()
    for item in unknown.values():
        assert abs(item.value - item.prior) < item.prior_sd
    assert all(item.standard_error <= item.prior_sd * (1.0 + 1e-6) for item in fit.parameters)
    assert fit.residuals("elec_eff_lhv") == pytest.approx(0.0, abs=0.01)


def test_power_of_a_point_at_its_limit_is_compared():
    record = uncalibrated("C65")
    hot = fit_points({"load_fraction": [1.0], "net_power_kw": [50.0], "ambient_temp_c": [40.0]})
    found = calculate(match_engine(record), hot)["net_power_kw"]
    humidity = humidity_ratio(40.0 + ZERO_CELSIUS_K, 101325.0, 0.6)
    assert found == pytest.approx(match_engine(record).operate(1e9, 40.0, 101.325, humidity).net_power / 1e3)
    fit = fit_record(record, hot, free=["turbine_isentropic_eff"])
    assert abs(fit.residuals("net_power_kw")[0]) < abs(float(found[0]) / 50.0 - 1.0)


def test_gross_power_is_before_parasitics():
    record = uncalibrated("C65")
    assert record.engine is not None
    gross = calculate(match_engine(record), fit_points({"gross_power_kw": [50.0], "elec_eff_lhv": [0.27]}))
    assert gross["gross_power_kw"][0] == pytest.approx(50.0, rel=1e-5)
    assert gross["net_power_kw"][0] == pytest.approx(50.0 - record.engine.parasitic_kw, rel=1e-5)


def test_load_fraction_alone_is_a_share_of_the_rating():
    found = calculate(match_engine(load_record("C65")), fit_points({"load_fraction": [0.5], "elec_eff_lhv": [0.25]}))
    assert found["net_power_kw"][0] == pytest.approx(32.5, rel=1e-5)


def test_asking_for_what_cannot_be_fitted_is_refused():
    points = fit_points({"net_power_kw": [65.0], "elec_eff_lhv": [0.29]})
    with pytest.raises(InputError, match="turbine_isentropic_eff") as caught:
        fit_record(load_record("C65"), points, free=["turbine_eff", "compressor_efficiency"])
    assert len(caught.value.faults) == 2
    with pytest.raises(InputError, match="at least one"):
        fit_record(load_record("C65"), points, free=[])
    with pytest.raises(InputError, match="published"):
        fit_record(load_record("MT250"), points)


def test_every_figure_with_a_prior_is_a_figure_of_the_design():
    engine = load_record("C65").engine
    assert engine is not None
    assert set(PRIOR_SD) <= set(type(engine).model_fields)
    assert set(DEFAULT_FREE) <= set(PRIOR_SD)


@pytest.mark.parametrize("model", ENGINES)
def test_a_library_record_is_the_fit_of_its_points(model: str):
    record = load_record(model)
    assert record.calibration is not None
    # the turndown of the C60 is stated in methane, see the head of its file
    fuel = FUELS["methane"] if model == "C60" else None
    fit = fit_record(record, own_points(model), fuel=fuel, name=record.calibration.points)
    for parameter, on_file in zip(fit.parameters, record.calibration.free, strict=True):
        assert parameter.name == on_file.name
        assert parameter.value == pytest.approx(getattr(record.engine, parameter.name), rel=1e-3)
        assert parameter.standard_error == pytest.approx(on_file.standard_error, rel=0.02)
        assert parameter.identified == on_file.identified
    again = fit.record.calibration
    assert again is not None
    for found, on_file in zip(again.residual, record.calibration.residual, strict=True):
        assert (found.quantity, found.points) == (on_file.quantity, on_file.points)
        tolerance = 0.02 if found.quantity.endswith("_temp_c") else 2e-4
        assert found.rms == pytest.approx(on_file.rms, abs=tolerance)
        assert found.mean == pytest.approx(on_file.mean, abs=tolerance)
