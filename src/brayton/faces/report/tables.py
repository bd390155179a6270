"""Rows of the report's tables: months with their year, years with their running sum."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from brayton.core.timeaxis import TimeAxis
from brayton.site.bill import BillMonth
from brayton.site.tariff import MONTHS
from brayton.study.result import StudyResult

KWH_PER_MWH = 1000.0

PERIODS = (*MONTHS, "Year")
"""Rows of a table by month; the last is the sum."""


@dataclass(frozen=True)
class BillPart:
    """A month, or the year, of one run: the columns of the bill that the report prints. fixed_usd: with the minimum's adder."""

    energy_usd: float
    demand_usd: float
    fixed_usd: float
    export_credit_usd: float
    total_usd: float
    energy_kwh: float
    export_kwh: float
    peak_kw: float


@dataclass(frozen=True)
class BillRow:
    """A month, or the year, without the project and with it."""

    period: str
    before: BillPart
    after: BillPart
    fuel_before_usd: float
    fuel_after_usd: float


@dataclass(frozen=True)
class HeatSeries:
    """Heat in each step [kW], with the project: taken = used + tank + boiler + unmet.

    taken: by loads, by a pool to hold and fill its band, and by equipment that saves electricity with it. used: recovered and
    taken at once. tank: recovered earlier. dumped: recoverable, and taken by nothing.
    """

    taken: NDArray[np.float64]
    used: NDArray[np.float64]
    tank: NDArray[np.float64]
    boiler: NDArray[np.float64]
    unmet: NDArray[np.float64]
    dumped: NDArray[np.float64]


def heat_series(result: StudyResult) -> HeatSeries:
    """The heat of the run with the project."""
    plan, store = result.with_project.schedule, result.model.problem.store
    into_tank_kw = plan.store_in_kw if store is not None and store.serves_loads else np.zeros(result.axis.steps)
    used = plan.heat_used_kw - into_tank_kw
    taken = used + plan.store_out_kw + plan.boiler_heat_kw + plan.unmet_kw
    return HeatSeries(taken, used, plan.store_out_kw, plan.boiler_heat_kw, plan.unmet_kw, plan.heat_dumped_kw)


@dataclass(frozen=True)
class HeatRow:
    """Heat of a month, or the year [MWh]: load = used + tank + boiler + unmet, as in `HeatSeries`."""

    period: str
    load: float
    used: float
    tank: float
    boiler: float
    unmet: float
    dumped: float


def bill_rows(result: StudyResult) -> list[BillRow]:
    """Twelve months and the year."""
    before, after = _bill_parts(result.baseline.bill.months), _bill_parts(result.with_project.bill.months)
    fuel_before, fuel_after = with_sum(result.baseline.fuel_usd_by_month), with_sum(result.with_project.fuel_usd_by_month)
    return [BillRow(*row) for row in zip(PERIODS, before, after, fuel_before, fuel_after, strict=True)]


def _bill_parts(months: Sequence[BillMonth]) -> list[BillPart]:
    parts = [
        BillPart(
            energy_usd=month.energy_usd,
            demand_usd=month.demand_usd,
            fixed_usd=month.fixed_usd + month.minimum_adder_usd,
            export_credit_usd=month.export_credit_usd,
            total_usd=month.total_usd,
            energy_kwh=month.energy_kwh,
            export_kwh=month.export_kwh,
            peak_kw=month.peak_kw,
        )
        for month in months
    ]
    sums = {name: math.fsum(getattr(part, name) for part in parts) for name in BillPart.__dataclass_fields__}
    return [*parts, BillPart(**sums | {"peak_kw": max(part.peak_kw for part in parts)})]


def heat_rows(result: StudyResult) -> list[HeatRow]:
    """Twelve months and the year."""
    heat = heat_series(result)
    series = (heat.taken, heat.used, heat.tank, heat.boiler, heat.unmet, heat.dumped)
    columns = [with_sum(monthly_kwh(result.axis, power_kw) / KWH_PER_MWH) for power_kw in series]
    return [HeatRow(*row) for row in zip(PERIODS, *columns, strict=True)]


def monthly_kwh(axis: TimeAxis, power_kw: NDArray[np.float64]) -> NDArray[np.float64]:
    """Energy of each month [kWh], shape (12,), of a series of powers [kW]."""
    return np.bincount(axis.month, weights=power_kw * axis.step_hours, minlength=12).astype(np.float64)


def with_sum(values: NDArray[np.float64]) -> list[float]:
    """Twelve months and their sum, as rows of a table by month."""
    return [*values.tolist(), math.fsum(values)]
