"""How much of its heat a piece of equipment got: what dispatch gave over what it could use."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from brayton.package.heat_use import HeatUse
from brayton.study.result import StudyResult


def share_served(result: StudyResult, use: HeatUse) -> NDArray[np.float64]:
    """Share of each step's heat that `use` got with the project, 0..1; zero where it can use none, or its water is too hot."""
    given = np.zeros(result.axis.steps)
    for index, item in enumerate(result.model.problem.uses):
        if item is use:
            given = result.with_project.schedule.uses_heat_kw[index]
    return np.divide(given, use.heat_kw, out=np.zeros_like(given), where=use.heat_kw > 0.0)
