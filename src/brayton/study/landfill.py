"""Machines on a landfill's or digester's own gas: the tables made ready, and what a unit and an array can do on that gas."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Fault, Faults, InputError
from brayton.core.provenance import Source
from brayton.core.timeaxis import TimeAxis
from brayton.core.units import J_PER_KWH, STANDARD_PRESSURE_PA
from brayton.machine.performance import Performance, compile_performance
from brayton.machine.record import KitTable, MachineRecord
from brayton.package.array import Loading
from brayton.package.envelope import Envelope
from brayton.package.fuel_limit import FuelLimited, power_within_fuel
from brayton.package.gas_train import SILOXANE_LIMIT_SOURCE, Bed, GasTrain, limit_faults, net_of_train
from brayton.package.heat_recovery import HeatRecovery
from brayton.package.varying_fuel import VaryingFuel, compile_varying_envelope
from brayton.site.gas_supply import (
    M3_N_PER_H_OF,
    METHANE_HHV_KWH_PER_M3_N,
    METHANE_LHV_KWH_PER_M3_N,
    GasSupply,
    normal_m3,
    read_gas_flow,
    read_gas_share,
    saturated_water_fraction,
)
from brayton.site.landgem import AP42_LANDFILLS, LANDGEM, LANDGEM_TEMP_C, epa_landgem
from brayton.study.landfill_tables import BedTable, FlareTable, GasSupplyTable, GasTrainTable, LandGemTable
from brayton.study.sources import Citation

Series = NDArray[np.float64]

GWP_SOURCE = Source(
    "IPCC, Climate Change 2013: The Physical Science Basis (AR5), table 8.A.1: methane, without carbon feedbacks",
    "2013",
    "primary",
)
GWP_AR5 = 28.0
HOURS_OF_COMMON_YEAR = 8760.0
HIGHEST_WELL_OXYGEN = 0.05
"""40 CFR 60.753(c): more tells of air drawn into the waste, which can burn there."""


@dataclass(frozen=True)
class LandfillGas:
    """The gas of a site, and what is done with it.

    supply: at the flange. train: between flange and machines. supply_pressure_kpag: at the flange [kPa gauge].
    """

    supply: GasSupply
    train: GasTrain
    supply_table: GasSupplyTable
    train_table: GasTrainTable
    flare: FlareTable
    supply_pressure_kpag: float
    citations: tuple[Citation, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class MachinesOnGas:
    """What units can do on the gas of each step.

    envelope: of one unit, net of the train's electricity; rows of zeros where the gas is outside the fuel system's range.
    gas_kw_lhv: energy of the gas that the machines may burn (n,). limit: the most that all units make of it, and how many run.
    kit: fuel system taken; None where the record names none. blend: what blending of compositions cost.
    """

    envelope: Envelope
    gas_kw_lhv: Series
    limit: FuelLimited
    kit: KitTable | None
    blend: VaryingFuel
    notes: tuple[str, ...]


def landfill_gas(
    supply_table: GasSupplyTable,
    train_table: GasTrainTable,
    flare: FlareTable,
    axis: TimeAxis,
    folder: Path,
    *,
    supply_pressure_kpag: float | None,
) -> LandfillGas:
    """The tables as records of the rooms below; paths are relative to `folder`.

    supply_pressure_kpag: of the gas at the flange; it has no default here, because the booster lives on it.
    Errors: InputError with every fault of the tables and of the files that they name.
    """
    with Faults() as faults:
        if supply_pressure_kpag is None:
            rule = "is required with [gas_supply]: the booster's power depends on it"
            faults.add(
                "fuel.supply_pressure_kpag", "(absent)", rule, "Give the gas pressure at the flange, 0 to 10 for a blower."
            )
        elif supply_pressure_kpag < train_table.pressure_drop_kpa:
            rule = f"is less than the train's pressure drop of {train_table.pressure_drop_kpa:g} kPa"
            faults.add("fuel.supply_pressure_kpag", supply_pressure_kpag, rule, "Give the blower's pressure, or a smaller drop.")
        flow = faults.attempt(lambda: _flow(supply_table, axis, folder))
        methane = faults.attempt(lambda: _methane(supply_table, axis, folder))
        train = faults.attempt(lambda: _train(train_table))
    assert flow is not None
    assert methane is not None
    assert train is not None
    assert supply_pressure_kpag is not None
    if supply_table.landgem is not None:  # which counts methane
        if (methane <= 0.0).any():
            rule = "must be positive with landgem, which counts methane"
            raise InputError(Fault("gas_supply.methane", float(methane.min()), rule, "Give the methane fraction of the gas."))
        flow = flow / methane
    try:
        supply = GasSupply(
            flow_m3_n_per_h=flow * supply_table.availability,
            methane=methane,
            nitrogen=supply_table.nitrogen,
            oxygen=supply_table.oxygen,
            h2s_ppm=np.array(supply_table.h2s_ppm)[axis.month],
            siloxane_mg_per_m3_n=np.array(supply_table.siloxane_mg_per_m3_n)[axis.month],
            saturated_at_c=math.nan if supply_table.saturated_at_c is None else supply_table.saturated_at_c,
            pressure_kpa=STANDARD_PRESSURE_PA / 1e3 + supply_pressure_kpag,
        )
    except InputError as error:
        raise InputError(*(replace(fault, path=f"gas_supply.{fault.path}") for fault in error.faults)) from None
    if supply_table.flow_basis == "wet":
        supply = replace(supply, flow_m3_n_per_h=supply.flow_m3_n_per_h * (1.0 - supply.water_fraction))
    if not (supply.energy_kw_lhv > 0.0).any():
        rule = f"holds no methane in {axis.year}"
        raise InputError(Fault("gas_supply", "flow or methane fraction of zero", rule, "Give the gas of the study's year."))
    return LandfillGas(
        supply, train, supply_table, train_table, flare, supply_pressure_kpag,
        tuple(_citations(supply_table, train_table, flare)), tuple(_notes(supply_table, train_table)),
    )  # fmt: skip


def landgem_methane_m3_n_per_h(table: LandGemTable, year: ArrayLike) -> Series:
    """Methane that the wells collect in `year` [m3/h at 0 degC, 101.325 kPa], of its shape: LandGEM times the collection."""
    made = epa_landgem(
        year,
        np.array(table.waste_mg),
        opening_year=table.opening_year,
        decay_per_year=table.decay_per_year,
        l0_m3_per_mg=table.l0_m3_per_mg,
    )
    return normal_m3(made, LANDGEM_TEMP_C, 101.325) * table.collection_eff / HOURS_OF_COMMON_YEAR


def gas_of_years(table: GasSupplyTable, year: int, years: int) -> Series:
    """Gas of each of `years` years over that of `year`, the first of them [-] (years,): LandGEM's course, or ones without it."""
    if table.landgem is None:
        return np.ones(years)
    flow = landgem_methane_m3_n_per_h(table.landgem, year + np.arange(years))
    return flow / flow[0]


