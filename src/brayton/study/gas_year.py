"""A year of a landfill's or digester's gas: what machines and flare burn, what escapes, and what its treatment costs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.provenance import Source
from brayton.core.timeaxis import TimeAxis
from brayton.core.units import KG_PER_LB, KWH_PER_MMBTU
from brayton.gas.species import SPECIES
from brayton.package.gas_train import H2S_KG_PER_M3_N_PPM, BedYear, bed_year
from brayton.site.gas_supply import CO2_KG_PER_M3_N, METHANE_HHV_KWH_PER_M3_N, METHANE_KG_PER_M3_N, METHANE_LHV_KWH_PER_M3_N
from brayton.study.balance import Balance
from brayton.study.landfill import LandfillGas
from brayton.study.landfill_tables import BedTable
from brayton.study.sources import Citation

Series = NDArray[np.float64]

CO2_PER_METHANE = SPECIES["CO2"].molar_mass_kg_per_kmol / SPECIES["CH4"].molar_mass_kg_per_kmol
CARBON_IN_METHANE = 12.011 / SPECIES["CH4"].molar_mass_kg_per_kmol
CARBON_IN_CO2 = 12.011 / SPECIES["CO2"].molar_mass_kg_per_kmol

ROUNDING = 1e-9
"""Share of a step's gas below which neither a rest nor a shortfall is one."""

HYDROCARBONS_LB_PER_MWH = {"C30": 0.19, "C65": 0.09, "MT250": 0.10}
"""Total hydrocarbons in the exhaust at full load on natural gas, by model; taken as methane, which is the most it can be."""
HYDROCARBONS_SOURCE = Source(
    "U.S. EPA Catalog of CHP Technologies, December 2008, as transcribed in a public repository",
    "2008-12",
    "secondary",
    note="total hydrocarbons in lb/MWh on natural gas at full load; part load, where CO rises severalfold, is not published",
)


@dataclass(frozen=True)
class GasCost:
    """A yearly cost of the gas side, with how it comes about."""

    name: str
    amount_usd: float
    how: str


@dataclass(frozen=True)
class GasMonths:
    """Where the gas of each month went [kWh LHV], shape (12,); what starts burn beyond a step's gas counts to supply."""

    supply_kwh_lhv: Series
    machines_kwh_lhv: Series
    flare_kwh_lhv: Series
    vent_kwh_lhv: Series


