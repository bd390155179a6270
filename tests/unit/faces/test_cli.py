"""The command line's frame: exit codes, messages, and no traceback for anyone who did not ask for one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from brayton import __version__
from brayton.core.errors import Fault, InputError, RangeError, SolveError
from brayton.core.outcomes import Outcome
from brayton.faces import cli

FAULT = Fault("machine[0].count", -1, "must be at least 1", "Give the number of machines.", "site.toml")


def ending(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> int:
    """Exit code of ``brayton`` when its command raises `error`."""

    def raising() -> None:
        raise error

    monkeypatch.setattr(cli, "app", raising)
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert isinstance(end.value.code, int)
    return end.value.code


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (InputError(FAULT), 2, ["site.toml", "machine[0].count", "-1", "must be at least 1", "Give the number of machines."]),
        (RangeError(FAULT), 2, ["machine[0].count"]),
        (FileNotFoundError(2, "No such file or directory", "load.csv"), 2, ["load.csv", "No such file"]),
        (SolveError("no match at 40 kW", Outcome.SURGE_LIMIT), 1, ["40 kW", "surge_limit", Outcome.SURGE_LIMIT.advice]),
        (OSError(28, "No space left on device"), 1, ["failure of Brayton itself", "No space left", cli.TRACEBACK]),
        (ZeroDivisionError("division by zero"), 1, ["failure of Brayton itself", "ZeroDivisionError", cli.TRACEBACK]),
    ],
)
def test_an_error_becomes_one_message_and_its_exit_code(
    error: Exception,
    code: int,
    words: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv(cli.TRACEBACK, raising=False)
    assert ending(error, monkeypatch) == code
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("brayton: ")
    assert "Traceback" not in printed.err
    for word in words:
        assert word in printed.err


def test_the_traceback_of_our_own_failure_is_there_for_the_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cli.TRACEBACK, "1")
    with pytest.raises(ZeroDivisionError):
        ending(ZeroDivisionError(), monkeypatch)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "brayton", *arguments], capture_output=True, text=True, check=False)


def test_version() -> None:
    done = run("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"brayton {__version__}\n", "")


@pytest.mark.parametrize("arguments", [["no_such_command"], ["--no-such-option"]])
def test_a_usage_error_exits_2_and_leaves_stdout_empty(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert arguments[0] in done.stderr
    assert "Traceback" not in done.stderr


COMMAND_THAT_ENDS_EARLY = """
import os, signal, sys
from brayton.faces import cli

@cli.app.command("trial")
def trial() -> None:
    {body}

sys.argv = ["brayton", "trial"]
cli.main()
"""


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param("os.kill(os.getpid(), signal.SIGINT)", 128 + signal.SIGINT, id="interrupt"),
        pytest.param("print('line\\n' * 100_000)", 1, id="closed pipe"),
    ],
)
def test_interrupts_and_closed_pipes_end_without_a_traceback(body: str, code: int) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-c", COMMAND_THAT_ENDS_EARLY.format(body=body)],
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writer)
    assert done.returncode == code
    assert done.stderr == ""
