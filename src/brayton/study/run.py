"""A year of the site, with the project or without it, by the same code (law L9): schedule, bills, upkeep, CO2, balances."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brayton.core.units import KWH_PER_MMBTU
from brayton.dispatch.answer import dispatch
from brayton.dispatch.battery import BatteryYear, run_battery
from brayton.dispatch.problem import Problem
from brayton.dispatch.schedule import Schedule
from brayton.site.gas_bill import GasBill, gas_bill
from brayton.study.balance import Balance
from brayton.study.electric_bill import electric_bill
from brayton.study.gas_year import GasYear, gas_year, gas_year_without_machines
from brayton.study.inputs import StudyInputs
from brayton.study.result import MachineYear, Run
from brayton.study.site_model import SiteModel

Floats = NDArray[np.float64]

MACHINE_UPKEEP = "machines"
"""Name of the machines' own operation and maintenance among the items of upkeep."""


def run_year(inputs: StudyInputs, model: SiteModel, *, with_project: bool) -> Run:
    """The year as `inputs` describe it. Exports are credited at the grid's carbon factor."""
    scenario, axis = inputs.scenario, inputs.axis
    problem = model.problem if with_project else model.twin
    hours = problem.step_hours
    schedule = dispatch(problem, inputs.rule)
    battery = _battery(model, schedule, inputs) if with_project else None
    if battery is not None:
        net = battery.net_load_kw
        schedule = replace(schedule, import_kw=np.maximum(net, 0.0), export_kw=np.maximum(-net, 0.0))
    net_import_kw = schedule.import_kw - schedule.export_kw
    machine_kw_hhv, boiler_kw_hhv = bought_fuel_kw_hhv(inputs, problem, schedule)
    fuel_kwh_by_month = np.bincount(axis.month, weights=(machine_kw_hhv + boiler_kw_hhv) * hours, minlength=12)
    buys_gas = inputs.boiler is not None or (with_project and inputs.gas is None)
    gas_account = _gas_bill(inputs, machine_kw_hhv, boiler_kw_hhv) if buys_gas else None
    own_gas = _own_gas(inputs, schedule, with_project)
    upkeep = {MACHINE_UPKEEP: float(schedule.net_power_kw.sum() * hours * scenario.machine[0].om_usd_per_kwh)}
    upkeep |= {} if own_gas is None else {item.name: item.amount_usd for item in own_gas.costs}
    fuel_usd_by_month = _fuel_usd(inputs, fuel_kwh_by_month, gas_account)
    return Run(
        schedule=schedule,
        bill=electric_bill(inputs, model, schedule, with_project=with_project),
        electricity_import_kwh=float(schedule.import_kw.sum() * hours),
        export_kwh=float(schedule.export_kw.sum() * hours),
        peak_import_kw=float(schedule.import_kw.max()),
        fuel_kwh_hhv=float(fuel_kwh_by_month.sum()),
        fuel_usd_by_month=fuel_usd_by_month,
        machine_fuel_usd=float(fuel_usd_by_month.sum()) - _boiler_fuel_usd(inputs, boiler_kw_hhv),
        upkeep_usd=upkeep,
        grid_co2_kg=float((net_import_kw * inputs.grid_kg_per_kwh).sum() * hours),
        fuel_co2_kg=float(fuel_kwh_by_month.sum() * inputs.fuel_kg_per_kwh_hhv),
        unmet_kwh=float(schedule.unmet_kw.sum() * hours),
        gas_bill=gas_account,
        own_gas=own_gas,
        battery=battery,
    )


def bought_fuel_kw_hhv(inputs: StudyInputs, problem: Problem, schedule: Schedule) -> tuple[Floats, Floats]:
    """Fuel bought for machines and for the boiler in each step [kW HHV]; gas of the site's own is not bought."""
    bought = 0.0 if inputs.gas is not None else problem.envelope.fuel_hhv_per_lhv
    return schedule.fuel_kw_lhv * bought, schedule.boiler_fuel_kw_hhv