@dataclass(frozen=True)
class GasYear:
    """What became of the gas in a year.

    run: ``baseline`` (without machines) or ``with_project``. Energy on the LHV: supply + shortfall = machines + flare + vent.
    shortfall_kwh_lhv: burnt beyond the gas of a step, as by starts, and taken to come out of the header.
    methane_kg: in the gas. slip_kg, flare_slip_kg, methane_vent_kg: let out unburnt by machines, flare and vent.
    biogenic_co2_kg: from machines, flare and vent, with what the gas brings along; not counted as warming, for it was in the air
    not long ago. pilot_co2_kg: fossil, of the flare's pilot. carbon_kg: in the gas, CO2 included.
    flare_hours: in which it is lit. gwp100: warming of methane over CO2. h2s, siloxane: work of the beds; None for one that has
    nothing to do. months: the energies by month.
    """

    run: str
    supply_kwh_lhv: float
    machines_kwh_lhv: float
    flare_kwh_lhv: float
    vent_kwh_lhv: float
    shortfall_kwh_lhv: float
    methane_kg: float
    slip_kg: float
    flare_slip_kg: float
    methane_vent_kg: float
    biogenic_co2_kg: float
    pilot_co2_kg: float
    carbon_kg: float
    flare_hours: float
    gwp100: float
    h2s: BedYear | None
    siloxane: BedYear | None
    months: GasMonths
    costs: tuple[GasCost, ...]
    notes: tuple[str, ...]

    @property
    def methane_emitted_kg(self) -> float:
        return self.slip_kg + self.flare_slip_kg + self.methane_vent_kg

    @property
    def methane_destroyed_kg(self) -> float:
        return self.methane_kg - self.methane_emitted_kg

    @property
    def co2e_kg(self) -> float:
        """Methane let out, as CO2 at `gwp100`, and the pilot's fossil CO2."""
        return self.methane_emitted_kg * self.gwp100 + self.pilot_co2_kg

    @property
    def cost_usd(self) -> float:
        return math.fsum(item.amount_usd for item in self.costs)

    def balances(self) -> tuple[Balance, ...]:
        """Energy and carbon of the gas; both sides come by their own way."""
        gone = self.machines_kwh_lhv + self.flare_kwh_lhv + self.vent_kwh_lhv
        carbon_out = self.methane_emitted_kg * CARBON_IN_METHANE + self.biogenic_co2_kg * CARBON_IN_CO2
        return (
            Balance(
                self.run, "gas, LHV: supply = machines + flare + vent", "kWh", self.supply_kwh_lhv + self.shortfall_kwh_lhv, gone
            ),
            Balance(self.run, "carbon of the gas = CO2 + methane let out", "kg", self.carbon_kg, carbon_out),
        )

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for result files."""
        apart = ("h2s", "siloxane", "months", "costs", "notes")
        plain = {item.name: getattr(self, item.name) for item in fields(self) if item.name not in apart}
        keys = ("methane_emitted_kg", "methane_destroyed_kg", "co2e_kg", "cost_usd")
        beds = {name: None if bed is None else dict(vars(bed)) for name, bed in (("h2s", self.h2s), ("siloxane", self.siloxane))}
        lists = {"months": dict(vars(self.months)), "costs": [dict(vars(item)) for item in self.costs]}
        return plain | {key: getattr(self, key) for key in keys} | beds | lists


def gas_year(
    gas: LandfillGas,
    axis: TimeAxis,
    model: str,
    fuel_kw_lhv: ArrayLike,
    net_power_kw: ArrayLike,
    units_on: ArrayLike,
) -> GasYear:
    """The year with machines that burn `fuel_kw_lhv` [kW], make `net_power_kw` [kW] and run `units_on` units; all (n,)."""
    fuel, power, units = (
        np.broadcast_to(np.asarray(item, dtype=float), (axis.steps,)) for item in (fuel_kw_lhv, net_power_kw, units_on)
    )
    slip = machine_slip_kg_per_mwh(gas, model) * power / 1e3
    year = _year("with_project", gas, axis, fuel, slip, units, flares=True)
    if gas.train_table.methane_slip_kg_per_mwh is not None or model in HYDROCARBONS_LB_PER_MWH:
        return year
    return replace(
        year, notes=(*year.notes, f"No hydrocarbons are published for {model}: methane in its exhaust counts as zero.")
    )


def gas_year_without_machines(gas: LandfillGas, axis: TimeAxis) -> GasYear:
    """The twin's year: all gas to the flare, or all let out, as `flare.counterfactual` says."""
    none = np.zeros(axis.steps)
    return _year("baseline", gas, axis, none, none, none, flares=gas.flare.counterfactual == "flare")


def machine_slip_kg_per_mwh(gas: LandfillGas, model: str) -> float:
    """Methane in the exhaust per net MWh [kg/MWh]: as the file says, or the model's published hydrocarbons; zero if none are."""
    given = gas.train_table.methane_slip_kg_per_mwh
    return HYDROCARBONS_LB_PER_MWH.get(model, 0.0) * KG_PER_LB if given is None else given


def slip_citations(gas: LandfillGas, model: str) -> Iterator[Citation]:
    """The source of the slip where the file gives none."""
    if gas.train_table.methane_slip_kg_per_mwh is None and model in HYDROCARBONS_LB_PER_MWH:
        yield Citation("gas_train.methane_slip_kg_per_mwh", HYDROCARBONS_SOURCE)


