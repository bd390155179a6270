"""``brayton study``: a scenario and its twin without the project, with bills, savings and a report."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brayton.faces.output import JsonFlag, print_json

if TYPE_CHECKING:
    from brayton.study.result import StudyResult


def command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Scenario, a TOML file; `brayton new` writes one to start from.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder of the results; made if it does not exist.")],
    as_json: JsonFlag = False,
) -> None:
    """Should we? Run a year with the project and a year without it, by the same code, and what lies between them.

    Writes `result.json`, `steps.parquet` (one row per step) and `report.html` to DIR, all or none of them.

    Example: `brayton study examples/01_waldbaums.toml --out build/waldbaums`
    """
    import time
    from dataclasses import replace

    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (BarColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("loading", total=None)
        start = time.perf_counter()
        from brayton.faces.study_files import check_folder, write_study
        from brayton.study.inputs import read_inputs
        from brayton.study.study import STAGES, run_study

        progress.update(bar, total=len(STAGES) + 2, description="reading the scenario")
        check_folder(out)
        inputs = read_inputs(file)
        reading_s = time.perf_counter() - start
        study = run_study(inputs, lambda stage: progress.update(bar, advance=1, description=stage))
        study = replace(study, timing_s={"reading": reading_s, **study.timing_s, "total": time.perf_counter() - start})
        progress.update(bar, advance=1, description="writing results and report")
        written = write_study(study, out)
    if as_json:
        print_json(study.to_json())
        return
    _print_summary(study)
    for path in written:
        console.print(f"wrote {path}", soft_wrap=True)


def _print_summary(study: StudyResult) -> None:
    from rich.console import Console
    from rich.table import Table

    machine = study.scenario.machine[0]
    table = Table(title=f"{study.scenario.site.name}: {machine.count} x {study.record.model}, first year")
    for heading in ("", "unit", "without", "with", "difference"):
        table.add_column(heading, justify="left" if heading in ("", "unit") else "right")
    for name, unit, before, after in _rows(study):
        table.add_row(name, unit, f"{before:,.0f}", f"{after:,.0f}", f"{after - before:+,.0f}")
    console = Console()
    console.print(table)
    for line in _lines(study):
        console.print(line, highlight=False, soft_wrap=True)


def _rows(study: StudyResult) -> Iterator[tuple[str, str, float, float]]:
    """Name, unit, without and with the project; what a site has not is left out."""
    before, after = study.baseline, study.with_project
    yield "electricity import", "kWh", before.electricity_import_kwh, after.electricity_import_kwh
    if before.export_kwh or after.export_kwh:
        yield "electricity export", "kWh", before.export_kwh, after.export_kwh
    yield "peak import", "kW", before.peak_import_kw, after.peak_import_kw
    bought = before.fuel_kwh_hhv or after.fuel_kwh_hhv
    if bought:
        yield "fuel", "kWh HHV", before.fuel_kwh_hhv, after.fuel_kwh_hhv
    if before.own_gas is not None and after.own_gas is not None:
        yield "own gas burnt by machines", "kWh LHV", before.own_gas.machines_kwh_lhv, after.own_gas.machines_kwh_lhv
        yield "own gas flared", "kWh LHV", before.own_gas.flare_kwh_lhv, after.own_gas.flare_kwh_lhv
        if before.own_gas.vent_kwh_lhv or after.own_gas.vent_kwh_lhv:
            yield "own gas let out", "kWh LHV", before.own_gas.vent_kwh_lhv, after.own_gas.vent_kwh_lhv
    yield "electricity bill", "USD", before.bill_usd, after.bill_usd
    credit = [sum(month.export_credit_usd for month in run.bill.months) for run in (before, after)]
    if any(credit):
        yield "  of it sold", "USD", 0.0 - credit[0], 0.0 - credit[1]
    if bought:
        yield "fuel bill", "USD", before.fuel_usd, after.fuel_usd
    yield "operation and maintenance", "USD", before.om_usd, after.om_usd
    if before.own_gas is not None and after.own_gas is not None:
        yield "methane let out, CO2e", "kg", before.own_gas.co2e_kg, after.own_gas.co2e_kg
    yield "CO2" if before.own_gas is None else "CO2 and CO2e", "kg", before.co2_kg, after.co2_kg


def _lines(study: StudyResult) -> Iterator[str]:
    """What the machines, the equipment and the store did, and what it comes to."""
    money, year, plan, hours = study.money.whole, study.machine, study.with_project.schedule, study.axis.step_hours
    load_kwh = float(study.electric_kw.sum()) * hours
    sold_kwh = study.with_project.export_kwh
    share = f", {100.0 * (year.generated_net_kwh - sold_kwh) / load_kwh:.0f} % of the load" if load_kwh else ""
    share = f", {sold_kwh:,.0f} kWh of them sold" if sold_kwh else share
    yield f"generated {year.generated_net_kwh:,.0f} kWh net{share}, in {year.run_hours:,.0f} machine hours"
    with_heat = f", {100 * year.chp_eff_hhv:.1f} % with used heat (HHV)" if year.heat_recovered_kwh else ""
    yield f"efficiency {100 * year.elec_eff_lhv:.1f} % electric (LHV){with_heat}"
    for index, use in enumerate(study.model.problem.uses):
        used = float(plan.uses_heat_kw[index].sum()) * hours
        yield f"{use.name.replace('_', ' ')}: {used:,.0f} kWh of heat used"
    if study.model.problem.uses:
        yield f"equipment on heat saves {float(plan.saved_kw.sum()) * hours:,.0f} kWh of electricity"
    if (store := study.model.problem.store) is not None:
        into, need = (float(item.sum()) * hours for item in (plan.store_in_kw, plan.store_need_kw))
        out = (
            f"{float(plan.store_out_kw.sum()) * hours:,.0f} kWh out" if store.serves_loads else f"{need:,.0f} kWh from the boiler"
        )
        yield f"{store.name}: {into:,.0f} kWh of recovered heat in, {out}"
    payback = money.simple_payback_years
    yield f"first-year saving {study.first_year.saving_usd:,.0f} USD on {study.installed_cost_usd:,.0f} USD installed"
    yield f"net present value {money.npv_usd:,.0f} USD, payback {'none' if payback is None else f'{payback:.1f} years'}"
