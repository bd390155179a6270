"""Figures: what they draw of the data, and that each axis says its unit."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from brayton.core.timeaxis import TimeAxis
from brayton.faces.figures.bills import figure_monthly_bill
from brayton.faces.figures.energy import duration_curve
from brayton.faces.figures.machine_map import count_operating_points, figure_available_power, figure_efficiency_map
from brayton.faces.figures.money import figure_cash_flow
from brayton.faces.figures.operation import extreme_weeks
from brayton.faces.figures.theme import tint
from brayton.faces.report.economics import Economics
from brayton.faces.report.plots import report_plots
from brayton.study.result import StudyResult


def axes_without_unit(figure: go.Figure) -> list[str]:
    """Titles of the figure's axes that carry numbers and lack a unit; time, months and years of operation need none."""
    needless = (None, "year of operation")
    axes = [axis for axis in figure.layout if axis[:5] in ("xaxis", "yaxis")]
    titles = [figure.layout[axis].title.text for axis in axes]
    return [title for title in titles if title not in needless and "[" not in title]


def test_every_axis_has_a_unit_and_every_figure_words(study: StudyResult):
    for plot in report_plots(Economics(study)).values():
        assert axes_without_unit(plot.figure) == [], plot.name
        assert plot.caption.endswith("."), plot.name
        assert len(plot.alt) > 30, plot.name


def test_bars_of_the_bill_add_up_to_its_months(study: StudyResult):
    figure = figure_monthly_bill(study.baseline.bill.months, study.with_project.bill.months)
    for run, shift in ((study.baseline, -0.2), (study.with_project, 0.2)):
        bars = [trace.y for trace in figure.data if trace.x[0] == pytest.approx(1.0 + shift)]
        assert np.sum(bars, axis=0) == pytest.approx([month.total_usd for month in run.bill.months])


def test_duration_curve_keeps_the_peak_and_falls():
    hours, power = duration_curve(np.random.default_rng(1).gamma(2.0, 50.0, 8760), 1.0)
    assert power[0] == np.random.default_rng(1).gamma(2.0, 50.0, 8760).max()
    assert hours[-1] == 8759.0
    assert (np.diff(power) <= 0.0).all()
    assert power.size <= 300


@pytest.mark.parametrize("step_minutes", [60, 15])
def test_extreme_weeks_start_on_monday_and_hold_the_extremes(step_minutes: int):
    axis = TimeAxis(2021, step_minutes)
    temp = np.full(axis.steps, 10.0)
    temp[(axis.day >= 32) & (axis.day < 34)] = -20.0  # 2 and 3 February, Tuesday and Wednesday
    temp[axis.day == 200] = 40.0
    temp[axis.day == 100] = np.nan
    cold, hot = extreme_weeks(temp, axis)
    assert axis.stamps[cold.start] == np.datetime64("2021-02-01T00:00")
    assert axis.weekday[hot.start] == 0
    assert hot.start <= 200 * 24 * 60 // step_minutes < hot.stop
    assert cold.stop - cold.start == 7 * 24 * 60 // step_minutes


def test_operating_points_keep_every_machine_hour():
    temp = np.array([2.0, 2.1, 20.0, 30.0])
    points = count_operating_points(temp, np.array([60.0, 59.9, 40.0, 0.0]), np.array([2, 1, 1, 0]), step_hours=0.25, cell_kw=1.5)
    assert sorted(points.hours.tolist()) == [0.25, 0.75]
    assert points.net_power_kw.max() == pytest.approx((2 * 60.0 + 59.9) / 3)


def test_efficiency_map_shows_the_machine(performance: Any):
    figure = figure_efficiency_map(performance, (-10.0, 40.0))
    contour, _, available, least = figure.data
    column = int(np.argmin(np.abs(np.asarray(contour.x) - 15.0)))
    row = int(np.argmin(np.abs(np.asarray(contour.y) - 30.0)))
    expected = 100.0 * contour.y[row] / (30.0 + 2.9 * contour.y[row] * (1.0 + 0.003 * (contour.x[column] - 15.0)))
    assert contour.z[row][column] == pytest.approx(expected, abs=0.01)
    assert max(available.y) == 60.0
    assert set(least.y) == {6.0}


def test_available_power_falls_with_altitude(performance: Any):
    curves = figure_available_power(performance, (0.0, 40.0)).data
    assert [curve.y[-1] for curve in curves] == sorted((curve.y[-1] for curve in curves), reverse=True)
    assert curves[-1].name.startswith("2,000 m")


def test_discounted_line_ends_at_the_npv(study: StudyResult):
    flow = study.money.whole
    figure = figure_cash_flow(flow.year, flow.after_tax_usd, flow.present_value_usd)
    assert figure.data[-1].y[-1] == pytest.approx(flow.npv_usd)


def test_tint_mixes_with_white():
    assert tint("#0072b2", 1.0) == "#0072b2"
    assert tint("#0072b2", 0.0) == "#ffffff"
