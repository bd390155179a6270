"""How fast rules run through a year: one design, and a thousand; beside a plain loop in Python and numpy."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brayton.core.provenance import Source
from brayton.core.timeaxis import TimeAxis
from brayton.dispatch.answer import Design, dispatch, dispatch_designs
from brayton.dispatch.problem import Problem
from brayton.dispatch.rules import BaseLoad, FollowElectric, FollowHeat, PeakShaving, Rule, TimeOfUse
from brayton.machine.performance import compile_performance
from brayton.machine.record import load_record
from brayton.package.array import Loading
from brayton.package.boiler import Boiler
from brayton.package.capability import Capability
from brayton.package.envelope import Envelope, compile_envelope
from brayton.package.library import heat_recovery_for

TOLERANCE = 1e-9


class PlainYear:
    """The same rules unit by unit in plain Python: the peer of the benchmark and the reference of the kernel."""

    def __init__(self, problem: Problem, rule: Rule) -> None:
        self.problem, self.rule, self.envelope = problem, rule, problem.envelope
        self.age = [10**9] * self.envelope.count  # steps that each unit has been in its state
        self.on = [i < problem.initially_on for i in range(self.envelope.count)]
        self.window = rule.is_open(problem.axis) if isinstance(rule, TimeOfUse) and problem.axis else None
        self.level_kwh = problem.store.initial_kwh if problem.store else 0.0

    def ready(self, t: int) -> int:
        if self.envelope.power_kw[t, -1] <= 0.0:
            return 0
        share = 1.0 if self.problem.availability is None else self.problem.availability[t]
        return math.floor(share * self.envelope.count + TOLERANCE)

    def cap_kw(self, t: int) -> float:
        saved = sum(use.saved_kw[t] for use in self.problem.uses)
        return max(0.0, self.problem.electric_kw[t] + self.problem.export_limit_kw - self.problem.import_margin_kw - saved)

    def natural_kwh(self, t: int) -> float:
        """Level of the store at the end of the step if nothing is done."""
        store = self.problem.store
        if store is None:
            return 0.0
        return self.level_kwh * (1.0 - store.loss_per_step[t]) - store.drain_kw[t] * self.problem.step_hours

    def room_kw(self, t: int) -> float:
        """Heat that the store would take."""
        store = self.problem.store
        if store is None:
            return 0.0
        return min(max(store.capacity_kwh - self.natural_kwh(t), 0.0) / self.problem.step_hours, store.charge_kw)

    def share_heat(self, t: int, recovered: float) -> dict[str, float]:
        """Loads, uses, store, boiler, in this order; moves the store's level."""
        problem, store, hours = self.problem, self.problem.store, self.problem.step_hours
        used = min(recovered, problem.heat_kw[t])
        left, saved, to_uses, level = recovered - used, 0.0, 0.0, self.natural_kwh(t)
        for use in problem.uses:
            taken = min(left, use.heat_kw[t])
            left, to_uses = left - taken, to_uses + taken
            saved += use.saved_kw[t] * taken / use.heat_kw[t] if taken else 0.0
        out = into = need = to_loads = 0.0
        direct = to_uses
        if store is not None:
            ready, charge = min(max(level, 0.0) / hours, store.discharge_kw), store.charge_kw
            if store.serves_loads:
                out = to_loads = min(problem.heat_kw[t] - used, ready)
            if store.serves_uses:
                charge, given = max(charge - direct, 0.0), direct
                for use in problem.uses:
                    served = min(given, use.heat_kw[t])
                    more = min(use.heat_kw[t] - served, ready - out)
                    given, out, to_uses = given - served, out + more, to_uses + more
                    saved += use.saved_kw[t] * more / use.heat_kw[t] if more else 0.0
            into = min(left, max(store.capacity_kwh - level + out * hours, 0.0) / hours, charge)
            level += (into - out) * hours
            need = max(-level, 0.0) / hours
            self.level_kwh = level + need * hours
        extra = 0.0 if problem.boiler_only_kw is None else problem.boiler_only_kw[t]
        short = problem.heat_kw[t] - used - to_loads + extra + need
        boiler = min(short, 0.0 if problem.boiler is None else problem.boiler.capacity_kw)
        return {
            "heat_used_kw": used + direct + into,
            "saved_kw": saved,
            "store_in_kw": into,
            "store_out_kw": out,
            "store_need_kw": need,
            "store_kwh": self.level_kwh,
            "boiler_heat_kw": boiler,
            "unmet_kw": short - boiler,
        }

    def loads_kw(self, t: int, n: int, total_kw: float) -> list[float]:
        """Power of each of `n` running units."""
        low, high = self.envelope.power_kw[t, 0], self.envelope.power_kw[t, -1]
        if self.envelope.loading is Loading.EVEN:
            return [total_kw / n] * n
        loads, rest = [low] * n, total_kw - n * low
        for i in range(n):
            more = min(rest, high - low)
            loads[i] += more
            rest -= more
        return loads

    def of_array(self, t: int, n: int, total_kw: float, values: NDArray[np.float64]) -> float:
        """Fuel or heat of `n` running units together."""
        return sum(float(np.interp(p, self.envelope.power_kw[t], values[t])) for p in self.loads_kw(t, n, total_kw)) if n else 0.0

    def wanted(self, t: int, ready: int) -> tuple[float, int]:
        low, high, load = self.envelope.power_kw[t, 0], self.envelope.power_kw[t, -1], self.problem.electric_kw[t]
        ceiling: float | None = None
        match self.rule:
            case BaseLoad(power_fraction):
                total = power_fraction * ready * high
            case FollowElectric():
                total = load
            case TimeOfUse():
                total = load if self.window is None or self.window[t] else 0.0
            case PeakShaving():
                month = 0 if self.problem.axis is None else self.problem.axis.month[t]
                total = max(0.0, load + self.envelope.count * self.envelope.standby_kw - self.rule.monthly_kw[month])
                ceiling = self.cap_kw(t)
            case FollowHeat():
                total, n = self.wanted_for_heat(t, ready)
                if total <= self.cap_kw(t):
                    return total, n
        total = min(total, self.cap_kw(t), ready * high)
        n = min(math.ceil(total / high * (1.0 - TOLERANCE)), ready) if total > 0.0 else 0
        while n * low > (total if ceiling is None else ceiling) * (1.0 + TOLERANCE):
            n -= 1
        return total, n

    def wanted_for_heat(self, t: int, ready: int) -> tuple[float, int]:
        low, high = self.envelope.power_kw[t, 0], self.envelope.power_kw[t, -1]
        heat = self.envelope.heat_kw[t]
        demand = self.problem.heat_kw[t] + sum(use.heat_kw[t] for use in self.problem.uses) + self.room_kw(t)
        if heat[-1] <= 0.0 or demand <= 0.0:
            return 0.0, 0
        n = min(math.ceil(demand / heat[-1] * (1.0 - TOLERANCE)), ready)
        if n * heat[0] > demand * (1.0 + TOLERANCE):
            n -= 1
        if n * heat[-1] <= demand:
            return n * high, n
        least, most = n * low, n * high
        for _ in range(60):
            middle = (least + most) / 2.0
            if self.of_array(t, n, middle, self.envelope.heat_kw) < demand:
                least = middle
            else:
                most = middle
        return most, n

    def most_held(self, t: int, n: int, running: int) -> int:
        """The units of `n` that could stay for a whole minimum run."""
        for later in range(t + 1, min(t + self.problem.min_run_steps, self.problem.steps)):
            n = min(n, self.ready(later))
            while n > running and n * self.envelope.power_kw[later, 0] > self.cap_kw(later) * (1.0 + TOLERANCE):
                n -= 1
        return max(n, running)

    def switch(self, n: int) -> tuple[int, int]:
        """Bring the running units to `n`, the longest in their state first; starts and stops."""
        running = sum(self.on)
        self.age = [age + 1 for age in self.age]
        changing = [i for i, on in enumerate(self.on) if on is (n < running)]
        changing.sort(key=lambda i: -self.age[i])
        for i in changing[: abs(n - running)]:
            self.on[i], self.age[i] = not self.on[i], 0
        return max(n - running, 0), max(running - n, 0)

    def run(self) -> dict[str, NDArray[np.float64]]:
        """The flows of each step under the names of `Schedule`."""
        problem, envelope, hours = self.problem, self.envelope, self.problem.step_hours
        names = ("units_on", "starts", "stops", "net_power_kw", "fuel_kw_lhv", "heat_recovered_kw", "import_kw", "export_kw")
        names += ("heat_used_kw", "saved_kw", "store_in_kw", "store_out_kw", "store_need_kw", "store_kwh")
        names += ("boiler_heat_kw", "unmet_kw")
        flow = {name: np.zeros(problem.steps) for name in names}
        for t in range(problem.steps):
            ready, low, high = self.ready(t), envelope.power_kw[t, 0], envelope.power_kw[t, -1]
            running = sum(self.on)
            held = sum(on and age + 1 < problem.min_run_steps for on, age in zip(self.on, self.age, strict=True))
            resting = sum(not on and age + 1 < problem.min_rest_steps for on, age in zip(self.on, self.age, strict=True))
            total, n = self.wanted(t, ready) if ready else (0.0, 0)
            n = max(min(n, envelope.count - resting), held)
            if n > running:
                n = self.most_held(t, n, running)
            total = min(max(total, n * low), n * high, self.cap_kw(t))
            starts, stops = self.switch(n)
            electric = (envelope.count - n) * envelope.standby_kw
            electric += (starts * envelope.start_energy_kwh + stops * envelope.stop_energy_kwh) / hours
            recovered = self.of_array(t, n, total, envelope.heat_kw)
            heat = self.share_heat(t, recovered)
            for name, value in heat.items():
                flow[name][t] = value
            bought = problem.electric_kw[t] + electric - total - heat["saved_kw"]
            flow["units_on"][t], flow["starts"][t], flow["stops"][t], flow["net_power_kw"][t] = n, starts, stops, total
            flow["fuel_kw_lhv"][t] = self.of_array(t, n, total, envelope.fuel_kw_lhv)
            flow["fuel_kw_lhv"][t] += starts * envelope.start_fuel_kwh_lhv / hours
            flow["heat_recovered_kw"][t] = recovered
            flow["import_kw"][t], flow["export_kw"][t] = max(bought, 0.0), max(-bought, 0.0)
        return flow


