"""One side of a project: its flows by name, what it owns and depreciates, its tax, and what is left to it each year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from brayton.study.money.debt import DebtService
from brayton.study.money.depreciation import DepreciationRule, deductions_usd
from brayton.study.money.measures import internal_rate_of_return, payback_years, present_values, profitability_index, why_no_rate
from brayton.study.money.tax import Tax, TaxBase, TaxYears, income_tax

Kind = Literal["operating", "investment", "incentive", "disposal", "interest", "debt"]


@dataclass(frozen=True)
class Flow:
    """Money of one name in years 0, 1, ... [USD], positive to the party; shape (..., years + 1).

    kind: operating (income and expense of the year), investment (what is bought), incentive (money towards it), disposal (what is
    sold), interest, or debt (drawn and paid back). taxable: whether it counts as income or deduction; an incentive that is
    taxed is so in year 1.
    """

    name: str
    kind: Kind
    usd: NDArray[np.float64]
    taxable: bool = True


@dataclass(frozen=True)
class Vintage:
    """What is bought in one year and depreciated together.

    year: of purchase. cost_usd: paid. basis_usd: of depreciation for tax, the same for both authorities. first_year: of
    deductions. The rules are those of each authority.
    """

    year: int
    cost_usd: NDArray[np.float64]
    basis_usd: NDArray[np.float64]
    first_year: int
    federal: DepreciationRule
    state: DepreciationRule


@dataclass(frozen=True)
class Holdings:
    """What a party owns: vintages bought, credits on them by year, and the year in which all is sold, if it is."""

    vintages: tuple[Vintage, ...]
    federal_credit_usd: NDArray[np.float64]
    state_credit_usd: NDArray[np.float64]
    sale_year: int | None = None


@dataclass(frozen=True)
class Party:
    """The money of one side, from year 0; positive is to the party. Arrays have the shape (..., years + 1).

    Identity of every year: after tax = sum of the flows - tax.
    """

    name: str
    flows: tuple[Flow, ...]
    holdings: Holdings
    tax_terms: Tax
    loan: DebtService | None
    interest_deductible: bool
    nominal_discount_rate: float

    @property
    def year(self) -> NDArray[np.int64]:
        return np.arange(self.holdings.federal_credit_usd.shape[-1])

    @cached_property
    def before_tax_usd(self) -> NDArray[np.float64]:
        return self.sum_of("operating", "investment", "incentive", "disposal", "interest", "debt")

    def sum_of(self, *kinds: Kind) -> NDArray[np.float64]:
        """Sum of the flows of some kinds."""
        total = np.zeros(self.holdings.federal_credit_usd.shape[-1])
        for flow in self.flows:
            if flow.kind in kinds:
                total = total + flow.usd
        return total

    @cached_property
    def federal_depreciation_usd(self) -> NDArray[np.float64]:
        return self._deductions("federal")

    @cached_property
    def state_depreciation_usd(self) -> NDArray[np.float64]:
        return self._deductions("state")

    def _deductions(self, authority: Literal["federal", "state"]) -> NDArray[np.float64]:
        last = self.year.size - 1
        total = np.zeros(last + 1)
        for vintage in self.holdings.vintages:
            rule = vintage.federal if authority == "federal" else vintage.state
            total = total + deductions_usd(vintage.basis_usd, rule, last, first_year=vintage.first_year)
        sale = self.holdings.sale_year
        return total if sale is None else np.where(self.year <= sale, total, 0.0)

    def _gain_usd(self, authority: Literal["federal", "state"]) -> NDArray[np.float64]:
        """Taxed gain of a sale: the price less what is not yet deducted; the whole price where nothing is depreciated."""
        sale, price = self.holdings.sale_year, self.sum_of("disposal")
        if sale is None:
            return price
        rules = [(vintage, vintage.federal if authority == "federal" else vintage.state) for vintage in self.holdings.vintages]
        basis = sum((vintage.basis_usd for vintage, rule in rules if rule.method != "none"), start=np.zeros(()))
        left = basis - self._deductions(authority).sum(axis=-1)
        return price - np.where(self.year == sale, np.asarray(left)[..., None], 0.0)

    @cached_property
    def tax(self) -> TaxYears:
        return income_tax(self._tax_base(with_interest=self.interest_deductible), self.tax_terms)

    def _tax_base(self, *, with_interest: bool) -> TaxBase:
        income = np.zeros(self.year.size)
        for flow in self.flows:
            if flow.kind == "operating" and flow.taxable:
                income = income + flow.usd
            elif flow.kind == "incentive" and flow.taxable:
                income = income + np.where(self.year == 1, flow.usd[..., :1], 0.0)
            elif flow.kind == "interest" and with_interest:
                income = income + flow.usd
        return TaxBase(
            income_usd=income,
            federal_depreciation_usd=self.federal_depreciation_usd,
            state_depreciation_usd=self.state_depreciation_usd,
            federal_gain_usd=self._gain_usd("federal"),
            state_gain_usd=self._gain_usd("state"),
            federal_credit_usd=self.holdings.federal_credit_usd,
            state_credit_usd=self.holdings.state_credit_usd,
        )

    @property
    def tax_usd(self) -> NDArray[np.float64]:
        return self.tax.total_usd

    @cached_property
    def after_tax_usd(self) -> NDArray[np.float64]:
        return self.before_tax_usd - self.tax_usd

    @cached_property
    def unlevered_usd(self) -> NDArray[np.float64]:
        """After tax, as if nothing had been borrowed: no drawing, interest or principal, and no tax saved by interest."""
        if self.loan is None:
            return self.after_tax_usd
        tax = income_tax(self._tax_base(with_interest=False), self.tax_terms).total_usd
        return self.before_tax_usd - self.sum_of("interest", "debt") - tax

    @property
    def present_value_usd(self) -> NDArray[np.float64]:
        return present_values(self.after_tax_usd, self.nominal_discount_rate)

    @property
    def npv_usd(self) -> float:
        return float(self.present_value_usd.sum())

    @property
    def irr(self) -> float | None:
        return internal_rate_of_return(self.after_tax_usd)

    @property
    def simple_payback_years(self) -> float | None:
        """Of the flow after tax before debt, so that it does not change with the loan."""
        return payback_years(self.unlevered_usd)

    @property
    def discounted_payback_years(self) -> float | None:
        """Of the discounted flow after tax before debt."""
        return payback_years(present_values(self.unlevered_usd, self.nominal_discount_rate))

    def measures(self) -> dict[str, Any]:
        """The figures by which a project is judged, for JSON."""
        return {
            "npv_usd": self.npv_usd,
            "irr": self.irr,
            "irr_reason": why_no_rate(self.after_tax_usd),
            "simple_payback_years": self.simple_payback_years,
            "discounted_payback_years": self.discounted_payback_years,
            "profitability_index": profitability_index(self.after_tax_usd, self.nominal_discount_rate),
        }

    def rows(self) -> list[dict[str, Any]]:
        """One mapping per year, for JSON: items (positive to the party), tax, what is left, and how tax came about.

        Zero is added so that none is printed as -0.
        """
        columns: Mapping[str, NDArray[np.float64]] = {
            "before_tax_usd": self.before_tax_usd,
            "tax_usd": self.tax_usd,
            "after_tax_usd": self.after_tax_usd,
            "present_value_usd": self.present_value_usd,
            "after_tax_before_debt_usd": self.unlevered_usd,
            "federal_depreciation_usd": self.federal_depreciation_usd,
            "state_depreciation_usd": self.state_depreciation_usd,
            "federal_taxable_income_usd": self.tax.federal_income_usd,
            "state_taxable_income_usd": self.tax.state_income_usd,
            "federal_tax_usd": self.tax.federal_tax_usd,
            "state_tax_usd": self.tax.state_tax_usd,
            "debt_balance_usd": np.zeros(self.year.size) if self.loan is None else self.loan.balance_usd,
        }
        return [
            {
                "year": year,
                "items": {flow.name: float(flow.usd[year]) + 0.0 for flow in self.flows},
                **{name: float(values[year]) + 0.0 for name, values in columns.items()},
            }
            for year in range(self.year.size)
        ]

    def without_names_of_nothing(self) -> Party:
        """The same without flows that are zero in every year."""
        return replace(self, flows=tuple(flow for flow in self.flows if flow.usd.any()))
