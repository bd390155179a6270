"""A whole study with its report, as a user runs it: in the first process after installation, and in any later one."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "01_waldbaums.toml"


def seconds(folder: Path, kernels: Path) -> float:
    """Wall time of a fresh interpreter [s]. kernels: where numba keeps what it has compiled."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(kernels)}
    call = [sys.executable, "-m", "brayton", "study", str(EXAMPLE), "--out", str(folder / "results"), "--json"]
    start = time.perf_counter()
    subprocess.run(call, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    return time.perf_counter() - start


def run() -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first = seconds(folder, folder / "kernels")
        later = min(seconds(folder, folder / "kernels") for _ in range(3))
    return [
        {
            "name": "brayton study, first process",
            "value": first,
            "unit": "s",
            "target": 15.0,
            "note": "kernels compiling, with report",
        },
        {"name": "brayton study, later process", "value": later, "unit": "s", "target": 4.0, "note": "with report"},
    ]
