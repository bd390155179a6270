"""Answers by rule: the schedule of one design, and the totals of many."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from brayton.core.errors import Fault, Faults, InputError
from brayton.core.outcomes import Outcome
from brayton.dispatch import kernel
from brayton.dispatch.problem import Problem
from brayton.dispatch.rules import BaseLoad, FollowElectric, FollowHeat, PeakShaving, Rule, TimeOfUse, word_of
from brayton.dispatch.schedule import Schedule
from brayton.package.array import Loading
from brayton.package.capability import Capability

FLOWS = kernel.FLOWS


def dispatch(problem: Problem, rule: Rule) -> Schedule:
    """The schedule that `rule` makes of `problem`.

    Raises InputError where the rule needs what the problem lacks: a calendar for windows and for monthly thresholds, hot
    water from the units to follow heat.
    """
    _check_rule(problem, rule, "dispatch")
    block = _blocks(problem, [Design(problem.envelope.count, rule)])
    record = np.empty((problem.steps, len(FLOWS)))
    kernel.run_block(
        block.x[0], block.thresholds_kw[0], block.window_of[0], block.steps, _common(problem), block.peaks_kw[0], record
    )
    flow = {name: np.ascontiguousarray(record[:, i]) for i, name in enumerate(FLOWS)}
    return Schedule(
        units_on=flow["units_on"].astype(np.int64),
        starts=flow["starts"].astype(np.int64),
        stops=flow["stops"].astype(np.int64),
        net_power_kw=flow["net_power_kw"],
        fuel_kw_lhv=flow["fuel_kw_lhv"],
        heat_recovered_kw=flow["heat_recovered_kw"],
        heat_used_kw=flow["heat_used_kw"],
        heat_dumped_kw=flow["heat_recovered_kw"] - flow["heat_used_kw"],
        boiler_heat_kw=flow["boiler_heat_kw"],
        boiler_fuel_kw_hhv=_boiler_fuel(problem, flow["boiler_heat_kw"]),
        unmet_kw=flow["unmet_kw"],
        import_kw=flow["import_kw"],
        export_kw=flow["export_kw"],
        outcome=Outcome.OK,
        gap=math.nan,
        method=word_of(rule),
    )


@dataclass(frozen=True)
class Design:
    """One candidate: how many units under which rule, and their minimum load (None: the envelope's)."""

    count: int
    rule: Rule
    min_load_fraction: float | None = None


@dataclass(frozen=True)
class DesignTotals:
    """Totals of the whole horizon, one value per design (d,); terms as in `Schedule`.

    peak_import_kw: highest import of each month (d, 12); all in the first where the problem has no calendar.
    """

    run_hours: NDArray[np.float64]
    starts: NDArray[np.int64]
    generated_net_kwh: NDArray[np.float64]
    fuel_kwh_lhv: NDArray[np.float64]
    heat_recovered_kwh: NDArray[np.float64]
    heat_used_kwh: NDArray[np.float64]
    heat_dumped_kwh: NDArray[np.float64]
    boiler_heat_kwh: NDArray[np.float64]
    boiler_fuel_kwh_hhv: NDArray[np.float64]
    unmet_kwh: NDArray[np.float64]
    import_kwh: NDArray[np.float64]
    export_kwh: NDArray[np.float64]
    peak_import_kw: NDArray[np.float64]


def dispatch_designs(problem: Problem, designs: Sequence[Design]) -> DesignTotals:
    """Totals of every design on the site, air and machine of `problem`; designs are spread over all cores.

    The counts of the designs replace the problem's; units beyond a design's count are not `initially_on`.
    Raises InputError with every design that cannot be: a negative count, a minimum load below the envelope's or above 1,
    and what `dispatch` raises.
    """
    _check_designs(problem, designs)
    blocks = _blocks(problem, designs)
    kernel.run_blocks(blocks.x, blocks.thresholds_kw, blocks.window_of, blocks.steps, _common(problem), blocks.peaks_kw)
    sums = blocks.x[:, kernel.SUMS :].reshape(-1, len(FLOWS), kernel.LANES).swapaxes(1, 2).reshape(-1, len(FLOWS))
    sums = sums[: len(designs)]
    energy = dict(zip(FLOWS, sums.T * problem.step_hours, strict=True))
    return DesignTotals(
        run_hours=energy["units_on"],
        starts=np.rint(sums[:, FLOWS.index("starts")]).astype(np.int64),
        generated_net_kwh=energy["net_power_kw"],
        fuel_kwh_lhv=energy["fuel_kw_lhv"],
        heat_recovered_kwh=energy["heat_recovered_kw"],
        heat_used_kwh=energy["heat_used_kw"],
        heat_dumped_kwh=energy["heat_recovered_kw"] - energy["heat_used_kw"],
        boiler_heat_kwh=energy["boiler_heat_kw"],
        boiler_fuel_kwh_hhv=_boiler_fuel(problem, energy["boiler_heat_kw"]),
        unmet_kwh=energy["unmet_kw"],
        import_kwh=energy["import_kw"],
        export_kwh=energy["export_kw"],
        peak_import_kw=blocks.peaks_kw.swapaxes(1, 2).reshape(-1, 12)[: len(designs)],
    )


@dataclass(frozen=True)
class _Blocks:
    """Designs in the kernel's lanes, the last block filled up with designs of no unit, and the steps they run through."""

    x: NDArray[np.float64]
    thresholds_kw: NDArray[np.float64]
    window_of: NDArray[np.int64]
    peaks_kw: NDArray[np.float64]
    steps: kernel.Steps


def _blocks(problem: Problem, designs: Sequence[Design]) -> _Blocks:
    blocks = max(1, -(-len(designs) // kernel.LANES))
    lanes = blocks * kernel.LANES
    windows: dict[TimeOfUse | None, int] = {None: 0}
    parameters, thresholds = np.zeros((len(kernel.PARAMETERS), lanes)), np.zeros((lanes, 12))
    window_of = np.zeros(lanes, dtype=np.int64)
    for lane, design in enumerate(designs):
        envelope, rule = problem.envelope, design.rule
        fraction = envelope.min_load_fraction if design.min_load_fraction is None else design.min_load_fraction
        parameters[:, lane] = (design.count, fraction * envelope.rated_power_kw, *_coefficients(rule))
        if isinstance(rule, PeakShaving):
            thresholds[lane] = rule.monthly_kw
        if isinstance(rule, TimeOfUse):
            window_of[lane] = windows.setdefault(rule, len(windows))
    x = np.zeros((blocks, kernel.SIZE))
    x[:, : parameters.size // blocks] = parameters.reshape(-1, blocks, kernel.LANES).swapaxes(0, 1).reshape(blocks, -1)
    return _Blocks(
        x=x,
        thresholds_kw=np.ascontiguousarray(thresholds.reshape(blocks, kernel.LANES, 12).swapaxes(1, 2)),
        window_of=window_of.reshape(blocks, kernel.LANES),
        peaks_kw=np.zeros((blocks, 12, kernel.LANES)),
        steps=_steps(problem, list(windows)),
    )


def _coefficients(rule: Rule) -> tuple[float, float, float, float]:
    """Share of the ready power, of the load, of the standby power, and whether heat is followed (`kernel.PARAMETERS`)."""
    match rule:
        case BaseLoad():
            return rule.power_fraction, 0.0, 0.0, 0.0
        case FollowElectric() | TimeOfUse():
            return 0.0, 1.0, 0.0, 0.0
        case PeakShaving():
            return 0.0, 1.0, 1.0, 0.0
        case FollowHeat():
            return 0.0, 0.0, 0.0, 1.0


def _steps(problem: Problem, windows: Sequence[TimeOfUse | None]) -> kernel.Steps:
    envelope, axis = problem.envelope, problem.axis
    can_run = (envelope.power_kw[:, -1] > 0.0).astype(float)
    always = np.ones(problem.steps)
    # copies: for the kernel a read-only array would be another type, to be compiled for again
    return kernel.Steps(
        power_kw=np.array(envelope.power_kw),
        fuel_kw=np.array(envelope.fuel_kw_lhv),
        heat_kw=np.array(envelope.heat_kw),
        fuel_bends=_bends(envelope.power_kw, envelope.fuel_kw_lhv),
        heat_bends=_bends(envelope.power_kw, envelope.heat_kw),
        load_kw=np.array(problem.electric_kw),
        cap_kw=np.maximum(problem.electric_kw + problem.export_limit_kw - problem.import_margin_kw, 0.0),
        demand_kw=np.array(problem.heat_kw),
        ready=can_run if problem.availability is None else can_run * problem.availability,
        month=np.zeros(problem.steps, np.int64) if axis is None else np.array(axis.month),
        windows=np.array([always if window is None or axis is None else window.is_open(axis) for window in windows], dtype=float),
    )


def _bends(power: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Change of slope at each breakpoint but the last (n, K-1); a segment of no width has no slope."""
    width = np.diff(power)
    slope = np.divide(np.diff(values), width, out=np.zeros_like(width), where=width > 0.0)
    return np.diff(slope, prepend=0.0)


def _common(problem: Problem) -> kernel.Common:
    envelope, hours = problem.envelope, problem.step_hours
    return kernel.Common(
        sequential=envelope.loading is Loading.SEQUENTIAL,
        min_run=int(problem.min_run_steps),
        min_rest=int(problem.min_rest_steps),
        initially_on=int(problem.initially_on),
        start_kw=envelope.start_energy_kwh / hours,
        start_fuel_kw=envelope.start_fuel_kwh_lhv / hours,
        stop_kw=envelope.stop_energy_kwh / hours,
        standby_kw=float(envelope.standby_kw),
        boiler_kw=0.0 if problem.boiler is None else float(problem.boiler.capacity_kw),
    )


def _boiler_fuel(problem: Problem, heat: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.zeros_like(heat) if problem.boiler is None else problem.boiler.fuel_kw_hhv(heat)


def _check_rule(problem: Problem, rule: Rule, path: str) -> None:
    monthly = isinstance(rule, PeakShaving) and len(set(rule.monthly_kw)) > 1
    if problem.axis is None and (monthly or isinstance(rule, TimeOfUse)):
        fault = Fault(path, word_of(rule), "needs a calendar, and the problem has none", "Give the problem its time axis.")
        raise InputError(fault)
    if isinstance(rule, FollowHeat) and problem.envelope.count > 0 and Capability.HOT_WATER not in problem.envelope.capabilities:
        rule_text = "follows a heat load, and the machines make no hot water"
        raise InputError(Fault(path, word_of(rule), rule_text, "Add heat recovery, or follow the electric load."))


def _check_designs(problem: Problem, designs: Sequence[Design]) -> None:
    minimum = problem.envelope.min_load_fraction
    with Faults() as faults:
        for i, design in enumerate(designs):
            if design.count < 0:
                faults.add(f"designs[{i}].count", design.count, "must be zero or more", "Give the number of machines.")
            fraction = minimum if design.min_load_fraction is None else design.min_load_fraction
            if not minimum <= fraction <= 1.0:
                rule = f"must lie in {minimum:g}..1: the envelope begins at {minimum:g}"
                faults.add(f"designs[{i}].min_load_fraction", fraction, rule, "Compile the envelope from a lower load.")
            try:
                _check_rule(problem, design.rule, f"designs[{i}].rule")
            except InputError as error:
                faults.absorb(error)
