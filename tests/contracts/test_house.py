"""The house: who may import whom (each contract shown failing), how large a module may be, and a quick front door."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

MAX_LINES = 800
EXPLAINED_LINES = 400
EXPLANATION = "Long because"
NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc", "tools"}
HEAVY = ["scipy", "numba", "pandas", "pyarrow", "pydantic", "plotly", "jinja2"]


@pytest.fixture
def house(root: Path, tmp_path: Path) -> Path:
    """A copy of the package and its contracts, to trespass in."""
    shutil.copytree(root / "src" / "brayton", tmp_path / "brayton", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "pyproject.toml", tmp_path)
    return tmp_path


def lint_imports(house: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
        cwd=house,
        env={**os.environ, "PYTHONPATH": str(house)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_house_keeps_its_contracts(house: Path) -> None:
    done = lint_imports(house)
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


@pytest.mark.parametrize(
    ("module", "code", "contract"),
    [
        ("gas/trespass.py", "import brayton.machine.record", "A room imports lower floors only"),
        ("site/trespass.py", "import brayton.cycle", "A room imports lower floors only"),
        ("cycle/trespass.py", "import brayton.site.tariff", "A room imports lower floors only"),
        ("package/trespass.py", "def late():\n    import brayton.study.money.measures", "A room imports lower floors only"),
        ("attic/__init__.py", "", "A room imports lower floors only"),
        ("__init__.py", "import pandas", "The front door"),
        ("core/trespass.py", "import numba", "The front door"),
        ("site/trespass.py", "import plotly.express", "Figures, templates and the command line"),
        ("machine/trespass.py", "import rich", "Figures, templates and the command line"),
        ("cycle/trespass.py", "import pandas", "Data frames"),
        ("gas/trespass.py", "import cantera", "Oracles"),
    ],
)
def test_a_trespass_breaks_its_contract(house: Path, module: str, code: str, contract: str) -> None:
    path = house / "brayton" / module
    path.parent.mkdir(exist_ok=True)
    path.write_text(code + "\n")
    done = lint_imports(house)
    assert done.returncode == 1, done.stdout
    broken = [line for line in done.stdout.splitlines() if " BROKEN" in line]
    assert any(line.startswith(contract) for line in broken), done.stdout


def test_modules_of_one_room_form_no_ring(house: Path) -> None:
    (house / "brayton" / "gas" / "this.py").write_text("import brayton.gas.that\n")
    (house / "brayton" / "gas" / "that.py").write_text("import brayton.gas.this\n")
    done = lint_imports(house)
    assert done.returncode == 1
    assert "Modules of one room form no ring BROKEN" in done.stdout


def loaded_by(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_front_door_loads_numpy_at_most() -> None:
    assert not loaded_by("import brayton") & {*HEAVY, "typer", "rich"}


def test_the_command_line_loads_no_room_before_it_is_asked() -> None:
    loaded = loaded_by("import brayton.faces.cli")
    assert not loaded & {*HEAVY, "numpy"}


def sources(root: Path) -> list[Path]:
    return sorted((root / "src" / "brayton").rglob("*.py"))


def test_modules_are_small_or_say_why_not(root: Path) -> None:
    faults: list[str] = []
    for path in sources(root):
        text = path.read_text()
        lines = text.count("\n")
        docstring = ast.get_docstring(ast.parse(text)) or ""
        if lines > MAX_LINES:
            faults.append(f"{path.relative_to(root)}: {lines} lines; split it")
        elif lines > EXPLAINED_LINES and EXPLANATION not in docstring:
            faults.append(f"{path.relative_to(root)}: {lines} lines and its docstring does not say '{EXPLANATION} ...'")
    assert not faults, "\n".join(faults)


def test_no_module_is_named_for_nothing(root: Path) -> None:
    nameless = [path for path in sources(root) if {path.stem, path.parent.name} & NAMELESS]
    assert not nameless, "a room is missing: say what these are about"


def test_every_room_has_a_tenant(root: Path) -> None:
    rooms = [path for path in (root / "src" / "brayton").iterdir() if path.is_dir() and path.name != "__pycache__"]
    empty = [room.name for room in rooms if not [path for path in room.rglob("*.py") if path.stem != "__init__"]]
    assert not empty
