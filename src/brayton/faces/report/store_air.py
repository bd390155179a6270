"""The air of a store in the report: its water by month, its dew point, and the electricity that drying by heat avoids."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from brayton.core.units import ZERO_CELSIUS_K
from brayton.faces.figures import theme
from brayton.faces.figures.monthly import MONTH_NAMES, Part, figure_pairs
from brayton.faces.figures.numbers import number, percent
from brayton.faces.figures.page import Plot
from brayton.faces.figures.store_air import figure_dew_point, figure_mean_day
from brayton.faces.report.heat_users import share_served
from brayton.faces.report.tables import KWH_PER_MWH, PERIODS, monthly_kwh, with_sum
from brayton.gas.moistair import dew_point_k
from brayton.study.dehumidification import SECONDS_PER_HOUR, DehumidificationYear, Sides, StoreRun
from brayton.study.dehumidification_tables import DehumidificationLoadTable, DesiccantTable
from brayton.study.result import StudyResult

Series = NDArray[np.float64]

VAPORISATION_KWH_PER_KG = 2501.0 / 3600.0
"""Heat of vaporisation at 0 degC, by which humid air counts its latent load."""

WATER_WORDS = (
    ("coil_water_kg_s", "cooling coil", theme.COIL),
    ("case_water_kg_s", "refrigerated cases", theme.CASES),
    ("desiccant_water_kg_s", "desiccant unit", theme.DESICCANT),
)
ELECTRIC_WORDS = (
    ("ac_kw", "air conditioning, compressors"),
    ("reheat_kw", "electric reheat"),
    ("case_kw", "refrigerated cases, racks and anti-sweat heaters"),
    ("auxiliary_kw", "desiccant unit: fans, wheel and pump"),
)


@dataclass(frozen=True)
class WaterRow:
    """A month, or the year: water taken out of the store's air [kg] without and with the unit, by what takes it; the mean dew
    points [degC]; and the heat that the unit used [MWh]."""

    period: str
    coil_before: float
    cases_before: float
    coil_after: float
    cases_after: float
    desiccant_after: float
    dew_point_before: float
    dew_point_after: float
    heat: float


@dataclass(frozen=True)
class ElectricRow:
    """A year's electricity of one item [MWh], without and with the project."""

    name: str
    before: float
    after: float


@dataclass(frozen=True)
class StoreAirSection:
    """What the report says of the store's air.

    heat_mwh: used by the unit; wanted_mwh: what it could use. saved_mwh: electricity avoided less what the unit takes.
    sensible_mwh: heat that the unit brings into the store, taken out again by the air conditioner. latent_mwh: of the water that
    comes in without the unit. balances: of the store model, the unit with all the heat that it wants.
    """

    rows: tuple[WaterRow, ...]
    electric: tuple[ElectricRow, ...]
    heat_mwh: float
    wanted_mwh: float
    saved_mwh: float
    sensible_mwh: float
    latent_mwh: float
    balances: tuple[Sides, ...]
    plots: dict[str, Plot]

    @property
    def saved_per_heat(self) -> float:
        """kWh of electricity saved per kWh of heat."""
        return self.saved_mwh / self.heat_mwh if self.heat_mwh > 0.0 else float("nan")


def store_air_section(result: StudyResult) -> StoreAirSection | None:
    """None where no store is dried."""
    air = result.model.hosts.store_air
    if air is None:
        return None
    share = share_served(result, air.use)
    after = _mixed(result, air, share)
    rows = _rows(result, air, after, share * air.use.heat_kw)

    def mwh(power_kw: Series) -> float:
        return float(power_kw.sum()) * result.axis.step_hours / KWH_PER_MWH

    plots = (_water(rows), _mean_day(result, after), _dew_point(result, air, after))
    electric = [ElectricRow(word, mwh(getattr(air.without, name)), mwh(getattr(after, name))) for name, word in ELECTRIC_WORDS]
    return StoreAirSection(
        rows=tuple(rows),
        electric=tuple(row for row in electric if row.before or row.after),
        heat_mwh=mwh(share * air.use.heat_kw),
        wanted_mwh=mwh(air.use.heat_kw),
        saved_mwh=mwh(share * air.use.saved_kw),
        sensible_mwh=mwh(after.sensible_added_kw),
        latent_mwh=mwh(_taken_kg_s(air.without) * SECONDS_PER_HOUR * VAPORISATION_KWH_PER_KG),
        balances=air.balances,
        plots={plot.name: plot for plot in plots},
    )


def _mixed(result: StudyResult, air: DehumidificationYear, share: Series) -> StoreRun:
    """The store as it was: the unit ran for `share` of each step, as far as there was heat; the dew point is that of the mean
    humidity."""
    series = {
        item.name: getattr(air.without, item.name) + share * (getattr(air.with_unit, item.name) - getattr(air.without, item.name))
        for item in fields(StoreRun)
    }
    dew_point_c = dew_point_k(result.weather.pressure_kpa * 1e3, series["humidity_ratio"]) - ZERO_CELSIUS_K
    return StoreRun(**series | {"dew_point_c": dew_point_c})


