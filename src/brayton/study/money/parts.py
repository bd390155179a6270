"""What each part of a project is worth: the net present value with it, less that without it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.study.money.draws import net_present_values_usd
from brayton.study.money.project import Project
from brayton.study.money.table import Finance

INVESTMENT = "investment"


def part_values_usd(project: Project, finance: Finance) -> dict[str, float]:
    """Net present value, after tax, that the investment and each saving add, by name; the investment's is negative as a rule.

    Each is left out in turn, and what goes with it: with the investment its depreciation, credits, shares of debt and of
    salvage. Where tax does not carry losses forward, caps do not bind and amounts are shares of the cost, the value is linear
    in each part: multiplied by k, a part v moves the net present value by (k - 1) v.
    """
    names = (INVESTMENT, *(saving.name for saving in project.savings))
    kept = 1.0 - np.eye(len(names))
    whole_and_without = np.vstack((np.ones(len(names)), kept)).T
    savings = tuple(
        replace(saving, usd=_times(saving.usd, factor, is_series=saving.escalation is None))
        for saving, factor in zip(project.savings, whole_and_without[1:], strict=True)
    )
    cost = np.asarray(project.installed_cost_usd, dtype=float) * whole_and_without[0]
    values = net_present_values_usd(replace(project, installed_cost_usd=cost, savings=savings), finance)
    return {name: float(values[0] - value) for name, value in zip(names, values[1:], strict=True)}


def _times(usd: ArrayLike, factor: NDArray[np.float64], *, is_series: bool) -> NDArray[np.float64]:
    amount = np.asarray(usd, dtype=float)
    return factor[:, None] * amount if is_series else factor * amount