def _year(
    run: str, gas: LandfillGas, axis: TimeAxis, fuel: Series, slip_kg_per_h: Series, units: Series, *, flares: bool
) -> GasYear:
    supply, flare, hours = gas.supply, gas.flare, axis.step_hours
    density_kwh_per_m3 = supply.methane * METHANE_LHV_KWH_PER_M3_N
    to_machines = np.divide(fuel, density_kwh_per_m3, out=np.zeros_like(fuel), where=density_kwh_per_m3 > 0.0)  # m3/h
    rest = supply.flow_m3_n_per_h - to_machines
    rest = np.where(np.abs(rest) > ROUNDING * supply.flow_m3_n_per_h, rest, 0.0)
    shortfall, rest = np.maximum(-rest, 0.0), np.maximum(rest, 0.0)
    lit = flares & (rest >= flare.min_flow_m3_n_per_h) & (rest > 0.0)
    to_flare, vented = np.where(lit, rest, 0.0), np.where(lit, 0.0, rest)
    methane_of = supply.methane * METHANE_KG_PER_M3_N * hours  # kg per m3/h in a step
    burnt_kg = float((to_machines * methane_of).sum())
    slip_kg = min(float(slip_kg_per_h.sum() * hours), burnt_kg)
    flared_kg, vent_kg = float((to_flare * methane_of).sum()), float((vented * methane_of).sum())
    flare_slip_kg = flared_kg * (1.0 - flare.destruction_eff)
    carbon_dioxide = 1.0 - supply.methane - supply.nitrogen - supply.oxygen
    brought_kg = float(((to_machines + to_flare + vented) * carbon_dioxide).sum()) * CO2_KG_PER_M3_N * hours
    made_kg = (burnt_kg - slip_kg + flared_kg - flare_slip_kg) * CO2_PER_METHANE
    gas_kg = supply.methane_kg_per_h + shortfall * methane_of / hours
    co2_kg = supply.carbon_dioxide_kg_per_h + shortfall * carbon_dioxide * CO2_KG_PER_M3_N
    flare_hours = float(lit.sum()) * hours
    pilot_kwh = flare.pilot_kw_hhv * flare_hours
    h2s, siloxane = _beds(gas, to_machines, hours)
    energy = density_kwh_per_m3 * hours
    vent_kwh = float((vented * energy).sum())
    return GasYear(
        run=run,
        supply_kwh_lhv=float(supply.energy_kw_lhv.sum()) * hours,
        machines_kwh_lhv=float(fuel.sum()) * hours,
        flare_kwh_lhv=float((to_flare * energy).sum()),
        vent_kwh_lhv=vent_kwh,
        shortfall_kwh_lhv=float((shortfall * energy).sum()),
        methane_kg=float(gas_kg.sum()) * hours,
        slip_kg=slip_kg,
        flare_slip_kg=flare_slip_kg,
        methane_vent_kg=vent_kg,
        biogenic_co2_kg=brought_kg + made_kg,
        pilot_co2_kg=pilot_kwh * (flare.pilot_kg_per_kwh_hhv or 0.0),
        carbon_kg=(float(gas_kg.sum()) * CARBON_IN_METHANE + float(co2_kg.sum()) * CARBON_IN_CO2) * hours,
        flare_hours=flare_hours,
        gwp100=flare.gwp100,
        h2s=h2s,
        siloxane=siloxane,
        months=GasMonths(
            *(
                np.bincount(axis.month, weights=kwh, minlength=12).astype(np.float64)
                for kwh in (supply.energy_kw_lhv * hours + shortfall * energy, fuel * hours, to_flare * energy, vented * energy)
            )
        ),
        costs=tuple(_costs(gas, axis, to_machines, units, pilot_kwh, h2s, siloxane)),
        notes=tuple(_notes(gas, flares, vent_kwh, float((shortfall * energy).sum()))),
    )


