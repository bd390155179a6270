"""The table ``[finance]`` of the scenario file, and the tables inside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from brayton.core.errors import Fault, Faults, InputError
from brayton.core.records import Record, key
from brayton.study.money.contracts import Contract, PurchaseAgreement, SharedSavings, check_contract
from brayton.study.money.debt import Debt
from brayton.study.money.depreciation import Depreciation, check_depreciation
from brayton.study.money.incentives import Incentives, check_incentives
from brayton.study.money.measures import nominal_rate
from brayton.study.money.service import Overhaul, Service, check_overhaul, check_service
from brayton.study.money.tax import Tax
from brayton.study.money.terms import HIGHEST, Convention, FinanceTerms


class Salvage(Record):
    """`[finance.salvage]`: what the machines are sold for at the end of the last year; taxed over what is not yet deducted."""

    usd: float | None = key("amount in money of that year", "USD", None, ge=0, le=HIGHEST)
    fraction: float | None = key("share of the installed cost, in place of `usd`", "", None, ge=0, le=1)


class Finance(Record):
    """`[finance]`: rates and years, and tables for what a plain cash flow leaves out."""

    years: int = key("years of operation", "years", ge=1, le=60)
    discount_rate: float = key("discount rate", "1/year", gt=-0.5, lt=1)
    discount_rate_basis: Literal["nominal", "real"] = key("what the discount rate is; a real one needs `inflation`")
    inflation: float | None = key("general inflation, for a real discount rate", "1/year", None, gt=-0.5, lt=1)
    escalation_electric: float = key("nominal growth of electricity prices", "1/year", 0.0, gt=-0.5, lt=1)
    escalation_fuel: float = key("nominal growth of fuel prices", "1/year", 0.0, gt=-0.5, lt=1)
    escalation_om: float = key("nominal growth of O&M cost", "1/year", 0.0, gt=-0.5, lt=1)
    tax_rate: float = key("tax on savings, one rate for all; [finance.tax] has two", "", 0.0, ge=0, lt=1)
    convention: Convention = key("whether prices escalate before the first year", "", "year1_unescalated")
    degradation: float = key("yearly loss of output, and of the savings with it", "1/year", 0.0, ge=0, lt=0.5)
    tax: Tax | None = None
    depreciation: Depreciation | None = None
    incentives: Incentives | None = None
    debt: Debt | None = None
    salvage: Salvage | None = None
    service: Service | None = None
    overhaul: tuple[Overhaul, ...] = ()
    purchase_agreement: PurchaseAgreement | None = None
    shared_savings: SharedSavings | None = None

    def terms(self) -> FinanceTerms:
        """The terms in nominal money. Errors: InputError for a real discount rate without inflation."""
        rate = self.discount_rate
        if self.discount_rate_basis == "real":
            if self.inflation is None:
                rule = "goes with a real discount rate"
                raise InputError(Fault("finance.inflation", "(absent)", rule, "Give the general inflation, or a nominal rate."))
            rate = nominal_rate(rate, self.inflation)
        return FinanceTerms(
            years=self.years,
            nominal_discount_rate=rate,
            escalation_electric=self.escalation_electric,
            escalation_fuel=self.escalation_fuel,
            escalation_om=self.escalation_om,
            tax_rate=self.tax_rate,
            convention=self.convention,
        )

    @property
    def taxes(self) -> Tax:
        """`[finance.tax]`, or the one rate as that of a single authority."""
        return self.tax or Tax(federal_rate=self.tax_rate)

    @property
    def contract(self) -> Contract | None:
        return self.purchase_agreement or self.shared_savings


def find_faults_of_basis(finance: Mapping[str, Any], faults: Faults) -> None:
    """Add a fault where inflation and the basis of the discount rate do not go together; `finance` is the raw table."""
    basis = finance.get("discount_rate_basis")
    if isinstance(basis, str) and (basis == "real") != ("inflation" in finance):
        rule = f"goes with a real discount rate, and discount_rate_basis is {basis!r}"
        faults.add("finance.inflation", finance.get("inflation", "(absent)"), rule, "Give both or neither.")


def check_finance(finance: Finance, faults: Faults, *, items: tuple[str, ...], rated_kw: float | None) -> None:
    """Add a fault for each pair of keys that cannot both hold. items: names of the savings; rated_kw: None if not known."""
    if finance.tax is not None and finance.tax_rate:
        rule = "is given together with [finance.tax], which has its own rates"
        faults.add("finance.tax_rate", finance.tax_rate, rule, "Keep one of the two.")
    if finance.depreciation is not None:
        check_depreciation(finance.depreciation, "finance.depreciation", faults)
        if finance.depreciation.state is not None:
            check_depreciation(finance.depreciation.state, "finance.depreciation.state", faults)
    if finance.incentives is not None:
        check_incentives(finance.incentives, "finance.incentives", rated_kw, faults)
    if finance.salvage is not None and (finance.salvage.usd is None) == (finance.salvage.fraction is None):
        faults.add("finance.salvage", "both or neither", "must have one of usd and fraction", "Keep one.")
    names = tuple(item.name for item in finance.overhaul)
    for index, item in enumerate(finance.overhaul):
        check_overhaul(item, f"finance.overhaul[{index}]", faults)
    if finance.service is not None:
        check_service(finance.service, "finance.service", names, finance.years, faults)
    _check_debt(finance, faults)
    if finance.purchase_agreement is not None and finance.shared_savings is not None:
        faults.add("finance.shared_savings", "a table", "stands beside [finance.purchase_agreement]", "Keep one contract.")
    for name in ("purchase_agreement", "shared_savings"):
        contract: Contract | None = getattr(finance, name)
        if contract is not None:
            check_contract(contract, f"finance.{name}", finance.years, items, faults)


def _check_debt(finance: Finance, faults: Faults) -> None:
    debt = finance.debt
    if debt is None:
        return
    if (debt.fraction is None) == (debt.amount_usd is None):
        faults.add("finance.debt", "both or neither", "must have one of fraction and amount_usd", "Keep one.")
    contract = finance.contract
    owned = contract.term_years if contract is not None and contract.term_years is not None else finance.years
    if debt.years > owned:
        rule = f"is longer than the {owned} years for which the borrower owns the machines in this study"
        faults.add("finance.debt.years", debt.years, rule, "Shorten the loan, or lengthen finance.years or the term.")
