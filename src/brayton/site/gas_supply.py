"""Gas that a landfill or a digester gives, step by step: flow, composition, and what it carries along. Knows no machine.

Cubic metres are normal ones, 0 degC and 101.325 kPa, of dry gas.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brayton.core.errors import Fault, Faults, InputError
from brayton.core.provenance import Source
from brayton.core.timeaxis import TimeAxis
from brayton.core.units import J_PER_KWH, NORMAL_MOLAR_VOLUME_M3_PER_KMOL, STANDARD_PRESSURE_PA, ZERO_CELSIUS_K
from brayton.gas.air import saturation_pressure_pa
from brayton.gas.fuels import FUELS, Fuel
from brayton.gas.mixture import Mixture
from brayton.gas.species import SPECIES
from brayton.site.series import read_series

Series = NDArray[np.float64]

METHANE_LHV_KWH_PER_M3_N = FUELS["methane"].lhv_j_per_m3_n / J_PER_KWH
METHANE_HHV_KWH_PER_M3_N = FUELS["methane"].hhv_j_per_m3_n / J_PER_KWH
METHANE_KG_PER_M3_N = SPECIES["CH4"].molar_mass_kg_per_kmol / NORMAL_MOLAR_VOLUME_M3_PER_KMOL
CO2_KG_PER_M3_N = SPECIES["CO2"].molar_mass_kg_per_kmol / NORMAL_MOLAR_VOLUME_M3_PER_KMOL

SCF_M3 = 0.3048**3
SCF_TEMP_C, SCF_PRESSURE_KPA = (60.0 - 32.0) / 1.8, 101.325
"""A standard cubic foot of the US gas trade: 60 degF, 14.696 psia."""

HIGHEST_FLOW_M3_N_PER_H = 100_000.0
"""Above any landfill: the largest collect about 50 000 m3/h (estimate). A larger figure is in another unit."""

GIVEN_COMPOSITION = Source("composition of the gas as the scenario gives it, CO2 being the balance", "", "primary")


def normal_m3(volume_m3: ArrayLike, temp_c: ArrayLike, pressure_kpa: ArrayLike) -> NDArray[np.float64]:
    """Volume at 0 degC and 101.325 kPa [m3] of an ideal gas measured at `temp_c` [degC] and `pressure_kpa` [kPa]; broadcasts.

    For flows as well: m3/h give m3/h.
    """
    warmer = ZERO_CELSIUS_K / (np.asarray(temp_c, dtype=float) + ZERO_CELSIUS_K)
    return np.asarray(volume_m3, dtype=float) * warmer * np.asarray(pressure_kpa, dtype=float) * 1e3 / STANDARD_PRESSURE_PA


M3_N_PER_SCF = float(normal_m3(SCF_M3, SCF_TEMP_C, SCF_PRESSURE_KPA))
"""0.02679."""

M3_N_PER_H_OF = {"m3_n_per_h": 1.0, "scfm": 60.0 * M3_N_PER_SCF, "scf_per_day": M3_N_PER_SCF / 24.0}
"""What a flow in each unit is in normal m3/h; the words are the endings of keys and columns."""


def saturated_water_fraction(temp_c: ArrayLike, pressure_kpa: ArrayLike) -> NDArray[np.float64]:
    """Mole fraction of water [-] in gas that is saturated at `temp_c` [degC] and `pressure_kpa` [kPa]; broadcasts.

    Ideal: vapour pressure over total pressure. NaN where water would boil.
    """
    share = saturation_pressure_pa(np.asarray(temp_c, dtype=float) + ZERO_CELSIUS_K) / 1e3 / np.asarray(pressure_kpa, dtype=float)
    return np.where(share < 1.0, share, np.nan)


@dataclass(frozen=True)
class GasSupply:
    """Dry gas at the flange, step by step; arrays (n,).

    flow_m3_n_per_h: dry gas. methane: mole fraction. nitrogen, oxygen: mole fractions, the same in all steps; the balance is
    CO2, so that one figure, methane, says what the gas is. h2s_ppm: by mole; its energy is left out (0.6 % of the gas at 5000
    ppm). siloxane_mg_per_m3_n: of all siloxanes together.
    saturated_at_c: temperature at which the gas is saturated with water; NaN for dry gas. pressure_kpa: absolute, at the flange.
    Raises InputError with every contradiction.
    """

    flow_m3_n_per_h: Series
    methane: Series
    nitrogen: float
    oxygen: float
    h2s_ppm: Series
    siloxane_mg_per_m3_n: Series
    saturated_at_c: float
    pressure_kpa: float

    def __post_init__(self) -> None:
        with Faults() as faults:
            series = {item.name: getattr(self, item.name) for item in fields(self)[:2]}
            series |= {"h2s_ppm": self.h2s_ppm, "siloxane_mg_per_m3_n": self.siloxane_mg_per_m3_n}
            for name, values in series.items():
                if values.shape != (self.steps,):
                    faults.add(name, values.shape, f"must have one value for each of {self.steps} steps", "Align the series.")
                elif not np.isfinite(values).all() or (values < 0.0).any():
                    wrong = np.flatnonzero(~np.isfinite(values) | (values < 0.0))
                    rule = f"must be finite and not negative; {wrong.size} of {self.steps} steps are not"
                    faults.add(f"{name}[{wrong[0]}]", values[wrong[0]], rule, "Mend the series: gaps are not filled silently.")
            if (self.flow_m3_n_per_h > HIGHEST_FLOW_M3_N_PER_H).any():
                rule = f"must lie in 0..{HIGHEST_FLOW_M3_N_PER_H:g} m3/h, more than any landfill has"
                faults.add("flow_m3_n_per_h", float(self.flow_m3_n_per_h.max()), rule, "Convert to normal m3/h.")
            for name in ("nitrogen", "oxygen"):
                if not 0.0 <= getattr(self, name) <= 1.0:
                    faults.add(name, getattr(self, name), "must lie in 0..1", "Give a mole fraction of dry gas, not percent.")
            if not faults.found and (self.methane + self.nitrogen + self.oxygen > 1.0 + 1e-9).any():
                rule = f"with {self.nitrogen:g} nitrogen and {self.oxygen:g} oxygen is more than 1"
                faults.add("methane", float(self.methane.max()), rule, "Give mole fractions of dry gas; the balance is CO2.")
            if not np.isnan(self.saturated_at_c) and not 0.0 <= self.saturated_at_c <= 70.0:
                faults.add("saturated_at_c", self.saturated_at_c, "must lie in 0..70 degC", "Give the gas temperature.")
            if not 50.0 <= self.pressure_kpa <= 5000.0:
                faults.add("pressure_kpa", self.pressure_kpa, "must lie in 50..5000 kPa absolute", "Give the flange's pressure.")

    @property
    def steps(self) -> int:
        return self.flow_m3_n_per_h.shape[0]

    @property
    def energy_kw_lhv(self) -> Series:
        """Methane's energy [kW LHV]."""
        return self.flow_m3_n_per_h * self.methane * METHANE_LHV_KWH_PER_M3_N

    @property
    def energy_kw_hhv(self) -> Series:
        """Methane's energy [kW HHV]."""
        return self.flow_m3_n_per_h * self.methane * METHANE_HHV_KWH_PER_M3_N

    @property
    def hhv_mj_per_m3_n(self) -> Series:
        """Higher heating value of the dry gas [MJ/m3 at 0 degC, 101.325 kPa]."""
        return self.methane * METHANE_HHV_KWH_PER_M3_N * J_PER_KWH / 1e6

    @property
    def methane_kg_per_h(self) -> Series:
        return self.flow_m3_n_per_h * self.methane * METHANE_KG_PER_M3_N

    @property
    def carbon_dioxide_kg_per_h(self) -> Series:
        """CO2 that the gas brings along [kg/h]."""
        return self.flow_m3_n_per_h * (1.0 - self.methane - self.nitrogen - self.oxygen) * CO2_KG_PER_M3_N

    @property
    def water_fraction(self) -> float:
        """Mole fraction of water in the wet gas [-]; zero for dry gas."""
        wet = not np.isnan(self.saturated_at_c)
        return float(saturated_water_fraction(self.saturated_at_c, self.pressure_kpa)) if wet else 0.0

    def fuel(self, methane_fraction: float, water_fraction: float = 0.0) -> Fuel:
        """The gas at `methane_fraction` of dry gas as a fuel, with `water_fraction` of the wet gas as vapour. All biogenic."""
        dry = {"CH4": methane_fraction, "N2": self.nitrogen, "O2": self.oxygen}
        dry["CO2"] = max(1.0 - sum(dry.values()), 0.0)
        moles = {name: share * (1.0 - water_fraction) for name, share in dry.items() if share > 0.0}
        if water_fraction > 0.0:
            moles["H2O"] = water_fraction
        return Fuel(f"gas of {100.0 * methane_fraction:.1f} % CH4", Mixture(moles), GIVEN_COMPOSITION, biogenic_fraction=1.0)


