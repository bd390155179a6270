"""The answer to a dispatch problem: one record, whoever found it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from brayton.core.outcomes import Outcome
from brayton.dispatch.problem import Problem

Series = NDArray[np.float64]


@dataclass(frozen=True)
class Schedule:
    """What runs in each step, and what follows from it; all arrays (n,), powers of all units and the site together.

    units_on, starts, stops: counts of units. net_power_kw: output of the running units. fuel_kw_lhv: of the units,
    starts included.
    heat_recovered_kw: heat of the running units with the diverters fully open to the exchangers. heat_used_kw: the part
    that loads, uses and store take. heat_dumped_kw: the rest, sent past the exchanger by the diverter (or rejected, where
    there is none): recovered = used + dumped.
    uses_heat_kw (u, n): heat that each use takes. saved_kw: electricity that the uses save. store_in_kw: recovered heat into
    the store, store_out_kw: heat from it to loads and uses, store_need_kw: heat that holds it at its empty level (boiler or
    unmet), store_kwh: its level at the end of the step.
    boiler_heat_kw, boiler_fuel_kw_hhv: the boiler's. unmet_kw: heat demand beyond the boiler's capacity (the grid meets any
    electric load). import_kw, export_kw: at the point of connection.
    outcome, gap: how the solver ended, and (cost - bound) / |cost|; NaN for a rule, which claims no optimum.
    method: the word of the rule or solver.
    """

    units_on: NDArray[np.int64]
    starts: NDArray[np.int64]
    stops: NDArray[np.int64]
    net_power_kw: Series
    fuel_kw_lhv: Series
    heat_recovered_kw: Series
    heat_used_kw: Series
    heat_dumped_kw: Series
    uses_heat_kw: Series
    saved_kw: Series
    store_in_kw: Series
    store_out_kw: Series
    store_need_kw: Series
    store_kwh: Series
    boiler_heat_kw: Series
    boiler_fuel_kw_hhv: Series
    unmet_kw: Series
    import_kw: Series
    export_kw: Series
    outcome: Outcome
    gap: float
    method: str

    def electric_residual_kw(self, problem: Problem) -> Series:
        """Import + output + saved - export - load - standby - starts - stops, each step [kW]; zero where electricity balances."""
        envelope = problem.envelope
        auxiliary_kwh = self.starts * envelope.start_energy_kwh + self.stops * envelope.stop_energy_kwh
        standby_kw = (envelope.count - self.units_on) * envelope.standby_kw
        taken_kw = problem.electric_kw + standby_kw + auxiliary_kwh / problem.step_hours
        return self.import_kw + self.net_power_kw + self.saved_kw - self.export_kw - taken_kw

    def heat_residual_kw(self, problem: Problem) -> Series:
        """Used + store out + boiler + unmet - demand - uses - store in and need, each step [kW]; zero where heat balances."""
        boiler_only_kw = 0.0 if problem.boiler_only_kw is None else problem.boiler_only_kw
        given_kw = self.heat_used_kw + self.store_out_kw + self.boiler_heat_kw + self.unmet_kw
        stored_kw = self.store_in_kw + self.store_need_kw
        return given_kw - problem.heat_kw - boiler_only_kw - self.uses_heat_kw.sum(axis=0) - stored_kw

    def store_residual_kwh(self, problem: Problem) -> Series:
        """Level before + into + need - out - loss - drain - level after, in each step [kWh]; zero where the store balances."""
        store = problem.store
        if store is None:
            return np.zeros(problem.steps)
        before = np.concatenate(([store.initial_kwh], self.store_kwh[:-1]))
        moved_kw = self.store_in_kw + self.store_need_kw - self.store_out_kw - store.drain_kw
        return before * (1.0 - store.loss_per_step) + moved_kw * problem.step_hours - self.store_kwh
