"""Answers by rule: the schedule of one design, and the totals of many."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from brayton.core.errors import Fault, Faults, InputError
from brayton.core.outcomes import Outcome
from brayton.dispatch.kernel import run_block
from brayton.dispatch.lanes import FLOWS, LANES, PARAMETERS, SIZE, Common, Steps
from brayton.dispatch.problem import Problem
from brayton.dispatch.rules import BaseLoad, FollowElectric, FollowHeat, PeakShaving, Rule, TimeOfUse, word_of
from brayton.dispatch.schedule import Schedule
from brayton.package.array import Loading
from brayton.package.capability import Capability
from brayton.package.fuel_limit import power_within_fuel


def dispatch(problem: Problem, rule: Rule) -> Schedule:
    """The schedule that `rule` makes of `problem`.

    Raises InputError where the rule needs what the problem lacks: a calendar for windows and for monthly thresholds, hot
    water from the units to follow heat.
    """
    _check_rule(problem, rule, "dispatch")
    block = _blocks(problem, [Design(problem.envelope.count, rule)])
    record = np.empty((problem.steps, len(FLOWS)))
    block.run(0, _common(problem), record, np.empty((0, LANES)))
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
        uses_heat_kw=_heat_of_uses(problem, flow["use_heat_kw"]),
        saved_kw=flow["saved_kw"],
        store_in_kw=flow["store_in_kw"],
        store_out_kw=flow["store_out_kw"],
        store_need_kw=flow["store_need_kw"],
        store_kwh=flow["store_kwh"],
        boiler_heat_kw=flow["boiler_heat_kw"],
        boiler_fuel_kw_hhv=_boiler_fuel(problem, flow["boiler_heat_kw"]),
        unmet_kw=flow["unmet_kw"],
        import_kw=flow["import_kw"],
        export_kw=flow["export_kw"],
        outcome=Outcome.OK,
        gap=math.nan,
        method=word_of(rule),
    )


def _heat_of_uses(problem: Problem, use_heat_kw: NDArray[np.float64]) -> NDArray[np.float64]:
    """Heat of each use (u, n): the first takes what it can, the next what is left."""
    taken = np.zeros((len(problem.uses), problem.steps))
    left = use_heat_kw
    for row, use in zip(taken, problem.uses, strict=True):
        row[:] = np.minimum(left, use.heat_kw)
        left = left - row
    return taken


@dataclass(frozen=True)
class Design:
    """One candidate: how many units under which rule, and their minimum load (None: the envelope's).

    load_factor, heat_factor: on the electric load and the heat demand. power_factor: on the power of a unit; fuel_factor: on its
    fuel, and with it its heat, at the same share of its power. availability_row: of the rows that `dispatch_designs` is given.
    """

    count: int
    rule: Rule
    min_load_fraction: float | None = None
    load_factor: float = 1.0
    heat_factor: float = 1.0
    power_factor: float = 1.0
    fuel_factor: float = 1.0
    availability_row: int = 0


@dataclass(frozen=True)
class DesignTotals:
    """Totals of the whole horizon, one value per design (d,); terms as in `Schedule`.

    *_by_month, peak_import_kw: of each month (d, 12); all in the first where the problem has no calendar. net_kw: import less
    export of each step (d, n), generation_kw: net power of all units in it; where they were asked for, else None.
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
    fuel_kwh_lhv_by_month: NDArray[np.float64]
    boiler_fuel_kwh_hhv_by_month: NDArray[np.float64]
    net_kw: NDArray[np.float64] | None = None
    generation_kw: NDArray[np.float64] | None = None


def dispatch_designs(
    problem: Problem,
    designs: Sequence[Design],
    *,
    availability_rows: NDArray[np.float64] | None = None,
    with_net: bool = False,
    with_generation: bool = False,
) -> DesignTotals:
    """Totals of every design on the site, air and machine of `problem`; blocks of designs are spread over all cores.

    The counts of the designs replace the problem's; units beyond a design's count are not `initially_on`.
    availability_rows (a, n): shares of the units that may run, in place of the problem's, among which the designs choose.
    with_net, with_generation: whether to keep import less export of each step, and with it the generation; 8 bytes a step and
    design each.
    Raises InputError with every design that cannot be: a negative count, a minimum load below the envelope's or above 1, a factor
    that is not positive, an availability that does not exist, and what `dispatch` raises; and for a boiler with a part-load
    curve, whose fuel does not follow from sums of heat.
    """
    if problem.boiler is not None and problem.boiler.part_load:
        rule = "has a part-load curve, and the fuel of many designs follows from their sums of heat"
        raise InputError(Fault("boiler.part_load", len(problem.boiler.part_load), rule, "Give it one mean efficiency here."))
    rows = _availability_rows(problem, availability_rows)
    _check_designs(problem, designs, len(rows))
    blocks = _blocks(problem, designs, rows)
    common = _common(problem)
    number = blocks.x.shape[0]
    steps_kept = problem.steps if with_net or with_generation else 0
    net_kw = np.empty((number, steps_kept, LANES * (2 if with_generation else 1)))
    nothing = np.empty((0, len(FLOWS)))

    def run(block: int) -> None:
        blocks.run(block, common, nothing, net_kw[block])

    with ThreadPoolExecutor(os.cpu_count()) as pool:  # the kernel lets go of the interpreter
        list(pool.map(run, range(number)))
    by_month = blocks.totals.reshape(number, 12, len(FLOWS), LANES).transpose(2, 0, 3, 1).reshape(len(FLOWS), -1, 12)
    by_month = np.ascontiguousarray(by_month[:, : len(designs)]) * problem.step_hours
    monthly = dict(zip(FLOWS, by_month, strict=True))
    energy = {name: values.sum(axis=1) for name, values in monthly.items()}
    boiler_fuel = _boiler_fuel(problem, monthly["boiler_heat_kw"])

    def of_lanes(series: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.ascontiguousarray(series.swapaxes(1, 2)).reshape(number * LANES, -1)[: len(designs)]

    return DesignTotals(
        run_hours=energy["units_on"],
        starts=np.rint(energy["starts"] / problem.step_hours).astype(np.int64),
        generated_net_kwh=energy["net_power_kw"],
        fuel_kwh_lhv=energy["fuel_kw_lhv"],
        heat_recovered_kwh=energy["heat_recovered_kw"],
        heat_used_kwh=energy["heat_used_kw"],
        heat_dumped_kwh=energy["heat_recovered_kw"] - energy["heat_used_kw"],
        boiler_heat_kwh=energy["boiler_heat_kw"],
        boiler_fuel_kwh_hhv=boiler_fuel.sum(axis=1),
        unmet_kwh=energy["unmet_kw"],
        import_kwh=energy["import_kw"],
        export_kwh=energy["export_kw"],
        peak_import_kw=blocks.peaks_kw.swapaxes(1, 2).reshape(-1, 12)[: len(designs)],
        fuel_kwh_lhv_by_month=monthly["fuel_kw_lhv"],
        boiler_fuel_kwh_hhv_by_month=boiler_fuel,
        net_kw=of_lanes(net_kw[:, :, :LANES]) if with_net else None,
        generation_kw=of_lanes(net_kw[:, :, LANES:]) if with_generation else None,
    )


@dataclass(frozen=True)
class _Blocks:
    """Designs in the kernel's lanes, the last block filled up with designs of no unit, and the steps they run through."""

    x: NDArray[np.float64]
    thresholds_kw: NDArray[np.float64]
    window_of: NDArray[np.int64]
    ready_of: NDArray[np.int64]
    totals: NDArray[np.float64]
    peaks_kw: NDArray[np.float64]
    steps: Steps

    def run(self, block: int, common: Common, record: NDArray[np.float64], net_kw: NDArray[np.float64]) -> None:
        """One block through all steps; `totals` and `peaks_kw` hold what it leaves, and so do `record` and `net_kw`."""
        run_block(
            self.x[block],
            self.thresholds_kw[block],
            self.window_of[block],
            self.ready_of[block],
            self.steps,
            common,
            self.totals[block],
            self.peaks_kw[block],
            record,
            net_kw,
        )


def _availability_rows(problem: Problem, given: NDArray[np.float64] | None) -> NDArray[np.float64]:
    """Shares of the units that may run (a, n). Raises InputError for another shape or a share outside 0..1."""
    if given is None:
        return np.ones((1, problem.steps)) if problem.availability is None else problem.availability[None, :]
    if given.ndim != 2 or given.shape[1] != problem.steps:
        rule = f"must have one row of {problem.steps} steps for each case"
        raise InputError(Fault("availability_rows", f"shape {given.shape}", rule, "Give shares of the units, 0..1."))
    if not ((given >= 0.0) & (given <= 1.0)).all():
        rule = "must lie in 0..1"
        raise InputError(Fault("availability_rows", float(np.max(given)), rule, "Give shares of the units that may run."))
    return given


def _blocks(problem: Problem, designs: Sequence[Design], rows: NDArray[np.float64] | None = None) -> _Blocks:
    blocks = max(1, -(-len(designs) // LANES))
    lanes = blocks * LANES
    windows: dict[TimeOfUse | None, int] = {None: 0}
    parameters, thresholds = np.zeros((len(PARAMETERS), lanes)), np.zeros((lanes, 12))
    parameters[PARAMETERS.index("load_factor") :] = 1.0
    window_of, ready_of = np.zeros(lanes, dtype=np.int64), np.zeros(lanes, dtype=np.int64)
    for lane, design in enumerate(designs):
        envelope, rule = problem.envelope, design.rule
        fraction = envelope.min_load_fraction if design.min_load_fraction is None else design.min_load_fraction
        factors = (design.load_factor, design.heat_factor, design.power_factor, design.fuel_factor)
        parameters[:, lane] = (design.count, fraction * envelope.rated_power_kw, *_coefficients(rule), *factors)
        ready_of[lane] = design.availability_row
        if isinstance(rule, PeakShaving):
            thresholds[lane] = rule.monthly_kw
        if isinstance(rule, TimeOfUse):
            window_of[lane] = windows.setdefault(rule, len(windows))
    x = np.zeros((blocks, SIZE))
    x[:, : parameters.size // blocks] = parameters.reshape(-1, blocks, LANES).swapaxes(0, 1).reshape(blocks, -1)
    return _Blocks(
        x=x,
        thresholds_kw=np.ascontiguousarray(thresholds.reshape(blocks, LANES, 12).swapaxes(1, 2)),
        window_of=window_of.reshape(blocks, LANES),
        ready_of=ready_of.reshape(blocks, LANES),
        totals=np.zeros((blocks, 12, len(FLOWS) * LANES)),
        peaks_kw=np.zeros((blocks, 12, LANES)),
        steps=_steps(problem, list(windows), _availability_rows(problem, None) if rows is None else rows),
    )


def _coefficients(rule: Rule) -> tuple[float, float, float, float]:
    """Share of the ready power, of the load, of the standby power, and whether heat is followed (`lanes.PARAMETERS`)."""
    match rule:
        case BaseLoad():
            return rule.power_fraction, 0.0, 0.0, 0.0
        case FollowElectric() | TimeOfUse():
            return 0.0, 1.0, 0.0, 0.0
        case PeakShaving():
            return 0.0, 1.0, 1.0, 0.0
        case FollowHeat():
            return 0.0, 0.0, 0.0, 1.0


def _steps(problem: Problem, windows: Sequence[TimeOfUse | None], availability: NDArray[np.float64]) -> Steps:
    envelope, axis, store = problem.envelope, problem.axis, problem.store
    always, nothing = np.ones(problem.steps), np.zeros(problem.steps)
    use_kw = np.array([use.heat_kw for use in problem.uses]).reshape(-1, problem.steps)
    saved_kw = np.array([use.saved_kw for use in problem.uses]).reshape(-1, problem.steps)
    # copies: for the kernel a read-only array would be another type, to be compiled for again
    return Steps(
        power_kw=np.array(envelope.power_kw),
        fuel_kw=np.array(envelope.fuel_kw_lhv),
        heat_kw=np.array(envelope.heat_kw),
        fuel_bends=_bends(envelope.power_kw, envelope.fuel_kw_lhv),
        heat_bends=_bends(envelope.power_kw, envelope.heat_kw),
        load_kw=np.array(problem.electric_kw),
        # what the uses may save is taken off beforehand: so the units never export more than they may when these run in full
        spare_kw=problem.export_limit_kw - problem.import_margin_kw - saved_kw.sum(axis=0),
        gas_kw=_gas_kw(problem),
        demand_kw=np.array(problem.heat_kw),
        boiler_only_kw=nothing if problem.boiler_only_kw is None else np.array(problem.boiler_only_kw),
        ready=(envelope.power_kw[:, -1] > 0.0) * availability,
        month=np.zeros(problem.steps, np.int64) if axis is None else np.array(axis.month),
        windows=np.array([always if window is None or axis is None else window.is_open(axis) for window in windows], dtype=float),
        use_kw=use_kw,
        use_saving=np.divide(saved_kw, use_kw, out=np.zeros_like(use_kw), where=use_kw > 0.0),
        store_loss=nothing if store is None else np.array(store.loss_per_step),
        store_drain_kw=nothing if store is None else np.array(store.drain_kw),
    )


def _gas_kw(problem: Problem) -> NDArray[np.float64]:
    """Most power on the fuel there is; where that is more than all units burn, beyond their power in the same proportion, so that
    a design whose units burn more is held to the fuel and not to the power."""
    envelope, limit = problem.envelope, problem.fuel_limit_kw_lhv
    if limit is None:
        return np.full(problem.steps, math.inf)
    full = envelope.count * envelope.fuel_kw_lhv[:, -1]
    spare = np.divide(limit, full, out=np.ones(problem.steps), where=full > 0.0)
    return power_within_fuel(envelope, limit).power_kw * np.maximum(spare, 1.0)


def _bends(power: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Change of slope at each breakpoint but the last (n, K-1); a segment of no width has no slope."""
    width = np.diff(power)
    slope = np.divide(np.diff(values), width, out=np.zeros_like(width), where=width > 0.0)
    return np.diff(slope, prepend=0.0)


def _common(problem: Problem) -> Common:
    envelope, hours, store = problem.envelope, problem.step_hours, problem.store
    return Common(
        sequential=envelope.loading is Loading.SEQUENTIAL,
        min_run=int(problem.min_run_steps),
        min_rest=int(problem.min_rest_steps),
        initially_on=int(problem.initially_on),
        start_kw=envelope.start_energy_kwh / hours,
        start_fuel_kw=envelope.start_fuel_kwh_lhv / hours,
        stop_kw=envelope.stop_energy_kwh / hours,
        standby_kw=float(envelope.standby_kw),
        boiler_kw=0.0 if problem.boiler is None else float(problem.boiler.capacity_kw),
        hours=float(hours),
        store_kwh=0.0 if store is None else float(store.capacity_kwh),
        store_serves_loads=store is not None and store.serves_loads,
        store_serves_uses=store is not None and store.serves_uses,
        store_charge_kw=math.inf if store is None else float(store.charge_kw),
        store_discharge_kw=math.inf if store is None else float(store.discharge_kw),
        store_initial_kwh=0.0 if store is None else float(store.initial_kwh),
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


def _check_designs(problem: Problem, designs: Sequence[Design], rows: int) -> None:
    minimum = problem.envelope.min_load_fraction
    with Faults() as faults:
        for i, design in enumerate(designs):
            if design.count < 0:
                faults.add(f"designs[{i}].count", design.count, "must be zero or more", "Give the number of machines.")
            fraction = minimum if design.min_load_fraction is None else design.min_load_fraction
            if not minimum <= fraction <= 1.0:
                rule = f"must lie in {minimum:g}..1: the envelope begins at {minimum:g}"
                faults.add(f"designs[{i}].min_load_fraction", fraction, rule, "Compile the envelope from a lower load.")
            for name in ("load_factor", "heat_factor", "power_factor", "fuel_factor"):
                factor = getattr(design, name)
                if not 0.0 <= factor < math.inf or (factor == 0.0 and name in ("power_factor", "fuel_factor")):
                    faults.add(f"designs[{i}].{name}", factor, "must be positive", "One leaves things as they are.")
            if not 0 <= design.availability_row < rows:
                rule = f"is no row of the availability, 0..{rows - 1}"
                faults.add(f"designs[{i}].availability_row", design.availability_row, rule, "Give the number of a row.")
            try:
                _check_rule(problem, design.rule, f"designs[{i}].rule")
            except InputError as error:
                faults.absorb(error)
