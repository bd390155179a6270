"""The site ready to be dispatched: machines in its air and on its fuel, what they drive, and the twin without them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from brayton.dispatch.problem import Problem
from brayton.machine.performance import Performance, compile_performance
from brayton.package.array import Loading
from brayton.package.envelope import Envelope, compile_envelope
from brayton.package.heat_recovery import HeatRecovery
from brayton.package.library import heat_recovery_for
from brayton.study.hosts import Hosts, build_hosts, heat_recovery_of_exhaust
from brayton.study.inputs import EXHAUST_ITSELF, OWN_HEAT_RECOVERY, StudyInputs
from brayton.study.landfill import MachinesOnGas, machines_on_gas

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SiteModel:
    """One machine, what it drives, and the dispatch problem with the project's machines.

    performance: of one machine; on gas of the site's own, in its mean composition. on_gas: None on bought fuel.
    """

    performance: Performance
    heat_recovery: HeatRecovery | None
    hosts: Hosts
    problem: Problem
    on_gas: MachinesOnGas | None

    @property
    def twin(self) -> Problem:
        """The site without the project: no machines, nothing that they drive, no tank; the pool stays."""
        problem = self.problem
        keeps = problem.store is not None and not (problem.store.serves_loads or problem.store.serves_uses)
        store = problem.store if keeps else None
        envelope = replace(problem.envelope, count=0)
        return replace(problem, envelope=envelope, uses=(), store=store, fuel_limit_kw_lhv=None, availability=None)


def one_machine(inputs: StudyInputs) -> tuple[Performance, HeatRecovery | None]:
    """One machine on the fuel and gas pressure of the site, and the heat recovery behind it."""
    fuel, supply_kpag = inputs.fuel, inputs.scenario.fuel.supply_pressure_kpag
    if inputs.gas is not None:
        methane = inputs.gas.supply.methane
        fuel = inputs.gas.supply.fuel(float(methane[methane > 0.0].mean()))
    performance = compile_performance(inputs.record, fuel, gas_supply_pressure_kpag=supply_kpag)
    given = inputs.scenario.machine[0].heat_recovery
    if given == OWN_HEAT_RECOVERY:
        return performance, heat_recovery_for(performance)
    return performance, heat_recovery_of_exhaust(inputs) if given == EXHAUST_ITSELF else inputs.heat_recovery


def site_model(inputs: StudyInputs, performance: Performance, heat_recovery: HeatRecovery | None) -> SiteModel:
    """The site with its machines.

    Errors: InputError where machine, heat recovery, hosts, weather and site contradict each other.
    """
    table, step_hours, air = inputs.scenario.dispatch, inputs.axis.step_hours, inputs.weather
    count, loading = inputs.scenario.machine[0].count, Loading(table.loading)
    hosts = build_hosts(inputs, performance, heat_recovery)
    water_c = _water_in_temp_c(hosts, heat_recovery)
    place = (air.dry_bulb_c, air.pressure_kpa, air.humidity_ratio)
    on_gas = None
    if inputs.gas is not None:
        on_gas = machines_on_gas(
            inputs.gas,
            inputs.record,
            *place,
            count=count,
            loading=loading,
            heat_recovery=heat_recovery,
            water_in_temp_c=water_c,
        )
        envelope = on_gas.envelope
    else:
        envelope = compile_envelope(
            performance, *place, count=count, loading=loading, heat_recovery=heat_recovery, water_in_temp_c=water_c
        )
    problem = Problem(
        envelope=envelope,
        electric_kw=hosts.electric_kw,
        heat_kw=hosts.loop.served_kw,
        step_hours=step_hours,
        axis=inputs.axis,
        boiler=inputs.boiler,
        boiler_only_kw=hosts.loop.boiler_only_kw if np.any(hosts.loop.boiler_only_kw) else None,
        uses=hosts.uses,
        store=hosts.store,
        fuel_limit_kw_lhv=None if on_gas is None else on_gas.gas_kw_lhv,
        export_limit_kw=table.export.limit_kw if table.export else 0.0,
        import_margin_kw=table.import_margin_kw,
        min_run_steps=max(1, math.ceil(table.min_run_hours / step_hours)),
        min_rest_steps=max(1, math.ceil(table.min_rest_hours / step_hours)),
        availability=inputs.availability,
    )
    return SiteModel(performance, heat_recovery, hosts, problem, on_gas)


def envelope_of_shifted_year(inputs: StudyInputs, model: SiteModel, shift_k: float) -> Envelope:
    """The envelope of machines on bought fuel in air warmer by `shift_k` [K] at every step, of the same humidity ratio and
    pressure; air beyond the machine's range is held at its end."""
    air, own = inputs.weather, model.problem.envelope
    return compile_envelope(
        model.performance,
        air.dry_bulb_c + shift_k,
        air.pressure_kpa,
        air.humidity_ratio,
        count=own.count,
        loading=own.loading,
        heat_recovery=model.heat_recovery,
        water_in_temp_c=_water_in_temp_c(model.hosts, model.heat_recovery),
        outside="clip",
    )


def _water_in_temp_c(hosts: Hosts, heat_recovery: HeatRecovery | None) -> Floats | None:
    """Temperature at which the loop's water comes to the exchanger in each step; None without water."""
    has_water = heat_recovery is not None and math.isfinite(hosts.loop.loop_temp_c)
    return hosts.loop.return_temp_c if has_water else None
