"""``brayton new``: a scenario to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from brayton.faces.output import JsonFlag, print_json

SCENARIO = "scenario.toml"


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder for the scenario; made if it does not exist.")],
    as_json: JsonFlag = False,
) -> None:
    """Write a commented scenario to start from. It runs as it stands; a file that exists is never overwritten.

    Example: `brayton new hotel && brayton study hotel/scenario.toml --out hotel/results`
    """
    from importlib.resources import files

    from brayton.core.errors import Fault, InputError

    target = folder / SCENARIO
    if folder.exists() and not folder.is_dir():
        raise InputError(Fault("DIR", str(folder), "is a file", "Name a folder."))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write((files("brayton.study") / "template.toml").read_text(encoding="utf-8"))
    except FileExistsError:
        fault = Fault("DIR", str(target), "exists and is not overwritten", "Name another folder, or move that file away.")
        raise InputError(fault) from None
    if as_json:
        print_json({"written": str(target)})
        return
    typer.echo(f"wrote {target}; next: brayton study {target} --out {folder / 'results'}")
