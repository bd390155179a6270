"""What a study found: two runs of the same code, with the project and without it, and what lies between them (law L9)."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from brayton.core.timeaxis import TimeAxis
from brayton.study.money.document import money_document
from brayton.study.money.first_year import CashFlow, FirstYear
from brayton.study.money.measures import why_no_rate
from brayton.study.sources import Citation, figures_without_source

if TYPE_CHECKING:
    import pandas as pd

    from brayton.core.records import Record
    from brayton.dispatch.battery import BatteryYear
    from brayton.dispatch.schedule import Schedule
    from brayton.machine.performance import Performance
    from brayton.machine.record import MachineRecord
    from brayton.site.bill import Bill
    from brayton.site.gas_bill import GasBill
    from brayton.site.tariff import Tariff
    from brayton.site.weather import Weather
    from brayton.study.balance import Balance
    from brayton.study.doubt.doubt_result import DoubtResult
    from brayton.study.gas_year import GasYear
    from brayton.study.money.cashflow import Money
    from brayton.study.scenario import Scenario
    from brayton.study.site_model import SiteModel

SCHEMA = 1
"""Version of the keys of result.json."""


@dataclass(frozen=True)
class Run:
    """One year of the site, with the project or without.

    Money is of the first year, at the prices of the scenario. fuel_kwh_hhv: fuel bought, so without gas of the site's own.
    fuel_usd_by_month: shape (12,), machines and boiler. machine_fuel_usd: what the machines add to it in the year.
    upkeep_usd: by item, machines and gas side. gas_bill, own_gas, battery: None where there is no such thing.
    """

    schedule: Schedule
    bill: Bill
    electricity_import_kwh: float
    export_kwh: float
    peak_import_kw: float
    fuel_kwh_hhv: float
    fuel_usd_by_month: NDArray[np.float64]
    machine_fuel_usd: float
    upkeep_usd: Mapping[str, float]
    grid_co2_kg: float
    fuel_co2_kg: float
    unmet_kwh: float
    gas_bill: GasBill | None = None
    own_gas: GasYear | None = None
    battery: BatteryYear | None = None

    @property
    def om_usd(self) -> float:
        """Operation and maintenance, all items."""
        return math.fsum(self.upkeep_usd.values())

    @property
    def bill_usd(self) -> float:
        return self.bill.annual_usd

    @property
    def fuel_usd(self) -> float:
        return float(self.fuel_usd_by_month.sum())

    @property
    def co2_kg(self) -> float:
        """Of electricity and fuel bought, and CO2 equivalent of the site's own gas."""
        return self.grid_co2_kg + self.fuel_co2_kg + (0.0 if self.own_gas is None else self.own_gas.co2e_kg)

    @property
    def cost_usd(self) -> float:
        """Bill, fuel and O&M of the year."""
        return self.bill_usd + self.fuel_usd + self.om_usd

    def as_dict(self) -> dict[str, Any]:
        keys = ("electricity_import_kwh", "export_kwh", "peak_import_kw", "bill_usd", "fuel_kwh_hhv", "fuel_usd", "om_usd")
        keys += ("co2_kg", "grid_co2_kg", "fuel_co2_kg", "unmet_kwh")
        months = [dict(vars(month)) for month in self.bill.months]
        plain = {key: getattr(self, key) for key in keys} | {"upkeep_usd": dict(self.upkeep_usd), "bill_months": months}
        plain["bill_lines"] = [{**vars(line), "amount_usd": line.amount_usd} for line in self.bill.lines]
        if self.gas_bill is not None:
            plain["gas_bill_lines"] = [{**vars(line), "amount_usd": line.amount_usd} for line in self.gas_bill.lines]
        return plain if self.own_gas is None else plain | {"own_gas": self.own_gas.as_dict()}


@dataclass(frozen=True)
class MachineYear:
    """What all machines of the project did in the year.

    run_hours, starts: of all machines together. standby_kwh: drawn at rest, for starts and for stops.
    elec_eff_lhv: generated / fuel. chp_eff_hhv: (generated + heat used) / fuel. capacity_factor: generated / (rating x year).
    NaN where a machine that never ran leaves nothing to divide by.
    """

    generated_net_kwh: float
    fuel_kwh_lhv: float
    fuel_kwh_hhv: float
    heat_recovered_kwh: float
    heat_used_kwh: float
    heat_dumped_kwh: float
    standby_kwh: float
    run_hours: float
    starts: int
    elec_eff_lhv: float
    chp_eff_hhv: float
    capacity_factor: float


@dataclass(frozen=True)
class RunMark:
    """What it takes to run the study again: the file and its SHA-256, when it ran (UTC), and the versions that ran it."""

    scenario_file: str
    scenario_sha256: str
    run_at: dt.datetime
    versions: Mapping[str, str]

    def as_dict(self) -> dict[str, Any]:
        return vars(self) | {"run_at": self.run_at.isoformat(timespec="seconds"), "versions": dict(self.versions)}


