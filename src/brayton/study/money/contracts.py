"""Contracts between the owner of the machines and the host of the site: what is paid for power, for heat, or out of savings."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from brayton.core.errors import Faults
from brayton.core.records import Record, key
from brayton.study.money.terms import HIGHEST


class ContractTerms(Record):
    """Keys that both contracts have."""

    term_years: int | None = key("years of the contract; those of the study if left out", "years", None, ge=1, le=60)
    transfer_usd: float = key(
        "price at which the host takes the machines over at the end of a term before the last year", "USD", 0.0, ge=0, le=HIGHEST
    )
    owner_bears: tuple[str, ...] | None = key(
        "items of the savings that the owner bears; those that cost money in year 1 if left out", "", None
    )
    host_tax_rate: float | None = key("effective tax rate of the host; that of the owner if left out", "", None, ge=0, lt=1)
    host_discount_rate: float | None = key(
        "nominal discount rate of the host; that of the owner if left out", "1/year", None, gt=-0.5, lt=1
    )


class PurchaseAgreement(ContractTerms):
    """`[finance.purchase_agreement]`: the owner sells power and heat to the host."""

    electric_usd_per_kwh: float | None = key("price of electricity in year 1", "USD/kWh", None, sourced=True, ge=0, le=HIGHEST)
    heat_usd_per_kwh: float | None = key("price of heat in year 1", "USD/kWh", None, sourced=True, ge=0, le=HIGHEST)
    discount: float | None = key("in place of prices: the host pays what it saves, less this share", "", None, ge=0, le=1)
    escalation: float = key("growth of the prices from year 1 on", "1/year", 0.0, gt=-0.5, lt=1)
    minimum_take: float = key("share of the first year's energy that is paid for at least", "", 0.0, ge=0, le=1)


class SharedSavings(ContractTerms):
    """`[finance.shared_savings]`: the owner takes a share of what the project is verified to save."""

    owner_share: float = key("share of the saving that goes to the owner", "", ge=0, le=1)
    host_floor_usd: float = key(
        "saving that the owner guarantees to the host each year, made up by the owner if it falls short",
        "USD/year",
        0.0,
        ge=0,
        le=HIGHEST,
    )


Contract = PurchaseAgreement | SharedSavings


def check_contract(contract: Contract, path: str, years: int, items: tuple[str, ...], faults: Faults) -> None:
    """Add a fault for each key that the study or another key contradicts. items: names of the savings."""
    term = contract.term_years or years
    if term > years:
        faults.add(f"{path}.term_years", term, f"is longer than finance.years = {years}", "Shorten it, or study more years.")
    if contract.transfer_usd and term >= years:
        rule = f"goes with a term that ends before finance.years = {years}"
        faults.add(f"{path}.transfer_usd", contract.transfer_usd, rule, "Give term_years, or use [finance.salvage].")
    for name in contract.owner_bears or ():
        if name not in items:
            faults.add(f"{path}.owner_bears", name, "is no item of savings_usd", f"Known: {', '.join(items)}.")
    if isinstance(contract, PurchaseAgreement):
        priced = contract.electric_usd_per_kwh is not None or contract.heat_usd_per_kwh is not None
        if priced == (contract.discount is not None):
            rule = "must have prices, or a discount on what the host saves"
            faults.add(
                path, "both" if priced else "(neither)", rule, "Give electric_usd_per_kwh and heat_usd_per_kwh, or discount."
            )
        for name in ("escalation", "minimum_take"):
            if contract.discount is not None and getattr(contract, name):
                faults.add(f"{path}.{name}", getattr(contract, name), "goes with prices, not with a discount", "Leave it out.")


def borne_by_owner(contract: Contract, savings_usd: Mapping[str, NDArray[np.float64]]) -> tuple[str, ...]:
    """Names of the savings that the owner bears: those told, or those that cost money in year 1 in any draw."""
    if contract.owner_bears is not None:
        return contract.owner_bears
    return tuple(name for name, usd in savings_usd.items() if (usd[..., 1] < 0.0).any())


def payments_usd(
    contract: Contract,
    host_saving_usd: NDArray[np.float64],
    generated_kwh: NDArray[np.float64],
    heat_kwh: NDArray[np.float64],
) -> dict[str, NDArray[np.float64]]:
    """What the host pays the owner in years 0, 1, ... of the term, by name.

    host_saving_usd: what the host saves before it pays. Prices: energy x price of the year, the energy being at least
    minimum_take of that of year 1. Discount: (1 - discount) x saving, nothing where nothing is saved. Shared savings: the
    owner's share, so far as it leaves the host its floor; below the floor the owner pays.
    """
    year = np.arange(host_saving_usd.shape[-1])
    running = (year >= 1) & (year <= (contract.term_years or year[-1]))
    if isinstance(contract, SharedSavings):
        share = np.minimum(contract.owner_share * host_saving_usd, host_saving_usd - contract.host_floor_usd)
        return {"shared_saving": np.where(running, share, 0.0)}
    if contract.discount is not None:
        return {"energy_sold": np.where(running, (1.0 - contract.discount) * np.maximum(host_saving_usd, 0.0), 0.0)}
    sold: dict[str, NDArray[np.float64]] = {}
    growth = (1.0 + contract.escalation) ** (year - 1.0)
    for name, price, energy in (
        ("electricity_sold", contract.electric_usd_per_kwh, generated_kwh),
        ("heat_sold", contract.heat_usd_per_kwh, heat_kwh),
    ):
        if price is not None:
            taken = np.maximum(energy, contract.minimum_take * energy[..., 1:2])
            sold[name] = np.where(running, price * growth * taken, 0.0)
    return sold
