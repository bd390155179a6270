"""Reads a cash-flow file: cost, savings by item, operation and `[finance]`, for money alone without a site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import BeforeValidator, Field

from brayton.core.errors import Faults, InputError
from brayton.core.files import read_bytes
from brayton.core.records import Record, key, parse_record, toml_tables
from brayton.study.money.checks import check_project
from brayton.study.money.project import Operation, Project, Saving
from brayton.study.money.table import Finance, find_faults_of_basis
from brayton.study.money.terms import HIGHEST

Price = Literal["electric", "fuel", "om"]

WORDS: dict[Price, frozenset[str]] = {
    "electric": frozenset({"electric", "electricity", "bill", "demand", "grid", "import", "export", "power"}),
    "fuel": frozenset({"fuel", "gas", "heat", "thermal", "boiler"}),
    "om": frozenset({"om", "maintenance", "service", "upkeep"}),
}
"""Words, between underscores in the name of an item, that say by which price it grows."""

MOVABLE = ("installed_cost_usd", "savings_usd")
"""Keys that may stand at the top of the file or in `[finance]`."""


def _number_or_series(value: object) -> object:
    items = cast("tuple[object, ...]", value) if isinstance(value, tuple) else (value,)
    numbers = [item for item in items if isinstance(item, int | float) and not isinstance(item, bool)]
    if not items or len(numbers) < len(items) or not all(abs(number) <= HIGHEST for number in numbers):
        raise ValueError(f"must be a number within +-{HIGHEST:g}, or a list of them, one for each year")
    return cast("object", value)


def _as_table(value: object) -> object:
    return value if isinstance(value, Mapping) else {"usd": value}


def _rate_or_price(value: object) -> object:
    if value is None or (isinstance(value, str) and value in WORDS):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool) and -0.5 < value < 1.0:
        return value
    raise ValueError("must be a yearly growth between -0.5 and 1, or one of " + ", ".join(f'"{word}"' for word in WORDS))


class SavingItem(Record):
    """`[savings_usd.NAME]`, which may also be written `NAME = 1000.0` or, one number a year, `NAME = [...]`."""

    usd: Annotated[float | tuple[float, ...], BeforeValidator(_number_or_series)] = key(
        "saved (positive) or spent (negative) in the first year, or in each year", "USD"
    )
    escalation: Annotated[float | Price | None, BeforeValidator(_rate_or_price)] = key(
        "growth, or the price it grows with: `electric`, `fuel`, `om`; by the words of its name if left out", "1/year", None
    )
    taxable: bool = key("whether it counts as income or deduction for tax", "", True)
    degrades: bool | None = key(
        "whether finance.degradation lowers it; yes for a first year, no for a series, if left out", "", None
    )


class OperationTable(Record):
    """`[operation]`: what all machines do in the first year, for what is paid by the kWh, the hour, the start or the kW."""

    generated_kwh: float = key("net electricity", "kWh", 0.0, ge=0, le=HIGHEST)
    heat_kwh: float = key("heat used", "kWh", 0.0, ge=0, le=HIGHEST)
    run_hours: float = key("fired hours of all machines together", "h", 0.0, ge=0, le=HIGHEST)
    starts: float = key("starts of all machines together", "", 0.0, ge=0, le=HIGHEST)
    units: int = key("machines, which share hours and starts evenly", "", 1, ge=1, le=1000)
    rated_kw: float | None = key("rated power of all machines", "kW", None, gt=0, le=HIGHEST)
    saved_co2_kg: float = key("CO2 without the project minus CO2 with it", "kg", 0.0, ge=-HIGHEST, le=HIGHEST)


class CashFlowFile(Record):
    """A cash-flow file. `installed_cost_usd` and `savings_usd` may stand in `[finance]` instead."""

    schema_version: Literal[1] = Field(1, alias="schema", description="version of this format, 1")
    name: str = key("name of the project, for titles", "", "Cash flow")
    installed_cost_usd: float = key("paid in year 0", "USD", ge=0, le=HIGHEST)
    savings_usd: dict[str, Annotated[SavingItem, BeforeValidator(_as_table)]] = key("savings by item", "USD", min_length=1)
    operation: OperationTable = OperationTable()
    finance: Finance


@dataclass(frozen=True)
class CashFlowCase:
    """What a cash-flow file holds."""

    name: str
    project: Project
    finance: Finance


def read_cash_flow(path: str | Path) -> CashFlowCase:
    """The project and the finance of a cash-flow file. Errors: InputError with every fault of the file."""
    return parse_cash_flow(read_bytes(path), str(path))


def parse_cash_flow(content: bytes, file: str) -> CashFlowCase:
    """The same of the bytes of a file."""
    raw = toml_tables(content, file)
    with Faults(file=file) as faults:
        document, moved = _gathered(raw, faults)
        record = faults.attempt(lambda: _parse(document, moved))
        finance = raw.get("finance")
        if isinstance(finance, Mapping):
            find_faults_of_basis(cast("Mapping[str, Any]", finance), faults)
        project = None if record is None else _project(record, faults)
        if record is not None and project is not None:
            check_project(project, record.finance, faults)
    assert record is not None
    assert project is not None
    return CashFlowCase(record.name, project, record.finance)


def _gathered(raw: Mapping[str, Any], faults: Faults) -> tuple[dict[str, Any], list[str]]:
    """The tables with the movable keys at the top, and which of them were in `[finance]`."""
    document, moved = dict(raw), list[str]()
    finance = raw.get("finance")
    if not isinstance(finance, Mapping):
        return document, moved
    inner = dict(cast("Mapping[str, Any]", finance))
    for name in (name for name in MOVABLE if name in inner):
        value = inner.pop(name)
        if name in raw:
            faults.add(
                f"finance.{name}", value, f"stands at the top of the file too: {name} = {raw[name]}", "Keep one of the two."
            )
        else:
            document[name] = value
            moved.append(name)
    document["finance"] = inner
    return document, moved


def _parse(document: Mapping[str, Any], moved: list[str]) -> CashFlowFile:
    """The record; its faults name keys where the file has them."""
    try:
        return parse_record(CashFlowFile, document)
    except InputError as error:
        places = [fault.path.replace("[", ".").split(".")[0] in moved for fault in error.faults]
        told = [
            replace(fault, path=f"finance.{fault.path}") if in_finance else fault
            for fault, in_finance in zip(error.faults, places, strict=True)
        ]
        raise InputError(*told) from None


def _project(record: CashFlowFile, faults: Faults) -> Project:
    savings = tuple(_saving(name, item, record.finance, faults) for name, item in record.savings_usd.items())
    return Project(record.installed_cost_usd, savings, Operation(**record.operation.model_dump()))


def _saving(name: str, item: SavingItem, finance: Finance, faults: Faults) -> Saving:
    path = f"savings_usd.{name}"
    price = item.escalation if isinstance(item.escalation, str) else _price_of(name)
    degrades = item.degrades if item.degrades is not None else isinstance(item.usd, float | int)
    if isinstance(item.usd, tuple):
        if len(item.usd) != finance.years:
            rule = f"has {len(item.usd)} years, and finance.years is {finance.years}"
            faults.add(path, f"{len(item.usd)} numbers", rule, "Give one number for each year, year 1 first.")
        if item.escalation is not None:
            faults.add(f"{path}.escalation", item.escalation, "goes with one number, not with a series", "Leave it out.")
        return Saving(name, item.usd, None, item.taxable, degrades, price == "electric")
    rates: dict[Price, float] = {
        "electric": finance.escalation_electric,
        "fuel": finance.escalation_fuel,
        "om": finance.escalation_om,
    }
    if isinstance(item.escalation, int | float):
        rate = float(item.escalation)
    elif price is not None:
        rate = rates[price]
    else:
        rate = finance.escalation_electric
        if len(set(rates.values())) > 1:
            rule = "does not say by which price it grows"
            remedy = f'Write {name} = {{ usd = {item.usd:g}, escalation = "electric" }}, "fuel", "om" or a number.'
            faults.add(f"{path}.escalation", "(absent)", rule, remedy)
    return Saving(name, item.usd, rate, item.taxable, degrades, price == "electric")


def _price_of(name: str) -> Price | None:
    """The price that the words of a name point to; None where they point to none or to several."""
    words = set(name.casefold().split("_"))
    found: list[Price] = [price for price, known in WORDS.items() if words & known]
    return found[0] if len(found) == 1 else None
