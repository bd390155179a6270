"""Reads published statements of a maker, a quarter's release as JSON, and says which sums they must keep.

The layout is that of a consolidated balance sheet, statement of operations and statement of cash flows by the indirect method:
each statement has `columns` and, by line, one amount [USD] per column. Periods are written 2003Q2, 2003H1 or 2003, balance
sheets by date. `known_residuals` says which roll-forwards are known not to close, and by how much.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from brayton.core.errors import Fault, Faults, InputError, nearest
from brayton.core.files import not_text, read_bytes
from brayton.study.money.ties import (
    ROUNDED_RATIO,
    Link,
    Place,
    RollForward,
    Rule,
    Statement,
    Statements,
    Subtotal,
    Tie,
    check_statements,
    with_known,
)

OPERATIONS, CASH = "operations_statement", "cash_flows"

RULES: tuple[Rule, ...] = (
    Subtotal(
        "balance_sheet",
        "total_current_assets",
        ("cash_and_equivalents", "accounts_receivable_net", "inventory", "prepaid_and_other_current"),
    ),
    Subtotal(
        "balance_sheet", "gross_equipment", ("machinery_equipment_furniture", "leasehold_improvements", "molds_and_tooling")
    ),
    Subtotal("balance_sheet", "net_equipment", ("gross_equipment", "-accumulated_depreciation")),
    Subtotal(
        "balance_sheet",
        "total_assets",
        (
            *("total_current_assets", "net_equipment", "noncurrent_inventory"),
            *("deposits_on_fixed_assets", "other_assets", "intangible_net"),
        ),
    ),
    Subtotal(
        "balance_sheet",
        "total_current_liabilities",
        (
            *("accounts_payable", "accrued_salaries", "other_accrued", "accrued_warranty_reserve"),
            *("deferred_revenue", "current_capital_lease"),
        ),
    ),
    Subtotal(
        "balance_sheet", "total_equity", ("common_stock", "additional_paid_in_capital", "accumulated_deficit", "treasury_stock")
    ),
    Subtotal(
        "balance_sheet",
        "total_liabilities_and_equity",
        ("total_current_liabilities", "long_term_capital_lease", "other_long_term_liabilities", "total_equity"),
    ),
    Subtotal("balance_sheet", "total_assets", ("total_liabilities_and_equity",)),
    Subtotal(OPERATIONS, "gross_loss", ("revenues", "-cost_of_goods_sold")),
    Subtotal(
        OPERATIONS,
        "total_operating_expenses",
        ("research_and_development", "selling_general_administrative", "impairment_marketing_rights"),
    ),
    Subtotal(OPERATIONS, "loss_from_operations", ("gross_loss", "-total_operating_expenses")),
    Subtotal(OPERATIONS, "loss_before_tax", ("loss_from_operations", "interest_income", "interest_expense", "other_income_net")),
    Subtotal(OPERATIONS, "net_loss", ("loss_before_tax", "-income_tax")),
    Subtotal(
        CASH,
        "net_cash_operating",
        (
            *("net_loss", "depreciation_amortization", "impairment_marketing_rights", "noncash_reversal_of_admin_expenses"),
            *("provision_doubtful_accounts", "inventory_write_down", "provision_warranty", "loss_on_disposal"),
            *("nonemployee_stock_compensation", "employee_stock_compensation", "change_receivable", "change_other_assets"),
            *("change_inventory", "change_prepaid", "change_payable", "change_accrued_salaries", "change_other_accrued"),
            *("change_warranty_reserve", "change_deferred_revenue"),
        ),
    ),
    Subtotal(CASH, "net_cash_investing", ("acquisition_of_fixed_assets", "proceeds_of_disposal")),
    Subtotal(CASH, "net_cash_financing", ("repayment_capital_lease", "exercise_of_options", "acquisition_treasury_stock")),
    Subtotal(CASH, "net_change_in_cash", ("net_cash_operating", "net_cash_investing", "net_cash_financing")),
    Subtotal(CASH, "cash_end", ("cash_start", "net_change_in_cash")),
    Link((CASH, "net_loss"), (OPERATIONS, "net_loss")),
    Link((CASH, "impairment_marketing_rights"), (OPERATIONS, "impairment_marketing_rights")),
    Link((CASH, "cash_start"), ("balance_sheet", "cash_and_equivalents"), "opening"),
    Link((CASH, "cash_end"), ("balance_sheet", "cash_and_equivalents"), "closing"),
    RollForward("cash_roll_forward", ("cash_and_equivalents",), ("net_change_in_cash",)),
    RollForward("accumulated_deficit_roll_forward", ("accumulated_deficit",), ("net_loss",)),
    RollForward("warranty_roll_forward", ("accrued_warranty_reserve",), ("provision_warranty", "change_warranty_reserve")),
    RollForward("deferred_revenue_roll_forward", ("deferred_revenue",), ("change_deferred_revenue",)),
    RollForward("capital_lease_roll_forward", ("current_capital_lease", "long_term_capital_lease"), ("repayment_capital_lease",)),
    RollForward(
        "paid_in_capital_roll_forward",
        ("common_stock", "additional_paid_in_capital"),
        ("exercise_of_options", "employee_stock_compensation", "nonemployee_stock_compensation"),
    ),
    RollForward("treasury_stock_roll_forward", ("treasury_stock",), ("acquisition_treasury_stock",)),
    RollForward("accounts_payable_roll_forward", ("accounts_payable",), ("change_payable", "noncash_reversal_of_admin_expenses")),
)
"""Sums that the printed statements must keep.

