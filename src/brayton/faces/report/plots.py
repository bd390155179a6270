"""The figures of a report: which data of the result each one takes, and its words."""

from __future__ import annotations

import numpy as np

from brayton.faces.figures.bills import figure_monthly_bill
from brayton.faces.figures.energy import figure_emissions, figure_energy_flow, figure_load_duration, figure_monthly_heat
from brayton.faces.figures.machine_map import count_operating_points, figure_efficiency_map
from brayton.faces.figures.money import figure_cash_flow, figure_cost_bridge
from brayton.faces.figures.numbers import number, percent
from brayton.faces.figures.operation import Week, extreme_weeks, figure_week
from brayton.faces.figures.page import Plot
from brayton.faces.report.economics import Economics
from brayton.faces.report.tables import KWH_PER_MWH, HeatSeries, heat_series, monthly_kwh
from brayton.study.result import Run, StudyResult

CELLS_PER_RATING = 40
"""Cells of the map of operating points, from nought to the rating."""


def report_plots(economics: Economics) -> dict[str, Plot]:
    """Every figure that all reports have, by name; a machine that never ran has no energy flow, a site without heat no months
    of heat."""
    result, heat = economics.result, heat_series(economics.result)
    plots = [
        _cost_bridge(economics),
        _monthly_bill(result),
        *_weeks(result, heat),
        _load_duration(result, heat),
        _machine_map(result),
        _cash_flow(result),
        _emissions(result),
    ]
    if (heat.taken + heat.dumped).any():
        plots.append(_monthly_heat(result, heat))
    if result.machine.fuel_kwh_lhv > 0.0:
        plots.append(_energy_flow(result))
    return {plot.name: plot for plot in plots}


def _cost_bridge(economics: Economics) -> Plot:
    before, after = economics.result.baseline.cost_usd, economics.result.with_project.cost_usd
    changes = {part.name: -part.first_year_usd for part in economics.parts}
    listed = "; ".join(f"{name} {number(usd)} USD" for name, usd in changes.items())
    return Plot(
        "cost-bridge",
        "From one yearly cost to the other",
        "From the yearly energy cost without the project to that with it, first year, before tax and without the investment. "
        "Green lowers the cost, orange raises it.",
        f"Waterfall from {number(before)} to {number(after)} USD per year. {listed}.",
        figure_cost_bridge(before, changes, after),
    )


def _monthly_bill(result: StudyResult) -> Plot:
    before, after = result.baseline.bill, result.with_project.bill
    return Plot(
        "monthly-bill",
        "Bill before and after",
        "Electricity bill of each month: without the project on the left of each pair (pale), with it on the right.",
        f"Twelve pairs of stacked bars. The year comes to {number(before.annual_usd)} USD without the project and "
        f"{number(after.annual_usd)} USD with it.",
        figure_monthly_bill(before.months, after.months),
    )


def _energy_flow(result: StudyResult) -> Plot:
    year = result.machine
    fuel = year.fuel_kwh_lhv / KWH_PER_MWH
    ends = {
        "net electricity": year.generated_net_kwh / KWH_PER_MWH,
        "heat used": year.heat_used_kwh / KWH_PER_MWH,
        "heat dumped": year.heat_dumped_kwh / KWH_PER_MWH,
    }
    ends["stack and machine losses"] = max(fuel - sum(ends.values()), 0.0)
    listed = ", ".join(f"{name} {number(value)} MWh" for name, value in ends.items())
    return Plot(
        "energy-flow",
        "Where the machines' fuel went",
        "One year of all machines, on the lower heating value (LHV). Heat dumped is heat that the exchanger "
        "could have recovered while nothing wanted it; the diverter sends it up the stack.",
        f"Flow diagram: {number(fuel)} MWh of fuel become {listed}.",
        figure_energy_flow(fuel, ends),
    )


def _weeks(result: StudyResult, heat: HeatSeries) -> tuple[Plot, Plot]:
    """The coldest and the hottest week."""
    plan, axis, battery = result.with_project.schedule, result.axis, result.with_project.battery
    plots: list[Plot] = []
    for name, word, steps in zip(
        ("cold-week", "hot-week"), ("coldest", "hottest"), extreme_weeks(result.weather.dry_bulb_c, axis), strict=True
    ):
        first = axis.stamps[steps.start].astype("datetime64[D]").item()
        week = Week(
            electric_kw=result.electric_kw[steps],
            machine_kw=plan.net_power_kw[steps],
            import_kw=plan.import_kw[steps],
            export_kw=plan.export_kw[steps],
            saved_kw=plan.saved_kw[steps],
            battery_kw=np.zeros(steps.stop - steps.start) if battery is None else battery.discharge_kw[steps],
            heat_taken_kw=heat.taken[steps],
            heat_used_kw=heat.used[steps],
            tank_kw=heat.tank[steps],
            boiler_kw=heat.boiler[steps],
            heat_dumped_kw=heat.dumped[steps],
            dry_bulb_c=result.weather.dry_bulb_c[steps],
        )
        told = f"mean machine output {number(float(week.machine_kw.mean()))} kW against a mean electric load of "
        told += f"{number(float(week.electric_kw.mean()))} kW"
        if week.has_heat:
            told += f"; mean recovered heat used {number(float(week.heat_used_kw.mean()))} kW, dumped "
            told += f"{number(float(week.heat_dumped_kw.mean()))} kW"
        caption = (
            f"The {word} week of the year, from Monday {first.day} {first:%B}, in local standard time. Areas are what meets "
        )
        caption += "the load"
        caption += "; heat dumped stands on top of it." if week.has_heat else "."
        if battery is not None:
            caption += " Where the areas stand above the load, the battery charges."
        title, alt = f"The {word} week", f"Time series of the {word} week: {told}."
        plots.append(Plot(name, title, caption, alt, figure_week(axis.stamps[steps], week)))
    return plots[0], plots[1]


