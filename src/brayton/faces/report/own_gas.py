"""Gas of the site's own in the report: where it went, what that did to the climate, what its treatment cost, how many units."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from brayton.faces.figures import theme
from brayton.faces.figures.arrays import figure_arrays
from brayton.faces.figures.monthly import Part, figure_months
from brayton.faces.figures.numbers import number, percent
from brayton.faces.figures.page import Plot
from brayton.faces.report.economics import Economics
from brayton.faces.report.tables import KWH_PER_MWH, PERIODS, with_sum
from brayton.package.fuel_limit import ArrayYear, arrays_by_count
from brayton.study.gas_year import GasYear
from brayton.study.landfill import MachinesOnGas
from brayton.study.result import StudyResult

NO_GAIN = 0.005
"""Relative gain in energy below which further units are said to find no gas."""

FURTHER_UNITS = 0.5
"""Share of the project's units that the table of units looks beyond them."""


@dataclass(frozen=True)
class GasRow:
    """Gas of a month, or the year, with the project [MWh LHV]."""

    period: str
    supply: float
    machines: float
    flare: float
    vent: float


@dataclass(frozen=True)
class UnitRow:
    """A number of units, and the cost of a kWh of the last of them [USD/kWh], level over the years."""

    year: ArrayYear
    cost_usd_per_kwh: float


@dataclass(frozen=True)
class GasSection:
    """What the report says of the gas. without: the same gas without the machines, `counterfactual`: flared or vented."""

    rows: tuple[GasRow, ...]
    without: GasYear
    year: GasYear
    counterfactual: str
    units: tuple[UnitRow, ...]
    chosen: int
    story: str
    contaminants: tuple[str, ...]
    plots: dict[str, Plot]


def gas_section(economics: Economics) -> GasSection | None:
    """None where all fuel is bought."""
    result = economics.result
    year, without, machines, flare = (
        result.with_project.own_gas,
        result.baseline.own_gas,
        result.model.on_gas,
        result.scenario.flare,
    )
    if year is None or without is None or machines is None or flare is None:
        return None
    chosen = result.scenario.machine[0].count
    units = _units(economics, machines, chosen)
    rows = _rows(year)
    plots = (_months(rows), _arrays(units, chosen))
    return GasSection(
        rows=tuple(rows),
        without=without,
        year=year,
        counterfactual=flare.counterfactual,
        units=tuple(units),
        chosen=chosen,
        story=_story(units, chosen),
        contaminants=tuple(_contaminants(result, machines, year)),
        plots={plot.name: plot for plot in plots},
    )


def _rows(year: GasYear) -> list[GasRow]:
    months = year.months
    series = (months.supply_kwh_lhv, months.machines_kwh_lhv, months.flare_kwh_lhv, months.vent_kwh_lhv)
    columns = [with_sum(kwh / KWH_PER_MWH) for kwh in series]
    return [GasRow(*row) for row in zip(PERIODS, *columns, strict=True)]


def _units(economics: Economics, machines: MachinesOnGas, chosen: int) -> list[UnitRow]:
    """One unit up to half as many again as the project has, all burning what gas they can."""
    most = chosen + max(1, math.ceil(FURTHER_UNITS * chosen))
    years = arrays_by_count(replace(machines.envelope, count=most), machines.gas_kw_lhv, economics.result.axis.step_hours)
    return [UnitRow(year, economics.level_cost_of_unit_usd_per_kwh(year.marginal_kwh)) for year in years]


