"""The sheet "Contract": what the host pays, and the flows of both sides before tax, computed from the cash flow."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from brayton.faces.workbook.grid import CHECK_FILL, SHARE, Line, YearSheet, added, from_year
from brayton.faces.workbook.project_sheet import ProjectSheet
from brayton.study.money.contracts import PurchaseAgreement, SharedSavings, borne_by_owner

if TYPE_CHECKING:
    from openpyxl import Workbook


def write_contract(book: Workbook, project: ProjectSheet) -> None:
    """A sheet for the contract of `project`; what each side has after tax is in the JSON document."""
    contract = project.money.finance.contract
    assert contract is not None
    sheet = YearSheet(book.create_sheet("Contract"), project.sheet.years, "Owner and host of the contract, before tax")
    add, year_of = project.inputs.add, sheet.year
    project.inputs.heading("Contract")
    term = add("term", contract.term_years or sheet.years, "years")
    borne = borne_by_owner(contract, {flow.name: flow.usd for flow in project.money.whole.flows if flow.name in _names(project)})
    gains = [flow.line for flow in project.flows if flow.name in _names(project) and flow.name not in borne]
    rest = [flow.line for flow in project.flows if flow.line not in gains]
    saved = sheet.line("saved by the host before it pays", "USD", lambda year: added(line.out(year) for line in gains))
    running = sheet.line("contract runs (0 or 1)", "", from_year(1, lambda year: f"=IF({year_of[year]}<={term},1,0)"))
    if isinstance(contract, SharedSavings):
        share = add("share of the owner", contract.owner_share, "", SHARE)
        floor = add("floor of the host", contract.host_floor_usd, "USD/year")
        paid = sheet.line(
            "share of the saving paid to the owner",
            "USD",
            from_year(1, lambda year: f"={running[year]}*MIN({share}*{saved[year]},{saved[year]}-{floor})"),
        )
    else:
        paid = _sold(sheet, project, contract, saved, running)
    price = add("price of the transfer", contract.transfer_usd, "USD")
    last = contract.term_years or sheet.years
    handed = sheet.line("transfer paid by the host", "USD", lambda year: f"={price}" if year == last < sheet.years else 0)

    def own(line: Line, year: int) -> str:
        return f"{line.out(year)}*IF({year_of[year]}<={term},1,0)"

    owner = sheet.line(
        "owner, before tax",
        "USD",
        lambda year: added((*(own(line, year) for line in rest), paid[year], handed[year])),
        total=True,
    )
    host = sheet.line(
        "host, before tax",
        "USD",
        lambda year: (
            added((saved[year], *(f"{line.out(year)}*IF({year_of[year]}>{term},1,0)" for line in rest)))
            + f"-{paid[year]}-{handed[year]}"
        ),
        total=True,
    )
    tie = sheet.line(
        "tie: owner and host less the project",
        "USD",
        lambda year: f"=ROUND({owner[year]}+{host[year]}-{project.before_tax.out(year)},2)",
        number_format="0.00",
        total=True,
    )
    for year in range(sheet.years + 1):
        sheet.sheet[tie[year]].fill = CHECK_FILL


def _names(project: ProjectSheet) -> set[str]:
    return {saving.name for saving in project.money.project.savings}


def _sold(sheet: YearSheet, project: ProjectSheet, contract: PurchaseAgreement, saved: Line, running: Line) -> Line:
    """Power and heat sold, or what the host saves less its discount."""
    add = project.inputs.add
    if contract.discount is not None:
        discount = add("discount of the host", contract.discount, "", SHARE)
        formula = from_year(1, lambda year: f"={running[year]}*(1-{discount})*MAX({saved[year]},0)")
        return sheet.line("paid to the owner", "USD", formula)
    growth, least = (
        add("growth of prices", contract.escalation, "1/year", SHARE),
        add("minimum take", contract.minimum_take, "", SHARE),
    )
    heat = add("heat used in the first year", float(np.asarray(project.money.project.operation.heat_kwh)), "kWh")

    def heat_kwh(year: int) -> str:
        return f"{heat}*(1-{project.degradation})^({sheet.year[year]}-1)"

    energies: tuple[tuple[str, float | None, Callable[[int], str]], ...] = (
        ("electricity", contract.electric_usd_per_kwh, project.generated.out),
        ("heat", contract.heat_usd_per_kwh, heat_kwh),
    )
    lines: list[Line] = []
    for name, usd_per_kwh, energy in energies:
        if usd_per_kwh is not None:
            price = add(f"price of {name} in year 1", usd_per_kwh, "USD/kWh")

            def sold(year: int, price: str = price, energy: Callable[[int], str] = energy) -> str:
                taken = f"MAX({energy(year)},{least}*{energy(1)})"
                return f"={running[year]}*{price}*(1+{growth})^({sheet.year[year]}-1)*{taken}"

            lines.append(sheet.line(f"{name} sold", "USD", from_year(1, sold)))
    return sheet.line("paid to the owner", "USD", lambda year: added(line[year] for line in lines))