def _gas_bill(inputs: StudyInputs, machine_kw_hhv: Floats, boiler_kw_hhv: Floats) -> GasBill | None:
    if inputs.gas_tariff is None:
        return None
    return gas_bill(inputs.gas_tariff, boiler_kw_hhv, inputs.axis, machine_fuel_kw_hhv=machine_kw_hhv)


def _fuel_usd(inputs: StudyInputs, fuel_kwh_by_month: NDArray[Any], gas_account: GasBill | None) -> Floats:
    """Money for fuel by month (12,)."""
    if gas_account is not None:
        return np.array([month.total_usd for month in gas_account.months])
    prices = inputs.scenario.fuel.price_usd_per_mmbtu_hhv
    return np.zeros(12) if prices is None else fuel_kwh_by_month * np.array(prices) / KWH_PER_MMBTU


def _boiler_fuel_usd(inputs: StudyInputs, boiler_kw_hhv: Floats) -> float:
    """What the year's fuel would cost if the boiler burnt its part alone; without a boiler there would be no account."""
    if inputs.boiler is None:
        return 0.0
    by_month = np.bincount(inputs.axis.month, weights=boiler_kw_hhv * inputs.axis.step_hours, minlength=12)
    alone = _gas_bill(inputs, np.zeros_like(boiler_kw_hhv), boiler_kw_hhv)
    return float(_fuel_usd(inputs, by_month, alone).sum())


def _battery(model: SiteModel, schedule: Schedule, inputs: StudyInputs) -> BatteryYear | None:
    """The battery on what the machines leave."""
    if model.hosts.battery is None:
        return None
    steel, rule = model.hosts.battery
    return run_battery(
        steel,
        rule,
        schedule.import_kw - schedule.export_kw,
        inputs.axis,
        export_limit_kw=model.problem.export_limit_kw,
        import_margin_kw=model.problem.import_margin_kw,
    )


def _own_gas(inputs: StudyInputs, schedule: Schedule, with_project: bool) -> GasYear | None:
    if inputs.gas is None:
        return None
    if not with_project:
        return gas_year_without_machines(inputs.gas, inputs.axis)
    model = inputs.record.model
    return gas_year(inputs.gas, inputs.axis, model, schedule.fuel_kw_lhv, schedule.net_power_kw, schedule.units_on)


def standby_kw(problem: Problem, plan: Schedule) -> Floats:
    """What resting machines draw, and what starts and stops take, in each step [kW]."""
    envelope = problem.envelope
    switching_kwh = plan.starts * envelope.start_energy_kwh + plan.stops * envelope.stop_energy_kwh
    return (envelope.count - plan.units_on) * envelope.standby_kw + switching_kwh / problem.step_hours


def machine_year(run: Run, problem: Problem) -> MachineYear:
    """What all machines together did in the year of `run`."""
    envelope, plan, hours = problem.envelope, run.schedule, problem.step_hours
    generated, fuel = float(plan.net_power_kw.sum() * hours), float(plan.fuel_kw_lhv.sum() * hours)
    used, fuel_hhv = float(plan.heat_used_kw.sum() * hours), fuel * envelope.fuel_hhv_per_lhv
    return MachineYear(
        generated_net_kwh=generated,
        fuel_kwh_lhv=fuel,
        fuel_kwh_hhv=fuel_hhv,
        heat_recovered_kwh=float(plan.heat_recovered_kw.sum() * hours),
        heat_used_kwh=used,
        heat_dumped_kwh=float(plan.heat_dumped_kw.sum() * hours),
        standby_kwh=float(standby_kw(problem, plan).sum() * hours),
        run_hours=float(plan.units_on.sum() * hours),
        starts=int(plan.starts.sum()),
        elec_eff_lhv=generated / fuel if fuel else math.nan,
        chp_eff_hhv=(generated + used) / fuel_hhv if fuel else math.nan,
        capacity_factor=generated / (envelope.rated_power_kw * envelope.count * problem.steps * hours),
    )