def problem(units: int = 5) -> Problem:
    """A year of a site about the size of five 60 kW units."""
    axis = TimeAxis(2018)
    t = np.arange(axis.steps)
    noise = np.random.default_rng(0).random(axis.steps)
    high = 60.0 - 5.0 * noise
    power = 12.0 + (high - 12.0)[:, None] * np.linspace(0.0, 1.0, 9)
    envelope = Envelope(
        count=units,
        loading=Loading.EVEN,
        power_kw=power,
        fuel_kw_lhv=30.0 + 3.0 * power + 0.002 * power**2,
        heat_kw=10.0 + 1.6 * power,
        rated_power_kw=60.0,
        min_load_fraction=0.2,
        start_energy_kwh=0.5,
        start_fuel_kwh_lhv=2.0,
        stop_energy_kwh=0.1,
        standby_kw=0.3,
        fuel_hhv_per_lhv=1.108,
        capabilities=frozenset({Capability.HOT_WATER}),
    )
    return Problem(
        envelope=envelope,
        electric_kw=150.0 + 100.0 * np.sin(t / 24 * 2 * np.pi) + 20.0 * noise,
        heat_kw=200.0 + 150.0 * np.cos(t / axis.steps * 2 * np.pi),
        step_hours=1.0,
        axis=axis,
        boiler=Boiler(1000.0, 0.8, Source("benchmark", "", "estimate")),
        min_run_steps=2,
        min_rest_steps=2,
    )


