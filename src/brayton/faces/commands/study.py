"""``brayton study``: a scenario and its twin without the project, with bills, savings and a report."""

from __future__ import annotations

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

    def row(name: str, unit: str, before: float, after: float) -> None:
        table.add_row(name, unit, f"{before:,.0f}", f"{after:,.0f}", f"{after - before:+,.0f}")

    machine, flow, year = study.scenario.machine[0], study.cash_flow, study.machine
    before, after = study.baseline, study.with_project
    table = Table(title=f"{study.scenario.site.name}: {machine.count} x {study.record.model}, first year")
    for heading in ("", "unit", "without", "with", "difference"):
        table.add_column(heading, justify="left" if heading in ("", "unit") else "right")
    row("electricity import", "kWh", before.electricity_import_kwh, after.electricity_import_kwh)
    row("peak import", "kW", before.peak_import_kw, after.peak_import_kw)
    row("fuel", "kWh HHV", before.fuel_kwh_hhv, after.fuel_kwh_hhv)
    row("electricity bill", "USD", before.bill_usd, after.bill_usd)
    row("fuel bill", "USD", before.fuel_usd, after.fuel_usd)
    row("operation and maintenance", "USD", before.om_usd, after.om_usd)
    row("CO2", "kg", before.co2_kg, after.co2_kg)
    console = Console()
    console.print(table)
    percent = 100.0 * year.generated_net_kwh / (study.electric_kw.sum() * study.axis.step_hours)
    payback = flow.simple_payback_years
    lines = (
        f"generated {year.generated_net_kwh:,.0f} kWh net, {percent:.0f} % of the load, in {year.run_hours:,.0f} machine hours",
        f"efficiency {100 * year.elec_eff_lhv:.1f} % electric (LHV), {100 * year.chp_eff_hhv:.1f} % with used heat (HHV)",
        f"first-year saving {study.first_year.saving_usd:,.0f} USD on {study.installed_cost_usd:,.0f} USD installed",
        f"net present value {flow.npv_usd:,.0f} USD, payback {'none' if payback is None else f'{payback:.1f} years'}",
    )
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True)