def _load_duration(result: StudyResult, heat: HeatSeries) -> Plot:
    plan = result.with_project.schedule
    peak = f"Peak electric load {number(float(result.electric_kw.max()))} kW, peak import with the project "
    peak += f"{number(float(plan.import_kw.max()))} kW"
    peak += f", peak heat taken {number(float(heat.taken.max()))} kW." if heat.taken.any() else "."
    return Plot(
        "load-duration",
        "Load duration",
        "Duration curves: for how many hours of the year each power is reached or exceeded. Each curve is sorted by itself, "
        "so one abscissa is not one hour.",
        peak,
        figure_load_duration(
            result.electric_kw,
            plan.import_kw,
            plan.net_power_kw,
            heat.taken,
            heat.boiler,
            heat.used,
            step_hours=result.axis.step_hours,
        ),
    )


def _monthly_heat(result: StudyResult, heat: HeatSeries) -> Plot:
    used, tank, dumped, boiler, taken = (
        monthly_kwh(result.axis, series) / KWH_PER_MWH for series in (heat.used, heat.tank, heat.dumped, heat.boiler, heat.taken)
    )
    return Plot(
        "monthly-heat",
        "Heat used and dumped",
        "What met the heat that loads, pool and equipment took in each month, and below zero the recoverable heat that nothing "
        "wanted.",
        f"Over the year {number((used + tank).sum())} MWh of recovered heat are used and {number(dumped.sum())} MWh dumped; the "
        f"boiler gives {number(boiler.sum())} MWh; {number(taken.sum())} MWh are taken in all.",
        figure_monthly_heat(used, tank, dumped, boiler, taken),
    )


def _machine_map(result: StudyResult) -> Plot:
    plan, weather, performance = result.with_project.schedule, result.weather, result.performance
    low, high = np.nanmin(weather.dry_bulb_c), np.nanmax(weather.dry_bulb_c)
    pressure_kpa = float(np.nanmean(weather.pressure_kpa))
    points = count_operating_points(
        weather.dry_bulb_c,
        plan.net_power_kw / np.maximum(plan.units_on, 1),
        plan.units_on,
        step_hours=result.axis.step_hours,
        cell_kw=performance.rated_net_power_kw / CELLS_PER_RATING,
    )
    return Plot(
        "machine-map",
        "Efficiency, and where the year was spent",
        f"Net efficiency of one machine as installed, over air temperature and net power, at the site's mean pressure of "
        f"{pressure_kpa:.1f} kPa and 60 % relative humidity. The dots are the year's operation of all machines, with an area "
        f"in proportion to machine hours.",
        f"Contour map of net efficiency. The machines ran {number(result.machine.run_hours)} hours with a mean efficiency of "
        f"{percent(result.machine.elec_eff_lhv)} LHV.",
        figure_efficiency_map(
            performance,
            (2.0 * np.floor(low / 2.0), 2.0 * np.ceil(high / 2.0)),
            pressure_kpa=pressure_kpa,
            operating=points,
        ),
    )


def _cash_flow(result: StudyResult) -> Plot:
    flow, finance = result.money.whole, result.scenario.finance
    taxed = finance.taxes.effective_rate > 0.0
    return Plot(
        "cash-flow",
        "Cash flow year by year",
        f"Cash flow {'after' if taxed else 'before'} tax over {finance.years} years, year by year and added up. "
        f"The dashed line, discounted at "
        f"{percent(finance.terms().nominal_discount_rate)} a year (nominal), ends at the net present value.",
        f"The investment is {number(result.installed_cost_usd)} USD, the net flow of the first year "
        f"{number(float(flow.after_tax_usd[1]))} USD, the net present value {number(flow.npv_usd)} USD.",
        figure_cash_flow(flow.year, flow.after_tax_usd, flow.present_value_usd),
    )


def emission_rows(run: Run) -> dict[str, float]:
    """CO2 of a year [t] by origin; that of the site's own gas as CO2 equivalent of the methane let out."""
    rows = {"grid electricity": run.grid_co2_kg / 1e3, "fuel on site": run.fuel_co2_kg / 1e3}
    return rows if run.own_gas is None else rows | {"gas of the site's own (CO₂e)": run.own_gas.co2e_kg / 1e3}


def _emissions(result: StudyResult) -> Plot:
    before, after = result.baseline, result.with_project
    return Plot(
        "emissions",
        "CO₂ before and after",
        f"CO₂ of a year, with the {result.scenario.carbon.basis} carbon factor of the grid; exports are credited with it.",
        f"CO₂ is {number(before.co2_kg / 1e3)} t per year without the project and {number(after.co2_kg / 1e3)} t with it.",
        figure_emissions(emission_rows(before), emission_rows(after)),
    )
