"""The dispatch problem: what the units can do, what the site needs, and what the connection allows."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from brayton.core.errors import Faults
from brayton.core.timeaxis import TimeAxis
from brayton.package.boiler import Boiler
from brayton.package.envelope import Envelope
from brayton.package.heat_store import HeatStore
from brayton.package.heat_use import HeatUse


@dataclass(frozen=True)
class Problem:
    """One site, one array of units, step by step; every answer (rules, later the optimum) reads this.

    envelope: what one unit can do, and how many there are. electric_kw, heat_kw: demand (n,); heat is served by heat
    recovery, then by `store`, then by `boiler`. boiler_only_kw: heat demand beyond the reach of recovered heat (n,), hotter
    than the exchanger makes water; None = none. uses: equipment that saves electricity with the heat that the loads leave, the
    first first. store: takes what is left then. step_hours: length of a step [h]. axis: the calendar of the steps, for windows
    and months; None where no rule needs it.
    fuel_limit_kw_lhv: fuel that the units can have (n,), where it does not come from a pipeline; None = no limit.
    export_limit_kw: highest export at the point of connection; 0 = never export, infinite = no limit.
    import_margin_kw: import that is kept up where export is forbidden, for the relay that guards it.
    min_run_steps, min_rest_steps: shortest run after a start and rest after a stop, in steps, counted from 1.
    initially_on: units that run before the first step, free to stop. availability: share of the units that may run (n,),
    0..1, rounded down to whole units; None = all.
    Raises InputError with every contradiction.
    """

    envelope: Envelope
    electric_kw: NDArray[np.float64]
    heat_kw: NDArray[np.float64]
    step_hours: float
    axis: TimeAxis | None = None
    boiler: Boiler | None = None
    boiler_only_kw: NDArray[np.float64] | None = None
    uses: tuple[HeatUse, ...] = ()
    store: HeatStore | None = None
    fuel_limit_kw_lhv: NDArray[np.float64] | None = None
    export_limit_kw: float = 0.0
    import_margin_kw: float = 0.0
    min_run_steps: int = 1
    min_rest_steps: int = 1
    initially_on: int = 0
    availability: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        with Faults() as faults:
            self._check_series(faults)
            self._check_figures(faults)

    @property
    def steps(self) -> int:
        return self.envelope.steps

    def _check_series(self, faults: Faults) -> None:
        series = {"electric_kw": self.electric_kw, "heat_kw": self.heat_kw}
        for name in ("availability", "boiler_only_kw", "fuel_limit_kw_lhv"):
            if getattr(self, name) is not None:
                series[name] = getattr(self, name)
        series |= {f"uses[{i}].heat_kw": use.heat_kw for i, use in enumerate(self.uses)}
        if self.store is not None:
            series["store.loss_per_step"] = self.store.loss_per_step
        for name, values in series.items():
            if values.shape != (self.steps,):
                rule = f"must have one value for each of the envelope's {self.steps} steps"
                faults.add(name, f"{values.shape[0] if values.ndim == 1 else values.shape} values", rule, "Align the series.")
                continue
            wrong = np.flatnonzero(~(values >= 0.0) | ~np.isfinite(values))
            if wrong.size:
                rule = f"must be finite and not negative; {wrong.size} of {self.steps} steps are not"
                faults.add(f"{name}[{wrong[0]}]", values[wrong[0]], rule, "Mend the series: gaps are not filled silently.")
            elif name == "availability" and values.max() > 1.0:
                faults.add(name, values.max(), "must lie in 0..1", "Give the share of the units that may run.")
        saved = [use.saved_kw for use in self.uses if use.saved_kw.shape == (self.steps,)]
        if saved and self.electric_kw.shape == (self.steps,):
            beyond = np.sum(saved, axis=0) - self.electric_kw
            worst = int(np.argmax(beyond))
            if beyond[worst] > 1e-6:
                rule = f"is less than the {np.sum(saved, axis=0)[worst]:.4g} kW that the uses of heat would save of it"
                remedy = "Give the load with what air conditioning and chillers take, or a smaller unit."
                faults.add(f"electric_kw[{worst}]", float(self.electric_kw[worst]), rule, remedy)
        if self.axis is not None and self.axis.steps != self.steps:
            rule = f"the year has {self.axis.steps} steps, the envelope {self.steps}"
            faults.add("axis", f"{self.axis.year}, {self.axis.step_minutes} min", rule, "Compile the envelope on this calendar.")

    def _check_figures(self, faults: Faults) -> None:
        if not (math.isfinite(self.step_hours) and self.step_hours > 0.0):
            faults.add("step_hours", self.step_hours, "must be positive", "Give the length of a step in hours.")
        elif self.axis is not None and not math.isclose(self.step_hours, self.axis.step_hours):
            rule = f"differs from the calendar's {self.axis.step_hours} h"
            faults.add("step_hours", self.step_hours, rule, "Give both the same step.")
        if not self.export_limit_kw >= 0.0:
            faults.add("export_limit_kw", self.export_limit_kw, "must be zero or more", "Give 0 for no export.")
        if not (math.isfinite(self.import_margin_kw) and self.import_margin_kw >= 0.0):
            faults.add("import_margin_kw", self.import_margin_kw, "must be zero or more", "Give the import to keep, in kW.")
        elif self.import_margin_kw > 0.0 and self.export_limit_kw > 0.0:
            rule = f"keeps an import, but {self.export_limit_kw:g} kW of export are allowed"
            faults.add("import_margin_kw", self.import_margin_kw, rule, "Forbid export or drop the margin.")
        for name in ("min_run_steps", "min_rest_steps"):
            if getattr(self, name) < 1:
                faults.add(name, getattr(self, name), "must be 1 or more", "A run and a rest last at least the step itself.")
        if not 0 <= self.initially_on <= self.envelope.count:
            rule = f"must lie in 0..{self.envelope.count}, the units there are"
            faults.add("initially_on", self.initially_on, rule, "Give the units that run before the first step.")
