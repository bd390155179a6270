"""The command line: a thin translator between words and rooms.

Exit codes: 0 success, 2 bad input (message on stderr), 1 a failure of our own.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from typing import Annotated

import typer

from brayton import __version__
from brayton.core.errors import BraytonError, InputError
from brayton.faces import commands

COMMANDS = sorted(module.name for module in pkgutil.iter_modules(commands.__path__))
"""Each module of ``brayton.faces.commands`` is a command of its own name and holds a function ``command``."""

app = typer.Typer(
    name="brayton",
    help="Microturbine power systems: machine, site, bill and report with one physics model.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)


def _version(show: bool) -> None:
    if show:
        typer.echo(f"brayton {__version__}")
        raise typer.Exit()


@app.callback()
def root(
    _version_flag: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """Microturbine power systems: machine, site, bill and report with one physics model."""


for _name in COMMANDS:
    app.command(_name)(importlib.import_module(f"brayton.faces.commands.{_name}").command)


def main() -> None:
    """Entry point of ``brayton``: turns every domain error into one message and the exit code that goes with it."""
    try:
        app()
    except InputError as error:
        print(f"brayton: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    except BraytonError as error:
        print(f"brayton: {error}", file=sys.stderr)
        raise SystemExit(1) from None
