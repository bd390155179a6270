"""``brayton check``: is a scenario sound, without running its year."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from brayton.faces.output import JsonFlag, print_json


def command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Scenario, a TOML file.")],
    as_json: JsonFlag = False,
) -> None:
    """Check a scenario and every file that it names, without running its year.

    All faults are told at once (exit code 2): unknown keys, values out of range, contradictions, files that do not parse; then
    whether the machine and its heat recovery can work on this fuel, in this weather and with this water.

    Example: `brayton check examples/01_waldbaums.toml`
    """
    from brayton.study.inputs import read_inputs
    from brayton.study.study import check_machine

    inputs = read_inputs(file)
    check_machine(inputs)
    if as_json:
        print_json({"file": str(file), "ok": True, "notes": list(inputs.notes)})
        return
    hours = inputs.axis.step_hours
    typer.echo(f"{file}: sound; its year was not run.")
    typer.echo(f"electric load {inputs.electric_kw.sum() * hours:,.0f} kWh, heat load {inputs.heat_kw.sum() * hours:,.0f} kWh")
    for note in inputs.notes:
        typer.echo(f"note: {note}")
