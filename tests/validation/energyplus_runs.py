"""Runs EnergyPlus, an oracle for tests (extra `oracles`), on a model given as text, and returns the series that it reports."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

RUN = """
import sys
from pyenergyplus.api import EnergyPlusAPI
api = EnergyPlusAPI()
sys.exit(api.runtime.run_energyplus(api.state_manager.new_state(), sys.argv[1:]))
"""
"""In a process of its own: the library keeps its state in globals and writes to the terminal."""


def weather_file(station: str) -> Path:
    """Weather file of EnergyPlus's own whose name contains `station`, such as ``Miami``; skips where EnergyPlus is absent."""
    package = Path(pytest.importorskip("pyenergyplus").__file__).parent
    return next((package / "data" / "weather").glob(f"*{station}*.epw"))


def run_energyplus(
    idf_text: str, epw_path: Path, outputs: Sequence[str], folder: Path, frequency: str = "Hourly"
) -> dict[str, NDArray[np.float64]]:
    """Each of `outputs`, written ``KEY:Variable Name``, as a series over the run period; the model needs no Output:Variable.

    idf_text: the model, without version. folder: empty, takes the files of the run (pass ``tmp_path``). frequency: ``Hourly``,
    ``Timestep`` or ``Detailed``. Raises RuntimeError with the severe errors of EnergyPlus if it fails or reports no such series.
    """
    pytest.importorskip("pyenergyplus")
    asked = [item.rsplit(":", 1) for item in outputs]
    wanted = [f"Output:Variable,{key},{variable},{frequency};" for key, variable in asked]
    model = folder / "model.idf"
    model.write_text("\n".join(["Version,25.2;", idf_text, *wanted]) + "\n")
    command = [sys.executable, "-c", RUN, "-w", str(epw_path), "-d", str(folder), str(model)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    series = _read_eso(folder / "eplusout.eso") if done.returncode == 0 else {}
    found = {item: series.get((key.upper(), variable.upper())) for item, (key, variable) in zip(outputs, asked, strict=True)}
    if missing := [item for item, values in found.items() if values is None]:
        told = folder / "eplusout.err"
        raise RuntimeError(f"EnergyPlus gave no {missing}:\n{told.read_text() if told.is_file() else done.stderr}")
    return {item: np.array(values) for item, values in found.items()}


def _read_eso(path: Path) -> dict[tuple[str, str], list[float]]:
    """Series of the last environment by key and variable: a dictionary of numbered items, then a value a line."""
    names: dict[str, tuple[str, str]] = {}
    series: dict[tuple[str, str], list[float]] = {}
    in_data = False
    for line in path.read_text().splitlines():
        parts = line.split(",")
        if line.startswith("End of Data Dictionary"):
            in_data = True
        elif not in_data and len(parts) >= 4:
            names[parts[0]] = (parts[2].strip().upper(), parts[3].split("[")[0].strip().upper())
        elif in_data and parts[0] == "1":  # a new environment: design days come before the run period
            series = {}
        elif in_data and parts[0] in names and len(parts) == 2:
            series.setdefault(names[parts[0]], []).append(float(parts[1]))
    return series
