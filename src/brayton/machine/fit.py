"""Calibration: component figures of a record from measured or published points (``brayton fit``).

Every free figure has a prior (its value in the record, with a standard deviation), every observation a standard
deviation; the maximum of the posterior is found by least squares. What the points cannot tell apart stays at its prior
and is reported as not identified, so that a fit never invents knowledge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import OptimizeResult, least_squares

from brayton.core.errors import Faults, InputError, SolveError, unknown_name
from brayton.core.outcomes import Outcome
from brayton.core.units import ZERO_CELSIUS_K
from brayton.gas.air import humidity_ratio
from brayton.gas.fuels import Fuel
from brayton.machine.fit_points import CONDITIONS, DEFAULT_SD, FitPoints
from brayton.machine.matched import MatchedEngine, MatchedPoints, match_engine
from brayton.machine.record import CalibrationTable, FitResidual, FreeParameter, MachineRecord

IDENTIFIED_SHARE = 0.8
"""A figure counts as identified where the points shrink its standard deviation below this share of the prior's."""

PRIOR_SD = {
    "air_flow_kg_s": 0.03,
    "pressure_ratio": 0.04,
    "turbine_exit_temp_k": 0.01,
    "compressor_isentropic_eff": 0.02,
    "turbine_isentropic_eff": 0.02,
    "recuperator_effectiveness": 0.03,
    "casing_loss_fraction": 0.75,
    "parasitic_kw": 0.5,
    "converter_idle_fraction": 0.5,
    "eff_speed_curvature": 0.2,
    "axial_conduction": 0.4,
    "ua_flow_exponent": 0.3,
    "work_slope": 0.5,
}
"""Relative standard deviation of the prior of each figure that may be fitted. Estimates: how far engines of this class differ."""

BOUND_SD = 6.0
"""How far a fit may take a figure from its prior, in standard deviations: beyond, the points or their units are wrong."""

NO_MATCH = 1e3
"""Deviations, in standard deviations, that a point without a match counts."""

DEFAULT_FREE = (
    "air_flow_kg_s", "pressure_ratio", "compressor_isentropic_eff", "turbine_isentropic_eff", "recuperator_effectiveness",
    "casing_loss_fraction", "parasitic_kw", "eff_speed_curvature",
)  # fmt: skip


@dataclass(frozen=True)
class FittedParameter:
    """One free figure after the fit; standard errors are those of the posterior."""

    name: str
    prior: float
    prior_sd: float
    value: float
    standard_error: float

    @property
    def identified(self) -> bool:
        """Whether the points say more of the figure than its prior does."""
        return self.standard_error < IDENTIFIED_SHARE * self.prior_sd

    @property
    def is_far(self) -> bool:
        """Whether the fit took the figure further than three standard deviations from its prior."""
        return abs(self.value - self.prior) > 3.0 * self.prior_sd


@dataclass(frozen=True)
class Fit:
    """A calibrated record with its parameters and, by column, calculated and observed values."""

    record: MachineRecord
    parameters: tuple[FittedParameter, ...]
    calculated: Mapping[str, NDArray[np.float64]]
    observed: Mapping[str, NDArray[np.float64]]

    def residuals(self, column: str) -> NDArray[np.float64]:
        """Calculated less observed at the points that have a value: relative, for temperatures in K."""
        observed = self.observed[column]
        has = np.isfinite(observed)
        difference = (self.calculated[column] - observed)[has]
        return difference if column.endswith("_temp_c") else difference / observed[has]