def machines_on_gas(
    gas: LandfillGas,
    record: MachineRecord,
    dry_bulb_c: ArrayLike,
    pressure_kpa: ArrayLike,
    humidity_ratio: ArrayLike,
    *,
    count: int,
    loading: Loading = Loading.EVEN,
    heat_recovery: HeatRecovery | None = None,
    water_in_temp_c: ArrayLike | None = None,
) -> MachinesOnGas:
    """`count` machines of `record` on the gas; air and water as in `compile_envelope`.

    Errors: InputError where the treated gas is not fit for the machine (`limit_faults`; siloxanes only against a limit that the
    file gives), or lies outside the range of its fuel systems all year.
    """
    supply, train = gas.supply, gas.train
    kit, fits = _fuel_system(gas, record)
    notes = [*_fit_notes(kit, fits, supply, record), *_unfit_notes(gas, kit)]
    inlet_kpa = STANDARD_PRESSURE_PA / 1e3 + max(record.fuel.inlet_pressure_kpag, gas.supply_pressure_kpag)
    water_out = float(saturated_water_fraction(train.dew_point_c, inlet_kpa)) if train.dries else 0.0
    water_out = min(water_out, supply.water_fraction)
    suction_kpag = gas.supply_pressure_kpag - train.pressure_drop_kpa

    def performance_at(methane_fraction: float) -> Performance:
        burnt = supply.fuel(methane_fraction, water_out)
        return compile_performance(record, burnt, gas_supply_pressure_kpag=suction_kpag)

    used = supply.methane[fits]
    methane = np.clip(supply.methane, used.min(), used.max())
    blend = compile_varying_envelope(
        performance_at, methane, dry_bulb_c, pressure_kpa, humidity_ratio, count=count, loading=loading,
        heat_recovery=heat_recovery, water_in_temp_c=water_in_temp_c,
    )  # fmt: skip
    gas_temp_c = train.dew_point_c if math.isnan(supply.saturated_at_c) else supply.saturated_at_c
    electricity = train.electricity_kwh_per_m3_n(supply.fuel(float(used.mean())), gas_temp_c, supply.water_fraction, water_out)
    net = net_of_train(blend.envelope, electricity / (methane * METHANE_LHV_KWH_PER_M3_N))
    power, fuel, heat = (np.where(fits[:, None], item, 0.0) for item in (net.power_kw, net.fuel_kw_lhv, net.heat_kw))
    envelope = replace(net, power_kw=power, fuel_kw_lhv=fuel, heat_kw=heat)
    gas_kw_lhv = np.where(fits, supply.energy_kw_lhv, 0.0)
    if len(blend.nodes) > 1:
        notes.append(
            f"The machine was compiled on gas of {len(blend.nodes)} compositions and blended: power within "
            f"{100 * blend.power_blend_error:.2f} %, fuel within {100 * blend.fuel_blend_error:.2f} % of full load."
        )
    return MachinesOnGas(envelope, gas_kw_lhv, power_within_fuel(envelope, gas_kw_lhv), kit, blend, tuple(notes))


