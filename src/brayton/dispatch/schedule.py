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
    that the demand takes. heat_dumped_kw: the rest, sent past the exchanger by the diverter (or rejected, where there is
    none): recovered = used + dumped.
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
    boiler_heat_kw: Series
    boiler_fuel_kw_hhv: Series
    unmet_kw: Series
    import_kw: Series
    export_kw: Series
    outcome: Outcome
    gap: float
    method: str

    def electric_residual_kw(self, problem: Problem) -> Series:
        """Import + output - export - load - standby - starts - stops, in each step [kW]; zero where electricity balances."""
        envelope = problem.envelope
        auxiliary_kwh = self.starts * envelope.start_energy_kwh + self.stops * envelope.stop_energy_kwh
        standby_kw = (envelope.count - self.units_on) * envelope.standby_kw
        taken_kw = problem.electric_kw + standby_kw + auxiliary_kwh / problem.step_hours
        return self.import_kw + self.net_power_kw - self.export_kw - taken_kw

    def heat_residual_kw(self, problem: Problem) -> Series:
        """Used + boiler + unmet - demand, in each step [kW]; zero where heat balances."""
        return self.heat_used_kw + self.boiler_heat_kw + self.unmet_kw - problem.heat_kw
