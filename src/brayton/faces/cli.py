"""The command line: a thin translator between words and rooms.

Exit codes: 0 success, 2 bad input (message on stderr), 1 a failure of our own. No traceback reaches the user.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from typing import Annotated, NoReturn

import typer

from brayton import __version__
from brayton.core.errors import BraytonError, InputError
from brayton.faces import commands

COMMANDS = sorted(module.name for module in pkgutil.iter_modules(commands.__path__))
"""Each module of ``brayton.faces.commands`` is a command of its own name and holds a function ``command``."""

TRACEBACK = "BRAYTON_TRACEBACK"

app = typer.Typer(
    name="brayton",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"brayton {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Microturbine power systems: machine, site, bill and report with one physics model."""


for _name in COMMANDS:
    app.command(_name)(importlib.import_module(f"brayton.faces.commands.{_name}").command)


def main() -> None:
    """Entry point of ``brayton``: turns every error into one message and the exit code that goes with it.

    Interrupts (exit 130), closed pipes and usage errors (exit 2) are typer's own. ``BRAYTON_TRACEBACK=1`` lets an
    unexpected error through with its traceback, for whoever mends it.
    """
    try:
        app()
    except InputError as error:
        _stop(str(error), 2)
    except BraytonError as error:
        _stop(str(error), 1)
    except Exception as error:
        if os.environ.get(TRACEBACK):
            raise
        if isinstance(error, OSError) and error.filename is not None:
            _stop(f"{error.filename}: {error.strerror}. Give a path that can be read, or written.", 2)
        _stop(
            f"a failure of Brayton itself, not of your input: {type(error).__name__}: {error}.\n"
            f"Please report it with the command, its files and what the command prints with {TRACEBACK}=1.",
            1,
        )


def _stop(message: str, code: int) -> NoReturn:
    print(f"brayton: {message}", file=sys.stderr)
    raise SystemExit(code)