def energy_of_years(machines: MachinesOnGas, gas_ratio: ArrayLike, axis: TimeAxis) -> Series:
    """Energy that all units make of all the gas in years whose gas is `gas_ratio` (years,) of that at hand [kWh] (years,).

    Not in proportion to the gas: while the units cannot burn all of it, less gas costs nothing. Wear is not in it.
    """
    ratios = np.atleast_1d(np.asarray(gas_ratio, dtype=float))
    power = [power_within_fuel(machines.envelope, ratio * machines.gas_kw_lhv).power_kw.sum() for ratio in ratios]
    return np.array(power) * axis.step_hours


def _fuel_system(gas: LandfillGas, record: MachineRecord) -> tuple[KitTable | None, NDArray[np.bool_]]:
    """The fuel system that suits the gas in most steps, its namesake first, and the steps in which it does."""
    heating = gas.supply.hhv_mj_per_m3_n
    burns = gas.supply.methane > 0.0
    if not record.fuel.kit:
        return None, burns
    namesake_first = sorted(record.fuel.kit, key=lambda kit: not kit.name.startswith(gas.supply_table.kind))
    masks = [burns & (heating >= kit.hhv_min_mj_per_m3) & (heating <= kit.hhv_max_mj_per_m3) for kit in namesake_first]
    best = max(range(len(masks)), key=lambda index: int(masks[index].sum()))
    if not masks[best].any():
        ranges = "; ".join(f"{kit.name} {kit.hhv_min_mj_per_m3:g} to {kit.hhv_max_mj_per_m3:g}" for kit in record.fuel.kit)
        rule = f"lies outside the fuel systems of {record.model} all year ({ranges} MJ/m3 HHV)"
        value = f"{heating.min():.3g} to {heating.max():.3g} MJ/m3 HHV"
        raise InputError(Fault("gas_supply.methane", value, rule, "Choose a machine whose fuel system takes this gas."))
    return namesake_first[best], masks[best]


def _fit_notes(kit: KitTable | None, fits: NDArray[np.bool_], supply: GasSupply, record: MachineRecord) -> Iterator[str]:
    if kit is None:
        yield f"The record of {record.model} names no fuel systems: ask the maker whether it takes this gas."
    elif not fits.all():
        methane_mj_per_m3 = METHANE_HHV_KWH_PER_M3_N * J_PER_KWH / 1e6
        low, high = kit.hhv_min_mj_per_m3 / methane_mj_per_m3, kit.hhv_max_mj_per_m3 / methane_mj_per_m3
        yield (
            f"In {int((~fits).sum())} of {fits.size} steps the gas lies outside the {kit.name} system of {record.model} "
            f"({100 * low:.0f} to {100 * high:.0f} % CH4): no machine runs then."
        )
    if record.published is not None:
        yield f"{record.model} is carried by a published table, on which gas, booster and pressure have no effect."


