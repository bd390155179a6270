"""``brayton sources``: what a scenario or a result stands on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from brayton.faces.output import JsonFlag, print_json


def command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Scenario (TOML) or result.json of a study.")],
    as_json: JsonFlag = False,
) -> None:
    """List the source of every number that a study stands on, estimates marked as such, and the figures without a source.

    Example: `brayton sources examples/01_waldbaums.toml`
    """
    document = _of_result(file) if file.suffix == ".json" else _of_scenario(file)
    if as_json:
        print_json(document)
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"Sources of {file}")
    for heading in ("of", "basis", "source", "date", "note"):
        table.add_column(heading, overflow="fold")
    for entry in document["sources"]:
        table.add_row(*(str(entry[key]) for key in ("of", "basis", "title", "date", "note")))
    Console().print(table)
    for name in document["without_source"]:
        typer.echo(f"without source: {name}")


def _of_scenario(file: Path) -> dict[str, Any]:
    from brayton.study.inputs import read_inputs
    from brayton.study.sources import figures_without_source

    inputs = read_inputs(file)
    return {
        "sources": [citation.as_dict() for citation in inputs.citations],
        "without_source": figures_without_source(inputs.scenario),
    }


def _of_result(file: Path) -> dict[str, Any]:
    import json

    from brayton.core.errors import Fault, InputError
    from brayton.site.textfile import read_lines

    try:
        result = json.loads("\n".join(read_lines(file)))
        return {"sources": result["sources"], "without_source": result["without_source"]}
    except (ValueError, RecursionError, TypeError, KeyError) as error:
        fault = Fault("file", str(error), "is not the result of a study", "Give a result.json of `brayton study`.", str(file))
        raise InputError(fault) from None
