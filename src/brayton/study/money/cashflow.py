"""The year-by-year cash flow of a project: all of it under one owner, and under a contract each side of it.

Every array runs over the years on its last axis, from year 0; in front of it draws may stand, so that the same code
answers one case and ten thousand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Faults, SolveError
from brayton.core.outcomes import Outcome
from brayton.study.money.checks import check_project
from brayton.study.money.contracts import Contract, borne_by_owner, payments_usd
from brayton.study.money.debt import DebtService, debt_service, debt_service_coverage
from brayton.study.money.depreciation import Depreciation, DepreciationRule
from brayton.study.money.incentives import (
    Incentives,
    capital_incentive_usd,
    investment_tax_credit_usd,
    production_incentive_usd,
)
from brayton.study.money.measures import cost_of_saved_co2_usd_per_t, present_values
from brayton.study.money.party import Flow, Holdings, Party, Vintage
from brayton.study.money.project import Project, Saving
from brayton.study.money.service import in_force, overhaul_usd, service_usd
from brayton.study.money.table import Finance
from brayton.study.money.tax import Tax
from brayton.study.money.terms import escalate

SIDES_TOLERANCE = 1e-9
"""Largest difference, per dollar of the largest flow, between the project and its sides that is taken for rounding."""

NO_DEPRECIATION = Depreciation(method="none")


@dataclass(frozen=True)
class Money:
    """What a project is worth.

    whole: the project under one owner who takes every saving. sides: owner and host of a contract, whose flows before tax add
    up to the whole; empty without a contract. generated_kwh, saved_co2_kg: by year, from 0.
    """

    project: Project
    finance: Finance
    whole: Party
    sides: tuple[Party, ...]
    generated_kwh: NDArray[np.float64]
    saved_co2_kg: NDArray[np.float64]

    @property
    def owners(self) -> tuple[Party, ...]:
        """Whoever owns machines at some time: the one owner, or the sides of a contract that do."""
        return tuple(party for party in self.sides or (self.whole,) if party.holdings.vintages)

    @cached_property
    def lcoe_usd_per_kwh(self) -> float | None:
        """Levelised cost of electricity, before tax and debt: the level price per kWh at which the project just pays.

        -(present value of all flows but those of debt and of savings on electricity) / present value of generated kWh.
        None without generation. Where three kinds of savings are all there is, it is `first_year.levelised_cost_usd_per_kwh`.
        """
        rate = self.whole.nominal_discount_rate
        energy = present_values(self.generated_kwh, rate).sum()
        if not energy > 0.0:
            return None
        electric = {saving.name for saving in self.project.savings if saving.electric}
        costs = sum(
            (flow.usd for flow in self.whole.flows if flow.name not in electric and flow.kind not in ("interest", "debt")),
            start=np.zeros(self.generated_kwh.shape[-1]),
        )
        return float(-present_values(costs, rate).sum() / energy)

    @property
    def cost_of_saved_co2_usd_per_t(self) -> float | None:
        """`measures.cost_of_saved_co2_usd_per_t` of the whole project after tax."""
        return cost_of_saved_co2_usd_per_t(self.whole.after_tax_usd, self.saved_co2_kg, self.whole.nominal_discount_rate)

    @property
    def debt_service_coverage(self) -> NDArray[np.float64] | None:
        """Flow after tax before debt over the debt payment, by year; NaN in years without payment, None without debt."""
        owner = self.sides[0] if self.sides else self.whole
        return None if owner.loan is None else debt_service_coverage(owner.unlevered_usd, owner.loan)


def whole_money(project: Project, finance: Finance) -> Money:
    """The cash flow of `project` under `finance`.

    Errors: InputError with every key of `finance` that another one, or the project, contradicts; SolveError where the sides of
    a contract do not add up to the whole.
    """
    with Faults() as faults:
        check_project(project, finance, faults)
    builder = _Builder(project, finance)
    whole = builder.party("owner", builder.savings, builder.upkeep, finance.taxes, builder.rate)
    sides = builder.sides() if finance.contract is not None else ()
    if sides:
        require_sides(whole, sides)
    return Money(project, finance, whole, sides, builder.generated_kwh, builder.saved_co2_kg)


def require_sides(whole: Party, sides: Iterable[Party]) -> None:
    """SolveError unless the flows of the sides before tax add up to the project's in every year."""
    apart = np.abs(sum((side.before_tax_usd for side in sides), start=-whole.before_tax_usd)).max()
    if not apart <= SIDES_TOLERANCE * max(1.0, np.abs(whole.before_tax_usd).max()):
        raise SolveError(f"the sides of the contract miss the project's cash flow by {apart:g} USD", Outcome.NOT_CONVERGED)


