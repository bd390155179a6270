"""Cooling in the report: who makes the cold, and the electricity that the absorption chiller saves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from brayton.faces.figures import theme
from brayton.faces.figures.monthly import Part, figure_months
from brayton.faces.figures.numbers import number, percent
from brayton.faces.figures.page import Plot
from brayton.faces.report.heat_users import share_served
from brayton.faces.report.tables import KWH_PER_MWH, PERIODS, monthly_kwh, with_sum
from brayton.study.result import StudyResult

Series = NDArray[np.float64]


@dataclass(frozen=True)
class CoolingRow:
    """A month, or the year [MWh]: cold by maker, heat of the absorption chiller, electricity for cooling before and saved."""

    period: str
    absorption: float
    electric: float
    heat: float
    electricity_before: float
    saved: float


@dataclass(frozen=True)
class CoolingSection:
    """What the report says of the cooling. wanted_mwh: heat that the absorption chiller could use; zero without one."""

    rows: tuple[CoolingRow, ...]
    wanted_mwh: float
    plots: dict[str, Plot]

    @property
    def has_absorption(self) -> bool:
        return self.wanted_mwh > 0.0


def cooling_section(result: StudyResult) -> CoolingSection | None:
    """None where no chiller is modelled."""
    cooling = result.model.hosts.cooling
    if cooling is None:
        return None
    nothing = np.zeros(result.axis.steps)
    made, heat, saved, wanted = nothing, nothing, nothing, nothing
    if cooling.use is not None:
        share, wanted = share_served(result, cooling.use), cooling.use.heat_kw
        made, heat, saved = share * cooling.absorption_kw, share * wanted, share * cooling.use.saved_kw
    series = (made, cooling.cold_kw - made, heat, cooling.electric_kw, saved)
    columns = [with_sum(monthly_kwh(result.axis, power_kw) / KWH_PER_MWH) for power_kw in series]
    rows = [CoolingRow(*row) for row in zip(PERIODS, *columns, strict=True)]
    plot = _cold(rows)
    return CoolingSection(tuple(rows), float(wanted.sum()) * result.axis.step_hours / KWH_PER_MWH, {plot.name: plot})


def _cold(rows: list[CoolingRow]) -> Plot:
    *months, year = rows
    parts = (
        Part("absorption chiller", theme.COLD_ABSORPTION, [row.absorption for row in months]),
        Part("electric chiller", theme.COLD_ELECTRIC, [row.electric for row in months]),
    )
    cold = year.absorption + year.electric
    return Plot(
        "monthly-cold",
        "Who makes the cold",
        "Cold of each month with the project.",
        f"Stacked bars by month. Of {number(cold)} MWh of cold in the year the absorption chiller makes "
        f"{percent(year.absorption / cold if cold > 0.0 else float('nan'), 0)}.",
        figure_months(parts, y_title="cold [MWh per month]", unit="MWh"),
    )