def _beds(gas: LandfillGas, to_machines: Series, hours: float) -> tuple[BedYear | None, BedYear | None]:
    """The work of the beds on the gas that goes to the machines; None for a bed that is not there or has nothing to do."""
    train, supply = gas.train, gas.supply
    flow_hours = float((to_machines > 0.0).sum()) * hours
    h2s_ppm = supply.h2s_ppm - train.h2s_left_ppm(supply.h2s_ppm)
    siloxane_mg = supply.siloxane_mg_per_m3_n - train.siloxane_left_mg_per_m3_n(supply.siloxane_mg_per_m3_n)
    h2s_kg = float((to_machines * h2s_ppm).sum()) * H2S_KG_PER_M3_N_PPM * hours
    siloxane_kg = float((to_machines * siloxane_mg).sum()) * 1e-6 * hours
    return (
        None if train.h2s_bed is None or h2s_kg == 0.0 else bed_year(train.h2s_bed, h2s_kg, flow_hours),
        None if train.siloxane_bed is None or siloxane_kg == 0.0 else bed_year(train.siloxane_bed, siloxane_kg, flow_hours),
    )


def _costs(
    gas: LandfillGas,
    axis: TimeAxis,
    to_machines: Series,
    units: Series,
    pilot_kwh: float,
    h2s: BedYear | None,
    siloxane: BedYear | None,
) -> Iterator[GasCost]:
    table, train = gas.supply_table, gas.train_table
    if h2s is not None and train.h2s_bed is not None:
        yield _media("hydrogen sulphide media", train.h2s_bed, h2s)
    if siloxane is not None and train.siloxane_bed is not None:
        yield _media("siloxane media", train.siloxane_bed, siloxane)
    run_hours = float(units.sum()) * axis.step_hours
    if run_hours > 0.0 and train.service_interval_h is not None and train.service_visit_usd is not None:
        visits = run_hours / train.service_interval_h
        how = (
            f"{run_hours:,.0f} run hours / {train.service_interval_h:g} h = {visits:.1f} visits x {train.service_visit_usd:g} USD"
        )
        yield GasCost("service of the gas side", visits * train.service_visit_usd, how)
    if run_hours > 0.0 and table.royalty_usd_per_mmbtu_hhv is not None:
        burnt_kw_hhv = to_machines * gas.supply.methane * METHANE_HHV_KWH_PER_M3_N
        by_month = np.bincount(axis.month, weights=burnt_kw_hhv * axis.step_hours, minlength=12) / KWH_PER_MMBTU
        amount = float(by_month @ np.array(table.royalty_usd_per_mmbtu_hhv))
        yield GasCost(
            "royalty on the gas", amount, f"{by_month.sum():,.0f} MMBtu HHV burnt by the machines, at each month's rate"
        )
    price = gas.flare.pilot_usd_per_mmbtu_hhv
    if pilot_kwh > 0.0 and price is not None:
        how = f"{pilot_kwh:,.0f} kWh HHV while the flare is lit, at {price:g} USD/MMBtu"
        yield GasCost("pilot fuel of the flare", pilot_kwh / KWH_PER_MMBTU * price, how)


def _media(name: str, table: BedTable, year: BedYear) -> GasCost:
    amount = year.media_kg * table.media_usd_per_kg + year.changes * table.change_usd
    how = (
        f"{year.removed_kg:,.1f} kg taken out, {year.media_kg:,.0f} kg of media at {table.media_usd_per_kg:g} USD/kg and "
        f"{year.changes:.2f} changes at {table.change_usd:g} USD, one in {year.interval_h:,.0f} h"
    )
    return GasCost(name, amount, how)


def _notes(gas: LandfillGas, flares: bool, vent_kwh: float, shortfall_kwh: float) -> Iterator[str]:
    if flares and vent_kwh > 0.0:
        yield (
            f"{vent_kwh:,.0f} kWh of gas are let out: less than the {gas.flare.min_flow_m3_n_per_h:g} m3/h that keep the flare "
            "lit. A smaller flare, or machines held back a little, would burn them."
        )
    if not flares:
        yield "Without the machines all gas escapes: the file says so, and the saving of CO2e rests on it."
    if shortfall_kwh > 0.0:
        yield f"Starts burn {shortfall_kwh:,.0f} kWh beyond the gas of their step; the header is taken to hold them."
