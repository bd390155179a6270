"""Three statements of whoever owns the machines: operations, balance sheet and cash flows, year by year, which must tie.

How the books are kept: equipment at cost less incentives paid towards it, depreciated straight line to zero over the years of
the study that are left (books, not tax); tax as an expense of the year in which it is due, credits with it (taxes payable
method, no deferred tax); cash stays in the project, no dividend is paid, and owners put in what a year falls short of.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from brayton.study.money.party import Party
from brayton.study.money.ties import (
    BALANCE,
    TOLERANCE_USD,
    Link,
    RollForward,
    Rule,
    Statement,
    Statements,
    Subtotal,
    Tie,
    check_statements,
)

OPERATIONS, CASH, OWNER = "operations", "cash_flows", "owner"

OWN_LINES = (
    *("operating_result", "depreciation", "interest", "gain_on_disposal"),
    *("income_before_tax", "income_tax", "net_income"),
)
"""Lines of the statement of operations that are no flow of the project."""

ROUNDING = 1e-11
"""What double precision may leave in a tie, of the largest amount of the statements: it counts above half a billion dollars."""

Lines = dict[str, NDArray[np.float64]]


def statements(party: Party) -> Statements:
    """The three statements, and as a fourth what the cash-flow engine says is left to the owner.

    Columns are years: 0 to the last in balance sheet and cash flows, from 1 in operations. Signs: income and receipts are
    positive, expenses and payments negative; accumulated depreciation and liabilities are positive.
    """
    operations = _operations(party)
    cash = _cash_flows(party, operations)
    balance = _balance_sheet(party, operations, cash)
    by_name = {
        OPERATIONS: _statement(operations, 1),
        BALANCE: _statement(balance, 0),
        CASH: _statement(cash, 0),
        OWNER: _statement({"after_tax_cash_flow": party.after_tax_usd}, 0),
    }
    years = range(1, party.year.size)
    return Statements(by_name, {str(year): (str(year - 1), str(year)) for year in years})


def statement_ties(found: Statements) -> tuple[Tie, ...]:
    """Every tie of statements that `statements` made; its tolerance is half a cent, or rounding where amounts are huge."""
    lines = tuple(found.by_name[OPERATIONS].lines)
    ties = check_statements(found, _rules(lines[: lines.index("operating_result")]))
    largest = max(abs(amount) for statement in found.by_name.values() for values in statement.lines.values() for amount in values)
    return tuple(replace(tie, tolerance=max(TOLERANCE_USD, ROUNDING * largest)) for tie in ties)


def _statement(lines: Lines, first: int) -> Statement:
    size = next(iter(lines.values())).size
    return Statement(
        tuple(str(year) for year in range(first, size)), {name: tuple(values[first:].tolist()) for name, values in lines.items()}
    )


def book_depreciation_usd(party: Party) -> NDArray[np.float64]:
    """Straight line to zero: each purchase over the years from its first year of service to the last of the study."""
    last = party.year.size - 1
    grants = party.sum_of("incentive")[0]
    total = np.zeros(last + 1)
    for vintage in party.holdings.vintages:
        carried = float(vintage.cost_usd) - (grants if vintage.year == 0 else 0.0)
        total += np.where(party.year >= vintage.first_year, carried / (last + 1 - vintage.first_year), 0.0)
    sale = party.holdings.sale_year
    return total if sale is None else np.where(party.year <= sale, total, 0.0)


def _operations(party: Party) -> Lines:
    """Income and expense, net income last."""
    lines: Lines = {flow.name: flow.usd for flow in party.flows if flow.kind == "operating"}
    lines["operating_result"] = party.sum_of("operating")
    lines["depreciation"] = -book_depreciation_usd(party)
    lines["interest"] = party.sum_of("interest")
    lines["gain_on_disposal"] = _gain(party, lines["depreciation"])
    lines["income_before_tax"] = lines["operating_result"] + lines["depreciation"] + lines["interest"] + lines["gain_on_disposal"]
    lines["income_tax"] = -party.tax_usd
    lines["net_income"] = lines["income_before_tax"] + lines["income_tax"]
    return lines


def _bought(party: Party) -> NDArray[np.float64]:
    """Equipment at cost less incentives, by year of purchase."""
    return -party.sum_of("investment") - party.sum_of("incentive")


def _gain(party: Party, depreciation: NDArray[np.float64]) -> NDArray[np.float64]:
    """Price of what is sold less what it stands for in the books."""
    price, sale = party.sum_of("disposal"), party.holdings.sale_year
    if sale is None:
        return price
    carried = (_bought(party) + depreciation)[: sale + 1].sum()
    return price - np.where(party.year == sale, carried, 0.0)


def _cash_flows(party: Party, operations: Lines) -> Lines:
    cash: Lines = {
        "net_income": operations["net_income"],
        "depreciation": -operations["depreciation"],
        "gain_on_disposal": -operations["gain_on_disposal"],
    }
    cash["net_cash_operating"] = cash["net_income"] + cash["depreciation"] + cash["gain_on_disposal"]
    cash["purchase_of_equipment"] = party.sum_of("investment")
    cash["incentives_for_equipment"] = party.sum_of("incentive")
    cash["proceeds_of_disposal"] = party.sum_of("disposal")
    cash["net_cash_investing"] = cash["purchase_of_equipment"] + cash["incentives_for_equipment"] + cash["proceeds_of_disposal"]
    debt = party.sum_of("debt")
    cash["debt_drawn"], cash["debt_repaid"] = np.maximum(debt, 0.0), np.minimum(debt, 0.0)
    earned = cash["net_cash_operating"] + cash["net_cash_investing"] + debt
    cash["contributions"] = _contributions(earned)
    cash["change_before_contributions"] = earned
    cash["net_cash_financing"] = cash["debt_drawn"] + cash["debt_repaid"] + cash["contributions"]
    cash["net_change_in_cash"] = earned + cash["contributions"]
    end = np.cumsum(cash["net_change_in_cash"])
    cash["cash_start"] = np.concatenate(([0.0], end[:-1]))
    cash["cash_end"] = cash["cash_start"] + cash["net_change_in_cash"]
    return cash


def _contributions(earned_usd: NDArray[np.float64]) -> NDArray[np.float64]:
    """What owners put in each year so that cash does not fall below zero."""
    paid, held = np.zeros(earned_usd.size), 0.0
    for year, earned in enumerate(earned_usd.tolist()):
        paid[year] = max(0.0, -(held + earned))
        held = held + earned + paid[year]
    return paid


def _balance_sheet(party: Party, operations: Lines, cash: Lines) -> Lines:
    """Each line from its own source: cash from the cash flows, earnings from operations, debt from the loan."""
    balance: Lines = {"cash": cash["cash_end"]}
    gross, worn = np.cumsum(_bought(party)), np.cumsum(-operations["depreciation"])
    sale = party.holdings.sale_year
    held = np.ones(party.year.size) if sale is None else (party.year < sale).astype(float)
    balance["gross_equipment"], balance["accumulated_depreciation"] = gross * held, worn * held
    balance["net_equipment"] = balance["gross_equipment"] - balance["accumulated_depreciation"]
    balance["total_assets"] = balance["cash"] + balance["net_equipment"]
    owed = np.zeros(party.year.size) if party.loan is None else party.loan.balance_usd
    later = np.append(owed[1:], 0.0)
    balance["current_debt"], balance["long_term_debt"] = owed - np.minimum(owed, later), np.minimum(owed, later)
    balance["total_liabilities"] = balance["current_debt"] + balance["long_term_debt"]
    balance["contributed_capital"] = np.cumsum(cash["contributions"])
    balance["retained_earnings"] = np.cumsum(operations["net_income"])
    balance["total_equity"] = balance["contributed_capital"] + balance["retained_earnings"]
    balance["total_liabilities_and_equity"] = balance["total_liabilities"] + balance["total_equity"]
    return balance


def _rules(operating: tuple[str, ...]) -> tuple[Rule, ...]:
    """The sums that the statements must keep; operating: lines of income and expense."""
    return (
        Subtotal(OPERATIONS, "operating_result", operating),
        Subtotal(OPERATIONS, "income_before_tax", ("operating_result", "depreciation", "interest", "gain_on_disposal")),
        Subtotal(OPERATIONS, "net_income", ("income_before_tax", "income_tax")),
        Subtotal(BALANCE, "net_equipment", ("gross_equipment", "-accumulated_depreciation")),
        Subtotal(BALANCE, "total_assets", ("cash", "net_equipment")),
        Subtotal(BALANCE, "total_liabilities", ("current_debt", "long_term_debt")),
        Subtotal(BALANCE, "total_equity", ("contributed_capital", "retained_earnings")),
        Subtotal(BALANCE, "total_liabilities_and_equity", ("total_liabilities", "total_equity")),
        Subtotal(BALANCE, "total_assets", ("total_liabilities_and_equity",)),
        Subtotal(CASH, "net_cash_operating", ("net_income", "depreciation", "gain_on_disposal")),
        Subtotal(CASH, "net_cash_investing", ("purchase_of_equipment", "incentives_for_equipment", "proceeds_of_disposal")),
        Subtotal(CASH, "net_cash_financing", ("debt_drawn", "debt_repaid", "contributions")),
        Subtotal(CASH, "net_change_in_cash", ("net_cash_operating", "net_cash_investing", "net_cash_financing")),
        Subtotal(CASH, "cash_end", ("cash_start", "net_change_in_cash")),
        Link((CASH, "net_income"), (OPERATIONS, "net_income")),
        Link((CASH, "cash_start"), (BALANCE, "cash"), "opening"),
        Link((CASH, "cash_end"), (BALANCE, "cash"), "closing"),
        RollForward("cash_roll_forward", ("cash",), ("net_change_in_cash",)),
        RollForward(
            "equipment_roll_forward",
            ("net_equipment",),
            (
                *("-purchase_of_equipment", "-incentives_for_equipment", "-depreciation"),
                *("-proceeds_of_disposal", "-gain_on_disposal"),
            ),
        ),
        RollForward("debt_roll_forward", ("current_debt", "long_term_debt"), ("debt_drawn", "debt_repaid")),
        RollForward("capital_roll_forward", ("contributed_capital",), ("contributions",)),
        RollForward("earnings_roll_forward", ("retained_earnings",), ("net_income",)),
        Subtotal(CASH, "change_before_contributions", ("net_change_in_cash", "-contributions")),
        Link((OWNER, "after_tax_cash_flow"), (CASH, "change_before_contributions")),
    )
