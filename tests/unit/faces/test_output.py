"""JSON on stdout: one document, plain values, null and a note where a number is missing (L5)."""

from __future__ import annotations

import json

import numpy as np
import pytest

from brayton.faces.output import clean, print_json
from brayton.study.money.debt import Debt


def printed(document: dict[str, object], capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    print_json(document)
    captured = capsys.readouterr()
    assert captured.err == ""
    return json.loads(captured.out)


def test_numpy_values_become_plain_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    document = {
        "power_kw": np.float64(60.0),
        "count": np.int64(2),
        "ok": np.bool_(True),
        "months": np.arange(3.0),
        "pair": (1, 2),
    }
    assert printed(document, capsys) == {"power_kw": 60.0, "count": 2, "ok": True, "months": [0.0, 1.0, 2.0], "pair": [1, 2]}


def test_missing_numbers_become_null_and_say_so(capsys: pytest.CaptureFixture[str]) -> None:
    document = {
        "finance": {"irr": float("nan")},
        "months": [{"peak_kw": np.float64("inf")}, {"peak_kw": 3.0}],
        "heat_kw": np.array([1.0, np.nan]),
        "notes": ["prices are estimates"],
    }
    assert printed(document, capsys) == {
        "finance": {"irr": None},
        "months": [{"peak_kw": None}, {"peak_kw": 3.0}],
        "heat_kw": [1.0, None],
        "notes": [
            "prices are estimates",
            "finance.irr is not available",
            "months[0].peak_kw is not available",
            "heat_kw[1] is not available",
        ],
    }


def test_nothing_missing_adds_no_notes(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed({"power_kw": 1.5}, capsys) == {"power_kw": 1.5}


def test_records_become_tables() -> None:
    debt = Debt(fraction=0.5, rate=0.07, years=10)
    assert clean({"terms": debt}, []) == {"terms": debt.model_dump()}
