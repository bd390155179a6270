"""The workshop: README, Makefile and CI say the same; licence and extras are what they claim."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
import warnings
from pathlib import Path

import pytest

PERMISSIVE = "Apache-2.0"


def commands_of_the_readme(root: Path) -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", (root / "README.md").read_text(), re.DOTALL)
    return [line.split("#")[0].strip() for block in blocks for line in block.splitlines()]


def test_ci_runs_the_test_command_of_the_readme(root: Path) -> None:
    assert commands_of_the_readme(root) == ["make study", "make test"]
    script = (root / ".ci" / "run").read_text()
    assert "make test" in script.splitlines()
    assert os.access(root / ".ci" / "run", os.X_OK)


@pytest.mark.parametrize("target", ["study", "test", "check", "bench", "docs"])
def test_make_knows_its_targets(root: Path, target: str) -> None:
    done = subprocess.run(["make", "--dry-run", target], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert ".venv/bin/" in done.stdout


def test_make_says_how_to_get_python_when_there_is_none(root: Path, tmp_path: Path) -> None:
    for name in ("Makefile", "pyproject.toml"):
        (tmp_path / name).write_text((root / name).read_text())
    done = subprocess.run(["make", "test", "PYTHON=false"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "apt install python3 python3-venv" in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_licence(root: Path) -> None:
    assert "Apache License" in (root / "LICENSE").read_text()[:200]
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    assert project["license"] == PERMISSIVE


def test_warnings_are_errors() -> None:
    with pytest.raises(UserWarning, match="no test passes with a warning"):
        warnings.warn("no test passes with a warning", stacklevel=1)


def test_tests_that_read_the_shared_folder_say_so(root: Path) -> None:
    silent = [
        f"{path.relative_to(root)}: {name}"
        for path in (root / "tests").rglob("test_*.py")
        for name, arguments in re.findall(r"^def (test_\w+)\(([^)]*)\)", path.read_text(), re.MULTILINE)
        if re.search(r"\bshared\b", arguments) and "shared" not in name
    ]
    assert not silent