def designs() -> list[Design]:
    """A thousand designs: 1 to 8 units, thresholds, base loads, windows, minimum loads."""
    rules: list[Rule] = [PeakShaving(float(kw)) for kw in range(0, 240, 4)]
    rules += [BaseLoad(step / 60.0) for step in range(1, 61)]
    rules += [TimeOfUse(start, 20) for start in range(5)]
    found = [Design(count, rule) for rule in rules for count in range(1, 9)]
    return found[:1000]


def seconds(action: Callable[[], object], repeats: int) -> float:
    """Best wall time of `action` [s]."""
    best = math.inf
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        best = min(best, time.perf_counter() - start)
    return best


def envelope_of_a_year() -> Callable[[], object]:
    """Compile the envelope of a C65 with heat recovery over a year of weather."""
    performance = compile_performance(load_record("C65"))
    t = np.arange(8760)
    temp_c = 12.0 - 12.0 * np.cos(t / 8760 * 2 * np.pi) - 5.0 * np.cos(t / 24 * 2 * np.pi)
    hrec = heat_recovery_for(performance)
    return lambda: compile_envelope(performance, temp_c, 101.0, 0.007, count=1, heat_recovery=hrec)


def run() -> list[dict[str, Any]]:
    envelope = envelope_of_a_year()
    envelope()
    year, candidates = problem(), designs()
    dispatch(year, FollowElectric())
    dispatch_designs(year, candidates[:1])
    plain = seconds(lambda: PlainYear(year, FollowElectric()).run(), 1)
    one = seconds(lambda: dispatch(year, FollowElectric()), 20)
    many = seconds(lambda: dispatch_designs(year, candidates), 10)
    peer = "plain Python loop, same problem"
    return [
        {"name": "envelope of a year, 9 breakpoints, with heat", "value": seconds(envelope, 10), "unit": "s", "target": 0.1},
        {"name": "a year by rule, one design", "value": one, "unit": "s", "target": 0.05, "peer": peer, "peer_value": plain},
        {
            "name": f"a year by rule, {len(candidates)} designs",
            "value": many,
            "unit": "s",
            "target": 0.1,
            "peer": peer,
            "peer_value": plain * len(candidates),
            "note": "peer's time is that of one design, times the designs",
        },
        {"name": "years by rule in blocks", "value": len(candidates) / many, "unit": "years/s"},
    ]
