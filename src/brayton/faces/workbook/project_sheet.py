"""The sheets "Inputs" and "Cash flow": how each line of the years follows from the inputs.

Every formula says in a spreadsheet's words what `study.money` says in Python; a test evaluates them and holds them together.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from brayton.faces.workbook.grid import COUNT, SHARE, Formula, InputSheet, Line, YearSheet, added, capped, from_year, values
from brayton.faces.workbook.tax_lines import Authority, FlowLine, TaxInputs, write_tax
from brayton.study.money.cashflow import NO_DEPRECIATION, Money
from brayton.study.money.depreciation import DepreciationRule, deducted_fractions
from brayton.study.money.incentives import Incentives, ProductionIncentive
from brayton.study.money.party import Kind
from brayton.study.money.service import Overhaul, in_force


@dataclass
class ProjectSheet:
    """Writes inputs and cash flow of the project under one owner, and keeps the lines that the statements refer to."""

    money: Money
    inputs: InputSheet
    sheet: YearSheet
    flows: list[FlowLine] = field(default_factory=list[FlowLine])

    def write(self) -> None:
        """All lines, from operation to measures."""
        self._general()
        self._operation()
        self.sheet.heading("Money of the project before tax, positive to the owner")
        self._investment()
        self._savings()
        self._service()
        self._overhauls()
        self._production()
        self._debt()
        self._salvage()
        flows = [flow.line for flow in self.flows]
        self.before_tax = self.sheet.line("before tax", "USD", lambda year: added(line[year] for line in flows), total=True)
        self._depreciation()
        self._taxes()
        self._measures()

    def _general(self) -> None:
        finance, tax = self.money.finance, self.money.finance.taxes
        add = self.inputs.add
        self.inputs.heading("Rates")
        self.discount = add("nominal discount rate", self.money.whole.nominal_discount_rate, "1/year", SHARE)
        early = 1 if finance.convention == "year1_escalated" else 0
        self.early = add("growths of prices before year 1 (0 or 1)", early)
        self.degradation = add("yearly loss of output", finance.degradation, "1/year", SHARE)
        self.tax_rates: dict[Authority, str] = {
            "federal": add("federal tax rate", tax.federal_rate, "", SHARE),
            "state": add("state tax rate", tax.state_rate, "", SHARE),
        }
        self.state_deductible = add("state tax cuts income for federal tax (0 or 1)", int(tax.state_deductible))
        self.loss_limit = add("share of income that carried losses may offset", tax.loss_limit, "", SHARE)

    def _growth(self, rate: str, year: int) -> str:
        return f"(1+{rate})^({self.sheet.year[year]}-1+{self.early})"

    def _output(self, year: int) -> str:
        return f"(1-{self.degradation})^({self.sheet.year[year]}-1)"

    def _operation(self) -> None:
        operation, add = self.money.project.operation, self.inputs.add
        self.inputs.heading("Operation in the first year")
        generated = add("net electricity", float(np.asarray(operation.generated_kwh)), "kWh", COUNT)
        hours = add("fired hours, all machines", float(np.asarray(operation.run_hours)), "h", COUNT)
        starts = add("starts, all machines", float(np.asarray(operation.starts)), "", COUNT)
        self.units = add("machines", operation.units, "", COUNT)
        self.rated = add("rated power", operation.rated_kw or 0.0, "kW", COUNT)
        self.sheet.heading("Operation")
        grown = from_year(1, lambda year: f"={generated}*{self._output(year)}")
        self.generated = self.sheet.line("net electricity", "kWh", grown, number_format=COUNT)
        self.hours = self.sheet.line("fired hours", "h", from_year(1, lambda _: f"={hours}"), number_format=COUNT)
        self.starts = self.sheet.line("starts", "", from_year(1, lambda _: f"={starts}"), number_format=COUNT)

    def _flow(self, name: str, kind: Kind, formula: Formula, *, taxable: bool = True) -> Line:
        line = self.sheet.line(name.replace("_", " "), "USD", formula)
        self.flows.append(FlowLine(name, kind, line, taxable))
        return line

    def _given(self, label: str, numbers: list[float]) -> Line:
        """A line of inputs, one for each year."""
        return self.sheet.line(label, "", values(numbers), number_format="0.######", given=True)

    def _investment(self) -> None:
        add, incentives = self.inputs.add, self.money.finance.incentives or Incentives()
        self.inputs.heading("Investment and incentives")
        cost = add("installed cost", float(np.asarray(self.money.project.installed_cost_usd)), "USD", COUNT)
        self.cost = cost
        self.investment = self._flow("investment", "investment", lambda year: f"=-{cost}" if year == 0 else 0, taxable=False)
        basis = cost
        for item in incentives.capital:
            given = item.usd if item.usd is not None else item.usd_per_kw if item.usd_per_kw is not None else item.fraction
            unit = "USD" if item.usd is not None else "USD/kW" if item.usd_per_kw is not None else "of cost"
            amount = add(item.name, given, unit)
            amount = amount if item.usd is not None else f"{amount}*{self.rated if item.usd_per_kw is not None else cost}"
            cap = None if item.cap_usd is None else add(f"{item.name}: at most", item.cap_usd, "USD", COUNT)
            paid = capped(amount, cap)
            line = self._flow(
                item.name, "incentive", lambda year, paid=paid: f"={paid}" if year == 0 else 0, taxable=item.taxable
            )
            basis = f"{basis}-{line.out(0)}" if item.reduces_basis else basis
        self._basis = basis
        self.itc: dict[Authority, str] = {}
        pairs: tuple[tuple[Authority, float, float | None], ...] = (
            ("federal", incentives.itc_fraction, incentives.itc_cap_usd),
            ("state", incentives.state_itc_fraction, incentives.state_itc_cap_usd),
        )
        for authority, fraction, cap_usd in pairs:
            share = add(f"{authority} investment tax credit", fraction, "of basis", SHARE)
            cap = None if cap_usd is None else add(f"{authority} investment tax credit: at most", cap_usd, "USD", COUNT)
            self.itc[authority] = capped(f"{share}*({basis})", cap)
        self.cut = add("share of the credits off the basis of depreciation", incentives.itc_basis_cut, "", SHARE)

    def _savings(self) -> None:
        self.inputs.heading("Savings of the first year (costs negative) and their growth")
        by_name = {flow.name: flow for flow in self.money.whole.flows}
        for saving in self.money.project.savings:
            worn = int(saving.degrades)
            if saving.escalation is None:
                numbers = [0.0, *np.asarray(saving.usd, dtype=float).tolist()]
                given = self._given(f"{saving.name.replace('_', ' ')}, as given", numbers)
                formula = from_year(1, lambda y, given=given, worn=worn: f"={given[y]}" + (f"*{self._output(y)}" if worn else ""))
            else:
                usd = self.inputs.add(saving.name.replace("_", " "), float(np.asarray(saving.usd)), "USD", COUNT)
                rate = self.inputs.add(f"{saving.name.replace('_', ' ')}: growth", saving.escalation, "1/year", SHARE)
                formula = from_year(
                    1,
                    lambda y, usd=usd, rate=rate, worn=worn: (
                        f"={usd}*{self._growth(rate, y)}" + (f"*{self._output(y)}" if worn else "")
                    ),
                )
            self._flow(saving.name, "operating", formula, taxable=by_name[saving.name].taxable)

    def _service(self) -> None:
        plan = self.money.finance.service
        if plan is None:
            return
        add = self.inputs.add
        self.inputs.heading("Service plan")
        fixed = add("fixed", plan.usd_per_year or 0.0, "USD/year")
        energy = add("per kWh", plan.usd_per_kwh or 0.0, "USD/kWh")
        hour = add("per fired hour", plan.usd_per_run_hour or 0.0, "USD/h")
        start = add("per start", plan.usd_per_start or 0.0, "USD")
        rate = add("growth", self.money.finance.escalation_om if plan.escalation is None else plan.escalation, "1/year", SHARE)
        running = self._given("service plan in force (0 or 1)", in_force(plan, self.sheet.years).astype(float).tolist())
        self._flow(
            "service",
            "operating",
            from_year(
                1,
                lambda year: (
                    f"=-{running[year]}*({fixed}+{energy}*{self.generated[year]}+{hour}*{self.hours[year]}"
                    f"+{start}*{self.starts[year]})*{self._growth(rate, year)}"
                ),
            ),
        )

    def _overhauls(self) -> None:
        if self.money.finance.overhaul:
            self.inputs.heading("Overhauls and replacements")
        for item in self.money.finance.overhaul:
            self._overhaul(item)

    def _overhaul(self, item: Overhaul) -> None:
        finance, add = self.money.finance, self.inputs.add
        cost = add(f"{item.name}, each machine", item.usd_per_unit, "USD", COUNT)
        rate = add(f"{item.name}: growth", finance.escalation_om if item.escalation is None else item.escalation, "1/year", SHARE)
        interval = item.every_fired_hours or item.every_starts or item.every_years
        every = add(
            f"{item.name}: interval", interval, "h" if item.every_fired_hours else "starts" if item.every_starts else "years"
        )
        weight = add(f"{item.name}: hours that a start counts for", item.hours_per_start, "h")

        def step(year: int) -> str:
            if item.every_years is not None:
                return "1"
            if item.every_starts is not None:
                return f"{self.starts[year]}/{self.units}"
            return f"({self.hours[year]}+{weight}*{self.starts[year]})/{self.units}"

        name = item.name.replace("_", " ")
        row = self.sheet.next_row
        before = Line(self.sheet.sheet.title, row, self.sheet.years)
        counter = self.sheet.line(
            f"{name}: counter", "", from_year(1, lambda year: f"={before[year - 1]}+{step(year)}"), number_format=COUNT
        )
        plan, years = finance.service, self.sheet.years
        charged = np.ones(years + 1)
        if plan is not None and item.name in plan.covers:
            charged = np.where(in_force(plan, years), 0.0, charged)
        if not item.in_last_year:
            charged[-1] = 0.0
        paid = self._given(f"{name}: paid by the owner (0 or 1)", charged.tolist())
        self._flow(
            item.name,
            "operating" if item.treatment == "expense" else "investment",
            from_year(
                1,
                lambda year: (
                    f"=-{paid[year]}*(INT({counter[year]}/{every}+0.000000001)-INT({counter[year - 1]}/{every}+0.000000001))"
                    f"*{cost}*{self.units}*{self._growth(rate, year)}"
                ),
            ),
            taxable=item.treatment == "expense",
        )

    def _production(self) -> None:
        incentives = self.money.finance.incentives or Incentives()
        self.per_kwh: dict[Authority, list[Line]] = {"federal": [], "state": []}
        for item in incentives.production:
            formula = self._per_kwh(item)
            if item.kind == "payment":
                self._flow(item.name, "operating", formula, taxable=bool(item.taxable))
            else:
                line = self.sheet.line(f"{item.name} (a credit, not in the sum)", "USD", formula)
                self.per_kwh["federal" if item.kind == "federal_credit" else "state"].append(line)

    def _per_kwh(self, item: ProductionIncentive) -> Formula:
        price = self.inputs.add(item.name, item.usd_per_kwh, "USD/kWh")
        growth = self.inputs.add(f"{item.name}: growth", item.escalation, "1/year", SHARE)
        years = self.inputs.add(f"{item.name}: years", item.years, "years")
        year_of = self.sheet.year
        return from_year(
            1, lambda year: f"=IF({year_of[year]}<={years},{self.generated[year]}*{price}*(1+{growth})^({year_of[year]}-1),0)"
        )

    def _debt(self) -> None:
        debt = self.money.finance.debt
        self.balance: Line | None = None
        self.interest_deductible: str | None = None
        if debt is None:
            return
        add, sheet = self.inputs.add, self.sheet
        self.inputs.heading("Debt")
        grants = "".join(f"-{flow.line.out(0)}" for flow in self.flows if flow.kind == "incentive")
        if debt.fraction is not None:
            amount = f"{add('share borrowed', debt.fraction, 'of need', SHARE)}*({self.cost}{grants})"
        else:
            amount = add("amount borrowed", debt.amount_usd, "USD", COUNT)
        rate, years = add("interest", debt.rate, "1/year", SHARE), add("years", debt.years, "years")
        self.interest_deductible = add("interest is deducted (0 or 1)", int(debt.interest_deductible))
        drawn = self._flow("debt_drawn", "debt", lambda year: f"={amount}" if year == 0 else 0, taxable=False)
        interest = Line(drawn.sheet, drawn.row + 1, drawn.years)
        balance = Line(drawn.sheet, drawn.row + 3, drawn.years)
        first = drawn[0]
        level = f"IF({rate}=0,{first}/{years},{first}*{rate}/(1-(1+{rate})^(-{years})))"

        def principal(year: int) -> str:
            share = f"{level}+{interest[year]}" if debt.repayment == "level" else f"{first}/{years}"
            return f"=-IF({sheet.year[year]}<={years},{share},0)"

        self._flow("interest", "interest", from_year(1, lambda year: f"=-{rate}*{balance[year - 1]}"))
        repaid = self._flow("principal", "debt", from_year(1, principal), taxable=False)
        self.balance = sheet.line(
            "debt owed at the end of the year (not in the sum)",
            "USD",
            lambda year: f"={first}" if year == 0 else f"={balance[year - 1]}+{repaid[year]}",
        )

    def _salvage(self) -> None:
        salvage, last = self.money.finance.salvage, self.sheet.years
        if salvage is None:
            return
        self.inputs.heading("Salvage")
        if salvage.usd is not None:
            price = self.inputs.add("price in the last year", salvage.usd, "USD", COUNT)
        else:
            price = f"{self.inputs.add('price, of the installed cost', salvage.fraction, '', SHARE)}*{self.cost}"
        self._flow("salvage", "disposal", lambda year: f"={price}" if year == last else 0)

    def _depreciation(self) -> None:
        rule, years = self.money.finance.depreciation or NO_DEPRECIATION, self.sheet.years
        sheet = self.sheet
        sheet.heading("Depreciation for tax")
        credits = "+".join(self.itc.values())
        self.basis = sheet.line(
            "basis of the investment", "USD", lambda y: f"={self._basis}-{self.cut}*({credits})" if y == 0 else 0
        )
        renewed = [flow.line for flow in self.flows if flow.kind == "investment" and flow.name != "investment"]
        self.renewed = sheet.line("replacements of the year", "USD", lambda year: added(f"-{line[year]}" for line in renewed))
        rules: dict[Authority, DepreciationRule] = {"federal": rule, "state": rule.state or rule}
        self.deductions: dict[Authority, Line] = {}
        self.methods: dict[Authority, str] = {authority: item.method for authority, item in rules.items()}
        for authority, item in rules.items():
            fractions = np.zeros(years + 1)
            found = deducted_fractions(item)[:years]
            fractions[1 : 1 + found.size] = found
            share = self._given(f"{authority}: share by year of service", fractions.tolist())

            def deduction(year: int, share: Line = share) -> str:
                later = [f"{self.renewed[bought]}*{share[year - bought + 1]}" for bought in range(1, year + 1)] if renewed else []
                return added((f"{self.basis[0]}*{share[year]}", *later))

            self.deductions[authority] = sheet.line(f"{authority} depreciation", "USD", from_year(1, deduction))

    def _taxes(self) -> None:
        debts = [flow.line for flow in self.flows if flow.kind in ("debt", "interest")]
        taxes, sold = self.money.finance.taxes, self.money.finance.salvage is not None
        sold_by: frozenset[Authority] = frozenset(name for name, method in self.methods.items() if sold and method != "none")
        given = TaxInputs(
            flows=self.flows,
            deductions=self.deductions,
            rates=self.tax_rates,
            credits=self.itc,
            per_kwh=self.per_kwh,
            basis=self.basis[0],
            renewed=self.renewed,
            sold=sold_by,
            interest_deductible=self.interest_deductible,
            state_deductible=self.state_deductible,
            loss_limit=self.loss_limit,
            carries=taxes.losses == "carry_forward",
        )
        self.tax = write_tax(self.sheet, "Tax", given, with_interest=bool(debts))
        self.after_tax = self.sheet.line(
            "after tax", "USD", lambda year: f"={self.before_tax[year]}-{self.tax[year]}", total=True
        )
        unlevered = write_tax(self.sheet, "Tax without debt", given, with_interest=False) if debts else self.tax
        self.before_debt = self.sheet.line(
            "after tax before debt",
            "USD",
            lambda year: f"={self.before_tax[year]}-{unlevered[year]}" + "".join(f"-{line[year]}" for line in debts),
            total=True,
        )

    def _measures(self) -> None:
        sheet, last = self.sheet, self.sheet.years
        sheet.heading("Measures")
        flow = self.after_tax
        sheet.figure("net present value", "USD", f"={flow[0]}+NPV({self.discount},{flow.span(1)})")
        has_rate = self.money.whole.irr is not None
        sheet.figure("internal rate of return", "1/year", f"=IRR({flow.span()})" if has_rate else "none", SHARE)
        year = sheet.year
        plain = self._paid_back("cumulative, before debt", lambda y: self.before_debt[y])
        discounted = self._paid_back(
            "cumulative, before debt, discounted", lambda y: f"{self.before_debt[y]}/(1+{self.discount})^{year[y]}"
        )
        for label, (total, turned) in (("simple payback", plain), ("discounted payback", discounted)):
            sheet.figure(label, "years", f'=IF({total[last]}<0,"none",MAX({turned.span()}))', "0.00")

    def _paid_back(self, label: str, flow: Formula) -> tuple[Line, Line]:
        """Running sum, and in each year where it turns positive the time at which it does."""
        sheet = self.sheet
        total = Line(sheet.sheet.title, sheet.next_row, sheet.years)
        sheet.line(label, "USD", lambda year: f"={flow(year)}" if year == 0 else f"={total[year - 1]}+{flow(year)}")
        turned = sheet.line(
            "turns after",
            "years",
            from_year(
                1,
                lambda year: (
                    f"=IF({total[year - 1]}<0,IF({total[year]}<0,0,"
                    f"{sheet.year[year - 1]}-{total[year - 1]}/({total[year]}-{total[year - 1]})),0)"
                ),
            ),
            number_format="0.00;;",
        )
        return total, turned