def _unfit_notes(gas: LandfillGas, kit: KitTable | None) -> Iterator[str]:
    """InputError where the treated gas breaks a limit; a note for siloxanes above a limit that is only our estimate."""
    supply = gas.supply
    is_wet = not math.isnan(supply.saturated_at_c)
    found = limit_faults(gas.train, kit, supply.h2s_ppm, supply.siloxane_mg_per_m3_n, is_wet=is_wet)
    estimated = gas.train_table.siloxane_max_mg_per_m3_n is None
    noted = [fault for fault in found if estimated and fault.path.endswith("siloxane_mg_per_m3_n")]
    if len(noted) < len(found):
        raise InputError(*(fault for fault in found if fault not in noted))
    for fault in noted:
        yield f"Siloxanes of {fault.value:g} mg/m3 reach the machines; that {fault.rule} is an estimate. {fault.remedy}"


def _flow(table: GasSupplyTable, axis: TimeAxis, folder: Path) -> Series:
    """Flow of each step [m3/h, normal], as metered; of methane where LandGEM gives it."""
    if table.flow_csv is not None:
        return read_gas_flow(folder / table.flow_csv, table.flow_column, axis)
    if table.landgem is not None:
        return np.full(axis.steps, float(landgem_methane_m3_n_per_h(table.landgem, axis.year)))
    monthly, factor = next(
        (getattr(table, f"flow_{unit}"), factor)
        for unit, factor in M3_N_PER_H_OF.items()
        if getattr(table, f"flow_{unit}") is not None
    )
    return np.array(monthly)[axis.month] * factor


def _methane(table: GasSupplyTable, axis: TimeAxis, folder: Path) -> Series:
    if table.methane_csv is not None:
        return read_gas_share(folder / table.methane_csv, table.methane_column, axis)
    return np.array(table.methane)[axis.month]


def _train(table: GasTrainTable) -> GasTrain:
    h2s, siloxane = table.h2s_bed, table.siloxane_bed
    given = {} if table.siloxane_max_mg_per_m3_n is None else {"siloxane_max_mg_per_m3_n": table.siloxane_max_mg_per_m3_n}
    return GasTrain(
        pressure_drop_kpa=table.pressure_drop_kpa,
        dew_point_c=math.nan if table.dew_point_c is None else table.dew_point_c,
        chiller_cop=math.nan if table.chiller_cop is None else table.chiller_cop,
        auxiliary_kwh_per_m3_n=table.auxiliary_kwh_per_m3_n,
        h2s_bed=_bed(h2s),
        h2s_out_ppm=h2s.out_ppm if h2s else 0.0,
        siloxane_bed=_bed(siloxane),
        siloxane_out_mg_per_m3_n=siloxane.out_mg_per_m3_n if siloxane else 0.0,
        **given,
    )


def _bed(table: BedTable | None) -> Bed | None:
    return None if table is None else Bed(table.media_kg, table.capacity_kg_per_kg)


def _citations(supply: GasSupplyTable, train: GasTrainTable, flare: FlareTable) -> Iterator[Citation]:
    """What stands in for keys that the file leaves out."""
    if supply.landgem is not None:
        yield Citation("gas_supply.landgem", LANDGEM)
        if not {"decay_per_year", "l0_m3_per_mg", "collection_eff"} <= supply.landgem.model_fields_set:
            yield Citation("gas_supply.landgem: defaults", AP42_LANDFILLS)
    if train.siloxane_max_mg_per_m3_n is None:
        yield Citation("gas_train.siloxane_max_mg_per_m3_n", SILOXANE_LIMIT_SOURCE)
    if flare.gwp100 == GWP_AR5:
        yield Citation("flare.gwp100", GWP_SOURCE)


def _notes(supply: GasSupplyTable, train: GasTrainTable) -> Iterator[str]:
    if supply.availability < 1.0:
        yield (
            f"The well field's availability of {supply.availability:g} lowers the flow of every step alike; outages of the whole "
            "field would stop the machines in some hours and leave them full gas in the others."
        )
    if supply.landgem is not None:
        yield "The flow is LandGEM's, whose error against metered flows is commonly a factor of two: meter the wells first."
    if supply.saturated_at_c is None:
        yield "The gas is taken as dry: nobody said at which temperature it is saturated with water."
    if supply.oxygen > HIGHEST_WELL_OXYGEN:
        yield f"{100 * supply.oxygen:g} % oxygen in the gas means air drawn into the waste; US rules allow 5 % at a well."
    if train.service_interval_h is None:
        yield "No service visits of the gas side are counted."
