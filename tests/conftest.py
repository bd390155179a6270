"""Shared by all floors: the inputs that may be absent, and the validation tables."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(__file__).resolve().parents[2] / "shared"
TABLES = ROOT / "docs" / "validation"


def _kernel_cache() -> Path:
    """A folder for compiled kernels that belongs to the kernels' present text.

    numba looks only at the file of the function that it loads, so a kernel compiled before a change in another file would
    go on with the old code. Set before anything imports numba; processes that tests start inherit it.
    """
    digest = hashlib.sha256()
    for file in sorted((ROOT / "src").rglob("*.py")):
        text = file.read_bytes()
        if b"njit" in text:
            digest.update(text)
    return ROOT / ".numba_cache" / digest.hexdigest()[:16]


os.environ["NUMBA_CACHE_DIR"] = str(_kernel_cache())


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-tables", action="store_true", help="write the validation tables to docs/validation")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of oracles and inputs that is not part of the project; tests that use it carry ``shared`` in their name."""
    if not SHARED.is_dir():
        pytest.skip("needs the shared oracles and inputs, which stand beside the checkout and are absent here")
    return SHARED


Table = Callable[..., None]


@pytest.fixture
def table(request: pytest.FixtureRequest) -> Table:
    """``table(name, title, columns, rows, note="")`` keeps one validation table; ``make docs`` writes them to docs/validation.

    Rows hold strings or numbers already rounded for print. Call it before the assertions, so that a failure shows its table.
    """

    def keep(name: str, title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], note: str = "") -> None:
        lines = [f"# {title}", ""]
        if note:
            lines += [note, ""]
        lines += ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
        lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
        lines += ["", f"Made by `{request.node.nodeid.split('[')[0]}`."]
        text = "\n".join(lines) + "\n"
        print(text)
        if request.config.getoption("--write-tables"):
            TABLES.mkdir(parents=True, exist_ok=True)
            (TABLES / f"{name}.md").write_text(text)

    return keep
