"""Published statements: a small release of our own, and the reader's faults."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from typing import Any

import pytest

from brayton.core.errors import InputError
from brayton.study.money.published import LINES, parse_published, read_published
from brayton.study.money.ties import Place

BALANCE = {
    "cash_and_equivalents": [90, 100], "accounts_receivable_net": [10, 10], "inventory": [5, 5],
    "total_current_assets": [105, 115], "machinery_equipment_furniture": [30, 20], "gross_equipment": [30, 20],
    "accumulated_depreciation": [6, 4], "net_equipment": [24, 16], "total_assets": [129, 131],
    "accrued_warranty_reserve": [8, 6], "total_current_liabilities": [8, 6], "common_stock": [200, 200],
    "accumulated_deficit": [-79, -75], "total_equity": [121, 125], "total_liabilities_and_equity": [129, 131],
}  # fmt: skip
YEAR = {
    "revenues": 50, "cost_of_goods_sold": 40, "gross_loss": 10, "research_and_development": 14, "total_operating_expenses": 14,
    "loss_from_operations": -4, "loss_before_tax": -4, "net_loss": -4, "weighted_average_shares": 8, "loss_per_share": -0.5,
}  # fmt: skip
FLOWS = {
    "net_loss": -4, "depreciation_amortization": 2, "provision_warranty": 3, "change_warranty_reserve": -1,
    "net_cash_operating": 0, "acquisition_of_fixed_assets": -10, "net_cash_investing": -10, "net_change_in_cash": -10,
    "cash_start": 100, "cash_end": 90,
}  # fmt: skip


def release() -> dict[str, Any]:
    """A year's release in which everything ties; lines that are not told are zero."""

    def full(name: str, columns: list[str], told: dict[str, Any]) -> dict[str, Any]:
        lines = {line: told.get(line, 0) for line in LINES[name]}
        return {"columns": columns} | {line: value if isinstance(value, list) else [value] for line, value in lines.items()}

    balance = {line: BALANCE.get(line, [0, 0]) for line in LINES["balance_sheet"]}
    return {
        "about": "made up for tests",
        "balance_sheet": {"columns": ["2004-12-31", "2003-12-31"], **copy.deepcopy(balance)},
        "operations_statement": full("operations_statement", ["2004"], YEAR),
        "cash_flows": full("cash_flows", ["2004"], FLOWS),
    }


def broken(document: dict[str, Any]) -> list[str]:
    return [tie.name for tie in parse_published(document).ties if not tie.holds]


def test_a_release_that_ties():
    published = parse_published(release())
    assert broken(release()) == []
    names = {tie.name for tie in published.ties if tie.kind == "roll_forward"}
    assert {"cash_roll_forward", "accumulated_deficit_roll_forward", "warranty_roll_forward"} <= names
    assert published.untied == (Place("operations_statement", "weighted_average_shares", "2004"),)


def test_a_residual_is_known_at_exactly_its_amount():
    document = release()
    document["balance_sheet"]["accrued_warranty_reserve"][0] = 7
    document["balance_sheet"]["other_accrued"][0] = 1
    assert broken(document) == ["warranty_roll_forward"]
    for known in (-1, "6 + 3 - 1 = 0.008 against 0.007 thousand (rounding)"):
        assert broken(document | {"known_residuals": {"warranty_roll_forward": known}}) == []
    assert broken(document | {"known_residuals": {"warranty_roll_forward": -2}}) == ["warranty_roll_forward"]
    assert broken(release() | {"known_residuals": {"warranty_roll_forward": -1}}) == ["warranty_roll_forward"], "not there"


def test_loss_per_share_is_held_to_half_a_cent():
    document = release()
    document["operations_statement"]["loss_per_share"] = [-0.49]
    assert broken(document) == ["operations_statement.loss_per_share"]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda d: d.pop("cash_flows"), "cash_flows"),
        (lambda d: d["cash_flows"].pop("columns"), "cash_flows.columns"),
        (lambda d: d["cash_flows"].update(columns=["2004", "2004"]), "cash_flows.columns"),
        (lambda d: d["cash_flows"].pop("net_loss"), "cash_flows.net_loss"),
        (lambda d: d["cash_flows"].update(net_losss=[1]), "cash_flows.net_losss"),
        (lambda d: d["cash_flows"].update(net_loss=[1, 2]), "cash_flows.net_loss"),
        (lambda d: d["cash_flows"].update(net_loss=["1"]), "cash_flows.net_loss"),
        (lambda d: d["cash_flows"].update(net_loss=[True]), "cash_flows.net_loss"),
        (lambda d: d["cash_flows"].update(net_loss=[float("nan")]), "cash_flows.net_loss"),
        (lambda d: d.update(known_residual={}), "known_residual"),
        (lambda d: d.update(known_residuals=3), "known_residuals"),
        (lambda d: d.update(known_residuals={"warranty": 3}), "known_residuals.warranty"),
        (lambda d: d.update(known_residuals={"warranty_roll_forward": "small"}), "known_residuals.warranty_roll_forward"),
    ],
)
def test_another_layout_is_a_fault(change, path):
    document = release()
    change(document)
    with pytest.raises(InputError) as caught:
        parse_published(document, "release.json")
    assert [fault.path for fault in caught.value.faults] == [path]


@pytest.mark.parametrize("content", [b"\xff", b"{", b"[]", b"3"])
def test_other_files_are_faults(tmp_path, content):
    path = tmp_path / "release.json"
    path.write_bytes(content)
    with pytest.raises(InputError):
        read_published(path)


def run(path: Any, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "brayton", "statements", str(path), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_command_tells_ties_and_stops_where_one_breaks(tmp_path):
    path = tmp_path / "release.json"
    document = release()
    document["balance_sheet"]["inventory"][1] = 6
    path.write_text(json.dumps(document))
    done = run(path, "--json")
    assert done.returncode == 2
    found = json.loads(done.stdout)
    assert not found["ok"]
    assert [item["residual_usd"] for item in found["residuals"]] == [-1.0]
    assert "balance_sheet.total_current_assets, column 2003-12-31" in done.stderr
    assert "Traceback" not in done.stderr
    path.write_text(json.dumps(release()))
    done = run(path)
    assert done.returncode == 0
    assert "0 do not tie" in done.stdout