def calculate(engine: MatchedEngine, points: FitPoints) -> dict[str, NDArray[np.float64]]:
    """What the engine does at each point, under the names of the columns.

    A power, or a share of the power available at that air, is imposed on the engine without its limits. Where the point
    gives ``load_fraction`` 1 it ran at its limit: then the power is what the engine has available, to be compared with the
    power observed.
    """
    n = points.count
    air = {name: points.values.get(name, np.full(n, default)) for name, default in CONDITIONS.items()}
    air = {name: np.where(np.isfinite(column), column, CONDITIONS[name]) for name, column in air.items()}
    humidity = humidity_ratio(air["ambient_temp_c"] + ZERO_CELSIUS_K, air["pressure_kpa"] * 1e3, air["relative_humidity"])
    blank = np.full(n, np.nan)
    share = points.values.get("load_fraction", blank)
    net = points.values.get("net_power_kw", blank) * 1e3
    gross = points.values.get("gross_power_kw", blank) * 1e3
    demand = np.where(np.isfinite(net), net, gross - engine.engine.parasitic)
    full = share == 1.0
    limited = engine.operate(engine.limits.rated_power, air["ambient_temp_c"], air["pressure_kpa"], humidity)
    demand = np.where(np.isfinite(demand), demand, share * limited.available_power)
    state = engine.unlimited().operate(demand, air["ambient_temp_c"], air["pressure_kpa"], humidity)
    if full.any():
        state = MatchedPoints(*(np.where(full, a, b) for a, b in zip(_arrays(limited), _arrays(state), strict=True)))
    fuel_power = state.fuel_flow * engine.fuel.lhv_j_per_kg / 1e3
    record_speed = engine.record.engine.shaft_speed_rpm if engine.record.engine else np.nan
    return {
        "net_power_kw": state.net_power / 1e3,
        "gross_power_kw": (state.net_power + engine.engine.parasitic + state.booster_power) / 1e3,
        "fuel_power_kw_lhv": fuel_power,
        "elec_eff_lhv": state.net_power / 1e3 / fuel_power,
        "air_flow_kg_s": state.air_flow,
        "exhaust_flow_kg_s": state.air_flow + state.fuel_flow,
        "exhaust_temp_c": state.exhaust_temp - ZERO_CELSIUS_K,
        "shaft_speed_rpm": state.speed * record_speed,
        "turbine_exit_temp_c": state.turbine_exit_temp - ZERO_CELSIUS_K,
        "turbine_inlet_temp_c": state.turbine_inlet_temp - ZERO_CELSIUS_K,
        "compressor_exit_temp_c": state.compressor_exit_temp - ZERO_CELSIUS_K,
        "pressure_ratio": state.pressure_ratio,
    }


def _arrays(points: MatchedPoints) -> list[NDArray[np.float64]]:
    return list(vars(points).values())


def fit_record(
    record: MachineRecord,
    points: FitPoints,
    *,
    fuel: Fuel | None = None,
    free: Sequence[str] | None = None,
    name: str = "points given",
) -> Fit:
    """Calibrate the component figures `free` of `record` to `points`.

    free: by default those that the record's own calibration moved, or `DEFAULT_FREE`. A figure's prior is that of the
    record's calibration, so that a second fit to the same points changes nothing; without one it is the record's figure
    with `PRIOR_SD`. name: what the new record calls the points. Errors: InputError for a record without an engine or
    unknown figures.
    """
    base = match_engine(record, fuel)
    assert record.engine is not None
    if free is None:
        free = [item.name for item in record.calibration.free] if record.calibration else DEFAULT_FREE
    with Faults() as faults:
        for figure in free:
            if figure not in PRIOR_SD:
                faults.absorb(unknown_name("figure to fit", figure, PRIOR_SD, path="free"))
        if not free:
            faults.add("free", "(none)", "needs at least one figure", f"Choose from {', '.join(PRIOR_SD)}.")
    known = {item.name: (item.prior, item.prior_sd) for item in record.calibration.free} if record.calibration else {}
    figures: dict[str, float] = {figure: getattr(record.engine, figure) for figure in free}
    priors = [known.get(figure, (value, PRIOR_SD[figure] * abs(value))) for figure, value in figures.items()]
    start = np.array([prior for prior, _ in priors])
    widths = np.array([width for _, width in priors])
    observed = {column: values for column, values in points.values.items() if column in DEFAULT_SD}

    solve = partial(_misfit, base, points, observed, tuple(free), start, widths)
    lowest = np.maximum(start - BOUND_SD * widths, 1e-6)
    highest = np.minimum(start + BOUND_SD * widths, [0.99 if _is_share(figure) else np.inf for figure in free])
    solution: OptimizeResult = least_squares(
        solve, start, bounds=(lowest, highest), x_scale=widths, diff_step=1e-4, xtol=1e-10, ftol=1e-10
    )
    if not solution.success:
        raise SolveError(f"the fit of {record.model} did not settle: {solution.message}", Outcome.NOT_CONVERGED)
    # in units of the priors' widths no singular value lies below one, however sharp some observations are
    _, scale, directions = np.linalg.svd(solution.jac * widths, full_matrices=False)
    errors = widths * np.sqrt(np.sum((directions / scale[:, None]) ** 2, axis=0))
    fitted = _with_figures(base, tuple(free), solution.x)
    parameters = tuple(
        FittedParameter(*row)
        for row in zip(free, map(float, start), map(float, widths), map(float, solution.x), map(float, errors), strict=True)
    )
    result = Fit(fitted.record, parameters, calculate(fitted, points), observed)
    return Fit(_with_calibration(result, name), parameters, result.calculated, observed)