def _story(units: list[UnitRow], chosen: int) -> str:
    """What the project's last unit adds, and what further ones would."""
    first, last, most = units[0].year, units[chosen - 1].year, units[-1].year
    if first.energy_kwh <= 0.0:
        return "The gas does not feed a single unit at its minimum load."
    told = (
        f"The project's {_counted(chosen)} could burn {percent(last.gas_share, 0)} of the gas and make "
        f"{number(last.energy_kwh / 1e3)} MWh a year"
    )
    if chosen > 1:
        told += f"; the last of them adds {percent(last.marginal_kwh / first.energy_kwh, 0)} of what the first one makes"
    more = most.energy_kwh / last.energy_kwh - 1.0
    if more < NO_GAIN:
        return f"{told}. Further units would find no gas: {_counted(most.count)} would make no more."
    return (
        f"{told}. With {_counted(most.count)} on the same gas it would be {number(most.energy_kwh / 1e3)} MWh, "
        f"{percent(more, 0)} more, from {percent(most.gas_share, 0)} of the gas, and the last unit would add "
        f"{percent(most.marginal_kwh / first.energy_kwh, 0)} of what the first one makes."
    )


def _counted(units: int) -> str:
    return "one unit" if units == 1 else f"{units} units"


def _contaminants(result: StudyResult, machines: MachinesOnGas, year: GasYear) -> Iterator[str]:
    """Sentences on hydrogen sulphide and siloxanes: what comes, what takes it out, what the machines stand."""
    table, train = result.scenario.gas_supply, result.scenario.gas_train
    if table is None or train is None:
        return
    stands = (
        "the record names no limit"
        if machines.kit is None
        else f"the {machines.kit.name} system stands " + (f"{machines.kit.h2s_max_ppm:,.0f} ppm")
    )
    bed = "no bed takes it out"
    if train.h2s_bed is not None and year.h2s is not None:
        bed = f"a bed takes out {year.h2s.removed_kg:,.0f} kg a year, changed every {year.h2s.interval_h:,.0f} h of gas flow"
    yield f"Hydrogen sulphide: up to {max(_monthly(table.h2s_ppm)):g} ppm in the gas; {stands}; {bed}."
    limit = train.siloxane_max_mg_per_m3_n
    stands = (
        "no limit was given, and our estimate is complete removal" if limit is None else f"the machines stand {limit:g} mg/m³"
    )
    bed = "no bed takes them out"
    if train.siloxane_bed is not None and year.siloxane is not None:
        hours = f"{year.siloxane.interval_h:,.0f} h of gas flow"
        bed = f"a bed takes out {year.siloxane.removed_kg:,.1f} kg a year, changed every {hours}"
    yield f"Siloxanes: up to {max(_monthly(table.siloxane_mg_per_m3_n)):g} mg/m³ in the gas; {stands}; {bed}."


def _monthly(values: tuple[float, ...] | float) -> tuple[float, ...]:
    return values if isinstance(values, tuple) else (values,)


def _months(rows: list[GasRow]) -> Plot:
    *months, year = rows
    parts = (
        Part("machines", theme.MACHINE, [row.machines for row in months]),
        Part("flare", theme.FLARE, [row.flare for row in months]),
        Part("let out", theme.VENT, [row.vent for row in months]),
    )
    line = Part("supply", theme.LOAD, [row.supply for row in months])
    return Plot(
        "monthly-gas",
        "Where the gas went",
        "Energy of the gas of each month on its lower heating value, with the project.",
        f"Stacked bars by month. Of {number(year.supply)} MWh of gas the machines burn {number(year.machines)} MWh, the flare "
        f"{number(year.flare)} MWh, and {number(year.vent)} MWh are let out.",
        figure_months(parts, y_title="gas [MWh LHV per month]", unit="MWh", line=line),
    )


def _arrays(units: list[UnitRow], chosen: int) -> Plot:
    years = [row.year for row in units]
    added = [year.marginal_kwh / 1e3 for year in years]
    return Plot(
        "units-on-gas",
        "What each further unit adds",
        "Units that burn all the gas they can, whatever the site's load; those of the project in full colour.",
        f"Bars: the first unit adds {number(added[0])} MWh a year, unit {chosen} {number(added[chosen - 1])} MWh, unit "
        f"{years[-1].count} {number(added[-1])} MWh. A line: they burn {percent(years[chosen - 1].gas_share, 0)} of the gas with "
        f"{chosen} and {percent(years[-1].gas_share, 0)} with {years[-1].count}.",
        figure_arrays(years, chosen),
    )