def _taken_kg_s(run: StoreRun) -> Series:
    return run.coil_water_kg_s + run.case_water_kg_s + run.desiccant_water_kg_s


def _rows(result: StudyResult, air: DehumidificationYear, after: StoreRun, heat_kw: Series) -> list[WaterRow]:
    axis = result.axis
    runs = ((air.without, "coil_water_kg_s"), (air.without, "case_water_kg_s"), *((after, name) for name, _, _ in WATER_WORDS))
    water = [with_sum(monthly_kwh(axis, getattr(run, name) * SECONDS_PER_HOUR)) for run, name in runs]
    steps = np.bincount(axis.month, minlength=12)
    dew = [
        [*(np.bincount(axis.month, weights=run.dew_point_c, minlength=12) / steps).tolist(), float(run.dew_point_c.mean())]
        for run in (air.without, after)
    ]
    heat = with_sum(monthly_kwh(axis, heat_kw) / KWH_PER_MWH)
    return [WaterRow(*row) for row in zip(PERIODS, *water, *dew, heat, strict=True)]


def _water(rows: list[WaterRow]) -> Plot:
    *months, year = rows
    before = [[row.coil_before for row in months], [row.cases_before for row in months], [0.0] * 12]
    after = [[row.coil_after for row in months], [row.cases_after for row in months], [row.desiccant_after for row in months]]
    pair = [
        [Part(word, colour, np.array(values) / 1e3) for (_, word, colour), values in zip(WATER_WORDS, run, strict=True)]
        for run in (before, after)
    ]
    return Plot(
        "store-water",
        "Water taken out of the store's air",
        "The latent load of each month and what meets it: without the project on the left of each pair (pale), with it on the "
        "right. Where the unit dries below the air conditioner's set-point, the store draws in a little more water.",
        f"Twelve pairs of stacked bars. Over the year the coil takes out {number(year.coil_before / 1e3)} t and the cases "
        f"{number(year.cases_before / 1e3)} t without the unit; with it the coil {number(year.coil_after / 1e3)} t, the cases "
        f"{number(year.cases_after / 1e3)} t and the unit {number(year.desiccant_after / 1e3)} t.",
        figure_pairs(*pair, y_title="water [t per month]", unit="t", decimals=1),
    )


def _mean_day(result: StudyResult, after: StoreRun) -> Plot:
    """The mean day of the month in which most water comes in."""
    axis, taken = result.axis, _taken_kg_s(after) * SECONDS_PER_HOUR
    month = int(np.argmax(np.bincount(axis.month, weights=taken, minlength=12)))
    inside = axis.month == month

    def by_hour(values: Series) -> Series:
        hour = axis.hour[inside].astype(np.int64)
        return np.bincount(hour, weights=values[inside], minlength=24) / np.bincount(hour, minlength=24)

    parts = [Part(word, colour, by_hour(getattr(after, name) * SECONDS_PER_HOUR)) for name, word, colour in WATER_WORDS]
    line = Part("water that comes in", theme.LOAD, by_hour(taken), "solid")
    peak = float(np.max(np.asarray(line.values)))
    return Plot(
        "store-day",
        f"The mean day in {PERIODS[month]}",
        f"With the project: water that outdoor air, people and goods bring into the store, and what takes it out, hour by hour; "
        f"{MONTH_NAMES[month]} is the month with the most of it.",
        f"Stacked areas over 24 hours. Up to {number(peak, 1)} kg/h come in, a latent load of "
        f"{number(peak * VAPORISATION_KWH_PER_KG)} kW.",
        figure_mean_day(parts, line, y_title="water [kg/h]", unit="kg/h"),
    )


def _dew_point(result: StudyResult, air: DehumidificationYear, after: StoreRun) -> Plot:
    loads, equipment = result.scenario.load, result.scenario.equipment
    load = next(table for table in loads if isinstance(table, DehumidificationLoadTable))
    unit = next(table for table in equipment if isinstance(table, DesiccantTable))
    return Plot(
        "store-dew-point",
        "Dew point of the store",
        "For how many hours the dew point is reached or exceeded; each curve is sorted by itself.",
        f"Two falling curves. The mean dew point is {number(float(air.without.dew_point_c.mean()), 1)} °C without and "
        f"{number(float(after.dew_point_c.mean()), 1)} °C with the unit; the unit gets "
        f"{percent(_served(result, air), 0)} of the heat that it could use.",
        figure_dew_point(
            air.without.dew_point_c, after.dew_point_c, load.dew_point_c, unit.dew_point_c, step_hours=result.axis.step_hours
        ),
    )


def _served(result: StudyResult, air: DehumidificationYear) -> float:
    wanted = float(air.use.heat_kw.sum())
    return float((share_served(result, air.use) * air.use.heat_kw).sum()) / wanted if wanted > 0.0 else float("nan")