def read_gas_flow(path: str | Path, column: str | None, axis: TimeAxis) -> Series:
    """Flow [m3/h, normal] of each step of `axis` from a column whose name ends in a unit of `M3_N_PER_H_OF`.

    Rows are hours or steps of the year. Errors: InputError as `read_series`, and for another unit or number of rows.
    """
    name, values = _on_axis(path, column, axis)
    factor = next((factor for unit, factor in M3_N_PER_H_OF.items() if name == unit or name.endswith(f"_{unit}")), None)
    if factor is None:
        rule = f"must end in its unit: {', '.join(M3_N_PER_H_OF)}"
        raise InputError(Fault("column", name, rule, "Rename the column, or convert it.", str(path)))
    return values * factor


def read_gas_share(path: str | Path, column: str | None, axis: TimeAxis) -> Series:
    """A mole fraction, 0..1, of each step of `axis` from a column. Errors: InputError as `read_gas_flow`, and for percent."""
    name, values = _on_axis(path, column, axis)
    if (values < 0.0).any() or values.max() > 1.0:
        raise InputError(Fault(name, float(values.max()), "must lie in 0..1", "Give fractions, not percent.", str(path)))
    return values


def _on_axis(path: str | Path, column: str | None, axis: TimeAxis) -> tuple[str, Series]:
    """Name and values of a column, hours held over shorter steps."""
    series = read_series(path, column, leap_day=axis.leap_day)
    repeats, rest = divmod(axis.steps, len(series.values))
    if rest or repeats not in (1, 60 // axis.step_minutes) or (series.step_minutes or 60) not in (60, axis.step_minutes):
        rule = f"must be hours or steps of the year {axis.year}, {axis.days * 24} or {axis.steps}"
        raise InputError(Fault("rows", len(series.values), rule, "Give each once, in order.", str(path)))
    if series.stamps is not None and series.stamps[0] != axis.stamps[0]:
        rule = f"the study's calendar begins at {axis.year}-01-01 00:00"
        raise InputError(Fault("first stamp", series.stamps[0], rule, "Give the series of the study's year.", str(path)))
    return series.name, np.repeat(series.values, repeats)