def _with_figures(base: MatchedEngine, free: tuple[str, ...], values: NDArray[np.float64]) -> MatchedEngine:
    assert base.record.engine is not None
    figures = dict(zip(free, map(float, values), strict=True))
    engine = base.record.engine.model_copy(update=figures)
    return match_engine(base.record.model_copy(update={"engine": engine}), base.fuel, base.installation)


def _is_share(figure: str) -> bool:
    """Whether a figure is a fraction that must stay below one."""
    return figure.endswith(("_eff", "_effectiveness", "_fraction"))


def _misfit(
    base: MatchedEngine,
    points: FitPoints,
    observed: Mapping[str, NDArray[np.float64]],
    free: tuple[str, ...],
    start: NDArray[np.float64],
    widths: NDArray[np.float64],
    values: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Weighted residuals of observations and priors.

    A point without a match, and every point of figures that contradict each other, counts as `NO_MATCH` deviations.
    """
    counted = {column: np.isfinite(seen) for column, seen in observed.items()}
    if "elec_eff_lhv" in observed and "fuel_power_kw_lhv" in observed and "net_power_kw" in observed:
        counted["elec_eff_lhv"] &= ~(counted["fuel_power_kw_lhv"] & counted["net_power_kw"])  # the same observation twice
    try:
        calculated = calculate(_with_figures(base, free, values), points)
    except InputError:
        calculated = {column: np.full(points.count, np.nan) for column in observed}
    parts = [(values - start) / widths]
    parts += [((calculated[column] - observed[column]) / points.sd[column])[has] for column, has in counted.items()]
    residuals = np.concatenate(parts)
    return np.where(np.isfinite(residuals), residuals, NO_MATCH)


def _with_calibration(fit: Fit, name: str) -> MachineRecord:
    """The record with its calibration table: points, parameters and residuals."""
    residuals: list[FitResidual] = []
    for column in fit.observed:
        r = fit.residuals(column)
        if len(r):
            mean, rms = round(float(r.mean()), 5) + 0.0, round(float(np.sqrt((r**2).mean())), 5)
            residuals.append(FitResidual(quantity=column, points=len(r), mean=mean, rms=rms))
    free = tuple(
        FreeParameter(
            name=p.name,
            prior=p.prior,
            prior_sd=p.prior_sd,
            standard_error=float(f"{p.standard_error:.3g}"),
            identified=p.identified,
        )
        for p in fit.parameters
    )
    return fit.record.model_copy(update={"calibration": CalibrationTable(points=name, free=free, residual=tuple(residuals))})
