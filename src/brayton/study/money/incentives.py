"""Incentives: tax credits on the investment, money towards the investment, money or credits per kWh."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Faults
from brayton.core.records import Record, key
from brayton.study.money.terms import HIGHEST


class CapitalIncentive(Record):
    """`[[finance.incentives.capital]]`: a rebate or grant, paid in year 0; taxed, where it is, in year 1."""

    name: str = key("who pays it, for tables", min_length=1)
    usd: float | None = key("amount", "USD", None, sourced=True, gt=0, le=HIGHEST)
    usd_per_kw: float | None = key("amount per rated kW, in place of `usd`", "USD/kW", None, sourced=True, gt=0, le=HIGHEST)
    fraction: float | None = key("share of the installed cost, in place of `usd`", "USD/USD", None, sourced=True, gt=0, le=1)
    cap_usd: float | None = key("most that is paid", "USD", None, gt=0, le=HIGHEST)
    taxable: bool = key("whether it is income for tax")
    reduces_basis: bool = key("whether it is taken off the basis of depreciation and of the investment tax credit")


class ProductionIncentive(Record):
    """`[[finance.incentives.production]]`: per kWh generated, in the first years."""

    name: str = key("who pays it, for tables", min_length=1)
    usd_per_kwh: float = key("amount in year 1", "USD/kWh", sourced=True, gt=0, le=HIGHEST)
    years: int = key("years in which it is paid", "years", ge=1, le=60)
    escalation: float = key("growth from year 1 on", "1/year", 0.0, gt=-0.5, lt=1)
    kind: Literal["payment", "federal_credit", "state_credit"] = key("money, or a credit against tax", "", "payment")
    taxable: bool | None = key("whether a payment is income for tax; required for a payment", "", None)


class Incentives(Record):
    """`[finance.incentives]`: credits on the investment, and lists of other incentives."""

    itc_fraction: float = key("federal investment tax credit, share of its basis, in year 1", "", 0.0, ge=0, le=1)
    itc_cap_usd: float | None = key("highest federal investment tax credit", "USD", None, gt=0, le=HIGHEST)
    state_itc_fraction: float = key("state investment tax credit, share of its basis, in year 1", "", 0.0, ge=0, le=1)
    state_itc_cap_usd: float | None = key("highest state investment tax credit", "USD", None, gt=0, le=HIGHEST)
    itc_basis_cut: float = key(
        "share of the investment tax credits taken off the basis of depreciation; half by 26 U.S.C. 50(c)(3)", "", 0.5, ge=0, le=1
    )
    capital: tuple[CapitalIncentive, ...] = ()
    production: tuple[ProductionIncentive, ...] = ()


def check_incentives(incentives: Incentives, path: str, rated_kw: object, faults: Faults) -> None:
    """Add a fault for each incentive whose keys do not make one amount, and for one per kW where `rated_kw` is not known."""
    for index, item in enumerate(incentives.capital):
        place = f"{path}.capital[{index}]"
        given = [name for name in ("usd", "usd_per_kw", "fraction") if getattr(item, name) is not None]
        if len(given) != 1:
            faults.add(place, ", ".join(given) or "(none)", "must have one of usd, usd_per_kw and fraction", "Keep one.")
        if item.usd_per_kw is not None and rated_kw is None:
            faults.add(f"{place}.usd_per_kw", item.usd_per_kw, "needs the rated power", "Give operation.rated_kw, or usd.")
    for index, item in enumerate(incentives.production):
        place = f"{path}.production[{index}].taxable"
        if item.kind == "payment" and item.taxable is None:
            faults.add(place, "(absent)", "is required for a payment", "Say true or false.")
        if item.kind != "payment" and item.taxable is not None:
            faults.add(place, item.taxable, f"has no use with kind {item.kind!r}: a credit is no income", "Leave it out.")


def capital_incentive_usd(incentive: CapitalIncentive, investment_usd: ArrayLike, rated_kw: float) -> NDArray[np.float64]:
    """What is paid in year 0 towards an investment."""
    investment = np.asarray(investment_usd, dtype=float)
    amount = (
        incentive.fraction * investment
        if incentive.fraction is not None
        else np.full(investment.shape, incentive.usd if incentive.usd is not None else (incentive.usd_per_kw or 0.0) * rated_kw)
    )
    return np.minimum(amount, np.inf if incentive.cap_usd is None else incentive.cap_usd)


def production_incentive_usd(incentive: ProductionIncentive, generated_kwh: NDArray[np.float64]) -> NDArray[np.float64]:
    """What is paid in each year from year 0 on, for the generation of those years."""
    year = np.arange(generated_kwh.shape[-1])
    price = np.where(
        (year >= 1) & (year <= incentive.years), incentive.usd_per_kwh * (1.0 + incentive.escalation) ** (year - 1.0), 0.0
    )
    return generated_kwh * price


def investment_tax_credit_usd(basis_usd: ArrayLike, fraction: float, cap_usd: float | None) -> NDArray[np.float64]:
    """fraction x basis, at most the cap."""
    return np.minimum(fraction * np.asarray(basis_usd, dtype=float), np.inf if cap_usd is None else cap_usd)
