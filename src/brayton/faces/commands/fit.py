"""``brayton fit``: calibrate a machine record to measured or published points."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from brayton.faces.output import JsonFlag, print_json


def command(
    model: Annotated[str, typer.Argument(help="Model of the library, or path of a record (.toml), to start from.")],
    data: Annotated[
        Path, typer.Argument(help="CSV of points; columns as in docs/reference, any subset, each with an optional *_sd.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Where the calibrated record goes (.toml).")],
    fuel: Annotated[str | None, typer.Option(help="Fuel of the points: a name or mole fractions; default: the record's.")] = None,
    free: Annotated[
        str | None, typer.Option(help="Component figures to fit, with commas between; default: the record's.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Calibrate a record to measured points; prints parameters with standard errors and residuals.

    A power is imposed on the engine and everything else is compared. A point with `load_fraction` 1 ran at its limit: its
    power is compared too. What the points cannot tell apart stays at its prior and is reported as not identified.

    Example: `brayton fit C60 test_stand.csv --fuel methane --out my_c60.toml`
    """
    import numpy as np

    from brayton.core.errors import Fault, InputError
    from brayton.gas.fuels import fuel as named_fuel
    from brayton.machine.fit import fit_record
    from brayton.machine.fit_points import read_fit_points
    from brayton.machine.record import load_record, write_calibrated

    record = load_record(model)
    points = read_fit_points(data)
    if out.suffix != ".toml":
        raise InputError(Fault("--out", str(out), "must end in .toml", "Name the record file, such as my_machine.toml."))
    if not out.parent.is_dir():
        raise InputError(Fault("--out", str(out), "lies in a folder that does not exist", "Create the folder first."))
    figures = [name.strip() for name in free.split(",")] if free is not None else None
    result = fit_record(record, points, fuel=named_fuel(fuel) if fuel else None, free=figures, name=data.name)
    write_calibrated(model, result.record, out)

    residuals: list[dict[str, Any]] = []
    for column in result.observed:
        r = result.residuals(column)
        if len(r):
            unit = "K" if column.endswith("_temp_c") else "relative"
            figures = {"mean": float(r.mean()), "rms": float(np.sqrt((r**2).mean())), "largest": float(r[np.argmax(np.abs(r))])}
            residuals.append({"quantity": column, "points": len(r), "unit": unit, **figures})
    unidentified = [p.name for p in result.parameters if not p.identified]
    notes = [f"not identified by these points, held by the prior: {', '.join(unidentified)}"] if unidentified else []
    notes += [f"{p.name} lies far from its prior: check the points and their units" for p in result.parameters if p.is_far]
    document = {
        "model": result.record.model,
        "record": str(out),
        "parameters": [
            {"name": p.name, "value": p.value, "standard_error": p.standard_error, "prior": p.prior, "prior_sd": p.prior_sd,
             "identified": p.identified}
            for p in result.parameters
        ],
        "residuals": residuals,
        "not_identified": unidentified,
        "notes": notes,
    }  # fmt: skip
    if as_json:
        print_json(document)
        return
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table(
        "figure", "value", "standard error", "prior", "identified", title=f"{result.record.model} fitted to {data.name}"
    )
    for p in result.parameters:
        table.add_row(
            p.name,
            f"{p.value:.5g}",
            f"{p.standard_error:.2g}",
            f"{p.prior:.5g} +/- {p.prior_sd:.2g}",
            "yes" if p.identified else "no",
        )
    console.print(table)
    table = Table("quantity", "points", "mean residual", "rms", "largest", title="Calculated less observed")
    for row in residuals:
        shown = [f"{row[key]:+.2f} K" if row["unit"] == "K" else f"{100 * row[key]:+.2f} %" for key in ("mean", "rms", "largest")]
        table.add_row(row["quantity"], str(row["points"]), *shown)
    console.print(table)
    for note in notes:
        console.print(f"- {note}", markup=False)
    console.print(f"Record written to {out}")