@dataclass(frozen=True)
class StudyResult:
    """A study: scenario, what was read, two runs, and the money between them.

    electric_kw, heat_kw: demand of each step [kW]. grid_kg_per_kwh: carbon factor of each step.
    performance: of one machine, as installed. model: the site as it was dispatched. first_year: savings (baseline less
    with_project). doubt: bands of the headline numbers.
    """

    scenario: Scenario
    axis: TimeAxis
    weather: Weather
    tariff: Tariff
    electric_kw: NDArray[np.float64]
    heat_kw: NDArray[np.float64]
    grid_kg_per_kwh: NDArray[np.float64]
    record: MachineRecord
    performance: Performance
    model: SiteModel
    installed_cost_usd: float
    baseline: Run
    with_project: Run
    machine: MachineYear
    first_year: FirstYear
    cash_flow: CashFlow
    money: Money
    balances: tuple[Balance, ...]
    sources: tuple[Citation, ...]
    notes: tuple[str, ...]
    timing_s: Mapping[str, float]
    mark: RunMark
    doubt: DoubtResult | None = None

    @property
    def lcoe_usd_per_kwh(self) -> float | None:
        """See `money.Money`."""
        return self.money.lcoe_usd_per_kwh

    @property
    def co2_saving_kg(self) -> float:
        """CO2 of the year without the project less that with it."""
        return self.baseline.co2_kg - self.with_project.co2_kg

    def to_json(self) -> dict[str, Any]:
        """The document of result.json (INTERFACES 5); figures that do not exist are None or NaN, and `notes` says why."""
        site, machine = self.scenario.site, self.scenario.machine[0]
        schedule, saving = self.with_project.schedule, self.first_year
        return {
            "schema": SCHEMA,
            "run": self.mark.as_dict(),
            "site": _values(site),
            "project": {
                "machines": [{"model": self.record.model, "count": machine.count}],
                "equipment": dict(self.model.hosts.installed_cost_usd),
                "installed_cost_usd": self.installed_cost_usd,
            },
            "baseline": self.baseline.as_dict(),
            "with_project": self.with_project.as_dict(),
            "machine": dict(vars(self.machine)),
            "savings": {
                "energy_usd": saving.saving_usd,
                "electric_usd": saving.electric_saving_usd,
                "fuel_usd": saving.fuel_saving_usd,
                "om_usd": saving.om_saving_usd,
                "co2_kg": self.co2_saving_kg,
                "grid_factor": self.scenario.carbon.basis,
            },
            "finance": money_document(self.money) | {"terms": self.scenario.finance.model_dump(exclude_none=True)},
            "dispatch": {
                "method": schedule.method,
                "outcome": schedule.outcome.value,
                "gap": None if np.isnan(schedule.gap) else schedule.gap,
            },
            "doubt": None if self.doubt is None else self.doubt.as_dict(),
            "balances": [balance.as_dict() for balance in self.balances],
            "sources": [citation.as_dict() for citation in self.sources],
            "without_source": figures_without_source(self.scenario),
            "notes": [*self.notes, *_reasons_of_null(self)],
            "timing_s": dict(self.timing_s),
        }

    def steps(self) -> pd.DataFrame:
        """One row per step; every column says its unit. ``baseline_`` marks the run without the project."""
        import pandas as pd

        plan, before = self.with_project.schedule, self.baseline.schedule
        return pd.DataFrame(
            {
                "time": self.axis.stamps,
                "dry_bulb_c": self.weather.dry_bulb_c,
                "pressure_kpa": self.weather.pressure_kpa,
                "humidity_ratio": self.weather.humidity_ratio,
                "electric_load_kw": self.electric_kw,
                "heat_load_kw": self.heat_kw,
                "grid_kg_per_kwh": self.grid_kg_per_kwh,
                "units_on": plan.units_on,
                "starts": plan.starts,
                "net_power_kw": plan.net_power_kw,
                "fuel_kw_lhv": plan.fuel_kw_lhv,
                "heat_recovered_kw": plan.heat_recovered_kw,
                "heat_used_kw": plan.heat_used_kw,
                "heat_dumped_kw": plan.heat_dumped_kw,
                "boiler_heat_kw": plan.boiler_heat_kw,
                "boiler_fuel_kw_hhv": plan.boiler_fuel_kw_hhv,
                "import_kw": plan.import_kw,
                "export_kw": plan.export_kw,
                "unmet_kw": plan.unmet_kw,
                "saved_kw": plan.saved_kw,
                "store_in_kw": plan.store_in_kw,
                "store_out_kw": plan.store_out_kw,
                "store_need_kw": plan.store_need_kw,
                "store_kwh": plan.store_kwh,
                "baseline_import_kw": before.import_kw,
                "baseline_boiler_heat_kw": before.boiler_heat_kw,
                "baseline_boiler_fuel_kw_hhv": before.boiler_fuel_kw_hhv,
                "baseline_unmet_kw": before.unmet_kw,
            }
        )


def _values(record: Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in type(record).model_fields}


def _reasons_of_null(result: StudyResult) -> Iterator[str]:
    """Why a key of result.json is null; for readers of the file alone."""
    finance, flow = result.scenario.finance, result.money.whole
    if flow.irr is None:
        yield f"finance.irr is null: {why_no_rate(flow.after_tax_usd)}."
    if flow.simple_payback_years is None:
        yield f"finance.simple_payback_years is null: the investment does not come back within {finance.years} years."
    if result.lcoe_usd_per_kwh is None:
        yield "finance.lcoe_usd_per_kwh is null: nothing was generated."
    if np.isnan(result.with_project.schedule.gap):
        yield f"dispatch.gap is null: the rule {result.with_project.schedule.method} claims no optimum."