Left out, as they do not close with the printed lines and are no plain roll-forward: receivables, inventory and prepaid (each
within 1,000 USD, from rounding), accrued salaries and other accrued (mixed with long-term liabilities), equipment (disposals
are not printed at cost). The reversal of administrative expenses was booked against payables: with it they close exactly.
"""

BESIDE = ("about", "operations", "known_residuals")
"""Keys of a file beside its statements; figures of operations (units, backlog, hours) are not amounts and are left alone."""

SHARES, PER_SHARE = "weighted_average_shares", "loss_per_share"
LINES: dict[str, tuple[str, ...]] = {}
for _rule in RULES:
    if isinstance(_rule, Subtotal):
        _told = (_rule.total, *(part.lstrip("-") for part in _rule.parts))
        LINES[_rule.statement] = tuple(dict.fromkeys((*LINES.get(_rule.statement, ()), *_told)))
LINES[OPERATIONS] = (*LINES[OPERATIONS], SHARES, PER_SHARE)

_AMOUNT = r"(-?[\d,]+(?:\.\d+)?)"
_KNOWN = re.compile(rf"=\s*{_AMOUNT}\s+against\s+{_AMOUNT}\s+thousand")
_PERIOD = re.compile(r"(\d{4})(?:(Q)([1-4])|(H)([12]))?")
_QUARTER_ENDS = {0: "12-31", 1: "03-31", 2: "06-30", 3: "09-30", 4: "12-31"}


@dataclass(frozen=True)
class Published:
    """Published statements, checked. untied: amounts that enter no tie, so that an error in them is not found."""

    about: str
    statements: Statements
    ties: tuple[Tie, ...]
    untied: tuple[Place, ...]


def read_published(path: str | Path) -> Published:
    """Statements of a JSON file with all their ties, whether these hold or not.

    Errors: InputError for a file of another layout: no JSON, lines missing or unknown, amounts that are no numbers or too few.
    """
    file, content = str(path), read_bytes(path)
    try:
        raw: object = json.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise not_text(file, error) from None
    except (ValueError, RecursionError) as error:
        raise InputError(Fault("file", str(error), "is not valid JSON", "Mend the place named.", file)) from None
    if not isinstance(raw, dict):
        raise InputError(Fault("file", type(raw).__name__, "must be an object of statements", "See the layout.", file))
    return parse_published(cast("Mapping[str, Any]", raw), file)


def parse_published(document: Mapping[str, Any], file: str | None = None) -> Published:
    """The same of the object of a file."""
    with Faults(file=file) as faults:
        by_name = {name: _statement(document.get(name), name, faults) for name in LINES}
        for name in document.keys() - {*LINES, *BESIDE}:
            offer = nearest(name, (*LINES, *BESIDE)) or (*LINES, *BESIDE)
            faults.add(name, "(a table)", "is no part of this layout", f"Nearest: {', '.join(offer)}.")
        known = _known(document.get("known_residuals", {}), faults)
    statements = Statements(by_name, _periods(by_name))
    ties = with_known((*check_statements(statements, RULES), *_per_share(statements)), known)
    tied = {place for tie in ties for place in tie.places}
    untied = tuple(
        Place(name, line, column)
        for name, statement in by_name.items()
        for line in statement.lines
        for column in statement.columns
        if Place(name, line, column) not in tied
    )
    return Published(str(document.get("about", "")), statements, ties, untied)


def _statement(raw: object, name: str, faults: Faults) -> Statement:
    empty = Statement((), {})
    if not isinstance(raw, dict):
        faults.add(name, "(absent)" if raw is None else raw, "must be a statement", "Give its columns and lines.")
        return empty
    table = cast("dict[str, object]", raw)
    columns = table.get("columns")
    if not _is_texts(columns):
        faults.add(f"{name}.columns", columns, "must be a list of different names", "Name each column once.")
        return empty
    names = tuple(cast("list[str]", columns))
    for line in table.keys() - {"columns", *LINES[name]}:
        offer = nearest(line, LINES[name]) or LINES[name]
        faults.add(f"{name}.{line}", table[line], "is not a line of this layout", f"Nearest: {', '.join(offer)}.")
    lines = {line: _amounts(table.get(line), f"{name}.{line}", len(names), faults) for line in LINES[name]}
    return Statement(names, lines)


def _is_texts(value: object) -> bool:
    items = cast("list[object]", value) if isinstance(value, list) else []
    return bool(items) and all(isinstance(item, str) for item in items) and len({str(item) for item in items}) == len(items)


def _amounts(raw: object, path: str, count: int, faults: Faults) -> tuple[float, ...]:
    items = cast("list[object]", raw) if isinstance(raw, list) else []
    numbers = [
        float(item)
        for item in items
        if isinstance(item, int | float) and not isinstance(item, bool) and abs(item) < 1e15 and math.isfinite(item)
    ]
    if len(numbers) != count or len(items) != count:
        rule = f"must have {count} amounts, one for each column"
        faults.add(path, "(absent)" if raw is None else raw, rule, "Give numbers in USD, zero where nothing is printed.")
        return (math.nan,) * count
    return tuple(numbers)


def _known(raw: object, faults: Faults) -> dict[str, float]:
    """Known residuals [USD]: as numbers, or as text that ends in `= 6,786 against 6,785 thousand`."""
    names = {rule.name for rule in RULES if isinstance(rule, RollForward)}
    found: dict[str, float] = {}
    if not isinstance(raw, dict):
        faults.add("known_residuals", raw, "must be residuals by the name of their tie", "Leave it out if there is none.")
        return found
    for name, value in cast("dict[str, object]", raw).items():
        path = f"known_residuals.{name}"
        told = _KNOWN.search(value) if isinstance(value, str) else None
        if name not in names:
            faults.add(path, value, "is no roll-forward", f"Nearest: {', '.join(nearest(name, names) or sorted(names))}.")
        elif isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            found[name] = float(value)
        elif told is not None:
            computed, stated = (float(amount.replace(",", "")) for amount in told.groups())
            found[name] = 1000.0 * (stated - computed)
        else:
            remedy = "Give stated minus computed in USD, or '... = 6,786 against 6,785 thousand'."
            faults.add(path, value, "does not say the residual", remedy)
    return found


def _periods(by_name: Mapping[str, Statement]) -> dict[str, tuple[str, str]]:
    """Opening and closing date of each period."""
    found: dict[str, tuple[str, str]] = {}
    for column in (column for name in (OPERATIONS, CASH) for column in by_name[name].columns):
        told = _PERIOD.fullmatch(column)
        if told is not None:
            year = int(told[1])
            first, last = _quarters(told.groups())
            start = f"{year if first else year - 1}-{_QUARTER_ENDS[first]}"
            found[column] = (start, f"{year}-{_QUARTER_ENDS[last]}")
    return found


def _quarters(period: Sequence[str | None]) -> tuple[int, int]:
    """Quarter at whose end a period opens (0: the year before) and closes."""
    _, is_quarter, quarter, is_half, half = period
    if is_quarter:
        return int(quarter or 0) - 1, int(quarter or 0)
    return (2 * int(half or 0) - 2, 2 * int(half or 0)) if is_half else (0, 4)


def _per_share(statements: Statements) -> list[Tie]:
    """Loss per share as printed, to half a cent. A change in the low figures of the number of shares does not show in it."""
    found = list[Tie]()
    for column in statements.by_name[OPERATIONS].columns:
        stated = Place(OPERATIONS, PER_SHARE, column)
        loss = statements.amount(Place(OPERATIONS, "net_loss", column))
        shares = statements.amount(Place(OPERATIONS, SHARES, column))
        computed = loss / shares if shares else math.nan
        name = f"{OPERATIONS}.{PER_SHARE}"
        found.append(Tie(name, "ratio", column, statements.amount(stated), computed, (stated,), tolerance=ROUNDED_RATIO))
    return found
