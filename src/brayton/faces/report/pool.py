"""The pool in the report: its water's temperature, where its heat comes from and goes, and what the wind makes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from brayton.faces.figures import theme
from brayton.faces.figures.monthly import Part, figure_months
from brayton.faces.figures.numbers import number, percent
from brayton.faces.figures.page import Plot
from brayton.faces.figures.pool import figure_water_temperature
from brayton.faces.report.tables import KWH_PER_MWH, PERIODS, monthly_kwh, with_sum
from brayton.site.pool import Pool, pool_losses
from brayton.study.pool import PoolBalance, PoolStore, mean_water_temps_c, pool_balance, water_temps_c
from brayton.study.result import Run, StudyResult

Series = NDArray[np.float64]

WIND_TRIED = (0.5, 2.0)
"""Factors on the wind at the water for which the report says what the pool would take."""

PROCESSES = ("evaporation", "convection", "radiation", "makeup", "ground")
PROCESS_WORDS = ("evaporation", "convection", "radiation to the sky", "make-up water", "ground")
PROCESS_COLOURS = (theme.EVAPORATION, theme.CONVECTION, theme.RADIATION, theme.FRESH_WATER, theme.GROUND)


@dataclass(frozen=True)
class PoolRow:
    """Heat of the water in a month, or the year, with the project [MWh]: what comes in, and what is lost by each process."""

    period: str
    machines: float
    boiler: float
    sun: float
    evaporation: float
    convection: float
    radiation: float
    makeup: float
    ground: float


@dataclass(frozen=True)
class PoolSection:
    """What the report says of the pool.

    machine_share: of the heat that the pool takes from machines and boiler, that of the machines. idle_mwh: of theirs that came
    outside the season and did no good (`study.pool.pool_store`). before, after: balances of
    the year without and with the project. wind: factors on the wind at the water, and the heat at the low end of the band over
    that of the study.
    """

    pool: Pool
    rows: tuple[PoolRow, ...]
    machine_share: float
    idle_mwh: float
    before: PoolBalance
    after: PoolBalance
    wind: tuple[tuple[float, float], ...]
    plots: dict[str, Plot]

    @property
    def loss_shares(self) -> dict[str, float]:
        """Each process over all losses of the year, by its word."""
        lost = [getattr(self.after, f"{name}_kwh") for name in PROCESSES]
        return {word: value / sum(lost) for word, value in zip(PROCESS_WORDS, lost, strict=True)}


def pool_section(result: StudyResult) -> PoolSection | None:
    """None where the site has no pool."""
    stored = result.model.hosts.pool
    if stored is None:
        return None
    plan, rows = result.with_project.schedule, _rows(result, stored)
    into, need = float(plan.store_in_kw.sum()), float(plan.store_need_kw.sum())
    before, after = (_balance(result, stored, run) for run in (result.baseline, result.with_project))
    share = into / (into + need) if into + need > 0.0 else float("nan")
    plots = (_temperature(result, stored), _sources(rows, share), _losses(rows, after))
    base = _low_edge_kwh(result, stored, 1.0)
    wind = tuple((factor, _low_edge_kwh(result, stored, factor) / base) for factor in WIND_TRIED) if base > 0.0 else ()
    idle_kw = np.where(stored.pool.in_season(result.axis), 0.0, plan.store_in_kw)
    return PoolSection(
        pool=stored.pool,
        rows=tuple(rows),
        machine_share=share,
        idle_mwh=float(idle_kw.sum()) * result.axis.step_hours / KWH_PER_MWH,
        before=before,
        after=after,
        wind=wind,
        plots={plot.name: plot for plot in plots},
    )


def _balance(result: StudyResult, stored: PoolStore, run: Run) -> PoolBalance:
    plan = run.schedule
    return pool_balance(stored, result.weather, result.axis, plan.store_kwh, plan.store_in_kw + plan.store_need_kw)


def _low_edge_kwh(result: StudyResult, stored: PoolStore, wind: float) -> float:
    """Heat of a year that holds the low end of the band, with the wind at the water times `wind`."""
    pool = replace(stored.pool, wind_factor=stored.pool.wind_factor * wind)
    lost = pool_losses(pool, result.weather, result.axis, stored.low_mid_temp_c).net_kw
    return float(np.maximum(lost, 0.0).sum()) * result.axis.step_hours


def _rows(result: StudyResult, stored: PoolStore) -> list[PoolRow]:
    plan, axis = result.with_project.schedule, result.axis
    losses = pool_losses(stored.pool, result.weather, axis, mean_water_temps_c(stored, plan.store_kwh))
    series = [plan.store_in_kw, plan.store_need_kw, losses.solar_kw, *(getattr(losses, f"{name}_kw") for name in PROCESSES)]
    columns = [with_sum(monthly_kwh(axis, power_kw) / KWH_PER_MWH) for power_kw in series]
    return [PoolRow(*row) for row in zip(PERIODS, *columns, strict=True)]


def _temperature(result: StudyResult, stored: PoolStore) -> Plot:
    axis, pool = result.axis, stored.pool
    season = pool.in_season(axis)

    def daily(values: Series) -> Series:
        return values.reshape(axis.days, -1).mean(axis=1)

    with_c, without_c = (
        daily(np.where(season, water_temps_c(stored, run.schedule.store_kwh), np.nan))
        for run in (result.with_project, result.baseline)
    )
    days = axis.stamps[:: axis.steps // axis.days].astype("datetime64[D]")
    return Plot(
        "water-temperature",
        "Temperature of the water",
        f"Daily means. The band of {pool.low_temp_c:g} to {pool.high_temp_c:g} °C is shaded: the boiler holds its lower end, and "
        "spare heat of the machines and the sun lift the water above it. Outside the months in use nothing is drawn.",
        f"Two lines over the year. In the months in use the water is {number(float(np.nanmean(with_c)), 1)} °C in the mean with "
        f"the project and {number(float(np.nanmean(without_c)), 1)} °C without it.",
        figure_water_temperature(
            days.astype("datetime64[ns]"),
            with_c,
            without_c,
            daily(result.weather.dry_bulb_c),
            (pool.low_temp_c, pool.high_temp_c),
        ),
    )


def _sources(rows: list[PoolRow], share: float) -> Plot:
    *months, year = rows
    parts = (
        Part("machines", theme.HEAT_USED, [row.machines for row in months]),
        Part("boiler", theme.BOILER, [row.boiler for row in months]),
        Part("sun", theme.SUN, [row.sun for row in months]),
    )
    return Plot(
        "pool-sources",
        "What heats the pool",
        "Heat into the water by month, with the project.",
        f"Stacked bars by month. Over the year the machines give {number(year.machines)} MWh, the boiler "
        f"{number(year.boiler)} MWh and the sun {number(year.sun)} MWh; of machines and boiler, the machines' share is "
        f"{percent(share, 0)}.",
        figure_months(parts, y_title="heat into the water [MWh per month]", unit="MWh"),
    )


def _losses(rows: list[PoolRow], balance: PoolBalance) -> Plot:
    months = rows[:-1]
    parts = [
        Part(word, colour, [getattr(row, name) for row in months])
        for name, word, colour in zip(PROCESSES, PROCESS_WORDS, PROCESS_COLOURS, strict=True)
    ]
    told = ", ".join(
        f"{word} {number(getattr(balance, f'{name}_kwh') / KWH_PER_MWH)} MWh"
        for name, word in zip(PROCESSES, PROCESS_WORDS, strict=True)
    )
    return Plot(
        "pool-losses",
        "How the pool loses heat",
        "Heat out of the water by month and process, with the project, at the temperatures that it has then.",
        f"Stacked bars by month. Over the year: {told}.",
        figure_months(parts, y_title="heat lost [MWh per month]", unit="MWh"),
    )