def balances(name: str, inputs: StudyInputs, problem: Problem, run: Run) -> tuple[Balance, ...]:
    """Electricity, heat, store, fuel, CO2, bills and own gas of one run: each side summed by its own way through the records.

    CO2 of what is bought is held against CO2 of what loads and machines take, step by step at the factor of the hour.
    """
    plan, hours = run.schedule, problem.step_hours

    def kwh(series: Floats) -> float:
        return float(series.sum() * hours)

    generated, saved, resting_kw = kwh(plan.net_power_kw), kwh(plan.saved_kw), standby_kw(problem, plan)
    charged_kw = np.zeros(problem.steps) if run.battery is None else run.battery.charge_kw - run.battery.discharge_kw
    extra_kw = np.zeros(problem.steps) if problem.boiler_only_kw is None else problem.boiler_only_kw
    asked_kw = problem.heat_kw + extra_kw + plan.uses_heat_kw.sum(axis=0)
    into_store_kw = plan.store_in_kw + plan.store_need_kw - plan.store_out_kw
    boiler_heat_kw = asked_kw + into_store_kw - plan.heat_used_kw - plan.unmet_kw
    boiler_kwh = kwh(problem.boiler.fuel_kw_hhv(boiler_heat_kw)) if problem.boiler else 0.0
    burnt = boiler_kwh if inputs.gas else kwh(plan.fuel_kw_lhv) * problem.envelope.fuel_hhv_per_lhv + boiler_kwh
    taken_kw = problem.electric_kw + resting_kw + charged_kw - plan.net_power_kw - plan.saved_kw
    co2 = float(taken_kw @ inputs.grid_kg_per_kwh * hours) + burnt * inputs.fuel_kg_per_kwh_hhv
    co2 += 0.0 if run.own_gas is None else run.own_gas.co2e_kg
    lines = math.fsum(line.amount_usd for line in run.bill.lines)
    sides = [
        (
            "electricity: import + generation + saved = load + export + standby and starts + into battery",
            "kWh",
            run.electricity_import_kwh + generated + saved,
            kwh(problem.electric_kw) + run.export_kwh + kwh(resting_kw) + kwh(charged_kw),
        ),
        (
            "heat: recovered + boiler + unmet = load + uses + into store + dumped",
            "kWh",
            kwh(plan.heat_recovered_kw) + kwh(plan.boiler_heat_kw) + run.unmet_kwh,
            kwh(asked_kw) + kwh(into_store_kw) + kwh(plan.heat_dumped_kw),
        ),
        ("fuel, HHV: bought = burnt by machines and boiler", "kWh", run.fuel_kwh_hhv, burnt),
        ("CO2: of electricity and fuel bought = of what loads and machines take", "kg", run.co2_kg, co2),
        ("electricity bill: year = its lines", "USD", run.bill_usd, lines),
    ]
    if problem.store is not None:
        store = problem.store
        before = np.concatenate(([store.initial_kwh], plan.store_kwh[:-1]))
        gone = float((before * store.loss_per_step).sum()) + kwh(store.drain_kw)
        sides.append(
            ("store: in = out + lost + rise of its level", "kWh", kwh(into_store_kw), gone + plan.store_kwh[-1] - before[0])
        )
    if run.battery is not None:
        rise = float(run.battery.level_kwh[-1] - _initial_kwh(inputs))
        sides.append(
            ("battery: in = out + losses + rise of its level", "kWh", kwh(charged_kw), kwh(run.battery.losses_kw) + rise)
        )
    if run.gas_bill is not None:
        own = math.fsum(line.amount_usd for line in run.gas_bill.lines)
        sides.append(("gas bill: year = its lines", "USD", run.fuel_usd, own))
    own_gas = () if run.own_gas is None else run.own_gas.balances()
    return (*(Balance(name, *side) for side in sides), *own_gas)


def _initial_kwh(inputs: StudyInputs) -> float:
    """Level of the battery before the first step."""
    return next((table.initial_kwh for table in inputs.scenario.equipment if table.kind == "battery"), 0.0)
