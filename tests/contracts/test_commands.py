"""Every command has help with an example, takes --json, and says so where it stands in the reference."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import pytest
import typer.main

from brayton.faces import cli

GROUP: Any = typer.main.get_command(cli.app)


def brayton(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "brayton", *arguments], capture_output=True, text=True, check=False)


def test_every_module_of_commands_is_a_command() -> None:
    assert cli.COMMANDS
    assert list(GROUP.commands) == cli.COMMANDS


def test_the_help_lists_every_command() -> None:
    done = brayton("--help")
    assert done.returncode == 0
    assert not [name for name in cli.COMMANDS if not re.search(rf"\b{name}\b", done.stdout)]


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_help_works_and_shows_an_example(name: str) -> None:
    done = brayton(name, "--help")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert f"brayton {name}" in done.stdout.split("Usage:")[1].split("\n", 1)[1], "no example below the usage line"


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_parameter_has_help_and_json_is_offered(name: str) -> None:
    parameters = {parameter.name: parameter for parameter in GROUP.commands[name].params}
    assert not [parameter for parameter in parameters if not parameters[parameter].help]
    assert any("--json" in parameter.opts for parameter in parameters.values())


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_an_unknown_option_is_bad_input(name: str) -> None:
    done = brayton(name, "--no-such-option")
    assert done.returncode == 2
    assert done.stdout == ""
