"""The pages in a real browser: every figure is drawn, the console is silent, and nothing is asked of a network.

The pages forbid every request by their content security policy, so the browser reports one on the console.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from brayton.faces.figures import write_map_page
from brayton.faces.report import write_report
from brayton.machine.performance import compile_performance
from brayton.machine.record import load_record
from brayton.study.inputs import read_inputs
from brayton.study.study import run_study

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
ALWAYS = {
    "cost-bridge", "monthly-bill", "energy-flow", "load-duration", "cold-week", "hot-week", "machine-map", "cash-flow",
    "emissions",
}  # fmt: skip
OF_EXAMPLE = {
    "01_waldbaums.toml": {"monthly-heat", "store-water", "store-day", "store-dew-point"},
    "02_santa_fe_pool.toml": {"monthly-heat", "water-temperature", "pool-sources", "pool-losses"},
    "03_wisconsin_landfill.toml": {"monthly-gas", "units-on-gas"},
}
"""Figures of each example beside those of all reports."""

DOUBTED = {"npv-scatter", "tornado", "survival", "demand-risk"}
"""Figures that a study has as far as its doubt was looked into."""

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--window-size=1200,1000",
    "--virtual-time-budget=5000", "--enable-logging=stderr", "--v=0",
)  # fmt: skip

FIGURE = re.compile(r'<div class="plot[^"]*" id="([\w-]+)-plot"(.*?)<script type="application/json"', re.DOTALL)

Opened = tuple[str, list[str]]
"""The document as the browser has it after its scripts ran, and the lines of the console."""


@pytest.fixture(scope="module")
def browse(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Opened]:
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if browser is None:
        pytest.skip(f"needs one of {', '.join(BROWSERS)}; none is installed here")

    def open_page(page: Path) -> Opened:
        profile = tmp_path_factory.mktemp("profile")
        done = subprocess.run(
            [browser, *FLAGS, f"--user-data-dir={profile}", "--dump-dom", page.as_uri()],
            capture_output=True, encoding="utf-8", timeout=120, check=True,
        )  # fmt: skip
        return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]

    return open_page


def drawn(document: str) -> dict[str, int]:
    """Name of each figure and the number of paths in its drawing; nought where there is none."""
    return {name: inside.count("<path") if "main-svg" in inside else 0 for name, inside in FIGURE.findall(document)}


@pytest.mark.parametrize("name", OF_EXAMPLE)
def test_report_of_an_example_is_drawn_in_silence(browse: Callable[[Path], Opened], tmp_path: Path, name: str):
    write_report(run_study(read_inputs(EXAMPLES / name)), tmp_path / "report.html")
    document, console = browse(tmp_path / "report.html")
    assert console == []
    figures = drawn(document)
    assert set(figures) - DOUBTED == ALWAYS | OF_EXAMPLE[name]
    assert figures.pop("energy-flow") > 2  # two flows at least, and the button: a flow is one path
    assert all(paths > 3 for paths in figures.values()), figures


def test_page_of_a_machine_is_drawn_in_silence(browse: Callable[[Path], Opened], tmp_path: Path):
    write_map_page(compile_performance(load_record("C65")), tmp_path / "map.html")
    document, console = browse(tmp_path / "map.html")
    assert console == []
    figures = drawn(document)
    assert set(figures) == {"efficiency-map", "available-power", "over-load"}
    assert all(paths > 3 for paths in figures.values()), figures


def test_the_console_would_tell_of_a_request_and_of_an_error(browse: Callable[[Path], Opened], tmp_path: Path):
    page = tmp_path / "map.html"
    write_map_page(compile_performance(load_record("C65")), page)
    added = '<script src="https://example.org/a.js"></script><script>fetch("https://example.org/b"); undefined_name;</script>'
    page.write_text(page.read_text(encoding="utf-8") + added, encoding="utf-8")
    _, console = browse(page)
    for word in ("example.org/a.js", "example.org/b", "undefined_name"):
        assert any(word in line for line in console), word