class _Builder:
    """The flows of one project by name, from which parties are made."""

    def __init__(self, project: Project, finance: Finance) -> None:
        self.project, self.finance = project, finance
        self.years = finance.years
        self.year = np.arange(self.years + 1)
        self.terms = finance.terms()
        self.rate = self.terms.nominal_discount_rate
        operation = project.operation
        self.generated_kwh = self._yearly(operation.generated_kwh) * self._output
        self.heat_kwh = self._yearly(operation.heat_kwh) * self._output
        self.saved_co2_kg = self._yearly(operation.saved_co2_kg) * self._output
        self.run_hours, self.starts = self._yearly(operation.run_hours), self._yearly(operation.starts)
        self.investment_usd = np.asarray(project.installed_cost_usd, dtype=float)
        self.savings = tuple(self._saving(saving) for saving in project.savings)
        self.upkeep = (*self._service(), *self._overhauls("expense"))
        self.incentives = finance.incentives or Incentives()
        self.rule = finance.depreciation or NO_DEPRECIATION

    def _yearly(self, first_year: ArrayLike) -> NDArray[np.float64]:
        """A quantity that is the same in every year of operation."""
        return np.asarray(first_year, dtype=float)[..., None] * (self.year > 0)

    @property
    def _output(self) -> NDArray[np.float64]:
        return (1.0 - self.finance.degradation) ** np.maximum(self.year - 1.0, 0.0)

    def _grown(self, first_year_prices_usd: NDArray[np.float64], escalation: float) -> NDArray[np.float64]:
        """Amounts of years 0, 1, ... at the prices of the first year, with the growth of prices."""
        growth = np.concatenate(([0.0], escalate(1.0, escalation, self.years, self.terms.convention)))
        return first_year_prices_usd * growth

    def _saving(self, saving: Saving) -> Flow:
        if saving.escalation is None:
            series = np.asarray(saving.usd, dtype=float)
            usd = np.concatenate((np.zeros((*series.shape[:-1], 1)), series), axis=-1)
        else:
            usd = self._grown(self._yearly(saving.usd), saving.escalation)
        return Flow(saving.name, "operating", usd * self._output if saving.degrades else usd, saving.taxable)

    def _service(self) -> tuple[Flow, ...]:
        plan = self.finance.service
        if plan is None:
            return ()
        escalation = self.finance.escalation_om if plan.escalation is None else plan.escalation
        cost = service_usd(plan, self.generated_kwh, self.run_hours, self.starts)
        return (Flow("service", "operating", -self._grown(cost, escalation)),)

    def _overhauls(self, treatment: str) -> tuple[Flow, ...]:
        kind, flows = "operating" if treatment == "expense" else "investment", list[Flow]()
        for item in (item for item in self.finance.overhaul if item.treatment == treatment):
            escalation = self.finance.escalation_om if item.escalation is None else item.escalation
            usd = -self._grown(overhaul_usd(item, self.run_hours, self.starts, self.project.operation.units), escalation)
            plan = self.finance.service
            if plan is not None and item.name in plan.covers:
                usd = np.where(in_force(plan, self.years), 0.0, usd)
            flows.append(Flow(item.name, kind, usd, taxable=treatment == "expense"))
        return tuple(flows)

    def party(self, name: str, savings: tuple[Flow, ...], upkeep: tuple[Flow, ...], tax: Tax, rate: float) -> Party:
        """Who invests, takes `savings` and pays for `upkeep`."""
        investment = Flow("investment", "investment", self._at_start(-self.investment_usd), taxable=False)
        grants, basis = self._grants()
        loan, borrowed = self._loan(sum((grant.usd[..., 0] for grant in grants), start=np.zeros(())))
        credits, cut_basis = self._credits(basis)
        production, production_credits = self._production()
        replacements = self._overhauls("capitalise")
        vintages = [Vintage(0, self.investment_usd, cut_basis, 1, self.rule, self._state_rule), *self._renewed(replacements)]
        holdings = Holdings(
            tuple(vintages),
            federal_credit_usd=credits["federal"] + production_credits["federal"],
            state_credit_usd=credits["state"] + production_credits["state"],
            sale_year=self.years if self.finance.salvage is not None else None,
        )
        return Party(
            name=name,
            flows=(investment, *grants, *savings, *upkeep, *replacements, *production, *borrowed, *self._salvage()),
            holdings=holdings,
            tax_terms=tax,
            loan=loan,
            interest_deductible=self.finance.debt is not None and self.finance.debt.interest_deductible,
            nominal_discount_rate=rate,
        )

    @property
    def _state_rule(self) -> DepreciationRule:
        return self.rule if self.rule.state is None else self.rule.state

    def _at_start(self, usd: ArrayLike) -> NDArray[np.float64]:
        return np.asarray(usd, dtype=float)[..., None] * (self.year == 0)

    def _grants(self) -> tuple[tuple[Flow, ...], NDArray[np.float64]]:
        """Incentives paid in year 0, and the basis that they leave."""
        flows, basis = list[Flow](), self.investment_usd
        for item in self.incentives.capital:
            usd = capital_incentive_usd(item, self.investment_usd, self.project.operation.rated_kw or 0.0)
            flows.append(Flow(item.name, "incentive", self._at_start(usd), item.taxable))
            basis = basis - usd if item.reduces_basis else basis
        return tuple(flows), basis

    def _credits(self, basis_usd: NDArray[np.float64]) -> tuple[dict[str, NDArray[np.float64]], NDArray[np.float64]]:
        """Investment tax credits by authority and year, and the basis of depreciation that they leave."""
        given = self.incentives
        federal = investment_tax_credit_usd(basis_usd, given.itc_fraction, given.itc_cap_usd)
        state = investment_tax_credit_usd(basis_usd, given.state_itc_fraction, given.state_itc_cap_usd)
        in_year_1 = {"federal": federal[..., None] * (self.year == 1), "state": state[..., None] * (self.year == 1)}
        return in_year_1, basis_usd - given.itc_basis_cut * (federal + state)

    def _production(self) -> tuple[tuple[Flow, ...], dict[str, NDArray[np.float64]]]:
        """Incentives per kWh: payments, and credits by authority."""
        flows = list[Flow]()
        credits = {"federal": np.zeros(self.years + 1), "state": np.zeros(self.years + 1)}
        for item in self.incentives.production:
            usd = production_incentive_usd(item, self.generated_kwh)
            if item.kind == "payment":
                flows.append(Flow(item.name, "operating", usd, bool(item.taxable)))
            else:
                authority = item.kind.removesuffix("_credit")
                credits[authority] = credits[authority] + usd
        return tuple(flows), credits

    def _loan(self, grants_usd: NDArray[np.float64]) -> tuple[DebtService | None, tuple[Flow, ...]]:
        debt = self.finance.debt
        if debt is None:
            return None, ()
        needed = self.investment_usd - grants_usd
        amount = debt.fraction * needed if debt.fraction is not None else np.full(needed.shape, debt.amount_usd)
        loan = debt_service(amount, debt, self.years)
        flows = (
            Flow("debt_drawn", "debt", loan.drawn_usd, taxable=False),
            Flow("interest", "interest", -loan.interest_usd),
            Flow("principal", "debt", -loan.principal_usd, taxable=False),
        )
        return loan, flows

    def _renewed(self, replacements: tuple[Flow, ...]) -> list[Vintage]:
        """One vintage for each year in which something is replaced, depreciated from that year on."""
        cost = -sum((flow.usd for flow in replacements), start=np.zeros(self.years + 1))
        return [
            Vintage(year, cost[..., year], cost[..., year], year, self.rule, self._state_rule)
            for year in range(1, self.years + 1)
            if cost[..., year].any()
        ]

    def _salvage(self) -> tuple[Flow, ...]:
        salvage = self.finance.salvage
        if salvage is None:
            return ()
        usd = salvage.usd if salvage.usd is not None else (salvage.fraction or 0.0) * self.investment_usd
        return (Flow("salvage", "disposal", np.asarray(usd, dtype=float)[..., None] * (self.year == self.years)),)

    def sides(self) -> tuple[Party, Party]:
        """Owner and host of the contract."""
        contract = self.finance.contract
        assert contract is not None
        term = contract.term_years or self.years
        during, after = self.year <= term, self.year > term
        borne = borne_by_owner(contract, {flow.name: flow.usd for flow in self.savings})
        costs = tuple(flow for flow in self.savings if flow.name in borne)
        gains = tuple(flow for flow in self.savings if flow.name not in borne)
        saved = sum((flow.usd for flow in gains), start=np.zeros(self.years + 1))
        paid = payments_usd(contract, saved, self.generated_kwh, self.heat_kwh)
        income = tuple(Flow(name, "operating", usd) for name, usd in paid.items())
        tax = self.finance.taxes
        alone = self.party("owner", (*costs, *income), self.upkeep, tax, self.rate)
        owner = _during(alone, during, term, contract.transfer_usd) if term < self.years else alone
        host_tax = tax if contract.host_tax_rate is None else Tax(federal_rate=contract.host_tax_rate, losses=tax.losses)
        inherited = [
            _masked(flow, after) for flow in alone.flows if flow.kind not in ("interest", "debt") and flow.name not in paid
        ]
        outlay = tuple(Flow(flow.name, "operating", -flow.usd) for flow in income)
        price = Flow("transfer", "investment", -contract.transfer_usd * (self.year == term), taxable=False)
        handed_over = term < self.years
        host = Party(
            name="host",
            flows=(*gains, *outlay, *((price, *inherited) if handed_over else ())),
            holdings=self._host_holdings(alone, term, contract) if handed_over else _nothing(self.years),
            tax_terms=host_tax,
            loan=None,
            interest_deductible=False,
            nominal_discount_rate=self.rate if contract.host_discount_rate is None else contract.host_discount_rate,
        )
        return owner.without_names_of_nothing(), host.without_names_of_nothing()

    def _host_holdings(self, alone: Party, term: int, contract: Contract) -> Holdings:
        """What the host owns after the term: the machines at their price, straight line over what is left, and what it renews.

        Credits per kWh that are left go to a host that is taxed like the owner; one with a rate of its own may not be able to
        use them, so they lapse.
        """
        price = np.asarray(contract.transfer_usd)
        left = DepreciationRule(method="straight_line", years=self.years - term)
        rule = left if self.rule.method != "none" else NO_DEPRECIATION
        bought = Vintage(term, price, price, term + 1, rule, rule)
        renewed = tuple(vintage for vintage in alone.holdings.vintages if vintage.year > term)
        credited = (self.year > term) & (contract.host_tax_rate is None)
        return Holdings(
            (bought, *renewed),
            federal_credit_usd=np.where(credited, alone.holdings.federal_credit_usd, 0.0),
            state_credit_usd=np.where(credited, alone.holdings.state_credit_usd, 0.0),
            sale_year=alone.holdings.sale_year,
        )


def _nothing(years: int) -> Holdings:
    return Holdings((), federal_credit_usd=np.zeros(years + 1), state_credit_usd=np.zeros(years + 1))


def _masked(flow: Flow, years: NDArray[np.bool_]) -> Flow:
    return replace(flow, usd=np.where(years, flow.usd, 0.0))


def _during(owner: Party, during: NDArray[np.bool_], term: int, transfer_usd: float) -> Party:
    """An owner who hands the machines over at the end of the term, for a price taxed over what is not yet deducted."""
    price = Flow("transfer", "disposal", transfer_usd * (owner.year == term))
    holdings = replace(
        owner.holdings,
        vintages=tuple(vintage for vintage in owner.holdings.vintages if vintage.year <= term),
        federal_credit_usd=np.where(during, owner.holdings.federal_credit_usd, 0.0),
        state_credit_usd=np.where(during, owner.holdings.state_credit_usd, 0.0),
        sale_year=term,
    )
    return replace(owner, flows=(*(_masked(flow, during) for flow in owner.flows), price), holdings=holdings)
