"""What stands between the well and the machine: chiller, beds of media for sulphide and siloxanes, and their pressure drop.

The booster is the machine's own (`machine.matched.booster_work`), on dried gas; the train takes pressure away before it. The
chiller stands behind the booster's air cooler, so its dew point is at the machine's inlet pressure; the few percent of water that
the booster compresses with the gas are left out of its work. The blower that holds the vacuum of a well field runs with a flare
just as well, and is not counted. Cubic metres are normal ones, 0 degC and 101.325 kPa, of dry gas.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Fault, Faults
from brayton.core.provenance import Source
from brayton.core.units import ISO_TEMP_K, J_PER_KWH, NORMAL_MOLAR_VOLUME_M3_PER_KMOL
from brayton.gas.fuels import Fuel
from brayton.gas.species import SPECIES
from brayton.machine.record import KitTable
from brayton.package.envelope import Envelope

H2S_KG_PER_M3_N_PPM = 1e-6 * SPECIES["H2S"].molar_mass_kg_per_kmol / NORMAL_MOLAR_VOLUME_M3_PER_KMOL
"""Mass of one ppm by mole of hydrogen sulphide."""

CONDENSATION_J_PER_KG = 2.47e6
"""Heat that water gives off as it condenses near 10 degC (IAPWS-IF97: 2.477e6)."""

SILOXANE_LIMIT_MG_PER_M3_N = 0.03
SILOXANE_LIMIT_SOURCE = Source(
    "Brayton estimate of Capstone's siloxane limit",
    "2026-11",
    "estimate",
    note="0.03 mg/m3, about 5 ppb by volume, as remembered from surveys of engine makers' limits; the maker's guide 480002 was "
    "not at hand. It amounts to complete removal",
)


@dataclass(frozen=True)
class Bed:
    """Media in a vessel, changed when full. capacity_kg_per_kg: contaminant that a kilogram of media takes.

    Raises InputError for figures that are not positive.
    """

    media_kg: float
    capacity_kg_per_kg: float

    def __post_init__(self) -> None:
        with Faults() as faults:
            for name in ("media_kg", "capacity_kg_per_kg"):
                if not (math.isfinite(getattr(self, name)) and getattr(self, name) > 0.0):
                    faults.add(name, getattr(self, name), "must be positive", "Give the figure of the vessel's maker.")


@dataclass(frozen=True)
class BedYear:
    """What a bed takes out in a year: media used up, changes of the bed, and hours of gas flow from one change to the next."""

    removed_kg: float
    media_kg: float
    changes: float
    interval_h: float


@dataclass(frozen=True)
class GasTrain:
    """Treatment of the gas that goes to the machines; what a record leaves out is not there.

    pressure_drop_kpa: flange to booster. dew_point_c: to which a chiller dries the gas, at the machine's inlet pressure; NaN
    without one. chiller_cop: heat taken out of the gas over electricity. auxiliary_kwh_per_m3_n: all other electricity of the
    train. h2s_bed, siloxane_bed: media; h2s_out_ppm, siloxane_out_mg_per_m3_n: what is left behind them.
    siloxane_max_mg_per_m3_n: what the machine stands.
    Raises InputError with every contradiction.
    """

    pressure_drop_kpa: float = 0.0
    dew_point_c: float = math.nan
    chiller_cop: float = math.nan
    auxiliary_kwh_per_m3_n: float = 0.0
    h2s_bed: Bed | None = None
    h2s_out_ppm: float = 0.0
    siloxane_bed: Bed | None = None
    siloxane_out_mg_per_m3_n: float = 0.0
    siloxane_max_mg_per_m3_n: float = SILOXANE_LIMIT_MG_PER_M3_N

    def __post_init__(self) -> None:
        with Faults() as faults:
            for name in (
                "pressure_drop_kpa", "auxiliary_kwh_per_m3_n", "h2s_out_ppm", "siloxane_out_mg_per_m3_n",
                "siloxane_max_mg_per_m3_n",
            ):  # fmt: skip
                if not (math.isfinite(getattr(self, name)) and getattr(self, name) >= 0.0):
                    faults.add(name, getattr(self, name), "must be zero or more", "Correct the figure.")
            if math.isnan(self.dew_point_c) != math.isnan(self.chiller_cop):
                rule = "a chiller has a dew point and a COP"
                faults.add("chiller_cop", self.chiller_cop, rule, "Give both, or neither for gas that is not dried.")
            elif self.dries:
                if not 0.0 < self.dew_point_c <= 40.0:
                    faults.add("dew_point_c", self.dew_point_c, "must lie in 0..40 degC", "A chiller does not freeze its gas.")
                if not 0.5 <= self.chiller_cop <= 10.0:
                    faults.add("chiller_cop", self.chiller_cop, "must lie in 0.5..10", "Give heat over electricity.")

    @property
    def dries(self) -> bool:
        return not math.isnan(self.dew_point_c)

    def h2s_left_ppm(self, h2s_ppm: ArrayLike) -> NDArray[np.float64]:
        """H2S behind the train [ppm]; broadcasts."""
        given = np.asarray(h2s_ppm, dtype=float)
        return given if self.h2s_bed is None else np.minimum(given, self.h2s_out_ppm)

    def siloxane_left_mg_per_m3_n(self, siloxane: ArrayLike) -> NDArray[np.float64]:
        """Siloxanes behind the train [mg/m3]; broadcasts."""
        given = np.asarray(siloxane, dtype=float)
        return given if self.siloxane_bed is None else np.minimum(given, self.siloxane_out_mg_per_m3_n)

    def electricity_kwh_per_m3_n(self, dry_gas: Fuel, gas_temp_c: float, water_in: float, water_out: float) -> float:
        """Electricity of chiller and auxiliaries [kWh per m3 of dry gas].

        dry_gas: without its water. gas_temp_c: at the chiller's inlet [degC]. water_in, water_out: mole fractions of water in the
        wet gas before and behind it. Cooling of gas and of water at the heat capacity of dry gas, and condensation; nothing is
        counted for a chiller that leaves the gas warmer than it came.
        """
        if not self.dries:
            return self.auxiliary_kwh_per_m3_n
        kmol = 1.0 / NORMAL_MOLAR_VOLUME_M3_PER_KMOL
        condensed = max(water_in / (1.0 - water_in) - water_out / (1.0 - water_out), 0.0) * kmol
        water_kg = condensed * SPECIES["H2O"].molar_mass_kg_per_kmol
        mass_kg = kmol * dry_gas.mixture.molar_mass_kg_per_kmol
        cooling = mass_kg * float(dry_gas.mixture.cp_j_per_kg_k(ISO_TEMP_K)) * max(gas_temp_c - self.dew_point_c, 0.0)
        heat = cooling / (1.0 - water_in) + water_kg * CONDENSATION_J_PER_KG
        return self.auxiliary_kwh_per_m3_n + heat / self.chiller_cop / J_PER_KWH


def bed_year(bed: Bed, removed_kg: float, flow_hours: float) -> BedYear:
    """What `bed` needs in a year in which it takes out `removed_kg` [kg] over `flow_hours` of gas [h].

    The interval is infinite where nothing is removed.
    """
    media_kg = removed_kg / bed.capacity_kg_per_kg
    changes = media_kg / bed.media_kg
    return BedYear(removed_kg, media_kg, changes, flow_hours / changes if changes > 0.0 else math.inf)


def limit_faults(train: GasTrain, kit: KitTable | None, h2s_ppm: ArrayLike, siloxane: ArrayLike, *, is_wet: bool) -> list[Fault]:
    """How the gas behind the train breaks what the machine's fuel system stands; empty where it is fit to burn.

    kit: fuel system of the record; None where it names none, and sulphide is then not judged. h2s_ppm [ppm], siloxane [mg/m3]: of
    the gas before the train. is_wet: whether it comes saturated with water, which then drops out as soon as it is compressed.
    """
    found = Faults()
    if kit is not None and (worst := float(np.max(train.h2s_left_ppm(h2s_ppm)))) > kit.h2s_max_ppm:
        rule = f"the {kit.name} system stands {kit.h2s_max_ppm:g} ppm"
        found.add("gas_supply.h2s_ppm", worst, rule, "Add a bed for hydrogen sulphide to the gas train, or a deeper one.")
    if (worst := float(np.max(train.siloxane_left_mg_per_m3_n(siloxane)))) > train.siloxane_max_mg_per_m3_n:
        rule = f"the machine stands {train.siloxane_max_mg_per_m3_n:g} mg/m3"
        found.add("gas_supply.siloxane_mg_per_m3_n", worst, rule, "Add a bed for siloxanes to the gas train, or a deeper one.")
    if is_wet and not train.dries:
        rule = "is saturated with water, which drops out behind the booster"
        found.add("gas_supply.saturated_at_c", "wet gas", rule, "Give gas_train.dew_point_c and its chiller.")
    return found.found


def net_of_train(envelope: Envelope, train_share: ArrayLike) -> Envelope:
    """The envelope with the train's electricity taken off the machines' power.

    train_share: electricity of the train per kW of fuel LHV [-], one figure or one per step (n,). The rating stays as it is.
    """
    share = np.broadcast_to(np.asarray(train_share, dtype=float), (envelope.steps,))[:, None]
    power = envelope.power_kw - share * envelope.fuel_kw_lhv
    return replace(envelope, power_kw=np.maximum(power, 0.0))
