"""Equipment that puts recovered heat to use where there is some to spare: what it can take, and the electricity it then saves.

A desiccant unit or an absorption chiller does a job that electricity does without it. To whoever chooses how the machines run it
is therefore a heat load that may be left unmet, with a reward in electricity.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from brayton.core.errors import Faults


@dataclass(frozen=True)
class HeatUse:
    """A use of heat that may be left unserved, step by step; arrays (n,).

    heat_kw: most heat that it can use. saved_kw: electricity that the site needs less when all of it is used, the unit's own
    fans and pumps taken off. With less heat the unit runs for a share of the step, and saves in proportion.
    supply_temp_c, return_temp_c: of the water that drives it; NaN where the exhaust itself does.
    Raises InputError for gaps, negative heat, or a saving where there is no heat to use.
    """

    name: str
    heat_kw: NDArray[np.float64]
    saved_kw: NDArray[np.float64]
    supply_temp_c: float
    return_temp_c: float

    def __post_init__(self) -> None:
        with Faults() as faults:
            if self.heat_kw.shape != self.saved_kw.shape or self.heat_kw.ndim != 1:
                rule = "heat and saved electricity must be alike, one value for each step"
                faults.add(self.name, f"{self.heat_kw.shape} and {self.saved_kw.shape}", rule, "Align the two series.")
            elif not (np.isfinite(self.heat_kw).all() and np.isfinite(self.saved_kw).all()):
                faults.add(self.name, "NaN or infinite", "must be finite", "Fill the gaps of its inputs first.")
            elif (self.heat_kw < 0.0).any():
                faults.add(self.name, float(self.heat_kw.min()), "heat must not be negative", "Give zero where it rests.")
            elif (self.saved_kw < 0.0).any() or (self.saved_kw[self.heat_kw == 0.0] != 0.0).any():
                rule = "a unit that saves nothing must rest: no heat and no saving"
                faults.add(self.name, float(self.saved_kw.min()), rule, "Set both to zero in such steps.")
