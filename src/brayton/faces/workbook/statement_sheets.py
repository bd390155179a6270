"""The sheets "Operations", "Balance sheet" and "Cash flows": three statements computed from the cash flow, and their ties."""

from __future__ import annotations

from typing import TYPE_CHECKING

from brayton.faces.workbook.grid import CHECK_FILL, Formula, Line, YearSheet, added, from_year
from brayton.faces.workbook.project_sheet import ProjectSheet

if TYPE_CHECKING:
    from openpyxl import Workbook


def write_statements(book: Workbook, project: ProjectSheet) -> None:
    """Three sheets behind the cash flow, kept as `study.money.statements` says."""
    years = project.sheet.years
    operations = YearSheet(book.create_sheet("Operations"), years, "Statement of operations, project under one owner")
    flows = YearSheet(book.create_sheet("Cash flows"), years, "Statement of cash flows, project under one owner")
    balance = YearSheet(
        book.create_sheet("Balance sheet"), years, "Balance sheet at the end of each year, project under one owner"
    )
    net_income, worn, gain = _operations(operations, project)
    cash, contributions = _cash_flows(flows, project, net_income, worn, gain)
    _balance_sheet(balance, project, cash, contributions, net_income, worn)


def _lines(project: ProjectSheet, *kinds: str) -> list[Line]:
    return [flow.line for flow in project.flows if flow.kind in kinds]


def _operations(sheet: YearSheet, project: ProjectSheet) -> tuple[Line, Line, Line]:
    """Net income, depreciation in the books (negative) and gain on disposal."""
    last = sheet.years
    parts = [
        sheet.line(flow.name.replace("_", " "), "USD", from_year(1, lambda year, flow=flow: f"={flow.line.out(year)}"))
        for flow in project.flows
        if flow.kind == "operating"
    ]
    result = sheet.line("operating result", "USD", lambda year: added(line[year] for line in parts), total=True)
    bought = "".join(f"-{line.out(0)}" for line in _lines(project, "investment", "incentive"))
    before = Line(sheet.sheet.title, sheet.next_row, last)

    def depreciation(year: int) -> str:
        renewed = f"{project.renewed.out(year)}/{last + 1 - year}"
        return f"=-(0{bought})/{last}-{renewed}" if year == 1 else f"={before[year - 1]}-{renewed}"

    worn = sheet.line("depreciation, straight line", "USD", from_year(1, depreciation))
    interest = sheet.line("interest", "USD", lambda year: added(line.out(year) for line in _lines(project, "interest")))
    gain = sheet.line("gain on disposal", "USD", lambda year: added(line.out(year) for line in _lines(project, "disposal")))
    before_tax = sheet.line(
        "income before tax", "USD", lambda year: added(line[year] for line in (result, worn, interest, gain)), total=True
    )
    tax = sheet.line("income tax", "USD", lambda year: f"=-{project.tax.out(year)}")
    net = sheet.line("net income", "USD", lambda year: f"={before_tax[year]}+{tax[year]}", total=True)
    return net, worn, gain


def _cash_flows(sheet: YearSheet, project: ProjectSheet, net_income: Line, worn: Line, gain: Line) -> tuple[Line, Line]:
    """Cash at the end of each year and what owners put in."""

    def copied(label: str, *kinds: str) -> Line:
        return sheet.line(label, "USD", lambda year: added(line.out(year) for line in _lines(project, *kinds)))

    def total(label: str, *lines: Line) -> Line:
        return sheet.line(label, "USD", lambda year: added(line[year] for line in lines), total=True)

    income = sheet.line("net income", "USD", lambda year: f"={net_income.out(year)}")
    added_back = sheet.line("depreciation", "USD", lambda year: f"=-{worn.out(year)}")
    moved = sheet.line("gain on disposal", "USD", lambda year: f"=-{gain.out(year)}")
    operating = total("net cash of operations", income, added_back, moved)
    parts = copied("purchase of equipment", "investment"), copied("incentives for equipment", "incentive")
    investing = total("net cash of investing", *parts, copied("proceeds of disposal", "disposal"))
    debt = copied("debt drawn and repaid", "debt")
    start = Line(sheet.sheet.title, sheet.next_row + 3, sheet.years)
    paid = sheet.line(
        "contributions of owners",
        "USD",
        lambda year: f"=MAX(0,-({start[year]}+{operating[year]}+{investing[year]}+{debt[year]}))",
    )
    financing = total("net cash of financing", debt, paid)
    change = total("net change in cash", operating, investing, financing)
    end = Line(sheet.sheet.title, start.row + 1, sheet.years)
    sheet.line("cash at the start", "USD", lambda year: f"={end[year - 1]}" if year else 0)
    cash = sheet.line("cash at the end", "USD", lambda year: f"={start[year]}+{change[year]}", total=True)
    _tie(sheet, "ties to the cash flow after tax", lambda year: f"{change[year]}-{paid[year]}-{project.after_tax.out(year)}")
    return cash, paid


def _balance_sheet(
    sheet: YearSheet, project: ProjectSheet, cash: Line, contributions: Line, net_income: Line, worn: Line
) -> None:
    """Each line from its own source, so that the two sides meet only if all statements do."""
    last = sheet.years
    sold = project.money.finance.salvage is not None
    bought = _lines(project, "investment", "incentive")

    def cumulative(label: str, sign: str, *parts: Line, cleared: bool = False) -> Line:
        """A running sum; cleared: nothing is left at the end of the last year."""
        line = Line(sheet.sheet.title, sheet.next_row, last)

        def content(year: int) -> str | int:
            steps = "".join(f"{sign}{part.out(year)}" for part in parts)
            return 0 if cleared and year == last else f"={line[year - 1] if year else 0}{steps}"

        return sheet.line(label, "USD", content)

    assets_cash = sheet.line("cash", "USD", lambda year: f"={cash.out(year)}")
    gross = cumulative("gross equipment", "-", *bought, cleared=sold)
    reserve = cumulative("accumulated depreciation", "-", worn, cleared=sold)
    net = sheet.line("net equipment", "USD", lambda year: f"={gross[year]}-{reserve[year]}")
    assets = sheet.line("total assets", "USD", lambda year: f"={assets_cash[year]}+{net[year]}", total=True)
    owed = project.balance
    now = sheet.line(
        "debt due within a year", "USD", lambda year: 0 if owed is None else f"={owed.out(year)}-{_later(owed, year, last)}"
    )
    later = sheet.line("debt due later", "USD", lambda year: 0 if owed is None else f"={_later(owed, year, last)}")
    debts = sheet.line("total liabilities", "USD", lambda year: f"={now[year]}+{later[year]}", total=True)
    capital = cumulative("contributed capital", "+", contributions)
    earnings = cumulative("retained earnings", "+", net_income)
    equity = sheet.line("total equity", "USD", lambda year: f"={capital[year]}+{earnings[year]}", total=True)
    both = sheet.line("total liabilities and equity", "USD", lambda year: f"={debts[year]}+{equity[year]}", total=True)
    _tie(sheet, "assets less liabilities and equity", lambda year: f"{assets[year]}-{both[year]}")


def _later(owed: Line, year: int, last: int) -> str:
    return owed.out(year + 1) if year < last else "0"


def _tie(sheet: YearSheet, label: str, formula: Formula) -> None:
    """A row that is zero in every year, to the cent."""
    line = sheet.line(f"tie: {label}", "USD", lambda year: f"=ROUND({formula(year)},2)", number_format="0.00", total=True)
    for year in range(sheet.years + 1):
        sheet.sheet[line[year]].fill = CHECK_FILL
