"""The table ``[finance]`` of the scenario file."""

from __future__ import annotations

from typing import Literal

from brayton.core.errors import Fault, InputError
from brayton.core.records import Record
from brayton.study.finance import Convention, FinanceTerms, nominal_rate
from brayton.study.keys import key


class Finance(Record):
    years: int = key("years of operation", "years", ge=1, le=60)
    discount_rate: float = key("discount rate", "1/year", gt=-0.5, lt=1)
    discount_rate_basis: Literal["nominal", "real"] = key("what the discount rate is; a real one needs `inflation`")
    inflation: float | None = key("general inflation, for a real discount rate", "1/year", None, gt=-0.5, lt=1)
    escalation_electric: float = key("nominal growth of electricity prices", "1/year", 0.0, gt=-0.5, lt=1)
    escalation_fuel: float = key("nominal growth of fuel prices", "1/year", 0.0, gt=-0.5, lt=1)
    escalation_om: float = key("nominal growth of O&M cost", "1/year", 0.0, gt=-0.5, lt=1)
    tax_rate: float = key("tax on savings; the investment is not depreciated", "", 0.0, ge=0, lt=1)
    convention: Convention = key("whether prices escalate before the first year", "", "year1_unescalated")

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
