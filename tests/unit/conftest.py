"""The command line, for tests of what commands print and with which code they end."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from brayton.faces import cli


@pytest.fixture
def run_brayton(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """``run_brayton("bill", file, "--json")``: exit code, output and messages of that command, run in the test's process."""

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["brayton", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            cli.main()
        printed = capsys.readouterr()
        return int(end.value.code or 0), printed.out, printed.err

    return run
